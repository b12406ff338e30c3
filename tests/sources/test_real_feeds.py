"""Captured feeds and hostile ones that are too many, or not ours, to keep here: skipped where they are absent."""

import calendar
import gzip
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest

from aiwatch.model import Entry, Reading
from aiwatch.sources.entries import title_of
from aiwatch.sources.feed import read_feed
from aiwatch.text.clean import clean_line
from aiwatch.text.dates import FIRST_YEAR

SHARED = Path(__file__).parents[2] / ".." / "shared" / "data" / "feeds"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the captured feeds are not on this machine"),
]


def rows(name: str) -> list[dict[str, Any]]:
    path = SHARED / name
    return (
        [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        if path.exists()
        else []
    )


def theirs(body: bytes, url: str) -> list[Mapping[str, Any]]:
    """feedparser as it comes, told where the bytes are from and that they are XML."""
    headers = {"content-location": url, "content-type": "application/xml"}
    entries: list[Mapping[str, Any]] = feedparser.parse(io.BytesIO(body), response_headers=headers)[
        "entries"
    ]
    once: dict[str, Mapping[str, Any]] = {}
    for number, entry in enumerate(entries):
        once.setdefault(entry.get("id") or entry.get("link") or str(number), entry)
    return list(once.values())


def their_date(entry: Mapping[str, Any]) -> datetime | None:
    stated = dict(
        entry
    )  # asked itself, feedparser's own dict gives `published` for a missing `updated`, and warns
    for key in ("published_parsed", "updated_parsed"):
        if parsed := stated.get(key):
            moment = datetime.fromtimestamp(calendar.timegm(parsed), UTC)
            return moment if moment.year >= FIRST_YEAR else None
    return None


def differences(our: Entry, their: Mapping[str, Any]) -> list[str]:
    stated = clean_line(their.get("id") or their.get("link") or "")
    pairs = {
        "id": (our.id, stated or our.id),
        "url": (our.url, their.get("link") or None),
        "title": (our.title, title_of(their.get("title") or "")),
        "published": (
            our.published,
            their_date(their) or our.published,
        ),  # we may read more dates, never other ones
    }
    return [f"{name}: {a!r} is not {b!r}" for name, (a, b) in pairs.items() if a != b]


@pytest.mark.parametrize(
    "row",
    [row for row in rows("real.jsonl") if ".json" not in row["file"]],
    ids=lambda row: row["file"],
)
def test_entries_are_those_that_feedparser_finds(row: dict[str, Any]) -> None:
    body = gzip.decompress((SHARED / row["file"]).read_bytes())
    url = f"https://{row['host']}/feed"
    ours = read_feed(body, url)
    wanted = theirs(body, url)
    assert ours.usable
    assert len(ours.entries) == len(wanted)
    assert not [
        line
        for our, their in zip(ours.entries, wanted, strict=True)
        for line in differences(our, their)
    ]


@pytest.mark.parametrize(
    "row",
    [row for row in rows("real.jsonl") if ".json" in row["file"]],
    ids=lambda row: row["file"],
)
def test_json_feeds_are_read_whole(row: dict[str, Any]) -> None:
    body = gzip.decompress((SHARED / row["file"]).read_bytes())
    ours = read_feed(body, f"https://{row['host']}/feed.json", "application/feed+json")
    items = json.loads(body)["items"]
    assert [entry.id for entry in ours.entries] == [str(item["id"]) for item in items]
    assert all(entry.url and entry.published for entry in ours.entries)


def met(reading: Reading, expect: Mapping[str, Any]) -> dict[str, object]:
    """What of the reading each expectation speaks of; those of other rooms (memory, requests, discovery) left out."""
    entries = reading.entries
    first = entries[0] if entries else Entry(id="", url=None, title="")
    facts = {
        "entries": len(entries),
        "is_error": not reading.usable,
        "link0": first.url,
        "title0": first.title,
        "title0_text": first.title,
        "distinct_ids": len({entry.id for entry in entries}),
        "distinct_links": len({entry.url for entry in entries}),
        "title_no_newline": "\n" not in first.title and "\r" not in first.title,
        "no_crash": True,
    }
    return {key: facts[key] for key in expect if key in facts}


@pytest.mark.parametrize("row", rows("hostile.jsonl"), ids=lambda row: row["file"])
def test_what_a_hostile_feed_must_not_break_holds(row: dict[str, Any]) -> None:
    reading = read_feed((SHARED / row["file"]).read_bytes(), "https://news.example/feed.xml")
    expect = row["expect"]
    facts = met(reading, expect)
    assert facts == {key: expect[key] for key in facts}
    assert len(reading.entries) >= expect.get("entries_at_least", 0)
    assert expect.get("must_not_contain", "\x00") not in repr(reading)
    repr(reading).encode()
