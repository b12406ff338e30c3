"""What every command needs first: the options from both sides of its name, the configuration, the log."""

import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from difflib import get_close_matches
from functools import wraps
from pathlib import Path
from typing import Any

import click

from aiwatch.cli import common
from aiwatch.config import load
from aiwatch.config.units import parse_duration
from aiwatch.config.values import Config
from aiwatch.errors import UsageError
from aiwatch.service import Clock
from aiwatch.store import Connection, locks, reader
from aiwatch.text.dates import parse_date


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The global options, settled."""

    config_file: str | None
    database: str | None
    now: datetime | None
    verbose: int
    quiet: bool

    def config(self) -> Config:
        """The configuration, with --db in force; its warnings go to stderr."""
        config = load(Path(self.config_file) if self.config_file else None)
        if self.database:
            config = replace(config, database=Path(self.database))
        for warning in () if self.quiet else config.warnings:
            click.echo(f"warning: {warning}", err=True)
        return config

    def clock(self, config: Config) -> Clock:
        """The time of day, or --now where no service works on the same database."""
        if self.now is not None and locks.service_runs(config.database):
            raise UsageError(
                "--now cannot be used while a service holds the database: stop it, or use another --db"
            )
        return Clock(self.now)

    @contextmanager
    def read(self, config: Config) -> Iterator[Connection]:
        """The database, to look at."""
        with reader(config.database) as db:
            yield db


def fronted(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the global options, wherever they were typed, as its first argument."""

    @wraps(function)
    def command(ctx: click.Context, /, **options: Any) -> Any:
        outer = ctx.find_root().obj or {}
        merged = {name: options.pop(name) or outer.get(name) for name in GLOBAL}
        front = Front(
            config_file=merged["config"],
            database=merged["db"],
            now=_moment(merged["now"]),
            verbose=merged["verbose"] or 0,
            quiet=bool(merged["quiet"]),
        )
        start_log(front)
        return function(front, **options)

    wrapped: Callable[..., Any] = common(click.pass_context(command))
    return wrapped


GLOBAL = ("config", "db", "now", "verbose", "quiet")


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    moment = parse_date(text)
    if moment is None:
        raise UsageError(
            f"--now {text!r}: not a time; write it like 2026-03-24T08:00 or 2026-03-24T08:00+07:00"
        )
    return moment


def span(text: str | None) -> timedelta | None:
    """`--since`: how far back."""
    try:
        return parse_duration(text) if text else None
    except ValueError as error:
        raise UsageError(f"--since: {error}") from error


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


def start_log(front: Front, *, service: bool = False) -> None:
    """One line an event as key=value on stderr; a quiet run is quiet."""
    level = (
        logging.WARNING - 10 * front.verbose if not service else logging.INFO - 10 * front.verbose
    )
    if front.quiet:
        level = logging.ERROR
    handler = logging.StreamHandler(sys.stderr)
    form = (
        "%(asctime)s level=%(levelname)s room=%(name)s %(message)s"
        if service
        else "%(levelname)s %(name)s %(message)s"
    )
    handler.setFormatter(logging.Formatter(form))
    root = logging.getLogger("aiwatch")
    root.handlers[:] = [handler]
    root.setLevel(max(level, logging.DEBUG))
    root.propagate = False
