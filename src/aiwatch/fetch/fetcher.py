"""One GET of the outside world, with redirects by hand: politely, in bounded time and memory, and never by raising."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from aiwatch.fetch.headers import conditions
from aiwatch.fetch.hops import (
    REDIRECTS,
    Hop,
    asked,
    bad_address,
    failure,
    first_hop,
    host_of,
    next_hop,
)
from aiwatch.fetch.lanes import Lanes
from aiwatch.fetch.request import Elsewhere, Request, judged, send
from aiwatch.fetch.robots import Robots, RobotsFiles
from aiwatch.judge.manners import known_spacing
from aiwatch.model import FetchFailure, Outcome, Target
from aiwatch.net import (
    Allow,
    Answer,
    Network,
    NoMemory,
    Resolve,
    Unanswered,
    open_client,
    system_resolve,
)

PATIENCE = 60.0  # seconds that a large body waits for memory
# Seconds that a redirect waits for the host it leads to: longer than the minute between two requests that some hosts
# are known to want, so that one which leads from reddit.com to www.reddit.com gets there.
HOP_PATIENCE = 90.0
ACCEPT = {
    "feed": "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.1",
    "page": "text/html, application/xhtml+xml, application/xml;q=0.8, */*;q=0.1",
    "robots": "text/plain, */*;q=0.1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """How we fetch. `timeout` is total, from a request's start over all its redirects, queueing apart."""

    timeout: timedelta
    max_bytes: int  # of a body, unpacked
    per_host: int
    spacing: timedelta  # between the starts of two requests to one host
    user_agent: str
    allow_private: Allow = False
    in_flight: int = 16
    in_memory: int = 32_000_000  # bytes of large bodies at a time; always enough for one


@dataclass(frozen=True, slots=True, kw_only=True)
class PutOff(FetchFailure):
    """Not asked: the host's next turn is further off than the caller waits; `retry_after` is how far."""

    redirected: bool = False  # another host was asked, and led to this one


