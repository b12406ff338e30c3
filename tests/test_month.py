"""A month of news, outages, deaths and clock changes: every reader hears of every story, of nothing twice.

In every fourth month one of the readers has a real mail server; the others are endpoints that a double plays.

AIWATCH_MONTHS=500 pytest tests/test_month.py
"""

import asyncio
import json
import os
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from aiwatch.channels.base import Tools
from aiwatch.config.values import Config, Keep
from aiwatch.delivery import Delivery
from aiwatch.judge.schedule import parse_schedule
from aiwatch.model import Alert, AlertName, ChannelName, Rate, StoryId, Topic, TopicName
from aiwatch.store import Store, mending, outbox
from tests.desk import FETCH, channel, mail
from tests.drafts import file
from tests.inbox import Inbox
from tests.month import BEGIN, END, Happening, Hooks, Killed, Post, World, figures_in

SEEDS = int(os.environ.get("AIWATCH_MONTHS", "20"))
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ONE, TWO = "https://one.example/", "https://two.example/"
PERSON = "ann@example.org"
DELAYS = tuple(
    timedelta(seconds=s) for s in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
)
WALL = ("08:00", "02:30", "01:30", "00:30", "02:00", "17:05")


@dataclass
class Month:
    """One seed's month as it is lived through."""

    folder: Path
    random: Random
    world: World
    hooks: Hooks
    post: Post
    config: Config
    now: datetime = BEGIN
    mortal: bool = False
    ran: list[datetime] = field(default_factory=list)  # when closings were tried
    stories: dict[int, StoryId] = field(default_factory=dict)
    store: Store | None = None
    loop: asyncio.Runner = field(default_factory=asyncio.Runner)

    def live(self) -> None:
        """All of it, and three quiet days after."""
        coming = self.world.happenings()
        self._open()
        while self.now < END:
            self.now = self._next_round(coming[0].at if coming else END)
            while coming and coming[0].at <= self.now:
                self._happens(coming.pop(0))
            self._round()
        self.hooks.calm = self.post.calm = True
        for _ in range(7):
            self.now += 13 * HOUR
            self._round()

    def close(self) -> None:
        """Let go of everything."""
        if self.store is not None:
            self.store.close()
        self.loop.close()

    def _next_round(self, news: datetime) -> datetime:
        """Soon after something happened, else some hours later; now and then the machine sleeps for days."""
        luck = self.random.random()
        if luck < 0.02:
            return self.now + timedelta(days=2)
        if luck < 0.3:
            return self.now + 11 * MINUTE
        return min(max(news, self.now + MINUTE), self.now + self.random.choice((9, 15, 21)) * HOUR)

    def _open(self) -> None:
        if self.store is not None:
            self.store.close()
        self.store = Store(self.config.database)

    def _delivery(self) -> Delivery:
        assert self.store is not None
        tools = Tools(http=self.hooks, out=None)  # type: ignore[arg-type]
        return Delivery(config=self.config, store=self.store, tools=tools, clock=self._clock)

    def _clock(self) -> datetime:
        """The time; the process may die where it asks, as after a message was taken and before that was written down."""
        if self.mortal and self.random.random() < 0.01:
            raise Killed
        return self.now

    def _happens(self, one: Happening) -> None:
        assert self.store is not None
        if one.draft is not None:
            filed = file(self.store, one.draft, *self._delivery().subscriptions(), now=self.now)
            self.stories.setdefault(one.event, filed.story)
        else:
            story = self.stories[one.event]
            self.store.write_now(lambda db: mending.mute(db, story, self.now, muted=True))

    def _round(self) -> None:
        """One pass of the programme; it may be killed in the middle, and is started again every few hours."""
        self.hooks.now = self.now
        self.post.turn(self.now)
        if self.random.random() < 0.2:
            self._open()
        delivery = self._delivery()
        closed = self.loop.run(delivery.close_due())
        assert closed.troubles == ()
        self.ran.append(self.now)
        self.mortal = not self.hooks.calm
        try:
            self.loop.run(delivery.send_due(1))
        except Killed:
            self._open()
        self.mortal = False


