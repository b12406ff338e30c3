"""What a poll came to, for tests of when the next one is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aiwatch.judge.cadence import (
    Facts,
    next_due,
)
from aiwatch.model import (
    FailureKind,
    FetchFailure,
    Hints,
    NotModified,
    Outcome,
    Page,
    Source,
    SourceName,
    Validators,
)

NOW = datetime(2026, 11, 20, 12, 20, tzinfo=UTC)  # a Friday
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SOURCE = Source(name=SourceName("Example"), url="https://example.org/feed")
PAGE = Page(
    url=SOURCE.url,
    asked_for=SOURCE.url,
    status=200,
    body=b"",
    content_type=None,
    validators=Validators(),
)
UNCHANGED = NotModified(url=SOURCE.url, validators=Validators())


def source(every: timedelta | None) -> Source:
    return replace(SOURCE, every=every)


def page(fresh_for: timedelta | None = None) -> Page:
    return replace(PAGE, fresh_for=fresh_for)


def failure(
    kind: FailureKind = "http",
    status: int | None = None,
    retry_after: timedelta | None = None,
    detail: str = "it said so",
) -> FetchFailure:
    return FetchFailure(
        url=SOURCE.url, kind=kind, detail=detail, status=status, retry_after=retry_after
    )


def due(
    every: timedelta | None, outcome: Outcome, hints: Hints | None = None, failures: int = 0
) -> tuple[timedelta, str]:
    """The wait and its reason, without jitter."""
    facts = Facts(source=source(every), outcome=outcome, hints=hints or Hints(), failures=failures)
    found = next_due(facts, NOW, 0.0)
    return found.at - NOW, found.reason
