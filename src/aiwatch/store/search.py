"""Full-text search over the archive: newest first, or the best of the newest.

Python cannot give SQLite a tokenizer of its own, so the index holds our own words (`text.tokens`), joined by spaces,
and SQLite's plainest tokenizer parts them there again: CJK and Thai are found letter by letter, as phrases. It keeps
no copy of the texts; what leaves it is named by the words it came with, which is why a change of `text.tokens` needs
a migration that makes the index anew (`docs/notes/011-reading.md`).

Articles filed before there was an index join it newest first, a few with each one filed, all with `aiwatch search`.
"""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from aiwatch.model import ArticleId
from aiwatch.store import settings
from aiwatch.store.times import dumps, to_text
from aiwatch.text.snippets import Group, Run, Search, Wanted, marked, read_search, snippet
from aiwatch.text.tokens import words

MOST_READ: Final = 200_000
"""Characters of a text that are indexed; the longest of 1,893 saved articles has 130,000."""
WINDOW: Final = 10_000
"""`rank` weighs so many of the newest hits: bm25 over a million takes 80 ms and more, and old news is no answer."""
LOOKED_THROUGH: Final = 20_000
"""Hits that filters are tried on before the search says where it stopped."""
ALONG: Final = 20
"""Older articles that join the index with each one filed, while any are left."""
LEFT: Final = "unsearched"
"""The setting that says up to which article none is in the index yet."""
_CLOCK: Final = timedelta(days=1)  # numbers follow the time of filing, but for a clock put back


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which articles are wanted; times are those of filing."""

    since: datetime | None = None
    until: datetime | None = None
    topic: str | None = None
    source: str | None = None
    lang: str | None = None
    before: ArticleId | None = None  # go on from there


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that was found."""

    article: dict[
        str, Any
    ]  # id, story, title, url, outlet, source, lang, published, first_seen, copy, topics
    title: tuple[Run, ...]
    snippet: tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search came to."""

    hits: tuple[Hit, ...] = ()
    further: ArticleId | None = None  # `before` of the next page; None: that was all
    unsearched: int = 0  # older articles that are not in the index yet


# ---------------------------------------------------------------- the index


def add(db: sqlite3.Connection, article: ArticleId, title: str, text: str) -> None:
    """Let a new article be found; a few older ones that could not be join it."""
    left = settings.number(db, LEFT)
    if left:
        _fill(db, left, ALONG)
    _write(db, article, title, text)


def replace(
    db: sqlite3.Connection, article: ArticleId, old: tuple[str, str], new: tuple[str, str]
) -> None:
    """Another title and text in place of those it was filed with."""
    if article <= settings.number(db, LEFT) or old == new:
        return
    _take_out(db, article, *old)
    _write(db, article, *new)


def forget(db: sqlite3.Connection, article: ArticleId, title: str, text: str) -> None:
    """Not found any more; `title` and `text` are what it has now."""
    if article > settings.number(db, LEFT):
        _take_out(db, article, title, text)


def fill(db: sqlite3.Connection, most: int) -> int:
    """Index the newest so many of those left; how many may be left after that."""
    left = settings.number(db, LEFT)
    return _fill(db, left, most) if left else 0


def unsearched(db: sqlite3.Connection) -> int:
    """How many articles are not in the index yet."""
    left = settings.number(db, LEFT) if there(db) else 2**62
    if not left:
        return 0
    row = db.execute("SELECT COUNT(*) AS n FROM articles WHERE id <= ?", (left,)).fetchone()
    return int(row["n"])


def there(db: sqlite3.Connection) -> bool:
    """Whether there is an index: a file that was only read since an upgrade has none yet."""
    row = db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'articles_fts'").fetchone()
    return row is not None


def _fill(db: sqlite3.Connection, left: int, most: int) -> int:
    rows = db.execute(
        "SELECT id, title, text FROM articles WHERE id <= ? ORDER BY id DESC LIMIT ?", (left, most)
    ).fetchall()
    for row in reversed(rows):  # ascending: FTS5 writes out what it holds when a number goes down
        _write(db, row["id"], row["title"], row["text"])
    down_to = rows[-1]["id"] - 1 if len(rows) == most else 0
    settings.put(db, LEFT, down_to)
    return down_to


def _write(db: sqlite3.Connection, article: int, title: str, text: str) -> None:
    db.execute(
        "INSERT INTO articles_fts (rowid, title, text) VALUES (?, ?, ?)",
        (article, _words(title), _words(text)),
    )


def _take_out(db: sqlite3.Connection, article: int, title: str, text: str) -> None:
    """Without `contentless_delete`, which SQLite has since 3.43 only."""
    db.execute(
        "INSERT INTO articles_fts (articles_fts, rowid, title, text) VALUES ('delete', ?, ?, ?)",
        (article, _words(title), _words(text)),
    )


def _words(text: str) -> str:
    return " ".join(words(text[:MOST_READ]))


# ---------------------------------------------------------------- looking


def search(
    db: sqlite3.Connection,
    query: str,
    where: Filter | None = None,
    *,
    limit: int,
    rank: bool = False,
) -> Found:
    """Articles with these words, the last filed first; `rank`: of the newest those that are most about them."""
    asked, where = read_search(query), where or Filter()
    if not asked.groups or not there(db):
        return Found(unsearched=unsearched(db))
    bounds = _bounds(db, asked, where)
    ids = _best(db, bounds) if rank else _newest(db, bounds, limit)
    rows, further = _picked(db, ids, where, limit)
    return Found(
        hits=tuple(_hit(row, asked.wanted) for row in rows),
        further=None if rank else further,
        unsearched=unsearched(db),
    )


def _bounds(db: sqlite3.Connection, asked: Search, where: Filter) -> dict[str, Any]:
    """The match, and the numbers between which such articles lie."""
    low = _first_since(db, where.since - _CLOCK) if where.since else 0
    high = _first_since(db, where.until + _CLOCK) if where.until else 2**62
    if where.before is not None:
        high = min(high, where.before)
    return {"match": _match(asked), "low": low, "high": high}


def _first_since(db: sqlite3.Connection, at: datetime) -> int:
    row = db.execute(
        "SELECT id FROM articles WHERE first_seen >= ? ORDER BY first_seen, id LIMIT 1",
        (to_text(at),),
    ).fetchone()
    return int(row["id"]) if row else 2**62


_NEWEST = (
    "SELECT rowid AS id FROM articles_fts WHERE articles_fts MATCH :match AND rowid >= :low AND rowid < :high"
    " ORDER BY rowid DESC"
)
# `articles` from the list, never the other way round, or every article would be looked at.
_PICKED = (
    "SELECT articles.id, coalesce(stories.alias_of, stories.id) AS story, articles.title, articles.text, url, outlet,"
    " source, lang, published, articles.first_seen, duplicate_of IS NOT NULL AS copy,"
    " (SELECT json_group_array(topic) FROM matches WHERE article = articles.id) AS topics"
    " FROM json_each(:ids) AS found CROSS JOIN articles ON articles.id = found.value"
    " JOIN stories ON stories.id = articles.story"
    " WHERE (:since IS NULL OR articles.first_seen >= :since) AND (:until IS NULL OR articles.first_seen < :until)"
    " AND (:source IS NULL OR source = :source) AND (:lang IS NULL OR lang = :lang)"
    " AND (:topic IS NULL OR EXISTS (SELECT 1 FROM matches WHERE article = found.value AND topic = :topic))"
    " ORDER BY found.key LIMIT :limit"
)


def _newest(db: sqlite3.Connection, bounds: dict[str, Any], limit: int) -> Iterator[list[int]]:
    """Ids in ever larger handfuls: without a filter the first is enough."""
    high, size, looked = bounds["high"], limit + 1, 0
    while looked < LOOKED_THROUGH:
        rows = db.execute(f"{_NEWEST} LIMIT :size", {**bounds, "high": high, "size": size})
        ids = [row["id"] for row in rows]
        if not ids:
            return
        yield ids
        high, looked, size = ids[-1], looked + len(ids), min(8 * size, LOOKED_THROUGH)


def _best(db: sqlite3.Connection, bounds: dict[str, Any]) -> Iterator[list[int]]:
    """Ids, the best first; a word in the title weighs as much as five in the text."""
    oldest = db.execute(f"{_NEWEST} LIMIT 1 OFFSET :window", {**bounds, "window": WINDOW - 1})
    low = oldest.fetchone()
    rows = db.execute(
        "SELECT rowid AS id FROM articles_fts WHERE articles_fts MATCH :match AND rowid >= :low AND rowid < :high"
        " ORDER BY bm25(articles_fts, 5.0, 1.0), rowid DESC",
        {**bounds, "low": low["id"] if low else bounds["low"]},
    )
    while ids := [row["id"] for row in rows.fetchmany(500)]:
        yield ids


def _picked(
    db: sqlite3.Connection, found: Iterator[list[int]], where: Filter, limit: int
) -> tuple[list[sqlite3.Row], ArticleId | None]:
    """One page of what passes the filters, and where the next begins."""
    rows: list[sqlite3.Row] = []
    looked, last = 0, None
    for ids in found:
        values = {**_values(where), "ids": dumps(ids), "limit": limit + 1 - len(rows)}
        rows += db.execute(_PICKED, values)
        looked, last = looked + len(ids), ids[-1]
        if len(rows) > limit:
            return rows[:limit], ArticleId(rows[limit - 1]["id"])
    return rows, ArticleId(last) if last and looked >= LOOKED_THROUGH else None


def _values(where: Filter) -> dict[str, Any]:
    return {
        "since": to_text(where.since) if where.since else None,
        "until": to_text(where.until) if where.until else None,
        "source": where.source,
        "lang": where.lang,
        "topic": where.topic,
    }


def _hit(row: sqlite3.Row, wanted: tuple[Wanted, ...]) -> Hit:
    article = {**dict(row), "topics": sorted(json.loads(row["topics"])), "copy": bool(row["copy"])}
    text = article.pop("text")
    return Hit(article=article, title=marked(row["title"], wanted), snippet=snippet(text, wanted))


# ---------------------------------------------------------------- SQLite's own language


def _match(asked: Search) -> str:
    """Our words are letters, digits and marks alone: in quotes nothing of them can be an operator."""
    return " OR ".join(f"({_group(group)})" for group in asked.groups)


def _group(group: Group) -> str:
    wanted = " AND ".join(map(_phrase, group.wanted))
    return " NOT ".join((f"({wanted})", *map(_phrase, group.unwanted)))


def _phrase(wanted: Wanted) -> str:
    return f'"{" ".join(wanted.words)}"' + (" *" if wanted.begins else "")