def month(folder: Path, seed: int, inbox: Inbox) -> Month:
    random = Random(seed)
    down, post_too = _a_day(random), " post" * (seed % 4 == 0)
    hooks = Hooks(Random(seed + 1), down={random.choice((ONE, TWO)): down})
    post = Post(inbox, Random(seed + 3), random.choice((down, _a_day(random))))
    config = Config(
        path=None,
        database=folder / "aiwatch.db",
        timezone="UTC",
        fetch=FETCH,
        keep=Keep(bodies=None, matched=None, messages=None),
        topics=tuple(Topic(name=TopicName(name), title=name, any=(name,)) for name in ("sora", "robots")),
        channels=(
            channel("one", "webhook", retry=DELAYS, url=ONE),
            channel("two", "webhook", retry=DELAYS, url=TWO),
            mail("post", inbox.port, PERSON, retry=DELAYS),
        ),
        alerts=(
            _alert("morning", f"one{post_too}", f"daily at {random.choice(WALL)}", "Europe/London", "sora"),
            _alert("night", "two", f"daily at {random.choice(WALL)}", "America/New_York", "sora", "robots"),
            _alert(
                "breaking", f"one two{post_too}", "at once", "Europe/London", "sora",
                settle=10 * MINUTE, update_gap=2 * HOUR, at_most=Rate(count=2, per=HOUR), quiet=((23, 0), (6, 0)),
                min_outlets=random.choice((1, 1, 2)), within=24 * HOUR, updates=random.choice(("new facts", "all")),
            ),
        ),
    )  # fmt: skip
    return Month(folder, random, World(Random(seed + 2)), hooks, post, config)


def _a_day(random: Random) -> tuple[datetime, datetime]:
    begin = BEGIN + timedelta(days=random.uniform(2, 25))
    return begin, begin + 26 * HOUR


def _alert(name: str, to: str, when: str, zone: str, *topics: str, **parts: Any) -> Alert:
    return Alert(
        name=AlertName(name),
        to=tuple(map(ChannelName, to.split())),
        when=parse_schedule(when),
        timezone=zone,
        topics=tuple(map(TopicName, topics)),
        empty="say",
        **parts,
    )


# ---------------------------------------------------------------- what must hold


def check(lived: Month) -> None:
    assert lived.store is not None
    told = messages(lived)
    each_story_is_told(lived, told)
    no_fact_comes_twice(lived, told)
    every_slot_is_closed_once(lived)
    mails_tell_everything_once(lived)
    with lived.store.read() as db:
        assert outbox.failed(db) == 0
        assert outbox.open_rows(db, lived.now) == 0


def messages(lived: Month) -> dict[str, dict[str, Any]]:
    """By endpoint: what arrived, by id; the same id brings the same bytes, and no bytes come under two ids."""
    found: dict[str, dict[str, Any]] = {ONE: {}, TWO: {}}
    bodies: dict[tuple[str, bytes], str] = {}
    for url, id_, body, _ in lived.hooks.arrived:
        assert bodies.setdefault((url, body), id_) == id_, "one message under two ids"
        assert found[url].setdefault(id_, json.loads(body)) == json.loads(body)
    return found


def stories_in(message: dict[str, Any]) -> list[dict[str, Any]]:
    data = message["data"]
    if "story" in data:
        return [data["story"]]
    return [story for section in data["sections"] for story in section["stories"]]


def each_story_is_told(lived: Month, told: dict[str, dict[str, Any]]) -> None:
    """Known by its figures and names, so that a story that was made two of, or folded into another, is seen."""
    for url, topics in ((ONE, {"sora"}), (TWO, {"sora", "robots"})):
        heard = {story["id"] for message in told[url].values() for story in stories_in(message)}
        for event in lived.world.events:
            if event.topic in topics and not event.muted:
                assert lived.stories[event.number] in heard, f"{url} never heard of {event}"


