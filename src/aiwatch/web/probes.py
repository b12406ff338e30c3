"""`/healthz` for those who watch the watcher: 200 or 503, with the reasons in words."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from aiwatch.config.values import Config
from aiwatch.digest.moments import iso
from aiwatch.errors import AiwatchError
from aiwatch.store import Connection, health, reader, tallies
from aiwatch.web.door import is_inside
from aiwatch.web.pages import Room

log = logging.getLogger(__name__)

LATE: Final = timedelta(
    hours=1
)  # of a running service: it polls within seconds, a slow host within minutes
LATE_PASS: Final = timedelta(hours=25)  # where passes are a timer's: it may come once a day
BLOCKED: Final = timedelta(hours=1)  # a greylisting server takes half of that


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong, if anything, and the facts it was judged by."""

    reasons: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)


def routes(room: Room) -> tuple[Route, ...]:
    """The one address."""

    async def healthz(request: Request) -> Response:
        found = await run_in_threadpool(lambda: look(room.config(), room.clock()))
        return _answer(found, inside=is_inside(request.scope))

    return (Route("/healthz", healthz),)


def _answer(found: Finding, *, inside: bool) -> Response:
    """Reasons name sources, hosts and paths: they are for those whom the pages are for."""
    well = not found.reasons
    said: dict[str, Any] = {"healthy": well}
    if inside:
        said |= {"reasons": list(found.reasons), "facts": found.facts}
    return JSONResponse(
        said, status_code=200 if well else 503, headers={"cache-control": "no-store"}
    )


def look(config: Config, now: datetime) -> Finding:
    """Ask the database; one that cannot be read is a finding, too."""
    try:
        with reader(config.database) as db:
            return judged(db, config, now)
    except AiwatchError as error:
        return Finding(reasons=(f"database: {error}",))


def judged(db: Connection, config: Config, now: datetime) -> Finding:
    """What aiwatch knows of itself, what no pass has said, and what waits for too long."""
    watched = [source.name for source in config.sources if source.enabled]
    known = health.facts(db)
    waiting = known.get("delivery")
    reasons = (
        *health.reasons(db, now),
        *_late(db, watched, known.get("alive"), now),
        *_silent(tallies.levels(db, watched).sources),
        # A service says it by itself; where passes are a timer's, nobody has.
        *(
            _blocked(one, now)
            for one in tallies.blocked(db, now - BLOCKED)
            if waiting is None or waiting.well
        ),
    )
    facts = {
        name: {
            "well": one.well,
            "at": iso(one.at),
            "since": iso(one.since),
            "last_well": iso(one.last_well) if one.last_well else None,
            "detail": one.detail,
        }
        for name, one in known.items()
    }
    return Finding(reasons=reasons, facts=facts)


def _late(
    db: Connection, watched: Sequence[str], alive: health.Fact | None, now: datetime
) -> tuple[str, ...]:
    """A source that should have been asked long ago: nobody makes passes."""
    due = tallies.first_due(db, watched)
    running = alive is not None and alive.detail != health.STOPPED
    if due is None or now - due <= (LATE if running else LATE_PASS):
        return ()
    return (f"passes: a source has been due since {iso(due)}, and nobody has asked it",)


def _silent(states: dict[str, int]) -> tuple[str, ...]:
    ill = sum(states.get(state, 0) for state in ("failing", "stopped"))
    asked = sum(states.values()) - states.get("paused", 0)
    if not asked or ill < asked:
        return ()
    return (f"sources: all {asked} fail" if asked > 1 else "sources: the only one fails",)


def _blocked(one: tallies.Blocked, now: datetime) -> str:
    hours = int((now - one.since) / timedelta(hours=1))
    said = f": {one.detail}" if one.detail else ""
    return f"delivery: {one.messages} waiting for {one.lane} for {hours} h{said}"
