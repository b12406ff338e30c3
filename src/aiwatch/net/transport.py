"""httpx over httpcore, with every connection made by our own dialer: resolve, check all answers, connect to the one checked.

A name that is checked first and connected to by name later can answer differently the second time (DNS rebinding);
here the checked address is the one dialled, while TLS still verifies the name. Connections that may be private
live in a pool of their own, so that none is ever reused for a request that may not go there.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import chain, zip_longest
from socket import SOCK_STREAM, gaierror, getaddrinfo
from typing import Any, cast
from urllib.parse import unquote
from zlib import crc32

import httpcore
import httpx

from aiwatch.net.guard import Allow, permitted, refused

Resolve = Callable[[str, int], Awaitable[tuple[str, ...]]]
"""A host name and port to all of its IP addresses; raises OSError when there are none."""

Network = httpcore.AsyncNetworkBackend
"""What opens a TCP connection to an address: the system, or a network made up by a test."""

HEAD_START = 0.25  # seconds before the next address is tried beside a silent one (RFC 8305 8)
REACHED_IN = 5.0  # seconds for a connection, when it is asked whether one can be made at all
KEPT = 8  # idle connections per pool: hosts polled once an hour gain nothing from more
PER_POOL = 20  # httpcore's pool slows sharply above this (encode/httpx issue 3215)

# Not the loop's default executor: it has few threads, and asyncio.run() waits for a look-up that hangs there.
_LOOKUPS = ThreadPoolExecutor(max_workers=16, thread_name_prefix="lookup")


class PrivateAddress(httpx.ConnectError):
    """The guard refused: the host, or one of its addresses, is not on the public internet."""


class NoSuchHost(httpx.ConnectError):
    """The host name could not be resolved."""


async def system_resolve(host: str, port: int) -> tuple[str, ...]:
    """Ask the system's resolver, which also reads /etc/hosts and odd spellings such as 0x7f000001."""
    found = await asyncio.get_running_loop().run_in_executor(
        _LOOKUPS, partial(getaddrinfo, host, port, type=SOCK_STREAM)
    )
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


async def addresses(resolve: Resolve, host: str, port: int) -> tuple[str, ...]:
    """Every address of a host; raises NoSuchHost."""
    try:
        found = await resolve(host, port)
    except (OSError, UnicodeError) as error:
        words = error.strerror if isinstance(error, gaierror) else str(error)
        raise NoSuchHost(words or "no answer") from error
    if not found:
        raise NoSuchHost("the name has no address")
    return found


def check(host: str, found: Iterable[str]) -> None:
    """Raise PrivateAddress if ANY address is private: an attacker may list a public one beside it."""
    for address in found:
        if why := refused(address):
            raise PrivateAddress(why if why.startswith(host) else f"{host}: {why}")


