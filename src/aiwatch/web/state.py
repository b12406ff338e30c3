"""How things stand: sources, and messages sent and waiting."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from aiwatch.digest import care
from aiwatch.digest.moments import iso
from aiwatch.digest.plain import link, shortened
from aiwatch.judge import health
from aiwatch.judge.cadence import NEVER
from aiwatch.model import OutboxId, SourceName
from aiwatch.store import Connection, browsing, closing, outbox, troubles
from aiwatch.store import sources as watched
from aiwatch.text.signin import without_sign_in
from aiwatch.web import atom
from aiwatch.web.views import DAY, Asked, View, maybe_iso


def sources(db: Connection, asked: Asked) -> View:
    """How each source fares, the most trouble first, and what happened lately."""
    rows = source_rows(db, asked)
    noted = troubles.since_time(db, asked.now - 14 * DAY)[-100:]
    events: list[dict[str, Any]] = [
        {
            "id": id_,
            "at": iso(one.at or asked.now),
            "kind": one.kind,
            "what": one.what,
            "words": care.brief(one),
        }
        for id_, one in reversed(noted)
    ]
    return View(
        template="sources.html.j2",
        title="Sources",
        path="/sources",
        model={"sources": rows, "events": events},
        more={
            "ill": [r for r in rows if r["trouble"]],
            "well": [r for r in rows if not r["trouble"]],
        },
        entries=[
            atom.Entry(
                path=f"/sources#{one['id']}",
                title=one["words"],
                updated=datetime.fromisoformat(one["at"]),
                html=atom.paragraph(one["words"]),
            )
            for one in events
        ],
    )


def source_rows(db: Connection, asked: Asked) -> list[dict[str, Any]]:
    """One row a configured source, the most trouble first."""
    configured = asked.config.sources
    states = {one.name: one for one in watched.states(db, [source.name for source in configured])}
    rows: list[dict[str, Any]] = []
    for source in configured:
        state = states.get(SourceName(source.name))
        vitals = (
            state.vitals(enabled=source.enabled)
            if state
            else health.Vitals(state="new", next_due=asked.now, enabled=source.enabled)
        )
        asks = source.enabled and not vitals.paused
        due = vitals.next_due if state and asks and vitals.next_due < NEVER else None
        rows.append(
            {
                "name": source.name,
                "kind": source.kind,
                "url": link(without_sign_in(source.url)) or None,
                "state": vitals.state if asks else "off",
                "detail": health.words(vitals, asked.now, asked.zone),
                "trouble": asks and vitals.state in ("failing", "stopped"),
                "last_success": maybe_iso(vitals.last_success),
                "last_new": maybe_iso(vitals.last_new),
                "next_due": maybe_iso(due),
                "rank": health.rank(vitals, asked.now),
            }
        )
    rows.sort(key=lambda row: (row.pop("rank"), row["name"].casefold()))
    return rows


STATES: Final = {
    "waiting": ("due", "sending"),
    "failed": ("failed", "dropped"),
    "sent": ("sent",),
}


def messages(db: Connection, asked: Asked) -> View:  # noqa: ARG001 - as all views
    """What was sent, what goes next, what failed, and the stories that alerts hold back."""
    groups = {
        name: [_message(row) for row in outbox.rows(db, states=states, limit=50)]
        for name, states in STATES.items()
    }
    owed: list[dict[str, Any]] = [
        {
            "alert": one.alert,
            "story": one.story,
            "cause": one.cause,
            "reason": one.reason,
            "since": iso(one.since),
            "hold_until": iso(one.hold_until),
        }
        for one in closing.waiting(db)[:200]
    ]
    held = browsing.cards(db, list(dict.fromkeys(one["story"] for one in owed)))
    return View(
        template="messages.html.j2",
        title="Messages",
        path="/messages",
        model={**groups, "held": owed},
        more={"titles": {card.story: shortened(card.title, 200) for card in held}},
        entries=[
            atom.Entry(
                path=f"/messages/{row['id']}",
                title=row["subject"],
                updated=datetime.fromisoformat(row["sent_at"] or row["created"]),
                html=atom.paragraph(f"{row['alert']} to {row['reader']}: {row['state']}"),
            )
            for row in groups["sent"]
        ],
    )


def message(db: Connection, asked: Asked, id_: int) -> View | None:  # noqa: ARG001 - as all views
    """One message as it went."""
    row = outbox.row(db, OutboxId(id_))
    if row is None:
        return None
    model = {
        **_message(row),
        "text": row["text"] or row["payload"],
        "message_id": row["message_id"],
    }
    return View(
        template="message.html.j2",
        title=row["subject"] or "A message",
        path=f"/messages/{id_}",
        model=model,
    )


def _message(row: Mapping[str, Any]) -> dict[str, Any]:
    kept = (
        "id",
        "alert",
        "channel",
        "subject",
        "state",
        "attempts",
        "created",
        "next_try",
        "sent_at",
        "detail",
    )
    return {**{name: row[name] for name in kept}, "reader": row["reader"].removeprefix("mailto:")}
