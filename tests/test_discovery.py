"""From what a person types to what can be watched, on a real site that logs who asks for what."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar

import pytest

from aiwatch import discovery
from aiwatch.config import load_text
from aiwatch.config.values import Config
from aiwatch.discovery import (
    MOST_ASKED,
    Found,
    NotFound,
    Preview,
    look,
    say_rhythm,
    usual_gap,
)
from aiwatch.fetch import Fetcher
from aiwatch.sources.finder import Candidate
from aiwatch.workers import WorkerFailure
from tests.servers import Answer, Asked, Site

T = TypeVar("T")
NOW = datetime(2026, 3, 24, 16, 0, tzinfo=UTC)
WORDS = "The model makes clips of a minute, with sound, from a line of text. " * 30
ROBOTS = "/robots.txt"


class AtHand:
    """Runs readers in this process: what stands in for the workers, as `Runs` has it."""

    def __init__(self, *, failing: bool = False) -> None:
        self.failing = failing

    async def run(
        self, function: Callable[..., T], *args: object, deadline: float
    ) -> T | WorkerFailure:
        if self.failing:
            return WorkerFailure(reason="it took more than 20 s of CPU")
        return function(*args)


def config(allow_private: bool = True) -> Config:
    text = f"fetch: {{spacing: 0s, timeout: 5s, allow_private: {str(allow_private).lower()}}}\n"
    return load_text(text, Path("feeds.yaml"), {})


async def loopback(name: str, port: int) -> tuple[str, ...]:
    """Every name of these tests is this machine; the world outside is not there."""
    try:
        return (str(ip_address(name)),)
    except ValueError:
        if name.endswith("google.com"):
            raise OSError("no such name") from None
        return ("127.0.0.1",)


def find(
    typed: str,
    *,
    kind: str | None = None,
    every: bool = False,
    allow_private: bool = True,
    failing: bool = False,
) -> Found | NotFound:
    settings = config(allow_private)

    async def run() -> Found | NotFound:
        async with Fetcher(settings.fetch, resolve=loopback) as fetcher:
            workers = AtHand(failing=failing)
            return await look(
                typed, settings, fetcher, workers, lambda: NOW, kind=kind, every=every
            )

    return asyncio.run(run())


def best(found: Found | NotFound) -> Preview:
    assert isinstance(found, Found), found
    return found.previews[0]


def item(number: int, hours: float | None, text: str = "", source: str = "") -> str:
    at = NOW - timedelta(hours=hours) if hours is not None else None
    date = f"<pubDate>{at:%a, %d %b %Y %H:%M:%S} GMT</pubDate>" if at else ""
    outlet = f'<source url="https://o.example/">{source}</source>' if source else ""
    return (
        f"<item><title>Clip {number}</title><link>https://paper.example/{number}</link>{date}{outlet}"
        f"<description>{text}</description></item>"
    )


def rss(*items: str, title: str = "Example Times") -> bytes:
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{"".join(items)}</channel></rss>'.encode()


def page(*links: str, body: str = "") -> bytes:
    head = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="{link}">' for link in links
    )
    return f"<!doctype html><html><head><title>Paper</title>{head}</head><body>{body}</body></html>".encode()


def asked(site: Site) -> list[str]:
    assert {method for method, _, _ in site.requests} <= {"GET"}
    return [path for _, path, _ in site.requests]


# ---------------------------------------------------------------- where it is found


def test_an_address_that_is_a_feed_is_asked_once() -> None:
    with Site() as site:
        site.add("/feed", rss(item(1, 1)))
        seen = best(find(site.url("/feed")))
        assert (seen.kind, seen.url, seen.title, seen.why) == (
            "feed",
            site.url("/feed"),
            "Example Times",
            "as typed",
        )
        assert asked(site) == ["/feed"]


def test_the_first_feed_a_page_names_is_taken_and_nothing_else_is_asked() -> None:
    with Site() as site:
        site.add("/", page("/comments/feed/", "/broken", "/feed", "/other"))
        site.add("/feed", rss(item(1, 1)))
        found = find(site.url("/"))
        assert best(found).url == site.url("/feed")
        assert asked(site) == ["/", "/broken", "/feed"]
        assert [(one.url, one.works) for one in found.tried] == [
            (site.url("/broken"), False),
            (site.url("/feed"), True),
        ]
        assert "404" in found.tried[0].what


def test_what_was_typed_without_a_scheme_is_asked_over_https_then_http() -> None:
    with Site() as site:
        site.add("/feed", rss(item(1, 1)))
        assert best(find(f"  {site.authority}/feed ")).url == site.url("/feed")


def test_every_feed_that_works_is_told_each_asked_once() -> None:
    with Site() as site:
        site.add("/", page("/a", "/b", "/a", "/comments/feed/", "/"))
        for path in ("/a", "/b", "/comments/feed/"):
            site.add(path, rss(item(1, 1), title=path))
        found = find(site.url("/"), every=True)
        assert isinstance(found, Found)
        assert [one.title for one in found.previews][:3] == ["/a", "/b", "/comments/feed/"]
        paths = asked(site)
        assert len(paths) == len(set(paths))
        assert "/rss.xml" not in paths  # guesses are for pages that name nothing


def test_the_link_header_of_a_page_is_read() -> None:
    with Site() as site:
        headers = [("Link", "</wp-json/>; rel=x"), ("Link", "</f>; rel=feed")]
        site.add("/", page(), headers=headers)
        site.add("/f", rss(item(1, 1)))
        assert best(find(site.url("/"))).why == "the Link header names it"


def test_guesses_come_one_by_one_after_robots_txt_which_binds_them() -> None:
    with Site() as site:
        site.add("/", page())
        site.add(ROBOTS, b"User-agent: *\nDisallow: /feed.xml\n")
        site.add("/atom.xml", rss(item(1, 1)))
        site.add("/feed.xml", rss(item(2, 1)))
        found = find(site.url("/"))
        assert best(found).url == site.url("/atom.xml")
        assert asked(site) == ["/", ROBOTS, "/feed", "/rss.xml", "/atom.xml"]
        (kept_off,) = [one for one in found.tried if "robots.txt" in one.what]
        assert kept_off.url == site.url("/feed.xml")


def test_a_guess_without_entries_is_none() -> None:
    with Site() as site:
        site.add("/", page())
        site.add("/feed", rss())
        site.add("/rss.xml", rss(item(1, 1)))
        assert best(find(site.url("/"))).url == site.url("/rss.xml")


def test_a_feed_that_is_named_may_be_empty() -> None:
    with Site() as site:
        site.add("/", page("/feed"))
        site.add("/feed", rss())
        seen = best(find(site.url("/")))
        assert (seen.entries, seen.quirks) == (0, ("it has no entries yet",))


def test_guesses_that_lead_home_are_no_feeds() -> None:
    with Site() as site:
        site.add("/", page())
        for path in ("/feed", "/rss.xml"):
            site.add(path, status=302, headers={"Location": "/"})
        found = find(site.url("/"))
        assert isinstance(found, NotFound)
        whats = {one.url: one.what for one in found.tried}
        assert whats[site.url("/feed")] == f"it leads to {site.url('/')}, which was looked at"


def test_nothing_found_says_all_that_was_tried() -> None:
    with Site() as site:
        site.add("/news/", page(body="<p>Hello</p>"))
        found = find(site.url("/news/"))
        assert isinstance(found, NotFound)
        assert found.reason == f"nothing at {site.url('/news/')} can be watched"
        paths = asked(site)
        assert len(paths) == len(set(paths))
        assert len(paths) <= 14
        tried = {one.url for one in found.tried}
        assert {site.url(path) for path in ("/news/rss.xml", "/feed")} <= tried


def test_a_page_that_cannot_be_had_may_still_have_a_feed() -> None:
    with Site() as site:
        site.add("/", status=403)
        site.add("/feed", rss(item(1, 1)))
        found = find(site.url("/"))
        assert best(found).url == site.url("/feed")
        assert "403" in found.tried[0].what


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_wants_to_be_left_alone_is_left_alone(status: int) -> None:
    with Site() as site:
        site.add("/", status=status)
        assert isinstance(find(site.url("/")), NotFound)
        assert asked(site) == ["/"]
    with Site() as site:
        site.add("/", page("/a", "/b"))
        site.add("/a", status=status)
        found = find(site.url("/"))
        assert "/b" not in asked(site)
        assert "left alone" in found.tried[1].what


def test_who_refuses_two_documents_is_not_asked_for_more() -> None:
    with Site() as site:
        site.add("/", status=403)
        site.add("/feed", status=403)
        found = find(site.url("/"))
        assert isinstance(found, NotFound)
        assert asked(site) == ["/", ROBOTS, "/feed"]


def test_a_page_that_lists_feeds_is_followed_once() -> None:
    with Site() as site:
        site.add("/", page(body='<a href="/about-rss">RSS</a> <a href="/more-rss">RSS feeds</a>'))
        site.add("/about-rss", page(body='<a href="/top.rss">Top</a><a href="/lists">RSS</a>'))
        site.add("/lists", page(body='<a href="/never.rss">Never</a>'))
        site.add("/more-rss", page(body='<a href="/never.rss">Never</a>'))
        site.add("/top.rss", rss(item(1, 1)))
        found = find(site.url("/"), every=True)
        assert isinstance(found, Found)
        assert [one.url for one in found.previews if one.kind == "feed"] == [site.url("/top.rss")]
        assert "/never.rss" not in asked(site)


def test_where_nobody_answers_nothing_more_is_asked() -> None:
    with Site() as site:
        gone = site.url("/")
    found = find(gone)
    assert isinstance(found, NotFound)
    assert len(found.tried) == 1
    assert "connect" in found.reason.lower()


def test_a_page_that_names_hundreds_is_not_followed_for_ever() -> None:
    with Site() as site:
        anchors = "".join(f'<a href="/x/{number}.rss">RSS</a>' for number in range(100))
        site.add("/", page(*(f"/{number}" for number in range(100)), body=anchors))
        assert isinstance(find(site.url("/")), NotFound)
        assert len(asked(site)) <= MOST_ASKED + 1


def test_private_addresses_need_the_configuration_s_leave() -> None:
    with Site() as site:
        site.add("/feed", rss(item(1, 1)))
        found = find(site.url("/feed"), allow_private=False)
        assert isinstance(found, NotFound)
        assert asked(site) == []


@pytest.mark.parametrize("typed", ["open ai", "javascript:alert(1)", ""])
def test_what_is_no_address_is_said(typed: str) -> None:
    found = find(typed)
    assert isinstance(found, NotFound)
    assert "is no web address" in found.reason


def test_a_search_is_called_by_what_is_searched_for() -> None:
    with Site() as site:
        site.add("/", rss(item(1, 1), title='"site:paper.example" - Google News'))
        read = best(find(site.url("/")))
    search = Candidate(url="https://x/", kind="feed", title="P on G", why="", how="search")
    assert (
        discovery.preview(discovery._As.of(search), read.page, read.reading, NOW).title == "P on G"
    )


def test_a_moved_feed_is_taken_at_its_new_address() -> None:
    with Site() as site:
        site.add("/", page("/old"))
        site.add("/old", status=301, headers={"Location": "/new"})
        site.add("/new", rss(item(1, 1)))
        assert best(find(site.url("/"))).url == site.url("/new")


def test_bytes_that_no_worker_could_read_are_said() -> None:
    with Site() as site:
        site.add("/feed", rss(item(1, 1)))
        found = find(site.url("/feed"), failing=True)
        assert isinstance(found, NotFound)
        assert "more than 20 s of CPU" in found.tried[0].what


def test_a_sign_in_is_used_and_never_shown() -> None:
    def guarded(request: Asked) -> Answer:
        given = request.headers.get("authorization")
        return Answer(rss(item(1, 1))) if given else Answer(status=401)

    with Site() as site:
        site.add("/feed", guarded)
        typed = site.url("/feed").replace("://", "://me:hunter2@")
        found = find(typed)
        assert best(found).url == typed
        assert "hunter2" not in repr(found.tried)


# ---------------------------------------------------------------- what is shown of it


def preview(*items: str, title: str = "Example Times") -> Preview:
    with Site() as site:
        site.add("/feed", rss(*items, title=title))
        return best(find(site.url("/feed")))


def test_a_preview_shows_rhythm_and_the_newest_entries() -> None:
    seen = preview(*(item(number, 4 * number + 1) for number in reversed(range(9))))
    assert [one.title for one in seen.newest] == [f"Clip {number}" for number in range(5)]
    assert (seen.entries, seen.rhythm, seen.text) == (9, "about every 4 h", "none")
    assert seen.newest_at == NOW - timedelta(hours=1)
    assert seen.quirks == ()
    assert seen.reading.usable
    assert seen.page.status == 200


@pytest.mark.parametrize(
    ("text", "said"), [("", "none"), ("A line.", "short"), (WORDS, "whole")], ids=len
)
def test_it_says_how_much_text_comes_with_it(text: str, said: str) -> None:
    assert preview(item(1, 1, text), item(2, 2, text)).text == said


@pytest.mark.parametrize(
    ("items", "quirk"),
    [
        ((item(1, None), item(2, None)), "entries have no dates: the first look is a baseline"),
        ((item(1, 1), item(2, None), item(3, None)), "2 of 3 entries have no usable date"),
        ((item(1, 24 * 40), item(2, 24 * 41)), "nothing new for 40 days"),
    ],
)
def test_what_is_odd_is_said(items: tuple[str, ...], quirk: str) -> None:
    assert preview(*items).quirks == (quirk,)


def test_an_outlet_that_is_the_source_itself_makes_no_aggregator() -> None:
    assert preview(item(1, 1, source="example times"), item(2, 2)).keys == {}


def test_google_news_links_are_named() -> None:
    google = item(1, 1, source="Paper").replace("paper.example/1", "news.google.com/rss/articles/x")
    seen = preview(google)
    assert "item links are Google News redirects; the outlet is told by the item" in seen.quirks
    assert seen.keys == {"aggregator": True}


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Example Times", "Example Times"),
        ("Example Times » Feed", "Example Times"),
        ("Example Times - RSS Feed", "Example Times"),
        ("Example Times RSS", "Example Times"),
        ("RSS", "127.0.0.1"),
        ("", "127.0.0.1"),
        ("The Feedback", "The Feedback"),
    ],
)
def test_titles_lose_what_says_that_they_are_feeds(title: str, shown: str) -> None:
    assert preview(item(1, 1), title=title).title == shown


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ((), "not known"),
        ((0, 1), "not known"),
        ((0, 0, 0), "not known"),
        ((0, 0.25, 0.5), "about every 15 min"),
        ((0, 0, 0.02), "about every 1 min"),
        ((0, 6, 9, 12), "about every 4 h"),
        ((0, 30, 100), "about every 2 days"),
        ((0, 24 * 5, 24 * 11), "about every 6 days"),
        ((0, 20, 50), "about once a day"),
        ((0, 24 * 7, 24 * 14), "about once a week"),
        ((0, 24 * 20, 24 * 44), "about every 3 weeks"),
        ((0, 24 * 30, 24 * 60), "about once a month"),
        ((0, 24 * 100, 24 * 200), "about every 3 months"),
    ],
)
def test_the_rhythm_in_words(hours: Sequence[float], words: str) -> None:
    assert say_rhythm(usual_gap([NOW - timedelta(hours=one) for one in hours])) == words


# ---------------------------------------------------------------- what is no feed


def sitemap(site: Site, *numbers: int) -> bytes:
    rows = "".join(
        f"<url><loc>{site.url(f'/news/story-{number}')}</loc><n:news><n:publication_date>"
        f"2026-03-2{number}T10:00:00Z</n:publication_date><n:title>Story {number}</n:title></n:news></url>"
        for number in numbers
    )
    names = (
        'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
    )
    return f'<?xml version="1.0"?><urlset {names}>{rows}</urlset>'.encode()


CARDS = "".join(
    f'<article><a href="/news/a-long-story-{number}"><h3>A long story about clips, part {number}</h3></a>'
    f'<time datetime="2026-03-2{number}">a day</time></article>'
    for number in range(4)
)


def test_without_a_feed_a_news_sitemap_is_taken() -> None:
    with Site() as site:
        site.add("/", page())
        site.add(ROBOTS, f"Sitemap: {site.url('/all.xml')}\nSitemap: {site.url('/news.xml')}\n")
        site.add("/news.xml", sitemap(site, 1, 2, 3))
        seen = best(find(site.url("/")))
        assert (seen.kind, seen.url, seen.title, seen.why) == (
            "sitemap",
            site.url("/news.xml"),
            "Paper",
            "robots.txt names it",
        )
        assert "/all.xml" not in asked(site)


def test_an_index_of_sitemaps_is_shown_by_its_newest() -> None:
    with Site() as site:
        rows = "".join(
            f"<sitemap><loc>{site.url(f'/news-{day}.xml')}</loc><lastmod>2026-03-{day}</lastmod></sitemap>"
            for day in (23, 24)
        )
        site.add("/index.xml", f"<sitemapindex>{rows}</sitemapindex>")
        site.add("/news-24.xml", sitemap(site, 4))
        seen = best(find(site.url("/index.xml")))
        assert (seen.kind, seen.url, seen.entries) == ("sitemap", site.url("/index.xml"), 1)
        assert asked(site) == ["/index.xml", "/news-24.xml"]


def test_without_either_the_page_itself_is_a_listing_and_not_asked_again() -> None:
    with Site() as site:
        site.add("/", page(body=CARDS))
        seen = best(find(site.url("/")))
        assert (seen.kind, seen.url, seen.entries, seen.why) == (
            "listing",
            site.url("/"),
            4,
            "the page lists articles",
        )
        assert (seen.rhythm, seen.hints) == ("about once a day", ("pattern: /news/*",))
        assert asked(site).count("/") == 1


def test_a_kind_that_is_asked_for_is_read_from_the_address_itself() -> None:
    with Site() as site:
        site.add("/", page("/feed", body=CARDS))
        site.add("/feed", rss(item(1, 1)))
        assert best(find(site.url("/"), kind="listing")).entries == 4
        site.add("/help", page(body=f"<main><p>{WORDS}</p></main>"))
        seen = best(find(site.url("/help"), kind="page"))
        assert seen.quirks == ("the first look is a baseline: what is edited later is told",)
        assert asked(site) == ["/", "/help"]
        assert isinstance(find(site.url("/help"), kind="json"), NotFound)


def test_with_every_kind_asked_for_all_are_told() -> None:
    with Site() as site:
        site.add("/", page("/feed", body=CARDS))
        site.add("/feed", rss(item(1, 1)))
        site.add("/news-sitemap.xml", sitemap(site, 1, 2))
        found = find(site.url("/"), every=True)
        assert isinstance(found, Found)
        assert [one.kind for one in found.previews] == ["feed", "sitemap", "listing"]
