"""What the service looks after besides the news: that it lives, its clock, its disk, its database, its own program.

Whatever turns is told to a person once (`matters.py`); whoever supervises us hears that we live.
"""

import asyncio
import logging
import math
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiwatch.errors import AiwatchError, DamagedDatabase, Locked, NoSpace
from aiwatch.judge.schedule import parse_schedule, previous_slot
from aiwatch.judge.upkeep import Instant, turned
from aiwatch.model import Secret
from aiwatch.pipeline import Polled
from aiwatch.service import heartbeat, matters, passes
from aiwatch.service.clock import Clock
from aiwatch.service.installed import Installed
from aiwatch.service.machine import Machine
from aiwatch.service.matters import Free, free_beside
from aiwatch.service.notify import Supervisor
from aiwatch.store import health, settings, soundness

log = logging.getLogger(__name__)

LOOK = 60.0  # seconds between two looks at everything
UPGRADES = 10.0  # and at our own files: children that cannot start burn a processor meanwhile
HOUR = 3600.0
BEAT_AT_MOST = 60.0  # seconds between two heartbeats while there is much to do
BEAT_AT_LEAST = 900.0  # and while there is nothing: finding nothing due is a good pass too
CALM = timedelta(minutes=10)  # with room on a disk that was full
GOODBYE = 1.0  # seconds for the last word in the tables
NIGHT = parse_schedule("daily at 03:30")  # in the configured zone, when machines have little to do


@dataclass(slots=True)
class Every:
    """Something that comes every so many seconds, by a clock that cannot be set."""

    seconds: float
    last: float = -math.inf

    def comes(self, now: float) -> bool:
        """Whether it is time; then it is done."""
        if now - self.last < self.seconds:
            return False
        self.last = now
        return True


