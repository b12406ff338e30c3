"""Answers that no honest server sends, and what one costs the fetch room: shared by a test and by benchmarks/bombs.py.

The servers run in the calling process. One child process fetches bomb after bomb, a healthy feed beside each, and
reports words, seconds and how far its memory rose over what it had before the first. Linux only: the kernel counts.
"""

import asyncio
import ctypes
import json
import math
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiwatch.fetch import Fetcher, FetchSettings
from aiwatch.model import FetchFailure, Outcome, Page, Target
from aiwatch.net import system_resolve
from tests.servers import Line, RawSite, Site

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MAX_BYTES = 15_000_000
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
GZIP = b"Content-Encoding: gzip\r\n\r\n"
FEED = b"<rss><channel><title>healthy</title>" + b"<item><title>news</title></item>" * 1500
MEGABYTE = bytes(1024 * 1024)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one bomb came to."""

    what: str
    kind: str  # of the failure; or what else came
    words: str
    seconds: float
    extra: float  # MB above what the process had before the first bomb, at its highest
    neighbour: float  # seconds: the middle one of three polls of a healthy feed meanwhile


# ---------------------------------------------------------------- servers


def packed_gigabyte(line: Line) -> None:
    """1 GB of zeros in 1 MB."""
    packer = zlib.compressobj(9, wbits=31)
    line.send(OK + GZIP)
    for _ in range(1024):
        line.send(packer.compress(MEGABYTE))
    line.send(packer.flush())


def many_members(line: Line) -> None:
    member = zlib.compressobj(9, wbits=31)
    empty = member.compress(b"") + member.flush()
    line.send(OK + GZIP)
    while True:
        line.send(empty * 4000)


def endless(line: Line) -> None:
    line.send(OK + b"\r\n")
    while True:
        line.send(MEGABYTE)


def crumbs(line: Line) -> None:
    line.send(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        line.send(b"1\r\nx\r\n" * 20_000)


def drip(line: Line) -> None:
    line.send(OK + b"Content-Length: 100000\r\n\r\n")
    while line.pause(0.02):
        line.send(b".")


def stall(line: Line) -> None:
    line.send(OK + b"Content-Length: 100000\r\n\r\n<rss>")
    line.pause(600)


def no_answer(line: Line) -> None:
    line.pause(600)


def many_headers(line: Line) -> None:
    line.send(OK)
    for number in range(20_000):
        line.send(b"X-%d: " % number + b"a" * 1000 + b"\r\n")
    line.send(b"\r\n" + FEED)


def one_header(line: Line) -> None:
    line.send(OK + b"X: ")
    for _ in range(20):
        line.send(b"a" * 1_000_000)
    line.send(b"\r\n\r\n" + FEED)


def interim(line: Line) -> None:
    while line.pause(0.001):
        line.send(b"HTTP/1.1 103 Early Hints\r\nLink: </" + b"a" * 10_000 + b">\r\n\r\n")


def circle(line: Line) -> None:
    other = b"/b" if line.head.startswith(b"GET /a ") else b"/a"
    line.send(b"HTTP/1.1 302 Found\r\nLocation: " + other + b"\r\nContent-Length: 0\r\n\r\n")


def onwards(line: Line) -> None:
    path = line.head.split()[1]
    line.send(b"HTTP/1.1 301 Moved\r\nLocation: " + path + b"x\r\nContent-Length: 0\r\n\r\n")


SCRIPTS: dict[str, Callable[[Line], None]] = {
    "1 GB of zeros, packed to 1 MB": packed_gigabyte,
    "empty gzip members without end": many_members,
    "a body without end": endless,
    "a body in one-byte chunks": crumbs,
    "20 MB of headers": many_headers,
    "one header of 20 MB": one_header,
    "interim answers without end": interim,
    "a body that drips": drip,
    "a body that stalls": stall,
    "no answer": no_answer,
    "a redirect circle": circle,
    "redirects without end": onwards,
}
ROBOTS = "1 GB of zeros as robots.txt"  # the page behind it is read
HOME = "a redirect to a private address"
REBIND = "DNS: public first, private second"
TWELVE = "12 feeds of 15 MB at once"  # read, a few at a time


@contextmanager
def served() -> Iterator[tuple[dict[str, str], Site]]:
    """An address for each bomb and for the healthy feed, and the site at home that must not be reached."""

    def walled(line: Line) -> None:
        if line.head.startswith(b"GET /robots.txt "):
            packed_gigabyte(line)
        else:
            line.send(OK + b"Content-Length: 4\r\n\r\nread")

    with ExitStack() as stack:
        healthy, home = stack.enter_context(Site()), stack.enter_context(Site())
        healthy.add("/", FEED)
        healthy.add("/large", b"x" * (MAX_BYTES - 1))
        healthy.add("/home", status=302, headers={"Location": home.url("/secret")})
        home.add("/secret", "secret")
        sites = {what: stack.enter_context(RawSite(script)) for what, script in SCRIPTS.items()}
        robots = stack.enter_context(RawSite(walled))
        urls = {what: site.url("/a") for what, site in sites.items()}
        urls |= {"healthy": healthy.url("/"), HOME: healthy.url("/home")}
        urls |= {
            TWELVE: healthy.url("/large"),
            ROBOTS: robots.url("/page"),
            REBIND: home.url("/secret", host="rebind.example"),
        }
        yield urls, home


def costs(timeout: float) -> tuple[list[Cost], int]:
    """What each bomb costs a child process, and how many requests came to where none may come."""
    with served() as (urls, home):
        done = subprocess.run(
            [sys.executable, "-m", "tests.fetch.bombs", str(timeout)],
            cwd=ROOT,
            input=json.dumps(urls),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        return [Cost(**row) for row in json.loads(done.stdout)], len(home.requests)


# ---------------------------------------------------------------- the child


def _memory(field: str) -> float:
    """MB, as the kernel counts them: VmRSS is now, VmHWM the highest since it was last reset."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def _reset() -> None:
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5", "ascii")


