"""How things look on a terminal: short tables, colour only there, JSON where asked."""

import json
import shutil
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

import click

from aiwatch.errors import UsageError
from aiwatch.pipeline import Progress

WIDE = 100  # columns of a terminal from which on a table shows all that it has
PIPE_WIDTH = 100_000  # columns: a row in a pipe is one line, however long


def as_json(value: Any) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def table(
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    empty: str,
    wide: Collection[str] = (),
) -> None:
    """A short table, or one line where there is nothing; a narrow terminal is spared the columns named in `wide`."""
    if not rows:
        click.echo(empty)
        return
    if wide and sys.stdout.isatty() and shutil.get_terminal_size().columns < WIDE:
        columns, rows = without(columns, rows, wide)
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    made = Table(
        box=None, pad_edge=False, header_style="bold", show_edge=False, show_header=any(columns)
    )
    for place, column in enumerate(columns):
        numbers = all(isinstance(row[place], int) for row in rows)
        made.add_column(column, justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        made.add_row(*(Text("" if cell is None else " ".join(str(cell).split())) for cell in row))
    if sys.stdout.isatty():
        Console(highlight=False).print(made)
        return
    console = Console(width=PIPE_WIDTH, highlight=False)
    with console.capture() as captured:
        console.print(made)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def without(
    columns: Sequence[str], rows: Sequence[Sequence[object]], left_out: Collection[str]
) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
    """A table without the columns of these names."""
    kept = [place for place, column in enumerate(columns) if column not in left_out]
    return [columns[place] for place in kept], [[row[place] for place in kept] for row in rows]


def count(number: int, one: str, many: str | None = None) -> str:
    """A number and its noun: 1 outlet, 2 outlets."""
    return f"{number} {one if number == 1 else many or one + 's'}"


@contextmanager
def writing(output: str | None) -> Iterator[TextIO]:
    """The file named by -o, else the screen."""
    if output is None:
        yield sys.stdout
        return
    try:
        file = Path(output).open("w", encoding="utf-8", newline="")  # noqa: SIM115 - closed below
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}") from error
    with file:
        yield file


def local(moment: datetime | str | None, zone: str, now: datetime) -> str:
    """A time as a person in that zone says it; without the date on the same day, without the year in the same year."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if moment is None:
        return "–"
    tz = ZoneInfo(zone)
    here = moment.astimezone(tz)
    today = now.astimezone(tz)
    if here.date() == today.date():
        return here.strftime("%H:%M")
    return here.strftime("%a %d %b %H:%M" if here.year == today.year else "%d %b %Y %H:%M")


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
