"""The facts that a judgement needs, read inside the transaction that will write it."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from aiwatch.model import ArticleId, Centroid, Fingerprint, Frequencies, Known, StoryId
from aiwatch.store import settings
from aiwatch.store.stories import resolve
from aiwatch.store.times import from_text, to_text

NEAR_LIMIT = 20
BOILERPLATE_ARTICLES = (
    200  # a hash in that many articles is a site's phrase, not a text's (stories.md 7.2)
)
STORIES_PER_TERM = 300
CENTROIDS = 30
WINDOW = timedelta(days=60)  # how far back candidates are read; the judge's own window is narrower


def same_url(db: sqlite3.Connection, url_key: str) -> Known | None:
    """The first article filed under this address."""
    row = db.execute(f"{KNOWN} WHERE url_key = ? ORDER BY id LIMIT 1", (url_key,)).fetchone()
    return _known(row, 0) if row else None


def near(db: sqlite3.Connection, fingerprint: Fingerprint) -> tuple[Known, ...]:
    """Articles with the same text hash, then those that share most sampled hashes."""
    shared: dict[int, int] = {}
    if fingerprint.text_hash:
        rows = db.execute(
            "SELECT id FROM articles WHERE text_hash = ? AND text_hash <> '' ORDER BY id LIMIT 5",
            (fingerprint.text_hash,),
        )
        shared = {row["id"]: len(fingerprint.shingles) for row in rows}
    rows = db.execute(
        "SELECT article, COUNT(*) AS shared FROM shingles WHERE hash IN"
        " (SELECT value FROM json_each(:hashes) WHERE"
        "  (SELECT COUNT(*) FROM (SELECT 1 FROM shingles WHERE hash = value LIMIT :common)) < :common)"
        " GROUP BY article ORDER BY shared DESC, article LIMIT :limit",
        {
            "hashes": json.dumps(fingerprint.shingles),
            "common": BOILERPLATE_ARTICLES,
            "limit": NEAR_LIMIT,
        },
    )
    for row in rows:
        shared.setdefault(row["article"], row["shared"])
    return tuple(
        _known(db.execute(f"{KNOWN} WHERE id = ?", (article,)).fetchone(), count)
        for article, count in shared.items()
    )


def frequencies(db: sqlite3.Connection, terms: Sequence[str]) -> Frequencies:
    """In how many articles each of these terms stands."""
    rows = db.execute(
        "SELECT term, articles FROM term_counts WHERE term IN (SELECT value FROM json_each(?))",
        (json.dumps(list(terms), ensure_ascii=False),),
    )
    return Frequencies(
        documents=settings.number(db, "documents"),
        counts={row["term"]: row["articles"] for row in rows},
    )


def centroids(
    db: sqlite3.Connection, keys: Sequence[str], now: datetime | None
) -> tuple[Centroid, ...]:
    """Stories that hold some of these rare terms, those with most of them first; now: None for those of all time."""
    rows = db.execute(
        "SELECT story, COUNT(*) AS shared FROM json_each(:keys) AS key, story_terms, stories"
        " WHERE story_terms.term = key.value AND stories.id = story_terms.story"
        " AND stories.last_published >= :since AND stories.alone = 0"
        " AND story_terms.story > coalesce((SELECT story FROM story_terms AS t WHERE t.term = key.value"
        "   ORDER BY story DESC LIMIT 1 OFFSET :cap), 0)"
        " GROUP BY story ORDER BY shared DESC, story DESC LIMIT :limit",
        {
            "keys": json.dumps(list(keys), ensure_ascii=False),
            "since": to_text(now - WINDOW) if now else "",
            "cap": STORIES_PER_TERM,
            "limit": CENTROIDS,
        },
    )
    return tuple(centroid(db, row["story"]) for row in rows.fetchall())


def centroid(db: sqlite3.Connection, story: StoryId) -> Centroid:
    """What one story is about."""
    row = db.execute("SELECT * FROM stories WHERE id = ?", (story,)).fetchone()
    terms = db.execute("SELECT term, weight FROM story_terms WHERE story = ?", (story,))
    return Centroid(
        story=story,
        terms={term["term"]: term["weight"] for term in terms},
        members=row["members"],
        first_seen=from_text(row["first_published"]),
        last_seen=from_text(row["last_published"]),
        names=frozenset(json.loads(row["names"])),
        numbers=frozenset(json.loads(row["numbers"])),
        title=row["title"],
    )


def story_of(db: sqlite3.Connection, article: ArticleId) -> StoryId:
    """The story an article belongs to."""
    row = db.execute("SELECT story FROM articles WHERE id = ?", (article,)).fetchone()
    return resolve(db, StoryId(row["story"]))


KNOWN = "SELECT id, story, url_key, title, text_hash, words, numbers, shingles, verdict, duplicate_of FROM articles"


def _known(row: sqlite3.Row, shared: int) -> Known:
    return Known(
        id=ArticleId(row["id"]),
        story=StoryId(row["story"]),
        url_key=row["url_key"],
        title=row["title"],
        text_hash=row["text_hash"],
        words=row["words"],
        numbers=tuple(json.loads(row["numbers"])),
        shingles=row["shingles"],
        shared=shared,
        # A row that only shares an address may hold another text: whoever repeats that text repeats this row.
        original=row["duplicate_of"] if row["verdict"] == "same_text" else None,
    )
