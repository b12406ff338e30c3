"""First transaction, *poll recorded*: validators, health, next due time and newly seen entries, together or not at all.

Never an ETag without its entries: the next answer would be a 304 and hide them for good.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, Literal

from aiwatch.judge.alerting import first_tell
from aiwatch.model import Entry, Source, SourceName, Tell, Validators
from aiwatch.store.times import from_text, maybe_text, maybe_time, to_text

SourceHealth = Literal["new", "working", "failing", "stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What we know of a source from earlier polls."""

    name: SourceName
    kind: str
    url: str
    title: str | None
    state: SourceHealth
    words: str
    validators: Validators
    body_hash: str | None
    first_success: datetime | None
    last_success: datetime | None
    last_attempt: datetime | None
    last_new: datetime | None
    next_due: datetime
    due_reason: str
    not_before: datetime | None
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One look at a source, as it is to be recorded."""

    source: Source
    at: datetime
    outcome: Literal["new", "unchanged", "failed"]
    detail: str
    state: SourceHealth
    failures: int
    next_due: datetime
    due_reason: str
    not_before: datetime | None = None
    status: int | None = None
    validators: Validators | None = None  # None: keep those we have
    body_hash: str | None = None
    title: str | None = None
    moved_to: str | None = None
    entries: tuple[Entry, ...] = ()
    baseline: bool = False  # file all, tell nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a poll brought: entries never seen before, and known ones whose wording changed."""

    fresh: int
    edited: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ToFile:
    """An entry that waits to become an article."""

    id: int
    source: SourceName
    entry: Entry
    tell: Tell
    attempts: int
    known: bool  # an edited entry: its article is there


def sync(db: sqlite3.Connection, sources: Iterable[Source], now: datetime) -> None:
    """Make the table know every configured source; one whose address changed starts afresh, backlog and all."""
    for source in sources:
        db.execute(
            "INSERT INTO sources (name, kind, url, state, words, next_due, due_reason, failures)"
            " VALUES (:name, :kind, :url, 'new', 'not read yet', :now, 'new', 0)"
            " ON CONFLICT (name) DO UPDATE SET kind = :kind, url = :url, etag = NULL, last_modified = NULL,"
            " body_hash = NULL, first_success = NULL, failures = 0, state = 'new', words = 'address changed, not read yet',"
            " next_due = :now, due_reason = 'address changed', not_before = NULL WHERE url <> :url OR kind <> :kind",
            {"name": source.name, "kind": source.kind, "url": source.url, "now": to_text(now)},
        )


def states(db: sqlite3.Connection, names: Sequence[str]) -> tuple[SourceState, ...]:
    """The named sources as they stand, longest due first."""
    rows = db.execute(
        "SELECT * FROM sources WHERE name IN (SELECT value FROM json_each(?)) ORDER BY next_due, name",
        (json.dumps(list(names)),),
    )
    return tuple(_state(row) for row in rows)


def due_names(db: sqlite3.Connection, now: datetime) -> frozenset[str]:
    """Sources whose time has come."""
    rows = db.execute("SELECT name FROM sources WHERE next_due <= ?", (to_text(now),))
    return frozenset(row["name"] for row in rows)


def forbidden_names(db: sqlite3.Connection, now: datetime) -> frozenset[str]:
    """Sources whose server asked not to be asked yet."""
    rows = db.execute("SELECT name FROM sources WHERE not_before > ?", (to_text(now),))
    return frozenset(row["name"] for row in rows)


def record(db: sqlite3.Connection, poll: Poll) -> Recorded:
    """Write one poll whole."""
    before = db.execute("SELECT * FROM sources WHERE name = ?", (poll.source.name,)).fetchone()
    first = before["first_success"] is None
    # Most feeds list the newest first; ids grow with time where an entry gives no date.
    changes = [_see(db, poll, entry, first=first) for entry in reversed(poll.entries)]
    recorded = Recorded(fresh=changes.count("fresh"), edited=changes.count("edited"))
    _update_source(db, poll, recorded)
    db.execute(
        "INSERT INTO polls (source, at, outcome, status, detail, entries, fresh) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            poll.source.name,
            to_text(poll.at),
            poll.outcome,
            poll.status,
            poll.detail,
            len(poll.entries),
            recorded.fresh,
        ),
    )
    return recorded


def to_file(
    db: sqlite3.Connection, limit: int, now: datetime, passed: Collection[int] = ()
) -> tuple[ToFile, ...]:
    """Entries that wait for filing, in order of publication, without those already `passed` in this round."""
    rows = db.execute(
        "SELECT id, source, body, tell, attempts, article FROM entries"
        " WHERE state = 'to file' AND (not_before IS NULL OR not_before <= ?)"
        " AND id NOT IN (SELECT value FROM json_each(?))"
        " ORDER BY coalesce(published, seen_at), id LIMIT ?",
        (to_text(now), json.dumps(sorted(passed)), limit),
    )
    return tuple(
        ToFile(
            id=row["id"],
            source=row["source"],
            entry=entry_from_json(row["body"]),
            tell=row["tell"],
            attempts=row["attempts"],
            known=row["article"] is not None,
        )
        for row in rows
    )


def waiting_to_file(db: sqlite3.Connection, passed: Collection[int] = ()) -> int:
    """How many entries wait."""
    row = db.execute(
        "SELECT COUNT(*) FROM entries WHERE state = 'to file' AND id NOT IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(passed)),),
    ).fetchone()
    return int(row[0])


