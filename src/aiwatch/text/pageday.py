"""The day on which a page itself says it appeared, where its machines state the moment in UTC.

Publishing systems write `2026-03-05T03:22:07Z` for readers to whom the page shows "March 4, 10:22 PM": the moment
stays, and is given in the offset that the page shows.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, timezone

from aiwatch.text.dates import FIRST_YEAR, parse_date
from aiwatch.text.late import late

_IN_URL = (
    late(r"[/_-](?P<year>(?:19|20)\d\d)[/_-]?(?P<month>[01]\d)[/_-]?(?P<day>[0-3]\d)(?=[/_.-]|$)"),
    late(r"/(?P<year>(?:19|20)\d\d)/(?P<month>[a-z]{3,9})/(?P<day>[0-3]?\d)(?=/)"),
    late(r"[/_-](?P<day>[0-3]\d)-(?P<month>[01]\d)-(?P<year>20\d\d)(?=[/_.-]|$)"),
)
# Offsets in use, in minutes; others than whole hours are few, so that a chance match of two clocks is too.
_OFFSETS = frozenset(
    (*range(-720, 841, 60), -570, -210, -150, 210, 270, 330, 345, 390, 525, 570, 630, 765)
)
_UTC = late(r"(?:\d\s?z|[+-]00:?00|\b(?:utc|gmt|ut))\)?\s*$", re.IGNORECASE)
SHOWN, CLOCK = "day as shown", "shown clock"
_EITHER_WAY = late(r"(?<![\d/.-])(\d{1,2})[/.-](\d{1,2})[/.-](20\d\d)(?!\d)")
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
    moment: datetime,
    stated: Iterable[str],
    days: Iterable[tuple[date, str]],
    lines: Sequence[str] = (),
) -> tuple[datetime, str | None]:
    """The same moment in the page's own offset, and where that stands; as it was where nothing tells.

    `stated` are texts in which the page may state the moment again, `lines` those of them that a reader sees; `days`
    are days that it tells without a clock, and where. For those the offset is the least that gives the day.
    """
    if moment.utcoffset():  # some show their readers UTC all the same
        in_utc = moment.astimezone(UTC)
        return (in_utc, CLOCK) if any(_is_wall(in_utc, line) for line in lines) else (moment, None)
    if not (moment.hour or moment.minute or moment.second):  # a bare day is its own
        return moment, None
    for text in dict.fromkeys((*stated, *lines)):
        if not _UTC.search(text) and (offset := _offset_shown(moment, text)):
            return moment.astimezone(timezone(offset)), CLOCK
    told = list(days)
    if (moment.date(), SHOWN) in told:
        return moment, None
    for day, where in told:
        offset = _least(moment, day)
        if offset and (where != SHOWN or abs(offset) <= _NEAR):
            return moment.astimezone(timezone(offset)), where
    return moment, None


def _is_wall(moment: datetime, line: str) -> bool:
    """Whether a line, as it is written, states this moment's own day and minute."""
    said = parse_date(line)
    return said is not None and said.isoformat()[:16] == moment.isoformat()[:16]


def _offset_shown(moment: datetime, text: str) -> timedelta | None:
    """The offset in which a text gives the same moment; None where it gives another."""
    return next(
        (offset for other in _readings(text) if (offset := _offset_to(moment, other))), None
    )


def _readings(text: str) -> Iterator[datetime]:
    """The moment of a text; of "3/5/2022 22:41" both."""
    plain = parse_date(text)
    if plain is not None:
        yield plain
        return
    if found := _EITHER_WAY.search(text):
        for day, month in ((1, 2), (2, 1)):
            said = parse_date(f"{found[3]}-{found[month]}-{found[day]} {text[found.end() :]}")
            if said is not None:
                yield said


def _offset_to(moment: datetime, other: datetime) -> timedelta | None:
    if not (other.hour or other.minute):
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
