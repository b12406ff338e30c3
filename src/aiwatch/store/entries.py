"""What sources list: seen once, then waiting to become articles."""

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Literal

from aiwatch.judge.alerting import first_tell
from aiwatch.model import ArticleId, Change, Entry, Source, SourceName, Tell, Validators
from aiwatch.store.times import maybe_text, to_text

AT_ONE_TIME = timedelta(minutes=2)  # so long a page may take, with its host's turn and its reading
LONGEST_WAIT = timedelta(
    days=1
)  # of an entry: what waits longer, waits by a clock that was set back


@dataclass(frozen=True, slots=True, kw_only=True)
class ToFile:
    """An entry that waits to become an article."""

    id: int
    source: SourceName
    entry: Entry
    tell: Tell
    attempts: int
    page: Validators = field(default_factory=Validators)  # of its page, where it was read before


Seen = Literal["fresh", "edited", "known"]


def see(
    db: sqlite3.Connection,
    listed: Sequence[Entry],
    source: Source,
    now: datetime,
    *,
    first: bool,
    baseline: bool,
) -> Counter[Seen]:
    """Keep what a source lists, in this order: new ones and those whose wording changed wait for filing."""
    rows = db.execute(
        "SELECT entry_id, id, content_hash, state FROM entries"
        " WHERE source = ? AND entry_id IN (SELECT value FROM json_each(?))",
        (source.name, json.dumps([entry.id for entry in listed])),
    )
    before = {row["entry_id"]: row for row in rows}
    found: Counter[Seen] = Counter()
    for entry in listed:
        known = before.get(entry.id)
        if known is None:
            new = first and entry.change is None
            _insert(db, entry, source, now, first=new, baseline=baseline)
        found["fresh" if known is None else _see_again(db, entry, known)] += 1
    return found


def _see_again(db: sqlite3.Connection, entry: Entry, known: sqlite3.Row) -> Seen:
    fingerprint = content_hash(entry)
    if known["content_hash"] == fingerprint:
        return "known"
    if known["state"] == "to file":
        db.execute(
            "UPDATE entries SET content_hash = ?, title = ? WHERE id = ?",
            (fingerprint, entry.title, known["id"]),
        )
        _lay_down(db, known["id"], entry)
        return "known"
    db.execute(
        "UPDATE entries SET content_hash = ?, title = ?, state = 'to file', attempts = 0, not_before = NULL WHERE id = ?",
        (fingerprint, entry.title, known["id"]),
    )
    _lay_down(db, known["id"], entry)
    return "edited"


def _lay_down(db: sqlite3.Connection, id_: int, entry: Entry) -> None:
    """Keep an entry whole until it is filed; in a table of its own, whose pages are used again."""
    db.execute(
        "INSERT OR REPLACE INTO bodies (entry, body) VALUES (?, ?)", (id_, entry_to_json(entry))
    )


def filed(db: sqlite3.Connection, id_: int, article: ArticleId) -> None:
    """The entry has become an article: what was laid down goes."""
    db.execute("UPDATE entries SET state = 'filed', article = ? WHERE id = ?", (article, id_))
    db.execute("DELETE FROM bodies WHERE entry = ?", (id_,))


def _insert(
    db: sqlite3.Connection,
    entry: Entry,
    source: Source,
    now: datetime,
    *,
    first: bool,
    baseline: bool,
) -> None:
    tell = first_tell(
        entry.published,
        first_poll=first,
        backlog=source.backlog,
        baseline=baseline,
        now=now,
    )
    published = min(entry.published, now) if entry.published else None
    state = "given up" if first and _archive(source) else "to file"
    cursor = db.execute(
        "INSERT INTO entries (source, entry_id, url, title, published, seen_at, content_hash, tell, state, attempts)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
        (
            source.name,
            entry.id,
            entry.url,
            entry.title,
            maybe_text(published),
            to_text(now),
            content_hash(entry),
            tell,
            state,
        ),
    )
    if state == "to file":
        _lay_down(db, cursor.lastrowid or 0, entry)


def _archive(source: Source) -> bool:
    """A sitemap without news tags lists every page there ever was, up to 50,000: none of them is asked for at first."""
    return source.kind == "sitemap" and bool(source.options.get("plain"))


FEW = 20  # kinds of signs in a text, dashes and quotation marks mostly, that are taken out one kind at a time
_NO_LETTERS = bytes(byte for byte in range(128) if not chr(byte).isalpha())


def content_hash(entry: Entry) -> str:
    """Of the wording alone: points, comment counts and view counters move with every poll and are no edit."""
    return blake2b(_letters(f"{entry.title}\n{entry.text}"), digest_size=12).hexdigest()