def no_fact_comes_twice(lived: Month, told: dict[str, dict[str, Any]]) -> None:
    for url, heard in told.items():
        seen: dict[str, str] = {}
        said: dict[str, str] = {}
        for id_, message in heard.items():
            for story in stories_in(message):
                for fact in (*story["summary"], *story["new_facts"]):
                    text = fact["text"]
                    assert said.setdefault(text, id_) == id_, f"{url}: the same words twice: {text}"
                    for figure in figures_in(text, lived.world):
                        assert seen.setdefault(figure, id_) == id_, f"{url}: {figure} again: {text}"


def mails_tell_everything_once(lived: Month) -> None:
    """A Message-ID brings the same mail each time, but for its Date; what the reader counts as told stands in it."""
    letters: dict[str, str] = {}
    texts: dict[str, str] = {}
    for one in lived.post.inbox.mails:
        message = message_from_bytes(one.content)  # as the old policy reads it, much faster
        id_ = message["Message-ID"][1:-1].partition("@")[0]
        lines = one.content.decode().splitlines()
        letter = "\n".join(line for line in lines if not line.startswith("Date: "))
        assert letters.setdefault(id_, letter) == letter, "one id, two mails"
        texts[id_] = " ".join(_plain(message).split())
    assert len(set(letters.values())) == len(letters), "one mail under two ids"
    if all(ChannelName("post") not in alert.to for alert in lived.config.alerts):
        return
    assert lived.store is not None
    with lived.store.read() as db:
        rows = db.execute(
            "SELECT story, message_id, facts FROM told WHERE reader = ?", (f"mailto:{PERSON}",)
        ).fetchall()
    for event in lived.world.events:
        if event.topic == "sora" and not event.muted:
            assert lived.stories[event.number] in {row["story"] for row in rows}, event
    seen: dict[str, str] = {}
    for row in rows:
        for fact in json.loads(row["facts"]):
            assert " ".join(fact.split()) in texts[row["message_id"]], fact
            for figure in figures_in(fact, lived.world):
                assert seen.setdefault(figure, row["message_id"]) == row["message_id"], fact


def _plain(message: Message) -> str:
    found = next(part for part in message.walk() if part.get_content_type() == "text/plain")
    body = found.get_payload(decode=True)
    assert isinstance(body, bytes)
    return body.decode()


def every_slot_is_closed_once(lived: Month) -> None:
    assert lived.store is not None
    with lived.store.read() as db:
        rows = db.execute("SELECT alert, slot FROM digests WHERE slot IS NOT NULL ORDER BY id")
        closed = defaultdict(list)
        for row in rows:
            closed[row["alert"]].append(datetime.fromisoformat(row["slot"]))
    for alert in lived.config.alerts:
        if alert.when.kind == "slots":
            assert closed[alert.name] == expected_slots(alert, lived.ran), alert


def expected_slots(alert: Alert, ran: list[datetime]) -> list[datetime]:
    """Of the slots between two rounds the last: a slot is the first instant at which the wall shows its time or later."""
    zone, ((hour, minute),) = ZoneInfo(alert.timezone), alert.when.times
    days = [BEGIN.date() + timedelta(days=n) for n in range(40)]
    slots = [_first_instant(datetime.combine(day, time(hour, minute)), zone) for day in days]
    found, before = [], ran[0]
    for now in ran:
        between = [slot for slot in slots if before < slot <= now]
        found += between[-1:]
        before = now
    return found


def _first_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    at = wall.replace(tzinfo=UTC) - 15 * HOUR
    while at.astimezone(zone).replace(tzinfo=None) < wall:
        at += 5 * MINUTE
    return at


@pytest.mark.slow
@pytest.mark.untraced
@pytest.mark.parametrize("first", range(0, SEEDS, 5))
def test_in_a_month_everything_is_told_once(first: int, tmp_path: Path) -> None:
    for seed in range(first, min(first + 5, SEEDS)):
        folder = tmp_path / str(seed)
        folder.mkdir()
        with Inbox() as inbox:
            lived = month(folder, seed, inbox)
            try:
                lived.live()
                check(lived)
            except BaseException as error:
                error.add_note(f"seed {seed}")
                raise
            finally:
                lived.close()
