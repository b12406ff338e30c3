"""The world's process: `python server.py SETTINGS.json`, then one JSON command a line on stdin, one answer a line on stdout.

Every feed is a host of its own, 127.a.b.c, on one port; requests by any other way in are cut. Commands:
`set` (latency, hangs, errors, validators, rebuilt, hostile), `publish`, `counts`, `text`, `served`, `delivered`, `reset`.
"""

import asyncio
import json
import random
import socket
import sys
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from world import pages

PER_NET = 250
OK = "HTTP/1.1 {} X\r\nContent-Length: {}\r\n{}\r\n"
ROBOTS = b"User-agent: *\nDisallow: /private/\n"
HOSTILE = (
    b"<!doctype html><title>Endless</title><body>"
    + b"<p>a short paragraph, again and again, of few words</p>\n" * 40_000
)


def address(feed: int) -> str:
    """The host of a feed."""
    return f"127.{1 + feed // PER_NET**2}.{feed // PER_NET % PER_NET}.{1 + feed % PER_NET}"


def number(host: str) -> int:
    """And back; raises ValueError."""
    _, net, high, low = host.partition(":")[0].split(".")
    return (int(net) - 1) * PER_NET**2 + int(high) * PER_NET + int(low) - 1


def now() -> datetime:
    """The world lives by the machine's clock."""
    return datetime(*time.gmtime()[:6], tzinfo=UTC)


@dataclass
class Manners:
    """How it answers."""

    latency: float = 0.0  # seconds
    hangs: float = 0.0  # share of hosts that never answer for their feed
    errors: float = 0.0  # share of hosts that answer 500 for their feed
    validators: bool = True
    rebuilt: bool = False  # feeds say at each request that they were made just now
    hostile: int = -1  # the host whose pages are 3 MB of 40,000 short paragraphs


@dataclass(eq=False)
class World:
    """What there is, and what was asked."""

    seed: int
    feeds: int
    entries: int
    listed: int = 30  # entries of a feed at most
    port: int = 0
    manners: Manners = field(default_factory=Manners)
    begun: datetime = field(default_factory=now)
    published: dict[int, list[datetime]] = field(default_factory=dict)  # after the start
    bodies: dict[tuple[int, int], bytes] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    busy: Counter[str] = field(default_factory=Counter)
    busiest: int = 0
    connections: int = 0
    served: dict[int, list[tuple[float, int]]] = field(default_factory=dict)  # when, entries then
    delivered: list[tuple[float, str]] = field(default_factory=list)

    # ------------------------------------------------------------ what there is

    def count(self, feed: int) -> int:
        return self.entries + len(self.published.get(feed, ()))

    def at(self, feed: int, entry: int) -> datetime:
        """The first ones came evenly over the last 20 hours."""
        if entry >= self.entries:
            return self.published[feed][entry - self.entries]
        back = timedelta(hours=20) * (self.entries - entry) / (self.entries + 1)
        return (self.begun - back - timedelta(seconds=feed % 600)).replace(microsecond=0)

    @cache  # noqa: B019 - one world a process
    def told(self, feed: int, entry: int) -> pages.Telling:
        return pages.telling(self.seed, feed, entry)

    def home(self, feed: int) -> str:
        return f"http://{address(feed)}:{self.port}"

    def feed_body(self, feed: int) -> bytes:
        count = self.count(feed)
        if self.manners.rebuilt:
            return self._built(feed, count, now() + timedelta(seconds=self.asked.total()))
        if (feed, count) not in self.bodies:
            self.bodies[feed, count] = self._built(feed, count, None)
        return self.bodies[feed, count]

    def _built(self, feed: int, count: int, built: datetime | None) -> bytes:
        shown = range(count - 1, max(-1, count - 1 - self.listed), -1)
        told = [(self.told(feed, entry), self.at(feed, entry)) for entry in shown]
        return pages.feed(f"Outlet {feed}", feed, told, self.home(feed), built)

    # ------------------------------------------------------------ answers

    def answer(self, host: str, path: str, headers: dict[str, str]) -> bytes | None:
        """The whole answer; None: never."""
        try:
            feed = number(host)
        except ValueError:
            return plain(404, b"no such host")
        if path == "/feed.xml" and feed < self.feeds:
            self.kinds["feed"] += 1
            return self._feed(feed, headers)
        if path == "/robots.txt":
            self.kinds["robots"] += 1
            return (
                plain(200, ROBOTS, "Content-Type: text/plain\r\n")
                if feed % 3
                else plain(404, b"none")
            )
        if path.startswith("/news/"):
            self.kinds["page"] += 1
            return self._page(feed, path, headers)
        self.kinds["other"] += 1
        return plain(404, b"no such page")

    def _feed(self, feed: int, headers: dict[str, str]) -> bytes | None:
        chance = random.Random(f"trouble {feed}").random()
        if chance < self.manners.hangs:
            self.kinds["hung"] += 1
            return None
        if chance < self.manners.hangs + self.manners.errors:
            self.kinds["500"] += 1
            return plain(500, b"out of order")
        count = self.count(feed)
        self.served.setdefault(feed, []).append((time.time_ns() / 1e9, count))
        tags = ""
        if self.manners.validators:
            tag = f'"{feed}-{count}"'
            tags = f"ETag: {tag}\r\nLast-Modified: {self.begun:%a, %d %b %Y %H:%M:%S} GMT\r\n"
            if headers.get("if-none-match") == tag:
                self.kinds["304"] += 1
                return f"HTTP/1.1 304 X\r\n{tags}\r\n".encode()
        return plain(200, self.feed_body(feed), "Content-Type: application/rss+xml\r\n" + tags)

    def _page(self, feed: int, path: str, headers: dict[str, str]) -> bytes:
        entry = int(path.split("/")[2])
        if feed >= self.feeds or entry >= self.count(feed):
            return plain(404, b"no such page")
        kind = "Content-Type: text/html; charset=utf-8\r\n"
        if feed == self.manners.hostile:
            return plain(200, HOSTILE, kind)
        told = self.told(feed, entry)
        parts = pages.page(
            f"Outlet {feed}", feed, told, f"{self.home(feed)}{path}", self.at(feed, entry)
        )
        if "gzip" in headers.get("accept-encoding", ""):
            return plain(200, pages.gzipped(parts, feed), kind + "Content-Encoding: gzip\r\n")
        return plain(200, b"".join(parts), kind)

    # ------------------------------------------------------------ commands

    def command(self, said: dict[str, Any]) -> Any:
        do = said.pop("do")
        return getattr(self, f"do_{do}")(**said)

    def do_set(self, **manners: Any) -> None:
        for name, value in manners.items():
            setattr(self.manners, name, value)

    def do_publish(self, feeds: list[int], each: int = 1) -> list[tuple[int, int, float]]:
        """New entries now: their feed, number and time."""
        at, made = time.time_ns() / 1e9, []
        for feed in feeds:
            for _ in range(each):
                self.published.setdefault(feed, []).append(now())
                made.append((feed, self.count(feed) - 1, at))
        return made

    def do_counts(self) -> dict[str, Any]:
        """Of the log; `feeds asked` and `pages asked` are numbers of addresses."""
        feeds = [n for url, n in self.asked.items() if url.endswith("/feed.xml")]
        articles = [n for url, n in self.asked.items() if "/news/" in url]
        return {
            "kinds": dict(self.kinds),
            "feeds asked": len(feeds),
            "feed GETs": sum(feeds),
            "most GETs of a feed": max(feeds, default=0),
            "pages asked": len(articles),
            "page GETs": sum(articles),
            "most GETs of a page": max(articles, default=0),
            "connections": self.connections,
            "in flight per host": self.busiest,
        }

    def do_text(self) -> int:
        """Bytes of UTF-8 of all articles' bodies."""
        return sum(
            len("\n".join(self.told(feed, entry).lines).encode())
            for feed in range(self.feeds)
            for entry in range(self.count(feed))
        )

    def do_served(self) -> dict[int, list[tuple[float, int]]]:
        return self.served

    def do_delivered(self) -> list[tuple[float, str]]:
        return self.delivered

    def do_reset(self) -> None:
        """Forget what was asked, not what was published."""
        for log in (self.asked, self.kinds, self.served, self.delivered):
            log.clear()
        self.busiest = self.connections = 0


