"""The day on which a page itself says it appeared, where its machines state the moment in UTC.

Publishing systems write `2026-03-05T03:22:07Z` for readers to whom the page shows "March 4, 10:22 PM": the moment
stays, and is given in the offset that the page shows.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone

from aiwatch.text.dates import FIRST_YEAR, parse_date

_IN_URL = (
    re.compile(
        r"[/_-](?P<year>(?:19|20)\d\d)[/_-]?(?P<month>[01]\d)[/_-]?(?P<day>[0-3]\d)(?=[/_.-]|$)"
    ),
    re.compile(r"/(?P<year>(?:19|20)\d\d)/(?P<month>[a-z]{3,9})/(?P<day>[0-3]?\d)(?=/)"),
    re.compile(r"[/_-](?P<day>[0-3]\d)-(?P<month>[01]\d)-(?P<year>20\d\d)(?=[/_.-]|$)"),
)
# Offsets in use, in minutes; others than whole hours are few, so that a chance match of two clocks is too.
_OFFSETS = frozenset(
    (*range(-720, 841, 60), -570, -210, -150, 210, 270, 330, 345, 390, 525, 570, 630, 765)
)
_UTC = re.compile(r"(?:\d\s?z|[+-]00:?00|\b(?:utc|gmt|ut))\)?\s*$", re.IGNORECASE)
SHOWN = "day as shown"
_NEAR = timedelta(
    hours=3
)  # a shown day may be today's or a change's: it counts only about midnight
# What an address alone may tell: the offsets in which most of the world writes.
_WEST, _EAST = timedelta(hours=-8), timedelta(hours=13)


def day_in_url(url: str | None) -> date | None:
    """The day that an address carries; None where it carries none or one with two readings."""
    path = (url or "").lower().partition("?")[0]
    for pattern in _IN_URL:
        for found in pattern.finditer(path):
            part = found.groupdict()
            moment = parse_date(f"{part['year']}-{part['month']}-{part['day']}")
            twofold = pattern is _IN_URL[2] and int(part["day"]) <= 12
            if moment and moment.year >= FIRST_YEAR and not twofold:
                return moment.date()
    return None


def on_own_day(
    moment: datetime, shown: Iterable[str], days: Iterable[tuple[date, str]]
) -> tuple[datetime, str | None]:
    """The same moment in the page's own offset, and where that stands; as it was where nothing tells.

    `shown` are texts in which the page may state the moment again; `days` are days that it tells without a clock, and
    where. For those the offset is the least that gives the day.
    """
    if moment.utcoffset():
        return moment, None
    if not (moment.hour or moment.minute or moment.second):  # a bare day is its own
        return moment, None
    for text in shown:
        if not _UTC.search(text) and (offset := _offset_shown(moment, parse_date(text))):
            return moment.astimezone(timezone(offset)), "shown clock"
    for day, where in days:
        offset = _least(moment, day)
        if offset and (where != SHOWN or abs(offset) <= _NEAR):
            return moment.astimezone(timezone(offset)), where
    return moment, None


def _offset_shown(moment: datetime, other: datetime | None) -> timedelta | None:
    """The offset in which another statement gives the same moment; None where it is another moment."""
    if other is None or not (other.hour or other.minute):
        return None
    stated = other.utcoffset() or timedelta()
    if stated:
        return stated if abs(other - moment) < timedelta(minutes=1) else None
    apart = other.replace(second=0, microsecond=0) - moment.replace(second=0, microsecond=0)
    minutes = int(apart.total_seconds() // 60)
    return timedelta(minutes=minutes) if minutes in _OFFSETS else None


def _least(moment: datetime, day: date) -> timedelta | None:
    """The smallest whole-hour offset that brings a moment in UTC to a day; None where there is none in use."""
    days = (day - moment.date()).days
    if days == 1:
        offset = timedelta(hours=24 - moment.hour)
    elif days == -1:
        offset = timedelta(hours=-1 - moment.hour)
    else:
        return None
    return offset if _WEST <= offset <= _EAST else None
