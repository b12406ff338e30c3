"""The real service, long and under faults: `python benchmarks/soak.py [MINUTES] [SEED] [NEWS]`. Linux only.

A world of fifteen hosts with ten feeds each, asked once a minute (what is in trouble less often), and twelve new articles a
minute: fifty times what a hundred feeds asked hourly bring (two polls a minute, 300 articles a day). One answer in sixteen
is a server error, rubbish, hostile, leads nowhere or never comes; every fourth webhook is refused; the mail server is up, says 451 or cuts the line after DATA by
turns of 20 s; the configuration changes and SIGHUP comes every 45 s. Once a second memory (main process, children), file
descriptors, threads, the WAL's size and how late the loop was (`lag.py`) are noted. After a first tenth of warming up,
the medians of the first third stand beside those of the last: what does not come back grows.
NEWS: seconds between two articles, 5 by default; with 1 what is bounded, but filled slowly, is full after the first third.
"""

import json
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from email.utils import formatdate
from html import escape
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from benchmarks.meter import family, resident  # noqa: E402
from benchmarks.world import prose  # noqa: E402
from tests.newsroom import SECRET, Newsroom  # noqa: E402
from tests.servers import Answer, Asked, Site  # noqa: E402
from tests.text.hostile import PAGES  # noqa: E402

HOSTS, FEEDS, LISTED = 15, 10, 20
NEWS = 5.0  # seconds between two articles
MAIL_TURN, RELOAD = 20.0, 45.0
FAULTS, REFUSED = 0.06, 0.25
LONG_STALL = 50.0  # ms
HANG = 8.0  # seconds: longer than the time-out
RSS = '<?xml version="1.0"?><rss version="2.0"><channel><title>{}</title>{}</channel></rss>'
MAIL: tuple[dict[str, Any], ...] = ({}, {"DATA": "451 4.3.0 later"}, {"CONNECT": "421 not now"})


@dataclass(frozen=True, slots=True)
class Sample:
    """One second."""

    main_mb: float
    children_mb: float
    descriptors: float
    threads: float
    wal_mb: float
    stall_ms: float
    late_ms: float


