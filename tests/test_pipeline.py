"""The whole flow, watched at its joints: whose trouble is whose, what is told of what was there before, what is edited."""

import asyncio
import io
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from aiwatch import service
from aiwatch.config import load
from aiwatch.errors import Locked
from aiwatch.pipeline import GIVE_UP
from aiwatch.store import Store, reader
from tests.drafts import BAKERY, CLOSES, FLOOD, PRICE
from tests.newsroom import Newsroom
from tests.servers import Answer, Asked

NOON = "2026-03-24T12:00:00Z"
ONE = "2026-03-24T13:00:00Z"
TWO = "2026-03-24T14:00:00Z"
AT_ONCE = {"name": "now", "to": ["hook"], "when": "at once", "settle": None, "at_most": None}
AT_ONCE |= {"update_gap": None}


def source(
    room: Newsroom, *items: str, name: str = "Example Times", **parts: Any
) -> dict[str, Any]:
    path = "/" + name.lower().replace(" ", "-")
    return {"name": name, "url": room.feed(path, *items, title=name), **parts}


def events(room: Newsroom) -> list[str]:
    """The kinds of the events that reached the hook, in order."""
    return [asked.body.decode().partition('"type":"')[2].partition('"')[0] for asked in room.hooks]


def count(room: Newsroom, query: str) -> int:
    with reader(room.database) as db:
        return int(db.execute(query).fetchone()[0])


def sora(room: Newsroom, text: str = CLOSES, title: str = "OpenAI closes Sora") -> str:
    room.page("/sora", title, text)
    return room.item("/sora", title, "2026-03-24T10:00:00Z")


def flood(room: Newsroom) -> str:
    room.page("/flood", "Ninety houses flooded", FLOOD)
    return room.item("/flood", "Ninety houses flooded", "2026-03-24T11:00:00Z")


def test_a_pass_reads_files_tells_and_the_next_one_has_nothing_to_do(tmp_path: Path) -> None:
    with Newsroom(tmp_path) as room:
        room.configure(
            sources=[source(room, sora(room), flood(room))], alerts=[AT_ONCE], recheck="never"
        )
        done = room.aiwatch("fetch", now=NOON)
        assert done.code == 0, done.err
        assert events(room) == ["story.new"]
        assert count(room, "SELECT COUNT(*) FROM articles") == 2
        assert room.aiwatch("fetch", now=TWO).code == 0
        assert len(room.hooks) == 1
        pages = [path for _, path, _ in room.site.requests if path == "/sora"]
        assert len(pages) == 1


@pytest.mark.parametrize(
    "poison",
    [
        {"status": 500},
        {"body": b""},
        {"body": b"\x00\xff" * 5000, "headers": {"Content-Type": "application/rss+xml"}},
        {"body": b"<html><body>We moved", "headers": {"Content-Type": "text/html"}},
    ],
    ids=["an error", "nothing", "rubbish", "a page"],
)
def test_one_sources_trouble_is_not_its_neighbours(tmp_path: Path, poison: dict[str, Any]) -> None:
    with Newsroom(tmp_path) as room:
        room.site.add("/poison", **poison)
        bad = {"name": "Bad", "url": room.site.url("/poison")}
        room.configure(sources=[bad, source(room, sora(room))], alerts=[AT_ONCE])
        done = room.aiwatch("fetch", "--json", now=NOON)
        assert done.code == 0, done.err  # it never worked before
        assert events(room) == ["story.new"]
        assert count(room, "SELECT COUNT(*) FROM sources WHERE state = 'failing'") == 1


def test_a_source_that_worked_before_and_fails_is_named(tmp_path: Path) -> None:
    with Newsroom(tmp_path) as room:
        other = source(room, flood(room), name="Other")
        room.configure(sources=[source(room, sora(room)), other], alerts=[AT_ONCE])
        assert room.aiwatch("fetch", now=NOON).code == 0
        room.site.add("/example-times", status=500)
        done = room.aiwatch("fetch", "--all", now=TWO)
        assert done.code == 1
        assert "Example Times" in done.out + done.err
        assert room.aiwatch("fetch", "--all", now="2026-03-25T02:00:00Z").code == 0
        assert room.aiwatch("fetch", "--all", "--strict", now="2026-03-25T09:00:00Z").code == 1


