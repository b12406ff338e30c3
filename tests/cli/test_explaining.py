"""`explain`: everything decided about one article, stored or not."""

from datetime import datetime
from typing import Any

import pytest

from aiwatch.config import load
from aiwatch.delivery import Desk
from aiwatch.store import Connection, Store, closing
from aiwatch.store.filing import Draft
from tests.cli.conftest import CLOSING, NOON, SOON
from tests.drafts import BAKERY, FLOOD, draft, file
from tests.newsroom import Newsroom

BOTH = {
    "account",
    "duplicate_of",
    "edit",
    "how",
    "outlet",
    "reason",
    "score",
    "shared",
    "stored",
    "story",
    "title",
    "topics",
    "url",
    "verdict",
}
FILED = {"alerts", "edits", "entry", "id", "story_title", "tell", "told", "versions", "waiting"}
TOPIC_KEYS = {"topic", "matched", "words", "missing", "near", "blocked_by", "edit"}


def number(room: Newsroom, path: str) -> str:
    """An article's number, by its address."""
    found = room.aiwatch("explain", room.site.url(path), "--json", now=NOON).json()
    return str(found["id"])


def answer(room: Newsroom, what: str, now: str = SOON) -> str:
    """What it comes to: all behind `So`."""
    done = room.aiwatch("explain", what, now=now)
    assert done.code == 0, done.err
    return done.out.partition("\nSo\n")[2]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (
            "/one",
            [
                "came through Example Times, first seen 19:00",
                "text: page: article",
                'sora: matches, because "Sora" is in the title',
                'It is about sora: "Sora" is in the title.\n',
                "Alert now told reader@example.org and hook at 19:00.\n",
                "Alert morning holds it since 19:00 and sends it Wed 25 Mar 08:00 (daily at 08:00).\n",
            ],
        ),
        (
            "/copy",
            [
                "came through Daily Copy",
                "word for word the text of article",
                "It repeats an article that is on file, so it is not news: ",
                "Alert now told reader@example.org and hook at 19:00.\n",
            ],
        ),
        (
            "/concert",
            [
                'Nearest is sora: "Sora" is in the title, but the topic leaves this article out: ',
                "So nobody was told.\n",
                'To bring it: topic sora: take «"kingdom hearts"» out of `none:`.\n',
            ],
        ),
    ],
)
def test_a_stored_article_is_explained_by_address_and_by_number(
    told: Newsroom, path: str, said: list[str]
) -> None:
    for what in (told.site.url(path), told.site.url(f"{path}?utm_source=mail"), number(told, path)):
        done = told.aiwatch("explain", what, now=SOON)
        assert done.code == 0, done.err
        for words in said:
            assert words in done.out


def test_a_stored_article_as_json_has_its_keys(told: Newsroom) -> None:
    found = told.aiwatch("explain", told.site.url("/copy"), "--json", now=NOON).json()
    assert set(found) == BOTH | FILED
    assert found["stored"] is True
    assert found["verdict"] == "same_text"
    assert str(found["duplicate_of"]) == number(told, "/one")
    assert [set(topic) for topic in found["topics"]] == [TOPIC_KEYS] * 2
    assert [(one["alert"], one["state"], one["reader"]) for one in found["alerts"]] == [
        ("now", "told", "reader@example.org"),
        ("now", "told", "hook"),
        ("morning", "waiting", None),
    ]


def test_near_misses_of_a_matching_article_are_for_those_who_ask(told: Newsroom) -> None:
    told.page("/many", "Sora and Disney", CLOSING)
    url = told.site.url("/many")
    assert "disney_ai: no match (-v says why)" in told.aiwatch("explain", url, now=NOON).out
    asked = told.aiwatch("explain", url, "-v", now=NOON).out
    assert 'but "disney lawsuit video" also wants lawsuit' in asked


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        (
            "/unlisted",
            [
                "The site is 127.0.0.1: Example Times, Daily Copy and Broken Gazette cover it, but have not listed this address.",
                'It is about sora: "Sora" is in the title.',
                "To bring it: watch another list of that site: aiwatch sources discover 127.0.0.1.",
            ],
        ),
        ("/court", ["To bring it: topic disney_ai: add a query to `any:` like "]),
        (
            "/bread",
            [
                "It is about none of your topics: their words do not stand in it.",
                "To bring it: add a topic whose `any:` names a word of this article.",
            ],
        ),
        ("/hearts", ['To bring it: topic sora: take «"kingdom hearts"» out of `none:`.']),
    ],
)
def test_an_unknown_address_is_read_now_and_the_answer_ends_with_the_edit(
    told: Newsroom, path: str, lines: list[str]
) -> None:
    told.page("/hearts", "A second Kingdom Hearts with Sora", "Sora has a new sword. " * 20)
    before = told.database.read_bytes()
    done = told.aiwatch("explain", told.site.url(path), now=NOON)
    assert done.code == 0, done.err
    assert "not stored: fetched and judged now, and forgotten again" in done.out
    for line in lines:
        assert line in done.out
    assert done.out.splitlines()[-1].startswith(lines[-1])
    assert told.database.read_bytes() == before


