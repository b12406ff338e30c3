"""Room: what the tables take, what lies free in the file, and how it goes back to the disk."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from aiwatch.errors import Locked

STEP: Final = 256  # pages given back in one transaction: 1 MB
WORTH: Final = 4 * 2**20  # bytes; less is left free for what comes next
WORTH_SHARE: Final = 0.1  # of the file
BUSY_SECONDS: Final = 5.0


def sizes(db: sqlite3.Connection) -> tuple[int, int]:
    """Bytes of the file, and of them in pages that hold nothing."""
    size = page(db)
    return size * _pragma(db, "page_count"), size * _pragma(db, "freelist_count")


def worth_it(size: int, free: int) -> bool:
    """Whether what lies free is enough to be given back."""
    return free > max(WORTH, WORTH_SHARE * size)


def goes_back(db: sqlite3.Connection) -> bool:
    """Whether free pages can be given back one by one: so in every file made since aiwatch has `prune`."""
    return _pragma(db, "auto_vacuum") == 2


def give_back(db: sqlite3.Connection) -> int:
    """Give some free pages back, as a transaction of its own; how many are left."""
    for _ in range(
        STEP
    ):  # Python takes one step of this statement, which is one page, whatever number it is given
        db.execute("PRAGMA incremental_vacuum(1)")
    return _pragma(db, "freelist_count")


def compact(path: Path) -> None:
    """Write the whole file anew without its free pages; those of the future go back one by one.

    Nobody can write meanwhile: about a second for each 100 MB. Raises Locked where another process is writing.
    """
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as db:
        try:
            db.execute("PRAGMA auto_vacuum = INCREMENTAL")
            db.execute("VACUUM")
        except sqlite3.OperationalError as error:
            raise Locked(f"{path} was not made smaller: {error}; try again later") from error


def of_tables(db: sqlite3.Connection) -> dict[str, int]:
    """Bytes of each table with its indexes, the largest first; empty where this SQLite does not tell (dbstat)."""
    try:
        rows = db.execute(
            "SELECT coalesce(tbl_name, name) AS name, SUM(pgsize) AS bytes FROM dbstat('main', 1)"
            " LEFT JOIN sqlite_schema USING (name) GROUP BY 1"
        ).fetchall()
    except sqlite3.OperationalError:
        return {}
    found: dict[str, int] = {}
    for row in rows:
        name = "articles_fts" if row["name"].startswith("articles_fts_") else row["name"]
        found[name] = found.get(name, 0) + row["bytes"]
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def page(db: sqlite3.Connection) -> int:
    """Bytes of a page."""
    return _pragma(db, "page_size")


def _pragma(db: sqlite3.Connection, name: str) -> int:
    found: int = db.execute(f"PRAGMA {name}").fetchone()[0]
    return found
