"""Digests and envelopes for channel tests."""

from dataclasses import replace
from datetime import UTC, datetime

from aiwatch.model import (
    AlertName,
    ArticleId,
    ChannelName,
    Digest,
    Envelope,
    Member,
    OutboxId,
    Part,
    Reader,
    Section,
    SourceName,
    StoryId,
    StoryLine,
    TopicName,
)

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
CREATED = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)


def envelope(
    part: Part | None = None,
    *,
    id: str = "msg_0123456789abcdef",
    alert: str = "morning",
    channel: str = "there",
    reader: str = "mailto:ann@example.com",
    now: datetime = NOW,
    attempt: int = 1,
) -> Envelope:
    return Envelope(
        id=id,
        row=OutboxId(1),
        alert=AlertName(alert),
        channel=ChannelName(channel),
        reader=Reader(reader),
        part=part or Part(subject="Two stories", text="Hello\n", html="<p>Hello</p>", payload="{}"),
        created=CREATED,
        attempt=attempt,
        now=now,
    )


def line(story: int, title: str, reply_to: str | None = None) -> StoryLine:
    url = f"https://example.org/{story}"
    lead = Member(
        article=ArticleId(story),
        url=url,
        title=title,
        text=f"{title}. It was told on Thursday.",
        source=SourceName("Example"),
        outlet="Example Times",
        first_seen=CREATED,
        published=CREATED,
    )
    return StoryLine(
        story=StoryId(story),
        cause="update" if reply_to else "new",
        title=title,
        url=url,
        lead=lead,
        outlets=("Example Times",),
        independent_texts=1,
        topics=(TopicName("sora"),),
        first_seen=CREATED,
        last_seen=CREATED,
        reply_to=reply_to,
    )


def digest(*lines: StoryLine) -> Digest:
    return Digest(
        alert=AlertName("morning"),
        kind="alert",
        at=NOW,
        timezone="UTC",
        sections=(Section(topic=TopicName("sora"), title="Sora", stories=lines),),
        items_read=2,
        sources_read=1,
        sources_all=1,
        subject="Two stories",
    )


def replace_url(told: StoryLine, url: str) -> StoryLine:
    """The same story, elsewhere."""
    return replace(told, url=url, lead=replace(told.lead, url=url))
