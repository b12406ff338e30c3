"""Readers who left an alert: what they said by one click stands over what the configuration lists.

A web page that serves `unsubscribe/TOKEN` shows `find` on GET and changes nothing; `leave` is for its POST (RFC 8058).
"""

import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from aiwatch.model import AlertName, Reader
from aiwatch.store.times import maybe_time, to_text

PATH = "unsubscribe"
"""Under `public_url`; a token follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A reader of an alert, found by the token that only their mails hold."""

    alert: AlertName
    reader: Reader
    left_at: datetime | None = None


def token(db: sqlite3.Connection, alert: AlertName, reader: Reader, now: datetime) -> str:
    """This reader's own token for this alert: 192 random bits, made once."""
    db.execute(
        "INSERT INTO leaving (token, alert, reader, made_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (alert, reader) DO NOTHING",
        (secrets.token_urlsafe(24), alert, reader, to_text(now)),
    )
    row = db.execute(
        "SELECT token FROM leaving WHERE alert = ? AND reader = ?", (alert, reader)
    ).fetchone()
    return str(row["token"])


def find(db: sqlite3.Connection, token: str) -> Subscriber | None:
    """Whose it is; None for one that was never given out."""
    row = db.execute("SELECT * FROM leaving WHERE token = ?", (token,)).fetchone()
    return row and Subscriber(
        alert=row["alert"], reader=row["reader"], left_at=maybe_time(row["left_at"])
    )


def leave(db: sqlite3.Connection, token: str, now: datetime) -> Subscriber | None:
    """End it at once: what is not sent yet goes nowhere; a second time changes nothing."""
    found = find(db, token)
    if found is not None and found.left_at is None:
        db.execute("UPDATE leaving SET left_at = ? WHERE token = ?", (to_text(now), token))
        db.execute(
            "UPDATE outbox SET state = 'dropped', detail = 'the reader has unsubscribed'"
            " WHERE alert = ? AND reader = ? AND state IN ('due', 'failed')",
            (found.alert, found.reader),
        )
        return find(db, token)
    return found


def take_back(db: sqlite3.Connection, alert: AlertName, reader: Reader) -> bool:
    """Let a reader who left be told again, from now on; False where they had not left."""
    return (
        db.execute(
            "UPDATE leaving SET left_at = NULL WHERE alert = ? AND reader = ? AND left_at IS NOT NULL",
            (alert, reader),
        ).rowcount
        > 0
    )


def left(db: sqlite3.Connection, alert: AlertName) -> frozenset[Reader]:
    """Who has left this alert."""
    rows = db.execute(
        "SELECT reader FROM leaving WHERE alert = ? AND left_at IS NOT NULL", (alert,)
    )
    return frozenset(Reader(row["reader"]) for row in rows)
