"""A topic that suddenly has far more stories than usual, and one that has gone quiet.

Both are judged against the topic's own past, and in stories, not articles: one event that fifty outlets tell is no
burst. Times are aware; a day is the 24 hours before `now`, so that nothing depends on midnight.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from aiwatch.model import TopicName

DAY = timedelta(days=1)
WEEKS = 8  # of the past that count as usual
LEAST_DAYS = 14  # of past without which nothing is said
LEAST_STORIES = 4  # fewer are no burst, however quiet the topic is
CHANCE = 0.001  # of as many stories on a usual day: one false burst in three years of daily checks
COOL_DOWN = timedelta(
    days=2
)  # between two bursts of one topic, unless the later is twice the earlier
LEAST_GAPS = 8  # between stories, without which no gap can be called unusual
QUIET_SHARE = 0.99  # a silence is longer than this share of the gaps
QUIET_TIMES = 3.0  # and than so many usual gaps
LEAST_QUIET = timedelta(days=3)
LONGEST_GAPS = timedelta(days=365)  # gaps of the last year count


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """More stories than chance brings."""

    topic: TopicName
    at: datetime
    stories: int  # in the last 24 hours
    usual: float  # on that day of the week
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """No story for longer than the topic is ever quiet."""

    topic: TopicName
    since: datetime  # of the last story
    days: int
    usual: float  # days between stories, the median
    words: str


def burst(
    topic: TopicName,
    title: str,
    stories: Sequence[datetime],
    now: datetime,
    *,
    watched_since: datetime,
    last: Burst | None = None,
) -> Burst | None:
    """Whether a topic bursts now.

    Args:
        topic: its name, and `title` as a person reads it.
        stories: when each story of the topic was first seen; any order.
        now: later ones are left out.
        watched_since: what was there before counts for nothing.
        last: the burst told before, if any.
    """
    count = sum(now - DAY < story <= now for story in stories)
    past = _past_days(stories, now, watched_since)
    if count < LEAST_STORIES or len(past) < LEAST_DAYS:
        return None
    usual = _usual(past)
    if _tail(count, usual, _dispersion(past)) > CHANCE or _cooling(last, now, count):
        return None
    told = f"{title}: {count} stories in 24 hours, usual {_number(usual)} on a {now:%A}"
    return Burst(topic=topic, at=now, stories=count, usual=usual, words=told)


def silence(
    topic: TopicName,
    title: str,
    stories: Sequence[datetime],
    now: datetime,
    *,
    told: datetime | None = None,
) -> Silence | None:
    """Whether a topic has been quiet for longer than it ever is; said once for each silence.

    Args:
        topic: its name, and `title` as a person reads it.
        stories: when each story of the topic was first seen; any order.
        now: later ones are left out.
        told: when a silence of this topic was last told.
    """
    past = sorted(story for story in stories if now - LONGEST_GAPS < story <= now)
    gaps = sorted(later - earlier for earlier, later in pairwise(past))
    if len(gaps) < LEAST_GAPS or (told is not None and told > past[-1]):
        return None
    quiet = now - past[-1]
    usual = gaps[len(gaps) // 2]
    longest = gaps[min(len(gaps) - 1, math.ceil(QUIET_SHARE * len(gaps)) - 1)]
    if quiet <= max(longest, usual * QUIET_TIMES, LEAST_QUIET):
        return None
    days, gap = quiet // DAY, usual / DAY
    words = f"nothing on {title} for {days} days, usual gap {_gap(gap)}"
    return Silence(topic=topic, since=past[-1], days=days, usual=gap, words=words)


def _past_days(stories: Sequence[datetime], now: datetime, watched_since: datetime) -> list[int]:
    """Stories on each whole day before today, the latest first."""
    days = min((now - watched_since) // DAY - 1, WEEKS * 7)
    counts = [0] * max(0, days)
    for story in stories:
        age = (now - story) // DAY  # 0: in the last 24 hours
        if story <= now and 1 <= age <= days:
            counts[age - 1] += 1
    return counts


def _usual(past: Sequence[int]) -> float:
    """Stories on such a day of the week; drawn to the mean of all days, as it is known from few days."""
    mean = sum(past) / len(past)
    same = past[6::7]
    return (sum(same) + 2 * mean) / (len(same) + 2)


def _dispersion(past: Sequence[int]) -> float:
    """Variance over mean of the daily counts, at least 1: news comes in heaps."""
    mean = sum(past) / len(past)
    if not mean:
        return 1.0
    return max(1.0, sum((count - mean) ** 2 for count in past) / len(past) / mean)


def _tail(count: int, mean: float, dispersion: float) -> float:
    """The chance of so many or more: Poisson, or where days differ more, negative binomial of that variance."""
    mean = max(mean, 0.05)
    if dispersion < 1.01:
        below = sum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count))
    else:
        size, share = mean / (dispersion - 1), 1 / dispersion
        below = sum(
            math.exp(
                math.lgamma(k + size)
                - math.lgamma(size)
                - math.lgamma(k + 1)
                + size * math.log(share)
                + k * math.log(1 - share)
            )
            for k in range(count)
        )
    return max(0.0, 1 - below)


def _cooling(last: Burst | None, now: datetime, count: int) -> bool:
    """Whether it was told so lately that only twice as much is news."""
    return last is not None and now - last.at < COOL_DOWN and count < 2 * last.stories


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 2 else f"{value:.1f}"


def _gap(days: float) -> str:
    return f"{days:.0f}" if days >= 2 else f"{days * 24:.0f} hours"
