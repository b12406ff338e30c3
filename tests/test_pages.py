"""Article pages on loopback: what stands around every article of a host is left out once it is known."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.drafts import BAKERY, CLOSES, FLOOD
from tests.newsroom import Newsroom

NOTICE = (
    "Our reporters cover the Sora affair every day. Write to us if you know more: desk at our name."
)
SNOW = (
    "It snowed in Helsinki on Sunday, and the trams stood still until the early evening.\n"
    "Forty ploughs cleared the ring road first, the town said, and the schools open late on Monday.\n"
    "Two metres fell in the north of the country, where trains are to run again by Wednesday."
)
APPEAL = f"{NOTICE}\nCall the desk, too."
PASSES = (
    {"flood": FLOOD, "bread": BAKERY, "closing": CLOSES},
    {"snow": SNOW, "appeal": APPEAL},
)


def publish(room: Newsroom, texts: dict[str, str], number: int) -> None:
    """A pass's pages, each with the notice at its foot, and the feed that lists them."""
    for name, text in texts.items():
        room.page(
            f"/{name}", f"What the {name} brought", text if text is APPEAL else f"{text}\n{NOTICE}"
        )
    date = f"2026-03-2{number + 1}T10:00:00Z"
    room.feed(
        "/feed",
        *(
            room.item(f"/{name}", f"What the {name} brought", date, f"More on the {name}.")
            for name in texts
        ),
    )


@pytest.mark.slow
def test_a_standing_notice_is_gone_from_the_fourth_article_on_and_nothing_else_is(
    tmp_path: Path,
) -> None:
    with Newsroom(tmp_path) as room:
        room.configure(sources=[{"name": "Times", "url": room.site.url("/feed"), "every": "1h"}])
        for number, texts in enumerate(PASSES):
            publish(room, texts, number)
            done = room.aiwatch("fetch", now=f"2026-03-2{number + 1}T12:00:00Z")
            assert done.code == 0, done.err
        rows: dict[str, dict[str, Any]] = {}
        for row in map(
            json.loads,
            room.aiwatch("export", "articles", now="2026-03-24T12:00:00Z").out.splitlines(),
        ):
            rows[row["url"].rpartition("/")[2]] = row
        for name, text in PASSES[0].items():
            assert rows[name]["text"] == f"{text}\n{NOTICE}"
        assert rows["snow"]["text"] == SNOW
        assert rows["snow"]["topics"] == []
        assert rows["appeal"]["text"] == APPEAL
        told = room.aiwatch(
            "explain", room.site.url("/snow"), "--json", now="2026-03-24T12:00:00Z"
        ).json()
        assert told["how"]["text"].endswith(
            "; 1 line that stands around other articles of 127.0.0.1 left out"
        )
