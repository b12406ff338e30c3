"""How a source fares: in words for the table, as a rank to sort by, and beside its own rhythm."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from aiwatch.judge.cadence import NEVER, STOPPED, not_before, span_words
from aiwatch.model import FailureKind, FetchFailure, Outcome

SourceState = Literal["new", "working", "failing", "stopped"]

FAILING_AFTER = 3
"""Failures in a row that are told; fewer are a server's bad hour. Miniflux gives up at the same count."""

ENOUGH = 20
"""Items at different times from which a rhythm is read."""

_SHORTEST_SILENCE = timedelta(hours=24)
# Beyond the 99th percentile: of 2,068 gaps of 36 real feeds, each held against up to 100 items before it, 34 were longer
# than it, 11 longer than 1.5 times and 7 longer than twice it (a day at least).
_MARGIN = 1.5

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
    "robots": "forbidden by its robots.txt",
    "challenge": "a check for browsers instead of an answer",
}
_STATUSES = {
    200: "sent an empty answer",
    202: "has no document yet",
    203: "sent an empty answer",
    204: "sent an empty answer",
    205: "sent an empty answer",
    206: "sent a part only",
    226: "sent a part only",
    401: "wants a name and password",
    403: "refuses us",
    404: "not found",
    410: "gone for good",
    429: "asks us to come less often",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """A source as it stands, all from the table."""

    state: SourceState
    next_due: datetime
    paused: bool = False
    enabled: bool = True
    failures: int = 0  # in a row
    detail: str = ""  # what the last failure was, in short words: `DNS error`
    first_success: datetime | None = None
    last_success: datetime | None = None
    last_new: datetime | None = None
    not_before: datetime | None = None
    usual_gap: timedelta | None = None  # median time between its items
    longest_gap: timedelta | None = None  # 99th percentile of it
    listed: int | None = None  # items in the last body
    known: int | None = None  # of them, seen before
    moved_to: str | None = None  # where it is asked instead of its address
    told: frozenset[str] = frozenset()  # kinds of trouble that stand and were noted


# ---------------------------------------------------------------- in words


def state_of(outcome: Outcome) -> SourceState:
    """A source's state after this outcome, as one word to sort and to count by."""
    if not isinstance(outcome, FetchFailure):
        return "working"
    return "stopped" if outcome.status in STOPPED else "failing"


def failure_words(failure: FetchFailure, now: datetime, zone: str = "UTC") -> str:
    """What went wrong, in a few words: `DNS error`, `not found (404)`, `asked us to wait until 14:05`."""
    until = not_before(failure, now)
    if until is not None and until != NEVER:
        return f"asked us to wait until {_when(until, now, zone)}"
    if failure.kind == "reading":
        return failure.detail or _FAILURES["reading"]
    if failure.status is None or failure.kind != "http":
        return _FAILURES[failure.kind]
    server = "server error" if failure.status >= 500 else "HTTP error"
    return f"{_STATUSES.get(failure.status, server)} ({failure.status})"


def words(vitals: Vitals, now: datetime, zone: str = "UTC") -> str:
    """A source's state the way a person says it, with times in their zone."""
    if not vitals.enabled:
        return "off"
    if vitals.paused:
        return "paused"
    if vitals.state == "new":
        return "not read yet"
    if vitals.state == "stopped":
        return f"stopped: {vitals.detail or 'not asked again'}"
    if vitals.state == "failing":
        return _failing_words(vitals, now, zone)
    if "gap" in vitals.told:
        return "Working, may have missed items"
    silence = silent_for(vitals)
    if silence is None:
        return "Working"
    usual = f", usual {rough(vitals.usual_gap)}" if vitals.usual_gap else ""
    return f"nothing new for {rough(silence)}{usual}"


def _failing_words(vitals: Vitals, now: datetime, zone: str) -> str:
    held = _held_until(vitals, now)
    if held is not None:
        return f"asked us to wait until {_when(held, now, zone)}"
    detail = vitals.detail or "failing"
    if vitals.last_success is None:
        return f"{detail}{and_then(detail)}never read yet"
    return f"{detail}{and_then(detail)}not read since {_when(vitals.last_success, now, zone)}"


def and_then(detail: str) -> str:
    """What stands between a failure's words and what follows from them: more than a comma behind more than a few words."""
    return "; " if any(mark in detail for mark in ",;:") else ", "


def rank(vitals: Vitals, now: datetime) -> int:
    """A key to sort by: 0 is the most trouble, what is switched off comes last."""
    steps = (
        (not vitals.enabled, 9),
        (vitals.paused, 8),
        (vitals.state == "stopped", 0),
        (vitals.state == "failing" and vitals.failures >= FAILING_AFTER, 1),
        (vitals.state == "failing" and _held_until(vitals, now) is None, 2),
        (vitals.state == "failing", 3),
        ("gap" in vitals.told, 4),
        (silent_for(vitals) is not None, 5),
        (vitals.state == "new", 6),
    )
    return next((place for holds, place in steps if holds), 7)


def silent_for(vitals: Vitals) -> timedelta | None:
    """How long a source that works has brought nothing, where that is longer than it ever is; else None.

    Measured up to its last good poll: what it did since we do not know.
    """
    since = vitals.last_new or vitals.first_success
    if vitals.state != "working" or vitals.longest_gap is None:
        return None
    if since is None or vitals.last_success is None:
        return None
    silence = vitals.last_success - since
    return silence if silence > max(vitals.longest_gap * _MARGIN, _SHORTEST_SILENCE) else None


def _held_until(vitals: Vitals, now: datetime) -> datetime | None:
    until = vitals.not_before
    return until if until is not None and now < until < NEVER else None


def rough(span: timedelta) -> str:
    """A length of time in words, in whole days from two days on."""
    days = timedelta(days=1)
    return span_words(span if span < 2 * days else round(span / days) * days)


def _when(at: datetime, now: datetime, zone: str) -> str:
    """`14:05`, `yesterday 14:05`, `Sunday 14:05` within six days, else with its date."""
    tz = ZoneInfo(zone)
    local = at.astimezone(tz)
    days = (local.date() - now.astimezone(tz).date()).days
    if abs(days) > 6:
        return f"{local:%Y-%m-%d %H:%M}"
    day = {0: "", -1: "yesterday ", 1: "tomorrow "}.get(days, f"{local:%A} ")
    return f"{day}{local:%H:%M}"


# ---------------------------------------------------------------- its rhythm


def gaps(times: Sequence[datetime]) -> tuple[timedelta, timedelta] | None:
    """Usual (median) and longest (99th percentile) time between items; None where too few say anything.

    What comes in one minute is one batch. The oldest item is left out where the time after it is the longest of
    all: an item pinned years ago is no silence.
    """
    minutes = sorted({at.replace(second=0, microsecond=0) for at in times})
    if len(minutes) < ENOUGH:
        return None
    between = [(later - sooner).total_seconds() for sooner, later in pairwise(minutes)]
    if between[0] == max(between):
        between = between[1:]
    longest = statistics.quantiles(between, n=100, method="inclusive")[98]
    return timedelta(seconds=round(statistics.median(between))), timedelta(seconds=round(longest))
