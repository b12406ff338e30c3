"""What a person is told of a source, once each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.judge.cadence import NEVER
from aiwatch.judge.health import Vitals
from aiwatch.judge.troubles import troubles
from aiwatch.model import Trouble

NOW = datetime(2026, 11, 20, 12, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

Look = str
LOOKS: tuple[Look, ...] = ("new", "overlap", "nothing", "fails", "refused", "gone")


def after(before: Vitals, look: Look, at: datetime) -> Vitals:
    """How the table stands after a look that brought all new items, some, none, or that failed."""
    if look in ("fails", "refused", "gone"):
        said = {"fails": "DNS error", "refused": "wants a name and password (401)"}
        return replace(
            before,
            state="failing" if look == "fails" else "stopped",
            failures=before.failures + 1,
            detail=said.get(look, "gone for good (410)"),
            next_due=at + HOUR if look == "fails" else NEVER,
        )
    stands = replace(
        before,
        state="working",
        failures=0,
        detail="",
        first_success=before.first_success or at,
        last_success=at,
        next_due=at + HOUR,
    )
    if look == "nothing":  # a 304: what is kept of the last body stays
        return stands
    return replace(stands, last_new=at, listed=20, known=0 if look == "new" else 15)


FRESH = Vitals(state="new", next_due=NOW)
READ = Vitals(
    state="working",
    next_due=NOW,
    first_success=NOW - 90 * DAY,
    last_success=NOW - HOUR,
    last_new=NOW - 4 * HOUR,
    usual_gap=4 * HOUR,
    longest_gap=2 * DAY,
    listed=20,
    known=18,
)


def lived(
    start: Vitals, looks: Sequence[Look], every: timedelta = HOUR
) -> tuple[list[Trouble], Vitals]:
    """All that was told over these looks, and how the source stands in the end."""
    found: list[Trouble] = []
    stands = start
    for index, look in enumerate(looks):
        at = NOW + index * every
        now_stands = after(stands, look, at)
        told, standing = troubles(stands, now_stands, "Example", at)
        found += told
        stands = replace(now_stands, told=standing)
    return found, stands


@pytest.mark.parametrize(
    ("start", "looks", "kinds", "standing"),
    [
        (FRESH, ["new", "nothing", "overlap"], [], ""),
        (FRESH, ["fails"] * 2, [], ""),
        (FRESH, ["fails"] * 9, ["failing"], "failing"),
        (READ, ["fails", "fails", "nothing", "fails", "fails", "overlap"], [], ""),
        (READ, ["fails"] * 5, ["failing"], "failing"),
        (READ, ["fails"] * 5 + ["nothing"] * 3, ["failing", "recovered"], ""),
        (
            READ,
            (["fails"] * 3 + ["overlap"]) * 2,
            ["failing", "recovered", "failing", "recovered"],
            "",
        ),
        (READ, ["gone"], ["stopped"], "stopped"),
        (READ, ["refused", "refused", "overlap"], ["stopped", "recovered"], ""),
        (READ, ["fails"] * 4 + ["gone"], ["failing", "stopped"], "stopped"),
        (
            READ,
            ["fails"] * 4 + ["gone"] + ["fails"] * 4 + ["overlap"],
            ["failing", "stopped", "recovered"],
            "",
        ),
        (READ, ["new"], ["gap"], "gap"),
        (READ, ["new", "nothing", "new"], ["gap"], "gap"),
        (READ, ["new", "overlap", "nothing", "new"], ["gap", "gap"], "gap"),
        (READ, ["new", "nothing", "overlap"], ["gap"], ""),
        (FRESH, ["new", "nothing", "new"], ["gap"], "gap"),
        (replace(READ, listed=0, known=0), ["new"], [], ""),  # it was empty before
        (replace(READ, listed=None, known=None), ["new"], ["gap"], "gap"),
    ],
)
def test_each_trouble_is_told_once_for_as_long_as_it_stands(
    start: Vitals, looks: list[Look], kinds: list[str], standing: str
) -> None:
    found, stands = lived(start, looks)
    assert [trouble.kind for trouble in found] == kinds
    assert stands.told == frozenset(standing.split())


def test_silence_is_told_once_and_its_end_too() -> None:
    looks: list[Look] = ["nothing"] * 12 + ["overlap"] + ["nothing"] * 2
    found, stands = lived(READ, looks, DAY)
    assert [trouble.kind for trouble in found] == ["silent", "speaking"]
    assert (
        found[0].at == NOW + 3 * DAY
    )  # its longest gap is two days: half as much again is unusual
    assert stands.told == frozenset()


def test_a_single_item_that_is_replaced_is_no_gap() -> None:
    one = replace(READ, last_new=NOW, listed=1, known=0, last_success=NOW)
    assert troubles(READ, one, "Example", NOW) == ((), frozenset())


def test_a_move_is_told_once_and_again_when_it_leads_elsewhere() -> None:
    there, elsewhere = "https://example.org/there", "https://example.org/elsewhere"
    kinds, stands = [], READ
    for url in (there, there, elsewhere, None, None, there):
        moved = replace(stands, moved_to=url)
        told, standing = troubles(stands, moved, "Example", NOW)
        kinds.append([trouble.extra["url"] for trouble in told])
        stands = replace(moved, told=standing)
        assert ("moved" in standing) == (url is not None)
    assert kinds == [[there], [], [elsewhere], [], [], [there]]


@pytest.mark.parametrize("off", [{"paused": True}, {"enabled": False}])
def test_a_source_that_is_switched_off_has_no_troubles(off: dict[str, Any]) -> None:
    silent = replace(READ, told=frozenset({"silent"}), failures=7, state="failing", **off)
    assert troubles(READ, silent, "Example", NOW) == ((), frozenset())
    before = replace(READ, told=frozenset({"failing"}))
    assert troubles(before, silent, "Example", NOW) == ((), frozenset({"failing"}))


@pytest.mark.parametrize(
    ("start", "looks", "every", "detail"),
    [
        (
            READ,
            ["fails"] * 3,
            HOUR,
            "DNS error, 3 times in a row, not read since 2026-11-20 11:20: it is asked again"
            " 2026-11-20 15:20; if this lasts, look whether it has moved or ended",
        ),
        (
            FRESH,
            ["fails"] * 3,
            HOUR,
            "DNS error, 3 times in a row, never read yet: it is asked again 2026-11-20 15:20;"
            " `aiwatch check --online` says more",
        ),
        (
            READ,
            ["gone"],
            HOUR,
            "gone for good (410): it is not asked again until its entry in the configuration changes;"
            " correct it or take it out",
        ),
        (
            READ,
            ["fails"] * 9 + ["overlap"],
            8 * HOUR,
            "works again, after 3 days: not read since 2026-11-20 11:20",
        ),
        (
            FRESH,
            ["fails"] * 4 + ["new"],
            HOUR,
            "can be read now, for the first time",
        ),
        (
            READ,
            ["nothing"] * 4,
            DAY,
            "nothing new for 3 days, since 2026-11-20 08:20, though 4 h is usual and 2 days is the"
            " longest: look whether it has moved or ended",
        ),
        (READ, ["nothing"] * 9 + ["overlap"], DAY, "new items again after 9 days of silence"),
        (
            READ,
            ["new"],
            HOUR,
            "none of the 20 items listed was there at the look before (2026-11-20 11:20): items between"
            " them may have been missed; set a shorter `every` for it",
        ),
        (
            READ,
            ["fails", "new"],
            HOUR,
            "none of the 20 items listed was there at the look before (2026-11-20 11:20): items between"
            " them may have been missed; it could not be read in between",
        ),
    ],
)
def test_a_trouble_says_what_when_and_what_to_do(
    start: Vitals, looks: list[Look], every: timedelta, detail: str
) -> None:
    found, _ = lived(start, looks, every)
    assert found[-1].detail == detail
    assert found[-1].what == "Example"
    assert found[-1].at is not None


def test_times_are_told_in_the_readers_zone() -> None:
    fails = replace(READ, state="failing", failures=3, detail="DNS error")
    (told,), _ = troubles(READ, fails, "Example", NOW, "Asia/Bangkok")
    assert "not read since 2026-11-20 18:20" in told.detail


def test_a_trouble_carries_plain_values() -> None:
    looks: list[Look] = ["fails"] * 3 + ["overlap", "gone"]
    failing, recovered, stopped = lived(READ, looks)[0]
    assert failing.extra == {
        "reason": "DNS error",
        "failures": 3,
        "last_success": "2026-11-20T11:20:00+00:00",
        "next_due": "2026-11-20T15:20:00+00:00",
    }
    assert recovered.extra == {"last_success": "2026-11-20T11:20:00+00:00", "down_seconds": 14400}
    assert stopped.extra["next_due"] is None
    silent, speaking = lived(READ, ["nothing"] * 4 + ["overlap"], DAY)[0]
    assert silent.extra == {
        "last_new": "2026-11-20T08:20:00+00:00",
        "silent_seconds": 273600,
        "usual_seconds": 14400,
        "longest_seconds": 172800,
    }
    assert speaking.extra["silent_seconds"] == 360000


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(LOOKS), max_size=60),
    st.sampled_from((FRESH, READ)),
    st.sampled_from((HOUR, 8 * HOUR, 3 * DAY)),
)
def test_whatever_happens_failing_and_recovered_alternate(
    looks: list[Look], start: Vitals, every: timedelta
) -> None:
    found, stands = lived(start, looks, every)
    down: set[str] = set()
    spells: Counter[str] = Counter()
    for trouble in found:
        spells[trouble.kind] += 1
        assert trouble.detail
        if trouble.kind == "recovered":
            assert down
            down = set()
        elif trouble.kind in ("failing", "stopped"):
            assert trouble.kind not in down
            assert trouble.kind == "stopped" or not down
            down.add(trouble.kind)
    assert bool(down) == bool(stands.told & {"failing", "stopped"})
    assert 0 <= spells["silent"] - spells["speaking"] <= 1
    assert (spells["silent"] > spells["speaking"]) == ("silent" in stands.told)
