"""When: the clock, one pass, and the background service with its ticker, signals and orderly stop."""

import asyncio
import logging
import random
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TextIO

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from aiwatch.channels import channel
from aiwatch.channels.base import HttpPoster, Tools
from aiwatch.config.following import Following, differences
from aiwatch.config.values import Config
from aiwatch.delivery import Closings, Delivery, Desk, Sent
from aiwatch.errors import AiwatchError, Locked
from aiwatch.fetch import Fetcher
from aiwatch.judge.topics import compile_topics
from aiwatch.model import ChannelName, Receipt, Source, Trouble
from aiwatch.net import open_client
from aiwatch.pipeline import FilingReport, Pipeline, Polled, Progress
from aiwatch.rechecks import Rechecks
from aiwatch.store import Store, locks, outbox, troubles
from aiwatch.store.closing import Closed
from aiwatch.text.terms import stemmed
from aiwatch.text.tokens import tokens
from aiwatch.workers import Workers

log = logging.getLogger(__name__)

STOP_SECONDS = 8.0  # what is under way may finish in this time; the rest is in tables and goes on at the next start
SEND_ROUND = timedelta(seconds=10)  # then alerts are closed before the next messages go out
PATIENCE = 120.0  # of a one-shot: its next pass may be an hour away
TICK_PATIENCE = (
    5.0  # of the service: it comes back in a second, and a slow host holds up nobody meanwhile
)
SEND_WAIT = 5.0  # the service waits shorter than a one-shot: it comes back in a second


