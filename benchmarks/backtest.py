"""`topics test` over a whole archive: `python benchmarks/backtest.py [ARTICLES]` (100,000 in under 10 s is promised).

The archive is invented: one article of twenty is of the beat, a month of them, 3 KB each, copied from 2,000 texts.
"""

import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from topics import World

from aiwatch.store import Store

ROOT = Path(__file__).resolve().parents[1]
START = datetime(2026, 3, 1, tzinfo=UTC)
NAMES = (
    "OpenAI closes Sora",
    "Disney and OpenAI part over Sora",
    "Seedance 2.0 is here",
    "Kling 3.0",
)
TEXTS = 2000
COLUMNS = (
    "url, url_key, title, text, summary, authors, first_seen, lang, outlet, source, how, paywalled, trust,"
    " first_hand, aggregator, tell, text_hash, words, numbers, shingles, story, verdict, score, reason, shared"
)


def rows(count: int) -> Iterator[tuple[str | int | float, ...]]:
    """As many articles, a month of them."""
    world = World(TEXTS)
    for number in range(count):
        text = world.texts[number % TEXTS]
        title = NAMES[number // 20 % len(NAMES)] if number % 20 == 0 else text[:60]
        at = START + timedelta(days=28) * number / count
        url = f"https://outlet-{number % 200}.example/{number}"
        made = (
            url,
            url,
            title,
            text,
            "",
            "[]",
            f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "en",
            "Outlet",
            "Feed",
            "{}",
        )
        yield (*made, 0, "normal", 0, 0, "all", "", 480, "[]", 0, 1, "new", 0.0, "", "[]")


def fill(db: sqlite3.Connection, count: int) -> None:
    """Rows as filing leaves them, without what a back-test does not read."""
    at = f"{START:%Y-%m-%dT%H:%M:%SZ}"
    db.execute(
        "INSERT INTO stories (id, title, first_seen, last_seen, first_published, last_published, members,"
        " names, numbers, alone, muted) VALUES (1, 'one', ?, ?, ?, ?, 1, '[]', '[]', 0, 0)",
        (at,) * 4,
    )
    marks = ", ".join("?" * len(COLUMNS.split(",")))
    db.executemany(f"INSERT INTO articles ({COLUMNS}) VALUES ({marks})", rows(count))


def main(count: int) -> None:
    """Print the seconds of one `topics test`, start of the program included."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "archive.db")
        with Store(file) as store:
            store.write_now(lambda db: fill(db, count))
        command = [sys.executable, "-m", "aiwatch", "-c", str(ROOT / "config/feeds.yaml")]
        command += ["--db", str(file), "--now", "2026-03-30", "topics", "test"]
        begun, spent = time.monotonic(), _child_seconds()
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        seconds = time.monotonic() - begun
        print(done.stdout.splitlines()[0])
        spent = _child_seconds() - spent
        print(f"{seconds:.1f} s, {spent:.1f} of them of processor time")
        print(f"100,000 articles: {spent / count * 1e5:.1f} s of processor time (at most 10)")


def _child_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
