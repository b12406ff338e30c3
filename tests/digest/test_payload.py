"""Payloads fit the published schema, whatever is in them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from aiwatch.digest.payload import as_json, events
from aiwatch.model import AlertName, ArticleId, Digest, Earlier, StoryId, Trouble
from tests.digest.cases import (
    CARE,
    CLOSURE,
    CONTEXT,
    CORRECTED,
    EDIT,
    EVENTS,
    KNEW_ALL,
    NOW,
    RULING,
    SPRING,
    care,
    digest,
    member,
    story,
)

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
    corrected = replace(CORRECTED, previously=(past,))
    (event,) = events(digest((corrected, "correction"), told=KNEW_ALL, kind="alert"))
    assert event["type"] == "story.correction"
    assert event["data"]["correction"] == event["data"]["story"]["corrections"][0]
    assert event["data"]["correction"]["kind"] == "figure"
    assert event["data"]["story"]["previously"] == [
        {"id": 9, "title": past.title, "at": "2026-03-24T08:00:00Z"}
    ]
    assert fits(event)


def test_a_ping_fits_the_schema() -> None:
    (ping,) = events(Digest(alert=AlertName("morning"), kind="ping", at=NOW, timezone="UTC"))
    assert (ping["type"], ping["data"]) == ("ping", {"alert": "morning", "schema_version": 1})
    assert fits(ping)


def test_an_edit_is_an_event_of_its_own_kind_that_names_the_page() -> None:
    news, edit = events(digest((SPRING, "new"), (EDIT, "new"), kind="alert"))
    assert (news["type"], edit["type"]) == ("story.new", "page.changed")
    assert edit["data"]["page"] == {
        "source": "Lumen help page",
        "title": "Lumen help page changed",
        "url": "https://brightloom.example/help/lumen",
    }
    assert edit["data"]["removed"] == ["Lumen is available to everyone over 18."]
    assert edit["data"]["more_lines"] == 0
    assert edit["data"]["story"]["id"] == EDIT.id
    assert fits(news)
    assert fits(edit)


@pytest.mark.parametrize("missing", ["page", "added", "story"])
def test_the_schema_wants_all_of_a_page(missing: str) -> None:
    (event,) = events(digest((EDIT, "new"), kind="alert"))
    del event["data"][missing]
    assert not fits(event)


def test_each_source_in_trouble_is_an_event_and_the_rest_a_digest() -> None:
    recovered, failing, silent, rest = events(care())
    assert [one["type"] for one in (recovered, failing, silent, rest)] == [
        "source.recovered",
        "source.failing",
        "source.failing",
        "digest",
    ]
    source = failing["data"]["source"]
    assert (source["name"], source["state"], source["failures"]) == (
        "The Harbour Post",
        "failing",
        3,
    )
    assert (source["since"], source["next_due"]) == ("2026-03-23T19:00:00Z", "2026-03-24T09:30:00Z")
    assert silent["data"]["source"]["since"] == "2026-03-15T06:00:00Z"
    assert (rest["data"]["kind"], len(rest["data"]["events"])) == ("troubles", 1)
    assert rest["data"]["troubles"] == ["disk: only 80 MB are free where the database is"]
    assert all(map(fits, (recovered, failing, silent, rest)))


def test_no_troubles_at_all_is_a_digest_that_says_so() -> None:
    (event,) = events(digest(alert=CARE, context=replace(CONTEXT, troubles=())))
    assert (event["type"], event["data"]["events"]) == ("digest", [])
    assert fits(event)


@pytest.mark.parametrize(
    "extra",
    [
        {"since": "never", "next_due": 7, "url": "javascript:alert(1)", "last_success": None},
        {"since": "2026-03-24T08:00:00", "name": "another", "state": "odd", "list": [1]},
        {"since": NOW, "reason": "\u202e" * 5000},
    ],
)
def test_whatever_was_noted_of_a_source_fits_the_schema(extra: dict[str, Any]) -> None:
    (event,) = events(care(replace(EVENTS[1], extra=extra)))
    assert fits(event)
    assert event["data"]["source"]["name"] == "The Harbour Post"
    assert len(json.dumps(event)) < 4_000


def test_what_was_noted_stands_in_the_json_of_a_digest_of_news() -> None:
    found = as_json(digest((SPRING, "new"), context=replace(CONTEXT, events=EVENTS[:1])))
    assert found["events"] == [
        {
            "kind": "recovered",
            "what": "Kestrel Wire",
            "detail": "works again, after 2 d: not read since 2026-03-22 07:55",
            "at": "2026-03-24T07:55:00Z",
        }
    ]
    assert fits({"type": "digest", "timestamp": "2026-03-24T08:00:00Z", "data": found})


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


@pytest.mark.parametrize(
    ("kind", "figures"),
    [
        ("topic.burst", {"topic": "sora", "stories": 14, "usual": 2.5}),
        ("topic.silent", {"topic": "sora", "since": "2026-03-01T00:00:00Z", "days": 21}),
    ],
)
def test_a_topic_that_bursts_or_has_gone_quiet_is_an_event_of_its_own(
    kind: str, figures: dict[str, Any]
) -> None:
    words = "OpenAI Sora: 14 stories in 24 hours, usual 3 on a Tuesday"
    noted = Trouble(what="topic sora", detail=words, extra={"type": kind, **figures})
    context = replace(CONTEXT, troubles=(), events=(noted,))
    (event,) = events(digest(alert=CARE, context=context))
    assert event["type"] == kind
    assert {key: event["data"][key] for key in ("words", *figures)} == {"words": words, **figures}
    assert fits(event)
