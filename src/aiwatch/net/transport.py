"""The httpx transport under everything that connects: HTTP/1.1 over lines of our own, direct or by a proxy.

Conversations that may be private are kept apart, so that none is ever lent to a request that may not go there.
"""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from functools import cache
from ssl import SSLContext
from typing import cast
from urllib.parse import unquote

import h11
import httpx

from aiwatch.net.conversation import Conversation, Headers
from aiwatch.net.dialing import Dialer, Resolve, addresses, check
from aiwatch.net.guard import Allow, permitted
from aiwatch.net.kept import Kept, Way
from aiwatch.net.lines import Line, Network
from aiwatch.net.tls import Encrypted

REACHED_IN = 5.0  # seconds for a connection, when it is asked whether one can be made at all
_PORTS = {"http": 80, "https": 443}


class GuardedTransport(httpx.AsyncBaseTransport):
    """What every httpx client of ours sends through.

    Per request, `extensions` may hold `allow_private` (an `Allow`) and `proxy` (an http or https URL).
    trust: gives the certificates, asked when the first https address is.
    """

    def __init__(
        self,
        trust: Callable[[], SSLContext],
        *,
        allow: Allow,
        resolve: Resolve,
        network: Network | None = None,
    ) -> None:
        self._trust = cache(lambda: _web(trust()))
        self._allow = allow
        self._resolve = resolve
        self._dialer = Dialer(resolve, network)
        self._kept = Kept()
        self._busy: set[Conversation] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; raises httpx.TransportError, PrivateAddress and NoSuchHost among them."""
        way = self._way(request)
        if way.proxy and way.guarded:
            # The proxy would resolve and connect for us, past the guard: so look before it is asked.
            check(way.host, await addresses(self._resolve, way.host, way.port))
        body = await request.aread()
        talk = self._kept.take(way)
        if talk is not None:
            try:
                return await self._asked(talk, way, request, body)
            except (httpx.RemoteProtocolError, httpx.ReadError) as error:
                # Closed by the server meanwhile, so it never saw that request: the next one goes over a fresh line.
                if request.method not in ("GET", "HEAD") or not unheard(error):
                    raise
        return await self._asked(await self._dialled(way), way, request, body)

    async def reaches(self, url: httpx.URL) -> bool:
        """Whether a connection can be made to that host and port, within a few seconds; nothing is sent over it."""
        guarded = not permitted(url.scheme, url.host, url.port, self._allow)
        port = url.port or _PORTS.get(url.scheme, 80)
        try:
            async with asyncio.timeout(REACHED_IN):
                line = await self._dialer.dial(url.raw_host.decode("ascii"), port, guarded=guarded)
        except (TimeoutError, httpx.ConnectError):
            return False
        line.close()
        return True

    async def aclose(self) -> None:
        """Close every connection."""
        self._kept.close()
        for talk in self._busy:
            talk.line.close()
        self._busy.clear()
        await asyncio.sleep(0)  # a transport closes its socket in the loop's next round

    # ------------------------------------------------------------ one request

    def _way(self, request: httpx.Request) -> Way:
        url = request.url
        if url.scheme not in _PORTS:
            raise httpx.UnsupportedProtocol(f"`{url.scheme}:` is neither http nor https")
        allow = cast("Allow", request.extensions.get("allow_private", self._allow))
        return Way(
            scheme=url.scheme,
            host=url.raw_host.decode("ascii"),
            port=url.port or _PORTS[url.scheme],
            proxy=cast("str", request.extensions.get("proxy", "")),
            guarded=not permitted(url.scheme, url.host, url.port, allow),
        )

    async def _asked(
        self, talk: Conversation, way: Way, request: httpx.Request, body: bytes
    ) -> httpx.Response:
        headers, target = request.headers.raw, request.url.raw_path
        if way.proxy and way.scheme == "http":
            headers = _signed_in(way.proxy, headers)
            target = b"http://" + request.url.netloc + target
        self._busy.add(talk)
        try:
            head = await talk.ask(request.method.encode("ascii"), target, headers, body)
        except BaseException:
            self._drop(talk)
            raise
        return httpx.Response(
            head.status_code,
            headers=head.headers.raw_items(),
            stream=_Body(talk, lambda: self._done(way, talk)),
            extensions={
                "http_version": b"HTTP/" + head.http_version,
                "reason_phrase": head.reason,
            },
        )

    def _done(self, way: Way, talk: Conversation) -> None:
        if talk in self._busy and talk.over():
            self._busy.discard(talk)
            self._kept.put(way, talk)
        else:
            self._drop(talk)

    def _drop(self, talk: Conversation) -> None:
        self._busy.discard(talk)
        talk.line.close()

    # ------------------------------------------------------------ a fresh line

    async def _dialled(self, way: Way) -> Conversation:
        if way.proxy:
            return await self._by_proxy(way)
        line = await self._dialer.dial(way.host, way.port, guarded=way.guarded)
        return Conversation(
            await self._encrypted(line, way.host) if way.scheme == "https" else line
        )

    async def _by_proxy(self, way: Way) -> Conversation:
        """A line to the proxy, and for https a tunnel through it.

        A proxy is the person's own word, often on this machine: reaching it needs no permission.
        """
        url = httpx.URL(way.proxy)
        if url.scheme not in _PORTS:
            raise httpx.UnsupportedProtocol(f"a {url.scheme or 'nameless'} proxy")
        host = url.raw_host.decode("ascii")
        line = await self._dialer.dial(host, url.port or _PORTS[url.scheme], guarded=False)
        if url.scheme == "https":
            line = await self._encrypted(line, host)
        if way.scheme == "https":
            await self._tunnel(line, way)
            line = await self._encrypted(line, way.host)
        return Conversation(line)

    async def _tunnel(self, line: Line, way: Way) -> None:
        host = f"[{way.host}]" if ":" in way.host else way.host
        where = f"{host}:{way.port}".encode("ascii")
        headers = _signed_in(way.proxy, [(b"Host", where), (b"Accept", b"*/*")])
        with _closing_on_error(line):
            answer = await Conversation(line).ask(b"CONNECT", where, headers)
            if not 200 <= answer.status_code < 300:
                words = answer.reason.decode("ascii", "ignore")
                raise httpx.ProxyError(f"{answer.status_code} {words}")

    async def _encrypted(self, line: Line, name: str) -> Encrypted:
        with _closing_on_error(line):
            try:
                encrypted = Encrypted(line, self._trust(), name)
                await encrypted.shake_hands()
            except (
                OSError,
                ValueError,
            ) as error:  # ValueError: a name that no certificate can have
                raise httpx.ConnectError(str(error)) from error
        return encrypted


@contextmanager
def _closing_on_error(line: Line) -> Iterator[None]:
    try:
        yield
    except BaseException:
        line.close()
        raise


def unheard(error: httpx.TransportError) -> bool:
    """Whether no answer had begun: one in broken HTTP is an answer, and is not asked for twice."""
    return not isinstance(error, httpx.RemoteProtocolError) or "without sending" in str(error)


def _web(trust: SSLContext) -> SSLContext:
    trust.set_alpn_protocols(["http/1.1"])
    return trust


def basic_sign_in(userinfo: bytes) -> str:
    """The Authorization header for an address's `user:password` (RFC 7617)."""
    user, _, password = userinfo.decode("ascii").partition(":")
    return "Basic " + b64encode(f"{unquote(user)}:{unquote(password)}".encode()).decode("ascii")


def _signed_in(proxy: str, headers: Headers) -> Headers:
    """With the user:password of the proxy's address, where it has one."""
    userinfo = httpx.URL(proxy).userinfo
    if not userinfo or any(name.lower() == b"proxy-authorization" for name, _ in headers):
        return headers
    return [*headers, (b"Proxy-Authorization", basic_sign_in(userinfo).encode("ascii"))]


class _Body(httpx.AsyncByteStream):
    """What follows the head of an answer."""

    def __init__(self, talk: Conversation, done: Callable[[], None]) -> None:
        self._talk = talk
        self._done: Callable[[], None] | None = done

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        event = await self._talk.next()
        if type(event) is h11.Data:
            return event.data
        raise StopAsyncIteration

    async def aclose(self) -> None:
        done, self._done = self._done, None
        if done is not None:
            done()
