"""A peer: the loop that feedparser's documentation leads to, run by cron once an hour, in a process of its own.

Each feed is asked by `feedparser.parse(url, etag=…, modified=…)` with what the last result gave. It has no clock, no
storage and no limits; the child process has, so that no answer can hang or eat the machine.
"""

import multiprocessing
import resource
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any

import feedparser

from tests.world.scene import Told, Watched

EVERY = timedelta(minutes=60)
PATIENCE = 3.0  # seconds for one feed, then the child is ended
MEMORY = 1 << 30


class Loop:
    """What is remembered between rounds is what such a script keeps in memory."""

    name = "feedparser"
    reads_pages = False

    def __init__(self) -> None:
        self._child: multiprocessing.process.BaseProcess | None = None

    def end(self) -> None:
        """No more scenes."""
        self._kill()

    def open(self) -> None:
        """Nothing is stored, ever; entries are kept here for the one who looks on."""
        self._titles: dict[str, dict[str, str]] = {}
        self._edited: dict[str, int] = {}
        self._said: dict[str, tuple[bool, str]] = {}

    def close(self) -> None:
        """Nothing was stored."""

    def start(self, watched: Sequence[Watched], setup: Mapping[str, Any], now: datetime) -> None:
        """Begin without any memory."""
        self._watched = tuple(watched)
        self._marks: dict[str, tuple[Any, Any]] = {}
        self._last: datetime | None = None

    def stop(self) -> None:
        """Forget."""

    def round(self, now: datetime) -> None:
        """Every hour, one feed after the other."""
        if self._last is not None and now - self._last < EVERY:
            return
        self._last = now
        for one in self._watched:
            etag, modified = self._marks.get(one.name, (None, None))
            found = self._asked(one.url, etag, modified)
            self._note(one.name, found)

    def _note(self, name: str, found: Mapping[str, Any] | str) -> None:
        if isinstance(found, str):
            self._said[name] = (False, found)
            return
        if not (found["unchanged"] and not found["etag"] and not found["modified"]):
            self._marks[name] = (found["etag"], found["modified"])
        self._said[name] = (found["works"], found["words"])
        held = self._titles.setdefault(name, {})
        for key, title, text in reversed(found["entries"]):
            if held.get(key, title + text) != title + text:
                self._edited[name] = self._edited.get(name, 0) + 1
            held[key] = title + text

    def _asked(self, url: str, etag: Any, modified: Any) -> Mapping[str, Any] | str:
        """What came, or why nothing did."""
        pipe = self._ready()
        pipe.send((url, etag, modified))
        try:
            if pipe.poll(PATIENCE):
                found: Mapping[str, Any] | str = pipe.recv()
                return found
            words = f"still waiting after {PATIENCE:.0f} s"
        except (EOFError, OSError):
            words = "it crashed"
        self._kill()
        return words

    def _ready(self) -> Connection:
        if self._child is None:
            context = multiprocessing.get_context("spawn")
            self._pipe, theirs = context.Pipe()
            self._child = context.Process(target=ask, args=(theirs,), daemon=True)
            self._child.start()
            theirs.close()
            self._pipe.recv()  # it has imported what it needs
        return self._pipe

    def _kill(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.join()
            self._child.close()
            self._pipe.close()
            self._child = None

    def entries(self, name: str) -> tuple[str, ...]:
        """Titles it was given, by id."""
        return tuple(self._titles.get(name, {}).values())

    def told(self, name: str) -> Told:
        """Its result's status and `bozo_exception`; it tells of nothing once."""
        works, words = self._said.get(name, (False, "never asked"))
        return Told(works=works, words=words, updated=self._edited.get(name, 0))


def ask(pipe: Connection) -> None:
    """The child: one parse for each address it is given."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    pipe.send("ready")
    while True:
        try:
            url, etag, modified = pipe.recv()
        except EOFError:
            return
        pipe.send(parsed(url, etag, modified))


def parsed(url: str, etag: Any, modified: Any) -> Mapping[str, Any] | str:
    """A result as plain values."""
    try:
        found = feedparser.parse(url, etag=etag, modified=modified)
    except Exception as error:  # noqa: BLE001 - a loop would have to catch it, and says no more than this
        return f"{type(error).__name__}: {error}"
    status = found.get("status", 0)
    trouble = found.get("bozo_exception")
    entries = [
        (
            e.get("id") or e.get("link") or e.get("title", ""),
            e.get("title", ""),
            e.get("summary", ""),
        )
        for e in found.entries
    ]
    return {
        "works": 0 < status < 400 and not (trouble and not entries),
        "words": " ".join(str(part) for part in (status, trouble) if part),
        "unchanged": status == 304,
        "etag": found.get("etag"),
        "modified": found.get("modified"),
        "entries": entries,
    }
