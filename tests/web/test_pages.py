"""The reading pages: every one in three forms, nothing from elsewhere, nothing hostile let through."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from aiwatch.model import Topic, TopicName
from aiwatch.store import Store
from tests import shelves
from tests.drafts import HOUR
from tests.stories import NOON
from tests.web.conftest import HOSTILE, Pages, configured, merge, opened

PATHS = (
    "/",
    "/topics",
    "/topics/sora",
    "/topics/veo",
    "/stories",
    "/stories/1",
    "/stories/2",
    "/articles/1",
    "/articles/2",
    "/articles/3",
    "/articles/5",
    "/articles/6",
    "/articles/7",
    "/search",
    "/search?q=sora",
    "/search?q=script",
    "/search?q=nothing+at+all",
    "/search?q=sora&topic=sora&source=Example+Times&lang=en&from=2026-03-01&to=2026-03-31&order=best",
    "/sources",
    "/messages",
    "/messages/1",
)


def form(path: str, ending: str) -> str:
    """The same page as JSON or Atom."""
    page, mark, query = path.partition("?")
    return f"{'/today' if page == '/' else page}.{ending}{mark}{query}"


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_whole_and_asks_nothing_of_others(shown: Pages, path: str) -> None:
    answer = shown.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"].startswith("default-src 'none';")
    assert answer.headers["referrer-policy"] == "no-referrer"
    tree = LexborHTMLParser(answer.text)
    assert not tree.css("script, iframe, object, embed, base, style, [style], [onclick], [onerror]")
    loaded = [
        node.attributes.get(name) or ""
        for selector, name in (("link", "href"), ("img", "src"), ("form", "action"))
        for node in tree.css(selector)
    ]
    assert all(address.startswith("/") and not address.startswith("//") for address in loaded)
    assert len(tree.css("h1")) == 1
    assert tree.css("html[lang=en]")
    assert [one.attributes["href"] for one in tree.css("a.skip")] == ["#main"]
    assert tree.css_first("main#main") is not None
    for box in tree.css("input, select"):
        named = tree.css(f"label[for={box.attributes['id']}]") if box.attributes.get("id") else []
        assert named or (box.parent is not None and box.parent.tag == "label")


@pytest.mark.parametrize("path", PATHS)
def test_links_lead_to_pages_that_are_there(shown: Pages, path: str) -> None:
    tree = LexborHTMLParser(shown.get(path).text)
    places = {node.attributes["href"] or "" for node in tree.css("a[href]")}
    for place in places:
        if place.startswith("#"):
            assert tree.css_first(f"[id='{place[1:]}']") is not None, place
        elif place.startswith("/"):
            assert shown.get(place).status_code == 200, place
        else:
            assert place.startswith(("http://", "https://", "?")), place


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_json_too(shown: Pages, path: str) -> None:
    answer = shown.get(form(path, "json"))
    assert answer.headers["content-type"] == "application/json"
    assert isinstance(answer.json(), dict)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_a_feed_too(shown: Pages, path: str) -> None:
    answer = shown.get(form(path, "atom"))
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = feedparser.parse(answer.content)
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "atom10"
    assert feed.feed.id.startswith("tag:news.example.org,2026:/")
    assert feed.feed.title.endswith("— aiwatch")
    assert {one.rel for one in feed.feed.links} == {"alternate", "self"}
    ids = [one.id for one in feed.entries]
    assert len(set(ids)) == len(ids)
    for one in feed.entries:
        assert one.title
        assert one.updated_parsed
        assert one.link.startswith("http://localhost/")


# ---------------------------------------------------------------- what they say


def test_today_tells_each_story_once_under_its_first_topic(shown: Pages) -> None:
    model = shown.json("/today.json")
    told = [(s["topic"], one["id"]) for s in model["topics"] for one in s["stories"]]
    assert len({id_ for _, id_ in told}) == len(told)
    assert {topic for topic, _ in told} == {"sora", "veo"}
    assert model["stories"] == len(told)
    assert [sum(s["days"]) for s in model["topics"]] == [1, 2]


def test_a_story_tells_who_was_first_what_differs_and_who_was_told(shown: Pages) -> None:
    model = shown.json("/stories/1.json")
    assert model["story"]["first"]["outlet"] == "Example Times"
    assert [one["outlet"] for one in model["timeline"] if one["copy"]] == ["Third Copy"]
    assert {one["reader"] for one in model["told"]}
    edited = [edit for one in model["timeline"] for edit in one["edits"]]
    assert [edit["kind"] for edit in edited] == ["figure"]
    page = shown.get("/stories/1").text
    for words in ("Why it is here", "How it was told", "a copy", "told it first"):
        assert words in page


def test_an_article_shows_what_was_changed_in_it(shown: Pages) -> None:
    page = shown.get("/articles/1").text
    assert "What was changed" in page
    assert "<del>1</del>" in page
    assert "<ins>2</ins>" in page
    assert "<mark>Sora</mark>" in page or "<mark>sora</mark>" in page


def test_what_is_hostile_is_only_words(shown: Pages) -> None:
    page = shown.get("/search?q=alert").text
    assert "<script" not in page
    tree = LexborHTMLParser(page)
    assert tree.css("article h2")[0].text() == HOSTILE
    assert not [a for a in tree.css("a") if "javascript" in (a.attributes.get("href") or "")]
    found = shown.json("/search.json?q=แดนซ์")["results"]
    assert [one["url"] for one in found] == [""]


def test_search_finds_every_script_between_filters(shown: Pages) -> None:
    def ids(query: str) -> list[int]:
        return [one["id"] for one in shown.json(f"/search.json?{query}")["results"]]

    assert ids("q=字节跳动") == [6]
    assert ids("q=ดิสนีย์") == [7]
    assert ids("q=sora&topic=sora") == [4, 3, 2, 1]
    assert ids("q=sora&lang=zh") == []
    assert ids("q=sora&source=Second+Post") == [2]
    assert ids("q=sora&from=2026-03-25") == []
    assert ids("q=sora&to=2026-03-23") == []
    assert ids("q=sora&before=3") == [2, 1]


def test_sources_and_messages_stand_with_their_words(shown: Pages) -> None:
    rows = shown.json("/sources.json")["sources"]
    assert {row["name"]: row["state"] for row in rows} == {"Example Times": "new", "Asleep": "off"}
    model = shown.json("/messages.json")
    assert len(model["sent"]) == 1
    assert [one["story"] for one in model["held"]]
    assert "Sora" in shown.get("/messages/1").text


def test_a_merged_story_leads_to_the_one_it_is_part_of(own: Pages) -> None:
    merge(own, 1, 2)
    answer = own.get("/stories/2")
    assert (answer.status_code, answer.headers["location"]) == (308, "/stories/1")
    assert own.json("/stories/2.json")["story"]["id"] == 1


# ---------------------------------------------------------------- manners


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/topics/nothing", 404),
        ("GET", "/topics/nothing.atom", 404),
        ("GET", "/stories/99", 404),
        ("GET", "/stories/" + "9" * 30, 404),
        ("GET", "/stories/first", 404),
        ("GET", "/articles/99.json", 404),
        ("GET", "/messages/99", 404),
        ("GET", "/unsubscribe/nobody", 404),
        ("POST", "/unsubscribe/nobody", 404),
        ("POST", "/", 405),
        ("DELETE", "/stories/1", 405),
    ],
)
def test_what_is_not_there_is_said_in_plain_words(
    shown: Pages, method: str, path: str, status: int
) -> None:
    answer = shown.client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_page_that_did_not_change_is_not_sent_again(shown: Pages) -> None:
    tag = shown.get("/topics/sora.atom").headers["etag"]
    again = shown.get("/topics/sora.atom", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_a_database_that_is_not_there_is_said(tmp_path: Path) -> None:
    answer = opened(configured(tmp_path / "none.db")).get("/")
    assert answer.status_code == 503
    assert "run `aiwatch fetch` once" in answer.text


def test_an_empty_database_says_what_to_do(tmp_path: Path) -> None:
    config = configured(tmp_path / "a.db")
    Store(config.database).close()
    client = opened(config)
    for path in ("/", "/topics/sora", "/stories", "/search?q=x", "/sources", "/messages"):
        for place in (path, form(path, "json"), form(path, "atom")):
            assert client.get(place).status_code == 200
    assert "aiwatch fetch" in client.get("/").text


def test_looking_writes_nothing(own: Pages) -> None:
    before = own.config.database.read_bytes()
    for path in PATHS:
        own.get(path)
    assert own.config.database.read_bytes() == before


ODD = st.text(st.characters(codec="utf-8"), max_size=12)


@settings(max_examples=25, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["q", "topic", "source", "lang", "from", "to", "order", "before", "x"]),
        st.one_of(ODD, st.sampled_from(['"a', "a OR", "-1", "0", "2026-13-99", "٣", "9" * 40])),
    )
)
def test_nothing_that_is_asked_breaks_a_page(shown: Pages, query: dict[str, str]) -> None:
    for path in ("/search", "/search.atom", "/topics/sora", "/stories"):
        assert shown.get(path, params=query).status_code == 200


# ---------------------------------------------------------------- leaving


def test_leaving_asks_first_and_acts_on_post(own: Pages) -> None:
    path = f"/unsubscribe/{own.subscriber}"
    page = own.get(path)
    assert "Leave “news”?" in page.text or "Leave “" in page.text
    assert own.get(path).text == page.text
    assert 'method="post"' in page.text
    done = own.client.post(path, content="List-Unsubscribe=One-Click")
    assert done.status_code == 200
    assert "You have left" in done.text
    assert "You have left" in own.get(path).text
    assert own.client.post(path).status_code == 200


# ---------------------------------------------------------------- a larger archive


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    config = configured(tmp_path_factory.mktemp("large") / "a.db")
    shelves.fill(config.database, 1_000, NOON + 11 * HOUR, sentences=6)
    topics = tuple(Topic(name=TopicName(n), title=n, any=("x",)) for n in shelves.TOPICS)
    config = replace(config, topics=topics)
    return Pages(config, opened(config))


@pytest.mark.parametrize("path", ["/topics/topic1", "/stories"])
def test_pages_of_a_list_follow_one_another_without_a_gap(large: Pages, path: str) -> None:
    seen: list[int] = []
    place: str | None = f"{path}.json"
    while place:
        model: Any = large.json(place)
        seen += [one["id"] for one in model["stories"]]
        place = f"{path}.json?before={model['further']}" if model["further"] else None
    assert len(set(seen)) == len(seen)
    assert len(seen) > 60


def test_searching_on_finds_everything_once(large: Pages) -> None:
    word = re.findall("[a-z]{2,}", large.json("/articles/500.json")["text"].lower())[0]
    seen: list[int] = []
    before = ""
    while True:
        model = large.json(f"/search.json?q={word}{before}")
        seen += [one["id"] for one in model["results"]]
        if not model["further"]:
            break
        before = f"&before={model['further']}"
    assert seen == sorted(set(seen), reverse=True)
    assert 500 in seen


def test_all_pages_of_a_larger_archive_are_made(large: Pages) -> None:
    for path in ("/", "/topics", "/search?q=the", "/articles/900", "/sources"):
        assert large.get(path).status_code == 200
    story = json.loads(large.get("/articles/900.json").text)["story"]
    assert large.get(f"/stories/{story}").status_code == 200
