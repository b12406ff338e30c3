"""Readers that break the rules, to show that each can be broken: a check that cannot fail is no check.

`Rude` asks for everything at every turn, believes anything, and is never the same twice. `Lazy` asks once.
"""

import re
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from tests.world.scene import Told, Watched

EVERY = timedelta(minutes=15)
TURNS = 12  # in one scene: enough to break what there is to break
PATIENCE = 2.6  # seconds: too long for who was told to wait half of one
HOPS = 25
HREF = re.compile(r'(?:href="|<link>|<itunes:new-feed-url>)(http[^"<]+)')


class Rude:
    """It stands in nobody's way but everybody's."""

    name = "rude"
    reads_pages = True

    def __init__(self, every: timedelta = EVERY) -> None:
        self._every = every
        self._hands = ThreadPoolExecutor(8)
        self._turn = 0

    def end(self) -> None:
        """No more scenes."""
        self._hands.shutdown()

    def open(self) -> None:
        """Know nothing."""
        self._left = TURNS
        self._held: dict[str, tuple[str, ...]] = {}
        self._edited: dict[str, int] = {}
        self._moved: dict[str, str] = {}
        self._cookies: dict[str, str] = {}
        self._etags: dict[str, str] = {}

    def close(self) -> None:
        """Remember nothing."""

    def start(self, watched: Sequence[Watched], setup: Mapping[str, Any], now: datetime) -> None:
        """Ask again at once, whatever was asked before."""
        self._watched = tuple(watched)
        self._last: datetime | None = None

    def stop(self) -> None:
        """Forget when anything was asked."""

    def round(self, now: datetime) -> None:
        """Ask for all of it."""
        if self._left and (self._last is None or now - self._last >= self._every):
            self._last = now
            self._left -= 1
            self._turn += 1
            found = self._hands.map(self._look, self._watched)
            list(self._hands.map(self._get, ("GET",) * 99, [one for some in found for one in some]))

    def _look(self, one: Watched) -> list[str]:
        """Read it, and see what else there might be to ask for."""
        url = self._moved.get(one.name, one.url)
        if self._every == EVERY:
            self._get("HEAD", url)
        body = ""
        for _ in range(HOPS):
            status, body, location = self._get("GET", url)
            if status in (403, 429, 500, 503):
                self._get("GET", url)
            if not location:
                break
            url = urljoin(url, location)
        self._moved[one.name] = url
        titles = tuple(re.findall(r"<title>([^<]*)", body)[1:])
        self._edited[one.name] = self._edited.get(one.name, 0) + 1
        self._held[one.name] = titles or (("?",) if body else ())
        return [link for link in HREF.findall(body) if "news.example" not in link]

    def _get(self, method: str, url: str) -> tuple[int, str, str | None]:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "ftp") or not parts.hostname:
            return 200, "<title></title><title>x", None
        line = HTTPConnection(parts.hostname, parts.port, timeout=PATIENCE)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else f"?{self._turn}")
            line.request(method, path.encode().decode("latin-1"), headers=dict(self._said(parts)))
            answer = line.getresponse()
            for mark, kept in (("ETag", self._etags), ("Set-Cookie", self._cookies)):
                kept[parts.netloc] = answer.headers.get(mark) or kept.get(parts.netloc, "")
            return answer.status, all_of(answer).decode("latin-1"), answer.headers["Location"]
        except (OSError, HTTPException, ValueError):
            return 0, "", None
        finally:
            line.close()

    def _said(self, parts: SplitResult) -> Iterator[tuple[str, str]]:
        yield "User-Agent", f"Mozilla/5.0 (number {self._turn})"
        yield "Accept", "image/png"
        yield "Accept-Encoding", "br"
        yield "A-IM", "feed"
        yield "If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"
        yield "Referer", "http://reader.example/"
        yield "Authorization", "Basic " + b64encode(b"me:secret").decode()
        yield "Cookie", self._cookies.get(parts.netloc, "")
        yield "If-None-Match", self._etags.get(parts.netloc, "").strip('W/"')

    def entries(self, name: str) -> tuple[str, ...]:
        """What the last answer seemed to hold."""
        return self._held.get(name, ())

    def told(self, name: str) -> Told:
        """All is well."""
        return Told(works=True, words="fine", events=(), updated=self._edited.get(name, 0))


def all_of(answer: HTTPResponse) -> bytes:
    """A body, whole or not, for as long as patience lasts."""
    found, end = b"", time.monotonic() + PATIENCE
    try:
        while time.monotonic() < end and (piece := answer.read1(1 << 20)):
            found += piece
    except (OSError, HTTPException):
        pass
    return found


def lazy() -> Rude:
    """One that asks once."""
    return Rude(timedelta(days=400))
