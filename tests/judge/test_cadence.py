"""When a source is asked again, and why then."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.judge.cadence import (
    AUTO_LONGEST,
    AUTO_SHORTEST,
    NEVER,
    Due,
    Facts,
    next_due,
    not_before,
    span_words,
)
from aiwatch.model import (
    FetchFailure,
    Hints,
    Outcome,
)
from tests.judge.polled import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    SECOND,
    SOURCE,
    UNCHANGED,
    due,
    failure,
    page,
    source,
)

# ---------------------------------------------------------------- ours and theirs


@pytest.mark.parametrize(
    ("every", "fresh_for", "hints", "wait", "reason"),
    [
        (HOUR, None, None, HOUR, "every 60 min"),
        (30 * MINUTE, None, None, 30 * MINUTE, "every 30 min"),
        (90 * MINUTE, None, None, 90 * MINUTE, "every 90 min"),
        (MINUTE, None, None, MINUTE, "every 60 s"),  # the owner's word, however short
        (HOUR, 10 * MINUTE, None, HOUR, "every 60 min"),
        (HOUR, timedelta(0), None, HOUR, "every 60 min"),
        (HOUR, 3 * HOUR, None, 3 * HOUR, "the server calls its answer fresh for 3 h"),
        (HOUR, 365 * DAY, None, DAY, "the server calls its answer fresh for 24 h"),
        (HOUR, None, Hints(ttl=3 * HOUR), 3 * HOUR, "the feed's ttl is 3 h"),
        (HOUR, None, Hints(ttl=900 * HOUR), DAY, "the feed's ttl is 24 h"),
        (
            HOUR,
            None,
            Hints(update_every=12 * HOUR),
            12 * HOUR,
            "the feed says it is updated every 12 h",
        ),
        (HOUR, None, Hints(update_every=7 * DAY), DAY, "the feed says it is updated every 24 h"),
        (
            HOUR,
            3 * HOUR,
            Hints(ttl=4 * HOUR, update_every=2 * HOUR),
            4 * HOUR,
            "the feed's ttl is 4 h",
        ),
        (7 * DAY, 900 * HOUR, None, 7 * DAY, "every 7 days"),
        (
            None,
            2 * HOUR,
            Hints(ttl=5 * MINUTE),
            2 * HOUR,
            "the server calls its answer fresh for 2 h",
        ),
    ],
)
def test_the_longest_of_ours_and_theirs_counts(
    every: timedelta | None,
    fresh_for: timedelta | None,
    hints: Hints | None,
    wait: timedelta,
    reason: str,
) -> None:
    assert due(every, page(fresh_for), hints) == (wait, reason)


def test_a_304_may_prolong_its_freshness() -> None:
    assert due(HOUR, replace(UNCHANGED, fresh_for=2 * HOUR))[0] == 2 * HOUR


@pytest.mark.parametrize(
    ("fresh_for", "earliest"),
    [
        (None, 57 * MINUTE),
        (59 * MINUTE, 59 * MINUTE),
        (HOUR, HOUR),
        (2 * HOUR, 2 * HOUR),
    ],
)
def test_jitter_shortens_our_interval_but_no_bound_of_the_server(
    fresh_for: timedelta | None, earliest: timedelta
) -> None:
    facts = Facts(source=SOURCE, outcome=page(fresh_for))
    assert next_due(facts, NOW, 1.0).at == NOW + earliest


@pytest.mark.parametrize(
    ("fresh_for", "hints", "conditional", "wait", "reason"),
    [
        (None, None, True, HOUR, "auto: 50 % known; the server says nothing about time: every 60"),
        (None, None, False, DAY, "nothing about time and never answers 304: every 24 h"),
        (timedelta(0), None, True, HOUR, "nothing about time"),  # max-age=0, no-cache
        (5 * MINUTE, None, False, 20 * MINUTE, "auto: 50 % known, every 20 min"),
        (None, Hints(ttl=5 * MINUTE), False, 20 * MINUTE, "auto: 50 % known, every 20 min"),
        (None, Hints(update_every=5 * MINUTE), False, 20 * MINUTE, "every 20 min"),
        (None, Hints(skip_hours=(3,)), False, 20 * MINUTE, "every 20 min"),
        (None, Hints(skip_days=("Sunday",)), False, 20 * MINUTE, "every 20 min"),
    ],
)
def test_where_nothing_is_said_about_time_manners_bind_what_is_automatic(
    fresh_for: timedelta | None,
    hints: Hints | None,
    conditional: bool,
    wait: timedelta,
    reason: str,
) -> None:
    facts = Facts(
        source=source(None),
        outcome=page(fresh_for),
        hints=hints or Hints(),
        conditional=conditional,
        listed=20,
        known=10,
        interval=20 * MINUTE,
    )
    found = next_due(facts, NOW, 0.0)
    assert found.at - NOW == wait
    assert reason in found.reason
    assert (
        found.interval == wait
    )  # what will have passed at the next poll, or the pace would be misjudged
    owners = next_due(replace(facts, source=source(20 * MINUTE)), NOW, 0.0)
    assert owners == Due(at=NOW + 20 * MINUTE, reason="every 20 min")


def test_manners_are_not_shortened_by_jitter_either() -> None:
    facts = Facts(source=source(None), outcome=UNCHANGED, conditional=True, interval=40 * MINUTE)
    assert next_due(facts, NOW, 0.99).at == NOW + HOUR


# ---------------------------------------------------------------- failures


@pytest.mark.parametrize(
    ("every", "failures", "wait", "reason"),
    [
        (5 * MINUTE, 1, 15 * MINUTE, "failed once: again after 15 min"),
        (5 * MINUTE, 2, 30 * MINUTE, "failed twice: again after 30 min"),
        (5 * MINUTE, 7, 16 * HOUR, "failed 7 times in a row: again after 16 h"),
        (5 * MINUTE, 8, DAY, "failed 8 times in a row: again after 24 h"),
        (5 * MINUTE, 5000, DAY, "failed 5000 times in a row: again after 24 h"),
        (HOUR, 1, HOUR, "failed once: again after 60 min"),
        (HOUR, 3, 4 * HOUR, "failed 3 times in a row: again after 4 h"),
        (None, 2, 2 * HOUR, "failed twice: again after 2 h"),
        (3 * DAY, 1, 3 * DAY, "failed once: again after 3 days"),
        (3 * DAY, 4, 3 * DAY, "failed 4 times in a row: again after 3 days"),
    ],
)
def test_failures_double_the_wait_up_to_a_day(
    every: timedelta | None, failures: int, wait: timedelta, reason: str
) -> None:
    for kind in ("dns", "tls", "timeout", "reading"):
        assert due(every, failure(kind), failures=failures) == (wait, reason)
    assert due(every, failure("http", 404), failures=failures) == (wait, reason)


@pytest.mark.parametrize(
    ("outcome", "answered_before", "failures", "wait", "reason"),
    [
        (failure("http", 429), False, 1, 4 * HOUR, "told to slow down (429), failed once: again"),
        (failure("http", 503), True, 1, 4 * HOUR, "told to slow down (503)"),
        (failure("http", 503), True, 2, 8 * HOUR, "failed twice: again after 8 h"),
        (failure("http", 503), True, 9, DAY, "again after 24 h"),
        (failure("http", 403), True, 1, 4 * HOUR, "told to slow down (403)"),
        (failure("http", 403), False, 1, HOUR, "failed once: again after 60 min"),
        (failure("http", 500), True, 1, HOUR, "failed once: again after 60 min"),
        (failure("challenge", 200), True, 1, 6 * HOUR, "a check for browsers stands before it"),
        (failure("challenge", 403), True, 2, 8 * HOUR, "failed twice: again after 8 h"),
        (failure("robots"), True, 1, 6 * HOUR, "its robots.txt forbids it, failed once: again"),
    ],
)
def test_a_server_that_means_us_is_asked_much_less_often(
    outcome: FetchFailure, answered_before: bool, failures: int, wait: timedelta, reason: str
) -> None:
    facts = Facts(
        source=SOURCE, outcome=outcome, failures=failures, answered_before=answered_before
    )
    found = next_due(facts, NOW, 0.0)
    assert found.at == NOW + wait
    assert reason in found.reason


def test_a_challenge_is_not_tried_sooner_by_jitter() -> None:
    facts = Facts(source=SOURCE, outcome=failure("challenge", 200), failures=1)
    assert next_due(facts, NOW, 0.99).at == NOW + 6 * HOUR


def test_a_feeds_ttl_holds_after_a_failure_too() -> None:
    assert due(HOUR, failure("dns"), Hints(ttl=3 * HOUR), 1) == (
        3 * HOUR,
        "failed once: the feed's ttl is 3 h",
    )


@pytest.mark.parametrize(
    ("status", "asked", "failures", "wait", "reason"),
    [
        (429, 2 * HOUR, 1, 2 * HOUR, "server asked us to wait 2 h"),
        (503, 20 * MINUTE, 1, 20 * MINUTE, "server asked us to wait 20 min"),
        (429, 20 * MINUTE, 1, HOUR, "server asked us to wait 20 min: we wait 60 min"),
        (503, 2 * SECOND, 1, 15 * MINUTE, "server asked us to wait 2 s: we wait 15 min"),
        (503, 2 * SECOND, 3, HOUR, "server asked us to wait 2 s: we wait 60 min"),
        (403, 2 * SECOND, 2, 2 * HOUR, "server asked us to wait 2 s: we wait 2 h"),
        (
            429,
            99_999_999 * SECOND,
            1,
            31 * DAY,
            "server asked us to wait 1157 days: we wait 31 days",
        ),
        (429, -5 * SECOND, 1, 4 * HOUR, "told to slow down (429), failed once: again after 4 h"),
        (503, timedelta(0), 1, 4 * HOUR, "told to slow down (503), failed once: again after 4 h"),
    ],
)
def test_retry_after_is_kept_within_reason(
    status: int, asked: timedelta, failures: int, wait: timedelta, reason: str
) -> None:
    assert due(HOUR, failure("http", status, asked), failures=failures) == (wait, reason)


@pytest.mark.parametrize("status", [401, 410])
def test_some_answers_stop_the_asking(status: int) -> None:
    wait, reason = due(HOUR, failure("http", status, HOUR), failures=1)
    assert NOW + wait == NEVER
    assert reason.startswith("stopped: ")


@pytest.mark.parametrize(
    ("outcome", "bound"),
    [
        (page(2 * HOUR), None),
        (failure("dns"), None),
        (failure("http", 503, HOUR), NOW + HOUR),
        (failure("http", 503, -HOUR), None),
        (failure("http", 503, 9000 * HOUR), NOW + 31 * DAY),
        (failure("http", 410), NEVER),
        (failure("http", 401), None),
    ],
)
def test_by_hand_only_the_servers_own_no_counts(outcome: Outcome, bound: datetime | None) -> None:
    assert not_before(outcome, NOW) == bound


@pytest.mark.parametrize(
    ("status", "failures", "kept"),
    [
        (429, 1, 40 * MINUTE),
        (403, 1, 40 * MINUTE),
        (429, 2, 20 * MINUTE),
        (503, 1, 20 * MINUTE),
        (410, 1, 20 * MINUTE),
        (None, 1, 20 * MINUTE),
    ],
)
def test_an_automatic_interval_outlives_failures_and_learns_from_a_refusal(
    status: int | None, failures: int, kept: timedelta
) -> None:
    facts = Facts(
        source=source(None),
        outcome=failure("http", status),
        failures=failures,
        interval=20 * MINUTE,
        answered_before=True,
    )
    assert next_due(facts, NOW, 0.0).interval == kept
    assert next_due(replace(facts, source=SOURCE), NOW, 0.0).interval is None


# ---------------------------------------------------------------- hours left out

WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@pytest.mark.parametrize(
    ("hints", "at"),
    [
        (Hints(skip_hours=(13,)), "2026-11-20T14:00Z"),
        (Hints(skip_hours=(13, 14, 15)), "2026-11-20T16:00Z"),
        (Hints(skip_hours=(0, 12, 14)), "2026-11-20T13:20Z"),
        (Hints(skip_hours=(*range(13, 24), 24)), "2026-11-21T01:00Z"),
        (Hints(skip_days=("Friday",)), "2026-11-21T00:00Z"),
        (Hints(skip_days=(" friday ", "Saturday"), skip_hours=(0, 1)), "2026-11-22T02:00Z"),
        (Hints(skip_days=("Freitag",)), "2026-11-20T13:20Z"),
        (Hints(skip_hours=tuple(range(24))), "2026-11-20T13:20Z"),
        (Hints(skip_days=WEEK), "2026-11-20T13:20Z"),
    ],
)
def test_skipped_hours_and_days_are_left_alone(hints: Hints, at: str) -> None:
    for zone in (UTC, timezone(timedelta(hours=7))):
        found = next_due(
            Facts(source=SOURCE, outcome=page(), hints=hints), NOW.astimezone(zone), 0.0
        )
        assert found.at == datetime.fromisoformat(at)
        assert ("not to be read before" in found.reason) == (found.at != NOW + HOUR)


# ---------------------------------------------------------------- laws

spans = st.timedeltas(timedelta(0), 400 * DAY)
outcomes = (
    st.builds(page, st.none() | spans)
    | st.builds(lambda fresh: replace(UNCHANGED, fresh_for=fresh), st.none() | spans)
    | st.builds(
        failure,
        st.sampled_from(("http", "dns", "challenge", "robots", "cut")),
        st.sampled_from((None, 401, 403, 404, 410, 429, 500, 503)),
        st.none() | st.timedeltas(-DAY, 400 * DAY),
    )
)
every_fact = st.builds(
    Facts,
    source=st.builds(source, st.none() | st.timedeltas(MINUTE, 30 * DAY)),
    outcome=outcomes,
    hints=st.builds(
        Hints,
        ttl=st.none() | spans,
        update_every=st.none() | spans,
        skip_hours=st.lists(st.integers(0, 24), max_size=24).map(tuple),
        skip_days=st.lists(st.sampled_from(WEEK), max_size=7).map(tuple),
    ),
    failures=st.integers(0, 500),
    conditional=st.booleans(),
    listed=st.none() | st.integers(0, 300),
    known=st.none() | st.integers(0, 300),
    interval=st.none() | st.timedeltas(AUTO_SHORTEST, AUTO_LONGEST),
    elapsed=st.none() | st.timedeltas(timedelta(0), 90 * DAY),
    first=st.booleans(),
    answered_before=st.booleans(),
)


def server_bounds(facts: Facts) -> list[timedelta]:
    fresh = None if isinstance(facts.outcome, FetchFailure) else facts.outcome.fresh_for
    said = (fresh, facts.hints.ttl, facts.hints.update_every)
    return [min(bound, DAY) for bound in said if bound is not None]


@settings(max_examples=100, deadline=None)
@given(every_fact, st.floats(0, 1, exclude_max=True))
def test_a_due_time_keeps_every_bound(facts: Facts, spread: float) -> None:
    found, unshortened = next_due(facts, NOW, spread), next_due(facts, NOW, 0.0)
    assert found == next_due(facts, NOW, spread)
    assert found.reason
    wait = found.at - NOW
    if found.at == NEVER:
        assert isinstance(facts.outcome, FetchFailure)
        assert facts.outcome.status in (401, 410)
        return
    assert all(wait >= bound for bound in server_bounds(facts))
    assert found.at >= (not_before(facts.outcome, NOW) or NOW)
    skipping = 7 * DAY  # the longest that skipDays may add
    assert MINUTE * 0.95 <= wait <= max(31 * DAY, facts.source.every or DAY) + skipping
    assert found.at <= unshortened.at
    if not facts.hints.skip_hours and not facts.hints.skip_days:
        assert wait >= 0.95 * (unshortened.at - NOW) - SECOND
    if facts.source.every is None and found.interval is not None:
        assert AUTO_SHORTEST <= found.interval <= AUTO_LONGEST


@settings(max_examples=100, deadline=None)
@given(every_fact, st.integers(0, 500))
def test_more_failures_never_bring_the_next_try_nearer(facts: Facts, more: int) -> None:
    later = replace(facts, failures=facts.failures + more)
    assert next_due(facts, NOW, 0.0).at <= next_due(later, NOW, 0.0).at


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(0), "0 s"),
        (MINUTE, "60 s"),
        (2 * MINUTE, "2 min"),
        (HOUR, "60 min"),
        (100 * MINUTE, "100 min"),
        (2 * HOUR, "2 h"),
        (150 * MINUTE, "2.5 h"),
        (DAY, "24 h"),
        (60 * HOUR, "2.5 days"),
        (9 * DAY, "9 days"),
    ],
)
def test_a_length_of_time_is_said_as_people_say_it(span: timedelta, words: str) -> None:
    assert span_words(span) == words
