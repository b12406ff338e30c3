"""Milliseconds an article for each step of judging: `python benchmarks/judging.py <folder of labelled stories>`."""

import json
import sys
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.judge.streaming import NOW, Archive, article

from aiwatch.judge import duplicates, stories
from aiwatch.text.fingerprint import fingerprint

FILES = ("fnc_bodies", "ecb_leads", "uci_headlines_capped")


def measured(file: Path) -> tuple[dict[str, float], int]:
    """Seconds of processor time by step, and the number of articles."""
    archive = Archive()
    spent: defaultdict[str, float] = defaultdict(float)
    lines = file.read_text("utf-8").splitlines()
    for row in map(json.loads, lines):
        read = article(row["title"], row["body"])
        start = time.process_time()
        print_ = fingerprint(read.title, read.text)
        spent["fingerprint"] += time.process_time() - start
        near = archive.near(print_)
        start = time.process_time()
        duplicates.same_text(print_, near, read.title)
        spent["copies"] += time.process_time() - start
        seen, candidates = archive.candidates(print_)
        start = time.process_time()
        stories.assign(read, print_, seen, candidates, NOW)
        spent["stories"] += time.process_time() - start
        archive.take(read, print_)
    return spent, len(lines)


def main(folder: Path) -> None:
    """Print one line a file."""
    for name in FILES:
        spent, articles = measured(folder / f"{name}.jsonl")
        steps = ", ".join(f"{step} {1000 * spent[step] / articles:.2f} ms" for step in spent)
        print(f"{name}: {articles} articles; {steps}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
