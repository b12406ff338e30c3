"""What is asked of the service while it runs: memory, freshness, stalls, idleness (goals 5, 11, 12)."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from statistics import quantiles
from typing import Any

import contestants
import meter
from contestants import PEERS, Ours
from world.handle import World

Figures = dict[str, float]
Sizes = dict[str, int]
LONGEST = 3_600  # seconds that a state is waited for
FAR = "2999-01-01T00:00:00Z"
AT_ONCE = {
    "name": "all",
    "to": ["out"],
    "when": "at once",
    "settle": None,
    "at_most": None,
    "update_gap": None,
    "within": None,
}


@contextmanager
def service(ours: Ours, *, clock: bool = True) -> Iterator[subprocess.Popen[bytes]]:
    """`watch`; with a clock beside it that notes how late the loop is, which takes 2 % of a core itself."""
    timed = [sys.executable, str(PEERS / "watched.py"), "feeds.yaml", "stalls.json"]
    source = {**os.environ, "PYTHONPATH": str(contestants.HERE.parent / "src")}
    process = subprocess.Popen(
        timed if clock else ours.cli("watch"),
        cwd=ours.folder,
        env=source,
        stdout=subprocess.DEVNULL,
        stderr=(ours.folder / "log").open("ab"),
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def until(true: Callable[[], bool], every: float = 0.25) -> None:
    """Wait for a fact."""
    end = time.monotonic() + LONGEST
    while not true():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(every)


def number(ours: Ours, query: str) -> int:
    """One number out of the database; 0 before there is any."""
    try:
        with closing(sqlite3.connect(ours.database(), timeout=30)) as db:
            return int(db.execute(query).fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def filed(ours: Ours, wanted: int) -> Callable[[], bool]:
    """Whether so many articles are."""
    return lambda: number(ours, "SELECT count(*) FROM articles") >= wanted


# ---------------------------------------------------------------- 5


def memory(sizes: Sizes) -> Iterator[Figures]:
    """Goal 5: of the main process, after as many sources, and after as many articles."""
    while True:
        few, _ = _sources(sizes["few"])
        many, _ = _sources(sizes["many"])
        before, after, peak = _articles(sizes["stored few"], sizes["stored many"])
        yield {
            f"MB at {sizes['few']} sources": few / 1e6,
            f"MB at {sizes['many']} sources": many / 1e6,
            f"MB after {sizes['stored few']} articles": before / 1e6,
            f"MB after {sizes['stored many']} articles": after / 1e6,
            "MB with workers, most": peak / 1e6,
            "many sources / few": many / few,
            "many articles / few": after / before,
        }


def _sources(count: int) -> tuple[int, int]:
    ours = contestants.ours(full_text="never")
    with World(feeds=count, entries=1) as world:
        ours.meet(world)
        with service(ours) as process:
            until(filed(ours, count))
            return meter.resident(process.pid), _all(process)


def _articles(few: int, many: int) -> tuple[int, int, int]:
    """Every host's whole list in its first poll, pages and all."""
    feeds = max(many // 100, 10)
    ours = contestants.ours(fetch={"spacing": "0s"})
    with World(feeds=feeds, entries=many // feeds, listed=many // feeds) as world:
        ours.meet(world)
        with service(ours) as process:
            peak = 0
            until(filed(ours, few))
            before = meter.resident(process.pid)
            while not filed(ours, many // feeds * feeds)():
                peak = max(peak, _all(process))
                time.sleep(0.2)
            return before, meter.resident(process.pid), peak


def _all(process: subprocess.Popen[bytes]) -> int:
    return sum(map(meter.resident, meter.family(process.pid)))


# ---------------------------------------------------------------- 11


def freshness(sizes: Sizes) -> Iterator[Figures]:
    """Goal 11: from published to handed over, beyond the minute between two polls; one host's pages are hostile."""
    feeds, hostile = sizes["watched"], 0
    while True:
        with World(feeds=feeds, entries=1, hostile=hostile) as world:
            ours = contestants.ours(
                every="1m",
                words=("the",),
                channel={
                    "kind": "webhook",
                    "url": f"http://127.0.0.1:{world.port}/hook",
                    "allow_private": True,
                },
                alert=AT_ONCE,
            )
            ours.meet(world)
            with service(ours):
                until(filed(ours, feeds))
                world.reset()
                found = _told(world, sizes["told"], feeds)
            stalls = json.loads((ours.folder / "stalls.json").read_text())
        if len(found) < 2:
            raise RuntimeError(f"{len(found)} of {sizes['told']} told; see {ours.folder}/log")
        late = [handed - published - 60 for published, handed, _ in found.values()]
        after = [handed - polled for _, handed, polled in found.values()]
        yield {
            "published to handed over, beyond the interval: p99 s": _share(late, 99),
            "beyond the interval: most s": max(late),
            "polled to handed over: p50 s": _share(after, 50),
            "polled to handed over: p99 s": _share(after, 99),
            "never told": sizes["told"] - len(found),
            "loop late: p99.9 ms": 1000 * stalls["p99.9"],
            "loop late: most ms": 1000 * stalls["most"],
        }


def _told(
    world: World, wanted: int, feeds: int
) -> dict[tuple[int, int], tuple[float, float, float]]:
    """When each new entry was published, handed over, and seen by a poll."""
    published: dict[tuple[int, int], float] = {}
    for turn in range(wanted):
        feed = 0 if turn == 0 else 1 + turn * 7 % (feeds - 1)
        for where, entry, at in world.publish(feeds=[feed]):
            published[where, entry] = at
        time.sleep(60 / wanted)
    handed: dict[tuple[int, int], float] = {}

    def all_told() -> bool:
        for at, body in world.delivered():
            for place in addresses(json.loads(body)):
                handed.setdefault(place, at)
        return published.keys() <= handed.keys()

    end = time.monotonic() + 180
    until(lambda: all_told() or time.monotonic() > end, 2.0)
    served = {int(feed): polls for feed, polls in world.served().items()}
    return {
        (feed, entry): (
            at,
            handed[feed, entry],
            min(when for when, entries in served[feed] if entries > entry),
        )
        for (feed, entry), at in published.items()
        if (feed, entry) in handed
    }


def addresses(event: Any) -> Iterator[tuple[int, int]]:
    """The articles of an event, wherever they stand in it."""
    if isinstance(event, dict):
        for value in event.values():
            yield from addresses(value)
    elif isinstance(event, list):
        for value in event:
            yield from addresses(value)
    elif isinstance(event, str) and event.startswith("http://127.") and "/news/" in event:
        _, net, high, low = event.split("/")[2].partition(":")[0].split(".")
        feed = (int(net) - 1) * 250**2 + int(high) * 250 + int(low) - 1
        yield feed, int(event.split("/")[4])


def _share(values: list[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]


# ---------------------------------------------------------------- 12


def idle(sizes: Sizes) -> Iterator[Figures]:
    """Goal 12: the service with many sources, none of them due."""
    count = sizes["idle"]
    while True:
        ours = contestants.ours()
        with World(feeds=1, entries=1) as world:
            url = world.urls()[0]
            ours.meet(world, [f"{url}?{n}" for n in range(count)])
            contestants.metered(ours.folder, ours.cli("fetch", "s0", "--no-send"))
            with closing(sqlite3.connect(ours.database())) as db, db:
                db.execute("UPDATE sources SET next_due = ?", (FAR,))
            with service(ours, clock=False) as process:
                time.sleep(30)  # 10,000 sources take a while to be read from feeds.yaml
                before = meter.spent(process.pid)
                time.sleep(60)
                yield {
                    f"idle with {count} sources: % of a core": 100
                    * (meter.spent(process.pid) - before)
                    / 60,
                    f"idle with {count} sources: MB": meter.resident(process.pid) / 1e6,
                }


__all__ = ["freshness", "idle", "memory"]
