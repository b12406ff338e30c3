"""From an address as a person types it to something that can be watched: tried, read, and shown before it is added.

    what was typed | fetch | is it a source? | where else (sources.finder) | fetch, read in a worker | Preview

Every address is asked at most once in a run and never with HEAD (polling.md 3, rule 40). What the page names is asked
as named; guesses come after robots.txt, which binds them, and end with the first that works. A host that answers
429 or 503 is not asked again.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Protocol, TypeVar
from urllib.parse import urljoin, urlsplit

from aiwatch.config.values import Config
from aiwatch.fetch import Fetcher
from aiwatch.model import (
    Entry,
    FetchFailure,
    Outcome,
    Page,
    Reading,
    Source,
    SourceName,
    Target,
)
from aiwatch.sources import KINDS, read_source
from aiwatch.sources.finder import (
    Candidate,
    Robots,
    as_typed,
    candidates,
    in_robots,
    kinds_of,
)
from aiwatch.text.reading import wants_page
from aiwatch.text.signin import without_sign_in
from aiwatch.text.urls import host
from aiwatch.workers import WorkerFailure

T = TypeVar("T")

READ_SECONDS = 20.0  # CPU deadline of one document, as in the pipeline
MOST_ASKED = 30  # requests of one run, whatever a page names
NEWEST = 5  # entries a preview shows
COUNTED = 30  # newest entries that tell the rhythm
ASLEEP = timedelta(days=30)
AHEAD = timedelta(days=1)  # a date further in the future is none
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
# What tells that nobody is there, so that other paths of the same host need not be tried.
NOBODY = ("dns", "connect", "tls", "timeout", "url", "private", "robots")
RESTING = (429, 503)
SINGLE = ("listing", "json", "page")  # kinds of which the address itself is the source
MAY_BE_EMPTY = ("feed", "page")
_UNITS = (  # what it is said in, and up to which gap
    ("min", timedelta(minutes=1), timedelta(minutes=90)),
    ("h", timedelta(hours=1), timedelta(hours=20)),
    ("day", timedelta(days=1), timedelta(days=6)),
    ("week", timedelta(weeks=1), timedelta(days=26)),
    ("month", timedelta(days=30.4), timedelta.max),
)
_FEED_WORDS = re.compile(
    r"(?:\A|[\s»|:–—-]+)(?:(?:rss|atom|json|xml)(?:\s?[12]\.0)?(?:\s+feed)?|feed)\s*\Z",
    re.IGNORECASE,
)


class Runs(Protocol):
    """Runs a reader out of harm's way: `Workers`, or what stands in for it."""

    async def run(
        self, function: Callable[..., T], *args: object, deadline: float
    ) -> T | WorkerFailure:
        """The function's value, or why there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """An address that was asked, or passed over, and what came of it in words."""

    url: str
    kind: str
    why: str  # what spoke for it
    what: str
    works: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would be watched: enough to decide, and what a first poll would have brought."""

    title: str
    kind: str
    url: str
    why: str
    entries: int
    newest: tuple[Entry, ...]
    newest_at: datetime | None
    gap: timedelta | None  # the usual time between two entries
    rhythm: str
    text: Literal["whole", "short", "none"]  # what the source itself gives of its articles
    quirks: tuple[str, ...]
    hints: tuple[str, ...]  # keys that a person may want to add, as written in feeds.yaml
    keys: Mapping[str, Any]  # keys that belong to such a source
    page: Page
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """At least one thing to watch, the best first."""

    typed: str
    previews: tuple[Preview, ...]
    tried: tuple[Tried, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """Nothing to watch there; `reason` is a sentence for a person."""

    typed: str
    reason: str
    tried: tuple[Tried, ...] = ()


async def look(
    typed: str,
    config: Config,
    fetcher: Fetcher,
    workers: Runs,
    clock: Callable[[], datetime],
    *,
    kind: str | None = None,
    every: bool = False,
) -> Found | NotFound:
    """Find what can be watched at an address as typed.

    kind: only this kind of source. every: all that works, not just the first.
    """
    addresses = as_typed(typed)
    if not addresses:
        reason = f"{typed.strip()!r} is no web address: write one like openai.com or https://openai.com/news"
        return NotFound(typed=typed, reason=reason)
    search = _Search(
        config=config, fetcher=fetcher, workers=workers, clock=clock, only=kind, every=every
    )
    reason = await search.run(addresses)
    if search.previews:
        return Found(typed=typed, previews=tuple(search.previews), tried=tuple(search.tried))
    return NotFound(typed=typed, reason=reason, tried=tuple(search.tried))


@dataclass(slots=True, kw_only=True)
class _Search:
    """One run: what has been asked, what it gave."""

    config: Config
    fetcher: Fetcher
    workers: Runs
    clock: Callable[[], datetime]
    only: str | None
    every: bool
    asked: dict[str, Outcome] = field(default_factory=dict)
    judged: set[str] = field(default_factory=set)  # where documents came from, after redirects
    resting: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)  # hosts that refused one document
    deeper: bool = False  # a page that lists feeds was followed
    site: str = ""  # what the site calls itself
    robots: Robots = field(default_factory=Robots)
    previews: list[Preview] = field(default_factory=list)
    tried: list[Tried] = field(default_factory=list)

    async def run(self, addresses: Sequence[str]) -> str:
        """Fill `previews`; why there may be none."""
        address, page = await self._first_page(addresses)
        if not isinstance(page, Page):
            return await self._without_page(address, page)
        if await self._itself(address, page):
            return ""
        found = await self._candidates(page)
        await self._try_all(found, page)
        return f"nothing at {without_sign_in(address)} can be watched"

    async def _first_page(self, addresses: Sequence[str]) -> tuple[str, Outcome]:
        """The address as typed; where nobody speaks https there, and none was asked for, over http."""
        address = addresses[0]
        outcome = await self._get(address)
        for other in addresses[1:]:
            if not isinstance(outcome, FetchFailure) or outcome.kind not in ("connect", "tls"):
                break
            address, outcome = other, await self._get(other)
        return address, outcome

    async def _without_page(self, address: str, outcome: Outcome) -> str:
        """The page cannot be had: its feed often can, where somebody answers at all."""
        detail = outcome.detail if isinstance(outcome, FetchFailure) else "it sent nothing"
        self._note(Candidate(url=address, kind="listing", title="", why="as typed"), detail)
        gone = isinstance(outcome, FetchFailure) and outcome.kind in NOBODY
        if not gone and host(address) not in self.resting:
            await self._try_all(candidates(b"", address), None)
        return detail

    async def _itself(self, address: str, page: Page) -> bool:
        """Whether the address as typed is a source already, or is to be taken as one."""
        kinds: tuple[str, ...] = kinds_of(page.body, page.content_type)
        if self.only:
            kinds = tuple(kind for kind in kinds if kind == self.only)
        if self.only in SINGLE:
            kinds = (str(self.only),)
        self.judged.add(page.url)
        for kind in (kind for kind in kinds if kind in KINDS):
            if await self._judge(
                _As(kind=kind, url=address, why="as typed", empty_is_fine=kind in MAY_BE_EMPTY),
                page,
            ):
                return True
        return self.only in SINGLE

    # ------------------------------------------------------------ candidates

    async def _try_all(self, found: Sequence[Candidate], page: Page | None) -> None:
        self.site = next((one.title for one in found if one.how == "itself"), "")
        await self._stage([one for one in found if one.how in ("known", "named")])
        guesses = [one for one in found if one.how == "guessed"]
        if any(map(self._wanted, guesses)):
            self.robots = await self._in_robots(guesses)
        await self._stage([one for one in guesses if one.kind == "feed"])
        await self._stage(self.robots.sitemaps)
        await self._stage([one for one in guesses if one.kind == "sitemap"])
        await self._stage([one for one in found if one.how == "itself"], page)
        await self._stage([one for one in found if one.how == "search"])

    async def _stage(self, found: Sequence[Candidate], page: Page | None = None) -> None:
        for candidate in found:
            if self._wanted(candidate):
                await self._try(candidate, page)

    def _wanted(self, candidate: Candidate) -> bool:
        """Guesses only while nothing of that kind works, a search only while nothing does."""
        if self.previews and not self.every:
            return False
        if candidate.kind not in KINDS or (self.only and candidate.kind != self.only):
            return False
        if candidate.how == "guessed":
            return all(one.kind != candidate.kind for one in self.previews)
        return candidate.how != "search" or not self.previews

    async def _try(self, candidate: Candidate, page: Page | None) -> None:
        page = page or await self._page_of(candidate)
        if page is None:
            return
        as_ = _As.of(candidate)
        await self._judge(replace(as_, title=as_.title or self.site), page)
        if candidate.how == "named" and not self.deeper and not kinds_of(page.body):
            self.deeper = True  # a page about feeds, which lists them: followed once a run
            await self._stage([one for one in await self._candidates(page) if one.how == "named"])

    async def _page_of(self, candidate: Candidate) -> Page | None:
        """Its document, where it is one that was not looked at yet."""
        if candidate.url in self.asked:
            return None
        if why_not := self._why_not(candidate):
            self._note(candidate, why_not)
            return None
        outcome = await self._get(candidate.url)
        if not isinstance(outcome, Page):
            self._note(candidate, getattr(outcome, "detail", "it sent nothing"))
            return None
        if outcome.url in self.judged:
            self._note(candidate, f"it leads to {outcome.url}, which was looked at")
            return None
        self.judged.add(outcome.url)
        return outcome

    async def _candidates(self, page: Page) -> tuple[Candidate, ...]:
        found = await self.workers.run(
            candidates, page.body, page.url, page.content_type, page.links, deadline=READ_SECONDS
        )
        if isinstance(found, WorkerFailure):
            return candidates(b"", page.url)  # what the address alone tells
        return found

    def _why_not(self, candidate: Candidate) -> str:
        """Why an address is not asked at all."""
        if len(self.asked) >= MOST_ASKED:
            return f"not asked: {MOST_ASKED} requests are enough"
        if host(candidate.url) in self.resting:
            return "not asked: the server wants to be left alone for now"
        if candidate.url in self.robots.forbidden:
            return "not asked: robots.txt does not allow it"
        return ""

    async def _in_robots(self, guesses: Sequence[Candidate]) -> Robots:
        outcome = await self._get(urljoin(guesses[0].url, "/robots.txt"))
        if not isinstance(outcome, Page):
            return Robots()
        agent, urls = self.config.fetch.user_agent, [one.url for one in guesses]
        said = await self.workers.run(
            in_robots, outcome.body, outcome.url, agent, urls, deadline=READ_SECONDS
        )
        if isinstance(said, WorkerFailure):  # what cannot be understood allows nothing
            return Robots(forbidden=frozenset(urls))
        return said

    # ------------------------------------------------------------ ask and read

    async def _get(self, url: str) -> Outcome:
        """One GET, once a run."""
        if url not in self.asked:
            target = Target(url=url, allow_private=self.config.fetch.allow_private)
            outcome = await self.fetcher.get(target, self.clock())
            self.asked[url] = outcome
            if isinstance(outcome, Page):
                self.asked.setdefault(outcome.url, outcome)
            elif isinstance(outcome, FetchFailure):
                self._heed(host(url), outcome)
        return self.asked[url]

    def _heed(self, name: str, failure: FetchFailure) -> None:
        """Who asks for rest gets it; so does who refuses two documents, as a page's feed may be free where it is not."""
        if failure.status in RESTING or (_is_refusal(failure) and name in self.refused):
            self.resting.add(name)
        elif _is_refusal(failure):
            self.refused.add(name)

    async def _judge(self, as_: "_As", page: Page) -> bool:
        """Read a document; keep its preview where it can be watched, and say what it is where not."""
        reading = await self._read(as_.kind, page)
        if reading.usable and reading.follow and not reading.entries:
            page, reading = await self._followed(as_.kind, page, reading)
        if not reading.usable or not (reading.entries or as_.empty_is_fine):
            self._note(as_, reading.problem or "it lists no articles")
            return False
        address = page.moved_to or as_.url
        seen = preview(replace(as_, url=address), page, reading, self.clock())
        self.previews.append(seen)
        self._note(as_, f"works: {seen.entries} entries", works=True)
        return True

    async def _read(self, kind: str, page: Page) -> Reading:
        options: dict[str, Any] = {}
        args = (kind, page.body, page.url, page.content_type, options)
        reading = await self.workers.run(read_source, *args, deadline=READ_SECONDS)
        if isinstance(reading, WorkerFailure):
            return Reading(usable=False, problem=reading.reason)
        return reading

    async def _followed(self, kind: str, page: Page, reading: Reading) -> tuple[Page, Reading]:
        """The newest document of an index shows what the whole holds; the index is what is watched."""
        outcome = await self._get(reading.follow[0])
        if not isinstance(outcome, Page):
            return page, reading
        inner = await self._read(kind, outcome)
        return page, inner if inner.usable else reading

    def _note(self, one: "Candidate | _As", what: str, *, works: bool = False) -> None:
        self.tried.append(
            Tried(url=without_sign_in(one.url), kind=one.kind, why=one.why, what=what, works=works)
        )


