"""Event loops whose clocks are ours, so that no test waits for a time, nor depends on how busy a machine is.

`run` leaps to what is waited for: seconds pass at once, and exactly. For what waits and does nothing else: no sockets,
no children, no threads. `Ahead` is an ordinary loop whose clock is set forward by who likes, from any thread.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Leaps(selectors.SelectSelector):
    """Asked to wait so long, it says at once that nothing came, and how long that would have been."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise RuntimeError("everybody waits, and for nothing")
        self.passed += 0.0 if ready or timeout is None else max(timeout, 0.0)
        return ready


class Ahead(asyncio.SelectorEventLoop):
    """Its time goes on as ever, `ahead` seconds before the true one."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._leaps = _Leaps()
        super().__init__(self._leaps)

    def time(self) -> float:
        return 1000.0 + self._leaps.passed


def run(main: Coroutine[Any, Any, T]) -> T:
    """As `asyncio.run`."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(main)
