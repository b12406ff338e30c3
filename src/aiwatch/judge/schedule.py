"""When an alert closes: `daily at 08:00` and its like, in the alert's own time zone.

Wall-clock times are kept over daylight-saving changes: a slot that the clock jumps over happens once, at the first
instant after the jump; a slot in an hour that comes twice happens the first time only. Schedules with a slot in every
hour follow elapsed time instead, as cron does, so that `hourly` never pauses for two hours.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aiwatch.model import Schedule
from aiwatch.text.late import late

FORMS = (
    "at once; hourly; daily at 08:00; weekdays at 08:00 and 17:30; weekends at 10:00;"
    " mondays and thursdays at 9:00; cron '0 8 * * mon-fri'"
)

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAY_WORDS: dict[str, frozenset[int]] = {
    "daily": frozenset(range(7)),
    "every day": frozenset(range(7)),
    "weekdays": frozenset(range(5)),
    "weekends": frozenset({5, 6}),
    **{
        word: frozenset({number})
        for number, name in enumerate(_WEEKDAYS)
        for word in (name, f"{name}s", name[:3])
    },
}
_AND = late(r"\s*,\s*(?:and\s+)?|\s+and\s+")
_TIME = late(r"(\d{1,2}):(\d{2})")
_CRON = late(r"cron\s+(['\"]?)([^'\"]*)\1")
_ONE_DAY = timedelta(days=1)
_FARTHEST = 9 * 366  # 29 February can be eight years away (2096 to 2104)


def parse_schedule(text: str) -> Schedule:
    """What a person wrote as `when`; ValueError says in plain words what cannot be read."""
    plain = " ".join(text.split()).lower()
    if plain == "at once":
        return Schedule(kind="at once", text=plain)
    if plain == "hourly":
        every_hour = tuple((hour, 0) for hour in range(24))
        return Schedule(kind="slots", text=plain, times=every_hour)
    if plain.startswith("cron"):
        return _parse_cron(plain)
    return _parse_words(plain)


def next_slot(schedule: Schedule, zone: str, after: datetime) -> datetime | None:
    """The first slot strictly after that instant, in UTC; None for schedules without slots."""
    tz = ZoneInfo(zone)
    today = after.astimezone(tz).date()
    for day in _days(schedule, today - _ONE_DAY, _ONE_DAY):
        later = [slot for slot in _slots_on(schedule, tz, day) if slot > after]
        if later:
            return min(later)
    return None


def previous_slot(schedule: Schedule, zone: str, at: datetime) -> datetime | None:
    """The latest slot at or before that instant, in UTC; None for schedules without slots."""
    tz = ZoneInfo(zone)
    today = at.astimezone(tz).date()
    for day in _days(schedule, today + _ONE_DAY, -_ONE_DAY):
        earlier = [slot for slot in _slots_on(schedule, tz, day) if slot <= at]
        if earlier:
            return max(earlier)
    return None


def new_week(zone: str, last: datetime | None, now: datetime) -> bool:
    """Whether the last time was in an earlier week, from Monday, of that zone; not where there was none."""
    if last is None:
        return False
    tz = ZoneInfo(zone)
    was, is_ = last.astimezone(tz).isocalendar(), now.astimezone(tz).isocalendar()
    return (was.year, was.week) != (is_.year, is_.week)


# ---------------------------------------------------------------- slots


def _days(schedule: Schedule, first: date, step: timedelta) -> Iterator[date]:
    day = first
    # Without a time of day there is nothing to look for; `watch` asks every second.
    for _ in range(_FARTHEST if schedule.times else 0):
        if _falls_on(schedule, day):
            yield day
        day += step


def _falls_on(schedule: Schedule, day: date) -> bool:
    if schedule.months and day.month not in schedule.months:
        return False
    weekday_fits = not schedule.days or day.weekday() in schedule.days
    monthday_fits = not schedule.monthdays or day.day in schedule.monthdays
    if schedule.either_day:
        return weekday_fits or monthday_fits
    return weekday_fits and monthday_fits


def _slots_on(schedule: Schedule, tz: ZoneInfo, day: date) -> Iterator[datetime]:
    elapsed = len({hour for hour, _ in schedule.times}) == 24
    for hour, minute in schedule.times:
        wall = datetime.combine(day, time(hour, minute), tzinfo=tz)
        first, second = wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)
        if (
            second < first
        ):  # no such wall-clock time: fold 0 reads it by the old offset, fold 1 by the new
            yield _jump(tz, second, first)
            continue
        yield first
        if elapsed and second > first:
            yield second


def _jump(tz: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The instant between these two, to the second, at which the zone's offset changes."""
    new = after.astimezone(tz).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        changed = (before + timedelta(seconds=middle)).astimezone(tz).utcoffset() == new
        low, high = (low, middle) if changed else (middle, high)
    return before + timedelta(seconds=high)