# ---------------------------------------------------------------- preview


@dataclass(frozen=True, slots=True, kw_only=True)
class _As:
    """As what a document is read, and why."""

    kind: str
    url: str
    why: str
    title: str = ""
    searched: bool = False
    empty_is_fine: bool = False  # a feed that somebody names may have no entries yet

    @classmethod
    def of(cls, candidate: Candidate) -> "_As":
        """A candidate to be read."""
        return cls(
            kind=candidate.kind,
            url=candidate.url,
            why=candidate.why,
            title=candidate.title,
            searched=candidate.how == "search",
            empty_is_fine=candidate.kind == "feed" and candidate.how in ("named", "known"),
        )


def _is_refusal(failure: FetchFailure) -> bool:
    return failure.kind == "challenge" or failure.status in (401, 403)


def preview(as_: _As, page: Page, reading: Reading, now: datetime) -> Preview:
    """What a person wants to know before watching it."""
    newest = sorted(reading.entries, key=lambda one: one.published or LONG_AGO, reverse=True)
    dates = [one.published for one in newest if one.published and one.published <= now + AHEAD]
    gap = usual_gap(dates)
    return Preview(
        title=_title(as_, reading),
        kind=as_.kind,
        url=as_.url,
        why=as_.why,
        entries=len(reading.entries),
        newest=tuple(newest[:NEWEST]),
        newest_at=dates[0] if dates else None,
        gap=gap,
        rhythm=say_rhythm(gap),
        text=_own_text(as_, reading.entries),
        quirks=tuple(_quirks(as_, reading, dates, now)),
        hints=tuple(_hints(as_, reading)),
        keys={"aggregator": True} if _many_outlets(reading) else {},
        page=page,
        reading=reading,
    )


