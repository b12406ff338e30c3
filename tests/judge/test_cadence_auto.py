"""`every: auto`: polls in which a third to two thirds of what is listed is known already."""

import math
from collections.abc import Sequence
from datetime import timedelta

import pytest

from aiwatch.judge.cadence import (
    AUTO_LONGEST,
    AUTO_SHORTEST,
    Due,
    Facts,
    next_due,
)
from aiwatch.model import (
    Hints,
)
from tests.judge.polled import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    UNCHANGED,
    page,
    source,
)


class World:
    """A feed of so many slots whose items come at the given times (hours), polled as `every: auto` says."""

    def __init__(self, slots: int, items: Sequence[float], interval: timedelta | None = None):
        self.slots = slots
        self.items = items
        self.now = NOW
        self.interval = interval
        self.seen = 0  # of the items, those before are known
        self.polls: list[tuple[timedelta, float]] = []  # interval, share known
        self.lost = 0

    def poll(self, hints: Hints, *, first: bool = False, asked_early: float = 1.0) -> Due:
        hours = (self.now - NOW) / HOUR
        there = sum(1 for at in self.items if at <= hours)
        listed = range(max(0, there - self.slots), there)
        known = sum(1 for index in listed if index < self.seen)
        self.lost += max(0, there - self.slots - self.seen) if self.seen else 0
        changed = there > self.seen
        self.seen = there
        facts = Facts(
            source=source(None),
            outcome=page() if changed else UNCHANGED,
            hints=hints,
            listed=len(listed) if changed else None,
            known=known if changed else None,
            interval=self.interval,
            first=first,
            elapsed=None if first or self.interval is None else self.interval * asked_early,
        )
        found = next_due(facts, self.now, 0.0)
        share = known / len(listed) if changed else 1.0
        self.polls.append((self.interval or HOUR, share))
        self.interval = found.interval
        return found

    def run(self, polls: int) -> None:
        timed = Hints(ttl=AUTO_SHORTEST)
        for index in range(polls):
            self.now = self.poll(timed, first=index == 0).at


def steady(per_hour: float, hours: float, slots: int) -> list[float]:
    """Items at a constant rate, the list full from the beginning."""
    first = -math.ceil(slots / per_hour) * per_hour
    return [index / per_hour for index in range(math.floor(first), math.ceil(hours * per_hour))]


@pytest.mark.untraced
@pytest.mark.parametrize("start", [AUTO_SHORTEST, HOUR, AUTO_LONGEST])
@pytest.mark.parametrize("slots", [4, 5, 10, 20, 50, 100])
@pytest.mark.parametrize("per_hour", [1 / 168, 1 / 24, 0.2, 1.0, 4.0, 10.0, 30.0])
def test_a_steady_source_comes_to_a_third_to_two_thirds_known(
    per_hour: float, slots: int, start: timedelta
) -> None:
    world = World(slots, steady(per_hour, 40 * 24, slots), start)
    world.run(40)
    settled = world.polls[30:]
    wanted = slots / per_hour / 2 * HOUR
    if AUTO_SHORTEST <= wanted <= AUTO_LONGEST:
        mean = sum(share for _, share in settled) / len(settled)
        assert 0.33 <= mean <= 0.67
        for interval, share in settled:
            assert abs(share - 0.5) <= 0.17 + 1 / slots  # whole items
            assert 0.6 <= interval / wanted <= 1.6  # no swinging to and fro
    else:
        bound = AUTO_SHORTEST if wanted < AUTO_SHORTEST else AUTO_LONGEST
        assert all(0.6 <= interval / bound <= 1.6 for interval, _ in settled)


def test_days_and_nights_and_a_burst_lose_little_and_never_unseen() -> None:
    day = [hour for hour in range(24 * 20) if 6 <= hour % 24 < 22]
    items = [hour + part / 4 for hour in day for part in range(4)]  # 4 an hour, none at night
    items = sorted([-float(index) for index in range(20)] + items + [200.5] * 10)
    world = World(20, items)
    lost = 0
    world.run(10)
    while world.now < NOW + 19 * DAY:
        lost = world.lost
        world.now = world.poll(Hints(ttl=AUTO_SHORTEST)).at
        assert world.lost == lost or world.polls[-1][1] == 0.0  # nothing known: told as a gap
    assert lost <= 0.02 * len(items)
    assert len(world.polls) < 20 * 12
    shares = [share for _, share in world.polls[10:]]
    assert 0.33 <= sum(shares) / len(shares) <= 0.67


