"""`sources`: what is watched and how it fares; finding, adding, and lists from and for other readers."""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from aiwatch import service
from aiwatch.cli import show
from aiwatch.cli.front import Front, fronted, grouped, known
from aiwatch.config import opml
from aiwatch.config.document import read_document
from aiwatch.config.units import parse_duration
from aiwatch.config.values import Config
from aiwatch.config.writing import (
    NotAdded,
    as_block,
    free_name,
    plain_address,
    source_key,
    without_sign_in,
    write,
)
from aiwatch.discovery import Found, NotFound, Preview, Tried, look
from aiwatch.errors import AiwatchError, UsageError
from aiwatch.judge import health
from aiwatch.judge.cadence import NEVER
from aiwatch.model import Source
from aiwatch.sources import KINDS
from aiwatch.sources.finder import GUESSED, as_typed
from aiwatch.store import Store
from aiwatch.store import sources as watched
from aiwatch.store.sources import SourceState

NAME = 60  # characters of a name made from a title


@click.group("sources")
@grouped
def sources_command() -> None:
    """Sources: how they fare; find, add, import and export them."""


@sources_command.command("list")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@fronted
def sources_list(front: Front, json_: bool) -> int:
    """Every source: state, last success, next due, what is wrong in words."""
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
    if source.name in doubled:
        detail = f"moved to the address of {doubled[source.name]}, which is read for both"
    asked = source.enabled and not vitals.paused and source.name not in doubled
    due = state.next_due if state and asked and state.next_due < NEVER else None
    return {
        "rank": health.rank(vitals, now),
        "name": source.name,
        "kind": source.kind,
        "url": source.url,
        "asked_at": without_sign_in(state.address) if state else source.url,
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


# ---------------------------------------------------------------- find and add


@sources_command.command("discover")
@click.argument("url")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@fronted
def sources_discover(front: Front, url: str, json_: bool) -> int:
    """Everything at an address that can be watched; nothing is written."""
    config = front.config()
    now = front.clock(config)()
    found = _look(front, config, url, kind=None, every=True)
    previews = found.previews if isinstance(found, Found) else ()
    if json_:
        rows = [{**_as_dict(one), "watched_as": _watched(config, one.url)} for one in previews]
        reason = found.reason if isinstance(found, NotFound) else None
        show.as_json({"found": rows, "reason": reason, "tried": _tried_dicts(found.tried)})
        return 0 if previews else 1
    if isinstance(found, NotFound):
        raise _nothing(found)
    show.table(
        ("title", "kind", "address", "entries", "newest", "rhythm", "watched as"),
        [
            (
                one.title,
                one.kind,
                without_sign_in(one.url),
                one.entries,
                show.local(one.newest_at, config.timezone, now),
                one.rhythm,
                _watched(config, one.url) or "–",
            )
            for one in previews
        ],
        empty="",
    )
    return 0


@sources_command.command("add")
@click.argument("url")
@click.option("--name", metavar="NAME", help="What to call it, instead of its own title.")
@click.option("--kind", metavar="KIND", help="Take only this kind of source.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="A label; may be given again.")
@click.option("--every", metavar="SPAN", help="How often: like 30m, or auto for its own rhythm.")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@fronted
def sources_add(
    front: Front,
    url: str,
    name: str | None,
    kind: str | None,
    tags: tuple[str, ...],
    every: str | None,
    json_: bool,
) -> int:
    """Find what can be watched at an address, show it, and write it into feeds.yaml."""
    config = front.config()
    _check_wishes(config, name=name, kind=kind, every=every)
    for typed in as_typed(url):
        _refuse_known(config, typed)
    found = _look(front, config, url, kind=kind, every=False)
    if isinstance(found, NotFound):
        if not json_:
            raise _nothing(found)
        tried = _tried_dicts(found.tried)
        show.as_json({"added": None, "reason": found.reason, "tried": tried})
        return 1
    best = found.previews[0]
    _refuse_known(config, best.url, best.page.url)
    source = _as_source(config, best, name=name, tags=tags, every=every)
    _written(config, [source])
    # Here the first look can be recorded: `best.page` and `best.reading` are what a first poll would have brought.
    if json_:
        shown = {**source, "url": without_sign_in(best.url)}
        tried = _tried_dicts(found.tried)
        record = {"added": shown, "file": str(config.path), "preview": _as_dict(best)}
        show.as_json({**record, "tried": tried})
        return 0
    _print_preview(best, config, front.clock(config)())
    click.echo(f"\nadded to {config.path}:\n{_paste([source])}".rstrip())
    return 0


def _look(
    front: Front, config: Config, url: str, *, kind: str | None, every: bool
) -> Found | NotFound:
    clock = front.clock(config)

    async def run() -> Found | NotFound:
        async with service.reader_of_pages(config) as (fetcher, workers):
            return await look(url, config, fetcher, workers, clock, kind=kind, every=every)

    return asyncio.run(run())


def _check_wishes(config: Config, *, name: str | None, kind: str | None, every: str | None) -> None:
    """Refuse what cannot be, before anything is fetched."""
    if kind is not None:
        known((kind,), list(KINDS), "kind of source")
    if name is not None and name in [source.name for source in config.sources]:
        raise UsageError(f"there is a source {name!r} already: take another --name")
    try:
        if every not in (None, "auto"):
            parse_duration(every)
    except ValueError as error:
        raise UsageError(f"--every: {error}") from error


def _watched(config: Config, url: str) -> str | None:
    """The name of the source that watches this address already."""
    key = source_key(url)
    return next((one.name for one in config.sources if source_key(one.url) == key), None)


def _refuse_known(config: Config, *urls: str) -> None:
    """What is watched already is not added again."""
    name = next((name for url in urls if (name := _watched(config, url))), None)
    if name is None:
        return
    off = not next(one.enabled for one in config.sources if one.name == name)
    what = f"{without_sign_in(urls[0])} is already watched as {name!r}"
    raise UsageError(f"{what}, which is off: set `enabled: true` there" if off else what)


def _as_source(
    config: Config, best: Preview, *, name: str | None, tags: Sequence[str], every: str | None
) -> dict[str, Any]:
    """Keys and values as feeds.yaml has them."""
    taken = {source.name for source in config.sources}
    wishes = {"every": every, "tags": list(tags)}
    return {
        "name": name or free_name(best.title[:NAME].strip(), taken),
        **({"kind": best.kind} if best.kind != "feed" else {}),
        "url": plain_address(best.url),
        **best.keys,
        **{key: value for key, value in wishes.items() if value},
    }


def _written(config: Config, sources: Sequence[dict[str, Any]], *, dry: bool = False) -> None:
    """Put them into the configuration's own file, or say what a person can put there."""
    assert config.path is not None  # it came from a file
    added = write(config.path, sources, os.environ, dry=dry)
    if isinstance(added, NotAdded):
        raise UsageError(
            f"{config.path} stays as it is: {added.reason}.\n"
            f"What would stand under `sources:` in it:\n{_paste(sources)}"
        )


def _paste(sources: Sequence[dict[str, Any]]) -> str:
    """The lines of these sources, without a sign-in."""
    return as_block([{**one, "url": without_sign_in(str(one["url"]))} for one in sources])


def _nothing(found: NotFound) -> AiwatchError:
    """Why there is nothing, and what was tried; the usual paths in one line."""
    if not found.tried:
        return UsageError(found.reason)
    if [one.what for one in found.tried] == [found.reason]:
        return AiwatchError(found.reason)
    guessed = [one for one in found.tried if one.why == GUESSED]
    lines = [f"  {one.url} ({one.why}): {one.what}" for one in found.tried if one.why != GUESSED]
    if guessed:
        lines.append(f"  {show.count(len(guessed), 'usual path')}, like {guessed[0].url}: nothing")
    return AiwatchError("\n".join([found.reason, "tried:", *lines]))


def _print_preview(best: Preview, config: Config, now: datetime) -> None:
    texts = {"whole": "whole articles", "short": "a summary", "none": "titles only"}
    click.echo(best.title)
    for label, value in (
        ("kind", best.kind),
        ("address", without_sign_in(best.url)),
        ("found", best.why),
        ("entries", best.entries),
        ("rhythm", best.rhythm),
        ("text", texts[best.text]),
        *(("note", quirk) for quirk in best.quirks),
        *(("may help", hint) for hint in best.hints),
    ):
        click.echo(f"  {label + ':':<10}{value}")
    for entry in best.newest:
        when = show.local(entry.published, config.timezone, now)
        click.echo(f"  {when:>16}  {entry.title or entry.url or entry.id}")


def _as_dict(one: Preview) -> dict[str, Any]:
    day = timedelta(days=1)
    return {
        "title": one.title,
        "kind": one.kind,
        "url": without_sign_in(one.url),
        "why": one.why,
        "entries": one.entries,
        "newest_at": show.iso(one.newest_at),
        "rhythm": one.rhythm,
        "per_day": round(day / one.gap, 2) if one.gap else None,
        "text": one.text,
        "quirks": list(one.quirks),
        "hints": list(one.hints),
        "newest": [
            {"title": entry.title, "url": entry.url, "published": show.iso(entry.published)}
            for entry in one.newest
        ],
    }


def _tried_dicts(tried: Sequence[Tried]) -> list[dict[str, Any]]:
    return [
        {"url": one.url, "kind": one.kind, "why": one.why, "what": one.what, "works": one.works}
        for one in tried
    ]


# ---------------------------------------------------------------- OPML


@sources_command.command("import")
@click.argument("file", metavar="FILE.opml")
@click.option("--dry-run", is_flag=True, help="Say what would be added; write nothing.")
@click.option("--disabled", is_flag=True, help="Add them switched off (enabled: false).")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@fronted
def sources_import(front: Front, file: str, dry_run: bool, disabled: bool, json_: bool) -> int:
    """Add the feeds that another reader has exported (OPML); nothing is fetched."""
    config = front.config()
    listed = opml.parse(_read(file))
    if isinstance(listed, opml.Refusal):
        raise UsageError(f"{file} is refused: {listed.reason}")
    new, merged = _new_ones(config, listed)
    sources = [{**one, "enabled": False} if disabled else one for one in new]
    if sources:
        _written(config, sources, dry=dry_run)
    report = {
        "file": str(config.path),
        "added": [{**one, "url": without_sign_in(str(one["url"]))} for one in sources],
        "merged": [_what(one) for one in merged],
        "passed_over": [_what(one) for one in listed.passed],
        "notes": list(listed.notes),
        "dry_run": dry_run,
    }
    if json_:
        show.as_json(report)
    else:
        _print_import(report)
    return 1 if listed.passed else 0


def _read(file: str) -> bytes:
    try:
        if file == "-":
            return sys.stdin.buffer.read(opml.MAX_BYTES + 1)
        with Path(file).open("rb") as opened:
            return opened.read(opml.MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error


def _new_ones(
    config: Config, listed: opml.Outlines
) -> tuple[list[dict[str, Any]], list[opml.Passed]]:
    """What is not watched yet, each under a name of its own; and what is, or was listed twice."""
    watched = {source_key(source.url): source for source in config.sources}
    taken = {str(source.name) for source in config.sources}
    new: list[dict[str, Any]] = []
    merged = list(listed.merged)
    for outline in listed.outlines:
        source = watched.get(source_key(outline.url))
        if source is not None:
            merged.append(opml.Passed(what=outline.name, reason=_known_words(source, outline)))
            continue
        name = free_name(outline.name, taken)
        taken.add(name)
        new.append({**outline.as_source(), "name": name})
    return new, merged


def _known_words(source: Source, outline: opml.Outline) -> str:
    more = [tag for tag in outline.tags if tag not in source.tags]
    words = f"already watched as {source.name!r}"
    return f"{words}; tags it has not there: {', '.join(more)}" if more else words


def _what(one: opml.Passed) -> dict[str, str]:
    return {"name": one.what, "reason": one.reason}


def _print_import(report: dict[str, Any]) -> None:
    for one in report["added"]:
        click.echo(f"added        {one['name']}  {one['url']}")
    for key, label in (("merged", "merged"), ("passed_over", "passed over")):
        for one in report[key]:
            click.echo(f"{label:<12} {one['name']}: {one['reason']}")
    for note in report["notes"]:
        click.echo(f"{'note':<12} {note}")
    counts = f"{len(report['added'])} added, {len(report['merged'])} merged, {len(report['passed_over'])} passed over"
    click.echo(f"{counts}; nothing written" if report["dry_run"] else f"{counts}: {report['file']}")


@sources_command.command("export")
@click.option("-o", "--output", metavar="FILE", help="Write there instead of to the screen.")
@click.option("--all", "every", is_flag=True, help="Those that are off (enabled: false), too.")
@fronted
def sources_export(front: Front, output: str | None, every: bool) -> int:
    """Write the sources as OPML 2.0, for another reader or another aiwatch; secrets stay here."""
    config = front.config()
    assert config.path is not None  # it came from a file
    own = read_document(config.path.read_text("utf-8", "replace"), str(config.path))
    exported = opml.render(
        [source for source in config.sources if source.enabled or every],
        hidden=opml.with_variables(own.values),
        allow_private=config.fetch.allow_private,
    )
    with show.writing(output) as file:
        file.write(exported.body.decode("utf-8"))
    for one in exported.left_out:
        click.echo(f"{one.what}: {one.reason}", err=True)
    return 0
