"""Lines in, rows out: JSON lines and CSV."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from io import TextIOBase
from pathlib import Path
from typing import Any, TextIO

from aiwatch.errors import UsageError

MAX_LINE = 20_000_000  # characters; a longer line is no article
FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "＝",
    "＋",
    "－",
    "＠",
)  # OWASP, CSV injection: the wide ones run too
CONTROL = ("\t", "\r", "\n")


def read_lines(path: Path) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    """Each line of a JSON-lines file with its number; a text says what is wrong with that line."""
    try:
        file = path.open(encoding="utf-8", errors="replace", newline="\n")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    with file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield number, _object(line.removeprefix("\ufeff"))


def _object(line: str) -> Mapping[str, Any] | str:
    if len(line) > MAX_LINE:
        return f"longer than {MAX_LINE:,} characters"
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"not JSON: {error}"
    return value if isinstance(value, dict) else "not a JSON object"


def write_rows(rows: Iterable[Mapping[str, Any]], form: str, out: TextIO | TextIOBase) -> int:
    """Rows as JSON lines or CSV; returns how many."""
    return _write_csv(rows, out) if form == "csv" else _write_json_lines(rows, out)


def _write_json_lines(rows: Iterable[Mapping[str, Any]], out: TextIO | TextIOBase) -> int:
    count = 0
    for row in rows:
        out.write(json.dumps(row, ensure_ascii=False) + "\n")
        count += 1
    return count


def _write_csv(rows: Iterable[Mapping[str, Any]], out: TextIO | TextIOBase) -> int:
    writer = None
    count = 0
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(out, list(row))
            writer.writeheader()
        writer.writerow({key: _cell(value) for key, value in row.items()})
        count += 1
    return count


def _cell(value: Any) -> Any:
    """Lists as JSON; a text that a spreadsheet would run as a formula gets a quote in front."""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and (value.startswith(CONTROL) or value.lstrip().startswith(FORMULA)):
        return f"'{value}"
    return value
