"""What is watched, as the table has it: configured, due, paused, and how it stood at the last poll."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Literal

from aiwatch.judge.cadence import LONGEST_WAIT, NEVER
from aiwatch.judge.health import Vitals
from aiwatch.model import Hints, Source, SourceName, Validators
from aiwatch.store.times import dumps, from_text, maybe_time, to_text
from aiwatch.text.signin import without_sign_in

CLOCK_JUMP = timedelta(hours=1)  # a smaller step back only makes us come that much later

SourceHealth = Literal["new", "working", "failing", "stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What we know of a source from earlier polls."""

    name: SourceName
    kind: str
    url: str  # as configured, but for a sign-in in it
    effective_url: str | None  # where it has moved for good
    moved_to: str | None  # where permanent redirects led last
    moved_sightings: int
    title: str | None
    state: SourceHealth
    words: str
    validators: Validators
    body_hash: str | None
    marks: frozenset[str]
    hints: Hints
    listed: int | None
    known: int | None
    interval: timedelta | None
    usual_gap: timedelta | None
    longest_gap: timedelta | None
    first_success: datetime | None
    last_success: datetime | None
    last_attempt: datetime | None
    last_new: datetime | None
    read_at: datetime | None
    next_due: datetime
    due_reason: str
    not_before: datetime | None
    failures: int
    paused: bool
    told: frozenset[str]

    @property
    def address(self) -> str:
        """Where it is asked."""
        return self.effective_url or self.url

    def vitals(self, *, enabled: bool = True) -> Vitals:
        """The same as judge/health.py takes it."""
        return Vitals(
            state=self.state,
            paused=self.paused,
            enabled=enabled,
            failures=self.failures,
            detail=self.words,
            last_success=self.last_success,
            last_new=self.last_new,
            first_success=self.first_success,
            not_before=self.not_before,
            next_due=self.next_due,
            usual_gap=self.usual_gap,
            longest_gap=self.longest_gap,
            listed=self.listed,
            known=self.known,
            moved_to=self.effective_url,
            told=self.told,
        )


# With another address or kind everything starts over; with other keys about what is asked, what was read of it does.
_AFRESH = (
    "etag = NULL, last_modified = NULL, body_hash = NULL, marks = NULL, failures = 0, state = 'new',"
    " next_due = :now, told = '[]', interval = NULL"
)


def sync(db: sqlite3.Connection, sources: Iterable[Source], now: datetime) -> None:
    """Make the table know every configured source.

    One whose address changed starts afresh, backlog and all. One that is asked for something else (options, headers)
    is read again at once; a listing's or page's next look is then a baseline. One that is asked in another way (proxy,
    user agent) is tried again at once if it was in trouble, also where it had stopped (401, 410).
    """
    for source in sources:
        url = without_sign_in(source.url)
        row = {
            "name": source.name,
            "kind": source.kind,
            "url": url,
            "written": source.url,
            "setup": f"{_hash(_what(source))} {_hash(_how(source))}",
            "now": to_text(now),
            "never": to_text(NEVER),
        }
        if url != source.url:
            db.execute(_SIGN_IN_FORGOTTEN, row)
        afresh = db.execute(_NEW_OR_MOVED, row).rowcount + db.execute(_OTHER_KEYS, row).rowcount
        if afresh:  # also what it lists: a part's 304 would hide what is wanted of it now
            db.execute("DELETE FROM documents WHERE source = :name", row)
        db.execute(_OTHER_WAY, row)
        db.execute(
            "UPDATE sources SET setup = :setup WHERE name = :name AND setup IS NOT :setup", row
        )


# Until November 2026 the table held addresses with their sign-in.
_SIGN_IN_FORGOTTEN = "UPDATE sources SET url = :url WHERE name = :name AND url = :written"
_LIFTED = "not_before = CASE WHEN not_before < :never THEN not_before END"
_NEW_OR_MOVED = (
    "INSERT INTO sources (name, kind, url, setup, state, words, next_due, due_reason, failures)"  # noqa: S608 - constants
    " VALUES (:name, :kind, :url, :setup, 'new', 'not read yet', :now, 'new', 0)"
    f" ON CONFLICT (name) DO UPDATE SET kind = :kind, url = :url, setup = :setup, {_AFRESH},"
    " words = 'address changed, not read yet', due_reason = 'address changed', first_success = NULL,"
    " not_before = NULL, effective_url = NULL, moved_to = NULL, moved_sightings = 0, hints = NULL,"
    " listed = NULL, known = NULL, usual_gap = NULL, longest_gap = NULL"
    " WHERE url <> :url OR kind <> :kind"
)
_OTHER_KEYS = (
    f"UPDATE sources SET {_AFRESH}, {_LIFTED}, words = 'configuration changed, not read yet',"  # noqa: S608 - constants
    " due_reason = 'configuration changed', setup = :setup, listed = 0,"
    " first_success = CASE WHEN kind IN ('listing', 'page') THEN NULL ELSE first_success END"
    " WHERE name = :name AND substr(setup, 1, 8) <> substr(:setup, 1, 8)"
)
_OTHER_WAY = (
    f"UPDATE sources SET next_due = :now, {_LIFTED}, due_reason = 'configuration changed', failures = 0"  # noqa: S608 - constants
    " WHERE name = :name AND setup <> :setup AND state IN ('failing', 'stopped')"
)


