"""Feeds as captured, hostile ones, and series of one feed over time: `python benchmarks/feeds.py <folder of feeds>`.

Three tables: what is read otherwise than by feedparser, and why; whether each hostile file's expectations hold within
5 s of processor time and 200 MB; and the processor time of reading what is new in each poll of a series, against
`feedparser.parse` of the same bodies in the same run.
"""

import argparse
import gc
import gzip
import io
import json
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import feedparser
from tests.sources.peers import differences, expectations, series, theirs, wording

from aiwatch.sources.feed import read_feed

URL = "https://news.example/feed.xml"
ROUNDS = 5
CPU_SECONDS, MEGABYTES = 5, 200


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name).read_text("utf-8").splitlines()]


# ---------------------------------------------------------------- real


def real(folder: Path) -> None:
    """Entries against feedparser's default reading: id, link, title, date."""
    listed = rows(folder, "real.jsonl")
    entries, equal, why = 0, 0, Counter[tuple[str, str]]()
    for row in listed:
        body = gzip.decompress((folder / row["file"]).read_bytes())
        ours = read_feed(body, url := f"https://{row['host']}/feed").entries
        found = wanted(body, url, row["file"])
        if len(ours) != len(found):
            why[f"{len(ours)} entries, not {len(found)}", row["file"]] += 1
        for our, their in zip(ours, found, strict=False):
            reasons = list(differences(our, their))
            entries, equal = entries + 1, equal + (not reasons)
            why.update((reason, row["file"]) for reason in reasons)
    print(
        f"real: {len(listed)} feeds, {entries} entries, {equal} equal in id, link, title and date"
    )
    for (reason, file), times in sorted(why.items()):
        print(f"  {times:4} {Path(file).name}: {reason}")


def wanted(body: bytes, url: str, file: str) -> list[Mapping[str, Any]]:
    """feedparser's entries; it does not read JSON Feed, so there the items themselves."""
    if ".json" not in file:
        return theirs(body, url)
    return [
        {"id": str(item["id"]), "link": item.get("url"), "title": item.get("title") or ""}
        for item in json.loads(body)["items"]
    ]


# ---------------------------------------------------------------- hostile


def hostile(folder: Path) -> None:
    """Each file in a process of its own, read whole and then as known."""
    listed = rows(folder, "hostile.jsonl")
    failed, seconds, megabytes = [], 0.0, 0.0
    checked: Counter[str] = Counter()
    for row in listed:
        verdict = apart(lambda row=row: examined(folder, row))
        seconds = max(seconds, verdict.get("seconds", CPU_SECONDS))
        megabytes = max(megabytes, verdict.get("megabytes", MEGABYTES))
        checked.update(row["expect"].keys() - {"discover"})
        if verdict.get("wrong", ["killed"]):
            failed.append((row["file"], verdict))
    print(
        f"hostile: {len(listed)} files, {len(listed) - len(failed)} as expected, most {seconds:.2f} s, {megabytes:.0f} MB"
    )
    print(
        "  expectations: " + ", ".join(f"{name} {times}" for name, times in checked.most_common())
    )
    for file, verdict in failed:
        print(f"  {file}: {verdict}")


def examined(folder: Path, row: Mapping[str, Any]) -> dict[str, Any]:
    """In the child: what did not hold, and what it took."""
    requests: list[str] = []
    sys.addaudithook(
        lambda event, _: requests.append(event) if event.startswith("socket.") else None
    )
    body = (folder / row["file"]).read_bytes()
    reading = read_feed(body, URL)
    known = read_feed(body, URL, None, frozenset(reading.marks))
    wrong = expectations(reading, row["expect"])
    if reading.marks and known.entries:
        wrong.append("items that are known come again")
    if requests:
        wrong.append(f"asked the network: {requests}")
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds, megabytes = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    if megabytes > MEGABYTES:
        wrong.append("too much memory")
    return {"wrong": wrong, "seconds": seconds, "megabytes": megabytes}


def apart(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The work's result from a child that the kernel ends after its seconds; empty where it did."""
    out, into = os.pipe()
    if not (child := os.fork()):
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        os.write(into, json.dumps(work()).encode())
        os._exit(0)
    os.close(into)
    with os.fdopen(out) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else {}


# ---------------------------------------------------------------- series


def over_time(folder: Path) -> None:
    """Every body after the first with the marks of the one before it; both readers by turns, round by round."""
    print(
        f"series: processor time a poll, mean of {ROUNDS} rounds; new = entries with another id, address or wording"
    )
    sums = [0.0, 0.0]
    for name, bodies in series(folder):
        spent = [0.0, 0.0]
        for _ in range(ROUNDS):
            spent[0] += timed(lambda bodies=bodies: by_feedparser(bodies[1:]))
            spent[1] += timed(
                lambda bodies=bodies: by_marks(bodies[1:]), before=read_feed(bodies[0], URL).marks
            )
        polls = ROUNDS * (len(bodies) - 1)
        new, found, again = told(bodies)
        print(
            f"  {name:28} {len(bodies) - 1:3} polls  feedparser {spent[0] / polls * 1e6:6.0f} µs  marks"
            f" {spent[1] / polls * 1e6:5.0f} µs  ratio {spent[0] / spent[1]:5.1f}  new {new}, found {found}, again {again}"
        )
        sums = [sums[0] + spent[0], sums[1] + spent[1]]
    print(f"  total ratio {sums[0] / sums[1]:.1f}")


_SEEN: list[frozenset[str]] = [frozenset()]


def timed(work: Callable[[], None], before: tuple[str, ...] = ()) -> float:
    _SEEN[0] = frozenset(before)
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def by_feedparser(bodies: list[bytes]) -> None:
    for body in bodies:
        feedparser.parse(io.BytesIO(body))


def by_marks(bodies: list[bytes]) -> None:
    seen = _SEEN[0]
    for body in bodies:
        seen = frozenset(read_feed(body, URL, None, seen).marks)


def told(bodies: list[bytes]) -> tuple[int, int, int]:
    """New entries by whole readings, how many of them marks let through, and how many more than once."""
    seen = frozenset(read_feed(bodies[0], URL).marks)
    known = {key(entry) for entry in read_feed(bodies[0], URL).entries}
    first, new = set(known), set[tuple[str, str | None, str]]()
    found: Counter[tuple[str, str | None, str]] = Counter()
    for body in bodies[1:]:
        new |= {key(entry) for entry in read_feed(body, URL).entries} - first
        part = read_feed(body, URL, None, seen)
        seen = frozenset(part.marks)
        found.update(key(entry) for entry in part.entries)
    return len(new), len(new & found.keys()), found.total() - len(found) + len(found.keys() & first)


def key(entry: Any) -> tuple[str, str | None, str]:
    return entry.id, entry.url, wording(entry)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("tables", nargs="*", default=["real", "hostile", "series"])
    asked = parser.parse_args()
    for table in asked.tables:
        {"real": real, "hostile": hostile, "series": over_time}[table](asked.folder)


if __name__ == "__main__":
    main()
