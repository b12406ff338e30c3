import asyncio
import gzip
import itertools
import ssl
import threading
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import trustme

from aiwatch.net import (
    Allow,
    Answer,
    Resolve,
    Unanswered,
    ask,
    open_client,
    system_resolve,
)
from tests import servers
from tests.net.wire import OK, kind, names, once
from tests.servers import Asked, Line, RawSite, Site


def test_an_answer_comes_with_status_headers_and_body() -> None:
    with Site() as site:
        site.add("/a", "hello", headers={"ETag": '"1"'})
        result = asyncio.run(once(site.url("/a")))
        assert isinstance(result, Answer)
        assert (result.status, result.body, result.headers["etag"]) == (200, b"hello", '"1"')
        headers = site.requests[0][2]
    assert headers["user-agent"] == "aiwatch-test/1"
    assert headers["accept-encoding"] == "gzip, deflate"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433", "[::1]"]
)
def test_home_is_refused_however_it_is_spelt(host: str) -> None:
    with Site() as site:
        result = asyncio.run(once(f"http://{host}:{site.port}/", allow=False))
        assert kind(result) in ("private", "dns")
        assert site.requests == []


def test_one_private_answer_among_public_ones_is_enough_to_refuse() -> None:
    resolve = names(("93.184.216.34", "10.0.0.7"))
    result = asyncio.run(once("http://mixed.example/", allow=False, resolve=resolve))
    assert isinstance(result, Unanswered)
    assert result.kind == "private"
    assert "10.0.0.7" in result.detail


def test_the_address_that_was_checked_is_the_one_connected_to() -> None:
    """A name that is public when looked at and private when dialled: it is looked up once per connection."""
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> tuple[str, ...]:
        asked.append(host)
        return ("192.0.2.1",) if len(asked) > 1 else ("127.0.0.1",)

    with Site() as site:
        site.add("/", "reached")
        result = asyncio.run(once(site.url("/", host="rebind.example"), resolve=rebinding))
    assert kind(result) == "200"
    assert asked == ["rebind.example"]


def test_a_name_that_turns_private_while_we_talk_is_refused_when_dialled_again() -> None:
    resolve = names(("127.0.0.1",), ("10.0.0.7",))

    async def talk(url: str, allow: Allow) -> list[str]:
        return [kind(await once(url, allow=a, resolve=resolve)) for a in (allow, False)]

    with Site() as site:
        site.add("/", "x", headers={"Connection": "close"})
        url = site.url("/", host="rebind.example")
        assert asyncio.run(talk(url, True)) == ["200", "private"]


def test_a_kept_private_connection_is_not_lent_to_a_request_that_may_not_go_there() -> None:
    async def talk(url: str, authority: str) -> list[str]:
        async with open_client(user_agent="t") as client:
            found = []
            for allow in ((authority,), False, (authority,)):
                request = client.build_request("GET", url, extensions={"allow_private": allow})
                found.append(kind(await ask(client, request, deadline=30, limit=1000)))
            return found

    with Site() as site:
        site.add("/", "home")
        assert asyncio.run(talk(site.url("/"), site.authority)) == ["200", "private", "200"]


def test_a_dead_address_gives_way_to_a_live_one() -> None:
    with Site() as site:
        site.add("/", "up")
        resolve = names(("127.0.0.2", "127.0.0.1"))
        assert kind(asyncio.run(once(site.url("/", host="two.example"), resolve=resolve))) == "200"


@pytest.mark.parametrize("answers", [(), ("", "")])
def test_a_name_without_an_address_says_so(answers: tuple[str, ...]) -> None:
    async def nothing(host: str, port: int) -> tuple[str, ...]:
        if answers:
            raise OSError("no such host is known")
        return ()

    result = asyncio.run(once("http://gone.example/", resolve=nothing))
    assert isinstance(result, Unanswered)
    assert result.kind == "dns"
    assert "gone.example" in result.detail


def test_the_system_resolver_knows_localhost_and_names_what_it_does_not_know() -> None:
    assert "127.0.0.1" in asyncio.run(system_resolve("localhost", 80))
    assert kind(asyncio.run(once("http://no-such-host.invalid/"))) == "dns"


