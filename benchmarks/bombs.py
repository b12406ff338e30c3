"""What hostile answers cost: `python benchmarks/bombs.py [seconds of deadline]`. Linux only."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.fetch.bombs import costs


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


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 5.0)
