"""What is noted of aiwatch's own state: told when it turns bad, told when it is well again, and not in between."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from aiwatch.judge.upkeep import MB
from aiwatch.pipeline import Polled
from aiwatch.service import matters
from aiwatch.store import Connection, Store, Transaction, health, troubles

HOUR = timedelta(hours=1)


class Kept:
    """A database, and what was noted in it since it was asked last."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.seen = 0

    def note(self, *transactions: Transaction[object]) -> list[str]:
        for one in transactions:
            self.store.write_now(one)
        with self.store.read() as db:
            found = troubles.since(db, self.seen)
        self.seen = max([self.seen, *(id_ for id_, _ in found)])
        return [f"{one.what}|{one.detail}" for _, one in found]


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    with Store(tmp_path / "a.db") as store:
        yield Kept(store)


def polled(outcome: str, *, offline: bool = False) -> Polled:
    return Polled(
        source="Wire",
        outcome=outcome,
        detail="",
        entries=0,
        fresh=0,
        broke=False,
        offline=offline,
    )


def test_a_lost_network_is_told_once_and_its_return_once(kept: Kept, now: datetime) -> None:
    down, up = polled("failed", offline=True), polled("unchanged")
    assert kept.note(matters.network([up], now)) == []
    (said,) = kept.note(matters.network([down], now), matters.network([down, up], now + HOUR))
    assert said.startswith("the network|no source can be reached since 2026-03-24 16:00 UTC")
    assert kept.note(matters.network([polled("put off")], now + 2 * HOUR)) == []
    (said,) = kept.note(
        matters.network([up], now + 3 * HOUR), matters.network([up], now + 4 * HOUR)
    )
    assert said.startswith("the network|can be reached again, after 3 h")
    with kept.store.read() as db:
        assert (fact := health.fact(db, "network"))
    assert (fact.well, fact.detail) == (True, "")


def test_a_disk_that_fills_up_is_told_once_and_its_room_once(kept: Kept, now: datetime) -> None:
    path = kept.store.path
    assert kept.note(matters.disk(path, 900 * MB, now)) == []
    (said,) = kept.note(matters.disk(path, 90 * MB, now), matters.disk(path, 80 * MB, now + HOUR))
    assert said.startswith("the disk|is nearly full: 90 MB free beside a database of 1 MB")
    assert kept.note(matters.disk(path, 210 * MB, now)) == []  # hardly more
    (said,) = kept.note(matters.disk(path, 900 * MB, now))
    assert said.startswith("the disk|has room again")
    (said,) = kept.note(matters.was_full(now, now + HOUR))
    assert said.startswith("the disk|was full from 2026-03-24 16:00 to 17:00 UTC: nothing was lost")


def stuck(db: Connection) -> None:
    """A message that was tried once and waits."""
    db.execute(
        "INSERT INTO digests (id, alert, kind, at, subject, stories)"
        " VALUES (1, 'news', 'alert', '2026-03-24T16:00:00Z', '', 1)"
    )
    db.execute(
        "INSERT INTO outbox (digest, alert, channel, reader, lane, part, message_id, subject, text, html, payload,"
        " state, attempts, created, next_try, detail) VALUES (1, 'news', 'inbox', 'mailto:a@b.example', 'l', 1, 'm',"
        " '', '', '', '', 'due', 1, '2026-03-24T16:00:00Z', '2026-03-24T20:00:00Z', 'no connection')"
    )


def test_a_channel_that_takes_nothing_for_hours_is_told(kept: Kept, now: datetime) -> None:
    kept.store.write_now(stuck)
    assert kept.note(matters.delivery(now + HOUR)) == []
    (said,) = kept.note(matters.delivery(now + 2 * HOUR), matters.delivery(now + 3 * HOUR))
    assert said.startswith("channel inbox|has taken no message for 2 h: no connection")
    kept.store.write_now(lambda db: db.execute("UPDATE outbox SET state = 'sent'"))
    (said,) = kept.note(matters.delivery(now + 4 * HOUR), matters.delivery(now + 5 * HOUR))
    assert said == "channels|nothing waits any more that could not be delivered"


@pytest.mark.parametrize(
    ("hours", "words"), [(3, "went forward by 3 h at once"), (-3, "went back by 3 h")]
)
def test_a_clock_that_was_set_is_told(kept: Kept, now: datetime, hours: int, words: str) -> None:
    (said,) = kept.note(matters.clock_set(hours * HOUR, now))
    assert said.startswith(f"the clock|{words}")


def test_the_nightly_look_is_told_where_it_found_something(kept: Kept, now: datetime) -> None:
    assert kept.note(matters.integrity((), now)) == []
    (said,) = kept.note(matters.integrity(("page 3 is lost",), now + HOUR))
    assert said.startswith("the database|is damaged (page 3 is lost)")
    with kept.store.read() as db:
        assert not health.facts(db)["integrity"].well
