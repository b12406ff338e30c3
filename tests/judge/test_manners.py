from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.judge.manners import (
    LONGEST,
    HostState,
    after,
    capped_delay,
    held,
    known_spacing,
    pace,
    shared,
)
from aiwatch.model import FailureKind, FetchFailure, NotModified, Outcome, Validators

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
GOOD = NotModified(url="http://h.example/a", validators=Validators())
NEW = HostState(host="h.example")


def refused(status: int | None = 429, kind: FailureKind = "http") -> FetchFailure:
    return FetchFailure(url="http://h.example/a", kind=kind, detail="No.", status=status)


def told(
    *events: tuple[timedelta, str, Outcome],
    worked_before: bool = True,
    configured: timedelta = SECOND,
) -> HostState:
    state = NEW
    for at, url, outcome in events:
        state = after(
            state, url, outcome, NOW + at, worked_before=worked_before, configured=configured
        )
    return state


# ---------------------------------------------------------------- what slows a host down (rules 16, 18, 20)


@pytest.mark.parametrize(
    ("events", "seconds"),
    [
        ([(0, "a", 429)], 0),
        ([(0, "a", 429), (1, "a", 429), (2, "a", 503)], 0),
        ([(0, "a", 429), (1, "b", 429)], 4),
        ([(0, "a", 503), (600, "b", 429)], 4),
        ([(0, "a", 429), (601, "b", 429)], 0),
        ([(0, "a", 403), (1, "b", 403)], 4),
        ([(0, "a", 404), (1, "b", 500)], 0),
        ([(0, "a", 429), (1, "b", 500), (2, "b", 429)], 4),
        ([(0, "a", 429), (1, "b", 429), (2, "c", 429), (3, "d", 429)], 4),  # one burst, one step
        ([(0, "a", 429), (1, "b", 429), (5, "c", 429)], 16),
        ([(0, "a", 429), (1, "b", 429), (6, "c", 429), (30, "a", 429)], 64),
    ],
)
def test_a_host_waits_only_after_two_of_its_addresses_were_refused_within_ten_minutes(
    events: list[tuple[int, str, int]], seconds: int
) -> None:
    state = told(*((at * SECOND, url, refused(status)) for at, url, status in events))
    assert state.spacing == seconds * SECOND
    assert bool(state.reason) is bool(seconds)


def test_a_slowed_host_says_why_and_is_left_alone_first() -> None:
    state = told((0 * MINUTE, "a", refused(503)), (MINUTE, "b", refused(429)))
    assert state.not_before == NOW + MINUTE + 4 * SECOND
    assert held(state, NOW + MINUTE + SECOND) == 3 * SECOND
    assert held(state, NOW + HOUR) == timedelta()
    assert pace("h.example", state, SECOND, None, NOW + MINUTE) == (
        4 * SECOND,
        "it refused two of its addresses within 10 min (429): one request every 4 s",
    )


def test_a_403_counts_only_from_a_host_that_answered_before() -> None:
    events = [(0 * MINUTE, "a", refused(403)), (MINUTE, "b", refused(403))]
    assert told(*events, worked_before=False) == HostState(
        host="h.example", last_request=NOW + MINUTE
    )
    assert told(*events).spacing == 4 * SECOND


def test_a_challenge_that_comes_as_a_refusal_is_one() -> None:
    events = [(n * MINUTE, url, refused(503, "challenge")) for n, url in enumerate("ab")]
    assert told(*events).spacing == 4 * SECOND


@pytest.mark.parametrize("kind", ["dns", "private", "url", "robots"])
def test_what_was_never_sent_is_no_request(kind: FailureKind) -> None:
    assert told((0 * MINUTE, "a", refused(None, kind))) == NEW


def test_what_was_put_off_is_no_request() -> None:
    put_off = FetchFailure(url="a", kind="timeout", detail="Later.", retry_after=MINUTE)
    assert told((0 * MINUTE, "a", put_off)) == NEW


def test_the_spacing_grows_from_the_configured_one_and_ends_at_an_hour() -> None:
    events = [(n * 9 * MINUTE, "ab"[n % 2], refused()) for n in range(2)]
    assert told(*events, configured=MINUTE).spacing == 4 * MINUTE
    state = told(*events, configured=20 * MINUTE)
    assert (state.spacing, pace("h", state, 20 * MINUTE, None, NOW + 9 * MINUTE)[0]) == (HOUR, HOUR)
    assert told(*events, configured=2 * HOUR).spacing == 2 * HOUR
    assert told(*events, configured=timedelta()).spacing == 4 * SECOND


# ---------------------------------------------------------------- how it is forgiven


def slowed(spacing: timedelta) -> HostState:
    return HostState(
        host="h.example", spacing=spacing, refused_at=NOW, refused_url="a", reason="it refused"
    )


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (0 * HOUR, 64 * SECOND),
        (HOUR - SECOND, 64 * SECOND),
        (HOUR, 16 * SECOND),
        (2 * HOUR, 4 * SECOND),
        (3 * HOUR, SECOND),
        (-HOUR, SECOND),  # the clock was wrong when it refused
    ],
)
def test_an_hour_without_a_refusal_takes_one_step_back(
    later: timedelta, expected: timedelta
) -> None:
    assert pace("h.example", slowed(64 * SECOND), SECOND, None, NOW + later)[0] == expected


