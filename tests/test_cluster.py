"""Pages read on other machines: what is filed is the same, whoever is lost on the way."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from aiwatch.cluster import Away, Cluster, Trip, _bench, cluster_at
from aiwatch.fetch import Fetcher, FetchSettings
from aiwatch.model import (
    Entry,
    FetchFailure,
    NotModified,
    Page,
    ReadArticle,
    Source,
    SourceName,
    Target,
    Validators,
)
from aiwatch.workers import WorkerFailure
from tests.drafts import BAKERY, CLOSES, FLOOD
from tests.newsroom import Newsroom
from tests.servers import Answer, Asked, Site

NOON = "2026-03-24T12:00:00Z"
NOW = datetime(2026, 3, 24, 12, tzinfo=UTC)
TEXTS = {"sora": CLOSES, "flood": FLOOD, "bread": BAKERY}
SETTINGS = FetchSettings(
    timeout=timedelta(seconds=30),
    max_bytes=5_000_000,
    per_host=2,
    spacing=timedelta(),
    user_agent="aiwatch test",
    allow_private=True,
)


def markup(text: str, title: str = "Owls") -> bytes:
    lines = "".join(f"<p>{line}</p>" for line in text.splitlines())
    return f"<title>{title}</title><article><h1>{title}</h1>{lines}</article>".encode()


def visit(
    cluster: Cluster, url: str, **parts: Any
) -> tuple[Any, ReadArticle | WorkerFailure | None]:
    """What the fetcher says of an address, and what was read of it elsewhere."""

    async def run() -> tuple[Any, ReadArticle | WorkerFailure | None]:
        source = Source(name=SourceName("Times"), url=url, allow_private=True)
        trip = Trip(cluster, Entry(id="1", url=url, title="Owls"), source, lambda _: frozenset())
        async with Fetcher(SETTINGS) as fetcher:
            target = Target(url=url, accept="page", **parts)
            async with fetcher.getting(target, NOW, elsewhere=trip) as outcome:
                return outcome, trip.read

    return asyncio.run(run())


@pytest.fixture(scope="module")
def threads() -> Iterator[Cluster]:
    """The plainest executor there is."""
    with ThreadPoolExecutor(4) as executor:
        yield Cluster(lambda: executor)
    _bench().close()  # or its child would be there for a minute, in the way of tests that count children
    _bench.cache_clear()


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site() as site:
        site.add("/owls", markup(CLOSES), headers={"Content-Type": "text/html", "ETag": '"a"'})
        site.add("/moved", status=302, headers={"Location": "/owls"})
        site.add("/gone", b"no", status=410)
        site.add("/deep", b"<div>" * 150_000, headers={"Content-Type": "text/html"})
        yield site


# ---------------------------------------------------------------- one errand


@pytest.mark.parametrize("path", ["/owls", "/moved"])
def test_a_page_is_read_where_it_is_fetched_and_its_bytes_stay_there(
    threads: Cluster, site: Site, path: str
) -> None:
    outcome, read = visit(threads, site.url(path))
    assert isinstance(outcome, Page)
    assert outcome.body == b""
    assert outcome.url == site.url("/owls")
    assert isinstance(read, ReadArticle)
    assert read.article.text == CLOSES
    assert read.article.url == site.url("/owls")


def test_what_is_no_page_comes_back_as_the_fetcher_would_say_it(
    threads: Cluster, site: Site
) -> None:
    gone, read = visit(threads, site.url("/gone"))
    assert isinstance(gone, FetchFailure)
    assert (gone.kind, gone.status, read) == ("http", 410, None)
    site.add("/same", status=304, headers={"ETag": '"a"'})
    same, read = visit(threads, site.url("/same"), validators=Validators(etag='"a"'))
    assert isinstance(same, NotModified)
    assert read is None
    refused, read = visit(threads, "http://127.0.0.1:1/")
    assert isinstance(refused, FetchFailure)
    assert refused.kind == "connect"


def test_a_private_address_is_refused_by_the_worker_too(threads: Cluster, site: Site) -> None:
    async def run() -> Any:
        source = Source(name=SourceName("Times"), url=site.url("/owls"))
        entry = Entry(id="1", url=site.url("/owls"), title="Owls")
        trip = Trip(threads, entry, source, lambda _: frozenset())
        async with Fetcher(replace(SETTINGS, allow_private=False)) as fetcher:
            target = Target(url=site.url("/owls"), accept="page")
            async with fetcher.getting(target, NOW, elsewhere=trip) as outcome:
                return outcome

    outcome = asyncio.run(run())
    assert isinstance(outcome, FetchFailure)
    assert outcome.kind == "private"


def test_a_hostile_page_costs_the_worker_a_child_and_nothing_else(
    threads: Cluster, site: Site
) -> None:
    outcome, read = visit(threads, site.url("/deep"))
    assert isinstance(outcome, Page)
    assert isinstance(read, ReadArticle | WorkerFailure)
    assert isinstance(visit(threads, site.url("/owls"))[1], ReadArticle)


class Broken(Executor):
    """Loses whatever it is given."""

    given = 0

    def submit(self, *_: Any, **__: Any) -> "Future[Any]":
        self.given += 1
        future: Future[Any] = Future()
        future.set_exception(RuntimeError("the worker went away"))
        return future


class Deaf(Executor):
    """Never answers."""

    def submit(self, *_: Any, **__: Any) -> "Future[Any]":
        return Future()


def nowhere() -> Executor:
    raise Away("nobody answers")


def gone_again() -> Executor:
    raise OSError("the scheduler closed the connection")


def test_what_no_worker_can_do_is_done_here() -> None:
    broken = Broken()
    ways = (
        Cluster(lambda: broken),
        Cluster(Deaf, longest=0.05),
        *map(Cluster, (nowhere, gone_again)),
    )
    for cluster in ways:
        with Site() as site:
            site.add("/owls", markup(CLOSES), headers={"Content-Type": "text/html"})
            outcome, read = visit(cluster, site.url("/owls"))
            assert isinstance(outcome, Page)
            assert (outcome.body, read) == (markup(CLOSES), None)
            assert len(site.requests) == 1
    assert broken.given == 2


def test_processes_will_do_as_well_as_threads(site: Site) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        _, read = visit(Cluster(lambda: executor), site.url("/owls"))
    assert isinstance(read, ReadArticle)


# ---------------------------------------------------------------- a real one


@contextmanager
def dask(*words: str) -> Iterator["subprocess.Popen[str]"]:
    """One of Dask's own programs, in a process group of its own."""
    program = [sys.executable, "-m", "dask", *words]
    with subprocess.Popen(
        program, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def said(process: "subprocess.Popen[str]", words: str) -> str:
    """The first line of a program's log with these words; what follows is read and dropped."""
    assert process.stderr
    for line in process.stderr:
        if words in line:
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return line
    raise AssertionError(f"it never said {words!r}")


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    with dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard") as process:
        yield said(process, "Scheduler at:").rpartition("tcp://")[2].strip()


@contextmanager
def worker(scheduler: str) -> Iterator["subprocess.Popen[str]"]:
    words = ("--nthreads", "2", "--no-dashboard", "--host", "127.0.0.1")
    with dask("worker", f"tcp://{scheduler}", *words) as process:
        said(process, "Registered to:")
        yield process


def rows(room: Newsroom) -> list[tuple[Any, ...]]:
    with sqlite3.connect(room.database) as db:
        found = db.execute("SELECT url, title, text FROM articles ORDER BY url").fetchall()
    db.close()
    return [(url.rpartition("/")[2], title, text) for url, title, text in found]


def filed(
    folder: Path, workers: Any, kill: "subprocess.Popen[str] | None" = None, *, words: str = ""
) -> Any:
    """What a pass over three pages files; the first page asked for takes a worker with it."""
    killed: list[str] = []

    def deadly(asked: Asked) -> Answer:
        if kill is not None and not killed:
            killed.append(asked.path)
            os.killpg(kill.pid, signal.SIGKILL)
        return Answer(body=markup(CLOSES, "Sora"), headers={"Content-Type": "text/html"})

    folder.mkdir()
    with Newsroom(folder) as room:
        for name, text in TEXTS.items():
            room.page(f"/{name}", name, text)
        room.site.add("/sora", deadly)
        items = [room.item(f"/{name}", name, "2026-03-24T10:00:00Z") for name in TEXTS]
        room.configure(
            sources=[{"name": "Times", "url": room.feed("/feed", *items)}], workers=workers
        )
        done = room.aiwatch("fetch", now=NOON)
        assert done.code == 0, done.err
        return rows(room)


@pytest.mark.slow
def test_two_workers_file_what_none_does_and_one_killed_midway_costs_only_a_retry(
    tmp_path: Path, scheduler: str
) -> None:
    alone = filed(tmp_path / "alone", 1)
    assert [text for _, _, text in alone] == [BAKERY, FLOOD, CLOSES]
    with worker(scheduler) as one, worker(scheduler):
        assert filed(tmp_path / "two", f"dask://{scheduler}") == alone
        assert filed(tmp_path / "killed", f"dask://{scheduler}", one) == alone
    assert filed(tmp_path / "left", f"dask://{scheduler}") == alone  # nobody is there any more


def test_a_cluster_that_does_not_answer_is_done_without_and_it_is_said(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    outcome, read = visit(cluster_at("dask://127.0.0.1:1", patience=0.2), site.url("/owls"))
    assert isinstance(outcome, Page)
    assert (outcome.body, read) == (markup(CLOSES), None)
    assert "dask://127.0.0.1:1 does not answer" in caplog.text
