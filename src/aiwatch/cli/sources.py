"""`sources`: what is watched and how it fares, paused and resumed; what adds to it stands in `adding`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click

from aiwatch.cli import show
from aiwatch.cli.adding import sources_add, sources_discover, sources_export, sources_import
from aiwatch.cli.front import Front, fronted, grouped, known
from aiwatch.config.values import Config
from aiwatch.errors import AiwatchError
from aiwatch.judge import health
from aiwatch.judge.cadence import NEVER
from aiwatch.model import Source
from aiwatch.store import Store
from aiwatch.store import sources as watched
from aiwatch.store.sources import SourceState
from aiwatch.text.signin import without_sign_in


@click.group("sources")
@grouped
def sources_command() -> None:
    """Sources: how they fare; find, add, import and export them."""


for _command in (sources_discover, sources_add, sources_import, sources_export):
    sources_command.add_command(_command)


@sources_command.command("list")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@fronted
def sources_list(front: Front, json_: bool) -> int:
    """How each fares, the most trouble first.

    State in words, last success, next due and why then.
    """
    config = front.config()
    now = front.clock(config)()
    states = _source_states(front, config)
    doubled = watched.twins(
        [source for source in config.sources if source.enabled],
        {name: state.effective_url for name, state in states.items() if state.effective_url},
    )
    rows = [
        _row(source, states.get(source.name), doubled, config, now) for source in config.sources
    ]
    rows.sort(key=lambda row: (row.pop("rank"), row["name"]))
    if json_:
        show.as_json(rows)
        return 0
    show.table(
        ("source", "state", "last success", "next due", "why then"),
        [
            (
                row["name"],
                row["detail"],
                show.local(row["last_success"], config.timezone, now),
                show.local(row["next_due"], config.timezone, now),
                (row["due_reason"] or "–") if row["next_due"] else "–",
            )
            for row in rows
        ],
        empty="no sources configured",
        wide=("why then",),
    )
    return 0


def _row(
    source: Source,
    state: SourceState | None,
    doubled: Mapping[str, str],
    config: Config,
    now: datetime,
) -> dict[str, Any]:
    """One source for the table and for `--json`."""
    vitals = (
        state.vitals(enabled=source.enabled)
        if state
        else health.Vitals(state="new", next_due=now, enabled=source.enabled)
    )
    detail = health.words(vitals, now, config.timezone)
    if state and state.effective_url and vitals.state == "working" and source.enabled:
        detail = f"{detail}, moved to {without_sign_in(state.effective_url)}"
    if source.name in doubled:
        detail = f"moved to the address of {doubled[source.name]}, which is read for both"
    asked = source.enabled and not vitals.paused and source.name not in doubled
    due = state.next_due if state and asked and state.next_due < NEVER else None
    return {
        "rank": health.rank(vitals, now),
        "name": source.name,
        "kind": source.kind,
        "url": without_sign_in(source.url),
        "asked_at": without_sign_in(state.address) if state else without_sign_in(source.url),
        "enabled": source.enabled,
        "paused": vitals.paused,
        "state": vitals.state,
        "detail": detail,
        "last_success": show.iso(vitals.last_success),
        "last_new": show.iso(vitals.last_new),
        "usual_gap_seconds": vitals.usual_gap.total_seconds() if vitals.usual_gap else None,
        "next_due": show.iso(due),
        "due_reason": state.due_reason if state else None,
        "failures": vitals.failures,
    }


@sources_command.command("pause")
@click.argument("name")
@fronted
def sources_pause(front: Front, name: str) -> int:
    """Leave a source alone until it is resumed."""
    return _pause(front, name, paused=True)


@sources_command.command("resume")
@click.argument("name")
@fronted
def sources_resume(front: Front, name: str) -> int:
    """Ask a source again, as its own time comes."""
    return _pause(front, name, paused=False)


def _pause(front: Front, name: str, *, paused: bool) -> int:
    config = front.config()
    known((name,), [source.name for source in config.sources], "source")
    now = front.clock(config)()
    with Store(config.database) as store:
        store.write_now(lambda db: watched.sync(db, config.sources, now))
        store.write_now(lambda db: watched.pause(db, name, paused=paused))
    click.echo(f"{name}: {'paused' if paused else 'resumed'}")
    return 0


def _source_states(front: Front, config: Config) -> dict[str, SourceState]:
    try:
        with front.read(config) as db:
            found = watched.states(db, [source.name for source in config.sources])
    except AiwatchError:
        if config.database.exists():
            raise
        return {}
    return {state.name: state for state in found}
