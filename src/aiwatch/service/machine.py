"""Everything opened for work on one configuration, and closed in order."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, TextIO

from aiwatch.channels.base import HttpPoster, Tools
from aiwatch.config.values import Config
from aiwatch.delivery import Delivery
from aiwatch.fetch import Fetcher, FetchSettings
from aiwatch.net import Resolve, open_client, system_resolve
from aiwatch.offline import Offline
from aiwatch.pipeline import Judging, Pipeline
from aiwatch.store import Store, upcoming
from aiwatch.workers import Workers

if TYPE_CHECKING:
    from aiwatch.cluster import Cluster

PATIENCE = 120.0  # of a one-shot: its next pass may be an hour away


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Everything set up for work on one configuration."""

    config: Config
    store: Store
    pipeline: Pipeline
    delivery: Delivery

    async def look_again(self, *, tell: bool = True) -> None:
        """Look once more at articles whose time has come."""
        with self.store.read() as db:
            if not upcoming.again(db, self.pipeline.clock()):
                return
        from aiwatch.rechecks import Rechecks  # noqa: PLC0415 - with the first of them

        judging = self.pipeline.judging()
        again = Rechecks(
            config=self.config,
            store=self.store,
            reader=self.pipeline.reader(),
            match=judging.matcher.match,
            subscriptions=judging.subscriptions,
            clock=self.pipeline.clock,
        )
        await again.look(tell=tell)


@asynccontextmanager
async def machine(
    config: Config,
    clock: Callable[[], datetime],
    out: TextIO,
    *,
    patience: float = PATIENCE,
    resolve: Resolve = system_resolve,
) -> AsyncIterator[Machine]:
    """Open the database and all that fetches, reads and sends; close it in order.

    patience: seconds that a pass waits for the turn of a host which is asked seldom; what takes longer stays due.
    """
    store = Store(config.database)
    helpers, settings = None, config.fetch
    if isinstance(config.workers, str):
        helpers, settings = _helpers(config.workers, settings)
    fetcher = Fetcher(settings, resolve=resolve)
    workers = Workers(config.workers if isinstance(config.workers, int) else None)
    client = open_client(user_agent=config.fetch.user_agent)
    try:
        delivery = Delivery(
            config=config, store=store, tools=Tools(http=HttpPoster(client), out=out), clock=clock
        )
        pipeline = Pipeline(
            config=config,
            store=store,
            fetcher=fetcher,
            workers=workers,
            judging=cache(lambda: _judging(config, delivery)),
            clock=clock,
            spread=random.random,
            patience=patience,
            offline=Offline(fetcher.reaches),
            cluster=helpers,
        )
        yield Machine(config=config, store=store, pipeline=pipeline, delivery=delivery)
    finally:
        await fetcher.aclose()
        await client.aclose()
        if helpers:
            await asyncio.to_thread(helpers.close)
        workers.close()
        store.close()


def _helpers(address: str, settings: FetchSettings) -> "tuple[Cluster, FetchSettings]":
    """A cluster that fetches and reads pages, and how much is asked at a time with it."""
    from aiwatch.cluster import IN_FLIGHT, cluster_at  # noqa: PLC0415 - few have one

    return cluster_at(address), replace(settings, in_flight=IN_FLIGHT)


def _judging(config: Config, delivery: Delivery) -> Judging:
    from aiwatch.judge.topics import compile_topics  # noqa: PLC0415 - with the first article
    from aiwatch.text.terms import stemmed  # noqa: PLC0415 - the same
    from aiwatch.text.tokens import tokens  # noqa: PLC0415 - the same

    words = (token.text for one in config.topics for query in one.any for token in tokens(query))
    return Judging(
        matcher=compile_topics(config.topics, config.aliases),
        subscriptions=delivery.subscriptions(),
        topic_words=frozenset(map(stemmed, words)),
    )


@asynccontextmanager
async def reader_of_pages(config: Config) -> AsyncIterator[tuple[Fetcher, Workers]]:
    """What is needed to fetch and read a page without any database."""
    fetcher = Fetcher(config.fetch)
    workers = Workers(1)
    try:
        yield fetcher, workers
    finally:
        await fetcher.aclose()
        workers.close()
