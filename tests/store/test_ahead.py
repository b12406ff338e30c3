"""A clock that was ahead and has been set back leaves nothing to be waited for that lies in a future of its own."""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

from aiwatch.model import ChannelName, Source, SourceName
from aiwatch.store import Store, ahead, health, outbox, sources, troubles
from aiwatch.store.times import to_text

DAY = timedelta(days=1)


def one_each(db: sqlite3.Connection, later: datetime) -> None:
    """A source, an alert and a digest as a clock that was ahead left them."""
    sources.sync(db, [Source(name=SourceName("Wire"), url="https://wire.example/")], later)
    at = to_text(later)
    db.execute("UPDATE sources SET next_due = ?, last_success = ?", (to_text(later + DAY), at))
    db.execute(
        "INSERT INTO alerts (name, first_seen, last_slot, paused) VALUES ('news', ?, ?, 0)",
        (at, at),
    )
    db.execute(
        "INSERT INTO digests (id, alert, kind, slot, at, subject, stories) VALUES (1, 'news', 'digest', ?, ?, '', 0)",
        (at, at),
    )
    health.note(db, "alive", later, well=True)


def test_what_was_waited_for_comes_as_much_earlier_and_what_happened_happened_by_now(
    tmp_path: Path, now: datetime
) -> None:
    by = 700 * DAY
    with Store(tmp_path / "a.db") as store:
        store.write_now(lambda db: one_each(db, now + by))
        with store.read() as db:
            assert ahead.latest(db) == now + by
        assert store.write_now(lambda db: ahead.pull_back(db, by, now)) == 9
        with store.read() as db:
            source = db.execute("SELECT next_due, last_success FROM sources").fetchone()
            assert tuple(source) == (to_text(now + DAY), to_text(now))
            alert = db.execute("SELECT first_seen, last_slot FROM alerts").fetchone()
            assert tuple(alert) == (to_text(now), to_text(now))
            assert tuple(db.execute("SELECT slot, at FROM digests").fetchone()) == (
                None,
                to_text(now),
            )
            assert ahead.latest(db) == now
        assert store.write_now(lambda db: ahead.pull_back(db, by, now)) == 1  # the next look alone


def test_a_message_made_by_a_clock_ahead_is_sent_once_its_endpoint_is_back(
    tmp_path: Path, now: datetime
) -> None:
    """What waits for an endpoint comes due since it was made."""
    by = 700 * DAY
    made = (to_text(now + by), to_text(now + by + DAY))
    with Store(tmp_path / "a.db") as store:
        store.write_now(lambda db: one_each(db, now + by))
        store.write_now(
            lambda db: db.execute(
                "INSERT INTO outbox (digest, alert, channel, reader, lane, part, message_id, subject, text, html, payload,"
                " state, attempts, created, next_try, detail, held)"
                " VALUES (1, 'news', 'inbox', 'r', 'mail', 1, 'msg', '', '', '', '', 'due', 1, ?, ?, '', 1)",
                made,
            )
        )
        store.write_now(lambda db: ahead.pull_back(db, by, now))
        store.write_now(lambda db: outbox.probe(db, [ChannelName("inbox")]))
        with store.read() as db:
            assert len(outbox.due(db, now)) == 1


def test_what_is_never_asked_again_stays_so_and_the_past_stays_as_it_was(
    tmp_path: Path, now: datetime
) -> None:
    with Store(tmp_path / "a.db") as store:
        store.write_now(lambda db: one_each(db, now - DAY))
        never = "9999-01-01T00:00:00Z"
        store.write_now(lambda db: db.execute("UPDATE sources SET next_due = ?", (never,)))
        store.write_now(lambda db: troubles.note(db, [], now))
        assert store.write_now(lambda db: ahead.pull_back(db, DAY, now)) == 0
        with store.read() as db:
            assert db.execute("SELECT next_due FROM sources").fetchone()[0] == never


def test_a_database_that_was_never_looked_after_has_no_latest_moment(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store, store.read() as db:
        assert ahead.latest(db) is None
