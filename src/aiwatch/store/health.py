"""How aiwatch itself fares: the last word on each matter, for `/healthz`, `/metrics`, `doctor` and a restart.

    alive      written each minute by the service while its ticker runs; `detail` says `stopped` after an orderly end
    pass       a pass that polled, filed, closed and sent: well unless it broke
    heartbeat  the configured address was asked, and answered
    network    unwell: no source can be reached at all
    delivery   unwell: a message has been waiting for hours, as its endpoint does not take it
    disk       unwell: little room is left beside the database
    integrity  what the nightly look through the whole database found
    backup     `aiwatch backup` has made a copy; `detail` says where

`facts` gives all that is known, `reasons` what is wrong in words; both take any reading connection.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from aiwatch.store import standstill
from aiwatch.store.times import from_text, maybe_text, maybe_time, to_text

Matter = Literal["alive", "pass", "heartbeat", "network", "delivery", "disk", "integrity", "backup"]

ALIVE_EVERY = timedelta(minutes=1)
DEAD_AFTER = timedelta(minutes=5)  # without a sign of life: five were due
STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One matter as it was seen last."""

    matter: Matter
    well: bool
    at: datetime  # when it was looked at last
    since: datetime  # since when it is as it is
    last_well: datetime | None
    detail: str


def note(
    db: sqlite3.Connection, matter: Matter, now: datetime, *, well: bool, detail: str = ""
) -> Fact | None:
    """Write down how a matter stands; gives how it stood before."""
    before = fact(db, matter)
    same = before is not None and before.well == well
    since = before.since if same and before is not None else now
    last_well = now if well else before.last_well if before else None
    db.execute(
        "INSERT OR REPLACE INTO health (matter, well, at, since, last_well, detail) VALUES (?, ?, ?, ?, ?, ?)",
        (matter, well, to_text(now), to_text(since), maybe_text(last_well), detail),
    )
    return before


def fact(db: sqlite3.Connection, matter: Matter) -> Fact | None:
    """One matter; None before it was ever looked at."""
    row = db.execute("SELECT * FROM health WHERE matter = ?", (matter,)).fetchone()
    return _fact(row) if row else None


def facts(db: sqlite3.Connection) -> Mapping[str, Fact]:
    """All that is known, by matter."""
    return {row["matter"]: _fact(row) for row in db.execute("SELECT * FROM health ORDER BY matter")}


def reasons(db: sqlite3.Connection, now: datetime) -> tuple[str, ...]:
    """What is wrong now, each in words; nothing where all is well.

    A service that never ran here, or was stopped in order, is not missed: passes may be a timer's. Neither is one that
    was killed, once a pass has ended well without it.
    """
    known = facts(db)
    found = [
        f"{one.matter}: {one.detail}, since {to_text(one.since)}"
        for one in known.values()
        if not one.well
    ]
    alive, passed = known.get("alive"), known.get("pass")
    by_timer = alive and passed and passed.last_well and passed.last_well - alive.at > DEAD_AFTER
    if alive and alive.detail != STOPPED and now - alive.at > DEAD_AFTER and not by_timer:
        found.insert(0, f"alive: the service has given no sign of life since {to_text(alive.at)}")
    if standstill.since(db) is not None:
        found.append(f"sending: {standstill.WORDS}")
    return tuple(found)


def undelivered(db: sqlite3.Connection, before: datetime) -> tuple[str, str] | None:
    """The channel and the trouble of the oldest message that was made before then, was tried, and still waits."""
    row = db.execute(
        "SELECT channel, detail FROM outbox WHERE state IN ('due', 'sending') AND attempts > 0 AND created <= ?"
        " ORDER BY created, id LIMIT 1",
        (to_text(before),),
    ).fetchone()
    return (row["channel"], row["detail"]) if row else None


def _fact(row: sqlite3.Row) -> Fact:
    return Fact(
        matter=row["matter"],
        well=bool(row["well"]),
        at=from_text(row["at"]),
        since=from_text(row["since"]),
        last_well=maybe_time(row["last_well"]),
        detail=row["detail"],
    )