def test_a_closed_port_is_no_connection() -> None:
    with Site() as site:
        url = site.url("/")
    result = asyncio.run(once(url))
    assert isinstance(result, Unanswered)
    assert result.kind == "connect"


def cut_body(line: Line) -> None:
    line.send(OK + b"Content-Length: 1000\r\n\r\nonly this")


def cut_chunks(line: Line) -> None:
    line.send(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")


def cut_gzip(line: Line) -> None:
    line.send(OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"x" * 1000)[:-6])


def garbage(line: Line) -> None:
    line.send(b"220 mail.example.org ESMTP\r\n\r\n")


def header_flood(line: Line) -> None:
    line.send(OK)
    while True:
        line.send(b"X-Flood: " + b"a" * 60_000 + b"\r\n")


def silent_end(line: Line) -> None:
    return


def endless(line: Line) -> None:
    line.send(OK + b"\r\n")
    while True:
        line.send(b"a" * 65536)


def bomb(line: Line) -> None:
    """400 MB of zeros as 400 kB of gzip."""
    head = gzip.compress(b"")[:10]
    packer = zlib.compressobj(9, wbits=-15)
    line.send(OK + b"Content-Encoding: gzip\r\n\r\n" + head)
    for _ in range(400):
        line.send(packer.compress(bytes(1024 * 1024)))


def drip_body(line: Line) -> None:
    line.send(OK + b"Content-Length: 100000\r\n\r\n")
    while line.pause(0.02):
        line.send(b".")


def drip_head(line: Line) -> None:
    line.send(OK)
    while line.pause(0.02):
        line.send(b"X: y\r\n")


def never(line: Line) -> None:
    line.pause(60)


def interim_flood(line: Line) -> None:
    while line.pause(0.005):
        line.send(b"HTTP/1.1 102 Processing\r\n\r\n")


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (cut_body, "cut"),
        (cut_chunks, "cut"),
        (cut_gzip, "cut"),
        (garbage, "http"),
        (header_flood, "http"),
        (silent_end, "connect"),
        (endless, "too large"),
        (bomb, "too large"),
        (drip_body, "timeout"),
        (drip_head, "timeout"),
        (never, "timeout"),
        (interim_flood, "timeout"),
    ],
)
def test_a_hostile_server_costs_little_and_is_named(script: object, expected: str) -> None:
    assert callable(script)
    with RawSite(script) as raw:
        tracemalloc.start()
        try:
            seconds = 0.4 if expected == "timeout" else 60
            result = asyncio.run(once(raw.url("/"), deadline=seconds, limit=2_000_000))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert isinstance(result, Unanswered)
        assert (result.kind, result.detail[-1], "\n" in result.detail) == (expected, ".", False)
        assert len(raw.heads) == 1
    assert peak < 12_000_000


def test_an_error_page_that_drips_does_not_hide_its_status() -> None:
    def script(line: Line) -> None:
        line.send(b"HTTP/1.1 404 Not Found\r\nContent-Length: 9999\r\n\r\n")
        line.send(b"x" * 5000)
        line.pause(60)

    with RawSite(script) as raw:
        result = asyncio.run(once(raw.url("/")))
    assert isinstance(result, Answer)
    assert (result.status, len(result.body)) == (404, 4096)


def test_a_kept_connection_that_the_server_closed_is_opened_anew() -> None:
    """The first answer allows keeping, then the line goes: the second request must not fail for that."""

    def script(line: Line) -> None:
        line.send(OK + b"Content-Length: 2\r\n\r\nok")
        line.socket.recv(65536)  # the next request comes, and is hung up on

    async def talk(url: str) -> list[str]:
        async with open_client(user_agent="t", allow_private=True) as client:
            return [
                kind(await ask(client, client.build_request("GET", url), deadline=30, limit=100))
                for _ in range(2)
            ]

    with RawSite(script) as raw:
        assert asyncio.run(talk(raw.url("/"))) == ["200", "200"]