@dataclass(slots=True)
class Vigil:
    """Keeps an eye on the service itself; one for its whole life, over all configurations."""

    at: Callable[[], Machine]  # under the configuration in force
    clock: Clock
    supervisor: Supervisor = field(default_factory=Supervisor)
    free: Free = free_beside
    installed: Installed = field(default_factory=Installed)
    ending: threading.Event = field(default_factory=threading.Event)
    rests: bool = False  # no work is begun, as nothing of it could be written down
    full_since: datetime | None = None  # the disk took nothing more
    full_last: datetime | None = None  # the last time it did not
    night_is_due: bool = False
    wrong: list[str] = field(default_factory=list)  # since the last heartbeat
    begun: datetime = field(init=False)
    last: Instant = field(init=False)
    looks: Every = field(default_factory=lambda: Every(LOOK))
    upgrades: Every = field(default_factory=lambda: Every(UPGRADES))
    disks: Every = field(default_factory=lambda: Every(HOUR))
    beats: Every = field(default_factory=lambda: Every(BEAT_AT_MOST))
    pulses: Every = field(init=False)

    def __post_init__(self) -> None:
        self.last = self.clock.instant()
        self.begun = self.last.wall
        watchdog = self.supervisor.watchdog
        self.pulses = Every(min(LOOK, watchdog.total_seconds() / 3) if watchdog else LOOK)

    # ------------------------------------------------------------ begin and end

    async def begin(self) -> None:
        """Say what happened while no service ran."""
        await self.at().store.write(matters.began(self.clock()))

    async def end(self) -> None:
        """Write down that this end is an orderly one, if that can be done at once."""
        with suppress(AiwatchError, TimeoutError):
            async with asyncio.timeout(GOODBYE):
                await self.at().store.write(matters.alive(self.clock(), health.STOPPED))

    # ------------------------------------------------------------ each second

    def set_by(self) -> timedelta:
        """How far the time of day was set since this was asked last."""
        before, self.last = self.last, self.clock.instant()
        change = turned(before, self.last)
        if change.slept:
            log.info("woke slept=%d", change.slept.total_seconds())
        return change.set_by

    def replaced(self) -> bool:
        """Whether our own files are others now."""
        return self.upgrades.comes(self.last.passed) and self.installed.replaced()

    async def leave(self) -> None:
        """End, so that the new program begins."""
        raise AiwatchError(self.installed.words())

    async def clock_set(self, by: timedelta) -> None:
        """Tell of it, and let nothing be waited for that a wrong clock put off."""
        await self.at().store.write(matters.clock_set(by, self.clock()))

    async def look(self) -> None:
        """Everything that is looked at once a minute."""
        at, now = self.at(), self.clock()
        if self.full_since is not None:
            await self._try_room(self.full_since, now)
        await at.store.write(matters.alive(now))
        await at.store.write(matters.delivery(now))
        with at.store.read() as db:
            disk, integrity = health.fact(db, "disk"), health.fact(db, "integrity")
        if self.disks.comes(self.last.passed) or (disk is not None and not disk.well):
            await at.store.write(matters.disk(at.store.path, self.free(at.store.path), now))
        checked = integrity.at if integrity else self.begun
        self.night_is_due = is_night(checked, at.config.timezone, now)

    async def night(self) -> None:
        """Look through the whole database; if it is damaged tell that, and end. Else let go what `keep` lets go."""
        at, self.night_is_due = self.at(), False
        found = await asyncio.to_thread(soundness.looked_through, at.store.path, self.ending.is_set)
        if found is None:
            return
        await at.store.write(matters.integrity(found, self.clock()))
        log.info("night integrity=%s", "; ".join(found) or "whole")
        if found:
            await self._alarm(at.config.heartbeat)
            await at.delivery.close_due()
            await at.delivery.send_due()
            raise DamagedDatabase(
                f"the database {at.store.path} is damaged ({'; '.join(found)}): {soundness.PUT_BACK}"
            )
        from aiwatch.admin import prune  # noqa: PLC0415 - at night

        await prune.nightly(at.store, at.config.keep, self.clock())

    # ------------------------------------------------------------ what work came to

    async def passed(self, polled: Sequence[Polled], unwell: Sequence[str] = ()) -> None:
        """A pass has ended: note it and call the heartbeat, not too often while much is to do, nor too seldom."""
        self.wrong += [words for words in unwell if words not in self.wrong]
        busy = bool(polled or self.wrong)
        waited = self.last.passed - self.beats.last
        if waited >= (BEAT_AT_MOST if busy else BEAT_AT_LEAST) and self.beats.comes(
            self.last.passed
        ):
            wrong, self.wrong = self.wrong, []
            await passes.ended(self.at(), polled, wrong)

    async def full(self, error: NoSpace) -> None:
        """The disk took nothing more: wait for room; only the log and the heartbeat can say so now."""
        self.rests, self.full_last = True, self.clock()
        if self.full_since is None:
            self.full_since = self.full_last
            log.error("disk detail=%r", str(error))
            await self._alarm(self.at().config.heartbeat)

    async def _try_room(self, since: datetime, now: datetime) -> None:
        """Go on where there is some; tell of it once there has been for a while: other programs fill a disk too."""
        store = self.at().store
        await store.write(settings.take_room)  # what is small finds room on a full disk, too
        await store.write(settings.give_room_back)
        self.rests = False
        if self.full_last is None or now - self.full_last >= CALM:
            await store.write(matters.was_full(since, self.full_last or now))
            self.full_since = None

    async def _alarm(self, address: Secret | None) -> None:
        if address is not None:
            await heartbeat.beat(self.at().delivery.tools.http, address, well=False)

    async def pulse(self) -> None:
        """Tell whoever supervises us that we live: this ticker runs, and the writer answers."""
        at = self.at()
        with suppress(NoSpace, Locked):  # an answer all the same
            await at.store.write(lambda _: None)
        with at.store.read() as db:
            wrong = health.reasons(db, self.clock())
        words = f"watching {len(at.config.sources)} sources; {'; '.join(wrong) or 'all is well'}"
        self.supervisor.alive(words)


def is_night(checked: datetime, zone: str, now: datetime) -> bool:
    """Whether the nightly look is due: its time has come since the last one; a night slept through is made up for."""
    slot = previous_slot(NIGHT, zone, now)
    return slot is not None and checked < slot
