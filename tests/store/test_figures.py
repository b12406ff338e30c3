"""Numbers are what stands in the tables."""

import sqlite3
from datetime import datetime, timedelta

from aiwatch.store import Store, figures, outbox, room
from aiwatch.store.figures import Delay
from aiwatch.store.times import to_text
from tests.drafts import BAKERY, CLOSES_TOO, FLOOD, draft, file
from tests.stories import NOON, READER

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def three_articles(store: Store) -> None:
    """Found one, two and five hours after publication; two of one story, one copy, one of no topic."""
    file(store, draft(published=NOON - HOUR))
    file(store, draft("b", "Sora is over", CLOSES_TOO, outlet="Other", published=NOON - 2 * HOUR))
    file(store, draft("c", "Bakers stop", BAKERY, (), lang="fr", published=NOON - 5 * HOUR))
    file(store, draft("d", "The river", FLOOD, (), tell="none", published=NOON - 500 * HOUR))


def message(store: Store, sent: datetime, kind: str = "alert") -> None:
    def write(db: sqlite3.Connection) -> None:
        at = to_text(NOON)
        digest = db.execute(
            "INSERT INTO digests (alert, kind, at, subject, stories) VALUES ('now', ?, ?, 'S', 1)",
            (kind, at),
        ).lastrowid
        db.execute(
            "INSERT INTO told (reader, story, digest, alert, at, articles, facts, message_id)"
            " VALUES (?, 1, ?, 'now', ?, '[1]', '[]', 'm')",
            (READER, digest, at),
        )
        db.execute(
            "INSERT INTO outbox (digest, alert, channel, reader, lane, part, message_id, subject, text, html, payload,"
            " state, attempts, created, next_try, sent_at, detail) VALUES (?, 'now', 'inbox', ?, 'mail', 1, ?, 'S',"
            " '', '', '', 'sent', 1, ?, ?, ?, '')",
            (digest, READER, f"m{digest}", at, at, to_text(sent)),
        )

    store.write_now(write)


def test_an_empty_database_has_numbers_too(store: Store) -> None:
    with store.read() as db:
        assert set(figures.totals(db).values()) == {0}
        assert set(figures.came(db, NOON).values()) == {0}
        assert figures.found_after(db, NOON) is None
        assert figures.sent_after(db, NOON) == {}
        assert figures.begun(db) is figures.newest(db) is figures.last_read(db) is None
        assert figures.yields(db, NOON) == ()
        assert figures.longest_due(db, NOON) is None


def test_what_came_is_counted_and_shared_out(store: Store) -> None:
    three_articles(store)
    with store.read() as db:
        came = figures.came(db, NOON - DAY)
        assert (came["articles"], came["stories"], came["matched"]) == (4, 3, 2)
        assert figures.came(db, NOON + DAY)["articles"] == 0
        assert figures.languages(db, NOON - DAY) == {"en": 3, "fr": 1}
        assert figures.topics(db, NOON - DAY) == {"sora": 2}
        assert figures.states(db)["verdicts"] == {"new": 3, "same_story": 1}
        assert figures.begun(db) == figures.newest(db) == NOON


def test_delays_are_medians_of_what_came_while_it_was_watched(store: Store) -> None:
    three_articles(store)
    message(store, NOON + timedelta(minutes=2))
    message(store, NOON + timedelta(minutes=4))
    message(store, NOON + HOUR, kind="digest")
    message(store, NOON + 9 * HOUR, kind="lookback")
    with store.read() as db:
        assert figures.found_after(db, NOON - DAY) == Delay(count=3, median=7200.0, p90=18000.0)
        after = figures.sent_after(db, NOON - DAY)
    assert after["alert"] == Delay(count=2, median=120.0, p90=240.0)
    assert after["digest"] == Delay(count=1, median=3600.0, p90=3600.0)
    assert set(after) == {"alert", "digest"}


def test_what_a_source_alone_brought_is_told_from_what_it_brought_too(store: Store) -> None:
    three_articles(store)
    copy = draft(outlet="Other", path="copy", published=NOON)
    assert file(store, copy).verdict.kind == "same_text"

    def sources(db: sqlite3.Connection) -> None:
        for name, state in (("Example Times", "working"), ("Other", "failing"), ("Idle", "new")):
            db.execute(
                "INSERT INTO sources (name, kind, url, state, words, next_due, due_reason, failures)"
                " VALUES (?, 'feed', 'https://a.example', ?, 'HTTP 404', '', '', 0)",
                (name, state),
            )
        db.execute(
            "INSERT INTO polls (source, at, outcome, detail, entries, fresh) VALUES ('Other', ?, 'failed', '', 0, 0)",
            (to_text(NOON),),
        )

    store.write_now(sources)
    with store.read() as db:
        found = {row["source"]: row for row in figures.yields(db, NOON - DAY)}
        assert figures.failing(db) == {"Other": "HTTP 404"}
    assert {
        key: found["Other"][key] for key in ("polls", "articles", "new", "matched", "matched_new")
    } == {
        "polls": 1,
        "articles": 2,
        "new": 1,
        "matched": 2,
        "matched_new": 1,
    }
    assert found["Idle"]["articles"] == 0


def test_the_oldest_message_that_should_have_gone_is_named(store: Store) -> None:
    three_articles(store)
    message(store, NOON)
    store.write_now(lambda db: db.execute("UPDATE outbox SET state = 'due', detail = 'refused'"))
    with store.read() as db:
        late = figures.longest_due(db, NOON + HOUR)
        assert late == {"created": NOON, "channel": "inbox", "detail": "refused"}
        assert figures.longest_due(db, NOON - HOUR) is None
        assert outbox.open_rows(db, NOON) == 1


def test_every_table_has_its_bytes_and_all_of_them_are_the_file(store: Store) -> None:
    three_articles(store)
    with store.read() as db:
        tables, (size, free) = room.of_tables(db), room.sizes(db)
        if not tables:
            return  # this SQLite was built without dbstat
        assert tables["articles"] >= tables["settings"] > 0
        assert {"articles_fts", "outbox", "sqlite_schema"} <= set(tables)
        assert not [name for name in tables if name.startswith(("sqlite_auto", "articles_fts_"))]
        assert size - free - 8192 <= sum(tables.values()) <= size
