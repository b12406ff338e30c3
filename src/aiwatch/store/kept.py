"""What judging asks the file again and again, kept in memory as long as the file says the same.

How common the terms of an article and of its likely stories are, and what those stories are about: a fifth of what filing
an article took (docs/notes/012-speed.md). `PRAGMA data_version` tells of other connections' commits; what this one writes
is noted as it is written, and all is forgotten where its transaction is undone.
"""

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from aiwatch.model import Centroid, StoryId
from aiwatch.store import settings
from aiwatch.store.times import dumps

MOST_TERMS = 20_000  # 3 MB; the common ones are back at once
MOST_STORIES = 200  # 3 MB
_HELD = "kept"  # the attribute of a connection


class Connection(sqlite3.Connection):
    """SQLite's own, with room for an attribute more."""


@dataclass(slots=True)
class Kept:
    """Of one connection."""

    version: int = -1
    documents: int | None = None
    counts: dict[str, int] = field(default_factory=dict)  # 0: asked for, and in no article
    stories: dict[StoryId, Centroid] = field(default_factory=dict)  # the longest unasked first

    def clear(self) -> None:
        """Know nothing."""
        self.documents = None
        self.counts = {}  # another: who was given the old one goes on with it
        self.stories.clear()


def of(db: sqlite3.Connection) -> Kept:
    """What is kept for this connection and still true; nothing is kept for one that cannot hold it."""
    kept = getattr(db, _HELD, None)
    if kept is None:
        kept = Kept()
        if type(db) is not sqlite3.Connection:
            setattr(db, _HELD, kept)
    version = db.execute("PRAGMA data_version").fetchone()[0]
    if kept.version != version:
        kept.clear()
        kept.version = version
    return kept


def forget(db: sqlite3.Connection) -> None:
    """Its transaction was undone: what was noted meanwhile is not so."""
    kept = getattr(db, _HELD, None)
    if kept is not None:
        kept.clear()


def documents(db: sqlite3.Connection) -> int:
    """How many articles shaped stories."""
    kept = of(db)
    if kept.documents is None:
        kept.documents = settings.number(db, "documents")
    return kept.documents


def counts(
    db: sqlite3.Connection, terms: Collection[str], *, more: bool = False
) -> Mapping[str, int]:
    """In how many articles terms stand: at least these, and all that is known of others.

    more: what was returned before is to hold these, too.
    """
    kept = of(db)
    if len(kept.counts) > MOST_TERMS and not more:
        kept.counts = {}
    known = kept.counts
    missing = [term for term in terms if term not in known]
    if missing:
        rows = db.execute(
            "SELECT term, articles FROM term_counts WHERE term IN (SELECT value FROM json_each(?))",
            (dumps(missing),),
        )
        known.update(dict.fromkeys(missing, 0))
        known.update(map(tuple, rows))
    return known


def count(db: sqlite3.Connection, terms: Iterable[str]) -> None:
    """One more article, with these terms."""
    kept, counted = of(db), tuple(terms)
    settings.add(db, "documents")
    db.execute(
        "INSERT INTO term_counts (term, articles) SELECT value, 1 FROM json_each(?) WHERE true"
        " ON CONFLICT (term) DO UPDATE SET articles = articles + 1",
        (dumps(counted),),
    )
    kept.documents = None
    for term in counted:
        if term in kept.counts:
            kept.counts[term] += 1


def story(db: sqlite3.Connection, id_: StoryId) -> Centroid | None:
    """What a story is about, where that is kept."""
    stories = of(db).stories
    found = stories.pop(id_, None)
    if found is not None:
        stories[id_] = found
    return found


def keep_story(db: sqlite3.Connection, centroid: Centroid) -> None:
    """What was read of a story just now."""
    stories = of(db).stories
    stories[centroid.story] = centroid
    if len(stories) > MOST_STORIES:
        del stories[next(iter(stories))]


def changed(db: sqlite3.Connection, story: StoryId) -> None:
    """A story is not what it was."""
    of(db).stories.pop(story, None)
