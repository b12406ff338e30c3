"""A database put back from a copy sends nothing until a person says so: it may not know what was sent since."""

import sqlite3
from datetime import UTC, datetime
from typing import Final

from aiwatch.store import settings

KEY: Final = "restored"
GOING: Final = "NOT EXISTS (SELECT 1 FROM settings WHERE key = 'restored')"
"""In SQL: nothing stands still."""
WORDS: Final = "sending is off since a copy was restored: `aiwatch alerts resume`"


def begin(db: sqlite3.Connection, now: datetime) -> None:
    """Send nothing, and close nothing of what is known, from now on."""
    settings.put(db, KEY, int(now.timestamp()))
    db.execute("UPDATE outbox SET state = 'due' WHERE state = 'sending'")
    db.execute("UPDATE alerts SET paused = 1, paused_until = NULL")


def since(db: sqlite3.Connection) -> datetime | None:
    """When the copy was put back; None where sending is not off."""
    found = settings.number(db, KEY)
    return datetime.fromtimestamp(found, UTC) if found else None


def lift(db: sqlite3.Connection) -> bool:
    """Send again; whether sending was off. Alerts are resumed one by one."""
    return db.execute("DELETE FROM settings WHERE key = ?", (KEY,)).rowcount > 0
