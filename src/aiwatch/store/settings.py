"""Counters that outlive a process."""

import sqlite3


def number(db: sqlite3.Connection, key: str) -> int:
    """A stored count; 0 where there is none."""
    row = db.execute("SELECT value FROM settings WHERE key = ?", (key,)).fetchone()
    return int(row["value"]) if row else 0


def add(db: sqlite3.Connection, key: str, by: int = 1) -> None:
    """Count on."""
    db.execute(
        "INSERT INTO settings (key, value) VALUES (:key, :by)"
        " ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + :by",
        {"key": key, "by": by},
    )


def put(db: sqlite3.Connection, key: str, number_: int) -> None:
    """Note a number."""
    db.execute(
        "INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, str(number_)),
    )


ROOM = 256 * 1024
"""Bytes that a pass may well need at once."""


def take_room(db: sqlite3.Connection) -> None:
    """Write something as large as that, to see whether there is room; raises like any other write."""
    db.execute(
        "INSERT OR REPLACE INTO settings (key, value) VALUES ('room', hex(zeroblob(?)))",
        (ROOM // 2,),
    )


def give_room_back(db: sqlite3.Connection) -> None:
    """What `take_room` took."""
    db.execute("DELETE FROM settings WHERE key = 'room'")
