"""Breaks the n-th call that touches the world: SQL, a socket, a file, the clock, a reader's process.

Two kinds of fault. The call *raises* what the world raises (a full disk, a locked database, a cut line), or the
process *dies* there: this call and all after it come to nothing, and what was not committed is gone.
"""

import smtplib
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, cast
from weakref import WeakSet

from aiwatch.channels.base import Disk
from aiwatch.workers import WorkerFailure, Workers

Kind = Literal["raises", "dies"]
SQL_TROUBLE = ("database is locked", "database or disk is full", "disk I/O error")
JUMPS = (timedelta(days=3), -timedelta(hours=1), timedelta(minutes=11), -timedelta(days=2))


class Died(BaseException):
    """The process ends at this very instant."""


class Broken(Exception):
    """For a call whose trouble is no exception."""


@dataclass
class Injector:
    """Counts calls, and breaks one of them; `at` 0 breaks none."""

    at: int = 0
    kind: Kind = "raises"
    calls: int = 0
    dead: bool = False
    fired: str = ""  # which call it was
    seen: list[str] = field(default_factory=list)  # what was called, in order
    lock: threading.Lock = field(default_factory=threading.Lock)

    def arm(self, at: int, kind: Kind) -> None:
        """Break the call `at` from here."""
        self.at, self.kind, self.calls, self.dead, self.fired = at, kind, 0, False, ""

    def disarm(self) -> None:
        """Break nothing more; what fired stays known."""
        self.at, self.dead = 0, False

    def call(self, what: str, *errors: Exception) -> None:
        """A call that touches the world is about to be made; `errors` are what it may end in, taken in turn."""
        with self.lock:
            if self.dead:
                raise Died
            self.calls += 1
            self.seen.append(what)
            if self.calls != self.at:
                return
            self.fired = what
            if self.kind == "dies":
                self.dead = True
                raise Died
        raise errors[self.at % len(errors)]


class Here(ThreadPoolExecutor):
    """No thread at all: what is handed to it is done at once, so that a run repeats itself to the last call."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **options))
        except BaseException as error:  # noqa: BLE001  (as a thread would)
            done.set_exception(error)
        return done


def connections(injector: Injector) -> type[sqlite3.Connection]:
    """Database connections of which every statement counts."""

    class Counted(sqlite3.Connection):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self.cursors: WeakSet[sqlite3.Cursor] = WeakSet()

        def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
            _count_sql(injector, sql)
            cursor = super().execute(sql, parameters)
            self.cursors.add(cursor)
            return cursor

        def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
            _count_sql(injector, sql)
            return super().executemany(sql, parameters)

        def close(self) -> None:
            """With what a traceback still holds, or SQLite would keep its locks, which no dead process does."""
            for cursor in self.cursors:
                cursor.close()
            super().close()

    return Counted


def _count_sql(injector: Injector, sql: str) -> None:
    what = sql.split(maxsplit=1)[0].upper()
    injector.call(what, *(sqlite3.OperationalError(words) for words in SQL_TROUBLE))


class CountedDisk(Disk):
    """Files of which every write, renaming and fsync counts; a fault in the midst of writing leaves half of it."""

    def __init__(self, injector: Injector) -> None:
        self.injector = injector

    def write(self, path: Path, content: bytes) -> None:
        self._count("file open")
        try:
            self._count("file write")
        except (OSError, Died):
            path.write_bytes(content[: len(content) // 2])
            raise
        super().write(path, content)
        self._count("file fsync")

    def rename(self, draft: Path, path: Path) -> None:
        self._count("file rename")
        super().rename(draft, path)
        self._count("folder fsync")

    def _count(self, what: str) -> None:
        self.injector.call(what, OSError(28, "No space left on device"), OSError(5, "I/O error"))


class CountedReaders(Workers):
    """Reads in this process, as what is read is sound; what was read before is remembered. A lost reader counts."""

    read: dict[str, Any] = {}  # noqa: RUF012  (shared by all: what a page says does not depend on who reads it)

    def __init__(self, injector: Injector) -> None:
        super().__init__(1)
        self.injector = injector

    async def run(self, function: Callable[..., Any], *args: object, deadline: float) -> Any:
        try:
            self.injector.call("worker", Broken())
        except Broken:
            return WorkerFailure(reason="the worker was killed from outside, twice")
        key = f"{function.__name__}{args!r}"
        if key not in self.read:
            self.read[key] = function(*args)
        return self.read[key]


@dataclass
class CountedClock:
    """A time that tests set; its fault is a jump."""

    injector: Injector
    now: datetime

    def __call__(self) -> datetime:
        try:
            self.injector.call("clock", Broken())
        except Broken:
            self.now += JUMPS[self.injector.at % len(JUMPS)]
        return self.now


def mail_line(injector: Injector, server: Callable[[], Any]) -> type[smtplib.SMTP]:
    """smtplib over a line to `server` of which every send and receive counts."""

    class Counted(smtplib.SMTP):
        def _get_socket(self, host: str, port: int, timeout: float) -> Any:
            injector.call("mail connect", ConnectionRefusedError(111, "Connection refused"))
            return _Line(injector, server())

    return Counted


class _Line:
    """What smtplib asks of a socket."""

    def __init__(self, injector: Injector, server: Any) -> None:
        self.injector, self.server = injector, server

    def sendall(self, data: bytes) -> None:
        self._count("mail send")
        self.server.hear(data)

    def makefile(self, _mode: str) -> "_Line":
        return self

    def readline(self, _most: int = -1) -> bytes:
        self._count("mail receive")
        return cast("bytes", self.server.say())

    def gettimeout(self) -> float:
        """Nobody waits here."""
        return 30.0

    def settimeout(self, seconds: float) -> None:
        """Nobody waits here."""

    def close(self) -> None:
        """Nothing is held."""

    def _count(self, what: str) -> None:
        self.injector.call(
            what, ConnectionResetError(104, "reset by peer"), TimeoutError("timed out")
        )
