"""Captured feeds and hostile ones that are too many, or not ours, to keep here: skipped where they are absent."""

import gzip
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from aiwatch.sources.feed import read_feed
from tests.sources.peers import (
    DECODED,
    MORE_DATES,
    NO_CLOCK,
    ORIGINAL,
    OUTLET,
    POINTED,
    differences,
    expectations,
    same_by_marks,
    series,
    theirs,
    wording,
)

SHARED = Path(__file__).parents[2] / ".." / "shared" / "data" / "feeds"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.untraced,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the captured feeds are not on this machine"),
]


def rows(name: str) -> list[dict[str, Any]]:
    path = SHARED / name
    return (
        [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        if path.exists()
        else []
    )


ARGUED = {
    "070-googleblog-blogspot-com": {ORIGINAL: 25},
    "109-breakingnews-ie": {ORIGINAL: 10},
    "147-news-google-com": {DECODED: 38, OUTLET: 38},
    "167-trottercashion-com": {ORIGINAL: 14},
    "179-news-google-com": {OUTLET: 100},
    "202-koreatimes-co-kr": {MORE_DATES: 195},
    "252-reddit-com": {POINTED: 18},
    "254-reddit-com": {POINTED: 18},
    "357-boat-karlnelson-net": {NO_CLOCK: 2},
}


@pytest.mark.parametrize(
    "row",
    [row for row in rows("real.jsonl") if ".json" not in row["file"]],
    ids=lambda row: row["file"],
)
def test_entries_are_those_that_feedparser_finds(row: dict[str, Any]) -> None:
    """Every difference is argued in peers.py, and counted here."""
    body = gzip.decompress((SHARED / row["file"]).read_bytes())
    url = f"https://{row['host']}/feed"
    ours = read_feed(body, url)
    wanted = theirs(body, url)
    assert ours.usable
    assert len(ours.entries) == len(wanted)
    found = Counter(
        line
        for our, their in zip(ours.entries, wanted, strict=True)
        for line in differences(our, their)
    )
    assert found == ARGUED.get(Path(row["file"]).name.removesuffix(".xml.gz"), {})


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


@pytest.mark.parametrize("row", rows("hostile.jsonl"), ids=lambda row: row["file"])
def test_what_a_hostile_feed_must_not_break_holds(row: dict[str, Any]) -> None:
    reading = read_feed((SHARED / row["file"]).read_bytes(), "https://news.example/feed.xml")
    assert expectations(reading, row["expect"]) == []
    repr(reading).encode()


@pytest.mark.parametrize("row", rows("real.jsonl")[::3], ids=lambda row: row["file"])
def test_known_items_are_passed_over_and_no_others(row: dict[str, Any]) -> None:
    same_by_marks(
        gzip.decompress((SHARED / row["file"]).read_bytes()), f"https://{row['host']}/feed"
    )


@pytest.mark.parametrize("row", rows("hostile.jsonl"), ids=lambda row: row["file"])
def test_a_hostile_feed_known_whole_brings_nothing(row: dict[str, Any]) -> None:
    same_by_marks((SHARED / row["file"]).read_bytes(), "https://news.example/feed.xml")


def test_each_new_entry_of_a_series_is_found_once() -> None:
    """The ids, addresses and wordings of every body read whole, against what marks let through."""
    for name, bodies in series(SHARED):
        known: set[tuple[str, str | None, str]] = set()
        found: defaultdict[tuple[str, str | None, str], int] = defaultdict(int)
        marks: frozenset[str] = frozenset()
        for body in bodies:
            part = read_feed(body, "https://news.example/feed.xml", None, marks)
            marks |= frozenset(part.marks)
            for entry in part.entries:
                found[entry.id, entry.url, wording(entry)] += 1
            whole = read_feed(body, "https://news.example/feed.xml").entries
            known |= {(entry.id, entry.url, wording(entry)) for entry in whole}
        assert set(found) == known, name
        assert [entry for entry, times in found.items() if times > 1] == [], name
