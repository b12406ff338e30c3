"""Fourth transaction, *message settled*: claim, send outside, then Delivered, Later or Refused, row by row.

A message that may have been accepted is sent again under the same id: at least once on the wire, once by id.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from aiwatch.model import (
    AlertName,
    ChannelName,
    Delivered,
    Envelope,
    Later,
    OutboxId,
    Part,
    Reader,
    Receipt,
    Refused,
    Trouble,
)
from aiwatch.store import standstill, troubles
from aiwatch.store.times import dumps, from_text, to_text

JITTER = 0.1  # of a wait, at most: messages that failed together do not all come back together


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A row to send, and the lane it goes in."""

    envelope: Envelope
    lane: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How long to wait between attempts, and when to give up."""

    delays: tuple[timedelta, ...]
    repeat_for: timedelta | None = (
        None  # the last delay repeats until the message is this old (mail: 5 days)
    )

    def wait(self, attempts: int, age: timedelta) -> timedelta | None:
        """The wait after that many attempts; None to give up."""
        if attempts <= len(self.delays):
            return self.delays[attempts - 1]
        if self.delays and self.repeat_for is not None and age < self.repeat_for:
            return self.delays[-1]
        return None


_UNDONE = "state IN ('due', 'sending')"
"""In the words of the index `outbox_open`, without which all that was ever sent is looked through: 15 ms for 5,000 mails."""
_DUE = (
    f"{_UNDONE} AND state = 'due' AND next_try <= :now"  # noqa: S608 - a constant
    f" AND lane NOT IN (SELECT lane FROM parked) AND {standstill.GOING}"
)


def recover(db: sqlite3.Connection) -> int:
    """Put back what a process that died was sending; only whoever holds the sending lock may call this."""
    return db.execute(
        f"UPDATE outbox SET state = 'due' WHERE {_UNDONE} AND state = 'sending'"  # noqa: S608 - a constant
    ).rowcount


def due(
    db: sqlite3.Connection, now: datetime, limit: int = 500, lane: str | None = None
) -> tuple[Due, ...]:
    """Rows whose time has come, oldest first, of one lane or of all."""
    rows = db.execute(
        f"SELECT * FROM outbox WHERE {_DUE}"  # noqa: S608 - a constant
        " AND (:lane IS NULL OR lane = :lane) ORDER BY +id LIMIT :limit",  # by id, SQLite would look through all
        {"now": to_text(now), "lane": lane, "limit": limit},
    )
    return tuple(Due(envelope=_envelope(row, now), lane=row["lane"]) for row in rows)


def due_lanes(db: sqlite3.Connection, now: datetime) -> tuple[str, ...]:
    """The lanes that hold such rows."""
    rows = db.execute(
        f"SELECT DISTINCT lane FROM outbox WHERE {_DUE} ORDER BY lane",  # noqa: S608 - a constant
        {"now": to_text(now)},
    )
    return tuple(row["lane"] for row in rows)


def taken_up(db: sqlite3.Connection, now: datetime) -> tuple[str, ...]:
    """Recover, and the lanes that hold something to send then."""
    recover(db)
    return due_lanes(db, now)


def open_rows(db: sqlite3.Connection, now: datetime) -> int:
    """How many rows are due, or were being sent by a process that may have died."""
    row = db.execute(
        f"SELECT COUNT(*) FROM outbox WHERE {_UNDONE} AND (state = 'sending' OR ({_DUE}))",  # noqa: S608 - constants
        {"now": to_text(now)},
    ).fetchone()
    return int(row[0])


def claim(db: sqlite3.Connection, row: OutboxId) -> bool:
    """Mark one row as being sent, counting the attempt before it is made."""
    changed = db.execute(
        "UPDATE outbox SET state = 'sending', attempts = attempts + 1 WHERE id = ? AND state = 'due'",
        (row,),
    )
    return changed.rowcount == 1


def settle(
    db: sqlite3.Connection,
    row: OutboxId,
    receipt: Receipt,
    retry_rule: Retry,
    now: datetime,
    dead: Trouble | None = None,
) -> str:
    """Write what came of an attempt, and keep it in the message's history; returns the row's new state.

    What is taken wakes all that waits for the same endpoint. dead: noted for a person where this was the last attempt.
    """
    state = _settled(db, row, receipt, retry_rule, now)
    db.execute(
        "INSERT INTO attempts (message, at, state, detail) SELECT id, ?, state, detail FROM outbox WHERE id = ?",
        (to_text(now), row),
    )
    if dead is not None and state == "failed":
        troubles.note(db, [dead], now)
    return state


def history(db: sqlite3.Connection, row: OutboxId) -> tuple[dict[str, Any], ...]:
    """What came of each attempt, oldest first."""
    found = db.execute(
        "SELECT at, state, detail FROM attempts WHERE message = ? ORDER BY id", (row,)
    )
    return tuple(dict(one) for one in found)


def _settled(
    db: sqlite3.Connection, row: OutboxId, receipt: Receipt, retry_rule: Retry, now: datetime
) -> str:
    known = db.execute("SELECT * FROM outbox WHERE id = ?", (row,)).fetchone()
    match receipt:
        case Delivered(detail=detail, called=called):
            db.execute("UPDATE outbox SET called = ? WHERE id = ?", (called, row))
            _wake(db, "lane = ?", known["lane"])
            return _finish(db, row, "sent", detail, sent_at=to_text(now))
        case Refused(reason=reason):
            return _finish(db, row, "failed", reason)
        case Later(reason=reason, after=after, lane=held):
            wait = retry_rule.wait(known["attempts"], now - from_text(known["created"]))
            if wait is None:
                return _finish(
                    db, row, "failed", f"given up after {known['attempts']} attempts: {reason}"
                )
            wait *= 1 - JITTER * _spread(known["message_id"], known["attempts"])
            return _postpone(db, row, reason, now + max(wait, after or timedelta()), held=held)


def _spread(id_: str, attempts: int) -> float:
    """A share in [0, 1) of this very attempt's own, so that what is done again comes out the same."""
    drawn = blake2b(f"{id_} {attempts}".encode(), digest_size=4).digest()
    return int.from_bytes(drawn, "big") / 2**32


