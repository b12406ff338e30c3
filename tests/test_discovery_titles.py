"""What a source that is found is called, where it has no title of its own."""

from tests.servers import Site
from tests.test_discovery import best, find, sitemap


def test_a_news_sitemap_is_named_by_the_outlet_that_its_items_name() -> None:
    with Site() as site:
        named = b"<n:publication><n:name>Example Times</n:name></n:publication><n:publication_date>"
        body = sitemap(site, 1, 2).replace(b"<n:publication_date>", named)
        site.add("/news.xml", body)
        seen = best(find(site.url("/news.xml")))
        assert (seen.title, seen.keys) == ("Example Times", {})
        second = body.replace(b"Example Times", b"Example Post", 1)
        site.add("/both.xml", second)
        seen = best(find(site.url("/both.xml")))
        assert (seen.title, seen.keys) == ("127.0.0.1", {"aggregator": True})
