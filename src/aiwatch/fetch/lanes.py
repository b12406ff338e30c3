"""Being kind to servers: few requests at once to one host, and a pause between their starts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_SWEEP = 256  # hosts remembered before those that nobody uses are forgotten


@dataclass(slots=True)
class _Lane:
    """One host's queue."""

    slots: asyncio.Semaphore
    users: int = 0
    free_at: float = field(default=0.0)  # loop time at which the next request may start


class Lanes:
    """Who may start a request now: `per_host` at once and `spacing` seconds apart per host, `in_flight` over all."""

    def __init__(self, *, per_host: int, spacing: float, in_flight: int) -> None:
        self._per_host = per_host
        self._spacing = spacing
        self._all = asyncio.Semaphore(in_flight)
        self._lanes: dict[str, _Lane] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for this host's turn and hold it; waiting for one host takes nothing from the others."""
        lane = self._lane(host)
        lane.users += 1
        try:
            async with lane.slots:
                await self._spaced(lane)
                async with self._all:
                    yield
        finally:
            lane.users -= 1

    async def _spaced(self, lane: _Lane) -> None:
        now = asyncio.get_running_loop().time()
        start = max(now, lane.free_at)
        lane.free_at = start + self._spacing
        if start > now:
            await asyncio.sleep(start - now)

    def _lane(self, host: str) -> _Lane:
        if host not in self._lanes:
            if len(self._lanes) >= _SWEEP:
                self._forget_idle()
            self._lanes[host] = _Lane(asyncio.Semaphore(self._per_host))
        return self._lanes[host]

    def _forget_idle(self) -> None:
        now = asyncio.get_running_loop().time()
        self._lanes = {
            host: lane
            for host, lane in self._lanes.items()
            if lane.users or (self._spacing and lane.free_at > now)
        }
