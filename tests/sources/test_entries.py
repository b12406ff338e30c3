from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.model import Entry
from aiwatch.sources.entries import Item, distinct, entry_of, moment, moment_of_gmt, title_of

BASE = "https://feeds.example/rss"


def entry(id_: str, url: str | None = None, title: str = "") -> Entry:
    return Entry(id=id_, url=url, title=title)


@pytest.mark.parametrize(
    ("date", "read"),
    [
        (
            datetime(2026, 5, 1, tzinfo=timezone(timedelta(hours=2))),
            datetime(2026, 4, 30, 22, tzinfo=UTC),
        ),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), None),
        (datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))), None),
        (datetime(1970, 1, 1, tzinfo=UTC), None),
        (datetime(9999, 12, 31, tzinfo=UTC), None),
        ("1 May 2026 10:00 GMT", datetime(2026, 5, 1, 10, tzinfo=UTC)),
        ("sometime", None),
        ("", None),
        (None, None),
    ],
)
def test_a_date_is_a_moment_in_utc_or_none(
    date: datetime | str | None, read: datetime | None
) -> None:
    assert moment(date) == read


def test_what_lies_beyond_the_calendar_is_no_moment() -> None:
    assert moment_of_gmt((2026, 5, 1, 10, 0, 0)) == datetime(2026, 5, 1, 10, tzinfo=UTC)
    for year in (0, 10_000, -(10**9), 10**9):
        assert moment_of_gmt((year, 1, 1, 0, 0, 0)) is None
    assert moment_of_gmt((9999, 12, 31, 100, 0, 0)) is None


def test_an_item_that_says_nothing_is_no_entry() -> None:
    assert entry_of(Item(title=" <b></b> ", summary="<br>", link="javascript:x"), BASE) is None


def test_an_item_is_named_by_id_else_link_else_words() -> None:
    whole = Item(id=" a ", link="/b", title="c")
    named = [entry_of(item, BASE) for item in (whole, Item(link="/b", title="c"), Item(title="c"))]
    ids = [found.id for found in named if found]
    assert ids[:2] == ["a", "https://feeds.example/b"]
    assert ids[2].startswith("sha256:")


def test_without_id_and_link_another_date_is_another_entry() -> None:
    dated = [
        entry_of(Item(title="Weather", dates=(date,)), BASE)
        for date in ("2026-05-01", "2026-05-02")
    ]
    assert len({found.id for found in dated if found}) == 2


def test_the_first_of_one_id_wins() -> None:
    listed = (
        entry("a", "https://x.example/a", "first"),
        entry("a", "https://x.example/a", "second"),
        entry("a"),
    )
    assert distinct(listed) == listed[:1]


def test_an_id_shared_by_addresses_gives_way_to_them() -> None:
    listed = (
        entry("a", "https://x.example/1"),
        entry("a", "https://x.example/2"),
        entry("b", "https://x.example/3"),
    )
    assert [found.id for found in distinct(listed)] == [
        "https://x.example/1",
        "https://x.example/2",
        "b",
    ]


ADDRESSES = st.sampled_from(["https://x.example/1", "https://x.example/2", "https://x.example/3"])


@settings(max_examples=80)
@given(st.lists(st.tuples(st.sampled_from("abc"), ADDRESSES)))
def test_ids_are_distinct_and_no_address_is_lost(listed: list[tuple[str, str]]) -> None:
    kept = distinct(entry(id_, url) for id_, url in listed)
    assert len({found.id for found in kept}) == len(kept)
    assert {found.url for found in kept} == {url for _, url in listed}


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        ("AT&amp;amp;T &amp;lt;b&amp;gt;bold&amp;lt;/b&amp;gt;", "AT&T <b>bold</b>"),
        ("&lt;i&gt;Slanted&lt;/i&gt; words", "Slanted words"),
        ("AT&T; more", "AT&T; more"),
        ("x" * 50_000, "x" * 10_000),
    ],
    ids=lambda text: text[:20],
)
def test_a_title_is_decoded_twice_at_most(markup: str, title: str) -> None:
    assert title_of(markup) == title
