"""`search`: full text over everything that was filed."""

import sys
from datetime import datetime
from typing import Any

import click

from aiwatch.cli import show
from aiwatch.cli.front import AMOUNT, Front, fronted, span
from aiwatch.config.values import Config
from aiwatch.store import Store, search
from aiwatch.store.search import Filter, Found, Hit
from aiwatch.text.snippets import Run

BATCH = 500  # older articles that join the index in one transaction: under a second
INDENT = "      "


@click.command("search")
@click.argument("query", nargs=-1, required=True)
@click.option("--since", metavar="SPAN", help="Only what was filed in that time, like 30d.")
@click.option("--limit", type=AMOUNT, default=20, show_default=True, help="At most so many.")
@click.option("--rank", is_flag=True, help="The best first, of the newest 10,000 hits.")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@fronted
def search_command(
    front: Front, query: tuple[str, ...], since: str | None, limit: int, rank: bool, json_: bool
) -> int:
    """Find articles by their words, newest first."""
    config = front.config()
    now = front.clock(config)()
    back = span(since)
    where = Filter(since=now - back if back is not None else None)
    asked = " ".join(query)
    _index_the_rest(front, config)
    with front.read(config) as db:
        found = search.search(db, asked, where, limit=limit, rank=rank)
    if json_:
        show.as_json(as_dict(asked, found))
        return 0
    for hit in found.hits:
        _say(hit, config.timezone, now)
    if not found.hits:
        click.echo(f"nothing found for: {asked}" + (f" in the last {since}" if since else ""))
    return 0


def _index_the_rest(front: Front, config: Config) -> None:
    """Once after an upgrade: what was filed before there was an index."""
    with front.read(config) as db:
        total = search.unsearched(db)
    if not total:
        return
    with Store(config.database) as store, show.progress(quiet=front.quiet) as bar:
        if bar is None and not front.quiet:
            click.echo(f"indexing {show.count(total, 'older article')}, once", err=True)
        done = 0
        while store.write_now(lambda db: search.fill(db, BATCH)):
            done += BATCH
            if bar is not None:
                bar("index", min(done, total), total)


def _say(hit: Hit, zone: str, now: datetime) -> None:
    """A headline, who and when, and the words around what was found."""
    article = hit.article
    when = show.local(article["published"] or article["first_seen"], zone, now)
    said = [article["outlet"], when, f"story {article['story']}", ", ".join(article["topics"])]
    said.append("a copy" if article["copy"] else "")
    click.echo(_styled(hit.title))
    click.secho(INDENT + " · ".join(filter(None, said)), dim=True)
    if hit.snippet:
        click.echo(INDENT + _styled(hit.snippet))
    click.echo(INDENT + article["url"] + "\n")


def _styled(runs: tuple[Run, ...]) -> str:
    """Hits bold, on a terminal only; one line."""
    parts = [
        click.style(run.text, bold=True) if run.hit and sys.stdout.isatty() else run.text
        for run in runs
    ]
    return " ".join("".join(parts).split())


def as_dict(query: str, found: Found) -> dict[str, Any]:
    """The hits with stable keys; `marks` are places in the snippet."""
    return {
        "query": query,
        "results": [
            {
                **hit.article,
                "snippet": "".join(run.text for run in hit.snippet),
                "marks": marks(hit.snippet),
            }
            for hit in found.hits
        ],
        "further": found.further,
        "unsearched": found.unsearched,
    }


def marks(runs: tuple[Run, ...]) -> list[list[int]]:
    """[start, end] of each hit."""
    at, places = 0, []
    for run in runs:
        if run.hit:
            places.append([at, at + len(run.text)])
        at += len(run.text)
    return places
