"""What goes after a time; and that all which keeps news from being told twice stays."""

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from aiwatch.model import ArticleId, ReadArticle, StoryId
from aiwatch.store import Store, reading, retention, search, stories
from aiwatch.store.filing import Draft
from aiwatch.store.retention import Pruned
from aiwatch.text.fingerprint import fingerprint
from tests.drafts import BAKERY, CLOSES, FLOOD, draft, edit, file, subscription
from tests.stories import NOON, READER, alert

DAY = timedelta(days=1)
YEAR = 365 * DAY
LATER = NOON + 3 * YEAR


def prune(store: Store, now: datetime = LATER, **kept: timedelta | None) -> Pruned:
    """Everything that may go by then, in one go; unless told otherwise after two years, matched never."""
    where = retention.bounds(
        kept.get("bodies", 2 * YEAR), kept.get("matched"), kept.get("messages", 90 * DAY), now
    )

    def all_of_it(db: sqlite3.Connection) -> Pruned:
        planned = retention.count(db, where)
        gone = retention.shed_stories(db, retention.old_stories(db, where))
        retention.note_done(db, where)
        gone += retention.shed_messages(db, retention.old_messages(db, where))
        gone += retention.shed_records(db, where, 1000)
        assert gone == planned
        return gone

    return store.write_now(all_of_it)


def texts(store: Store) -> dict[str, str]:
    with store.read() as db:
        return {row["title"]: row["text"] for row in db.execute("SELECT title, text FROM articles")}


def found(store: Store, query: str) -> list[str]:
    with store.read() as db:
        hits = search.search(db, query, limit=10).hits
        return ["".join(run.text for run in hit.title) for hit in hits]


def rows(store: Store, query: str, *values: Any) -> list[Any]:
    with store.read() as db:
        return [tuple(row) for row in db.execute(query, values)]


def bakers(**parts: Any) -> Draft:
    return draft("bread", "Bakers in Leeds lay down work", BAKERY, topics=(), **parts)


def test_texts_that_no_topic_matched_go_and_matched_ones_stay(store: Store) -> None:
    file(store, draft())
    file(store, bakers())
    gone = prune(store)
    assert (gone.stories, gone.articles) == (1, 1)
    assert gone.characters >= len(BAKERY)
    assert texts(store) == {
        "OpenAI closes Sora and leaves video": CLOSES,
        "Bakers in Leeds lay down work": "",
    }
    assert prune(store) == Pruned()


@pytest.mark.parametrize(
    ("kept", "after", "goes"),
    [
        ({}, 2 * YEAR - DAY, False),
        ({}, 2 * YEAR + DAY, True),
        ({"bodies": None}, 50 * YEAR, False),
        ({"bodies": 365 * DAY}, YEAR + DAY, True),
        ({"bodies": DAY}, 59 * DAY, False),  # what is new in a story is found by comparing
        ({"bodies": DAY}, 61 * DAY, True),
    ],
)
def test_they_go_after_the_time_that_is_kept(
    store: Store, kept: dict[str, timedelta | None], after: timedelta, *, goes: bool
) -> None:
    file(store, bakers())
    assert bool(prune(store, NOON + after, **kept)) == goes


def test_matched_ones_go_after_their_own_time(store: Store) -> None:
    file(store, draft())
    file(store, bakers())
    assert prune(store, bodies=None, matched=YEAR).articles == 1
    assert texts(store)["OpenAI closes Sora and leaves video"] == ""


def test_a_story_goes_whole_from_when_it_last_grew(store: Store) -> None:
    file(store, bakers())
    grown = bakers(outlet="Leeds Post", published=NOON + 20 * DAY)
    assert file(store, grown, now=NOON + 20 * DAY).verdict.kind == "same_text"
    assert not prune(store, NOON + 2 * YEAR + 10 * DAY)
    assert prune(store, NOON + 2 * YEAR + 21 * DAY).articles == 2


def test_a_story_that_grew_since_it_was_found_to_be_old_stays(store: Store) -> None:
    """The first night of a large archive lasts for minutes, and others write meanwhile."""
    file(store, bakers())
    file(store, draft("f", "Ninety houses flooded in Norwich", FLOOD, topics=()))
    where = retention.bounds(2 * YEAR, None, None, LATER)
    with store.read() as db:
        found = retention.old_stories(db, where)
    file(store, bakers(outlet="Leeds Post", published=LATER), now=LATER)
    with store.read() as db:
        assert retention.still_old(db, found, where) == found[1:]


def test_a_story_that_an_alert_waits_with_stays(store: Store) -> None:
    held = alert("at once", settle=5 * YEAR)
    file(store, draft(), subscription(held))
    assert not prune(store, matched=YEAR)
    store.write_now(lambda db: db.execute("DELETE FROM waiting"))
    assert prune(store, matched=YEAR)


