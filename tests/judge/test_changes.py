import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.judge.changes import MOST_LINES, as_entry, changed
from aiwatch.model import Change, Entry
from aiwatch.sources.page import PageOptions, read_page

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
URL = "https://lumen.example/help"
PAGE = ["Sora", "Sora is available until 1 April.", "$20 a month", "Ask us anything"]


def told(before: list[str], after: list[str], at: datetime = AT) -> Entry:
    change = changed(before, after)
    assert change
    return as_entry("Sora help page", "Sora | Lumen Help", change, at, URL)


# ---------------------------------------------------------------- what is a change


@pytest.mark.parametrize(
    ("after", "added", "removed"),
    [
        ([*PAGE, "New"], ("New",), ()),
        (PAGE[1:], (), ("Sora",)),
        ([PAGE[0], "Sora is available until 26 April.", *PAGE[2:]],
         ("Sora is available until 26 April.",), ("Sora is available until 1 April.",)),
        ([*PAGE[:2], "$25 a month", "Ask Ann"], ("$25 a month", "Ask Ann"), ("$20 a month", "Ask us anything")),
        ([], (), tuple(PAGE)),
        ([*PAGE, "Sora"], ("Sora",), ()),
        (["New", "Sora", *PAGE[2:]], ("New",), ("Sora is available until 1 April.",)),
    ],
)  # fmt: skip
def test_lines_that_came_or_went_are_a_change(
    after: list[str], added: tuple[str, ...], removed: tuple[str, ...]
) -> None:
    assert changed(PAGE, after) == Change(added=added, removed=removed)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Clips are yours", "  Clips\u00a0are yours "),
        ("CLIPS Are Yours", "Clips are yours"),
        ("“Clips” aren’t ours", '"Clips" aren\'t ours'),
        ("«Clips»", "'Clips'"),
        ("2019–2026 — now", "2019-2026 - now"),
        ("Straße … ½", "STRASSE ... 1⁄2"),
        ("Ｌｕｍｅｎ", "Lumen"),
        ("cafe\u0301", "café"),
        ("", " "),
    ],
)
def test_another_way_to_write_the_same_is_no_change(before: str, after: str) -> None:
    assert changed(["First", before], ["First", after]) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [("$20", "$25"), ("is", "is not"), ("10", "100"), ("+", ""), ("café", "cafe"), ("✓", "✗")],
)
def test_the_smallest_edit_of_meaning_is_a_change(before: str, after: str) -> None:
    assert changed(["First", before], ["First", after])


def test_the_same_text_divided_otherwise_is_no_change() -> None:
    assert changed(["One. Two.", "End"], ["One.", "Two.", "End"]) is None


LINES = st.lists(st.sampled_from([f"{word}." for word in "one two three four five six".split()]))  # noqa: SIM905


@given(LINES)
def test_a_page_is_no_change_of_itself(page: list[str]) -> None:
    assert changed(page, page) is None


@given(LINES, st.randoms(use_true_random=False))
def test_lines_in_another_order_are_no_change(page: list[str], chance: random.Random) -> None:
    assert changed(page, chance.sample(page, len(page))) is None


@settings(max_examples=150)
@given(LINES, LINES)
def test_what_was_less_what_went_and_with_what_came_is_what_is(
    before: list[str], after: list[str]
) -> None:
    change = changed(before, after) or Change()
    now = Counter(before)
    now.subtract(change.removed)
    now.update(change.added)
    assert +now == Counter(after)
    assert not set(change.added) & set(change.removed)


def test_a_page_rewritten_from_end_to_end_is_cut_and_counted() -> None:
    change = changed(
        [f"old {n}" for n in range(MOST_LINES + 1)], [f"new {n}" for n in range(1_537)]
    )
    assert change
    assert len(change.added) == len(change.removed) == MOST_LINES + 1
    assert change.added[-1] == "… and 1,337 more lines"
    assert change.removed[-1] == "… and 1 more line"
    title = as_entry("Terms", "", change, AT, URL).title
    assert title == "Terms: 1,537 lines added, 201 removed"


def test_ten_thousand_lines_are_compared_soon() -> None:
    old = [f"Line {n}: “words” – and more" for n in range(10_000)]
    new = [f"Row {n}: «words» — and less" for n in range(10_000)]
    start = process_time()
    change = changed(old, new)
    assert change
    as_entry("Terms", "", change, AT, URL)
    assert process_time() - start < 20


