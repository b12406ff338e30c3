"""Pages made to hurt: bounded, never raising. Seconds of CPU are checked with room to spare."""

import json
import time

import pytest

from aiwatch.sources.listing import ListingOptions, read_listing

START = "<!doctype html><html><head><title>T</title></head><body>"
CARDS = "".join(
    f'<div class="card"><h3><a href="/news/item-number-{n}">Item number {n} with a headline</a></h3><p>{n + 1} Nov 2026</p></div>'
    for n in range(12)
)
POSTS = [
    {
        "slug": f"slug-{n}",
        "title": f"Title {n} of many",
        "publishedAt": "2026-11-01",
        "x": [{"a": [1, {}]}] * 4,
    }
    for n in range(30_000)
]
CASES = {
    "16,000 attributes": CARDS + "<div " + " ".join(f'a{n}="x"' for n in range(16_000)) + ">",
    "100,000 deep": CARDS + "<div>" * 100_000,
    "links in links": '<div><a href="/news/a-b">' * 30_000,
    "12 MB of JSON": CARDS + '<script type="application/json">' + json.dumps(POSTS * 3) + "</script>",
    "deep JSON": CARDS + '<script type="application/json">' + "[" * 200_000 + "</script>",
    "broken JSON-LD": CARDS + '<script type="application/ld+json">{"@type":,,</script>' * 1_000,
    "open scripts": CARDS + "<script>" * 100_000,
    "many scripts": "<script>window.x={};</script>" * 50_000 + CARDS,
    "states that do not end": CARDS + "<script>" + 'window.x={"a":' * 50_000 + "</script>",
    "a stream of brackets": CARDS + '<script>self.__next_f.push([1,"' + "0:[" * 100_000 + '"])</script>',
    "JSON in attributes": CARDS + "<i data-x='[" + "[" * 5_000 + "]'></i>" * 100,
    "popular": "<div><h3>Popular posts</h3><a href='/news/a-a-a'>b</a></div>" * 20_000 + CARDS,
    "one address": "<p><a href='/news/one-two-three'>One two three four</a></p>" * 20_000,
    "a long text": CARDS + "<p>" + "1 Nov 2026 · " * 200_000,
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.untraced
@pytest.mark.parametrize("case", CASES)
def test_hostile_pages_end_soon(case: str) -> None:
    body = (START + CASES[case]).encode()
    before = time.process_time()
    reading = read_listing(body, "https://plume.example/news", "text/html", ListingOptions())
    assert time.process_time() - before < 40  # two at most are measured
    assert reading.usable is bool(reading.entries)
