"""The past for those who try topics out: in order, in the period asked for, as the matcher saw it."""

from datetime import datetime, timedelta

import pytest

from aiwatch.judge.topics import LEAD_READ
from aiwatch.store import Store, archive
from tests.drafts import FLOOD, HOUR, draft, file
from tests.stories import NOON

DAY = timedelta(days=1)
LONG = "The river rose. " * 200


@pytest.fixture
def filled(store: Store) -> Store:
    """Three articles on three days; the second is a copy of the first, the third was imported."""
    file(store, draft("a"), now=NOON - 2 * DAY)
    file(store, draft("b", outlet="Daily Copy", topics=("sora", "disney_ai")), now=NOON - DAY)
    flood = draft("c", "Norwich under water", FLOOD + LONG, topics=(), external_id="mine-3")
    file(store, flood, now=NOON)
    return store


@pytest.mark.parametrize(
    ("since", "ids"), [(None, ["1", "2", "3"]), (NOON - DAY, ["2", "3"]), (NOON + HOUR, [])]
)
def test_articles_come_in_the_order_of_filing_from_then_on(
    filled: Store, since: datetime | None, ids: list[str]
) -> None:
    with filled.read() as db:
        found = list(archive.articles(db, since, whole=False))
    assert [one.id for one in found] == ids


def test_an_article_is_as_the_matcher_saw_it(filled: Store) -> None:
    with filled.read() as db:
        (last,) = archive.articles(db, NOON, whole=True)
        (short,) = archive.articles(db, NOON, whole=False)
    assert (last.at, last.subject.title, last.subject.lang) == (NOON, "Norwich under water", "en")
    assert (last.subject.source, last.subject.url) == (
        "Example Times",
        "https://example-times.example/c",
    )
    assert last.subject.text == FLOOD + LONG
    assert short.subject.text == (FLOOD + LONG)[:LEAD_READ]


def test_a_copy_is_no_second_voice(filled: Store) -> None:
    with filled.read() as db:
        found = list(archive.seen(db, None))
    assert [(one.outlet, one.topics) for one in found] == [
        ("Example Times", ("sora",)),
        ("Example Times", ()),
    ]


def test_what_was_recorded_is_counted_with_the_last_time(filled: Store) -> None:
    with filled.read() as db:
        found = archive.recorded(db, None)
        later = archive.recorded(db, NOON - DAY)
    assert {name: (one.articles, one.last) for name, one in found.items()} == {
        "sora": (2, NOON - DAY),
        "disney_ai": (1, NOON - DAY),
    }
    assert {name: one.articles for name, one in later.items()} == {"sora": 1, "disney_ai": 1}


def test_ids_of_imports_are_known(filled: Store) -> None:
    with filled.read() as db:
        assert archive.imported_ids(db) == {"3": "mine-3"}