def test_an_address_at_a_site_that_nothing_covers_says_so(room: Newsroom) -> None:
    room.page("/sora", "Sora closes", "OpenAI closes Sora, it said on Tuesday. " * 10)
    room.configure(sources=[{"name": "Elsewhere", "url": "https://example.org/feed"}])
    said = answer(room, room.site.url("/sora"))
    assert "None of your sources covers 127.0.0.1." in said
    assert said.splitlines()[-1] == ("To bring it: watch that site: aiwatch sources add 127.0.0.1.")


def test_a_copy_of_what_is_on_file_needs_no_edit(told: Newsroom) -> None:
    told.page("/again", "OpenAI closes Sora, again", CLOSING)
    said = answer(told, told.site.url("/again"))
    assert "It repeats an article that is on file, so it is not news" in said
    assert "To bring it" not in said


def test_without_any_database_an_address_is_read_too(room: Newsroom) -> None:
    room.page("/sora", "Sora closes", "OpenAI closes Sora, it said on Tuesday. " * 10)
    found = room.aiwatch("explain", room.site.url("/sora"), "--json").json()
    assert found["stored"] is False
    assert found["reason"] == "the database is empty: nothing to compare with"
    assert [topic["matched"] for topic in found["topics"]] == [True]
    assert set(found) == BOTH
    assert not room.database.exists()


# ---------------------------------------------------------------- what held it back


URL = "https://example-times.example/a"
NOW = {"name": "now", "to": ["inbox"], "when": "at once", "settle": None, "at_most": None}


def filed(room: Newsroom, *drafts: Draft, **parts: Any) -> None:
    """Articles filed at noon, and what is due sent."""
    room.configure(**{"alerts": [NOW], **parts})
    desk, now = Desk(config=load(room.file)), datetime.fromisoformat(NOON)
    with Store(room.database) as store:
        store.write_now(lambda db: closing.sync(db, desk.config.alerts, now))
        for one in drafts or (draft(),):
            file(store, one, *desk.subscriptions(), now=now)
    room.aiwatch("fetch", "-q", now=NOON)


@pytest.mark.parametrize(
    ("parts", "said", "edit"),
    [
        (
            {"tell": "digest"},
            "Alert now does not tell it: it was there before watching began: scheduled digests only",
            "raise `backlog`, before a source is looked at for the first time",
        ),
        (
            {"tell": "none"},
            "Alert now does not tell it: it was there before watching began",
            "raise `backlog`, before a source is looked at for the first time",
        ),
        (
            {"alerts": [{**NOW, "min_outlets": 2, "within": "24h"}]},
            "Alert now does not tell it: 1 of 2 outlets so far: waiting for more.",
            "alert now: lower `min_outlets` (2)",
        ),
        (
            {
                "alerts": [{**NOW, "topics": ["kling"]}],
                "topics": {"sora": {"any": ["sora"]}, "kling": {"any": ["kling"]}},
            },
            "Alert now does not tell it: no topic of alert now matches.",
            "alert now: add the topic to `topics:`",
        ),
        (
            {"alerts": [{**NOW, "quiet": "11:00-14:00"}]},
            "Alert now holds it since 12:00: quiet hours 11:00-14:00.",
            None,
        ),
        (
            {"alerts": [{**NOW, "settle": "10m"}]},
            "Alert now holds it since 12:00, until 12:10, so that other reports of it come along.",
            None,
        ),
    ],
    ids=lambda value: None if isinstance(value, dict) else str(value)[:40],
)
def test_what_holds_an_article_back_is_named_with_the_edit(
    room: Newsroom, parts: dict[str, Any], said: str, edit: str | None
) -> None:
    own = {"tell": parts.pop("tell")} if "tell" in parts else {}
    filed(room, draft(**own), **parts)
    found = answer(room, URL)
    assert said in found
    assert ("To bring it" in found) is (edit is not None)
    if edit:
        assert found.splitlines()[-1] == f"To bring it: {edit}."


