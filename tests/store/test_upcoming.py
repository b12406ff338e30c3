"""When the next thing comes due."""

from datetime import timedelta

from aiwatch.model import AlertName, SourceName
from aiwatch.store import Store, entries, outbox, sources, upcoming
from tests.drafts import draft, file, subscription
from tests.looks import HOUR, SOURCE, entry, look, record
from tests.store.test_closing import close, sync
from tests.stories import NOON, alert

NAMES = frozenset([SOURCE.name])


def test_the_next_look_is_at_a_source_that_is_asked(store: Store) -> None:
    record(store, look())
    with store.read() as db:
        assert upcoming.poll(db, NAMES) == sources.states(db, [SOURCE.name])[0].next_due
        assert upcoming.poll(db, frozenset([SourceName("dropped")])) is None
    store.write_now(lambda db: sources.pause(db, SOURCE.name, paused=True))
    with store.read() as db:
        assert upcoming.poll(db, NAMES) is None


def test_an_entry_waits_now_or_until_its_time(store: Store) -> None:
    with store.read() as db:
        assert upcoming.others(db, [], NOON) is None
    record(store, look(entry("1")))
    with store.read() as db:
        assert upcoming.others(db, [], NOON) == NOON
        (waiting,) = entries.to_file(db, 9, NOON)
    store.write_now(lambda db: entries.put_off(db, waiting.id, NOON + HOUR))
    with store.read() as db:
        assert upcoming.others(db, [], NOON) == NOON + HOUR


def test_what_is_held_for_an_alert_at_once_comes_due_and_for_another_does_not(
    store: Store,
) -> None:
    held = alert(settle=timedelta(minutes=10))
    sync(store, held)
    file(store, draft(), subscription(held))
    with store.read() as db:
        assert upcoming.others(db, [held.name], NOON) == NOON + timedelta(minutes=10)
        assert upcoming.others(db, [AlertName("another")], NOON) is None


def test_a_message_is_tried_when_its_time_comes_and_one_being_sent_is_looked_at_now(
    store: Store,
) -> None:
    sync(store)
    file(store, draft(), subscription(alert()))
    assert close(store)
    with store.read() as db:
        (row,) = db.execute("SELECT id, next_try FROM outbox").fetchall()
        assert upcoming.others(db, [], NOON + HOUR) == NOON
    store.write_now(lambda db: outbox.claim(db, row["id"]))
    with store.read() as db:
        assert upcoming.others(db, [], NOON + HOUR) == NOON + HOUR
