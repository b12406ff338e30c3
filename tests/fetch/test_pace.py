"""How often hosts are asked, and how many large bodies are in memory at a time."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aiwatch.fetch import Fetcher, FetchSettings, PutOff, host_of
from aiwatch.model import FetchFailure, Outcome, Page, Target
from tests.servers import Answer, Site

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SETTINGS = FetchSettings(
    timeout=timedelta(seconds=30),
    max_bytes=1_000_000,
    per_host=2,
    spacing=timedelta(0),
    user_agent="aiwatch/0 (+mailto:me@example.org)",
    allow_private=True,
)


def page(outcome: Outcome) -> Page:
    assert isinstance(outcome, Page), outcome
    return outcome


def failure(outcome: Outcome) -> FetchFailure:
    assert isinstance(outcome, FetchFailure), outcome
    assert outcome.detail.endswith(".")
    return outcome


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Example.org/feed", "example.org"),
        ("http://example.org:80/", "example.org"),
        ("http://example.org:8080/", "example.org:8080"),
        ("https://me:word@example.org/", "example.org"),
        ("https://old.reddit.com/r/x/.rss", "reddit.com"),
        ("https://news.google.com:8443/rss", "news.google.com"),
        ("http://[::1]:99/", "::1:99"),
        ("http://[::bad/", ""),
    ],
)
def test_requests_are_counted_by_host(url: str, host: str) -> None:
    assert host_of(url) == host


def test_a_host_known_to_want_a_minute_gets_it_with_all_its_subdomains() -> None:
    async def home(host: str, port: int) -> tuple[str, ...]:
        return ("127.0.0.1",)

    async def run() -> None:
        async with Fetcher(SETTINGS, resolve=home) as fetcher:
            one, two = (site.url("/", host=f"{name}.reddit.com") for name in ("www", "old"))
            assert (fetcher.wait_for(one), fetcher.asked_ago(one)) == (0, None)
            page(await fetcher.get(Target(url=one), NOW))
            assert fetcher.wait_for(two) == pytest.approx(50, abs=20)
            assert fetcher.asked_ago(two) == pytest.approx(timedelta(0), abs=timedelta(seconds=15))
            assert fetcher.wait_for(site.url("/")) == 0

    with Site() as site:
        site.add("/", "x")
        asyncio.run(run())


def test_a_pace_is_set_kept_over_a_restart_and_lifted() -> None:
    async def run() -> None:
        minute = timedelta(minutes=1)
        async with Fetcher(SETTINGS) as fetcher:
            fetcher.pace("h.example", minute, asked_ago=minute / 2)
            assert fetcher.wait_for("http://h.example/") == pytest.approx(22, abs=12)
            assert fetcher.wait_for("http://h.example:81/") == 0
            fetcher.pace("h.example", minute, hold=10 * minute)
            assert fetcher.wait_for("http://h.example/") == pytest.approx(590, abs=20)
            fetcher.pace("h.example", timedelta(0))
            assert fetcher.wait_for("http://h.example/") == 0

    asyncio.run(run())


def test_who_will_not_wait_for_a_slow_host_is_put_off_and_holds_nothing() -> None:
    async def run() -> list[Outcome]:
        async with Fetcher(SETTINGS) as fetcher:
            fetcher.pace(site.authority, timedelta(minutes=1))
            async with asyncio.timeout(30):
                return await asyncio.gather(
                    *(fetcher.get(Target(url=site.url()), NOW, patience=9) for _ in range(5))
                )

    with Site() as site:
        site.add("/", "x")
        first, *others = asyncio.run(run())
        assert len(site.requests) == 1
    assert isinstance(first, Page)
    for number, outcome in enumerate(others):
        assert isinstance(outcome, PutOff), outcome
        assert outcome.retry_after == pytest.approx(timedelta(minutes=1), abs=timedelta(seconds=20))
        assert f"{site.authority} is not asked again" in outcome.detail, number


def test_the_robots_file_of_a_slow_host_is_not_waited_for_either() -> None:
    async def run() -> Outcome:
        async with Fetcher(SETTINGS) as fetcher:
            fetcher.pace(site.authority, timedelta(0), hold=timedelta(hours=1))
            async with asyncio.timeout(30):
                return await fetcher.get(Target(url=site.url(), robots=True), NOW, patience=1.0)

    with Site() as site:
        assert isinstance(asyncio.run(run()), PutOff)
        assert site.requests == []


def test_a_redirect_does_not_wait_for_ever_either() -> None:
    async def run() -> Outcome:
        async with Fetcher(SETTINGS) as fetcher:
            fetcher.pace(second.authority, timedelta(0), hold=timedelta(hours=1))
            async with asyncio.timeout(30):
                return await fetcher.get(Target(url=first.url()), NOW)

    with Site() as first, Site() as second:
        first.add("/", status=301, headers={"Location": second.url()})
        outcome = asyncio.run(run())
        assert second.requests == []
    assert isinstance(outcome, PutOff)
    assert outcome.url == second.url()


def test_large_bodies_are_in_memory_a_few_at_a_time_and_small_ones_do_not_wait() -> None:
    """Their callers hold on to them: the next is read when one has let go."""
    large = most = 0

    async def one(fetcher: Fetcher, url: str) -> int:
        nonlocal large, most
        async with fetcher.getting(Target(url=url), NOW) as outcome:
            big = len(page(outcome).body) > 1_100_000
            large += big
            most = max(most, large)
            await asyncio.sleep(0.02)
            large -= big
        return len(page(outcome).body)

    async def run(big: str, small: str) -> list[int]:
        memory = replace(SETTINGS, max_bytes=4_000_000, in_memory=8_000_000, per_host=12)
        async with Fetcher(memory) as fetcher:
            async with (
                fetcher.getting(Target(url=big), NOW),
                fetcher.getting(Target(url=big), NOW),
                asyncio.timeout(30),
            ):
                assert await one(fetcher, small) == 1_000_000
            return list(await asyncio.gather(*(one(fetcher, big) for _ in range(8))))

    with Site() as site:
        site.add("/big", b"x" * 3_000_000)
        site.add("/small", b"x" * 1_000_000)
        assert asyncio.run(run(site.url("/big"), site.url("/small"))) == [3_000_000] * 8
    assert most == 2


def test_a_body_that_fails_gives_its_memory_back() -> None:
    async def run(url: str) -> list[str]:
        memory = replace(SETTINGS, max_bytes=2_000_000, in_memory=1)
        async with Fetcher(memory) as fetcher:
            return [failure(await fetcher.get(Target(url=url), NOW)).kind for _ in range(3)]

    with Site() as site:
        site.add("/", lambda _: Answer(b"x" * 100_000 for _ in range(30)))
        assert asyncio.run(run(site.url("/"))) == ["too large"] * 3
