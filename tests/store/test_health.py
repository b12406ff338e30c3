"""What the service knows of itself: the last word on each matter, since when, and what is wrong in words."""

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from aiwatch.store import Store, health

MINUTE = timedelta(minutes=1)


def test_a_matter_keeps_since_when_it_stands_and_when_it_was_well_last(
    tmp_path: Path, now: datetime
) -> None:
    with Store(tmp_path / "a.db") as store:
        first = store.write_now(lambda db: health.note(db, "disk", now, well=True))
        assert first is None
        turns = [(1, False), (2, False), (3, True), (4, True)]
        for minutes, well in turns:
            at = now + minutes * MINUTE
            store.write_now(partial(health.note, matter="disk", now=at, well=well, detail="9 MB"))
            with store.read() as db:
                fact = health.facts(db)["disk"]
            assert fact.at == at
            assert fact.since == now + (1 if not well else 3) * MINUTE
            assert fact.last_well == (at if well else now)


def test_only_what_is_unwell_is_a_reason(tmp_path: Path, now: datetime) -> None:
    with Store(tmp_path / "a.db") as store:
        store.write_now(lambda db: health.note(db, "heartbeat", now, well=True))
        store.write_now(lambda db: health.note(db, "network", now, well=False, detail="offline"))
        with store.read() as db:
            (said,) = health.reasons(db, now + MINUTE)
        assert said == "network: offline, since 2026-03-24T16:00:00Z"


def test_a_service_that_died_is_missed_and_one_that_was_stopped_is_not(
    tmp_path: Path, now: datetime
) -> None:
    with Store(tmp_path / "a.db") as store:
        with store.read() as db:
            assert health.reasons(db, now) == ()
        store.write_now(lambda db: health.note(db, "alive", now, well=True))
        with store.read() as db:
            assert health.reasons(db, now + health.DEAD_AFTER) == ()
            (said,) = health.reasons(db, now + health.DEAD_AFTER + MINUTE)
            assert "no sign of life since 2026-03-24T16:00:00Z" in said
        store.write_now(lambda db: health.note(db, "pass", now + MINUTE, well=True))
        with store.read() as db:
            assert health.reasons(db, now + timedelta(days=9)) != ()  # its own, before it died
        later = now + timedelta(hours=1)
        store.write_now(lambda db: health.note(db, "pass", later, well=True))
        with store.read() as db:
            assert health.reasons(db, now + timedelta(days=9)) == ()  # a timer's
        store.write_now(lambda db: health.note(db, "alive", now, well=True, detail=health.STOPPED))
        with store.read() as db:
            assert health.reasons(db, now + timedelta(days=9)) == ()
