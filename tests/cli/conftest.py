"""One newsroom after its first pass, for tests that only look; and empty ones for those that change something."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.newsroom import Newsroom
from tests.stories import CLOSES, PRICE

NOON = "2026-03-24T12:00:00Z"
"""19:00 in Bangkok, where these readers live."""
SOON = "2026-03-24T12:00:59Z"
"""Still 19:00, and the pass that began at noon is over."""

CLOSING = f"{CLOSES}\n{PRICE}"
CONCERT = (
    "Kingdom Hearts comes to Vienna in May as a concert; the hero Sora stands on every poster in town.\n"
    "Eimear Noone conducts two hours of music by Yoko Shimomura in the Konzerthaus, tickets cost 60 euros."
)
BREAD = (
    "Flour, water and salt make a bread that lasts a week in the kitchen of a family of four.\n"
    "Bake it for an hour in a hot oven, then wait until it is cold before you cut it."
)
COURT = (
    "Disney asked a court in Los Angeles on Monday to stop a maker of plush toys, its lawyers wrote.\n"
    "The toys look like its mouse, the company said, and are sold in thirty countries."
)
TOPICS = {
    "sora": {"title": "OpenAI Sora", "any": ["sora"], "none": ['"kingdom hearts"']},
    "disney_ai": {"title": "Disney and AI", "any": ["disney lawsuit video"]},
}


def prepare(room: Newsroom) -> None:
    """Two outlets with one story, a concert, a recipe; a source that fails, one that is off; two alerts."""
    room.page("/one", "OpenAI closes Sora", CLOSING)
    room.page("/copy", "Sora is closed by OpenAI", CLOSING, site="Daily Copy")
    room.page("/concert", "Sora joins the Kingdom Hearts concert", CONCERT)
    room.page("/bread", "Bread that lasts a week", BREAD)
    room.page("/court", "Disney goes to court over toys", COURT)
    room.page("/unlisted", "Sora users look elsewhere", BREAD.replace("bread", "Sora clip"))
    times = room.feed(
        "/feed",
        room.item("/one", "OpenAI closes Sora", "2026-03-24T10:00:00Z"),
        room.item("/concert", "Sora joins the Kingdom Hearts concert", "2026-03-24T09:00:00Z"),
    )
    copies = room.feed(
        "/copies",
        room.item("/copy", "Sora is closed by OpenAI", "2026-03-24T11:00:00Z"),
        title="Daily Copy",
    )
    channels = room.channels()
    room.configure(
        timezone="Asia/Bangkok",
        topics=TOPICS,
        channels={**channels, "desk": {**channels["inbox"], "to": ["desk@example.org"]}},
        sources=[
            {"name": "Example Times", "url": times},
            {"name": "Daily Copy", "url": copies},
            {"name": "Broken Gazette", "url": room.site.url("/gone")},
            {"name": "Asleep", "url": room.site.url("/asleep"), "enabled": False},
        ],
        alerts=[
            {
                "name": "now",
                "to": ["inbox", "hook"],
                "when": "at once",
                "settle": None,
                "at_most": None,
            },
            {"name": "morning", "topics": ["sora"], "to": ["desk"], "when": "daily at 08:00"},
        ],
    )


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    """After one pass at noon; only to be looked at."""
    with Newsroom(tmp_path_factory.mktemp("told")) as room:
        prepare(room)
        done = room.aiwatch("fetch", now=NOON)
        assert done.code == 0, done.err
        yield room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    """Empty, with the usual channels."""
    with Newsroom(tmp_path) as made:
        made.configure()
        yield made
