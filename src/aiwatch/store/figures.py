"""Numbers about all that is kept, for `stats`. Reads only."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from aiwatch.store.times import from_text, to_text

MOST_TIMES: Final = 20_000  # of which delays are taken, the newest
_TABLES: Final = (
    "sources", "polls", "entries", "articles", "versions", "stories", "matches", "waiting", "digests", "outbox",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """How long it took, in seconds."""

    count: int
    median: float
    p90: float


def totals(db: sqlite3.Connection) -> dict[str, int]:
    """Rows of each table that people ask about."""
    query = "SELECT COUNT(*) FROM "
    return {table: int(db.execute(query + table).fetchone()[0]) for table in _TABLES}


def states(db: sqlite3.Connection) -> dict[str, dict[str, int]]:
    """Sources, messages and entries by their state; articles by what they turned out to be."""
    return {
        "sources": _by(db, "SELECT state, COUNT(*) FROM sources GROUP BY 1 ORDER BY 2 DESC, 1"),
        "messages": _by(db, "SELECT state, COUNT(*) FROM outbox GROUP BY 1 ORDER BY 2 DESC, 1"),
        "entries": _by(db, "SELECT state, COUNT(*) FROM entries GROUP BY 1 ORDER BY 2 DESC, 1"),
        "verdicts": _by(db, "SELECT verdict, COUNT(*) FROM articles GROUP BY 1 ORDER BY 2 DESC, 1"),
    }


def languages(db: sqlite3.Connection, since: datetime) -> dict[str, int]:
    """Articles by language, `unknown` where it is not; the most first."""
    return _by(
        db,
        "SELECT coalesce(nullif(lang, ''), 'unknown'), COUNT(*) FROM articles WHERE first_seen >= ?"
        " GROUP BY 1 ORDER BY 2 DESC, 1",
        since,
    )


def topics(db: sqlite3.Connection, since: datetime) -> dict[str, int]:
    """Articles by topic, the most first."""
    return _by(
        db,
        "SELECT topic, COUNT(*) FROM articles JOIN matches ON article = id WHERE first_seen >= ?"
        " GROUP BY 1 ORDER BY 2 DESC, 1",
        since,
    )


def came(db: sqlite3.Connection, since: datetime) -> dict[str, int]:
    """How much has come since then."""
    queries = {
        "polls": "SELECT COUNT(*) FROM polls WHERE at >= ?",
        "failed_polls": "SELECT COUNT(*) FROM polls WHERE at >= ? AND outcome = 'failed'",
        "items": "SELECT COUNT(*) FROM entries WHERE seen_at >= ?",
        "articles": "SELECT COUNT(*) FROM articles WHERE first_seen >= ?",
        "stories": "SELECT COUNT(*) FROM stories WHERE first_seen >= ? AND alias_of IS NULL",
        "matched": "SELECT COUNT(DISTINCT article) FROM articles JOIN matches ON article = id WHERE first_seen >= ?",
        "messages": "SELECT COUNT(*) FROM outbox WHERE sent_at >= ?",
    }
    at = (to_text(since),)
    return {name: int(db.execute(query, at).fetchone()[0]) for name, query in queries.items()}


def failing(db: sqlite3.Connection) -> dict[str, str]:
    """Sources in trouble, and what is wrong in words."""
    rows = db.execute(
        "SELECT name, words FROM sources WHERE state IN ('failing', 'stopped') ORDER BY name"
    )
    return {row["name"]: row["words"] for row in rows}


def newest(db: sqlite3.Connection) -> datetime | None:
    """The latest time at which anything was noted."""
    row = db.execute(
        "SELECT max(coalesce((SELECT MAX(at) FROM polls), ''), coalesce((SELECT MAX(first_seen) FROM articles), ''))"
    ).fetchone()
    return from_text(row[0]) if row[0] else None


def last_read(db: sqlite3.Connection) -> datetime | None:
    """When a source was last read well."""
    row = db.execute("SELECT MAX(last_success) FROM sources").fetchone()
    return from_text(row[0]) if row[0] else None


def longest_due(db: sqlite3.Connection, now: datetime) -> dict[str, Any] | None:
    """Of the messages that should have gone by now, the oldest: `created` and why it has not."""
    row = db.execute(
        "SELECT created, channel, detail FROM outbox WHERE state IN ('due', 'sending') AND next_try <= ?"
        " ORDER BY id LIMIT 1",
        (to_text(now),),
    ).fetchone()
    return {**dict(row), "created": from_text(row["created"])} if row else None


def begun(db: sqlite3.Connection) -> datetime | None:
    """When the first article was filed."""
    row = db.execute("SELECT MIN(first_seen) FROM articles").fetchone()
    return from_text(row[0]) if row[0] else None


def yields(db: sqlite3.Connection, since: datetime) -> tuple[dict[str, Any], ...]:
    """What each source has brought since then, those with most matched articles first."""
    rows = db.execute(
        "WITH own AS (SELECT id, source, duplicate_of IS NULL AS new,"
        "  EXISTS (SELECT 1 FROM matches WHERE article = articles.id) AS matched"
        "  FROM articles WHERE first_seen >= :since)"
        " SELECT sources.name AS source, sources.state,"
        " (SELECT COUNT(*) FROM polls WHERE polls.source = sources.name AND at >= :since) AS polls,"
        " coalesce(counted.articles, 0) AS articles, coalesce(counted.new, 0) AS new,"
        " coalesce(counted.matched, 0) AS matched, coalesce(counted.alone, 0) AS matched_new"
        " FROM sources LEFT JOIN (SELECT source, COUNT(*) AS articles, SUM(new) AS new, SUM(matched) AS matched,"
        "  SUM(matched AND new) AS alone FROM own GROUP BY source) AS counted ON counted.source = sources.name"
        " ORDER BY matched_new DESC, matched DESC, articles DESC, sources.name",
        {"since": to_text(since)},
    )
    return tuple(dict(row) for row in rows)


def found_after(db: sqlite3.Connection, since: datetime) -> Delay | None:
    """From publication to filing, of articles that came while their source was watched."""
    rows = db.execute(
        "SELECT julianday(first_seen) - julianday(published) AS days FROM articles"
        " WHERE first_seen >= ? AND published IS NOT NULL AND tell = 'all' ORDER BY first_seen DESC LIMIT ?",
        (to_text(since), MOST_TIMES),
    )
    return _delay([row["days"] for row in rows])


def sent_after(db: sqlite3.Connection, since: datetime) -> dict[str, Delay]:
    """From filing to the message being taken, by kind of message; of a story the newest article in it counts."""
    rows = db.execute(
        "SELECT digests.kind, julianday(outbox.sent_at) - julianday((SELECT MAX(first_seen) FROM articles"
        "  WHERE id IN (SELECT value FROM json_each(told.articles)))) AS days"
        " FROM outbox JOIN digests ON digests.id = outbox.digest"
        " JOIN told ON told.digest = outbox.digest AND told.reader = outbox.reader"
        " WHERE outbox.sent_at >= ? AND outbox.part = 1 AND digests.kind <> 'lookback'"
        " ORDER BY outbox.sent_at DESC LIMIT ?",
        (to_text(since), MOST_TIMES),
    )
    days: dict[str, list[float]] = {}
    for row in rows:
        if row["days"] is not None:
            days.setdefault(row["kind"], []).append(row["days"])
    found = {kind: _delay(them) for kind, them in sorted(days.items())}
    return {kind: delay for kind, delay in found.items() if delay}


def _delay(days: Sequence[float]) -> Delay | None:
    if not days:
        return None
    ordered = sorted(max(0.0, timedelta(days=each).total_seconds()) for each in days)
    return Delay(
        count=len(ordered),
        median=round(ordered[(len(ordered) - 1) // 2], 1),
        p90=round(ordered[min(len(ordered) - 1, len(ordered) * 9 // 10)], 1),
    )


def _by(db: sqlite3.Connection, query: str, since: datetime | None = None) -> dict[str, int]:
    rows = db.execute(query, (to_text(since),) if since else ())
    return {row[0]: row[1] for row in rows}
