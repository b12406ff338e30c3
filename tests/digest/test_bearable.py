"""No webhook is larger than receivers expect, whatever it tells, and no story is lost over that."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.digest.bearable import LARGEST, fitted, size
from aiwatch.digest.payload import events, told
from aiwatch.model import (
    AlertName,
    ArticleId,
    Change,
    Correction,
    Digest,
    Earlier,
    Fact,
    Figure,
    Hit,
    Match,
    Nearly,
    Section,
    StoryId,
    StoryLine,
    TopicName,
    Trouble,
)
from tests.digest.cases import NOW, member
from tests.digest.test_payload import fits

ROOM = LARGEST - 40  # of these, for numbers
SORA = TopicName("sora")


def tale(number: int, scale: int = 1, text: str = "Sora closes. ") -> StoryLine:
    """A story with so many of everything, each of such words."""
    url = f"https://example.org/{number}?{'x' * min(40 * scale, 3000)}"
    words = text * min(scale, 30)
    lead, *others = (
        replace(
            member(n, f"Outlet {n} {words}", f"{n} {words}"),
            article=ArticleId(n),
            url=url,
            authors=(words,) * 3,
            change=Change(added=(words,) * scale, removed=(words,) * scale) if number % 5 == 4 else None,
        )
        for n in range(1, 2 * scale + 2)
    )  # fmt: skip
    facts = tuple(
        Fact(text=f"{n} {words}", article=lead.article, outlet=words, url=url) for n in range(scale)
    )
    return StoryLine(
        story=StoryId(number),
        cause="new",
        title=f"{number} {words}",
        url=url,
        lead=lead,
        also=tuple(others[:scale]),
        copies=tuple(others[scale:]),
        outlets=tuple(f"{n} {words}" for n in range(scale)),
        cited=(words,) * scale,
        independent_texts=1,
        topics=(SORA,),
        first_seen=NOW,
        last_seen=NOW,
        summary=facts,
        new_facts=facts,
        figures=tuple(
            Figure(what=words, values=((words, words, url),) * min(scale, 6)) for _ in facts
        ),
        corrections=tuple(_corrected(words, url) for _ in facts) if number % 5 == 3 else (),
        previously=tuple(Earlier(story=StoryId(n), title=words, at=NOW) for n in range(scale)),
        why=(_match(words, scale),),
    )


def _corrected(words: str, url: str) -> Correction:
    return Correction(
        article=ArticleId(1), outlet=words, url=url, at=NOW, kind="figure", before=words, after=words
    )  # fmt: skip


def _match(words: str, scale: int) -> Match:
    hits = tuple(Hit(field="title", offset=n, term=words, text=words) for n in range(scale))
    return Match(topic=SORA, score=1.0, query="sora", hits=hits)


def message(*lines: StoryLine, kind: Any = "digest", **parts: Any) -> Digest:
    return Digest(
        alert=AlertName("morning"),
        kind=kind,
        at=NOW,
        timezone="UTC",
        sections=(Section(topic=SORA, title="Sora", stories=lines),) if lines else (),
        subject="Sora closes",
        **parts,
    )


def bodies(found: tuple[dict[str, Any], ...]) -> None:
    assert all(size(event) < LARGEST for event in found)
    assert all(map(fits, found))


def stories(found: tuple[dict[str, Any], ...]) -> list[int]:
    return [story for event in found for story in told(event)]


@pytest.mark.parametrize("by", [-1, 0, 1])
def test_what_fits_just_so_is_left_as_it_is(by: int) -> None:
    event = {"type": "ping", "timestamp": "2026-03-24T08:00:00Z", "data": {"note": ""}}
    event["data"] = {"note": "é" + "x" * (ROOM - 1 + by - size(event) - 2)}
    assert size(event) == ROOM - 1 + by
    assert fitted(event) == (event,)  # nothing in it can be made smaller


def test_what_can_be_looked_up_goes_first() -> None:
    whole = events(message(tale(1, 4), kind="alert"))[0]["data"]["story"]
    assert "shortened" not in whole
    (event,) = events(message(tale(1, 9), kind="alert"))
    bodies((event,))
    story = event["data"]["story"]
    assert story["shortened"][0] == "why"
    assert story["why"][0]["hits"] == []
    assert "copy" not in [one["role"] for one in story["articles"]]
    assert len(story["new_facts"]) == 9  # of what the reader does not know nothing


def test_a_digest_becomes_several_before_a_story_in_it_loses_what_it_tells() -> None:
    found = events(message(*(tale(n, 3) for n in range(20)), troubles=("the disk is full",)))
    bodies(found)
    assert stories(found) == list(range(20))
    assert [one["data"]["part"] for one in found] == list(range(1, len(found) + 1))
    assert {one["data"]["parts"] for one in found} == {len(found)}
    assert [one["data"]["troubles"] for one in found][-1] == ["the disk is full"]
    assert not any(one["data"]["troubles"] for one in found[:-1])
    for one in found:
        for story in one["data"]["sections"][0]["stories"]:
            assert len(story["summary"]) == len(story["new_facts"]) == 3


def test_the_lines_of_an_edit_stand_once_where_they_are_many() -> None:
    lines = tuple(f"{n} {'x' * 200}" for n in range(24))
    edited = tale(4, 1)
    edited = replace(edited, lead=replace(edited.lead, change=Change(added=lines, removed=lines)))
    (event,) = events(message(edited, kind="alert"))
    bodies((event,))
    assert event["type"] == "page.changed"
    assert len(event["data"]["added"]) == 24
    assert event["data"]["story"]["change"]["added"] == []
    assert event["data"]["story"]["change"]["more_lines"] == 48


def test_many_troubles_are_several_digests() -> None:
    found = events(
        message(
            kind="troubles",
            events=tuple(Trouble(what=f"disk {n}", detail="x" * 390) for n in range(200)),
        )
    )
    bodies(found)
    assert len(found) > 1
    assert [one["what"] for event in found for one in event["data"]["events"]] == [
        f"disk {n}" for n in range(200)
    ]


def test_what_almost_matched_is_no_reason_to_lose_any_of_it() -> None:
    near = tuple(
        Nearly(topic=SORA, title=f"{n}", url="https://example.org/", source="x", words="w" * 300)
        for n in range(60)
    )
    found = events(message(tale(1, 6), near=near))
    bodies(found)
    assert stories(found) == [1]
    titles = [one["title"] for event in found for one in event["data"]["near"]]
    assert titles == [f"{n}" for n in range(60)]


TEXTS = st.sampled_from(["Sora closes. ", "ก", '"\\', "🎬", "é ", "x" * 90])


@pytest.mark.untraced
@settings(max_examples=12)
@given(
    st.lists(st.tuples(st.integers(1, 25), TEXTS), min_size=1, max_size=4),
    st.sampled_from(["alert", "digest"]),
)
def test_whatever_is_told_every_body_is_small_enough_and_every_story_in_one(
    made: list[tuple[int, str]], kind: str
) -> None:
    lines = [tale(number, scale, text) for number, (scale, text) in enumerate(made)]
    found = events(message(*lines, kind=kind))
    bodies(found)
    assert stories(found) == list(range(len(lines)))
    assert json.dumps(found) == json.dumps(events(message(*lines, kind=kind)))
