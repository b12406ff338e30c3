"""A copy of the database made while others write, and one put back in its place.

A plain copy of the file misses what still lies in the log beside it (`docs/notes/001-store.md`); VACUUM INTO writes
one whole file from one unmoving view, without the pages that hold nothing any more.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from glob import escape
from pathlib import Path
from typing import Final

from aiwatch.errors import AiwatchError, DamagedDatabase, Locked, NoSpace, UsageError
from aiwatch.store import locks, soundness, standstill

BUSY_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came of putting a copy back."""

    articles: int
    due: int  # messages that were still to be sent when the copy was made
    aside: Path | None  # the database that stood there before


# ---------------------------------------------------------------- out


def copy_out(database: Path, target: Path, *, overwrite: bool = False) -> int:
    """Write a checked copy for its owner only; returns its bytes.

    Raises UsageError where `target` is there already or cannot be written, DamagedDatabase where the copy is not whole.
    """
    _check_target(database, target, overwrite=overwrite)
    with _beside(target) as made:
        _vacuum_into(database, made)
        condition = soundness.examine(made)
        if not condition.usable:
            raise DamagedDatabase(f"the copy was not kept: {condition.words}")
        _place(made, target)
    return condition.bytes


def _check_target(database: Path, target: Path, *, overwrite: bool) -> None:
    if not database.exists():
        raise AiwatchError(f"no database at {database} yet: run `aiwatch fetch` once")
    if target.is_dir():
        raise UsageError(f"{target} is a folder: name a file")
    if target.exists() and target.samefile(database):
        raise UsageError(f"{target} is the database itself")
    if target.exists() and not overwrite:
        raise UsageError(f"{target} is there already: name another file, or add --overwrite")


def _vacuum_into(database: Path, target: Path) -> None:
    """One view of the database, as a file of its own."""
    try:
        with closing(_opened(database)) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.DatabaseError as error:
        raise _cannot(error, database, target) from error


def _opened(path: Path) -> sqlite3.Connection:
    """Read-only; unlike `soundness.looking` with locks: others may begin to write at any moment."""
    connection = sqlite3.connect(
        soundness.address(path, shared=True), uri=True, timeout=BUSY_SECONDS, isolation_level=None
    )
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _cannot(error: sqlite3.DatabaseError, database: Path, target: Path) -> AiwatchError:
    words = str(error)
    if "full" in words:
        return NoSpace(f"{target} cannot be written: {words}; nothing was changed")
    if "locked" in words:
        return Locked(f"the database {database} is held by another process: try again")
    if isinstance(error, sqlite3.OperationalError):
        return AiwatchError(f"{target} cannot be made of {database}: {words}")
    return DamagedDatabase(
        f"the database {database} is damaged ({words}), no copy was made: {soundness.PUT_BACK}"
    )


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """An empty file for its owner only, where `target` will be; gone afterwards unless it was moved there."""
    made = target.with_name(f".{target.name}.{os.getpid()}.part")
    _clear_away(target)
    try:
        os.close(os.open(made, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}") from error
    try:
        yield made
    finally:
        with suppress(FileNotFoundError):
            made.unlink()


def _clear_away(target: Path) -> None:
    """What processes left behind that were killed over it."""
    for left in target.parent.glob(f".{escape(target.name)}.*.part*"):
        owner = left.name.removeprefix(f".{target.name}.").partition(".")[0]
        if owner.isdigit() and not _lives(int(owner)):
            with suppress(OSError):
                left.unlink()


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _place(made: Path, target: Path) -> None:
    """In one step, and on the disk before anyone is told so."""
    _to_disk(made)
    made.replace(target)
    _to_disk(target.parent)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# ---------------------------------------------------------------- back


def put_back(copy: Path, database: Path, now: datetime) -> Restored:
    """Let a copy take the database's place, which is kept aside; it sends nothing until told to.

    Whoever has the database open sees one or the other, never a mixture. Raises UsageError or DamagedDatabase where the
    copy is none, Locked where a service holds the database; then nothing is changed.
    """
    _check_copy(copy, database)
    database.parent.mkdir(parents=True, exist_ok=True)
    with _alone(database), locks.still(database), _beside(database) as made:
        _prepare(copy, made, now)
        counted = _counted(made)
        aside = _replace(made, database, now)
    return Restored(articles=counted[0], due=counted[1], aside=aside)


def _check_copy(copy: Path, database: Path) -> None:
    if copy.exists() and database.exists() and copy.samefile(database):
        raise UsageError(f"{copy} is the database itself")
    condition = soundness.examine(copy)
    if not condition.usable:
        raise condition.refusal("this copy is not put back, nothing was changed")


@contextmanager
def _alone(database: Path) -> Iterator[None]:
    """No service is there, and none starts meanwhile."""
    with ExitStack() as held:
        try:
            held.enter_context(locks.instance(database))
        except Locked as error:
            raise Locked(
                f"a service is watching with {database}: stop it, restore, start it again"
            ) from error
        yield


def _prepare(copy: Path, made: Path, now: datetime) -> None:
    """The copy as it will be worked with: whole, and sending nothing."""
    try:
        with (
            soundness.looking(copy) as source,
            closing(sqlite3.connect(made, isolation_level=None)) as db,
        ):
            source.backup(db)
            db.row_factory = sqlite3.Row
            db.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
            db.execute("BEGIN IMMEDIATE")
            standstill.begin(db, now)
            db.execute("COMMIT")
            found = soundness.faults(db)
    except sqlite3.DatabaseError as error:
        raise _cannot(error, copy, made) from error
    if found:
        raise DamagedDatabase(f"what was copied of {copy} is damaged ({'; '.join(found)})")


def _counted(made: Path) -> tuple[int, int]:
    with soundness.looking(made) as db:
        row = db.execute(
            "SELECT (SELECT COUNT(*) FROM articles), (SELECT COUNT(*) FROM outbox WHERE state = 'due')"
        ).fetchone()
    return row[0], row[1]


def _replace(made: Path, database: Path, now: datetime) -> Path | None:
    """Put it there; where the old database went."""
    old = soundness.examine(database)
    if old.state == "foreign":
        raise UsageError(f"{old.words} and stays as it is: name another file with --db")
    if old.state == "unreadable":
        raise AiwatchError(f"{old.words}; nothing was changed")
    aside = database.with_name(f"{database.name}.replaced-{now:%Y%m%dT%H%M%SZ}")
    if old.usable or old.state == "newer":
        with _beside(aside) as kept:
            _vacuum_into(database, kept)
            _place(kept, aside)
        _write_over(made, database)
        return aside
    moved = _move_aside(database, aside)
    _place(made, database)
    return aside if moved else None


def _write_over(made: Path, database: Path) -> None:
    """All pages in one transaction: who reads the database at this moment goes on with the old one or takes the new."""
    try:
        with (
            soundness.looking(made) as source,
            closing(sqlite3.connect(database, timeout=BUSY_SECONDS, isolation_level=None)) as db,
        ):
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            source.backup(db)
    except sqlite3.DatabaseError as error:
        raise _cannot(error, made, database) from error


def _move_aside(database: Path, aside: Path) -> bool:
    """A file that nobody can work with, and what lies beside it: an old log must not meet a new file."""
    for ending in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            database.with_name(database.name + ending).rename(aside.with_name(aside.name + ending))
    if not database.exists():
        return False
    os.link(database, aside)  # the name is never without a file: an empty one would be made
    return True
