"""Topics that have gone quiet, noted once for those who are told of troubles: did the news end, or a source, or a query?"""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from aiwatch.judge.bursts import LEAST_QUIET, LONGEST_GAPS, Silence, silence
from aiwatch.model import Topic, TopicName, Trouble
from aiwatch.store import troubles
from aiwatch.store.times import from_text, maybe_time, to_text

TYPE = "topic.silent"


def note(db: sqlite3.Connection, topics: Sequence[Topic], now: datetime) -> tuple[Silence, ...]:
    """Note every topic that has been quiet for longer than it ever is, once for each silence."""
    found = [one for topic in topics if (one := _silence(db, topic, now)) is not None]
    troubles.note(
        db,
        [
            Trouble(
                what=f"topic {one.topic}",
                detail=one.words,
                extra={"type": TYPE, "topic": one.topic, "since": one.since, "days": one.days},
            )
            for one in found
        ],
        now,
    )
    return tuple(found)


def _silence(db: sqlite3.Connection, topic: Topic, now: datetime) -> Silence | None:
    """The rest is read only of topics that found nothing for days."""
    last = db.execute(
        "SELECT first_seen FROM matches JOIN articles ON articles.id = matches.article"
        " WHERE topic = ? ORDER BY article DESC LIMIT 1",
        (topic.name,),
    ).fetchone()
    if last is None or now - from_text(last["first_seen"]) < LEAST_QUIET:
        return None
    told = _told(db, topic.name)
    return silence(
        topic.name, topic.title or topic.name, _times(db, topic.name, now), now, told=told
    )


def _times(db: sqlite3.Connection, topic: TopicName, now: datetime) -> tuple[datetime, ...]:
    """When its stories broke, by their own dates: a first poll files weeks of them at one moment."""
    rows = db.execute(
        "SELECT DISTINCT stories.first_published FROM matches JOIN articles ON articles.id = matches.article"
        " JOIN stories ON stories.id = articles.story"
        " WHERE topic = ? AND stories.first_published >= ? ORDER BY 1",
        (topic, to_text(now - LONGEST_GAPS)),
    )
    return tuple(from_text(row["first_published"]) for row in rows)


def _told(db: sqlite3.Connection, topic: TopicName) -> datetime | None:
    row = db.execute(
        "SELECT MAX(at) AS at FROM troubles WHERE what = ? AND json_extract(extra, '$.type') = ?",
        (f"topic {topic}", TYPE),
    ).fetchone()
    return maybe_time(row["at"])
