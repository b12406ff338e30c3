"""`read_listing`: what an owner's words change, what is no list, ids that stay."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.model import Entry, Reading
from aiwatch.sources.listing import ListingOptions, read_listing

PIECES = [
    "<div>", "</div>", "<a href='/news/a-b'>", "<a href='/news/c-d?x=1'>", "</a>", "<h3>", "</h3>", "A title of words", "1 Nov 2026", "<nav>",
    "</nav>", "<li>", "<dt>2026", "<table><tr><td>", "<time datetime='2026-11-01'>", "<br>", "<script>window.x={", "</script>", "<h2>2026</h2>",
    '<script type="application/ld+json">{"@type":"Blog","blogPost":{"@type":"NewsArticle","url":"/x/y-z","name":"Z"}}</script>',
    '<script>self.__next_f.push([1,"1:{\\"title\\":\\"T\\",\\"slug\\":\\"t-u\\",\\"date\\":\\"2026-11-01\\"}\\n"])</script>', "Popular posts",
    "<base href='//['>", "<img alt='x'>", "<a href='//['>", "<p>03/24/2026</p>", "\x00", "<body>", "<summary>2025</summary>", "<b>24</b><i>2026-03</i>",
]  # fmt: skip
HERE = "https://plume.example/news"
TITLES = [
    "Plume opens a second studio in Riga",
    "A new editor for very long takes",
    "What our users made this summer",
    "Plume and the guild agree on terms",
]


def page(*body: str, head: str = "<title>News | Plume</title>") -> bytes:
    return f"<!doctype html><html lang=en><head>{head}</head><body>{''.join(body)}</body></html>".encode()


def card(n: int, *, href: str = "", title: str = "", extra: str = "") -> str:
    href = href or f"/news/item-{n}"
    title = title or TITLES[n % 4]
    return (
        f'<article><span class="when">{n + 1} November 2026</span><h3><a href="{href}">{title}</a></h3>'
        f"<p>A paragraph that says a little more about item {n} of this list.</p>{extra}</article>"
    )


CARDS = "".join(card(n) for n in range(4))


def read(
    body: bytes, url: str = HERE, content_type: str | None = "text/html", **options: str
) -> Reading:
    return read_listing(body, url, content_type, ListingOptions(**options))


def urls(reading: Reading) -> list[str]:
    return [entry.url or "" for entry in reading.entries]


def test_an_entry_has_everything_its_card_shows() -> None:
    assert read(page(CARDS)).entries[0] == Entry(
        id="https://plume.example/news/item-0",
        url="https://plume.example/news/item-0",
        title=TITLES[0],
        summary="A paragraph that says a little more about item 0 of this list.",
        text="A paragraph that says a little more about item 0 of this list.",
        published=datetime(2026, 11, 1, tzinfo=UTC),
    )


def test_the_page_title_is_the_readings() -> None:
    assert read(page(CARDS)).title == "News | Plume"


@pytest.mark.parametrize(
    "other",
    [
        "/news/item-0?utm_source=home&utm_medium=web",
        "https://www.plume.example/news/item-0/",
        "http://plume.example/news/item-0#comments",
        "/news/item-0?ref=list",
        "/news/item-0/index.html",
        "//plume.example/news/item-0?fbclid=abc",
    ],
)
def test_the_same_article_by_another_link_keeps_its_id(other: str) -> None:
    again = read(page(card(0, href=other), *(card(n) for n in range(1, 4))))
    assert [e.id.rstrip("/") for e in again.entries] == [e.id for e in read(page(CARDS)).entries]


def test_links_to_one_article_become_one_entry_with_the_best_title() -> None:
    many = "".join(
        f'<div class="c"><a href="/news/item-{n}"><img alt="x"></a><a href="/news/item-{n}">{title}</a>'
        f'<a href="/news/item-{n}">Read more</a></div>'
        for n, title in enumerate(TITLES)
    )
    assert [e.title for e in read(page(many)).entries] == TITLES


def test_at_most_three_hundred_entries() -> None:
    assert len(read(page(*(card(n) for n in range(420)))).entries) == 300


@pytest.mark.parametrize(
    ("body", "content_type", "said"),
    [
        (b"", None, "the body is empty"),
        (b" \n\t", "text/html", "the body is empty"),
        (b'{"items": []}', "application/json", "this is JSON, not a web page (sent as application/json)"),
        (b"<?xml version='1.0'?><rss version='2.0'><channel/></rss>", None, "this is a feed"),
        (b"<?xml version='1.0'?><urlset><url/></urlset>", None, "this is a sitemap"),
        (b"\x89PNG\x00\x00\x01", "image/png", "this is not a web page (sent as image/png)"),
        (b"just words", "text/plain", "this is not a web page"),
        (page("<h1>Nothing here yet</h1>"), "text/html", "no links to articles were found; name them with `links:`"),
        (page('<nav><a href="/pricing">Pricing</a></nav>'), "text/html", "no links to articles"),
        (
            page("<h1>Just a moment...</h1>", head="<title>Just a moment...</title><script src=/cdn-cgi/challenge-platform/x></script>"),
            "text/html",
            "this is a check for robots, not a list of articles",
        ),
        (
            page("<form><input type=password></form>", head="<title>Sign in to Plume</title>"),
            "text/html",
            "this is a login page, not a list of articles",
        ),
        (page("<p>Gone</p>", head="<title>404 Not Found</title>"), "text/html", "this is an error page"),
    ],
)  # fmt: skip
def test_what_is_no_list_is_said(body: bytes, content_type: str | None, said: str) -> None:
    reading = read(body, content_type=content_type)
    assert not reading.usable
    assert not reading.entries
    assert said in (reading.problem or "")


def test_an_address_that_is_none_is_said() -> None:
    assert "is no web address" in (read(page(CARDS), url="ftp://plume.example/x").problem or "")


# ---------------------------------------------------------------- the owner's words


def test_links_may_select_links_cards_or_what_is_inside_a_link() -> None:
    press = "".join(
        f'<div class="clip"><a href="/company">Plume</a><h4><a href="https://paper{n}.example/a-{n}">Paper {n} on Plume</a></h4></div>'
        for n in range(3)
    )
    wrapped = "".join(f'<a href="/n/{n}"><h5>Note {n}</h5></a>' for n in range(3))
    body = page(CARDS, press, wrapped)
    assert urls(read(body, links='a[href^="/news/"]')) == [
        f"https://plume.example/news/item-{n}" for n in range(4)
    ]
    assert urls(read(body, links=".clip")) == [f"https://paper{n}.example/a-{n}" for n in range(3)]
    assert urls(read(body, links="h5")) == [f"https://plume.example/n/{n}" for n in range(3)]


def test_a_selector_that_selects_nothing_is_said() -> None:
    assert (
        read(page(CARDS), links="a.gone").problem == "`links: a.gone` selects no link on this page"
    )
    assert "fits `pattern: /press/*`" in (read(page(CARDS), pattern="/press/*").problem or "")
    assert not read(page("<p class=x>no link</p>"), links="p.x").usable


def test_a_pattern_names_links_wherever_they_stand() -> None:
    body = page(CARDS, '<footer><a href="/notes/a-short-note">A short note on colour</a></footer>',
                '<a href="https://elsewhere.example/notes/b-note">Elsewhere</a>')  # fmt: skip
    assert urls(read(body, pattern="/notes/*")) == ["https://plume.example/notes/a-short-note"]
    assert urls(read(body, pattern="https://elsewhere.example/**")) == [
        "https://elsewhere.example/notes/b-note"
    ]
    both = read(body, links="footer a, article a", pattern="/news/*-2")
    assert urls(both) == ["https://plume.example/news/item-2"]
    assert urls(read(body, links="a", pattern="/notes/b-*")) == [
        "https://elsewhere.example/notes/b-note"
    ]


def test_a_pattern_finds_articles_that_only_scripts_name() -> None:
    data = '<script type="application/json">{"list": [{"title": "Only in data", "url": "/news/only-in-data", "date": "2026-11-02"}]}</script>'
    found = read(
        page(data, '<div><a href="/news/seen-here">Seen here as well</a></div>'), pattern="/news/*"
    )
    assert [e.title for e in found.entries] == ["Seen here as well", "Only in data"]


def test_title_and_date_selectors_are_read_inside_the_card() -> None:
    cards = "".join(
        f'<div class="c"><h3>Big words</h3><a href="/news/item-{n}">Go</a><em class="t">{title}</em>'
        f'<time datetime="2026-10-0{n + 1}">x</time><i class="d">{n + 1}. Oktober 2025</i></div>'
        for n, title in enumerate(TITLES)
    )
    by_rule = read(page(cards), links=".c a", title=".t", date=".d").entries
    assert [e.title for e in by_rule] == TITLES
    assert by_rule[0].published == datetime(2025, 10, 1, tzinfo=UTC)
    assert read(page(cards), links=".c a", title=".t", date="time").entries[
        1
    ].published == datetime(2026, 10, 2, tzinfo=UTC)


def test_a_selector_that_finds_nothing_in_the_card_leaves_what_was_found() -> None:
    entry = read(page(CARDS), title=".gone", date=".gone").entries[0]
    assert (entry.title, entry.published) == (TITLES[0], datetime(2026, 11, 1, tzinfo=UTC))


# ---------------------------------------------------------------- what the page says


def test_a_day_in_the_address_is_the_date_where_the_card_has_none() -> None:
    cards = "".join(
        f'<li><a href="/news/2026/10/{n + 10}/item-{n}">{title}</a></li>'
        for n, title in enumerate(TITLES)
    )
    assert read(page(f"<ul>{cards}</ul>")).entries[1].published == datetime(
        2026, 10, 11, tzinfo=UTC
    )


def test_authors_come_from_embedded_data() -> None:
    data = (
        '<script type="application/ld+json">{"@type": "Blog", "blogPost": [{"@type": "BlogPosting", "headline": "Hello",'
        ' "url": "/news/hello-there", "author": [{"name": "Ada Lind"}, {"name": "Bo Rask"}], "datePublished": "2026-11-03T10:00:00+01:00",'
        ' "description": "In short"}]}</script>'
    )
    entry = read(page(data)).entries[0]
    assert (entry.title, entry.authors, entry.summary) == (
        "Hello",
        ("Ada Lind", "Bo Rask"),
        "In short",
    )
    assert entry.published == datetime(2026, 11, 3, 9, tzinfo=UTC)


def test_a_list_that_calls_itself_an_aside_is_found_where_there_is_no_other() -> None:
    body = page("<p>Welcome to the site of Plume, makers of things.</p><aside>", CARDS, "</aside>")
    assert len(read(body).entries) == 4


def test_a_page_cut_for_safety_says_so() -> None:
    reading = read(page(CARDS, "<div>" * 3000))
    assert len(reading.entries) == 4
    assert reading.problem == "the page was cut where the markup is nested too deep"


def test_nothing_is_raised_whatever_the_bytes_are() -> None:
    for body in (
        b"<",
        b"<html>",
        b"<a href=",
        b"<script>",
        b"\xff\xfe<\x00",
        b"<html><base href='http://['><a href='//['>x</a>",
    ):
        assert not read(body).usable


@pytest.mark.parametrize(
    "grid",
    [
        "".join(f'<div class="t"><a href="/templates/{n}-cards"><img src="x"><h3>{n} cards for a party</h3></a></div>' for n in range(12)),
        "".join(f'<a href="/product/tool-{n}"><h4>A tool for the job number {n}</h4><p>What it does</p></a>' for n in range(9)),
        '<ul><li><a href="/about/our-long-history">Our Long History</a></li><li><a href="/visit-us">Visit Us</a></li></ul>',
        '<footer><a href="/news/one-two">One two three four</a><a href="/news/two-three">Two three four five</a></footer>',
    ],
)  # fmt: skip
def test_a_page_of_other_things_is_no_list(grid: str) -> None:
    assert read(page("<h1>Welcome</h1><p>All we make and do.</p>", grid)).usable is False


def test_a_record_falls_back_to_its_slug_where_its_address_is_a_picture() -> None:
    data = (
        '<script type="application/json">{"p": [{"title": "One", "url": "https://cdn.example/a/b.png", "slug": "one-x", "date": "2026-11-01"},'
        ' {"title": "Two", "slug": "news/two-x", "date": "soon"}]}</script>'
    )
    found = read(page(data, '<a href="/news/two-x">Two of them, in full</a>'))
    assert {(e.url, e.title) for e in found.entries} == {
        ("https://plume.example/news/one-x", "One"),
        ("https://plume.example/news/two-x", "Two"),
    }


@given(st.lists(st.sampled_from(PIECES), max_size=40))
@settings(max_examples=60, deadline=None)
def test_no_arrangement_of_markup_raises(pieces: list[str]) -> None:
    reading = read("".join(pieces).encode())
    assert "could not be read" not in (reading.problem or "")
    assert len({entry.id for entry in reading.entries}) == len(reading.entries)
