"""One request as a value, sent from here or from another machine, and what its answer comes to."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

import httpx

from aiwatch.fetch.challenge import challenger
from aiwatch.fetch.headers import (
    conditions,
    fresh_for,
    links_of,
    renewed,
    retry_after,
    validators_of,
)
from aiwatch.fetch.hops import Hop, failure, has_sign_in, shown
from aiwatch.fetch.words import challenge_words, status_words
from aiwatch.model import NotModified, Outcome, Page, Target
from aiwatch.net import ENCODINGS, Allow, Answer, Spare, Unanswered, ask

Headers = tuple[tuple[bytes, bytes], ...]
_OURS: Headers = ((b"Accept-Encoding", ENCODINGS.encode()), (b"Connection", b"keep-alive"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One GET, decided in full: whoever sends it asks nobody anything. It can be pickled."""

    target: Target
    hop: Hop
    headers: Headers
    allow_private: Allow
    limit: int  # bytes of the body, unpacked
    now: datetime


# Sends a request in the fetcher's place, at the moment when its host's turn has come; an Outcome is final,
# and None means that the fetcher is to send it after all.
Elsewhere = Callable[[Request], Awaitable[Answer | Unanswered | Outcome | None]]


async def send(
    client: httpx.AsyncClient, request: Request, *, spare: Spare | None = None
) -> Answer | Unanswered:
    """Send it once and read the answer; redirects are not followed."""
    extensions: dict[str, object] = {"allow_private": request.allow_private}
    if request.target.proxy is not None:
        extensions["proxy"] = request.target.proxy.value
    hop = request.hop
    return await ask(
        client,
        httpx.Request("GET", hop.url, headers=_with_ours(request.headers), extensions=extensions),
        deadline=max(hop.left, 0.0),
        limit=request.limit,
        whole=(200, 203),
        cut=hop.start_is_enough,
        spare=spare,
    )


def _with_ours(headers: Headers) -> list[tuple[bytes, bytes]]:
    """With what every request says; a configured one takes the place of ours of the same name."""
    named = {name.lower() for name, _ in headers}
    return [one for one in _OURS if one[0].lower() not in named] + list(headers)


def judged(request: Request, answer: Answer) -> Outcome:
    """A final answer as an outcome."""
    target, hop, now = request.target, request.hop, request.now
    if answer.status == 304 and conditions(target.validators):
        return NotModified(
            url=str(hop.url),
            validators=renewed(target.validators, answer.headers),
            fresh_for=fresh_for(answer.headers, now),
            moved_to=_moved_to(target, hop),
        )
    where = hop.url.netloc.decode("ascii")
    if name := challenger(answer.status, answer.headers, answer.body):
        failed = failure(target, hop, "challenge", challenge_words(where, answer.status, name))
    elif answer.status not in (200, 203) or not answer.body:
        failed = failure(target, hop, "http", status_words(where, answer.status))
    else:
        return _page(target, hop, answer, now)
    return replace(failed, status=answer.status, retry_after=retry_after(answer.headers, now))


def _page(target: Target, hop: Hop, answer: Answer, now: datetime) -> Page:
    return Page(
        url=str(hop.url),
        asked_for=shown(target.url),
        status=answer.status,
        body=answer.body,
        content_type=answer.headers.get("content-type"),
        validators=validators_of(answer.headers),
        fresh_for=fresh_for(answer.headers, now),
        moved_to=_moved_to(target, hop),
        links=links_of(answer.headers),
    )


def _moved_to(target: Target, hop: Hop) -> str | None:
    """An address with a sign-in is not moved by itself: the new one would be asked without it."""
    return None if has_sign_in(target.url) else hop.moved_to
