"""Which bodies count as the same."""

import pytest

from aiwatch.sources.feed import read_feed
from aiwatch.sources.sameness import body_hash

ITEM = (
    "<item><guid>1</guid><link>https://times.example/1</link><title>One</title>"
    "<pubDate>Tue, 24 Mar 2026 12:00:00 GMT</pubDate></item>"
)
RSS = (
    "<rss version='2.0'><channel><title>Times</title><ttl>60</ttl>"
    "<lastBuildDate>Tue, 24 Mar 2026 12:00:00 GMT</lastBuildDate>"
    "<pubDate>Tue, 24 Mar 2026 12:00:00 GMT</pubDate>" + ITEM + "</channel></rss>"
)
ATOM = (
    "<feed xmlns='http://www.w3.org/2005/Atom'><title>Times</title><updated>2026-03-24T12:00:00Z</updated>"
    "<entry><id>1</id><link href='https://times.example/1'/><title>One</title>"
    "<updated>2026-03-24T12:00:00Z</updated></entry></feed>"
)
RDF = (
    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'"
    " xmlns:dc='http://purl.org/dc/elements/1.1/'><channel rdf:about='https://times.example/'>"
    "<title>Times</title><dc:date>2026-03-24T12:00:00Z</dc:date><items><rdf:Seq/></items></channel>"
    "<item rdf:about='https://times.example/1'><title>One</title><link>https://times.example/1</link></item></rdf:RDF>"
)


def same(one: str, other: str, kind: str = "feed") -> bool:
    return body_hash(one.encode(), kind) == body_hash(other.encode(), kind)


@pytest.mark.parametrize(
    ("body", "was", "now"),
    [
        (RSS, "<lastBuildDate>Tue, 24", "<lastBuildDate>Wed, 25"),
        (RSS, "</lastBuildDate><pubDate>Tue, 24", "</lastBuildDate><pubDate>Wed, 25"),
        (ATOM, "</title><updated>2026-03-24T12:00:00Z</updated><entry", "</title><updated>2026-03-25T09:00:00+01:00</updated><entry"),
        (RDF, "<dc:date>2026-03-24T12", "<dc:date>2026-03-24T13"),
    ],
)  # fmt: skip
def test_a_feed_that_was_only_made_anew_is_the_same_and_would_be_read_the_same(
    body: str, was: str, now: str
) -> None:
    anew = body.replace(was, now)
    assert anew != body
    assert same(body, anew)
    assert read_feed(anew.encode(), "https://times.example/feed").entries == (
        read_feed(body.encode(), "https://times.example/feed").entries
    )


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("<guid>1</guid>", "<guid>2</guid>"),
        ("<title>One</title><pubDate>Tue, 24", "<title>One</title><pubDate>Wed, 25"),
        ("<ttl>60", "<ttl>90"),
        ("<title>Times", "<title>The Times"),
        (
            "<lastBuildDate>Tue, 24 Mar 2026 12:00:00 GMT</lastBuildDate>",
            "<lastBuildDate><skipDays/></lastBuildDate>",
        ),
    ],
)
def test_anything_else_that_changes_is_read(was: str, now: str) -> None:
    assert was in RSS
    assert not same(RSS, RSS.replace(was, now))


def test_without_an_item_to_stand_before_every_byte_counts() -> None:
    empty = RSS.replace(ITEM, "")
    assert not same(empty, empty.replace("Tue, 24", "Wed, 25"))
    prefixed = RSS.replace("item>", "rss:item>")
    assert not same(prefixed, prefixed.replace("Tue, 24", "Wed, 25"))


@pytest.mark.parametrize("kind", ["page", "listing", "sitemap", "json"])
def test_of_other_kinds_every_byte_counts(kind: str) -> None:
    assert not same(RSS, RSS.replace("<lastBuildDate>Tue", "<lastBuildDate>Wed"), kind)