def test_after_a_storm_and_a_long_silence_it_finds_back() -> None:
    before = steady(1.0, 100, 20)
    storm = [100 + index / 60 for index in range(3000)]  # fifty hours of an item a minute
    after = [400.0 + index for index in range(300)]
    world = World(20, before + storm + after)
    intervals: dict[str, list[timedelta]] = {}
    while world.now < NOW + 690 * HOUR:
        hours = (world.now - NOW) / HOUR
        phases = ((60, "calm"), (100, ""), (130, "storm"), (150, ""), (350, "silence"), (400, ""))
        phase = max(phase for phase in (*phases, (0, ""), (500, "again")) if phase[0] <= hours)[1]
        world.now = world.poll(Hints(ttl=AUTO_SHORTEST)).at
        intervals.setdefault(phase, []).append(world.polls[-1][0])
    assert max(intervals["storm"]) <= 30 * MINUTE
    assert min(intervals["silence"]) >= 20 * HOUR
    for phase in ("calm", "again"):
        assert all(6 * HOUR <= interval <= 16 * HOUR for interval in intervals[phase])


@pytest.mark.parametrize(
    ("slots", "renewed", "lowest"),
    [
        (1, True, HOUR),  # an item that differs each time
        (2, True, HOUR),
        (3, True, HOUR),
        (20, True, 20 * MINUTE),  # ids that change with each answer
        (300, True, HOUR),
        (300, False, DAY),  # an archive of everything, to which little is added
    ],
)
def test_lists_that_say_nothing_of_a_rhythm_do_not_run_to_the_shortest(
    slots: int, renewed: bool, lowest: timedelta
) -> None:
    interval: timedelta | None = None
    for index in range(40):
        facts = Facts(
            source=source(None),
            outcome=page(),
            hints=Hints(ttl=MINUTE),
            listed=slots,
            known=0 if renewed or not index else slots - 1,
            interval=interval,
            first=index == 0,
        )
        interval = next_due(facts, NOW, 0.0).interval
    assert interval is not None
    assert lowest * 0.99 <= interval <= AUTO_LONGEST


def test_asking_by_hand_teaches_next_to_nothing() -> None:
    timed = Hints(ttl=MINUTE)
    world = World(20, steady(1.0, 100, 20), 10 * HOUR)
    for _ in range(30):  # within a minute each
        world.poll(timed, asked_early=1 / 600)
    assert world.interval is not None
    assert 9 * HOUR < world.interval < 11 * HOUR


def test_what_went_by_while_nobody_asked_is_no_reason_to_hurry() -> None:
    facts = Facts(
        source=source(None),
        outcome=page(HOUR),
        listed=20,
        known=0,
        interval=10 * HOUR,
        elapsed=5 * DAY,
    )
    found = next_due(facts, NOW, 0.0)
    assert found.interval == 10 * HOUR
    assert found.reason == "auto: nothing known, every 10 h"


@pytest.mark.parametrize(
    ("listed", "known", "first", "reason"),
    [
        (20, 9, False, "auto: 45 % known, every 7"),
        (None, None, False, "auto: nothing new, every "),
        (0, 0, False, "auto: nothing new, every "),
        (20, 25, False, "auto: nothing new, every "),
        (20, 0, True, "auto: to begin with, every 80 min"),
    ],
)
def test_automatic_says_what_it_went_by(
    listed: int | None, known: int | None, first: bool, reason: str
) -> None:
    facts = Facts(
        source=source(None),
        outcome=page(MINUTE),
        listed=listed,
        known=known,
        first=first,
        interval=80 * MINUTE,
    )
    assert next_due(facts, NOW, 0.0).reason.startswith(reason)
