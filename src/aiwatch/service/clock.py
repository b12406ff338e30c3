"""The one place below the command line where the clock is asked."""

import time
from datetime import UTC, datetime, timedelta

from aiwatch.judge.upkeep import Instant

# Counts the time in which the machine slept; where there is none, a sleep looks like a clock that was set.
_PASSED = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Clock:
    """The time of day; with `start` it begins there and runs on (`--now`)."""

    def __init__(self, start: datetime | None = None) -> None:
        self._start = start
        self._begun = time.monotonic()

    @property
    def true(self) -> bool:
        """Whether it is the time of day, and nobody's trial."""
        return self._start is None

    def __call__(self) -> datetime:
        """Now, aware, in UTC."""
        if self._start is None:
            return datetime.now(UTC)
        return self._start.astimezone(UTC) + timedelta(seconds=time.monotonic() - self._begun)

    def instant(self) -> Instant:
        """Now by all three clocks."""
        return Instant(
            wall=self(),
            awake=time.clock_gettime(time.CLOCK_MONOTONIC),
            passed=time.clock_gettime(_PASSED),
        )