def usual_gap(dates: Sequence[datetime]) -> timedelta | None:
    """The mean time between the newest entries, newest first; None under three dates."""
    counted = dates[:COUNTED]
    if len(counted) < 3 or counted[0] <= counted[-1]:
        return None
    return (counted[0] - counted[-1]) / (len(counted) - 1)


def say_rhythm(gap: timedelta | None) -> str:
    """How often something new comes, as a person says it."""
    if gap is None:
        return "not known"
    unit, length = next((unit, length) for unit, length, most in _UNITS if gap < most)
    number = max(1, round(gap / length))
    if number == 1 and unit in ("day", "week", "month"):
        return f"about once a {unit}"
    return f"about every {number} {unit if unit in ('min', 'h') else unit + 's'}"


def _title(as_: _As, reading: Reading) -> str:
    """The source's own title without what says that it is a feed; a search's is our own.

    A news sitemap has no title: its items name the outlet.
    """
    own = _FEED_WORDS.sub("", reading.title).strip() or _one_outlet(reading)
    named = "" if _FEED_WORDS.sub("", as_.title).strip() == "" else as_.title
    return (as_.title if as_.searched else own) or named or host(as_.url) or as_.url


def _own_text(as_: _As, entries: Sequence[Entry]) -> Literal["whole", "short", "none"]:
    """Whether articles are read from the source itself or from their pages."""
    source = Source(name=SourceName(as_.url), url=as_.url, kind=as_.kind)
    if not any(one.text or one.summary for one in entries):
        return "none"
    wanted = [wants_page(one, source)[0] for one in entries]
    return "short" if sum(wanted) * 2 > len(wanted) else "whole"


