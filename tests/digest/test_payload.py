"""Payloads fit the published schema, whatever is in them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from aiwatch.digest.payload import as_json, events
from aiwatch.model import AlertName, ArticleId, Digest, Earlier, StoryId
from tests.digest.cases import CLOSURE, NOW, RULING, digest, member, story

SCHEMA = json.loads(
    (Path(__file__).resolve().parents[2] / "docs" / "webhook.schema.json").read_text(
        encoding="utf-8"
    )
)
VALIDATOR = Draft202012Validator(SCHEMA)


def fits(event: dict[str, Any]) -> bool:
    return not [error.message for error in VALIDATOR.iter_errors(json.loads(json.dumps(event)))]


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_an_alert_sends_one_event_for_each_story() -> None:
    found = events(digest(kind="alert"))
    assert [event["type"] for event in found] == ["story.new", "story.update", "story.new"]
    assert all(map(fits, found))
    assert {event["data"]["alert"] for event in found} == {"morning"}


@pytest.mark.parametrize("kind", ["digest", "preview"])
def test_a_scheduled_alert_sends_one_event(kind: str) -> None:
    (event,) = events(digest(kind=kind))
    assert event["type"] == "digest"
    assert event["timestamp"] == "2026-03-24T08:00:00Z"
    assert fits(event)
    assert event["data"] == as_json(digest(kind=kind))


def test_a_correction_and_what_came_before_fit_the_schema() -> None:
    past = Earlier(story=StoryId(9), title="Lumen opens to all", at=NOW)
    (event,) = events(digest((replace(RULING, previously=(past,)), "correction"), kind="alert"))
    assert event["type"] == "story.correction"
    assert event["data"]["story"]["previously"] == [
        {"id": 9, "title": past.title, "at": "2026-03-24T08:00:00Z"}
    ]
    assert fits(event)


def test_a_ping_fits_the_schema() -> None:
    (ping,) = events(Digest(alert=AlertName("morning"), kind="ping", at=NOW, timezone="UTC"))
    assert (ping["type"], ping["data"]) == ("ping", {"alert": "morning", "schema_version": 1})
    assert fits(ping)


def test_roles_say_what_each_article_is() -> None:
    first, second, _ = events(digest(kind="alert"))
    roles = {article["outlet"]: article["role"] for article in first["data"]["story"]["articles"]}
    assert roles == {
        "Brightloom": "lead",
        "Kestrel Wire": "also",
        "The Harbour Post": "also",
        "Reel & Stage": "also",
        "Daily Example": "copy",
    }
    assert [fact["outlet"] for fact in second["data"]["story"]["new_facts"]] == [
        "The Harbour Post"
    ] * 2


def test_an_article_that_adds_is_marked_unless_it_leads() -> None:
    whole = member(
        70, "Third Outlet", "Pellucid answers", "Pellucid said it had paid £3 million to writers."
    )
    line = digest((replace(RULING, members=(*RULING.members, whole)), "update"), kind="alert")
    (event,) = events(line)
    roles = {article["id"]: article["role"] for article in event["data"]["story"]["articles"]}
    assert roles[70] == "adds"


def test_a_story_of_a_hundred_outlets_stays_a_bearable_body() -> None:
    many = [
        replace(member(n, f"Outlet {n}", "Lumen closes"), article=ArticleId(n))
        for n in range(1, 101)
    ]
    (event,) = events(digest((story(5, *CLOSURE.members, *many[50:]), "new"), kind="alert"))
    assert len(event["data"]["story"]["articles"]) == 40
    assert len(json.dumps(event)) < 20_000
    assert fits(event)
