"""An edit of a watched page: its headline, its lines, and what becomes of it over the budget of words."""

from dataclasses import replace

import pytest

from aiwatch.digest import edits
from aiwatch.digest.compose import told_of
from aiwatch.digest.html import as_html
from aiwatch.digest.payload import as_json, events
from aiwatch.digest.text import as_text
from aiwatch.digest.wording import lines_of
from aiwatch.judge.changes import changed
from aiwatch.model import AlertName, ArticleId, Change, Story, StoryId, TopicName
from tests.digest.cases import (
    ALERT,
    CLOSURE,
    EDIT,
    LONG_EDIT,
    RULING,
    SPRING,
    TOLD,
    digest,
    member,
    story,
)

HEADLINES = [
    (("It is open until 26 April.",), ("It is open to all.",), "Help changed: “It is open until 26 April”"),
    ((), ("Export ends on 30 June.",), "Help changed: “Export ends on 30 June” is gone"),
    (("Prices", "Pro costs $20 a month.", "Terms apply to it."), ("Pro is $10.",), "Help changed: “Pro costs $20 a month”"),
    (("Old words stay. New ones cost $5.",), ("Old words stay. They were $4 once.",), "Help changed: “New ones cost $5”"),
    (("价格：每月20美元",), (), "Help changed: “价格：每月20美元”"),
    (("Moved only",), ("Moved only",), "Help changed: “Moved only”"),
    ((), (), "Help changed"),
]  # fmt: skip


@pytest.mark.parametrize(("added", "removed", "expected"), HEADLINES)
def test_a_headline_says_what_carries_most(
    added: tuple[str, ...], removed: tuple[str, ...], expected: str
) -> None:
    change = Change(added=added, removed=removed)
    assert edits.headline(member(1, "Help", "Help changed", change=change)) == expected


@pytest.mark.parametrize(
    ("added", "removed", "shown", "more"),
    [
        (3, 2, (3, 2), ""),
        (40, 0, (16, 0), "… and 24 more lines"),
        (0, 17, (0, 16), "… and 1 more line"),
        (40, 40, (10, 6), "… and 64 more lines"),
        (2, 40, (2, 14), "… and 26 more lines"),
        (40, 2, (14, 2), "… and 26 more lines"),
    ],
)
def test_a_long_edit_is_cut_and_says_so(
    added: int, removed: int, shown: tuple[int, int], more: str
) -> None:
    change = Change(added=("new",) * added, removed=("old",) * removed)
    signs = [sign for sign, _ in edits.shown(change)]
    assert (signs.count(edits.ADDED), signs.count(edits.REMOVED)) == shown
    assert edits.more(change) == more


@pytest.mark.parametrize(
    ("added", "removed", "words"),
    [(2, 1, "2 lines added, 1 removed"), (1, 0, "1 line added"), (0, 1, "1 line removed"), (0, 0, "")],
)  # fmt: skip
def test_the_lines_are_counted(added: int, removed: int, words: str) -> None:
    assert edits.counted(Change(added=("a",) * added, removed=("b",) * removed)) == words


def test_what_the_judge_left_out_of_a_long_edit_is_counted_too() -> None:
    lines = [f"Line {number} says that it stands here." for number in range(250)]
    change = changed((), lines)
    assert change is not None
    assert edits.counted(change) == "250 lines added"
    assert edits.more(change) == "… and 234 more lines"
    long = story(6, member(72, "Long", "Long changed", change=change), topics=())
    data = events(digest((long, "new"), kind="alert"))[0]["data"]
    assert len(data["added"]) + data["more_lines"] == 250


def test_of_a_long_line_the_part_that_differs_is_shown() -> None:
    same = " ".join(
        f"Rule {number} of this long paragraph stays as it was." for number in range(20)
    )
    change = Change(added=(f"{same} It ends on 26 April.",), removed=(f"{same} It never ends.",))
    for (_, text), end in zip(edits.shown(change), ("on 26 April.", "never ends."), strict=True):
        assert text.startswith("…")
        assert text.endswith(end)
        assert len(text) <= 400
    (_, alone), *_ = edits.shown(Change(added=change.added))
    assert alone.startswith("Rule 0")
    assert alone.endswith("…")


