"""What the reading pages list: stories as cards, by topic and by time, without reading every article. Reads only.

Lists are found by article number, which follows the time of filing: each page is a walk down an index from where it
begins, as quick in an archive of a million articles as in one of a thousand.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from aiwatch.model import ArticleId, StoryId, TopicName
from aiwatch.store.times import dumps, from_text, to_text

NONE_YET: Final = ArticleId(2**62)
_OPENING: Final = 700  # characters of a text that its first sentence is taken from
_BRIEF: Final = (
    "articles INDEXED BY articles_brief"  # four times as quick: a row is mostly its text
)
_MOST_WALKED: Final = 4_000  # articles looked at for one list


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A story in a list."""

    story: StoryId
    title: str
    lang: str | None
    opening: str  # how its leading text begins
    url: str  # of that text
    outlets: tuple[str, ...]  # the leading one first
    articles: int
    independent: int  # with words of their own
    first_seen: datetime
    last_seen: datetime  # when its newest article was filed
    topics: tuple[TopicName, ...]


def ready(db: sqlite3.Connection) -> bool:
    """Whether what these look-ups need is there: a file that was only read since an upgrade lacks it."""
    row = db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'articles_brief'").fetchone()
    return row is not None


def first_since(db: sqlite3.Connection, at: datetime) -> ArticleId:
    """The first article filed at that time or later; none has a number as high as `NONE_YET`."""
    row = db.execute(
        "SELECT id FROM articles WHERE first_seen >= ? ORDER BY first_seen, id LIMIT 1",
        (to_text(at),),
    ).fetchone()
    return ArticleId(row["id"]) if row else NONE_YET


def since(db: sqlite3.Connection, topic: TopicName, low: ArticleId) -> tuple[StoryId, ...]:
    """Stories of a topic with an article of that number or later, the latest first."""
    rows = db.execute(
        f"SELECT story FROM matches JOIN {_BRIEF} ON articles.id = article"  # noqa: S608 - a constant
        " WHERE topic = ? AND article >= ? ORDER BY article DESC LIMIT ?",
        (topic, low, _MOST_WALKED),
    )
    return tuple(dict.fromkeys(StoryId(row["story"]) for row in rows))


def of_topic(
    db: sqlite3.Connection, topic: TopicName, before: ArticleId, limit: int
) -> tuple[tuple[StoryId, ...], ArticleId | None]:
    """A page of a topic's stories, and where the next begins; a story stands where its newest article does."""
    return _page(
        db.execute(
            f"SELECT article AS id, story FROM matches JOIN {_BRIEF} ON articles.id = article"  # noqa: S608 - a constant
            " WHERE topic = :topic AND article < :before AND NOT EXISTS"
            " (SELECT 1 FROM articles AS later CROSS JOIN matches AS its ON its.article = later.id AND its.topic = :topic"
            "  WHERE later.story = articles.story AND later.id > articles.id)"
            " ORDER BY article DESC LIMIT :limit",
            {"topic": topic, "before": before, "limit": limit + 1},
        ),
        limit,
    )


def latest(
    db: sqlite3.Connection, before: ArticleId, limit: int
) -> tuple[tuple[StoryId, ...], ArticleId | None]:
    """A page of all stories, whatever their topics."""
    return _page(
        db.execute(
            f"SELECT id, story FROM {_BRIEF} WHERE id < :before AND NOT EXISTS"  # noqa: S608 - a constant
            " (SELECT 1 FROM articles AS later WHERE later.story = articles.story AND later.id > articles.id)"
            " ORDER BY id DESC LIMIT :limit",
            {"before": before, "limit": limit + 1},
        ),
        limit,
    )


def _page(rows: Iterable[sqlite3.Row], limit: int) -> tuple[tuple[StoryId, ...], ArticleId | None]:
    found = list(rows)
    further = ArticleId(found[limit - 1]["id"]) if len(found) > limit else None
    return tuple(StoryId(row["story"]) for row in found[:limit]), further


def cards(db: sqlite3.Connection, stories: Sequence[StoryId]) -> tuple[Card, ...]:
    """These stories, in this order."""
    asked = dumps(stories)
    topics = _topics(db, asked)
    members: dict[int, list[sqlite3.Row]] = {}
    for row in db.execute(
        f"SELECT id, story, title, substr(text, 1, {_OPENING}) AS text, url, outlet, lang, first_seen, trust,"  # noqa: S608 - a constant
        " first_hand, aggregator, duplicate_of FROM articles WHERE story IN (SELECT value FROM json_each(?)) ORDER BY id",
        (asked,),
    ):
        members.setdefault(row["story"], []).append(row)
    return tuple(_card(id_, members[id_], topics.get(id_, ())) for id_ in stories if id_ in members)


