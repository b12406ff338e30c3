"""What hostile answers cost: `python benchmarks/bombs.py [seconds of deadline]`. Linux only.

With `--pages`: the seconds of CPU that reading takes of each page made to hurt, the slowest first.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.fetch.bombs import costs
from tests.text.hostile import ADDRESS, PAGES

from aiwatch.text.article import extract


def main(timeout: float) -> None:
    """Print one line a bomb."""
    rows, reached = costs(timeout)
    print(
        f"deadline {timeout:g} s; limit of a body 15 MB; a healthy feed is polled three times beside each\n"
    )
    print(f"{'what':<36}{'kind':<10}{'s':>6}{'extra MB':>10}{'neighbour s':>13}  words")
    for row in rows:
        figures = f"{row.seconds:>6.2f}{row.extra:>10.1f}{row.neighbour:>13.3f}"
        print(f"{row.what:<36}{row.kind:<10}{figures}  {row.words}")
    print(f"\nrequests that came through to the private address: {reached}")


def hostile_pages() -> None:
    """Print one line a page."""
    rows = sorted(((_seconds(name), name) for name in PAGES), reverse=True)
    print(f"{'page':<36}{'s of CPU':>10}")
    for seconds, name in rows:
        print(f"{name:<36}{seconds:>10.3f}")
    print(f"\n{len(rows)} pages, {sum(seconds for seconds, _ in rows):.1f} s")


def _seconds(name: str) -> float:
    page = PAGES[name]()
    began = time.process_time()
    extract(page, ADDRESS)
    return time.process_time() - began


if __name__ == "__main__":
    if "--pages" in sys.argv:
        hostile_pages()
    else:
        main(float(sys.argv[1]) if len(sys.argv) > 1 else 5.0)
