"""Looks at sources whose parts fare differently, and at what another process changed meanwhile: nothing is lost."""

import asyncio
import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aiwatch import service
from aiwatch.config import load
from aiwatch.pipeline import Pipeline, Polled
from aiwatch.store import reader
from aiwatch.store.sources import SourceState, states
from aiwatch.workers import Workers
from tests.newsroom import Newsroom
from tests.servers import Answer, Asked, Site

NOON = datetime(2026, 3, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Desk:
    """One machine on a newsroom whose clock is set by hand."""

    room: Newsroom
    runner: asyncio.Runner
    workers: Workers
    patience: float = 5.0
    now: datetime = NOON
    held: list[str] = field(default_factory=list)  # hosts that are not asked
    hold: timedelta = HOUR  # for so long
    apart: timedelta = timedelta(0)  # between two requests to our own

    def poll(self, at: datetime | None = None) -> tuple[Polled, ...]:
        """What is due, looked at once, and its articles filed."""
        self.now = at or self.now
        return self.runner.run(self._polled())

    async def _polled(self) -> tuple[Polled, ...]:
        config = load(self.room.file)
        opened = service.machine(config, lambda: self.now, io.StringIO(), patience=self.patience)
        async with opened as machine:
            pipeline: Pipeline = replace(machine.pipeline, workers=self.workers, spread=lambda: 0.0)
            due = await pipeline.due()
            for host in self.held:
                pipeline.fetcher.pace(host, timedelta(0), hold=self.hold)
            pipeline.fetcher.pace(self.room.site.authority, self.apart)
            polled = await pipeline.poll(due)
            await pipeline.file()
            return polled

    def titles(self) -> list[str]:
        return [row[0] for row in self._rows("SELECT title FROM entries ORDER BY title")]

    def filed(self) -> list[str]:
        return [row[0] for row in self._rows("SELECT title FROM articles ORDER BY title")]

    def told(self) -> list[str]:
        return [row[0] for row in self._rows("SELECT tell FROM entries ORDER BY title")]

    def noted(self) -> list[str]:
        return [row[0] for row in self._rows("SELECT kind FROM troubles ORDER BY id")]

    def state(self) -> SourceState:
        with reader(self.room.database) as db:
            return states(db, ["Times"])[0]

    def _rows(self, query: str) -> list[Any]:
        with reader(self.room.database) as db:
            return list(db.execute(query))

    def asked(self) -> list[str]:
        """Paths asked for since the last time this was."""
        paths = [path for _, path, _ in self.room.site.requests]
        self.room.site.received.clear()
        return paths


@pytest.fixture(scope="module")
def machinery() -> Iterator[tuple[asyncio.Runner, Workers]]:
    with asyncio.Runner() as runner, Workers(1, idle=1e9) as workers:
        yield runner, workers


@pytest.fixture
def desk(tmp_path: Path, machinery: tuple[asyncio.Runner, Workers]) -> Iterator[Desk]:
    with Newsroom(tmp_path) as room:
        yield Desk(room, *machinery)


# ---------------------------------------------------------------- a sitemap's parts


def part(*names: str) -> bytes:
    urls = "".join(
        f"<url><loc>https://times.example/{name}</loc><n:news><n:title>{name}</n:title>"
        "<n:publication_date>2026-03-20</n:publication_date></n:news></url>"
        for name in names
    )
    return (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        f' xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">{urls}</urlset>'
    ).encode()


def index(desk: Desk, *paths: str, **keys: Any) -> None:
    """An index of these parts that answers 304 as long as it is the same."""
    listed = "".join(f"<sitemap><loc>{desk.room.site.url(path)}</loc></sitemap>" for path in paths)
    body = f"<sitemapindex>{listed}</sitemapindex>".encode()
    tag = f'"{len(body)}{hash(body)}"'

    def answer(request: Asked) -> Answer:
        if request.headers.get("if-none-match") == tag:
            return Answer(status=304)
        return Answer(body, headers={"ETag": tag})

    desk.room.site.add("/index.xml", answer)
    address = desk.room.site.url("/index.xml")
    times = {"name": "Times", "kind": "sitemap", "url": address, "full_text": "never", **keys}
    desk.room.configure(backlog="none", sources=[times])


def test_a_part_that_fails_is_asked_again_though_its_index_is_as_it_was(desk: Desk) -> None:
    index(desk, "/a.xml", "/b.xml")
    desk.room.site.add("/a.xml", part("a"))
    desk.poll()
    assert desk.titles() == ["a"]
    desk.room.site.add("/b.xml", part("b"))
    desk.poll(NOON + 24 * HOUR)
    assert desk.titles() == ["a", "b"]
    assert desk.told() == ["none", "none"]  # it was there at first


def test_a_part_that_is_missing_for_good_does_not_keep_its_source_from_working(desk: Desk) -> None:
    index(desk, "/a.xml", "/gone.xml")
    desk.room.site.add("/a.xml", part("a"))
    desk.room.site.add("/gone.xml", status=410)
    for days in range(3):
        desk.poll(NOON + days * 24 * HOUR)
    assert desk.state().state == "working"
    desk.room.site.add("/a.xml", part("a", "news"))
    desk.poll(NOON + 4 * 24 * HOUR)
    assert (desk.titles(), desk.told()) == (["a", "news"], ["none", "all"])
    assert desk.noted() == []


@pytest.mark.parametrize("status", [401, 410])
def test_parts_that_are_all_gone_or_closed_do_not_stop_their_source(
    desk: Desk, status: int
) -> None:
    index(desk, "/a.xml")
    desk.room.site.add("/a.xml", status=status)
    desk.poll()
    assert desk.state().state == "failing"
    desk.room.site.add("/a.xml", part("a"))
    desk.poll(NOON + 24 * HOUR)
    assert (desk.state().state, desk.titles()) == ("working", ["a"])


def test_a_part_that_asks_to_wait_is_not_asked_before(desk: Desk) -> None:
    index(desk, "/a.xml", "/b.xml")
    desk.room.site.add("/a.xml", part("a"))
    desk.room.site.add("/b.xml", part("b"))
    desk.poll()
    desk.room.site.add("/a.xml", part("a", "c"))
    desk.room.site.add("/b.xml", status=429, headers={"Retry-After": "20000"})
    desk.poll(NOON + HOUR)
    assert desk.titles() == ["a", "b", "c"]
    desk.asked()
    desk.poll(NOON + 3 * HOUR)
    assert desk.asked() == []
    desk.poll(NOON + 7 * HOUR)
    assert desk.asked() == ["/index.xml", "/a.xml", "/b.xml"]


def test_parts_are_asked_in_their_order_and_not_once_they_are_left_out(desk: Desk) -> None:
    paths = [f"/{n}.xml" for n in (12, 11, 10, 9, 8)]
    for path in (*paths, "/13.xml"):
        desk.room.site.add(path, part(path.strip("/")))
    index(desk, *paths)
    desk.poll()
    desk.asked()
    desk.poll(NOON + HOUR)
    assert desk.asked() == ["/index.xml", *paths]
    index(desk, "/13.xml", *paths)
    desk.poll(NOON + 2 * HOUR)
    desk.asked()
    desk.poll(NOON + 3 * HOUR)
    assert desk.asked() == ["/index.xml", "/13.xml", *paths[:4]]
    assert desk.noted() == []  # a new part without an old item is no gap


def test_other_keys_read_the_parts_again_too(desk: Desk) -> None:
    body = part("sport/a", "news/b")
    desk.room.site.add(
        "/a.xml",
        lambda asked: (
            Answer(status=304)
            if asked.headers.get("if-none-match") == '"a"'
            else Answer(body, headers={"ETag": '"a"'})
        ),
    )
    index(desk, "/a.xml", pattern="/news/**")
    desk.poll()
    assert desk.titles() == ["news/b"]
    index(desk, "/a.xml")
    desk.poll(NOON + HOUR)
    assert desk.titles() == ["news/b", "sport/a"]


def test_the_parts_of_an_old_address_are_not_asked(desk: Desk) -> None:
    index(desk, "/a.xml")
    desk.room.site.add("/a.xml", part("a"))
    desk.poll()
    desk.room.site.add("/flat.xml", part("flat"), headers={"ETag": '"1"'})
    address = desk.room.site.url("/flat.xml")
    desk.room.configure(
        sources=[{"name": "Times", "kind": "sitemap", "url": address, "full_text": "never"}]
    )
    desk.poll(NOON + HOUR)
    desk.asked()
    desk.poll(NOON + 2 * HOUR)
    assert desk.asked() == ["/flat.xml"]


# ---------------------------------------------------------------- what is in the way of a look


def test_a_redirect_to_a_host_that_is_held_is_not_asked_each_second(desk: Desk) -> None:
    with Site() as held:
        desk.room.site.add("/moved", status=302, headers={"Location": held.url("/feed")})
        desk.room.configure(sources=[{"name": "Times", "url": desk.room.site.url("/moved")}])
        desk.held = [held.authority]
        for seconds in range(3):
            desk.poll(NOON + timedelta(seconds=seconds))
        assert desk.asked() == ["/moved"]
        assert held.requests == []
    assert desk.state().next_due >= NOON + 0.99 * HOUR


@pytest.mark.parametrize(
    ("wait", "filed"), [(timedelta(minutes=5), []), (HOUR, ["Sora closes in April"])]
)
def test_news_does_not_wait_for_hours_for_its_page(
    desk: Desk, wait: timedelta, filed: list[str]
) -> None:
    with Site() as held:
        item = desk.room.item("/one", "Sora closes in April", "2026-03-24T10:00:00Z", "It ends.")
        url = desk.room.feed("/feed", item.replace(desk.room.site.url("/one"), held.url("/one")))
        desk.room.configure(sources=[{"name": "Times", "url": url}])
        desk.held, desk.hold = [held.authority], wait
        desk.poll()
        assert held.requests == []
    assert desk.filed() == filed


def test_of_many_sources_on_a_slow_host_each_has_its_turn(desk: Desk) -> None:
    urls = [desk.room.feed(f"/{name}", title=name) for name in "abc"]
    desk.room.configure(sources=[{"name": url, "url": url} for url in urls])
    desk.apart = timedelta(minutes=30)
    for hours in range(3):
        polled = desk.poll(NOON + hours * HOUR)
        assert [one.source for one in polled] == urls
    assert desk.asked() == ["/a", "/b", "/c"]
