"""Poll recorded: validators and entries together, told or not decided once."""

import sqlite3
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiwatch.model import Entry, Source, SourceName, Validators
from aiwatch.store import Store, polls
from aiwatch.store.polls import Poll, Recorded
from tests.stories import NOON

HOUR = timedelta(hours=1)
LATER = NOON + 24 * HOUR
SOURCE = Source(name=SourceName("Times"), url="https://times.example/feed")


def entry(id_: str, **parts: Any) -> Entry:
    return Entry(
        **{
            "id": id_,
            "url": f"https://times.example/{id_}",
            "title": f"Title {id_}",
            "published": NOON,
            **parts,
        }
    )


def poll(*entries: Entry, **parts: Any) -> Poll:
    return Poll(
        **{
            "source": SOURCE,
            "at": NOON,
            "outcome": "new",
            "detail": "working",
            "state": "working",
            "failures": 0,
            "next_due": NOON + HOUR,
            "due_reason": "every 1 h",
            "validators": Validators(etag='"1"', last_modified="yesterday"),
            "body_hash": "abc",
            "entries": entries,
            **parts,
        }
    )


def record(store: Store, one: Poll) -> Recorded:
    store.write_now(lambda db: polls.sync(db, [one.source], one.at))
    return store.write_now(lambda db: polls.record(db, one))


def waiting(store: Store) -> dict[str, str]:
    with store.read() as db:
        return {item.entry.id: item.tell for item in polls.to_file(db, 100, LATER)}


def state(store: Store) -> polls.SourceState:
    with store.read() as db:
        (found,) = polls.states(db, ["Times"])
        return found


def test_validators_and_entries_are_written_together(store: Store) -> None:
    assert record(store, poll(entry("a"), entry("b"))) == Recorded(fresh=2, edited=0)
    assert set(waiting(store)) == {"a", "b"}
    assert state(store).validators == Validators(etag='"1"', last_modified="yesterday")


def test_a_poll_that_breaks_half_way_keeps_neither(store: Store) -> None:
    store.write_now(lambda db: polls.sync(db, [SOURCE], NOON))
    broken = replace(entry("b"), title=None)  # type: ignore[arg-type]
    with pytest.raises((sqlite3.IntegrityError, TypeError)):
        store.write_now(lambda db: polls.record(db, poll(entry("a"), broken)))
    assert waiting(store) == {}
    assert state(store).validators == Validators()


def test_known_entries_are_known_in_any_order(store: Store) -> None:
    record(store, poll(entry("a"), entry("b")))
    assert record(store, poll(entry("b"), entry("c"), entry("a"))).fresh == 1


def test_the_first_poll_is_told_as_far_back_as_the_backlog(store: Store) -> None:
    record(
        store,
        poll(
            entry("new"), entry("old", published=NOON - 30 * HOUR), entry("undated", published=None)
        ),
    )
    assert waiting(store) == {"new": "digest", "old": "none", "undated": "none"}


def test_an_empty_first_poll_ends_the_backlog(store: Store) -> None:
    record(store, poll())
    record(store, poll(entry("a", published=None), at=NOON + HOUR))
    assert waiting(store) == {"a": "all"}


def test_a_failed_first_poll_does_not_end_it(store: Store) -> None:
    record(
        store, poll(outcome="failed", state="failing", failures=1, validators=None, body_hash=None)
    )
    record(store, poll(entry("a", published=None)))
    assert waiting(store) == {"a": "none"}


def test_a_baseline_is_told_to_nobody_ever(store: Store) -> None:
    record(store, poll(entry("a"), baseline=True))
    assert waiting(store) == {"a": "none"}


def test_a_failure_keeps_validators_and_entries(store: Store) -> None:
    record(store, poll(entry("a")))
    failed = poll(
        outcome="failed",
        state="failing",
        failures=1,
        validators=None,
        body_hash=None,
        detail="DNS error",
    )
    record(store, failed)
    found = state(store)
    assert found.validators.etag == '"1"'
    assert (found.state, found.words, found.failures) == ("failing", "DNS error", 1)
    assert found.last_success == NOON
    assert set(waiting(store)) == {"a"}


def test_a_future_date_is_clamped_to_the_day_it_was_seen(store: Store) -> None:
    record(store, poll(entry("a", published=NOON + 1000 * HOUR)))
    with store.read() as db:
        assert db.execute("SELECT published = seen_at FROM entries").fetchone()[0] == 1


