"""The application: addresses, and in which form each page is given."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from hashlib import blake2b
from importlib.resources import files
from typing import Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from aiwatch.config.values import Config
from aiwatch.digest.moments import clock, long_day
from aiwatch.errors import AiwatchError
from aiwatch.model import Secret
from aiwatch.store import Connection, reader
from aiwatch.web import atom, finding, leaving, lists, state, telling, views
from aiwatch.web.door import Door, Guarded
from aiwatch.web.leaving import Write
from aiwatch.web.views import Asked, View

Show = Callable[[Connection, Asked], View | None]
FORMS: Final = ("html", "json", "atom")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}")
_LOOKS: Final = {"/style.css": "text/css; charset=utf-8", "/icon.svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What all pages need: the configuration as it is now, the time, the door."""

    config: Callable[[], Config]
    clock: Callable[[], datetime]
    door: Callable[[], Door]
    write: Write  # one transaction, for those who leave an alert


def door(config: Config, host: str, token: Secret, names: frozenset[str] = frozenset()) -> Door:
    """The door of a server bound to `host`, on a machine of such names."""
    return Door(host=host, public_url=config.public_url, token=token, names=names)


def application(room: Room, *more: Route) -> ASGIApp:
    """All pages behind their door; `more` are routes of others, like /healthz."""
    routes = [
        *more,
        *leaving.routes(partial(_read, room), room.write, room.clock, _render),
        *(Route(path, partial(_looks, kind=kind)) for path, kind in _LOOKS.items()),
        *_routes("/", "/today", partial(_page, room, lambda _: lists.today)),
        *_routes("/topics", "/topics", partial(_page, room, lambda _: lists.topics)),
        *_routes("/topics/{name}", "/topics/{name}", partial(_page, room, _topic)),
        *_routes("/stories", "/stories", partial(_page, room, lambda _: lists.latest)),
        *_routes("/stories/{id:int}", "/stories/{id:int}", partial(_page, room, _story)),
        *_routes("/articles/{id:int}", "/articles/{id:int}", partial(_page, room, _article)),
        *_routes("/search", "/search", partial(_page, room, lambda _: finding.found)),
        *_routes("/sources", "/sources", partial(_page, room, lambda _: state.sources)),
        *_routes("/messages", "/messages", partial(_page, room, lambda _: state.messages)),
        *_routes("/messages/{id:int}", "/messages/{id:int}", partial(_page, room, _message)),
    ]
    made = Starlette(
        routes=routes,
        exception_handlers={HTTPException: _said, AiwatchError: _troubled, Exception: _broken},
    )
    return Guarded(made, room.door)


def _routes(path: str, other: str, page: Callable[..., Any]) -> list[Route]:
    """The page, and its other forms behind a dot; those first, or a topic could be called `sora.atom`."""
    return [
        Route(f"{other}.atom", partial(page, form="atom")),
        Route(f"{other}.json", partial(page, form="json")),
        Route(path, partial(page, form="html")),
    ]


def _topic(request: Request) -> Show:
    return partial(lists.topic, name=request.path_params["name"])


def _story(request: Request) -> Show:
    return partial(telling.story, id_=request.path_params["id"])


def _article(request: Request) -> Show:
    return partial(telling.article, id_=request.path_params["id"])


def _message(request: Request) -> Show:
    return partial(state.message, id_=request.path_params["id"])


async def _page(
    room: Room, show: Callable[[Request], Show], request: Request, *, form: str
) -> Response:
    if any(value >= 2**62 for value in request.path_params.values() if isinstance(value, int)):
        raise HTTPException(404)
    return await run_in_threadpool(_answer, room, show(request), request, form)


