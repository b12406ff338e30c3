"""A service takes a changed feeds.yaml over while it runs, whole or not at all, and tells `care` which."""

import asyncio
import io
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from aiwatch import service
from aiwatch.config import load
from aiwatch.config.following import Following
from aiwatch.service import Service
from aiwatch.store import reader, troubles
from tests.heard import heard
from tests.newsroom import Newsroom

CARE = {"name": "care", "about": "troubles", "to": ["inbox"], "when": "at once"}
BROKEN = {"sora": {"any": ['sora AND ("open ai']}}


def configure(room: Newsroom, **parts: Any) -> None:
    room.configure(**{"alerts": [CARE], **parts})


def in_service(room: Newsroom, test: Callable[[Service], Awaitable[None]]) -> None:
    """Run a coroutine function on a service that follows its file and is not started."""

    async def run() -> None:
        config = load(room.file)
        async with AsyncExitStack() as opened:
            at = await opened.enter_async_context(service.served(config, io.StringIO()))
            following = Following(load=lambda: load(room.file), path=room.file)
            one = Service(at, following, opened.pop_all(), io.StringIO())
            try:
                await test(one)
            finally:
                await one.opened.aclose()

    asyncio.run(run())


async def ticks(one: Service, times: int = 2) -> None:
    """Each with all that it starts, to the end."""
    for _ in range(times):
        await one.tick()
        await asyncio.gather(*one.tasks.values())


def noted(room: Newsroom) -> list[str]:
    with reader(room.database) as db:
        return [trouble.detail for _, trouble in troubles.since(db, 0)]


@pytest.fixture
def room(tmp_path: Path) -> Any:
    with Newsroom(tmp_path) as made:
        configure(made)
        yield made


def test_a_changed_file_is_taken_over_when_it_has_been_still_for_a_second(room: Newsroom) -> None:
    async def test(one: Service) -> None:
        await ticks(one)
        before = one.at
        configure(room, topics={"sora": {"any": ["sora"]}, "kling": {"any": ["kling"]}})
        await ticks(one, 1)
        assert one.at is before  # perhaps somebody is still writing
        await ticks(one, 1)
        assert [topic.name for topic in one.at.config.topics] == ["sora", "kling"]
        assert one.at.pipeline.judging().matcher.names == ("sora", "kling")
        await ticks(one)

    in_service(room, test)
    (said,) = noted(room)
    assert said == "feeds.yaml has changed and is in force: topic kling added, topic sora changed"
    assert [str(mail.message["Subject"]).partition(" · ")[0] for mail in room.inbox.mails] == [
        "configuration: feeds.yaml has changed and is in force"
    ]


def test_a_broken_query_never_reaches_a_running_service(room: Newsroom) -> None:
    async def test(one: Service) -> None:
        await ticks(one)
        before = one.at
        configure(room, topics=BROKEN)
        await ticks(one, 4)
        assert one.at is before
        configure(room)
        await ticks(one, 4)
        assert one.at is before  # it says what is in force: nothing to take over, nothing to tell

    in_service(room, test)
    (said,) = noted(room)
    assert said.startswith("feeds.yaml has changed and is refused, the old one goes on: ")
    assert "topics.sora" in said
    assert "open ai" in said
    assert len(room.inbox.mails) == 1


@pytest.mark.parametrize("what", ["another database", "no file"])
def test_what_cannot_be_taken_over_is_refused_when_asked(room: Newsroom, what: str) -> None:
    async def test(one: Service) -> None:
        before = one.at
        if what == "no file":
            room.file.unlink()
        else:
            configure(room, database="other.db")
        assert one.following is not None
        one.following.asked = True
        await ticks(one, 3)
        assert one.at is before

    in_service(room, test)
    (said,) = noted(room)
    assert "refused, the old one goes on" in said
    assert not (room.folder / "other.db").exists()


def test_what_is_under_way_ends_before_the_new_one_begins(room: Newsroom) -> None:
    async def test(one: Service) -> None:
        going, open_ = asyncio.Event(), asyncio.Event()
        stores: list[object] = []

        async def work() -> None:
            going.set()
            await open_.wait()
            stores.append(one.at.store)

        before = one.at.store
        one._start("watch", work)
        await going.wait()
        configure(room, topics={"kling": {"any": ["kling"]}})
        assert one.following is not None
        one.following.asked = True
        await one.tick()
        while not one.changing:  # noqa: ASYNC110 - nothing else shows it
            await asyncio.sleep(0)
        await one.tick()
        assert "tell" not in one.tasks or one.tasks["tell"].done() or one.changing
        open_.set()
        await asyncio.gather(*one.tasks.values())
        assert stores == [before]
        assert one.at.store is not before
        assert [topic.name for topic in one.at.config.topics] == ["kling"]

    in_service(room, test)


@pytest.mark.slow
def test_a_process_reads_its_file_again_at_once_when_asked(room: Newsroom) -> None:
    process = room.start("watch", measured=True)
    heard(process, "start sources=")
    configure(room, topics=BROKEN)
    process.send_signal(signal.SIGHUP)
    heard(process, "is refused")
    configure(room, topics={"kling": {"any": ["kling"]}})
    process.send_signal(signal.SIGHUP)
    heard(process, "is in force")
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=90)
    assert process.returncode == 0, err
    assert "Traceback" not in err