def test_a_changed_address_starts_the_source_afresh(store: Store) -> None:
    record(store, poll(entry("a")))
    moved = replace(SOURCE, url="https://elsewhere.example/feed")
    store.write_now(lambda db: polls.sync(db, [moved], NOON + HOUR))
    found = state(store)
    assert found.validators == Validators()
    assert found.body_hash is None
    assert found.next_due == NOON + HOUR
    record(store, poll(entry("other", published=NOON - 30 * HOUR), source=moved, at=NOON + HOUR))
    assert waiting(store) == {"a": "digest", "other": "none"}


def test_what_a_server_forbids_nobody_asks(store: Store) -> None:
    record(
        store,
        poll(
            outcome="failed", state="failing", failures=1, validators=None, not_before=NOON + HOUR
        ),
    )
    with store.read() as db:
        assert polls.forbidden_names(db, NOON) == {"Times"}
        assert polls.forbidden_names(db, NOON + HOUR) == frozenset()
        assert polls.due_names(db, NOON) == frozenset()
        assert polls.due_names(db, NOON + HOUR) == {"Times"}


def test_an_edited_entry_is_filed_again_and_a_counter_is_no_edit(store: Store) -> None:
    record(store, poll(entry("a", text="Points: 10")))
    store.write_now(lambda db: db.execute("UPDATE entries SET state = 'filed', body = NULL"))
    assert record(store, poll(entry("a", text="Points: 99"))).edited == 0
    assert record(store, poll(entry("a", title="Another headline", text="Points: 99"))).edited == 1
    assert set(waiting(store)) == {"a"}


def test_an_entry_that_waits_is_not_asked_for_twice(store: Store) -> None:
    record(store, poll(entry("a")))
    assert record(store, poll(entry("a", title="Edited before it was filed"))) == Recorded(
        fresh=0, edited=0
    )


def test_entries_are_filed_in_order_of_publication(store: Store) -> None:
    record(
        store,
        poll(entry("late"), entry("early", published=NOON - HOUR), entry("none", published=None)),
    )
    assert list(waiting(store)) == ["early", "none", "late"]
    with store.read() as db:
        first = polls.to_file(db, 1, LATER)[0]
        assert [item.entry.id for item in polls.to_file(db, 9, LATER, {first.id})] == [
            "none",
            "late",
        ]
        assert polls.waiting_to_file(db, {first.id}) == 2


def test_attempts_are_counted_before_they_are_made(store: Store) -> None:
    record(store, poll(entry("a")))
    with store.read() as db:
        (item,) = polls.to_file(db, 9, LATER)
    store.write_now(lambda db: polls.begun(db, [item.id]))
    with store.read() as db:
        assert polls.to_file(db, 9, LATER)[0].attempts == 1
    store.write_now(lambda db: polls.give_up(db, item.id))
    assert waiting(store) == {}


TEXTS = st.text(max_size=30).filter(
    lambda text: not any("\ud800" <= char <= "\udfff" for char in text)
)


@given(
    st.builds(
        Entry,
        id=TEXTS,
        url=st.none() | TEXTS,
        title=TEXTS,
        summary=TEXTS,
        text=TEXTS,
        authors=st.tuples(TEXTS),
        published=st.none() | st.datetimes().map(lambda moment: moment.replace(tzinfo=NOON.tzinfo)),
        outlet=st.none() | TEXTS,
    )
)
def test_what_is_laid_down_is_taken_up_the_same(one: Entry) -> None:
    assert polls.entry_from_json(polls.entry_to_json(one)) == one


def test_an_entry_whose_filing_failed_is_tried_again_later_not_at_once(store: Store) -> None:
    record(store, poll(entry("a")))
    with store.read() as db:
        (item,) = polls.to_file(db, 9, NOON)
    store.write_now(lambda db: polls.put_off(db, item.id, NOON + HOUR))
    with store.read() as db:
        assert polls.to_file(db, 9, NOON) == ()
        assert [one.id for one in polls.to_file(db, 9, NOON + HOUR)] == [item.id]


def test_an_entry_given_up_is_tried_again_once_it_is_edited(store: Store) -> None:
    record(store, poll(entry("a")))
    store.write_now(lambda db: polls.give_up(db, 1))
    assert record(store, poll(entry("a"))).edited == 0
    assert record(store, poll(entry("a", title="Put right"))).edited == 1
    assert set(waiting(store)) == {"a"}


def test_what_another_process_has_filed_is_not_given_up(store: Store) -> None:
    record(store, poll(entry("a")))
    store.write_now(lambda db: db.execute("UPDATE entries SET state = 'filed', body = NULL"))
    store.write_now(lambda db: polls.give_up(db, 1))
    with store.read() as db:
        assert db.execute("SELECT state FROM entries").fetchone()["state"] == "filed"
