"""`stats`: numbers."""

from collections.abc import Mapping
from datetime import timedelta

import click

from aiwatch.admin import stats
from aiwatch.admin.doctor import in_bytes
from aiwatch.admin.stats import Stats
from aiwatch.cli import show
from aiwatch.cli.front import Front, fronted, span
from aiwatch.store.figures import Delay

MOST_SOURCES = 15
COUNTED = ("polls", "failed_polls", "items", "articles", "stories", "matched", "messages")
KINDS = {"alert": "at once", "digest": "digest"}


@click.command("stats")
@click.option("--since", metavar="SPAN", help="What counts as lately: 30d unless told otherwise.")
@click.option(
    "--tables", is_flag=True, help="Bytes of each table, however large the file (reads all of it)."
)
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@fronted
def stats_command(front: Front, since: str | None, tables: bool, json_: bool) -> int:
    """Numbers: how much there is, how fast it comes, how soon it is told."""
    config = front.config()
    back = span(since) or stats.SPAN
    with front.read(config) as db:
        found = stats.gather(db, front.clock(config)(), back, measure=tables or None)
    if json_:
        values = found.as_dict()
        show.as_json({**values, "since": show.iso(found.since)})
        return 0
    _print(found, back)
    return 0


def _print(found: Stats, back: timedelta) -> None:
    per_day, totals = found.per_day, _totals(found)
    show.table(
        ("", "in all", f"last {back.days or 1} days", "a day"),
        [
            (name.replace("_", " "), totals.get(name, "–"), found.came[name], str(per_day[name]))
            for name in COUNTED
        ],
        empty="",
    )
    click.echo()
    for line in _lines(found):
        click.echo(line)
    if found.sources:
        click.echo()
        show.table(
            ("source", "state", "polls", "articles", "new", "matched", "matched, new"),
            [
                tuple(
                    one[key]
                    for key in (
                        "source",
                        "state",
                        "polls",
                        "articles",
                        "new",
                        "matched",
                        "matched_new",
                    )
                )
                for one in found.sources[:MOST_SOURCES]
            ],
            empty="",
        )
        if len(found.sources) > MOST_SOURCES:
            click.echo(f"and {len(found.sources) - MOST_SOURCES} more (--json)")
    if found.tables:
        click.echo()
        show.table(
            ("table", "bytes"),
            [(name, in_bytes(size)) for name, size in found.tables.items() if size >= 2**15],
            empty="",
        )


def _totals(found: Stats) -> dict[str, int]:
    """Under the names of what came; messages are those sent."""
    return {
        "polls": found.totals["polls"],
        "items": found.totals["entries"],
        "articles": found.totals["articles"],
        "stories": found.totals["stories"],
        "messages": found.states["messages"].get("sent", 0),
    }


def _lines(found: Stats) -> list[str]:
    lines = [
        f"{name}: {_counts(counts)}"
        for name, counts in (
            ("sources", found.states["sources"]),
            ("messages", found.states["messages"]),
            ("articles", found.states["verdicts"]),
            ("topics", found.topics),
            ("languages", found.languages),
        )
        if counts
    ]
    if found.found_after:
        lines.append(f"published → found: {_delay(found.found_after)}")
    lines += [
        f"found → sent, {KINDS.get(kind, kind)}: {_delay(one)}"
        for kind, one in found.sent_after.items()
    ]
    return [*lines, f"database: {in_bytes(found.bytes)}, {in_bytes(found.free)} of it free"]


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in counts.items())


def _delay(one: Delay) -> str:
    return f"median {_time(one.median)}, nine of ten within {_time(one.p90)} ({show.count(one.count, 'case')})"


def _time(seconds: float) -> str:
    """Seconds as people say them."""
    for unit, name in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds:.0f} s"
