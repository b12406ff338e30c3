"""How well `kind: listing` finds the articles of the invented pages in tests/data/listing, without selectors.

    python benchmarks/listing.py [-v]

One row a layout: links expected, precision, recall, share of titles and dates that are right, milliseconds.
"""

import argparse
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from aiwatch.model import Entry  # noqa: E402
from aiwatch.sources.listing import ListingOptions, read_listing  # noqa: E402
from aiwatch.text.urls import url_key  # noqa: E402

LAYOUTS = ROOT / "tests" / "data" / "listing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What came of one layout."""

    name: str
    links: int
    precision: float
    recall: float
    titles: float
    dates: float
    ms: float
    faults: tuple[str, ...]


def measure(layout: Path) -> Row:
    """Read one page and hold it against its expectation (same name, .json)."""
    expected = json.loads(layout.with_suffix(".json").read_text(encoding="utf-8"))
    options = ListingOptions(**expected.get("options", {}))
    began = time.perf_counter()
    reading = read_listing(layout.read_bytes(), expected["url"], "text/html", options)
    ms = (time.perf_counter() - began) * 1000
    wanted = {url_key(entry["url"]): entry for entry in expected["entries"]}
    found = {url_key(entry.url or ""): entry for entry in reading.entries}
    both = wanted.keys() & found.keys()
    faults = [f"missing {key}" for key in wanted.keys() - found.keys()]
    faults += [f"too much {key} “{found[key].title}”" for key in found.keys() - wanted.keys()]
    for key in sorted(both):
        faults += _differences(key, wanted[key], found[key])
    titles = sum(found[key].title == wanted[key]["title"] for key in both)
    dates = sum(_day(found[key]) == wanted[key]["date"] for key in both)
    return Row(
        name=layout.stem,
        links=len(wanted),
        precision=len(both) / max(len(found), 1),
        recall=len(both) / len(wanted),
        titles=titles / max(len(both), 1),
        dates=dates / max(len(both), 1),
        ms=ms,
        faults=tuple(faults + ([reading.problem] if reading.problem else [])),
    )


def _differences(key: str, wanted: dict[str, str | None], found: Entry) -> list[str]:
    out = []
    if found.title != wanted["title"]:
        out.append(f"title of {key}: “{found.title}”, not “{wanted['title']}”")
    if _day(found) != wanted["date"]:
        out.append(f"date of {key}: {_day(found)}, not {wanted['date']}")
    return out


def _day(entry: Entry) -> str | None:
    return entry.published.date().isoformat() if entry.published else None


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-v", "--verbose", action="store_true", help="say what is wrong")
    parser.add_argument("layouts", nargs="*", help="names; all without")
    arguments = parser.parse_args()
    print(f"{'layout':40} links  prec   rec  titles  dates     ms")
    for path in sorted(LAYOUTS.glob("*.html")):
        if arguments.layouts and path.stem not in arguments.layouts:
            continue
        row = measure(path)
        print(
            f"{row.name:40} {row.links:5} {row.precision:5.2f} {row.recall:5.2f} {row.titles:7.2f} {row.dates:6.2f} "
            f"{row.ms:6.0f}"
        )
        for fault in row.faults if arguments.verbose else ():
            print(f"    {fault}")


if __name__ == "__main__":
    main()
