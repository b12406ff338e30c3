"""What every command needs first: the options from both sides of its name, the configuration, the log."""

import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from difflib import get_close_matches
from functools import wraps
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from aiwatch.cli import common
from aiwatch.config import load
from aiwatch.config.units import parse_duration
from aiwatch.config.values import Config
from aiwatch.errors import AiwatchError, UsageError
from aiwatch.service import Clock
from aiwatch.service.lines import Plain, formatter
from aiwatch.store import Connection, locks, reader
from aiwatch.text.dates import FIRST_YEAR, LAST_YEAR

LONGEST_SPAN = timedelta(days=36525)  # a century: further back there is no date to count from
ROW = click.IntRange(1, 2**63 - 1)  # the numbers a database row can have
ROW.name = "number"  # click's own word for what was wanted is "integer range"
AMOUNT = click.IntRange(1, 1_000_000)  # of rows to list


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The global options, settled."""

    config_file: str | None
    database: str | None
    now: datetime | None  # without a zone: in the configured one
    verbose: int
    quiet: bool

    def config(self, *, warn: bool = False) -> Config:
        """The configuration, with --db in force; with `warn` what `check` warns of goes to stderr."""
        config = load(Path(self.config_file) if self.config_file else None)
        if self.database:
            config = replace(config, database=Path(self.database))
        for warning in config.warnings if warn and not self.quiet else ():
            click.echo(f"warning: {warning}", err=True)
        return config

    def clock(self, config: Config) -> Clock:
        """The time of day, or --now where no service works on the same database."""
        if self.now is not None and locks.service_runs(config.database):
            raise UsageError(
                "--now cannot be used while a service holds the database: stop it, or use another --db"
            )
        return Clock(in_zone(self.now, config.timezone) if self.now else None)

    @contextmanager
    def read(self, config: Config) -> Iterator[Connection]:
        """The database, to look at."""
        with reader(config.database) as db:
            yield db


def fronted(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the global options, wherever they were typed, as its first argument."""

    @wraps(function)
    def command(ctx: click.Context, /, **options: Any) -> Any:
        merged = _merged(options, ctx.obj)
        front = Front(
            config_file=merged["config"],
            database=merged["db"],
            now=moment(merged["now"], "--now") if merged["now"] is not None else None,
            verbose=merged["verbose"] or 0,
            quiet=bool(merged["quiet"]),
        )
        start_log(front)
        return function(front, **{k: v for k, v in options.items() if k not in GLOBAL})

    wrapped: Callable[..., Any] = common(click.pass_context(command))
    return wrapped


def grouped(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a group of commands take the global options too, and hand them on."""

    @wraps(function)
    def group(ctx: click.Context, /, **options: Any) -> None:
        ctx.obj = _merged(options, ctx.obj)

    wrapped: Callable[..., Any] = common(click.pass_context(group))
    return wrapped


GLOBAL = ("config", "db", "now", "verbose", "quiet")


def _merged(options: dict[str, Any], outer: dict[str, Any] | None) -> dict[str, Any]:
    """What was typed behind the name counts, else what stood before it."""
    unset = (None, False, 0)  # an empty text was typed: `--now "$UNSET"` is not the time of day
    before = outer or {}
    return {name: before.get(name) if options[name] in unset else options[name] for name in GLOBAL}


def moment(text: str, option: str) -> datetime:
    """A time as typed, ISO 8601; without an offset it has no zone yet (see `in_zone`)."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        found = None
    if found is None or not FIRST_YEAR <= found.year < LAST_YEAR:
        raise UsageError(
            f"{option} {text[:40]!r}: not a time; write it like 2026-03-24T08:00 or 2026-03-24T08:00+07:00"
        )
    return found


def in_zone(found: datetime, zone: str) -> datetime:
    """A time without an offset is one of the configured zone."""
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))


def span(text: str | None) -> timedelta | None:
    """`--since`: how far back."""
    try:
        found = parse_duration(text) if text is not None else None
    except ValueError as error:
        raise UsageError(f"--since: {error}") from error
    if found is not None and found > LONGEST_SPAN:
        raise UsageError(f"--since: {text!r} is longer than a century")
    return found


def program() -> str:
    """What the person typed to get here, as far as can be seen."""
    by_run = Path(sys.argv[0]).name == "__main__.py" and Path("run").is_file()
    return "./run" if by_run else "aiwatch"


def known(asked: Iterable[str], names: Sequence[str], what: str) -> None:
    """Refuse names that are not configured, with a did-you-mean."""
    for name in asked:
        if name not in names:
            near = get_close_matches(name, names, 1, 0.5)
            hint = (
                f"; did you mean {near[0]!r}?"
                if near
                else f"; there are: {', '.join(names) or 'none'}"
            )
            raise UsageError(f"no {what} {name!r}{hint}")


def named(
    names: Callable[[Config], Iterable[str]],
) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """For an argument's `shell_complete`: names from the configuration; none where it cannot be read."""

    def complete(ctx: click.Context, _parameter: click.Parameter, typed: str) -> list[str]:
        found = ctx.find_root().params.get("config") or ctx.params.get("config")
        try:
            config = load(Path(found) if found else None)
        except AiwatchError:
            return []
        return [name for name in names(config) if name.startswith(typed)]

    return complete


def start_log(front: Front, *, service: bool = False) -> None:
    """One line an event on stderr, a service's as key=value or JSON; a quiet run is quiet."""
    level = (
        logging.WARNING - 10 * front.verbose if not service else logging.INFO - 10 * front.verbose
    )
    if front.quiet:
        level = logging.ERROR
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(os.environ, sys.stderr) if service else Plain())
    root = logging.getLogger("aiwatch")
    root.handlers[:] = [handler]
    root.setLevel(max(level, logging.DEBUG))
    root.propagate = False
