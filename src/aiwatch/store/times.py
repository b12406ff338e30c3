"""How values stand in columns: times as ISO 8601 in UTC, lists and maps as JSON."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any


def to_text(moment: datetime) -> str:
    """A column's form of a time: UTC, whole seconds, `Z`; sorts as text."""
    return f"{moment.astimezone(UTC).isoformat()[:19]}Z"


def from_text(text: str) -> datetime:
    """The time that a column holds."""
    return datetime.fromisoformat(text)


def maybe_text(moment: datetime | None) -> str | None:
    """`to_text`, or null."""
    return None if moment is None else to_text(moment)


def maybe_time(text: str | None) -> datetime | None:
    """`from_text`, or None."""
    return None if text is None else from_text(text)


def maybe_seconds(span: timedelta | None) -> int | None:
    """A duration as whole seconds, or null."""
    return None if span is None else int(span.total_seconds())


def dumps(value: Iterable[Any] | Mapping[str, Any]) -> str:
    """A list or map as JSON, scripts of the world as they are."""
    plain = dict(value) if isinstance(value, Mapping) else list(value)
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