class _Rebinding:
    """A name that is public when first looked up and at home ever after."""

    def __init__(self) -> None:
        self.asked = 0

    async def __call__(self, host: str, port: int) -> tuple[str, ...]:
        if host != "rebind.example":
            return await system_resolve(host, port)
        self.asked += 1
        return ("2d00::1",) if self.asked == 1 else ("127.0.0.1",)  # the first was given to nobody


async def _neighbour(fetcher: Fetcher, url: str) -> float:
    """The middle one of three polls of a healthy feed, so that one breath of a busy machine is no verdict."""
    clock = asyncio.get_running_loop().time
    took = []
    for _ in range(3):
        await asyncio.sleep(0.03)
        started = clock()
        found = await fetcher.get(Target(url=url), NOW)
        took.append(clock() - started if isinstance(found, Page) else math.inf)
    return sorted(took)[1]


async def _held_by_twelve(fetcher: Fetcher, target: Target) -> Outcome:
    """As many polls as the pipeline makes at once, each with its body in hand for a while."""

    async def one() -> Outcome:
        async with fetcher.getting(target, NOW) as outcome:
            await asyncio.sleep(0.01)
            size = len(outcome.body) if isinstance(outcome, Page) else 0
        return replace(outcome, body=b"") if isinstance(outcome, Page) and size else outcome

    outcomes = await asyncio.gather(*(one() for _ in range(12)))
    return next((o for o in outcomes if not isinstance(o, Page)), outcomes[0])


async def _cost(fetcher: Fetcher, what: str, urls: dict[str, str], before: float) -> Cost:
    if what == REBIND:  # its first look-up leads nowhere
        await fetcher.get(Target(url=urls[what]), NOW)
    _reset()
    clock = asyncio.get_running_loop().time
    started = clock()
    healthy = asyncio.create_task(_neighbour(fetcher, urls["healthy"]))
    target = Target(url=urls[what], robots=what == ROBOTS)
    outcome = (
        await _held_by_twelve(fetcher, target) if what == TWELVE else await fetcher.get(target, NOW)
    )
    seconds = clock() - started
    neighbour = await healthy
    return Cost(
        what=what,
        kind=outcome.kind if isinstance(outcome, FetchFailure) else type(outcome).__name__,
        words=outcome.detail if isinstance(outcome, FetchFailure) else "",
        seconds=seconds,
        extra=_memory("VmHWM") - before,
        neighbour=neighbour,
    )


async def _all(urls: dict[str, str], timeout: float) -> list[Cost]:  # noqa: ASYNC109 - of each fetch
    settings = FetchSettings(
        timeout=timedelta(seconds=timeout),
        max_bytes=MAX_BYTES,
        per_host=16,  # so that only memory holds the twelve back
        spacing=timedelta(0),
        user_agent="aiwatch/0",
        allow_private=tuple(
            url.split("/")[2] for what, url in urls.items() if what not in (REBIND, HOME)
        ),
    )
    async with Fetcher(settings, resolve=_Rebinding()) as fetcher:
        await _neighbour(fetcher, urls["healthy"])
        before = _memory("VmRSS")
        return [await _cost(fetcher, what, urls, before) for what in urls if what != "healthy"]


if __name__ == "__main__":
    rows = asyncio.run(_all(json.loads(sys.stdin.read()), float(sys.argv[1])))
    sys.stdout.write(json.dumps([asdict(row) for row in rows]))
