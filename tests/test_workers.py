"""Real children: each test pays for a spawn or two, so several questions share one pool."""

import asyncio
import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from aiwatch.model import Page, Validators
from aiwatch.workers import WorkerFailure, Workers, _expiry

QUICK = 0.3  # seconds of computing


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Children import this very module, so they must find it as we do."""
    monkeypatch.syspath_prepend(str(Path(__file__).resolve().parents[1]))


def echo(words: str) -> str:
    return words


def double(number: int) -> int:
    return number * 2


def who() -> int:
    return os.getpid()


def spin() -> None:
    while True:
        pass


def idle() -> None:
    threading.Event().wait()


def hoard(mebibytes: int) -> int:
    return len(bytearray(mebibytes * 1024 * 1024))


def abort() -> None:
    os.close(2)  # CPython's own cry is not wanted in the test's output
    os.abort()


def leave() -> None:
    os._exit(7)


def fail(words: str) -> None:
    raise ValueError(words)


class Unspeakable(Exception):
    """An exception that cannot be unpickled."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(one + two)


def fail_oddly() -> None:
    raise Unspeakable("odd", "ly")


def unpicklable() -> object:
    return threading.Lock()


def signalled_until(marker: str) -> str:
    """Killed from outside the first time; the second time the marker is there."""
    path = Path(marker)
    if path.exists():
        return "done"
    path.touch()
    os.kill(os.getpid(), signal.SIGKILL)
    return "never"


def kill_self() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def terminate_self() -> str:
    os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGINT)
    return "still here"


def with_workers(use: Callable[[Workers], Any], **options: Any) -> Any:
    async def run() -> Any:
        with Workers(**options) as workers:
            return await use(workers)

    return asyncio.run(run())


def no_child_is_left() -> bool:
    return not multiprocessing.active_children()


def test_what_goes_wrong_comes_back_in_words_and_the_pool_lives_on(tmp_path: Path) -> None:
    async def use(workers: Workers) -> None:
        async def words(function: Callable[..., Any], *args: object) -> str:
            result = await workers.run(function, *args, deadline=QUICK)
            assert isinstance(result, WorkerFailure), result
            return result.reason

        assert await workers.run(double, 21, deadline=QUICK) == 42
        assert await workers.run(echo, "lost", deadline=QUICK) == "lost"
        assert await words(fail, "no such tag") == "ValueError: no such tag"
        assert await words(fail_oddly) == "Unspeakable: oddly"
        assert "lock" in await words(unpicklable)
        assert await words(hoard, 500) == "over its memory"
        # A machine that is busy with much else gives it less than a quarter of the clock's time.
        assert await words(spin) in ("over its 0.3 s of computing time", "not done after 1.2 s")
        assert "SIGABRT" in await words(abort)
        assert "exit code 7" in await words(leave)
        assert "twice" in await words(kill_self)
        once = await workers.run(signalled_until, str(tmp_path / "marker"), deadline=QUICK)
        assert once == "done"
        assert await workers.run(terminate_self, deadline=QUICK) == "still here"
        assert await workers.run(double, 4, deadline=QUICK) == 8

    with_workers(use, children=1)
    assert no_child_is_left()


def test_a_child_that_computed_too_long_is_known_by_its_signal() -> None:
    reason = "over its 0.3 s of computing time"
    assert _expiry(-signal.SIGPROF, QUICK) == WorkerFailure(reason=reason)


def test_a_job_that_neither_computes_nor_ends_meets_the_clock() -> None:
    async def use(workers: Workers) -> Any:
        return await workers.run(idle, deadline=0.05)

    assert with_workers(use, children=1) == WorkerFailure(reason="not done after 0.2 s")


def test_neighbours_of_a_killed_job_are_unharmed() -> None:
    async def use(workers: Workers) -> list[Any]:
        jobs: list[Any] = [workers.run(spin, deadline=QUICK)]
        jobs += [workers.run(double, n, deadline=5) for n in range(20)]
        return list(await asyncio.gather(*jobs))

    bad, *good = with_workers(use, children=2)
    assert isinstance(bad, WorkerFailure)
    assert good == [n * 2 for n in range(20)]


def moment(_load: bytes | Page) -> tuple[float, float]:
    """When this job ran, on the machine's clock."""
    started = monotonic()
    double(sum(range(2_000_000)))
    return started, monotonic()


def test_large_inputs_are_worked_on_one_at_a_time() -> None:
    page = Page(
        url="",
        asked_for="",
        status=200,
        body=b"x" * 1_100_000,
        content_type=None,
        validators=Validators(),
    )

    async def use(workers: Workers) -> Any:
        return await asyncio.gather(
            *(workers.run(moment, load, deadline=5) for load in (page, page.body, page, page.body))
        )

    times = sorted(with_workers(use, children=2))
    assert all(one[1] <= two[0] for one, two in pairwise(times))


def test_a_child_that_did_a_large_job_is_replaced_before_the_next() -> None:
    async def use(workers: Workers) -> Any:
        before = await workers.run(who, deadline=5)
        await workers.run(moment, b"x" * 1_100_000, deadline=5)
        return before, await workers.run(who, deadline=5)

    before, after = with_workers(use, children=1)
    assert before != after


