"""`serve`: the reading pages, which only look at the database."""

import asyncio
import os
import secrets
import signal
from collections.abc import Awaitable, Callable
from typing import Any

import click

from aiwatch.cli.front import Front, fronted
from aiwatch.config.values import Config
from aiwatch.errors import UsageError
from aiwatch.model import Secret
from aiwatch.service import Clock, Service, heaps
from aiwatch.store import Store, browsing

HERE = "127.0.0.1:8765"
TOKEN = "AIWATCH_TOKEN"  # noqa: S105 - the variable's name
SHORTEST = 16  # characters of a token: nobody guesses that many


@click.command("serve")
@click.argument("address", metavar="[HOST:PORT]", default=HERE)
@fronted
def serve_command(front: Front, address: str) -> int:
    """Pages to read on: today, topics, stories, search, sources."""
    config = front.config()
    clock = front.clock(config)
    with front.read(config) as db:  # says at once that there is no database yet
        ready = browsing.ready(db)
    if not ready:
        Store(config.database).close()  # brings it up to date, after a copy
    counter = _counter(front, config, address)

    def write(transaction: Any) -> Any:
        """Opened for this alone: the pages themselves only look."""
        with Store(config.database) as store:
            return store.write_now(transaction)

    heaps.share()

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
        await counter(lambda: config, clock, write, stop)

    asyncio.run(run())
    return 0


def beside(front: Front, config: Config, address: str) -> Callable[[Service], Awaitable[None]]:
    """The same pages for a service to have beside it, under its configuration as it changes."""
    counter = _counter(front, config, address)

    async def pages(service: Service) -> None:
        def write(transaction: Any) -> Any:
            return service.at.store.write_now(transaction)

        await counter(lambda: service.at.config, Clock(), write, service.stop)

    return pages


def _counter(front: Front, config: Config, address: str) -> Callable[..., Awaitable[None]]:
    """Everything that can be refused is, before anything is begun; what is left is to serve."""
    try:
        from aiwatch.web import metrics, pages, probes, server
    except ImportError as error:
        raise UsageError(
            "the pages need a few more packages: pip install 'aiwatch[web]'"
        ) from error
    host, port = server.address(address)
    given = _given()
    token = given or Secret(secrets.token_urlsafe(24))
    listening = server.listen(host, port)
    names = server.names(host)
    if not front.quiet:
        door = pages.door(config, host, token, names)
        click.echo(server.welcome(door, listening, made=given is None))

    async def serve(
        current: Callable[[], Config], clock: Clock, write: Any, stop: asyncio.Event
    ) -> None:
        room = pages.Room(
            config=current,
            clock=clock,
            door=lambda: pages.door(current(), host, token, names),
            write=write,
        )
        more = (*probes.routes(room), *metrics.routes(room))
        await server.serve(pages.application(room, *more), listening, stop)

    return serve


def _given() -> Secret | None:
    """The token from the environment."""
    value = os.environ.get(TOKEN, "").strip()
    if value and (len(value) < SHORTEST or not value.isascii()):
        raise UsageError(f"{TOKEN} must have {SHORTEST} plain characters at least")
    return Secret(value) if value else None