class Clock:
    """The time of day; with `start` it begins there and runs on (`--now`)."""

    def __init__(self, start: datetime | None = None) -> None:
        self._start = start
        self._begun = time.monotonic()

    def __call__(self) -> datetime:
        """Now, aware, in UTC."""
        if self._start is None:
            return datetime.now(UTC)
        return self._start.astimezone(UTC) + timedelta(seconds=time.monotonic() - self._begun)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Everything set up for work on one configuration."""

    config: Config
    store: Store
    pipeline: Pipeline
    delivery: Delivery

    def rechecks(self) -> Rechecks:
        """Looks once more at articles whose time has come."""
        return Rechecks(
            config=self.config,
            store=self.store,
            reader=self.pipeline.reader(),
            match=self.pipeline.matcher.match,
            subscriptions=self.pipeline.subscriptions,
            clock=self.pipeline.clock,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PassReport:
    """What one pass came to."""

    polled: tuple[Polled, ...]
    filing: FilingReport
    closed: tuple[Closed, ...]
    sent: Sent
    unclosed: tuple[str, ...] = ()  # what could not be told, each named
    undelivered: int = 0  # messages given up, from this pass or earlier

    @property
    def broken(self) -> tuple[str, ...]:
        """What exit code 1 is for, each named."""
        found = [f"{one.source}: {one.detail}" for one in self.polled if one.broke]
        asked = [one for one in self.polled if one.outcome != "put off"]
        if asked and all(one.outcome == "failed" for one in asked):
            found = [f"{one.source}: {one.detail}" for one in asked]
        return (
            *found,
            *(f"{t.what}: {t.detail}" for t in self.filing.troubles),
            *self.unclosed,
            *self.sent.troubles,
        )

    @property
    def known(self) -> tuple[str, ...]:
        """Trouble that was there before: shown, and signalled only with --strict."""
        named = set(self.broken)
        failing = [f"{one.source}: {one.detail}" for one in self.polled if one.outcome == "failed"]
        failing += [words for one in self.polled for words in one.noted]
        kept = (
            [
                f"{self.undelivered} {'message' if self.undelivered == 1 else 'messages'} given up (aiwatch outbox list)"
            ]
            if self.undelivered
            else []
        )
        return tuple(one for one in (*failing, *kept) if one not in named)


@asynccontextmanager
async def machine(
    config: Config, clock: Callable[[], datetime], out: TextIO, *, patience: float = PATIENCE
) -> AsyncIterator[Machine]:
    """Open the database and all that fetches, reads and sends; close it in order.

    patience: seconds that a pass waits for the turn of a host which is asked seldom; what takes longer stays due.
    """
    store = Store(config.database)
    fetcher = Fetcher(config.fetch)
    workers = Workers(config.workers if isinstance(config.workers, int) else None)
    client = open_client(user_agent=config.fetch.user_agent)
    try:
        delivery = Delivery(
            config=config, store=store, tools=Tools(http=HttpPoster(client), out=out), clock=clock
        )
        pipeline = Pipeline(
            config=config,
            store=store,
            fetcher=fetcher,
            workers=workers,
            matcher=compile_topics(config.topics, config.aliases),
            subscriptions=delivery.subscriptions(),
            topic_words=frozenset(
                stemmed(token.text)
                for topic in config.topics
                for query in topic.any
                for token in tokens(query)
            ),
            clock=clock,
            spread=random.random,
            patience=patience,
        )
        yield Machine(config=config, store=store, pipeline=pipeline, delivery=delivery)
    finally:
        await fetcher.aclose()
        await client.aclose()
        workers.close()
        store.close()


@asynccontextmanager
async def reader_of_pages(config: Config) -> AsyncIterator[tuple[Fetcher, Workers]]:
    """What is needed to fetch and read a page without any database."""
    fetcher = Fetcher(config.fetch)
    workers = Workers(1)
    try:
        yield fetcher, workers
    finally:
        await fetcher.aclose()
        workers.close()


async def one_pass(
    at: Machine,
    *,
    sources: Sequence[Source],
    send: bool = True,
    baseline: bool = False,
    progress: Progress | None = None,
) -> PassReport:
    """Poll, file, close, send: once."""
    await at.delivery.remember_alerts()
    polled = await at.pipeline.poll(sources, baseline=baseline, progress=progress)
    filing = await at.pipeline.file(tell=not baseline, progress=progress)
    await at.rechecks().look(tell=not baseline)
    await at.pipeline.count_pass()
    closings = Closings()
    sent = Sent()
    if send:
        closings = await at.delivery.close_due()
        sent = await at.delivery.send_due()
    with at.store.read() as db:
        undelivered = outbox.failed(db)
    return PassReport(
        polled=polled,
        filing=filing,
        closed=closings.closed,
        unclosed=closings.troubles,
        sent=sent,
        undelivered=undelivered,
    )


async def ping(
    config: Config, name: str, clock: Callable[[], datetime], out: TextIO
) -> tuple[tuple[str, Receipt], ...]:
    """One real message to each reader of a channel; nothing is stored."""
    client = open_client(user_agent=config.fetch.user_agent)
    try:
        tools = Tools(http=HttpPoster(client), out=out)
        return await Desk(config=config).ping(name, tools, clock())
    finally:
        await client.aclose()


async def reach(config: Config, out: TextIO) -> tuple[tuple[ChannelName, Receipt], ...]:
    """Each channel gone as far as possible without sending: connected to, signed in to."""
    client = open_client(user_agent=config.fetch.user_agent)
    try:
        tools = Tools(http=HttpPoster(client), out=out)
        asked = [channel(one.kind).reach(one.options, tools) for one in config.channels]
        found = await asyncio.gather(*asked)
        return tuple(zip((one.name for one in config.channels), found, strict=True))
    finally:
        await client.aclose()


@dataclass(slots=True)
class Service:
    """`watch`: a ticker that asks once a second what is due, and two kinds of work that never overlap themselves."""

    at: Machine
    following: Following | None = None
    opened: AsyncExitStack = field(default_factory=AsyncExitStack)  # holds what is open in `at`
    out: TextIO = sys.stdout
    tasks: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    remembered: bool = False  # the tables know the configured sources
    changing: bool = False  # nothing new is begun meanwhile

    async def run(self) -> None:
        """Until SIGTERM or SIGINT; SIGHUP reads the configuration again."""
        loop = asyncio.get_running_loop()
        handled = {signal.SIGTERM: self.stop.set, signal.SIGINT: self.stop.set}
        if self.following is not None:
            handled[signal.SIGHUP] = self._read_again
        for name, answer in handled.items():
            loop.add_signal_handler(name, answer)
        # Ours to say once, not the scheduler's to repeat each second.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        scheduler.add_job(self.tick, "interval", seconds=1)
        scheduler.start()
        log.info(
            "start sources=%d alerts=%d", len(self.at.config.sources), len(self.at.config.alerts)
        )
        try:
            await self.tick()
            await self.stop.wait()
        finally:
            scheduler.shutdown(wait=False)
            await self._wind_down()
            for name in handled:
                loop.remove_signal_handler(name)
            log.info("stopped")

    async def tick(self) -> None:
        """Start what is due and not already under way; a coroutine, or the scheduler would call it in a thread."""
        if self.following is not None and self.following.due():
            self._start("renew", self._renew)
        if not self.changing:
            self._start("watch", self._watch)
            self._start("tell", self._tell)

    def _start(self, name: str, work: "Callable[[], object]") -> None:
        running = self.tasks.get(name)
        if self.stop.is_set() or (running is not None and not running.done()):
            return  # at the end its last word, an error perhaps, is kept for `watch`
        self.tasks[name] = asyncio.ensure_future(self._guarded(name, work))

    async def _guarded(self, name: str, work: "Callable[[], object]") -> None:
        try:
            await work()  # type: ignore[misc]
        except Locked as error:
            log.warning("%s later reason=%r", name, str(error))
        except AiwatchError as error:
            log.error("%s stops reason=%r", name, str(error))  # noqa: TRY400 - the words say it all
            self.stop.set()
            raise
        except Exception:
            log.exception("%s", name)
            await asyncio.sleep(1)

    async def _watch(self) -> None:
        if not self.remembered:
            await self.at.pipeline.remember_sources()
            self.remembered = True
        sources = self.at.pipeline.ready()
        if sources:
            await self.at.pipeline.poll(sources)
        report = await self.at.pipeline.file()
        await self.at.rechecks().look()
        if sources or report.filed:
            await self.at.pipeline.count_pass()

    async def _tell(self) -> None:
        await self.at.delivery.close_due()
        await self.at.delivery.send_due(SEND_WAIT, SEND_ROUND)

    def _read_again(self) -> None:
        if self.following is not None:
            self.following.asked = True

    async def _renew(self) -> None:
        """Go on with the configuration as it is now, or, where that cannot be, with the old one; `care` hears which."""
        old, opened = self.at.config, AsyncExitStack()
        if self.following is None:
            return
        try:
            config = self.following.loaded(old)
            if config is None:
                return
            at = await opened.enter_async_context(served(config, self.out))
        except AiwatchError as error:
            await self._note(
                f"{_name(old)} has changed and is refused, the old one goes on: {error}"
            )
            return
        self.changing = True
        try:
            await self._wind_down(but="renew")
            self.at, self.opened, opened = at, opened, self.opened
            self.remembered = False
        finally:
            self.changing = False
            await opened.aclose()
        await self.at.delivery.remember_alerts()  # so that a new one hears of it, too
        await self._note(f"{_name(old)} has changed and is in force: {differences(old, config)}")

    async def _note(self, detail: str) -> None:
        log.warning("configuration detail=%r", detail)
        found, now = Trouble(what="configuration", detail=detail), self.at.pipeline.clock()
        await self.at.store.write(lambda db: troubles.note(db, [found], now))

    async def _wind_down(self, but: str = "") -> None:
        """Let what is under way finish; what does not is in the tables and goes on at the next start."""
        running = [task for name, task in self.tasks.items() if name != but and not task.done()]
        if not running:
            return
        _, late = await asyncio.wait(running, timeout=STOP_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


def _in_a_line(error: AiwatchError) -> str:
    return "; ".join(str(error).splitlines())


def _name(config: Config) -> str:
    return config.path.name if config.path else "configuration"


def served(config: Config, out: TextIO) -> AbstractAsyncContextManager[Machine]:
    """A machine for the service."""
    return machine(config, Clock(), out, patience=TICK_PATIENCE)


async def _beside(work: "Callable[[Service], Awaitable[None]]", service: Service) -> None:
    try:
        await work(service)
    except Exception:
        log.exception("pages end")


async def watch(
    config: Config,
    out: TextIO,
    load: Callable[[], Config],
    beside: "Callable[[Service], Awaitable[None]] | None" = None,
) -> None:
    """The background service; raises Locked when one is already there.

    load: reads the configuration again when its file has changed.
    beside: goes on with it until its `stop` is set: the reading pages. Their trouble is not the news' trouble.
    """
    following = Following(load=load, path=config.path)
    with locks.instance(config.database):
        async with AsyncExitStack() as opened:
            at = await opened.enter_async_context(served(config, out))
            service = Service(at, following, opened.pop_all(), out)
            pages = asyncio.ensure_future(_beside(beside, service)) if beside else None
            try:
                await service.run()
            finally:
                service.stop.set()
                if pages is not None:
                    await pages
                await service.opened.aclose()
            ended = [
                task for task in service.tasks.values() if task.done() and not task.cancelled()
            ]
            errors = [error for error in (task.exception() for task in ended) if error is not None]
            if errors:  # of both kinds of work perhaps; all are asked for, one is told
                raise errors[0]
