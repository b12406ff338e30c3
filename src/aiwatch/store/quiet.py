"""Topics that burst and topics that have gone quiet, each noted once for those who are told of troubles.

A burst says that something is going on; a silence asks whether the news ended, or a source, or a query.
"""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from aiwatch.judge.bursts import (
    DAY,
    LEAST_QUIET,
    LEAST_STORIES,
    LONGEST_GAPS,
    WEEKS,
    Burst,
    Silence,
    burst,
    silence,
)
from aiwatch.model import Topic, TopicName, Trouble
from aiwatch.store import troubles
from aiwatch.store.times import from_text, maybe_time, to_text

TYPE = "topic.silent"
BURST = "topic.burst"


def note(
    db: sqlite3.Connection, topics: Sequence[Topic], now: datetime
) -> tuple[Silence | Burst, ...]:
    """Note every topic that has been quiet for longer than it ever is, or has far more stories than usual; each once."""
    quiet = [found for topic in topics if (found := _silence(db, topic, now)) is not None]
    loud = [one for topic in topics if (one := _burst(db, topic, now)) is not None]
    troubles.note(db, [*map(_of_silence, quiet), *map(_of_burst, loud)], now)
    return (*quiet, *loud)


def _of_silence(one: Silence) -> Trouble:
    extra = {"type": TYPE, "topic": one.topic, "since": one.since, "days": one.days}
    return Trouble(what=f"topic {one.topic}", detail=one.words, extra=extra)


def _of_burst(one: Burst) -> Trouble:
    extra = {"type": BURST, "topic": one.topic, "stories": one.stories, "usual": one.usual}
    return Trouble(what=f"topic {one.topic}", detail=one.words, extra=extra)


def _burst(db: sqlite3.Connection, topic: Topic, now: datetime) -> Burst | None:
    """The past is read only of topics with several stories today."""
    if len(_seen(db, topic.name, now - DAY, now)) < LEAST_STORIES:
        return None
    row = db.execute("SELECT MIN(first_success) AS at FROM sources").fetchone()
    since = maybe_time(row["at"])
    if since is None:
        return None
    return burst(
        topic.name,
        topic.title or topic.name,
        _seen(db, topic.name, now - timedelta(weeks=WEEKS), now),
        now,
        watched_since=since,
        last=_last_burst(db, topic.name),
    )


def _seen(
    db: sqlite3.Connection, topic: TopicName, since: datetime, now: datetime
) -> tuple[datetime, ...]:
    """When its stories came to us, each once."""
    rows = db.execute(
        "SELECT DISTINCT stories.id, stories.first_seen FROM matches JOIN articles ON articles.id = matches.article"
        " JOIN stories ON stories.id = articles.story WHERE topic = :topic AND stories.first_seen > :since"
        " AND stories.first_seen <= :now AND matches.article >="
        " coalesce((SELECT id FROM articles WHERE first_seen > :since ORDER BY first_seen, id LIMIT 1), 0)",
        {"topic": topic, "since": to_text(since), "now": to_text(now)},
    )
    return tuple(from_text(row["first_seen"]) for row in rows)


def _last_burst(db: sqlite3.Connection, topic: TopicName) -> Burst | None:
    row = db.execute(
        "SELECT at, detail, extra FROM troubles WHERE what = ? AND json_extract(extra, '$.type') = ?"
        " ORDER BY id DESC LIMIT 1",
        (f"topic {topic}", BURST),
    ).fetchone()
    if row is None:
        return None
    said = json.loads(row["extra"])
    at = from_text(row["at"])
    return Burst(
        topic=topic, at=at, stories=said["stories"], usual=said["usual"], words=row["detail"]
    )


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
