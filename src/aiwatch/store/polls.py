"""First transaction, *poll recorded*: validators, health, next due time and newly seen entries, together or not at all.

Never an ETag without its entries: the next answer would be a 304 and hide them for good. When the source is asked
again, what a watched page's edit is and what of it is trouble is decided here too, from the rows as they are.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from aiwatch.judge import cadence, changes, health
from aiwatch.judge import troubles as told
from aiwatch.judge.manners import HostState
from aiwatch.model import (
    Entry,
    FetchFailure,
    Hints,
    NotModified,
    Outcome,
    Page,
    Reading,
    Source,
    SourceName,
    Trouble,
    Validators,
)
from aiwatch.store import entries as listed_entries
from aiwatch.store import hosts, troubles
from aiwatch.store.sources import SourceState, hints_to_json, state_of
from aiwatch.store.times import dumps, from_text, maybe_text, to_text

FALL_BACK = (
    3  # failures in a row after which a moved source is asked at its configured address again
)
SIGHTINGS = 2  # polls that must have led to the same new address
GAPS_FROM = 300  # items whose times tell a source's rhythm


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A part that a source lists and that is asked too."""

    url: str
    validators: Validators = field(default_factory=Validators)
    body_hash: str | None = None  # None: not read yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at a source, before anything is decided from it."""

    source: Source
    at: datetime
    asked: str  # the address
    outcome: Outcome  # a FetchFailure also where what came could not be read
    reading: Reading | None = None  # None: nothing came, or what was read before
    body_hash: str | None = None
    documents: tuple[Document, ...] | None = None  # its parts, all of them; None: as they were
    host: str = ""  # under which name its host's requests are counted
    spacing: timedelta = timedelta(seconds=1)  # as configured, for hosts that ask for no more
    baseline: bool = False  # file all, tell nobody
    spread: float = 0.0
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a poll brought: entries never seen before, and known ones whose wording changed."""

    outcome: Literal["new", "unchanged", "failed"]
    words: str
    listed: int = 0
    fresh: int = 0
    edited: int = 0
    troubles: tuple[Trouble, ...] = ()
    host: HostState | None = None  # as it wants to be asked from now on


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What of a body was there before; None where no body came."""

    listed: int | None = None
    known: int | None = None
    fresh: int = 0
    edited: int = 0


def answered_at(look: Look) -> str:
    """The address that answered, or failed behind redirects: its host is the one to spare."""
    return look.outcome.url if isinstance(look.outcome, FetchFailure) else look.asked


def record(db: sqlite3.Connection, look: Look) -> Recorded:
    """Write one poll whole."""
    row = db.execute("SELECT * FROM sources WHERE name = ?", (look.source.name,)).fetchone()
    before = state_of(row)
    if look.asked != before.address:
        # Its validators would be sent to, and its items taken for those of, what is configured now.
        return Recorded(outcome="unchanged", words="its address has changed meanwhile: asked again")
    look = _not_gone(look, before)
    seen = _see_all(db, look, before)
    after = _decided(db, look, before, seen)
    noted, standing = told.troubles(
        before.vitals(), after.vitals(), look.source.name, look.at, look.zone
    )
    after = replace(after, told=standing)
    _update(db, look, after)
    _keep_parts(db, look)
    troubles.note(db, noted)
    host = hosts.answered(
        db,
        look.host,
        answered_at(look),
        look.outcome,
        look.at,
        worked_before=before.last_success is not None,
        configured=look.spacing,
    )
    recorded = Recorded(
        outcome="failed" if _failed(look) else "new" if look.reading else "unchanged",
        words=after.words,
        listed=seen.listed or 0,
        fresh=seen.fresh,
        edited=seen.edited,
        troubles=noted,
        host=host,
    )
    _log(db, look, recorded, seen.known)
    return recorded


def _log(db: sqlite3.Connection, look: Look, recorded: Recorded, known: int | None) -> None:
    db.execute(
        "INSERT INTO polls (source, at, outcome, status, detail, entries, fresh, known)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            look.source.name,
            to_text(look.at),
            recorded.outcome,
            _status(look.outcome),
            recorded.words,
            recorded.listed,
            recorded.fresh,
            known,
        ),
    )


def _not_gone(look: Look, before: SourceState) -> Look:
    """What is gone or closed at an address it had moved to may still stand at the configured one, which is asked next."""
    outcome = look.outcome
    if (
        before.effective_url
        and isinstance(outcome, FetchFailure)
        and outcome.status in cadence.STOPPED
    ):
        return replace(look, outcome=replace(outcome, status=404))
    return look


