import gzip
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from aiwatch.model import Reading
from aiwatch.sources import sitemap
from aiwatch.sources.sitemap import MAX_FOLLOWED, MAX_LISTED, SitemapOptions, read_sitemap
from aiwatch.text.urls import canonical

SITEMAPS = Path(__file__).parents[1] / "data" / "sitemaps"
URLS = Path(__file__).parents[1] / "data" / "text" / "urls.tsv"
URL = "https://harbour.example/index.xml"
NEWS = SitemapOptions()
PLAIN = SitemapOptions(plain=True)


def read(body: bytes | str, options: SitemapOptions = NEWS, sent_as: str | None = None) -> Reading:
    return read_sitemap(body.encode() if isinstance(body, str) else body, URL, sent_as, options)


def file(name: str) -> bytes:
    return (SITEMAPS / name).read_bytes()


def urlset(*urls: str, root: str = "urlset") -> str:
    return f"<{root}>" + "".join(f"<url>{url}</url>" for url in urls) + f"</{root}>"


# ---------------------------------------------------------------- news


def test_a_news_sitemap_gives_titles_dates_and_outlets_and_only_pages_with_news_tags() -> None:
    reading = read(file("news.xml"))
    first, second = reading.entries
    assert first.url == "https://harbour.example/2026/studio-closes?utm_source=sitemap"
    assert first.id == "https://harbour.example/2026/studio-closes"
    assert first.title == "Studio closes R&D"
    assert first.published == datetime(2026, 11, 20, 7, 30, 0, 500_000, tzinfo=UTC)
    assert first.outlet == "Harbour Post"
    assert first.summary == "video, studios"
    assert (second.url, second.title) == ("https://harbour.example/2026/second", "Second")
    assert reading.problem == "1 of 3 addresses are no web addresses and were passed over"


def test_a_month_is_too_coarse_to_date_an_article_by() -> None:
    assert read(file("news.xml")).entries[1].published is None


def test_a_news_sitemap_that_is_empty_for_two_quiet_days_is_no_failure() -> None:
    assert read(urlset()) == Reading()


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20T08:30Z", datetime(2026, 11, 20, 8, 30, tzinfo=UTC)),
        ("2026-11-20T08:30:15+0530", datetime(2026, 11, 20, 3, 0, 15, tzinfo=UTC)),
        ("2026-11-20T08:30:15-05:00", datetime(2026, 11, 20, 13, 30, 15, tzinfo=UTC)),
        (" 2026-11-20T08:30:15 ", datetime(2026, 11, 20, 8, 30, 15, tzinfo=UTC)),
        ("Fri, 20 Nov 2026 08:30:15 GMT", datetime(2026, 11, 20, 8, 30, 15, tzinfo=UTC)),
        ("2026", None),
        ("1970-01-01", None),
        ("soon", None),
    ],
)
def test_dates_of_every_precision_are_read(written: str, published: datetime | None) -> None:
    body = urlset(
        f"<loc>/a</loc><news><publication_date>{written}</publication_date><title>A</title></news>"
    )
    assert [entry.published for entry in read(body).entries] == [published]


# ---------------------------------------------------------------- plain


def test_a_sitemap_without_news_tags_says_what_to_write() -> None:
    reading = read(file("plain.xml"))
    assert not reading.usable
    assert reading.problem == (
        "this sitemap lists 5 pages without news tags: write `plain: true` to be told of each new address all the same,"
        " and `pattern: /news/**` to keep to a part of the site"
    )


def test_a_plain_sitemap_gives_bare_addresses_newest_edit_first_and_each_page_once() -> None:
    entries = read(file("plain.xml"), PLAIN).entries
    assert [entry.id for entry in entries] == [
        "https://harbour.example/news/new",
        "https://harbour.example/news/old?a=1&b=2",
        "https://harbour.example/about",
        "https://harbour.example/n%C3%A9/ete",
    ]
    assert {(entry.title, entry.published) for entry in entries} == {("", None)}