def test_an_edit_is_told_as_it_is_and_has_no_summary() -> None:
    (line,) = lines_of(digest((EDIT, "new"), kind="alert"))
    assert (line.summary, line.figures, line.new_facts) == ((), (), ())
    assert line.lead.change == EDIT.members[0].change
    assert told_of(line) == (frozenset({ArticleId(70)}), ())


SUBJECTS = [
    ((EDIT,), "Lumen help page changed: “Lumen is available until 4 May 2026” · Tue 24 Mar"),
    ((LONG_EDIT, EDIT), "Pellucid prices changed: “Plan 1 costs $8 a…”; Lumen help page changed — 2 page changes · Tue 24 Mar"),
    ((EDIT, SPRING), "Lumen help page changed: “Lumen is available…”; 微光视频发布新模型，时长可达一百二十秒 — 1 story, 1 page change · Tue 24 Mar"),
]  # fmt: skip


@pytest.mark.parametrize(("stories", "expected"), SUBJECTS)
def test_a_subject_quotes_the_page(stories: tuple[Story, ...], expected: str) -> None:
    found = digest(*((one, "new") for one in stories), kind="alert").subject
    assert found == expected
    assert len(found) <= 110


def test_what_another_alert_told_of_an_edit_is_its_headline_alone() -> None:
    told = replace(
        TOLD[StoryId(2)], story=EDIT.id, articles=frozenset({ArticleId(70)}), by=AlertName("pages")
    )
    found = digest((EDIT, "new"), (RULING, "new"), told={EDIT.id: told})
    (line,) = (one for one in lines_of(found) if one.story == EDIT.id)
    assert line.lead.change == Change()
    assert "Told Mon 23 Mar 08:00 by pages" in as_text(found)
    assert "+ Lumen" not in as_text(found)
    assert digest((EDIT, "new"), told={EDIT.id: told}).sections == ()


def test_over_the_budget_of_words_an_edit_keeps_its_headline() -> None:
    tight = replace(ALERT, words=1, topics=(TopicName("lumen"), TopicName("studios")))
    found = digest((CLOSURE, "new"), (LONG_EDIT, "new"), alert=tight)
    assert "Pellucid prices changed: “Plan 1 costs $8 a month”" in as_text(found)
    assert "+ Plan" not in as_text(found)


def test_lines_are_not_told_apart_by_colour_alone() -> None:
    page = as_html(digest((EDIT, "new"), kind="alert"))
    assert page.count("<ins") == 3
    assert page.count("<del") == 1
    assert "+</span>" in page
    assert "\N{MINUS SIGN}</span>" in page


def test_a_huge_edit_stays_a_bearable_body_and_page() -> None:
    change = Change(
        added=tuple(f"Line {number} says {'so ' * 100}" for number in range(900)),
        removed=("x" * 100_000,),
    )
    huge = story(6, member(72, "Huge", "Huge changed", change=change), topics=())
    found = digest((huge, "new"), kind="alert")
    assert len(as_html(found).encode()) < 30_000
    (event,) = events(found)
    assert len(str(event)) < 25_000
    data = event["data"]
    assert len(data["added"]) + len(data["removed"]) + data["more_lines"] == 901


def test_inside_a_digest_an_edit_is_a_story_with_its_change() -> None:
    stories = [one for part in as_json(digest((EDIT, "new"), (RULING, "new")))["sections"] for one in part["stories"]]  # fmt: skip
    changes = {one["id"]: one["change"] for one in stories}
    assert changes[RULING.id] is None
    assert changes[EDIT.id]["removed"] == ["Lumen is available to everyone over 18."]
