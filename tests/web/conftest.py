"""Pages over a small archive: two outlets and a copy on one story, an edit, Thai and Chinese, a hostile headline."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from aiwatch.config.values import Config, Keep
from aiwatch.model import Secret, Source, SourceName, StoryId, Topic, TopicName
from aiwatch.store import Store, leaving, mending
from aiwatch.store import sources as watched
from aiwatch.web import metrics, pages, probes, server
from tests.desk import FETCH, Desk, channel, desk
from tests.drafts import BAKERY, CLOSES, CLOSES_TOO, FLOOD, HOUR, MINUTE, PRICE, draft
from tests.stories import NOON, READER, alert

TOKEN = Secret("a token that nobody guesses")
HOSTILE = '<script>alert("x")</script> & <img src=http://evil.example/x onerror=y>'
CHINESE = "字节跳动周二发布了新的视频生成模型，迪士尼的律师没有评论。" * 3
THAI = "ไบต์แดนซ์เปิดตัวโมเดลวิดีโอใหม่เมื่อวันอังคาร ดิสนีย์ปฏิเสธที่จะให้ความเห็น"


@dataclass
class Browser:
    """Asks the application in this process, one question at a time; redirections are shown, not followed."""

    app: Any
    origin: str

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.request("POST", path, **options)

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url=self.origin) as client:
                return await client.request(method, path, **options)

        return asyncio.run(ask())


@dataclass
class Pages:
    """The application under test and what stands behind it."""

    config: Config
    client: "Browser"
    subscriber: str = ""  # a token for leaving

    def get(self, path: str, **options: Any) -> Any:
        return self.client.get(path, **options)

    def json(self, path: str) -> Any:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()


def configured(database: Path) -> Config:
    return Config(
        path=None,
        database=database,
        timezone="Asia/Bangkok",
        fetch=FETCH,
        keep=Keep(bodies=None, matched=None, messages=None),
        public_url="https://news.example.org",
        topics=(
            Topic(name=TopicName("sora"), title="OpenAI Sora", any=("sora",), none=("tokyo",)),
            Topic(name=TopicName("veo"), title="Google Veo", any=("veo",)),
        ),
        sources=(
            Source(name=SourceName("Example Times"), url="https://times.example/feed"),
            Source(name=SourceName("Asleep"), url="javascript:alert(1)", enabled=False),
        ),
    )


def opened(
    config: Config,
    client_host: str = "http://localhost",
    bound: str = "127.0.0.1",
    now: datetime = NOON + 12 * HOUR,
) -> "Browser":
    """A browser before the pages of a server that is bound to `bound`."""

    def write(transaction: Callable[[Any], Any]) -> Any:
        with Store(config.database) as store:
            return store.write_now(transaction)

    room = pages.Room(
        config=lambda: config,
        clock=lambda: now,
        door=lambda: pages.door(config, bound, TOKEN),
        write=write,
    )
    more = (*probes.routes(room), *metrics.routes(room))
    return Browser(pages.application(room, *more), client_host)


@contextmanager
def served(app: Any) -> Iterator[str]:
    """The address of an application on a real socket."""
    listening = server.listen("127.0.0.1", 0)
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(
        target=loop.run_until_complete, args=(server.serve(app, listening, stop),)
    )
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
        listening.close()


def prepare(at: Desk) -> str:
    at.file(
        draft("a", external_id="a"),
        draft("b", "Sora is over", CLOSES_TOO, outlet="Second Post", published=NOON - 30 * MINUTE),
        draft("c", "Sora is over now", CLOSES_TOO, outlet="Third Copy", published=NOON),
    )
    at.close()
    at.send()
    at.now += HOUR
    at.file(
        draft("a", text=CLOSES.replace("$1 billion", "$2 billion"), external_id="a"),
        draft("d", "What Sora cost", PRICE, outlet="Fourth Paper"),
        draft("e", HOSTILE, FLOOD, topics=("veo",), outlet='Evil" onclick="x'),
        draft("f", "字节跳动新模型", CHINESE, topics=("veo",), lang="zh", outlet="中文报"),
        draft("g", "ไบต์แดนซ์เปิดตัวโมเดล", THAI, topics=(), lang="th", url="javascript:alert(1)"),
        draft("h", "Bakers strike", BAKERY, topics=()),
    )
    at.now += MINUTE
    subject = alert()
    return at.store.write_now(lambda db: leaving.token(db, subject.name, READER, at.now))


def made(folder: Path) -> Pages:
    news = replace(alert(), settle=None)
    with desk(folder, [news], [channel("inbox")]) as at:
        config = configured(at.config.database)
        at.store.write_now(lambda db: watched.sync(db, config.sources, NOON))
        token = prepare(at)
    return Pages(config, opened(config), token)


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """Only to be looked at."""
    return made(tmp_path_factory.mktemp("pages"))


@pytest.fixture
def own(tmp_path: Path) -> Pages:
    """To be changed."""
    return made(tmp_path)


def merge(one: Pages, first: int, second: int) -> None:
    with Store(one.config.database) as store:
        store.write_now(
            lambda db: mending.merge(
                db, StoryId(first), StoryId(second), (), NOON + timedelta(hours=3)
            )
        )
