"""Lines in, rows out: what a hostile file and a spreadsheet would do."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiwatch.admin.lines import MAX_LINE, read_lines, write_rows
from aiwatch.errors import UsageError


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", []),
        (b"\n \n\t\n", []),
        (b'{"a": 1}', [(1, {"a": 1})]),
        (b'{"a": 1}\n\n{"a": 2}\n', [(1, {"a": 1}), (3, {"a": 2})]),
        (b'{"a": 1}\r\n{"a": 2}\r\n', [(1, {"a": 1}), (2, {"a": 2})]),
        (b'\xef\xbb\xbf{"a": 1}\n', [(1, {"a": 1})]),
        (b'{"a": "\xff"}\n', [(1, {"a": "\N{REPLACEMENT CHARACTER}"})]),
        ('{"a": "x\u2028y"}\n{"b": 1}\n'.encode(), [(1, {"a": "x\u2028y"}), (2, {"b": 1})]),
        (b"[1]\n", [(1, "not a JSON object")]),
        (b"null\n", [(1, "not a JSON object")]),
    ],
)
def test_lines_are_read_with_their_numbers(
    tmp_path: Path, content: bytes, expected: list[Any]
) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_bytes(content)
    assert list(read_lines(file)) == expected


@pytest.mark.parametrize(
    "line", [b"{", b"\x00", b"[" * 100_000, b'{"a": ' + b"9" * 5000 + b"}", b"{'a': 1}"]
)
def test_a_bad_line_says_so_and_the_next_is_read(tmp_path: Path, line: bytes) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_bytes(line + b'\n{"a": 1}\n')
    (number, problem), good = read_lines(file)
    assert number == 1
    assert isinstance(problem, str)
    assert problem.startswith("not JSON: ")
    assert good == (2, {"a": 1})


def test_a_line_without_an_end_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_bytes(b'"' + b"x" * MAX_LINE + b'"\n{"a": 1}')
    assert list(read_lines(file)) == [(1, "longer than 20,000,000 characters"), (2, {"a": 1})]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.jsonl cannot be read: No such file"):
        list(read_lines(tmp_path / "nowhere.jsonl"))


FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    " =1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_spreadsheet_runs_no_text_as_a_formula(text: str) -> None:
    out = io.StringIO()
    assert write_rows([{"title": text}], "csv", out) == 1
    (row,) = csv.DictReader(io.StringIO(out.getvalue(), newline=""))
    assert row["title"] == f"'{text}"


def test_numbers_and_lists_stay_as_they_are() -> None:
    out = io.StringIO()
    rows = [{"n": -1, "f": 0.5, "none": None, "list": ["=1", "é"], "text": 'plain, "quoted"\nline'}]
    write_rows(rows, "csv", out)
    assert list(csv.reader(io.StringIO(out.getvalue(), newline=""))) == [
        ["n", "f", "none", "list", "text"],
        ["-1", "0.5", "", '["=1", "é"]', 'plain, "quoted"\nline'],
    ]


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_no_rows_write_nothing(form: str) -> None:
    out = io.StringIO()
    assert write_rows([], form, out) == 0
    assert out.getvalue() == ""


@given(
    st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=20) | st.integers()), max_size=5)
)
def test_json_lines_come_back_as_they_went(rows: list[dict[str, Any]]) -> None:
    out = io.StringIO()
    assert write_rows(rows, "jsonl", out) == len(rows)
    lines = out.getvalue().split("\n")[:-1]
    assert [json.loads(line) for line in lines] == rows
