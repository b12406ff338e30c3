"""Leaving an alert with one click (RFC 8058): GET shows whose it is and changes nothing, POST ends it at once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from aiwatch.store import Connection, leaving

T = TypeVar("T")


class Write(Protocol):
    """Runs a transaction on the database."""

    def __call__(self, transaction: Callable[[Connection], T], /) -> T:
        """Committed when this returns."""
        ...


def routes(
    read: Callable[[Callable[[Connection], Any]], Any],
    write: Write,
    clock: Callable[[], datetime],
    render: Callable[..., str],
) -> tuple[Route, ...]:
    """The two of them; mail programs send the POST by themselves, with whatever body."""

    async def show(request: Request) -> Response:
        token = request.path_params["token"]
        return await run_in_threadpool(
            lambda: _page(read(lambda db: leaving.find(db, token)), render)
        )

    async def leave(request: Request) -> Response:
        token = request.path_params["token"]
        return await run_in_threadpool(
            lambda: _page(write(lambda db: leaving.leave(db, token, clock())), render)
        )

    path = f"/{leaving.PATH}/{{token:str}}"
    return (
        Route(path, show, methods=["GET"]),
        Route(path, leave, methods=["POST"]),
    )


def _page(found: leaving.Subscriber | None, render: Callable[..., str]) -> Response:
    if found is None:
        raise HTTPException(404)
    page = render(
        "unsubscribe.html.j2",
        title="Unsubscribe",
        alert=found.alert,
        reader=found.reader.removeprefix("mailto:"),
        left=found.left_at is not None,
    )
    return HTMLResponse(page, headers={"cache-control": "no-store"})
