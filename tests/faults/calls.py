"""A fault at the n-th call: n = 1, 2, … until none fires, on a pass of 20 articles and three channels.

After each the database is looked at as the fault left it, the program is started again without faults, and in the end
every reader must have every story once by id. SQLite tests itself like this (sqlite.org/testing.html, 3).
"""

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import get_args

from tests.faults.events import Event, events
from tests.faults.injector import Kind
from tests.faults.sound import Watch, left
from tests.faults.told import told_once
from tests.faults.world import OUTLETS, World

PASSES = 12  # undisturbed ones after a fault, hours apart, within which all must be done
LASTING = ("COMMIT", "send", "mail send", "file write", "file fsync", "file rename")
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass
class Calls:
    """Goes through the calls of one pass."""

    folder: Path
    articles: int = 20
    copies: int = 2  # of the articles, word for word those of another outlet
    fresh: bool = False  # the pass makes its database, too
    count: Counter[str] = field(default_factory=Counter)
    states: set[bytes] = field(default_factory=set)  # of the world that faults have left behind

    def __post_init__(self) -> None:
        coming = events(Random(self.articles))
        self.events: list[Event] = [next(coming) for _ in range(self.articles - self.copies)]
        self.template = self.folder / "template.db"
        if not self.fresh:
            world = World(self.folder / "first")
            world.folder.mkdir()
            assert world.go() is not None
            world.close()
            shutil.move(world.database, self.template)

    def calls(self) -> list[str]:
        """What an undisturbed pass calls, in order."""
        with self._world() as world:
            world.go()
            self.count["calls in a pass"] = len(world.injector.seen)
            for what, number in Counter(world.injector.seen).most_common():
                self.count[f"  of them {what}"] = number
            return world.injector.seen

    def go(
        self, every: int = 1, first: int = 1, say: Callable[[str], None] = lambda _: None
    ) -> None:
        """Each call, or each so-many-th, both kinds of fault."""
        for n in range(first, len(self.calls()) + 1, every):
            for kind in KINDS:
                self.one(n, kind)
            if n // every % 200 == 0:
                say(f"call {n:,} of {self.count['calls in a pass']:,}")

    def die_between(self) -> None:
        """Die before each call that leaves something behind, which is after the one before it."""
        for n, what in enumerate(self.calls(), start=1):
            if what in LASTING:
                self.one(n, "dies")

    def one(self, n: int, kind: Kind) -> None:
        """Break one call, start again, and look."""
        with self._world() as world:
            ended = world.go(n, kind) is None
            fired = world.injector.fired
            self.count[f"calls that {'raised' if kind == 'raises' else 'were the last'}"] += bool(
                fired
            )
            self.count["  passes that this ended"] += ended
            state = world.state()
            if state in self.states:  # what follows from it has been seen
                return
            self.states.add(state)
            self.count["different states left behind"] += 1
            try:
                self._recovers(world)
            except BaseException as error:
                error.add_note(f"call {n} {kind}: {fired}")
                raise

    def _recovers(self, world: World) -> None:
        watch = Watch(world)
        watch.look()
        for _ in range(PASSES):
            world.clock.now += timedelta(hours=7)
            assert world.go() is not None
            if not left(world):
                break
        watch.look()
        assert left(world) == {}, left(world)
        told_once(world.listen(), [event.name for event in self.events])
        self.count["messages sent again under the same id"] += world.listen().again

    def _world(self) -> "_Fresh":
        return _Fresh(self)

    def publish(self, world: World) -> None:
        """The articles of the pass; the copies stand at the second outlet alone."""
        for number, event in enumerate(self.events):
            world.outlets[OUTLETS[number % 2]].publish(f"/{number}", event)
        for number, event in enumerate(self.events[: 2 * self.copies : 2]):
            world.outlets[OUTLETS[1]].publish(f"/copy/{number}", event)


class _Fresh:
    """A world of its own for each fault."""

    def __init__(self, calls: Calls) -> None:
        self.calls = calls

    def __enter__(self) -> World:
        folder = self.calls.folder / "world"
        folder.mkdir()
        self.world = World(folder)
        if not self.calls.fresh:
            shutil.copyfile(self.calls.template, self.world.database)
            self.world.clock.now += timedelta(hours=1)
        self.calls.publish(self.world)
        return self.world

    def __exit__(self, *_: object) -> None:
        self.world.close()
        shutil.rmtree(self.world.folder)
