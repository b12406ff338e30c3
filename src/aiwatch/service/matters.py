"""What is noted of aiwatch's own state, and told to a person when it turns: once when it is bad, once when it is well again.

Each is a transaction; `health` keeps how a matter stands, `troubles` what is told.
"""

import logging
import shutil
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from aiwatch.judge.health import rough
from aiwatch.judge.upkeep import JUMP, away, jump_words, room_is_low, room_words
from aiwatch.model import Trouble
from aiwatch.pipeline import Polled
from aiwatch.store import Connection, Transaction, ahead, health, troubles

Free = Callable[[Path], int]
"""Bytes that are free where this file is."""

WAITS = timedelta(
    hours=2
)  # a message; a mail server that wants a second try later (greylisting) is no trouble

log = logging.getLogger(__name__)

OURSELVES = "aiwatch"
NETWORK = "the network"
CLOCK = "the clock"
DISK = "the disk"
DATABASE = "the database"


def free_beside(database: Path) -> int:
    """Bytes that are free on the database's disk."""
    return shutil.disk_usage(database.parent).free


def tell(db: Connection, what: str, detail: str, now: datetime) -> None:
    """One thing that a person should know; in the log too, as nobody may have asked to be told."""
    log.warning("trouble what=%r detail=%r", what, detail)
    troubles.note(db, [Trouble(what=what, detail=detail)], now)


def network(polled: Iterable[Polled], now: datetime) -> Transaction[None]:
    """Whether sources can be reached at all, by what a round of polls came to."""
    tried = [one for one in polled if one.outcome != "put off"]

    def noted(db: Connection) -> None:
        down = any(one.offline for one in tried)
        detail = "offline: no source can be reached" if down else ""
        before = health.note(db, "network", now, well=not down, detail=detail)
        was_down = before is not None and not before.well
        if down and not was_down:
            words = (
                f"no source can be reached since {now:%Y-%m-%d %H:%M} UTC: this machine is offline, or cannot look up names;"
                " all are asked as soon as one answers"
            )
            tell(db, NETWORK, words, now)
        if was_down and not down and before is not None:
            gone = rough(now - before.since)
            tell(
                db,
                NETWORK,
                f"can be reached again, after {gone}: what is due is caught up with",
                now,
            )

    return noted if tried else lambda _: None


def delivery(now: datetime) -> Transaction[None]:
    """Whether messages get out; a channel that does not take them is told through the others."""

    def noted(db: Connection) -> None:
        stuck = health.undelivered(db, now - WAITS)
        words = ": ".join(stuck) if stuck else ""
        before = health.note(db, "delivery", now, well=not stuck, detail=words)
        was_stuck = before is not None and not before.well
        if stuck and not was_stuck:
            channel, said = stuck
            tell(
                db,
                f"channel {channel}",
                f"has taken no message for {rough(WAITS)}: {said}; what waits is tried on (aiwatch outbox list)",
                now,
            )
        if was_stuck and not stuck:
            tell(db, "channels", "nothing waits any more that could not be delivered", now)

    return noted


def disk(database: Path, free: int, now: datetime) -> Transaction[None]:
    """Whether there is room beside the database."""
    size = sum(
        file.stat().st_size
        for file in (database, database.with_name(f"{database.name}-wal"))
        if file.exists()
    )

    def noted(db: Connection) -> None:
        before = health.fact(db, "disk")
        was_low = before is not None and not before.well
        low = room_is_low(free, size, was_low=was_low)
        words = room_words(free, size)
        health.note(db, "disk", now, well=not low, detail=words)
        if low and not was_low:
            tell(db, DISK, f"is nearly full: {words}; make room, or shorten `keep`", now)
        if was_low and not low:
            tell(db, DISK, f"has room again: {words}", now)

    return noted


def was_full(since: datetime, until: datetime) -> Transaction[None]:
    """There is room again; before, not even this could be written."""
    words = (
        f"was full from {since:%Y-%m-%d %H:%M} to {until:%H:%M} UTC: nothing was lost,"
        " and what is due is caught up with"
    )
    return lambda db: tell(db, DISK, words, until)


def integrity(faults: tuple[str, ...], now: datetime) -> Transaction[None]:
    """What the look through the whole database found."""
    said = "; ".join(faults)

    def noted(db: Connection) -> None:
        health.note(db, "integrity", now, well=not faults, detail=said or "whole")
        if faults:
            tell(
                db,
                DATABASE,
                f"is damaged ({said}): the service ends; put a copy back with `aiwatch restore`",
                now,
            )

    return noted


def began(now: datetime) -> Transaction[None]:
    """A service begins: how long none was there, and whether the clock has gone back meanwhile."""

    def noted(db: Connection) -> None:
        before = health.fact(db, "alive")
        if not clock_back(db, now) and before is not None:
            words = away(before.at, now, stopped=before.detail == health.STOPPED)
            if words:
                tell(db, OURSELVES, words, now)
        health.note(db, "alive", now, well=True)

    return noted


def clock_back(db: Connection, now: datetime) -> bool:
    """Whether something has happened here later than now: then the clock was ahead, and that is set right."""
    latest = ahead.latest(db)
    if latest is None or latest - now < JUMP:
        return False
    set_back(db, latest - now, now)
    return True


def set_back(db: Connection, by: timedelta, now: datetime) -> None:
    """The clock was ahead and has gone back."""
    ahead.pull_back(db, by, now)
    tell(db, CLOCK, jump_words(-by), now)


def clock_set(by: timedelta, now: datetime) -> Transaction[None]:
    """The clock was set while we ran."""

    def noted(db: Connection) -> None:
        if by.total_seconds() < 0:
            set_back(db, -by, now)
        else:
            tell(db, CLOCK, jump_words(by), now)

    return noted


def alive(now: datetime, detail: str = "") -> Transaction[None]:
    """A sign of life."""

    def noted(db: Connection) -> None:
        health.note(db, "alive", now, well=True, detail=detail)

    return noted


def passed(now: datetime, detail: str) -> Transaction[None]:
    """A pass has ended; `detail` says what broke, nothing where it was good."""

    def noted(db: Connection) -> None:
        health.note(db, "pass", now, well=not detail, detail=detail)

    return noted


def heartbeat(now: datetime, detail: str) -> Transaction[bool]:
    """The heartbeat's address was called; `detail` says what was wrong. Gives whether it was well before."""

    def noted(db: Connection) -> bool:
        before = health.note(db, "heartbeat", now, well=not detail, detail=detail)
        return before is None or before.well

    return noted
