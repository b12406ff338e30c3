"""The service asks its tables nothing while nothing can have changed."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiwatch import service
from aiwatch.config import load
from aiwatch.service import Machine
from aiwatch.service.rest import LONGEST, Rest, version
from aiwatch.store import Store, settings
from tests.newsroom import Newsroom

NOON = datetime(2026, 3, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAILY = {"name": "daily", "to": ["inbox"], "when": "daily at 12:00"}


def on_a_machine(folder: Path, test: Callable[[Machine], Awaitable[None]], alert: object) -> None:
    """With one source, which is due in an hour."""

    async def run() -> None:
        with Newsroom(folder) as room:
            feed = room.feed("/feed", "")
            room.configure(sources=[{"name": "Times", "url": feed}], alerts=[alert])
            async with service.machine(load(room.file), lambda: NOON, io.StringIO()) as at:
                await at.pipeline.poll(await at.pipeline.due())
                await at.delivery.remember_alerts()
                await test(at)

    asyncio.run(run())


def asked(at: Machine) -> Rest:
    """All has been asked, and nothing found."""
    rest = Rest()
    for kind in ("watch", "tell"):
        rest.none_found(kind, version(at))
    return rest


def test_a_rest_begins_when_both_kinds_of_work_found_nothing_and_ends_after_a_minute(
    tmp_path: Path,
) -> None:
    async def test(at: Machine) -> None:
        rest = Rest()
        assert not rest.holds(at, version(at), NOON)
        rest.none_found("watch", version(at))
        assert not rest.holds(at, version(at), NOON)
        rest.none_found("tell", version(at))
        assert rest.holds(at, version(at), NOON)
        assert rest.holds(at, version(at), NOON + LONGEST - SECOND)
        assert not rest.holds(at, version(at), NOON + LONGEST)
        assert not rest.holds(at, version(at), NOON + LONGEST)  # until all has been asked again

    on_a_machine(tmp_path, test, {**DAILY, "when": "at once"})


def test_anybodys_commit_ends_it_and_so_does_a_clock_that_goes_back(tmp_path: Path) -> None:
    async def test(at: Machine) -> None:
        rest = asked(at)
        assert rest.holds(at, version(at), NOON)
        with Store(at.store.path) as another:
            await another.write(lambda db: settings.put(db, "passes", 7))
        assert not rest.holds(at, version(at), NOON)
        rest = asked(at)
        assert rest.holds(at, version(at), NOON)
        assert not rest.holds(at, version(at), NOON - SECOND)

    on_a_machine(tmp_path, test, DAILY)


def test_it_ends_when_a_source_comes_due_and_when_an_alerts_time_comes(tmp_path: Path) -> None:
    async def test(at: Machine) -> None:
        late = NOON + timedelta(days=1) - 3 * SECOND  # before the alert's time
        await at.store.write(
            lambda db: db.execute("UPDATE sources SET next_due = '2026-03-24T12:00:05Z'")
        )
        rest = asked(at)
        assert rest.holds(at, version(at), NOON)
        assert rest.holds(at, version(at), NOON + 4 * SECOND)
        assert not rest.holds(at, version(at), NOON + 5 * SECOND)
        await at.store.write(
            lambda db: db.execute("UPDATE sources SET next_due = '2026-04-24T12:00:05Z'")
        )
        rest = asked(at)
        assert rest.holds(at, version(at), late)
        assert not rest.holds(at, version(at), late + 3 * SECOND)

    on_a_machine(tmp_path, test, DAILY)


def test_while_a_source_waits_for_its_turn_every_second_is_asked(tmp_path: Path) -> None:
    async def test(at: Machine) -> None:
        await at.store.write(
            lambda db: db.execute("UPDATE sources SET next_due = '2026-03-24T11:00:00Z'")
        )
        rest = asked(at)
        assert not rest.holds(at, version(at), NOON)
        assert not rest.holds(at, version(at), NOON + SECOND)

    on_a_machine(tmp_path, test, DAILY)
