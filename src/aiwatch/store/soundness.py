"""Whether a database file is whole. Looking writes nothing, neither into the file nor beside it."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from aiwatch.errors import AiwatchError, DamagedDatabase, UsageError
from aiwatch.store import schema

State = Literal["missing", "unreadable", "damaged", "empty", "foreign", "newer", "older", "current"]
CHECKED_BELOW: Final = 64 * 2**20
"""Bytes up to which a file is looked through whenever it is opened to be written; a larger one each night."""
MOST_FAULTS: Final = 5  # that are named
STEPS: Final = (
    100_000  # of SQLite's machine, some milliseconds, between two questions whether to go on
)
PUT_BACK: Final = (
    "put a copy back with `aiwatch restore`; it is never made anew by itself, "
    "or everything would be told again"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """How a file was found."""

    state: State
    words: str  # one sentence
    lacking: tuple[str, ...] = ()  # migrations that the next command applies
    bytes: int = 0
    log_bytes: int | None = None  # of the write-ahead log beside it; None: there is none
    free_bytes: int = 0  # pages in it that hold nothing

    @property
    def usable(self) -> bool:
        """Whether it can be worked with, perhaps after an upgrade."""
        return self.state in ("current", "older")

    def refusal(self, what: str) -> AiwatchError:
        """The error that says why not; `what` names the file's part in it."""
        words = f"{what}: {self.words}"
        wrong = self.state in ("missing", "empty", "foreign")
        return UsageError(words) if wrong else DamagedDatabase(words)


def examine(path: Path, *, full: bool = False) -> Condition:
    """Look at a file from its header to its last page; `full` also compares indexes with tables."""
    try:
        size, log = path.stat().st_size, _log_bytes(path)
    except OSError as error:
        return Condition(state=_absence(error), words=f"{path}: {error.strerror}")
    if not (path.is_file() and os.access(path, os.R_OK)):
        return Condition(state="unreadable", words=f"{path} is no file, or not for us to read")
    if size == 0:  # not opened: SQLite would delete the log beside it, the last that is left of it
        return _without_tables(path)
    found = _examined(path, full=full)
    if found.state == "damaged" and log is None and _log_bytes(path) is not None:
        found = _examined(path, full=full)  # a process opened it under our eyes
    return Condition(
        state=found.state,
        words=found.words,
        lacking=found.lacking,
        bytes=size,
        log_bytes=log,
        free_bytes=found.free_bytes,
    )


def _absence(error: OSError) -> State:
    return "missing" if isinstance(error, FileNotFoundError) else "unreadable"


def _log_bytes(path: Path) -> int | None:
    try:
        return path.with_name(f"{path.name}-wal").stat().st_size
    except OSError:
        return None


def address(path: Path, *, shared: bool = False) -> str:
    """How a file is opened to be read; `shared`: others may begin to write, unless its disk does not let them.

    Without a log and without leave to make one, SQLite opens a file that writes ahead only as one that never changes.
    """
    logged = _log_bytes(path) is not None
    still = not logged and not (shared and os.access(path.resolve().parent, os.W_OK))
    return f"{path.resolve().as_uri()}?mode=ro{'&immutable=1' if still else ''}"


@contextmanager
def looking(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that leaves no trace: read-only, and where no log lies beside the file without locks.

    Raises sqlite3.DatabaseError where it cannot be read.
    """
    with closing(sqlite3.connect(address(path), uri=True, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def _examined(path: Path, *, full: bool) -> Condition:
    try:
        with looking(path) as connection:
            return _condition(connection, path, full=full)
    except sqlite3.OperationalError as error:
        return Condition(state="unreadable", words=f"{path} cannot be read: {error}")
    except sqlite3.DatabaseError as error:
        return Condition(state="damaged", words=f"{path} is damaged ({error})")


def _condition(connection: sqlite3.Connection, path: Path, *, full: bool) -> Condition:
    if not schema.tables(connection):
        return _without_tables(path)
    if not schema.is_ours(connection):
        return Condition(state="foreign", words=f"{path} is the database of another program")
    if unknown := schema.strangers(connection):
        return Condition(state="newer", words=schema.newer_words(unknown))
    if found := faults(connection, full=full):
        return Condition(state="damaged", words=f"{path} is damaged ({'; '.join(found)})")
    lacking = schema.lacking(connection)
    return Condition(
        state="older" if lacking else "current",
        words=f"{path} is whole" + (", from an older aiwatch" if lacking else ""),
        lacking=lacking,
        free_bytes=_number(connection, "PRAGMA freelist_count")
        * _number(connection, "PRAGMA page_size"),
    )


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    found: int = connection.execute(pragma).fetchone()[0]
    return found


def faults(connection: sqlite3.Connection, *, full: bool = False) -> tuple[str, ...]:
    """What SQLite's own check finds wrong, some of it; empty where the file is whole."""
    pragma = "integrity_check" if full else "quick_check"
    try:
        rows = connection.execute(f"PRAGMA {pragma}({MOST_FAULTS})").fetchall()
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        return (str(error),)
    found = [" ".join(str(row[0]).split()) for row in rows]
    if full and found == ["ok"]:
        strays = connection.execute("PRAGMA foreign_key_check").fetchmany(MOST_FAULTS)
        found = [f"a row of {row[0]} leads to none of {row[2]}" for row in strays] or ["ok"]
    return () if found == ["ok"] else tuple(found)


def looked_through(path: Path, stop: Callable[[], bool]) -> tuple[str, ...] | None:
    """Everything compared with everything, as each night; writers go on beside it.

    Empty where the file is whole, None where `stop` became true before the end.
    """
    with looking(path) as connection:
        connection.set_progress_handler(stop, STEPS)
        try:
            return faults(connection, full=True)
        except sqlite3.OperationalError:
            if stop():
                return None
            raise


def check_start(connection: sqlite3.Connection, path: Path) -> None:
    """Look through a file that is about to be written, where that takes no time; raises DamagedDatabase."""
    if path.stat().st_size >= CHECKED_BELOW:
        return
    if found := faults(connection):
        raise DamagedDatabase(f"the database {path} is damaged ({'; '.join(found)}): {PUT_BACK}")


def check_emptied(path: Path, connection: sqlite3.Connection | None = None) -> None:
    """Raise DamagedDatabase where a file without tables has had some: then it is not for us to fill.

    Without a connection only a file of no length is looked at, which is not to be opened then.
    """
    empty = not schema.tables(connection) if connection else path.exists() and not _length(path)
    if empty and _emptied(path):
        raise DamagedDatabase(_emptied_words(path))


def _without_tables(path: Path) -> Condition:
    if _emptied(path):
        return Condition(state="damaged", words=_emptied_words(path))
    return Condition(state="empty", words=f"{path} holds no tables")


def _length(path: Path) -> int:
    return path.stat().st_size


def _emptied(path: Path) -> bool:
    """Whether messages have been sent from it, their lock is made with the first and stays; or its log is all there is."""
    sent = path.with_name(f"{path.name}.sending").exists()
    return sent or (not _length(path) and bool(_log_bytes(path)))


def _emptied_words(path: Path) -> str:
    return f"the database {path} is empty, but it was not: messages were sent from it, or its log is there: {PUT_BACK}"
