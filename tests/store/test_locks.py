"""Locks between processes, SQLite's own among them: nothing here may let go of what another part holds."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aiwatch.errors import Locked
from aiwatch.store import Store, locks, reader

WRITE = """
import sys
from pathlib import Path
from aiwatch.store import Store
with Store(Path(sys.argv[1])) as store:
    store.write_now(lambda db: db.execute("INSERT INTO settings VALUES (?, '1')", (sys.argv[2],)))
"""
KEYS = """
import sqlite3, sys
print(*sorted(row[0] for row in sqlite3.connect(sys.argv[1]).execute("SELECT key FROM settings")))
"""
HOLD = """
import sys
from pathlib import Path
from aiwatch.store import locks
with locks.instance(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def python(code: str, *words: object) -> str:
    """What a process of its own prints."""
    line = [sys.executable, "-c", code, *map(str, words)]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout


def write(store: Store, key: str) -> None:
    store.write_now(lambda db: db.execute("INSERT INTO settings VALUES (?, '1')", (key,)))


def look_through(store: Store) -> None:
    with store.read() as db:
        db.execute("SELECT COUNT(*) FROM settings").fetchone()


def open_again(store: Store) -> None:
    Store(store.path).close()


def look_at_the_service(store: Store) -> None:
    locks.service_runs(store.path)


@pytest.mark.parametrize("glance", [look_through, open_again, look_at_the_service])
def test_what_is_written_while_another_process_comes_and_goes_is_kept(
    tmp_path: Path, glance: Callable[[Store], None]
) -> None:
    """POSIX drops every lock of a process on a file when it closes *any* handle of that file.

    Opened and closed once more beside SQLite, the database looks free to the next process, which on leaving deletes
    the write-ahead log under our feet (sqlite.org/howtocorrupt.html, 2.2).
    """
    with Store(tmp_path / "a.db") as here:
        write(here, "one")
        glance(here)
        python(WRITE, here.path, "two")
        write(here, "three")
        assert python(KEYS, here.path).split() == ["one", "three", "two"]
    with reader(tmp_path / "a.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_a_service_is_alone_and_its_lock_dies_with_it(tmp_path: Path) -> None:
    database = tmp_path / "a.db"
    assert not locks.service_runs(database)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        assert locks.service_runs(database)
        with pytest.raises(Locked, match="already watching"), locks.instance(database):
            pass
        other.kill()
    assert not locks.service_runs(database)
    with locks.instance(database):
        assert locks.service_runs(database)


def test_the_sending_lock_is_waited_for(tmp_path: Path) -> None:
    database = tmp_path / "a.db"
    order: list[str] = []

    async def first(held: asyncio.Event) -> None:
        async with locks.sending(database):
            held.set()
            await asyncio.sleep(2 * locks.STEP)
            order.append("first")

    async def run() -> None:
        held = asyncio.Event()
        task = asyncio.create_task(first(held))
        await held.wait()
        async with locks.sending(database, 10):
            order.append("second")
        await task

    asyncio.run(run())
    assert order == ["first", "second"]


def test_past_the_wait_it_says_that_nothing_is_lost(tmp_path: Path) -> None:
    async def run() -> None:
        async with locks.sending(tmp_path / "a.db"):
            with pytest.raises(Locked, match="safe and go with the next pass") as found:
                async with locks.sending(tmp_path / "a.db", 0.1):
                    pass
            assert found.value.exit_code == 75

    asyncio.run(run())


def test_lock_files_are_for_their_owner_only(tmp_path: Path) -> None:
    with locks.instance(tmp_path / "a.db"):
        (file,) = tmp_path.iterdir()
        assert file.stat().st_mode & 0o777 == 0o600