def test_a_page_that_kills_its_reader_is_filed_by_the_feeds_own_words(tmp_path: Path) -> None:
    with Newsroom(tmp_path) as room:
        item = room.item("/sora", "OpenAI closes Sora", "2026-03-24T10:00:00Z", "It ends in April.")
        room.site.add("/sora", b"<div>" * 150_000, headers={"Content-Type": "text/html"})
        room.configure(sources=[source(room, item, flood(room))], alerts=[AT_ONCE])
        done = room.aiwatch("fetch", now=NOON)
        assert done.code == 0, done.err
        assert count(room, "SELECT COUNT(*) FROM articles") == 2
        assert count(room, "SELECT COUNT(*) FROM articles WHERE text = 'It ends in April.'") == 1
        assert events(room) == ["story.new"]


# ---------------------------------------------------------------- what was there before


def ago(hours: int) -> str:
    return f"2026-03-{24 - hours // 24:02}T{12 - hours % 24:02}:00:00Z"


@pytest.mark.parametrize(
    ("backlog", "told"),
    [
        ("24h", {"fresh"}),
        ("none", set()),
        ("all", {"fresh", "old", "undated"}),
        ("9d", {"fresh", "old"}),
    ],
)
def test_a_first_poll_is_told_in_digests_as_far_back_as_the_backlog(
    tmp_path: Path, backlog: str, told: set[str]
) -> None:
    with Newsroom(tmp_path) as room:
        texts = {"fresh": (CLOSES, ago(2)), "old": (FLOOD, ago(50)), "undated": (BAKERY, None)}
        items = []
        for name, (text, when) in texts.items():
            room.page(f"/{name}", f"The {name} one", text)
            items.append(room.item(f"/{name}", f"The {name} one", when))
        room.configure(
            backlog=backlog,
            sources=[source(room, *items)],
            topics={"any": {"any": ["the"]}},
            alerts=[AT_ONCE, {"name": "daily", "to": ["inbox"], "when": "daily at 15:00"}],
        )
        assert room.aiwatch("fetch", now=NOON).code == 0
        assert len(room.hooks) == (3 if backlog == "all" else 0)
        assert room.aiwatch("fetch", now="2026-03-24T15:00:00Z").code == 0
        mails = [mail.body("plain") for mail in room.inbox.mails]
        assert {name for name in texts for mail in mails if f"The {name} one" in mail} == told


def test_without_alerts_the_first_pass_shows_a_week_and_later_ones_what_is_new(
    tmp_path: Path,
) -> None:
    with Newsroom(tmp_path) as room:
        room.page("/week", "Sora, five days ago", CLOSES)
        room.page("/month", "Sora, a month ago", FLOOD)
        items = [
            room.item("/week", "Sora, five days ago", "2026-03-19T10:00:00Z"),
            room.item("/month", "Sora, a month ago", "2026-02-19T10:00:00Z"),
        ]
        room.configure(backlog="24h", channels={}, sources=[source(room, *items)])
        first = room.aiwatch("fetch", now=NOON)
        assert first.code == 0, first.err
        assert "Sora, five days ago" in first.out
        assert "Sora, a month ago" not in first.out
        assert "five days ago" not in room.aiwatch("fetch", now=ONE).out
        room.page("/new", "Sora cost a lot", PRICE)
        old = source(room, room.item("/new", "Sora cost a lot", "2026-03-20T10:00:00Z"), name="New")
        room.configure(backlog="24h", channels={}, sources=[source(room, *items), old])
        assert "Sora cost a lot" not in room.aiwatch("fetch", now=TWO).out


def test_a_new_alert_is_owed_what_its_first_pass_brings_and_nothing_older(tmp_path: Path) -> None:
    with Newsroom(tmp_path) as room:
        item = sora(room)
        room.configure(sources=[source(room, item)], alerts=[])
        assert room.aiwatch("fetch", now=NOON).code == 0
        ancient = room.item("/flood", "Sora floods houses", "2020-01-01T00:00:00Z")
        room.page("/flood", "Sora floods houses", FLOOD)
        room.configure(sources=[source(room, ancient, item)], alerts=[AT_ONCE])
        assert room.aiwatch("fetch", "--all", now=TWO).code == 0
        assert events(room) == ["story.new"]
        assert b"Sora floods houses" in room.hooks[0].body


