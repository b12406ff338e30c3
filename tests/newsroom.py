"""A whole aiwatch on loopback for tests: a site with feeds and pages, an inbox, a hook, and the command line.

with Newsroom(tmp_path) as room:
    room.page("/one", "Sora closes", SORA)
    room.feed("/feed", room.item("/one", "Sora closes", "2026-03-24T10:00:00Z"))
    room.configure(sources="- {name: A, url: 'FEED'}", …)
    done = room.aiwatch("fetch", now="2026-03-24T12:00:00Z")
    done.code, done.out, room.inbox.mails, room.hooks
"""

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiwatch.cli import main
from tests.inbox import Inbox
from tests.servers import Answer, Asked, Site

MEASURING: dict[str, str] = {}  # what coverage put into the environment; see conftest.py
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass(frozen=True, slots=True)
class Done:
    """What a command came to."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Its output, read."""
        return json.loads(self.out)


class Newsroom:
    """Servers, a folder and a configuration; use it as a block."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.site = Site()
        self.inbox = Inbox()
        self.hooks: list[Asked] = []
        self.file = folder / "feeds.yaml"
        self.database = folder / "aiwatch.db"

    def __enter__(self) -> Self:
        self.site.__enter__()
        self.inbox.__enter__()
        self.site.add("/hook", self._hooked)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.inbox.__exit__(kind, error, trace)
        self.site.__exit__(kind, error, trace)

    def _hooked(self, asked: Asked) -> Answer:
        if len(asked.body) < int(asked.headers.get("content-length", "0")):
            return Answer(status=400)  # whoever posts it died in the midst of it
        self.hooks.append(asked)
        return Answer(status=204)

    def page(self, path: str, title: str, text: str, site: str = "Example Times") -> None:
        """An article page with the usual around it."""
        paragraphs = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())
        self.site.add(
            path,
            f"<html lang=en><head><title>{escape(title)} | {site}</title>"
            f'<meta property="og:site_name" content="{escape(site)}"></head><body>'
            '<nav><a href="/">Home</a> <a href="/world">World</a></nav>'
            f"<main><article><h1>{escape(title)}</h1>{paragraphs}</article></main>"
            "<footer>All rights reserved</footer></body></html>".encode(),
            headers={"Content-Type": "text/html; charset=utf-8"},
        )

    def item(self, path: str, title: str, published: str | None, text: str = "") -> str:
        """One RSS item; its link is on this site."""
        date = format_datetime(datetime.fromisoformat(published)) if published else None
        return (
            f"<item><guid>{path}</guid><link>{self.site.url(path)}</link><title>{escape(title)}</title>"
            + (f"<pubDate>{date}</pubDate>" if date else "")
            + f"<description>{escape(text)}</description></item>"
        )

    def feed(self, path: str, *items: str, title: str = "Example Times") -> str:
        """An RSS feed on this site; returns its address."""
        body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{"".join(items)}</channel></rss>'
        self.site.add(path, body.encode(), headers={"Content-Type": "application/rss+xml"})
        return self.site.url(path)

    def configure(self, **parts: Any) -> None:
        """Write feeds.yaml: JSON is YAML. Loopback is allowed, nothing is spaced, mail and hook stand ready.

        One child reads: each takes 0.6 s of computing to be there, and a test's few pages need no second one.
        """
        whole: dict[str, Any] = {
            "timezone": "UTC",
            "contact": "me@example.org",
            "fetch": {"spacing": "0s", "per_host": 20, "timeout": "10s", "allow_private": True},
            "backlog": "all",
            "workers": 1,
            "topics": {"sora": {"title": "OpenAI Sora", "any": ["sora"]}},
            "channels": self.channels(),
            **parts,
        }
        self.file.write_text(json.dumps(whole, ensure_ascii=False, indent=1), encoding="utf-8")

    def channels(self) -> Mapping[str, Any]:
        """The inbox and the hook, as feeds.yaml has them."""
        return {
            "inbox": {
                "kind": "email",
                "to": ["reader@example.org"],
                "from": "aiwatch@example.org",
                "host": "127.0.0.1",
                "port": self.inbox.port,
                "security": "none",
            },
            "hook": {
                "kind": "webhook",
                "url": self.site.url("/hook"),
                "secret": SECRET,
                "allow_private": True,
            },
        }

    def aiwatch(self, *words: str, now: str | None = None) -> Done:
        """Run a command in this process."""
        arguments = [*words, "-c", str(self.file)]
        if now:
            arguments += ["--now", now]
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                main(arguments)
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 1
        return Done(code, out.getvalue(), err.getvalue())

    def command(self, *words: str, now: str | None = None) -> list[str]:
        """The same command for a process of its own."""
        line = [sys.executable, "-m", "aiwatch", *words, "-c", str(self.file)]
        return [*line, "--now", now] if now else line

    def apart(self, *words: str, now: str | None = None) -> Done:
        """Run it in a process of its own, which coverage does not slow: for what is large."""
        done = subprocess.run(
            self.command(*words, now=now), capture_output=True, text=True, check=False
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def start(
        self, *words: str, now: str | None = None, measured: bool = False
    ) -> "subprocess.Popen[str]":
        """Start it in a process of its own."""
        return subprocess.Popen(
            self.command(*words, now=now),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **(MEASURING if measured else {})},
        )
