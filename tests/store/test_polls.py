"""Poll recorded: validators and entries together, told or not decided once."""

import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from aiwatch.model import Validators
from aiwatch.store import Store, entries, polls
from aiwatch.store import sources as watched
from tests.looks import HOUR, SOURCE, entry, failed, look, record, state
from tests.stories import NOON

LATER = NOON + 24 * HOUR


def waiting(store: Store) -> dict[str, str]:
    with store.read() as db:
        return {item.entry.id: item.tell for item in entries.to_file(db, 100, LATER)}


def test_validators_and_entries_are_written_together(store: Store) -> None:
    recorded = record(store, look(entry("a"), entry("b")))
    assert (recorded.fresh, recorded.edited, recorded.listed) == (2, 0, 2)
    assert set(waiting(store)) == {"a", "b"}
    assert state(store).validators == Validators(etag='"1"', last_modified="yesterday")


def test_a_poll_that_breaks_half_way_keeps_neither(store: Store) -> None:
    store.write_now(lambda db: watched.sync(db, [SOURCE], NOON))
    broken = replace(entry("b"), title=None)  # type: ignore[arg-type]
    with pytest.raises((sqlite3.IntegrityError, TypeError)):
        store.write_now(lambda db: polls.record(db, look(entry("a"), broken)))
    assert waiting(store) == {}
    assert state(store).validators == Validators()


def test_known_entries_are_known_in_any_order(store: Store) -> None:
    record(store, look(entry("a"), entry("b")))
    assert record(store, look(entry("b"), entry("c"), entry("a"))).fresh == 1


def test_the_first_poll_is_told_as_far_back_as_the_backlog(store: Store) -> None:
    record(
        store,
        look(
            entry("new"), entry("old", published=NOON - 30 * HOUR), entry("undated", published=None)
        ),
    )
    assert waiting(store) == {"new": "digest", "old": "none", "undated": "none"}


def test_an_empty_first_poll_ends_the_backlog(store: Store) -> None:
    record(store, look())
    record(store, look(entry("a", published=None), at=NOON + HOUR))
    assert waiting(store) == {"a": "all"}


def test_a_failed_first_poll_does_not_end_it(store: Store) -> None:
    record(store, failed())
    record(store, look(entry("a", published=None)))
    assert waiting(store) == {"a": "none"}


def test_a_baseline_is_told_to_nobody_ever(store: Store) -> None:
    record(store, look(entry("a"), baseline=True))
    assert waiting(store) == {"a": "none"}


def test_a_failure_keeps_validators_and_entries(store: Store) -> None:
    record(store, look(entry("a")))
    record(store, failed())
    found = state(store)
    assert found.validators.etag == '"1"'
    assert (found.state, found.words, found.failures) == ("failing", "DNS error", 1)
    assert found.last_success == NOON
    assert set(waiting(store)) == {"a"}


def test_a_future_date_is_clamped_to_the_day_it_was_seen(store: Store) -> None:
    record(store, look(entry("a", published=NOON + 1000 * HOUR)))
    with store.read() as db:
        assert db.execute("SELECT published = seen_at FROM entries").fetchone()[0] == 1


def test_a_changed_address_starts_the_source_afresh(store: Store) -> None:
    record(store, look(entry("a")))
    moved = replace(SOURCE, url="https://elsewhere.example/feed")
    store.write_now(lambda db: watched.sync(db, [moved], NOON + HOUR))
    found = state(store)
    assert found.validators == Validators()
    assert found.body_hash is None
    assert found.next_due == NOON + HOUR
    other = entry("other", published=NOON - 30 * HOUR)
    record(store, look(other, source=moved, asked=moved.url, at=NOON + HOUR))
    assert waiting(store) == {"a": "digest", "other": "none"}


def test_a_look_at_an_address_that_changed_meanwhile_is_not_counted(store: Store) -> None:
    store.write_now(lambda db: watched.sync(db, [SOURCE], NOON))
    moved = replace(SOURCE, url="https://elsewhere.example/feed")
    store.write_now(lambda db: watched.sync(db, [moved], NOON))
    recorded = store.write_now(lambda db: polls.record(db, look(entry("a"))))
    assert (recorded.outcome, recorded.fresh) == ("unchanged", 0)
    found = state(store)
    assert (found.state, found.validators, found.first_success) == ("new", Validators(), None)
    assert found.next_due == NOON
    assert waiting(store) == {}


