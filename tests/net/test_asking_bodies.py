"""How much of an answer's body is read: a start of it, all of it, and large ones when there is memory."""

import asyncio
import gzip

import pytest

from aiwatch.net import Answer, NoMemory, Spare, Unanswered, ask, open_client
from tests.leaping import Ahead
from tests.net.wire import OK, kind, once
from tests.servers import Line, RawSite, Site


def test_an_error_page_is_shown_unpacked_as_far_as_it_goes() -> None:
    with Site() as site:
        words = b"Just a moment... " * 1000
        packed = {"Content-Encoding": "gzip"}
        site.add("/", gzip.compress(words), status=403, headers=packed)
        site.add("/cut", gzip.compress(words)[:-20], status=403, headers=packed)
        site.add("/bad", b"not packed at all", status=403, headers=packed)
        site.add("/br", b"??", status=403, headers={"Content-Encoding": "br"})
        bodies = []
        for path in ("/", "/cut", "/bad", "/br"):
            answer = asyncio.run(once(site.url(path)))
            assert isinstance(answer, Answer)
            bodies.append(answer.body)
    assert bodies == [words[:4096], words[:4096], b"", b""]


def test_of_a_long_document_the_start_may_be_enough() -> None:
    async def start(url: str) -> Answer | Unanswered:
        async with open_client(user_agent="t", allow_private=True) as client:
            request = client.build_request("GET", url)
            return await ask(client, request, deadline=30, limit=1000, cut=True)

    with Site() as site:
        site.add("/plain", b"a" * 5000)
        site.add("/packed", gzip.compress(b"a" * 5000), headers={"Content-Encoding": "gzip"})
        site.add("/short", b"a")
        found = [asyncio.run(start(site.url(path))) for path in ("/plain", "/packed", "/short")]
    assert [a.body for a in found if isinstance(a, Answer)] == [b"a" * 1000, b"a" * 1000, b"a"]


# ---------------------------------------------------------------- large bodies wait for memory


async def large(url: str, spare: Spare, deadline: float = 10) -> Answer | Unanswered:
    async with open_client(user_agent="t", allow_private=True) as client:
        request = client.build_request("GET", url)
        return await ask(client, request, deadline=deadline, limit=4_000_000, spare=spare)


@pytest.mark.parametrize("packed", [False, True])
def test_a_large_body_waits_for_memory_once_and_its_deadline_with_it(packed: bool) -> None:
    waited: list[float] = []
    clock = Ahead()

    async def spare() -> None:
        waited.append(50)
        clock.ahead += 50  # longer than the deadline
        await asyncio.sleep(0.01)

    body = b"a" * 3_000_000
    headers = {"Content-Encoding": "gzip"} if packed else {}
    with Site() as site, asyncio.Runner(loop_factory=lambda: clock) as runner:
        site.add("/", gzip.compress(body) if packed else body, headers=headers)
        site.add("/small", b"a" * 1_000_000)
        assert kind(runner.run(large(site.url("/small"), spare))) == "200"
        assert waited == []
        assert kind(runner.run(large(site.url("/"), spare))) == "200"
    assert waited == [50]


def test_when_there_is_no_memory_it_is_said_so() -> None:
    async def spare() -> None:
        raise NoMemory

    with Site() as site:
        site.add("/", b"a" * 3_000_000)
        result = asyncio.run(large(site.url("/"), spare))
    assert isinstance(result, Unanswered)
    assert (result.kind, "while others were being read" in result.detail) == ("timeout", True)


def test_after_waiting_for_memory_the_deadline_still_runs() -> None:
    def drip(line: Line) -> None:
        line.send(OK + b"Content-Length: 3000000\r\n\r\n" + b"a" * 1_100_000)
        while line.pause(0.02):
            line.send(b".")

    async def spare() -> None:
        await asyncio.sleep(0)

    with RawSite(drip) as raw:
        assert kind(asyncio.run(large(raw.url("/"), spare, deadline=2))) == "timeout"
