"""When a source is asked again, and in what words that is told.

What a server asks for (max-age, ttl, sy, Retry-After, skipHours) is a bound from below: we may come later, never
sooner. Each decision comes with its reason, which the health table shows.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from aiwatch.model import FetchFailure, Hints, NotModified, Outcome, Page, Source

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Due for a source that is not asked again until its configuration changes."""

STOPPED = {
    401: "stopped: the server wants a name and password (401); change the source to try again",
    410: "stopped: gone for good, says the server (410)",
}
"""Statuses after which a source is left alone, and why."""

AUTO_SHORTEST = timedelta(minutes=10)
AUTO_LONGEST = timedelta(hours=24)
_AUTO = timedelta(hours=1)  # `every: auto` until a source's own rhythm is known
_FEW = 4  # shorter lists say too little about a rhythm to be read more often than `_AUTO`
# Longer goes at a third of the pace of shorter, or a night without news costs the morning's: of a source of 4 items an
# hour by day, 20 listed, 4 % went by unseen at half the pace, 1 % at this one, with 62 % known instead of 56 %.
_LONGER = 0.3
_AT_MOST_AN_ITEM = timedelta(minutes=1)  # what seems faster are ids that change, not news

# With nothing said about time (rachelbythebay.com/w/feed): at most hourly where a 304 is possible, else daily.
_UNTIMED = timedelta(hours=1)
_UNTIMED_WHOLE = timedelta(hours=24)

# Servers have been seen to call their feeds fresh for 16 years: longer is a setting for images, no wish of a feed's
# author. A day is also Miniflux's cap, and no more than a lost day of news where the header is a mistake.
_LONGEST_HINT = timedelta(hours=24)
LONGEST_WAIT = timedelta(days=31)  # for Retry-After, as lemon24/reader has it
_FIRST_BACK_OFF = timedelta(minutes=15)
# For good: one request a day is what even a server that says nothing grants a reader, and the day on which a source
# comes back is not lost. Who wants it to end takes the source out.
_LONGEST_BACK_OFF = timedelta(hours=24)
_SLOWER = 4
_NO_QUICK_RETRY = {
    "challenge": (timedelta(hours=6), "a check for browsers stands before it"),
    "robots": (timedelta(hours=6), "its robots.txt forbids it"),
}
_JITTER = 0.05
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that a due time is decided from."""

    source: Source
    outcome: Outcome
    hints: Hints = field(default_factory=Hints)  # the stored ones, also after a 304
    failures: int = 0  # in a row, this poll included
    conditional: bool = False  # the server gives validators
    listed: int | None = None  # items in this body; None after a 304, the same bytes, a failure
    known: int | None = None  # of them, seen before
    interval: timedelta | None = None  # what `every: auto` had come to
    elapsed: timedelta | None = None  # since the last good poll; None: about `interval`
    first: bool = False  # never read before this poll
    answered_before: bool = False  # it has worked before: a 403 then means "slow down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a source is asked next, and why then; `interval` is to be kept for `every: auto`."""

    at: datetime
    reason: str
    interval: timedelta | None = None


@dataclass(frozen=True, slots=True)
class _Wait:
    own: timedelta  # ours: jitter may shorten it
    when: str  # in words
    bound: timedelta = timedelta(0)  # nothing shortens this
    said: str = ""  # what happened, in words that hold whatever decides when
    interval: timedelta | None = None

    @property
    def reason(self) -> str:
        return ": ".join(filter(None, (self.said, self.when)))


def next_due(facts: Facts, now: datetime, spread: float) -> Due:
    """When to ask again.

    `spread` in [0, 1) is the poll's share of jitter: it takes up to 5 % off our own interval, nothing off a server's.
    """
    outcome = facts.outcome
    if isinstance(outcome, FetchFailure):
        if outcome.status in STOPPED:
            return Due(at=NEVER, reason=STOPPED[outcome.status], interval=_kept(facts))
        wait = _after_failure(facts, outcome)
    elif facts.source.every is None:
        wait = _automatic(facts)
    else:
        every = facts.source.every
        wait = _Wait(every, f"every {span_words(every)}")
    wait = _bounded(wait, facts)
    span = max(wait.own * (1 - _JITTER * spread), wait.bound)
    at, reason = _outside_skipped(now + span, wait.reason, facts.hints)
    return Due(at=at, reason=reason, interval=wait.interval)