def hold_lane(
    db: sqlite3.Connection, probe: Due, until: datetime, reason: str, now: datetime
) -> int:
    """Let the rest of a lane wait with the one that met its endpoint's trouble, without counting attempts.

    What waited on its own account goes on doing so when the endpoint is back.
    """
    changed = db.execute(
        "UPDATE outbox SET next_try = :until, detail = :reason, held = max(held, next_try <= :now)"  # noqa: S608 - a constant
        f" WHERE {_UNDONE} AND lane = :lane AND state = 'due' AND next_try < :until AND id <> :probe",
        {
            "until": to_text(until),
            "lane": probe.lane,
            "reason": f"waiting for {probe.lane}: {reason}",
            "now": to_text(now),
            "probe": probe.envelope.row,
        },
    )
    return changed.rowcount


def waits(db: sqlite3.Connection, channels: Iterable[ChannelName]) -> bool:
    """Whether anything waits for the endpoint of one of these channels."""
    query = (
        f"SELECT EXISTS (SELECT 1 FROM outbox WHERE {_UNDONE} AND held AND state = 'due'"  # noqa: S608 - a constant
        " AND channel IN (SELECT value FROM json_each(?)))"
    )
    return bool(db.execute(query, (dumps(channels),)).fetchone()[0])


def probe(db: sqlite3.Connection, channels: Iterable[ChannelName]) -> int:
    """Make due now what waits for the endpoints of these channels; the first to fail holds the others back again."""
    return _wake(db, "channel IN (SELECT value FROM json_each(?))", dumps(channels))


def _wake(db: sqlite3.Connection, which: str, value: str) -> int:
    """Due since they were made, so that the round that goes on at this moment takes them along."""
    changed = db.execute(
        f"UPDATE outbox SET next_try = created WHERE {_UNDONE} AND held AND state = 'due' AND {which}",  # noqa: S608 - our own words
        (value,),
    )
    return changed.rowcount


def failing_since(db: sqlite3.Connection, lane: str) -> datetime | None:
    """When an endpoint took nothing for the first time since it last took something; None where that was last."""
    row = db.execute(
        "WITH tries AS (SELECT attempts.at, attempts.state FROM attempts JOIN outbox ON outbox.id = attempts.message"
        " WHERE outbox.lane = ?)"
        " SELECT MIN(at) FROM tries WHERE state <> 'sent'"
        " AND at > coalesce((SELECT MAX(at) FROM tries WHERE state = 'sent'), '')",
        (lane,),
    ).fetchone()
    return from_text(row[0]) if row[0] else None


