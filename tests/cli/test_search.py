"""`search`: full text, for people and for scripts."""

import sqlite3

import pytest

from tests.cli.conftest import NOON
from tests.newsroom import Newsroom


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        (("disney",), {"OpenAI closes Sora", "Sora is closed by OpenAI"}),
        (("kingdom hearts",), {"Sora joins the Kingdom Hearts concert"}),
        (('"kingdom', 'hearts"'), {"Sora joins the Kingdom Hearts concert"}),
        (("sora", "NOT", "openai"), {"Sora joins the Kingdom Hearts concert"}),
        (("vienna", "--rank", "--since", "24h"), {"Sora joins the Kingdom Hearts concert"}),
        (("concert*", "--limit", "1"), {"Sora joins the Kingdom Hearts concert"}),
        (("xylophone",), set()),
    ],
)
def test_articles_are_found(told: Newsroom, words: tuple[str, ...], titles: set[str]) -> None:
    found = told.aiwatch("search", *words, "--json", now=NOON).json()
    assert {one["title"] for one in found["results"]} == titles
    for one in found["results"]:
        assert {"id", "story", "url", "outlet", "published", "topics", "copy", "marks"} <= set(one)
        assert all(one["snippet"][start:end].strip() for start, end in one["marks"])
    shown = told.aiwatch("search", *words, now=NOON)
    assert shown.code == 0
    for title in titles or {"nothing found for: xylophone"}:
        assert title in shown.out


def test_a_hit_is_shown_with_its_outlet_and_the_words_around(told: Newsroom) -> None:
    out = told.aiwatch("search", "vienna", now=NOON).out
    assert out.splitlines()[1].startswith("      Example Times · 16:00 · story 1")
    assert "comes to Vienna in May as a concert" in out


def test_a_time_without_hits_is_named(told: Newsroom) -> None:
    done = told.aiwatch("search", "sora", "--since", "1h", now="2026-04-24T12:00:00Z")
    assert done.out == "nothing found for: sora in the last 1h\n"


def test_an_archive_from_before_is_indexed_at_the_first_search(room: Newsroom) -> None:
    room.page("/one", "OpenAI closes Sora", "OpenAI closes Sora, its video app, in April. " * 9)
    feed = room.feed("/feed", room.item("/one", "OpenAI closes Sora", "2026-03-24T10:00:00Z"))
    room.configure(sources=[{"name": "Example Times", "url": feed}])
    room.aiwatch("fetch", now=NOON)
    db = sqlite3.connect(room.database)
    db.execute("INSERT INTO articles_fts (articles_fts) VALUES ('delete-all')")
    db.execute("INSERT INTO settings VALUES ('unsearched', '1')")
    db.commit()
    db.close()
    first = room.aiwatch("search", "sora", now=NOON)
    assert "OpenAI closes Sora" in first.out
    assert first.err == "indexing 1 older article, once\n"
    assert room.aiwatch("search", "sora", now=NOON).err == ""
