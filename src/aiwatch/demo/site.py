"""The outlets' internet on loopback: a forward proxy behind which every bundled host answers.

A proxy, so that each outlet keeps a host and addresses of its own that stay the same from run to run: aiwatch tells
outlets apart by their hosts, and a story told yesterday by its address.
"""

import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import blake2b
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from aiwatch.demo.loopback import Loopback
from aiwatch.demo.outlets import Outlet
from aiwatch.demo.pages import article_page, feed, front_page

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)  # when every outlet was there, and empty


class Site(Loopback):
    """All outlets, at one moment of the demo's own clock: `now` may be set while it runs."""

    def __init__(self, outlets: Iterable[Outlet], now: datetime) -> None:
        self.now = now
        self.outlets = {outlet.host: outlet for outlet in outlets}
        self.answered = {200: 0, 304: 0, 404: 0}
        self._counting = threading.Lock()
        site = self

        class Answering(_Answering):
            pass

        Answering.site = site
        super().__init__(Answering)
        self.proxy = self.address

    def find(self, url: str) -> tuple[str, bytes, datetime] | None:
        """What stands at an address now: content type, bytes, when it last changed; None for nothing."""
        parts = urlsplit(url)
        outlet = self.outlets.get(parts.netloc)
        if outlet is None:
            return None
        shown = outlet.shown(self.now)
        newest = max((version.shown_from for version in shown), default=BEGINNING)
        if url == outlet.feed_url:
            return *feed(outlet, self.now), newest
        if parts.path == "/":
            return "text/html; charset=utf-8", front_page(outlet, self.now), newest
        for version in shown:
            if outlet.url(version) == url.partition("?")[0]:
                body = article_page(outlet, version, self.now)
                return "text/html; charset=utf-8", body, version.shown_from
        return None

    def count(self, status: int) -> None:
        """Note an answer."""
        with self._counting:
            self.answered[status] += 1


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one segment per answer
    timeout = 5  # an idle kept connection must not hold up the end
    site: Site

    def do_GET(self) -> None:
        """Answer for any of the hosts; the request line of a proxied request is a whole address."""
        url = self.path if "://" in self.path else f"http://{self.headers.get('Host')}{self.path}"
        found = self.site.find(url)
        if found is None:
            self._answer(404, b"nothing here", {"Content-Type": "text/plain"})
            return
        kind, body, changed = found
        tag = f'"{blake2b(body, digest_size=8).hexdigest()}"'
        headers = {"ETag": tag, "Last-Modified": format_datetime(changed, usegmt=True)}
        if self._has(tag, changed):
            self._answer(304, b"", headers)
        else:
            self._answer(200, body, {**headers, "Content-Type": kind})

    def _has(self, tag: str, changed: datetime) -> bool:
        """RFC 9110 13.2.2: If-None-Match decides where it is given, else the date."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return tag in tags
        since = self.headers.get("If-Modified-Since")
        try:
            return since is not None and changed <= parsedate_to_datetime(since)
        except ValueError:
            return False

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.site.count(status)
        self.send_response_only(status)
        self.send_header("Date", format_datetime(self.site.now, usegmt=True))
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
