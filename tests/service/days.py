"""A service that lives through days in seconds: its clock, its network and its disk are ours, all else is real.

with Newsroom(folder) as room:
    days = Days(room)
    ...
    with days.running():
        days.run(hours=6)          # it ticks, as often as something may be due
        days.sleep(hours=8)        # the machine does
        days.clock.set(hours=3)    # somebody sets the clock
        days.online = False
"""

import asyncio
import io
import socket
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TextIO

from aiwatch.config import load
from aiwatch.config.following import Following
from aiwatch.config.values import Config
from aiwatch.judge.upkeep import MB, Instant
from aiwatch.service import Clock, Machine, Service, machine
from aiwatch.service.installed import Installed
from aiwatch.store import health, reader, troubles
from tests.newsroom import Newsroom

BEGIN = datetime(
    2026, 3, 27, 12, tzinfo=UTC
)  # a Friday; two days before the clocks of London go forward
STEP = timedelta(minutes=20)


class OurClock(Clock):
    """Three clocks that stand still until somebody moves them."""

    def __init__(self, wall: datetime = BEGIN) -> None:
        super().__init__()
        self.wall = wall
        self.awake = 1000.0
        self.passed = 5000.0

    def __call__(self) -> datetime:
        return self.wall

    def instant(self) -> Instant:
        return Instant(wall=self.wall, awake=self.awake, passed=self.passed)

    def run(self, span: timedelta) -> None:
        """Time passes."""
        self.awake += span.total_seconds()
        self.pass_asleep(span)

    def pass_asleep(self, span: timedelta) -> None:
        """Time passes while the machine sleeps."""
        self.passed += span.total_seconds()
        self.wall += span

    def set(self, *, hours: float) -> None:
        """Somebody sets the time of day."""
        self.wall += timedelta(hours=hours)


class Days:
    """A newsroom's service and the machine under it."""

    def __init__(self, room: Newsroom) -> None:
        self.room = room
        self.clock = OurClock()
        self.online = True
        self.free = 9000 * MB
        self.program = room.folder / "program"  # stands in for the package's own files
        self.program.mkdir()
        (self.program / "__init__.py").write_text('__version__ = "1.0"\n')
        self.service: Service | None = None
        self.loop = asyncio.Runner()

    async def _resolve(self, host: str, port: int) -> tuple[str, ...]:
        if not self.online:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return ("127.0.0.1",)

    def _opening(
        self, config: Config, out: TextIO, clock: Clock
    ) -> AbstractAsyncContextManager[Machine]:
        return machine(config, clock, out, patience=5.0, resolve=self._resolve)

    def _free(self, _: Path) -> int:
        return self.free

    def lose_network(self) -> None:
        """No name can be looked up, and no connection lives on."""
        self.online = False
        self.room.site._listener.hang_up()

    @contextmanager
    def running(self, *, dies: bool = False) -> Iterator[Service]:
        """A service that begins, and ends in order, or with `dies` as after kill -9."""
        service = self.loop.run(self._begun())
        self.service = service
        try:
            yield service
        finally:
            self.loop.run(self._ended(service, dies=dies))
            self.service = None

    def close(self) -> None:
        """Let go of the loop."""
        self.loop.close()

    async def _begun(self) -> Service:
        config = load(self.room.file)
        opened = AsyncExitStack()
        at = await opened.enter_async_context(self._opening(config, io.StringIO(), self.clock))
        following = Following(load=lambda: load(self.room.file), path=self.room.file)
        service = Service(
            at, following, opened, io.StringIO(), clock=self.clock, opening=self._opening
        )
        service.vigil.free = self._free
        service.vigil.installed = Installed(self.program)
        await service.vigil.begin()
        return service

    async def _ended(self, service: Service, *, dies: bool) -> None:
        await service._wind_down()
        if not dies:
            await service.vigil.end()
        await service.opened.aclose()

    def tick(self) -> None:
        """One tick, with all that it starts, to the end; raises what ends the service."""
        self.loop.run(self._ticked())

    async def _ticked(self) -> None:
        assert self.service is not None
        await self.service.tick()
        await asyncio.gather(*self.service.tasks.values())

    def run(self, *, hours: float, step: timedelta = STEP) -> None:
        """So much time passes, awake."""
        left = timedelta(hours=hours)
        while left > timedelta():
            self.clock.run(min(step, left))
            left -= step
            self.tick()

    def sleep(self, *, hours: float) -> None:
        """The machine sleeps, and wakes."""
        self.clock.pass_asleep(timedelta(hours=hours))
        self.tick()

    def limit_pages(self, *, full: bool) -> None:
        """The disk takes not one page more, or does again."""
        assert self.service is not None
        store = self.service.at.store
        with store.read() as db:
            pages = db.execute("PRAGMA page_count").fetchone()[0]
        most = pages if full else 1_000_000
        store.write_now(lambda db: db.execute(f"PRAGMA max_page_count = {most}").fetchone())

    # ------------------------------------------------------------ what came of it

    def told(self) -> list[str]:
        """What was noted for a person so far, in order."""
        with reader(self.room.database) as db:
            return [f"{one.what}: {one.detail}" for _, one in troubles.since(db, 0)]

    def unwell(self) -> tuple[str, ...]:
        """What is wrong now."""
        with reader(self.room.database) as db:
            return health.reasons(db, self.clock())
