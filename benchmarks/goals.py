"""What is asked of aiwatch's speed, and how each is measured in a world of its own: jobs that end (see watching.py for the service).

A goal is a generator: each `next` is one round, in which all contestants run one after the other on worlds just made; it
gives figures by name. Where a ratio is asked for it is taken within the round.
"""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import contestants
from contestants import Contestant, Taken, environment
from world.handle import World

Figures = dict[str, float]
Sizes = dict[str, int]

QUICK: Sizes = {
    "feeds": 60, "entries": 10, "subscribed": 60, "hosts": 300, "bodies": 300, "due": 300, "timeout": 5,
    "few": 50, "many": 500, "stored few": 300, "stored many": 1_500, "watched": 100, "told": 60, "idle": 10_000,
}  # fmt: skip
FULL: Sizes = {
    "feeds": 120, "entries": 20, "subscribed": 200, "hosts": 2_000, "bodies": 200, "due": 10_000, "timeout": 30,
    "few": 100, "many": 10_000, "stored few": 1_000, "stored many": 20_000, "watched": 1_000, "told": 500, "idle": 10_000,
}  # fmt: skip

RUNS = 3


def whole_job(sizes: Sizes) -> Iterator[Figures]:
    """Goals 1 and 8: fetch, extract, compare, file, index, match; then all unchanged; then one new entry everywhere."""
    turn = 0
    while True:
        found: Figures = {}
        makers = [contestants.ours, contestants.naive, contestants.scrapy]
        for make in makers[turn % 3 :] + makers[: turn % 3]:
            found |= _three_passes(make(), sizes)
        for peer in ("naive", "Scrapy"):
            for what in ("ms an article", "ms of a new article", "bytes an article"):
                found[f"{what}: aiwatch / {peer}"] = (
                    found[f"aiwatch: {what}"] / found[f"{peer}: {what}"]
                )
        turn += 1
        yield found


def _three_passes(who: Contestant, sizes: Sizes) -> Figures:
    feeds, entries = sizes["feeds"], sizes["entries"]
    with World(feeds=feeds, entries=entries) as world:
        who.meet(world)
        first, counts = who.run(), world.counts()
        stored, text = who.articles(), world.text()
        size = _stored(who, text)
        unchanged = who.run()
        world.publish(feeds=list(range(feeds)))
        new = who.run()
        found = {
            "ms an article": 1000 * first["cpu"] / (feeds * entries),
            "ms of an unchanged feed": 1000 * unchanged["cpu"] / feeds,
            "ms of a new article": 1000 * new["cpu"] / feeds,
            "wall s": first["wall"],
            "MB, main": first["main_peak"] / 1e6,
            "MB, all": first["peak"] / 1e6,
            "bytes an article": who.database().stat().st_size / max(stored, 1),
            "articles": stored,
            "lost": feeds * (entries + 1) - who.articles(),
            "pages asked": counts["page GETs"],
            "most GETs of a page": counts["most GETs of a page"],
            "in flight per host": counts["in flight per host"],
            **size,
        }
    return {f"{who.name}: {name}": value for name, value in found.items()}


