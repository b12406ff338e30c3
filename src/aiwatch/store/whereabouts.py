"""Where an article stands on its way to a reader: listed, unread, told, delivered. Reads only."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiwatch.model import ArticleId, OutboxId, StoryId
from aiwatch.store.times import from_text, maybe_time
from aiwatch.text.urls import host, url_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """An address that a source has listed and that is not read."""

    source: str
    seen_at: datetime
    given_up: bool
    attempts: int
    not_before: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A message in which a reader was told of a story, and what became of it."""

    reader: str
    alert: str
    at: datetime
    articles: frozenset[ArticleId]
    sentences: int  # of the story that it held; none: a headline
    outbox: OutboxId | None
    state: str  # due, sending, sent, failed, dropped; empty: its row is pruned
    detail: str
    next_try: datetime | None


def listed(db: sqlite3.Connection, url: str) -> Listing | None:
    """The entry of this address, where a source has listed it and it is not filed."""
    key = url_key(url)
    rows = db.execute(
        "SELECT * FROM entries WHERE article IS NULL AND state <> 'filed' AND instr(url, ?) ORDER BY id",
        (host(url),),
    )
    found = next((row for row in rows if url_key(row["url"]) == key), None)
    if found is None:
        return None
    return Listing(
        source=found["source"],
        seen_at=from_text(found["seen_at"]),
        given_up=found["state"] == "given up",
        attempts=found["attempts"],
        not_before=maybe_time(found["not_before"]),
    )


def sources_of(db: sqlite3.Connection, site: str) -> tuple[str, ...]:
    """The sources that have listed articles of this host, by name."""
    rows = db.execute("SELECT source, url FROM entries WHERE instr(url, ?)", (site,))
    return tuple(sorted({row["source"] for row in rows if host(row["url"]) == site}))


def tellings(db: sqlite3.Connection, story: StoryId) -> tuple[Telling, ...]:
    """Who was told of a story, oldest first."""
    rows = db.execute(
        "SELECT told.reader, told.alert, told.at, told.articles, told.facts, outbox.id, outbox.state,"
        " outbox.detail, outbox.next_try FROM told"
        " LEFT JOIN outbox ON outbox.message_id = told.message_id AND told.message_id <> ''"
        " WHERE told.story = ? ORDER BY told.at, told.id",
        (story,),
    )
    return tuple(_telling(row) for row in rows)


def _telling(row: Any) -> Telling:
    return Telling(
        reader=row["reader"],
        alert=row["alert"],
        at=from_text(row["at"]),
        articles=frozenset(map(ArticleId, json.loads(row["articles"]))),
        sentences=len(json.loads(row["facts"])),
        outbox=None if row["id"] is None else OutboxId(row["id"]),
        state=row["state"] or "",
        detail=row["detail"] or "",
        next_try=maybe_time(row["next_try"]),
    )
