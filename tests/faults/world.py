"""A whole aiwatch in one process on a network made up, whose every call that touches the world can be broken.

Real are the database, the folder of kept messages, httpx, smtplib and everything of ours above them.
"""

import asyncio
import io
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from html import escape
from pathlib import Path
from typing import Any

from aiwatch.channels.base import HttpPoster, Tools
from aiwatch.config.values import Config, Keep
from aiwatch.delivery import Delivery
from aiwatch.errors import AiwatchError
from aiwatch.fetch import Fetcher, FetchSettings
from aiwatch.judge.schedule import parse_schedule
from aiwatch.judge.topics import compile_topics
from aiwatch.model import Alert, AlertName, ChannelName, Source, SourceName, Topic, TopicName
from aiwatch.net import open_client
from aiwatch.pipeline import Judging, Pipeline
from aiwatch.service import Machine, PassReport, one_pass
from aiwatch.store import Store
from tests.desk import channel, mail
from tests.faults.events import Event
from tests.faults.injector import (
    CountedClock,
    CountedDisk,
    CountedReaders,
    Died,
    Here,
    Injector,
    connections,
    mail_line,
)
from tests.faults.told import Heard
from tests.faults.wire import MailServer, Network, resolve
from tests.servers import Answer, Asked

BEGIN = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)
OUTLETS = ("Arden Times", "Brook Post")
READERS = ("mailto:reader@example.org", "hook", "folder")
FETCH = FetchSettings(
    timeout=timedelta(seconds=30),
    max_bytes=10**6,
    per_host=20,
    spacing=timedelta(),
    user_agent="aiwatch test",
)


