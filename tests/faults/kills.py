"""kill -9 and SIGTERM, at random and at named instants, one process or two at once, over hundreds of articles.

The instants are made certain by the servers: an answer is held back, the process is killed while it waits, and the
answer is let go. What the mail server or the hook had accepted by then may come again, with the same id.
"""

import os
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from aiwatch.store import reader
from tests.faults.events import Event, events
from tests.faults.told import Heard, told_once
from tests.newsroom import Newsroom
from tests.servers import Answer, Asked

OUTLETS = ("Arden Times", "Brook Post", "Calder Echo")
PATIENCE = 120.0  # seconds for what happens at once on a quiet machine


class Gate:
    """Holds one answer back until it is opened, and says when somebody waits at it."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.open = threading.Event()

    def wait(self) -> None:
        """Stand here."""
        self.reached.set()
        assert self.open.wait(PATIENCE)


@dataclass
class Town:
    """A newsroom whose outlets publish as the run goes on."""

    room: Newsroom
    random: Random
    published: list[Event] = field(default_factory=list)
    items: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in OUTLETS})

    def __post_init__(self) -> None:
        self.coming = events(self.random)
        for outlet in OUTLETS:
            self._list(outlet)
        self.room.configure(
            sources=[{"name": name, "url": self.room.site.url(_feed(name))} for name in OUTLETS],
            topics={"video": {"any": ["sora"]}},
            channels={
                **self.room.channels(),
                "folder": {"kind": "file", "dir": str(self.room.folder / "kept")},
            },
            alerts=[
                {
                    "name": "now",
                    "to": ["inbox", "hook", "folder"],
                    "when": "at once",
                    "settle": None,
                    "at_most": None,
                }
            ],
        )

    def publish(self, count: int) -> None:
        """So many new articles, each at one of the outlets."""
        for _ in range(count):
            event, outlet = next(self.coming), self.random.choice(OUTLETS)
            path = f"/{len(self.published)}"
            self.published.append(event)
            self.room.page(path, event.title, event.text, outlet)
            self.items[outlet].insert(0, self.room.item(path, event.title, None, event.text))
            self._list(outlet)

    def _list(self, outlet: str) -> None:
        self.room.feed(_feed(outlet), *self.items[outlet], title=outlet)

    def heard(self) -> Heard:
        """What has arrived at the readers."""
        heard = Heard()
        for mail in self.room.inbox.mails:
            heard.mail(mail.content)
        for asked in self.room.hooks:
            heard.hook(asked.headers["webhook-id"], asked.body)
        heard.folder(self.room.folder / "kept")
        return heard


def _feed(outlet: str) -> str:
    return "/" + outlet.lower().replace(" ", "-")


# ---------------------------------------------------------------- instants


@contextmanager
def hold_route(town: Town, path: str) -> Iterator[Gate]:
    """The first request for this path waits at a gate; later ones are answered."""
    gate, held = Gate(), town.room.site.routes[path]

    def answer(asked: Asked) -> Answer | bytes | str:
        if not gate.reached.is_set():
            gate.wait()
        return held if isinstance(held, Answer) else held(asked)

    town.room.site.add(path, answer)
    try:
        yield gate
    finally:
        gate.open.set()
        town.room.site.routes[path] = held


@contextmanager
def hold_mail(town: Town, command: str) -> Iterator[Gate]:
    """The same of a command of mail."""
    gate = Gate()

    def answer(_: str) -> None:
        if not gate.reached.is_set():
            gate.wait()

    town.room.inbox.answers[command] = answer
    try:
        yield gate
    finally:
        gate.open.set()
        town.room.inbox.answers.pop(command)


def _feed_of_latest(town: Town) -> str:
    last = f"/{len(town.published) - 1}</guid>"
    return next(_feed(name) for name in OUTLETS if any(last in item for item in town.items[name]))


INSTANTS = {
    "before the poll is recorded": lambda town: hold_route(town, _feed_of_latest(town)),
    "poll recorded, its last article not filed": lambda town: hold_route(
        town, f"/{len(town.published) - 1}"
    ),
    "alert closed, nothing sent": lambda town: hold_mail(town, "EHLO"),
    "mail on its way": lambda town: hold_mail(town, "DATA"),
    "mail accepted, not settled": lambda town: hold_mail(town, "QUIT"),
    "hook accepted, not settled": lambda town: hold_route(town, "/hook"),
}


# ---------------------------------------------------------------- a run


@dataclass
class Run:
    """One seed's run, and its counts."""

    folder: Path
    seed: int
    count: Counter[str] = field(default_factory=Counter)
    groups: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)

    def go(self, kills: int, articles: int, say: Callable[[str], None] = lambda _: None) -> None:
        """Kill until there were so many, and then look whether everything is as if nobody had."""
        instants = list(INSTANTS)
        with Newsroom(self.folder) as room:
            town = Town(room, self.random)
            while (done := self.kills()) < kills or len(town.published) < articles:
                owed = articles * (done + 2) // kills - len(town.published)
                town.publish(max(0, min(owed, articles - len(town.published))))
                name = instants[(self.count["rounds"] // 2) % len(instants)]
                if self.count["rounds"] % 2 and town.published:
                    self._kill_at(town, name)
                else:
                    self._kill_some(town)
                self.count["rounds"] += 1
                if done // 20 < self.kills() // 20:
                    say(f"seed {self.seed}: {self.kills()} kills, {len(town.published)} articles")
            self._rest(town)
            check(town)
            self._nobody_is_left()
            self.count["articles"] += len(town.published)
            self.count["sent again under the same id"] += town.heard().again

    def kills(self) -> int:
        """Processes ended by us while they were at work."""
        return self.count["SIGKILL"] + self.count["SIGTERM"]

    def _kill_at(self, town: Town, name: str) -> None:
        """At a named instant; with nothing owed at it, as after a kill that left all to the next, it passes by."""
        with INSTANTS[name](town) as gate:
            process = self._start(town, "fetch", "--all")
            deadline = time.monotonic() + PATIENCE
            while not gate.reached.wait(0.02) and process.poll() is None:
                assert time.monotonic() < deadline, "it neither came to the gate nor ended"
            if gate.reached.is_set():
                self.count[name] += 1
            self._end(process, signal.SIGKILL)

    def _kill_some(self, town: Town) -> None:
        """After some time, one process or two that work side by side."""
        words: list[tuple[str, ...]] = [("fetch", "--all")]
        if self.random.random() < 0.6:
            words.append(self.random.choice((("watch",), ("fetch",), ("fetch", "--all"))))
        started = [self._start(town, *one) for one in words]
        self.count["two at once"] += len(started) == 2
        self.random.shuffle(started)
        for process in started:
            time.sleep(self.random.uniform(0.2, 2.5) / len(started))
            self._end(process, self.random.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGTERM)))

    def _start(self, town: Town, *words: str) -> "subprocess.Popen[bytes]":
        log = (self.folder / "log.txt").open("ab")
        with log:
            process = subprocess.Popen(
                town.room.command(*words), stdout=log, stderr=log, start_new_session=True
            )
        self.groups.append(process.pid)
        return process

    def _end(self, process: "subprocess.Popen[bytes]", how: signal.Signals) -> None:
        if process.poll() is None:
            process.send_signal(how)
            self.count[how.name] += 1
        process.wait(PATIENCE)

    def _rest(self, town: Town) -> None:
        """Passes that nobody disturbs, until there is nothing left to do."""
        for _ in range(10):
            done = town.room.apart("fetch", "--all")
            assert done.code == 0, done.err + done.out
            if not left(town.room.database):
                return
            time.sleep(6)  # what another process was reading is tried again after a while
        raise AssertionError(f"something is never done: {left(town.room.database)}")

    def _nobody_is_left(self) -> None:
        """The readers of a process that was killed have gone home, too."""
        deadline = time.monotonic() + PATIENCE
        for group in self.groups:
            while _is_there(group):
                assert time.monotonic() < deadline, f"a child of {group} lives on"
                time.sleep(0.05)


def _is_there(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def left(database: Path) -> dict[str, int]:
    """What is still to be done."""
    with reader(database) as db:
        found = {
            "to file": db.execute("SELECT COUNT(*) FROM entries WHERE state <> 'filed'"),
            "waiting": db.execute("SELECT COUNT(*) FROM waiting"),
            "not sent": db.execute("SELECT COUNT(*) FROM outbox WHERE state <> 'sent'"),
        }
        return {what: n for what, rows in found.items() if (n := rows.fetchone()[0])}


def check(town: Town) -> None:
    """Every article filed once, and every story told once by id to each of the three."""
    assert left(town.room.database) == {}
    titles = sorted(event.title for event in town.published)
    with reader(town.room.database) as db:
        assert sorted(row[0] for row in db.execute("SELECT title FROM articles")) == titles
        assert db.execute("SELECT COUNT(*) FROM stories").fetchone()[0] == len(titles)
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    told_once(town.heard(), [event.name for event in town.published])
