"""How long aiwatch's event loop stands still: `python lag.py RESULT.json COMMAND…` runs an aiwatch command, watched.

A beat every 10 ms says how late it came. On a busy machine it is late through no fault of ours, so what counts as a
stall is that part of the lateness in which this process computed (its threads included: one that holds the interpreter's
lock stops the loop as well). RESULT.lines, instead, is written anew once a second.
"""

import asyncio
import json
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from aiwatch.cli import main as aiwatch

EVERY = 0.01
FINEST, COARSEST = 0.001, 2.0  # seconds


class Lag:
    """Beats counted by their lateness; it does not grow."""

    def __init__(self) -> None:
        self.late = [0] * (round(COARSEST / FINEST) + 1)
        self.stalled = list(self.late)
        self.longest = 0.0
        self.lately = (0.0, 0.0)  # the longest since somebody looked, stalled and late

    def count(self, late: float, computed: float) -> None:
        """One beat, by how late it was and what was computed meanwhile."""
        stalled = min(late, computed)
        self.late[_place(late)] += 1
        self.stalled[_place(stalled)] += 1
        self.longest = max(self.longest, stalled)
        self.lately = (max(self.lately[0], stalled), max(self.lately[1], late))

    def figures(self) -> dict[str, float]:
        """In seconds; what is `lately` begins anew."""
        (stall, late), self.lately = self.lately, (0.0, 0.0)
        shares = {"p99": p99(self.stalled), "late_p99": p99(self.late)}
        return {"stall": stall, "late": late, "longest": self.longest, **shares}


def _place(seconds: float) -> int:
    return min(max(round(seconds / FINEST), 0), round(COARSEST / FINEST))


def p99(counts: list[int]) -> float:
    """Seconds that 99 in 100 beats were not later than."""
    left = sum(counts) * 0.99
    for place, count in enumerate(counts):
        left -= count
        if left <= 0:
            return place * FINEST
    return COARSEST


async def beats(lag: Lag, lines: Path | None) -> None:
    """Until cancelled."""
    written = time.monotonic()
    while True:
        began, computed = time.monotonic(), time.process_time()
        await asyncio.sleep(EVERY)
        lag.count(time.monotonic() - began - EVERY, time.process_time() - computed)
        if lines and time.monotonic() - written >= 1:
            written = time.monotonic()
            lines.write_text(json.dumps(lag.figures()) + "\n")  # noqa: ASYNC240 - a few bytes


def main(result: Path, words: list[str]) -> None:
    """Run the command with beats beside it."""
    run, lag = asyncio.run, Lag()
    lines = result if result.suffix == ".lines" else None

    async def beside(work: Coroutine[Any, Any, Any]) -> Any:
        beating = asyncio.create_task(beats(lag, lines))
        try:
            return await work
        finally:
            beating.cancel()

    asyncio.run = lambda work, **more: run(beside(work), **more)
    try:
        aiwatch(words)
    finally:
        if not lines:
            result.write_text(json.dumps(lag.figures()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
