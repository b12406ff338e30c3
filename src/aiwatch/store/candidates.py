"""The facts that a judgement needs, read inside the transaction that will write it."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from aiwatch.judge import duplicates
from aiwatch.model import ArticleId, Centroid, Fingerprint, Frequencies, Known, StoryId
from aiwatch.store import kept, packing
from aiwatch.store.stories import resolve
from aiwatch.store.times import from_text, to_text
from aiwatch.text import fingerprint as prints

NEAR_LIMIT = 20
BOILERPLATE_ARTICLES = (
    200  # a hash in that many articles is a site's phrase, not a text's (stories.md 7.2)
)
STORIES_PER_TERM = 300
STORIES_READ = 800  # of all terms together
CENTROIDS = 16  # the judge works out eight; 30 by number of terms gave the same verdicts
CHECKED = 100  # stories whose age is looked at together
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
    for article, count in _perhaps_copies(db, packing.cut(fingerprint.shingles)):
        shared.setdefault(article, count)
    return tuple(
        _known(db.execute(f"{KNOWN} WHERE id = ?", (article,)).fetchone(), count)
        for article, count in shared.items()
    )


def _perhaps_copies(db: sqlite3.Connection, hashes: Sequence[int]) -> list[tuple[int, int]]:
    """Of those that share most, the articles that may be a copy: half of the shorter text, where neither is cut off."""
    found, mine = _most_shared(db, hashes), len(hashes)
    rows = db.execute(
        "SELECT article, length(hashes) FROM prints WHERE article IN (SELECT value FROM json_each(?))",
        (json.dumps([article for article, _ in found]),),
    )
    theirs = {article: size // packing.HASH_BYTES for article, size in rows}
    return [
        (article, shared)
        for article, shared in found
        if shared >= duplicates.EDITED * min(mine, theirs[article])
        or max(mine, theirs[article]) >= prints.MOST_SHINGLES
    ]


def _most_shared(db: sqlite3.Connection, hashes: Sequence[int]) -> list[tuple[int, int]]:
    """Articles that hold some of these hashes, and how many, those with most first.

    Most texts are new, and none of their hashes is known: that is asked first, as it takes half as long.
    """
    rows = db.execute(
        "SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM shingles WHERE hash = value)",
        (json.dumps(hashes),),
    )
    known = [row[0] for row in rows]
    if not known:
        return []
    found = db.execute(
        "SELECT article, COUNT(*) AS shared FROM shingles WHERE hash IN"
        " (SELECT value FROM json_each(:hashes) WHERE"
        "  (SELECT COUNT(*) FROM (SELECT 1 FROM shingles WHERE hash = value LIMIT :common)) < :common)"
        " GROUP BY article ORDER BY shared DESC, article LIMIT :limit",
        {"hashes": json.dumps(known), "common": BOILERPLATE_ARTICLES, "limit": NEAR_LIMIT},
    )
    return [(row["article"], row["shared"]) for row in found]


def frequencies(db: sqlite3.Connection, terms: Collection[str]) -> Frequencies:
    """In how many articles each of these terms stands."""
    return Frequencies(documents=kept.documents(db), counts=kept.counts(db, terms))


def with_terms_of(
    db: sqlite3.Connection, seen: Frequencies, stories: Sequence[Centroid]
) -> Frequencies:
    """What was counted, and the terms of these stories, too."""
    theirs = set[str]().union(*(story.terms for story in stories))
    return replace(seen, counts=kept.counts(db, theirs, more=True))


def centroids(
    db: sqlite3.Connection, keys: Mapping[str, float], now: datetime | None
) -> tuple[Centroid, ...]:
    """Stories that hold most of these terms by weight, the nearest first; now: None for those of all time.

    `keys` hold a weight for each term, the rarest first.
    """
    likely, since = _sharing(db, keys), to_text(now - WINDOW) if now else ""
    chosen: list[int] = []
    for start in range(0, len(likely), CHECKED):
        if len(chosen) >= CENTROIDS:
            break
        ids = likely[start : start + CHECKED]
        found = db.execute(
            "SELECT id FROM stories WHERE id IN (SELECT value FROM json_each(?))"
            " AND last_published >= ? AND alone = 0",
            (json.dumps(ids), since),
        )
        chosen += sorted((row[0] for row in found), key=ids.index)
    return tuple(centroid(db, StoryId(story)) for story in chosen[:CENTROIDS])


def _sharing(db: sqlite3.Connection, keys: Mapping[str, float]) -> list[int]:
    """Stories that hold some of the terms, those with most of their weight first, of equals the newer.

    The rarest terms are read to their end and the commonest get what is left: theirs is the part that grows.
    """
    shared: defaultdict[int, float] = defaultdict(float)
    left = STORIES_READ
    for term, weight in keys.items():
        rows = db.execute(
            "SELECT story FROM story_terms WHERE term = ? ORDER BY story DESC LIMIT ?",
            (term, min(left, STORIES_PER_TERM)),
        ).fetchall()
        left -= len(rows)
        for (story,) in rows:
            shared[story] += weight**2
    return sorted(shared, key=lambda story: (-shared[story], -story))


def centroid(db: sqlite3.Connection, story: StoryId) -> Centroid:
    """What one story is about."""
    return kept.story(db, story) or _read(db, story)


def _read(db: sqlite3.Connection, story: StoryId) -> Centroid:
    row = db.execute(
        "SELECT stories.*, centroids.terms FROM stories LEFT JOIN centroids ON centroids.story = stories.id"
        " WHERE stories.id = ?",
        (story,),
    ).fetchone()
    found = Centroid(
        story=story,
        terms=packing.unpack_terms(row["terms"] or ""),
        members=row["members"],
        first_seen=from_text(row["first_published"]),
        last_seen=from_text(row["last_published"]),
        names=frozenset(json.loads(row["names"])),
        numbers=frozenset(json.loads(row["numbers"])),
        title=row["title"],
    )
    kept.keep_story(db, found)
    return found


def keep_terms(
    db: sqlite3.Connection,
    story: StoryId,
    before: Mapping[str, float],
    after: Mapping[str, float],
) -> None:
    """What a story is about from now on; by `before` it was found until now."""
    gone, new = [term for term in before if term not in after], after.keys() - before.keys()
    db.executemany(
        "DELETE FROM story_terms WHERE term = ? AND story = ?", [(term, story) for term in gone]
    )
    db.execute(
        "INSERT INTO story_terms (term, story) SELECT value, ? FROM json_each(?)",
        (story, json.dumps(sorted(new), ensure_ascii=False)),
    )
    db.execute(
        "INSERT INTO centroids (story, terms) VALUES (?, ?)"
        " ON CONFLICT (story) DO UPDATE SET terms = excluded.terms",
        (story, packing.pack_terms(after)),
    )
    kept.changed(db, story)


def let_terms_go(db: sqlite3.Connection, story: StoryId) -> None:
    """Find the story by no term any more."""
    row = db.execute("SELECT terms FROM centroids WHERE story = ?", (story,)).fetchone()
    terms = packing.unpack_terms(row["terms"]) if row else {}
    db.executemany(
        "DELETE FROM story_terms WHERE term = ? AND story = ?", [(term, story) for term in terms]
    )
    db.execute("DELETE FROM centroids WHERE story = ?", (story,))
    kept.changed(db, story)


def keep_hashes(db: sqlite3.Connection, article: ArticleId, print_: Fingerprint) -> None:
    """The sampled hashes by which copies of the article are found."""
    hashes = packing.cut(print_.shingles)
    if not hashes:
        return
    db.execute(
        "INSERT INTO shingles (hash, article) SELECT value, ? FROM json_each(?)",
        (article, json.dumps(hashes)),
    )
    db.execute(
        "INSERT INTO prints (article, hashes) VALUES (?, ?)", (article, packing.pack_hashes(hashes))
    )


def let_hashes_go(db: sqlite3.Connection, article: ArticleId) -> None:
    """Find no copies of the article any more."""
    row = db.execute("SELECT hashes FROM prints WHERE article = ?", (article,)).fetchone()
    hashes = packing.unpack_hashes(row["hashes"]) if row else ()
    db.executemany(
        "DELETE FROM shingles WHERE hash = ? AND article = ?",
        [(hash_, article) for hash_ in hashes],
    )
    db.execute("DELETE FROM prints WHERE article = ?", (article,))


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
