"""The past, for those who try topics out on it: articles in the order of filing, one at a time. Reads only."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiwatch.judge.backtest import Archived
from aiwatch.judge.suggest import Seen
from aiwatch.judge.topics import LEAD_READ, lead
from aiwatch.model import Subject, TopicName
from aiwatch.store.times import from_text, maybe_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a topic has found while it ran."""

    articles: int
    last: datetime  # when the last of them was filed


def articles(db: sqlite3.Connection, since: datetime | None, *, whole: bool) -> Iterator[Archived]:
    """Every article filed since then as the matcher saw it, under its number.

    whole: with all of its text, for queries that look into the body; else as much as a lead is taken from.
    """
    text = "text" if whole else f"substr(text, 1, {LEAD_READ})"
    rows = db.execute(
        f"SELECT id, title, {text} AS text, url, source, lang, first_seen FROM articles"  # noqa: S608 - one of two constants
        " WHERE (:since IS NULL OR first_seen >= :since) ORDER BY id",
        {"since": maybe_text(since)},
    )
    for row in rows:
        at = from_text(row["first_seen"])
        yield Archived(id=str(row["id"]), subject=subject_of(dict(row)), at=at)


def subject_of(row: Mapping[str, Any]) -> Subject:
    """What topics are looked for in, of an article's row."""
    return Subject(
        title=row["title"],
        text=row["text"],
        url=row["url"],
        source=row["source"],
        lang=row["lang"],
    )


def seen(db: sqlite3.Connection, since: datetime | None) -> Iterator[Seen]:
    """The same articles with their outlets and the topics that were recorded for them; copies are no second voice."""
    rows = db.execute(
        f"SELECT title, substr(text, 1, {LEAD_READ}) AS text, outlet, first_seen,"  # noqa: S608 - a constant
        " (SELECT json_group_array(topic) FROM matches WHERE article = articles.id) AS topics FROM articles"
        " WHERE duplicate_of IS NULL AND (:since IS NULL OR first_seen >= :since)"
        " ORDER BY id",
        {"since": maybe_text(since)},
    )
    for row in rows:
        yield Seen(
            outlet=row["outlet"],
            title=row["title"],
            lead=lead(row["text"]),
            topics=tuple(TopicName(name) for name in json.loads(row["topics"])),
            at=from_text(row["first_seen"]),
        )


def recorded(db: sqlite3.Connection, since: datetime | None) -> Mapping[TopicName, Recorded]:
    """What live matching wrote down of each topic since then."""
    rows = db.execute(
        "SELECT topic, COUNT(*) AS articles, MAX(first_seen) AS last FROM matches"
        " JOIN articles ON articles.id = matches.article"
        " WHERE (:since IS NULL OR first_seen >= :since) GROUP BY topic",
        {"since": maybe_text(since)},
    )
    return {
        TopicName(row["topic"]): Recorded(articles=row["articles"], last=from_text(row["last"]))
        for row in rows
    }


def imported_ids(db: sqlite3.Connection) -> Mapping[str, str]:
    """Number -> id of the articles that were imported under ids of their own."""
    rows = db.execute("SELECT id, external_id FROM articles WHERE external_id IS NOT NULL")
    return {str(row["id"]): row["external_id"] for row in rows}