def _topics(db: sqlite3.Connection, stories: str) -> dict[int, tuple[TopicName, ...]]:
    rows = db.execute(
        "SELECT story, json_group_array(DISTINCT topic) AS topics FROM articles JOIN matches ON article = id"
        " WHERE story IN (SELECT value FROM json_each(?)) GROUP BY story",
        (stories,),
    )
    return {row["story"]: tuple(sorted(json.loads(row["topics"]))) for row in rows}


def _card(story: StoryId, members: Sequence[sqlite3.Row], topics: tuple[TopicName, ...]) -> Card:
    heard = [one for one in members if one["trust"] != "block"] or list(members)
    own = [one for one in heard if one["duplicate_of"] is None] or heard
    lead = max(own, key=_standing)
    names: dict[str, str] = {}
    for one in (lead, *heard):
        names.setdefault(one["outlet"].casefold(), one["outlet"])
    return Card(
        story=story,
        title=lead["title"],
        lang=lead["lang"],
        opening=lead["text"],
        url=lead["url"],
        outlets=tuple(names.values()),
        articles=len(members),
        independent=len({one["outlet"].casefold() for one in own}),
        first_seen=from_text(min(one["first_seen"] for one in members)),
        last_seen=from_text(max(one["first_seen"] for one in members)),
        topics=topics,
    )


def _standing(row: sqlite3.Row) -> tuple[bool, ...]:
    """As in `judge.voices`, but for what would take reading: the first of the best."""
    return (
        bool(row["first_hand"]),
        row["trust"] == "high",
        row["trust"] != "low",
        not row["aggregator"],
        bool(row["text"]),
    )


_PER_DAY: Final = (
    "WITH days AS (SELECT key, value AS low, lead(value, 1, 1 << 62) OVER (ORDER BY key) AS high FROM json_each(?))"  # noqa: S608 - a constant
    f" SELECT key, COUNT(DISTINCT story) AS stories FROM days CROSS JOIN matches JOIN {_BRIEF} ON articles.id = article"
    " WHERE topic = ? AND article >= low AND article < high GROUP BY key"
)


def per_day(db: sqlite3.Connection, topic: TopicName, days: Sequence[ArticleId]) -> tuple[int, ...]:
    """How many stories of a topic had articles between each of these numbers and the next, the last one till now."""
    counted = dict.fromkeys(range(len(days)), 0)
    rows = db.execute(_PER_DAY, (dumps(days), topic))
    counted.update((row["key"], row["stories"]) for row in rows)
    return tuple(counted.values())


def counted(db: sqlite3.Connection) -> dict[str, Any]:
    """How much there is: the numbers of the newest article and story, and when the first was filed."""
    row = db.execute(
        "SELECT (SELECT MAX(id) FROM articles) AS articles, (SELECT MAX(id) FROM stories) AS stories,"
        " (SELECT MIN(first_seen) FROM articles) AS first_seen"
    ).fetchone()
    return {**dict(row), "articles": row["articles"] or 0, "stories": row["stories"] or 0}


def languages(db: sqlite3.Connection) -> tuple[str, ...]:
    """Those of the latest articles."""
    rows = db.execute(
        "SELECT DISTINCT lang FROM (SELECT lang FROM articles ORDER BY id DESC LIMIT 1000)"
        " WHERE lang IS NOT NULL AND lang <> '' ORDER BY lang"
    )
    return tuple(row["lang"] for row in rows)


def followers(db: sqlite3.Connection, story: StoryId) -> tuple[dict[str, Any], ...]:
    """The stories that came after this one and go on with it."""
    low = db.execute("SELECT MAX(id) AS id FROM stories WHERE id = ?", (story,)).fetchone()["id"]
    rows = db.execute(
        "SELECT id AS story, title, first_published AS at FROM stories"
        " WHERE previous = ? AND id > ? AND alias_of IS NULL ORDER BY id LIMIT 10",
        (story, low or 0),
    )
    return tuple(dict(row) for row in rows)
