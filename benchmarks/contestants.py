"""Who runs in benchmarks/whole.py, each as its users run it, each in an environment of its own.

Every contestant works in a folder of its own and is measured by meter.py as a whole: start-up, children, orphans.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from world.handle import World

HERE = Path(__file__).resolve().parent
METER = HERE / "meter.py"
PEERS = HERE / "peers"
WORDS = (
    "harbour",
    "vaccine",
    "video model",
    "night train",
    "wind farm",
    "pension fund",
    "seed bank",
    "flood wall",
)

Taken = dict[str, float]


@dataclass
class Contestant:
    """One that can pass over a world's feeds; `kept` is where what it knows lies."""

    name: str
    command: Sequence[str] = ()
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="whole-")))
    keys: dict[str, Any] = field(default_factory=dict)

    def meet(self, world: World, feeds: Sequence[str] | None = None) -> None:
        """Know which feeds there are."""
        (self.folder / "feeds.txt").write_text("\n".join(feeds or world.urls()))
        (self.folder / "words.txt").write_text("\n".join(WORDS))

    def run(self, *more: str) -> Taken:
        """One pass."""
        return metered(self.folder, [*self.command, *more])

    def database(self) -> Path:
        return self.folder / "news.db"

    def articles(self) -> int:
        with sqlite3.connect(self.database()) as db:
            table = "entries" if self.name.startswith("reader") else "articles"
            return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


class Ours(Contestant):
    """`aiwatch`, with a feeds.yaml."""

    def meet(self, world: World, feeds: Sequence[str] | None = None) -> None:
        super().meet(world, feeds)
        defaults = {key: value for key, value in self.keys.items() if key in ("full_text", "every")}
        whole = {
            "timezone": "UTC",
            "database": "news.db",
            "contact": "https://reader.example/about",
            "fetch": {"allow_private": True, **self.keys.get("fetch", {})},
            "defaults": defaults or {"every": "60m"},
            "topics": {
                f"topic{n}": {"any": [f'"{word}"']}
                for n, word in enumerate(self.keys.get("words", WORDS))
            },
            "channels": {"out": self.keys.get("channel", {"kind": "file", "dir": "digests"})},
            "alerts": [
                self.keys.get("alert", {"name": "all", "to": ["out"], "when": "daily at 08:00"})
            ],
            "sources": [
                {"name": f"s{n}", "url": url} for n, url in enumerate(feeds or world.urls())
            ],
        }
        # JSON is YAML; a large one is read much faster by libyaml, as any other.
        (self.folder / "feeds.yaml").write_text(json.dumps(whole, indent=1))

    def cli(self, *words: str) -> list[str]:
        return [
            sys.executable,
            "-m",
            "aiwatch",
            "-q",
            "-c",
            str(self.folder / "feeds.yaml"),
            *words,
        ]

    def run(self, *more: str) -> Taken:
        """One pass; 1 says that sources are in trouble."""
        return metered(self.folder, self.cli("fetch", "--all", "--no-send", *more), may_end=(0, 1))


def ours(**keys: Any) -> Ours:
    """As configured by `keys`: defaults' keys, fetch, channel, alert."""
    return Ours("aiwatch", keys=keys)


def naive() -> Contestant:
    """The pipeline of an afternoon."""
    python, place = environment("naive"), Contestant("naive")
    place.command = [python, str(PEERS / "naive.py"), "feeds.txt", "words.txt", "news.db"]
    return place


def reader(*search: str) -> Contestant:
    """lemon24/reader; with "search", its full-text search, too."""
    python, place = (
        environment("reader"),
        Contestant("reader" + "".join(f" + {word}" for word in search)),
    )
    place.command = [python, str(PEERS / "reader_pass.py"), "feeds.txt", "news.db", *search]
    return place


def scrapy() -> Contestant:
    """Scrapy with feedparser and trafilatura."""
    python, place = environment("scrapy"), Contestant("Scrapy")
    place.command = [python, str(PEERS / "scrapy_pass.py"), "feeds.txt", "words.txt", "news.db"]
    return place


def polls_only() -> Contestant:
    """Ours without filing: fetch, read, record, which is what a feed reader does."""
    place = ours(full_text="never")
    place.name = "aiwatch, polls only"
    script = str(PEERS / "polls_only.py")
    place.run = lambda *more: metered(place.folder, [sys.executable, script, "feeds.yaml", *more])  # type: ignore[method-assign]
    return place


def bare(in_flight: int = 12) -> Contestant:
    """Conditional requests and nothing else, with httpx."""
    python, place = environment("naive"), Contestant("bare GET")
    place.command = [python, str(PEERS / "bare.py"), "feeds.txt", "state.json", str(in_flight)]
    return place


def metered(folder: Path, command: Sequence[str], *, may_end: Sequence[int] = (0,)) -> Taken:
    """What it took; one that fails has measured nothing."""
    result = folder / "taken.json"
    source = {**os.environ, "PYTHONPATH": str(HERE.parent / "src")}
    subprocess.run(
        [sys.executable, str(METER), str(result), *command],
        cwd=folder,
        env=source,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    taken: Taken = json.loads(result.read_text())
    if taken["code"] not in may_end:
        raise RuntimeError(f"ended with {taken['code']}: {' '.join(command)}")
    return taken


def environment(name: str) -> str:
    """The Python of a peer's own environment, made on first use and again when its pins change."""
    place, pinned = HERE / f".venv-{name}", HERE / f"requirements-{name}.txt"
    python, mark = place / "bin" / "python", place / "installed.txt"
    if not mark.exists() or mark.read_text() != pinned.read_text():
        venv.EnvBuilder(with_pip=True, clear=True).create(place)
        (place / ".gitignore").write_text("*\n")
        subprocess.run([python, "-m", "pip", "install", "-q", "-r", pinned], check=True)
        mark.write_text(pinned.read_text())
    return str(python)