def test_a_message_that_was_refused_is_told_of(room: Newsroom) -> None:
    room.inbox.answers["RCPT"] = "550 no such person"
    filed(room)
    found = answer(room, URL)
    assert "but that message was not delivered and is given up: " in found
    assert "no such person" in found
    assert found.splitlines()[-1] == "To bring it: mend the channel, then: aiwatch outbox retry 1."


def test_a_message_on_its_way_is_told_of(room: Newsroom) -> None:
    room.inbox.answers["RCPT"] = "451 later"
    filed(room)
    assert "that message is still on its way (" in answer(room, URL)


def test_a_paused_alert_is_named(room: Newsroom) -> None:
    filed(room, alerts=[{**NOW, "settle": "10m"}])
    assert room.aiwatch("alerts", "pause", "now", now=NOON).code == 0
    found = answer(room, URL)
    assert "Alert now holds it since 12:00: it is paused." in found


def test_a_story_over_the_budget_of_words_is_a_headline_for_a_reason(room: Newsroom) -> None:
    flood, bakers = draft("a", "Sora flood", FLOOD), draft("b", "Sora bakers", BAKERY)
    filed(room, flood, bakers, alerts=[{**NOW, "words": 50}])
    both = [answer(room, URL), answer(room, URL[:-1] + "b")]
    short = [said for said in both if "as a headline without its sentences" in said]
    assert len(short) == 1
    assert "because the message was full (`words: 50`)" in short[0]
    assert short[0].splitlines()[-1] == "To bring it: alert now: raise `words`."


def test_an_address_that_is_listed_and_unread_says_what_it_waits_for(room: Newsroom) -> None:
    source = {"name": "Example Times", "url": room.feed("/feed")}
    room.configure(sources=[source], alerts=[NOW])
    assert room.aiwatch("fetch", "-q", now=NOON).code == 0
    room.page("/late", "Sora is late", CLOSING)
    with Store(room.database) as store:
        store.write_now(lambda db: _list(db, room.site.url("/late"), "to file", None))
    found = answer(room, room.site.url("/late"))
    assert (
        "Example Times listed it (12:00), but it is not read yet: that is for the next pass."
        in found
    )
    with Store(room.database) as store:
        store.write_now(lambda db: _list(db, room.site.url("/lost"), "given up", None))
        store.write_now(
            lambda db: _list(db, room.site.url("/put"), "to file", "2026-03-24T12:20:00Z")
        )
    room.page("/lost", "Sora is lost", FLOOD)
    room.page("/put", "Sora is put off", BAKERY)
    assert "reading it failed 6 times, and it was given up." in answer(room, room.site.url("/lost"))
    assert "it is tried again 12:20." in answer(room, room.site.url("/put"))


def _list(db: Connection, url: str, state: str, not_before: str | None) -> None:
    db.execute(
        "INSERT INTO entries (source, entry_id, url, title, seen_at, content_hash, tell, state, attempts, not_before)"
        " VALUES ('Example Times', ?, ?, '', '2026-03-24T12:00:00Z', '', 'all', ?, 6, ?)",
        (url, url, state, not_before),
    )


@pytest.mark.parametrize(
    "what", ["nonsense", "", "²", "9" * 30, "9" * 5000, "mailto:a@b.example", "\0"]
)
def test_what_is_no_article_and_no_address_is_refused(told: Newsroom, what: str) -> None:
    done = told.aiwatch("explain", what, now=NOON)
    assert done.code == 2
    assert "is no article here (by number or imported id) and no http(s) address" in done.err


def test_an_address_that_cannot_be_read_is_named_with_why(told: Newsroom) -> None:
    done = told.aiwatch("explain", told.site.url("/nowhere"), now=NOON)
    assert done.code == 1
    assert f"{told.site.url('/nowhere')} cannot be read: 404 Not Found" in done.err