@dataclass(slots=True)
class World:
    """What is published, and what goes wrong."""

    dice: random.Random
    lists: dict[tuple[int, int], deque[str]] = field(default_factory=dict)
    pages: dict[str, bytes] = field(default_factory=dict)
    did: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)  # webhook ids that were taken
    guard: threading.Lock = field(default_factory=threading.Lock)

    def publish(self, sites: list[Site]) -> None:
        """One more article, two of three about something new."""
        number = self.did["articles"]
        event = prose.event(str(number - number % 3 // 2))
        title = prose.headline(event, self.dice)
        host, feed = self.dice.randrange(HOSTS), self.dice.randrange(FEEDS)
        text = prose.paragraphs(event, self.dice, 25)
        paragraphs = "".join(f"<p>{escape(one)}</p>" for one in text)
        path = f"/a/{number}"
        page = f"<html lang=en><title>{escape(title)}</title><article><h1>{escape(title)}</h1>{paragraphs}</article>"
        item = (
            f"<item><guid>{path}</guid><link>{sites[host].url(path)}</link><title>{escape(title)}</title>"
            f"<pubDate>{formatdate()}</pubDate><description>{escape(text[0][:200])}</description></item>"
        )
        with self.guard:
            self.pages[path] = page.encode()
            self.lists.setdefault((host, feed), deque(maxlen=LISTED)).appendleft(item)
            self.did["articles"] += 1

    def feed(self, host: int, feed: int, site: Site) -> Callable[[Asked], Answer]:
        """Its answers."""

        def answer(_asked: Asked) -> Answer:
            with self.guard:
                self.did["polls"] += 1
                items = "".join(self.lists.get((host, feed), ()))
            body = RSS.format(f"Host {host} feed {feed}", items).encode()
            return self.faulty(site, body, "application/rss+xml")

        return answer

    def page(self, site: Site) -> Callable[[Asked], Answer]:
        def answer(asked: Asked) -> Answer:
            return self.faulty(site, self.pages.get(asked.path, b"gone"), "text/html")

        return answer

    def faulty(self, site: Site, body: bytes, kind: str) -> Answer:
        """As it should be, or not."""
        what = self.dice.choice(("500", "503", "hang", "rubbish", "hostile", "moved"))
        if self.dice.random() > FAULTS:
            return Answer(body, headers={"Content-Type": kind})
        with self.guard:
            self.did[f"fault: {what}"] += 1
        if what == "hang":
            site.closing.wait(HANG)
        if what in ("500", "503"):
            return Answer(b"no", status=int(what))
        if what == "moved":
            return Answer(b"", status=302, headers={"Location": "/nowhere"})
        if what == "rubbish":
            body = self.dice.randbytes(5000)
        elif what == "hostile":
            body = PAGES[
                self.dice.choice(("divs_deep", "attributes_16_000", "json_deep"))
            ]().encode()
        return Answer(body, headers={"Content-Type": kind})

    def hooked(self, asked: Asked) -> Answer:
        """The webhook, refusing some."""
        with self.guard:
            refused = self.dice.random() < REFUSED
            self.did["hooks refused" if refused else "hooks taken"] += 1
            if not refused:
                self.told[asked.headers["webhook-id"]] += 1
        return Answer(status=500 if refused else 204)


def configured(room: Newsroom, sites: list[Site], round_: int) -> None:
    """The file; each round changes a topic's title."""
    sources = [
        {"name": f"Host {host} feed {feed}", "url": site.url(f"/feed/{feed}"), "every": "60s"}
        for host, site in enumerate(sites)
        for feed in range(FEEDS)
    ]
    at_once = {"when": "at once", "settle": None, "at_most": None, "update_gap": None}
    inbox = room.channels()["inbox"]
    room.configure(
        sources=sources,
        workers=2,
        fetch={"spacing": "0s", "per_host": 4, "timeout": "5s", "allow_private": True},
        topics={"all": {"title": f"All {round_}", "any": ["said OR letter OR nobody"]}},
        channels={
            "inbox": inbox,
            "hook": {
                "kind": "webhook",
                "url": room.site.url("/hooked"),
                "secret": SECRET,
                "allow_private": True,
            },
        },
        delivery={"timeout": "5s", "retry": ["5s", "10s", "20s"]},
        alerts=[
            {
                "name": "now",
                "to": ["hook", "inbox"],
                "sources": [one["name"] for one in sources],
                **at_once,
            },
            {"name": "ill", "to": ["hook"], "about": "troubles", "when": "at once"},
        ],
    )


def sample(pid: int, folder: Path, lag: Path) -> Sample | None:
    """Now; None where the process is not to be seen."""
    process = Path(f"/proc/{pid}")
    try:
        descriptors = len(list((process / "fd").iterdir()))
        status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    except (OSError, ValueError):
        return None
    wal = folder / "aiwatch.db-wal"
    figures = json.loads((lag.read_text().splitlines() or ["{}"])[-1]) if lag.exists() else {}
    return Sample(
        resident(pid) / 1e6,
        sum(map(resident, family(pid)[1:])) / 1e6,
        descriptors,
        float(status["Threads"]),
        wal.stat().st_size / 1e6 if wal.exists() else 0.0,
        figures.get("stall", 0.0) * 1e3,
        figures.get("late", 0.0) * 1e3,
    )


def soak(seconds: float, seed: int, news: float = NEWS) -> None:
    """Run it and print what came of it."""
    world = World(random.Random(seed))
    print(f"{seconds / 60:g} minutes, seed {seed}, an article every {news:g} s", flush=True)
    with tempfile.TemporaryDirectory() as name, Newsroom(Path(name)) as room:
        sites = [Site() for _ in range(HOSTS)]
        for host, site in enumerate(sites):
            for feed in range(FEEDS):
                site.add(f"/feed/{feed}", world.feed(host, feed, site))
            site.__enter__()
        room.site.add("/hooked", world.hooked)
        samples, code = _watched(seconds, world, room, sites, news)
        for site in sites:
            site.__exit__(None, None, None)
        told_of(samples, world, room, code)


def _watched(
    seconds: float, world: World, room: Newsroom, sites: list[Site], news: float
) -> tuple[list[Sample], int]:
    lag, log = room.folder / "lag.lines", room.folder / "log"
    configured(room, sites, 0)
    command = [sys.executable, str(HERE / "lag.py"), str(lag), *room.command("watch")[3:]]
    samples: list[Sample] = []
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
        while not lag.exists() and process.poll() is None:
            time.sleep(0.1)  # it starts
        began = time.monotonic()
        rounds = 0
        while (passed := time.monotonic() - began) < seconds and process.poll() is None:
            if passed >= world.did["articles"] * news:
                path = f"/a/{world.did['articles']}"
                world.publish(sites)
                for site in sites:
                    site.add(path, world.page(site))
            room.inbox.answers = dict(MAIL[int(passed / MAIL_TURN) % len(MAIL)])
            if passed // RELOAD > rounds:
                rounds += 1
                configured(room, sites, rounds)
                process.send_signal(signal.SIGHUP)
                world.did["reloads"] += 1
            if (one := sample(process.pid, room.folder, lag)) is not None:
                samples.append(one)
                if one.stall_ms > LONG_STALL:
                    print(
                        f"  {passed:.0f} s: stalled {one.stall_ms:.0f} ms, {passed % RELOAD:.0f} s after a reload",
                        flush=True,
                    )
            time.sleep(max(0.0, 1 - (time.monotonic() - began - passed)))
        process.send_signal(signal.SIGTERM)
        return samples, process.wait(60)


def told_of(samples: list[Sample], world: World, room: Newsroom, code: int) -> None:
    """The first third beside the last, the lag of all, and what went on meanwhile."""
    log = (room.folder / "log").read_text(errors="replace")
    if len(samples) < 30:
        print(f"it ended at once, with {code}:\n{log[-3000:]}")
        return
    warm = samples[len(samples) // 10 :]
    third = len(warm) // 3
    print(f"{'':<14}{'first third':>13}{'last third':>12}{'most':>9}   (medians)")
    for one in fields(Sample):
        values = [float(getattr(sample, one.name)) for sample in warm]
        first, last = median(values[:third]), median(values[-third:])
        print(f"{one.name:<14}{first:>13.1f}{last:>12.1f}{max(values):>9.1f}")
    tenth = max(1, len(warm) // 10)
    series = [
        median(one.main_mb for one in warm[at : at + tenth]) for at in range(0, len(warm), tenth)
    ]
    print("main_mb by tenths:", " ".join(f"{one:.0f}" for one in series))
    whole = json.loads((room.folder / "lag.lines").read_text().splitlines()[-1])
    print(
        f"p99 of the loop's lag {whole['late_p99'] * 1e3:.0f} ms, of which computed by it {whole['p99'] * 1e3:.0f} ms;"
        f" its longest stall {whole['longest'] * 1e3:.0f} ms"
    )
    print("; ".join(f"{what} {count}" for what, count in sorted(world.did.items())))
    again = sum(count - 1 for count in world.told.values())
    broke = log.count("Traceback")
    print(
        f"mails {len(room.inbox.mails)}, hooks sent again after they were taken {again}, tracebacks {broke},"
        f" exit {code}"
    )
    filed = room.aiwatch("stats", "--json")
    print("stats:", " ".join(filed.out.split())[:400])
    if code:
        print(log[-1500:])
    if broke:
        print(log[log.index("Traceback") - 300 :][:3000])


if __name__ == "__main__":
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 30.0
    soak(
        minutes * 60,
        int(sys.argv[2]) if len(sys.argv) > 2 else 1,
        float(sys.argv[3]) if len(sys.argv) > 3 else NEWS,
    )
