"""Troubles noted: in order, under ids that only grow, and each alert's place among them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aiwatch.model import Alert, AlertName, Trouble, TroubleKind
from aiwatch.store import Store, closing, troubles
from aiwatch.store.closing import AlertState
from tests.drafts import HOUR
from tests.stories import NOON, alert


def trouble(what: str = "Wire", kind: TroubleKind = "failing", **extra: object) -> Trouble:
    return Trouble(what=what, detail="DNS error", kind=kind, at=NOON, extra=extra)


def note(store: Store, *found: Trouble) -> None:
    store.write_now(lambda db: troubles.note(db, found))


def noted(store: Store, id_: int = 0) -> list[tuple[int, str]]:
    with store.read() as db:
        return [(place, one.what) for place, one in troubles.since(db, id_)]


def sync(store: Store, *alerts: Alert) -> None:
    store.write_now(lambda db: closing.sync(db, alerts, NOON))


def state(store: Store, name: str) -> AlertState:
    with store.read() as db:
        found = closing.state(db, AlertName(name), NOON)
    assert found is not None
    return found


def test_a_trouble_comes_back_as_it_was_noted(store: Store) -> None:
    one = trouble(since="2026-03-23T19:00:00Z", failures=3, url="https://x.example/ü")
    note(store, one)
    with store.read() as db:
        assert troubles.since(db, 0) == ((1, one),)


def test_times_and_durations_are_noted_as_json_has_them(store: Store) -> None:
    note(store, trouble(since=datetime(2026, 3, 23, tzinfo=UTC), down=timedelta(hours=1)))
    with store.read() as db:
        ((_, one),) = troubles.since(db, 0)
    assert one.extra == {"since": "2026-03-23T00:00:00Z", "down": 3600.0}


def test_they_stand_in_the_order_in_which_they_were_noted(store: Store) -> None:
    note(store, trouble("A"), trouble("B"))
    note(store, trouble("C"))
    assert noted(store) == [(1, "A"), (2, "B"), (3, "C")]
    assert noted(store, 2) == [(3, "C")]
    with store.read() as db:
        assert troubles.latest_id(db) == 3
        assert troubles.count_since(db, 1) == 2
        assert troubles.since_time(db, NOON + HOUR) == ()
        assert len(troubles.since_time(db, NOON)) == 3


def test_one_without_a_time_takes_that_of_its_noting(store: Store) -> None:
    bare = replace(trouble(), at=None)
    with pytest.raises(ValueError, match="without a time"):
        note(store, bare)
    store.write_now(lambda db: troubles.note(db, [bare], NOON))
    with store.read() as db:
        ((_, one),) = troubles.since(db, 0)
    assert one.at == NOON


def test_ids_are_not_used_again_when_all_are_pruned(store: Store) -> None:
    note(store, trouble("A"), trouble("B"))
    sync(store, alert())
    store.write_now(lambda db: db.execute("DELETE FROM troubles"))
    note(store, trouble("C"))
    assert noted(store) == [(3, "C")]
    assert state(store, "news").troubles == 1


def test_a_new_alert_is_owed_what_is_noted_from_then_on(store: Store) -> None:
    sync(store, alert(name=AlertName("old")))
    note(store, trouble("A"))
    sync(store, alert(name=AlertName("old")), alert(name=AlertName("new")))
    note(store, trouble("B"))
    assert (state(store, "old").troubles, state(store, "new").troubles) == (2, 1)


def test_a_renamed_alert_keeps_its_place(store: Store) -> None:
    sync(store, alert(name=AlertName("old")))
    note(store, trouble("A"))
    sync(store, alert(name=AlertName("new"), was=AlertName("old")))
    assert state(store, "new").troubles == 1


def test_an_alert_from_before_there_were_troubles_begins_now(tmp_path: Path) -> None:
    with Store(tmp_path / "aiwatch.db") as store:
        sync(store, alert())
        store.write_now(lambda db: db.execute("UPDATE alerts SET troubles_seen = NULL"))
        note(store, trouble("A"))
        assert state(store, "news").troubles == 0
        sync(store, alert())
        note(store, trouble("B"))
        assert state(store, "news").troubles == 1
