"""Sources that are no feeds, watched the whole way: listed, filed, told, and asked again politely."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.newsroom import Newsroom
from tests.servers import Answer, Asked

MONDAY = "2026-03-23T08:00:00Z"
LATER = "2026-03-23T12:00:00Z"
TEXT = "OpenAI closes the Sora app on 26 April, the company says.\nThe web version goes with it."


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with Newsroom(tmp_path) as opened:
        opened.page("/news/sora-closes-in-april", "Sora closes in April", TEXT)
        opened.page("/news/a-new-office-in-leeds", "A new office in Leeds", "Sora has desks there.")
        yield opened


def titles(room: Newsroom) -> set[str]:
    lines = room.aiwatch("export", "articles").out.splitlines()
    return {json.loads(line)["title"] for line in lines}


def subjects(room: Newsroom) -> list[str]:
    return [str(mail.message["Subject"]) for mail in room.inbox.mails]


def listing(*slugs: str) -> str:
    cards = "".join(
        f"<li class=card><a href='/news/{slug}'><h3>{slug.replace('-', ' ').capitalize()}</h3></a>"
        "<time datetime=2026-03-20>20 March 2026</time></li>"
        for slug in slugs
    )
    return (
        "<html><head><title>News</title></head><body><nav><a href=/about-us>About us</a>"
        f"<a href=/contact-the-team>Contact</a></nav><main><ul>{cards}</ul></main></body></html>"
    )


OLD = ("we-hired-three-people", "our-spring-offsite-in-wales", "what-we-read-in-march")
AT_ONCE = [{"name": "now", "to": ["inbox"], "when": "at once", "settle": None}]


def test_a_listings_first_visit_is_a_baseline_and_what_comes_later_is_told(room: Newsroom) -> None:
    for slug in OLD:
        room.page(f"/news/{slug}", slug, "Sora is not in it, or only by name.")
    room.site.add("/news", listing(*OLD), headers={"Content-Type": "text/html"})
    room.configure(
        sources=[{"name": "Maker", "kind": "listing", "url": room.site.url("/news")}],
        alerts=AT_ONCE,
        backlog="24h",
    )
    assert room.aiwatch("fetch", now=MONDAY).code == 0
    assert subjects(room) == []
    room.site.add(
        "/news", listing("sora-closes-in-april", *OLD), headers={"Content-Type": "text/html"}
    )
    assert room.aiwatch("fetch", now=LATER).code == 0
    assert "Sora closes in April" in titles(room)
    (subject,) = subjects(room)
    assert "Sora closes in April" in subject


def news_sitemap(room: Newsroom, path: str, title: str) -> bytes:
    return (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">'
        f"<url><loc>{room.site.url(path)}</loc><n:news><n:publication><n:name>Times</n:name></n:publication>"
        f"<n:publication_date>2026-03-23</n:publication_date><n:title>{title}</n:title></n:news></url></urlset>"
    ).encode()


def test_the_parts_of_a_sitemap_index_are_asked_conditionally_each_by_itself(
    room: Newsroom,
) -> None:
    asked: list[tuple[str, bool]] = []

    def part(path: str, body: bytes, etag: str) -> None:
        def answer(request: Asked) -> Answer:
            known = request.headers.get("if-none-match") == etag
            asked.append((path, known))
            return Answer(status=304) if known else Answer(body, headers={"ETag": etag})

        room.site.add(path, answer)

    first = news_sitemap(room, "/news/a-new-office-in-leeds", "A new office in Leeds")
    part("/a.xml.gz", gzip.compress(first, mtime=0), '"a1"')
    part("/b.xml", news_sitemap(room, "/news/x-y-z", "Another thing"), '"b1"')
    index = "".join(
        f"<sitemap><loc>{room.site.url(path)}</loc></sitemap>" for path in ("/a.xml.gz", "/b.xml")
    )
    room.site.add("/index.xml", f"<sitemapindex>{index}</sitemapindex>")
    room.configure(
        sources=[{"name": "Times", "kind": "sitemap", "url": room.site.url("/index.xml")}],
        alerts=AT_ONCE,
    )
    assert room.aiwatch("fetch", now=MONDAY).code == 0
    assert titles(room) == {"A new office in Leeds", "Another thing"}
    part("/b.xml", news_sitemap(room, "/news/sora-closes-in-april", "Sora closes in April"), '"b2"')
    asked.clear()
    assert room.aiwatch("fetch", now=LATER).code == 0
    assert sorted(asked) == [("/a.xml.gz", True), ("/b.xml", False)]
    assert "Sora closes in April" in titles(room)


def test_a_json_list_is_watched_by_its_paths(room: Newsroom) -> None:
    items = [{"slug": "sora-closes-in-april", "name": "Sora closes in April", "at": 1774256400}]
    room.site.add("/api", json.dumps({"data": {"list": items}}))
    room.configure(
        sources=[
            {
                "name": "Maker",
                "kind": "json",
                "url": room.site.url("/api"),
                "items": "data.list",
                "title": "name",
                "link": "/news/{slug}",
                "published": "at",
            }
        ],
        alerts=AT_ONCE,
    )
    assert room.aiwatch("fetch", now="2026-03-23T12:00:00Z").code == 0
    (subject,) = subjects(room)
    assert "Sora closes in April" in subject


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"kind": "listing", "links": "a[["}, "is no CSS selector"),
        ({"kind": "json", "items": "data.[", "title": "t"}, "items"),
        ({"kind": "json"}, "title"),
        ({"kind": "page", "ignore": "("}, "regular expression"),
        ({"kind": "sitemap", "pattern": "news"}, "pattern"),
        ({"kind": "listings"}, "did you mean 'listing'"),
    ],
)
def test_a_kinds_wrong_key_is_refused_by_name(
    room: Newsroom, keys: dict[str, str], words: str
) -> None:
    room.configure(sources=[{"name": "Maker", "url": "https://a.example/", **keys}])
    done = room.aiwatch("check")
    assert done.code == 2
    assert words in done.err + done.out
    assert "feeds.yaml" in done.err + done.out


def test_other_selectors_make_the_next_visit_a_baseline_again(room: Newsroom) -> None:
    room.site.add("/news", listing(*OLD), headers={"Content-Type": "text/html"})
    source = {"name": "Maker", "kind": "listing", "url": room.site.url("/news")}
    room.configure(sources=[{**source, "pattern": "/news/we-*"}], alerts=AT_ONCE)
    room.aiwatch("fetch", now=MONDAY)
    room.configure(sources=[{**source, "pattern": "/news/*"}], alerts=AT_ONCE)
    done = room.aiwatch("fetch", "--json", now=MONDAY).json()
    assert done["sources"][0]["new"] == 2
    assert subjects(room) == []


def test_what_a_plain_sitemap_lists_at_first_is_known_and_not_fetched(room: Newsroom) -> None:
    def plain(*paths: str) -> None:
        urls = "".join(f"<url><loc>{room.site.url(path)}</loc></url>" for path in paths)
        room.site.add("/plain.xml", f"<urlset>{urls}</urlset>")

    plain("/news/a-new-office-in-leeds", "/news/nobody-has-this-page")
    url = room.site.url("/plain.xml")
    room.configure(
        sources=[{"name": "All", "kind": "sitemap", "url": url, "plain": True}], alerts=AT_ONCE
    )
    assert room.aiwatch("fetch", now=MONDAY).code == 0
    assert [path for _, path, _ in room.site.requests] == ["/plain.xml"]
    plain(
        "/news/sora-closes-in-april", "/news/a-new-office-in-leeds", "/sora-is/gone-for_good.html"
    )
    assert room.aiwatch("fetch", now=LATER).code == 0
    assert titles(room) == {"Sora closes in April", "Gone for good"}
    assert len(subjects(room)) == 1
