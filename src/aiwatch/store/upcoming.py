"""When the next thing comes due, of all that waits for a time: until then nobody who has written nothing need ask."""

import sqlite3
from collections.abc import Collection
from datetime import datetime

from aiwatch.model import AlertName, SourceName
from aiwatch.store.times import dumps, from_text, to_text


def poll(db: sqlite3.Connection, asked: Collection[SourceName]) -> datetime | None:
    """The next look at one of these sources; of others the table may hold rows that nobody asks for any more."""
    rows = db.execute("SELECT name, next_due FROM sources WHERE NOT paused ORDER BY next_due")
    return next((from_text(row["next_due"]) for row in rows if row["name"] in asked), None)


_ENTRY = (
    "SELECT CASE WHEN count(*) > count(not_before) THEN '' ELSE min(not_before) END FROM entries"
    " WHERE state = 'to file'"
)
_AGAIN = "SELECT min(recheck_at) FROM articles WHERE recheck_at IS NOT NULL"
_HELD = (
    "SELECT min(hold_until) FROM waiting WHERE alert IN (SELECT value FROM json_each(:alerts))"
    " AND alert NOT IN (SELECT name FROM alerts WHERE paused)"
)
_RESUMED = "SELECT min(paused_until) FROM alerts WHERE paused"
_MESSAGE = (
    "SELECT min(CASE state WHEN 'sending' THEN '' ELSE next_try END) FROM outbox"
    " WHERE state IN ('due', 'sending')"
)


def others(
    db: sqlite3.Connection, at_once: Collection[AlertName], now: datetime
) -> datetime | None:
    """The next entry, look at an article, closing of one of these alerts, or try of a message; `now`: one waits already."""
    found = [
        row[0]
        for question in (_ENTRY, _AGAIN, _HELD, _RESUMED, _MESSAGE)
        for row in db.execute(question, {"alerts": dumps(at_once)} if question == _HELD else {})
    ]
    moments = [from_text(text) if text else now for text in found if text is not None]
    return min(moments, default=None)


def again(db: sqlite3.Connection, now: datetime) -> bool:
    """Whether any article is to be looked at once more."""
    found = db.execute(
        "SELECT EXISTS (SELECT 1 FROM articles WHERE recheck_at <= ?)", (to_text(now),)
    )
    return bool(found.fetchone()[0])
