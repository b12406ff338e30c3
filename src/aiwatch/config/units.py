"""Durations and sizes as people write them: `30s`, `1.5h`, `7d`, `15MB`."""

import re
from datetime import timedelta

SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "y": 365.25 * 86400}
BYTES = {"": 1, "b": 1, "kb": 1000, "mb": 1_000_000, "gb": 1_000_000_000}
NUMBER = r"(\d+(?:\.\d+)?)"


def parse_duration(text: object) -> timedelta:
    """A duration; raises ValueError that says how to write one."""
    found = re.fullmatch(rf"\s*{NUMBER}\s*([smhdwy])\s*", str(text), re.IGNORECASE)
    if not found:
        raise ValueError(
            f"{text!r} is no duration: write a number and s, m, h, d, w or y, like 30m or 1.5h"
        )
    try:
        return timedelta(seconds=float(found[1]) * SECONDS[found[2].lower()])
    except OverflowError:
        raise ValueError(f"{text!r} is too long a duration") from None


def parse_size(text: object) -> int:
    """A number of bytes; raises ValueError that says how to write one."""
    found = re.fullmatch(rf"\s*{NUMBER}\s*(b|kb|mb|gb|)\s*", str(text), re.IGNORECASE)
    if not found:
        raise ValueError(f"{text!r} is no size: write a number and B, KB, MB or GB, like 15MB")
    return int(float(found[1]) * BYTES[found[2].lower()])


def say_duration(span: timedelta) -> str:
    """The shortest exact writing: `90m` stays `1.5h`."""
    seconds = span.total_seconds()
    for unit in ("y", "d", "h", "m"):
        amount = seconds / SECONDS[unit]
        if amount >= 1 and amount == round(amount, 1):
            return f"{amount:g}{unit}"
    return f"{seconds:g}s"
