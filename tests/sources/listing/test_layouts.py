"""Every invented page in tests/data/listing, read without selectors: links, titles and dates hold their floors."""

import importlib.util
import json
import random
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from aiwatch.sources.listing import ListingOptions, read_listing
from aiwatch.text.urls import url_key

ROOT = Path(__file__).resolve().parents[3]
LAYOUTS = sorted((ROOT / "tests/data/listing").glob("*.html"))


def _benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "listing_benchmark", ROOT / "benchmarks/listing.py"
    )
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


BENCHMARK = _benchmark()


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda path: path.stem)
def test_a_page_without_selectors_gives_its_articles(layout: Path) -> None:
    row = BENCHMARK.measure(layout)
    assert row.precision >= 0.95, row.faults
    assert row.recall >= 0.95, row.faults
    assert row.titles >= 0.95, row.faults
    assert row.dates >= 0.95, row.faults


def test_there_are_many_kinds_of_pages() -> None:
    assert len(LAYOUTS) >= 40


@pytest.mark.parametrize(
    "name",
    [
        "wordpress-archive-sidebar",
        "chinese-numeric-list",
        "webflow-collection",
        "korean-board-table",
    ],
)
def test_a_page_in_another_order_gives_the_same_ids(name: str) -> None:
    page = (ROOT / f"tests/data/listing/{name}.html").read_text(encoding="utf-8")
    url = json.loads((ROOT / f"tests/data/listing/{name}.json").read_text(encoding="utf-8"))["url"]
    cards = re.findall(
        r"<article.*?</article>|<li><span>.*?</li>|<div role=\"listitem\" class=\"blog-item.*?</p></a></div>|<tr><td>.*?</tr>",
        page,
        re.DOTALL,
    )
    assert len(cards) > 4
    shuffled = random.Random(7).sample(cards, len(cards))
    order = iter(shuffled)
    for n, card in enumerate(cards):
        page = page.replace(card, f"@@{n}@@", 1)
    page = re.sub(r"@@\d+@@", lambda _: next(order), page)
    before = BENCHMARK.measure(ROOT / f"tests/data/listing/{name}.html")
    reading = read_listing(page.encode(), url, "text/html", ListingOptions())
    original = read_listing(
        (ROOT / f"tests/data/listing/{name}.html").read_bytes(), url, "text/html", ListingOptions()
    )
    assert {entry.id for entry in reading.entries} == {entry.id for entry in original.entries}
    assert [e.id for e in reading.entries] != [e.id for e in original.entries]
    assert {(e.id, e.title) for e in reading.entries} == {(e.id, e.title) for e in original.entries}
    assert before.links == len(reading.entries)


@pytest.mark.parametrize("layout", LAYOUTS[::4], ids=lambda path: path.stem)
def test_entries_keep_the_order_of_the_page(layout: Path) -> None:
    expected = json.loads(layout.with_suffix(".json").read_text(encoding="utf-8"))
    reading = read_listing(layout.read_bytes(), expected["url"], "text/html", ListingOptions())
    assert [entry.title for entry in reading.entries] == [e["title"] for e in expected["entries"]]


CLASS = re.compile(r"""\s(?:class|id|data-framer-name)=(?:"[^"]*"|'[^']*'|[\w-]+)""")
SCRIPT = re.compile(r"(<script.*?</script>)", re.DOTALL)


def _without_names(markup: str) -> str:
    return CLASS.sub("", markup)


def _without_meaning(markup: str) -> str:
    return re.sub(r"<(/?)(?:nav|header|footer|aside|main|article|section)\b", r"<\1div", markup)


@pytest.mark.untraced
@pytest.mark.parametrize("disguise", [_without_names, _without_meaning], ids=lambda f: f.__name__)
def test_pages_whose_markup_says_less_are_read_as_well(disguise: Callable[[str], str]) -> None:
    poor = []
    for layout in LAYOUTS:
        expected = json.loads(layout.with_suffix(".json").read_text(encoding="utf-8"))
        parts = SCRIPT.split(layout.read_text(encoding="utf-8"))
        page = "".join(part if part.startswith("<script") else disguise(part) for part in parts)
        reading = read_listing(page.encode(), expected["url"], "text/html", ListingOptions())
        wanted = {url_key(entry["url"]) for entry in expected["entries"]}
        found = {url_key(entry.url or "") for entry in reading.entries}
        right = len(wanted & found)
        if right < 0.95 * len(wanted) or right < 0.95 * len(found):
            poor.append((layout.stem, wanted ^ found))
    assert poor == []