class Dialer(httpcore.AsyncNetworkBackend):
    """Opens TCP connections to addresses that were resolved here and, when guarded, checked."""

    def __init__(self, resolve: Resolve, *, guarded: bool, network: Network | None = None) -> None:
        self._resolve = resolve
        self._guarded = guarded
        self._network = network or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  (httpcore's signature)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the quickest of the host's addresses."""
        found = await addresses(self._resolve, host, port)
        if self._guarded:
            check(host, found)

        async def dial(address: str) -> httpcore.AsyncNetworkStream:
            return await self._network.connect_tcp(
                address, port, timeout, local_address, socket_options
            )

        return await _first([dial(address) for address in _families_in_turn(found)])

    async def sleep(self, seconds: float) -> None:
        """Wait (httpcore asks for this between its own retries)."""
        await asyncio.sleep(seconds)


def _families_in_turn(found: tuple[str, ...]) -> list[str]:
    """Addresses with the two IP versions alternating, the resolver's first choice first (RFC 8305 4)."""
    first = [address for address in found if (":" in address) == (":" in found[0])]
    other = [address for address in found if (":" in address) != (":" in found[0])]
    pairs = zip_longest(first, other)
    return [address for address in chain.from_iterable(pairs) if address is not None]


async def _first(
    dials: list[Coroutine[Any, Any, httpcore.AsyncNetworkStream]],
) -> httpcore.AsyncNetworkStream:
    """The first dial that succeeds, each with a head start before the next; raises the last failure."""
    waiting = list(reversed(dials))
    running: set[asyncio.Task[httpcore.AsyncNetworkStream]] = set()
    failure: BaseException = httpcore.ConnectError("no address to connect to")
    try:
        while waiting or running:
            if waiting:
                running.add(asyncio.ensure_future(waiting.pop()))
            done, running = await asyncio.wait(
                running,
                timeout=HEAD_START if waiting else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
            for task in done:
                if (error := task.exception()) is None:
                    running |= done - {task}
                    return task.result()
                failure = error
        raise failure
    finally:
        for dial in waiting:
            dial.close()
        await _hang_up(running)


async def _hang_up(dials: set[asyncio.Task[httpcore.AsyncNetworkStream]]) -> None:
    """Drop the dials that lost the race, closing what had connected all the same."""
    for task in dials:
        task.cancel()
    for result in await asyncio.gather(*dials, return_exceptions=True):
        if isinstance(result, httpcore.AsyncNetworkStream):
            await result.aclose()


class GuardedTransport(httpx.AsyncBaseTransport):
    """What every httpx client of ours sends through.

    Per request, `extensions` may hold `allow_private` (an `Allow`) and `proxy` (an http or https URL).
    """

    def __init__(
        self,
        trust: ssl.SSLContext,
        *,
        allow: Allow,
        resolve: Resolve,
        shards: int = 1,
        network: Network | None = None,
    ) -> None:
        self._trust = trust
        self._network = network
        self._allow = allow
        self._resolve = resolve
        self._shards = shards
        self._pools: dict[tuple[str, bool, int], httpcore.AsyncConnectionPool] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; raises httpx.TransportError, PrivateAddress and NoSuchHost among them."""
        url = request.url
        allow = cast("Allow", request.extensions.get("allow_private", self._allow))
        proxy = cast("str", request.extensions.get("proxy", ""))
        trusted = permitted(url.scheme, url.host, url.port, allow)
        if proxy and not trusted:
            # The proxy would resolve and connect for us, past the guard: so look before it is asked.
            host = url.raw_host.decode("ascii")
            port = url.port or (443 if url.scheme == "https" else 80)
            check(host, await addresses(self._resolve, host, port))
        pool = self._pool(proxy, crc32(url.raw_host) % self._shards, guarded=not trusted)
        with _httpx_errors():
            answer = await pool.handle_async_request(_core_request(request))
        stream = _Body(answer.stream)
        return httpx.Response(
            answer.status, headers=answer.headers, stream=stream, extensions=answer.extensions
        )

    async def reaches(self, url: httpx.URL) -> bool:
        """Whether a connection can be made to that host and port, within a few seconds; nothing is sent over it."""
        guarded = not permitted(url.scheme, url.host, url.port, self._allow)
        dialer = Dialer(self._resolve, guarded=guarded, network=self._network)
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            async with asyncio.timeout(REACHED_IN):
                stream = await dialer.connect_tcp(url.raw_host.decode("ascii"), port)
        except (OSError, httpx.ConnectError, httpcore.NetworkError, httpcore.TimeoutException):
            return False
        await stream.aclose()
        return True

    async def aclose(self) -> None:
        """Close every connection."""
        pools, self._pools = self._pools, {}
        for pool in pools.values():
            await pool.aclose()

    def _pool(self, proxy: str, shard: int, *, guarded: bool) -> httpcore.AsyncConnectionPool:
        key = (proxy, guarded, shard)
        if key not in self._pools:
            # A proxy is the person's own word, often on this machine: reaching it needs no permission.
            dialer = Dialer(self._resolve, guarded=guarded and not proxy, network=self._network)
            self._pools[key] = httpcore.AsyncConnectionPool(
                ssl_context=self._trust,
                proxy=_core_proxy(proxy, self._trust) if proxy else None,
                max_connections=PER_POOL,
                max_keepalive_connections=KEPT,
                keepalive_expiry=15.0,
                network_backend=dialer,
            )
        return self._pools[key]


def _core_request(request: httpx.Request) -> httpcore.Request:
    url = request.url
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        ),
        headers=request.headers.raw,
        content=request.stream,
        extensions=request.extensions,
    )


def _core_proxy(address: str, trust: ssl.SSLContext) -> httpcore.Proxy:
    url = httpx.URL(address)
    if url.scheme not in ("http", "https"):
        raise httpx.UnsupportedProtocol(f"a {url.scheme or 'nameless'} proxy")
    sign_in = (unquote(url.username), unquote(url.password)) if url.username else None
    core = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=b"/")
    return httpcore.Proxy(core, auth=sign_in, ssl_context=trust if url.scheme == "https" else None)


class _Body(httpx.AsyncByteStream):
    def __init__(self, stream: Any) -> None:  # httpcore types it for both worlds, sync and async
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _httpx_errors():
            async for part in self._stream:
                yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


@contextmanager
def _httpx_errors() -> Iterator[None]:
    """httpcore's errors under httpx's name of the same spelling; ours are httpx's already."""
    names = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError)
    try:
        yield
    except (*names, httpcore.ProxyError, httpcore.UnsupportedProtocol) as error:
        kind: type[httpx.TransportError] = getattr(
            httpx, type(error).__name__, httpx.TransportError
        )
        raise kind(str(error)) from error
