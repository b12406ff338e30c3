"""The whole flow on one page: what is watched becomes what is known.

    due sources | fetch | read in a worker | record the poll            (transaction 1: validators and entries)
    entries to file | fetch their page | read in a worker | judge, file (transaction 2: article, story, waiting)

`delivery` goes on from there: close alerts (3) and send (4). Nothing here decides; it asks `judge` and obeys.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from aiwatch import polling
from aiwatch.config.values import Config
from aiwatch.errors import AiwatchError
from aiwatch.fetch import Fetcher, PutOff, Robots, host_of
from aiwatch.judge import recheck
from aiwatch.model import Backlog, FetchFailure, Match, ReadArticle, Source, Subject, Trouble
from aiwatch.offline import WORDS as OFFLINE
from aiwatch.offline import Offline
from aiwatch.pace import keep_pace
from aiwatch.store import Store, entries, hosts, polls, quiet, settings
from aiwatch.store import sources as watched
from aiwatch.store.entries import ToFile
from aiwatch.store.polls import Look, Recorded
from aiwatch.store.sources import SourceState
from aiwatch.text.signin import without_sign_ins
from aiwatch.workers import WorkerFailure, Workers

# What reads and judges comes with the first entry: a pass that finds nothing new has none.
if TYPE_CHECKING:
    from aiwatch.cluster import Cluster
    from aiwatch.judge.topics import Matcher
    from aiwatch.pages import BeingRead, NotYet, PageReader
    from aiwatch.store.filing import Draft, Filed, Subscription

log = logging.getLogger(__name__)

POLLS_IN_FLIGHT = 12
BATCH = 60
TOGETHER = 20  # articles in one commit at most: a commit costs as much as judging one, and holds up other writers
GIVE_UP = 6
TRY_AGAIN = timedelta(minutes=5)  # doubled with each attempt
FIRST_LOOK: Backlog = timedelta(days=7)  # with no alerts configured, the very first pass

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one look at a source came to."""

    source: str
    outcome: str
    detail: str
    entries: int
    fresh: int
    broke: bool  # it worked before, and failed now
    noted: tuple[str, ...] = ()  # what of it is trouble, said once
    offline: bool = False  # nothing could be reached: nothing was recorded, and it stays due


