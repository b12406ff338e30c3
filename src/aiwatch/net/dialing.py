"""From a host's name to a line: resolve, check all answers, connect to the one that was checked.

A name that is checked first and connected to by name later can answer differently the second time (DNS rebinding);
here the checked address is the one dialled, while TLS still verifies the name.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain, zip_longest
from os import strerror
from socket import (
    AF_INET,
    AF_INET6,
    SOCK_STREAM,
    gaierror,
    getaddrinfo,
    inet_ntop,
    inet_pton,
)
from typing import Any

import httpx

from aiwatch.net.guard import refused
from aiwatch.net.lines import Line, Network, System

Resolve = Callable[[str, int], Awaitable[tuple[str, ...]]]
"""A host name and port to all of its IP addresses; raises OSError when there are none."""

HEAD_START = 0.25  # seconds before the next address is tried beside a silent one (RFC 8305 8)

# Not the loop's default executor: it has few threads, and asyncio.run() waits for a look-up that hangs there.
_LOOKUPS = ThreadPoolExecutor(max_workers=16, thread_name_prefix="lookup")


class PrivateAddress(httpx.ConnectError):
    """The guard refused: the host, or one of its addresses, is not on the public internet."""


class NoSuchHost(httpx.ConnectError):
    """The host name could not be resolved."""


async def system_resolve(host: str, port: int) -> tuple[str, ...]:
    """Ask the system's resolver, which also reads /etc/hosts and odd spellings such as 0x7f000001."""
    if is_address(host):
        return (host,)  # nobody need be asked, and no thread
    found = await asyncio.get_running_loop().run_in_executor(
        _LOOKUPS, partial(getaddrinfo, host, port, type=SOCK_STREAM)
    )
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_address(host: str) -> bool:
    """Whether this is an IP address as it is usually written."""
    family = AF_INET6 if ":" in host else AF_INET
    try:
        return inet_ntop(family, inet_pton(family, host)) == host
    except (OSError, UnicodeError, ValueError):
        return False


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


class Dialer:
    """Opens lines to addresses that were resolved here and, where guarded, checked."""

    def __init__(self, resolve: Resolve, network: Network | None = None) -> None:
        self._resolve = resolve
        self._network = network or System()

    async def dial(self, host: str, port: int, *, guarded: bool) -> Line:
        """Connect to the quickest of the host's addresses; raises httpx.ConnectError."""
        found = await addresses(self._resolve, host, port)
        if guarded:
            check(host, found)
        try:
            return await _first(
                [self._network.connect(address, port) for address in _families_in_turn(found)]
            )
        except OSError as error:
            words = strerror(error.errno) if error.errno else str(error)
            raise httpx.ConnectError(words) from error


def _families_in_turn(found: tuple[str, ...]) -> list[str]:
    """Addresses with the two IP versions alternating, the resolver's first choice first (RFC 8305 4)."""
    first = [address for address in found if (":" in address) == (":" in found[0])]
    other = [address for address in found if (":" in address) != (":" in found[0])]
    pairs = zip_longest(first, other)
    return [address for address in chain.from_iterable(pairs) if address is not None]


async def _first(dials: list[Coroutine[Any, Any, Line]]) -> Line:
    """The first dial that succeeds, each with a head start before the next; raises the last failure."""
    if len(dials) == 1:
        return await dials[0]
    waiting = list(reversed(dials))
    running: set[asyncio.Task[Line]] = set()
    failure: BaseException = OSError("no address to connect to")
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


async def _hang_up(dials: set[asyncio.Task[Line]]) -> None:
    """Drop the dials that lost the race, closing what had connected all the same."""
    for task in dials:
        task.cancel()
    for result in await asyncio.gather(*dials, return_exceptions=True):
        if not isinstance(result, BaseException):
            result.close()
