"""What a feed asks of those who poll it: ttl, sy:updatePeriod, skipHours, skipDays."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiwatch.model import Hints

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_LONGEST = timedelta(days=366)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# feedparser keeps only the last hour and day; both stand at the channel's head, before any text of an item.
_SKIP_HOURS = re.compile(rb"<skipHours(?:\s[^<>]{0,200})?>", re.IGNORECASE)
_SKIP_DAYS = re.compile(rb"<skipDays(?:\s[^<>]{0,200})?>", re.IGNORECASE)
_LIST = 3_000  # bytes that the longest sensible list takes
_HOUR = re.compile(rb"<hour>\s*(\d{1,2})\s*<", re.IGNORECASE)
_DAY = re.compile(rb"<day>\s*([a-z]{6,9})\s*<", re.IGNORECASE)


def hints_of(feed: Mapping[str, Any], body: bytes) -> Hints:
    """The channel's wishes; what cannot be understood is none."""
    body = body if b"<skip" in body.lower() else b""
    hours = {
        int(hour) % 24 for hour in _HOUR.findall(_inside(_SKIP_HOURS, body)) if int(hour) <= 24
    }
    days = {day.decode().capitalize() for day in _DAY.findall(_inside(_SKIP_DAYS, body))}
    minutes = _count(feed.get("ttl"))
    return Hints(
        ttl=min(timedelta(minutes=minutes), _LONGEST) if minutes else None,
        update_every=_update_every(feed),
        skip_hours=tuple(sorted(hours)),
        skip_days=tuple(day for day in _DAYS if day in days),
    )


def _update_every(feed: Mapping[str, Any]) -> timedelta | None:
    """Frequency is how often in one period; once where it is absent."""
    period = feed.get("sy_updateperiod")
    whole = _PERIODS.get(period.strip().lower()) if isinstance(period, str) else None
    return whole / (_count(feed.get("sy_updatefrequency")) or 1) if whole else None


def _count(value: object) -> int:
    """A whole number in a text, of at most six figures; 0 for anything else."""
    figures = value.strip() if isinstance(value, str) else ""
    return int(figures) if figures.isascii() and figures.isdigit() and len(figures) <= 6 else 0


def _inside(element: re.Pattern[bytes], body: bytes) -> bytes:
    """What stands between the first such tag and the end of its list."""
    opening = element.search(body)
    if not opening:
        return b""
    return body[opening.end() : opening.end() + _LIST].partition(b"</skip")[0]