# ---------------------------------------------------------------- what came


def _see_all(db: sqlite3.Connection, look: Look, before: SourceState) -> _Seen:
    if look.reading is None:
        return _Seen()
    edit = _edit(db, look, before)
    first = before.first_success is None
    # Most feeds list the newest first; ids grow with time where an entry gives no date.
    found = listed_entries.see(
        db,
        (*reversed(look.reading.entries), *edit),
        look.source,
        look.at,
        first=first,
        baseline=look.baseline,
    )
    fresh = found["fresh"]
    total = len(look.reading.entries) if look.reading.listed is None else look.reading.listed
    return _Seen(listed=total, known=max(total - fresh, 0), fresh=fresh, edited=found["edited"])


def _edit(db: sqlite3.Connection, look: Look, before: SourceState) -> tuple[Entry, ...]:
    """A watched page's change as an entry. The first look, and the first with other keys, only lays down what it says."""
    lines = look.reading.lines if look.reading else None
    if lines is None or look.reading is None:
        return ()
    last = db.execute(
        "SELECT lines FROM snapshots WHERE source = ? ORDER BY id DESC LIMIT 1",
        (look.source.name,),
    ).fetchone()
    change = None
    if last is not None and before.body_hash is not None:
        change = changes.changed(json.loads(last["lines"]), lines)
        if change is None:
            return ()
    db.execute(
        "INSERT INTO snapshots (source, at, lines) VALUES (?, ?, ?)",
        (look.source.name, to_text(look.at), dumps(lines)),
    )
    if change is None:
        return ()
    title = look.reading.title
    return (changes.as_entry(look.source.name, title, change, look.at, look.asked),)


# ---------------------------------------------------------------- what follows


def _decided(db: sqlite3.Connection, look: Look, before: SourceState, seen: _Seen) -> SourceState:
    """The source as it stands after this look."""
    failed = _failed(look)
    failures = before.failures + 1 if failed else 0
    hints = look.reading.hints if look.reading else before.hints
    worked = None if failed else look.at
    due = _due(look, before, seen, failures, hints)
    rhythm = _rhythm(db, look.source.name) if seen.fresh else None
    usual, longest = rhythm or (before.usual_gap, before.longest_gap)
    moved = _moved(look, before, failures)
    return replace(
        before,
        **moved,
        title=(look.reading.title if look.reading else None) or before.title,
        state=health.state_of(look.outcome),
        words=_words(look),
        validators=_validators(look, before, moved),
        body_hash=look.body_hash or before.body_hash,
        marks=frozenset(look.reading.marks) if look.reading else before.marks,
        hints=hints,
        listed=before.listed if seen.listed is None else seen.listed,
        known=before.known if seen.known is None else seen.known,
        interval=due.interval,
        usual_gap=usual,
        longest_gap=longest,
        first_success=before.first_success or worked,
        last_success=worked or before.last_success,
        last_attempt=look.at,
        last_new=look.at if seen.fresh else before.last_new,
        read_at=look.at if isinstance(look.outcome, Page) else before.read_at,
        next_due=due.at,
        due_reason=due.reason,
        not_before=cadence.not_before(look.outcome, look.at),
        failures=failures,
    )


def _due(look: Look, before: SourceState, seen: _Seen, failures: int, hints: Hints) -> cadence.Due:
    facts = cadence.Facts(
        source=look.source,
        outcome=look.outcome,
        hints=hints,
        failures=failures,
        conditional=_conditional(look, before),
        listed=seen.listed,
        known=seen.known,
        interval=before.interval,
        elapsed=look.at - before.last_success if before.last_success else None,
        first=before.first_success is None,
        answered_before=before.last_success is not None,
    )
    return cadence.next_due(facts, look.at, look.spread)


def _failed(look: Look) -> bool:
    return isinstance(look.outcome, FetchFailure)


def _status(outcome: Outcome) -> int | None:
    return 304 if isinstance(outcome, NotModified) else outcome.status


def _words(look: Look) -> str:
    if isinstance(look.outcome, FetchFailure):
        return health.failure_words(look.outcome, look.at, look.zone)
    return "working"


def _conditional(look: Look, before: SourceState) -> bool:
    known = before.validators if isinstance(look.outcome, FetchFailure) else look.outcome.validators
    return known != Validators()


