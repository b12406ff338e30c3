"""A world from outside: started, commanded, ended."""

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from world.server import address

SERVER = Path(__file__).with_name("server.py")


class World:
    """A process; each attribute asked for is a command (`world.publish(feeds=[1, 2])`)."""

    def __init__(
        self, *, feeds: int, entries: int, seed: int = 1, listed: int = 30, **manners: Any
    ) -> None:
        what = {"seed": seed, "feeds": feeds, "entries": entries, "listed": listed}
        self.feeds, self.entries = feeds, entries
        self._process = subprocess.Popen(
            [sys.executable, str(SERVER), json.dumps(what)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = int(self._answer()["port"])
        if manners:
            self.set(**manners)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def __getattr__(self, command: str) -> Any:
        def asked(**said: Any) -> Any:
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps({"do": command, **said}) + "\n")
            self._process.stdin.flush()
            return self._answer()

        return asked

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def urls(self) -> list[str]:
        """Every feed's address."""
        return [f"http://{address(feed)}:{self.port}/feed.xml" for feed in range(self.feeds)]
