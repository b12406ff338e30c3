"""The background service: its ticker, signals and orderly stop."""

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from typing import TextIO

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from aiwatch.config.following import Following, differences
from aiwatch.config.values import Config
from aiwatch.errors import AiwatchError, Locked
from aiwatch.model import Trouble
from aiwatch.service.clock import Clock
from aiwatch.service.machine import Machine, machine
from aiwatch.store import locks, troubles

log = logging.getLogger(__name__)

STOP_SECONDS = 8.0  # what is under way may finish in this time; the rest is in tables and goes on at the next start
SEND_ROUND = timedelta(seconds=10)  # then alerts are closed before the next messages go out
SEND_WAIT = 5.0  # the service waits shorter than a one-shot: it comes back in a second
# Of the service: it comes back in a second, and a slow host holds up nobody meanwhile.
TICK_PATIENCE = 5.0


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
