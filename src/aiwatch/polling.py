"""One look at a source: fetch, compare, read in a worker; what is to be recorded comes back as a value.

What follows from it is decided when it is recorded (judge/cadence.py, judge/health.py); here only what a list's parts
come to together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aiwatch.fetch import Fetcher, PutOff, host_of
from aiwatch.model import (
    FetchFailure,
    Outcome,
    Page,
    Reading,
    Secret,
    Source,
    Target,
    Validators,
)
from aiwatch.sources import read_source
from aiwatch.sources.sameness import body_hash
from aiwatch.store.polls import Document, Look
from aiwatch.store.sources import SourceState
from aiwatch.text.signin import without_sign_in
from aiwatch.workers import WorkerFailure, Workers

FEED_SECONDS = 20.0  # CPU deadline of one feed; the slowest of 122 real ones took 0.23 s
FORGET_VALIDATORS = timedelta(
    days=8
)  # some servers answer any condition with 304 (NetNewsWire does the same)
MOST_DOCUMENTS = 5  # parts of a sitemap index asked in one look, the newest
# Seconds that each of them waits for its host's turn at least, as the list has just been asked there: longer than the
# minute that some hosts want, and not the hour that one may be held.
PARTS_PATIENCE = 90.0
FIRST_TRIES = 2  # failed first looks that wait for a part which fails


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What a look needs."""

    fetcher: Fetcher
    workers: Workers
    patience: float  # seconds to wait for a slow host's turn


async def look(
    source: Source, state: SourceState, parts: Sequence[Document], tools: Tools, now: datetime
) -> Look | PutOff:
    """Ask a source once, and the parts it lists; never raises for what comes from outside.

    PutOff: nothing was asked, as its host's turn is further away than `patience`.
    """
    target = _target(source, state, now)
    async with tools.fetcher.getting(target, now, patience=tools.patience) as outcome:
        if isinstance(outcome, PutOff) and not outcome.redirected:
            return outcome
        found = Look(source=source, at=now, asked=state.address, outcome=outcome)
        if isinstance(outcome, Page):
            found = replace(found, outcome=replace(outcome, body=b""))
            if body_hash(outcome.body, source.kind) != state.body_hash:
                found = await _read_whole(found, outcome, state.marks, tools.workers)
    if isinstance(found.outcome, FetchFailure):
        return found
    if found.reading:
        before = {part.url: part for part in parts}
        urls = tuple(dict.fromkeys(found.reading.follow))[:MOST_DOCUMENTS]
        parts = [before.get(url, Document(url=url)) for url in urls]
        found = replace(found, documents=())
    return await _with_parts(found, parts, state, tools) if parts else found


def first_look(source: Source, page: Page, reading: Reading, now: datetime) -> Look:
    """What was found at a source before it was one, as its first poll: nobody is asked twice in a row."""
    return Look(
        source=source,
        at=now,
        asked=without_sign_in(source.url),
        outcome=replace(page, body=b""),
        reading=reading,
        body_hash=body_hash(page.body, source.kind),
        documents=tuple(Document(url=url) for url in dict.fromkeys(reading.follow))[
            :MOST_DOCUMENTS
        ],
        host=host_of(source.url),
    )


async def _read_whole(found: Look, page: Page, seen: frozenset[str], workers: Workers) -> Look:
    reading = await _read(found.source, page, seen, workers)
    if isinstance(reading, FetchFailure):
        return replace(found, outcome=reading)
    return replace(
        found,
        outcome=replace(page, body=b""),
        reading=reading,
        body_hash=body_hash(page.body, found.source.kind),
    )


def _target(source: Source, state: SourceState, now: datetime) -> Target:
    stale = state.read_at is not None and now - state.read_at > FORGET_VALIDATORS
    return Target(
        url=_whole_address(source, state),
        accept="feed" if source.kind in ("feed", "sitemap", "json") else "page",
        validators=Validators() if stale else state.validators,
        headers=_headers(source, state.address),
        user_agent=source.user_agent,
        proxy=source.proxy,
        allow_private=source.allow_private,
    )


def _whole_address(source: Source, state: SourceState) -> str:
    """With the sign-in of the configured address, which no table holds."""
    return source.url if without_sign_in(source.url) == state.address else state.address


