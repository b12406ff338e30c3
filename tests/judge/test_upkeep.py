"""The machine underneath: clocks that were set and clocks that slept, room on the disk, hours without a watch."""

from datetime import datetime, timedelta

import pytest

from aiwatch.judge.upkeep import (
    MB,
    Instant,
    Turned,
    away,
    jump_words,
    room_is_low,
    room_needed,
    room_words,
    turned,
)

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
NONE = timedelta()


@pytest.mark.parametrize(
    ("wall", "passed", "awake", "expected"),
    [
        (MINUTE, 60, 60, Turned(set_by=NONE, slept=NONE)),
        (MINUTE + 2 * SECOND, 60, 60, Turned(set_by=NONE, slept=NONE)),  # corrected by the network
        (8 * HOUR, 8 * 3600, 20, Turned(set_by=NONE, slept=8 * HOUR - 20 * SECOND)),
        (3 * HOUR, 60, 60, Turned(set_by=3 * HOUR - MINUTE, slept=NONE)),
        (-5 * HOUR, 60, 60, Turned(set_by=-5 * HOUR - MINUTE, slept=NONE)),
        # Asleep for eight hours, and the clock was an hour behind when it woke.
        (7 * HOUR, 8 * 3600, 60, Turned(set_by=-HOUR, slept=8 * HOUR - MINUTE)),
    ],
)
def test_a_clock_that_was_set_is_told_from_one_that_slept(
    now: datetime, wall: timedelta, passed: float, awake: float, expected: Turned
) -> None:
    before = Instant(wall=now, awake=1000.0, passed=5000.0)
    after = Instant(wall=now + wall, awake=1000.0 + awake, passed=5000.0 + passed)
    assert turned(before, after) == expected


def test_a_jump_says_which_way_and_what_follows() -> None:
    assert jump_words(3 * HOUR).startswith("went forward by 3 h at once")
    assert jump_words(-5 * HOUR).startswith("went back by 5 h: it was set, or")


@pytest.mark.parametrize(
    ("free", "database", "was_low", "low"),
    [
        (199, 1, False, True),
        (200, 1, False, False),
        (240, 1, True, True),  # little more than before
        (250, 1, True, False),
        (900, 1000, False, True),  # no room for a copy
        (2047, 50_000, False, True),
        (2048, 50_000, False, False),
    ],
)
def test_a_disk_is_nearly_full_when_a_copy_of_the_database_no_longer_fits(
    free: int, database: int, was_low: bool, low: bool
) -> None:
    assert room_is_low(free * MB, database * MB, was_low=was_low) is low


def test_room_in_words() -> None:
    assert room_needed(0) == 200 * MB
    assert room_words(180 * MB, 1200 * MB) == "180 MB free beside a database of 1,200 MB"


@pytest.mark.parametrize(
    ("gone", "stopped", "told"),
    [
        (119 * MINUTE, False, False),
        (2 * HOUR, False, True),
        (23 * HOUR, True, False),
        (24 * HOUR, True, True),
    ],
)
def test_hours_without_a_watch_are_told(
    now: datetime, gone: timedelta, stopped: bool, told: bool
) -> None:
    words = away(now - gone, now, stopped=stopped)
    assert (words is not None) is told
    if words:
        assert words.startswith("was stopped for" if stopped else "was not running for")
