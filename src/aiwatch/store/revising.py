"""A filed article read again: nothing where its words are the same, else what it says now, and what of that matters.

Two readings are compared only where the same reader made both: two page reads by one version of aiwatch, or twice the
feed's own text. Then the old words are kept as a version, with the edits that a reader should know. Any other text
takes the old one's place silently: another extractor, or a page where there was only a feed, is no edit, nor is
anything where the old text was let go.
"""

import json
import re
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final, Literal

from aiwatch.judge import versions
from aiwatch.judge.versions import Edit, Wording
from aiwatch.model import ArticleId, Fingerprint, Match, ReadArticle, Subject
from aiwatch.store import candidates, search
from aiwatch.store import stories as stored
from aiwatch.store.times import dumps, maybe_text, to_text
from aiwatch.text.site import without

Matching = Callable[[Subject], tuple[Match, ...]]
Outcome = Literal["unchanged", "version", "reread"]
FEED: Final = "feed"
_WORDS: Final = re.compile(r"\d+(?:[.,:]\d+)+|[^\W_]+")


def revise(
    db: sqlite3.Connection,
    row: sqlite3.Row,
    read: ReadArticle,
    matches: tuple[Match, ...],
    given: str | None,
    now: datetime,
    match: Matching | None = None,
) -> Outcome:
    """Write what was read this time of the article in `row`.

    Where only the feed's own text came this time, the page's stays, with all that was found in it.

    Args:
        matches: of what was read.
        match: finds those of what is on file afterwards, where that is another title or text.
    """
    article, id_ = read.article, ArticleId(row["id"])
    if read.page is not None:
        db.execute(
            "UPDATE articles SET etag = ?, last_modified = ?, gone_at = NULL WHERE id = ?",
            (read.page.etag, read.page.last_modified, id_),
        )
    let_go = row["words"] > 0 and not row["text"]  # after `keep: bodies`, see retention.py
    if let_go and read.fingerprint.text_hash == row["text_hash"]:
        return "unchanged"
    worse = read.read_by == FEED and row["read_by"] != FEED
    headline, new_headline = _headlines(row, read)
    before = Wording(title=headline, text=_before(row, read))
    after = Wording(title=new_headline, text=row["text"] if worse else article.text)
    if _letters(after) in (_letters(before), _letters(replace(before, text=row["text"]))):
        return "unchanged"
    comparable = (worse or row["read_by"] == read.read_by) and not let_go
    if comparable:
        _keep(db, row, versions.revision(before, after).edits, now)
    _write(db, row, read, after, given, worse=worse)
    search.replace(db, id_, (row["title"], row["text"]), (after.title, after.text))
    if match is not None:
        stored.write_matches(db, id_, match(_subject(row, read, after, worse=worse)))
    elif worse:
        stored.add_matches(db, id_, matches)
    else:
        stored.write_matches(db, id_, matches)
    if not worse:
        replace_fingerprint(db, id_, read.fingerprint)
    return "version" if comparable else "reread"


def gone(db: sqlite3.Connection, row: sqlite3.Row, reason: str, now: datetime) -> None:
    """Note that an article's address holds nothing any more; its words stay."""
    edit = versions.gone(Wording(title=row["title"], text=row["text"]), reason)
    _keep(db, row, (edit,), now)


def is_gone(db: sqlite3.Connection, article: ArticleId) -> bool:
    """Whether that is what was noted of it last."""
    row = db.execute(
        "SELECT changes FROM versions WHERE article = ? ORDER BY id DESC LIMIT 1", (article,)
    ).fetchone()
    return row is not None and any(edit["kind"] == "gone" for edit in json.loads(row["changes"]))


def replace_fingerprint(db: sqlite3.Connection, article: ArticleId, print_: Fingerprint) -> None:
    """What of it is compared from now on."""
    candidates.let_hashes_go(db, article)
    candidates.keep_hashes(db, article, print_)
    db.execute(
        "UPDATE articles SET text_hash = ?, words = ?, numbers = ?, shingles = ? WHERE id = ?",
        (print_.text_hash, print_.words, dumps(print_.numbers), len(print_.shingles), article),
    )


# ---------------------------------------------------------------- parts


def _subject(row: sqlite3.Row, read: ReadArticle, after: Wording, *, worse: bool) -> Subject:
    """What topics are looked for in: the article as it is on file now."""
    return Subject(
        title=after.title,
        text=after.text,
        url=row["url"],
        source=row["source"],
        lang=row["lang"] if worse else read.article.lang,
    )


def _headlines(row: sqlite3.Row, read: ReadArticle) -> tuple[str, str]:
    """The headline before and now: the source's word for it, or the page's own, which a feed may lag behind."""
    listed = read.article.title
    if _plain(listed) != _plain(row["title"]):
        return row["title"], listed
    if (
        row["page_title"]
        and read.page_title
        and _plain(row["page_title"]) != _plain(read.page_title)
    ):
        return row["page_title"], read.page_title
    return row["title"], row["title"]


def _before(row: sqlite3.Row, read: ReadArticle) -> str:
    """The old text without the lines that are known by now to stand around every article of its host."""
    return without(row["text"], read.margins.left_out if read.margins else ())


def _letters(wording: Wording) -> str:
    return _plain(wording.title + wording.text)


def _plain(text: str) -> str:
    """Letters and digits, and the point of a number: $15 million are not $1.5 million."""
    return "".join(_WORDS.findall(text)).casefold()


def _keep(db: sqlite3.Connection, row: sqlite3.Row, edits: tuple[Edit, ...], now: datetime) -> None:
    db.execute(
        "INSERT INTO versions (article, until, title, text, changes) VALUES (?, ?, ?, ?, ?)",
        (
            row["id"],
            to_text(now),
            row["title"],
            row["text"],
            dumps({**asdict(edit), "corrects": edit.corrects} for edit in edits),
        ),
    )


def _write(
    db: sqlite3.Connection,
    row: sqlite3.Row,
    read: ReadArticle,
    after: Wording,
    given: str | None,
    *,
    worse: bool,
) -> None:
    article = read.article
    values: Mapping[str, Any] = {
        "id": row["id"],
        "title": after.title,
        "text": after.text,
        "given": given,
        "summary": article.summary,
        "modified": maybe_text(article.modified),
        "page_title": (row["page_title"] if worse else read.page_title) or None,
        "read_by": row["read_by"] if worse else read.read_by,
        "how": row["how"] if worse else dumps(article.how),
        "lang": row["lang"] if worse else article.lang,
    }
    db.execute(
        "UPDATE articles SET title = :title, text = :text, given = :given, summary = :summary,"
        " modified = coalesce(:modified, modified), page_title = :page_title, read_by = :read_by, how = :how,"
        " lang = :lang"
        " WHERE id = :id",
        values,
    )
