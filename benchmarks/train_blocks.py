"""Build src/aiwatch/text/data/blocks.json: which blocks of a page are its article, learned from benchmark pages.

    pip install scikit-learn && python benchmarks/train_blocks.py [--folds]

`--folds` only measures: four parts by host, each judged by a model that saw no page of its hosts. The second model is
always trained on scores that the first gave to hosts it had not seen, as it will meet them in use.
"""

import argparse
import gzip
import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import numpy as np
import scipy.sparse as sparse
from selectolax.lexbor import LexborHTMLParser
from sklearn.linear_model import LogisticRegression

from aiwatch.text.article import _from_h1
from aiwatch.text.blocks import HEADINGS, Blocks, read_blocks
from aiwatch.text.body import MAX_WEIGHED, by_rules, kept_by
from aiwatch.text.bounds import within_bounds
from aiwatch.text.decode import decode
from aiwatch.text.metadata import gather, read_metadata
from aiwatch.text.neighbours import second_look
from aiwatch.text.traits import Choice, Traits, traits_of
from aiwatch.text.weighing import HOPELESS, evened
from aiwatch.text.wording import DEPTH, WORDY, names_in, words_in

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / ".." / "shared" / "data" / "extract"
OUT = ROOT / "src" / "aiwatch" / "text" / "data" / "blocks.json"
FOLDS, STRENGTH = 4, 0.1
# Words are many and each is rare: at .4 of a trait's size they pay six times its penalty.
WORD_SIZE = 0.4
# A name or word counts when so many hosts have it, so that none speaks for a host.
LEAST_NAME_HOSTS, LEAST_WORD_HOSTS = 25, 80
SEGMENT = (
    0.12  # what a sentence of gold weighs where the whole text is not given; a whole text weighs 1
)
_WORD = re.compile(r"\w+")
Label = tuple[int, float]


class Page(NamedTuple):
    """A page, what is known of its blocks, and what they should be."""

    row: dict[str, Any]
    blocks: Blocks
    title: str
    fold: int
    choice: Choice
    traits: list[Traits | None]
    labels: list[Label]


def site_of(url: str) -> str:
    host = (urlsplit(url if "//" in url else "//" + url).hostname or url).lower()
    parts = host.removeprefix("www.").split(".")
    return ".".join(parts[-2:] if len(parts) < 3 or len(parts[-2]) > 3 else parts[-3:])


def fold_of(url: str) -> int:
    return int(hashlib.sha256(site_of(url).encode()).hexdigest(), 16) % FOLDS


def shares(gold: str, words: list[list[str]]) -> list[float | None]:
    """How much of each block stands in the gold text; a second copy does not."""
    told = _WORD.findall(gold)
    grams = Counter(tuple(told[n : n + 4]) for n in range(len(told)))
    lines = {tuple(_WORD.findall(line)) for line in gold.split("\n")}
    used: Counter[tuple[str, ...]] = Counter()
    out: list[float | None] = []
    for n, own in enumerate(words):
        if len(own) >= 4:
            mine = [tuple(own[k : k + 4]) for k in range(len(own) - 3)]
            right = 0
            for gram in mine:
                right += used[gram] < grams[gram]
                used[gram] += 1
            out.append(right / len(mine))
        elif own:
            before = [w for block in words[max(0, n - 3) : n] for w in block][-3:]
            after = [w for block in words[n + 1 : n + 4] for w in block][:3]
            near = (tuple((before + own)[-4:]) in grams, tuple((own + after)[:4]) in grams)
            out.append(float(any(near) or tuple(own) in lines))
        else:
            out.append(None)
    return out


def labels_of(row: dict[str, Any], page: Blocks) -> list[Label]:
    if not row.get("body"):
        yes, no = row["with_"], row["without"]
        return [
            (1, SEGMENT)
            if any(s in b.text for s in yes)
            else (0, SEGMENT if any(s in b.text for s in no) else 0.0)
            for b in page.blocks
        ]
    words = [_WORD.findall(block.text) for block in page.blocks]
    golds = [row["body"], *filter(None, [row.get("body_alt")])]
    length = max(60, len(_WORD.findall(golds[0])))
    found = [shares(gold, words) for gold in golds]
    out = []
    for n, own in enumerate(words):
        here = [one[n] for one in found if one[n] is not None]
        if not here or len({share >= 0.5 for share in here}) > 1:
            out.append((0, 0.0))  # gold texts differ: nothing is learned from it
            continue
        sure = abs(here[0] - 0.5) * 2 if len(own) >= 4 else 1.0
        out.append((int(here[0] >= 0.5), min(0.5, (len(own) + 1) / length) * sure))
    return out


