"""Any order of what can happen: publish, edit, pass, crash, outages, edits of the configuration, jumps of the clock.

hypothesis chooses the steps and shortens what breaks a promise. After each pass everything is looked at that must hold
at any moment; in the end all is well again, a few passes go by, and nothing may be lost or told twice.
"""

import atexit
import json
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import seed as with_seed
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from aiwatch.judge.schedule import parse_schedule
from aiwatch.model import Alert, AlertName, Rate
from aiwatch.store import Store, closing, outbox
from tests.faults.events import Event, events
from tests.faults.injector import Kind
from tests.faults.sound import Watch, left
from tests.faults.wire import MailMood
from tests.faults.world import OUTLETS, READERS, World, at_once, memory

HOUR = timedelta(hours=1)
WAYS: tuple[dict[str, Any], ...] = (
    {},
    {"settle": timedelta(minutes=10)},
    {"at_most": Rate(count=1, per=HOUR), "update_gap": 2 * HOUR},
    {"quiet": ((22, 0), (7, 0)), "updates": "all"},
    {"when": parse_schedule("daily at 08:00")},
    {"when": parse_schedule("daily at 08:00"), "empty": "say"},
)
JUMPS = (timedelta(minutes=1), timedelta(minutes=11), 7 * HOUR, timedelta(days=3), -HOUR, timedelta(days=-2))  # fmt: skip
MAIL_MOODS: tuple[MailMood, ...] = ("up", "hangs up after the mail", "down", "busy", "not now", "refuses")  # fmt: skip
HOOK_ANSWERS = (204, -1, 500, 503, 0, 410, 302)
PASSES = 14
done: Counter[str] = Counter()