# ---------------------------------------------------------------- words


def _parse_words(plain: str) -> Schedule:
    days_part, found, times_part = plain.partition(" at ")
    if not found:
        if all(word in _DAY_WORDS for word in _AND.split(plain)):
            raise ValueError(f"'{plain}' names no time; write for example '{plain} at 08:00'")
        raise ValueError(f"'{plain}' is no schedule; known are: {FORMS}")
    words = _AND.split(days_part.strip())
    unknown = [word for word in words if word not in _DAY_WORDS]
    if unknown:
        raise ValueError(f"'{unknown[0]}' is no day or group of days; known are: {FORMS}")
    days = frozenset[int]().union(*(_DAY_WORDS[word] for word in words))
    times = {_parse_time(part) for part in _AND.split(times_part.strip())}
    return Schedule(
        kind="slots",
        text=plain,
        times=tuple(sorted(times)),
        days=frozenset() if len(days) == 7 else days,
    )


def _parse_time(text: str) -> tuple[int, int]:
    match = _TIME.fullmatch(text)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise ValueError(f"'{text}' is no time of day; write it from 00:00 to 23:59")
    return int(match[1]), int(match[2])


# ---------------------------------------------------------------- cron


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """One of the five fields of a cron line: its bounds, and what names stand for numbers."""

    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()  # the first one stands for `low`
    wraps: bool = False  # fri-mon, sat-sun


_FIELDS = (
    _Field(name="minute", low=0, high=59),
    _Field(name="hour", low=0, high=23),
    _Field(name="day of the month", low=1, high=31),
    _Field(name="month", low=1, high=12, names=_MONTHS),
    _Field(
        name="day of the week",
        low=0,
        high=7,
        names=("sun", *(day[:3] for day in _WEEKDAYS[:6])),
        wraps=True,
    ),
)
_ITEM = late(r"(\*|\w+)(?:-(\w+))?(?:/(\d{1,3}))?")


def _parse_cron(plain: str) -> Schedule:
    match = _CRON.fullmatch(plain)
    fields = match[2].split() if match else []
    if len(fields) != len(_FIELDS):
        raise ValueError(
            f"{plain}: a cron line has five fields (minute, hour, day of the month, month,"
            " day of the week), as in cron '0 8 * * mon-fri'"
        )
    minutes, hours, monthdays, months, weekdays = (
        _parse_field(field, text) for field, text in zip(_FIELDS, fields, strict=True)
    )
    schedule = Schedule(
        kind="slots",
        text=plain,
        times=tuple((hour, minute) for hour in sorted(hours) for minute in sorted(minutes)),
        days=frozenset() if fields[4] == "*" else frozenset((day - 1) % 7 for day in weekdays),
        monthdays=frozenset() if fields[2] == "*" else monthdays,
        months=frozenset() if fields[3] == "*" else months,
        # As in every cron since Vixie's: two given day fields mean "either", unless one begins with a star.
        either_day=not fields[2].startswith("*") and not fields[4].startswith("*"),
    )
    if not schedule.either_day and not _ever(monthdays, months):
        raise ValueError(f"{plain}: no month that is named has such a day")
    return schedule


def _ever(monthdays: frozenset[int], months: frozenset[int]) -> bool:
    return any(min(monthdays) <= _LONGEST[month - 1] for month in months)


def _parse_field(field: _Field, text: str) -> frozenset[int]:
    return frozenset().union(*(_parse_item(field, item) for item in text.split(",")))


def _parse_item(field: _Field, item: str) -> range:
    match = _ITEM.fullmatch(item)
    if match is None or (match[1] == "*" and match[2]):
        raise ValueError(f"cron: '{item}' is no {field.name}")
    step = int(match[3] or 1)
    if step == 0:
        raise ValueError(f"cron: '{item}' has a step of 0")
    first, last = _bounds(field, match)
    if last < first:
        if not field.wraps:
            raise ValueError(f"cron: '{item}' runs backwards")
        last += 7
    return range(first, last + 1, step)


def _bounds(field: _Field, match: re.Match[str]) -> tuple[int, int]:
    if match[1] == "*":
        return field.low, 6 if field.wraps else field.high
    first = _number(field, match[1])
    if match[2]:
        return first, _number(field, match[2])
    return first, field.high if match[3] else first  # 5/15 is 5-59/15


def _number(field: _Field, text: str) -> int:
    if text in field.names:
        return field.low + field.names.index(text)
    if not text.isascii() or not text.isdigit() or not field.low <= int(text) <= field.high:
        raise ValueError(f"cron: '{text}' is no {field.name} ({field.low} to {field.high})")
    return int(text)
