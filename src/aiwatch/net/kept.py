"""Conversations that may go on, kept for the next request to the same place.

httpcore's pool went through all of its connections at each request and each answer, with a system call for each. Here
a request looks at the one it takes; what nobody comes for is closed after some seconds.
"""

import asyncio
from collections import OrderedDict
from typing import NamedTuple

from aiwatch.net.conversation import Conversation

MOST = 20  # idle: a host polled once an hour gains nothing, only one of whose pages are read now
SECONDS = 15.0


class Way(NamedTuple):
    """Where a conversation leads, and how: only what goes the same way may share it."""

    scheme: str
    host: str
    port: int
    proxy: str
    guarded: bool


class Kept:
    """Idle conversations, the last used first."""

    def __init__(self) -> None:
        self._idle: OrderedDict[Conversation, tuple[Way, float]] = OrderedDict()  # oldest first
        self._by_way: dict[Way, list[Conversation]] = {}
        self._closing: asyncio.TimerHandle | None = None

    def take(self, way: Way) -> Conversation | None:
        """One that is still good for a request."""
        while found := self._by_way.get(way):
            talk = found[-1]
            self._forget(talk)
            if talk.line.quiet():
                return talk
            talk.line.close()
        return None

    def put(self, way: Way, talk: Conversation) -> None:
        """Keep one whose answer has ended; close the oldest, where there are too many."""
        loop = asyncio.get_running_loop()
        self._idle[talk] = way, loop.time() + SECONDS
        self._by_way.setdefault(way, []).append(talk)
        if len(self._idle) > MOST:
            self._close_oldest()
        if self._closing is None:
            self._closing = loop.call_later(SECONDS, self._close_old, loop)

    def close(self) -> None:
        """Hang up on all."""
        while self._idle:
            self._close_oldest()
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None

    def _close_old(self, loop: asyncio.AbstractEventLoop) -> None:
        self._closing = None
        while self._idle:
            _, until = next(iter(self._idle.values()))
            if until > loop.time():
                self._closing = loop.call_at(until, self._close_old, loop)
                return
            self._close_oldest()

    def _close_oldest(self) -> None:
        talk = next(iter(self._idle))
        self._forget(talk)
        talk.line.close()

    def _forget(self, talk: Conversation) -> None:
        way, _ = self._idle.pop(talk)
        same = self._by_way[way]
        same.remove(talk)
        if not same:
            del self._by_way[way]
