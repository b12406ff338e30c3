"""Times as a reader sees them: in their own zone, in plain English whatever the machine's locale."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]  # fmt: skip


def local(at: datetime, zone: str) -> datetime:
    """The moment on the reader's clock."""
    return at.astimezone(UTC if zone == "UTC" else ZoneInfo(zone))


def day(at: datetime, zone: str) -> str:
    """`Tue 24 Mar`."""
    here = local(at, zone)
    return f"{_DAYS[here.weekday()][:3]} {here.day} {_MONTHS[here.month - 1][:3]}"


def long_day(at: datetime, zone: str) -> str:
    """`Tuesday 24 March 2026`."""
    here = local(at, zone)
    return f"{_DAYS[here.weekday()]} {here.day} {_MONTHS[here.month - 1]} {here.year}"


def clock(at: datetime, zone: str) -> str:
    """`08:00`."""
    return f"{local(at, zone):%H:%M}"


def moment(at: datetime, zone: str, now: datetime) -> str:
    """`08:00` today, `Mon 23 Mar 08:00` within half a year, else with the year."""
    here, today = local(at, zone), local(now, zone)
    if here.date() == today.date():
        return clock(at, zone)
    year = "" if abs(here - today) < timedelta(days=180) else f" {here.year}"
    return f"{day(at, zone)}{year} {clock(at, zone)}"


def span(length: timedelta) -> str:
    """`24 hours`, `7 days`, `90 minutes`."""
    minutes = round(length.total_seconds() / 60)
    for size, name in ((1440, "day"), (60, "hour")):
        if minutes >= 2 * size and minutes % size == 0:
            return f"{minutes // size} {name}s"
    if minutes == 1440 or minutes == 60:
        return f"{minutes // 60} hour{'s' * (minutes > 60)}"
    return f"{minutes} minute{'s' * (minutes != 1)}"


def iso(at: datetime) -> str:
    """`2026-03-24T08:00:00Z`: for machines, in UTC."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
