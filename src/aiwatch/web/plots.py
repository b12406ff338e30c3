"""Where a look says more than words: a topic's days as bars, a story's life as dots. Numbers in, places out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aiwatch.judge import novelty
from aiwatch.model import Story

BAR, GAP, HIGH = 5, 2, 28
WIDE: Final = 640
MARGIN: Final = 8
_STEP = 11  # from dot to dot, one above the other
_MOST_HIGH = 12  # dots in a pile; the rest of a crowd is counted in words
_BINS = 56


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One day."""

    x: int
    y: int
    high: int
    today: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """A row of days; `words` say the same to those who do not see it."""

    bars: tuple[Bar, ...]
    wide: int
    high: int
    words: str


def bars(counts: Sequence[int]) -> Bars:
    """Stories a day, the last one today; nothing is drawn higher than the most of these days."""
    most = max(counts, default=0) or 1
    made = []
    for place, count in enumerate(counts):
        high = max(round(count / most * HIGH), 3) if count else 1
        made.append(
            Bar(x=place * (BAR + GAP), y=HIGH - high, high=high, today=place == len(counts) - 1)
        )
    total = sum(counts)
    words = f"{total:,} {'story' if total == 1 else 'stories'} in {len(counts)} days, at most {max(counts, default=0)} a day"
    return Bars(
        bars=tuple(made), wide=max(len(counts) * (BAR + GAP) - GAP, 1), high=HIGH, words=words
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One article."""

    x: float
    y: int
    kind: str  # own, copy, first
    words: str
    article: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A story from its first article to its last."""

    dots: tuple[Dot, ...]
    ticks: tuple[tuple[float, datetime], ...]
    wide: int
    high: int
    beyond: int  # articles for which there was no room


def life(story: Story, first: int | None) -> Life | None:
    """Its articles along time, piled up where many came together; None where one moment is all there is."""
    heard = sorted(novelty.heard(story), key=lambda one: one.published or one.first_seen)
    times = [member.published or member.first_seen for member in heard]
    if len(heard) < 2 or times[-1] - times[0] < timedelta(minutes=10):
        return None
    start, whole = times[0], times[-1] - times[0]
    piles: dict[int, int] = {}
    dots = []
    for member, at in zip(heard, times, strict=True):
        column = round((at - start) / whole * _BINS)
        level = piles[column] = piles.get(column, 0) + 1
        if level > _MOST_HIGH:
            continue
        kind = "copy" if novelty.is_copy(member) else "own"
        dots.append(
            Dot(
                x=round(MARGIN + column / _BINS * (WIDE - 2 * MARGIN), 1),
                y=level * _STEP,
                kind="first" if member.article == first else kind,
                words=member.outlet,
                article=member.article,
            )
        )
    high = max(dot.y for dot in dots) + _STEP
    return Life(
        dots=tuple(
            Dot(x=d.x, y=high - d.y, kind=d.kind, words=d.words, article=d.article) for d in dots
        ),
        ticks=((MARGIN, times[0]), (WIDE - MARGIN, times[-1])),
        wide=WIDE,
        high=high,
        beyond=len(heard) - len(dots),
    )
