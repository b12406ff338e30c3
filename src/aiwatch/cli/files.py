"""`import`, `export`, `extract`: articles in, rows out, one page read."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from aiwatch import admin, service
from aiwatch.cli import show
from aiwatch.cli.front import Front, fronted, span
from aiwatch.cli.why import as_values, print_blocks, print_evidence
from aiwatch.delivery import Closings, Sent
from aiwatch.errors import AiwatchError, UsageError
from aiwatch.model import Extract, FetchFailure, NotModified, Target
from aiwatch.pipeline import Progress
from aiwatch.service import Machine
from aiwatch.store import reading
from aiwatch.text.candidates import Candidates, candidates, read_page
from aiwatch.text.importing import imported
from aiwatch.workers import WorkerFailure

PAGE_SECONDS = 10.0
EXPORTS = {
    "articles": reading.export_articles,
    "stories": reading.export_stories,
    "matches": reading.export_matches,
}


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--alert",
    "tell",
    is_flag=True,
    help="Let alerts tell of what is new; without it nobody is told.",
)
@click.option("--json", "json_", is_flag=True, help="The summary as JSON.")
@fronted
def import_command(front: Front, file: Path, tell: bool, json_: bool) -> int:
    """Take in articles that were read elsewhere (JSON lines)."""
    config = front.config()
    clock = front.clock(config)

    async def run() -> tuple[dict[str, int], list[str], Closings, Sent]:
        async with service.machine(config, clock, sys.stderr if json_ else sys.stdout) as at:
            with show.progress(quiet=front.quiet or json_) as bar:
                counts, problems = await _import(at, file, tell, bar)
            if not tell:
                return counts, problems, Closings(), Sent()
            closings = await at.delivery.close_due()
            return counts, problems, closings, await at.delivery.send_due()

    counts, problems, closings, sent = asyncio.run(run())
    untold = (*closings.troubles, *(f"not delivered: {trouble}" for trouble in sent.troubles))
    for problem in (*problems, *untold):
        click.echo(problem, err=True)
    if json_:
        show.as_json({**counts, "problems": problems})
    elif not front.quiet:
        show.table(("import", "lines"), list(counts.items()), empty="nothing")
    return 1 if problems or untold else 0


async def _import(
    at: Machine, file: Path, tell: bool, bar: Progress | None
) -> tuple[dict[str, int], list[str]]:
    counts = {
        "filed": 0,
        "new": 0,
        "same_url": 0,
        "same_text": 0,
        "same_story": 0,
        "version": 0,
        "unchanged": 0,
    }
    problems: list[str] = []
    await at.delivery.remember_alerts()
    for number, line in admin.read_lines(file):
        read = (
            line
            if isinstance(line, str)
            else await at.pipeline.workers.run(imported, line, deadline=PAGE_SECONDS)
        )
        if isinstance(read, WorkerFailure):
            read = read.reason
        if isinstance(read, str):
            problems.append(f"{file} line {number}: {read}; skipped")
            continue
        draft = at.pipeline.draft(read.read, given=read.given)
        filed = await at.pipeline.file_draft(
            draft if tell else replace(draft, tell="none"), tell=tell
        )
        counts[filed.outcome] += 1
        if filed.outcome == "filed":
            counts[filed.verdict.kind] += 1
        if bar:
            bar("lines", number, number)
    return counts, problems


@click.command("export")
@click.argument("what", type=click.Choice(list(EXPORTS)))
@click.option("--since", metavar="SPAN", help="Only what came in that time, like 7d.")
@click.option(
    "--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True
)
@click.option("-o", "--output", metavar="FILE", help="Write there instead of to the screen.")
@fronted
def export_command(
    front: Front, what: str, since: str | None, form: str, output: str | None
) -> int:
    """Write out articles, stories or matches."""
    config = front.config()
    back = span(since)
    start = front.clock(config)() - back if back is not None else None
    with front.read(config) as db, show.writing(output) as out:
        admin.write_rows(EXPORTS[what](db, start), form, out)
    return 0


@click.command("extract")
@click.argument("what", metavar="URL|FILE")
@click.option("--url", help="Where a file came from.")
@click.option("--why", is_flag=True, help="What each field came from, and every block's score.")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@fronted
def extract_command(front: Front, what: str, url: str | None, why: bool, json_: bool) -> int:
    """Read one page: title, authors, dates, text."""
    if _is_web(what):
        read = _extract_url(front, what, why=why)
    else:
        read = _extract_file(Path(what), url, why=why)
    if json_:
        show.as_json({**_extract_dict(read.found), **(as_values(read) if why else {})})
    else:
        _print_extract(read, why=why)
    return 0 if read.found.text else 1


def _extract_file(path: Path, url: str | None, *, why: bool) -> Candidates:
    try:
        return candidates(path.read_bytes(), url, why=why)
    except FileNotFoundError as error:
        raise UsageError(f"{str(path)!r} is neither a file here nor an http(s) address") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{str(path)!r} cannot be read: {error}") from error


def _is_web(what: str) -> bool:
    return what.lower().startswith(("http://", "https://"))


def _extract_url(front: Front, url: str, *, why: bool) -> Candidates:
    config = front.config()
    clock = front.clock(config)

    async def run() -> Candidates | str:
        async with service.reader_of_pages(config) as (fetcher, workers):
            target = Target(url=url, accept="page", allow_private=config.fetch.allow_private)
            outcome = await fetcher.get(target, clock())
            if isinstance(outcome, FetchFailure | NotModified):
                return outcome.detail if isinstance(outcome, FetchFailure) else "not modified"
            read = await workers.run(read_page, outcome, why, deadline=PAGE_SECONDS)
            return read.reason if isinstance(read, WorkerFailure) else read

    read = asyncio.run(run())
    if isinstance(read, str):
        raise AiwatchError(f"{url} cannot be read: {read}")
    return read


def _extract_dict(found: Extract) -> dict[str, Any]:
    return {
        "title": found.title,
        "authors": list(found.authors),
        "published": found.published.isoformat() if found.published else None,
        "modified": found.modified.isoformat() if found.modified else None,
        "language": found.language,
        "site": found.site,
        "canonical_url": found.canonical_url,
        "image": found.image,
        "paywalled": found.paywalled,
        "text": found.text,
        "how": dict(found.how),
    }


def _print_extract(read: Candidates, *, why: bool) -> None:
    found = read.found
    for name, value in _extract_dict(found).items():
        if name in ("text", "how", "image") or not value:
            continue
        shown = ", ".join(value) if isinstance(value, list) else value
        click.echo(f"{name + ':':<15}{shown}")
    if why:
        print_evidence(read)
    click.echo(f"\n{found.text}" if found.text else "\nno article text found on this page")
    if why:
        print_blocks(read)