def not_before(outcome: Outcome, now: datetime) -> datetime | None:
    """The instant before which nobody asks again, not even by hand: Retry-After and 410."""
    if not isinstance(outcome, FetchFailure):
        return None
    if outcome.status == 410:
        return NEVER
    asked = _asked(outcome)
    return now + min(asked, LONGEST_WAIT) if asked else None


def span_words(span: timedelta) -> str:
    """A length of time as it is said: `90 min`, `2.5 h`, `9 days`."""
    seconds = span.total_seconds()
    for unit, size in (("days", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            amount = seconds / size
            return f"{amount:.{1 if amount < 10 else 0}f}".removesuffix(".0") + f" {unit}"
    return f"{seconds:.0f} s"


# ---------------------------------------------------------------- an answer


def _bounded(wait: _Wait, facts: Facts) -> _Wait:
    """With what server and feed ask for as a bound from below, and as the reason where it decides."""
    fresh_for = None if isinstance(facts.outcome, FetchFailure) else facts.outcome.fresh_for
    bounds = [
        (min(bound, _LONGEST_HINT), words)
        for bound, words in (
            (fresh_for, "the server calls its answer fresh for"),
            (facts.hints.ttl, "the feed's ttl is"),
            (facts.hints.update_every, "the feed says it is updated every"),
        )
        if bound is not None
    ]
    bound, words = max(bounds, default=(timedelta(0), ""), key=lambda pair: pair[0])
    # What is kept is what will have passed, or an `auto` that nobody obeys would run to its end.
    interval = None if wait.interval is None else max(wait.interval, bound)
    if bound <= max(wait.own, wait.bound):
        return replace(wait, bound=max(wait.bound, bound), interval=interval)
    when = f"{words} {span_words(bound)}"
    return replace(wait, own=bound, bound=bound, when=when, interval=interval)


def _automatic(facts: Facts) -> _Wait:
    """The source's own rhythm, not shorter than manners allow where nothing is said about time."""
    interval, said = _adapted(facts)
    least = timedelta(0)
    if not _timed(facts):
        least = _UNTIMED if facts.conditional else _UNTIMED_WHOLE
    if least <= interval:
        when = f"auto: {said}, every {span_words(interval)}"
        return _Wait(interval, when, least, interval=interval)
    nothing = "the server says nothing about time"
    if not facts.conditional:
        nothing += " and never answers 304"
    when = f"auto: {said}; {nothing}: every {span_words(least)}"
    return _Wait(least, when, least, interval=least)


def _adapted(facts: Facts) -> tuple[timedelta, str]:
    """The interval that `every: auto` comes to, one step nearer to polls of which half is known.

    Media Cloud's idea (33-67 % known). A step is at most a doubling or halving; an answer after a fraction of the
    interval (asked by hand) counts as that fraction, and a short list for less than a long one, or both would make
    noise.
    """
    interval = facts.interval or _AUTO
    listed, known = facts.listed or 0, facts.known or 0
    if facts.first:
        return interval, "to begin with"
    elapsed = interval if facts.elapsed is None else facts.elapsed
    weight = max(0.0, min(1.0, elapsed / interval))
    if known >= listed:
        return _within(interval * 2 ** (weight * _LONGER), AUTO_SHORTEST), "nothing new"
    ratio = _wanted(elapsed, listed, known) / interval
    if known == 0:  # how many went by unseen is not known: no reason to come later
        ratio = min(ratio, 1.0)
    pace = weight * listed / (listed + _FEW) * (_LONGER if ratio > 1 else 1.0)
    stepped = interval * min(2.0, max(0.5, ratio)) ** pace
    return _within(stepped, AUTO_SHORTEST if listed >= _FEW else _AUTO), (
        f"{100 * known / listed:.0f} % known" if known else "nothing known"
    )


def _wanted(elapsed: timedelta, listed: int, known: int) -> timedelta:
    """After how long half of the list would have been new, at the pace just seen."""
    if (
        known == 0
    ):  # 20 items in 5 minutes: ids that change with each answer would lead to the shortest interval
        elapsed = max(elapsed, 2 * listed * _AT_MOST_AN_ITEM)
    return elapsed * listed / (2 * (listed - known))


def _within(interval: timedelta, shortest: timedelta) -> timedelta:
    return min(max(interval, shortest), AUTO_LONGEST)


def _timed(facts: Facts) -> bool:
    """Whether the server or its feed says anything about when to come again; max-age=0 does not."""
    hints, outcome = facts.hints, facts.outcome
    fresh = isinstance(outcome, Page | NotModified) and outcome.fresh_for
    return bool(fresh or hints.ttl or hints.update_every or hints.skip_hours or hints.skip_days)


# ---------------------------------------------------------------- a failure


def _after_failure(facts: Facts, failure: FetchFailure) -> _Wait:
    """Exponential from the source's own rhythm on; slower where the server means us."""
    rhythm = facts.source.every or facts.interval or _AUTO
    asked = _asked(failure)
    if asked:
        return _asked_to_wait(facts, failure, asked, rhythm)
    slow = _means_us(facts, failure)
    start = max(rhythm, _FIRST_BACK_OFF)
    wait = _doubled(start, facts.failures, _SLOWER if slow else 1)
    least, why = _NO_QUICK_RETRY.get(failure.kind, (timedelta(0), ""))
    said = f"failed {_times(facts.failures)}"
    if why or slow:
        said = f"{why or f'told to slow down ({failure.status})'}, {said}"
    when = f"again after {span_words(max(wait, least))}"
    return _Wait(wait, when, least, said, _kept(facts))


def _asked_to_wait(
    facts: Facts, failure: FetchFailure, asked: timedelta, rhythm: timedelta
) -> _Wait:
    """Retry-After is a bound: 503 invites us back early, 429 and 403 do not, and each repetition counts."""
    kept = min(asked, LONGEST_WAIT)
    start = rhythm if failure.status in (403, 429) else min(rhythm, _FIRST_BACK_OFF)
    wait = _doubled(start, facts.failures)
    said = f"server asked us to wait {span_words(asked)}"
    when = "" if max(wait, kept) == asked else f"we wait {span_words(max(wait, kept))}"
    return _Wait(wait, when, kept, said, _kept(facts))


def _doubled(start: timedelta, failures: int, times: int = 1) -> timedelta:
    doublings = min(max(failures, 1) - 1, 12)  # 1 min doubled 12 times is past any bound
    return min(start * times * (1 << doublings), max(start, _LONGEST_BACK_OFF))


def _means_us(facts: Facts, failure: FetchFailure) -> bool:
    """Whether the server says "less often"; 403 does so where it has answered before (polling.md, issue 3)."""
    return failure.status in (429, 503) or (failure.status == 403 and facts.answered_before)


def _kept(facts: Facts) -> timedelta | None:
    """`every: auto` after a failure: as before, but longer once where the server found it too short."""
    if facts.source.every is not None:
        return None
    too_often = isinstance(facts.outcome, FetchFailure) and facts.outcome.status in (403, 429)
    if facts.interval is None or not (too_often and facts.failures <= 1):
        return facts.interval
    return _within(facts.interval * 2, AUTO_SHORTEST)


def _asked(failure: FetchFailure) -> timedelta | None:
    """Retry-After, where it lies ahead."""
    asked = failure.retry_after
    return asked if asked is not None and asked > timedelta(0) else None


def _times(failures: int) -> str:
    return {0: "once", 1: "once", 2: "twice"}.get(failures, f"{failures} times in a row")


# ---------------------------------------------------------------- hours to leave out


def _outside_skipped(due: datetime, reason: str, hints: Hints) -> tuple[datetime, str]:
    """The next full hour that skipHours and skipDays leave open; hints that leave none are no hints."""
    days = frozenset(day.strip().casefold()[:3] for day in hints.skip_days)
    hours = frozenset(hour % 24 for hour in hints.skip_hours)  # RSS 0.91 counts from 1 to 24
    if days.issuperset(_DAYS) or hours.issuperset(range(24)):
        return due, reason
    opened = due.astimezone(UTC)
    while opened.hour in hours or _DAYS[opened.weekday()] in days:
        opened = opened.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if opened == due:
        return due, reason
    return opened, f"{reason}; the feed asks not to be read before {opened:%a %H:%M} GMT"
