"""What people look at: stories, sources, messages, and all rows for export. Reads only."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from aiwatch.model import ArticleId, StoryId
from aiwatch.store.times import to_text


def latest_stories(
    db: sqlite3.Connection, *, topic: str | None, since: datetime | None, limit: int
) -> tuple[dict[str, Any], ...]:
    """Stories with most recent articles first."""
    rows = db.execute(
        "SELECT stories.id, stories.title, stories.first_seen, stories.last_seen, stories.first_published,"
        " COUNT(DISTINCT articles.id) AS articles, COUNT(DISTINCT articles.outlet) AS outlets,"
        " (SELECT json_group_array(DISTINCT topic) FROM matches JOIN articles AS a ON a.id = matches.article"
        "  WHERE a.story = stories.id) AS topics"
        " FROM stories JOIN articles ON articles.story = stories.id"
        " WHERE stories.alias_of IS NULL AND (:since IS NULL OR stories.last_seen >= :since)"
        " AND (:topic IS NULL OR EXISTS (SELECT 1 FROM matches JOIN articles AS a ON a.id = matches.article"
        "  WHERE a.story = stories.id AND matches.topic = :topic))"
        " GROUP BY stories.id ORDER BY stories.last_seen DESC, stories.id DESC LIMIT :limit",
        {"topic": topic, "since": to_text(since) if since else None, "limit": limit},
    )
    return tuple({**dict(row), "topics": sorted(json.loads(row["topics"]))} for row in rows)


def told_of_story(db: sqlite3.Connection, story: StoryId) -> tuple[dict[str, Any], ...]:
    """Who was told of a story, and when."""
    rows = db.execute(
        "SELECT reader, alert, at, message_id FROM told WHERE story = ? ORDER BY at, id", (story,)
    )
    return tuple(dict(row) for row in rows)


def waiting_of_story(db: sqlite3.Connection, story: StoryId) -> tuple[dict[str, Any], ...]:
    """Which alerts still owe it."""
    rows = db.execute(
        "SELECT alert, cause, reason, since, hold_until FROM waiting WHERE story = ? ORDER BY alert",
        (story,),
    )
    return tuple(dict(row) for row in rows)


def article(db: sqlite3.Connection, id_: ArticleId) -> dict[str, Any] | None:
    """One article's row, JSON columns read."""
    row = db.execute("SELECT * FROM articles WHERE id = ?", (id_,)).fetchone()
    return _article(row) if row else None


def find_article(db: sqlite3.Connection, what: str, url_key: str) -> ArticleId | None:
    """By imported id, by number, or by address: the article's own, or the one its source listed."""
    for query in (
        "SELECT id FROM articles WHERE external_id = :what ORDER BY id LIMIT 1",
        "SELECT id FROM articles WHERE CAST(id AS TEXT) = :what AND id = CAST(:what AS INTEGER)",
        "SELECT id FROM articles WHERE url_key = :key ORDER BY id LIMIT 1",
        "SELECT article AS id FROM entries WHERE url = :what AND article IS NOT NULL ORDER BY id LIMIT 1",
        "SELECT id FROM articles WHERE url = :what ORDER BY id LIMIT 1",
    ):
        row = db.execute(query, {"what": what, "key": url_key}).fetchone()
        if row:
            return ArticleId(row["id"])
    return None


def entry_of(db: sqlite3.Connection, id_: ArticleId) -> dict[str, Any] | None:
    """The entry an article came from."""
    row = db.execute(
        "SELECT source, entry_id, url, title, published, seen_at, tell, state, attempts FROM entries WHERE article = ?",
        (id_,),
    ).fetchone()
    return dict(row) if row else None


def versions(db: sqlite3.Connection, id_: ArticleId) -> tuple[dict[str, Any], ...]:
    """What an article said before, oldest first, with the edits that ended each."""
    rows = db.execute(
        "SELECT until, title, text, changes FROM versions WHERE article = ? ORDER BY id", (id_,)
    )
    return tuple({**dict(row), "changes": json.loads(row["changes"])} for row in rows)


def edits(db: sqlite3.Connection, id_: ArticleId) -> tuple[dict[str, Any], ...]:
    """The edits of meaning that were found in an article, oldest first."""
    return tuple(
        {"at": version["until"], **edit}
        for version in versions(db, id_)
        for edit in version["changes"]
    )


def export_articles(db: sqlite3.Connection, since: datetime | None) -> Iterator[dict[str, Any]]:
    """Every article as the contract writes it; a duplicate has its original's story."""
    rows = db.execute(
        "SELECT articles.*, coalesce(stories.alias_of, stories.id) AS home FROM articles"
        " JOIN stories ON stories.id = articles.story WHERE :since IS NULL OR articles.first_seen >= :since ORDER BY articles.id",
        {"since": to_text(since) if since else None},
    )
    for row in rows:
        yield _exported(db, row)


def _exported(db: sqlite3.Connection, row: sqlite3.Row) -> dict[str, Any]:
    matches = [
        {"topic": match["topic"], "score": match["score"], "hits": json.loads(match["hits"])}
        for match in db.execute(
            "SELECT * FROM matches WHERE article = ? ORDER BY topic", (row["id"],)
        )
    ]
    return {
        "id": row["external_id"] or row["id"],
        "url": row["url"],
        "canonical_url": row["url"],
        "title": row["title"],
        "authors": json.loads(row["authors"]),
        "published": row["published"],
        "modified": row["modified"],
        "lang": row["lang"],
        "source": row["source"],
        "outlet": row["outlet"],
        "text": row["text"],
        "story": row["home"],
        "duplicate_of": exported_id(db, row["duplicate_of"]),
        "verdict": row["verdict"],
        "topics": [match["topic"] for match in matches],
        "matches": matches,
    }


def exported_id(db: sqlite3.Connection, article_: int | None) -> int | str | None:
    """An article's id as exports show it: the imported one where there is one."""
    if article_ is None:
        return None
    row = db.execute("SELECT id, external_id FROM articles WHERE id = ?", (article_,)).fetchone()
    found: int | str = row["external_id"] or row["id"]
    return found


def export_stories(db: sqlite3.Connection, since: datetime | None) -> Iterator[dict[str, Any]]:
    """Every story with the ids of its articles."""
    for row in latest_stories(db, topic=None, since=since, limit=-1):
        ids = db.execute(
            "SELECT id, external_id FROM articles WHERE story = ? ORDER BY id", (row["id"],)
        )
        yield {
            **row,
            "articles": [one["external_id"] or one["id"] for one in ids],
            "count": row["articles"],
        }


def export_matches(db: sqlite3.Connection, since: datetime | None) -> Iterator[dict[str, Any]]:
    """Every match with its hits."""
    rows = db.execute(
        "SELECT matches.*, articles.external_id, articles.url, articles.title,"
        " coalesce(stories.alias_of, stories.id) AS story FROM matches"
        " JOIN articles ON articles.id = matches.article JOIN stories ON stories.id = articles.story WHERE :since IS NULL OR articles.first_seen >= :since"
        " ORDER BY matches.article, matches.topic",
        {"since": to_text(since) if since else None},
    )
    for row in rows:
        yield {
            "article": row["external_id"] or row["article"],
            "url": row["url"],
            "title": row["title"],
            "story": row["story"],
            "topic": row["topic"],
            "score": row["score"],
            "query": row["query"],
            "hits": json.loads(row["hits"]),
        }


def _article(row: sqlite3.Row) -> dict[str, Any]:
    read = dict(row)
    for column in ("authors", "how", "numbers", "shared"):
        read[column] = json.loads(row[column])
    return read