def _answer(room: Room, show: Show, request: Request, form: str) -> Response:
    """Read, say, and let a reader that has it already keep what it has."""
    config = room.config()
    asked = Asked(config=config, now=room.clock(), query=request.query_params)
    with reader(config.database) as db:
        view = show(db, asked)
    if view is None:
        raise HTTPException(404)
    if form == "html" and "id" in request.path_params and view.path != request.url.path:
        return RedirectResponse(view.path, status_code=308)
    body, kind = _said_as(view, asked, room.door(), request, form)
    tag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={"etag": tag})
    return Response(body, media_type=kind, headers={"etag": tag})


def _said_as(
    view: View, asked: Asked, door: Door, request: Request, form: str
) -> tuple[bytes, str]:
    if form == "json":
        return json.dumps(view.model, ensure_ascii=False, indent=1).encode(), "application/json"
    if form == "atom":
        return _feed(view, asked, door, request), atom.MEDIA_TYPE
    return _html(view, asked).encode(), "text/html; charset=utf-8"


def _feed(view: View, asked: Asked, door: Door, request: Request) -> bytes:
    host = request.headers["host"]
    query = f"?{view.query}" if view.query else ""
    return atom.as_atom(
        atom.Feed(
            origin=door.origin(request.url.scheme, host),
            name=door.public_host or "localhost",
            path=f"{view.path}{query}",
            self_path=f"{request.url.path}{query}",
            title=f"{view.title if view.path != '/' else 'Today'} — aiwatch",
            updated=asked.now,
            entries=view.entries,
        )
    )


# ---------------------------------------------------------------- HTML


def _html(view: View, asked: Asked) -> str:
    template = _environment().get_template(view.template)
    base = "/today" if view.path == "/" else view.path
    query = f"?{view.query}" if view.query else ""
    return template.render(
        **view.more,
        model=view.model,
        title=view.title,
        here=view.path,
        as_atom=f"{base}.atom{query}",
        as_json=f"{base}.json{query}",
        going_on="before" in asked.query,
        shown=partial(views.shown, asked=asked),
        clock=clock(asked.now, asked.zone),
        zone=asked.zone,
        further=partial(_further, view),
        topic_titles=asked.titles(),
    )


def _further(view: View, before: int) -> str:
    """The address of the next page."""
    return "?" + "&".join(filter(None, (view.query, urlencode({"before": before}))))


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("aiwatch.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["language"] = _language
    environment.filters["paired"] = lambda names: [(name, name) for name in names]
    environment.filters["told_by"] = views.told_by
    environment.globals["counts"] = views.counts
    environment.globals["day_of"] = long_day
    return environment


def _language(tag: str | None) -> str:
    """A language tag fit for `lang`, else nothing."""
    return tag if tag and _LANGUAGE.fullmatch(tag) else ""


# ---------------------------------------------------------------- the rest


def _read(room: Room, look: Callable[[Connection], Any]) -> Any:
    with reader(room.config().database) as db:
        return look(db)


def _render(template: str, **words: Any) -> str:
    return _environment().get_template(template).render(**words)


async def _looks(request: Request, kind: str) -> Response:
    body = _file(request.url.path.removeprefix("/"))
    return Response(body, media_type=kind, headers={"cache-control": "public, max-age=3600"})


@lru_cache(maxsize=4)
def _file(name: str) -> bytes:
    return files("aiwatch.web").joinpath("looks", name).read_bytes()


_WORDS: Final[Mapping[int, str]] = {
    404: "There is no such page.",
    405: "Pages are only read: this can be done with GET alone.",
}


async def _said(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = _WORDS.get(error.status_code, str(error.detail))
    return PlainTextResponse(f"{words}\n", status_code=error.status_code, headers=error.headers)


async def _troubled(_request: Request, error: Exception) -> Response:
    """No database yet, or one that cannot be read: its own words say what to do."""
    return PlainTextResponse(f"{error}\n", status_code=503)


async def _broken(_request: Request, _error: Exception) -> Response:
    """A bug; the log has the traceback, the reader only this."""
    return PlainTextResponse("This page could not be made; the log says why.\n", status_code=500)
