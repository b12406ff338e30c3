"""One connection as bytes, over asyncio alone.

httpcore's own lines go through anyio: an address was looked up again, a task group opened and the socket asked for its
names for each connection, and a system call made for each idle one at every request.
"""

import asyncio
import select
from typing import Protocol, cast

HELD = 64 * 1024  # bytes that have come and are not read, above which no more are taken in


class Line(Protocol):
    """A connection to somebody; its trouble is an OSError."""

    def write(self, data: bytes) -> None:
        """Send these bytes, now or as soon as they can go."""

    async def read(self) -> bytes:
        """Some bytes, as they come; none at the end."""

    def quiet(self) -> bool:
        """Whether it is open and nothing has come that was not read: an idle one that is not is of no use."""

    def close(self) -> None:
        """Hang up; what was not sent is dropped."""


class Network(Protocol):
    """What opens a connection to an address: the system, or a network made up by a test."""

    async def connect(self, address: str, port: int) -> Line:
        """Raises OSError."""


class System:
    """The system's TCP."""

    async def connect(self, address: str, port: int) -> Line:
        """Connect to an IP address, which nobody is asked about again."""
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(lambda: _Socket(loop), address, port)
        return line


class _Socket(asyncio.Protocol):
    """A line over a transport of asyncio's."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._came = bytearray()
        self._paused = False
        self._ended = False
        self._trouble: Exception | None = None
        self._reader: asyncio.Future[None] | None = None

    # ------------------------------------------------------------ what the loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._wire = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._came += data
        if len(self._came) > HELD and not self._paused:
            self._paused = True
            self._wire.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self._ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended = True
        self._trouble = exc
        self._wake()

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    # ------------------------------------------------------------ a line

    def write(self, data: bytes) -> None:
        self._wire.write(data)

    async def read(self) -> bytes:
        if not self._came and not self._ended:
            self._reader = self._loop.create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        if self._came:
            return self._taken()
        if self._trouble is not None:
            raise self._trouble
        return b""

    def _taken(self) -> bytes:
        """What has come, HELD bytes of it at most: whoever reads gets no more than that to work through at once."""
        if len(self._came) <= HELD:
            data = bytes(self._came)
            self._came.clear()
        else:
            data = bytes(memoryview(self._came)[:HELD])
            del self._came[:HELD]
        if self._paused and len(self._came) <= HELD:
            self._paused = False
            self._wire.resume_reading()
        return data

    def quiet(self) -> bool:
        if self._came or self._ended or self._wire.is_closing():
            return False
        look = select.poll()  # the loop may not have come round to what is there
        look.register(self._wire.get_extra_info("socket"), select.POLLIN)
        return not look.poll(0)

    def close(self) -> None:
        self._wire.abort()
