"""Whom a change concerns, when, and why."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest

from aiwatch.judge.alerting import (
    Decision,
    NotOwed,
    Owed,
    alerting,
    first_tell,
    in_quiet,
    may_close,
    says_so,
    still_here,
)
from aiwatch.model import Alert, Backlog, Change, Rate, Reader, SourceName, Story, Told
from tests.stories import NOON, PRICE, READER, alert, member, story, told

HOUR = timedelta(hours=1)


def decided(
    about: Story, to: Alert, known: Told | None = None, now: datetime = NOON, changed: int = -1
) -> Decision:
    memory = {READER: known} if known else {}
    return alerting(about, about.members[changed], memory, to, (READER,), now)


def reason(decision: Decision) -> str:
    assert isinstance(decision, NotOwed), decision
    return decision.reason


@pytest.mark.parametrize(
    ("published", "first_poll", "backlog", "baseline", "tell"),
    [
        (NOON - HOUR, False, HOUR * 24, False, "all"),
        (None, False, HOUR * 24, False, "all"),
        (NOON - HOUR, True, HOUR * 24, False, "digest"),
        (NOON - HOUR * 24, True, HOUR * 24, False, "digest"),
        (NOON - HOUR * 25, True, HOUR * 24, False, "none"),
        (None, True, HOUR * 24, False, "none"),
        (None, True, "all", False, "all"),
        (NOON - HOUR * 999, True, "all", False, "all"),
        (NOON, True, "none", False, "none"),
        (NOON, False, HOUR, True, "none"),
    ],
)
def test_a_first_poll_is_told_only_as_far_back_as_its_backlog(
    published: datetime | None, first_poll: bool, backlog: Backlog, baseline: bool, tell: str
) -> None:
    decision = first_tell(
        published, first_poll=first_poll, backlog=backlog, baseline=baseline, now=NOON
    )
    assert decision == tell


def test_a_first_telling_is_owed_once_it_has_settled() -> None:
    decision = decided(story(member()), alert(settle=HOUR / 6))
    assert isinstance(decision, Owed)
    assert (decision.cause, decision.hold_until) == ("new", NOON + HOUR / 6)
    assert decision.reason == "first telling: Outlet 1"


@pytest.mark.parametrize(
    ("parts", "alert_parts", "words"),
    [
        ({"tell": "none"}, {}, "it was there before watching began (see backlog)"),
        (
            {"tell": "digest"},
            {},
            "it was there before watching began: scheduled digests only (see backlog)",
        ),
        ({"trust": "block"}, {}, "Outlet 1 is blocked"),
        ({"trust": "low"}, {}, "only outlets of low trust tell it"),
        ({"topics": ()}, {}, "no topic of alert news matches"),
        ({}, {"topics": ("disney",)}, "no topic of alert news matches"),
        ({}, {"sources": (SourceName("Elsewhere"),)}, "alert news follows other sources"),
        ({}, {"about": "troubles"}, "alert news is about troubles, not news"),
        ({}, {"min_outlets": 2, "within": HOUR}, "1 of 2 outlets so far: waiting for more"),
        ({}, {"min_independent": 2}, "1 of 2 independent texts so far: waiting for more"),
    ],
)
def test_what_keeps_an_article_from_an_alert_is_said(
    parts: dict[str, Any], alert_parts: dict[str, Any], words: str
) -> None:
    assert reason(decided(story(member(**parts)), alert(**alert_parts))) == words


def test_low_trust_is_outweighed_by_one_outlet_but_not_by_a_blocked_one() -> None:
    low = member(1, trust="low")
    assert isinstance(decided(story(low, member(2)), alert(), changed=0), Owed)
    blocked = story(low, member(2, trust="block"))
    assert "low trust" in reason(decided(blocked, alert(), changed=0))


def test_backlog_reaches_scheduled_digests() -> None:
    assert isinstance(decided(story(member(tell="digest")), alert("daily at 08:00")), Owed)


def test_a_muted_story_is_never_owed() -> None:
    assert "muted" in reason(decided(story(member(), muted=True), alert()))


def test_an_alert_may_follow_a_source_whatever_it_is_about() -> None:
    follows = alert(sources=(SourceName("Source 1"),))
    assert isinstance(decided(story(member(topics=())), follows), Owed)


def test_an_alert_without_channels_owes_nothing() -> None:
    about = story(member())
    assert (
        reason(alerting(about, about.members[0], {}, alert(), (), NOON))
        == "alert news has no channel"
    )


def test_a_second_outlet_brings_what_waited_for_it() -> None:
    wants_two = alert(min_outlets=2, within=HOUR * 24)
    assert isinstance(decided(story(member(1), member(2, verdict="same_story")), wants_two), Owed)


def test_a_copy_is_no_second_outlet() -> None:
    pair = story(member(1), member(2, verdict="same_text", duplicate_of=1))
    assert "1 of 2 outlets" in reason(decided(pair, alert(min_outlets=2)))


def test_an_aggregator_is_no_second_outlet_but_what_it_lists_is() -> None:
    """Its own items count for nobody, those of an outlet that it names for that outlet."""
    hub = SourceName("Hub")
    own = member(2, outlet="Hub", source=hub, aggregator=True, verdict="same_story")
    assert "1 of 2 outlets" in reason(decided(story(member(1), own), alert(min_outlets=2)))
    other = member(2, outlet="Courier", source=hub, aggregator=True, verdict="same_story")
    assert isinstance(decided(story(member(1), other), alert(min_outlets=2)), Owed)


def test_two_outlets_with_words_of_their_own_are_two_independent_texts() -> None:
    wants_two = alert(min_independent=2)
    copy = member(2, outlet="Copy", verdict="same_text", duplicate_of=1)
    assert "1 of 2 independent" in reason(decided(story(member(1), copy), wants_two))
    second = member(3, outlet="Courier", verdict="same_story", text=PRICE)
    assert isinstance(decided(story(member(1), copy, second), wants_two), Owed)


def test_a_second_outlet_past_the_time_is_too_late() -> None:
    early = NOON - HOUR * 2
    pair = story(member(1, first_seen=early), first_seen=early)
    wants_two = alert(min_outlets=2, within=HOUR)
    assert reason(decided(pair, wants_two)) == "1 of 2 outlets within 1:00:00: too late now"
    assert "waiting for more" in reason(decided(pair, wants_two, now=NOON - HOUR))  # just in time


def test_an_outlet_that_joins_past_the_time_vouches_for_nothing() -> None:
    late = member(2, verdict="same_story", first_seen=NOON + HOUR * 2)
    wants_two = alert(min_outlets=2, within=HOUR)
    assert "too late" in reason(decided(story(member(1), late), wants_two, now=NOON + HOUR * 2))
    third = member(3, verdict="same_story", first_seen=NOON + HOUR * 2)
    in_time = story(member(1), member(2, verdict="same_story", first_seen=NOON + HOUR), third)
    assert isinstance(decided(in_time, wants_two, now=NOON + HOUR * 2), Owed)


def test_a_first_hand_source_needs_no_second_outlet() -> None:
    assert isinstance(decided(story(member(primary=True)), alert(min_outlets=3)), Owed)
    joined = story(member(primary=True), member(2, verdict="same_story"))
    assert isinstance(decided(joined, alert(min_outlets=3)), Owed)


def test_an_edit_of_a_watched_page_needs_no_second_outlet() -> None:
    assert isinstance(decided(story(member(change=Change())), alert(min_outlets=3)), Owed)


def test_what_was_told_and_adds_nothing_is_not_owed_again() -> None:
    pair = story(member(1), member(2, verdict="same_story"))
    assert reason(decided(pair, alert(), told(1))) == "told by news, and this adds nothing new"


def test_new_facts_are_an_update_and_wait_for_the_gap() -> None:
    pair = story(member(1), member(2, verdict="same_story", text=PRICE))
    decision = decided(pair, alert(update_gap=HOUR * 2), told(1), now=NOON + HOUR)
    assert isinstance(decision, Owed)
    assert (decision.cause, decision.hold_until) == ("update", NOON + HOUR * 2)
    assert decision.reason == "new since news: 2 facts"
    settles = alert(update_gap=HOUR * 2, settle=HOUR * 3)
    decision = decided(pair, settles, told(1), now=NOON + HOUR)
    assert isinstance(decision, Owed)
    assert decision.hold_until == NOON + HOUR * 4


@pytest.mark.parametrize(
    ("updates", "owed"), [("all", True), ("new facts", False), ("none", False)]
)
def test_an_alert_says_which_updates_it_wants(
    updates: Literal["all", "new facts", "none"], owed: bool
) -> None:
    pair = story(member(1), member(2, verdict="same_story"))
    decision = decided(pair, alert(updates=updates), told(1))
    assert isinstance(decision, Owed) is owed
    assert decision.reason == "another report since news" or not owed


def test_no_updates_means_none_even_with_new_facts() -> None:
    pair = story(member(1), member(2, verdict="same_story", text=PRICE))
    assert "no updates" in reason(decided(pair, alert(updates="none"), told(1)))


@pytest.mark.parametrize("verdict", ["same_text", "same_url"])
def test_a_copy_of_what_was_told_is_never_owed(verdict: str) -> None:
    pair = story(member(1), member(2, verdict=verdict, duplicate_of=1, text=PRICE))
    assert reason(decided(pair, alert(updates="all"), told(1))) == "a copy of what was told by news"


def test_a_copy_that_the_reader_has_in_hand_is_not_owed_again() -> None:
    pair = story(member(1), member(2, verdict="same_text", duplicate_of=1))
    assert reason(decided(pair, alert(updates="all"), told(1, 2))) == "already told"


def test_a_copy_of_an_old_text_is_not_news() -> None:
    pair = story(member(1, tell="none"), member(2, verdict="same_text", duplicate_of=1))
    assert "before watching began" in reason(decided(pair, alert()))
    own_words = story(member(1, tell="none"), member(2, verdict="same_story"))
    assert isinstance(decided(own_words, alert()), Owed)


def test_of_several_readers_the_weightiest_and_soonest_counts() -> None:
    pair, other = story(member(1), member(2, verdict="same_story", text=PRICE)), Reader("hook")
    waits = alert(update_gap=HOUR * 2)

    def decision(known: dict[Reader, Told]) -> tuple[str, datetime]:
        got = alerting(pair, pair.members[1], known, waits, (READER, other), NOON + HOUR)
        assert isinstance(got, Owed)
        return got.cause, got.hold_until

    assert decision({READER: told(1)}) == ("new", NOON + HOUR)
    assert decision({other: told(1)}) == ("new", NOON + HOUR)
    earlier = told(1, at=NOON - HOUR / 2)
    assert decision({READER: told(1), other: earlier}) == ("update", NOON + HOUR * 1.5)


def test_one_reader_who_has_not_heard_is_enough() -> None:
    about = story(member())
    decision = alerting(
        about, about.members[0], {READER: told(1)}, alert(), (READER, type(READER)("hook")), NOON
    )
    assert isinstance(decision, Owed)
    assert decision.cause == "new"


@pytest.mark.parametrize(
    ("quiet", "zone", "hour", "inside"),
    [
        (((22, 0), (7, 0)), "UTC", 23, True),
        (((22, 0), (7, 0)), "UTC", 7, False),
        (((22, 0), (7, 0)), "Asia/Bangkok", 16, True),
        (((12, 0), (13, 0)), "UTC", 12, True),
        (((12, 0), (13, 0)), "UTC", 13, False),
        (((12, 0), (12, 0)), "UTC", 12, False),  # from noon to noon is no time at all
    ],
)
def test_quiet_hours_are_the_readers_own(
    quiet: tuple[tuple[int, int], tuple[int, int]], zone: str, hour: int, inside: bool
) -> None:
    assert in_quiet(quiet, zone, datetime(2026, 3, 24, hour, 0, tzinfo=UTC)) is inside


def test_quiet_hours_and_the_rate_hold_a_closing_and_say_why() -> None:
    held = alert(quiet=((9, 5), (13, 0)))
    assert may_close(held, (), NOON) == "quiet hours 09:05-13:00"
    assert may_close(held, (), NOON + HOUR * 2) is None
    night = alert(quiet=((11, 0), (7, 5)))
    assert may_close(night, (), NOON) == "quiet hours 11:00-07:05"
    limited = alert(at_most=Rate(count=2, per=HOUR))
    assert may_close(limited, (NOON - HOUR / 2,), NOON) is None
    assert may_close(limited, (NOON - HOUR, NOON - HOUR / 2), NOON) is None
    assert may_close(limited, (NOON - HOUR / 2, NOON - HOUR / 3), NOON) == (
        "2 messages in the last 1:00:00: what waits is folded into the next"
    )


WEEK = HOUR * (7 * 24 - 1)  # of seven daily slots, also where one day has 23 hours
SECOND = HOUR / 3600


@pytest.mark.parametrize(
    ("when", "parts", "silent", "says"),
    [
        ("daily at 08:00", {}, WEEK, True),
        ("daily at 08:00", {}, WEEK - SECOND, False),
        ("daily at 08:00", {"empty": "say"}, HOUR, True),
        ("daily at 08:00", {"about": "troubles"}, WEEK, False),
        ("daily at 08:00", {"about": "troubles", "empty": "say"}, HOUR, True),
        ("at once", {"empty": "say"}, WEEK, False),
    ],
)
def test_a_scheduled_message_comes_empty_where_wanted_and_after_a_week(
    when: str, parts: dict[str, Any], silent: timedelta, says: bool
) -> None:
    assert says_so(alert(when, **parts), silent) is says


@pytest.mark.parametrize(
    ("when", "parts", "silent", "at", "ends"),
    [
        ("at once", {}, WEEK, NOON, True),
        ("at once", {}, WEEK - SECOND, NOON, False),
        ("at once", {"about": "troubles"}, WEEK, NOON, False),
        ("daily at 08:00", {}, WEEK, NOON, False),
        ("at once", {}, WEEK, NOON - HOUR * 3, True),  # 9:00
        ("at once", {}, WEEK, NOON - HOUR * 3 - SECOND, False),
        ("at once", {}, WEEK, NOON + HOUR * 6 - SECOND, True),
        ("at once", {}, WEEK, NOON + HOUR * 6, False),
        ("at once", {"timezone": "Asia/Bangkok"}, WEEK, NOON, False),
    ],
)
def test_a_week_without_a_word_ends_with_one_by_day(
    when: str, parts: dict[str, Any], silent: timedelta, at: datetime, ends: bool
) -> None:
    assert still_here(alert(when, **parts), silent, at) is ends
