"""`/metrics` for Prometheus: what has happened and how much waits, as the database has it."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from threading import Lock
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from aiwatch import __version__
from aiwatch.errors import AiwatchError
from aiwatch.store import Connection, health, reader, tallies
from aiwatch.store.tallies import Levels, Places, Tally
from aiwatch.web import probes
from aiwatch.web.pages import Room

BUCKETS: Final = (60, 300, 900, 1800, 3600, 7200, 14400, 28800, 86400)
"""Seconds from publication to filing: a minute to a day."""
_LABELS: Final = (*(str(float(high)) for high in BUCKETS), "+Inf")


def routes(room: Room) -> tuple[Route, ...]:
    """The one address; counting goes on from scrape to scrape."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Metrics(room))

    async def metrics(request: Request) -> Response:
        encode, kind = choose_encoder(request.headers.get("accept", ""))
        body = await run_in_threadpool(lambda: encode(registry))
        return Response(body, headers={"content-type": kind, "cache-control": "no-store"})

    return (Route("/metrics", metrics),)


@dataclass(slots=True)
class Counts:
    """What was counted so far: all that the archive keeps, and from then on what comes; never less."""

    places: Places = field(default_factory=Places)
    fetched: Counter[str] = field(default_factory=Counter)
    articles: Counter[str] = field(default_factory=Counter)
    stories: Counter[str] = field(default_factory=Counter)
    matches: Counter[str] = field(default_factory=Counter)
    deliveries: Counter[tuple[str, str]] = field(default_factory=Counter)
    delays: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    delayed: float = 0.0

    def go_on(self, db: Connection, now: datetime) -> None:
        """Count what has come since."""
        came, self.places = tallies.since(db, self.places, now)
        self._add(came)

    def _add(self, came: Tally) -> None:
        self.fetched.update(came.fetched)
        self.articles.update(came.articles)
        self.stories.update(came.stories)
        self.matches.update(came.matches)
        self.deliveries.update(came.deliveries)
        for delay in came.delays:
            self.delays[bisect_left(BUCKETS, delay)] += 1
        self.delayed += sum(came.delays)


class Metrics(Collector):
    """Asks the database at each scrape."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._lock = Lock()
        self._counts = Counts()

    def collect(self) -> Iterator[Metric]:
        """All families; of a database that cannot be read only that."""
        config, now = self._room.config(), self._room.clock()
        found = probes.look(config, now)
        yield _gauge("healthy", "Whether /healthz finds nothing wrong.", int(not found.reasons))
        yield _gauges("build_info", "Which aiwatch answers.", "version", {__version__: 1})
        watched = [source.name for source in config.sources if source.enabled]
        try:
            with self._lock, reader(config.database) as db:
                self._counts.go_on(db, now)
                facts, levels = health.facts(db), tallies.levels(db, watched)
                counted = list(_counted(self._counts))
        except AiwatchError:
            return
        yield from counted
        yield from _standing(levels)
        yield _gauges(
            "health",
            "What aiwatch knows of itself: 1 is well.",
            "matter",
            {name: int(one.well) for name, one in facts.items()},
        )


def _counted(counts: Counts) -> Iterator[Metric]:
    yield _counters("fetch", "Looks at sources, by what came of them.", "outcome", counts.fetched)
    yield _counters("articles", "Articles filed, by verdict.", "outcome", counts.articles)
    yield _counters("stories", "Stories that began.", "kind", counts.stories)
    yield _counters("matches", "Articles found by a topic.", "topic", counts.matches)
    family = CounterMetricFamily(
        "aiwatch_deliveries", "Tries to send a message.", labels=["channel", "outcome"]
    )
    for labels, value in sorted(counts.deliveries.items()):
        family.add_metric(labels, value)
    yield family
    yield HistogramMetricFamily(
        "aiwatch_detection_lag_seconds",
        "From publication to filing, of news in the last day before the first scrape and since.",
        buckets=[
            (high, upto) for high, upto in zip(_LABELS, accumulate(counts.delays), strict=True)
        ],
        sum_value=counts.delayed,
    )


def _standing(levels: Levels) -> Iterator[Metric]:
    yield _gauges("feeds", "Sources that are watched, by state.", "state", levels.sources)
    yield _gauge("entries_pending", "Listed entries that are not read yet.", levels.to_file)
    yield _gauge("stories_waiting", "Stories that alerts hold back for now.", levels.waiting)
    on_the_way = sum(levels.outbox.get(state, 0) for state in ("due", "sending"))
    yield _gauge("outbox_pending", "Messages that are not delivered yet.", on_the_way)
    yield _gauge("outbox_failed", "Messages that were given up.", levels.outbox.get("failed", 0))
    yield _gauge("database_bytes", "Size of the database.", levels.size)
    yield _gauges(
        "last_success_timestamp_seconds",
        "When each kind of work last succeeded.",
        "job",
        {job: at.timestamp() for job, at in levels.last.items()},
    )


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(f"aiwatch_{name}", words, value=value)


def _gauges(name: str, words: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"aiwatch_{name}", words, labels=[label])
    for what, value in sorted(values.items()):
        family.add_metric([what], value)
    return family


def _counters(name: str, words: str, label: str, values: Mapping[str, float]) -> Metric:
    family = CounterMetricFamily(f"aiwatch_{name}", words, labels=[label])
    for what, value in sorted(values.items()):
        family.add_metric([what], value)
    return family
