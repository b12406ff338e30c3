"""Everything opened for work on one configuration, and closed in order."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TextIO

from aiwatch.channels.base import HttpPoster, Tools
from aiwatch.cluster import IN_FLIGHT, cluster_at
from aiwatch.config.values import Config
from aiwatch.delivery import Delivery
from aiwatch.fetch import Fetcher
from aiwatch.judge.topics import compile_topics
from aiwatch.net import Resolve, open_client, system_resolve
from aiwatch.offline import Offline
from aiwatch.pipeline import Pipeline
from aiwatch.rechecks import Rechecks
from aiwatch.store import Store
from aiwatch.text.terms import stemmed
from aiwatch.text.tokens import tokens
from aiwatch.workers import Workers

PATIENCE = 120.0  # of a one-shot: its next pass may be an hour away


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Everything set up for work on one configuration."""

    config: Config
    store: Store
    pipeline: Pipeline
    delivery: Delivery

    def rechecks(self) -> Rechecks:
        """Looks once more at articles whose time has come."""
        return Rechecks(
            config=self.config,
            store=self.store,
            reader=self.pipeline.reader(),
            match=self.pipeline.matcher.match,
            subscriptions=self.pipeline.subscriptions,
            clock=self.pipeline.clock,
        )


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
    helpers = cluster_at(config.workers) if isinstance(config.workers, str) else None
    settings = replace(config.fetch, in_flight=IN_FLIGHT) if helpers else config.fetch
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
            matcher=compile_topics(config.topics, config.aliases),
            subscriptions=delivery.subscriptions(),
            topic_words=frozenset(
                stemmed(token.text)
                for topic in config.topics
                for query in topic.any
                for token in tokens(query)
            ),
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
