"""`explain`: everything decided about one article, stored or not."""

import pytest

from tests.cli.conftest import NOON
from tests.newsroom import Newsroom

STORED_KEYS = {
    "score",
    "shared",
    "edits",
    "stored",
    "id",
    "url",
    "title",
    "outlet",
    "entry",
    "how",
    "verdict",
    "reason",
    "duplicate_of",
    "story",
    "story_title",
    "versions",
    "told",
    "waiting",
    "tell",
    "topics",
}


def number(room: Newsroom, path: str) -> str:
    """An article's number, by its address."""
    found = room.aiwatch("explain", room.site.url(path), "--json", now=NOON).json()
    return str(found["id"])


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (
            "/one",
            [
                "came through Example Times, first seen 19:00",
                "text: page: article",
                'matches   topic sora: "Sora" in title',
                "told reader@example.org by now at 19:00",
                "waits for alert morning",
            ],
        ),
        (
            "/copy",
            ["came through Daily Copy", "word for word the text of article", "told hook by now"],
        ),
        ("/concert", ["no match", "kingdom hearts", "told to nobody: no topic matches"]),
    ],
)
def test_a_stored_article_is_explained_by_address_and_by_number(
    told: Newsroom, path: str, said: list[str]
) -> None:
    for what in (told.site.url(path), told.site.url(f"{path}?utm_source=mail"), number(told, path)):
        done = told.aiwatch("explain", what, now=NOON)
        assert done.code == 0, done.err
        for words in said:
            assert words in done.out


def test_a_stored_article_as_json_has_its_keys(told: Newsroom) -> None:
    found = told.aiwatch("explain", told.site.url("/copy"), "--json", now=NOON).json()
    assert set(found) == STORED_KEYS
    assert found["stored"] is True
    assert found["verdict"] == "same_text"
    assert str(found["duplicate_of"]) == number(told, "/one")
    assert [set(topic) for topic in found["topics"]] == [
        {"topic", "matched", "words", "missing", "near", "blocked_by"}
    ] * 2


@pytest.mark.parametrize(
    ("path", "edit"),
    [
        (
            "/unlisted",
            "it matches, but no source lists it: put a feed of 127.0.0.1 under `sources:`",
        ),
        ("/court", "topic disney_ai: add a query to `any:` without"),
        ("/bread", "add a topic whose `any:` names a word of this article"),
        ("/hearts", "topic sora: take '\"kingdom hearts\"' out of `none:`"),
    ],
)
def test_an_unknown_address_is_read_now_and_the_answer_ends_with_the_edit(
    told: Newsroom, path: str, edit: str
) -> None:
    told.page("/hearts", "A second Kingdom Hearts with Sora", "Sora has a new sword. " * 20)
    before = told.database.read_bytes()
    done = told.aiwatch("explain", told.site.url(path), now=NOON)
    assert done.code == 0, done.err
    assert "not stored: fetched and judged now, and forgotten again" in done.out
    assert done.out.splitlines()[-1].startswith(f"to bring it: {edit}")
    assert told.database.read_bytes() == before


def test_without_any_database_an_address_is_read_too(room: Newsroom) -> None:
    room.page("/sora", "Sora closes", "OpenAI closes Sora, it said on Tuesday. " * 10)
    found = room.aiwatch("explain", room.site.url("/sora"), "--json").json()
    assert found["stored"] is False
    assert found["reason"] == "the database is empty: nothing to compare with"
    assert [topic["matched"] for topic in found["topics"]] == [True]
    assert set(found) == {
        "stored",
        "url",
        "title",
        "outlet",
        "how",
        "verdict",
        "reason",
        "duplicate_of",
        "story",
        "score",
        "shared",
        "topics",
        "edit",
    }
    assert not room.database.exists()


def test_what_a_source_listed_first_is_held_back_from_alerts_at_once(room: Newsroom) -> None:
    room.page("/sora", "Sora closes", "OpenAI closes Sora, it said on Tuesday. " * 10)
    item = room.item("/sora", "Sora closes", "2026-03-24T10:00:00Z")
    room.configure(
        backlog="24h",
        topics={"sora": {"any": ["sora"]}},
        sources=[{"name": "Example Times", "url": room.feed("/feed", item)}],
        alerts=[{"name": "now", "to": ["inbox"], "when": "at once", "settle": None}],
    )
    assert room.aiwatch("fetch", now=NOON).code == 0
    shown = room.aiwatch("explain", room.site.url("/sora"), now=NOON).out
    assert "told to nobody: it stood in its source's first list" in shown


@pytest.mark.parametrize(
    "what", ["nonsense", "", "²", "9" * 30, "9" * 5000, "mailto:a@b.example", "\0"]
)
def test_what_is_no_article_and_no_address_is_refused(told: Newsroom, what: str) -> None:
    done = told.aiwatch("explain", what, now=NOON)
    assert done.code == 2
    assert "is no article here (by number or imported id) and no http(s) address" in done.err


def test_an_address_that_cannot_be_read_is_named_with_why(told: Newsroom) -> None:
    done = told.aiwatch("explain", told.site.url("/nowhere"), now=NOON)
    assert done.code == 1
    assert f"{told.site.url('/nowhere')} cannot be read: 404 Not Found" in done.err
