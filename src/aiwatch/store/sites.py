"""What the ends of a host's articles have in common, counted as articles are filed; `text.site` says what to make of it.

An article counts once, whatever is read of it again; copies, a live blog's next address and an article carried on
share long paragraphs and are one text. Bounded: about 270 lines a host (`text.site`), 2,000 hosts.
"""

import sqlite3
from datetime import datetime, timedelta
from typing import Final

from aiwatch.model import Margins, StoryId
from aiwatch.store.times import to_text
from aiwatch.text import site

# A host that is watched is seen daily. An aggregator of all the web brings some thirty others a day, most of them once;
# 2,000 hosts with all the lines they may have are 15 MB.
KEPT: Final = timedelta(days=90)
MOST_HOSTS: Final = 2_000
COMPARED: Final = (
    5  # the latest of a story: each of a live blog's addresses carries on the one before
)
TIDIED: Final = 10  # articles of a host after which its lines are gone through


def known(db: sqlite3.Connection, host: str) -> frozenset[int]:
    """The lines that stand around every article of a host."""
    rows = db.execute(
        "SELECT hash, site_lines.articles AS articles, sites.articles - first + 1 AS since"
        " FROM sites JOIN site_lines ON site = sites.id WHERE host = ? AND site_lines.articles >= ?",
        (host, site.LEAST_ARTICLES),
    )
    return frozenset(row["hash"] for row in rows if site.is_standing(row["articles"], row["since"]))


def learn(
    db: sqlite3.Connection, margins: Margins, text: str, story: StoryId, now: datetime
) -> None:
    """Count what one article has at its ends, before it is written, unless it carries on one of its host and story."""
    if not margins.lines or _carries_on(db, margins.host, text, story):
        return
    id_, number = _count(db, margins.host, now)
    db.executemany(
        "INSERT INTO site_lines (site, hash, articles, first, last) VALUES (:site, :hash, 1, :number, :number)"
        " ON CONFLICT (site, hash) DO UPDATE SET articles = articles + 1, last = :number",
        [{"site": id_, "hash": mark, "number": number} for mark in margins.lines],
    )
    if number == 1:
        _forget_hosts(db, now)
    elif number % TIDIED == 0:
        _forget_lines(db, id_, number)


def _carries_on(db: sqlite3.Connection, host: str, text: str, story: StoryId) -> bool:
    rows = db.execute(
        "SELECT text FROM articles WHERE story = ? AND (instr(url, ?) OR instr(url, ?))"
        " ORDER BY id DESC LIMIT ?",
        (story, f"://{host}", f"://www.{host}", COMPARED),
    )
    return any(site.carries_on(text, row["text"]) for row in rows)


def _count(db: sqlite3.Connection, host: str, now: datetime) -> tuple[int, int]:
    row = db.execute(
        "INSERT INTO sites (host, articles, last_seen) VALUES (?, 1, ?)"
        " ON CONFLICT (host) DO UPDATE SET articles = articles + 1, last_seen = excluded.last_seen"
        " RETURNING id, articles",
        (host, to_text(now)),
    ).fetchone()
    return int(row["id"]), int(row["articles"])


def _forget_lines(db: sqlite3.Connection, id_: int, number: int) -> None:
    rows = db.execute("SELECT hash, articles, last FROM site_lines WHERE site = ?", (id_,))
    db.executemany(
        "DELETE FROM site_lines WHERE site = ? AND hash = ?",
        [
            (id_, row["hash"])
            for row in rows.fetchall()
            if site.is_forgotten(row["articles"], number - row["last"])
        ],
    )


def _forget_hosts(db: sqlite3.Connection, now: datetime) -> None:
    """A new one is there: those not seen for long make room, and those seen longest ago where there are too many."""
    db.execute("DELETE FROM sites WHERE last_seen < ?", (to_text(now - KEPT),))
    db.execute(
        "DELETE FROM sites WHERE id IN (SELECT id FROM sites ORDER BY last_seen DESC, id DESC LIMIT -1 OFFSET ?)",
        (MOST_HOSTS,),
    )
