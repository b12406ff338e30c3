"""How things look: one line a row, one noun a number, times as a person says them."""

from datetime import UTC, datetime

import pytest

from aiwatch.cli import show

NOW = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "words", "said"),
    [
        (0, ("outlet",), "0 outlets"),
        (1, ("outlet",), "1 outlet"),
        (2, ("outlet",), "2 outlets"),
        (1, ("copy", "copies"), "1 copy"),
        (2, ("copy", "copies"), "2 copies"),
    ],
)
def test_a_number_and_its_noun_agree(number: int, words: tuple[str, ...], said: str) -> None:
    assert show.count(number, *words) == said


@pytest.mark.parametrize(
    ("moment", "zone", "said"),
    [
        (None, "UTC", "–"),
        (NOW, "UTC", "12:00"),
        (NOW, "Asia/Bangkok", "19:00"),
        ("2026-03-24T18:00:00Z", "Asia/Bangkok", "Wed 25 Mar 01:00"),
        ("2026-03-23T12:00:00Z", "UTC", "Mon 23 Mar 12:00"),
        ("2025-12-31T20:00:00Z", "UTC", "31 Dec 2025 20:00"),
        ("2025-12-31T20:00:00Z", "Asia/Bangkok", "Thu 01 Jan 03:00"),
    ],
)
def test_a_time_says_no_more_than_it_must(
    moment: datetime | str | None, zone: str, said: str
) -> None:
    assert show.local(moment, zone, NOW) == said


def test_a_row_in_a_pipe_is_one_line_however_long(capsys: pytest.CaptureFixture[str]) -> None:
    title = "a very long title " * 40
    show.table(("id", "title"), [(1, title), (22, "two\nlines"), (3, None)], empty="")
    assert capsys.readouterr().out.splitlines() == [
        "id  title",
        f" 1  {title.strip()}",
        "22  two lines",
        " 3",
    ]


def test_a_narrow_table_does_without_some_columns() -> None:
    rows = [("Paper", "Working", "every 60 min"), ("Post", "DNS error", "–")]
    assert show.without(("source", "state", "why then"), rows, ("why then",)) == (
        ["source", "state"],
        [["Paper", "Working"], ["Post", "DNS error"]],
    )


def test_an_empty_table_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    show.table(("id",), [], empty="nothing here")
    assert capsys.readouterr().out == "nothing here\n"


def test_columns_without_names_have_no_header(capsys: pytest.CaptureFixture[str]) -> None:
    show.table(("", ""), [("sources", 1)], empty="")
    assert capsys.readouterr().out == "sources  1\n"


def test_a_hostile_title_moves_no_cursor_and_makes_no_markup(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show.table(("title",), [("[bold]x[/bold] [link=https://a.example]y",)], empty="")
    assert capsys.readouterr().out == "title\n[bold]x[/bold] [link=https://a.example]y\n"