def read_page(row: dict[str, Any]) -> Page | None:
    html = decode(gzip.decompress((PAGES / row["file"]).read_bytes()), None)
    html, _ = within_bounds(html.removeprefix("\ufeff"))
    tree = LexborHTMLParser(html.encode("utf-8", "replace"))
    page = read_blocks(tree.body) if tree.body is not None else Blocks()
    if not 0 < len(page.blocks) <= MAX_WEIGHED:
        return None
    found = gather(tree, row["url"])
    title = read_metadata(tree, found, row["url"], _from_h1(page)).title
    choice = by_rules(page)
    traits = traits_of(page, choice, title, found.linked.body)
    labels = [
        label if one is not None else (0, 0.0)
        for label, one in zip(labels_of(row, page), traits, strict=True)
    ]
    fold = fold_of(row["url"] or row["id"])
    return Page(row, page, title, fold, choice, traits, labels)


Column = tuple[str, Any, Any]


def vocabulary(pages: list[Page]) -> set[Column]:
    """The names and words that enough hosts have."""
    hosts: defaultdict[Column, set[str]] = defaultdict(set)
    for page in pages:
        host = site_of(page.row["url"] or page.row["id"])
        for place in page.blocks.places:
            for name in names_in(place.tag, place.name):
                hosts["names", 0, name].add(host)
        for block in page.blocks.blocks:
            if block.width < WORDY:
                for word in words_in(block.text):
                    hosts["words", 0, word].add(host)
    least = {"names": LEAST_NAME_HOSTS, "words": LEAST_WORD_HOSTS}
    return {column for column, found in hosts.items() if len(found) >= least[column[0]]}


def words_of(page: Page, known: set[Column]) -> Iterator[list[Column]]:
    """For each block, its words and the names of the places around it."""
    for block, one in zip(page.blocks.blocks, page.traits, strict=True):
        out: list[Column] = []
        n = block.place if one is not None else -1
        for depth in range(DEPTH):
            if n >= 0:
                place = page.blocks.places[n]
                names = names_in(place.tag, place.name)
                out += [("names", depth, name) for name in names if ("names", 0, name) in known]
                n = place.parent
        if one is not None:
            out += [("words", 0, w) for w in set(one.words) if ("words", 0, w) in known]
        yield out


def columns_of(one: Traits | None) -> list[Column]:
    if one is None:
        return []
    around = one.around
    out = [("slots", n, value) for n, value in enumerate((*one.slots, *around.slots))]
    for name, mask in (("own", around.own), ("near", around.near), ("far", around.far)):
        out += [(name, n, 1) for n in range(mask.bit_length()) if mask >> n & 1]
    return out


def matrix(rows: Iterable[list[Column]]) -> tuple[Any, dict[Column, int]]:
    """One row a block, one column for each value that a trait takes."""
    known: dict[Column, int] = {}
    at, ends = [], [0]
    for row in rows:
        at.extend(known.setdefault(column, len(known)) for column in row)
        ends.append(len(at))
    shape = (len(ends) - 1, len(known))
    return sparse.csr_matrix((np.ones(len(at)), at, ends), shape=shape), known


class Fitter:
    """Fits models to the blocks, with or without those of one part."""

    def __init__(self, pages: list[Page]) -> None:
        labels = [label for page in pages for label in page.labels]
        self.right = np.array([label for label, _ in labels])
        self.weight = np.array([weight for _, weight in labels]) * 50
        self.hopeless = np.array([one is None for page in pages for one in page.traits])
        self.part = np.repeat([page.fold for page in pages], [len(page.labels) for page in pages])

    def fit(self, x: Any, leave: int | None = None) -> Any:
        use = (self.weight > 0) & (self.part != leave)
        model = LogisticRegression(C=STRENGTH, max_iter=120, tol=1e-3)
        return model.fit(x[use], self.right[use], sample_weight=self.weight[use])

    def unseen(self, x: Any) -> Any:
        """Each block's score by a model that saw nothing of its host."""
        out = np.zeros(len(self.right))
        for part in range(FOLDS):
            model = self.fit(x, part)
            out[self.part == part] = model.decision_function(x[self.part == part])
        out[self.hopeless] = HOPELESS
        return out


def split(pages: list[Page], scores: Any) -> list[list[float]]:
    ends = np.cumsum([len(page.labels) for page in pages])
    return [part.tolist() for part in np.split(scores, ends[:-1])]


def text_of(page: Page, scores: list[float]) -> str:
    keep = kept_by(page.blocks, page.choice, evened(page.blocks, scores))
    blocks = zip(page.blocks.blocks, keep, strict=True)
    kept = [block for block, is_kept in blocks if is_kept and block.text != page.title]
    while kept and kept[-1].tag in HEADINGS:
        kept.pop()
    return "\n".join(block.text for block in kept)