def called(db: sqlite3.Connection, envelope: Envelope) -> str:
    """What the message that this one answers is called where it went; nothing where that is not known."""
    row = db.execute(
        "SELECT called FROM outbox WHERE message_id = ? AND channel = ?",
        (envelope.part.reply_to, envelope.channel),
    ).fetchone()
    return str(row["called"]) if row else ""


def park(
    db: sqlite3.Connection, lane: str, reason: str, now: datetime, told: Trouble | None = None
) -> None:
    """Send nothing more to an endpoint that is gone, until a person tries again; `told`: what they should know."""
    new = db.execute(
        "INSERT INTO parked (lane, at, reason) VALUES (?, ?, ?) ON CONFLICT (lane) DO NOTHING",
        (lane, to_text(now), reason),
    ).rowcount
    if new and told is not None:
        troubles.note(db, [told], now)


def retry(db: sqlite3.Connection, row: OutboxId | None, now: datetime) -> int:
    """Make a failed or postponed row, or all of them, due now with fresh attempts; a parked endpoint is tried again."""
    db.execute(
        "DELETE FROM parked WHERE lane IN (SELECT lane FROM outbox WHERE state IN ('failed', 'due')"
        " AND (:row IS NULL OR id = :row))",
        {"row": row},
    )
    return db.execute(
        "UPDATE outbox SET state = 'due', attempts = 0, held = 0, next_try = :now"
        " WHERE state IN ('failed', 'due') AND (:row IS NULL OR id = :row)",
        {"now": to_text(now), "row": row},
    ).rowcount


def rows(
    db: sqlite3.Connection, *, states: Sequence[str], limit: int = 100
) -> tuple[dict[str, Any], ...]:
    """The outbox as a person reads it, newest first; bodies left out."""
    marks = ", ".join("?" for _ in states)
    found = db.execute(
        "SELECT id, digest, alert, channel, reader, part, message_id, subject, state, attempts, created,"  # noqa: S608 - only question marks
        f" next_try, sent_at, CASE WHEN state = 'due' AND NOT {standstill.GOING} THEN '{standstill.WORDS}'"
        " WHEN state = 'due' THEN"
        " coalesce((SELECT 'parked: ' || reason FROM parked WHERE parked.lane = outbox.lane), detail)"
        f" ELSE detail END AS detail FROM outbox WHERE state IN ({marks}) ORDER BY id DESC LIMIT ?",
        (*states, limit),
    )
    return tuple(dict(row) for row in found)


def row(db: sqlite3.Connection, id_: OutboxId) -> dict[str, Any] | None:
    """One message whole."""
    found = db.execute("SELECT * FROM outbox WHERE id = ?", (id_,)).fetchone()
    return dict(found) if found else None


def drop(db: sqlite3.Connection, id_: OutboxId) -> bool:
    """Give a message up for good; False where it is neither waiting nor failed."""
    changed = db.execute(
        "UPDATE outbox SET state = 'dropped' WHERE id = ? AND state IN ('due', 'failed')", (id_,)
    )
    return changed.rowcount == 1


def failed(db: sqlite3.Connection) -> int:
    """How many messages are not delivered and will not be tried again by themselves."""
    return int(db.execute("SELECT COUNT(*) FROM outbox WHERE state = 'failed'").fetchone()[0])


def _finish(
    db: sqlite3.Connection, row: OutboxId, state: str, detail: str, sent_at: str | None = None
) -> str:
    db.execute(
        "UPDATE outbox SET state = ?, detail = ?, sent_at = coalesce(?, sent_at) WHERE id = ?",
        (state, detail, sent_at, row),
    )
    return state


def _postpone(
    db: sqlite3.Connection, row: OutboxId, reason: str, until: datetime, *, held: bool
) -> str:
    db.execute(
        "UPDATE outbox SET state = 'due', detail = ?, next_try = ?, held = ? WHERE id = ?",
        (reason, to_text(until), held, row),
    )
    return "due"


def _envelope(row: sqlite3.Row, now: datetime) -> Envelope:
    return Envelope(
        id=row["message_id"],
        row=OutboxId(row["id"]),
        alert=AlertName(row["alert"]),
        channel=ChannelName(row["channel"]),
        reader=Reader(row["reader"]),
        part=Part(
            subject=row["subject"],
            text=row["text"],
            html=row["html"],
            payload=row["payload"],
            reply_to=row["reply_to"],
        ),
        created=from_text(row["created"]),
        attempt=row["attempts"] + 1,
        now=now,
    )
