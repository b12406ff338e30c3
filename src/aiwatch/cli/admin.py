"""`backup`, `restore`, `prune`: copies, and what goes after a time."""

import asyncio
import shutil
from pathlib import Path

import click

from aiwatch.admin import prune
from aiwatch.admin.doctor import in_bytes
from aiwatch.cli import show
from aiwatch.cli.front import Front, fronted
from aiwatch.config.values import Config
from aiwatch.errors import AiwatchError
from aiwatch.store import Store, copies, health, locks, room, standstill


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--overwrite", is_flag=True, help="Replace a file that is there.")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@fronted
def backup_command(front: Front, file: Path, overwrite: bool, json_: bool) -> int:
    """Copy the database while it is in use: whole, checked, for you alone."""
    config = front.config()
    size = copies.copy_out(config.database, file, overwrite=overwrite)
    _remember(front, config, file)
    if json_:
        show.as_json({"file": str(file), "bytes": size})
    elif not front.quiet:
        click.echo(f"{file}: {in_bytes(size)}, whole")
    return 0


def _remember(front: Front, config: Config, file: Path) -> None:
    """So that `doctor` knows; a database that cannot be written now was copied all the same."""
    now, where = front.clock(config)(), str(file.resolve())
    try:
        with Store(config.database) as store:
            store.write_now(lambda db: health.note(db, "backup", now, well=True, detail=where))
    except AiwatchError as error:
        click.echo(f"the copy is made, but not noted in the database: {error}", err=True)


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@fronted
def restore_command(front: Front, file: Path, json_: bool) -> int:
    """Put a copy in the database's place; nothing is sent until `alerts resume`."""
    config = front.config()
    done = copies.put_back(file, config.database, front.clock(config)())
    if json_:
        show.as_json(
            {
                "file": str(config.database),
                "articles": done.articles,
                "due": done.due,
                "aside": str(done.aside) if done.aside else None,
            }
        )
        return 0
    click.echo(f"{config.database}: {show.count(done.articles, 'article')}, from {file}")
    if done.aside:
        click.echo(f"what stood there before is kept as {done.aside}")
    if done.due:
        click.echo(
            f"{show.count(done.due, 'message')} waited when the copy was made: drop what was sent since"
            " (aiwatch outbox list, aiwatch outbox drop ID)"
        )
    click.echo(standstill.WORDS)
    return 0


@click.command("prune")
@click.option("--dry-run", is_flag=True, help="Say what would go; change nothing.")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@fronted
def prune_command(front: Front, dry_run: bool, json_: bool) -> int:
    """Let old texts go, as `keep` says; what is known stays known."""
    config = front.config()
    now = front.clock(config)()
    if dry_run:
        with front.read(config) as db:
            planned = prune.planned(db, config.keep, now)
        _show(prune.Pruning(gone=planned), "would go", json_=json_)
        return 0
    with front.read(config):
        pass  # there is one
    with Store(config.database) as store:
        pruning = asyncio.run(prune.nightly(store, config.keep, now))
    _show(pruning, "gone", json_=json_)
    if pruning.worth_compacting:
        _compact(config.database, pruning)
    return 0


def _show(pruning: prune.Pruning, word: str, *, json_: bool) -> None:
    if json_:
        show.as_json(prune.as_dict(pruning))
        return
    click.echo(f"{word}: {prune.in_words(pruning.gone)}")
    if pruning.returned:
        click.echo(f"{in_bytes(pruning.returned)} given back to the disk")


def _compact(database: Path, pruning: prune.Pruning) -> None:
    """Write the file anew where nobody is kept waiting by that; said on stderr, with what it came to."""
    free = in_bytes(pruning.free)
    if locks.service_runs(database):
        click.echo(
            f"{free} in the file are free: to shrink it, stop the service and prune again", err=True
        )
        return
    size = database.stat().st_size
    if shutil.disk_usage(database.parent).free < 2 * size:
        click.echo(
            f"{free} in the file are free: shrinking it takes {in_bytes(2 * size)} on the disk",
            err=True,
        )
        return
    room.compact(database)
    click.echo(
        f"the file is written anew: {in_bytes(size - database.stat().st_size)} smaller", err=True
    )