def _what(source: Source) -> object:
    """The keys that decide what a source is asked for."""
    headers = sorted((name, secret.value) for name, secret in source.headers)
    return headers, sorted((key, repr(value)) for key, value in source.options.items())


def _how(source: Source) -> object:
    """The keys that decide by which way it is asked."""
    proxy = source.proxy.value if source.proxy else None
    signed_in = (source.url,) if without_sign_in(source.url) != source.url else ()
    return source.user_agent, proxy, source.allow_private, *signed_in


def _hash(keys: object) -> str:
    """Enough to see a change, too short to guess a secret from: 8 characters."""
    return blake2b(repr(keys).encode(), digest_size=4).hexdigest()


def states(db: sqlite3.Connection, names: Sequence[str]) -> tuple[SourceState, ...]:
    """The named sources as they stand, longest due first."""
    rows = db.execute(
        "SELECT * FROM sources WHERE name IN (SELECT value FROM json_each(?)) ORDER BY next_due, name",
        (json.dumps(list(names)),),
    )
    return tuple(state_of(row) for row in rows)


def due_names(db: sqlite3.Connection, now: datetime) -> frozenset[str]:
    """Sources whose time has come, or that were asked in the future: the clock has been set back."""
    # Two questions, as one with OR goes through all sources.
    rows = db.execute(
        "SELECT name FROM sources WHERE next_due <= :now AND NOT paused"
        " UNION SELECT name FROM sources WHERE last_attempt > :ahead AND next_due < :never AND NOT paused",
        {"now": to_text(now), "ahead": to_text(now + CLOCK_JUMP), "never": to_text(NEVER)},
    )
    return frozenset(row["name"] for row in rows)


def forbidden_names(db: sqlite3.Connection, now: datetime) -> frozenset[str]:
    """Sources whose server asked not to be asked yet; a wait longer than any is left over from a clock set back."""
    rows = db.execute(
        "SELECT name FROM sources WHERE not_before > ? AND (not_before <= ? OR not_before >= ?)",
        (to_text(now), to_text(now + LONGEST_WAIT), to_text(NEVER)),
    )
    return frozenset(row["name"] for row in rows)


def paused_names(db: sqlite3.Connection) -> frozenset[str]:
    """Sources that are left alone (`sources pause`)."""
    return frozenset(row["name"] for row in db.execute("SELECT name FROM sources WHERE paused"))


def pause(db: sqlite3.Connection, name: str, *, paused: bool) -> None:
    """Leave a source alone, or go on where it stood."""
    db.execute("UPDATE sources SET paused = ? WHERE name = ?", (int(paused), name))


def moved(db: sqlite3.Connection) -> Mapping[str, str]:
    """Where sources are asked that have moved for good."""
    rows = db.execute("SELECT name, effective_url FROM sources WHERE effective_url IS NOT NULL")
    return {row["name"]: row["effective_url"] for row in rows}


def twins(sources: Iterable[Source], moved_to: Mapping[str, str]) -> Mapping[str, str]:
    """Sources that have moved to the address of another one, which is asked for both: name -> that other's name."""
    if not moved_to:
        return {}
    known: dict[tuple[str, str, str], str] = {}
    doubled: dict[str, str] = {}
    for source in sorted(sources, key=lambda one: one.name in moved_to):
        address = moved_to.get(source.name, source.url)
        key = (address, source.kind, repr(sorted(source.options.items())))
        first = known.setdefault(key, source.name)
        if first != source.name and source.name in moved_to:
            doubled[source.name] = first
    return doubled


def hints_to_json(hints: Hints) -> str:
    """As the table keeps them."""
    return dumps(
        {
            "ttl": _seconds(hints.ttl),
            "update_every": _seconds(hints.update_every),
            "skip_hours": hints.skip_hours,
            "skip_days": hints.skip_days,
        }
    )


def hints_from_json(text: str | None) -> Hints:
    """What a feed asked for when it was last read."""
    if not text:
        return Hints()
    said: dict[str, Any] = json.loads(text)
    return Hints(
        ttl=_span(said["ttl"]),
        update_every=_span(said["update_every"]),
        skip_hours=tuple(said["skip_hours"]),
        skip_days=tuple(said["skip_days"]),
    )


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def state_of(row: sqlite3.Row) -> SourceState:
    """A row as a value."""
    return SourceState(
        name=row["name"],
        kind=row["kind"],
        url=row["url"],
        effective_url=row["effective_url"],
        moved_to=row["moved_to"],
        moved_sightings=row["moved_sightings"],
        title=row["title"],
        state=row["state"],
        words=row["words"],
        validators=Validators(etag=row["etag"], last_modified=row["last_modified"]),
        body_hash=row["body_hash"],
        marks=frozenset(json.loads(row["marks"] or "[]")),
        hints=hints_from_json(row["hints"]),
        listed=row["listed"],
        known=row["known"],
        interval=_span(row["interval"]),
        usual_gap=_span(row["usual_gap"]),
        longest_gap=_span(row["longest_gap"]),
        first_success=maybe_time(row["first_success"]),
        last_success=maybe_time(row["last_success"]),
        last_attempt=maybe_time(row["last_attempt"]),
        last_new=maybe_time(row["last_new"]),
        read_at=maybe_time(row["read_at"]),
        next_due=from_text(row["next_due"]),
        due_reason=row["due_reason"],
        not_before=maybe_time(row["not_before"]),
        failures=row["failures"],
        paused=bool(row["paused"]),
        told=frozenset(json.loads(row["told"])),
    )
