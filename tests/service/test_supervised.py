"""Under a supervisor: ready, alive while the ticker runs and the database answers, reload, stop, a start after kill -9."""

import asyncio
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from aiwatch.service import heaps
from aiwatch.service.notify import Supervisor
from aiwatch.service.vigil import Vigil
from tests.newsroom import Newsroom
from tests.service.days import Days
from tests.service.test_heaps import of_threads
from tests.service.test_notify import Listener


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    made = Listener(str(tmp_path / "notify"))
    yield made
    made.socket.close()


def until(listener: Listener, name: str) -> list[str]:
    """What is heard until that is said; the names, in order."""
    heard: list[str] = []
    while name not in heard:
        heard += listener.heard()
    return heard


@contextmanager
def watching(room: Newsroom, listener: Listener) -> Iterator["subprocess.Popen[str]"]:
    environment = {"NOTIFY_SOCKET": listener.address, "WATCHDOG_USEC": "3000000"}
    process = subprocess.Popen(
        room.command("watch"), stderr=subprocess.PIPE, text=True, env=os.environ | environment
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
def test_a_service_says_how_it_is_and_is_started_again_after_kill_9(
    tmp_path: Path, listener: Listener
) -> None:
    with Newsroom(tmp_path) as room:
        room.configure(sources=[])
        with watching(room, listener) as process:
            assert "STOPPING" not in until(listener, "READY")
            until(listener, "WATCHDOG")
            process.send_signal(signal.SIGHUP)
            assert "READY" not in until(listener, "RELOADING")
            until(listener, "READY")
            until(listener, "WATCHDOG")
            assert of_threads(process.pid) < heaps.HEAPS
            assert room.aiwatch("watch").code == 75  # one is enough
            process.send_signal(signal.SIGKILL)
            assert process.wait(60) == -signal.SIGKILL
        with watching(room, listener) as process:
            until(listener, "READY")
            process.send_signal(signal.SIGTERM)
            until(listener, "STOPPING")
            assert process.wait(60) == 0


def test_without_an_answer_of_the_writer_there_is_no_sign_of_life(
    tmp_path: Path, listener: Listener
) -> None:
    with Newsroom(tmp_path) as room:
        room.configure(sources=[])
        days = Days(room)
        held, held_up = threading.Event(), threading.Event()

        def hold(_: object) -> None:
            held_up.set()
            held.wait(60)

        async def hangs() -> None:
            vigil = Vigil(lambda: service.at, days.clock, Supervisor(address=listener.address))
            writing = asyncio.ensure_future(service.at.store.write(hold))
            await asyncio.to_thread(held_up.wait, 60)
            pulse = asyncio.ensure_future(vigil.pulse())
            listener.socket.settimeout(0.2)
            with pytest.raises(TimeoutError):
                listener.heard()
            held.set()
            await asyncio.gather(writing, pulse)

        with days.running() as service:
            days.loop.run(hangs())
        days.close()
        assert listener.heard() == {"WATCHDOG": "1", "STATUS": "watching 0 sources; all is well"}
