"""aiwatch beside its peers in a replay world: `python benchmarks/whole.py [--goal N]… [--rounds 3] [--full] [--json FILE] [--plot FILE]`.

Contestants run by turns, each in an environment and a folder of its own, against a world in another process, whose CPU
is not counted; theirs is, with every child. Printed are medians over the rounds, and counts out of the world's log: a
fast run that left something out is no run.
"""

import argparse
import compileall
import json
import os
import platform
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import contestants
import goals
import watching

Goal = Callable[[goals.Sizes], Iterator[goals.Figures]]
EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class Asked:
    """At most so much of a figure, and better less."""

    goal: int
    figure: str
    at_most: float
    aim: float


JOBS: dict[str, tuple[tuple[int, ...], Goal]] = {
    "whole job": ((1, 8), goals.whole_job),
    "first pass": ((2,), goals.first_pass),
    "unchanged": ((3,), goals.unchanged),
    "same body": ((4,), goals.same_body),
    "memory": ((5,), watching.memory),
    "due at once": ((10,), goals.due_at_once),
    "freshness": ((11,), watching.freshness),
    "one shot": ((12,), goals.one_shot),
    "idle": ((12,), watching.idle),
    "by size": ((), goals.by_size),
}
ASKED = (
    Asked(1, "ms an article: aiwatch / naive", 0.20, 0.12),
    Asked(1, "aiwatch: lost", 0, 0),
    Asked(1, "aiwatch: most GETs of a page", 1, 1),
    Asked(2, "polls: aiwatch / reader", 0.4, 0.2),
    Asked(3, "poll / bare GET", 1.5, 1.2),
    Asked(4, "the same bytes, over fetching / parse", 0.05, 0.02),
    Asked(4, "made anew, over fetching / parse", 0.05, 0.02),
    Asked(5, "many sources / few", 1.3, 1.15),
    Asked(5, "many articles / few", 1.15, 1.1),
    Asked(5, "MB with workers, most", 250, 250),
    Asked(8, "aiwatch: articles and search by text", 2.4, 2),
    Asked(8, "aiwatch: store by text", 4, 3),
    Asked(10, "GETs a due feed", 1, 1),
    Asked(10, "most GETs of a page", 1, 1),
    Asked(10, "lost polls", 0, 0),
    Asked(10, "lost articles", 0, 0),
    Asked(10, "in flight per host", 2, 2),
    Asked(11, "published to handed over, beyond the interval: p99 s", 5, 2),
    Asked(11, "never told", 0, 0),
    Asked(11, "loop late: p99.9 ms", 50, 20),
    Asked(12, "fetch, one feed, unchanged: CPU s", 0.45, 0.3),
    Asked(12, "--help: CPU s", 0.12, 0.08),
    Asked(12, "idle with 10000 sources: % of a core", 0.5, 0.1),
)
ELSEWHERE = """goals measured by other commands: 6 python benchmarks/growth.py FOLDER; 7 python -m benchmarks.pages 1000000;
9 python benchmarks/topics.py; quality beside 1: python benchmarks/extraction.py"""


def chosen(wanted: list[int]) -> dict[str, Goal]:
    """The jobs that show these goals; all, where none is named."""
    return {
        name: job
        for name, (shown, job) in JOBS.items()
        if (shown and not wanted) or set(shown) & set(wanted)
    }


def measured(
    jobs: dict[str, Goal], sizes: goals.Sizes, rounds: int
) -> dict[str, list[goals.Figures]]:
    """All jobs once, then all again."""
    found: dict[str, list[goals.Figures]] = defaultdict(list)
    running = {name: job(sizes) for name, job in jobs.items()}
    try:
        for turn in range(rounds):
            for name, job in running.items():
                began = time.monotonic()
                try:
                    found[name].append(next(job))
                except (RuntimeError, StopIteration) as error:  # one contestant's end is not all's
                    print(f"round {turn + 1}: {name} failed: {error}", file=sys.stderr, flush=True)
                    continue
                seconds = time.monotonic() - began
                print(f"round {turn + 1}: {name}, {seconds:.0f} s", file=sys.stderr, flush=True)
    finally:
        for job in running.values():
            job.close()  # type: ignore[attr-defined]
    return found


def medians(rounds: list[goals.Figures]) -> goals.Figures:
    """By figure."""
    return {name: median(each[name] for each in rounds) for name in rounds[0]}


def table(found: dict[str, goals.Figures]) -> str:
    """What was asked for, then everything."""
    every = {name: value for figures in found.values() for name, value in figures.items()}
    lines = [f"{'goal':>4}  {'':56}{'measured':>10}{'at most':>10}{'aim':>8}"]
    for one in ASKED:
        if one.figure in every:
            value = every[one.figure]
            mark = "" if value <= one.at_most + EXACT else "  MISSED"
            lines.append(
                f"{one.goal:>4}  {one.figure:56}{value:>10.3f}{one.at_most:>10g}{one.aim:>8g}{mark}"
            )
    for name, figures in found.items():
        lines += ["", f"{name}:"]
        lines += [f"      {figure:64}{value:>12.3f}" for figure, value in figures.items()]
    return "\n".join([*lines, "", ELSEWHERE])


def machine() -> dict[str, Any]:
    """Where this was."""
    model = [
        line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    return {
        "processor": model[0].partition(": ")[2] if model else platform.machine(),
        "processors": os.cpu_count(),
        "load": os.getloadavg(),
        "python": platform.python_version(),
        "aiwatch": version("aiwatch"),
        "revision": _revision(),
        "peers": {
            name: (contestants.HERE / f"requirements-{name}.txt").read_text().split("\n")[1:-1]
            for name in ("naive", "reader", "scrapy")
        },
    }


def _revision() -> str:
    asked = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=contestants.HERE,
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.stdout.strip()


def plot(figures: goals.Figures, file: str) -> None:
    """Cost of an article by the number of articles, of both."""
    import matplotlib as mpl  # noqa: PLC0415 - needed for this alone

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    lines: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for key, value in figures.items():
        name, _, count = key.rpartition(" ")
        lines[name].append((int(count), value))
    _, axes = plt.subplots(figsize=(7, 4))
    for name, points in lines.items():
        axes.plot(*zip(*sorted(points), strict=True), marker="o", label=name)
    axes.set(xscale="log", ylim=(0, None), xlabel="articles", ylabel="ms of CPU an article")
    axes.legend()
    plt.tight_layout()
    plt.savefig(file)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--goal", type=int, action="append", default=[], help="only these")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--full", action="store_true", help="the sizes promised: hours")
    parser.add_argument("--json", metavar="FILE", help="figures of every round, versions, machine")
    parser.add_argument("--plot", metavar="FILE", help="cost of an article by number (matplotlib)")
    asked = parser.parse_args()
    # As pip does: where PYTHONDONTWRITEBYTECODE is set each start would compile what changed since, its children too.
    compileall.compile_dir(contestants.HERE.parent / "src", quiet=1)
    jobs = chosen(asked.goal)
    if asked.plot:
        jobs["by size"] = goals.by_size
    rounds = measured(jobs, goals.FULL if asked.full else goals.QUICK, asked.rounds)
    found = {name: medians(each) for name, each in rounds.items()}
    if asked.plot:
        plot(found["by size"], asked.plot)
    if asked.json:
        whole = {"machine": machine(), "full": asked.full, "medians": found, "rounds": rounds}
        Path(asked.json).write_text(json.dumps(whole, indent=1))
    print(table(found))


if __name__ == "__main__":
    main()
