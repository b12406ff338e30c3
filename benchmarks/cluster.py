"""Pages read by two Dask workers beside none: the same pass, the same articles, one worker killed midway.

    python benchmarks/cluster.py [PAGES] [--rounds 3]

Each page has some 250 kB of markup around a short article, so that reading it is most of the work. The contestants run
one after the other in each round, every one on a fresh database: `workers: 1`, `workers: 2`, two Dask workers, and two
of which one is killed when a third of the pages has been asked for. Wall seconds of `aiwatch fetch`; CPU seconds of it and its children (Dask's
workers are none of them).
"""

import argparse
import hashlib
import json
import os
import random
import resource
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TEXT = """studio video model press court film licence owner market reader figure screen actor
union camera contract budget engine story channel summer winter record company"""
WORDS = TEXT.split()


def prose(chance: random.Random, sentences: int) -> str:
    def sentence() -> str:
        return " ".join(chance.choices(WORDS, k=chance.randint(8, 20))).capitalize() + "."

    return " ".join(sentence() for _ in range(sentences))


def page(number: int) -> bytes:
    """An article of some 200 words amid teasers, menus and lists."""
    chance = random.Random(number)
    around = "".join(
        f'<div class="teaser t{at % 7}"><a href="/{at}"><h3>{prose(chance, 1)}</h3></a><p>{prose(chance, 2)}</p></div>'
        for at in range(500)
    )
    body = "".join(f"<p>{prose(chance, 3)} Case {number}.</p>" for _ in range(6))
    title = f"Case {number}: {' '.join(chance.choices(WORDS, k=6))}"
    return (
        f"<html><head><title>{title}</title></head><body><nav>{around[: len(around) // 2]}</nav>"
        f"<main><h1>{title}</h1><article>{body}</article></main>"
        f"<aside>{around[len(around) // 2 :]}</aside></body></html>"
    ).encode()


class World:
    """Serves a feed of `pages` entries and their pages; counts what is asked for."""

    def __init__(self, pages: int) -> None:
        self.pages = {f"/{number}": page(number) for number in range(pages)}
        self.asked: list[str] = []
        self.at_third: list[threading.Event] = []
        world = self

        class Conversation(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                world.asked.append(self.path)
                if len(world.asked) > len(world.pages) / 3:
                    for event in world.at_third:
                        event.set()
                body = world.pages.get(self.path) or (world.feed() if self.path == "/feed" else b"")
                self.send_response(200 if body else 404)
                kind = "application/rss+xml" if self.path == "/feed" else "text/html"
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Conversation)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def feed(self) -> bytes:
        items = "".join(
            f"<item><title>Case {path[1:]}</title><link>{self.address}{path}</link><guid>{path}</guid></item>"
            for path in self.pages
        )
        return f'<rss version="2.0"><channel><title>World</title>{items}</channel></rss>'.encode()


@contextmanager
def dask(*words: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """One of Dask's programs; when it is there, with the line that said so."""
    command = [sys.executable, "-m", "dask", *words, "--no-dashboard"]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stderr
        try:
            there = next(line for line in process.stderr if "at:" in line or "Registered" in line)
            threading.Thread(target=process.stderr.read, daemon=True).start()
            yield process, there
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def one_pass(world: World, workers: object) -> dict[str, object]:
    """Seconds, and what was filed, of one `fetch` on a fresh database."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "feeds.yaml"
        config.write_text(
            json.dumps(
                {
                    "sources": [{"name": "World", "url": f"{world.address}/feed"}],
                    "fetch": {"spacing": "0s", "per_host": 20, "allow_private": True},
                    "workers": workers,
                    "backlog": "none",
                    "recheck": "never",
                    "topics": {"court": {"any": ["court"]}},
                }
            )
        )
        world.asked.clear()
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.perf_counter()
        command = [sys.executable, "-m", "aiwatch", "fetch", "-q", "-c", str(config)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        wall = time.perf_counter() - began
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        db = sqlite3.connect(Path(folder) / "aiwatch.db")
        rows = db.execute("SELECT url, title, text FROM articles ORDER BY url").fetchall()
        db.close()
        return {
            "wall": wall,
            "cpu": now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime,
            "articles": len(rows),
            "asked": len([path for path in world.asked if path in world.pages]),
            "sum": hashlib.sha256(repr(rows).encode()).hexdigest()[:12],
        }


def clustered(world: World, *, kill: bool) -> dict[str, object]:
    """A pass with two workers of one thread each; with `kill`, one of them dies when a third has been asked for."""
    with ExitStack() as stack:
        _, line = stack.enter_context(dask("scheduler", "--host", "127.0.0.1", "--port", "0"))
        address = line.rpartition("tcp://")[2].strip()
        words = ("worker", f"tcp://{address}", "--host", "127.0.0.1", "--nthreads", "2")
        victim, _ = stack.enter_context(dask(*words))
        stack.enter_context(dask(*words))
        if kill:
            event = threading.Event()
            world.at_third = [event]

            def strike() -> None:
                event.wait()
                os.killpg(victim.pid, signal.SIGKILL)

            threading.Thread(target=strike, daemon=True).start()
        try:
            return one_pass(world, f"dask://{address}")
        finally:
            world.at_third = []


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("pages", nargs="?", type=int, default=400)
    words.add_argument("--rounds", type=int, default=3)
    given = words.parse_args()
    world = World(given.pages)
    contestants = {
        "workers: 1": lambda: one_pass(world, 1),
        "workers: 2": lambda: one_pass(world, 2),
        "two Dask workers": lambda: clustered(world, kill=False),
        "two, one killed": lambda: clustered(world, kill=True),
    }
    runs: dict[str, list[dict[str, object]]] = {name: [] for name in contestants}
    for _ in range(given.rounds):
        for name, run in contestants.items():
            runs[name].append(run())
    first = statistics.median(float(str(one["wall"])) for one in runs["workers: 1"])
    print(
        f"{given.pages} pages of {len(world.pages['/0']) // 1000} kB, {given.rounds} rounds, medians"
    )
    print(
        f"{'':20}{'wall s':>8}{'ratio':>7}{'CPU s':>8}{'articles':>10}{'GETs':>7}  sum of what was filed"
    )
    for name, found in runs.items():
        wall, cpu = (
            statistics.median(float(str(one[key])) for one in found) for key in ("wall", "cpu")
        )
        last = found[-1]
        sums = ", ".join(sorted({str(one["sum"]) for one in found}))
        print(
            f"{name:20}{wall:8.2f}{wall / first:7.2f}{cpu:8.2f}{last['articles']:>10}{last['asked']:>7}  {sums}"
        )


if __name__ == "__main__":
    main()