@dataclass(slots=True)
class FilingReport:
    """What filing came to."""

    filed: "list[Filed]" = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    held: "list[NotYet]" = field(default_factory=list)  # filed when their host's turn comes


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """What articles are judged by."""

    matcher: "Matcher"
    subscriptions: "tuple[Subscription, ...]"
    # Names that every story of the beat shares: no evidence that two are one.
    topic_words: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """The machinery that watches: everything it needs, handed in."""

    config: Config
    store: Store
    fetcher: Fetcher
    workers: Workers
    judging: Callable[[], Judging]  # made when it is first needed
    clock: Callable[[], datetime]
    # [0, 1): how much a due time is shortened, so that polls do not march in step
    spread: Callable[[], float]
    patience: float  # seconds that a pass waits for a slow host's turn
    cluster: "Cluster | None" = None
    offline: Offline | None = None  # without it every failure is the source's

    # ------------------------------------------------------------ poll

    async def due(self, names: Sequence[str] = (), *, every: bool = False) -> tuple[Source, ...]:
        """The sources to look at now: those whose time has come, those named, or all."""
        await self.remember_sources()
        return self.ready(names, every=every)

    async def remember_sources(self) -> None:
        """Make the tables know what is configured, and the fetcher how hosts want to be asked."""
        now = self.clock()
        sources = self.config.sources
        await self.store.write(lambda db: watched.sync(db, sources, now))
        with self.store.read() as db:
            for state in hosts.remembered(db):
                keep_pace(self.fetcher, state, self.config.fetch.spacing, now)
            self.fetcher.remember_robots(Robots(**row) for row in hosts.robots(db))

    def ready(self, names: Sequence[str] = (), *, every: bool = False) -> tuple[Source, ...]:
        """The same of what is remembered; a source whose host has to wait longer than `patience` stays due."""
        now = self.clock()
        with self.store.read() as db:
            wanted = watched.due_names(db, now)
            if not (names or every or wanted):
                return ()
            forbidden = watched.forbidden_names(db, now)
            paused = watched.paused_names(db)
            moved = watched.moved(db)
        enabled = [one for one in self.config.sources if one.enabled and one.name not in paused]
        asked = {one.name for one in enabled} - set(watched.twins(enabled, moved))
        return tuple(
            source
            for source in self.config.sources
            if source.name not in forbidden
            and (
                source.name in names
                if names
                else source.name in asked
                and (every or source.name in wanted)
                and self.fetcher.wait_for(moved.get(source.name, source.url)) <= self.patience
            )
        )

    async def poll(
        self, sources: Sequence[Source], *, baseline: bool = False, progress: Progress | None = None
    ) -> tuple[Polled, ...]:
        """Look at each source once, longest due first, or the last ones on a slow host would never have their turn.

        No source's trouble is another's, and our own is raised when all have ended.
        """
        gate = asyncio.Semaphore(POLLS_IN_FLIGHT)
        with self.store.read() as db:
            known = {
                state.name: state
                for state in watched.states(db, [source.name for source in sources])
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

        named = {source.name: source for source in sources}
        tasks = {name: asyncio.create_task(one(named[name])) for name in known}
        looks = await asyncio.gather(
            *(tasks[source.name] for source in sources), return_exceptions=True
        )
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
            words = without_sign_ins(f"a bug in aiwatch: {error!r}")
            failure = FetchFailure(url=state.address, kind="reading", detail=words)
            found = Look(source=source, at=self.clock(), asked=state.address, outcome=failure)
            return await self._record(found, state)

    async def _poll_one(self, source: Source, state: SourceState, *, baseline: bool) -> Polled:
        parts: Sequence[polls.Document] = ()
        if source.kind == "sitemap":
            with self.store.read() as db:
                parts = polls.documents(db, source.name)
        tools = polling.Tools(fetcher=self.fetcher, workers=self.workers, patience=self.patience)
        found = await polling.look(source, state, parts, tools, self.clock())
        if isinstance(found, PutOff):
            return Polled(
                source=source.name,
                outcome="put off",
                detail=found.detail,
                entries=0,
                fresh=0,
                broke=False,
            )
        if await self._explained(found):
            return Polled(
                source=source.name,
                outcome="failed",
                detail=OFFLINE,
                entries=0,
                fresh=0,
                broke=False,
                offline=True,
            )
        return await self._record(replace(found, baseline=baseline), state)

    async def _explained(self, found: Look) -> bool:
        """Whether nothing can be reached at all; of a source behind a proxy that cannot be told."""
        if self.offline is None or found.source.proxy:
            return False
        elsewhere = partial(self._elsewhere, host_of(found.asked))
        return await self.offline.explains(found.outcome, elsewhere, self.clock())

    def _elsewhere(self, own: str) -> tuple[str, ...]:
        """One address on each other host, those first that were read last."""
        direct = [one for one in self.config.sources if one.enabled and not one.proxy]
        with self.store.read() as db:
            states = watched.states(db, [one.name for one in direct])
        read = sorted((one.last_success, one.address) for one in states if one.last_success)
        found: dict[str, str] = {}
        for url in (*(url for _, url in reversed(read)), *(one.url for one in direct)):
            found.setdefault(host_of(url), url)
        found.pop(own, None)
        return tuple(found.values())

    async def _record(self, found: Look, state: SourceState) -> Polled:
        found = replace(
            found,
            at=self.clock(),
            host=host_of(polls.answered_at(found)),
            spacing=self.config.fetch.spacing,
            spread=self.spread(),
            zone=self.config.timezone,
        )
        recorded: Recorded = await self.store.write(lambda db: polls.record(db, found))
        if recorded.host:
            keep_pace(self.fetcher, recorded.host, self.config.fetch.spacing, found.at)
        log.info(
            "poll source=%r outcome=%s entries=%d fresh=%d detail=%r",
            found.source.name,
            recorded.outcome,
            recorded.listed,
            recorded.fresh,
            recorded.words,
        )
        return Polled(
            source=found.source.name,
            outcome=recorded.outcome,
            detail=recorded.words,
            entries=recorded.listed,
            fresh=recorded.fresh + recorded.edited,
            broke=recorded.outcome == "failed" and state.state == "working",
            noted=tuple(
                f"{trouble.what}: {trouble.detail}"
                for trouble in recorded.troubles
                if trouble.kind in ("gap", "silent", "moved")
            ),
        )

    # ------------------------------------------------------------ file

    async def file(self, *, tell: bool = True, progress: Progress | None = None) -> FilingReport:
        """File every entry that waits: pages come in side by side, filing goes in order of publication."""
        report = FilingReport()
        passed: set[int] = set()
        reader: PageReader | None = None
        while True:
            with self.store.read() as db:
                batch = entries.to_file(db, BATCH, self.clock(), passed)
                total = len(passed) + entries.waiting_to_file(db, passed)
            if not batch:
                await self._keep_robots()
                return report
            reader = reader or self.reader()
            await self.store.write(
                partial(entries.begun, entries=[item.id for item in batch], now=self.clock())
            )
            tasks = reader.begin(batch)
            await asyncio.to_thread(_read_table)
            waiting = deque(zip(batch, tasks, strict=True))
            try:
                while waiting:
                    ready = await _ready(waiting)
                    drafts = [await self._drafted(item, task, report) for item, task in ready]
                    await self._file_all([one for one in drafts if one], report, tell=tell)
                    reader.filed()
                    passed.update(item.id for item, _ in ready)
                    if progress:
                        progress("articles", len(passed), total)
            finally:
                await _ended(tasks)

    async def _keep_robots(self) -> None:
        """Remember the robots.txt that were asked for meanwhile."""
        if found := [asdict(one) for one in self.fetcher.fresh_robots()]:
            now = self.clock()
            await self.store.write(lambda db: hosts.keep_robots(db, found, now))

    async def _file_all(
        self, drafts: "Sequence[tuple[ToFile, Draft]]", report: FilingReport, *, tell: bool
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
        self, item: ToFile, task: "BeingRead", report: FilingReport
    ) -> "tuple[ToFile, Draft] | None":
        try:
            read = await task
        except AiwatchError:
            raise
        except Exception as error:  # a bug met by one page: recorded, shown, and the others go on
            log.exception("read entry=%d source=%r", item.id, item.source)
            read = WorkerFailure(reason=f"a bug in aiwatch: {error!r}")
        from aiwatch.pages import NotYet  # noqa: PLC0415 - said above

        if isinstance(read, NotYet):
            until = read.until
            await self.store.write(lambda db: entries.wait(db, item.id, until))
            report.held.append(read)
            return None
        if isinstance(read, WorkerFailure):
            await self._give_up(item, read.reason, report)
            return None
        return item, self.draft(read, item)

    def _noted(self, item: ToFile, filed: "Filed", report: FilingReport) -> None:
        report.filed.append(filed)
        log.info(
            "file article=%d story=%d verdict=%s outcome=%s source=%r",
            filed.article,
            filed.story,
            filed.verdict.kind,
            filed.outcome,
            item.source,
        )

    async def file_drafts(
        self, drafts: "Sequence[Draft]", *, tell: bool = True
    ) -> "Sequence[Filed]":
        """Judge and write these articles one after the other, in one transaction."""
        from aiwatch.judge.languages import usual_names  # noqa: PLC0415 - said above
        from aiwatch.store import filing  # noqa: PLC0415 - said above

        judging = self.judging()
        subscriptions = judging.subscriptions if tell else ()
        words, now = judging.topic_words, self.clock()
        aliases = usual_names(self.config.aliases)
        if not drafts:
            return ()
        return await self.store.write(
            lambda db: [
                filing.file(db, draft, subscriptions, words, now, aliases) for draft in drafts
            ]
        )

    async def file_draft(self, draft: "Draft", *, tell: bool = True) -> "Filed":
        """Judge and write one article, in one transaction."""
        (filed,) = await self.file_drafts([draft], tell=tell)
        return filed

    def reader(self) -> "PageReader":
        """Reads pages for one round."""
        from aiwatch.pages import PageReader  # noqa: PLC0415 - said above

        return PageReader(
            config=self.config,
            store=self.store,
            fetcher=self.fetcher,
            workers=self.workers,
            clock=self.clock,
            patience=self.patience,
            cluster=self.cluster,
        )

    async def _give_up(self, item: ToFile, reason: str, report: FilingReport) -> None:
        if item.attempts + 1 >= GIVE_UP:
            await self.store.write(lambda db: entries.give_up(db, item.id))
            report.troubles.append(
                Trouble(what=f"{item.source}: {item.entry.title!r} cannot be filed", detail=reason)
            )
        else:
            until = self.clock() + TRY_AGAIN * 2**item.attempts
            await self.store.write(lambda db: entries.put_off(db, item.id, until))
            log.warning("file again later entry=%d reason=%r", item.id, reason)

    def draft(
        self, read: ReadArticle, item: ToFile | None = None, given: str | None = None
    ) -> "Draft":
        """An article with its outlet's trust and its matches."""
        from aiwatch.store.filing import Draft  # noqa: PLC0415 - said above
        from aiwatch.text.urls import host  # noqa: PLC0415 - said above

        trust = self.config.outlets.get(host(read.article.url)) or self.config.outlets.get(
            read.article.outlet
        )
        article = replace(read.article, trust=trust) if trust else read.article
        matches = self.match(read)
        look = item is not None and item.tell != "none"
        return Draft(
            read=replace(read, article=article),
            matches=matches,
            tell=item.tell if item else "all",
            entry=item.id if item else None,
            given=given,
            match=self.judging().matcher.match,
            recheck_at=self._look_again(read, matched=bool(matches)) if look else None,
        )

    def _look_again(self, read: ReadArticle, *, matched: bool) -> datetime | None:
        return recheck.first_look(read, self.config.recheck, self.clock(), matched=matched)

    def match(self, read: ReadArticle) -> tuple[Match, ...]:
        """Every topic this article is about."""
        article = read.article
        return self.judging().matcher.match(
            Subject(
                title=article.title,
                text=article.text,
                url=article.url,
                source=article.source,
                lang=article.lang,
            )
        )

    async def count_pass(self) -> None:
        """Count a finished pass, and note which topics have gone quiet."""
        topics, now = self.config.topics, self.clock()
        await self.store.write(lambda db: settings.add(db, "passes"))
        await self.store.write(lambda db: quiet.note(db, topics, now))


def _read_table() -> None:
    from aiwatch.text.prior import read_table  # noqa: PLC0415 - said above

    read_table()


async def _ready(waiting: "deque[tuple[ToFile, BeingRead]]") -> "list[tuple[ToFile, BeingRead]]":
    """The next entry once it has been read, and those right behind it that have been, too."""
    await asyncio.wait({waiting[0][1]})
    ready = [waiting.popleft()]
    while waiting and waiting[0][1].done() and len(ready) < TOGETHER:
        ready.append(waiting.popleft())
    return ready


async def _ended(tasks: "Sequence[BeingRead]") -> None:
    """No page is fetched or read for a round that has ended early."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
