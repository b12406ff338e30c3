from datetime import UTC, datetime

import pytest
from feedparser.datetimes import _parse_date
from feedparser.urls import _urljoin
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.sources.entries import moment_of_gmt
from aiwatch.sources.simple import is_simple_url, simple_date, text_of
from aiwatch.text.clean import plain, safe_url

PIECES = (
    *("<p>", "</p>", "<br>", "<br/>", "</br>", "<b>", "</b>", '<a href="https://x.example/?a=1&b">', "</a>", "<li>", "<h2>"),
    *("</h2>", "<h7>", "<td>", "<pre>", "</div>", '<div class="a" id="b">', "<img src=x>", '<img src="x" />', "<script>"),
    *("&amp;", "&lt;", "&#39;", "&#8217;", "&#160;", "&nbsp;", "&copy", "&#1;", "&#x41;", "&notit;", "&amp;lt;b&amp;gt;", "]]>"),
    *("\n", "\n\n", "\r\n", "\u2028", "\x85", "\x00", "\ud800", "\xa0", "é", "a", "word ", " < ", ">", "&", "<!-- x -->", "<a"),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
def test_the_short_way_through_markup_ends_where_the_long_one_does(markup: str) -> None:
    assert text_of(markup) == plain(markup)


@pytest.mark.parametrize(
    "markup",
    [
        "Score: 18<br/>By: ann<br/>See: <a href=\"https://x.example/\">there</a>",
        "<p>One\n two</p>\n\n<p>Three &amp; four&#8217;s</p>",
        "a <b>bold</b>\n\nnew paragraph <i>here</i>",
        "<p>" + "x" * 200_000,
    ],
)  # fmt: skip
def test_usual_markup(markup: str) -> None:
    assert text_of(markup) == plain(markup) != ""


URLS = st.lists(
    st.sampled_from(("https://", "http://", "x.example", "/", "a", "..", "?", "&", "=", "#", ";", ":80", "%20", "@", "é", " ", "[")),
    max_size=9,
).map("".join)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    URLS,
    st.sampled_from(
        ("https://feeds.example/rss", "http://feeds.example", "https://f.example/a/b?c")
    ),
)
def test_a_simple_address_is_left_as_it_is(url: str, base: str) -> None:
    if is_simple_url(url):
        assert url == _urljoin(base, url) == safe_url(url, base)


@pytest.mark.parametrize("port", [1024, 8080, 32768, 59999, 60000, 60999, 64999])
def test_a_port_that_any_server_may_have_is_simple(port: int) -> None:
    url = f"http://127.0.0.1:{port}/news/1"
    assert is_simple_url(url)
    assert url == _urljoin("http://127.0.0.1/", url) == safe_url(url, "http://127.0.0.1/")


def test_usual_addresses_are_simple() -> None:
    assert is_simple_url("https://news.example.org/2026/10/a-b_c.html?id=1&p=2#top")
    assert not is_simple_url("https://news.example.org/a;b")
    assert not is_simple_url("https://news.example.org/" + "a" * 3_000)


DATES = st.one_of(
    st.builds(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}{}".format,
        st.integers(1990, 2100), st.integers(0, 13), st.integers(0, 32), st.integers(0, 25), st.integers(0, 60),
        st.integers(0, 61), st.sampled_from(("", ".5", ".123456789")), st.sampled_from(("Z", "+00:00", "-05:30", "+12:45", "")),
    ),
    st.builds(
        "{}{:02} {} {} {:02}:{:02}:{:02} {}".format,
        st.sampled_from(("", "Mon, ", "Sun, ", "Mi, ")), st.integers(0, 32), st.sampled_from(("Jan", "Feb", "Oct", "Okt")),
        st.integers(1990, 2100), st.integers(0, 24), st.integers(0, 60), st.integers(0, 61),
        st.sampled_from(("GMT", "+0000", "-0730", "+1200", "EST", "+9900")),
    ),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(DATES)
def test_a_simple_date_is_feedparsers(text: str) -> None:
    if date := simple_date(text):
        assert date == moment_of_gmt(_parse_date(text))


def test_usual_dates_are_simple() -> None:
    assert simple_date("Sun, 16 Aug 2026 10:05:04 +0200") == datetime(
        2026, 8, 16, 8, 5, 4, tzinfo=UTC
    )
    assert simple_date("2026-08-16T10:05:04.123Z") == datetime(2026, 8, 16, 10, 5, 4, tzinfo=UTC)
    assert simple_date("2026-02-30T10:05:04Z") is None
    assert simple_date("yesterday") is None
