"""The whole flow on one page: what is watched becomes what is known.

    due sources | fetch | read in a worker | record the poll            (transaction 1: validators and entries)
    entries to file | fetch their page | read in a worker | judge, file (transaction 2: article, story, waiting)

`delivery.py` goes on from there: close alerts (3) and send (4). Nothing here decides; it asks `judge` and obeys.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b

from aiwatch.config.values import Config
from aiwatch.errors import AiwatchError
from aiwatch.fetch import Fetcher
from aiwatch.judge import cadence
from aiwatch.judge.topics import Matcher
from aiwatch.model import (
    Backlog,
    FetchFailure,
    Match,
    NotModified,
    Outcome,
    Page,
    ReadArticle,
    Reading,
    Source,
    Subject,
    Target,
    Trouble,
)
from aiwatch.sources import read_source
from aiwatch.store import Store, filing, polls, settings
from aiwatch.store.filing import Draft, Filed, Subscription
from aiwatch.store.polls import Poll, Recorded, SourceState, ToFile
from aiwatch.text.reading import article_of, wants_page
from aiwatch.text.urls import host
from aiwatch.workers import WorkerFailure, Workers

log = logging.getLogger(__name__)

POLLS_IN_FLIGHT = 12  # httpx slows down sharply above 20 requests in flight (performance.md 3)
PAGES_IN_FLIGHT = 6
BATCH = 60
TOGETHER = 20  # articles in one commit at most: a commit costs as much as judging one, and holds up other writers
FEED_SECONDS = 20.0  # CPU deadline of one feed; the slowest of 122 real ones took 0.23 s
PAGE_SECONDS = 10.0
PAGE_BYTES = 5_000_000  # six at once stay small; the largest of 1,893 real pages has 2.9 MB
PAGE_ATTEMPTS = 3  # after that an entry is filed with the feed's own text
GIVE_UP = 6
TRY_AGAIN = timedelta(minutes=5)  # doubled with each attempt
FIRST_LOOK: Backlog = timedelta(days=7)  # with no alerts configured, the very first pass

Progress = Callable[[str, int, int], None]
BeingRead = asyncio.Task[Draft | WorkerFailure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one look at a source came to."""

    source: str
    outcome: str
    detail: str
    entries: int
    fresh: int
    broke: bool  # it worked before, and failed now


