"""What a person should know, in the order in which it was noted; each alert keeps its own place in it."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from aiwatch.model import Trouble
from aiwatch.store.times import dumps, from_text, to_text

Noted = tuple[int, Trouble]


def note(db: sqlite3.Connection, troubles: Sequence[Trouble], now: datetime | None = None) -> None:
    """Write them down; `now` is the time of those that have none of their own.

    Ids only grow, even where all rows are pruned: the place that an alert keeps never lies before what is new.
    """
    for trouble in troubles:
        at = trouble.at or now
        if at is None:
            raise ValueError(f"a trouble without a time: {trouble}")
        db.execute(
            "INSERT INTO troubles (id, at, kind, what, detail, extra) VALUES (?, ?, ?, ?, ?, ?)",
            (
                latest_id(db) + 1,
                to_text(at),
                trouble.kind,
                trouble.what,
                trouble.detail,
                dumps({name: _plain(value) for name, value in trouble.extra.items()}),
            ),
        )


def since(db: sqlite3.Connection, id_: int) -> tuple[Noted, ...]:
    """What was noted after this one, oldest first."""
    return _noted(db.execute("SELECT * FROM troubles WHERE id > ? ORDER BY id", (id_,)))


def count_since(db: sqlite3.Connection, id_: int) -> int:
    """How many `since` gives."""
    row = db.execute("SELECT COUNT(*) FROM troubles WHERE id > ?", (id_,)).fetchone()
    return int(row[0])


def since_time(db: sqlite3.Connection, at: datetime) -> tuple[Noted, ...]:
    """What has happened from then on, in the order in which it was noted."""
    return _noted(db.execute("SELECT * FROM troubles WHERE at >= ? ORDER BY id", (to_text(at),)))


def latest_id(db: sqlite3.Connection) -> int:
    """Of the last one ever noted, as far as anyone remembers; 0 before the first."""
    row = db.execute(
        "SELECT max(coalesce((SELECT max(id) FROM troubles), 0),"
        " coalesce((SELECT max(troubles_seen) FROM alerts), 0))"
    ).fetchone()
    return int(row[0])


def _noted(rows: sqlite3.Cursor) -> tuple[Noted, ...]:
    return tuple(
        (
            row["id"],
            Trouble(
                what=row["what"],
                detail=row["detail"],
                kind=row["kind"],
                at=from_text(row["at"]),
                extra=json.loads(row["extra"]),
            ),
        )
        for row in rows
    )


def _plain(value: Any) -> Any:
    """As JSON has it: times as ISO 8601 in UTC, durations in seconds."""
    if isinstance(value, datetime):
        return to_text(value)
    return value.total_seconds() if isinstance(value, timedelta) else value