def _quirks(as_: _As, reading: Reading, dates: Sequence[datetime], now: datetime) -> Iterator[str]:
    """What is odd about it, and what that means."""
    entries = reading.entries
    if reading.problem:
        yield reading.problem
    if entries and all(host(one.url or "") == "news.google.com" for one in entries):
        yield "item links are Google News redirects; the outlet is told by the item"
    if host(as_.url).endswith("reddit.com"):
        yield "Reddit answers about one request a minute"
    if entries and not dates:
        yield "entries have no dates: the first look is a baseline"
    elif entries and len(dates) * 2 < len(entries):
        yield f"{len(entries) - len(dates)} of {len(entries)} entries have no usable date"
    if dates and now - dates[0] > ASLEEP:
        yield f"nothing new for {(now - dates[0]).days} days"
    if reading.lines is not None:
        yield "the first look is a baseline: what is edited later is told"
    elif not entries:
        yield "it has no entries yet"


def _hints(as_: _As, reading: Reading) -> Iterator[str]:
    """For a list of links found by itself: the pattern that would say the same, where one section holds them."""
    kind = KINDS.get(as_.kind)
    paths = [urlsplit(one.url or "").path.strip("/").split("/") for one in reading.entries]
    sections = {path[0] if len(path) > 1 else "" for path in paths}
    if (
        kind
        and "pattern" in kind.options.model_fields
        and len(sections) == 1
        and "" not in sections
    ):
        rest = "*" if all(len(path) == 2 for path in paths) else "**"
        yield f"pattern: /{sections.pop()}/{rest}"


def _one_outlet(reading: Reading) -> str:
    """The outlet that all items name; empty where there is none, or several."""
    outlets = {one.outlet for one in reading.entries}
    return (outlets.pop() or "") if len(outlets) == 1 else ""


def _many_outlets(reading: Reading) -> bool:
    """Whether its items count for their own outlets: most name one that is not the source itself."""
    own = (reading.title or _one_outlet(reading)).casefold()
    others = [one for one in reading.entries if one.outlet and one.outlet.casefold() not in own]
    return len(others) * 2 > len(reading.entries)
