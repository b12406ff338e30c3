"""From an entry that waits to an article that has been read: its page fetched where it is wanted and allowed.

Pages come in side by side; what needs none is read many at a time, as most of a worker's turn would be the way there.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiwatch import cluster
from aiwatch.cluster import Cluster, Trip
from aiwatch.config.values import Config
from aiwatch.fetch import Fetcher, PutOff, host_of
from aiwatch.model import FetchFailure, NotModified, Outcome, Page, ReadArticle, Source, Target
from aiwatch.pace import keep_pace
from aiwatch.store import Store, hosts, sites
from aiwatch.store.entries import ToFile
from aiwatch.text.reading import article_of, articles_of, wants_page
from aiwatch.text.urls import host
from aiwatch.workers import WorkerFailure, Workers

log = logging.getLogger(__name__)

IN_FLIGHT = 6
TOGETHER = 20  # entries read in one worker's turn
SECONDS = 10.0  # CPU deadline of one page
MOST_BYTES = 5_000_000  # six at once stay small; the largest of 1,893 real pages has 2.9 MB
# A page whose host's turn is further off is done without: one that refuses us is asked once an hour in the end, and
# twenty entries of its feed would be news a day later.
LONGEST_WAIT = timedelta(minutes=10)
ATTEMPTS = 3  # after that an entry is filed with the feed's own text


@dataclass(frozen=True, slots=True, kw_only=True)
class NotYet:
    """An entry whose page waits for its host's turn."""

    until: datetime
    host: str


