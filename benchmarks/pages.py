"""How long each reading page takes on a large archive: `python -m benchmarks.pages [ARTICLES] [DATABASE]`.

Makes the archive where DATABASE is not there yet (100,000 articles: two minutes, 400 MB), then asks every page in this
process, each time another story, article or word, and prints median and 95th percentile in milliseconds.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import httpx
from tests import shelves

from aiwatch.config.values import Config, Keep
from aiwatch.fetch import FetchSettings
from aiwatch.model import Secret, Source, SourceName, Topic, TopicName
from aiwatch.web import metrics, pages, probes

NOW = datetime(2026, 3, 24, 12, tzinfo=UTC)
ROUNDS = 60


def config(database: Path) -> Config:
    """Eight topics, two hundred sources."""
    fetch = FetchSettings(
        timeout=timedelta(seconds=9),
        max_bytes=10**6,
        per_host=2,
        spacing=timedelta(),
        user_agent="aiwatch",
    )
    return Config(
        path=None,
        database=database,
        timezone="Asia/Bangkok",
        fetch=fetch,
        keep=Keep(bodies=None, matched=None, messages=None),
        topics=tuple(
            Topic(name=TopicName(name), title=name, any=("x",)) for name in shelves.TOPICS
        ),
        sources=tuple(
            Source(name=SourceName(f"Outlet {n}"), url=f"https://outlet{n}.example/feed")
            for n in range(shelves.OUTLETS)
        ),
    )


def asked(articles: int) -> dict[str, Callable[[random.Random], str]]:
    """A name for each kind of page, and an address of that kind by chance."""
    words = shelves.Words()
    story = lambda chance: chance.randint(1, articles)  # noqa: E731
    common = lambda chance: chance.choice(words.plain[:50])  # noqa: E731
    return {
        "today": lambda _: "/",
        "topics": lambda _: "/topics",
        "topic": lambda chance: f"/topics/{chance.choice(shelves.TOPICS)}",
        "topic, far back": lambda chance: f"/topics/topic1?before={story(chance)}",
        "topic as Atom": lambda chance: f"/topics/{chance.choice(shelves.TOPICS)}.atom",
        "everything": lambda _: "/stories",
        "story": lambda chance: f"/articles/{story(chance)}.json",
        "article": lambda chance: f"/articles/{story(chance)}",
        "search, common word": lambda chance: f"/search?q={common(chance)}",
        "search, two words": lambda chance: f"/search?q={common(chance)}+{common(chance)}",
        "search, rare word": lambda chance: f"/search?q={chance.choice(words.plain[500:])}",
        "search, phrase": lambda chance: f"/search?q=%22{common(chance)}+{common(chance)}%22",
        "search, Chinese": lambda chance: (
            f"/search?q={''.join(chance.choices(words.han[:60], k=2))}"
        ),
        "search, begin*": lambda chance: f"/search?q={chance.choice(words.plain[:2000])[:4]}*",
        "search, in a topic": lambda chance: f"/search?q={common(chance)}&topic=topic1",
        "search, best first": lambda chance: f"/search?q={common(chance)}&order=best",
        "sources": lambda _: "/sources",
        "messages": lambda _: "/messages",
        "metrics": lambda _: "/metrics",
    }


async def measure(database: Path, articles: int, size: int) -> None:
    """One line a kind of page."""
    chance = random.Random(1)
    configured = config(database)
    door = pages.door(configured, "127.0.0.1", Secret("x" * 20))
    room = pages.Room(config=lambda: configured, clock=lambda: NOW, door=lambda: door, write=_never)
    made = pages.application(room, *probes.routes(room), *metrics.routes(room))
    transport = httpx.ASGITransport(app=made)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        stories = [await _story_of(client, chance.randint(1, articles)) for _ in range(ROUNDS)]
        kinds = {**asked(articles), "story": lambda chance: f"/stories/{chance.choice(stories)}"}
        print(f"{articles:,} articles, {size / 1e6:,.0f} MB; {ROUNDS} of each, ms\n")
        print(f"{'page':<24}{'median':>8}{'p95':>8}{'p95 of processor time':>24}")
        for name, address in kinds.items():
            times = [await _once(client, address(chance)) for _ in range(ROUNDS)]
            wall, processor = (sorted(column) for column in zip(*times, strict=True))
            at = int(ROUNDS * 0.95)
            print(f"{name:<24}{median(wall):>8.1f}{wall[at]:>8.1f}{processor[at]:>24.1f}")


async def _story_of(client: httpx.AsyncClient, article: int) -> int:
    return int((await client.get(f"/articles/{article}.json")).json()["story"])


async def _once(client: httpx.AsyncClient, address: str) -> tuple[float, float]:
    """Milliseconds by the clock, and of the processor, which neighbours on the machine do not lengthen."""
    begun, worked = time.perf_counter(), time.process_time()
    answer = await client.get(address)
    taken = time.perf_counter() - begun, time.process_time() - worked
    answer.raise_for_status()
    return taken[0] * 1000, taken[1] * 1000


def _never(_transaction: object) -> None:
    raise AssertionError("a page wrote")


def main() -> None:
    """Make what is missing, then measure."""
    articles = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        database = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(folder) / "pages.db"
        if not database.exists():
            shelves.fill(database, articles, NOW)
        asyncio.run(measure(database, articles, database.stat().st_size))


if __name__ == "__main__":
    main()
