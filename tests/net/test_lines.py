"""Lines beneath HTTP: encrypted ones, those that are kept, those through a proxy."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
import trustme

from aiwatch.net import Answer, Resolve, Unanswered, ask, open_client
from aiwatch.net.dialing import HEAD_START, Dialer
from aiwatch.net.kept import MOST, SECONDS
from aiwatch.net.lines import HELD, System
from aiwatch.net.transport import GuardedTransport
from tests.leaping import Ahead, run
from tests.net.wire import OK, kind
from tests.servers import Line, RawSite, Site

LONG = bytes(range(256)) * 2000  # half a megabyte: many records, and more than is taken in at once


class Book:
    """A resolver for which every name is at home; it keeps what was looked up, once for each line dialled."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> tuple[str, ...]:
        self.asked.append(host)
        return ("127.0.0.1",)


async def each(
    *urls: str, resolve: Resolve | None = None, body: bytes = b"", proxy: str = ""
) -> list[Answer | Unanswered]:
    """One after the other, with one client."""
    book = resolve or Book()
    async with open_client(user_agent="t", allow_private=True, resolve=book) as client:
        found = []
        for url in urls:
            method, extensions = "POST" if body else "GET", {"proxy": proxy}
            request = client.build_request(method, url, content=body, extensions=extensions)
            found.append(await ask(client, request, deadline=30, limit=5_000_000))
        return found


def bodies(found: list[Answer | Unanswered]) -> list[bytes]:
    return [one.body if isinstance(one, Answer) else one.detail.encode() for one in found]


