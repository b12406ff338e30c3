"""A source as the table has it: what its configuration changes, where it is asked, how its page looked."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiwatch.judge.cadence import NEVER
from aiwatch.model import Hints, Reading, Secret, Source, SourceName, Validators
from aiwatch.store import Store, entries, hosts, polls, troubles
from aiwatch.store import sources as watched
from tests.looks import HOUR, SOURCE, entry, failed, look, page, record, state, unchanged
from tests.stories import NOON

NEW = "https://new.example/feed"


def configured(store: Store, source: Source) -> watched.SourceState:
    store.write_now(lambda db: watched.sync(db, [source], NOON + HOUR))
    return state(store)


# ---------------------------------------------------------------- configuration


def test_the_same_configuration_again_changes_nothing(store: Store) -> None:
    record(store, look(entry("a")))
    before = state(store)
    assert configured(store, SOURCE) == before


@pytest.mark.parametrize(
    "keys", [{"options": {"links": "a"}}, {"headers": (("Cookie", Secret("a=1")),)}]
)
def test_what_is_asked_for_otherwise_is_read_again_at_once(
    store: Store, keys: dict[str, Any]
) -> None:
    record(store, look(entry("a"), reading=Reading(entries=(entry("a"),), marks=("m",))))
    found = configured(store, replace(SOURCE, **keys))
    assert (found.next_due, found.validators, found.body_hash) == (NOON + HOUR, Validators(), None)
    assert found.marks == frozenset()
    assert found.first_success == NOON


def test_what_other_keys_bring_is_no_gap(store: Store) -> None:
    record(store, look(entry("a"), entry("b")))
    other = replace(SOURCE, options={"pattern": "/video/**"})
    record(store, look(entry("c"), entry("d"), source=other, at=NOON + HOUR))
    with store.read() as db:
        assert troubles.since(db, 0) == ()


@pytest.mark.parametrize("keys", [{"proxy": Secret("http://p.example")}, {"user_agent": "me/1"}])
def test_another_way_to_ask_tries_what_was_in_trouble_and_forgets_nothing(
    store: Store, keys: dict[str, Any]
) -> None:
    record(store, look(entry("a")))
    assert configured(store, replace(SOURCE, **keys)).next_due > NOON + HOUR / 2
    record(store, failed(401, source=replace(SOURCE, **keys)))
    assert state(store).next_due == NEVER
    found = configured(store, SOURCE)
    assert (found.next_due, found.validators.etag) == (NOON + HOUR, '"1"')


def test_secrets_are_not_told_apart_in_the_file(store: Store) -> None:
    record(store, look(source=replace(SOURCE, headers=(("Authorization", Secret("hunter2")),))))
    with store.read() as db:
        (setup,) = db.execute("SELECT setup FROM sources").fetchone()
    assert "hunter2" not in setup
    assert len(setup) == 17


# ---------------------------------------------------------------- moved


def moved(to: str = NEW, **parts: Any) -> polls.Look:
    return look(outcome=page(url=to, moved_to=to), **parts)


def test_a_new_address_is_asked_once_two_polls_in_a_row_have_led_there(store: Store) -> None:
    record(store, moved())
    assert state(store).address == SOURCE.url
    record(store, unchanged(moved_to=NEW))
    assert state(store).address == NEW
    noted = store.write_now(lambda db: troubles.since(db, 0))
    assert [trouble.kind for _, trouble in noted] == ["moved"]


def test_a_detour_that_ends_is_forgotten(store: Store) -> None:
    record(store, moved())
    record(store, look())
    record(store, moved())
    assert state(store).address == SOURCE.url
    record(store, moved("https://elsewhere.example/feed"))
    assert state(store).address == SOURCE.url


def test_a_new_address_that_is_lost_gives_way_to_the_configured_one(store: Store) -> None:
    record(store, moved())
    record(store, moved())
    for _ in range(polls.FALL_BACK):
        assert state(store).address == NEW
        record(store, failed(503, asked=NEW))
    found = state(store)
    assert (found.address, found.validators) == (SOURCE.url, Validators())


@pytest.mark.parametrize("status", [401, 410])
def test_gone_or_closed_at_a_new_address_is_not_the_end(store: Store, status: int) -> None:
    record(store, moved())
    record(store, moved())
    record(store, failed(status, asked=NEW))
    found = state(store)
    assert (found.address, found.state) == (SOURCE.url, "failing")
    record(store, failed(status))
    assert state(store).state == "stopped"


def test_a_source_that_moved_onto_another_one_is_its_twin() -> None:
    other = replace(SOURCE, name=SourceName("Other"), url=NEW)
    assert watched.twins([SOURCE, other], {}) == {}
    assert watched.twins([SOURCE, other], {"Times": NEW}) == {"Times": "Other"}
    assert watched.twins([SOURCE, replace(other, kind="listing")], {"Times": NEW}) == {}
    both = {"Times": "https://c.example/", "Other": "https://c.example/"}
    assert watched.twins([SOURCE, other], both) == {"Other": "Times"}


# ---------------------------------------------------------------- what is remembered


SPANS = st.none() | st.timedeltas(min_value=HOUR * 0, max_value=1000 * HOUR)


@given(
    st.builds(
        Hints,
        ttl=SPANS,
        update_every=SPANS,
        skip_hours=st.tuples(st.integers(0, 23)),
        skip_days=st.just(("Monday",)),
    )
)
def test_what_a_feed_asks_for_is_remembered(hints: Hints) -> None:
    assert watched.hints_from_json(watched.hints_to_json(hints)) == hints


def test_a_304_keeps_what_the_feed_asked_for(store: Store) -> None:
    record(store, look(reading=Reading(hints=Hints(ttl=5 * HOUR), marks=("m",))))
    record(store, unchanged(at=NOON + 5 * HOUR))
    found = state(store)
    assert (found.hints.ttl, found.marks) == (5 * HOUR, frozenset({"m"}))
    assert found.next_due >= NOON + 10 * HOUR


def test_a_cut_body_is_asked_for_anew_without_conditions(store: Store) -> None:
    record(store, look(entry("a")))
    record(store, failed(kind="cut"))
    assert state(store).validators == Validators()


# ---------------------------------------------------------------- watched pages

HELP = replace(SOURCE, name=SourceName("Times"), kind="page", backlog="none")


def seen(*lines: str, **parts: Any) -> polls.Look:
    reading = Reading(title="Help", lines=lines)
    return look(**{"source": HELP, "reading": reading, **parts})


def test_the_first_look_at_a_page_is_a_baseline_and_an_edit_an_entry(store: Store) -> None:
    assert record(store, seen("Sora is here.", body_hash="1")).fresh == 0
    assert record(store, seen("Sora is here.", body_hash="2")).fresh == 0
    assert record(store, seen("Sora is gone.", body_hash="3", at=NOON + HOUR)).fresh == 1
    with store.read() as db:
        body, tell = db.execute(
            "SELECT body, tell FROM entries JOIN bodies ON bodies.entry = entries.id"
        ).fetchone()
        said = [json.loads(row["lines"]) for row in db.execute("SELECT lines FROM snapshots")]
    assert json.loads(body)["change"] == {"added": ["Sora is gone."], "removed": ["Sora is here."]}
    assert tell == "all"
    assert said == [["Sora is here."], ["Sora is gone."]]


def test_another_selector_begins_with_a_new_baseline(store: Store) -> None:
    record(store, seen("Sora is here."))
    other = replace(HELP, options={"select": "main"})
    assert record(store, seen("Prices", source=other)).fresh == 0
    assert record(store, seen("New prices", source=other, at=NOON + HOUR)).fresh == 1


# ---------------------------------------------------------------- hosts


def test_two_refusals_of_one_host_slow_it_down_over_restarts(store: Store) -> None:
    other = replace(SOURCE, name=SourceName("B"), url="https://times.example/b")
    one, two = failed(429), failed(503, source=other, asked=other.url)
    two = replace(two, outcome=replace(two.outcome, url=other.url))
    record(store, one)
    host = record(store, two).host
    assert host is not None
    assert host.spacing.total_seconds() == 4
    with store.read() as db:
        assert hosts.remembered(db) == (host,)


def test_robots_files_are_kept_for_a_day(store: Store) -> None:
    def kept(at: str) -> None:
        now = NOON if at == "then" else NOON + 25 * HOUR
        row = {"origin": f"https://{at}.example", "at": now, "status": 200, "text": "", "trouble": ""}  # fmt: skip
        store.write_now(lambda db: hosts.keep_robots(db, [row], now))

    kept("then")
    kept("now")
    with store.read() as db:
        assert [row["origin"] for row in hosts.robots(db)] == ["https://now.example"]


# ---------------------------------------------------------------- a clock that was wrong


def test_a_clock_set_back_lets_no_source_and_no_entry_wait_for_years(store: Store) -> None:
    ahead = NOON + 9000 * HOUR
    record(store, look(entry("a"), at=ahead))
    record(store, failed(503, retry_after=HOUR, at=ahead))
    with store.read() as db:
        (item,) = entries.to_file(db, 9, ahead)
    store.write_now(lambda db: entries.put_off(db, item.id, ahead + HOUR))
    with store.read() as db:
        assert watched.due_names(db, NOON) == {"Times"}
        assert watched.forbidden_names(db, NOON) == frozenset()
        assert len(entries.to_file(db, 9, NOON)) == 1
    record(store, look(entry("a"), at=NOON))
    with store.read() as db:
        assert watched.due_names(db, NOON) == frozenset()


def test_what_has_stopped_for_good_stays_so_when_the_clock_is_set_back(store: Store) -> None:
    record(store, failed(410, at=NOON + 9000 * HOUR))
    with store.read() as db:
        assert watched.due_names(db, NOON) == frozenset()
        assert watched.forbidden_names(db, NOON) == {"Times"}
