"""`init`, `check`, `channels`: from nothing to a configuration that is known to work."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from aiwatch import service
from aiwatch.cli import show
from aiwatch.cli.front import Front, fronted, grouped, known, named, program
from aiwatch.config import starter
from aiwatch.config.values import Config
from aiwatch.errors import ConfigError, UsageError
from aiwatch.fetch import Fetcher, PutOff
from aiwatch.model import Delivered, NotModified, Page, Reading, Source, Target
from aiwatch.sources import read_source
from aiwatch.workers import WorkerFailure, Workers

READ_SECONDS = 20.0  # CPU deadline of one document, as in a pass
PATIENCE = (
    20.0  # seconds for a host's turn; of hosts that are asked once a minute one source is tried
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """What `--online` found: source or channel and why it does not work; what is odd about those that do; what was not tried."""

    sources: dict[str, str]
    channels: dict[str, str]
    odd: dict[str, str]
    put_off: dict[str, str]

    @property
    def works(self) -> bool:
        """Whether all can be read and reached."""
        return not self.sources and not self.channels


_NOTHING = _Tried(sources={}, channels={}, odd={}, put_off={})


@click.command("init")
@click.argument("directory", type=click.Path(path_type=Path), default=Path(), required=False)
@fronted
def init_command(front: Front, directory: Path) -> int:
    """Write a working, commented feeds.yaml."""
    path = directory / (front.config_file or "feeds.yaml")
    if path.exists():
        raise UsageError(f"{path} is there already: it is yours and stays as it is")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(starter(), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    if not front.quiet:
        me = program() if path == Path("feeds.yaml") else f"{program()} -c {path}"
        click.echo(
            f"{path} written; it works as it is.\n"
            f"  {me} fetch                  what the last days hold, on the screen\n"
            "For mail, take the # from `channels` and `alerts` in it and put in your own address; then\n"
            f"  {me} channels test inbox    one real message\n"
            f"  {me} check --online         whether every source and channel answers\n"
            f"  {me} watch                  reads and sends until you stop it"
        )
    return 0


@click.command("check")
@click.option(
    "--online", is_flag=True, help="Also try each source and reach each channel; nothing is sent."
)
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@fronted
def check_command(front: Front, online: bool, json_: bool) -> int:
    """Check the configuration: every problem, with file, line and what to do."""
    try:
        config = front.config(warn=True)
    except ConfigError as error:
        if not json_:
            raise
        show.as_json(_said(front.config_file, None, _NOTHING, error.problems))
        return error.exit_code
    enabled = [source for source in config.sources if source.enabled]
    tried = asyncio.run(_try_all(front, config)) if online else _NOTHING
    code = 0 if tried.works else 1
    if json_:
        show.as_json(_said(config.path, config, tried))
        return code
    alerts = (
        "no alerts (everything to screen and file)"
        if config.implicit
        else show.count(len(config.alerts), "alert")
    )
    click.echo(
        f"{config.path}: fine. {show.count(len(enabled), 'source')} on, {len(config.sources) - len(enabled)} off,"
        f" {show.count(len(config.topics), 'topic')}, {show.count(len(config.channels), 'channel')}, {alerts}"
    )
    if online:
        _print_tried(tried, len(enabled), len(config.channels))
    return code


def _said(
    file: str | Path | None, config: Config | None, tried: _Tried, problems: Sequence[str] = ()
) -> dict[str, Any]:
    """For `--json`, with the same keys whatever was found; null: not known of a configuration that is refused."""
    on = sum(source.enabled for source in config.sources) if config else None
    return {
        "file": str(file) if file else None,
        "sources": on,
        "sources_off": len(config.sources) - (on or 0) if config else None,
        "topics": len(config.topics) if config else None,
        "channels": len(config.channels) if config else None,
        "alerts": (0 if config.implicit else len(config.alerts)) if config else None,
        "problems": list(problems),
        "warnings": list(config.warnings) if config else [],
        "unreachable": tried.sources,
        "unreachable_channels": tried.channels,
        "notes": tried.odd,
        "not_tried": tried.put_off,
    }


def _print_tried(tried: _Tried, sources: int, channels: int) -> None:
    read = sources - len(tried.sources) - len(tried.put_off)
    click.echo(
        f"online: {read} of {show.count(sources, 'source')} can be read,"
        + (f" {len(tried.put_off)} not tried," if tried.put_off else "")
        + f" {channels - len(tried.channels)} of {show.count(channels, 'channel')} can be reached"
    )
    for name, words in tried.sources.items():
        click.echo(f"  {name}: {words}")
    for name, words in tried.channels.items():
        click.echo(f"  channel {name}: {words}")
    for name, words in tried.odd.items():
        click.echo(f"  {name} can be read, but: {words}")
    for name, words in tried.put_off.items():
        click.echo(f"  {name} was not tried: {words}")


async def _try_all(front: Front, config: Config) -> _Tried:
    """Each enabled source read once, and each channel reached."""
    tried, channels = await asyncio.gather(
        _read_sources(front, config), service.reach(config, sys.stdout)
    )
    read = {name: got for name, got in tried.items() if isinstance(got, Reading)}
    return _Tried(
        sources={name: got.problem or "" for name, got in read.items() if not got.usable},
        channels={name: got.reason for name, got in channels if not isinstance(got, Delivered)},
        odd={name: got.problem for name, got in read.items() if got.usable and got.problem},
        put_off={name: got.detail for name, got in tried.items() if isinstance(got, PutOff)},
    )


async def _read_sources(front: Front, config: Config) -> dict[str, Reading | PutOff]:
    """Every enabled source, in the order of the configuration."""
    now = front.clock(config)()
    enabled = [source for source in config.sources if source.enabled]
    async with service.reader_of_pages(config) as (fetcher, workers):
        gate = asyncio.Semaphore(8)

        async def one(source: Source) -> Reading | PutOff:
            async with gate:
                return await _read_one(source, fetcher, workers, now)

        readings = await asyncio.gather(*(one(source) for source in enabled))
    return {source.name: reading for source, reading in zip(enabled, readings, strict=True)}


async def _read_one(
    source: Source, fetcher: Fetcher, workers: Workers, now: datetime
) -> Reading | PutOff:
    """What stands at a source's address; not usable where it cannot be asked, or is no such source."""
    target = Target(
        url=source.url,
        accept="feed" if source.kind in ("feed", "sitemap", "json") else "page",
        headers=source.headers,
        user_agent=source.user_agent,
        proxy=source.proxy,
        allow_private=source.allow_private,
    )
    outcome = await fetcher.get(target, now, patience=PATIENCE)
    if isinstance(outcome, PutOff):
        return outcome
    if isinstance(outcome, NotModified):
        return Reading()
    if not isinstance(outcome, Page):
        return Reading(usable=False, problem=outcome.detail)
    said = (source.kind, outcome.body, outcome.url, outcome.content_type, dict(source.options))
    reading = await workers.run(read_source, *said, deadline=READ_SECONDS)
    if isinstance(reading, WorkerFailure):
        return Reading(usable=False, problem=reading.reason)
    return reading


