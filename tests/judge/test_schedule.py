"""When an alert closes: what people write, and slots over daylight-saving changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.judge.schedule import new_week, next_slot, parse_schedule, previous_slot
from aiwatch.model import Schedule

ZONES = (
    "UTC",
    "Asia/Bangkok",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour of daylight saving, in the south
    "America/Havana",  # the clock jumps at midnight
)
WORKDAYS = frozenset(range(5))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def slots(text: str, zone: str, after: str, count: int) -> list[str]:
    """The next slots as local wall-clock times."""
    found: list[str] = []
    moment = at(after)
    for _ in range(count):
        slot = next_slot(parse_schedule(text), zone, moment)
        assert slot is not None
        found.append(f"{slot.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}")
        moment = slot
    return found


@pytest.mark.parametrize(
    ("text", "times", "days"),
    [
        ("daily at 08:00", ((8, 0),), frozenset()),
        ("Daily  at 8:00", ((8, 0),), frozenset()),
        ("every day at 23:59", ((23, 59),), frozenset()),
        ("daily at 17:30 and 08:00", ((8, 0), (17, 30)), frozenset()),
        ("daily at 8:00, 12:00 and 17:30", ((8, 0), (12, 0), (17, 30)), frozenset()),
        ("daily at 8:00, 12:00, and 17:30", ((8, 0), (12, 0), (17, 30)), frozenset()),
        ("weekdays at 08:00 and 17:30", ((8, 0), (17, 30)), WORKDAYS),
        ("weekends at 10:00", ((10, 0),), frozenset({5, 6})),
        ("mondays at 9:00", ((9, 0),), frozenset({0})),
        ("Sunday at 00:00", ((0, 0),), frozenset({6})),
        ("mondays and thursdays at 9:00", ((9, 0),), frozenset({0, 3})),
        ("mon, wed and fridays at 9:00", ((9, 0),), frozenset({0, 2, 4})),
        ("weekdays and saturdays at 9:00", ((9, 0),), frozenset(range(6))),
        ("weekdays and weekends at 9:00", ((9, 0),), frozenset()),
        ("daily at 8:00 and 08:00", ((8, 0),), frozenset()),
    ],
)
def test_words_become_times_and_days(
    text: str, times: tuple[tuple[int, int], ...], days: frozenset[int]
) -> None:
    schedule = parse_schedule(text)
    assert (schedule.kind, schedule.times, schedule.days) == ("slots", times, days)


@pytest.mark.parametrize(
    ("line", "times", "days", "monthdays", "months", "either"),
    [
        ("0 8 * * mon-fri", ((8, 0),), WORKDAYS, set(), set(), False),
        ("0 8 * * 1-5", ((8, 0),), WORKDAYS, set(), set(), False),
        ("0 8 * * 0", ((8, 0),), {6}, set(), set(), False),
        ("0 8 * * 7", ((8, 0),), {6}, set(), set(), False),
        ("0 8 * * sat-sun", ((8, 0),), {5, 6}, set(), set(), False),
        ("0 8 * * fri-mon", ((8, 0),), {4, 5, 6, 0}, set(), set(), False),
        ("0 8 * * 6-7", ((8, 0),), {5, 6}, set(), set(), False),
        ("0 8 * * */2", ((8, 0),), {6, 1, 3, 5}, set(), set(), False),
        ("30 8,17 * * *", ((8, 30), (17, 30)), set(), set(), set(), False),
        ("0,30 8-9 * * *", ((8, 0), (8, 30), (9, 0), (9, 30)), set(), set(), set(), False),
        ("0 */8 * * *", ((0, 0), (8, 0), (16, 0)), set(), set(), set(), False),
        ("0 8-20/6 * * *", ((8, 0), (14, 0), (20, 0)), set(), set(), set(), False),
        ("40/10 8 * * *", ((8, 40), (8, 50)), set(), set(), set(), False),
        ("0 8 1 jan,JUL *", ((8, 0),), set(), {1}, {1, 7}, False),
        ("0 8 1,15 * fri", ((8, 0),), {4}, {1, 15}, set(), True),
        ("0 8 */15 * fri", ((8, 0),), {4}, {1, 16, 31}, set(), False),
    ],
)
def test_cron_lines_are_read_as_cron_does(
    line: str,
    times: tuple[tuple[int, int], ...],
    days: set[int],
    monthdays: set[int],
    months: set[int],
    either: bool,
) -> None:
    schedule = parse_schedule(f"cron '{line}'")
    assert schedule.times == times
    assert schedule.days == days
    assert schedule.monthdays == monthdays
    assert schedule.months == months
    assert schedule.either_day is either


@pytest.mark.parametrize("quote", ["'", '"', ""])
def test_the_quotes_of_a_cron_line_are_free(quote: str) -> None:
    assert parse_schedule(f"cron {quote}0 8 * * *{quote}").times == ((8, 0),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no schedule; known are: at once; hourly"),
        ("sometimes", "'sometimes' is no schedule"),
        ("daily", "'daily' names no time; write for example 'daily at 08:00'"),
        ("mondays and fridays", "names no time"),
        ("daily at 24:00", "'24:00' is no time of day; write it from 00:00 to 23:59"),
        ("daily at 8", "'8' is no time of day"),
        ("daily at 08:60", "'08:60' is no time of day"),
        ("daily at 8:00 and", "'8:00 and' is no time of day"),
        ("mondais at 9:00", "'mondais' is no day"),
        ("cron", "a cron line has five fields"),
        ("cron '0 8 * *'", "a cron line has five fields"),
        ("cron '0 8 * * * *'", "a cron line has five fields"),
        ("cron '0 8 * * mon\"", "a cron line has five fields"),
        ("cron '61 8 * * *'", "'61' is no minute (0 to 59)"),
        ("cron '0 24 * * *'", "'24' is no hour (0 to 23)"),
        ("cron '0 8 0 * *'", "'0' is no day of the month (1 to 31)"),
        ("cron '0 8 * 13 *'", "'13' is no month (1 to 12)"),
        ("cron '0 8 * * 8'", "'8' is no day of the week (0 to 7)"),
        ("cron '0 8 * * moon'", "'moon' is no day of the week"),
        ("cron '0 ٣ * * *'", "'٣' is no hour"),
        ("cron '*/0 8 * * *'", "has a step of 0"),
        ("cron '0 9-8 * * *'", "'9-8' runs backwards"),
        ("cron '0 8 L * *'", "'l' is no day of the month"),
        ("cron '0 8 ? * *'", "'?' is no day of the month"),
        ("cron '0 *-8 * * *'", "'*-8' is no hour"),
        ("cron '0 8 30 feb *'", "no month that is named has such a day"),
        ("cron '0 8 31 4,6 *'", "no month that is named has such a day"),
    ],
)
def test_what_cannot_be_read_is_refused_in_plain_words(text: str, said: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011  (the words are what is checked)
        parse_schedule(text)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "schedule", [parse_schedule("at once"), Schedule(kind="each pass", text="each pass")]
)
def test_schedules_without_slots_have_none(schedule: Schedule) -> None:
    assert next_slot(schedule, "UTC", at("2026-03-01T00:00Z")) is None
    assert previous_slot(schedule, "UTC", at("2026-03-01T00:00Z")) is None


@pytest.mark.parametrize(
    ("text", "zone", "after", "expected"),
    [
        # The clock jumps from 02:00 to 03:00: once, right after the gap.
        (
            "daily at 02:30",
            "America/New_York",
            "2026-03-07T00:00-05:00",
            ["2026-03-07 02:30", "2026-03-08 03:00", "2026-03-09 02:30"],
        ),
        (
            "daily at 02:00 and 02:30 and 03:00",
            "Europe/Berlin",
            "2026-03-29T00:00+01:00",
            ["2026-03-29 03:00", "2026-03-30 02:00"],
        ),
        # The gap begins at midnight; the day still has its slot.
        (
            "daily at 00:00",
            "America/Havana",
            "2026-03-07T12:00-05:00",
            ["2026-03-08 01:00", "2026-03-09 00:00"],
        ),
        # Half an hour is skipped.
        (
            "daily at 02:15",
            "Australia/Lord_Howe",
            "2026-10-03T12:00+10:30",
            ["2026-10-04 02:30", "2026-10-05 02:15"],
        ),
        # A whole day is skipped.
        (
            "daily at 08:00",
            "Pacific/Apia",
            "2011-12-29T12:00-10:00",
            ["2011-12-31 00:00", "2011-12-31 08:00"],
        ),
        # Every quarter of an hour: nothing is lost or doubled in the gap.
        (
            "cron '*/15 * * * *'",
            "Europe/Berlin",
            "2026-03-29T01:30+01:00",
            ["2026-03-29 01:45", "2026-03-29 03:00", "2026-03-29 03:15"],
        ),
        ("weekdays at 9:00", "UTC", "2026-11-20T09:00Z", ["2026-11-23 09:00"]),
        (
            "weekends at 10:00",
            "UTC",
            "2026-11-20T09:00Z",
            ["2026-11-21 10:00", "2026-11-22 10:00", "2026-11-28 10:00"],
        ),
        ("cron '0 8 29 feb *'", "UTC", "2096-02-29T08:00Z", ["2104-02-29 08:00"]),
        (
            "cron '0 8 13 * fri'",
            "UTC",
            "2026-11-06T09:00Z",
            ["2026-11-13 08:00", "2026-11-20 08:00", "2026-11-27 08:00", "2026-12-04 08:00"],
        ),
        ("cron '0 8 31 * *'", "UTC", "2026-01-31T09:00Z", ["2026-03-31 08:00"]),
    ],
)
def test_the_next_slots_are(text: str, zone: str, after: str, expected: list[str]) -> None:
    assert slots(text, zone, after, len(expected)) == expected


def test_an_hour_that_comes_twice_has_its_slot_the_first_time() -> None:
    schedule = parse_schedule("daily at 01:30")
    first = next_slot(schedule, "America/New_York", at("2026-11-01T00:00-04:00"))
    assert first == at("2026-11-01T01:30-04:00")
    assert first is not None
    assert next_slot(schedule, "America/New_York", first) == at("2026-11-02T01:30-05:00")


def test_hourly_goes_on_through_the_hour_that_comes_twice() -> None:
    schedule = parse_schedule("hourly")
    moment = at("2026-10-25T00:30+02:00")
    for _ in range(6):
        slot = next_slot(schedule, "Europe/Berlin", moment)
        assert slot is not None
        assert slot - moment <= timedelta(hours=1)
        moment = slot
    assert moment == at("2026-10-25T05:00+01:00")


@pytest.mark.untraced
@pytest.mark.parametrize("zone", ZONES)
def test_every_local_day_has_its_slot_once_and_when_the_wall_says_so(zone: str) -> None:
    tz = ZoneInfo(zone)
    gaps = folds = 0
    for hour in range(24):
        minute = 45 if hour % 2 else 15  # within every gap and every hour that comes twice
        schedule = parse_schedule(f"daily at {hour:02}:{minute}")
        moment = datetime(2025, 1, 1, tzinfo=tz).astimezone(UTC) - timedelta(seconds=1)
        for day in (date(2025, 1, 1) + timedelta(days=n) for n in range(3 * 365)):
            slot = next_slot(schedule, zone, moment)
            assert slot is not None
            wall = datetime.combine(day, time(hour, minute))
            local = slot.astimezone(tz)
            assert local.date() == day
            if local.replace(tzinfo=None) == wall:
                assert local.fold == 0  # the first time
                folds += local.replace(fold=1).utcoffset() != local.utcoffset()
            else:  # no such time that day: the first instant after it
                before = (slot - timedelta(seconds=1)).astimezone(tz).replace(tzinfo=None)
                assert before < wall < local.replace(tzinfo=None)
                gaps += 1
            moment = slot
    changes = 0 if zone in ("UTC", "Asia/Bangkok") else 3
    assert (gaps, folds) == (changes, changes)


SCHEDULES = (
    "hourly",
    "daily at 02:30",
    "daily at 00:00 and 23:59",
    "mondays at 9:00",
    "cron '*/7 1-3 * * *'",
    "cron '0 8 29 feb *'",
    "cron '15 2 1,15 * sun'",
)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  (hypothesis wants naive bounds)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(SCHEDULES), st.sampled_from(ZONES), moments, moments)
def test_later_moments_never_have_earlier_slots(
    text: str, zone: str, one: datetime, other: datetime
) -> None:
    schedule = parse_schedule(text)
    first = next_slot(schedule, zone, min(one, other))
    second = next_slot(schedule, zone, max(one, other))
    assert first is not None
    assert second is not None
    assert first <= second


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(SCHEDULES), st.sampled_from(ZONES), moments)
def test_the_slots_around_a_moment_are_neighbours(text: str, zone: str, moment: datetime) -> None:
    schedule = parse_schedule(text)
    before, after = previous_slot(schedule, zone, moment), next_slot(schedule, zone, moment)
    assert before is not None
    assert after is not None
    assert before <= moment < after
    assert next_slot(schedule, zone, before) == after
    assert previous_slot(schedule, zone, after) == after
    assert before.tzinfo is UTC
    assert after.tzinfo is UTC


@pytest.mark.parametrize(
    ("zone", "last", "now", "new"),
    [
        ("UTC", "2026-03-28T08:00Z", "2026-03-29T08:00Z", False),
        ("UTC", "2026-03-29T08:00Z", "2026-03-30T08:00Z", True),
        ("Asia/Tokyo", "2026-03-29T08:00Z", "2026-03-29T16:00Z", True),
        ("UTC", "2026-12-31T08:00Z", "2027-01-01T08:00Z", False),
        ("UTC", "2025-03-25T08:00Z", "2026-03-24T08:00Z", True),
    ],
)
def test_a_week_begins_on_monday_where_the_reader_is(
    zone: str, last: str, now: str, new: bool
) -> None:
    assert new_week(zone, at(last), at(now)) is new
    assert not new_week(zone, None, at(now))
