"""What a rule is: a scene laid in the world, a reader driven through it, and a verdict drawn from the server's log.

    @rule(4, "sends no validators: none are invented", "Kroll help page")
    def without_validators(scene: Scene) -> None:
        host = scene.host()
        scene.watch("plain", host.add("/feed", feed("one")))
        scene.play(hours(5))
        must(conditions(host.asked()) == [], "a condition was sent")

The reader decides by itself whether it asks: a scene only lets the clock move and calls `round` at each step.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Protocol

from tests.world.server import Host, Seen, World

OWN = timedelta(minutes=60)  # every subscription's interval, unless a scene says otherwise
SOONEST = OWN * 0.95  # jitter may take so much off it
STEP = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Watched:
    """A subscription: a label, an address, and keys as feeds.yaml has them."""

    name: str
    url: str
    keys: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a reader says of one subscription. None: it has no such thing to say."""

    works: bool
    words: str
    events: tuple[str, ...] | None = None  # kinds of trouble that were told, in order
    updated: int | None = None  # entries called edited


class Reader(Protocol):
    """What is driven through the world; another one is plugged in by these few."""

    name: str
    reads_pages: bool  # whether it fetches the pages that entries link to

    def open(self) -> None:
        """Begin with nothing stored."""

    def start(self, watched: Sequence[Watched], setup: Mapping[str, Any], now: datetime) -> None:
        """Start on this configuration and on what is stored."""

    def round(self, now: datetime) -> None:
        """Do what a reader does when it is woken at this instant."""

    def stop(self) -> None:
        """End, as for a restart."""

    def close(self) -> None:
        """Forget what is stored."""

    def entries(self, name: str) -> tuple[str, ...]:
        """Titles held of a subscription."""

    def told(self, name: str) -> Told:
        """What it says of a subscription now."""


class Broken(Exception):
    """The rule is not kept; the text says how."""


class NotHere(Exception):
    """The rule is about something that this reader does not do."""


def must(kept: object, words: str) -> None:
    """Break the rule unless this holds."""
    if not kept:
        raise Broken(words)


@dataclass(slots=True)
class Scene:
    """One rule's part of the world, with the reader in it."""

    world: World
    reader: Reader
    watched: dict[str, Watched] = field(default_factory=dict)
    setup: dict[str, Any] = field(default_factory=dict)
    running: bool = False
    slowest: float = 0.0  # seconds of the longest round

    def host(self) -> Host:
        """A host of its own."""
        return self.world.host()

    def watch(self, name: str, url: str, **keys: Any) -> None:
        """Subscribe, or change a subscription: the reader is restarted where it already runs."""
        self.watched[name] = Watched(name, url, {"full_text": "never", **keys})
        if self.running:
            self.restart()

    def restart(self) -> None:
        """The reader ends and starts again."""
        self._stop()
        self._start()

    def play(self, span: timedelta, step: timedelta = STEP) -> None:
        """Let so much time go by, with a round at its start and after each step."""
        if not self.running:
            self._start()
        end = self.world.now + span
        while self.world.now < end:
            began = time.monotonic()
            self.reader.round(self.world.now)
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.world.now += step

    def entries(self, name: str) -> tuple[str, ...]:
        """What the reader holds of it."""
        return self.reader.entries(name)

    def told(self, name: str) -> Told:
        """What the reader says of it."""
        return self.reader.told(name)

    def _start(self) -> None:
        self.reader.start(tuple(self.watched.values()), self.setup, self.world.now)
        self.running = True

    def _stop(self) -> None:
        if self.running:
            self.reader.stop()
        self.running = False

    def end(self) -> None:
        """Leave the world as it was."""
        self._stop()
        self.reader.close()
        self.world.forget()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Kept, broken (and how), or nothing to judge (None)."""

    kept: bool | None
    words: str = ""
    asked: int = 0  # requests made
    again: int = 0  # requests of a round to a host already asked in it
    reused: int = 0  # of these, on a connection that was still open


@dataclass(frozen=True, slots=True)
class Rule:
    """One of the rules of polling: what a reader must do, and where that is said."""

    number: int
    sentence: str
    source: str
    story: Callable[[Scene], None]

    def judge(self, world: World, reader: Reader) -> Verdict:
        """Play it with this reader."""
        scene = Scene(world, reader)
        reader.open()
        kept: bool | None = True
        words = ""
        try:
            self.story(scene)
        except Broken as broken:
            kept, words = False, str(broken)
        except NotHere as reason:
            kept, words = None, str(reason)
        finally:
            logs = [host.log for host in world.hosts]
            scene.end()
        again, reused = reuse(logs)
        return Verdict(kept, words, sum(map(len, logs)), again, reused)


RULES: dict[int, Rule] = {}
Story = Callable[[Scene], None]


def rule(number: int, sentence: str, source: str) -> Callable[[Story], Story]:
    """Enter a story as the rule of this number."""

    def enter(story: Story) -> Story:
        assert number not in RULES, number
        RULES[number] = Rule(number, sentence, source, story)
        return story

    return enter


# ---------------------------------------------------------------- reading a log


def hours(count: float) -> timedelta:
    """So many."""
    return timedelta(hours=count)


def days(count: float) -> timedelta:
    """So many."""
    return timedelta(days=count)


def minutes(count: float) -> timedelta:
    """So many."""
    return timedelta(minutes=count)


def gaps(seen: Sequence[Seen]) -> list[timedelta]:
    """Time between one request and the next."""
    return [later.at - sooner.at for sooner, later in pairwise(seen)]


def apart(sooner: Seen, later: Seen) -> float:
    """Seconds between two requests: in one round the world's clock stands still and the machine's goes on."""
    return max((later.at - sooner.at).total_seconds(), later.second - sooner.second)


def conditions(seen: Sequence[Seen]) -> list[tuple[str, str]]:
    """Every condition that was sent."""
    names = ("if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "if-range")
    return [(name, one.headers[name]) for one in seen for name in names if name in one.headers]


def reuse(logs: Sequence[Sequence[Seen]]) -> tuple[int, int]:
    """Requests of a round to a host already asked in it, and how many of them came on an open connection."""
    again = reused = 0
    for log in logs:
        lines: dict[datetime, set[int]] = {}
        for seen in log:
            known = lines.setdefault(seen.at, set())
            again += bool(known)
            reused += seen.line in known
            known.add(seen.line)
    return again, reused