def _validators(look: Look, before: SourceState, moved: dict[str, Any]) -> Validators:
    """What is sent next time: nothing after a cut body (RFC 9112 8), nor at another address than it came from."""
    if not isinstance(look.outcome, FetchFailure):
        return look.outcome.validators
    fell_back = before.effective_url is not None and moved["effective_url"] is None
    if look.outcome.kind == "cut" or fell_back:
        return Validators()
    return before.validators


def _moved(look: Look, before: SourceState, failures: int) -> dict[str, Any]:
    """Where the source is asked from now on: at a new address once two polls in a row found it there."""
    now = {
        "effective_url": before.effective_url,
        "moved_to": before.moved_to,
        "moved_sightings": before.moved_sightings,
    }
    if isinstance(look.outcome, FetchFailure):
        gone = look.outcome.status in (404, 410)
        lost = before.effective_url is not None and (gone or failures >= FALL_BACK)
        return {"effective_url": None, "moved_to": None, "moved_sightings": 0} if lost else now
    there = look.outcome.moved_to
    if there is None:
        return {**now, "moved_to": None, "moved_sightings": 0}
    sightings = before.moved_sightings + 1 if there == before.moved_to else 1
    settled = there if sightings >= SIGHTINGS else before.effective_url
    return {"effective_url": settled, "moved_to": there, "moved_sightings": sightings}


def _rhythm(db: sqlite3.Connection, source: SourceName) -> Any:
    rows = db.execute(
        "SELECT coalesce(published, seen_at) AS at FROM entries WHERE source = ? ORDER BY id DESC LIMIT ?",
        (source, GAPS_FROM),
    )
    return health.gaps([from_text(row["at"]) for row in rows])


# ---------------------------------------------------------------- written


def _update(db: sqlite3.Connection, look: Look, after: SourceState) -> None:
    row = {
        "title": after.title,
        "state": after.state,
        "words": after.words,
        "etag": after.validators.etag,
        "last_modified": after.validators.last_modified,
        "body_hash": after.body_hash,
        "moved_to": after.moved_to,
        "moved_sightings": after.moved_sightings,
        "effective_url": after.effective_url,
        "first_success": maybe_text(after.first_success),
        "last_success": maybe_text(after.last_success),
        "last_attempt": maybe_text(after.last_attempt),
        "last_new": maybe_text(after.last_new),
        "read_at": maybe_text(after.read_at),
        "next_due": to_text(after.next_due),
        "due_reason": after.due_reason,
        "not_before": maybe_text(after.not_before),
        "failures": after.failures,
        "listed": after.listed,
        "known": after.known,
        "interval": after.interval.total_seconds() if after.interval else None,
        "usual_gap": after.usual_gap.total_seconds() if after.usual_gap else None,
        "longest_gap": after.longest_gap.total_seconds() if after.longest_gap else None,
        "told": dumps(sorted(after.told)),
    }
    if look.reading is not None:
        row |= {"marks": dumps(look.reading.marks), "hints": hints_to_json(look.reading.hints)}
    assignments = ", ".join(f"{name} = :{name}" for name in row)
    db.execute(
        f"UPDATE sources SET {assignments} WHERE name = :name",  # noqa: S608 - our own names
        {**row, "name": look.source.name},
    )


def _keep_parts(db: sqlite3.Connection, look: Look) -> None:
    """The parts that the source lists now; those that are no longer listed are not asked again."""
    if look.documents is None:
        return
    db.execute("DELETE FROM documents WHERE source = ?", (look.source.name,))
    db.executemany(
        "INSERT INTO documents (source, url, place, etag, last_modified, body_hash) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                look.source.name,
                part.url,
                place,
                part.validators.etag,
                part.validators.last_modified,
                part.body_hash,
            )
            for place, part in enumerate(look.documents)
        ],
    )


def documents(db: sqlite3.Connection, source: SourceName) -> tuple[Document, ...]:
    """The parts of a source as they were last read, in the order in which it lists them."""
    rows: Sequence[sqlite3.Row] = db.execute(
        "SELECT * FROM documents WHERE source = ? ORDER BY place", (source,)
    ).fetchall()
    return tuple(
        Document(
            url=row["url"],
            validators=Validators(etag=row["etag"], last_modified=row["last_modified"]),
            body_hash=row["body_hash"],
        )
        for row in rows
    )
