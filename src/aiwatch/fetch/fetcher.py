"""One GET of the outside world, with redirects by hand: politely, in bounded time and memory, and never by raising."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from types import TracebackType
from typing import Self

import httpx

from aiwatch.fetch.headers import conditions, fresh_for, renewed, retry_after, validators_of
from aiwatch.fetch.lanes import Lanes
from aiwatch.fetch.words import status_words
from aiwatch.model import FailureKind, FetchFailure, NotModified, Outcome, Page, Target
from aiwatch.net import (
    Allow,
    Answer,
    Resolve,
    Unanswered,
    ask,
    basic_sign_in,
    open_client,
    system_resolve,
)

HOPS = 10
LAST_PORT = 65535
PER_SHARD = 16  # requests in flight that one httpx pool carries well
ACCEPT = {
    "feed": "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.1",
    "page": "text/html, application/xhtml+xml, application/xml;q=0.8, */*;q=0.1",
}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hop:
    """Where a fetch has come to."""

    url: httpx.URL  # without a sign-in
    secret: tuple[tuple[bytes, bytes], ...]  # headers for the first origin only
    left: float  # seconds
    seen: frozenset[str] = frozenset()
    moved_to: str | None = None
    permanent: bool = True  # so far


class Fetcher:
    """Makes GETs; one per process and event loop. Close it with `aclose`, or use it as a block."""

    def __init__(self, settings: FetchSettings, *, resolve: Resolve = system_resolve) -> None:
        self._settings = settings
        self._lanes = Lanes(
            per_host=settings.per_host,
            spacing=settings.spacing.total_seconds(),
            in_flight=settings.in_flight,
        )
        self._client = open_client(
            user_agent=settings.user_agent,
            allow_private=settings.allow_private,
            resolve=resolve,
            shards=ceil(settings.in_flight / PER_SHARD),
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
        await self._client.aclose()

    async def get(self, target: Target, now: datetime) -> Outcome:
        """Fetch one address. Never raises: what goes wrong is a FetchFailure with its sentence."""
        try:
            written = httpx.URL(target.url.strip())
            hop = _Hop(
                url=_without_sign_in(written),
                secret=_secret_headers(written, target),
                left=self._settings.timeout.total_seconds(),
            )
        except (httpx.InvalidURL, ValueError, TypeError):
            return _failure(
                target,
                "url",
                "This address or its headers cannot be sent; check how they are written.",
            )
        outcome: Outcome | _Hop = hop
        while isinstance(outcome, _Hop):
            outcome = await self._step(target, outcome, now)
        return outcome

    async def _step(self, target: Target, hop: _Hop, now: datetime) -> Outcome | _Hop:
        """One request of a chain of redirects: an outcome, or the next hop."""
        if bad := _bad_address(hop):
            return _failure(target, *bad)
        async with self._lanes.turn(_host(hop.url)):
            started = asyncio.get_running_loop().time()
            answer = await self._ask(target, hop)
            spent = asyncio.get_running_loop().time() - started
        if isinstance(answer, Unanswered):
            return _failure(target, answer.kind, answer.detail)
        if answer.status in _REDIRECTS:
            return _redirected(target, replace(hop, left=hop.left - spent), answer)
        return _judged(target, hop, answer, now)

    async def _ask(self, target: Target, hop: _Hop) -> Answer | Unanswered:
        extensions: dict[str, object] = {
            "allow_private": _union(self._settings.allow_private, target.allow_private)
        }
        if target.proxy is not None:
            extensions["proxy"] = target.proxy.value
        request = self._client.build_request(
            "GET", hop.url, headers=_headers(target, hop, self._settings), extensions=extensions
        )
        return await ask(
            self._client,
            request,
            deadline=max(hop.left, 0.0),
            limit=min(target.max_bytes or self._settings.max_bytes, self._settings.max_bytes),
        )


def _headers(target: Target, hop: _Hop, settings: FetchSettings) -> list[tuple[bytes, bytes]]:
    """The request's own headers; a configured one takes the place of ours of the same name."""
    agent = target.user_agent or settings.user_agent
    ours = [
        (b"User-Agent", agent.encode()),
        (b"Accept", ACCEPT[target.accept].encode()),
        *conditions(target.validators),
    ]
    theirs = {name.lower() for name, _ in hop.secret}
    return [(n, v) for n, v in ours if n.lower() not in theirs] + list(hop.secret)


