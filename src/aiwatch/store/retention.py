"""What may go after a time, and what stays for ever so that nothing is told twice.

Texts go by story, once it has not grown for so long: bodies, their versions, the hashes by which copies are found, the
terms by which its next article would be. Titles, addresses, hashes of whole texts, ids, matches and what readers were
told stay: an old article that comes again is known. Each function here is one small transaction, or only looks.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Final

from aiwatch.model import ArticleId, OutboxId, StoryId
from aiwatch.store import candidates, search, settings
from aiwatch.store.times import dumps, maybe_text, to_text

LEAST: Final = candidates.WINDOW
"""Texts stay so long in any case: what is new in a story is found by comparing with what it said."""
POLLS_KEPT: Final = timedelta(days=90)
DONE: Final = "pruned"
"""The setting that says up to when stories last grew whose texts have all gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What is older leaves; None: nothing does."""

    bodies: datetime | None  # of stories that no topic matched
    matched: datetime | None  # of the others
    messages: datetime | None
    polls: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """How much left, or would."""

    stories: int = 0
    articles: int = 0  # that lost their text
    characters: int = 0  # of texts, their versions and messages
    messages: int = 0  # that lost their text
    polls: int = 0
    snapshots: int = 0

    def __add__(self, other: "Pruned") -> "Pruned":
        return Pruned(
            **{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)}
        )

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))


def bounds(
    bodies: timedelta | None, matched: timedelta | None, messages: timedelta | None, now: datetime
) -> Bounds:
    """From how long each is kept; None is for ever."""
    return Bounds(
        bodies=None if bodies is None else now - max(bodies, LEAST),
        matched=None if matched is None else now - max(matched, LEAST),
        messages=None if messages is None else now - messages,
        polls=now - POLLS_KEPT,
    )


# ---------------------------------------------------------------- what may go


_MATCHED = (
    "EXISTS (SELECT 1 FROM articles CROSS JOIN matches ON matches.article = articles.id"
    " WHERE articles.story = stories.id)"
)
# A story that was done has no terms left; they lie in an index of their own, and no text is read for this. But some never
# had any, and a copy may have joined since: these are looked at once more when their time comes.
_IS_OLD = (
    "last_seen < :latest"  # noqa: S608 - constants
    " AND (EXISTS (SELECT 1 FROM centroids WHERE centroids.story = stories.id) OR (last_seen >= :done"
    "  AND EXISTS (SELECT 1 FROM articles WHERE articles.story = stories.id AND text <> '')))"
    f" AND CASE WHEN {_MATCHED} THEN last_seen < :matched ELSE last_seen < :bodies END"
    " AND NOT EXISTS (SELECT 1 FROM waiting WHERE waiting.story = stories.id)"
)
# Numbers follow the time of composing; a message that may still be sent keeps what it says.
_OLD_MESSAGES = (
    "SELECT id FROM outbox WHERE digest <= (SELECT MAX(id) FROM digests WHERE at < :before)"
    " AND state IN ('sent', 'dropped') AND (text <> '' OR html <> '' OR payload <> '') ORDER BY id"
)


def old_stories(db: sqlite3.Connection, where: Bounds) -> tuple[StoryId, ...]:
    """Stories whose texts may go."""
    return _old(db, where, _IS_OLD)


def still_old(
    db: sqlite3.Connection, stories: Sequence[StoryId], where: Bounds
) -> tuple[StoryId, ...]:
    """Those of them that have not grown, and that nobody waits for, since they were found: that may be minutes ago."""
    those = f"id IN (SELECT value FROM json_each(:some)) AND {_IS_OLD}"  # noqa: S608 - constants
    return _old(db, where, those, dumps(stories))


def _old(
    db: sqlite3.Connection, where: Bounds, which: str, some: str | None = None
) -> tuple[StoryId, ...]:
    limits = [limit for limit in (where.bodies, where.matched) if limit is not None]
    if not limits:
        return ()
    values = {"bodies": maybe_text(where.bodies), "matched": maybe_text(where.matched)}
    values |= {"latest": to_text(max(limits)), "done": _done(db)}
    rows = db.execute(f"SELECT id FROM stories WHERE {which} ORDER BY id", values | {"some": some})  # noqa: S608 - constants
    return tuple(StoryId(row["id"]) for row in rows)


def _done(db: sqlite3.Connection) -> str:
    return to_text(datetime.fromtimestamp(settings.number(db, DONE), UTC))


def note_done(db: sqlite3.Connection, where: Bounds) -> None:
    """All stories that might go by then are gone: those are not looked at again."""
    limits = [limit for limit in (where.bodies, where.matched) if limit is not None]
    if limits:
        settings.put(db, DONE, int(min(limits).timestamp()))


def old_messages(db: sqlite3.Connection, where: Bounds) -> tuple[OutboxId, ...]:
    """Messages sent or given up whose texts may go."""
    rows = db.execute(_OLD_MESSAGES, {"before": maybe_text(where.messages)})
    return tuple(OutboxId(row["id"]) for row in rows)


def count(db: sqlite3.Connection, where: Bounds) -> Pruned:
    """How much would leave."""
    stories, messages = old_stories(db, where), old_messages(db, where)
    polls = db.execute("SELECT COUNT(*) FROM polls WHERE at < ?", (to_text(where.polls),))
    snapshots = db.execute(f"SELECT COUNT(*) FROM ({_OLD_SNAPSHOTS})", _before(where.bodies))  # noqa: S608 - a constant
    return _texts_of(db, stories) + Pruned(
        messages=len(messages),
        characters=_message_characters(db, messages),
        polls=polls.fetchone()[0],
        snapshots=snapshots.fetchone()[0],
    )


def _before(moment: datetime | None) -> dict[str, str | None]:
    return {"before": maybe_text(moment)}


# ---------------------------------------------------------------- what goes


def shed_stories(db: sqlite3.Connection, stories: Sequence[StoryId]) -> Pruned:
    """Let the texts of these stories go, and with them all by which they are compared."""
    asked, shed = dumps(stories), _texts_of(db, stories)
    for row in db.execute(f"SELECT id, title, text {_THEIRS} AND text <> ''", (asked,)).fetchall():
        search.replace(db, ArticleId(row["id"]), (row["title"], row["text"]), (row["title"], ""))
    theirs = f"(SELECT id {_THEIRS})"
    for row in db.execute(f"SELECT id {_THEIRS}", (asked,)).fetchall():
        candidates.let_hashes_go(db, ArticleId(row["id"]))
    db.execute(f"UPDATE versions SET text = '' WHERE article IN {theirs}", (asked,))  # noqa: S608 - a constant
    db.execute(
        f"UPDATE articles SET text = '', given = NULL, summary = '',"  # noqa: S608 - a constant
        ' change = CASE WHEN change IS NOT NULL THEN \'{"added":[],"removed":[]}\' END'
        f" WHERE id IN {theirs}",
        (asked,),
    )
    for story in stories:
        candidates.let_terms_go(db, story)
    return shed


def repack(db: sqlite3.Connection, stories: Sequence[StoryId]) -> None:
    """Put rows that have become short together; only for `Store.rewrite`, where no key follows what is taken out.

    SQLite writes a shorter row into the old one's place and leaves the rest of its page empty, for ever: of 20,000
    articles without their texts the table kept all of its pages.
    """
    if db.execute("PRAGMA foreign_keys").fetchone()[0]:
        raise ValueError("repack takes rows out: whatever leads to them would go, too")
    rows = db.execute(f"SELECT * {_THEIRS} ORDER BY id", (dumps(stories),)).fetchall()
    if not rows:
        return
    ids = dumps(row["id"] for row in rows)
    db.execute("DELETE FROM articles WHERE id IN (SELECT value FROM json_each(?))", (ids,))
    names, marks = ", ".join(rows[0].keys()), ", ".join("?" * len(rows[0]))
    db.executemany(f"INSERT INTO articles ({names}) VALUES ({marks})", map(tuple, rows))  # noqa: S608 - our own names


_THEIRS = "FROM articles WHERE story IN (SELECT value FROM json_each(?))"


def _texts_of(db: sqlite3.Connection, stories: Sequence[StoryId]) -> Pruned:
    asked = dumps(stories)
    row = db.execute(
        "SELECT coalesce(SUM(text <> '' OR summary <> ''), 0) AS articles, coalesce(SUM(length(text) + length(summary) + coalesce(length(given), 0)), 0)"
        f" AS characters {_THEIRS}",
        (asked,),
    ).fetchone()
    before = db.execute(
        f"SELECT coalesce(SUM(length(text)), 0) AS characters FROM versions WHERE article IN (SELECT id {_THEIRS})",  # noqa: S608 - a constant
        (asked,),
    ).fetchone()
    characters = row["characters"] + before["characters"]
    return Pruned(stories=len(stories), articles=row["articles"], characters=characters)


def shed_messages(db: sqlite3.Connection, messages: Sequence[OutboxId]) -> Pruned:
    """Let the texts of messages go that were sent or given up; who was told what, and under which id, stays."""
    characters = _message_characters(db, messages)
    done = db.execute(
        "UPDATE outbox SET text = '', html = '', payload = '' WHERE id IN (SELECT value FROM json_each(?))"
        " AND state IN ('sent', 'dropped')",
        (dumps(messages),),
    )
    return Pruned(messages=done.rowcount, characters=characters)


def _message_characters(db: sqlite3.Connection, messages: Sequence[OutboxId]) -> int:
    row = db.execute(
        "SELECT coalesce(SUM(length(text) + length(html) + length(payload)), 0) AS characters FROM outbox"
        " WHERE id IN (SELECT value FROM json_each(?))",
        (dumps(messages),),
    ).fetchone()
    return int(row["characters"])


# What a watched page said last is what it is compared with next.
_OLD_SNAPSHOTS = (
    "SELECT id FROM snapshots WHERE at < :before"
    " AND id < (SELECT MAX(id) FROM snapshots AS later WHERE later.source = snapshots.source)"
)


def shed_records(db: sqlite3.Connection, where: Bounds, most: int) -> Pruned:
    """Let so many old rows go of each: looks at sources, and what watched pages said."""
    polls = db.execute(
        "DELETE FROM polls WHERE id IN (SELECT id FROM polls WHERE at < ? ORDER BY at LIMIT ?)",
        (to_text(where.polls), most),
    )
    snapshots = db.execute(
        f"DELETE FROM snapshots WHERE id IN ({_OLD_SNAPSHOTS} ORDER BY id LIMIT :most)",  # noqa: S608 - a constant
        {**_before(where.bodies), "most": most},
    )
    return Pruned(polls=polls.rowcount, snapshots=snapshots.rowcount)


def tidy_search(db: sqlite3.Connection, pages: int) -> bool:
    """Merge away what left the search index, so many pages of work; whether that changed anything."""
    if not search.there(db):
        return False
    before = db.total_changes
    db.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('merge', ?)", (pages,))
    return db.total_changes - before >= 2  # FTS5's own word for "there was something to do"