def test_several_kept_connections_may_all_have_been_closed() -> None:
    """Two answers at once leave two connections; the third request is hung up on at both, and dials anew."""
    both = threading.Barrier(2)
    numbers = itertools.count()

    def script(line: Line) -> None:
        kept = next(numbers) < 2
        if kept:
            both.wait(30)
        line.send(OK + b"Content-Length: 2\r\n\r\nok")
        if kept:
            line.socket.recv(65536)

    async def talk(url: str) -> list[str]:
        async with open_client(user_agent="t", allow_private=True) as client:

            async def one() -> str:
                request = client.build_request("GET", url)
                return kind(await ask(client, request, deadline=30, limit=100))

            first = await asyncio.gather(one(), one())
            return [*first, await one()]

    with RawSite(script) as raw:
        assert asyncio.run(talk(raw.url("/"))) == ["200", "200", "200"]
        assert len(raw.heads) == 3


def test_broken_http_on_a_kept_connection_is_an_answer_and_not_asked_for_again() -> None:
    asked: list[bytes] = []

    def script(line: Line) -> None:
        line.send(OK + b"Content-Length: 2\r\n\r\nok")
        asked.append(line.socket.recv(65536))
        line.send(b"no such thing as HTTP\r\n\r\n")

    async def talk(url: str) -> list[str]:
        async with open_client(user_agent="t", allow_private=True) as client:
            return [
                kind(await ask(client, client.build_request("GET", url), deadline=30, limit=100))
                for _ in range(2)
            ]

    with RawSite(script) as raw:
        assert asyncio.run(talk(raw.url("/"))) == ["200", "http"]
        assert (len(asked), len(raw.heads)) == (1, 1)


def test_cookies_are_not_sent_back() -> None:
    async def talk(url: str) -> None:
        async with open_client(user_agent="t", allow_private=True) as client:
            for _ in range(2):
                await ask(client, client.build_request("GET", url), deadline=30, limit=100)

    with Site() as site:
        site.add("/", "x", headers={"Set-Cookie": "id=1; Path=/"})
        asyncio.run(talk(site.url("/")))
        assert all("cookie" not in headers for _, _, headers in site.requests)
        assert len(site.requests) == 2


def test_a_post_goes_out_whole_and_is_not_sent_twice() -> None:
    async def talk(url: str) -> Answer | Unanswered:
        async with open_client(user_agent="t", allow_private=True) as client:
            request = client.build_request("POST", url, content=b'{"a": 1}')
            return await ask(client, request, deadline=30, limit=100)

    with Site() as site:
        site.add("/", lambda asked: asked.body)
        result = asyncio.run(talk(site.url("/")))
        assert len(site.requests) == 1
    assert isinstance(result, Answer)
    assert result.body == b'{"a": 1}'


def test_a_sign_in_in_the_address_is_sent_as_basic() -> None:
    with Site() as site:
        site.add("/", "x")
        asyncio.run(once(f"http://me:p%40ss@{site.authority}/"))
        assert site.requests[0][2]["authorization"] == "Basic bWU6cEBzcw=="


@pytest.mark.parametrize("location", ["http://[::bad/", "javascript:alert(1)", "/elsewhere", ""])
def test_a_redirect_is_an_answer_and_is_not_followed(location: str) -> None:
    with Site() as site:
        site.add("/", status=302, headers={"Location": location})
        result = asyncio.run(once(site.url("/")))
        assert isinstance(result, Answer)
        assert (result.status, result.headers["location"]) == (302, location)
        assert len(site.requests) == 1


def test_a_closed_client_sends_nothing() -> None:
    async def talk() -> None:
        client = open_client(user_agent="t", allow_private=True)
        await client.aclose()
        await client.get("http://127.0.0.1:9/")

    with pytest.raises(RuntimeError, match="closed"):
        asyncio.run(talk())


@pytest.mark.parametrize("url", ["ftp://example.org/", "file:///etc/passwd"])
def test_only_web_addresses_are_asked(url: str) -> None:
    assert kind(asyncio.run(once(url, resolve=names(("127.0.0.1",))))) == "url"


# ---------------------------------------------------------------- proxies


def forwarded(asked: Asked) -> str:
    return f"by proxy: {asked.path} {asked.headers.get('proxy-authorization', '-')}"