@pytest.mark.parametrize(
    ("pattern", "kept"),
    [
        ("/news/*", ["new", "old?a=1&b=2"]),
        ("/*/ete", ["ete"]),
        ("/**", ["new", "old?a=1&b=2", "about", "ete"]),
        ("/né/*", ["ete"]),
        ("/about", ["about"]),
    ],
)
def test_a_pattern_keeps_a_part_of_the_site(pattern: str, kept: list[str]) -> None:
    reading = read(file("plain.xml"), SitemapOptions(plain=True, pattern=pattern))
    assert [entry.id.rpartition("/")[2] for entry in reading.entries] == kept
    assert reading.problem is None


def test_a_pattern_that_fits_nothing_says_so() -> None:
    reading = read(file("plain.xml"), SitemapOptions(plain=True, pattern="/blog/*"))
    assert reading.usable
    assert reading.problem == "none of the 5 addresses fits `pattern: /blog/*`"


def test_a_list_of_addresses_is_read_only_where_asked_for() -> None:
    assert "2 pages without news tags" in (read(file("list.txt")).problem or "")
    assert [entry.id for entry in read(file("list.txt"), PLAIN).entries] == [
        "https://harbour.example/news/one",
        "https://harbour.example/about",
    ]


def test_one_page_is_one_page() -> None:
    assert "lists 1 page without" in (read("https://harbour.example/").problem or "")


# ---------------------------------------------------------------- index


def test_an_index_is_followed_newest_first_never_to_itself() -> None:
    reading = read(file("index.xml"))
    assert reading.usable
    assert not reading.entries
    assert reading.follow == (
        "https://harbour.example/pages.xml",
        "https://harbour.example/month.xml",
        "https://harbour.example/year.xml",
        "https://harbour.example/archive-2025-11.xml.gz",
        "https://harbour.example/archive-2025-09.xml.gz",
    )


def index(*addresses: str) -> str:
    inside = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in addresses)
    return f"<sitemapindex>{inside}</sitemapindex>"


def test_of_an_index_the_news_sitemaps_alone_are_read_unless_plain_ones_are_asked_for() -> None:
    body = index("/posts.xml", "/news-sitemap.xml", "/pages.xml")
    assert read(body).follow == ("https://harbour.example/news-sitemap.xml",)
    assert read(body, PLAIN).follow[0] == "https://harbour.example/news-sitemap.xml"
    assert len(read(body, PLAIN).follow) == 3


def test_an_index_is_never_followed_further_than_a_handful() -> None:
    assert len(read(index(*(f"/{n}.xml" for n in range(50)))).follow) == MAX_FOLLOWED


def test_an_index_of_nothing_says_so() -> None:
    assert read(index()) == Reading(problem="this index lists no sitemap")


# ---------------------------------------------------------------- what else comes


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "the body is empty"),
        (b"\xef\xbb\xbf \n", "the body is empty"),
        (b"<!doctype html><title>Harbour Post</title>", "this is an HTML page, not a sitemap: “Harbour Post”"),
        (b"<title>Just a moment</title></html>", "this is a check for robots, not a sitemap: “Just a moment”"),
        (b"<rss version='2.0'><channel/></rss>", "this is a feed, not a sitemap: write `kind: feed`"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'/>", "this is a feed, not a sitemap: write `kind: feed`"),
        (b"<config><a/></config>", "this is XML (<config>), but not a sitemap"),
        (b"User-agent: *", "this is not a sitemap (sent as text/plain); it begins with “User-agent: *”"),
        (b"\x1f\x8b\x08\x00broken", "this is a gzip file, but a damaged one"),
        (b"\x1f\x8b\x08", "this is a gzip file, but a damaged one"),
    ],
)  # fmt: skip
def test_what_is_no_sitemap_is_named(body: bytes, problem: str) -> None:
    assert read(body, sent_as="text/plain") == Reading(usable=False, problem=problem)