def test_the_words_of_the_text_are_no_longer_found_those_of_the_title_are(store: Store) -> None:
    file(store, bakers())
    file(store, draft("flood", "The Wensum floods Norwich", FLOOD))
    assert found(store, "mediator") == found(store, "bakers") == ["Bakers in Leeds lay down work"]
    prune(store)
    assert found(store, "mediator") == []
    assert found(store, "bakers leeds") == ["Bakers in Leeds lay down work"]
    assert found(store, "firemen") == ["The Wensum floods Norwich"]
    store.write_now(
        lambda db: db.execute("INSERT INTO articles_fts (articles_fts) VALUES ('integrity-check')")
    )


@pytest.mark.parametrize("pruned", [False, True], ids=["whole", "pruned"])
@pytest.mark.parametrize(
    ("parts", "verdict"),
    [
        ({}, "same_url"),
        ({"outlet": "Leeds Post"}, "same_text"),
        ({"text": BAKERY + "\nAdvertisement ends here."}, "same_url"),
    ],
    ids=["at its address", "word for word elsewhere", "at its address, edited"],
)
def test_an_old_article_that_comes_again_is_known_and_told_to_nobody(
    store: Store, parts: dict[str, Any], verdict: str, *, pruned: bool
) -> None:
    """The same with its text and without it."""
    wanted = alert("at once")
    first = draft("bread", "Bakers in Leeds lay down work", BAKERY, tell="none")
    file(store, first, subscription(wanted))
    if pruned:
        assert prune(store, matched=YEAR)
    again = draft(
        "bread", "Bakers in Leeds lay down work", published=LATER, **{"text": BAKERY, **parts}
    )
    filed = file(store, again, subscription(wanted), now=LATER)
    assert filed.verdict.kind == verdict
    assert filed.verdict.duplicate_of == ArticleId(1)
    assert filed.story == StoryId(1)
    assert filed.alerts == ()


@pytest.mark.parametrize(
    ("text", "outcome"), [(BAKERY, "unchanged"), (BAKERY + "\nThe strike is over.", "reread")]
)
def test_an_import_of_it_once_more_is_no_edit(store: Store, text: str, outcome: str) -> None:
    file(store, bakers(external_id="b1"))
    prune(store)
    again = bakers(external_id="b1")
    article = again.read.article
    read = ReadArticle(
        article=type(article)(**{**_fields(article), "text": text}),
        fingerprint=fingerprint(article.title, text),
        read_by=again.read.read_by,
    )
    filed = file(store, Draft(read=read, matches=()), now=LATER)
    assert filed.outcome == outcome
    assert rows(store, "SELECT COUNT(*) FROM versions") == [(0,)]
    assert texts(store)[article.title] == ("" if outcome == "unchanged" else text)


def _fields(article: Any) -> dict[str, Any]:
    return {name: getattr(article, name) for name in article.__slots__}


def test_a_copy_that_joined_afterwards_goes_too(store: Store) -> None:
    file(store, bakers())
    prune(store)
    file(store, bakers(outlet="Leeds Post"), now=LATER)
    assert not prune(store, LATER + YEAR)
    assert prune(store, LATER + 2 * YEAR + DAY).articles == 1


def test_versions_and_changes_lose_their_words_and_keep_what_was_told(store: Store) -> None:
    file(store, edit())
    store.write_now(
        lambda db: db.execute(
            "INSERT INTO versions (article, until, title, text, changes) VALUES (1, ?, 'Old', 'Old text', ?)",
            ("2026-03-25T00:00:00Z", json.dumps([{"kind": "figure", "corrects": True}])),
        )
    )
    assert prune(store)
    (version,) = rows(store, "SELECT title, text, changes FROM versions")
    assert version[:2] == ("Old", "")
    assert json.loads(version[2])[0]["kind"] == "figure"
    with store.read() as db:
        row = reading.article(db, ArticleId(1))
        assert row
        assert json.loads(row["change"]) == {"added": [], "removed": []}


def test_what_it_was_found_by_goes_and_what_keeps_it_known_stays(store: Store) -> None:
    file(store, bakers())
    before = rows(
        store, "SELECT url, url_key, text_hash, words, story, verdict, reason FROM articles"
    )
    prune(store)
    assert rows(store, "SELECT COUNT(*) FROM shingles") == [(0,)]
    assert rows(store, "SELECT COUNT(*) FROM story_terms") == [(0,)]
    after = rows(
        store, "SELECT url, url_key, text_hash, words, story, verdict, reason FROM articles"
    )
    assert after == before
    with store.read() as db:
        story = stories.load(db, StoryId(1))
        assert story
        assert [member.title for member in story.members] == ["Bakers in Leeds lay down work"]
        (exported,) = reading.export_articles(db, None)
        assert (exported["text"], exported["story"]) == ("", 1)


