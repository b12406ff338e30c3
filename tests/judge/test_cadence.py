"""When a source is asked again, and the words for its state."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.judge.cadence import NEVER, health, next_due, not_before, state
from aiwatch.model import (
    FailureKind,
    FetchFailure,
    Hints,
    NotModified,
    Outcome,
    Page,
    Reading,
    Source,
    SourceName,
    Validators,
)

NOW = datetime(2026, 11, 20, 12, 20, tzinfo=UTC)  # a Friday
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SOURCE = Source(name=SourceName("Example"), url="https://example.org/feed")
PAGE = Page(
    url=SOURCE.url,
    asked_for=SOURCE.url,
    status=200,
    body=b"",
    content_type=None,
    validators=Validators(),
)


def source(every: timedelta | None) -> Source:
    return replace(SOURCE, every=every)


def page(fresh_for: timedelta | None = None) -> Page:
    return replace(PAGE, fresh_for=fresh_for)


def failure(
    kind: FailureKind = "http",
    status: int | None = None,
    retry_after: timedelta | None = None,
    detail: str = "it said so",
) -> FetchFailure:
    return FetchFailure(
        url=SOURCE.url, kind=kind, detail=detail, status=status, retry_after=retry_after
    )


@pytest.mark.parametrize(
    ("every", "fresh_for", "hints", "wait", "reason"),
    [
        (HOUR, None, None, HOUR, "every 1 h"),
        (30 * MINUTE, None, None, 30 * MINUTE, "every 30 min"),
        (90 * MINUTE, None, None, 90 * MINUTE, "every 90 min"),
        (None, None, None, HOUR, "every 1 h (auto)"),
        (HOUR, 10 * MINUTE, None, HOUR, "every 1 h"),
        (HOUR, 3 * HOUR, None, 3 * HOUR, "the server calls its answer fresh for 3 h"),
        (HOUR, 365 * 24 * HOUR, None, 24 * HOUR, "the server calls its answer fresh for 1 d"),
        (HOUR, None, Hints(ttl=2 * HOUR), 2 * HOUR, "the feed's ttl is 2 h"),
        (HOUR, None, Hints(ttl=900 * HOUR), 24 * HOUR, "the feed's ttl is 1 d"),
        (
            HOUR,
            None,
            Hints(update_every=12 * HOUR),
            12 * HOUR,
            "the feed says it is updated every 12 h",
        ),
        (
            HOUR,
            None,
            Hints(update_every=168 * HOUR),
            24 * HOUR,
            "the feed says it is updated every 1 d",
        ),
        (
            HOUR,
            3 * HOUR,
            Hints(ttl=4 * HOUR, update_every=2 * HOUR),
            4 * HOUR,
            "the feed's ttl is 4 h",
        ),
        (168 * HOUR, 900 * HOUR, None, 168 * HOUR, "every 7 d"),
    ],
)
def test_the_longest_of_ours_and_theirs_counts(
    every: timedelta | None,
    fresh_for: timedelta | None,
    hints: Hints | None,
    wait: timedelta,
    reason: str,
) -> None:
    assert next_due(source(every), page(fresh_for), hints, 0, NOW, 0.0) == (NOW + wait, reason)


def test_a_304_may_prolong_its_freshness() -> None:
    outcome = NotModified(url=SOURCE.url, validators=Validators(), fresh_for=2 * HOUR)
    assert next_due(SOURCE, outcome, None, 0, NOW, 0.0)[0] == NOW + 2 * HOUR


@pytest.mark.parametrize(
    ("fresh_for", "earliest"),
    [
        (None, 57 * MINUTE),
        (59 * MINUTE, 59 * MINUTE),
        (2 * HOUR, 2 * HOUR),
    ],
)
def test_jitter_shortens_our_interval_but_no_bound_of_the_server(
    fresh_for: timedelta | None, earliest: timedelta
) -> None:
    due, _ = next_due(SOURCE, page(fresh_for), None, 0, NOW, 1.0)
    assert due == NOW + earliest


@pytest.mark.parametrize(
    ("every", "failures", "wait"),
    [
        (5 * MINUTE, 1, 15 * MINUTE),
        (5 * MINUTE, 2, 30 * MINUTE),
        (5 * MINUTE, 7, 16 * HOUR),
        (5 * MINUTE, 8, 24 * HOUR),
        (5 * MINUTE, 5000, 24 * HOUR),
        (HOUR, 1, HOUR),
        (HOUR, 3, 4 * HOUR),
        (None, 2, 2 * HOUR),
        (72 * HOUR, 1, 72 * HOUR),
        (72 * HOUR, 4, 72 * HOUR),
    ],
)
def test_failures_double_the_wait(every: timedelta | None, failures: int, wait: timedelta) -> None:
    due, reason = next_due(source(every), failure("dns"), None, failures, NOW, 0.0)
    assert due == NOW + wait
    assert reason.startswith(
        "failed once" if failures == 1 else f"failed {failures} times in a row"
    )


def test_bytes_that_are_no_feed_are_a_failure_too() -> None:
    due, reason = next_due(SOURCE, page(), None, 2, NOW, 0.0)
    assert (due, reason) == (NOW + 2 * HOUR, "failed 2 times in a row: again after 2 h")


@pytest.mark.parametrize(
    ("asked", "wait", "reason"),
    [
        (2 * HOUR, 2 * HOUR, "the server asked us to wait 2 h"),
        (45 * MINUTE, 45 * MINUTE, "the server asked us to wait 45 min"),
        (2 * timedelta(seconds=1), 15 * MINUTE, "asked us to wait 2 s; we wait 15 min"),
        (
            timedelta(seconds=99_999_999),
            timedelta(days=31),
            "the server asked us to wait 1157.4 d; we wait 31 d",
        ),
    ],
)
def test_retry_after_is_kept_within_reason(asked: timedelta, wait: timedelta, reason: str) -> None:
    due, said = next_due(SOURCE, failure("http", 429, asked), None, 3, NOW, 0.9)
    assert due == NOW + wait
    assert reason in said


@pytest.mark.parametrize("status", [401, 410])
def test_some_answers_stop_the_asking(status: int) -> None:
    due, reason = next_due(SOURCE, failure("http", status), None, 1, NOW, 0.5)
    assert due == NEVER
    assert reason.startswith("stopped: ")


@pytest.mark.parametrize(
    ("hints", "due"),
    [
        (Hints(skip_hours=(13,)), "2026-11-20T14:00Z"),
        (Hints(skip_hours=(13, 14, 15)), "2026-11-20T16:00Z"),
        (Hints(skip_hours=(0, 12, 14)), "2026-11-20T13:20Z"),
        (Hints(skip_days=("Friday",)), "2026-11-21T00:00Z"),
        (Hints(skip_days=(" friday ", "Saturday"), skip_hours=(0, 1)), "2026-11-22T02:00Z"),
        (Hints(skip_days=("Freitag",)), "2026-11-20T13:20Z"),
        (Hints(skip_hours=tuple(range(24))), "2026-11-20T13:20Z"),
        (
            Hints(
                skip_days=(
                    "Monday",
                    "Tuesday",
                    "Wednesday",
                    "Thursday",
                    "Friday",
                    "Saturday",
                    "Sunday",
                )
            ),
            "2026-11-20T13:20Z",
        ),
    ],
)
def test_skipped_hours_and_days_are_left_alone(hints: Hints, due: str) -> None:
    found, reason = next_due(SOURCE, page(), hints, 0, NOW, 0.0)
    assert found == datetime.fromisoformat(due)
    assert ("not to be read before" in reason) == (found != NOW + HOUR)


spans = st.timedeltas(timedelta(0), timedelta(days=400))


@settings(max_examples=100, deadline=None)
@given(
    st.none() | st.timedeltas(timedelta(minutes=1), timedelta(days=30)),
    st.builds(page, st.none() | spans)
    | st.builds(failure, st.just("http"), st.just(503), st.none() | spans),
    st.builds(Hints, ttl=st.none() | spans, skip_hours=st.lists(st.integers(0, 23)).map(tuple)),
    st.integers(0, 500),
    st.floats(0, 1, exclude_max=True),
)
def test_a_source_is_never_asked_before_its_server_allows(
    every: timedelta | None, outcome: Outcome, hints: Hints, failures: int, spread: float
) -> None:
    due, reason = next_due(source(every), outcome, hints, failures, NOW, spread)
    assert reason
    assert NOW < due <= NOW + timedelta(days=32)
    if isinstance(outcome, Page) and failures == 0 and outcome.fresh_for is not None:
        assert due >= NOW + min(outcome.fresh_for, 24 * HOUR)
    bound = not_before(outcome, NOW)
    assert bound is None or due >= bound


@pytest.mark.parametrize(
    ("outcome", "bound"),
    [
        (page(2 * HOUR), None),
        (failure("dns"), None),
        (failure("http", 503, HOUR), NOW + HOUR),
        (failure("http", 503, 9000 * HOUR), NOW + timedelta(days=31)),
        (failure("http", 410), NEVER),
        (failure("http", 401), None),
    ],
)
def test_by_hand_only_the_servers_own_no_counts(outcome: Outcome, bound: datetime | None) -> None:
    assert not_before(outcome, NOW) == bound


@pytest.mark.parametrize(
    ("outcome", "reading", "words"),
    [
        (page(), Reading(), "working"),
        (page(), None, "working"),
        (NotModified(url=SOURCE.url, validators=Validators()), None, "working"),
        (page(), Reading(problem="odd dates"), "working"),
        (page(), Reading(usable=False, problem="an empty answer"), "an empty answer"),
        (page(), Reading(usable=False), "page instead of a feed"),
        (failure("dns"), None, "DNS error"),
        (failure("reading", detail="page instead of a feed"), None, "page instead of a feed"),
        (failure("reading", detail=""), None, "could not be read"),
        (failure("too large"), None, "answer too large"),
        (failure("redirect", 301), None, "redirected without an end"),
        (failure("http"), None, "HTTP error"),
        (failure("http", 404), None, "not found (404)"),
        (failure("http", 410), None, "gone for good (410)"),
        (failure("http", 418), None, "HTTP error (418)"),
        (failure("http", 500), None, "server error (500)"),
        (failure("http", 429), None, "asks us to come less often (429)"),
        (failure("http", 429, 105 * MINUTE), None, "asked us to wait until 14:05"),
        (failure("http", 503, 48 * HOUR), None, "asked us to wait until 2026-11-22 12:20"),
    ],
)
def test_a_state_is_told_in_words(outcome: Outcome, reading: Reading | None, words: str) -> None:
    assert health(outcome, reading, NOW) == words


@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        (page(), "working"),
        (NotModified(url=SOURCE.url, validators=Validators()), "working"),
        (failure("dns"), "failing"),
        (failure("http", 500), "failing"),
        (failure("reading", 200), "failing"),
        (failure("http", 401), "stopped"),
        (failure("http", 410), "stopped"),
    ],
)
def test_a_state_has_one_word_to_count_by(outcome: Outcome, word: str) -> None:
    assert state(outcome) == word


def test_times_are_told_in_the_readers_zone() -> None:
    told = health(failure("http", 429, 105 * MINUTE), None, NOW, "Asia/Bangkok")
    assert told == "asked us to wait until 21:05"
