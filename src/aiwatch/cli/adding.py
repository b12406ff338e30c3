"""`sources discover`, `add`, `import`, `export`: from an address or another reader's list into feeds.yaml, and out."""

import asyncio
import os
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from aiwatch import polling, service
from aiwatch.cli import show
from aiwatch.cli.front import Front, fronted, known
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
    write,
)
from aiwatch.discovery import Found, NotFound, Preview, Tried, look
from aiwatch.errors import AiwatchError, UsageError
from aiwatch.model import Source
from aiwatch.sources import KINDS
from aiwatch.sources.finder import GUESSED, as_typed
from aiwatch.store import Store, locks, polls
from aiwatch.store import sources as watched
from aiwatch.text.signin import without_sign_in

NAME = 60  # characters of a name made from a title


@click.command("discover")
@click.argument("url")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@fronted
def sources_discover(front: Front, url: str, json_: bool) -> int:
    """Show what can be watched at an address.

    All of it; nothing is written.
    """
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
        wide=("entries", "newest"),
    )
    return 0


@click.command("add")
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
    """Watch what is found at an address.

    The first that works is shown, and written into feeds.yaml; nothing else in the file changes.
    """
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
    _remember(front, best, source["name"])
    if json_:
        shown = {**source, "url": without_sign_in(best.url)}
        tried = _tried_dicts(found.tried)
        record = {"added": shown, "file": str(config.path), "preview": _as_dict(best)}
        show.as_json({**record, "tried": tried})
        return 0
    _print_preview(best, config, front.clock(config)())
    click.echo(f"\nadded to {config.path}:\n{_paste([source])}".rstrip())
    click.echo(
        "\nWhat it lists now is filed with the next `aiwatch fetch`, or at once where `watch` runs."
    )
    return 0


def _remember(front: Front, best: Preview, name: str) -> None:
    """Record what was found as the first poll (rule 40), unless it is a list of parts that were not read.

    Beside a running service nothing is recorded: it does not know the source yet, and would file its entries as a
    stranger's.
    """
    config = front.config()
    if best.reading.follow or locks.service_runs(config.database):
        return
    source = next(source for source in config.sources if source.name == name)
    now = front.clock(config)()
    found = polling.first_look(source, best.page, best.reading, now)
    with Store(config.database) as store:
        store.write_now(lambda db: watched.sync(db, [source], now))
        store.write_now(lambda db: polls.record(db, found))


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


@click.command("import")
@click.argument("file", metavar="FILE.opml")
@click.option("--dry-run", is_flag=True, help="Say what would be added; write nothing.")
@click.option("--disabled", is_flag=True, help="Add them switched off (enabled: false).")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@fronted
def sources_import(front: Front, file: str, dry_run: bool, disabled: bool, json_: bool) -> int:
    """Add the feeds of another reader (OPML).

    Folders become tags; nothing is fetched.
    """
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
    damaged = bool(listed.notes) and not listed.outlines
    return 1 if listed.passed or damaged else 0


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


@click.command("export")
@click.option("-o", "--output", metavar="FILE", help="Write there instead of to the screen.")
@click.option("--all", "every", is_flag=True, help="Those that are off (enabled: false), too.")
@fronted
def sources_export(front: Front, output: str | None, every: bool) -> int:
    """Write the sources as OPML.

    OPML 2.0, for another reader or another aiwatch; secrets stay here.
    """
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
