"""Where feeds may be: what a page names, what its address tells, what is worth a guess."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.sources.finder import (
    MOST_ANCHORS,
    MOST_NAMED,
    MOST_SITEMAPS,
    Candidate,
    as_typed,
    candidates,
    google_news,
    in_robots,
    kinds_of,
)

HOME = "https://paper.example/"
RSS, ATOM = "application/rss+xml", "application/atom+xml"


def page(head: str = "", body: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def found(markup: bytes, url: str = HOME, how: str = "named", *headers: str) -> list[str]:
    """The addresses of one sort, in order."""
    return [one.url for one in candidates(markup, url, "text/html", headers) if one.how == how]


def link(href: str, type_: str = RSS, rel: str = "alternate", title: str = "") -> str:
    return f'<link rel="{rel}" type="{type_}" title="{title}" href="{href}">'


# ---------------------------------------------------------------- named by the page


@pytest.mark.parametrize(
    ("markup", "urls"),
    [
        (page(link("/a") + link("/b", ATOM)), ["/a", "/b"]),
        (page(link("/b", ATOM) + link("/a")), ["/b", "/a"]),
        (page(body=link("/in-body")), ["/in-body"]),
        (page(link("/f", "", "alternate feed")), ["/f"]),
        (page(link("/f", rel="feed")), ["/f"]),
        (page('<LINK HREF="/A" TYPE="Application/RSS+XML" REL="ALTERNATE">'), ["/A"]),
        (page(link("/f", "application/rss+xml; charset=utf-8")), ["/f"]),
        (page(link("/feed.json", "application/feed+json")), ["/feed.json"]),
        (page(link("/feed.json", "application/json")), ["/feed.json"]),
        (page('<link rel=alternate href="/news.atom">'), ["/news.atom"]),
        (page(link("/f") + link("/f")), ["/f"]),
        (page(link("  /f\n")), ["/f"]),
        (page(body='<a rel="alternate" type="application/rss+xml" href="/f">x</a>'), ["/f"]),
    ],
)
def test_a_page_names_its_feeds_in_order(markup: bytes, urls: list[str]) -> None:
    assert found(markup) == [f"https://paper.example{url}" for url in urls]


@pytest.mark.parametrize(
    "markup",
    [
        page(link("/style.css", "text/css", "alternate stylesheet")),
        page(link("/wp-json/wp/v2/pages/2", "application/json")),
        page(link("/oembed", "application/json+oembed")),
        page(link("/oembed", "text/xml+oembed")),
        page('<link rel="alternate" hreflang="de" href="/de/">'),
        page(link("/app.xml", "application/opensearchdescription+xml", "search")),
        page(link("/feed-of-entries", "text/html", "feed")),
        page(link("javascript:alert(1)")),
        page(link("")),
        page(link("/f", rel="preload")),
        page("<!-- " + link("/old") + " -->"),
        page("<script>document.write('" + link("/written") + "')</script>"),
        b"",
        b"\x00\xff\xfe<",
    ],
)
def test_what_is_no_feed_is_not_named(markup: bytes) -> None:
    assert found(markup) == []


@pytest.mark.parametrize(
    ("comments", "title"),
    [
        ("/comments/feed/", ""),
        ("/x", "Paper » Comments Feed"),
        ("/x", "Paper » Kommentar-Feed"),
        ("/?feed=comments-rss2", ""),
    ],
)
def test_feeds_of_comments_come_last(comments: str, title: str) -> None:
    markup = page(link(comments, title=title) + link("/feed/", title="Paper » Feed"))
    assert found(markup)[0] == "https://paper.example/feed/"
    assert len(found(markup)) == 2


def test_the_hostile_page_gives_what_it_is_expected_to(shared_data: Path) -> None:
    rows = (shared_data / "feeds" / "hostile.jsonl").read_text("utf-8").splitlines()
    asked = 0
    for row in map(json.loads, rows):
        expected = row["expect"].get("discover")
        if expected:
            markup = (shared_data / "feeds" / row["file"]).read_bytes()
            assert found(markup) == [f"https://paper.example{path}" for path in expected]
            asked += 1
    assert asked


@pytest.mark.parametrize(
    ("base", "href", "url"),
    [
        ("", "feed", "https://paper.example/news/feed"),
        ("/blog/", "feed", "https://paper.example/blog/feed"),
        ("https://cdn.example/x/", "feed", "https://cdn.example/x/feed"),
        ("", "//feeds.example/a", "https://feeds.example/a"),
        ("", "?feed=rss2", "https://paper.example/news/one?feed=rss2"),
        ("", "feed://feeds.example/a", "http://feeds.example/a"),
        ("", "feed:https://feeds.example/a", "https://feeds.example/a"),
        ("", "/a#top", "https://paper.example/a"),
        ("javascript:1", "feed", "https://paper.example/news/feed"),
    ],
)
def test_addresses_are_made_absolute(base: str, href: str, url: str) -> None:
    head = (f'<base href="{base}">' if base else "") + link(href)
    assert found(page(head), "https://paper.example/news/one") == [url]


def test_a_page_in_another_character_set_is_read() -> None:
    markup = page(link("/лента", title="Лента")).decode().encode("cp1251")
    (first, *_) = candidates(markup, HOME, "text/html; charset=windows-1251")
    assert (first.title, first.url) == ("Лента", "https://paper.example/лента")


def test_a_page_may_name_only_so_many() -> None:
    many = page("".join(link(f"/{number}") for number in range(100)))
    assert len(found(many)) == MOST_NAMED


# ---------------------------------------------------------------- the Link header


@pytest.mark.parametrize(
    ("header", "urls"),
    [
        ('</f>; rel="alternate"; type="application/rss+xml"', ["/f"]),
        ("</f>;rel=alternate;type=application/atom+xml", ["/f"]),
        ('</f> ; REL = "ALTERNATE" ; TYPE = "application/rss+xml"', ["/f"]),
        ('</wp-json/>; rel="https://api.w.org/", </f>; rel=feed', ["/f"]),
        ('</a>; rel=feed; title="one, two; three", </b>; rel=feed', ["/a", "/b"]),
        ('</f>; rel=feed; anchor="/other"', []),
        ('</f>; rel="alternate"; hreflang=de', []),
        ('</s.css>; rel=preload; as=style, </f>; rel="alternate feed"', ["/f"]),
        ("<javascript:1>; rel=feed", []),
        ("</f; rel=feed", []),
        ("", []),
        ("<" * 5000, []),
        ("</f>" + "; a" * 5000, []),
    ],
)
def test_the_link_header_names_feeds(header: str, urls: list[str]) -> None:
    assert found(b"", HOME, "named", header) == [f"https://paper.example{url}" for url in urls]


@pytest.mark.parametrize(
    ("parameter", "title"),
    [
        (r'title="a \"b\" c"', 'a "b" c'),
        ("title*=UTF-8''%E6%96%B0%E8%81%9E; title=\"news\"", "新聞"),
        ("title=first; title=second", "first"),
    ],
)
def test_the_link_header_s_titles(parameter: str, title: str) -> None:
    (first, *_) = candidates(b"", HOME, None, [f"</f>; rel=feed; {parameter}"])
    assert first.title == title


def test_what_the_page_names_goes_before_the_header() -> None:
    markup = page(link("/page") + link("/comments/feed"))
    urls = found(markup, HOME, "named", "</header>; rel=feed")
    assert [url.removeprefix("https://paper.example") for url in urls] == [
        "/page",
        "/header",
        "/comments/feed",
    ]


# ---------------------------------------------------------------- links to be clicked


@pytest.mark.parametrize(
    ("anchor", "url"),
    [
        ('<a href="/news.rss">News</a>', "https://paper.example/news.rss"),
        ('<a href="/index.xml">subscribe</a>', "https://paper.example/index.xml"),
        ('<a href="/blog/feed/">here</a>', "https://paper.example/blog/feed/"),
        ('<a href="/?feed=rss2">x</a>', "https://paper.example/?feed=rss2"),
        (
            '<a href="https://feeds.other.example/paper">RSS</a>',
            "https://feeds.other.example/paper",
        ),
        ('<a href="/subscribe">RSS Feed</a>', "https://paper.example/subscribe"),
        ('<a href="/s" title="RSS"><img src="i.png"></a>', "https://paper.example/s"),
        ('<a href="https://other.example/feed/">a blog we like</a>', None),
        ('<a href="https://feedly.com/i/subscription/feed/x.xml">RSS</a>', None),
        ('<a href="/sitemap.xml">XML</a>', None),
        ('<a href="/feedback">Feedback</a>', None),
        ('<a href="/newsfeed-story">A story</a>', None),
        ('<a href="#rss">RSS</a>', None),
        ('<a href="mailto:a@b.example">RSS</a>', None),
    ],
)
def test_links_that_look_like_feeds(anchor: str, url: str | None) -> None:
    assert found(page(body=anchor)) == ([url] if url else [])


def test_only_some_of_such_links_are_tried() -> None:
    many = page(body="".join(f'<a href="/{number}.rss">x</a>' for number in range(50)))
    assert len(found(many)) == MOST_ANCHORS


# ---------------------------------------------------------------- guesses and the rest


def test_guesses_are_few_and_those_of_the_section_come_first() -> None:
    top = found(page(), HOME, "guessed")
    deep = found(page(), "https://paper.example/news/2026/a-story", "guessed")
    assert top[:2] == ["https://paper.example/feed", "https://paper.example/rss.xml"]
    assert deep[0] == "https://paper.example/news/rss.xml"
    assert "https://paper.example/feed" in deep
    assert len(top) == len(deep) == 10
    assert top[8:] == [
        "https://paper.example/news-sitemap.xml",
        "https://paper.example/sitemap_news.xml",
    ]


@pytest.mark.parametrize(
    ("url", "section"),
    [
        ("https://paper.example/blog", "blog"),
        ("https://paper.example/en/news/", "en/news"),
        ("https://paper.example/news/a-long-story", "news"),
        ("https://paper.example/%E6%96%B0/x", "%E6%96%B0/x"),
    ],
)
def test_the_section_of_a_page(url: str, section: str) -> None:
    assert found(page(), url, "guessed")[0] == f"https://paper.example/{section}/rss.xml"


def test_everything_stands_in_its_order() -> None:
    markup = page(link("/f"), '<a href="/other.rss">RSS</a><i class="/wp-content/">')
    order = [(one.how, one.kind) for one in candidates(markup, HOME)]
    assert order[:3] == [("named", "feed"), ("named", "feed"), ("known", "feed")]
    assert order[-4:] == [
        ("guessed", "sitemap"),
        ("guessed", "sitemap"),
        ("itself", "listing"),
        ("search", "feed"),
    ]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://[::1]/", "http://localhost/", "https://a.example:8443/"]
)
def test_what_the_world_does_not_know_is_not_searched_for(url: str) -> None:
    assert found(page(), url, "search") == []


@pytest.mark.parametrize(
    ("language", "end"),
    [
        ("en", "&hl=en-US&gl=US&ceid=US:en"),
        ("th-TH", "&hl=th&gl=TH&ceid=TH:th"),
        ("", "&hl=en-US&gl=US&ceid=US:en"),
    ],
)
def test_a_search_is_made_in_the_page_s_language(language: str, end: str) -> None:
    markup = page().replace(b"<html>", f'<html lang="{language}">'.encode())
    (url,) = found(markup, "https://www.paper.example/x", "search")
    assert url == google_news("paper.example", language)
    assert url.startswith("https://news.google.com/rss/search?q=site:paper.example+when:30d")
    assert url.endswith(end)


def test_robots_txt_names_sitemaps_those_of_news_first() -> None:
    robots = (
        b"User-agent: *\nDisallow: /x\nSITEMAP: https://paper.example/all.xml\n"
        b"sitemap:/news.xml\nSitemap: ftp://paper.example/x\nSitemap: https://paper.example/all.xml"
    )
    assert [one.url for one in in_robots(robots, HOME + "robots.txt", "aiwatch").sitemaps] == [
        "https://paper.example/news.xml",
        "https://paper.example/all.xml",
    ]
    many = b"".join(b"Sitemap: /%d.xml\n" % number for number in range(100))
    assert len(in_robots(many, HOME, "aiwatch").sitemaps) == MOST_SITEMAPS


def test_robots_txt_forbids_guesses() -> None:
    robots = b"User-agent: aiwatch\nDisallow: /feed\n\nUser-agent: *\nDisallow: /\n"
    said = in_robots(robots, HOME, "aiwatch/0.1", [HOME + "feed", HOME + "rss"])
    assert said.forbidden == {HOME + "feed"}


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ('<title>News | Paper</title><meta property="og:site_name" content="Paper">', "Paper"),
        ("<title> News |\n Paper</title>", "News | Paper"),
        ("<meta property='og:site_name'>", ""),
    ],
)
def test_the_page_itself_is_called_as_its_site(head: str, title: str) -> None:
    (itself,) = [one for one in candidates(page(head), HOME) if one.how == "itself"]
    assert (itself.title, itself.url, itself.kind) == (title, HOME, "listing")


# ---------------------------------------------------------------- bytes and typing


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        (b'<?xml version="1.0"?><rss/>', ("feed",)),
        (b'<?xml version="1.0"?><urlset>', ("sitemap",)),
        (b"<sitemapindex>", ("sitemap",)),
        (b"\x1f\x8b\x08", ("feed", "sitemap")),
        (b' {"items": []}', ("feed", "json")),
        (b"\xef\xbb\xbf[1]", ("feed", "json")),
        (b"<!doctype html><html>", ()),
        (b"", ("feed",)),
    ],
)
def test_bytes_tell_as_what_they_may_be_read(body: bytes, kinds: tuple[str, ...]) -> None:
    assert kinds_of(body) == kinds


@pytest.mark.parametrize(
    ("typed", "urls"),
    [
        ("openai.com", ("https://openai.com", "http://openai.com")),
        ("  https://openai.com/news \n", ("https://openai.com/news",)),
        ("HTTPS://OpenAI.com/News", ("https://OpenAI.com/News",)),
        ("<https://a.example/b>", ("https://a.example/b",)),
        ("“https://a.example/b”", ("https://a.example/b",)),
        ("https://a.example/b c?d=e f", ("https://a.example/b%20c?d=e%20f",)),
        ("feed://a.example/x", ("http://a.example/x",)),
        ("feed:https://a.example/x", ("https://a.example/x",)),
        ("FEED:a.example/x", ("http://a.example/x",)),
        ("//a.example/x", ("https://a.example/x", "http://a.example/x")),
        ("localhost:8000/x", ("https://localhost:8000/x", "http://localhost:8000/x")),
        ("127.0.0.1:8000", ("https://127.0.0.1:8000", "http://127.0.0.1:8000")),
        ("http://[::1]:8000/", ("http://[::1]:8000/",)),
        ("中文.example/新", ("https://中文.example/新", "http://中文.example/新")),
        ("open ai", ()),
        ("open ai.com", ()),
        ("openai", ()),
        ("mailto:a@b.example", ()),
        ("javascript:alert(1)", ()),
        ("file:///etc/passwd", ()),
        ("http://", ()),
        ("https://a.example:99999/", ()),
        (".", ()),
        ("", ()),
    ],
)
def test_addresses_as_people_type_them(typed: str, urls: tuple[str, ...]) -> None:
    assert as_typed(typed) == urls


@given(st.text(max_size=60))
@settings(max_examples=75)
def test_whatever_is_typed_is_an_address_or_none(typed: str) -> None:
    assert all(url.startswith(("http://", "https://")) for url in as_typed(typed))


@given(
    st.binary(max_size=300),
    st.sampled_from(
        ("https://a.example/", "https://[::1]/x", "https://youtube.com/@a", "http://x")
    ),
    st.lists(st.text(max_size=80), max_size=2),
)
@settings(max_examples=75)
def test_nothing_raises(body: bytes, url: str, headers: list[str]) -> None:
    for one in candidates(body + b"<link rel=feed href='", url, None, headers):
        assert isinstance(one, Candidate)
    in_robots(body, url, "aiwatch", [url])
    kinds_of(body)


@pytest.mark.parametrize(
    "markup",
    [
        b"<div>" * 30_000,
        b"<a href=x.rss>" * 30_000,
        b'<link rel=alternate type="application/rss+xml" href="' * 10_000,
        b"<meta generator" * 30_000,
        b"<a " + b"x=1 " * 30_000 + b">",
    ],
    ids=["deep", "anchors", "open quotes", "generators", "attributes"],
)
def test_hostile_markup_is_read_in_good_time(markup: bytes) -> None:
    assert candidates(markup, HOME)