class Fetcher:
    """Makes GETs; one per process and event loop. Close it with `aclose`, or use it as a block.

    A host is asked at the pace of its lane: the configured spacing, or what `pace` sets, or what the host is known
    for, or its Crawl-delay, whichever is longest. Lanes are named by `host_of`.
    """

    def __init__(
        self,
        settings: FetchSettings,
        *,
        resolve: Resolve = system_resolve,
        network: Network | None = None,
    ) -> None:
        self._settings = settings
        self._paces: dict[str, float] = {}
        self._robots = RobotsFiles(self._robots_file)
        self._large = asyncio.Semaphore(max(settings.in_memory // max(settings.max_bytes, 1), 1))
        self._lanes = Lanes(
            per_host=settings.per_host,
            spacing=settings.spacing.total_seconds(),
            in_flight=settings.in_flight,
            floor=self._floor,
        )
        self._client = open_client(
            user_agent=settings.user_agent,
            allow_private=settings.allow_private,
            resolve=resolve,
            network=network,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._robots.aclose()
        await self._client.aclose()

    async def reaches(self, url: str) -> bool:
        """Whether a connection can be made there at all; nothing is asked."""
        return await self._client.reaches(url)

    # ------------------------------------------------------------ ask

    async def get(self, target: Target, now: datetime, *, patience: float | None = None) -> Outcome:
        """Fetch one address. Never raises: what goes wrong is a FetchFailure with its sentence.

        patience: seconds for its host's turn; where it takes longer nothing is asked, and the outcome is a PutOff.
        """
        async with self.getting(target, now, patience=patience) as outcome:
            return outcome

    @asynccontextmanager
    async def getting(
        self,
        target: Target,
        now: datetime,
        *,
        patience: float | None = None,
        elsewhere: Elsewhere | None = None,
    ) -> AsyncIterator[Outcome]:
        """As `get`, and count its body as in memory until the block ends.

        Large bodies (over 1 MiB) are read a few at a time (`in_memory`); the next waits until a block has ended, its
        deadline stopped. So do not fetch within the block: let go of the body first.

        elsewhere: sends each request in our place, when its host's turn has come.
        """
        share = _Share(self._large)
        trip = _Trip(target=target, now=now, share=share, elsewhere=elsewhere)
        try:
            yield await self._followed(trip, patience=patience)
        finally:
            share.give_back()

    # ------------------------------------------------------------ pace

    def pace(
        self,
        host: str,
        spacing: timedelta,
        *,
        asked_ago: timedelta | None = None,
        hold: timedelta = timedelta(),
    ) -> None:
        """Ask this host no more often than that, from now on; a spacing under the configured one lifts it.

        host: as `host_of` names it. asked_ago: since its last request, as remembered from before a restart.
        hold: for so long it is not asked at all.
        """
        if spacing > self._settings.spacing:
            self._paces[host] = spacing.total_seconds()
        else:
            self._paces.pop(host, None)
        ago = None if asked_ago is None else asked_ago.total_seconds()
        self._lanes.remember(host, asked_ago=ago, hold=hold.total_seconds())

    def wait_for(self, url: str) -> float:
        """Seconds until a request to this address's host could start: to put off what would wait long."""
        return self._lanes.wait(host_of(url))

    def asked_ago(self, url: str) -> timedelta | None:
        """Since the last request to this address's host started; None: none that is remembered."""
        ago = self._lanes.asked_ago(host_of(url))
        return None if ago is None else timedelta(seconds=ago)

    def crawl_delay(self, url: str) -> timedelta | None:
        """What the host's robots.txt asks for, as written, if it has been read."""
        return self._robots.delay(host_of(url))

    def _floor(self, host: str) -> float:
        known = known_spacing(host).total_seconds()
        return max(self._paces.get(host, 0.0), known, self._robots.kept_delay(host))

    # ------------------------------------------------------------ robots.txt

    def remember_robots(self, records: Iterable[Robots]) -> None:
        """Take over the robots.txt files that were stored; each counts for 24 hours from when it was asked for."""
        self._robots.remember(records)

    def fresh_robots(self) -> tuple[Robots, ...]:
        """The robots.txt files asked for since the last call of this, to be stored."""
        return self._robots.newly_asked()

    async def _robots_file(self, target: Target, now: datetime) -> Outcome:
        trip = _Trip(target=target, now=now, share=_Share(self._large))
        return await self._followed(trip, start_is_enough=True)

    # ------------------------------------------------------------ one fetch

    async def _followed(
        self, trip: "_Trip", *, patience: float | None = None, start_is_enough: bool = False
    ) -> Outcome:
        first = first_hop(trip.target, self._settings.timeout.total_seconds())
        if first is None:
            words = "This address or its headers cannot be sent; check how they are written."
            return failure(trip.target, None, "url", words)
        outcome: Outcome | Hop = replace(first, patience=patience, start_is_enough=start_is_enough)
        while isinstance(outcome, Hop):
            outcome = await self._step(trip, outcome)
        return outcome

    async def _step(self, trip: "_Trip", hop: Hop) -> Outcome | Hop:
        """One request of a chain of redirects: an outcome, or the next hop."""
        target = trip.target
        if bad := bad_address(hop):
            return failure(target, hop, *bad)
        headers = _headers(target, hop, self._settings)
        host = host_of(hop.url)
        if target.robots:
            if put_off := _put_off(target, hop, host, self._lanes.wait(host)):
                return put_off  # its robots.txt would wait as long
            agent = next(value for name, value in headers if name.lower() == b"user-agent")
            if refusal := await self._robots.refusal(hop.url, target, agent.decode(), trip.now):
                return replace(refusal, url=asked(target, hop))
        if put_off := _put_off(target, hop, host, self._lanes.wait(host)):
            return put_off
        request = self._request(trip, hop, headers)
        async with self._lanes.turn(host):
            started = asyncio.get_running_loop().time()
            answer = await trip.elsewhere(request) if trip.elsewhere else None
            if answer is None:
                answer = await send(self._client, request, spare=trip.share.take)
            spent = asyncio.get_running_loop().time() - started
        if isinstance(answer, Unanswered):
            return failure(target, hop, answer.kind, answer.detail)
        if not isinstance(answer, Answer):
            return answer
        if answer.status in REDIRECTS:
            return next_hop(target, replace(hop, left=hop.left - spent), answer)
        return judged(request, answer)

    def _request(self, trip: "_Trip", hop: Hop, headers: list[tuple[bytes, bytes]]) -> Request:
        target, most = trip.target, self._settings.max_bytes
        if target.max_bytes is not None:
            most = target.max_bytes if hop.start_is_enough else min(target.max_bytes, most)
        return Request(
            target=target,
            hop=hop,
            headers=tuple(headers),
            allow_private=_union(self._settings.allow_private, target.allow_private),
            limit=most,
            now=trip.now,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trip:
    """What one fetch goes with, through all its redirects."""

    target: Target
    now: datetime
    share: "_Share"
    elsewhere: Elsewhere | None = None


class _Share:
    """One fetch's part of the memory for large bodies, from when its body grows large until nobody needs it."""

    def __init__(self, large: asyncio.Semaphore) -> None:
        self._large = large
        self._taken = False

    async def take(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._large.acquire()
        except TimeoutError:
            raise NoMemory from None
        self._taken = True

    def give_back(self) -> None:
        if self._taken:
            self._large.release()
        self._taken = False


def _put_off(target: Target, hop: Hop, host: str, wait: float) -> PutOff | None:
    """Whether this host's turn is too far off; a redirect is waited for, but not for ever."""
    patience = max(hop.patience or 0.0, HOP_PATIENCE) if hop.seen else hop.patience
    if patience is None or wait <= patience:
        return None
    return PutOff(
        url=asked(target, hop),
        kind="timeout",
        detail=f"{host} is not asked again for {wait:.0f} s, so that it is not asked too often; this comes after.",
        retry_after=timedelta(seconds=wait),
        redirected=bool(hop.seen),
    )


def _headers(target: Target, hop: Hop, settings: FetchSettings) -> list[tuple[bytes, bytes]]:
    """The request's own headers; a configured one takes the place of ours of the same name."""
    agent = target.user_agent or settings.user_agent
    ours = [
        (b"User-Agent", agent.encode()),
        (b"Accept", ACCEPT["robots" if hop.start_is_enough else target.accept].encode()),
        *conditions(target.validators),
    ]
    theirs = {name.lower() for name, _ in hop.secret}
    return [(n, v) for n, v in ours if n.lower() not in theirs] + list(hop.secret)


def _union(one: Allow, other: Allow) -> Allow:
    if isinstance(one, bool) or isinstance(other, bool):
        if one is True or other is True:
            return True
        return one or other
    return one + other
