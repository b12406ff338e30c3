"""How often one host may be asked: what is known of it, what its robots.txt wants, and what it has refused.

One address's Retry-After binds that address alone (`cadence` does that). A host as a whole is slowed down only when
it turns two different addresses away within ten minutes: then it is the host that finds us too frequent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aiwatch.model import FailureKind, FetchFailure, Outcome

KNOWN: Mapping[str, tuple[timedelta, str]] = {
    "reddit.com": (
        timedelta(minutes=1),
        "Reddit lets programs make one request a minute since June 2026",
    ),
    "news.google.com": (
        timedelta(minutes=1),
        "Google News is asked once a minute, as it shuts out who asks often",
    ),
}
"""Hosts whose wishes stand in no header, with all their subdomains."""

WINDOW = timedelta(minutes=10)
FACTOR = 4
LONGEST = timedelta(hours=1)
QUIET = timedelta(hours=1)
LEAST = timedelta(seconds=1)  # what is multiplied where no spacing is configured
# Bing reads Crawl-delay as 1 to 30 s and nobody publishes more than the 120 articles an hour that 30 s let through;
# values of hours and days stand in real files, and would keep every page of that host from ever being read.
LONGEST_CRAWL_DELAY = timedelta(seconds=30)

_NOBODY_ASKED: frozenset[FailureKind] = frozenset({"dns", "private", "url", "robots"})


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """What is remembered of one host between requests and over restarts."""

    host: str
    last_request: datetime | None = None
    spacing: timedelta = timedelta()  # as it asked for by refusing; zero: as configured
    not_before: datetime | None = None
    refused_at: datetime | None = None  # last 429, 503, or 403 after it had answered
    refused_url: str | None = None
    reason: str = ""


def shared(host: str) -> str:
    """Under which name a host's requests are counted: www.reddit.com and old.reddit.com are one."""
    name = host.lower().rstrip(".")
    return next((known for known in KNOWN if name == known or name.endswith(f".{known}")), name)


def known_spacing(host: str) -> timedelta:
    """What a host is known to want between two requests; zero where nothing is known."""
    return KNOWN.get(shared(host), (timedelta(), ""))[0]


def capped_delay(crawl_delay: timedelta) -> timedelta:
    """A Crawl-delay as far as it is kept."""
    return min(max(crawl_delay, timedelta()), LONGEST_CRAWL_DELAY)


def after(
    state: HostState,
    url: str,
    outcome: Outcome,
    now: datetime,
    *,
    worked_before: bool,
    configured: timedelta = LEAST,
) -> HostState:
    """The host's state once `url` on it has been asked.

    worked_before: this host has answered us well, so that its 403 means "less", not "never".
    configured: the spacing without any refusal.
    """
    if isinstance(outcome, FetchFailure) and _never_sent(outcome):
        return state
    state = replace(state, last_request=now)
    eased = _eased(state, configured, now)
    status = _refusal(outcome, worked_before=worked_before)
    if status is None:
        return state if eased or not state.spacing else _at_ease(state)
    known = replace(state, refused_at=now, refused_url=url, spacing=eased)
    if not eased:
        known = replace(known, reason="", not_before=None)
    if not _a_second_address(state, url, now) or held(state, now):
        return known  # while it is held, answers to requests made before still come in
    spacing = min(max(eased, configured, LEAST) * FACTOR, max(LONGEST, configured))
    return replace(
        known,
        spacing=spacing,
        not_before=now + spacing,
        reason=f"it refused two of its addresses within {_words(WINDOW)} ({status}): "
        f"one request every {_words(spacing)}",
    )


def pace(
    host: str,
    state: HostState | None,
    configured: timedelta,
    crawl_delay: timedelta | None,
    now: datetime,
) -> tuple[timedelta, str]:
    """Time between the starts of two requests to a host, and why that much."""
    choices = [(configured, f"one request every {_words(configured)}, as configured")]
    if known := KNOWN.get(shared(host)):
        choices.append(known)
    if crawl_delay:
        choices.append((capped_delay(crawl_delay), _delay_words(crawl_delay)))
    if state is not None:
        choices.append((_eased(state, configured, now), state.reason))
    return max(choices, key=lambda choice: choice[0])


def held(state: HostState, now: datetime) -> timedelta:
    """How long nothing of the host is asked yet; zero: it may be asked."""
    if state.not_before is None:
        return timedelta()
    return min(max(state.not_before - now, timedelta()), LONGEST)


def _never_sent(failure: FetchFailure) -> bool:
    """Whether nobody was asked: it may not be, or cannot be, or (a time to come back, from no answer) was put off."""
    put_off = failure.status is None and failure.retry_after is not None
    return failure.kind in _NOBODY_ASKED or put_off


def _refusal(outcome: Outcome, *, worked_before: bool) -> int | None:
    """The status with which the host said "less"."""
    if not isinstance(outcome, FetchFailure):
        return None
    says_so = outcome.status in (429, 503) or (outcome.status == 403 and worked_before)
    return outcome.status if says_so else None


def _a_second_address(state: HostState, url: str, now: datetime) -> bool:
    if state.refused_at is None or state.refused_url in (None, url):
        return False
    return timedelta() <= now - state.refused_at <= WINDOW


def _eased(state: HostState, configured: timedelta, now: datetime) -> timedelta:
    """What is left of a spacing: one step less after an hour, and time for four requests, without a refusal.

    Time alone decides, so that a host that is asked once a day is no slower to forgive than one asked each minute:
    whoever is forgiven too early refuses again, and the steps go up as they went down.
    """
    base = max(configured, LEAST)
    spacing, since = state.spacing, state.refused_at
    if since is None or now < since:  # a clock that was set back remembers nothing
        return timedelta()
    while spacing > base:
        since += max(QUIET, spacing * 4)
        if now < since:
            return spacing
        spacing /= FACTOR
    return timedelta()


def _at_ease(state: HostState) -> HostState:
    return replace(state, spacing=timedelta(), not_before=None, reason="")


def _delay_words(asked: timedelta) -> str:
    kept = capped_delay(asked)
    if kept < asked:
        return f"its robots.txt asks for {_words(asked)} between pages (Crawl-delay); we keep {_words(kept)}"
    return f"its robots.txt asks for {_words(asked)} between pages (Crawl-delay)"


def _words(span: timedelta) -> str:
    seconds = span.total_seconds()
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size or seconds == size:
            return f"{seconds / size:.1f}".removesuffix(".0") + f" {unit}"
    return f"{seconds:.3g} s"
