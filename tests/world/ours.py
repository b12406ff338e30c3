"""aiwatch driven through the world: its own due times decide what a round asks."""

import asyncio
import io
import json
import random
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aiwatch import service
from aiwatch.config import load
from aiwatch.pipeline import Pipeline
from aiwatch.sources import read_source
from aiwatch.workers import Workers
from tests.blank import blank
from tests.leaping import Ahead
from tests.world.pages import rss
from tests.world.scene import Told, Watched

FOREVER = 1e12  # seconds: the loop leaps over days
FETCH = {"spacing": "0s", "per_host": 2, "timeout": "10s", "allow_private": True}


class Ours:
    """The pipeline of the service on a configuration and a database of its own; one loop and one set of workers for all."""

    name = "aiwatch"
    reads_pages = True

    def __init__(self) -> None:
        self._loop = Ahead()  # it leaps with the world's clock: spacing is kept in loop time
        self._runner = asyncio.Runner(loop_factory=lambda: self._loop)
        self._workers = Workers(1, idle=FOREVER)
        warm = self._workers.run(read_source, "feed", rss(), "", None, {}, deadline=10.0)
        self._runner.run(warm)  # a child takes a second to start, which is no scene's time

    def end(self) -> None:
        """No more scenes."""
        self._workers.close()
        self._runner.close()

    def open(self) -> None:
        """A fresh folder."""
        self._folder = TemporaryDirectory(prefix="world-")

    def close(self) -> None:
        """And gone."""
        self._folder.cleanup()

    def start(self, watched: Sequence[Watched], setup: Mapping[str, Any], now: datetime) -> None:
        """Write feeds.yaml and open the machine."""
        self._now = now
        self._files = bool(setup.get("files"))
        whole = {
            "timezone": "UTC",
            "contact": "https://reader.example/about",
            "fetch": {**FETCH, **{k: v for k, v in setup.items() if k != "files"}},
            "backlog": "all",
            "topics": {"any": {"any": ["the"]}},
            "channels": {"out": {"kind": "screen"}},
            "alerts": [{"name": "all", "to": ["out"]}],
            "sources": [{"name": one.name, "url": one.url, **one.keys} for one in watched],
        }
        file = Path(self._folder.name) / "feeds.yaml"
        file.write_text(json.dumps(whole), encoding="utf-8")
        blank(file.with_name("aiwatch.db"))
        self._runner.run(self._open(file))

    async def _open(self, file: Path) -> None:
        self._stack = AsyncExitStack()
        # Patience 0: what would have to wait is asked in a later round, on the world's clock instead of the machine's.
        machine = service.machine(load(file), lambda: self._now, io.StringIO(), patience=0.0)
        self._at = await self._stack.enter_async_context(machine)
        spread = random.Random(self._now.isoformat()).random
        self._pipeline: Pipeline = replace(self._at.pipeline, workers=self._workers, spread=spread)
        await self._pipeline.remember_sources()

    def stop(self) -> None:
        """Close the machine; the database stays."""
        self._runner.run(self._stack.aclose())

    def round(self, now: datetime) -> None:
        """What the service does in a second."""
        self._loop.ahead += (now - self._now).total_seconds()
        self._now = now
        self._runner.run(self._round())

    async def _round(self) -> None:
        if due := self._pipeline.ready():
            await self._pipeline.poll(due)
        if self._files:
            await self._pipeline.file()

    def entries(self, name: str) -> tuple[str, ...]:
        """Titles in the table of entries."""
        return self._column("SELECT title FROM entries WHERE source = ? ORDER BY id", name)

    def told(self, name: str) -> Told:
        """The health table's row, the troubles noted, and the versions kept."""
        with self._at.store.read() as db:
            state, words = db.execute(
                "SELECT state, words FROM sources WHERE name = ?", (name,)
            ).fetchone()
        edited = self._column(
            "SELECT v.id FROM versions v JOIN articles a ON a.id = v.article WHERE a.source = ?",
            name,
        )
        return Told(
            works=state == "working",
            words=words,
            events=self._column("SELECT kind FROM troubles WHERE what = ? ORDER BY id", name),
            updated=len(edited),
        )

    def _column(self, query: str, name: str) -> tuple[str, ...]:
        with self._at.store.read() as db:
            return tuple(row[0] for row in db.execute(query, (name,)))
