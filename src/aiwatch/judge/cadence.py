"""When a source is asked again, and in what words its state is told.

What a server asks for (max-age, ttl, sy, Retry-After, skipHours) is a bound from below: we may come later, never
sooner. Each decision comes with its reason, which the health table shows.
"""

from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from aiwatch.model import FailureKind, FetchFailure, Hints, Outcome, Reading, Source

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Due for a source that is not asked again until its configuration changes."""

_AUTO = timedelta(hours=1)  # `every: auto` until a source's own rhythm is known
_LONGEST_HINT = timedelta(hours=24)  # servers have been seen to claim 16 years
_LONGEST_WAIT = timedelta(days=31)  # for Retry-After
_FIRST_BACK_OFF = timedelta(minutes=15)
_LONGEST_BACK_OFF = timedelta(hours=24)
_JITTER = 0.05
_STOPPED = {
    401: "stopped: the server wants a name and password (401); change the source to try again",
    410: "stopped: gone for good, says the server (410)",
}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def next_due(
    source: Source,
    outcome: Outcome,
    hints: Hints | None,
    failures: int,
    now: datetime,
    spread: float,
) -> tuple[datetime, str]:
    """When to ask again, and why then.

    `failures` counts the polls in a row that brought nothing usable, this one included. `spread` in [0, 1) is the
    source's own share of jitter: it takes up to 5 % off our own interval, nothing off a server's.
    """
    hints = hints or Hints()
    if isinstance(outcome, FetchFailure) and outcome.status in _STOPPED:
        return NEVER, _STOPPED[outcome.status]
    if isinstance(outcome, FetchFailure) and outcome.retry_after is not None:
        wait, reason = _asked_to_wait(source, outcome.retry_after)
    elif isinstance(outcome, FetchFailure) or failures > 0:
        wait, reason = _back_off(source, max(failures, 1), spread)
    else:
        wait, reason = _ordinary(source, outcome, hints, spread)
    return _outside_skipped(now + wait, reason, hints)


def not_before(outcome: Outcome, now: datetime) -> datetime | None:
    """The instant before which nobody asks again, not even by hand: Retry-After and 410."""
    if not isinstance(outcome, FetchFailure):
        return None
    if outcome.status == 410:
        return NEVER
    if outcome.retry_after is None:
        return None
    return now + min(outcome.retry_after, _LONGEST_WAIT)


def _asked_to_wait(source: Source, asked: timedelta) -> tuple[timedelta, str]:
    if asked > _LONGEST_WAIT:
        return (
            _LONGEST_WAIT,
            f"the server asked us to wait {_words(asked)}; we wait {_words(_LONGEST_WAIT)}",
        )
    shortest = min(_every(source), _FIRST_BACK_OFF)
    if asked < shortest:
        return (
            shortest,
            f"the server asked us to wait {_words(asked)}; we wait {_words(shortest)}",
        )
    return asked, f"the server asked us to wait {_words(asked)}"


def _back_off(source: Source, failures: int, spread: float) -> tuple[timedelta, str]:
    start = max(_every(source), _FIRST_BACK_OFF)
    longest = max(start, _LONGEST_BACK_OFF)
    doublings = min(failures - 1, 12)  # 15 min doubled 12 times is past any bound
    wait = min(start * 2**doublings, longest)
    times = "once" if failures == 1 else f"{failures} times in a row"
    return _jittered(wait, spread), f"failed {times}: again after {_words(wait)}"


def _ordinary(
    source: Source, outcome: Outcome, hints: Hints, spread: float
) -> tuple[timedelta, str]:
    every = _every(source)
    fresh_for = None if isinstance(outcome, FetchFailure) else outcome.fresh_for
    bounds = [
        (min(bound, _LONGEST_HINT), words)
        for bound, words in (
            (fresh_for, "the server calls its answer fresh for"),
            (hints.ttl, "the feed's ttl is"),
            (hints.update_every, "the feed says it is updated every"),
        )
        if bound is not None
    ]
    bound, words = max(bounds, default=(timedelta(0), ""), key=lambda pair: pair[0])
    if bound > every:
        return bound, f"{words} {_words(bound)}"
    own = f"every {_words(every)}" + (" (auto)" if source.every is None else "")
    return max(_jittered(every, spread), bound), own


def _every(source: Source) -> timedelta:
    return _AUTO if source.every is None else source.every


def _jittered(wait: timedelta, spread: float) -> timedelta:
    return wait * (1 - _JITTER * spread)


def _outside_skipped(due: datetime, reason: str, hints: Hints) -> tuple[datetime, str]:
    """The next full hour that skipHours and skipDays leave open; hints that leave none are no hints."""
    days = frozenset(day.strip().casefold()[:3] for day in hints.skip_days)
    hours = frozenset(hints.skip_hours)
    if days.issuperset(_DAYS) or hours.issuperset(range(24)):
        return due, reason
    opened = due
    while opened.hour in hours or _DAYS[opened.weekday()] in days:
        opened = opened.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if opened == due:
        return due, reason
    return opened, f"{reason}; the feed asks not to be read before {opened:%a %H:%M} GMT"


def _words(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size or seconds == size:
            return f"{seconds / size:.1f}".removesuffix(".0") + f" {unit}"
    return f"{seconds} s"


# ---------------------------------------------------------------- health

_FAILURES: dict[FailureKind, str] = {
    "dns": "DNS error",
    "connect": "no connection",
    "tls": "TLS error",
    "timeout": "no answer in time",
    "http": "HTTP error",
    "too large": "answer too large",
    "encoding": "answer packed in a way we cannot unpack",
    "redirect": "redirected without an end",
    "private": "private address refused",
    "cut": "answer cut short",
    "url": "no address that can be opened",
    "reading": "could not be read",
    "worker": "too big or too slow to read",
}
_STATUSES = {
    401: "wants a name and password",
    403: "refuses us",
    404: "not found",
    410: "gone for good",
    429: "asks us to come less often",
}


def state(outcome: Outcome) -> Literal["working", "failing", "stopped"]:
    """A source's state as one word, to sort and to count by."""
    if not isinstance(outcome, FetchFailure):
        return "working"
    return "stopped" if outcome.status in _STOPPED else "failing"


def health(outcome: Outcome, reading: Reading | None, now: datetime, zone: str = "UTC") -> str:
    """A source's state in a few words: `working`, `DNS error`, `asked us to wait until 14:05`."""
    if isinstance(outcome, FetchFailure):
        return _failure_words(outcome, now, zone)
    if reading is not None and not reading.usable:
        return reading.problem or "page instead of a feed"
    return "working"


def _failure_words(failure: FetchFailure, now: datetime, zone: str) -> str:
    until = not_before(failure, now)
    if until is not None and until != NEVER:
        return f"asked us to wait until {_clock(until, now, zone)}"
    if failure.kind == "reading":
        return failure.detail or _FAILURES["reading"]
    if failure.status is None or failure.kind != "http":
        return _FAILURES[failure.kind]
    server = "server error" if failure.status >= 500 else "HTTP error"
    return f"{_STATUSES.get(failure.status, server)} ({failure.status})"


def _clock(at: datetime, now: datetime, zone: str) -> str:
    tz = ZoneInfo(zone)
    local, today = at.astimezone(tz), now.astimezone(tz)
    return f"{local:%H:%M}" if local.date() == today.date() else f"{local:%Y-%m-%d %H:%M}"
