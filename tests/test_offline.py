"""A failure to connect is the source's while anything else can be reached, and the network's where nothing can."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from aiwatch.model import FailureKind, FetchFailure, NotModified, Outcome, Validators
from aiwatch.net import open_client
from aiwatch.offline import FRESH, HOSTS, Offline
from tests.servers import Site

SECOND = timedelta(seconds=1)
OTHERS = ("https://a.example/", "https://b.example/", "https://c.example/", "https://d.example/")
ANSWER = NotModified(url="https://a.example/", validators=Validators())


def failure(kind: FailureKind = "dns") -> FetchFailure:
    return FetchFailure(url="https://x.example/", kind=kind, detail="no")


class World:
    """Which hosts can be connected to, and which were tried."""

    def __init__(self, *up: str) -> None:
        self.up = set(up)
        self.tried: list[str] = []
        self.known = Offline(self.reaches)

    async def reaches(self, url: str) -> bool:
        self.tried.append(url)
        await asyncio.sleep(0)
        return url in self.up

    def explains(self, outcome: Outcome, now: datetime, others: Sequence[str] = OTHERS) -> bool:
        return asyncio.run(self.known.explains(outcome, lambda: others, now))


@pytest.mark.parametrize("kind", ["dns", "connect", "timeout"])
def test_where_no_other_host_can_be_reached_it_is_the_network(
    now: datetime, kind: FailureKind
) -> None:
    world = World()
    assert world.explains(failure(kind), now)
    assert world.tried == list(OTHERS[:HOSTS])
    assert world.explains(failure(kind), now + SECOND)  # what was found out holds for a minute
    assert len(world.tried) == HOSTS
    assert world.explains(failure(kind), now + FRESH)
    assert len(world.tried) == 2 * HOSTS


def test_where_another_host_can_be_reached_it_is_the_source(now: datetime) -> None:
    world = World(OTHERS[2])
    assert not world.explains(failure(), now)
    assert not world.explains(failure(), now + SECOND)
    assert len(world.tried) == HOSTS


@pytest.mark.parametrize("outcome", [ANSWER, failure("http"), failure("tls"), failure("cut")])
def test_what_answered_is_proof_for_a_minute(now: datetime, outcome: Outcome) -> None:
    world = World()
    assert not world.explains(outcome, now)
    assert not world.explains(failure(), now + FRESH - SECOND)
    assert world.tried == []
    assert world.explains(failure(), now + FRESH)


@pytest.mark.parametrize("kind", ["url", "private", "robots"])
def test_what_was_never_asked_proves_nothing(now: datetime, kind: FailureKind) -> None:
    world = World()
    assert not world.explains(failure(kind), now)
    assert world.explains(failure(), now)


def test_an_only_host_is_its_own_trouble(now: datetime) -> None:
    assert not World().explains(failure(), now, ())


def test_when_something_answers_again_it_is_over(now: datetime) -> None:
    world = World()
    assert world.explains(failure(), now)
    assert not world.explains(ANSWER, now + SECOND)
    assert not world.explains(failure(), now + 2 * SECOND)


def test_many_that_fail_at_once_ask_once(now: datetime) -> None:
    world = World()

    async def all_fail() -> list[bool]:
        asked = (world.known.explains(failure(), lambda: OTHERS, now) for _ in range(60))
        return await asyncio.gather(*asked)

    assert asyncio.run(all_fail()) == [True] * 60
    assert len(world.tried) == HOSTS


def test_a_connection_is_proof_and_nothing_is_sent_over_it() -> None:
    async def reached(*urls: str) -> list[bool]:
        client = open_client(user_agent="test", allow_private=True)
        try:
            return [await client.reaches(url) for url in urls]
        finally:
            await client.aclose()

    with Site() as site:
        found = asyncio.run(reached(site.url(), "http://127.0.0.1:1/", "http://[bad/"))
        assert site.requests == []
    assert found == [True, False, False]
    assert asyncio.run(reached(site.url())) == [False]


def test_what_may_not_be_connected_to_is_not_tried() -> None:
    async def reached(url: str) -> bool:
        client = open_client(user_agent="test")
        try:
            return await client.reaches(url)
        finally:
            await client.aclose()

    with Site() as site:
        assert not asyncio.run(reached(site.url()))