def test_a_baseline_tells_nobody_ever_not_even_an_edit(tmp_path: Path) -> None:
    with Newsroom(tmp_path) as room:
        room.configure(sources=[source(room, flood(room))], alerts=[AT_ONCE])
        assert room.aiwatch("fetch", now=NOON).code == 0
        edited = room.item("/flood", "Sora films the flood", "2026-03-24T11:00:00Z")
        room.page("/flood", "Sora films the flood", FLOOD)
        source(room, edited, sora(room))
        assert room.aiwatch("fetch", "--all", "--baseline", now=ONE).code == 0
        assert room.aiwatch("fetch", "--all", now=TWO).code == 0
        assert room.hooks == []
        assert count(room, "SELECT COUNT(*) FROM articles") == 2
        assert count(room, "SELECT COUNT(*) FROM versions") == 1


# ---------------------------------------------------------------- edits


def test_an_edited_entry_is_a_version_and_only_its_new_facts_are_told(tmp_path: Path) -> None:
    with Newsroom(tmp_path) as room:
        room.configure(sources=[source(room, sora(room))], alerts=[AT_ONCE])
        assert room.aiwatch("fetch", now=NOON).code == 0
        more = "Disney had paid $400 million of it by March, two people who know the deal said."
        source(room, sora(room, f"{CLOSES}\n{more}", "OpenAI closes Sora and owes Disney"))
        assert room.aiwatch("fetch", "--all", now=TWO).code == 0
        assert events(room) == ["story.new", "story.update"]
        update = room.hooks[1].body.decode()
        assert "$400 million" in update.partition('"new_facts":')[2].partition('"figures":')[0]
        assert "three years" not in update.partition('"new_facts":')[2].partition('"figures":')[0]
        assert count(room, "SELECT COUNT(*) FROM versions") == 1


# ---------------------------------------------------------------- a database in other hands


@contextmanager
def held(database: Path) -> Iterator[None]:
    """Another process in the middle of a long transaction."""
    other = sqlite3.connect(database, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        yield
    finally:
        other.close()


def test_a_locked_database_is_no_fault_of_source_or_item_and_nothing_is_lost(
    tmp_path: Path,
) -> None:
    with Newsroom(tmp_path) as room:
        other = source(room, flood(room), name="Other")
        room.configure(sources=[source(room, sora(room)), other], alerts=[AT_ONCE])
        now = datetime.fromisoformat(NOON)

        async def run() -> None:
            config = load(room.file)
            async with service.machine(config, lambda: now, io.StringIO()) as at:
                await at.delivery.remember_alerts()
                with Store(room.database, busy=0.1) as impatient:
                    pipeline = replace(at.pipeline, store=impatient)
                    sources = await pipeline.due()
                    with held(room.database), pytest.raises(Locked):
                        await pipeline.poll(sources)
                    assert len(await pipeline.poll(await pipeline.due())) == 2
                    for _ in range(GIVE_UP + 1):
                        with held(room.database), pytest.raises(Locked):
                            await pipeline.file()
                    report = await pipeline.file()
                assert [len(report.filed), report.troubles] == [2, []]

        asyncio.run(run())
        assert count(room, "SELECT COUNT(*) FROM polls WHERE outcome = 'failed'") == 0
        assert room.aiwatch("fetch", now=ONE).code == 0
        assert events(room) == ["story.new"]


def test_a_round_of_filing_that_ends_early_leaves_no_page_being_read(tmp_path: Path) -> None:
    with Newsroom(tmp_path) as room:
        room.configure(sources=[source(room, sora(room), flood(room))], alerts=[AT_ONCE])
        reached, opened = threading.Event(), threading.Event()
        page = room.site.routes["/sora"]
        assert isinstance(page, Answer)

        def slow(_: Asked) -> Answer:
            reached.set()
            opened.wait(30)
            return page

        room.site.add("/sora", slow)
        now = datetime.fromisoformat(NOON)

        async def run() -> None:
            async with service.machine(load(room.file), lambda: now, io.StringIO()) as at:
                await at.pipeline.poll(await at.pipeline.due())
                task = asyncio.create_task(at.pipeline.file())
                await asyncio.to_thread(reached.wait, 30)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                assert asyncio.all_tasks() == {asyncio.current_task()}
                opened.set()
                report = await at.pipeline.file()
                assert len(report.filed) == 2

        asyncio.run(run())
