import asyncio

import pytest

from aiwatch.fetch.lanes import Lanes
from tests import leaping


async def crowd(lanes: Lanes, hosts: list[str]) -> tuple[int, dict[str, int], list[float]]:
    """Send one visitor per entry: most at once over all, most at once per host, start times."""
    inside: list[str] = []
    most = 0
    per_host: dict[str, int] = {}
    starts: list[float] = []

    async def visit(host: str) -> None:
        nonlocal most
        async with lanes.turn(host):
            starts.append(asyncio.get_running_loop().time())
            inside.append(host)
            most = max(most, len(inside))
            per_host[host] = max(per_host.get(host, 0), inside.count(host))
            for _ in range(5):
                await asyncio.sleep(0)  # let the others come as far as they can
            inside.remove(host)

    await asyncio.gather(*(visit(host) for host in hosts))
    return most, per_host, starts


def test_a_host_is_never_asked_by_more_than_its_share() -> None:
    async def run() -> None:
        lanes = Lanes(per_host=2, spacing=0, in_flight=50)
        most, per_host, _ = await crowd(lanes, [f"h{n % 5}" for n in range(40)])
        assert set(per_host.values()) == {2}
        assert most == 10

    leaping.run(run())


def test_all_together_stay_under_the_limit() -> None:
    async def run() -> None:
        lanes = Lanes(per_host=2, spacing=0, in_flight=3)
        most, _, _ = await crowd(lanes, [f"h{n}" for n in range(30)])
        assert most == 3

    leaping.run(run())


def test_requests_to_one_host_start_apart_and_other_hosts_do_not_wait() -> None:
    async def run() -> None:
        lanes = Lanes(per_host=2, spacing=0.05, in_flight=1)
        _, _, starts = await crowd(lanes, ["slow", "slow", "slow", "quick"])
        first, quick, second, third = starts
        assert quick == first
        assert second - first == third - second == pytest.approx(0.05)

    leaping.run(run())


def test_a_visitor_that_gives_up_leaves_its_place() -> None:
    async def run() -> None:
        lanes = Lanes(per_host=1, spacing=0, in_flight=1)
        held = asyncio.Event()

        async def hold() -> None:
            async with lanes.turn("h"):
                held.set()
                await asyncio.Event().wait()

        holder = asyncio.create_task(hold())
        await held.wait()
        holder.cancel()
        await asyncio.gather(holder, return_exceptions=True)
        async with asyncio.timeout(1), lanes.turn("h"):
            pass

    leaping.run(run())


def test_hosts_that_nobody_uses_are_forgotten() -> None:
    async def run() -> None:
        lanes = Lanes(per_host=1, spacing=0, in_flight=1)
        for number in range(1000):
            async with lanes.turn(f"h{number}"):
                pass
        assert len(lanes._lanes) <= 256

    leaping.run(run())


# ---------------------------------------------------------------- hosts with a pace of their own (rules 20, 55)


def test_a_slow_host_keeps_its_own_pace_and_holds_nothing_that_others_need() -> None:
    async def run() -> None:
        paces = {"slow": 30.0}
        lanes = Lanes(per_host=2, spacing=0, in_flight=2, floor=lambda host: paces.get(host, 0.0))
        async with lanes.turn("slow"):
            pass
        waiting = [asyncio.create_task(_visit(lanes, "slow")) for _ in range(10)]
        async with asyncio.timeout(1):
            for number in range(50):
                async with lanes.turn(f"quick{number % 3}"):
                    pass
        assert not any(task.done() for task in waiting)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert lanes.wait("slow") == pytest.approx(30)
        paces["slow"] = 0.0
        assert lanes.wait("slow") == 0

    leaping.run(run())


async def _visit(lanes: Lanes, host: str) -> None:
    async with lanes.turn(host):
        pass


def test_the_wait_for_a_host_counts_those_who_came_before() -> None:
    async def run() -> None:
        lanes = Lanes(per_host=2, spacing=10, in_flight=5)
        assert (lanes.wait("h"), lanes.asked_ago("h")) == (0, None)
        async with lanes.turn("h"):
            assert lanes.wait("h") == pytest.approx(10)
        waiting = [asyncio.create_task(_visit(lanes, "h")) for _ in range(3)]
        await asyncio.sleep(0)
        assert lanes.wait("h") == pytest.approx(40)
        assert lanes.asked_ago("h") == pytest.approx(0)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert lanes.wait("h") == pytest.approx(10)

    leaping.run(run())


def test_what_happened_before_a_restart_is_remembered() -> None:
    async def run() -> None:
        lanes = Lanes(per_host=2, spacing=10, in_flight=5)
        lanes.remember("h", asked_ago=11)
        assert (lanes.wait("h"), len(lanes._lanes)) == (0, 0)  # nothing worth remembering
        lanes.remember("h", asked_ago=4)
        assert lanes.wait("h") == pytest.approx(6)
        lanes.remember("h", asked_ago=400)  # an older request moves nothing
        assert lanes.wait("h") == pytest.approx(6)
        lanes.remember("h", hold=100)
        assert lanes.wait("h") == pytest.approx(100)
        lanes.remember("h", asked_ago=-1e9)  # nobody asked in the future
        assert lanes.wait("h") == pytest.approx(10)

    leaping.run(run())


def test_a_pace_that_changes_while_somebody_waits_is_kept() -> None:
    async def run() -> None:
        pace = 0.02
        lanes = Lanes(per_host=2, spacing=0, in_flight=5, floor=lambda host: pace)
        async with lanes.turn("h"):
            pass
        waiting = asyncio.create_task(_visit(lanes, "h"))
        await asyncio.sleep(0)
        pace = 60.0
        done, _ = await asyncio.wait({waiting}, timeout=59)
        assert not done
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    leaping.run(run())


def test_waiting_for_a_place_over_all_hosts_does_not_bring_two_starts_together() -> None:
    async def run() -> None:
        lanes = Lanes(per_host=2, spacing=0.1, in_flight=1)
        starts: list[float] = []

        async def visit() -> None:
            async with lanes.turn("h"):
                starts.append(asyncio.get_running_loop().time())

        async with lanes.turn("other"):
            waiting = [asyncio.create_task(visit()) for _ in range(2)]
            await asyncio.wait(waiting, timeout=0.15)
        await asyncio.gather(*waiting)
        assert starts[1] - starts[0] == pytest.approx(0.1)

    leaping.run(run())