def shares_right(gold: str, got: str) -> tuple[float, float]:
    sides = []
    for text in (gold, got):
        words = _WORD.findall(text)
        sides.append(Counter(tuple(words[n : n + 4]) for n in range(max(1, len(words) - 3))))
    both = (sides[0] & sides[1]).total()
    return both / (sides[1].total() or 1), both / (sides[0].total() or 1)


def report(pages: list[Page], scores: list[list[float]]) -> None:
    by_set: dict[str, list[tuple[float, float]]] = {}
    poor = 0
    segments: Counter[tuple[str, bool]] = Counter()
    for page, own in zip(pages, scores, strict=True):
        got = text_of(page, own)
        golds = [g for g in (page.row.get("body"), page.row.get("body_alt")) if g]
        if golds:
            p, r = max((shares_right(gold, got) for gold in golds), key=sum)
            poor += 2 * p * r < 0.5 * (p + r) or not p
            by_set.setdefault(page.row["source_set"], []).append((p, r))
        else:
            segments.update(("with_", part in got) for part in page.row["with_"])
            segments.update(("without", part in got) for part in page.row["without"])
    for name, found in sorted(by_set.items()):
        p, r = (sum(one[n] for one in found) / len(found) for n in (0, 1))
        print(f"{name:12} pages {len(found):4}  F1 {2 * p * r / (p + r):.4f} ({p:.3f}/{r:.3f})")
    good, bad, missed = (
        segments[k] for k in (("with_", True), ("without", True), ("with_", False))
    )
    print(f"segments     F1 {2 * good / (2 * good + bad + missed):.4f}; pages with F1 < .5: {poor}")


def table(weights: Any, known: dict[Column, int], bias: float) -> dict[str, Any]:
    by_name: dict[str, Any] = {"slots": [], "own": [], "near": [], "far": []}
    for (name, n, value), column in known.items():
        rows = by_name[name]
        weight = round(float(weights[column]), 3)
        if name != "slots":
            rows.extend([0.0] * (n + 1 - len(rows)))
            rows[n] = weight
            continue
        rows.extend([] for _ in range(n + 1 - len(rows)))
        rows[n].extend([0.0] * (value + 1 - len(rows[n])))
        rows[n][value] = weight
    return by_name | {"bias": round(float(bias), 3)}


def worded(first: Any, second: Any, known: dict[Column, int]) -> dict[str, Any]:
    """The words and names that weigh something, with what they weigh in both models, in hundredths."""
    words: dict[str, list[int]] = {}
    names: list[dict[str, list[int]]] = [{} for _ in range(DEPTH)]
    for (kind, depth, word), column in sorted(known.items()):
        pair = [round(float(one[column]) * WORD_SIZE * 100) for one in (first, second)]
        if any(pair):
            (words if kind == "words" else names[depth])[word] = pair
    return {"words": words, "names": names}


def made(first: Any, second: Any, known: list[dict[Column, int]]) -> dict[str, Any]:
    """The file of weights; `known` are the columns of traits, of words, and of the second look."""
    traits, words, looks = known
    edge, weights = len(looks), second.coef_[0]
    half = edge + len(traits)
    return {
        "first": table(first.coef_[0], traits, first.intercept_[0]),
        "second": table(weights[edge:half], traits, second.intercept_[0]),
        "around": table(weights[:edge], looks, 0.0)["slots"],
        "carry": round(float(weights[-1]) / 3, 4),
        **worded(first.coef_[0][len(traits) :], weights[half:-1], words),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", action="store_true", help="measure only")
    only_measure = parser.parse_args().folds
    rows = map(json.loads, (PAGES / "gold.jsonl").read_text("utf-8").strip().split("\n"))
    asked = (row for row in rows if row.get("body") or row.get("with_") is not None)
    pages = [page for page in map(read_page, asked) if page]
    fitter = Fitter(pages)
    x, traits = matrix(columns_of(one) for page in pages for one in page.traits)
    known = vocabulary(pages)
    w, words = matrix(line for page in pages for line in words_of(page, known))
    x = sparse.hstack([x, w * WORD_SIZE]).tocsr()
    scores = fitter.unseen(x)
    around, looks = matrix(
        [("slots", n, v) for n, v in enumerate(look)]
        for page, own in zip(pages, split(pages, scores), strict=True)
        for look in second_look(page.blocks, page.traits, own)
    )
    both = sparse.hstack([around, x, sparse.csr_matrix(scores[:, None] / 3)]).tocsr()
    if only_measure:
        report(pages, split(pages, fitter.unseen(both)))
        return
    weights = made(fitter.fit(x), fitter.fit(both), [traits, words, looks])
    text = json.dumps(weights, separators=(",", ":"), ensure_ascii=False)
    OUT.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