class Steps(RuleBasedStateMachine):
    """A world, and what can happen in it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="aiwatch-", dir=memory()))
        self.world = World(self.folder)
        shutil.copyfile(template(), self.world.database)
        self.watch = Watch(self.world)
        self.coming: Iterator[Event] = events(Random(1))
        self.numbers = count(100_001)
        self.places: dict[str, list[tuple[str, str]]] = {}  # by name: outlet and path
        self.edits: Counter[str] = Counter()
        self.alert = self.world.alerts[0]
        self.latest = self.world.clock.now
        done["runs"] += 1

    def teardown(self) -> None:
        try:
            self._ends_well()
        finally:
            self.world.close()
            shutil.rmtree(self.folder)

    # ------------------------------------------------------------ the news

    @rule(outlet=st.sampled_from(OUTLETS))
    def publish(self, outlet: str) -> None:
        event = next(self.coming)
        path = f"/{len(self.places)}"
        self.world.outlets[outlet].publish(path, event)
        self.places[event.name] = [(outlet, path)]

    @precondition(lambda self: self.places)
    @rule(which=st.integers(0, 10))
    def copy(self, which: int) -> None:
        """The other outlet brings it word for word."""
        name = sorted(self.places)[which % len(self.places)]
        (outlet, path), *more = self.places[name]
        if not more:
            other = next(one for one in OUTLETS if one != outlet)
            self.world.outlets[other].publish(
                f"/copy{path}", self.world.outlets[outlet].items[path]
            )
            self.places[name].append((other, f"/copy{path}"))

    @precondition(lambda self: self.places)
    @rule(which=st.integers(0, 10))
    def edit(self, which: int) -> None:
        """It says one thing more; each figure is one that nobody told before."""
        name = sorted(self.places)[which % len(self.places)]
        (outlet, path) = self.places[name][0]
        event = self.world.outlets[outlet].items[path]
        line = f"By now {name} owes {next(self.numbers)} crowns to its town, the court wrote."
        self.world.outlets[outlet].publish(path, replace(event, text=f"{event.text}\n{line}"))
        self.edits[name] += 1

    # ------------------------------------------------------------ the program

    @rule(news=st.integers(0, 2))
    def passes(self, news: int) -> None:
        self._news(news)
        assert self.world.go() is not None
        done["passes"] += 1
        self.watch.look()

    @rule(news=st.integers(0, 3), at=st.integers(1, 800), kind=st.sampled_from(["dies", "raises"]))
    def breaks(self, news: int, at: int, kind: Kind) -> None:
        self._news(news)
        self.world.go(at, kind)
        done[f"passes in which a call {kind}"] += bool(self.world.injector.fired)
        self.watch.look()

    def _news(self, news: int) -> None:
        for number in range(news):
            self.publish(OUTLETS[number % 2])

    @rule(way=st.sampled_from(WAYS), renamed=st.booleans())
    def configure(self, way: dict[str, Any], renamed: bool) -> None:
        name, was = self.alert.name, self.alert.was
        if renamed:
            name, was = AlertName("news" if name == "now" else "now"), name
        self._use(at_once(**way, name=name, was=was))

    def _use(self, alert: Alert) -> None:
        self.alert, self.world.alerts = alert, (alert,)

    @rule(paused=st.booleans())
    def pause(self, paused: bool) -> None:
        with Store(self.world.database) as store:
            store.write_now(lambda db: closing.pause(db, self.alert.name, None, paused=paused))

    @rule()
    def retry(self) -> None:
        with Store(self.world.database) as store:
            store.write_now(lambda db: outbox.retry(db, None, self.world.clock.now))

    # ------------------------------------------------------------ the others

    @rule(mood=st.sampled_from(MAIL_MOODS), answer=st.sampled_from(HOOK_ANSWERS))
    def outage(self, mood: MailMood, answer: int) -> None:
        self.world.mail.mood, self.world.hook = mood, answer

    @rule(by=st.sampled_from(JUMPS))
    def clock(self, by: timedelta) -> None:
        self.world.clock.now += by
        self.latest = max(self.latest, self.world.clock.now)

    # ------------------------------------------------------------ what must hold

    @invariant()
    def counts(self) -> None:
        done["steps"] += 1

    def _ends_well(self) -> None:
        self.world.mail.mood, self.world.hook = "up", 204
        self._use(at_once(name=self.alert.name, was=self.alert.was))
        self.world.go()
        self.pause(paused=False)
        self.world.clock.now = max(self.latest, self.world.clock.now)
        for _ in range(PASSES):
            self.retry()
            self.world.clock.now += 7 * HOUR
            assert self.world.go() is not None
            if not left(self.world):
                break
        assert left(self.world) == {}, left(self.world)
        self.watch.look()
        heard = self.world.listen()
        for name in self.places:
            for who in READERS:
                ids = heard.naming(who, name)
                told = "\n".join(f"{id_}: {_around(heard.messages[who][id_], name)}" for id_ in ids)
                assert ids, f"{who} never heard of {name}"
                most = 1 + self.edits[name] + (who != "hook") * heard.mentions(name)
                assert len(ids) <= most, f"{who} heard of {name} again\n{told}"
        self._no_figure_is_news_twice()
        done["stories told"] += len(self.places)
        done["messages"] += sum(map(len, heard.readers().values()))
        done["messages sent again under the same id"] += heard.again

    def _no_figure_is_news_twice(self) -> None:
        first: dict[str, str] = {}
        for id_, words in self.world.listen().messages["bytes to hook"].items():
            for story in _stories(json.loads(words)["data"]):
                for fact in (*story["summary"], *story["new_facts"]):
                    for figure in re.findall(r"\b1\d{5}\b", fact["text"]):
                        assert first.setdefault(figure, id_) == id_, (
                            f"{figure} is news in {id_} again"
                        )


def walk(seed: int, runs: int, length: int) -> None:
    """So many runs of so many steps."""
    bounds = settings(
        max_examples=runs,
        stateful_step_count=length,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(with_seed(seed)(Steps), settings=bounds)


def _around(words: str, name: str) -> str:
    """Where it stands."""
    return " … ".join(
        words[max(at.start() - 150, 0) : at.end() + 150] for at in re.finditer(name, words)
    )


def _stories(data: dict[str, Any]) -> list[dict[str, Any]]:
    if "story" in data:
        return [data["story"]]
    return [story for section in data.get("sections", ()) for story in section["stories"]]


@cache
def template() -> Path:
    """A database of nothing yet; made once."""
    folder = Path(tempfile.mkdtemp(prefix="aiwatch-", dir=memory()))
    atexit.register(shutil.rmtree, folder)
    with Store(folder / "template.db"):
        return folder / "template.db"
