"""robots.txt (RFC 9309): which article pages may be asked for.

Configured sources are exempt: a person named that very address to us, as in a browser. Pages that we only follow links
to are asked for where the robots.txt of their origin lets our product token in.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import httpx
from protego import Protego

from aiwatch.fetch.hops import host_of, origin_of
from aiwatch.judge.manners import capped_delay
from aiwatch.model import FetchFailure, NotModified, Outcome, Page, Target

MOST = 512 * 1024  # bytes that are read of one (RFC 9309 2.5: at least 500 KiB)
KEPT = timedelta(hours=24)  # RFC 9309 2.4
CLOSED_FOR = timedelta(hours=1)  # until one that could not be had is asked for again

_INLINE = (
    16 * 1024
)  # characters parsed at once in 3 ms; more goes to a thread, so that nobody waits for it
_LINE = 2048  # a rule as long as that fits no address that we ask for
_TEXTS = 4 * 1024 * 1024  # characters of files kept in memory, and of their parsed rules
_PARSED = 600 * 1024
_EACH = 1024  # what an entry weighs beside its text
_AGENT = re.compile(r"user[- ]?agent\s*[:\s]\s*(.*)", re.IGNORECASE)
_RULE = re.compile(
    r"(?:dis+al+[ao]w|allow|crawl[- ]delay)\b|(?!site-?maps?\b|host\b)[^:]*:", re.IGNORECASE
)
_TOKEN = re.compile(r"[A-Za-z_-]+")

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """What an origin's robots.txt said, and when it was asked for: to be stored and remembered."""

    origin: str  # https://example.org
    at: datetime
    status: int | None  # None: nothing was answered
    text: str = ""  # empty: everything is allowed, if the status says that there was an answer
    trouble: str = ""  # why it could not be had, one sentence

    @property
    def closed(self) -> bool:
        """RFC 9309 2.3.1.4: not had by the server's fault, so nothing is allowed. 429 is "not now", not "none here"."""
        return self.status is None or self.status == 429 or self.status >= 500

    def fresh(self, now: datetime) -> bool:
        """Whether it still counts."""
        return abs(now - self.at) < (CLOSED_FOR if self.closed else KEPT)


@dataclass(frozen=True, slots=True)
class Rules:
    """A robots.txt as read for one product token."""

    file: Protego
    token: str
    size: int  # characters

    def allow(self, url: str) -> bool:
        """Whether the page may be asked for."""
        return self.file.can_fetch(url, self.token)

    @property
    def delay(self) -> timedelta | None:
        """Crawl-delay as written, for people: 0.5, 10, or days."""
        stated = self.file.crawl_delay(self.token)
        return None if stated is None else timedelta(seconds=min(stated, 10**8))


def token_of(user_agent: str) -> str:
    """The product token that rules are looked up by: what the User-Agent begins with (RFC 9309 2.2.1)."""
    found = _TOKEN.match(user_agent.strip())
    return found[0].lower() if found else "aiwatch"


def read_rules(text: str, token: str) -> Rules:
    """Parse the groups for this token, and those for everyone."""
    ours = "\n".join(_ours(text, token))
    return Rules(Protego.parse(ours), token, len(ours))


def _ours(text: str, token: str) -> Iterable[str]:
    """The lines that concern us.

    protego keeps a rule set for each agent of a group: 15,000 agents over 15,000 rules would be 225 million rules. And
    it takes a group for `ai` as one for `aiwatch`, where the whole token is to be the same.
    """
    mine, in_rules = False, True
    for line in text.splitlines():
        rule = line.partition("#")[0].strip()
        if not rule or len(rule) > _LINE:
            continue
        agent = _AGENT.match(rule)
        if agent is None:
            in_rules = in_rules or bool(_RULE.match(rule))
            if mine:
                yield rule
            continue
        mine, in_rules = mine and not in_rules, False
        name = _TOKEN.match(agent[1])
        if agent[1].startswith("*") or (name and name[0].lower() == token):
            mine = True
            yield f"User-agent: {token if name else '*'}"


