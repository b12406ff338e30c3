"""An older story in one line."""

from dataclasses import replace
from datetime import UTC, datetime

from aiwatch.judge.history import earlier
from aiwatch.model import ArticleId
from tests.judge.telling import SINCE, member, story, told

TEXT = "Brightloom said on Tuesday that it will close Lumen on 4 May."


def test_it_is_the_shortest_headline_that_says_what_happened() -> None:
    found = earlier(
        story(
            member(1, TEXT, title="Brightloom announces that it will close its app Lumen in May"),
            member(2, TEXT, title="Brightloom closes Lumen - Outlet 2"),
            member(3, TEXT, title="Lumen"),
            member(4, TEXT, title="What a sad day this is"),
            member(5, TEXT, title="Lumen to go", duplicate_of=ArticleId(1), verdict="same_text"),
        )
    )
    assert found.title == "Brightloom closes Lumen"
    assert found.at == SINCE
    assert found.story == 1


def test_only_headlines_its_reader_was_told_count() -> None:
    whole = story(
        member(1, TEXT, title="Brightloom announces the end of Lumen"),
        member(2, TEXT, title="Brightloom closes Lumen"),
    )
    assert earlier(whole, told(1)).title == "Brightloom announces the end of Lumen"
    assert earlier(whole, told()).title == "Brightloom closes Lumen"


def test_the_day_is_that_of_the_first_publication() -> None:
    first = member(1, TEXT, published=datetime(2026, 3, 20, tzinfo=UTC))
    wrong = member(2, TEXT, published=datetime(2030, 1, 1, tzinfo=UTC))
    assert earlier(story(first, wrong)).at == first.published


def test_a_story_without_a_telling_headline_keeps_its_leads() -> None:
    assert earlier(story(replace(member(1, ""), title="Sad"))).title == "Sad"