@click.group("channels")
@grouped
def channels_command() -> None:
    """Channels: where messages go, and one real try."""


@channels_command.command("list")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@fronted
def channels_list(front: Front, json_: bool) -> int:
    """Every channel, its kind, and the alerts that use it."""
    config = front.config()
    rows = [
        {
            "name": one.name,
            "kind": one.kind,
            "alerts": [alert.name for alert in config.alerts if one.name in alert.to],
        }
        for one in config.channels
    ]
    if json_:
        show.as_json(rows)
        return 0
    show.table(
        ("channel", "kind", "alerts"),
        [(row["name"], row["kind"], ", ".join(row["alerts"]) or "–") for row in rows],
        empty="no channels configured",
    )
    return 0


@channels_command.command("test")
@click.argument("name", shell_complete=named(lambda config: [one.name for one in config.channels]))
@fronted
def channels_test(front: Front, name: str) -> int:
    """Send one real message."""
    config = front.config()
    known((name,), [one.name for one in config.channels], "channel")
    receipts = asyncio.run(service.ping(config, name, front.clock(config), sys.stdout))
    for reader, receipt in receipts:
        who = reader.removeprefix("mailto:")
        if isinstance(receipt, Delivered):
            click.echo(f"{who}: accepted {receipt.detail}".rstrip())
        else:
            click.echo(f"{who}: {receipt.reason}", err=True)
    works = all(isinstance(receipt, Delivered) for _, receipt in receipts)
    kind = next(one.kind for one in config.channels if one.name == name)
    if works and kind == "email" and not front.quiet:
        click.echo("Taken is not yet seen: look for it now, in the junk folder too.")
    return 0 if works else 1