def memory() -> str | None:
    """A folder in memory where there is one: commits cost less there, and what a dying process leaves is the same."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def at_once(**parts: Any) -> Alert:
    """The alert that all three readers have."""
    usual: dict[str, Any] = {
        "name": AlertName("now"),
        "to": tuple(map(ChannelName, ("inbox", "hook", "folder"))),
        "when": parse_schedule("at once"),
        "timezone": "UTC",
        "settle": None,
        "at_most": None,
    }
    return Alert(**{**usual, **parts})


@dataclass
class Outlet:
    """A site that publishes; its feed's ETag is the number of its last change."""

    name: str
    items: dict[str, Event] = field(default_factory=dict)  # path -> what it says now
    listed: list[frozenset[str]] = field(default_factory=lambda: [frozenset()])  # by ETag

    @property
    def host(self) -> str:
        return f"{self.name.split()[0].lower()}.example"

    def publish(self, path: str, event: Event) -> None:
        """A new article, or other words at the same address."""
        self.items[path] = event
        self.listed.append(frozenset(self.items))

    def answer(self, asked: Asked) -> Answer:
        """Its feed, or a page."""
        if asked.path == "/feed":
            etag = f'"{len(self.listed) - 1}"'
            if asked.headers.get("if-none-match") == etag:
                return Answer(status=304)
            headers = {"Content-Type": "application/rss+xml", "ETag": etag}
            return Answer(self._feed().encode(), headers=headers)
        event = self.items.get(asked.path)
        if event is None:
            return Answer("nothing here", 404)
        return Answer(self._page(event).encode(), headers={"Content-Type": "text/html"})

    def _feed(self) -> str:
        items = "".join(
            f"<item><guid>{path}</guid><link>http://{self.host}{path}</link><title>{escape(one.title)}</title>"
            f"<description>{escape(one.text)}</description></item>"
            for path, one in reversed(self.items.items())
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{self.name}</title>{items}</channel></rss>'

    def _page(self, event: Event) -> str:
        text = "".join(f"<p>{escape(line)}</p>" for line in event.text.splitlines())
        return (
            f"<html lang=en><head><title>{escape(event.title)} | {self.name}</title></head><body>"
            f"<main><article><h1>{escape(event.title)}</h1>{text}</article></main></body></html>"
        )


@dataclass
class World:
    """Outlets, readers' endpoints, a database, and passes of the program over all that."""

    folder: Path
    alerts: tuple[Alert, ...] = field(default_factory=lambda: (at_once(),))
    injector: Injector = field(default_factory=Injector)
    mail: MailServer = field(default_factory=MailServer)
    hook: int = 204  # what the hook answers; 0 cuts the line, -1 takes the event and cuts it
    taken: list[tuple[str, bytes]] = field(default_factory=list)  # at the hook
    read: int = 0  # mails looked at so far
    heard: Heard = field(default_factory=Heard)
    loop: asyncio.Runner = field(default_factory=asyncio.Runner)

    def __post_init__(self) -> None:
        self.here = Here()
        self.clock = CountedClock(self.injector, BEGIN)
        self.outlets = {name: Outlet(name) for name in OUTLETS}
        self.connections = connections(self.injector)
        self.smtp = mail_line(self.injector, self.mail.conversation)
        self.disk = CountedDisk(self.injector)
        self.network = Network(self.injector, self._site)
        self.readers = CountedReaders(self.injector)
        self.matcher = compile_topics(self.config().topics, {})

    def close(self) -> None:
        """Let go of everything."""
        self.loop.close()

    # ------------------------------------------------------------ the others

    def _site(self, host: str, asked: Asked) -> Answer:
        if host == "hook.example":
            if self.hook in (204, -1):
                self.taken.append((asked.headers["webhook-id"], asked.body))
            return Answer(status=max(self.hook, 0))
        outlet = next((one for one in self.outlets.values() if one.host == host), None)
        return outlet.answer(asked) if outlet else Answer(status=404)

    def listen(self) -> Heard:
        """What has arrived at the readers so far."""
        while self.read < len(self.mail.mails):
            self.heard.mail(self.mail.mails[self.read])
            self.read += 1
        while self.taken:
            self.heard.hook(*self.taken.pop())
        self.heard.folder(self.folder / "kept")
        return self.heard

    def state(self) -> bytes:
        """All that outlives the program, in a few bytes: the database, what readers got, the time."""
        found = blake2b(repr((self.clock.now, self.mail.mails, self.taken)).encode())
        for file in sorted((self.folder / "kept").glob("*")):
            found.update(file.name.encode() + file.read_bytes())
        if self.database.exists():
            with closing(sqlite3.connect(self.database)) as db:
                names = [
                    row[0]
                    for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
                ]
                for name in names:
                    found.update(
                        repr((name, db.execute(f"SELECT * FROM {name}").fetchall())).encode()
                    )
        return found.digest()

    # ------------------------------------------------------------ ours

    @property
    def database(self) -> Path:
        return self.folder / "aiwatch.db"

    def config(self) -> Config:
        return Config(
            path=None,
            database=self.database,
            timezone="UTC",
            fetch=FETCH,
            keep=Keep(bodies=None, matched=None, messages=None),
            topics=(Topic(name=TopicName("video"), title="Video", any=("sora",)),),
            sources=tuple(
                Source(
                    name=SourceName(one.name),
                    url=f"http://{one.host}/feed",
                    backlog="all",
                    full_text="always" if one.name == OUTLETS[0] else "never",
                )
                for one in self.outlets.values()
            ),
            channels=(
                mail("inbox", 25, "reader@example.org"),
                channel("hook", "webhook", url="http://hook.example/"),
                channel("folder", "file", dir=str(self.folder / "kept")),
            ),
            alerts=self.alerts,
        )  # fmt: skip

    def go(self, at: int = 0, kind: Any = "raises") -> PassReport | None:
        """One pass of the program, with its n-th call broken; None where that ended it."""
        self.injector.arm(at, kind)
        try:
            return self.loop.run(self._pass())
        except (Died, AiwatchError):
            return None
        finally:
            self.injector.disarm()

    async def _pass(self) -> PassReport:
        config = self.config()
        asyncio.get_running_loop().set_default_executor(self.here)
        store = Store(config.database, connections=self.connections, thread=self.here)
        fetcher = Fetcher(config.fetch, resolve=resolve, network=self.network)
        client = open_client(user_agent="aiwatch test", resolve=resolve, network=self.network)
        tools = Tools(http=HttpPoster(client), out=io.StringIO(), smtp=self.smtp, disk=self.disk)
        delivery = Delivery(config=config, store=store, tools=tools, clock=self.clock)
        pipeline = Pipeline(
            config=config,
            store=store,
            fetcher=fetcher,
            workers=self.readers,
            judging=lambda: Judging(
                matcher=self.matcher,
                subscriptions=delivery.subscriptions(),
                topic_words=frozenset({"sora"}),
            ),
            clock=self.clock,
            spread=lambda: 0.5,
            patience=0.0,
        )
        at = Machine(config=config, store=store, pipeline=pipeline, delivery=delivery)
        try:
            return await one_pass(at, sources=await pipeline.due(every=True))
        finally:
            await fetcher.aclose()
            await client.aclose()
            store.close()
