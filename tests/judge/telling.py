"""Members, stories and what a reader was told, for tests of what is told."""

from datetime import UTC, datetime, timedelta
from typing import Any

from aiwatch.model import AlertName, ArticleId, Member, Reader, SourceName, Story, StoryId, Told

SINCE = datetime(2026, 3, 24, 9, tzinfo=UTC)


def member(
    number: int,
    text: str = "",
    *,
    title: str = "Brightloom closes Lumen",
    outlet: str = "",
    **more: Any,
) -> Member:
    values: dict[str, Any] = {
        "article": ArticleId(number),
        "url": f"https://example.org/{number}",
        "title": title,
        "text": text,
        "source": SourceName(outlet or f"Outlet {number}"),
        "outlet": outlet or f"Outlet {number}",
        "first_seen": SINCE + timedelta(minutes=number),
    }
    return Member(**(values | more))


def story(*members: Member) -> Story:
    return Story(id=StoryId(1), first_seen=SINCE, last_seen=SINCE, members=members)


def told(*articles: int, facts: tuple[str, ...] = ()) -> Told:
    return Told(
        reader=Reader("mailto:a@example.org"),
        story=StoryId(1),
        at=SINCE,
        by=AlertName("morning"),
        articles=frozenset(map(ArticleId, articles)),
        facts=facts,
    )  # fmt: skip