def plain(status: int, body: bytes, headers: str = "") -> bytes:
    return OK.format(status, len(body), headers).encode() + body


class Talk(asyncio.Protocol):
    """One connection; requests come one after the other."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._got = b""
        self._waiting: deque[bytes] = deque()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._wire = transport
        self._host = transport.get_extra_info("sockname")[0]
        if not self._host.startswith("127."):
            transport.abort()
        self._world.connections += 1

    def data_received(self, data: bytes) -> None:
        self._got += data
        while (end := self._got.find(b"\r\n\r\n")) >= 0:
            first, *rest = self._got[:end].decode("latin-1").split("\r\n")
            pairs = (line.partition(":") for line in rest)
            headers = {key.lower(): value.strip() for key, _, value in pairs}
            length = int(headers.get("content-length", 0))
            if len(self._got) < end + 4 + length:
                return
            body, self._got = self._got[end + 4 : end + 4 + length], self._got[end + 4 + length :]
            self._asked(*first.split(" ")[:2], headers, body)

    def _asked(self, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        world, host = self._world, headers.get("host", self._host).partition(":")[0]
        if method == "POST":
            world.delivered.append((time.time_ns() / 1e9, body.decode("utf-8", "replace")))
            self._wire.write(plain(204, b""))
            return
        world.asked[host + path] += 1
        world.busy[host] += 1
        world.busiest = max(world.busiest, world.busy[host])
        answer = world.answer(host, path.partition("?")[0], headers)
        close = headers.get("connection", "").lower() == "close"
        if answer is not None:
            asyncio.get_running_loop().call_later(
                world.manners.latency, self._say, host, answer, close
            )

    def _say(self, host: str, answer: bytes, close: bool) -> None:
        self._world.busy[host] -= 1
        self._wire.write(answer)
        if close:
            self._wire.close()


async def live(world: World) -> None:
    """Until stdin ends."""
    loop = asyncio.get_running_loop()
    place = socket.socket()
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    place.bind(("0.0.0.0", 0))  # all of 127/8; others are cut
    server = await loop.create_server(lambda: Talk(world), sock=place, backlog=2048)
    world.port = place.getsockname()[1]
    print(json.dumps({"port": world.port}), flush=True)
    commands = asyncio.StreamReader(limit=1 << 24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    while line := await commands.readline():
        print(json.dumps(world.command(json.loads(line))), flush=True)
    server.close()


if __name__ == "__main__":
    asyncio.run(live(World(**json.loads(sys.argv[1]))))
