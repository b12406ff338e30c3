"""How hosts want to be asked: their spacing and refusals, kept over restarts, and their robots.txt."""

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from aiwatch.judge import manners
from aiwatch.judge.manners import HostState
from aiwatch.model import Outcome
from aiwatch.store.times import from_text, maybe_text, maybe_time, to_text

KEPT = timedelta(days=1)  # RFC 9309 2.4


def remembered(db: sqlite3.Connection) -> tuple[HostState, ...]:
    """Every host that was ever asked."""
    return tuple(_state(row) for row in db.execute("SELECT * FROM hosts"))


def answered(
    db: sqlite3.Connection,
    host: str,
    url: str,
    outcome: Outcome,
    now: datetime,
    *,
    worked_before: bool,
    configured: timedelta,
) -> HostState | None:
    """Remember how a host took a request, from what is remembered at this moment: others ask it too."""
    if not host:
        return None
    row = db.execute("SELECT * FROM hosts WHERE host = ?", (host,)).fetchone()
    state = manners.after(
        _state(row) if row else HostState(host=host),
        url,
        outcome,
        now,
        worked_before=worked_before,
        configured=configured,
    )
    _keep(db, state)
    return state


def _keep(db: sqlite3.Connection, state: HostState) -> None:
    db.execute(
        "INSERT INTO hosts (host, last_request, spacing, not_before, refused_at, refused_url, reason)"
        " VALUES (:host, :last_request, :spacing, :not_before, :refused_at, :refused_url, :reason)"
        " ON CONFLICT (host) DO UPDATE SET last_request = :last_request, spacing = :spacing,"
        " not_before = :not_before, refused_at = :refused_at, refused_url = :refused_url, reason = :reason",
        {
            "host": state.host,
            "last_request": maybe_text(state.last_request),
            "spacing": state.spacing.total_seconds(),
            "not_before": maybe_text(state.not_before),
            "refused_at": maybe_text(state.refused_at),
            "refused_url": state.refused_url,
            "reason": state.reason,
        },
    )


def robots(db: sqlite3.Connection) -> tuple[dict[str, Any], ...]:
    """The robots.txt files asked for lately: origin, at, status, text, trouble."""
    return tuple(
        {**dict(row), "at": from_text(row["at"])} for row in db.execute("SELECT * FROM robots")
    )


def keep_robots(db: sqlite3.Connection, found: Iterable[Mapping[str, Any]], now: datetime) -> None:
    """Remember these, and forget what is too old to count."""
    db.execute("DELETE FROM robots WHERE at < ?", (to_text(now - KEPT),))
    for one in found:
        db.execute(
            "INSERT OR REPLACE INTO robots (origin, at, status, text, trouble)"
            " VALUES (:origin, :at, :status, :text, :trouble)",
            {**one, "at": to_text(one["at"])},
        )


def _state(row: sqlite3.Row) -> HostState:
    return HostState(
        host=row["host"],
        last_request=maybe_time(row["last_request"]),
        spacing=timedelta(seconds=row["spacing"]),
        not_before=maybe_time(row["not_before"]),
        refused_at=maybe_time(row["refused_at"]),
        refused_url=row["refused_url"],
        reason=row["reason"],
    )