class AnyRoute(Site):
    """A site that answers every path, as a forwarding proxy does."""

    def answer(self, asked: Asked) -> servers.Answer:
        self.add(asked.path, forwarded)
        return super().answer(asked)


def test_a_configured_proxy_is_used_and_may_stand_at_home() -> None:
    with AnyRoute() as proxy:
        address = f"http://me:secret@{proxy.authority}"
        result = asyncio.run(
            once("http://a.example/x", allow=False, resolve=public_but_home(proxy), proxy=address)
        )
    assert isinstance(result, Answer)
    assert result.body == b"by proxy: http://a.example/x Basic bWU6c2VjcmV0"


def public_but_home(proxy: Site) -> Resolve:
    async def resolve(host: str, port: int) -> tuple[str, ...]:
        return ("127.0.0.1",) if host == "127.0.0.1" else ("93.184.216.34",)

    return resolve


def test_a_proxy_is_no_way_around_the_guard() -> None:
    with AnyRoute() as proxy:
        address = f"http://{proxy.authority}"
        url = "http://169.254.169.254/latest/meta-data"
        assert kind(asyncio.run(once(url, allow=False, proxy=address))) == "private"
        assert proxy.requests == []


def test_a_proxy_that_refuses_the_tunnel_is_named() -> None:
    def script(line: Line) -> None:
        line.send(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")

    with RawSite(script) as proxy:
        address = f"http://{proxy.authority}"
        result = asyncio.run(
            once("https://a.example/", resolve=names(("127.0.0.1",)), proxy=address)
        )
        assert proxy.heads[0].startswith(b"CONNECT a.example:443 ")
    assert isinstance(result, Unanswered)
    assert (result.kind, "proxy" in result.detail) == ("connect", True)


def test_a_proxy_of_another_kind_is_refused() -> None:
    result = asyncio.run(once("http://127.0.0.1:1/", proxy="socks5://127.0.0.1:1"))
    assert kind(result) == "url"


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_proxies_of_the_environment_are_ignored(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Site() as site, Site() as proxy:
        site.add("/", "direct")
        monkeypatch.setenv(name, proxy.url())
        assert kind(asyncio.run(once(site.url("/")))) == "200"
        assert proxy.requests == []


# ---------------------------------------------------------------- certificates


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls_site(authority: trustme.CA) -> Iterator[Site]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    with Site(tls=context) as site:
        site.add("/", "safe")
        yield site


def test_an_unknown_certificate_is_refused_in_words(tls_site: Site) -> None:
    result = asyncio.run(once(tls_site.url("/")))
    assert isinstance(result, Unanswered)
    assert result.kind == "tls"
    assert "certificate" in result.detail


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own authority, named as a person would: in the environment."""
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))


@pytest.mark.usefixtures("trusted")
def test_a_certificate_file_named_in_the_environment_is_trusted(tls_site: Site) -> None:
    assert kind(asyncio.run(once(tls_site.url("/")))) == "200"


@pytest.mark.usefixtures("trusted")
def test_a_certificate_is_checked_against_the_name_though_the_address_is_dialled(
    tls_site: Site,
) -> None:
    home = names(("127.0.0.1",))
    good = asyncio.run(once(tls_site.url("/", host="localhost"), resolve=home))
    bad = asyncio.run(once(tls_site.url("/", host="other.example"), resolve=home))
    assert (kind(good), kind(bad)) == ("200", "tls")


def test_plain_http_on_an_encrypted_port_is_named() -> None:
    with Site() as site:
        result = asyncio.run(once(f"https://{site.authority}/"))
    assert kind(result) == "tls"


def test_timeouts_do_not_leave_tasks_behind() -> None:
    async def talk(url: str) -> int:
        await once(url, deadline=0.1)
        return len(asyncio.all_tasks())

    with RawSite(never) as raw:
        assert asyncio.run(talk(raw.url("/"))) == 1


def test_httpx_errors_are_under_one_root() -> None:
    """Channels may catch httpx.HTTPError alone."""

    async def talk() -> None:
        async with open_client(user_agent="t") as client:
            await client.get("http://127.0.0.1:9/")

    with pytest.raises(httpx.ConnectError, match=r"127\.0\.0\.1"):
        asyncio.run(talk())