@contextmanager
def listening(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port of a listener that hands one connection after the other to `talk`, which ends it."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    one, _ = server.accept()
                    with one, suppress(OSError):
                        talk(one)

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


# ---------------------------------------------------------------- encrypted


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's certificate for localhost, from an authority that is trusted here."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


def test_long_bodies_go_both_ways_over_tls(tls: ssl.SSLContext) -> None:
    with Site(tls=tls) as site:
        site.add("/", lambda asked: asked.body[::-1])
        assert bodies(asyncio.run(each(site.url("/"), body=LONG))) == [LONG[::-1]]


def test_an_encrypted_connection_is_kept_for_the_next_request(tls: ssl.SSLContext) -> None:
    book = Book()
    with Site(tls=tls) as site:
        site.add("/a", LONG)
        site.add("/b", status=304)
        urls = [site.url("/a", host="localhost"), site.url("/b", host="localhost")] * 3
        assert bodies(asyncio.run(each(*urls, resolve=book))) == [LONG, b""] * 3
    assert book.asked == ["localhost"]


@pytest.mark.parametrize("said", [True, False])
@pytest.mark.parametrize("length", [0, len(LONG), len(LONG) + 1])
def test_an_encrypted_body_is_whole_however_the_line_ends(
    tls: ssl.SSLContext, said: bool, length: int
) -> None:
    """Many servers end an answer without a length, and TLS without a word."""
    announced = b"Content-Length: %d\r\n\r\n" % length if length else b"\r\n"

    def talk(one: socket.socket) -> None:
        with tls.wrap_socket(one, server_side=True) as secret:
            secret.recv(65536)
            secret.sendall(OK + announced + LONG)
            if said:
                secret.unwrap()

    with listening(talk) as port:
        found = asyncio.run(each(f"https://localhost:{port}/"))
    if length > len(LONG):
        assert kind(found[0]) == "cut"
    else:
        assert bodies(found) == [LONG]


def test_one_who_hangs_up_amid_the_handshake_is_no_safe_connection(tls: ssl.SSLContext) -> None:
    def hello(one: socket.socket) -> None:
        one.recv(5)

    with listening(hello) as port:
        assert kind(asyncio.run(each(f"https://localhost:{port}/"))[0]) in ("tls", "connect")


@pytest.mark.parametrize(("scheme", "reads"), [("http", 0), ("https", 1)])
def test_certificates_are_read_when_the_first_encrypted_address_is_asked(
    scheme: str, reads: int
) -> None:
    read: list[ssl.SSLContext] = []

    def trust() -> ssl.SSLContext:
        read.append(ssl.create_default_context())
        return read[-1]

    async def talk(port: int) -> None:
        transport = GuardedTransport(trust, allow=True, resolve=Book())
        for _ in range(2):
            with suppress(httpx.ConnectError):
                url = f"{scheme}://localhost:{port}/"
                answer = await transport.handle_async_request(httpx.Request("GET", url))
                await answer.aclose()
        await transport.aclose()

    with Site() as site:
        asyncio.run(talk(site.port))
    assert len(read) == reads


# ---------------------------------------------------------------- through a proxy


def tunnel(one: socket.socket) -> None:
    """What a proxy does that was asked to CONNECT."""
    head = one.recv(65536)
    assert head.startswith(b"CONNECT ")
    assert b"Proxy-Authorization: Basic bWU6c2VjcmV0\r\n" in head
    port = int(head.split(b" ")[1].partition(b":")[2])
    with socket.create_connection(("127.0.0.1", port)) as other:
        one.sendall(b"HTTP/1.1 200 Go on\r\n\r\n")
        back = threading.Thread(target=pump, args=(other, one))
        back.start()
        pump(one, other)
        back.join()


def pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


def test_an_encrypted_site_is_read_through_a_proxy_s_tunnel_which_is_kept(
    tls: ssl.SSLContext,
) -> None:
    with Site(tls=tls) as site, listening(tunnel) as port:
        site.add("/", LONG)
        url = site.url("/", host="localhost")
        found = asyncio.run(each(url, url, proxy=f"http://me:secret@127.0.0.1:{port}"))
        assert bodies(found) == [LONG, LONG]
        assert all("proxy-authorization" not in headers for _, _, headers in site.requests)


def test_a_tunnel_s_other_end_has_to_prove_its_name(tls: ssl.SSLContext) -> None:
    """The proxy stands between, and could be anybody's."""
    with Site(tls=tls) as site, listening(tunnel) as port:
        url = site.url("/", host="other.example")
        found = asyncio.run(each(url, proxy=f"http://me:secret@127.0.0.1:{port}"))
    assert kind(found[0]) == "tls"


# ---------------------------------------------------------------- kept


def test_a_connection_with_more_behind_its_answer_is_not_used_again() -> None:
    """Whose answer would that be?"""

    def script(line: Line) -> None:
        line.send(OK + b"Content-Length: 2\r\n\r\nok" + OK + b"Content-Length: 4\r\n\r\nevil")
        line.pause(60)

    with RawSite(script) as raw:
        assert bodies(asyncio.run(each(raw.url("/"), raw.url("/")))) == [b"ok", b"ok"]
        assert len(raw.heads) == 2


def test_of_kept_connections_the_oldest_are_closed_when_there_are_many() -> None:
    book = Book()
    with Site() as site:
        site.add("/", "x")
        urls = [site.url("/", host=f"h{n}.example") for n in range(MOST + 2)]
        asyncio.run(each(*urls, urls[-1], urls[0], resolve=book))
    assert book.asked == [f"h{n}.example" for n in range(MOST + 2)] + ["h0.example"]


def test_a_connection_that_nobody_comes_for_is_closed() -> None:
    clock, book = Ahead(), Book()

    async def talk(url: str) -> None:
        async with open_client(user_agent="t", allow_private=True, resolve=book) as client:
            for _ in range(3):
                await ask(client, client.build_request("GET", url), deadline=30, limit=100)
                await asyncio.sleep(0)
                if len(book.asked) == 1:
                    clock.ahead += SECONDS + 1
                    await asyncio.sleep(0.01)

    with Site() as site, asyncio.Runner(loop_factory=lambda: clock) as runner:
        site.add("/", "x")
        runner.run(talk(site.url("/", host="a.example")))
    assert book.asked == ["a.example", "a.example"]


# ---------------------------------------------------------------- the system's lines


def test_of_what_nobody_reads_little_is_taken_in() -> None:
    async def talk() -> int:
        with socket.create_server(("127.0.0.1", 0)) as server:
            line = await System().connect("127.0.0.1", server.getsockname()[1])
            theirs, _ = server.accept()
        theirs.setblocking(False)
        sent = idle = 0
        while idle < 20 and sent < 20_000_000:
            try:
                sent += theirs.send(LONG)
                idle = 0
            except BlockingIOError:
                idle += 1
            await asyncio.sleep(0)
        theirs.close()
        read = 0
        while data := await line.read():
            assert len(data) <= HELD
            read += len(data)
        line.close()
        await asyncio.sleep(0)
        assert read == sent
        return sent

    assert asyncio.run(talk()) < 15_000_000  # the system holds some, too


def test_of_two_addresses_that_answer_at_once_one_is_hung_up_on() -> None:
    lines: dict[str, Silent] = {}

    class Slow:
        async def connect(self, address: str, port: int) -> Silent:
            await asyncio.sleep(HEAD_START + 0.05 if address == "192.0.2.1" else 0.05)
            lines[address] = Silent()
            return lines[address]

    async def both(host: str, port: int) -> tuple[str, ...]:
        return ("192.0.2.1", "192.0.2.2")

    found = run(Dialer(both, Slow()).dial("two.example", 80, guarded=False))
    assert sorted(line.open for line in lines.values()) == [False, True]
    assert isinstance(found, Silent)
    assert found.open


class Silent:
    """A line on which nothing is said."""

    def __init__(self) -> None:
        self.open = True

    def write(self, data: bytes) -> None:
        return

    async def read(self) -> bytes:
        return b""

    def quiet(self) -> bool:
        return self.open

    def close(self) -> None:
        self.open = False
