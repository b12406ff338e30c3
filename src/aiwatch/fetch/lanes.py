"""Being kind to servers: few requests at once to one host, and a pause between their starts."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_SWEEP = 256  # hosts remembered before those that nobody uses are forgotten
_NOTICED = 5.0  # seconds after which a pace that was lifted meanwhile is noticed
_LONG_AGO = float("-inf")


@dataclass(slots=True)
class _Lane:
    """One host's queue; times are the loop's."""

    slots: asyncio.Semaphore
    gate: asyncio.Lock = field(default_factory=asyncio.Lock)  # held by the one who starts next
    users: int = 0
    started: int = 0  # of the users
    last: float = _LONG_AGO  # when the last request started
    held: float = _LONG_AGO  # nobody starts before


class Lanes:
    """Who may start a request now: `per_host` at once and `spacing` seconds apart per host, `in_flight` over all.

    floor: seconds between two starts that one host wants at least; asked anew for each start.
    """

    def __init__(
        self,
        *,
        per_host: int,
        spacing: float,
        in_flight: int,
        floor: Callable[[str], float] = lambda _host: 0.0,
    ) -> None:
        self._per_host = per_host
        self._spacing = spacing
        self._floor = floor
        self._all = asyncio.Semaphore(in_flight)
        self._lanes: dict[str, _Lane] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for this host's turn and hold it; waiting for one host takes nothing from the others."""
        lane = self._lane(host)
        lane.users += 1
        try:
            async with lane.slots:
                await self._start(host, lane)
                try:
                    yield
                finally:
                    lane.started -= 1
                    self._all.release()
        finally:
            lane.users -= 1

    def wait(self, host: str) -> float:
        """Seconds until one who comes now could start, going by spacing alone: 0 when nothing is in the way."""
        lane = self._lanes.get(host)
        if lane is None:
            return 0.0
        before_me = (lane.users - lane.started) * self._apart(host)
        return max(self._due(host, lane) - _clock(), 0.0) + before_me

    def asked_ago(self, host: str) -> float | None:
        """Seconds since the last request to a host started; None when none is remembered."""
        lane = self._lanes.get(host)
        return None if lane is None or lane.last == _LONG_AGO else _clock() - lane.last

    def remember(self, host: str, *, asked_ago: float | None = None, hold: float = 0.0) -> None:
        """Take over what was known before: its last request, and for how long nobody is to start."""
        long_ago = asked_ago is None or asked_ago >= self._apart(host)
        if long_ago and hold <= 0 and host not in self._lanes:
            return  # of thousands of hosts few are in anybody's way
        lane = self._lane(host)
        if asked_ago is not None:
            lane.last = max(lane.last, _clock() - max(asked_ago, 0.0))
        lane.held = _clock() + hold if hold > 0 else _LONG_AGO

    async def _start(self, host: str, lane: _Lane) -> None:
        """Come to the start; whoever waits here holds up nobody but those behind it in the same lane."""
        async with lane.gate:
            while (pause := self._due(host, lane) - _clock()) > 0:  # noqa: ASYNC110 - time is what we wait for
                await asyncio.sleep(min(pause, _NOTICED))
            await self._all.acquire()
            lane.last = _clock()
            lane.started += 1

    def _due(self, host: str, lane: _Lane) -> float:
        return max(lane.last + self._apart(host), lane.held)

    def _apart(self, host: str) -> float:
        return max(self._spacing, self._floor(host))

    def _lane(self, host: str) -> _Lane:
        if host not in self._lanes:
            if len(self._lanes) >= _SWEEP:
                self._forget_idle()
            self._lanes[host] = _Lane(asyncio.Semaphore(self._per_host))
        return self._lanes[host]

    def _forget_idle(self) -> None:
        now = _clock()
        self._lanes = {
            host: lane
            for host, lane in self._lanes.items()
            if lane.users or self._due(host, lane) > now
        }


def _clock() -> float:
    return asyncio.get_running_loop().time()
