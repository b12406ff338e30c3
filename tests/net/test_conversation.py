"""An answer is the same however its bytes come, and a line goes on only after one that has ended."""

import asyncio

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiwatch.net import Answer, Unanswered, ask, open_client
from aiwatch.net.conversation import Conversation
from tests.net.wire import kind

OK = b"HTTP/1.1 200 OK\r\n"
ANSWERS = {  # with what is kept of it, and whether the line may be used again
    "a length": (OK + b"Content-Length: 5\r\n\r\nhello", b"hello", True),
    "chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n", b"hello", True),
    "trailers": (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n", b"hello", True),
    "an interim answer": (b"HTTP/1.1 103 Soon\r\nLink: x\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nok", b"ok", True),
    "not modified": (b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", b"", True),
    "nothing": (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", b"", True),
    "until the end": (OK + b"\r\nhello", b"hello", False),
    "the old version": (b"HTTP/1.0 200 OK\r\n\r\nhello", b"hello", False),
    "asked to close": (OK + b"Connection: close\r\nContent-Length: 5\r\n\r\nhello", b"hello", False),
    "more behind it": (OK + b"Content-Length: 5\r\n\r\nhello" + OK, b"hello", False),
}  # fmt: skip


class Told:
    """A line on which somebody says these pieces, whatever is said to him, and hangs up."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces
        self.heard = b""
        self.open = True

    def write(self, data: bytes) -> None:
        self.heard += data

    async def read(self) -> bytes:
        return self.pieces.pop(0) if self.pieces else b""

    def quiet(self) -> bool:
        return self.open and not self.pieces

    def close(self) -> None:
        self.open = False


class Telling:
    """A network in which everybody says the same; the first gets no further than one whole answer."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces
        self.lines: list[Told] = []

    async def connect(self, address: str, port: int) -> Told:
        self.lines.append(Told(list(self.pieces)))
        return self.lines[-1]


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    pieces: list[bytes] = []
    while data:
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(data[:size])
        data = data[size:]
    return pieces


async def asked(network: Telling, times: int = 1) -> list[Answer | Unanswered]:
    async def public(host: str, port: int) -> tuple[str, ...]:
        return ("93.184.216.34",)

    async with open_client(user_agent="t", resolve=public, network=network) as client:
        return [
            await ask(client, client.build_request("GET", "http://a.example/"), deadline=9, limit=9)
            for _ in range(times)
        ]


@pytest.mark.parametrize("name", ANSWERS)
@given(sizes=st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_an_answer_is_the_same_however_its_bytes_come(name: str, sizes: list[int]) -> None:
    data, body, _ = ANSWERS[name]
    (answer,) = asyncio.run(asked(Telling(cut(data, sizes))))
    assert isinstance(answer, Answer)
    assert answer.body == body


@pytest.mark.parametrize("name", ANSWERS)
def test_a_line_is_used_again_only_after_an_answer_that_has_ended(name: str) -> None:
    data, _, again = ANSWERS[name]
    network = Telling([data])
    asyncio.run(asked(network))
    heard = [line.heard.count(b"GET / HTTP/1.1\r\n") for line in network.lines]
    assert heard == [1]
    network = Telling([data])
    asyncio.run(asked(network, 2))
    heard = [line.heard.count(b"GET / HTTP/1.1\r\n") for line in network.lines]
    assert heard == ([2, 1] if again else [1, 1])  # the first hangs up on the second request
    assert not any(line.open for line in network.lines)


@pytest.mark.parametrize("header", [b"X\r\nY", b"X:", b""])
def test_a_header_that_cannot_be_sent_is_not_sent(header: bytes) -> None:
    line = Told([])

    async def talk() -> None:
        await Conversation(line).ask(b"GET", b"/", [(b"Host", b"a.example"), (header, b"z")])

    with pytest.raises(httpx.LocalProtocolError):
        asyncio.run(talk())
    assert line.heard == b""


# ---------------------------------------------------------------- posts


async def posted(network: Telling, *, hang_up: bool) -> list[str]:
    async def public(host: str, port: int) -> tuple[str, ...]:
        return ("93.184.216.34",)

    async with open_client(user_agent="t", resolve=public, network=network) as client:
        found = []
        for body in (b"one", b"two"):
            request = client.build_request("POST", "http://a.example/", content=body)
            found.append(kind(await ask(client, request, deadline=9, limit=9)))
            network.lines[0].open = not hang_up
        return found


def test_a_post_goes_over_no_line_that_has_been_closed() -> None:
    network = Telling([ANSWERS["a length"][0]])
    assert asyncio.run(posted(network, hang_up=True)) == ["200", "200"]
    assert [line.heard[-3:] for line in network.lines] == [b"one", b"two"]


def test_a_post_that_may_have_been_heard_is_not_said_again() -> None:
    """The line is closed when it has been said."""
    network = Telling([ANSWERS["a length"][0]])
    assert asyncio.run(posted(network, hang_up=False)) == ["200", "connect"]
    assert len(network.lines) == 1
