"""Long runs that try to break a promise; each prints its seeds and counts, and ends with an error where one broke."""

import logging
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from pathlib import Path

import click

from tests.faults.world import memory


@click.group(help=__doc__)
def main() -> None:
    """All of them."""
    logging.disable(logging.CRITICAL)  # every fault is told there at length


@contextmanager
def folder() -> Iterator[Path]:
    """A place for one run."""
    with tempfile.TemporaryDirectory(prefix="aiwatch-", dir=memory()) as made:
        yield Path(made)


@contextmanager
def counted() -> Iterator["Counter[str]"]:
    """Say at the end what was counted, and how long it took."""
    counts: Counter[str] = Counter()
    begun = time.monotonic()
    try:
        yield counts
    finally:
        for what, number in counts.items():
            click.echo(f"{number:8,}  {what}")
    click.echo(f"all held, in {time.monotonic() - begun:.0f} s")


@main.command()
@click.option("--seeds", default=3, show_default=True)
@click.option("--first", default=1, show_default=True, help="The first seed.")
@click.option("--each", default=200, show_default=True, help="Kills for each seed.")
@click.option("--articles", default=300, show_default=True, help="Articles for each seed.")
def kills(seeds: int, first: int, each: int, articles: int) -> None:
    """kill -9 and SIGTERM at random and at named instants, one process or two at once."""
    from tests.faults.kills import Run

    with counted() as counts:
        for seed in range(first, first + seeds):
            with folder() as at:
                run = Run(at, seed)
                run.go(each, articles, click.echo)
                counts.update(run.count)


@main.command()
@click.option("--every", default=1, show_default=True, help="Break each so-many-th call alone.")
@click.option("--first", default=1, show_default=True, help="The first call to break.")
@click.option("--fresh", is_flag=True, help="A pass of 3 articles that makes its database.")
def calls(every: int, first: int, fresh: bool) -> None:
    """A fault at the n-th call that touches the world, for every n of a pass."""
    from tests.faults.calls import Calls

    with counted() as counts, folder() as at:
        run = Calls(at, articles=3, copies=1, fresh=True) if fresh else Calls(at)
        run.count = counts
        run.go(every, first, click.echo)


@main.command()
@click.argument("number", default=50_000)
@click.option("--seed", default=1, show_default=True)
def steps(number: int, seed: int) -> None:
    """Any order of news, passes, deaths, outages, edits and clock jumps, so many of them."""
    from tests.faults.steps import done, walk

    with counted() as counts:
        while done["steps"] < number:
            walk(seed, runs=min(50, ceil((number - done["steps"]) / 50)), length=50)
            click.echo(f"seed {seed}: {done['steps']:,} steps")
            seed += 1
        counts.update(done)


@main.command()
@click.argument("number", default=300)
@click.option("--first", default=1000, show_default=True, help="The first month's seed.")
def weeks(number: int, first: int) -> None:
    """So many simulated weeks, in months of other seeds than the tests'."""
    from tests.inbox import Inbox
    from tests.month import BEGIN, END
    from tests.test_month import check, month

    days = (END - BEGIN).days
    with counted() as counts:
        for seed in range(first, first + ceil(number * 7 / days)):
            with folder() as at, Inbox() as inbox:
                lived = month(at, seed, inbox)
                try:
                    lived.live()
                    check(lived)
                except BaseException as error:
                    error.add_note(f"seed {seed}")
                    raise
                finally:
                    lived.close()
            counts["days"] += days
            click.echo(f"seed {seed}: {counts['days'] / 7:.0f} weeks")


@main.command()
@click.argument("names", nargs=-1)
def planted(names: tuple[str, ...]) -> None:
    """Bugs put into a copy of the source, all or those NAMED in part: each must be caught by a test."""
    from tests.faults.planted import bugs, caught

    missed, sound = 0, set[str]()
    with counted() as counts, folder() as at:
        for bug in bugs():
            if names and not any(name in bug.name for name in names):
                continue
            for test in bug.tests:
                if test not in sound:
                    assert caught(None, test, at) == "missed", f"{test} fails without any bug"
                sound.add(test)
                outcome = caught(bug, test, at)
                click.echo(f"{outcome:12} {bug.name}: {test}")
                counts[outcome] += 1
                missed += outcome == "missed"
        assert not missed, "bugs pass unseen"


if __name__ == "__main__":
    main()
