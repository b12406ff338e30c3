"""Articles that are looked at again: which are due, and what came of it."""

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from aiwatch.judge.recheck import missing_again
from aiwatch.model import (
    AlertName,
    ArticleId,
    Entry,
    ReadArticle,
    SourceName,
    StoryId,
    Validators,
)
from aiwatch.store import filing, revising
from aiwatch.store import stories as stored
from aiwatch.store.filing import Filed, Subscription
from aiwatch.store.times import from_text, maybe_text, maybe_time, to_text

GONE = "there is nothing any more at its address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """An article whose page is looked at again."""

    id: ArticleId
    source: SourceName
    entry: Entry  # as far as it is kept: without the feed's long text
    filed_at: datetime
    page: Validators


def due(
    db: sqlite3.Connection, now: datetime, limit: int, passed: Collection[int] = ()
) -> tuple[Again, ...]:
    """What is to be looked at now, the longest due first, without those already `passed` in this round."""
    rows = db.execute(
        "SELECT * FROM articles WHERE recheck_at <= ? AND id NOT IN (SELECT value FROM json_each(?))"
        " ORDER BY recheck_at, id LIMIT ?",
        (to_text(now), json.dumps(sorted(passed)), limit),
    )
    return tuple(map(_again, rows))


def put_off(db: sqlite3.Connection, article: ArticleId, until: datetime | None) -> None:
    """Look at it then; None: not any more."""
    db.execute("UPDATE articles SET recheck_at = ? WHERE id = ?", (maybe_text(until), article))


def still_there(db: sqlite3.Connection, article: ArticleId, following: datetime | None) -> None:
    """Its page is as it was; whatever was missing before was one bad hour."""
    db.execute("UPDATE articles SET gone_at = NULL WHERE id = ?", (article,))
    put_off(db, article, following)


def missing(
    db: sqlite3.Connection,
    article: ArticleId,
    following: datetime | None,
    subscriptions: tuple[Subscription, ...],
    now: datetime,
) -> tuple[AlertName, ...]:
    """Its address says that there is nothing any more: asked once more, then told to those who were told of it."""
    row = _row(db, article)
    again_at = missing_again(maybe_time(row["gone_at"]), now)
    if again_at is not None:
        db.execute(
            "UPDATE articles SET gone_at = coalesce(gone_at, ?), recheck_at = ? WHERE id = ?",
            (to_text(now), to_text(again_at), article),
        )
        return ()
    put_off(db, article, following)
    if revising.is_gone(db, article):
        return ()
    revising.gone(db, row, GONE, now)
    return filing.owe(db, _story(db, row), article, subscriptions, now)


def read_again(
    db: sqlite3.Connection,
    article: ArticleId,
    read: ReadArticle,
    match: revising.Matching,
    following: datetime | None,
    subscriptions: tuple[Subscription, ...],
    now: datetime,
) -> Filed:
    """Its page as it is now; whom an edit concerns waits for it."""
    row = _row(db, article)
    put_off(db, article, following)
    draft = filing.Draft(read=read, matches=(), tell=row["tell"], given=row["given"], match=match)
    return filing.file_again(db, draft, row, subscriptions, now)


def _row(db: sqlite3.Connection, article: ArticleId) -> sqlite3.Row:
    found: sqlite3.Row = db.execute("SELECT * FROM articles WHERE id = ?", (article,)).fetchone()
    return found


def _story(db: sqlite3.Connection, row: sqlite3.Row) -> StoryId:
    return stored.resolve(db, StoryId(row["story"]))


def _again(row: sqlite3.Row) -> Again:
    return Again(
        id=ArticleId(row["id"]),
        source=SourceName(row["source"]),
        entry=Entry(
            id=row["url"],
            url=row["url"],
            title=row["title"],
            summary=row["summary"],
            published=maybe_time(row["published"]),
            outlet=row["outlet"],
        ),
        filed_at=from_text(row["first_seen"]),
        page=Validators(etag=row["etag"], last_modified=row["last_modified"]),
    )
