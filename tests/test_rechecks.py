"""Articles are looked at again: what a page says otherwise goes to those who were told, and nobody hears of the rest."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.newsroom import Newsroom
from tests.servers import Answer

BEFORE = (
    "OpenAI said on Tuesday that it would close Sora, its video app, on 26 April 2026, after nineteen months.\n"
    "Running the app cost about $15 million a day, three people who know the accounts told the Example Times.\n"
    "Users have until the summer to save what they made, a spokeswoman wrote in a note to the press on Tuesday.\n"
    "A rival from Hangzhou, which has been courting the same studios since the autumn, did not want to comment."
)
OTHER_FIGURE = BEFORE.replace("$15 million", "$1.5 million")
TYPO = BEFORE.replace("nineteen months", "nineteen months in all,").replace(
    "did not want", "didn't want"
)
FIRST, LATER, LATEST = "2026-03-24T12:00:00Z", "2026-03-24T13:10:00Z", "2026-03-24T14:20:00Z"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    """One article about Sora, told; its feed never changes again."""
    with Newsroom(tmp_path) as opened:
        opened.page("/sora", "OpenAI closes Sora", BEFORE)
        feed = opened.feed(
            "/feed",
            opened.item("/sora", "OpenAI closes Sora", "2026-03-24T10:00:00Z", "Sora ends."),
        )
        configure(opened, feed)
        assert opened.aiwatch("fetch", now=FIRST).code == 0
        assert len(opened.inbox.mails) == 1
        yield opened


def configure(room: Newsroom, feed: str, **parts: Any) -> None:
    told = {
        "name": "now",
        "topics": ["sora"],
        "to": ["inbox", "hook"],
        "when": "at once",
        "settle": "0s",
        **parts,
    }
    room.configure(
        sources=[{"name": "Times", "url": feed, "every": "30m"}],
        alerts=[told],
        recheck=["1h", "2h", "4h"],
    )


def events(room: Newsroom) -> list[dict[str, Any]]:
    return [json.loads(asked.body) for asked in room.hooks]


@pytest.mark.parametrize("updates", ["new facts", "none"])
def test_a_corrected_figure_goes_to_whoever_was_told_the_old_one(
    room: Newsroom, updates: str
) -> None:
    configure(room, room.site.url("/feed"), updates=updates)
    room.page("/sora", "OpenAI closes Sora", OTHER_FIGURE)
    done = room.aiwatch("fetch", now=LATER)
    assert done.code == 0, done.err
    mail = room.inbox.mails[1]
    assert mail.message["Subject"].startswith("Correction: ")
    text = mail.body("plain")
    assert "Example Times gives another figure now" in text
    assert "$15 million a day" in text
    assert "$1.5 million a day" in text
    assert mail.message["In-Reply-To"] == room.inbox.mails[0].message["Message-ID"]
    (event,) = [one for one in events(room) if one["type"] == "story.correction"]
    assert event["data"]["correction"]["kind"] == "figure"
    room.aiwatch("fetch", now=LATEST)
    assert len(room.inbox.mails) == 2
    said = "figure: “$15 million” became “$1.5 million”"
    assert f"edited 13:10: {said}" in room.aiwatch("story", "1", now=LATEST).out
    assert f"edited 13:10: {said}" in room.aiwatch("explain", "1", now=LATEST).out


def test_a_mended_typo_is_kept_and_told_to_nobody(room: Newsroom) -> None:
    room.page("/sora", "OpenAI closes Sora", TYPO)
    room.aiwatch("fetch", now=LATER)
    assert len(room.inbox.mails) == 1
    (article,) = exported(room)
    assert "nineteen months in all," in article["text"]


def test_an_unchanged_page_is_asked_conditionally_and_only_as_often_as_configured(
    room: Newsroom,
) -> None:
    before = asked_for(room)
    for hour in range(13, 23):
        room.aiwatch("fetch", now=f"2026-03-24T{hour}:05:00Z")
    assert asked_for(room) - before == 3
    assert len(room.inbox.mails) == 1


def test_a_page_that_is_gone_is_told_once_and_not_at_its_first_bad_hour(room: Newsroom) -> None:
    room.site.add("/sora", lambda _asked: Answer(status=404))
    room.aiwatch("fetch", now=LATER)
    assert len(room.inbox.mails) == 1
    room.aiwatch("fetch", now=LATEST)
    assert "has taken its article away" in room.inbox.mails[1].body("plain")
    assert events(room)[-1]["data"]["correction"]["kind"] == "gone"
    room.aiwatch("fetch", now="2026-03-24T17:00:00Z")
    assert len(room.inbox.mails) == 2


def test_a_page_that_comes_back_was_never_gone(room: Newsroom) -> None:
    room.site.add("/sora", lambda _asked: Answer(status=404))
    room.aiwatch("fetch", now=LATER)
    room.page("/sora", "OpenAI closes Sora", BEFORE)
    room.aiwatch("fetch", now=LATEST)
    room.site.add("/sora", lambda _asked: Answer(status=404))
    room.aiwatch("fetch", now="2026-03-24T16:30:00Z")
    assert len(room.inbox.mails) == 1


def test_a_consent_wall_in_its_place_is_no_edit(room: Newsroom) -> None:
    room.page(
        "/sora", "Before you continue", "We use cookies. Accept all or reject all cookies to go on."
    )
    room.aiwatch("fetch", now=LATER)
    assert len(room.inbox.mails) == 1
    (article,) = exported(room)
    assert "$15 million" in article["text"]


def test_an_article_whose_page_could_not_be_had_is_read_again_silently(tmp_path: Path) -> None:
    with Newsroom(tmp_path) as room:
        room.site.add("/sora", lambda _asked: Answer(status=500))
        feed = room.feed(
            "/feed", room.item("/sora", "OpenAI closes Sora", "2026-03-24T10:00:00Z", "Sora ends.")
        )
        configure(room, feed)
        room.aiwatch("fetch", now=FIRST)
        assert len(room.inbox.mails) == 1
        assert exported(room)[0]["text"] == "Sora ends."
        room.page("/sora", "OpenAI closes Sora", BEFORE)
        room.aiwatch("fetch", now=LATER)
        assert "$15 million a day" in exported(room)[0]["text"]
        assert not [one for one in events(room) if one["type"] == "story.correction"]


def asked_for(room: Newsroom) -> int:
    return sum(asked.path == "/sora" for asked in room.site.received)


def exported(room: Newsroom) -> list[dict[str, Any]]:
    return [
        json.loads(line) for line in room.aiwatch("export", "articles", now=LATEST).out.splitlines()
    ]