def _letters(text: str) -> bytes:
    """A text's letters, in UTF-8; asked of every entry that is listed, so never character by character."""
    letters = text.encode("utf-8", "ignore").translate(None, _NO_LETTERS)
    if letters.isascii():
        return letters
    words = letters.decode()
    others = [char for char in set(words) if not char.isalpha()]
    if len(others) > FEW:
        return "".join(filter(str.isalpha, words)).encode()
    for char in others:
        words = words.replace(char, "")
    return words.encode()


def to_file(
    db: sqlite3.Connection, limit: int, now: datetime, passed: Collection[int] = ()
) -> tuple[ToFile, ...]:
    """Entries that wait for filing, in order of publication, without those already `passed` in this round."""
    rows = db.execute(
        "SELECT entries.id, entries.source, entries.url, body, entries.tell, attempts, article, etag, last_modified"
        " FROM entries JOIN bodies ON bodies.entry = entries.id LEFT JOIN articles ON articles.id = entries.article"
        " WHERE state = 'to file' AND (not_before IS NULL OR not_before <= ? OR not_before > ?)"
        " AND entries.id NOT IN (SELECT value FROM json_each(?))"
        " ORDER BY coalesce(entries.published, seen_at), entries.id LIMIT ?",
        (to_text(now), to_text(now + LONGEST_WAIT), json.dumps(sorted(passed)), limit),
    )
    return tuple(map(_to_file, rows))


def _to_file(row: sqlite3.Row) -> ToFile:
    entry = entry_from_json(row["body"])
    same_page = row["article"] is not None and entry.url == row["url"]
    return ToFile(
        id=row["id"],
        source=row["source"],
        entry=entry,
        tell=row["tell"],
        attempts=row["attempts"],
        page=Validators(etag=row["etag"], last_modified=row["last_modified"])
        if same_page
        else Validators(),
    )


def waiting_to_file(db: sqlite3.Connection, passed: Collection[int] = ()) -> int:
    """How many entries wait."""
    row = db.execute(
        "SELECT COUNT(*) FROM entries WHERE state = 'to file' AND id NOT IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(passed)),),
    ).fetchone()
    return int(row[0])


def begun(db: sqlite3.Connection, entries: Collection[int], now: datetime) -> None:
    """Count an attempt before it is made, so that an item which kills its reader is not tried for ever.

    What several processes begin at one time is one attempt: a fourth of them once filed an entry without its page,
    because three others were just reading it.
    """
    db.execute(
        "UPDATE entries SET begun_at = :now, attempts = attempts + (begun_at IS NULL OR begun_at <= :before)"
        " WHERE id IN (SELECT value FROM json_each(:entries))",
        {
            "now": to_text(now),
            "before": to_text(now - AT_ONE_TIME),
            "entries": json.dumps(sorted(entries)),
        },
    )


def put_off(db: sqlite3.Connection, entry: int, until: datetime) -> None:
    """Try an entry whose filing failed again later."""
    db.execute("UPDATE entries SET not_before = ? WHERE id = ?", (to_text(until), entry))


def wait(db: sqlite3.Connection, entry: int, until: datetime) -> None:
    """Read an entry's page later, as its host's turn has not come: no attempt was made."""
    db.execute(
        "UPDATE entries SET not_before = ?, attempts = attempts - 1 WHERE id = ?",
        (to_text(until), entry),
    )


def give_up(db: sqlite3.Connection, entry: int) -> None:
    """Lay an entry aside that cannot be filed, unless another process just did; it stays visible."""
    db.execute("UPDATE entries SET state = 'given up' WHERE id = ? AND state = 'to file'", (entry,))


def entry_to_json(entry: Entry) -> str:
    """An entry as it waits in the table."""
    change = entry.change
    values: dict[str, Any] = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "text": entry.text,
        "authors": entry.authors,
        "published": entry.published.isoformat() if entry.published else None,
        "outlet": entry.outlet,
        "change": {"added": change.added, "removed": change.removed} if change else None,
    }
    return json.dumps(values, ensure_ascii=False)


def entry_from_json(text: str) -> Entry:
    """The entry that was laid down."""
    values = json.loads(text)
    published, change = values.pop("published"), values.pop("change", None)
    return Entry(
        **{**values, "authors": tuple(values["authors"])},
        published=datetime.fromisoformat(published) if published else None,
        change=Change(added=tuple(change["added"]), removed=tuple(change["removed"]))
        if change
        else None,
    )
