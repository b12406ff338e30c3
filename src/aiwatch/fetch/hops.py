"""Where a fetch goes: its first address, the redirects after it, and what may not be asked. Pure."""

from dataclasses import dataclass, replace
from functools import lru_cache

import httpx

from aiwatch.judge.manners import KNOWN, shared
from aiwatch.model import FailureKind, FetchFailure, Target
from aiwatch.net import Answer, basic_sign_in
from aiwatch.text.signin import without_sign_in

HOPS = 10
LAST_PORT = 65535
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """Where a fetch has come to."""

    url: httpx.URL  # without a sign-in
    secret: tuple[tuple[bytes, bytes], ...]  # headers for the first origin only
    left: float  # seconds
    seen: frozenset[str] = frozenset()
    moved_to: str | None = None
    permanent: bool = True  # so far
    patience: float | None = None  # seconds for the first host's turn; None: as long as it takes
    start_is_enough: bool = False  # a robots.txt: of a long one the start is read


def first_hop(target: Target, seconds: float) -> Hop | None:
    """Where a fetch begins; None where its address or headers cannot be sent."""
    try:
        written = _parsed(target.url.strip())
        return Hop(
            url=_without_sign_in(written), secret=_secret_headers(written, target), left=seconds
        )
    except (httpx.InvalidURL, ValueError, TypeError):
        return None


def next_hop(target: Target, hop: Hop, answer: Answer) -> FetchFailure | Hop:
    """The next hop of a redirect, if there may be one. Loops and privacy are looked at again there."""
    where = hop.url.netloc.decode("ascii")
    location = answer.headers.get("location", "").strip()
    if not location:
        detail = (
            f"{answer.status}: {where} sends us elsewhere without saying where; check the address."
        )
        return failure(target, hop, "redirect", detail, answer.status)
    try:
        url = _without_sign_in(hop.url.join(location))
    except (httpx.InvalidURL, ValueError):
        detail = f"{where} sends us to an address that cannot be read; check the address."
        return failure(target, hop, "redirect", detail, answer.status)
    seen = hop.seen | {str(hop.url)}
    if str(url) in seen:
        detail = f"{where} sends us in a circle; it may want cookies, which are not sent."
        return failure(target, hop, "redirect", detail, answer.status)
    if len(seen) > HOPS:
        detail = f"{where} is the end of {HOPS} redirects without a document; check the address."
        return failure(target, hop, "redirect", detail, answer.status)
    permanent = hop.permanent and answer.status in _PERMANENT
    return replace(
        hop,
        url=url,
        secret=hop.secret if origin_of(url) == origin_of(hop.url) else (),
        seen=seen,
        permanent=permanent,
        moved_to=str(url) if permanent else hop.moved_to,
    )


def bad_address(hop: Hop) -> tuple[FailureKind, str] | None:
    """Why this address cannot be asked at all."""
    url = hop.url
    if url.scheme in ("http", "https") and url.host and (url.port or 80) <= LAST_PORT:
        return None
    what = f"An address that begins with `{url.scheme[:20]}:`, or has no host or no such port"
    if hop.seen:
        return "redirect", f"{what}: it was sent by a redirect; only http and https are followed."
    return "url", f"{what}; only http and https are fetched."


def failure(
    target: Target, hop: Hop | None, kind: FailureKind, detail: str, status: int | None = None
) -> FetchFailure:
    """A fetch that brought nothing, under the address that was asked last: its host is the one to be spared."""
    return FetchFailure(url=asked(target, hop), kind=kind, detail=detail, status=status)


def asked(target: Target, hop: Hop | None) -> str:
    """The address as written, or where redirects have led."""
    return str(hop.url) if hop is not None and hop.seen else shown(target.url)


def shown(url: str) -> str:
    """The address as written, without its user:password, even where it cannot be parsed."""
    return without_sign_in(url.strip())


def has_sign_in(url: str) -> bool:
    """Whether the address as written holds a user:password."""
    return "@" in url.partition("://")[2].partition("/")[0]


def origin_of(url: httpx.URL) -> str:
    """Scheme, host and port: what credentials and a robots.txt are for."""
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def host_of(url: httpx.URL | str) -> str:
    """Whose requests are counted together: the host, with its port where that is an unusual one; empty: no address."""
    return _lane(url) if isinstance(url, httpx.URL) else _lane_of_text(url)


@lru_cache(maxsize=16_384)
def _lane_of_text(url: str) -> str:
    """Asked five times in a poll; reading an address costs a twentieth of it."""
    try:
        return _lane(_parsed(url))
    except (httpx.InvalidURL, ValueError, TypeError):
        return ""


@lru_cache(maxsize=512)
def _parsed(url: str) -> httpx.URL:
    """Read once for its host's name and again for the request; by a service, once a poll."""
    return httpx.URL(url)


def _lane(url: httpx.URL) -> str:
    host = shared(url.host)
    usual = url.port in (None, 80, 443) or host in KNOWN
    return host if usual else f"{host}:{url.port}"


def _secret_headers(url: httpx.URL, target: Target) -> tuple[tuple[bytes, bytes], ...]:
    """Configured headers, and the address's user:password as Basic sign-in (RFC 7617)."""
    headers = [(name.encode("ascii"), secret.value.encode()) for name, secret in target.headers]
    if url.userinfo:
        headers.append((b"Authorization", basic_sign_in(url.userinfo).encode("ascii")))
    return tuple(headers)


def _without_sign_in(url: httpx.URL) -> httpx.URL:
    if not url.userinfo and "#" not in str(url):
        return url  # nearly always; a copy is read anew
    return url.copy_with(userinfo=b"", fragment=None)