def test_what_a_server_forbids_nobody_asks(store: Store) -> None:
    record(store, failed(429, retry_after=HOUR))
    with store.read() as db:
        assert watched.forbidden_names(db, NOON) == {"Times"}
        assert watched.forbidden_names(db, NOON + HOUR) == frozenset()
        assert watched.due_names(db, NOON) == frozenset()
        assert watched.due_names(db, NOON + HOUR) == {"Times"}


def test_an_edited_entry_is_filed_again_and_a_counter_is_no_edit(store: Store) -> None:
    record(store, look(entry("a", text="Points: 10")))
    store.write_now(lambda db: db.execute("UPDATE entries SET state = 'filed'"))
    assert record(store, look(entry("a", text="Points: 99"))).edited == 0
    assert record(store, look(entry("a", title="Another headline", text="Points: 99"))).edited == 1
    assert set(waiting(store)) == {"a"}


def test_an_entry_that_is_edited_while_it_waits_is_filed_as_it_is_now(store: Store) -> None:
    record(store, look(entry("a")))
    record(store, look(entry("a", title="Edited before it was filed")))
    with store.read() as db:
        (item,) = entries.to_file(db, 100, LATER)
    assert item.entry.title == "Edited before it was filed"  # its mark is known: it comes once


def test_an_entry_that_waits_is_not_asked_for_twice(store: Store) -> None:
    record(store, look(entry("a")))
    again = record(store, look(entry("a", title="Edited before it was filed")))
    assert (again.fresh, again.edited) == (0, 0)


def test_entries_are_filed_in_order_of_publication(store: Store) -> None:
    record(
        store,
        look(entry("late"), entry("early", published=NOON - HOUR), entry("none", published=None)),
    )
    assert list(waiting(store)) == ["early", "none", "late"]
    with store.read() as db:
        first = entries.to_file(db, 1, LATER)[0]
        assert [item.entry.id for item in entries.to_file(db, 9, LATER, {first.id})] == [
            "none",
            "late",
        ]
        assert entries.waiting_to_file(db, {first.id}) == 2


def test_attempts_are_counted_before_they_are_made(store: Store) -> None:
    record(store, look(entry("a")))
    with store.read() as db:
        (item,) = entries.to_file(db, 9, LATER)
    store.write_now(lambda db: entries.begun(db, [item.id], LATER))
    with store.read() as db:
        assert entries.to_file(db, 9, LATER)[0].attempts == 1
    store.write_now(lambda db: entries.give_up(db, item.id))
    assert waiting(store) == {}


def test_what_several_processes_begin_at_one_time_is_one_attempt(store: Store) -> None:
    record(store, look(entry("a")))
    for seconds, attempts in ((0, 1), (1, 1), (119, 1), (300, 2), (301, 2)):
        at = LATER + timedelta(seconds=seconds)
        with store.read() as db:
            (item,) = entries.to_file(db, 9, at)
        store.write_now(lambda db, at=at, item=item: entries.begun(db, [item.id], at))  # type: ignore[misc]
        with store.read() as db:
            assert entries.to_file(db, 9, at)[0].attempts == attempts


def test_an_entry_whose_filing_failed_is_tried_again_later_not_at_once(store: Store) -> None:
    record(store, look(entry("a")))
    with store.read() as db:
        (item,) = entries.to_file(db, 9, NOON)
    store.write_now(lambda db: entries.put_off(db, item.id, NOON + HOUR))
    with store.read() as db:
        assert entries.to_file(db, 9, NOON) == ()
        assert [one.id for one in entries.to_file(db, 9, NOON + HOUR)] == [item.id]


def test_an_entry_given_up_is_tried_again_once_it_is_edited(store: Store) -> None:
    record(store, look(entry("a")))
    store.write_now(lambda db: entries.give_up(db, 1))
    assert record(store, look(entry("a"))).edited == 0
    assert record(store, look(entry("a", title="Put right"))).edited == 1
    assert set(waiting(store)) == {"a"}


def test_what_another_process_has_filed_is_not_given_up(store: Store) -> None:
    record(store, look(entry("a")))
    store.write_now(lambda db: db.execute("UPDATE entries SET state = 'filed'"))
    store.write_now(lambda db: entries.give_up(db, 1))
    with store.read() as db:
        assert db.execute("SELECT state FROM entries").fetchone()["state"] == "filed"
