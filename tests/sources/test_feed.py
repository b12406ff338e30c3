import gzip
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.model import Entry, Reading
from aiwatch.sources.feed import MAX_SCANNED, read_feed

FEEDS = Path(__file__).parents[1] / "data" / "feeds"
FIXTURES = sorted(FEEDS.glob("*.expect.json"))
URL = "https://feeds.example/rss"


def plainly(value: object) -> object:
    """As JSON would have it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def shown(entry: Entry, keys: dict[str, Any]) -> dict[str, object]:
    return {key: plainly(getattr(entry, key)) for key in keys}


@pytest.mark.parametrize(
    "expect", FIXTURES, ids=lambda path: path.name.removesuffix(".expect.json")
)
def test_a_feed_is_read_as_its_fixture_says(expect: Path) -> None:
    want = json.loads(expect.read_text(encoding="utf-8"))
    [file] = [
        path for path in FEEDS.glob(expect.name.replace("expect.json", "*")) if path != expect
    ]
    got = read_feed(file.read_bytes(), want.get("url", URL), want.get("content_type"))
    wishes = want["reading"].pop("hints", {})
    assert {key: plainly(getattr(got.hints, key)) for key in wishes} == wishes
    problem = want["reading"].pop("problem", got.problem)
    assert got.problem == problem or (problem and got.problem and got.problem.startswith(problem))
    assert {key: getattr(got, key) for key in want["reading"]} == want["reading"]
    wanted = want["entries"]
    assert [shown(entry, keys) for entry, keys in zip(got.entries, wanted, strict=True)] == wanted


def test_the_same_bytes_give_the_same_ids() -> None:
    body = (FEEDS / "no-ids.xml").read_bytes()
    first, again = (read_feed(body, url) for url in (URL, "https://moved.example/feed"))
    assert [entry.id for entry in first.entries] == [entry.id for entry in again.entries]
    assert all(entry.id.startswith("sha256:") for entry in first.entries)


def test_an_id_without_end_is_shortened_to_its_hash() -> None:
    body = f"<rss version='2.0'><channel><item><guid isPermaLink='false'>{'x' * 5000}</guid></item></channel></rss>"
    [entry] = read_feed(body.encode(), URL).entries
    assert entry.id.startswith("sha256:")


def test_a_gzipped_file_is_unpacked() -> None:
    body = (FEEDS / "rss20.xml").read_bytes()
    assert read_feed(gzip.compress(body, mtime=0), URL) == read_feed(body, URL)


@pytest.mark.parametrize(
    "body",
    [
        b"<rss version='2.0'><channel>" + b"<item/>" * 500_000,
        b"<!DOCTYPE rss [" + b"<!ENTITY a 'b'>" * 5_000 + b"]><rss version='2.0'/>",
        b"<rss version='2.0'><channel " + b"a='' " * 5_000 + b"></channel></rss>",
    ],
    ids=["tags", "entities", "attributes"],
)
def test_what_would_take_minutes_is_refused(body: bytes) -> None:
    got = read_feed(body, URL)
    assert not got.usable
    assert "no feed has as many" in (got.problem or "")


def test_a_gzip_bomb_is_cut_not_kept() -> None:
    bomb = gzip.compress(b"<rss version='2.0'>" + b" " * 60_000_000)
    assert read_feed(bomb, URL).entries == ()


def test_bytes_that_name_a_file_do_not_open_it(tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_bytes((FEEDS / "rss20.xml").read_bytes())
    assert read_feed(str(secret).encode(), URL).usable is False


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b'{"items":' + b"[" * 100_000, "this is JSON nested too deeply to be a feed"),
        (b'{"items": [' + b"9" * 5000 + b"]}", "this begins like JSON, but is broken"),
        (b"\x1f\x8b\x08\x00broken", "could not be read"),
        (b"", "the body is empty"),
        (b"\xef\xbb\xbf", "the body is empty"),
        (b"<html><head></head><body>404</body></html>", "this is an HTML page, not a feed"),
        (b"<p>Not here</p></html>", "this is an HTML page, not a feed"),
    ],
)
def test_what_is_no_feed_is_named(body: bytes, problem: str) -> None:
    got = read_feed(body, URL)
    assert not got.usable
    assert got.problem is not None
    assert got.problem.startswith(problem)


@pytest.mark.parametrize(
    "feed",
    [
        {"title": "no version", "items": [{"title": "a"}]},
        {"version": "https://jsonfeed.org/version/1", "items": [{"title": "a"}]},
    ],
)
def test_a_json_feed_may_forget_a_key(feed: dict[str, Any]) -> None:
    got = read_feed(json.dumps(feed).encode(), URL)
    assert [entry.title for entry in got.entries] == ["a"]


def test_a_json_feed_without_items_is_a_feed() -> None:
    got = read_feed(b'{"version": "https://jsonfeed.org/version/1", "title": "x"}', URL)
    assert got == Reading(title="x", problem="the feed has no list of items", listed=0)


JSON_ITEMS: list[dict[str, Any]] = [
    {"id": "a", "url": "https://x.example/a", "title": "A", "date_published": "2026-10-05T10:00:00Z"},
    {"id": 2, "external_url": "https://x.example/b", "content_text": "B"},
]  # fmt: skip


def json_feed(items: list[dict[str, Any]]) -> bytes:
    return json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": items}
    ).encode()


def test_known_items_of_a_json_feed_are_passed_over() -> None:
    whole = read_feed(json_feed([*JSON_ITEMS]), URL)
    assert (len(whole.marks), whole.listed) == (2, 2)
    part = read_feed(json_feed([*JSON_ITEMS]), URL, None, frozenset(whole.marks[:1]))
    assert (part.entries, part.marks, part.listed) == (whole.entries[1:], whole.marks, 2)


def test_a_json_items_mark_is_of_its_wording_not_its_date() -> None:
    first = read_feed(json_feed([*JSON_ITEMS]), URL).marks
    later = read_feed(
        json_feed(
            [
                {**JSON_ITEMS[0], "date_published": "2026-10-06"},
                {**JSON_ITEMS[1], "content_text": "C"},
            ]
        ),
        URL,
    ).marks
    assert [mark in first for mark in later] == [True, False]


@pytest.mark.parametrize("items", [[JSON_ITEMS[0], JSON_ITEMS[0]], [{"title": "no name"}]])
def test_a_json_feed_whose_items_cannot_be_told_apart_has_no_marks(
    items: list[dict[str, Any]],
) -> None:
    assert read_feed(json_feed(items), URL).marks == ()


def test_no_entity_reaches_for_a_file_or_the_network(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("TOP SECRET")
    outside = (tmp_path / "secret").as_uri()
    body = (
        f"<!DOCTYPE rss [<!ENTITY x SYSTEM '{outside}'><!ENTITY % p SYSTEM '{outside}'> %p;]>"
        "<rss version='2.0'><channel><item><title>t &x;</title></item></channel></rss>"
    )
    assert "SECRET" not in repr(read_feed(body.encode(), URL))


def test_a_billion_laughs_stay_small() -> None:
    laughs = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
    body = f"<!DOCTYPE rss [<!ENTITY l0 'ha'>{laughs}]><rss version='2.0'><channel><item><title>&l9;</title></item></channel></rss>"
    assert len(repr(read_feed(body.encode(), URL))) < 10_000


SEEDS = [
    path.read_bytes() for path in sorted(FEEDS.iterdir()) if not path.name.endswith("expect.json")
]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_bytes_and_no_content_type_raise(data: st.DataObject) -> None:
    body = bytearray(data.draw(st.one_of(st.sampled_from(SEEDS), st.binary(max_size=200))))
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(body)))
        body[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    kind = data.draw(
        st.one_of(st.none(), st.text(max_size=30), st.just("text/xml; charset=undefined"))
    )
    got = read_feed(bytes(body), data.draw(st.one_of(st.just(URL), st.text(max_size=30))), kind)
    ids = [entry.id for entry in got.entries]
    assert len(ids) == len(set(ids))
    assert all(ids)
    assert got.usable or got.problem
    repr(got).encode()


def texts(reading: Reading) -> Iterator[str]:
    for entry in reading.entries:
        yield from (entry.id, entry.url or "", entry.title, entry.outlet or "", *entry.authors)
        yield from (*entry.summary.split("\n"), *entry.text.split("\n"))


@pytest.mark.parametrize(
    "expect", FIXTURES, ids=lambda path: path.name.removesuffix(".expect.json")
)
def test_nothing_unsafe_comes_through(expect: Path) -> None:
    for file in FEEDS.glob(expect.name.replace("expect.json", "*")):
        for text in texts(read_feed(file.read_bytes(), URL)):
            assert text.isprintable() or not text.isascii()
            assert not set(text) & set("\x00\r\n\u202e\u200b\u2066")


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"])
@pytest.mark.parametrize(
    "feed",
    [
        "<rss version='2.0'><channel><title>t</title><item><guid>1</guid><title>A</title><pubDate>{}</pubDate></item>"
        "<item><guid>2</guid><title>B</title><pubDate>Tue, 24 Mar 2026 10:00:00 GMT</pubDate></item></channel></rss>",
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title><entry><id>1</id><title>A</title>"
        "<updated>{}</updated></entry><entry><id>2</id><title>B</title><updated>2026-03-24T10:00:00Z</updated></entry>"
        "</feed>",
    ],
    ids=["rss", "atom"],
)
def test_a_date_at_the_end_of_the_calendar_costs_its_item_the_date_and_the_feed_nothing(
    feed: str, date: str
) -> None:
    read = read_feed(feed.format(date).encode(), URL)
    assert (read.usable, read.problem) == (True, None)
    assert [entry.published and entry.published.isoformat() for entry in read.entries] == [
        None,
        "2026-03-24T10:00:00+00:00",
    ]


def test_a_body_too_large_for_marks_is_read_all_the_same() -> None:
    large = "word " * (MAX_SCANNED // 5)
    item = "<item><guid>1</guid><title>A</title><description>{}</description></item>"
    body = f"<rss version='2.0'><channel><title>t</title>{item.format(large)}</channel></rss>"
    read = read_feed(body.encode(), URL)
    assert [entry.title for entry in read.entries] == ["A"]
    assert (read.listed, read.marks) == (1, ())
    assert read_feed(body.replace(large, "word").encode(), URL).marks