def test_a_very_slow_host_gets_time_for_four_requests_before_it_is_forgiven() -> None:
    assert pace("h", slowed(HOUR), SECOND, None, NOW + 3 * HOUR)[0] == HOUR
    assert pace("h", slowed(HOUR), SECOND, None, NOW + 4 * HOUR)[0] == 15 * MINUTE
    assert pace("h", slowed(HOUR), SECOND, None, NOW + 12 * HOUR)[0] == SECOND


def test_an_answer_after_that_clears_the_slate_and_one_before_does_not() -> None:
    state = slowed(4 * SECOND)
    assert after(state, "a", GOOD, NOW + MINUTE, worked_before=True).spacing == 4 * SECOND
    cleared = after(state, "a", GOOD, NOW + HOUR, worked_before=True)
    assert (cleared.spacing, cleared.reason, cleared.not_before) == (timedelta(), "", None)


def test_a_new_refusal_goes_on_from_what_is_left() -> None:
    state = after(slowed(64 * SECOND), "b", refused(), NOW + HOUR, worked_before=True)
    assert state.spacing == 16 * SECOND  # a first refusal in ten minutes: nothing is added
    state = after(state, "a", refused(), NOW + HOUR + MINUTE, worked_before=True)
    assert state.spacing == 64 * SECOND


# ---------------------------------------------------------------- known hosts and Crawl-delay (rules 20, 55)


@pytest.mark.parametrize(
    ("host", "name", "seconds"),
    [
        ("reddit.com", "reddit.com", 60),
        ("OLD.Reddit.com.", "reddit.com", 60),
        ("news.google.com", "news.google.com", 60),
        ("google.com", "google.com", 0),
        ("notreddit.com", "notreddit.com", 0),
        ("h.example:8080", "h.example:8080", 0),
    ],
)
def test_some_hosts_are_known_with_their_subdomains(host: str, name: str, seconds: int) -> None:
    assert (shared(host), known_spacing(host)) == (name, seconds * SECOND)


@pytest.mark.parametrize(
    ("host", "delay", "seconds", "part"),
    [
        ("h.example", None, 1, "as configured"),
        ("h.example", 0 * SECOND, 1, "as configured"),
        ("h.example", 10 * SECOND, 10, "asks for 10 s between pages (Crawl-delay)"),
        ("h.example", 2 * HOUR, 30, "asks for 2 h between pages (Crawl-delay); we keep 30 s"),
        ("www.reddit.com", 10 * SECOND, 60, "one request a minute since June 2026"),
    ],
)
def test_the_longest_wish_is_kept_and_named(
    host: str, delay: timedelta | None, seconds: int, part: str
) -> None:
    spacing, reason = pace(host, None, SECOND, delay, NOW)
    assert spacing == seconds * SECOND
    assert part in reason


def test_a_crawl_delay_below_nothing_is_nothing() -> None:
    assert capped_delay(-SECOND) == timedelta()


# ---------------------------------------------------------------- laws

EVENTS = st.lists(
    st.tuples(
        st.integers(0, 900),
        st.sampled_from("abc"),
        st.sampled_from([GOOD, *(refused(status) for status in (403, 404, 429, 503))]),
    ),
    max_size=25,
)
SPACINGS = st.integers(0, 120).map(lambda seconds: seconds * SECOND)


def after_all(events: list[tuple[int, str, Outcome]], configured: timedelta) -> HostState:
    at, said = timedelta(), []
    for pause, url, outcome in events:
        at += pause * SECOND
        said.append((at, url, outcome))
    return told(*said, configured=configured)


@given(EVENTS, SPACINGS, st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_no_host_is_asked_more_often_than_configured_nor_less_than_hourly(
    events: list[tuple[int, str, Outcome]], configured: timedelta, later: int
) -> None:
    state = after_all(events, configured)
    spacing, reason = pace("h.example", state, configured, None, NOW + later * SECOND)
    assert configured <= spacing <= LONGEST
    assert reason
    assert held(state, NOW) <= LONGEST


@given(EVENTS, SPACINGS)
@settings(max_examples=40, deadline=None)
def test_one_address_alone_never_slows_its_host(
    events: list[tuple[int, str, Outcome]], configured: timedelta
) -> None:
    alone = [(pause, "a", outcome) for pause, _, outcome in events]
    assert after_all(alone, configured).spacing == timedelta()


@given(EVENTS, SPACINGS, st.integers(0, 10**6), st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_time_only_forgives(
    events: list[tuple[int, str, Outcome]], configured: timedelta, one: int, more: int
) -> None:
    state = after_all(events, configured)
    start = (state.last_request or NOW) + one * SECOND
    sooner = pace("h.example", state, configured, None, start)[0]
    assert pace("h.example", state, configured, None, start + more * SECOND)[0] <= sooner
