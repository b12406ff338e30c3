"""`serve`: the reading pages, which only look at the database."""

import asyncio
import os
import secrets
import signal

import click

from aiwatch.cli.front import Front, fronted
from aiwatch.errors import UsageError
from aiwatch.model import Secret

HERE = "127.0.0.1:8765"
TOKEN = "AIWATCH_TOKEN"  # noqa: S105 - the variable's name
SHORTEST = 16  # characters of a token: nobody guesses that many


@click.command("serve")
@click.argument("address", metavar="[HOST:PORT]", default=HERE)
@fronted
def serve_command(front: Front, address: str) -> int:
    """Pages to read on: today, topics, stories, search, sources."""
    try:
        from aiwatch.web import pages, server
    except ImportError as error:
        raise UsageError("the pages need two more packages: pip install 'aiwatch[web]'") from error
    config = front.config()
    clock = front.clock(config)
    host, port = server.address(address)
    given = _given()
    door = pages.door(config, host, given or Secret(secrets.token_urlsafe(24)))
    listening = server.listen(host, port)
    room = pages.Room(config=lambda: config, clock=clock, door=door)
    if not front.quiet:
        click.echo(server.welcome(door, listening, made=given is None))

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
        await server.serve(pages.application(room), listening, stop)

    asyncio.run(run())
    return 0


def _given() -> Secret | None:
    """The token from the environment."""
    value = os.environ.get(TOKEN, "").strip()
    if value and (len(value) < SHORTEST or not value.isascii()):
        raise UsageError(f"{TOKEN} must have {SHORTEST} plain characters at least")
    return Secret(value) if value else None
