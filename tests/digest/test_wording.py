"""Subjects, times and phrases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aiwatch.digest import moments, wording
from aiwatch.digest.markdown import as_markdown
from aiwatch.digest.plain import shortened
from aiwatch.digest.text import as_text
from aiwatch.model import ArticleId, Cause, Earlier, Story, StoryId
from tests.digest.cases import (
    CLOSURE,
    CONTEXT,
    CORRECTED,
    NOW,
    RULING,
    SPRING,
    TOLD,
    digest,
    member,
    story,
)

SUBJECTS: list[tuple[list[tuple[str, Cause]], str]] = [
    ([("Sora app shuts down", "new")], "Sora app shuts down — Wire 1 · Tue 24 Mar"),
    (
        [("OpenAI to shut down Sora", "new"), ("Disney leaves", "new")],
        "OpenAI to shut down Sora; Disney leaves — 2 stories, 2 outlets · Tue 24 Mar",
    ),
    ([("Sora app shuts down", "update")], "Update: Sora app shuts down — Wire 1 · Tue 24 Mar"),
    ([("Sora app shuts down", "correction")], "Correction: Sora app shuts down — Wire 1 · Tue 24 Mar"),
    (
        [("Sora app shuts down in May", "new"), ("Court hears the studios", "update"), ("Small", "new"), ("Fourth", "new")],
        "Sora app shuts down in May; Small; Fourth — 4 stories, 4 outlets · Tue 24 Mar",
    ),
    (
        [("A headline so long that it could fill the whole of the subject line and more than that if one let it", "new")] * 2,
        "A headline so long that it could fill the…; A headline so long that it… — 2 stories, 2 outlets · Tue 24 Mar",
    ),
]  # fmt: skip


def _corrected(one: Story) -> Story:
    """Its first article was told with other words."""
    before = replace(CORRECTED.corrections[0], article=one.members[0].article)
    return replace(one, corrections=(before,))


@pytest.mark.parametrize(("headlines", "expected"), SUBJECTS)
def test_a_subject_states_facts(headlines: list[tuple[str, Cause]], expected: str) -> None:
    stories = [
        (
            story(
                n,
                member(20 - n, f"Wire {n}", title, f"Paid ${n} million, said Ann Bo. Sora is off."),
                topics=("lumen",),
            ),
            cause,
        )
        for n, (title, cause) in enumerate(headlines, start=1)
    ]
    stories = [
        (_corrected(told_story) if cause == "correction" else told_story, cause)
        for told_story, cause in stories
    ]
    told = {
        StoryId(n): replace(
            TOLD[StoryId(2)],
            story=StoryId(n),
            articles=frozenset({ArticleId(20 - n)} if cause == "correction" else ()),
        )
        for n, (_, cause) in enumerate(headlines, start=1)
        if cause != "new"
    }
    found = digest(*stories, told=told, now=NOW + timedelta(hours=1)).subject
    assert found == expected
    assert len(found) <= 110


MOMENTS = [
    (NOW, "08:00"),
    (NOW - timedelta(hours=9), "Mon 23 Mar 23:00"),
    (NOW - timedelta(days=300), "Wed 28 May 2025 09:00"),
]  # fmt: skip


@pytest.mark.parametrize(("at", "expected"), MOMENTS)
def test_a_moment_is_as_long_as_it_must_be(at: datetime, expected: str) -> None:
    assert moments.moment(at, "Europe/London", NOW) == expected


def test_times_are_the_readers() -> None:
    night = datetime(2026, 3, 24, 23, 30, tzinfo=UTC)
    assert moments.day(night, "UTC") == "Tue 24 Mar"
    assert moments.day(night, "Asia/Bangkok") == "Wed 25 Mar"
    assert moments.long_day(night, "America/New_York") == "Tuesday 24 March 2026"


SPANS = [(24 * 60, "24 hours"), (48 * 60, "2 days"), (7 * 1440, "7 days"), (36 * 60, "36 hours"), (60, "1 hour"), (90, "90 minutes"), (1, "1 minute")]  # fmt: skip


@pytest.mark.parametrize(("minutes", "expected"), SPANS)
def test_a_span_in_the_unit_one_says_it_in(minutes: int, expected: str) -> None:
    assert moments.span(timedelta(minutes=minutes)) == expected


SHORT = [
    ("short", 10, "short"),
    ("two words more", 10, "two words…"),
    ("unbrokenlongword", 8, "unbroke…"),
    (" a \n b ", 9, "a b"),
]


@pytest.mark.parametrize(("text", "limit", "expected"), SHORT)
def test_a_text_is_shortened_at_a_word(text: str, limit: int, expected: str) -> None:
    assert shortened(text, limit) == expected


def test_many_outlets_are_named_up_to_a_point() -> None:
    wires = [
        replace(member(n, f"Wire {n}", f"Lumen closes {n}"), article=ArticleId(n))
        for n in range(1, 21)
    ]
    six = digest((story(1, *wires[:6]), "new"))
    assert wording.voices(wording.lines_of(six)[0]).endswith("Wire 5, Wire 6")
    twenty = digest((story(1, *wires), "new"))
    line = wording.lines_of(twenty)[0]
    assert wording.voices(line).endswith(" and 15 more")
    assert len(wording.also(line)) == 10
    assert "And from: Wire 1" in as_text(twenty).replace("\n  ", " ")
    assert "- And from: Wire 1" in as_markdown(twenty)


def test_copies_are_counted_by_whose_text_it_is() -> None:
    stray = replace(
        CLOSURE.members[2], article=ArticleId(99), outlet="Far Example", duplicate_of=ArticleId(555)
    )
    again = replace(CLOSURE.members[2], article=ArticleId(98), outlet="Near Example")
    line = wording.lines_of(
        digest((replace(CLOSURE, members=(*CLOSURE.members, again, stray)), "new"))
    )[0]
    assert wording.copies(line) == (
        "2 of Kestrel Wire’s text (Daily Example, Near Example)",
        "1 of Brightloom’s text (Far Example)",
    )


def test_what_a_story_follows_is_named_with_its_date() -> None:
    past = (
        Earlier(story=StoryId(7), title="Lumen opens", at=NOW - timedelta(days=10)),
        Earlier(story=StoryId(8), title="Lumen is shown", at=NOW - timedelta(days=200)),
    )
    found = digest((replace(CLOSURE, previously=past), "new"))
    assert wording.earlier(wording.lines_of(found)[0], found) == (
        "Lumen opens (Sat 14 Mar)",
        "Lumen is shown (Fri 5 Sep 2025)",
    )


def test_new_facts_name_who_told_before_where_it_is_known() -> None:
    found = digest((RULING, "update"))
    line = wording.lines_of(found)[0]
    assert wording.news(line, found) == "New since breaking told you, Mon 23 Mar 08:00:"
    assert (
        wording.news(replace(line, told_by=None), found)
        == "New since you were told, Mon 23 Mar 08:00:"
    )
    assert wording.news(replace(line, told_at=None), found) == "New:"


def test_a_source_without_counts_says_nothing_of_reading() -> None:
    found = digest(
        (SPRING, "new"),
        context=replace(CONTEXT, sources_all=0, next_at=None, why_you="", troubles=()),
    )
    assert wording.closing(found) == ()
