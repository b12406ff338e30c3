"""Bringing a file up to date, by sqlite-utils' own mechanism.

Imported only where a file is behind: sqlite-utils and what it brings take longer to import than to see that none is.
"""

import sqlite3
from collections.abc import Callable
from functools import cache

from sqlite_utils import Database, Migrations

from aiwatch.errors import DamagedDatabase
from aiwatch.store import packing, schema


@cache
def todays() -> Migrations:
    """`schema.STEPS` as sqlite-utils applies them."""
    known = Migrations(schema.SET)
    for name, statements in schema.STEPS.items():
        known(name=name)(_step(statements))
    return known


def _step(statements: tuple[str, ...]) -> Callable[[Database], None]:
    def apply(db: Database) -> None:
        for statement in statements:
            db.conn.execute(statement)

    return apply


def pending(connection: sqlite3.Connection, known: Migrations) -> tuple[str, ...]:
    """Names of the migrations that this file still lacks; a file from a newer program is refused."""
    db = Database(connection, execute_plugins=False)
    unknown = {applied.name for applied in known.applied(db)} - {
        migration.name
        for migration in known._migrations  # noqa: SLF001 - no public list of names
    }
    if unknown:
        raise DamagedDatabase(schema.newer_words(unknown))
    return tuple(migration.name for migration in known.pending(db))


def migrate(connection: sqlite3.Connection, known: Migrations) -> bool:
    """Apply what is pending, in one transaction that no other process can come between; whether anything was."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        waiting = pending(connection, known)
        if waiting:
            connection.create_aggregate("packed", 1, packing.Packed)
            known.apply(Database(connection, execute_plugins=False))
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return bool(waiting)
