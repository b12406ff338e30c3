"""Locks between processes, as files beside the database: they die with their process and leave no stale lease."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from aiwatch.errors import Locked

SENDING_WAIT = 30.0  # seconds a one-shot waits for another process' sending
STEP = 0.1


@contextmanager
def instance(database: Path) -> Iterator[None]:
    """Held by `watch` for its whole life: one service a database."""
    handle = _open(database.with_name(f"{database.name}.service"))
    try:
        if not _take(handle):
            raise Locked(
                f"a service is already watching with {database}: stop it first (aiwatch watch)"
            )
        yield
    finally:
        os.close(handle)


def service_runs(database: Path) -> bool:
    """Whether a service holds this database."""
    path = database.with_name(f"{database.name}.service")
    if not path.exists():
        return False
    handle = _open(path)
    try:
        return not _take(handle)
    finally:
        os.close(handle)


@asynccontextmanager
async def sending(database: Path, wait: float = SENDING_WAIT) -> AsyncIterator[None]:
    """Held while messages go out: without it two processes sent 5 of 24 mails twice (delivery.md 0.5)."""
    handle = _open(database.with_name(f"{database.name}.sending"))
    try:
        waited = 0.0
        while not _take(handle):
            if waited >= wait:
                raise Locked(
                    f"another process has been sending for {wait:.0f} s; your messages are safe and go with the next pass"
                )
            await asyncio.sleep(STEP)
            waited += STEP
        yield
    finally:
        os.close(handle)


@contextmanager
def still(database: Path) -> Iterator[None]:
    """Nothing goes out meanwhile; raises Locked where something does at this moment."""
    path = database.with_name(f"{database.name}.sending")
    if not path.exists():  # nothing ever did; the file says so to others, and is not made here
        yield
        return
    handle = _open(path)
    try:
        if not _take(handle):
            raise Locked(f"messages are being sent from {database} at this moment: try again")
        yield
    finally:
        os.close(handle)


def _open(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_RDWR, 0o600)


def _take(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
