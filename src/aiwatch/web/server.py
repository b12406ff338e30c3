"""Serving: uvicorn on one socket, alone or beside the service."""

import asyncio
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from aiwatch.errors import UsageError
from aiwatch.web.door import Door, is_loopback

log = logging.getLogger(__name__)
BACKLOG = 128
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared
LAST_WORDS = 3  # seconds that answers under way may take at the end


class Server(uvicorn.Server):
    """uvicorn, whose signals are somebody else's business."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them as they are."""
        yield


def address(text: str) -> tuple[str, int]:
    """`127.0.0.1:8765`, `:8765`, `[::1]:8765` → host and port; raises UsageError."""
    host, colon, port = text.strip().rpartition(":")
    if not colon or not port.isdecimal() or not 0 <= int(port) < 65536:
        raise UsageError(f"{text!r}: not an address; write it like 127.0.0.1:8765")
    return host.strip("[]") or "127.0.0.1", int(port)


def names(host: str) -> frozenset[str]:
    """What this machine is called by its neighbours, where all its addresses are bound."""
    name = socket.gethostname().lower()
    return frozenset({name, f"{name}.local"}) if host in EVERYWHERE else frozenset()


def listen(host: str, port: int) -> socket.socket:
    """The socket, bound now, so that a taken port is said before anything is begun; raises UsageError."""
    try:
        return socket.create_server(
            (host, port),
            family=socket.AF_INET6 if ":" in host else socket.AF_INET,
            backlog=BACKLOG,
        )
    except OSError as error:
        raise UsageError(f"cannot serve at {host}:{port}: {error.strerror or error}") from error


async def serve(app: ASGIApp, at: socket.socket, stop: asyncio.Event) -> None:
    """Answer until `stop` is set, then let answers under way finish."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        proxy_headers=False,
        timeout_graceful_shutdown=LAST_WORDS,
        limit_concurrency=200,
        ws="none",
    )
    server = Server(config)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    running = asyncio.ensure_future(server.serve(sockets=[at]))
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    server.should_exit = True
    await running


def welcome(door: Door, at: socket.socket, *, made: bool) -> str:
    """Where the pages are, and the token where one is asked for."""
    host, port = at.getsockname()[:2]
    shown = socket.gethostname() if host in EVERYWHERE else host
    lines = [
        f"reading pages at http://{f'[{shown}]' if ':' in shown else shown}:{port}/  (Ctrl-C ends them)"
    ]
    outside = not is_loopback(door.host) or door.public_url is not None
    if outside and made:
        lines.append(
            f"from elsewhere they ask for a password: {door.token.value}\n"
            "this one is good until they end; set AIWATCH_TOKEN to keep one"
        )
    elif outside:
        lines.append("from elsewhere they ask for a password: the value of AIWATCH_TOKEN")
    return "\n".join(lines)
