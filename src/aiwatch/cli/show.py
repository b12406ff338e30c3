"""How things look on a terminal: short tables, colour only there, JSON where asked."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from aiwatch.pipeline import Progress


def as_json(value: Any) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, empty: str) -> None:
    """A short table, or one line where there is nothing."""
    if not rows:
        click.echo(empty)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for place, column in enumerate(columns):
        numbers = all(isinstance(row[place], int) for row in rows)
        made.add_column(column, justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        made.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    width = None if sys.stdout.isatty() else 200
    Console(width=width, highlight=False, soft_wrap=False).print(made)


def local(moment: datetime | None, zone: str, now: datetime | None = None) -> str:
    """A time as a person in that zone says it; without the date on the same day."""
    if moment is None:
        return "–"
    tz = ZoneInfo(zone)
    here = moment.astimezone(tz)
    if now is not None and here.date() == now.astimezone(tz).date():
        return here.strftime("%H:%M")
    return here.strftime("%a %d %b %H:%M")


def iso(moment: datetime | None) -> str | None:
    """A time for machines."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


@contextmanager
def progress(*, quiet: bool) -> Iterator[Progress | None]:
    """A progress bar on stderr, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description:>10}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def step(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield step