@dataclass(slots=True)
class FilingReport:
    """What filing came to."""

    filed: list[Filed] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """The machinery that watches: everything it needs, handed in."""

    config: Config
    store: Store
    fetcher: Fetcher
    workers: Workers
    matcher: Matcher
    subscriptions: tuple[Subscription, ...]
    topic_words: frozenset[
        str
    ]  # names that every story of the beat shares: no evidence that two are one
    clock: Callable[[], datetime]
    spread: Callable[
        [], float
    ]  # [0, 1): how much a due time is shortened, so that polls do not march in step

    # ------------------------------------------------------------ poll

    async def due(self, names: Sequence[str] = (), *, every: bool = False) -> tuple[Source, ...]:
        """The sources to look at now: those whose time has come, those named, or all."""
        now = self.clock()
        sources = [
            source for source in self.config.sources if source.enabled or source.name in names
        ]
        await self.store.write(lambda db: polls.sync(db, sources, now))
        with self.store.read() as db:
            ready = polls.due_names(db, now)
            forbidden = polls.forbidden_names(db, now)
        return tuple(
            source
            for source in sources
            if (source.name in names if names else every or source.name in ready)
            and source.name not in forbidden
        )

    async def poll(
        self, sources: Sequence[Source], *, baseline: bool = False, progress: Progress | None = None
    ) -> tuple[Polled, ...]:
        """Look at each source once; no source's trouble is another's, and our own is raised when all have ended."""
        gate = asyncio.Semaphore(POLLS_IN_FLIGHT)
        with self.store.read() as db:
            known = {
                state.name: state for state in polls.states(db, [source.name for source in sources])
            }
            very_first = settings.number(db, "passes") == 0
        done = 0

        async def one(source: Source) -> Polled:
            nonlocal done
            async with gate:
                whole = self._backlog(source, very_first=very_first)
                polled = await self._guarded(whole, known[source.name], baseline=baseline)
            done += 1
            if progress:
                progress("sources", done, len(sources))
            return polled

        looks = await asyncio.gather(*(one(source) for source in sources), return_exceptions=True)
        for error in looks:
            if isinstance(error, BaseException):
                raise error
        return tuple(look for look in looks if isinstance(look, Polled))

    def _backlog(self, source: Source, *, very_first: bool) -> Source:
        """With no alerts configured the very first pass shows the last 7 days."""
        if not (self.config.implicit and very_first and isinstance(source.backlog, timedelta)):
            return source
        return replace(source, backlog=max(source.backlog, FIRST_LOOK))

    async def _guarded(self, source: Source, state: SourceState, *, baseline: bool) -> Polled:
        try:
            return await self._poll_one(source, state, baseline=baseline)
        except AiwatchError:  # a locked or full database is no fault of the source
            raise
        except Exception as error:  # a bug met by one source: recorded, shown, and the others go on
            log.exception("poll source=%r", source.name)
            failure = FetchFailure(
                url=source.url, kind="reading", detail=f"a bug in aiwatch: {error!r}"
            )
            return await self._record(source, state, failure, None)

    async def _poll_one(self, source: Source, state: SourceState, *, baseline: bool) -> Polled:
        target = Target(
            url=source.url,
            accept="feed",
            validators=state.validators,
            headers=source.headers,
            user_agent=source.user_agent,
            proxy=source.proxy,
            allow_private=source.allow_private,
        )
        outcome = await self.fetcher.get(target, self.clock())
        if not isinstance(outcome, Page):
            return await self._record(source, state, outcome, None)
        if body_hash(outcome.body) == state.body_hash:
            return await self._record(source, state, outcome, None)
        reading = await self.workers.run(
            read_source,
            source.kind,
            outcome.body,
            outcome.url,
            outcome.content_type,
            dict(source.options),
            deadline=FEED_SECONDS,
        )
        if isinstance(reading, WorkerFailure):
            failure = FetchFailure(
                url=source.url, kind="worker", detail=reading.reason, status=outcome.status
            )
            return await self._record(source, state, failure, None)
        if not reading.usable:
            words = reading.problem or "not a feed"
            failure = FetchFailure(
                url=source.url, kind="reading", detail=words, status=outcome.status
            )
            return await self._record(source, state, failure, None)
        return await self._record(source, state, outcome, reading, baseline=baseline)

    async def _record(
        self,
        source: Source,
        state: SourceState,
        outcome: Outcome,
        reading: Reading | None,
        *,
        baseline: bool = False,
    ) -> Polled:
        poll = self._as_poll(source, state, outcome, reading, baseline=baseline)
        recorded: Recorded = await self.store.write(lambda db: polls.record(db, poll))
        log.info(
            "poll source=%r outcome=%s entries=%d fresh=%d detail=%r",
            source.name,
            poll.outcome,
            len(poll.entries),
            recorded.fresh,
            poll.detail,
        )
        return Polled(
            source=source.name,
            outcome=poll.outcome,
            detail=poll.detail,
            entries=len(poll.entries),
            fresh=recorded.fresh + recorded.edited,
            broke=poll.outcome == "failed" and state.state == "working",
        )

    def _as_poll(
        self,
        source: Source,
        state: SourceState,
        outcome: Outcome,
        reading: Reading | None,
        *,
        baseline: bool,
    ) -> Poll:
        now = self.clock()
        failed = isinstance(outcome, FetchFailure)
        failures = state.failures + 1 if failed else 0
        hints = reading.hints if reading else None
        next_due, due_reason = cadence.next_due(
            source, outcome, hints, failures, now, self.spread()
        )
        page = outcome if isinstance(outcome, Page) else None
        return Poll(
            source=source,
            at=now,
            outcome="failed" if failed else "new" if reading else "unchanged",
            detail=cadence.health(outcome, reading, now, self.config.timezone),
            state=cadence.state(outcome),
            failures=failures,
            next_due=next_due,
            due_reason=due_reason,
            not_before=cadence.not_before(outcome, now),
            status=304 if isinstance(outcome, NotModified) else outcome.status,
            validators=None if isinstance(outcome, FetchFailure) else outcome.validators,
            body_hash=body_hash(page.body) if page else None,
            title=reading.title if reading else None,
            moved_to=page.moved_to if page else None,
            entries=reading.entries if reading else (),
            baseline=baseline,
        )

    # ------------------------------------------------------------ file

    async def file(self, *, tell: bool = True, progress: Progress | None = None) -> FilingReport:
        """File every entry that waits: pages come in side by side, filing goes in order of publication."""
        report = FilingReport()
        passed: set[int] = set()
        gate = asyncio.Semaphore(PAGES_IN_FLIGHT)
        while True:
            with self.store.read() as db:
                batch = polls.to_file(db, BATCH, self.clock(), passed)
                total = len(passed) + polls.waiting_to_file(db, passed)
            if not batch:
                return report
            await self.store.write(partial(polls.begun, entries=[item.id for item in batch]))
            tasks = [asyncio.create_task(self._read(item, gate)) for item in batch]
            waiting = deque(zip(batch, tasks, strict=True))
            try:
                while waiting:
                    ready = await _ready(waiting)
                    drafts = [await self._drafted(item, task, report) for item, task in ready]
                    await self._file_all([one for one in drafts if one], report, tell=tell)
                    passed.update(item.id for item, _ in ready)
                    if progress:
                        progress("articles", len(passed), total)
            finally:
                await _ended(tasks)

    async def _file_all(
        self, drafts: Sequence[tuple[ToFile, Draft]], report: FilingReport, *, tell: bool
    ) -> None:
        """File what has been read, in one commit; where one breaks it, each in a commit of its own."""
        try:
            filed = await self.file_drafts([draft for _, draft in drafts], tell=tell)
        except AiwatchError:  # a locked or full database is no fault of the items
            raise
        except Exception as error:  # one poison item: recorded, shown, and the others go on
            if len(drafts) > 1:
                for one in drafts:
                    await self._file_all([one], report, tell=tell)
                return
            item = drafts[0][0]
            log.exception("file entry=%d source=%r", item.id, item.source)
            await self._give_up(item, f"a bug in aiwatch: {error!r}", report)
            return
        for (item, _), done in zip(drafts, filed, strict=True):
            self._noted(item, done, report)

    async def _drafted(
        self, item: ToFile, task: BeingRead, report: FilingReport
    ) -> tuple[ToFile, Draft] | None:
        try:
            draft = await task
        except AiwatchError:
            raise
        except Exception as error:  # a bug met by one page: recorded, shown, and the others go on
            log.exception("read entry=%d source=%r", item.id, item.source)
            draft = WorkerFailure(reason=f"a bug in aiwatch: {error!r}")
        if isinstance(draft, WorkerFailure):
            await self._give_up(item, draft.reason, report)
            return None
        return item, draft

    def _noted(self, item: ToFile, filed: Filed, report: FilingReport) -> None:
        report.filed.append(filed)
        log.info(
            "file article=%d story=%d verdict=%s outcome=%s source=%r",
            filed.article,
            filed.story,
            filed.verdict.kind,
            filed.outcome,
            item.source,
        )

    async def file_drafts(self, drafts: Sequence[Draft], *, tell: bool = True) -> Sequence[Filed]:
        """Judge and write these articles one after the other, in one transaction."""
        subscriptions = self.subscriptions if tell else ()
        words, now = self.topic_words, self.clock()
        if not drafts:
            return ()
        return await self.store.write(
            lambda db: [filing.file(db, draft, subscriptions, words, now) for draft in drafts]
        )

    async def file_draft(self, draft: Draft, *, tell: bool = True) -> Filed:
        """Judge and write one article, in one transaction."""
        (filed,) = await self.file_drafts([draft], tell=tell)
        return filed

    async def _give_up(self, item: ToFile, reason: str, report: FilingReport) -> None:
        if item.attempts + 1 >= GIVE_UP:
            await self.store.write(lambda db: polls.give_up(db, item.id))
            report.troubles.append(
                Trouble(what=f"{item.source}: {item.entry.title!r} cannot be filed", detail=reason)
            )
        else:
            until = self.clock() + TRY_AGAIN * 2**item.attempts
            await self.store.write(lambda db: polls.put_off(db, item.id, until))
            log.warning("file again later entry=%d reason=%r", item.id, reason)

    async def _read(self, item: ToFile, gate: asyncio.Semaphore) -> Draft | WorkerFailure:
        source = self._source(item)
        wanted, _ = wants_page(item.entry, source)
        async with gate:
            page = (
                await self._page(item, source) if wanted and item.attempts < PAGE_ATTEMPTS else None
            )
            read = await self.workers.run(
                article_of, item.entry, source, page, deadline=PAGE_SECONDS
            )
            if isinstance(read, WorkerFailure) and page is not None:
                log.info("page entry=%d reason=%r", item.id, read.reason)
                read = await self.workers.run(
                    article_of, item.entry, source, None, deadline=PAGE_SECONDS
                )
        return read if isinstance(read, WorkerFailure) else self.draft(read, item)

    def _source(self, item: ToFile) -> Source:
        found = next((source for source in self.config.sources if source.name == item.source), None)
        return found or Source(
            name=item.source, url="", full_text="never"
        )  # dropped from feeds.yaml meanwhile

    async def _page(self, item: ToFile, source: Source) -> Page | None:
        target = Target(
            url=item.entry.url or "",
            accept="page",
            max_bytes=PAGE_BYTES,
            user_agent=source.user_agent,
            proxy=source.proxy,
            allow_private=source.allow_private,
        )
        outcome = await self.fetcher.get(target, self.clock())
        if isinstance(outcome, Page):
            return outcome
        log.info("page entry=%d detail=%r", item.id, getattr(outcome, "detail", "304"))
        return None

    def draft(
        self, read: ReadArticle, item: ToFile | None = None, given: str | None = None
    ) -> Draft:
        """An article with its outlet's trust and its matches."""
        trust = self.config.outlets.get(host(read.article.url)) or self.config.outlets.get(
            read.article.outlet
        )
        article = replace(read.article, trust=trust) if trust else read.article
        return Draft(
            read=ReadArticle(article=article, fingerprint=read.fingerprint),
            matches=self.match(read),
            tell=item.tell if item else "all",
            entry=item.id if item else None,
            given=given,
        )

    def match(self, read: ReadArticle) -> tuple[Match, ...]:
        """Every topic this article is about."""
        article = read.article
        return self.matcher.match(
            Subject(
                title=article.title,
                text=article.text,
                url=article.url,
                source=article.source,
                lang=article.lang,
            )
        )

    async def count_pass(self) -> None:
        """Count a finished pass."""
        await self.store.write(lambda db: settings.add(db, "passes"))


async def _ready(waiting: "deque[tuple[ToFile, BeingRead]]") -> "list[tuple[ToFile, BeingRead]]":
    """The next entry once it has been read, and those right behind it that have been, too."""
    await asyncio.wait({waiting[0][1]})
    ready = [waiting.popleft()]
    while waiting and waiting[0][1].done() and len(ready) < TOGETHER:
        ready.append(waiting.popleft())
    return ready


async def _ended(tasks: Sequence[BeingRead]) -> None:
    """No page is fetched or read for a round that has ended early."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def body_hash(body: bytes) -> str:
    """The same bytes again are not read again."""
    return blake2b(body, digest_size=16).hexdigest()
