"""How a source fares, in words and beside its own rhythm."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.judge.cadence import NEVER
from aiwatch.judge.health import (
    Vitals,
    failure_words,
    gaps,
    rank,
    rough,
    silent_for,
    state_of,
    words,
)
from aiwatch.model import (
    FailureKind,
    FetchFailure,
    NotModified,
    Outcome,
    Page,
    Validators,
)

NOW = datetime(2026, 11, 20, 12, 20, tzinfo=UTC)  # a Friday
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
URL = "https://example.org/feed"


def failure(
    kind: FailureKind,
    status: int | None = None,
    retry_after: timedelta | None = None,
    detail: str = "it said so",
) -> FetchFailure:
    return FetchFailure(url=URL, kind=kind, detail=detail, status=status, retry_after=retry_after)


def vitals(state: Any = "working", **others: Any) -> Vitals:
    """A source that was read a minute ago, unless said otherwise."""
    said = {
        "first_success": NOW - 90 * DAY,
        "last_success": NOW - MINUTE,
        "last_new": NOW - HOUR,
        "next_due": NOW + HOUR,
    }
    return Vitals(**{"state": state, **said, **others})


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (failure("dns"), "DNS error"),
        (failure("connect"), "no connection"),
        (failure("tls"), "TLS error"),
        (failure("timeout"), "no answer in time"),
        (failure("cut", 200), "answer cut short"),
        (failure("too large", 200), "answer too large"),
        (failure("encoding", 200), "answer packed in a way we cannot unpack"),
        (failure("redirect", 301), "redirected without an end"),
        (failure("private"), "private address refused"),
        (failure("url"), "no address that can be opened"),
        (failure("worker", 200), "too big or too slow to read"),
        (failure("robots"), "forbidden by its robots.txt"),
        (failure("challenge", 403), "a check for browsers instead of an answer"),
        (failure("reading", 200, detail="page instead of a feed"), "page instead of a feed"),
        (failure("reading", 200, detail=""), "could not be read"),
        (failure("http"), "HTTP error"),
        (failure("http", 200), "sent an empty answer (200)"),
        (failure("http", 202), "has no document yet (202)"),
        (failure("http", 206), "sent a part only (206)"),
        (failure("http", 401), "wants a name and password (401)"),
        (failure("http", 403), "refuses us (403)"),
        (failure("http", 404), "not found (404)"),
        (failure("http", 410), "gone for good (410)"),
        (failure("http", 418), "HTTP error (418)"),
        (failure("http", 500), "server error (500)"),
        (failure("http", 429), "asks us to come less often (429)"),
        (failure("http", 429, 105 * MINUTE), "asked us to wait until 14:05"),
        (failure("http", 503, 12 * HOUR), "asked us to wait until tomorrow 00:20"),
        (failure("http", 503, 2 * DAY), "asked us to wait until Sunday 12:20"),
        (failure("http", 503, 9 * DAY), "asked us to wait until 2026-11-29 12:20"),
        (failure("http", 503, -DAY), "server error (503)"),
    ],
)
def test_a_failure_is_told_in_a_few_words(outcome: FetchFailure, said: str) -> None:
    assert failure_words(outcome, NOW) == said


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("UTC", "asked us to wait until 14:05"),
        ("Asia/Bangkok", "asked us to wait until 21:05"),
        (
            "Pacific/Auckland",
            "asked us to wait until 03:05",
        ),  # already Saturday there, as it is now
        ("Asia/Kathmandu", "asked us to wait until 19:50"),
        ("America/Los_Angeles", "asked us to wait until 06:05"),
    ],
)
def test_times_are_told_in_the_readers_zone(zone: str, said: str) -> None:
    assert failure_words(failure("http", 429, 105 * MINUTE), NOW, zone) == said
    waits = vitals("failing", failures=1, not_before=NOW + 105 * MINUTE)
    assert words(waits, NOW, zone) == said


SILENT = {
    "last_new": NOW - 9 * DAY - 2 * HOUR,
    "usual_gap": 4 * HOUR,
    "longest_gap": 2 * DAY,
}


@pytest.mark.parametrize(
    ("stands", "said"),
    [
        (vitals(), "Working"),
        (vitals(last_new=NOW - 90 * DAY), "Working"),  # its rhythm is not known
        (vitals(**SILENT), "nothing new for 9 days, usual 4 h"),
        (
            vitals(**{**SILENT, "last_new": NOW - 30 * HOUR, "longest_gap": HOUR}),
            "nothing new for 30 h, usual 4 h",
        ),
        (vitals(**{**SILENT, "last_new": NOW - 3 * DAY}), "Working"),  # not so unusual
        (vitals(**{**SILENT, "usual_gap": None}), "nothing new for 9 days"),
        (vitals(**{**SILENT, "last_new": None}), "nothing new for 90 days, usual 4 h"),
        (vitals(told=frozenset({"gap"})), "Working, may have missed items"),
        (vitals(moved_to="https://example.org/new", told=frozenset({"moved"})), "Working"),
        (vitals("new", first_success=None, last_success=None), "not read yet"),
        (
            vitals("failing", detail="DNS error", last_success=NOW - 22 * HOUR - 15 * MINUTE),
            "DNS error, not read since yesterday 14:05",
        ),
        (
            vitals("failing", detail="TLS error", last_success=NOW - HOUR),
            "TLS error, not read since 11:20",
        ),
        (
            vitals("failing", detail="not found (404)", last_success=NOW - 3 * DAY),
            "not found (404), not read since Tuesday 12:20",
        ),
        (
            vitals("failing", detail="not found (404)", last_success=NOW - 60 * DAY),
            "not found (404), not read since 2026-09-21 12:20",
        ),
        (
            vitals("failing", detail="page instead of a feed", last_success=None),
            "page instead of a feed, never read yet",
        ),
        (
            vitals("failing", detail="a page, not a feed: “Home”", last_success=None),
            "a page, not a feed: “Home”; never read yet",
        ),
        (vitals("failing", last_success=None), "failing, never read yet"),
        (vitals("failing", not_before=NOW + 105 * MINUTE), "asked us to wait until 14:05"),
        (
            vitals("failing", detail="server error (503)", not_before=NOW - MINUTE),
            "server error (503), not read since 12:19",
        ),
        (
            vitals("stopped", detail="gone for good (410)", not_before=NEVER),
            "stopped: gone for good (410)",
        ),
        (vitals("stopped"), "stopped: not asked again"),
        (vitals("failing", paused=True), "paused"),
        (vitals("stopped", paused=True, enabled=False), "off"),
    ],
)
def test_a_source_is_told_the_way_a_person_says_it(stands: Vitals, said: str) -> None:
    assert words(stands, NOW) == said


def test_silence_ends_with_the_last_look_not_with_the_present() -> None:
    unread = vitals(**{**SILENT, "last_success": NOW - 8 * DAY})
    assert silent_for(unread) is None  # what came in the last eight days nobody knows
    assert silent_for(vitals(**{**SILENT, "last_success": None})) is None
    assert silent_for(vitals(**{**SILENT, "last_new": None, "first_success": None})) is None


def test_the_most_trouble_stands_first() -> None:
    order = [
        vitals("stopped"),
        vitals("failing", failures=3),
        vitals("failing", failures=1),
        vitals("failing", failures=1, not_before=NOW + HOUR),
        vitals(told=frozenset({"gap"})),
        vitals(**SILENT),
        vitals("new"),
        vitals(),
        vitals("failing", failures=9, paused=True),
        vitals("stopped", enabled=False),
    ]
    ranks = [rank(one, NOW) for one in order]
    assert all(sooner < later for sooner, later in pairwise(ranks))
    assert ranks[0] == 0


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (NotModified(url=URL, validators=Validators()), "working"),
        (
            Page(
                url=URL,
                asked_for=URL,
                status=200,
                body=b"",
                content_type=None,
                validators=Validators(),
            ),
            "working",
        ),
        (failure("dns"), "failing"),
        (failure("http", 500), "failing"),
        (failure("reading", 200), "failing"),
        (failure("http", 401), "stopped"),
        (failure("http", 410), "stopped"),
    ],
)
def test_a_state_has_one_word_to_count_by(outcome: Outcome, state: str) -> None:
    assert state_of(outcome) == state


@pytest.mark.parametrize(
    ("span", "said"),
    [(30 * MINUTE, "30 min"), (36 * HOUR, "36 h"), (60 * HOUR, "2 days"), (9.4 * DAY, "9 days")],
)
def test_long_times_are_told_in_whole_days(span: timedelta, said: str) -> None:
    assert rough(span) == said


# ---------------------------------------------------------------- rhythm


def hourly(count: int) -> list[datetime]:
    return [NOW - index * HOUR for index in range(count)]


@pytest.mark.parametrize(
    ("times", "found"),
    [
        ([], None),
        (hourly(19), None),
        (hourly(20), (HOUR, HOUR)),
        (list(reversed(hourly(40))), (HOUR, HOUR)),
        ([NOW] * 500, None),  # one batch says nothing
        (hourly(19) + hourly(19), None),
        ([at + timedelta(seconds=s) for at in hourly(20) for s in (0, 9, 30)], (HOUR, HOUR)),
        ([*hourly(30), NOW - 900 * DAY], (HOUR, HOUR)),  # pinned long ago
        ([*hourly(20), NOW - 19 * HOUR - 30 * MINUTE], (HOUR, HOUR)),
    ],
)
def test_a_rhythm_is_read_from_enough_items(
    times: list[datetime], found: tuple[timedelta, timedelta] | None
) -> None:
    assert gaps(times) == found


def test_a_long_gap_among_many_is_the_longest_but_not_the_usual() -> None:
    night = [at if index < 15 else at - 11 * HOUR for index, at in enumerate(hourly(30))]
    usual, longest = gaps(night) or (DAY, DAY)
    assert usual == HOUR
    assert 8 * HOUR < longest <= 12 * HOUR


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=0, max_size=60), st.randoms(use_true_random=False))
def test_the_order_of_items_does_not_matter_and_the_longest_is_at_least_the_usual(
    minutes: list[int], chance: Any
) -> None:
    times = [NOW - minute * MINUTE for minute in minutes]
    shuffled = list(times)
    chance.shuffle(shuffled)
    found = gaps(times)
    assert found == gaps(shuffled) == gaps(times * 2)
    assert (found is None) == (len(set(minutes)) < 20)
    assert found is None or MINUTE <= found[0] <= found[1]


def test_a_paused_source_keeps_its_words_whatever_else_stands() -> None:
    assert words(replace(vitals(**SILENT), paused=True), NOW) == "paused"
