import asyncio

import pytest

from aiwatch.fetch.lanes import Lanes


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

    asyncio.run(run())


def test_all_together_stay_under_the_limit() -> None:
    async def run() -> None:
        lanes = Lanes(per_host=2, spacing=0, in_flight=3)
        most, _, _ = await crowd(lanes, [f"h{n}" for n in range(30)])
        assert most == 3

    asyncio.run(run())


def test_requests_to_one_host_start_apart_and_other_hosts_do_not_wait() -> None:
    async def run() -> None:
        lanes = Lanes(per_host=2, spacing=0.05, in_flight=1)
        _, _, starts = await crowd(lanes, ["slow", "slow", "slow", "quick"])
        first, quick, second, third = starts
        assert quick - first < 0.04
        assert second - first == pytest.approx(0.05, abs=0.02)
        assert third - second > 0.04

    asyncio.run(run())


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

    asyncio.run(run())


def test_hosts_that_nobody_uses_are_forgotten() -> None:
    async def run() -> None:
        lanes = Lanes(per_host=1, spacing=0, in_flight=1)
        for number in range(1000):
            async with lanes.turn(f"h{number}"):
                pass
        assert len(lanes._lanes) <= 256

    asyncio.run(run())
