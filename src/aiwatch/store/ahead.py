"""A clock that was ahead has been set back: what it wrote down lies in the future, and would be waited for.

Without this a source whose next look was noted by a clock two years ahead is not asked for two years, an alert that
was closed then is not closed again, and one whose rate is limited waits for hours that have not come yet.
"""

import sqlite3
from datetime import datetime, timedelta

from aiwatch.store.times import to_text

# What is waited for comes by as much earlier as the clock was set back: spacing and patience stay as they were.
_WAITED_FOR = (
    ("sources", "next_due"),
    ("sources", "not_before"),
    ("hosts", "not_before"),
    ("entries", "not_before"),
    ("articles", "recheck_at"),
    ("waiting", "hold_until"),
    ("outbox", "next_try"),
)
# What has happened has happened: it cannot lie ahead of now.
_HAPPENED = (
    ("sources", "first_success"),
    ("sources", "last_success"),
    ("sources", "last_attempt"),
    ("sources", "last_new"),
    ("sources", "read_at"),
    ("hosts", "last_request"),
    ("hosts", "refused_at"),
    ("robots", "at"),
    ("polls", "at"),
    ("entries", "seen_at"),
    ("articles", "first_seen"),
    ("stories", "first_seen"),
    ("stories", "last_seen"),
    ("alerts", "first_seen"),
    ("alerts", "last_slot"),
    ("alerts", "last_closed"),
    ("waiting", "since"),
    ("digests", "at"),
    ("outbox", "created"),  # when it comes due where its endpoint is back
    ("attempts", "at"),
    ("told", "at"),
    ("troubles", "at"),
    ("health", "at"),
    ("health", "since"),
    ("health", "last_well"),
)
_NEVER = "9000"  # a source that is not asked again has a date beyond all clocks


def pull_back(db: sqlite3.Connection, by: timedelta, now: datetime) -> int:
    """Set right what lies ahead of `now`, by a clock that was `by` ahead; gives how many rows."""
    at = {"now": to_text(now), "by": f"-{int(by.total_seconds())} seconds", "never": _NEVER}
    rows = 0
    for table, column in _WAITED_FOR:
        rows += db.execute(
            f"UPDATE {table} SET {column} = max(strftime('%Y-%m-%dT%H:%M:%SZ', {column}, :by), :now)"  # noqa: S608
            f" WHERE {column} > :now AND {column} < :never",
            at,
        ).rowcount
    for table, column in _HAPPENED:
        rows += db.execute(
            f"UPDATE {table} SET {column} = :now WHERE {column} > :now",  # noqa: S608 - our own names
            at,
        ).rowcount
    # A slot of the wrong time is told once more when it comes: with what is new since, or not at all.
    rows += db.execute("UPDATE digests SET slot = NULL WHERE slot > :now", at).rowcount
    return rows


def latest(db: sqlite3.Connection) -> datetime | None:
    """When something last happened here, by the clock of then; one that has gone back shows against it."""
    row = db.execute("SELECT max(at) AS at FROM health").fetchone()
    return datetime.fromisoformat(row["at"]) if row["at"] else None