# ---------------------------------------------------------------- how it is told


@pytest.mark.parametrize(
    ("change", "title"),
    [
        (Change(added=("a", "b", "c"), removed=("d",)), "3 lines added, 1 removed"),
        (Change(added=("a", "b")), "2 lines added"),
        (Change(added=("a",), removed=("b", "c")), "1 line added, 2 removed"),
        (Change(removed=("a", "b")), "2 lines removed"),
        (Change(added=("Sora is available until 26 April",)), "“Sora is available until 26 April”"),
        (Change(added=("$25",), removed=("$20",)), "“$25”"),
        (Change(removed=("Free for students",)), "removed “Free for students”"),
        (Change(added=("word " * 40,)), "“" + "word " * 26 + "word…”"),
        (Change(added=("可" * 200,)), "“" + "可" * 139 + "…”"),
    ],
)  # fmt: skip
def test_the_title_says_what_happened(change: Change, title: str) -> None:
    entry = as_entry("Sora help page", "", change, AT, URL)
    assert entry.title == f"Sora help page: {title}"


def test_the_text_shows_each_edit_as_a_pair_in_order() -> None:
    before = [
        "Gone first",
        "Sora is available until 1 April.",
        "Gone between",
        "价格是二十元",
        "Gone last",
    ]
    after = ["All new", "Sora is available until 26 April.", "价格是三十元", "New at the end"]
    assert told(before, after).text.split("\n") == [
        "+ All new",
        "− Gone first",
        "− Sora is available until 1 April.",
        "+ Sora is available until 26 April.",
        "− Gone between",
        "− 价格是二十元",
        "+ 价格是三十元",
        "+ New at the end",
        "− Gone last",
    ]


@given(LINES, LINES)
def test_the_text_shows_every_line_once(before: list[str], after: list[str]) -> None:
    change = changed(before, after)
    if change:
        text = as_entry("Page", "", change, AT, URL).text.split("\n")
        want = [f"+ {line}" for line in change.added] + [f"− {line}" for line in change.removed]
        assert sorted(text) == sorted(want)


def test_the_entry_carries_the_change_the_page_and_the_moment() -> None:
    entry = told(PAGE, [*PAGE, "New"])
    assert entry.change == Change(added=("New",))
    assert (entry.url, entry.published, entry.summary) == (URL, AT, "Sora | Lumen Help")


def test_a_change_made_back_and_forth_is_another_change_each_time() -> None:
    ids = {
        told(PAGE, PAGE[1:]).id,
        told(PAGE[1:], PAGE).id,
        told(PAGE, PAGE[1:], AT + timedelta(hours=1)).id,
    }
    assert len(ids) == 3
    assert told(PAGE, PAGE[1:]).id in ids


def test_a_source_without_a_name_is_called_by_its_page() -> None:
    entry = as_entry("", "Lumen Help", Change(added=("New",)), AT, URL)
    assert entry.title == "Lumen Help: “New”"


# ---------------------------------------------------------------- from page to entry


def test_of_a_page_whose_noise_moved_only_the_edit_is_told() -> None:
    file = Path(__file__).parents[1] / "data" / "watched" / "help.html"
    before = file.read_text(encoding="utf-8")
    after = before
    for old, new in [
        ("3 hours ago", "2 days ago"),
        ("14,208 views", "15,001 views"),
        ("17 out of 25", "18 out of 26"),
        ("8f2a71c0", "77aa01fe"),
        ("How to write a prompt", "Why a clip fails"),
        ("© 2026", "© 2027"),
        ("Do I get my money back?", "DO I GET MY MONEY BACK?"),
        ("<b>26 April</b>", "<b>30 June</b>"),
    ]:
        assert old in after
        after = after.replace(old, new)
    pages = [read_page(page.encode(), URL, "text/html", PageOptions()) for page in (before, after)]
    change = changed(*(page.lines or () for page in pages))
    assert change
    entry = as_entry("Lumen regions", pages[1].title, change, AT, URL)
    assert entry.title == (
        "Lumen regions: “Lumen Video works in 61 countries. It closes on 30 June.”"
    )
    assert entry.text == (
        "− Lumen Video works in 61 countries. It closes on 26 April.\n"
        "+ Lumen Video works in 61 countries. It closes on 30 June."
    )
