"""Stories, members and alerts made up for tests: only what a test is about has to be said."""

from datetime import UTC, datetime, timedelta
from typing import Any

from aiwatch.judge.schedule import parse_schedule
from aiwatch.model import (
    Alert,
    AlertName,
    ArticleId,
    ChannelName,
    Hit,
    Match,
    Member,
    Reader,
    SourceName,
    Story,
    StoryId,
    Told,
    TopicName,
)

NOON = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)
READER = Reader("mailto:reader@example.org")

CLOSES = (
    "OpenAI said on Tuesday that it would close Sora, its video app, on 26 April.\n"
    "The company ends a $1 billion deal with Disney, which said it respected the decision."
)
PRICE = (
    "Running Sora cost OpenAI about $15 million a day, the analyst Ann Marlow said on Thursday.\n"
    "OpenAI earned $2.1 million with the app over its whole life, she said."
)


def match(topic: str = "sora") -> Match:
    """A match of one word in the title."""
    hit = Hit(field="title", offset=0, term=topic, text=topic)
    return Match(topic=TopicName(topic), score=2.0, query=topic, hits=(hit,))


def member(number: int = 1, **parts: Any) -> Member:
    """An article of a story; outlets are named after their numbers."""
    topics = parts.pop("topics", ("sora",))
    return Member(
        **{
            "article": ArticleId(number),
            "url": f"https://outlet{number}.example/a",
            "title": "OpenAI closes Sora",
            "text": CLOSES,
            "source": SourceName(f"Source {number}"),
            "outlet": f"Outlet {number}",
            "first_seen": NOON,
            "published": NOON - timedelta(hours=1),
            "lang": "en",
            "matches": tuple(match(topic) for topic in topics),
            **parts,
        }
    )


def story(*members: Member, **parts: Any) -> Story:
    """A story of these members."""
    topics = dict.fromkeys(one.topic for each in members for one in each.matches)
    return Story(
        **{
            "id": StoryId(1),
            "first_seen": NOON,
            "last_seen": NOON,
            "members": members,
            "topics": tuple(topics),
            **parts,
        }
    )


def alert(when: str = "at once", **parts: Any) -> Alert:
    """An alert on everything, for one inbox."""
    return Alert(
        **{
            "name": AlertName("news"),
            "to": (ChannelName("inbox"),),
            "when": parse_schedule(when),
            **parts,
        }
    )


def told(*articles: int, **parts: Any) -> Told:
    """What the reader was told at noon."""
    return Told(
        **{
            "reader": READER,
            "story": StoryId(1),
            "at": NOON,
            "by": AlertName("news"),
            "articles": frozenset(ArticleId(number) for number in articles),
            **parts,
        }
    )
