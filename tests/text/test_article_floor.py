"""A quality floor on public benchmark pages, where they are at hand (they are not part of this repository).

The figure is the article-extraction-benchmark's: multisets of word 4-grams, precision and recall a page, F1 of their
means. Floors stand a little below what was measured on every third page; raise them when the figures rise. The gold
file is hashed, so that a changed corpus is not taken for a changed program.
"""

import gzip
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from aiwatch.model import Extract
from aiwatch.text.article import extract

DATA = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "extract"
GOLD = "715df8b6672a768c10bd908fb0dcb07bd16d01b6ecb2fb0cc883fe37f0f93b9a"
SETS = ("atf", "fundus", "fundus_eval", "scrapinghub", "wcxb_dev")
_WORD = re.compile(r"\w+")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.untraced,
    pytest.mark.skipif(not (DATA / "gold.jsonl").exists(), reason="no benchmark pages at hand"),
]


def grams(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    return (
        Counter(tuple(words[n : n + 4]) for n in range(max(1, len(words) - 3)))
        if words
        else Counter()
    )


def shares(gold: str, got: str) -> tuple[float, float, float]:
    """Precision, recall and F1 of one page."""
    a, b = grams(gold), grams(got)
    both = sum((a & b).values())
    return (
        both / (sum(b.values()) or 1),
        both / (sum(a.values()) or 1),
        2 * both / (sum(a.values()) + sum(b.values()) or 1),
    )


def body_f1(pages: Iterable[tuple[dict[str, Any], Extract]]) -> float:
    best = [
        max(
            (shares(gold, got.text) for gold in (row["body"], row.get("body_alt")) if gold),
            key=lambda x: x[2],
        )
        for row, got in pages
    ]
    precision, recall = (sum(one[n] for one in best) / len(best) for n in (0, 1))
    return 2 * precision * recall / (precision + recall)


@pytest.fixture(scope="module")
def pages() -> dict[str, list[tuple[dict[str, Any], Extract]]]:
    out: dict[str, list[tuple[dict[str, Any], Extract]]] = {name: [] for name in SETS}
    seen: Counter[str] = Counter()
    with (DATA / "gold.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            name = row["source_set"]
            if name in SETS and row.get("body"):
                seen[name] += 1
                if seen[name] % 3 == 1:
                    body = gzip.decompress((DATA / row["file"]).read_bytes())
                    out[name].append((row, extract(body, row["url"])))
    return out


def test_the_pages_are_those_for_which_the_floors_were_measured() -> None:
    assert hashlib.sha256((DATA / "gold.jsonl").read_bytes()).hexdigest() == GOLD


@pytest.mark.parametrize(
    ("name", "floor"),
    [
        ("scrapinghub", 0.982),
        ("atf", 0.935),
        ("fundus", 0.977),
        ("fundus_eval", 0.947),
        ("wcxb_dev", 0.961),
    ],
)
def test_the_text_is_as_good_as_it_was(
    pages: dict[str, list[tuple[dict[str, Any], Extract]]], name: str, floor: float
) -> None:
    assert body_f1(pages[name]) >= floor
