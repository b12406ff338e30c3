"""`init`, `check`, `channels`: from nothing to a configuration that is known to work."""

import asyncio
import sys
from pathlib import Path

import click

from aiwatch import service
from aiwatch.cli import show
from aiwatch.cli.front import Front, fronted, grouped, known
from aiwatch.config import starter
from aiwatch.config.values import Config
from aiwatch.errors import ConfigError, UsageError
from aiwatch.model import Delivered, FetchFailure, Target


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
        click.echo(f"{path} written. Next:\n  aiwatch -c {path} check\n  aiwatch -c {path} fetch")
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
        show.as_json({"problems": list(error.problems)})
        return error.exit_code
    enabled = [source for source in config.sources if source.enabled]
    bad, mute = asyncio.run(_unreachable(front, config)) if online else ({}, {})
    code = 1 if bad or mute else 0
    if json_:
        show.as_json(
            {
                "file": str(config.path) if config.path else None,
                "sources": len(enabled),
                "sources_off": len(config.sources) - len(enabled),
                "topics": len(config.topics),
                "channels": len(config.channels),
                "alerts": 0 if config.implicit else len(config.alerts),
                "problems": [],
                "warnings": list(config.warnings),
                "unreachable": bad,
                "unreachable_channels": mute,
            }
        )
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
    for name, words in (
        *bad.items(),
        *((f"channel {name}", words) for name, words in mute.items()),
    ):
        click.echo(f"  {name}: {words}")
    return code


async def _unreachable(front: Front, config: Config) -> tuple[dict[str, str], dict[str, str]]:
    """Sources and channels that do not answer, each with why."""
    sources, channels = await asyncio.gather(
        _try_sources(front, config), service.reach(config, sys.stdout)
    )
    return (
        {name: words for name, words in sources.items() if words},
        {name: got.reason for name, got in channels if not isinstance(got, Delivered)},
    )


async def _try_sources(front: Front, config: Config) -> dict[str, str | None]:
    """Each enabled source once; None where it answers."""
    now = front.clock(config)()
    async with service.reader_of_pages(config) as (fetcher, _):
        gate = asyncio.Semaphore(8)
        found: dict[str, str | None] = {}

        async def one(name: str, target: Target) -> None:
            async with gate:
                outcome = await fetcher.get(target, now)
            found[name] = outcome.detail if isinstance(outcome, FetchFailure) else None

        targets = {
            source.name: Target(
                url=source.url,
                headers=source.headers,
                user_agent=source.user_agent,
                proxy=source.proxy,
                allow_private=source.allow_private,
            )
            for source in config.sources
            if source.enabled
        }
        await asyncio.gather(*(one(name, target) for name, target in targets.items()))
        return found


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
@click.argument("name")
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
    return 0 if all(isinstance(receipt, Delivered) for _, receipt in receipts) else 1
