"""Story quality on labelled news, with a plain TF-IDF beside it: `python benchmarks/stories.py FOLDER`.

Documents come one by one, no look-ahead, in six orders of arrival; BCubed as mean and range, with a 95 % bootstrap
interval over events (pairs and copies: over pairs and groups).
"""

import argparse
import json
import math
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.judge.streaming import Archive, article, bcubed

from aiwatch.judge.weights import Rarity, vector, weights
from aiwatch.model import Fingerprint, Frequencies, StoryId
from aiwatch.text.fingerprint import fingerprint

ORDERS = 6
SAMPLES = 300
FILES = ("fnc_bodies", "ecb_leads", "uci_headlines_capped")
PLAIN_JOIN = 0.20
Row = Mapping[str, Any]
Prints = Mapping[str, Fingerprint]
Clusters = Sequence[StoryId]


def read(file: Path) -> list[Row]:
    """The rows of one labelled set."""
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def ours(rows: Sequence[Row], prints: Prints) -> Clusters:
    """The story that each article comes to."""
    archive = Archive()
    taken = (archive.take(article(row["title"], row["body"]), prints[row["id"]]) for row in rows)
    return [verdict.story or StoryId(0) for verdict in taken]


def plain(rows: Sequence[Row], prints: Prints) -> Clusters:
    """TF-IDF to centroids with an online table, as in any first attempt: nothing known before, no guards."""
    counts: Counter[str] = Counter()
    centroids: list[dict[str, float]] = []
    found: list[StoryId] = []
    for number, row in enumerate(rows):
        raw = weights(prints[row["id"]])
        idf = {term: math.log((number + 1) / (n + 0.5)) + 1 for term, n in counts.items()}
        unseen = math.log((number + 1) / 0.5) + 1
        mine = _unit(raw, idf, unseen)
        scores = [_dot(mine, _unit(old, idf, unseen)) for old in centroids]
        best = max(range(len(scores)), key=scores.__getitem__, default=-1)
        if best < 0 or scores[best] < PLAIN_JOIN:
            best = len(centroids)
            centroids.append({})
        for term, weight in raw.items():
            centroids[best][term] = centroids[best].get(term, 0.0) + weight
        counts.update(raw.keys())
        found.append(StoryId(best))
    return found


def _unit(raw: Mapping[str, float], idf: Mapping[str, float], unseen: float) -> dict[str, float]:
    weighed = {term: weight * idf.get(term, unseen) for term, weight in raw.items()}
    length = math.hypot(*weighed.values()) or 1.0
    return {term: value / length for term, value in weighed.items()}


def _dot(first: Mapping[str, float], second: Mapping[str, float]) -> float:
    return sum(value * second.get(term, 0.0) for term, value in first.items())


def interval(measure: Callable[[Sequence[str]], float], groups: Sequence[str]) -> str:
    """95 % of the values when the groups are drawn anew."""
    dice = random.Random(0)
    values = sorted(measure(dice.choices(groups, k=len(groups))) for _ in range(SAMPLES))
    return f"[{values[int(0.025 * SAMPLES)]:.3f}, {values[int(0.975 * SAMPLES)]:.3f}]"


def stories_line(name: str, rows: list[Row], way: Callable[..., Clusters], label: str) -> str:
    """One line of the table: six orders of one set."""
    prints = {row["id"]: fingerprint(row["title"], row["body"]) for row in rows}
    results = []
    by_event: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for seed in range(ORDERS):
        random.Random(seed).shuffle(rows)
        gold, found = [row["story"] for row in rows], way(rows, prints)
        results.append(bcubed(gold, found))
        for event, pair in zip(gold, _each(gold, found), strict=True):
            by_event[event].append(pair)
    purity, whole, f1 = (sum(each[n] for each in results) / ORDERS for n in range(3))

    def drawn(events: Sequence[str]) -> float:
        pairs = [pair for event in events for pair in by_event[event]]
        p, r = (sum(pair[n] for pair in pairs) / len(pairs) for n in range(2))
        return 2 * p * r / (p + r)

    spread = f"{min(each[2] for each in results):.3f}-{max(each[2] for each in results):.3f}"
    return (
        f"{name:22} {label:14} F1 {f1:.3f} {interval(drawn, sorted(by_event))} orders {spread}"
        f"  P {purity:.3f}  R {whole:.3f}"
    )


def _each(gold: Sequence[str], found: Clusters) -> list[tuple[float, float]]:
    events, clusters = Counter(gold), Counter(found)
    both = Counter(zip(gold, found, strict=True))
    pairs = zip(gold, found, strict=True)
    return [(both[g, c] / clusters[c], both[g, c] / events[g]) for g, c in pairs]


def pair_score(row: Row) -> float:
    """The cosine of two articles in an empty archive."""
    nothing = Rarity(Frequencies(documents=0, counts={}))
    a, b = (fingerprint(row[side]["title"], row[side]["body"]) for side in "ab")
    return _dot(vector(weights(a), nothing), vector(weights(b), nothing))


def auc(pairs: Sequence[tuple[float, bool]]) -> float:
    """The chance that a true pair scores above a false one."""
    yes = [score for score, same in pairs if same]
    no = [score for score, same in pairs if not same]
    won = sum((y > n) + (y == n) / 2 for y in yes for n in no)
    return won / (len(yes) * len(no)) if yes and no else 0.5


def pairs_line(rows: Sequence[Row]) -> str:
    """Labelled pairs of two languages."""
    scored = {row["id"]: (pair_score(row), bool(row["same"])) for row in rows}
    spread = interval(lambda ids: auc([scored[each] for each in ids]), sorted(scored))
    return f"{'pairs_telegram_ru_en':22} {'ours':14} AUC {auc(list(scored.values())):.3f} {spread}"


def copies_line(name: str, rows: Sequence[Row]) -> str:
    """Precision and recall of pairs that are one text."""
    archive = Archive()
    found = [
        archive.take_copy(
            article(row["title"], row["body"]), fingerprint(row["title"], row["body"])
        )
        for row in rows
    ]
    gold = [row["dup"] for row in rows]
    both, groups, clusters = (
        sum(math.comb(n, 2) for n in Counter(each).values())
        for each in (zip(gold, found, strict=True), gold, found)
    )
    return f"{name:22} {'ours':14} P {both / clusters:.3f}  R {both / groups:.3f}"


def main() -> None:
    """Print the whole table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    given = asked.parse_args()
    for name in FILES:
        for way, label in ((ours, "ours"), (plain, "plain TF-IDF")):
            print(stories_line(name, read(given.folder / f"{name}.jsonl"), way, label), flush=True)
    print(pairs_line(read(given.folder / "pairs_telegram_ru_en.jsonl")))
    print(copies_line("neardup_syndicated", read(given.folder / "neardup_syndicated.jsonl")))


if __name__ == "__main__":
    main()
