"""What people look at: found by any name, newest first, a merged story under its new number."""

from datetime import timedelta

import pytest

from aiwatch.model import ArticleId, StoryId
from aiwatch.store import Store, filing, reading
from aiwatch.store.filing import Draft, Filed
from aiwatch.store.times import to_text
from aiwatch.text.importing import Imported, imported
from aiwatch.text.urls import url_key
from tests.stories import CLOSES, NOON, match

BREAD = "Flour, water and salt make a bread that lasts a week in the kitchen of a family of four."


def file(store: Store, hours: int = 0, topics: tuple[str, ...] = ("sora",), **line: str) -> Filed:
    """File one imported line, so many hours after noon."""
    read = imported(line)
    assert isinstance(read, Imported)
    draft = Draft(read=read.read, matches=tuple(match(topic) for topic in topics))
    now = NOON + timedelta(hours=hours)
    return store.write_now(lambda db: filing.file(db, draft, (), frozenset(), now))


def run(store: Store, script: str) -> None:
    """Statements, as no transaction of ours makes them."""
    for statement in script.split(";"):
        store.write_now(lambda db, statement=statement: db.execute(statement))  # type: ignore[misc]


@pytest.fixture
def filled(store: Store) -> Store:
    """Two stories: Sora's closing, and a copy of it an hour later; bread between them, with an imported id."""
    file(store, 0, url="https://a.example/sora", title="OpenAI closes Sora", body=CLOSES * 3)
    file(store, 1, (), id="1", url="https://a.example/bread", title="Bread", body=BREAD)
    file(
        store, 2, id="copy", url="https://b.example/x", title="OpenAI closes Sora", body=CLOSES * 3
    )
    return store


@pytest.mark.parametrize(
    ("what", "title"),
    [
        ("1", "Bread"),  # an imported id goes before a number
        ("2", "Bread"),
        ("copy", "OpenAI closes Sora"),
        ("https://a.example/sora", "OpenAI closes Sora"),
        ("http://www.a.example/sora?utm_source=x#top", "OpenAI closes Sora"),
        ("https://news.example/listed-here", "Bread"),
        ("02", None),
        ("4", None),
        ("-1", None),
        ("²", None),
        ("9" * 30, None),
        ("https://a.example/other", None),
        ("", None),
    ],
)
def test_an_article_is_found_by_any_of_its_names(
    filled: Store, what: str, title: str | None
) -> None:
    run(
        filled,
        "INSERT INTO sources (name, kind, url, state, words, next_due, due_reason, failures)"
        " VALUES ('A', 'feed', 'https://a.example/feed', 'new', '', '', '', 0);"
        "INSERT INTO entries (source, entry_id, url, title, seen_at, content_hash, tell, state, attempts, article)"
        " VALUES ('A', 'x', 'https://news.example/listed-here', '', '', '', 'all', 'filed', 1, 2)",
    )
    with filled.read() as db:
        found = reading.find_article(db, what, url_key(what))
        row = reading.article(db, found) if found else None
    assert (row["title"] if row else None) == title


def test_an_articles_row_comes_with_its_lists_read(filled: Store) -> None:
    with filled.read() as db:
        row = reading.article(db, ArticleId(1))
        assert reading.article(db, ArticleId(99)) is None
    assert row is not None
    assert row["authors"] == []
    assert row["how"]["text"] == "body"


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ({}, ["OpenAI closes Sora", "Bread"]),
        ({"limit": 1}, ["OpenAI closes Sora"]),
        ({"topic": "sora"}, ["OpenAI closes Sora"]),
        ({"topic": "none"}, []),
        ({"since": NOON + timedelta(hours=1)}, ["OpenAI closes Sora", "Bread"]),
        ({"since": NOON + timedelta(hours=1, seconds=1)}, ["OpenAI closes Sora"]),
        ({"since": NOON + timedelta(hours=3)}, []),
    ],
)
def test_stories_come_with_the_newest_article_first(
    filled: Store, asked: dict[str, object], titles: list[str]
) -> None:
    whole = {"topic": None, "since": None, "limit": 10, **asked}
    with filled.read() as db:
        rows = reading.latest_stories(db, **whole)  # type: ignore[arg-type]
    assert [row["title"] for row in rows] == titles
    assert [(row["articles"], row["outlets"]) for row in rows if row["topics"]] == [(2, 2)] * sum(
        "Sora" in title for title in titles
    )


def test_rows_are_exported_in_the_order_in_which_they_came(filled: Store) -> None:
    with filled.read() as db:
        articles = list(reading.export_articles(db, None))
        late = list(reading.export_articles(db, NOON + timedelta(hours=2)))
        matches = list(reading.export_matches(db, NOON + timedelta(hours=1)))
        (sora, bread) = reading.export_stories(db, None)
    assert [row["id"] for row in articles] == [1, "1", "copy"]
    assert [row["duplicate_of"] for row in articles] == [None, None, 1]
    assert [row["id"] for row in late] == ["copy"]
    assert [(row["article"], row["topic"]) for row in matches] == [("copy", "sora")]
    assert (sora["articles"], sora["count"]) == ([1, "copy"], 2)
    assert (bread["articles"], bread["topics"]) == (["1"], [])


def test_a_merged_story_is_known_under_the_number_it_has_now(filled: Store) -> None:
    filled.write_now(lambda db: db.execute("UPDATE stories SET alias_of = 2 WHERE id = 1"))
    with filled.read() as db:
        assert {row["story"] for row in reading.export_articles(db, None)} == {2}
        assert {row["story"] for row in reading.export_matches(db, None)} == {2}
        assert [
            row["id"] for row in reading.latest_stories(db, topic=None, since=None, limit=9)
        ] == [2]


def test_versions_and_tellings_are_listed_oldest_first(filled: Store) -> None:
    file(filled, 3, id="copy", title="OpenAI closes Sora", body=f"{CLOSES * 3}\nOne more line.")
    run(
        filled,
        f"""
        INSERT INTO digests (alert, kind, at, subject, stories) VALUES ('news', 'alert', '', '', 1);
        INSERT INTO told (reader, story, digest, alert, at, articles, facts, message_id) VALUES
          ('b', 1, 1, 'news', '{to_text(NOON + timedelta(hours=1))}', '[]', '[]', 'msg_2'),
          ('a', 1, 1, 'news', '{to_text(NOON)}', '[]', '[]', 'msg_1');
        INSERT INTO waiting (alert, story, cause, reason, since, hold_until) VALUES
          ('news', 1, 'new', 'because', '{to_text(NOON)}', '{to_text(NOON)}')
        """,
    )
    with filled.read() as db:
        (before,) = reading.versions(db, ArticleId(3))
        told = reading.told_of_story(db, StoryId(1))
        (waits,) = reading.waiting_of_story(db, StoryId(1))
        assert reading.entry_of(db, ArticleId(1)) is None
    assert "One more line" not in before["text"]
    assert [row["message_id"] for row in told] == ["msg_1", "msg_2"]
    assert waits["reason"] == "because"