class _Shelf(Generic[K, V]):
    """What was used last, up to a total weight; the newest is kept whatever it weighs."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._weight = 0
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def get(self, key: K) -> V | None:
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key][0]

    def put(self, key: K, value: V, weight: int) -> None:
        self.drop(key)
        self._kept[key] = (value, weight)
        self._weight += weight
        while self._weight > self._most and len(self._kept) > 1:
            self.drop(next(iter(self._kept)))

    def values(self) -> tuple[V, ...]:
        return tuple(value for value, _ in self._kept.values())

    def drop(self, key: K) -> None:
        if key in self._kept:
            self._weight -= self._kept.pop(key)[1]


class RobotsFiles:
    """The robots.txt files of the origins that pages are asked of, each asked for once by all who wait for it.

    ask: fetches one, as everything is fetched.
    """

    def __init__(self, ask: Callable[[Target, datetime], Awaitable[Outcome]]) -> None:
        self._ask = ask
        self._files: _Shelf[str, Robots] = _Shelf(_TEXTS)
        self._rules: _Shelf[tuple[str, str], tuple[Robots, Rules]] = _Shelf(_PARSED)
        self._delays: _Shelf[str, timedelta] = _Shelf(_TEXTS)
        self._new: _Shelf[str, Robots] = _Shelf(_TEXTS)
        self._asking: dict[str, asyncio.Task[Robots | FetchFailure]] = {}

    async def refusal(
        self, url: httpx.URL, target: Target, agent: str, now: datetime
    ) -> FetchFailure | None:
        """Why this page may not be asked for; None: it may."""
        if url.path == "/robots.txt":
            return None
        where = url.netloc.decode("ascii")
        found = await self._found(origin_of(url), target, now)
        if isinstance(found, FetchFailure):
            return found
        if found.closed:
            return FetchFailure(
                url=str(url),
                kind="robots",
                detail=f"robots.txt of {where} could not be had, so no page of it is asked for within the hour; "
                f"the feed's own text is used. {found.trouble}".strip(),
                status=found.status,
                retry_after=max(found.at + CLOSED_FOR - now, timedelta(seconds=1)),
            )
        token = token_of(agent)
        if await self._allowed(found, url, token):
            return None
        detail = f"robots.txt of {where} does not let {token} read this page; the feed's own text is used."
        return FetchFailure(url=str(url), kind="robots", detail=detail)

    def delay(self, host: str) -> timedelta | None:
        """The Crawl-delay a host wants, as written, as far as its rules have been read."""
        return self._delays.get(host)

    def kept_delay(self, host: str) -> float:
        """Seconds of it that are kept."""
        return capped_delay(self._delays.get(host) or timedelta()).total_seconds()

    def remember(self, records: Iterable[Robots]) -> None:
        """Take over what was asked for before this process began."""
        for record in records:
            known = self._files.get(record.origin)
            if known is None or known.at < record.at:
                self._files.put(record.origin, record, len(record.text) + _EACH)

    def newly_asked(self) -> tuple[Robots, ...]:
        """What has come since the last time this was asked, to be stored; one that could not be had is not worth it."""
        new, self._new = self._new, _Shelf(_TEXTS)
        return new.values()

    async def aclose(self) -> None:
        """Ask for nothing more."""
        asking = tuple(self._asking.values())
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    async def _found(self, origin: str, target: Target, now: datetime) -> Robots | FetchFailure:
        known = self._files.get(origin)
        if known is not None and known.fresh(now):
            return known
        if origin not in self._asking:
            task = asyncio.create_task(self._asked(origin, target, now))
            self._asking[origin] = task
            task.add_done_callback(lambda _: self._asking.pop(origin, None))
        # Whoever gives up waiting leaves the task to the others who wait for the same file.
        return await asyncio.shield(self._asking[origin])

    async def _asked(self, origin: str, target: Target, now: datetime) -> Robots | FetchFailure:
        outcome = await self._ask(
            Target(
                url=f"{origin}/robots.txt",
                accept="page",
                user_agent=target.user_agent,
                proxy=target.proxy,
                allow_private=target.allow_private,
                max_bytes=MOST,
            ),
            now,
        )
        if isinstance(outcome, FetchFailure) and outcome.kind in ("private", "url"):
            return outcome  # it says nothing of the origin, but of what this one target may reach
        record = _record(origin, outcome, now)
        self._files.put(origin, record, len(record.text) + _EACH)
        if not record.closed:
            self._new.put(origin, record, len(record.text) + _EACH)
        return record

    async def _allowed(self, found: Robots, url: httpx.URL, token: str) -> bool:
        aside = len(found.text) > _INLINE
        kept = self._rules.get((found.origin, token))
        if kept is None or kept[0] is not found:
            rules = await _run(aside, read_rules, found.text, token)
            kept = (found, rules)
            self._rules.put((found.origin, token), kept, rules.size + _EACH)
        rules = kept[1]
        if rules.delay:
            self._delays.put(host_of(url), rules.delay, _EACH)
        else:
            self._delays.drop(host_of(url))
        return await _run(aside, rules.allow, str(url))


async def _run(aside: bool, function: Callable[..., V], *values: object) -> V:  # noqa: FBT001
    """Now, or in a thread where that takes long."""
    return await asyncio.to_thread(function, *values) if aside else function(*values)


def _record(origin: str, outcome: Outcome, now: datetime) -> Robots:
    """An answer as a file: what is not there, or leads nowhere, allows everything (RFC 9309 2.3.1.2 and 2.3.1.3)."""
    if isinstance(outcome, Page):
        return Robots(origin=origin, at=now, status=outcome.status, text=_decoded(outcome.body))
    if isinstance(outcome, NotModified):
        return Robots(origin=origin, at=now, status=304)
    status = outcome.status
    if outcome.kind == "challenge" and status is not None and status < 400:
        status = None  # a check for browsers stands before the file
    if outcome.kind == "redirect":
        status = status or 404
    return Robots(origin=origin, at=now, status=status, trouble=outcome.detail)


def _decoded(body: bytes) -> str:
    """UTF-8 (RFC 9309 2.3); of one that was cut the last line is left out, as it may be half a rule."""
    whole = body if len(body) < MOST else body[: body.rfind(b"\n") + 1]
    return whole.decode("utf-8", "replace").removeprefix("\ufeff").replace("\x00", "")
