"""One look at a source: fetch, compare, read in a worker; what is to be recorded comes back as a value.

Nothing is decided here: judge/cadence.py and judge/health.py do that when the look is recorded.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from aiwatch.fetch import Fetcher, PutOff, host_of
from aiwatch.model import (
    FetchFailure,
    Page,
    Reading,
    Secret,
    Source,
    Target,
    Validators,
)
from aiwatch.sources import read_source
from aiwatch.store.polls import Document, Look
from aiwatch.store.sources import SourceState
from aiwatch.workers import WorkerFailure, Workers

FEED_SECONDS = 20.0  # CPU deadline of one feed; the slowest of 122 real ones took 0.23 s
FORGET_VALIDATORS = timedelta(
    days=8
)  # some servers answer any condition with 304 (NetNewsWire does the same)
MOST_DOCUMENTS = 5  # parts of a sitemap index asked in one look, the newest


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
        if isinstance(outcome, PutOff):
            return outcome
        found = Look(source=source, at=now, asked=state.address, outcome=outcome)
        if isinstance(outcome, Page):
            found = replace(found, outcome=replace(outcome, body=b""))
            if body_hash(outcome.body) != state.body_hash:
                found = await _read_whole(found, outcome, state.marks, tools.workers)
    if isinstance(found.outcome, FetchFailure):
        return found
    listed = found.reading.follow if found.reading else tuple(part.url for part in parts)
    if not listed:
        return found
    return await _with_parts(found, listed[:MOST_DOCUMENTS], parts, tools)


def first_look(source: Source, page: Page, reading: Reading, now: datetime) -> Look:
    """What was found at a source before it was one, as its first poll: nobody is asked twice in a row."""
    return Look(
        source=source,
        at=now,
        asked=source.url,
        outcome=replace(page, body=b""),
        reading=reading,
        body_hash=body_hash(page.body),
        host=host_of(source.url),
    )


async def _read_whole(found: Look, page: Page, seen: frozenset[str], workers: Workers) -> Look:
    reading = await _read(found.source, page, seen, workers)
    if isinstance(reading, FetchFailure):
        return replace(found, outcome=reading)
    return replace(
        found, outcome=replace(page, body=b""), reading=reading, body_hash=body_hash(page.body)
    )


def _target(source: Source, state: SourceState, now: datetime) -> Target:
    stale = state.read_at is not None and now - state.read_at > FORGET_VALIDATORS
    return Target(
        url=state.address,
        accept="feed" if source.kind in ("feed", "sitemap", "json") else "page",
        validators=Validators() if stale else state.validators,
        headers=_headers(source, state.address),
        user_agent=source.user_agent,
        proxy=source.proxy,
        allow_private=source.allow_private,
    )


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
            url=source.url, kind="worker", detail=reading.reason, status=page.status
        )
    if not reading.usable:
        words = reading.problem or f"not a {source.kind}"
        return FetchFailure(url=source.url, kind="reading", detail=words, status=page.status)
    return reading


async def _with_parts(
    found: Look, urls: Sequence[str], known: Sequence[Document], tools: Tools
) -> Look:
    """What the listed documents hold, each asked with its own validators; one that fails is asked again next time."""
    before = {part.url: part for part in known}
    nothing = Document(url="", validators=Validators(), body_hash=None)
    looks = [await _part(found, replace(before.get(url, nothing), url=url), tools) for url in urls]
    readings = [one.reading for one in looks if one.reading]
    failures = [one.outcome for one in looks if isinstance(one.outcome, FetchFailure)]
    if not readings:
        # Where one part fails and the others are as they were, the whole is asked again in its time.
        return replace(found, outcome=failures[0], reading=None) if failures else found
    entries = tuple({entry.id: entry for one in readings for entry in one.entries}.values())
    whole = found.reading or Reading()
    title = whole.title or next((one.title for one in readings if one.title), "")
    return replace(
        found,
        documents=tuple(part for one in looks for part in one.documents),
        reading=replace(whole, title=title, entries=entries, listed=len(entries)),
    )


async def _part(found: Look, part: Document, tools: Tools) -> Look:
    """One listed document, as a look of its own."""
    source = found.source
    target = Target(
        url=part.url,
        validators=part.validators,
        headers=_headers(source, part.url),
        user_agent=source.user_agent,
        proxy=source.proxy,
        allow_private=source.allow_private,
    )
    async with tools.fetcher.getting(target, found.at) as outcome:
        look_ = replace(found, outcome=outcome, reading=None, asked=part.url)
        if not isinstance(outcome, Page) or body_hash(outcome.body) == part.body_hash:
            return look_
        read = await _read_whole(look_, outcome, frozenset(), tools.workers)
    if read.reading is None:
        return read
    kept = Document(url=part.url, validators=outcome.validators, body_hash=read.body_hash)
    return replace(read, documents=(kept,))


def _headers(source: Source, url: str) -> tuple[tuple[str, Secret], ...]:
    """The configured headers, keys perhaps, go to the configured origin alone (RFC 9110 15.4)."""
    return source.headers if _origin(url) == _origin(source.url) else ()


def _origin(url: str) -> tuple[str, str]:
    return url.partition("://")[0], host_of(url)


def body_hash(body: bytes) -> str:
    """The same bytes again are not read again."""
    return blake2b(body, digest_size=16).hexdigest()