def test_no_child_starts_before_the_first_job_and_idle_ones_go_home() -> None:
    async def use(workers: Workers) -> None:
        assert no_child_is_left()
        await workers.run(double, 1, deadline=5)
        assert not no_child_is_left()
        async with asyncio.timeout(60):
            while not no_child_is_left():  # noqa: ASYNC110  (nothing tells when the last is gone)
                await asyncio.sleep(0.02)
        assert await workers.run(double, 2, deadline=5) == 4

    with_workers(use, children=1, idle=0.1)


def test_an_idle_child_killed_from_outside_is_replaced() -> None:
    async def use(workers: Workers) -> Any:
        pid = await workers.run(who, deadline=5)
        assert isinstance(pid, int)
        os.kill(pid, signal.SIGKILL)
        return [await workers.run(double, n, deadline=5) for n in range(3)]

    assert with_workers(use, children=1) == [0, 2, 4]


def server() -> int:
    return os.getppid()


def twice_as_late(number: int) -> int:
    threading.Event().wait(1)
    return number * 2


def test_a_signal_to_the_whole_group_costs_no_job() -> None:
    """What the children are forked from takes it too, and is there again for the next try."""

    async def use(workers: Workers) -> Any:
        forked_from = await workers.run(server, deadline=5)
        job = asyncio.create_task(workers.run(twice_as_late, 2, deadline=5))
        await asyncio.sleep(0.3)
        assert isinstance(forked_from, int)
        os.kill(forked_from, signal.SIGTERM)
        return await job, await workers.run(double, 3, deadline=5)

    assert with_workers(use, children=1) == (4, 6)
    assert no_child_is_left()


def test_closing_ends_a_running_job_at_once_and_for_good() -> None:
    async def run() -> tuple[Any, Any, float]:
        loop = asyncio.get_running_loop()
        workers = Workers(1)
        await workers.run(double, 1, deadline=5)
        job = asyncio.create_task(workers.run(idle, deadline=60))
        await asyncio.sleep(0)
        started = loop.time()
        workers.close()
        took = loop.time() - started
        return await job, await workers.run(double, 1, deadline=5), took

    ended, refused, took = asyncio.run(run())
    assert isinstance(ended, WorkerFailure)
    assert isinstance(refused, WorkerFailure)
    assert took < 40  # the job would take 60, and four times that on the clock
    assert no_child_is_left()


def test_closing_while_the_first_child_starts_ends_its_job_too() -> None:
    async def closed() -> object:
        workers = Workers(1)
        job = asyncio.ensure_future(workers.run(who, deadline=60))
        await asyncio.sleep(0)
        workers.close()
        return await job

    gone = asyncio.run(closed())
    assert isinstance(gone, WorkerFailure)
    assert "sent home" in gone.reason


def test_a_caller_that_gives_up_frees_the_child() -> None:
    async def use(workers: Workers) -> Any:
        await workers.run(double, 1, deadline=5)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await workers.run(idle, deadline=60)
        return await workers.run(double, 3, deadline=5)

    assert with_workers(use, children=1) == 6


@pytest.mark.slow
def test_a_program_with_workers_ends_without_a_word_and_its_children_stay_light(
    tmp_path: Path,
) -> None:
    """As the installed command: a script that imports our command line, and is imported again by each child."""
    (tmp_path / "job.py").write_text(
        "import sys\n\ndef modules():\n    return sorted(sys.modules)\n"
    )
    script = tmp_path / "program.py"
    script.write_text(
        "import asyncio, sys\n"
        "from aiwatch.cli import main as command_line\n"
        "async def main():\n"
        "    import httpx, sqlite_utils\n"
        "    from aiwatch.sources import feed\n"
        "    from aiwatch.workers import Workers\n"
        "    from job import modules\n"
        "    workers = Workers(2)\n"
        "    print(*await workers.run(modules, deadline=10))\n"
        "    workers.close()\n"
        "if __name__ == '__main__':\n"
        "    asyncio.run(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    loaded = set(done.stdout.split())
    assert "aiwatch.workers" in loaded
    assert not loaded & {"httpx", "httpcore", "sqlite_utils", "apscheduler", "pydantic", "yaml"}


@pytest.mark.slow
def test_a_child_that_is_just_starting_when_all_are_sent_home_leaves_without_a_word(
    tmp_path: Path,
) -> None:
    """The second child comes up only after it was told to end: its locks must still be there."""
    script = tmp_path / "program.py"
    script.write_text(
        "import asyncio, os, signal\n"
        "from aiwatch.workers import Workers\n"
        "if __name__ == '__mp_main__':\n"
        "    try:\n"
        "        os.mkdir('first')\n"
        "    except FileExistsError:\n"
        "        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})\n"
        "        signal.sigwait({signal.SIGTERM})\n"
        "async def main():\n"
        "    workers = Workers(2)\n"
        "    print(await workers.run(len, (1, 2), deadline=10))\n"
        "    workers.close()\n"
        "if __name__ == '__main__':\n"
        "    asyncio.run(main())\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=tmp_path,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "2\n", "")


def test_what_a_worn_out_child_or_a_late_one_was_given_is_let_go_at_once() -> None:
    large = bytes(2 * 1024 * 1024)

    async def use(workers: Workers) -> list[int]:
        held = []
        for deadline in (5.0, 5.0, 0.01):  # the second one meets the child that the first wore out
            await workers.run(len if deadline > 1 else sorted, large, deadline=deadline)
            held.append(sys.getrefcount(large))
        return held

    gc.disable()  # a reference in a circle would stay until some collection, megabytes a job
    try:
        first, *others = with_workers(use, children=1)
    finally:
        gc.enable()
    assert others == [first, first]
