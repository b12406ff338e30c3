"""Whether it is the source that cannot be reached, or nothing can: then no source is to blame.

Sixty sources that fail at once are one trouble, and it is ours. Only a failure to connect asks the question; it is
answered by what else was reached in the same minute, and otherwise by connecting to a few other hosts, without a word.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiwatch.model import FetchFailure, Outcome

UNREACHED = frozenset({"dns", "connect", "timeout"})
OURS = frozenset({"url", "private", "robots"})  # nobody was asked
HOSTS = 3  # others that are tried
FRESH = timedelta(minutes=1)  # for so long what was found out holds
WORDS = "offline: neither it nor any other host can be reached; it is asked again when one can"


@dataclass(slots=True)
class Offline:
    """What is known of the network; one for all sources of a pipeline."""

    reaches: Callable[[str], Awaitable[bool]]  # whether a connection to this address can be made
    reached: datetime | None = None  # when anything outside answered last
    found: datetime | None = None  # when nothing could be reached
    trying: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def explains(
        self, outcome: Outcome, others: Callable[[], Sequence[str]], now: datetime
    ) -> bool:
        """Whether this outcome is the network's and not the source's; `others` are addresses on other hosts.

        Where there is no other host it is the source's: nobody could tell.
        """
        if not isinstance(outcome, FetchFailure) or outcome.kind not in UNREACHED | OURS:
            self.reached, self.found = now, None
        if not isinstance(outcome, FetchFailure) or outcome.kind not in UNREACHED:
            return False
        async with self.trying:  # one question at a time: those who wait get the same answer
            if _fresh(self.reached, now):
                return False
            if not _fresh(self.found, now):
                await self._try(others(), now)
            return self.found is not None

    async def _try(self, others: Sequence[str], now: datetime) -> None:
        answers = await asyncio.gather(*map(self.reaches, others[:HOSTS]))
        if any(answers):
            self.reached, self.found = now, None
        else:
            self.found = now if others else None


def _fresh(at: datetime | None, now: datetime) -> bool:
    return at is not None and abs(now - at) < FRESH
