"""What has happened, counted for those who draw curves of it; and how much there is of what they watch. Reads only.

A count goes on from where the last one ended, so that asking every few seconds costs nothing in an archive of a million.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from aiwatch.store.times import dumps, from_text, maybe_time, to_text

_LATELY: Final = timedelta(days=1)  # delays are measured from then on: they lie behind the texts
_MOST_DELAYS: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The last rows that were counted."""

    polls: int = 0
    articles: int = 0
    stories: int = 0
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What came since such places."""

    fetched: dict[str, int] = field(
        default_factory=dict
    )  # outcome of a look at a source: how often
    articles: dict[str, int] = field(default_factory=dict)  # verdict
    stories: dict[str, int] = field(default_factory=dict)  # event or roundup
    matches: dict[str, int] = field(default_factory=dict)  # topic
    deliveries: dict[tuple[str, str], int] = field(default_factory=dict)  # channel and outcome
    delays: tuple[
        float, ...
    ] = ()  # seconds from publication to filing, of what may be told at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """How much there is right now."""

    sources: dict[str, int]  # by state; of those asked for
    to_file: int  # entries listed and not read yet
    waiting: int  # stories that alerts owe
    outbox: dict[str, int]  # due, sending, failed
    size: int  # bytes of the database
    last: dict[str, datetime]  # when each kind of work last succeeded


def since(db: sqlite3.Connection, places: Places, now: datetime) -> tuple[Tally, Places]:
    """What has come, and where to go on."""
    reached = Places(
        **{table: _last(db, table) for table in ("polls", "articles", "stories", "attempts")}
    )
    tally = Tally(
        fetched=_grouped(
            db, "SELECT outcome, COUNT(*) FROM polls WHERE id > ? GROUP BY 1", places.polls
        ),
        articles=_grouped(db, _NEW_VERDICTS if places.articles else _VERDICTS, places.articles),
        stories=_grouped(db, _STORIES, places.stories),
        matches=_grouped(db, _NEW_MATCHES if places.articles else _MATCHES, places.articles),
        deliveries=_deliveries(db, places.attempts),
        delays=_delays(db, places.articles, now),
    )
    return tally, reached


_VERDICTS: Final = "SELECT verdict, COUNT(*) FROM articles WHERE id > ? GROUP BY 1"
# The few that are new are found by their numbers; else all of an index would be read for them.
_NEW_VERDICTS: Final = _VERDICTS.replace("articles", "articles NOT INDEXED")
_STORIES: Final = "SELECT CASE alone WHEN 1 THEN 'roundup' ELSE 'event' END, COUNT(*) FROM stories WHERE id > ? GROUP BY 1"
_MATCHES: Final = "SELECT topic, COUNT(*) FROM matches WHERE article > ? GROUP BY 1"
_NEW_MATCHES: Final = _MATCHES.replace("topic", "+topic")


def _last(db: sqlite3.Connection, table: str) -> int:
    row = db.execute(f"SELECT MAX(id) AS id FROM {table}").fetchone()  # noqa: S608 - one of four constants
    return int(row["id"] or 0)


def _grouped(db: sqlite3.Connection, query: str, after: int) -> dict[str, int]:
    return {row[0]: row[1] for row in db.execute(query, (after,))}


_OUTCOMES: Final = {"sent": "delivered", "due": "postponed", "failed": "failed"}


def _deliveries(db: sqlite3.Connection, after: int) -> dict[tuple[str, str], int]:
    rows = db.execute(
        "SELECT channel, attempts.state, COUNT(*) AS n FROM attempts JOIN outbox ON outbox.id = message"
        " WHERE attempts.id > ? GROUP BY 1, 2",
        (after,),
    )
    return {(row["channel"], _OUTCOMES.get(row["state"], row["state"])): row["n"] for row in rows}


def _delays(db: sqlite3.Connection, after: int, now: datetime) -> tuple[float, ...]:
    rows = db.execute(
        "SELECT published, first_seen FROM articles WHERE id > ? AND first_seen >= ? AND published IS NOT NULL"
        " AND tell = 'all' AND verdict <> 'same_url' ORDER BY first_seen DESC LIMIT ?",
        (after, to_text(now - _LATELY), _MOST_DELAYS),
    )
    return tuple(
        max((from_text(row["first_seen"]) - from_text(row["published"])).total_seconds(), 0)
        for row in rows
    )


def levels(db: sqlite3.Connection, sources: Sequence[str]) -> Levels:
    """How things stand, of these sources."""
    states = db.execute(
        "SELECT CASE paused WHEN 1 THEN 'paused' ELSE state END, COUNT(*) FROM sources"
        " WHERE name IN (SELECT value FROM json_each(?)) GROUP BY 1",
        (dumps(sources),),
    )
    outbox = db.execute(
        "SELECT state, COUNT(*) FROM outbox WHERE state IN ('due', 'sending', 'failed') GROUP BY state"
    )
    pages, page = (
        db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")
    )
    return Levels(
        sources=_pairs(states),
        to_file=_count(db, "entries WHERE state = 'to file'"),
        waiting=_count(db, "waiting"),
        outbox=_pairs(outbox),
        size=pages * page,
        last={job: at for job, query in _SUCCESSES.items() if (at := _moment(db, query))},
    )


_SUCCESSES: Final = {
    "poll": "SELECT MAX(last_success) FROM sources",
    "file": "SELECT MAX(first_seen) FROM articles",
    "deliver": "SELECT at FROM attempts WHERE state = 'sent' ORDER BY id DESC LIMIT 1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """An endpoint that has not taken what waits for it."""

    lane: str
    messages: int
    since: datetime
    detail: str


def blocked(db: sqlite3.Connection, before: datetime) -> tuple[Blocked, ...]:
    """Lanes with messages that were made before that and tried in vain."""
    rows = db.execute(
        "SELECT lane, COUNT(*) AS messages, MIN(created) AS since, detail FROM outbox"
        " WHERE state IN ('due', 'sending') AND created < ? AND (attempts > 0 OR detail <> '') GROUP BY lane ORDER BY lane",
        (to_text(before),),
    )
    return tuple(
        Blocked(
            lane=row["lane"],
            messages=row["messages"],
            since=from_text(row["since"]),
            detail=row["detail"],
        )
        for row in rows
    )


def first_due(db: sqlite3.Connection, sources: Sequence[str]) -> datetime | None:
    """When the first of these sources was or will be due; None where none will."""
    row = db.execute(
        "SELECT MIN(next_due) AS at FROM sources WHERE paused = 0 AND name IN (SELECT value FROM json_each(?))",
        (dumps(sources),),
    ).fetchone()
    return maybe_time(row["at"])


def _pairs(rows: Iterable[sqlite3.Row]) -> dict[str, int]:
    return {row[0]: row[1] for row in rows}


def _count(db: sqlite3.Connection, what: str) -> int:
    return int(db.execute(f"SELECT COUNT(*) FROM {what}").fetchone()[0])  # noqa: S608 - constants


def _moment(db: sqlite3.Connection, query: str) -> datetime | None:
    row = db.execute(query).fetchone()
    return maybe_time(row[0]) if row else None
