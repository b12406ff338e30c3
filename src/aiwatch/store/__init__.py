"""The database: one writer thread, many readers, and nothing else in the program speaks SQL.

A transaction is a plain function from a connection to a value; `Store.write` runs it on the writer's thread inside
BEGIN IMMEDIATE. sqlite-utils' own `atomic()` begins deferred: of 240 such read-then-write transactions beside a
second process 199 failed at once with "database is locked", with BEGIN IMMEDIATE none (`docs/notes/001-store.md`).
"""

import asyncio
import os
import shutil
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from aiwatch.errors import AiwatchError, DamagedDatabase, Locked, NoSpace, UsageError
from aiwatch.store import kept, schema, soundness

if TYPE_CHECKING:
    from sqlite_utils import Migrations

T = TypeVar("T")
Connection = sqlite3.Connection  # for those who may not import sqlite3
Transaction = Callable[[Connection], T]
Version = tuple[int, int, int, int]
"""Of the file, its tables and what stands in them: another one after each commit, whoever made it."""

BUSY_SECONDS = 30.0
COPIES_KEPT = 3
READERS_KEPT = 4
LOG_PAGES = (
    250  # 1 MB; SQLite's own 1,000 grew a log of 4.3 MB beside the 0.8 MB of 100 short articles
)

WRITER_CACHE = 8192  # KB; with SQLite's own 2,000 an article's 250 keys were read from the file again: twice the system time


