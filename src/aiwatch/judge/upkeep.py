"""How the machine underneath fares: a clock that was set, a sleep, a disk that fills up, hours in which nobody watched.

Pure: moments and sizes in, what a person should be told out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aiwatch.judge.health import rough

MB = 1024 * 1024

JUMP = timedelta(minutes=5)
"""A clock corrected by less harms nothing: no source is asked more often, no alert is scheduled more finely."""

SLEEP = timedelta(minutes=1)

LEAST_ROOM = 200 * MB
"""Some weeks of a busy beat, and what SQLite needs beside a database for its log and for sorting."""

MOST_ROOM = 2048 * MB
RECOVERED = 1.25  # times as much room ends it: no word each hour while it hovers

AWAY_DIED = timedelta(hours=2)
"""Unwatched without being stopped: a restart or an upgrade takes minutes, and the usual `every` is an hour."""

AWAY_STOPPED = timedelta(hours=24)
"""Stopped in order by somebody, who knows; after a day what has left the feeds meanwhile is worth a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instant:
    """One moment by three clocks."""

    wall: datetime  # the time of day, which may be set
    awake: float  # seconds that the machine has run, some time ago until now
    passed: float  # the same with those it slept


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """What happened to the clocks between two moments."""

    set_by: timedelta  # how far the time of day was set; below zero: back
    slept: timedelta


def turned(before: Instant, after: Instant) -> Turned:
    """Whether the time of day ran as time passed, and for how much of that the machine slept; what is small is nothing."""
    passed = timedelta(seconds=after.passed - before.passed)
    awake = timedelta(seconds=after.awake - before.awake)
    set_by, slept = after.wall - before.wall - passed, passed - awake
    return Turned(
        set_by=set_by if abs(set_by) >= JUMP else timedelta(),
        slept=slept if slept >= SLEEP else timedelta(),
    )


def jump_words(set_by: timedelta) -> str:
    """A clock that was set, as a person is told; a halted virtual machine looks like one set forward."""
    if set_by > timedelta():
        return (
            f"went forward by {rough(set_by)} at once: it was set, or the machine stood still;"
            " what is due is caught up with, and missed digests are sent once"
        )
    return (
        f"went back by {rough(-set_by)}: it was set, or a trial with --now was further on; what was put off by the wrong time is asked in its turn,"
        " and a digest that was sent too early may come again with what is newer"
    )


def room_needed(database: int) -> int:
    """Bytes that should be free beside a database of that size: an upgrade and a backup make a copy of it."""
    return min(max(LEAST_ROOM, database), MOST_ROOM)


def room_is_low(free: int, database: int, *, was_low: bool) -> bool:
    """Whether the disk is nearly full."""
    needed = room_needed(database)
    return free < (RECOVERED * needed if was_low else needed)


def room_words(free: int, database: int) -> str:
    """`180 MB free beside a database of 1,200 MB`."""
    return f"{free // MB:,} MB free beside a database of {max(database // MB, 1):,} MB"


def away(last: datetime, now: datetime, *, stopped: bool) -> str | None:
    """What to tell of the time in which no service ran; None where it was short."""
    gone = now - last
    if gone < (AWAY_STOPPED if stopped else AWAY_DIED):
        return None
    how = "stopped" if stopped else "not running"
    return (
        f"was {how} for {rough(gone)}, since {last:%Y-%m-%d %H:%M} UTC: what feeds still list is caught up with,"
        " what has left them meanwhile was not seen"
    )