def begun(db: sqlite3.Connection, entries: Collection[int]) -> None:
    """Count an attempt before it is made, so that an item which kills its reader is not tried for ever."""
    db.execute(
        "UPDATE entries SET attempts = attempts + 1 WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(entries)),),
    )


def put_off(db: sqlite3.Connection, entry: int, until: datetime) -> None:
    """Try an entry whose filing failed again later."""
    db.execute("UPDATE entries SET not_before = ? WHERE id = ?", (to_text(until), entry))


def give_up(db: sqlite3.Connection, entry: int) -> None:
    """Lay an entry aside that cannot be filed, unless another process just did; it stays visible."""
    db.execute("UPDATE entries SET state = 'given up' WHERE id = ? AND state = 'to file'", (entry,))


def _update_source(db: sqlite3.Connection, poll: Poll, recorded: Recorded) -> None:
    worked = poll.outcome != "failed"
    db.execute(
        """
        UPDATE sources SET
            title = coalesce(:title, title), state = :state, words = :words,
            etag = CASE WHEN :replace THEN :etag ELSE etag END,
            last_modified = CASE WHEN :replace THEN :last_modified ELSE last_modified END,
            body_hash = coalesce(:body_hash, body_hash), moved_to = :moved_to,
            first_success = coalesce(first_success, CASE WHEN :worked THEN :at END),
            last_success = CASE WHEN :worked THEN :at ELSE last_success END,
            last_attempt = :at, last_new = CASE WHEN :fresh THEN :at ELSE last_new END,
            next_due = :next_due, due_reason = :due_reason, not_before = :not_before, failures = :failures
        WHERE name = :name
        """,
        {
            "name": poll.source.name,
            "title": poll.title or None,
            "state": poll.state,
            "words": poll.detail,
            "replace": poll.validators is not None,
            "etag": poll.validators.etag if poll.validators else None,
            "last_modified": poll.validators.last_modified if poll.validators else None,
            "body_hash": poll.body_hash,
            "moved_to": poll.moved_to,
            "worked": worked,
            "at": to_text(poll.at),
            "fresh": recorded.fresh > 0,
            "next_due": to_text(poll.next_due),
            "due_reason": poll.due_reason,
            "not_before": maybe_text(poll.not_before),
            "failures": poll.failures,
        },
    )


def _see(
    db: sqlite3.Connection, poll: Poll, entry: Entry, *, first: bool
) -> Literal["fresh", "edited", "known"]:
    known = db.execute(
        "SELECT id, content_hash, state FROM entries WHERE source = ? AND entry_id = ?",
        (poll.source.name, entry.id),
    ).fetchone()
    fingerprint = content_hash(entry)
    if known is None:
        _insert(db, poll, entry, fingerprint, first=first)
        return "fresh"
    if known["content_hash"] == fingerprint or known["state"] == "to file":
        return "known"
    db.execute(
        "UPDATE entries SET content_hash = ?, title = ?, body = ?, state = 'to file', attempts = 0, not_before = NULL WHERE id = ?",
        (fingerprint, entry.title, entry_to_json(entry), known["id"]),
    )
    return "edited"


def _insert(
    db: sqlite3.Connection, poll: Poll, entry: Entry, fingerprint: str, *, first: bool
) -> None:
    tell = first_tell(
        entry.published,
        first_poll=first,
        backlog=poll.source.backlog,
        baseline=poll.baseline,
        now=poll.at,
    )
    published = min(entry.published, poll.at) if entry.published else None
    db.execute(
        "INSERT INTO entries (source, entry_id, url, title, published, seen_at, content_hash, tell, state, attempts, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'to file', 0, ?)",
        (
            poll.source.name,
            entry.id,
            entry.url,
            entry.title,
            maybe_text(published),
            to_text(poll.at),
            fingerprint,
            tell,
            entry_to_json(entry),
        ),
    )


def content_hash(entry: Entry) -> str:
    """Of the wording alone: points, comment counts and view counters move with every poll and are no edit."""
    words = "".join(char for char in f"{entry.title}\n{entry.text}" if char.isalpha())
    return blake2b(words.encode("utf-8", "replace"), digest_size=12).hexdigest()


def entry_to_json(entry: Entry) -> str:
    """An entry as it waits in the table."""
    values: dict[str, Any] = asdict(entry)
    values["published"] = entry.published.isoformat() if entry.published else None
    return json.dumps(values, ensure_ascii=False)


def entry_from_json(text: str) -> Entry:
    """The entry that was laid down."""
    values = json.loads(text)
    published = values.pop("published")
    return Entry(
        **{**values, "authors": tuple(values["authors"])},
        published=datetime.fromisoformat(published) if published else None,
    )


def _state(row: sqlite3.Row) -> SourceState:
    return SourceState(
        name=row["name"],
        kind=row["kind"],
        url=row["url"],
        title=row["title"],
        state=row["state"],
        words=row["words"],
        validators=Validators(etag=row["etag"], last_modified=row["last_modified"]),
        body_hash=row["body_hash"],
        first_success=maybe_time(row["first_success"]),
        last_success=maybe_time(row["last_success"]),
        last_attempt=maybe_time(row["last_attempt"]),
        last_new=maybe_time(row["last_new"]),
        next_due=from_text(row["next_due"]),
        due_reason=row["due_reason"],
        not_before=maybe_time(row["not_before"]),
        failures=row["failures"],
    )