async def _read(
    source: Source, page: Page, seen: frozenset[str], workers: Workers
) -> Reading | FetchFailure:
    """The body read in a worker; a failure where it is no such source, or kills its reader."""
    reading = await workers.run(
        read_source,
        source.kind,
        page.body,
        page.url,
        page.content_type,
        dict(source.options),
        seen,
        deadline=FEED_SECONDS,
    )
    if isinstance(reading, WorkerFailure):
        return FetchFailure(
            url=page.asked_for, kind="worker", detail=reading.reason, status=page.status
        )
    if not reading.usable:
        words = reading.problem or f"not a {source.kind}"
        return FetchFailure(url=page.asked_for, kind="reading", detail=words, status=page.status)
    return reading


async def _with_parts(
    found: Look, parts: Sequence[Document], state: SourceState, tools: Tools
) -> Look:
    """What the listed documents hold, each asked with its own validators; one that fails is asked again next time.

    All of them are kept, in their order, as the list itself may be a 304 next time.
    """
    looks = [await _part(found, part, tools) for part in parts]
    readings = [one.reading for one in looks if one.reading]
    kept = tuple(part for one in looks for part in one.documents or ())
    found = replace(found, documents=kept, outcome=_of_all(found, looks, state))
    if not readings:
        return replace(found, reading=None)
    entries = tuple({entry.id: entry for one in readings for entry in one.entries}.values())
    whole = found.reading or Reading()
    title = whole.title or next((one.title for one in readings if one.title), "")
    # A part as it was lists what is known: with it none of the others is a gap.
    same = sum(not one.reading and not isinstance(one.outcome, FetchFailure) for one in looks)
    return replace(
        found, reading=replace(whole, title=title, entries=entries, listed=len(entries) + same)
    )


def _of_all(found: Look, looks: Sequence[Look], state: SourceState) -> Outcome:
    """As what a look counts whose parts fare differently.

    Where all fail the source does, and where one asks us to wait the source waits, with what the others brought. Its
    first look ends when all were read, or what a later one lists would be taken for news; but it is not tried for ever.
    """
    missing = [
        _not_the_whole(one.outcome) for one in looks if isinstance(one.outcome, FetchFailure)
    ]
    failures = [one for one in missing if not isinstance(one, PutOff)]
    waits = sorted((one for one in failures if one.retry_after), key=_wait)
    first = state.first_success is None and state.failures < FIRST_TRIES
    if waits:
        return waits[-1]
    if missing and (first or len(failures) == len(looks)):
        return missing[0]
    return found.outcome


def _wait(failure: FetchFailure) -> timedelta:
    return failure.retry_after or timedelta()


async def _part(found: Look, part: Document, tools: Tools) -> Look:
    """One listed document, as a look of its own; `documents` is how it is kept."""
    source = found.source
    target = Target(
        url=part.url,
        validators=part.validators,
        headers=_headers(source, part.url),
        user_agent=source.user_agent,
        proxy=source.proxy,
        allow_private=source.allow_private,
    )
    patience = max(tools.patience, PARTS_PATIENCE)
    async with tools.fetcher.getting(target, found.at, patience=patience) as outcome:
        one = replace(found, outcome=outcome, reading=None, documents=(part,))
        if isinstance(outcome, FetchFailure):
            return one
        kept = replace(part, validators=outcome.validators)
        if not isinstance(outcome, Page) or (
            body_hash(outcome.body, source.kind) == part.body_hash
        ):
            return replace(one, outcome=_without_body(outcome), documents=(kept,))
        read = await _read_whole(one, outcome, frozenset(), tools.workers)
    if read.reading is None:
        return read
    return replace(read, documents=(replace(kept, body_hash=read.body_hash),))


def _not_the_whole(failure: FetchFailure) -> FetchFailure:
    """A part that is gone or closed (which would stop a source) says nothing of the list that names it."""
    return replace(failure, status={401: 403, 410: 404}.get(failure.status or 0, failure.status))


def _without_body(outcome: Outcome) -> Outcome:
    return replace(outcome, body=b"") if isinstance(outcome, Page) else outcome


def _headers(source: Source, url: str) -> tuple[tuple[str, Secret], ...]:
    """The configured headers, keys perhaps, go to the configured origin alone (RFC 9110 15.4)."""
    if not source.headers or _origin(url) != _origin(source.url):
        return ()
    return source.headers


def _origin(url: str) -> tuple[str, str]:
    return url.partition("://")[0], host_of(url)
