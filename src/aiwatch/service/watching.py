"""The background service: its ticker, signals and orderly stop."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from functools import partial
from typing import TextIO

from aiwatch.config.following import Following, differences
from aiwatch.config.values import Config
from aiwatch.errors import AiwatchError, Locked, NoSpace
from aiwatch.model import Trouble
from aiwatch.service import heaps, matters
from aiwatch.service.clock import Clock
from aiwatch.service.machine import Machine, machine
from aiwatch.service.notify import Supervisor, supervisor
from aiwatch.service.rest import Rest, version
from aiwatch.service.vigil import Every, Vigil
from aiwatch.store import locks, troubles

log = logging.getLogger(__name__)

STOP_SECONDS = 8.0  # what is under way may finish in this time; the rest is in tables and goes on at the next start
SEND_ROUND = timedelta(seconds=10)  # then alerts are closed before the next messages go out
SEND_WAIT = 5.0  # the service waits shorter than a one-shot: it comes back in a second
# Of the service: it comes back in a second, and a slow host holds up nobody meanwhile.
TICK_PATIENCE = 5.0
OFFLINE_AGAIN = 60.0  # seconds between two tries of one source while none can be reached


def served(
    config: Config, out: TextIO, clock: Clock | None = None
) -> AbstractAsyncContextManager[Machine]:
    """A machine for the service."""
    return machine(config, clock or Clock(), out, patience=TICK_PATIENCE)


Opening = Callable[[Config, TextIO, Clock], AbstractAsyncContextManager[Machine]]


@dataclass(slots=True)
class Service:
    """`watch`: a ticker that asks once a second what is due, and two kinds of work that never overlap themselves."""

    at: Machine
    following: Following | None = None
    opened: AsyncExitStack = field(default_factory=AsyncExitStack)  # holds what is open in `at`
    out: TextIO = sys.stdout
    clock: Clock = field(default_factory=Clock)
    supervisor: Supervisor = field(default_factory=Supervisor)
    opening: Opening = served  # of a machine under a new configuration
    vigil: Vigil = field(init=False)
    tasks: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    remembered: bool = False  # the tables know the configured sources
    changing: bool = False  # nothing new is begun meanwhile
    reloading: bool = False  # our supervisor was told so
    offline: bool = False  # of what is due one source is tried, now and then
    retries: Every = field(default_factory=lambda: Every(OFFLINE_AGAIN))
    rest: Rest = field(default_factory=Rest)

    def __post_init__(self) -> None:
        self.vigil = Vigil(lambda: self.at, self.clock, self.supervisor)

    async def run(self) -> None:
        """Until SIGTERM or SIGINT; SIGHUP reads the configuration again."""
        # `fetch` has this module, too, and no use for a scheduler.
        from apscheduler.schedulers.asyncio import AsyncIOScheduler  # noqa: PLC0415

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
            await self.vigil.begin()
            await self.tick()
            self.supervisor.ready()
            await self.stop.wait()
        finally:
            self.supervisor.stopping()
            scheduler.shutdown(wait=False)
            self.vigil.ending.set()
            await self._wind_down()
            await self.vigil.end()
            for name in handled:
                loop.remove_signal_handler(name)
            log.info("stopped")

    async def tick(self) -> None:
        """Start what is due and not already under way; a coroutine, or the scheduler would call it in a thread."""
        by = self.vigil.set_by()
        if self.supervisor.address and self.vigil.pulses.comes(self.vigil.last.awake):
            self._start("pulse", self.vigil.pulse)
        if by:
            self._start("clock", partial(self.vigil.clock_set, by))
            return
        if self.vigil.replaced():
            self._start("leave", self.vigil.leave)
        if self.following is not None and self.following.due():
            self._start("renew", self._renewed)
        if not self.changing:
            self._start_work()

    def _start_work(self) -> None:
        if self.vigil.looks.comes(self.vigil.last.passed):
            self._start("look", self.vigil.look)
        if self.vigil.night_is_due:
            self._start("night", self.vigil.night)
        if self.vigil.rests or self.rest.holds(self.at, version(self.at), self.clock()):
            return
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
            log.warning("later work=%s reason=%r", name, str(error))
        except NoSpace as error:
            await self.vigil.full(error)
        except AiwatchError as error:
            log.error("stops work=%s reason=%r", name, str(error))  # noqa: TRY400 - the words say it all
            self.stop.set()
            raise
        except Exception:
            log.exception("broke work=%s", name)
            await asyncio.sleep(1)

    async def _watch(self) -> None:
        seen = version(self.at)
        if not self.remembered:
            await self.at.pipeline.remember_sources()
            self.remembered = True
        sources = self.at.pipeline.ready()
        if not sources:
            self.offline = False  # those that could not be reached are watched no more
        if self.offline:
            sources = sources[:1] if self.retries.comes(self.vigil.last.passed) else ()
        polled = await self.at.pipeline.poll(sources) if sources else ()
        if polled:
            await self.at.store.write(matters.network(polled, self.clock()))
            self.offline = any(one.offline for one in polled)
        if self.offline:
            if polled:
                await self.vigil.passed(polled)
            return
        report = await self.at.pipeline.file()
        await self.at.look_again()
        if not (sources or report.filed or report.held or report.troubles):
            self.rest.none_found("watch", seen)
        if sources or report.filed:
            await self.at.pipeline.count_pass()
        broken = [f"{trouble.what}: {trouble.detail}" for trouble in report.troubles]
        await self.vigil.passed(polled, broken)

    async def _tell(self) -> None:
        seen = version(self.at)
        closings = await self.at.delivery.close_due()
        self.vigil.wrong += [words for words in closings.troubles if words not in self.vigil.wrong]
        sent = await self.at.delivery.send_due(SEND_WAIT, SEND_ROUND)
        if not (closings.closed or closings.troubles or sent.delivered or sent.failed):
            self.rest.none_found("tell", seen)

    def _read_again(self) -> None:
        if self.following is not None:
            self.supervisor.reloading()
            self.following.asked = self.reloading = True

    async def _renewed(self) -> None:
        try:
            await self._renew()
        finally:
            if self.reloading:
                self.reloading = False
                self.supervisor.ready()

    async def _renew(self) -> None:
        """Go on with the configuration as it is now, or, where that cannot be, with the old one; `care` hears which."""
        old, opened = self.at.config, AsyncExitStack()
        if self.following is None:
            return
        try:
            config = await asyncio.to_thread(self.following.loaded, old)
            if config is None:
                return
            at = await opened.enter_async_context(self.opening(config, self.out, self.clock))
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
            self.rest.end()
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


def _name(config: Config) -> str:
    return config.path.name if config.path else "configuration"


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
    heaps.share()
    following = Following(load=load, path=config.path)
    with locks.instance(config.database):
        async with AsyncExitStack() as opened:
            clock = Clock()
            at = await opened.enter_async_context(served(config, out, clock))
            who = supervisor(os.environ, os.getpid())
            service = Service(at, following, opened.pop_all(), out, clock, who)
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
