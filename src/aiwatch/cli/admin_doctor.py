"""`doctor`: what is well and what is not, each with what to do about it."""

import asyncio
import io
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from aiwatch import service
from aiwatch.admin import doctor
from aiwatch.admin.doctor import Checkup, Finding
from aiwatch.cli import show
from aiwatch.cli.front import Front, fronted, in_zone
from aiwatch.config.values import Config
from aiwatch.errors import ConfigError
from aiwatch.service import Clock

MARKS = {"ok": "ok", "look": "look", "bad": "BAD"}


@click.command("doctor")
@click.option("--offline", is_flag=True, help="Reach no channel.")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@fronted
def doctor_command(front: Front, offline: bool, json_: bool) -> int:
    """What is well and what is not, and what to do: database, disk, clock, sources, mail."""
    config, findings = _configuration(front)
    database = config.database if config else Path(front.database) if front.database else None
    bad = False
    if database is not None:
        checkup = doctor.checkup(database, config, _now(front, config))
        findings += checkup.findings
        bad = checkup.database_bad
    if config is not None and not offline:
        reached = asyncio.run(service.reach(config, io.StringIO()))
        findings += doctor.channels(dict(reached))
    whole = Checkup(findings=tuple(findings), database_bad=bad)
    if json_:
        show.as_json(
            {"findings": [asdict(one) for one in whole.findings], "exit_code": whole.exit_code}
        )
    else:
        _print(whole, quiet=front.quiet)
    return whole.exit_code


def _configuration(front: Front) -> tuple[Config | None, list[Finding]]:
    """The configuration, where it can be used; a file that is not there at all is a matter of typing."""
    try:
        config = front.config()
    except ConfigError as error:
        return None, list(doctor.configuration(None, (), error.problems))
    return config, list(doctor.configuration(config.path, config.warnings, ()))


def _now(front: Front, config: Config | None) -> datetime:
    if config is not None:
        return front.clock(config)()
    return Clock(in_zone(front.now, "UTC") if front.now else None)()


def _print(whole: Checkup, *, quiet: bool) -> None:
    shown = [one for one in whole.findings if not quiet or one.level == "bad"]
    for one in shown:
        click.echo(f"{MARKS[one.level]:<5}{one.about}: {one.words}")
        if one.todo and one.level != "ok":
            click.echo(f"     → {one.todo}")
    bad = sum(one.level == "bad" for one in whole.findings)
    look = sum(one.level == "look" for one in whole.findings)
    if not quiet:
        verdict = "all is well" if not bad and not look else f"{bad} bad, {look} to look at"
        click.echo(verdict)
