"""A web server for the test world: every port is a host of its own, and every request is logged on the world's clock.

    with World() as world:
        host = world.host()
        host.add("/feed", Reply(b"<rss/>", headers={"ETag": '"1"'}))
        host.add("/moved", lambda seen: redirect(301, "/feed"))
        host.add("/drip", Raw(script))                # `async def script(wire)`: sends what no honest server sends
        world.now += timedelta(hours=1)               # `Date` is this clock's
        host.log[0].at, host.log[0].path, host.log[0].headers["if-none-match"]

One thread with one event loop serves all hosts. Header values are kept as sent, each byte one character (latin-1).
"""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from types import TracebackType
from typing import Self

START = datetime(2026, 3, 24, 9, 7, tzinfo=UTC)  # a Tuesday
TLS = b"\x16"  # what a client begins with who believes that we speak it
Headers = Mapping[str, str] | Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it came; header names in lower case."""

    at: datetime  # on the world's clock
    second: float  # on the machine's, monotonic: within one round the world's clock stands still
    method: str
    path: str
    headers: Mapping[str, str]
    line: int  # which connection of this host it came on, from 1


@dataclass(frozen=True, slots=True)
class Reply:
    """What to send. `pause` is in real seconds, before the first byte."""

    body: bytes | str = b""
    status: int = 200
    headers: Headers = ()
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer that no honest server sends; the connection ends with the script."""

    script: Callable[["Wire"], Awaitable[None]]


Route = Reply | Raw | Callable[[Seen], Reply | Raw]


class Wire:
    """The connection of one request whose head has been read."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def send(self, data: bytes) -> None:
        """Send it, and wait until the other side takes it."""
        self._writer.write(data)
        await self._writer.drain()

    def reset(self) -> None:
        """Hang up without a good-bye."""
        self._writer.transport.abort()


async def hang_up(wire: Wire) -> None:
    """A script: no answer, and gone."""
    wire.reset()


@dataclass(slots=True)
class Host:
    """One port: what it answers, and what it was asked."""

    world: "World"
    port: int = 0
    routes: dict[str, Route] = field(default_factory=dict)
    log: list[Seen] = field(default_factory=list)
    connections: int = 0
    busy: int = 0  # answers under way
    busiest: int = 0

    @property
    def authority(self) -> str:
        """`127.0.0.1:port`."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/feed", *, name: str = "127.0.0.1", scheme: str = "http") -> str:
        """An address on this host."""
        return f"{scheme}://{name}:{self.port}{path}"

    def add(self, path: str, route: Route) -> str:
        """Answer `path` so; returns its address. A route is found by path with its query, then by path alone."""
        self.routes[path] = route
        return self.url(path)

    def asked(self, path: str = "/feed") -> list[Seen]:
        """The requests for this path, with any query."""
        return [seen for seen in self.log if seen.path.partition("?")[0] == path]

    def route(self, seen: Seen) -> Reply | Raw:
        """The answer to one request."""
        route = self.routes.get(seen.path) or self.routes.get(seen.path.partition("?")[0])
        if route is None:
            return Reply("nothing here", 404)
        if isinstance(route, Reply | Raw):
            return route
        try:
            return route(seen)
        except Exception as error:  # noqa: BLE001  (any bug in a route belongs to the test)
            self.world.errors.append(error)
            return Reply(repr(error), 500)


class World:
    """The clock, the hosts and the thread that serves them; use it as a block."""

    def __init__(self) -> None:
        self.now = START
        self.hosts: list[Host] = []
        self.errors: list[Exception] = []
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live()))

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()
        if error is None and self.errors:
            raise self.errors[0]

    async def _live(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        self._servers: list[asyncio.Server] = []
        self._talks: set[asyncio.Task[None]] = set()
        self._ready.set()
        await self._over.wait()
        for server in self._servers:
            server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    def host(self) -> Host:
        """A new host on a free port."""
        host = Host(self)
        asyncio.run_coroutine_threadsafe(self._open(host), self._loop).result()
        self.hosts.append(host)
        return host

    def forget(self) -> None:
        """Close every host, so that what is laid next has the world to itself."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self.hosts = []
        self.now = START

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        self._servers = []
        talks = set(self._talks)
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)

    async def _open(self, host: Host) -> None:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._talks.add(task)
            try:
                await self._talk(host, reader, writer)
            except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                pass  # the other side hung up, or the world ends
            finally:
                self._talks.discard(task)
                writer.close()

        server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=1 << 20)
        self._servers.append(server)
        host.port = server.sockets[0].getsockname()[1]

    async def _talk(
        self, host: Host, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        host.connections += 1
        line = host.connections
        while True:
            start = await reader.readexactly(1)
            if start == TLS:
                return
            head = start + await reader.readuntil(b"\r\n\r\n")
            seen = self._noted(host, head, line)
            host.busy += 1
            host.busiest = max(host.busiest, host.busy)
            try:
                reply = host.route(seen)
                if isinstance(reply, Raw) and seen.method == "HEAD":
                    return
                if isinstance(reply, Raw):
                    await reply.script(Wire(writer))
                    return
                await asyncio.sleep(reply.pause)
            finally:
                host.busy -= 1
            writer.write(self._packed(reply, with_body=seen.method != "HEAD"))
            await writer.drain()

    def _noted(self, host: Host, head: bytes, line: int) -> Seen:
        first, *rest = head.decode("latin-1").split("\r\n")
        method, _, path = first.partition(" ")
        pairs = (one.partition(":") for one in rest if one)
        headers = {name.lower(): value.strip(" \t") for name, _, value in pairs}
        path = path.rpartition(" ")[0]
        seen = Seen(self.now, time.monotonic(), method, path, headers, line)
        host.log.append(seen)
        return seen

    def _packed(self, reply: Reply, *, with_body: bool) -> bytes:
        pairs = reply.headers.items() if isinstance(reply.headers, Mapping) else reply.headers
        headers = list(pairs)
        names = {name.lower() for name, _ in headers}
        body = reply.body.encode() if isinstance(reply.body, str) else reply.body
        if "date" not in names:
            headers.append(("Date", http_date(self.now)))
        if "content-length" not in names and reply.status not in (204, 304):
            headers.append(("Content-Length", str(len(body))))
        head = f"HTTP/1.1 {reply.status} As Said\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in headers)
        return (head + "\r\n").encode("latin-1") + (body if with_body else b"")


def http_date(at: datetime) -> str:
    """The date as HTTP writes it."""
    return format_datetime(at.astimezone(UTC), usegmt=True)