Read = ReadArticle | WorkerFailure | NotYet
Looked = ReadArticle | WorkerFailure | NotModified | FetchFailure | PutOff
Asked = tuple[Outcome, ReadArticle | WorkerFailure | None]
BeingRead = asyncio.Task[Read]
_Together = asyncio.Task[Sequence[ReadArticle] | WorkerFailure]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReader:
    """Reads entries for one round of filing."""

    config: Config
    store: Store
    fetcher: Fetcher
    workers: Workers
    clock: Callable[[], datetime]
    patience: float  # seconds that a page may wait for its host's turn
    cluster: Cluster | None = None  # fetches and reads pages in our place
    gate: asyncio.Semaphore = field(init=False)
    sources: dict[str, Source] = field(default_factory=dict)  # by name, once one is looked for
    asked_for: set[str] = field(default_factory=set)  # hosts of the pages to come
    lines: dict[str, frozenset[int]] = field(default_factory=dict)  # by host, as last looked up

    def __post_init__(self) -> None:
        most = cluster.IN_FLIGHT if self.cluster else IN_FLIGHT
        object.__setattr__(self, "gate", asyncio.Semaphore(most))

    def begin(self, batch: Sequence[ToFile]) -> list[BeingRead]:
        """One task an entry, in their order."""
        alone = {item.id for item in batch if self._wants_page(item)}
        rest = [item for item in batch if item.id not in alone]
        self.asked_for.clear()
        self.asked_for.update(host(item.entry.url or "") for item in batch if item.id in alone)
        shared: dict[int, tuple[_Together, int]] = {}
        for start in range(0, len(rest), TOGETHER):
            some = rest[start : start + TOGETHER]
            task = asyncio.create_task(self._read_together(some))
            shared |= {item.id: (task, place) for place, item in enumerate(some)}
        return [
            asyncio.create_task(
                self._with_page(item) if item.id in alone else self._part(item, *shared[item.id])
            )
            for item in batch
        ]

    def _wants_page(self, item: ToFile) -> bool:
        wanted, _ = wants_page(item.entry, self._source(item))
        return wanted and item.attempts < ATTEMPTS

    async def _read_together(
        self, items: Sequence[ToFile]
    ) -> Sequence[ReadArticle] | WorkerFailure:
        pairs = tuple((item.entry, self._source(item)) for item in items)
        async with self.gate:
            return await self.workers.run(articles_of, pairs, deadline=SECONDS)

    async def _part(self, item: ToFile, shared: _Together, place: int) -> Read:
        """The entry's part of what was read together; where one of them killed the reader, it is read alone."""
        read = await shared
        if not isinstance(read, WorkerFailure):
            return read[place]
        async with self.gate:
            return await self._alone(item, None)

    async def _with_page(self, item: ToFile) -> Read:
        async with self.gate, self._asked(item) as (outcome, read):
            wait = outcome.retry_after if isinstance(outcome, PutOff) else None
            if wait is not None and wait <= LONGEST_WAIT:
                return NotYet(until=self.clock() + wait, host=host_of(item.entry.url or ""))
            await self._keep_manners(outcome)
            page = outcome if isinstance(outcome, Page) else _why_none(item, outcome)
            got = read or await self._alone(item, page)
        if isinstance(got, WorkerFailure) and isinstance(page, Page):
            log.info("page entry=%d reason=%r", item.id, got.reason)
            got = await self._alone(item, got.reason)
        return got

    async def look(self, item: ToFile) -> Looked:
        """The page of an article that was filed before, if there is another one now."""
        async with self.gate, self._asked(item) as (outcome, read):
            if isinstance(outcome, PutOff):
                return outcome
            await self._keep_manners(outcome)
            if not isinstance(outcome, Page):
                return outcome
            return read or await self._alone(item, outcome)

    @asynccontextmanager
    async def _asked(self, item: ToFile) -> AsyncIterator[Asked]:
        """What came from an entry's address, and what was read of it, where that was done on the way."""
        target, now = self._target(item), self.clock()
        trip = None
        if self.cluster:
            trip = Trip(self.cluster, item.entry, self._source(item), self._known)
        asking = self.fetcher.getting(target, now, patience=self.patience, elsewhere=trip)
        async with asking as outcome:
            yield outcome, trip.read if trip else None

    async def _alone(self, item: ToFile, page: Page | str | None) -> ReadArticle | WorkerFailure:
        """page: the article's, or in words why there is none."""
        known = self._known(page.url) if isinstance(page, Page) else frozenset()
        return await self.workers.run(
            article_of, item.entry, self._source(item), page, known, deadline=SECONDS
        )

    def _known(self, url: str) -> frozenset[int]:
        """The lines that stand around every article of this address's host.

        Those of the hosts to come are looked up with it: to open the database took a fifth of the work for a page.
        """
        name = host(url)
        if name not in self.lines:
            with self.store.read() as db:
                self.lines.update({each: sites.known(db, each) for each in {name, *self.asked_for}})
        return self.lines[name]

    def filed(self) -> None:
        """Articles have been filed: their hosts' lines may have become known."""
        self.lines.clear()

    def _source(self, item: ToFile) -> Source:
        if not self.sources:
            self.sources.update((source.name, source) for source in self.config.sources)
        return self.sources.get(item.source) or Source(
            name=item.source, url="", full_text="never"
        )  # dropped from feeds.yaml meanwhile

    def _target(self, item: ToFile) -> Target:
        source = self._source(item)
        return Target(
            url=item.entry.url or "",
            accept="page",
            validators=item.page,
            max_bytes=MOST_BYTES,
            user_agent=source.user_agent,
            proxy=source.proxy,
            allow_private=source.allow_private,
            robots=True,
        )

    async def _keep_manners(self, outcome: Outcome) -> None:
        """A host that turns article pages away is asked less, too."""
        if not (isinstance(outcome, FetchFailure) and outcome.status in (403, 429, 503)):
            return
        url, now, spacing = outcome.url, self.clock(), self.config.fetch.spacing
        state = await self.store.write(
            lambda db: hosts.answered(
                db, host_of(url), url, outcome, now, worked_before=True, configured=spacing
            )
        )
        if state:
            keep_pace(self.fetcher, state, spacing, now)


def _why_none(item: ToFile, outcome: Outcome) -> str:
    reason = outcome.detail if isinstance(outcome, FetchFailure) else "not modified"
    log.info("page entry=%d detail=%r", item.id, reason)
    return reason