def test_a_gzipped_sitemap_is_unpacked_and_a_bomb_is_cut() -> None:
    assert read(gzip.compress(file("news.xml"), mtime=0)) == read(file("news.xml"))
    bomb = gzip.compress(urlset("<loc>/a</loc><news/>").encode() + b" " * 40_000_000)
    assert read(bomb).problem == "only the first 30 MB were read"


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_a_sitemap_is_read_in_any_charset(charset: str) -> None:
    declared = f"<?xml version='1.0' encoding='{charset.removesuffix('-sig')}'?>"
    body = declared + urlset("<loc>/café</loc><news><title>Café</title></news>")
    [entry] = read(body.encode(charset)).entries
    assert (entry.title, entry.url) == ("Café", "https://harbour.example/café")


def test_a_charset_that_nobody_declared_is_seen_through() -> None:
    body = urlset("<loc>/a</loc><news><title>Café – menu</title></news>").encode("windows-1252")
    assert read(body).entries[0].title == "Café – menu"


def test_what_is_not_well_formed_is_read_as_far_as_it_goes() -> None:
    reading = read(
        "<urlset><url><loc>/a</loc><news><title>A &nbsp; B & C</title></news></url><url><loc>/b"
    )
    assert [entry.title for entry in reading.entries] == ["A B & C"]
    assert (reading.problem or "").startswith("the XML is not well-formed (")


def test_ampersands_inside_cdata_stay_as_they_are() -> None:
    [entry] = read(urlset("<loc><![CDATA[/a?b=1&c=2]]></loc><news/>")).entries
    assert entry.url == "https://harbour.example/a?b=1&c=2"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("<!DOCTYPE urlset [<!ENTITY a 'bbb'>]><urlset><url><loc>/&a;</loc></url></urlset>", "declares a document type"),
        ("<!DOCTYPE urlset SYSTEM 'file:///etc/hostname'><urlset/>", "declares a document type"),
        ("<urlset>" + "<a>" * 5_000, "nested more than 50 deep"),
        ("<urlset>" + "<a/>" * 3_100_000, "no sitemap has as many"),
    ],
    ids=["entities", "external", "deep", "tags"],
)  # fmt: skip
def test_what_no_sitemap_needs_is_refused(body: str, why: str) -> None:
    reading = read(body)
    assert not reading.usable
    assert why in (reading.problem or "")


def test_past_the_bound_of_the_protocol_addresses_are_left_out_and_counted() -> None:
    body = urlset("<loc>/b</loc>", *["<loc>/a</loc>"] * (MAX_LISTED + 2))
    reading = read(body, SitemapOptions(plain=True, pattern="/b"))
    assert len(reading.entries) == 1
    assert reading.problem == "3 addresses past the first 50,000 were left out"


def test_an_element_without_an_address_is_no_page() -> None:
    assert read(urlset("<lastmod>2026</lastmod>", "<loc> </loc>"), PLAIN).entries == ()


@pytest.mark.parametrize("pattern", ["news/*", "", "/a b", "/***"])
def test_a_pattern_that_is_no_path_is_refused(pattern: str) -> None:
    with pytest.raises(ValidationError, match=f"“{re.escape(pattern)}” is no path pattern"):
        SitemapOptions(pattern=pattern)


def test_an_address_taken_as_canonical_without_a_look_is() -> None:
    """Sites of videos and messages aside, whose own rules are about single posts."""
    own_rules = re.compile(
        r"https?://(?:[\w-]+\.)*(?:youtu\.be|youtube\.com|x\.com|twitter\.com|t\.me)/"
    )
    written = [word for line in URLS.read_text().splitlines() for word in line.split("\t")]
    plain = [url for url in written if sitemap._CANONICAL.fullmatch(url)]
    assert len(plain) > 10
    assert [url for url in plain if canonical(url) != url and not own_rules.match(url)] == []


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.booleans())
@example(b"<urlset><url><loc>http://[</loc></url></urlset>", True)
@example(b"\xff\xfe<\x00", True)
def test_no_bytes_are_raised_on(body: bytes, plain: bool) -> None:
    assert isinstance(read(body, SitemapOptions(plain=plain, pattern="/*")), Reading)
