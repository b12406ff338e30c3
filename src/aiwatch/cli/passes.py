"""`fetch` and `watch`: the main job once, and for ever."""

import asyncio
import sys
from collections.abc import Sequence

import click

from aiwatch import service
from aiwatch.cli import show, summary
from aiwatch.cli.front import Front, fronted, known, start_log
from aiwatch.errors import UsageError
from aiwatch.service import PassReport
from aiwatch.store import sources as watched


@click.command("fetch")
@click.argument("sources", nargs=-1)
@click.option(
    "--all",
    "every",
    is_flag=True,
    help="Every source, due or not (never against Retry-After or 410).",
)
@click.option("--no-send", is_flag=True, help="Leave what is due for the next pass.")
@click.option("--baseline", is_flag=True, help="File everything and tell nobody, ever.")
@click.option("--strict", is_flag=True, help="Known trouble ends with exit code 1 too.")
@click.option("--json", "json_", is_flag=True, help="The summary as JSON.")
@fronted
def fetch_command(
    front: Front,
    sources: tuple[str, ...],
    every: bool,
    no_send: bool,
    baseline: bool,
    strict: bool,
    json_: bool,
) -> int:
    """One pass: poll, read, file, and send what is due."""
    config = front.config()
    known(sources, [source.name for source in config.sources], "source")
    clock = front.clock(config)

    async def run() -> tuple[PassReport, frozenset[str]]:
        async with service.machine(config, clock, sys.stdout if not json_ else sys.stderr) as at:
            chosen = await at.pipeline.due(sources, every=every)
            unread = _never_read(at, [source.name for source in chosen])
            with show.progress(quiet=front.quiet or json_) as bar:
                report = await service.one_pass(
                    at,
                    sources=chosen,
                    send=not (no_send or baseline),
                    baseline=baseline,
                    progress=bar,
                )
            return report, unread

    report, unread = asyncio.run(run())
    if json_:
        show.as_json(summary.as_dict(report))
    elif front.quiet:
        summary.print_troubles(report.broken)
    else:
        summary.print_words(report, config)
        if not baseline:
            summary.print_first_looks(report, unread, config)
    return 1 if report.broken or (strict and report.known) else 0


def _never_read(at: service.Machine, names: Sequence[str]) -> frozenset[str]:
    """Of these sources, those whose first good poll is still to come."""
    with at.store.read() as db:
        found = watched.states(db, names)
    return frozenset(state.name for state in found if state.first_success is None)


@click.command("watch")
@click.option("--web", metavar="HOST:PORT", help="With the reading pages, as `serve` has them.")
@fronted
def watch_command(front: Front, web: str | None) -> int:
    """Watch in the background until stopped."""
    if front.now is not None:
        raise UsageError(
            "--now is for trials with one-shot commands; watch lives by the real clock"
        )
    start_log(front, service=True)
    config = front.config()
    pages = None
    if web is not None:
        from aiwatch.cli.serving import beside

        pages = beside(front, config, web)
    asyncio.run(service.watch(config, sys.stdout, front.config, pages))
    return 0
