"""What knowing a host's standing lines does to the reading of its pages: F1 before and after, host by host.

    python benchmarks/standing.py [FOLDER] [--least 4] [--ends 3,6] [--articles 3]

FOLDER is that of `extraction.py`. Each page of a host with at least so many is read with what the other pages teach,
counted as `store.sites` counts: texts that carry one another on count once. `--ends` sets how many lines at the start
and at the end are looked at; `--ends 0,0` looks at all, `--articles` in how many articles
a line has to stand.
"""

import argparse
import gzip
import importlib.util
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from aiwatch.text import site
from aiwatch.text.article import extract
from aiwatch.text.urls import host

PAGES = Path(__file__).resolve().parent.parent / ".." / "shared" / "data" / "extract"


@dataclass(frozen=True, slots=True)
class Known:
    """A labelled page and the text it is read as, with nothing known of its host."""

    row: dict[str, Any]
    url: str
    text: str


def read_pages(folder: Path) -> Iterator[Known]:
    """Pages with a gold body or segments, and an address."""
    with (folder / "gold.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row.get("url") and (row.get("body") or row.get("with_")):
                page = gzip.decompress((folder / row["file"]).read_bytes())
                yield Known(row, row["url"], extract(page, row["url"]).text)


def taught(pages: Sequence[Known]) -> frozenset[int]:
    """What these pages of one host teach, first to last."""
    counts: Counter[int] = Counter()
    first: dict[int, int] = {}
    texts: list[str] = []
    for page in pages:
        if any(site.carries_on(page.text, text) for text in texts):
            continue
        texts.append(page.text)
        _, margins = site.leave_out(page.text.split("\n"), (), page.url)
        for mark in margins.lines if margins else ():
            counts[mark] += 1
            first.setdefault(mark, len(texts))
    return frozenset(
        mark
        for mark, count in counts.items()
        if site.is_standing(count, len(texts) - first[mark] + 1)
    )


def main() -> None:
    """Print the hosts whose pages read otherwise, and the means."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=PAGES)
    parser.add_argument("--least", type=int, default=4)
    parser.add_argument("--ends", default=f"{site.HEAD},{site.TAIL}")
    parser.add_argument("--articles", type=int, default=site.LEAST_ARTICLES)
    given = parser.parse_args()
    head, tail = map(int, given.ends.split(","))
    site.HEAD, site.TAIL = (head, tail) if head or tail else (10**6, 10**6)  # type: ignore[misc]
    site.LEAST_ARTICLES = given.articles  # type: ignore[misc]
    core = _scorer(given.folder)
    hosts: dict[str, list[Known]] = defaultdict(list)
    for page in read_pages(given.folder):
        hosts[host(page.url)].append(page)
    hosts = {name: pages for name, pages in hosts.items() if len(pages) >= given.least}
    pages = [page for some in hosts.values() for page in some]
    after = {page.row["id"]: text for some in hosts.values() for page, text in _again(some)}
    changed = [page for page in pages if after[page.row["id"]] != page.text]
    print(f"{len(hosts)} hosts, {len(pages)} pages, {len(changed)} of them read otherwise")
    for page in changed:
        gone = set(page.text.split("\n")) - set(after[page.row["id"]].split("\n"))
        shown = " | ".join(line[:60] for line in gone)
        print(f"  {page.row['id']}  {_scores(core, [page], after)}  {shown}")
    print("all  ", _scores(core, pages, after))


def _again(pages: Sequence[Known]) -> Iterator[tuple[Known, str]]:
    for page in pages:
        others = [one for one in pages if one is not page]
        lines, _ = site.leave_out(page.text.split("\n"), taught(others), page.url)
        yield page, "\n".join(lines)


def _scores(core: ModuleType, pages: Sequence[Known], after: dict[str, str]) -> str:
    rows = [page.row for page in pages]
    before = core.summarise(rows, {p.row["id"]: {"id": p.row["id"], "text": p.text} for p in pages})
    then = core.summarise(
        rows, {p.row["id"]: {"id": p.row["id"], "text": after[p.row["id"]]} for p in pages}
    )
    kinds = [kind for kind in ("F1", "segF") if kind in before]
    return "  ".join(f"{kind} {before[kind]:.4f} -> {then[kind]:.4f}" for kind in kinds)


def _scorer(folder: Path) -> ModuleType:
    found = importlib.util.spec_from_file_location("core", folder / "core.py")
    if found is None or found.loader is None:
        raise SystemExit(f"no core.py in {folder}")
    core = importlib.util.module_from_spec(found)
    found.loader.exec_module(core)
    return core


if __name__ == "__main__":
    main()