def everything(store: Store) -> dict[str, list[Any]]:
    tables = ("articles", "matches", "versions", "entries", "shingles", "told", "stories")
    return {table: rows(store, f"SELECT * FROM {table}") for table in tables}


def test_rows_that_are_put_together_anew_are_the_same_rows(store: Store) -> None:
    file(store, draft())
    file(store, bakers())
    file(store, bakers(outlet="Leeds Post"))
    store.write_now(
        lambda db: db.execute(
            "INSERT INTO versions (article, until, title, text) VALUES (1, '', 'Old', 'Old text')"
        )
    )
    before = everything(store)
    assert before["articles"][2][-1] is not None
    asyncio.run(store.rewrite(lambda db: retention.repack(db, [StoryId(1), StoryId(2)])))
    assert everything(store) == before
    assert rows(store, "PRAGMA foreign_key_check") == []
    assert store.write_now(lambda db: db.execute("PRAGMA foreign_keys").fetchone()[0]) == 1


def test_rows_are_never_taken_out_while_keys_follow_them(store: Store) -> None:
    file(store, draft())
    with pytest.raises(ValueError, match="would go, too"):
        store.write_now(lambda db: retention.repack(db, [StoryId(1)]))
    asyncio.run(store.rewrite(lambda db: retention.repack(db, [StoryId(99)])))
    assert len(texts(store)) == 1


# ---------------------------------------------------------------- messages and records


def messages(store: Store, states: Sequence[str], at: datetime) -> None:
    def write(db: sqlite3.Connection) -> None:
        text = at.strftime("%Y-%m-%dT%H:%M:%SZ")
        cursor = db.execute(
            "INSERT INTO digests (alert, kind, at, subject, stories) VALUES ('a', 'alert', ?, 'S', 1)",
            (text,),
        )
        for number, state in enumerate(states):
            db.execute(
                "INSERT INTO outbox (digest, alert, channel, reader, lane, part, message_id, subject, text, html, payload,"
                " state, attempts, created, next_try, detail) VALUES (?, 'a', 'inbox', ?, 'mail', ?, ?, 'S', 'plain',"
                " '<p>', '{}', ?, 0, ?, ?, '')",
                (cursor.lastrowid, READER, number, f"{text}-{number}", state, text, text),
            )

    store.write_now(write)


def test_texts_of_messages_go_once_they_were_sent(store: Store) -> None:
    states = ("sent", "dropped", "failed", "due", "sending")
    messages(store, states, NOON)
    messages(store, ("sent",), NOON + 100 * DAY)
    gone = prune(store, NOON + 100 * DAY)
    assert (gone.messages, gone.characters) == (2, 20)
    left = rows(store, "SELECT state, text || html || payload, subject FROM outbox ORDER BY id")
    assert left == [
        ("sent", "", "S"),
        ("dropped", "", "S"),
        *((state, "plain<p>{}", "S") for state in ("failed", "due", "sending", "sent")),
    ]
    assert not prune(store, NOON + 101 * DAY)
    assert not prune(store, NOON + 900 * DAY, messages=None)


def test_old_polls_go_and_of_a_watched_page_the_last_words_stay(store: Store) -> None:
    def write(db: sqlite3.Connection) -> None:
        for name in ("A", "B"):
            db.execute(
                "INSERT INTO sources (name, kind, url, state, words, next_due, due_reason, failures)"
                " VALUES (?, 'page', 'https://a.example', 'working', '', '', '', 0)",
                (name,),
            )
            for days in (0, 1, 1000):
                at = (NOON + days * DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
                db.execute(
                    "INSERT INTO snapshots (source, at, lines) VALUES (?, ?, '[]')", (name, at)
                )
                db.execute(
                    "INSERT INTO polls (source, at, outcome, detail, entries, fresh) VALUES (?, ?, 'new', '', 1, 1)",
                    (name, at),
                )
        db.execute("DELETE FROM snapshots WHERE source = 'B' AND id > 5")

    store.write_now(write)
    gone = prune(store, NOON + 1001 * DAY)
    assert (gone.polls, gone.snapshots) == (4, 3)
    assert rows(store, "SELECT source, COUNT(*) FROM snapshots GROUP BY 1") == [("A", 1), ("B", 1)]
    assert rows(store, "SELECT source, COUNT(*) FROM polls GROUP BY 1") == [("A", 1), ("B", 1)]
