"""Who tells a story, who vouches for it, who leads."""

from dataclasses import replace
from typing import Any

import pytest

from aiwatch.judge.voices import counted_outlets, independent, lead, outlets
from aiwatch.model import ArticleId, SourceName
from tests.judge.telling import member, story


def test_outlets_are_counted_once_and_copies_apart() -> None:
    found = story(
        member(1, outlet="A"),
        member(2, outlet="a"),
        member(3, outlet="B", duplicate_of=ArticleId(1), verdict="same_text"),
        member(4, outlet="C", trust="low"),
        member(5, outlet="D", trust="block"),
        member(6, outlet="E", aggregator=True, source=SourceName("Hub")),
        member(7, outlet="Hub", aggregator=True, source=SourceName("Hub")),
    )
    assert outlets(found) == ("A", "B", "C", "E", "Hub")
    assert counted_outlets(found) == 2
    assert independent(found) == 4


BODY = "Lumen lost $90 million, Ann Bo said. It will end on 4 May."
LEADS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("first-hand", {"primary": True}, {"trust": "high", "text": BODY}),
    ("trusted", {"trust": "high"}, {"text": BODY}),
    ("not of low trust", {}, {"trust": "low", "primary": True, "text": BODY}),
    ("not a copy", {}, {"duplicate_of": ArticleId(1), "text": BODY}),
    ("not blocked", {}, {"trust": "block", "text": BODY}),
    (
        "with more facts",
        {"text": BODY},
        {"text": "People talked for hours about the end of it. " * 20},
    ),
    ("longer", {"text": "People were sad about it."}, {"text": "Sad."}),
    ("no aggregator", {}, {"aggregator": True, "text": BODY}),
    ("readable", {"lang": "en-GB"}, {"lang": "zh", "primary": True}),
    ("first", {}, {}),
]


@pytest.mark.parametrize(("why", "better", "worse"), LEADS, ids=[case[0] for case in LEADS])
def test_the_lead_is(why: str, better: dict[str, Any], worse: dict[str, Any]) -> None:
    one, two = member(1, **better), member(2, **worse)
    assert lead(story(one, two), ("en",)).article == 1, why
    swapped = story(replace(two, article=ArticleId(3)), one)
    assert lead(swapped, ("en",)).article == 1


def test_a_story_only_of_blocked_outlets_still_has_a_lead() -> None:
    assert lead(story(member(1, trust="block"))).article == 1