def _secret_headers(url: httpx.URL, target: Target) -> tuple[tuple[bytes, bytes], ...]:
    """Configured headers, and the address's user:password as Basic sign-in (RFC 7617)."""
    headers = [(name.encode("ascii"), secret.value.encode()) for name, secret in target.headers]
    if url.userinfo:
        headers.append((b"Authorization", basic_sign_in(url.userinfo).encode("ascii")))
    return tuple(headers)


def _redirected(target: Target, hop: _Hop, answer: Answer) -> FetchFailure | _Hop:
    """The next hop of a redirect, if there may be one. Loops and privacy are looked at again there."""
    where = hop.url.netloc.decode("ascii")
    location = answer.headers.get("location", "").strip()
    if not location:
        detail = (
            f"{answer.status}: {where} sends us elsewhere without saying where; check the address."
        )
        return _failure(target, "redirect", detail, answer.status)
    try:
        url = _without_sign_in(hop.url.join(location))
    except (httpx.InvalidURL, ValueError):
        detail = f"{where} sends us to an address that cannot be read; check the address."
        return _failure(target, "redirect", detail, answer.status)
    seen = hop.seen | {str(hop.url)}
    if str(url) in seen:
        detail = f"{where} sends us in a circle; it may want cookies, which are not sent."
        return _failure(target, "redirect", detail, answer.status)
    if len(seen) > HOPS:
        detail = f"{where} is the end of {HOPS} redirects without a document; check the address."
        return _failure(target, "redirect", detail, answer.status)
    permanent = hop.permanent and answer.status in _PERMANENT
    return replace(
        hop,
        url=url,
        secret=hop.secret if _origin(url) == _origin(hop.url) else (),
        seen=seen,
        permanent=permanent,
        moved_to=str(url) if permanent else hop.moved_to,
    )


def _judged(target: Target, hop: _Hop, answer: Answer, now: datetime) -> Outcome:
    """A final answer as an outcome."""
    if answer.status == 304 and conditions(target.validators):
        return NotModified(
            url=str(hop.url),
            validators=renewed(target.validators, answer.headers),
            fresh_for=fresh_for(answer.headers, now),
        )
    if answer.status != 200:
        return FetchFailure(
            url=_shown(target.url),
            kind="http",
            detail=status_words(hop.url.netloc.decode("ascii"), answer.status, answer.headers),
            status=answer.status,
            retry_after=retry_after(answer.headers, now),
        )
    return Page(
        url=str(hop.url),
        asked_for=_shown(target.url),
        status=answer.status,
        body=answer.body,
        content_type=answer.headers.get("content-type"),
        validators=validators_of(answer.headers),
        fresh_for=fresh_for(answer.headers, now),
        # An address with a sign-in is not moved by itself: the new one would be asked without it.
        moved_to=None if "@" in target.url.partition("://")[2].partition("/")[0] else hop.moved_to,
    )


def _failure(
    target: Target, kind: FailureKind, detail: str, status: int | None = None
) -> FetchFailure:
    return FetchFailure(url=_shown(target.url), kind=kind, detail=detail, status=status)


def _bad_address(hop: _Hop) -> tuple[FailureKind, str] | None:
    """Why this address cannot be asked at all."""
    url = hop.url
    if url.scheme in ("http", "https") and url.host and (url.port or 80) <= LAST_PORT:
        return None
    what = f"An address that begins with `{url.scheme[:20]}:`, or has no host or no such port"
    if hop.seen:
        return "redirect", f"{what}: it was sent by a redirect; only http and https are followed."
    return "url", f"{what}; only http and https are fetched."


def _without_sign_in(url: httpx.URL) -> httpx.URL:
    return url.copy_with(userinfo=b"", fragment=None)


def _shown(url: str) -> str:
    """The address as written, without its user:password, even where it cannot be parsed."""
    scheme, mark, rest = url.strip().partition("://")
    if not mark:
        return url.strip()
    end = min((at for c in "/?#\\" if (at := rest.find(c)) >= 0), default=len(rest))
    return f"{scheme}://{rest[:end].rpartition('@')[2]}{rest[end:]}"


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _host(url: httpx.URL) -> str:
    """Who is asked: the host, with its port where that is an unusual one."""
    return url.host if url.port in (None, 80, 443) else f"{url.host}:{url.port}"


def _union(one: Allow, other: Allow) -> Allow:
    if isinstance(one, bool) or isinstance(other, bool):
        if one is True or other is True:
            return True
        return one or other
    return one + other
