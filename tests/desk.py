"""A delivery on a real store with real channels, at a time that tests set."""

import asyncio
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiwatch.channels import CHANNELS
from aiwatch.channels.base import HttpPoster, Tools
from aiwatch.config.values import ChannelConfig, Config, Keep
from aiwatch.delivery import Closings, Delivery, Sent
from aiwatch.fetch import FetchSettings
from aiwatch.model import Alert, ChannelName, Topic, TopicName
from aiwatch.net import open_client
from aiwatch.store import Store, closing
from tests.blank import blank
from tests.drafts import HOUR, MINUTE, file
from tests.stories import NOON

DELAYS = (timedelta(seconds=5), 5 * MINUTE, 30 * MINUTE, 2 * HOUR)
SECOND = timedelta(seconds=1)
FETCH = FetchSettings(
    timeout=5 * SECOND, max_bytes=10**6, per_host=2, spacing=timedelta(), user_agent="aiwatch test"
)


@dataclass
class Desk:
    """A delivery on a store, at a time that tests set."""

    store: Store
    config: Config
    now: datetime = NOON
    out: io.StringIO = field(default_factory=io.StringIO)

    def file(self, *drafts: Any) -> None:
        for one in drafts:
            file(self.store, one, *self.delivery(None).subscriptions(), now=self.now)

    def tools(self, http: HttpPoster | None = None) -> Tools:
        return Tools(http=http, out=self.out)  # type: ignore[arg-type]

    def delivery(self, http: HttpPoster | None) -> Delivery:
        tools = self.tools(http)
        return Delivery(config=self.config, store=self.store, tools=tools, clock=lambda: self.now)

    def close(self, after: timedelta = timedelta()) -> Closings:
        self.now += after
        return asyncio.run(self.delivery(None).close_due())

    def send(self, after: timedelta = timedelta(), wait: float = 1, **parts: Any) -> Sent:
        self.now += after

        async def run() -> Sent:
            client = open_client(user_agent="aiwatch test")
            try:
                return await self.delivery(HttpPoster(client)).send_due(wait, **parts)
            finally:
                await client.aclose()

        return asyncio.run(run())

    def rows(self, *columns: str) -> list[tuple[Any, ...]]:
        with self.store.read() as db:
            found = db.execute(f"SELECT {', '.join(columns)} FROM outbox ORDER BY id")
            return [tuple(row) for row in found]

    def waiting(self) -> list[str]:
        with self.store.read() as db:
            return [one.alert for one in closing.waiting(db)]


def channel(
    name: str = "inbox",
    kind: str = "screen",
    retry: tuple[timedelta, ...] = DELAYS,
    **options: Any,
) -> ChannelConfig:
    made = CHANNELS[kind].options.model_validate(options)
    return ChannelConfig(
        name=ChannelName(name), kind=kind, options=made, timeout=15 * SECOND, retry=retry
    )


def mail(name: str, port: int, *to: str, **options: Any) -> ChannelConfig:
    settings: dict[str, Any] = {"from": "aiwatch@example.org", "host": "127.0.0.1", "port": port}
    return channel(name, "email", to=list(to), security="none", **settings, **options)


def hook(name: str, url: str) -> ChannelConfig:
    return channel(name, "webhook", url=url, allow_private=True)


@contextmanager
def desk(
    folder: Path, alerts: Sequence[Alert], channels: Sequence[ChannelConfig]
) -> Iterator[Desk]:
    config = Config(
        path=None,
        database=folder / "aiwatch.db",
        timezone="UTC",
        fetch=FETCH,
        keep=Keep(bodies=None, matched=None, messages=None),
        topics=(Topic(name=TopicName("sora"), title="OpenAI Sora", any=("sora",)),),
        channels=tuple(channels),
        alerts=tuple(alerts),
    )
    with Store(blank(config.database)) as store:
        one = Desk(store, config)
        asyncio.run(one.delivery(None).remember_alerts())
        yield one