def _stored(who: Contestant, text: int) -> Figures:
    """Bytes of the store by byte of the articles' text."""
    if who.name != "aiwatch":
        return {"store by text": who.database().stat().st_size / text}
    with closing(sqlite3.connect(who.database())) as db:
        tables = dict(db.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name"))
    articles = sum(size for name, size in tables.items() if name.startswith("articles"))
    return {
        "store by text": sum(tables.values()) / text,
        "articles and search by text": articles / text,
    }


# ---------------------------------------------------------------- polls


def first_pass(sizes: Sizes) -> Iterator[Figures]:
    """Goal 2: feeds of 30 entries, subscribed to and read for the first time; no pages."""
    feeds = sizes["subscribed"]
    while True:
        found: Figures = {}
        for who, some in (
            (contestants.polls_only(), feeds),
            (contestants.reader(), feeds),
            (contestants.ours(full_text="never"), feeds // 3),
            (contestants.reader("search"), feeds // 3),
        ):
            with World(feeds=some, entries=30) as world:
                who.meet(world)
                taken = who.run()
                found[f"{who.name}: ms a feed"] = 1000 * taken["cpu"] / some
                found[f"{who.name}: GETs a feed"] = world.counts()["feed GETs"] / some
        polls, theirs = found["aiwatch, polls only: ms a feed"], found["reader: ms a feed"]
        found["polls: aiwatch / reader"] = polls / theirs
        found["with stories and search: aiwatch / reader + search"] = (
            found["aiwatch: ms a feed"] / found["reader + search: ms a feed"]
        )
        yield found


def unchanged(sizes: Sizes) -> Iterator[Figures]:
    """Goal 3: 304 from every feed; what one more feed costs, start-up apart."""
    hosts = sizes["hosts"]
    with World(feeds=hosts, entries=1) as world:
        ours, bare = contestants.polls_only(), contestants.bare()
        for who in (ours, bare):
            who.meet(world)
            who.run()
        while True:
            world.reset()
            found = {f"{who.name}: ms a poll": _slope(who, world) for who in (ours, bare)}
            counts = world.counts()["kinds"]
            found["304 of all polls"] = counts["304"] / counts["feed"]
            found["poll / bare GET"] = (
                found["aiwatch, polls only: ms a poll"] / found["bare GET: ms a poll"]
            )
            yield found


def _slope(who: Contestant, world: World) -> float:
    """Milliseconds of CPU of one more feed: of all against the first alone, the least of three runs each.

    A start takes as much as 200 polls and varies by a fifth on a busy machine: by one run each a poll took 1 to 4 ms.
    """
    whole = min(who.run()["cpu"] for _ in range(RUNS))
    if who.name == "bare GET":
        (who.folder / "feeds.txt").write_text(world.urls()[0])
        one = min(who.run()["cpu"] for _ in range(RUNS))
        who.meet(world)
    else:
        one = min(who.run("s0")["cpu"] for _ in range(RUNS))
    return 1000 * (whole - one) / (world.feeds - 1)


def same_body(sizes: Sizes) -> Iterator[Figures]:
    """Goal 4: feeds without validators that say again what they said, or only that they were made anew."""
    with World(feeds=sizes["bodies"], entries=30, validators=False) as world:
        ours, bare = contestants.polls_only(), contestants.bare()
        for who in (ours, bare):
            who.meet(world)
            who.run()
        while True:
            world.set(rebuilt=False)
            whole, floor, parse = _slope(ours, world), _slope(bare, world), _feedparser(bare)
            world.set(rebuilt=True)
            again = _slope(ours, world)
            yield {
                "aiwatch, the same bytes: ms": whole,
                "aiwatch, made anew: ms": again,
                "bare GET: ms": floor,
                "feedparser: ms a parse": parse,
                "the same bytes, over fetching / parse": (whole - floor) / parse,
                "made anew, over fetching / parse": (again - floor) / parse,
            }


def _feedparser(bare: Contestant) -> float:
    """Milliseconds of CPU of one parse of such a body."""
    command = [environment("naive"), str(contestants.PEERS / "bare.py"), "feeds.txt", "-", "parse"]
    ended = subprocess.run(command, cwd=bare.folder, check=True, capture_output=True, text=True)
    return 1000 * float(ended.stdout)


# ---------------------------------------------------------------- many at once, and one alone


def due_at_once(sizes: Sizes) -> Iterator[Figures]:
    """Goal 10: every source due, 150 ms away, 1 % never answering, 2 % out of order."""
    feeds = sizes["due"]
    while True:
        ours = contestants.ours(fetch={"timeout": f"{sizes['timeout']}s"})
        with World(feeds=feeds, entries=1, latency=0.15, hangs=0.01, errors=0.02) as world:
            ours.meet(world)
            taken, counts = ours.run(), world.counts()
            bad = counts["kinds"].get("hung", 0) + counts["kinds"].get("500", 0)
            yield {
                "GETs a due feed": counts["feed GETs"] / feeds,
                "most GETs of a feed": counts["most GETs of a feed"],
                "most GETs of a page": counts["most GETs of a page"],
                "lost polls": feeds - counts["feeds asked"],
                "lost articles": feeds - bad - ours.articles(),
                "in flight per host": counts["in flight per host"],
                "sources in trouble": bad,
                "wall s": taken["wall"],
                "ms a source": 1000 * taken["cpu"] / feeds,
            }


def one_shot(_sizes: Sizes) -> Iterator[Figures]:
    """Goal 12: the command line."""
    with World(feeds=1, entries=10) as world:
        ours = contestants.ours()
        ours.meet(world)
        ours.run()
        while True:
            yield {
                "fetch, one feed, unchanged: CPU s": ours.run()["cpu"],
                "--help: CPU s": _cpu(ours, "--help"),
                "--version: CPU s": _cpu(ours, "--version"),
                "a bare Python: CPU s": contestants.metered(
                    ours.folder, [sys.executable, "-c", "pass"]
                )["cpu"],
            }


def _cpu(ours: Contestant, word: str) -> float:
    taken: Taken = contestants.metered(ours.folder, [sys.executable, "-m", "aiwatch", word])
    return taken["cpu"]


def by_size(sizes: Sizes) -> Iterator[Figures]:
    """For the plot: what an article costs by how many there are, start-up included."""
    while True:
        found: Figures = {}
        for make in (contestants.ours, contestants.naive):
            for part in (16, 4, 1):
                who, feeds = make(), max(sizes["feeds"] // part, 1)
                with World(feeds=feeds, entries=sizes["entries"]) as world:
                    who.meet(world)
                    number = feeds * sizes["entries"]
                    found[f"{who.name} {number}"] = 1000 * who.run()["cpu"] / number
        yield found


def plain(figures: Figures) -> str:
    """For a log."""
    return json.dumps({name: round(value, 4) for name, value in figures.items()})
