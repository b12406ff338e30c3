"""The local internet: hosts behind one proxy, at the demo's own moment."""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from aiwatch.demo.outlets import load_outlets
from aiwatch.demo.play import EVENINGS
from aiwatch.demo.site import Site
from aiwatch.sources.feed import read_feed

FIRST, SECOND = EVENINGS[0].now, EVENINGS[1].now
FEED = "http://patchbay.example/feed.json"
ARTICLE = "http://patchbay.example/news/openai-is-shutting-down-sora"


@pytest.fixture
def site() -> Iterator[Site]:
    with Site(load_outlets(), FIRST) as made:
        yield made


@pytest.fixture
def client(site: Site) -> Iterator[httpx.Client]:
    with httpx.Client(proxy=site.proxy, trust_env=False) as made:
        yield made


def test_each_host_answers_with_its_own_pages(client: httpx.Client) -> None:
    assert "Patchbay" in client.get("http://patchbay.example/").text
    assert "Straits Money Desk" in client.get("http://straits-money.example/").text


def test_tracking_in_a_link_leads_to_the_same_page(client: httpx.Client) -> None:
    assert client.get(ARTICLE + "?utm_source=rss").text == client.get(ARTICLE).text


@pytest.mark.parametrize(
    "url",
    ["http://nobody.example/", "http://patchbay.example/none", "http://garam-economy.example/"],
)
def test_what_no_outlet_serves_is_not_found(client: httpx.Client, url: str) -> None:
    assert client.get(url).status_code == 404


def test_an_outlet_that_has_published_nothing_yet_has_an_empty_feed(
    site: Site, client: httpx.Client
) -> None:
    site.now = datetime(2026, 1, 1, tzinfo=UTC)
    for outlet in site.outlets.values():
        answer = client.get(outlet.feed_url)
        reading = read_feed(answer.content, outlet.feed_url, answer.headers["content-type"])
        assert (reading.usable, reading.entries, reading.title) == (True, (), outlet.name)


def test_a_request_without_a_proxy_is_answered_by_its_host_header(
    site: Site, client: httpx.Client
) -> None:
    with httpx.Client(trust_env=False) as direct:
        answer = direct.get(site.proxy + "/feed.json", headers={"Host": "patchbay.example"})
    assert answer.text == client.get(FEED).text


@pytest.mark.parametrize(
    ("name", "sent_back"),
    [("etag", "If-None-Match"), ("last-modified", "If-Modified-Since")],
)
def test_an_unchanged_feed_is_not_modified_until_something_new_stands_in_it(
    site: Site, client: httpx.Client, name: str, sent_back: str
) -> None:
    before = client.get(FEED)
    again = client.get(FEED, headers={sent_back: before.headers[name]})
    site.now = SECOND
    later = client.get(FEED, headers={sent_back: before.headers[name]})
    assert (again.status_code, later.status_code) == (304, 200)
    assert site.answered[304] == 1


def test_a_date_nobody_can_read_is_no_condition(client: httpx.Client) -> None:
    assert client.get(FEED, headers={"If-Modified-Since": "yesterday"}).status_code == 200


def test_an_edited_article_has_its_new_title_at_its_old_address(
    site: Site, client: httpx.Client
) -> None:
    before = client.get(ARTICLE).text
    site.now = SECOND
    after = client.get(ARTICLE).text
    assert "after six months</h1>" in before
    assert "on 26 April, and its API on 24 September</h1>" in after


def test_answers_are_dated_by_the_demos_own_clock(client: httpx.Client) -> None:
    assert client.get(FEED).headers["date"] == "Tue, 24 Mar 2026 22:05:00 GMT"