class Store:
    """An open database. Close it: the writer's thread ends and the write-ahead log is folded in."""

    def __init__(
        self,
        path: Path,
        *,
        busy: float = BUSY_SECONDS,
        migrations: "Migrations | None" = None,
        connections: type[Connection] = kept.Connection,
        thread: Executor | None = None,
    ) -> None:
        """Open or create `path`; raises DamagedDatabase or Locked, never makes a damaged file anew.

        connections: what all of them are; thread: where is written. Tests that break the n-th call (tests/faults) hand
        in connections that count, and no thread, so that the n-th is always the same.
        """
        self.path = path
        self._busy = busy
        self._migrations = migrations
        self._connections = connections
        # Idle ones; a deque's ends are safe between threads.
        self._readers: deque[_Reader] = deque()
        self._open_for_readers = True
        self._watcher: _Reader | None = None
        self._watchers = 0
        self._thread = thread or ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")
        try:
            self._connection = self._thread.submit(self._open).result()
        except BaseException:
            self._thread.shutdown()
            raise

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the writer; waits for the transaction under way."""
        self._open_for_readers = False
        while self._readers:
            self._readers.pop().connection.close()
        if self._watcher is not None:
            self._watcher.connection.close()
        self._thread.submit(self._connection.close).result()
        self._thread.shutdown()

    async def write(self, transaction: Transaction[T]) -> T:
        """Run `transaction` on the writer's thread; its work is committed when this returns, or none of it."""
        return await asyncio.wrap_future(self._thread.submit(self._run, transaction))

    def write_now(self, transaction: Transaction[T]) -> T:
        """`write` for those outside an event loop."""
        return self._thread.submit(self._run, transaction).result()

    async def rewrite(self, transaction: Transaction[T]) -> T:
        """`write` for what takes rows out and puts the very same ones back: no key follows them."""
        return await asyncio.wrap_future(self._thread.submit(self._run_unkeyed, transaction))

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection that can only read, with one unmoving view of the data while it lasts.

        It is kept for the next who looks, as long as the file and its tables stay what they were: to open one and look
        whether it is ours took a third of a service's day in the simulated month.
        """
        one = self._idle_reader() or _Reader.of(self.path, self._connections)
        try:
            with _said_plainly(self.path):
                one.connection.execute("BEGIN")
                yield one.connection
                one.connection.execute("ROLLBACK")
        except BaseException:
            one.connection.close()
            raise
        if self._open_for_readers and len(self._readers) < READERS_KEPT:
            self._readers.append(one)
        else:
            one.connection.close()

    def version(self) -> Version:
        """Tells whether anybody has committed anything since this was asked last; in microseconds.

        By a connection of its own: SQLite counts for each what the others have committed.
        """
        if self._watcher is None or not self._watcher.is_current(self.path):
            if self._watcher is not None:
                self._watcher.connection.close()
            self._watcher = None
            self._watcher = _Reader.of(self.path, self._connections)
            self._watchers += 1
        with _said_plainly(self.path):
            commits = self._watcher.connection.execute("PRAGMA data_version").fetchone()[0]
        return self._watchers, self._watcher.tables, self._watcher.file[1], commits

    def _idle_reader(self) -> "_Reader | None":
        try:
            one = self._readers.pop()
        except IndexError:
            return None
        if one.is_current(self.path):
            return one
        one.connection.close()
        return None

    def _open(self) -> sqlite3.Connection:
        _check_readable(self.path)
        _create_private(self.path)
        with _said_plainly(self.path):
            connection = sqlite3.connect(
                self.path, timeout=self._busy, isolation_level=None, factory=self._connections
            )
            try:
                _check_ours_to_write(connection, self.path, self._migrations)
                soundness.check_start(connection, self.path)
                _prepare(connection)
                if self._migrations or not schema.is_current(connection):
                    _bring_up_to_date(connection, self.path, self._migrations)
            except BaseException:
                connection.close()
                raise
            return connection

    def _run(self, transaction: Transaction[T]) -> T:
        with _said_plainly(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                result = transaction(self._connection)
                self._connection.execute("COMMIT")
            except BaseException:
                kept.forget(self._connection)
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        return result

    def _run_unkeyed(self, transaction: Transaction[T]) -> T:
        self._connection.execute("PRAGMA foreign_keys = OFF")
        try:
            return self._run(transaction)
        finally:
            self._connection.execute("PRAGMA foreign_keys = ON")


@dataclass(frozen=True, slots=True)
class _Reader:
    """A connection that was looked at: to which file, with which tables."""

    connection: Connection
    file: tuple[int, int]
    tables: int  # SQLite's count of changes of the schema

    @classmethod
    def of(cls, path: Path, connections: type[Connection]) -> "_Reader":
        _check_readable(path)
        if not path.exists():
            raise AiwatchError(f"no database at {path} any more")
        with _said_plainly(path):
            connection = _looking(path, connections)
            return cls(connection, _file(path), _tables(connection))

    def is_current(self, path: Path) -> bool:
        """Whether what was seen then still holds."""
        try:
            return self.file == _file(path) and self.tables == _tables(self.connection)
        except (OSError, sqlite3.Error):
            return False


def _file(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def _tables(connection: Connection) -> int:
    found: int = connection.execute("PRAGMA schema_version").fetchone()[0]
    return found


@contextmanager
def reader(path: Path, connections: type[Connection] = Connection) -> Iterator[sqlite3.Connection]:
    """A read-only connection to `path` inside one read transaction; raises DamagedDatabase where there is none.

    A file of an older aiwatch is brought up to date first, with the copy that every upgrade makes.
    """
    _check_readable(path)
    if not path.exists():
        raise AiwatchError(f"no database at {path} yet: run `aiwatch fetch` once")
    with _said_plainly(path):
        connection = _looking(path, connections)
        try:
            if schema.is_behind(connection):
                connection.close()
                Store(path).close()
                connection = _looking(path, connections)
            connection.execute("BEGIN")
            yield connection
        finally:
            connection.close()


def _looking(path: Path, connections: type[Connection]) -> sqlite3.Connection:
    """A connection that can only read, to a database of ours."""
    connection = sqlite3.connect(
        soundness.address(path, shared=True),
        uri=True,
        timeout=BUSY_SECONDS,
        factory=connections,
        check_same_thread=False,  # used by one at a time, not always from the same thread
        isolation_level=None,
    )
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA schema_version")  # says at once what is no database
        _check_ours_to_read(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _check_ours_to_read(connection: sqlite3.Connection, path: Path) -> None:
    if not schema.is_ours(connection):
        soundness.check_emptied(path, connection)
        raise AiwatchError(
            f"{path} holds no aiwatch database (yet): run `aiwatch fetch` once, or name another with --db"
        )
    if strangers := schema.strangers(connection):
        raise DamagedDatabase(schema.newer_words(strangers))


def _prepare(connection: sqlite3.Connection) -> None:
    """WAL lets readers go on beside the writer; FULL, because a lost "sent" mark is a message told twice."""
    connection.row_factory = sqlite3.Row
    # Of a new file; of an older one after its next VACUUM. Lets retention give freed pages back, a few at a time.
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA journal_size_limit = 1048576")
    connection.execute(f"PRAGMA cache_size = -{WRITER_CACHE}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")


def _settle(connection: sqlite3.Connection) -> None:
    """Put new tables into the file itself: whoever copies it without its log then has a database, if an old one."""
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)")


def _check_readable(path: Path) -> None:
    """Whether it may be read, asked without a handle on it.

    POSIX drops all locks of a process on a file when it closes any handle of it: opened and closed beside SQLite, the
    database looked free to the next process, which on leaving deleted the write-ahead log and all that was committed
    afterwards (sqlite.org/howtocorrupt.html, 2.2).
    """
    if path.exists() and not (path.is_file() and os.access(path, os.R_OK)):
        raise DamagedDatabase(f"the database {path} cannot be read: no file, or not for us")
    soundness.check_emptied(path)


def _check_ours_to_write(
    connection: sqlite3.Connection, path: Path, migrations: "Migrations | None"
) -> None:
    """Our tables are never put between somebody else's, or a newer program's; a file without any becomes ours."""
    # In this order: our tables and our migrations appear together, perhaps between these two looks.
    if schema.tables(connection) and not schema.is_ours(connection):
        raise UsageError(
            f"{path} is the database of another program and stays as it is: name another file with --db"
        )
    soundness.check_emptied(path, connection)
    known = schema.STEPS if migrations is None else [one.name for one in migrations._migrations]  # noqa: SLF001
    if schema.is_ours(connection) and (unknown := schema.strangers(connection, known)):
        raise DamagedDatabase(schema.newer_words(unknown))


def _create_private(path: Path) -> None:
    """The file holds addresses and what people read: mode 0600 from its first byte."""
    if path.exists():
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise AiwatchError(f"the database {path} cannot be created: {error.strerror}") from error


def _bring_up_to_date(
    connection: sqlite3.Connection, path: Path, migrations: "Migrations | None"
) -> None:
    from aiwatch.store import migrating  # noqa: PLC0415 - said there

    migrations = migrations or migrating.todays()
    waiting = migrating.pending(connection, migrations)
    if waiting and schema.is_ours(connection):
        _copy_before_migration(connection, path, waiting[0])
    if migrating.migrate(connection, migrations):
        _settle(connection)


def _copy_before_migration(connection: sqlite3.Connection, path: Path, migration: str) -> None:
    """Keep the file as it was before an upgrade; the last three copies stay."""
    copy = path.with_name(f"{path.name}.before-{migration}")
    room, size = shutil.disk_usage(path.parent).free, path.stat().st_size
    if room < size:
        raise NoSpace(
            f"the database {path} is to be brought up to date, and there is no room for the copy before that:"
            f" {size:,} bytes are needed, {room:,} are free"
        )
    _create_private(copy)
    target = sqlite3.connect(copy)
    try:
        connection.backup(target)
    finally:
        target.close()
    copies = sorted(
        path.parent.glob(f"{path.name}.before-*"), key=lambda file: file.stat().st_mtime
    )
    for old in copies[:-COPIES_KEPT]:
        old.unlink()


@contextmanager
def _said_plainly(path: Path) -> Iterator[None]:
    """Turn what a person can act on into our own errors; bugs pass through."""
    try:
        yield
    except sqlite3.OperationalError as error:
        words = str(error)
        if "locked" in words or "busy" in words:
            raise Locked(
                f"the database {path} is held by another process: try again, or see who uses it"
            ) from error
        if "full" in words:
            raise NoSpace(f"the database {path} cannot be written: {words}") from error
        if "disk I/O" in words or "readonly" in words or "unable to open" in words:
            raise AiwatchError(f"the database {path} cannot be written: {words}") from error
        raise
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as error:
        if "not a database" in str(error):
            raise DamagedDatabase(
                f"{path} is not an SQLite database (or its first page is damaged): "
                "move it away, or put a copy back; it is never overwritten"
            ) from error
        if "malformed" in str(error):
            raise DamagedDatabase(
                f"the database {path} is damaged ({error}): {soundness.PUT_BACK}"
            ) from error
        raise
