"""Floors for titles, authors and dates on public benchmark pages, where they are at hand (not in this repository).

Each floor stands a little below what was measured on the same third of the pages; the gold file is hashed, so that a
changed corpus is not taken for a changed program.
"""

import gzip
import hashlib
import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from aiwatch.text.blocks import Blocks, read_blocks
from aiwatch.text.bounds import within_bounds
from aiwatch.text.decode import decode
from aiwatch.text.metadata import Metadata, gather, read_metadata

DATA = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "extract"
GOLD = "715df8b6672a768c10bd908fb0dcb07bd16d01b6ecb2fb0cc883fe37f0f93b9a"
SETS = ("atf", "fundus", "mediacloud_dates", "trafeval", "wcxb_dev")
EVERY = 3
_WORD = re.compile(r"\w+")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LIST = re.compile(r"\s*(?:;|,|\||/|&|\band\b|\bund\b|\bet\b|\by\b)\s*", re.IGNORECASE)
_LEAD = re.compile(r"^\s*(?:by|von|par|por|di)\s+", re.IGNORECASE)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.untraced,
    pytest.mark.skipif(not (DATA / "gold.jsonl").exists(), reason="no benchmark pages at hand"),
]


def normal(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def names(authors: Any) -> set[str]:
    """Names as the benchmark compares them: lists opened, "by" left out."""
    texts = [authors] if isinstance(authors, str) else authors
    parts = [part for text in texts for part in _LIST.split(_LEAD.sub("", text))]
    return {normal(part) for part in parts} - {""}


def read(page: bytes, url: str | None) -> Metadata:
    markup, _ = within_bounds(decode(page, None).removeprefix("\ufeff"))
    tree = LexborHTMLParser(markup.encode("utf-8", "replace"))
    blocks = (read_blocks(tree.body) if tree.body is not None else Blocks()).blocks
    start = next((n for n, block in enumerate(blocks) if block.tag == "h1"), 0)
    lines = [block.text for block in blocks[max(0, start - 3) : start + 40]]
    return read_metadata(tree, gather(tree, url), url, lines)


def is_right(row: dict[str, Any], got: Metadata) -> dict[str, bool]:
    """For each field of which the benchmark tells something, whether it was read."""
    day = got.dates.published.date().isoformat() if got.dates.published else None
    right = {
        "title": normal(row.get("title") or "") == normal(got.title),
        "authors": names(row.get("authors") or ()) == names(got.authors),
        "date": (found[0] if (found := _DAY.match(str(row.get("date")))) else None) == day,
    }
    return {field: is_it for field, is_it in right.items() if row.get(field)}


@pytest.fixture(scope="module")
def shares() -> dict[tuple[str, str], float]:
    right: dict[tuple[str, str], list[bool]] = defaultdict(list)
    seen: Counter[str] = Counter()
    with (DATA / "gold.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            name = row["source_set"]
            seen[name] += 1
            if name in SETS and seen[name] % EVERY == 1:
                got = read(gzip.decompress((DATA / row["file"]).read_bytes()), row["url"])
                for field, value in is_right(row, got).items():
                    right[name, field].append(value)
    return {key: sum(values) / len(values) for key, values in right.items()}


def test_the_pages_are_those_for_which_the_floors_were_measured() -> None:
    assert hashlib.sha256((DATA / "gold.jsonl").read_bytes()).hexdigest() == GOLD


@pytest.mark.parametrize(
    ("name", "field", "floor"),
    [
        ("atf", "title", 0.92),
        ("atf", "authors", 0.94),
        ("atf", "date", 0.86),
        ("fundus", "title", 0.78),
        ("fundus", "authors", 0.93),
        ("fundus", "date", 0.99),
        ("mediacloud_dates", "date", 0.97),
        ("trafeval", "title", 0.83),
        ("trafeval", "authors", 0.72),
        ("trafeval", "date", 0.85),
        ("wcxb_dev", "title", 0.88),
        ("wcxb_dev", "authors", 0.79),
        ("wcxb_dev", "date", 0.885),
    ],
)
def test_titles_authors_and_dates_are_as_right_as_they_were(
    shares: dict[tuple[str, str], float], name: str, field: str, floor: float
) -> None:
    assert shares[name, field] >= floor
