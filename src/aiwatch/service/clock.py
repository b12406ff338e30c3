"""The one place below the command line where the clock is asked."""

import time
from datetime import UTC, datetime, timedelta


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
