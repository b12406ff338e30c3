"""`alerts`, `outbox`: who is told what when, what waits to be sent."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click

from aiwatch.cli import show
from aiwatch.cli.front import AMOUNT, ROW, Front, fronted, grouped, in_zone, known, moment
from aiwatch.config.values import Config
from aiwatch.delivery import Desk
from aiwatch.errors import AiwatchError, UsageError
from aiwatch.judge.schedule import next_slot
from aiwatch.model import Alert, AlertName, OutboxId, Reader
from aiwatch.store import Store, closing, leaving, outbox, standstill
from aiwatch.store.closing import AlertState

STATES = ("sending", "due", "failed", "sent", "dropped")


@click.group("alerts")
@grouped
def alerts_command() -> None:
    """Alerts: who, where, when next; pause and resume."""


@alerts_command.command("list")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@fronted
def alerts_list(front: Front, json_: bool) -> int:
    """Who is told, where, next time and zone, last sent, waiting."""
    config = front.config()
    now = front.clock(config)()
    states = _alert_states(front, config, now)
    desk = Desk(config=config)
    rows = [_alert_row(alert, states.get(alert.name), desk, now) for alert in config.alerts]
    if json_:
        show.as_json(rows)
        return 0
    show.table(
        ("alert", "about", "readers", "when", "next", "last sent", "waiting"),
        [
            (
                row["name"],
                ", ".join(row["topics"] or row["sources"]) or row["about"] or "every topic",
                ", ".join(_reader_words(row)),
                f"{row['when']} ({row['timezone']})",
                _next_words(row, now),
                show.local(row["last_sent"], row["timezone"], now),
                row["waiting"],
            )
            for row in rows
        ],
        empty="no alerts configured: `fetch` shows everything on screen",
    )
    return 0


@alerts_command.command("pause")
@click.argument("name", required=False)
@click.option(
    "--until",
    metavar="DATE",
    help="Resume by itself then: ISO 8601; without an offset in the configured time zone.",
)
@fronted
def alerts_pause(front: Front, name: str | None, until: str | None) -> int:
    """Stop sending for one alert, or for all; what comes in waits."""
    return _pause(front, name, moment(until, "--until") if until else None, paused=True)


@alerts_command.command("resume")
@click.argument("name", required=False)
@fronted
def alerts_resume(front: Front, name: str | None) -> int:
    """Send again; what waited comes in one message."""
    return _pause(front, name, None, paused=False)


@alerts_command.command("unsubscribe")
@click.argument("name")
@click.argument("address")
@fronted
def alerts_unsubscribe(front: Front, name: str, address: str) -> int:
    """Take one address off an alert, whatever the configuration says."""
    alert, reader, now = _subscriber(front, name, address)
    with Store(front.config().database) as store:
        store.write_now(lambda db: leaving.leave(db, leaving.token(db, alert, reader, now), now))
    click.echo(f"{name}: {address} is told nothing more")
    return 0


@alerts_command.command("resubscribe")
@click.argument("name")
@click.argument("address")
@fronted
def alerts_resubscribe(front: Front, name: str, address: str) -> int:
    """Take back that an address has unsubscribed; it is told what comes from now on."""
    alert, reader, _ = _subscriber(front, name, address)
    with Store(front.config().database) as store:
        if not store.write_now(lambda db: leaving.take_back(db, alert, reader)):
            raise UsageError(f"{address} has not unsubscribed from {name}")
    click.echo(f"{name}: {address} is told again")
    return 0


def _subscriber(front: Front, name: str, address: str) -> tuple[AlertName, Reader, datetime]:
    config = front.config()
    known((name,), [alert.name for alert in config.alerts], "alert")
    alert = next(alert for alert in config.alerts if alert.name == name)
    reader = Reader(f"mailto:{address.strip().lower()}")
    if reader not in Desk(config=config).readers(alert):
        raise UsageError(f"{address} is no reader of {name}: `aiwatch alerts list` shows them")
    return alert.name, reader, front.clock(config)()


def _pause(front: Front, name: str | None, until: datetime | None, *, paused: bool) -> int:
    config = front.config()
    names = [alert.name for alert in config.alerts]
    if name is not None:
        known((name,), names, "alert")
    now = front.clock(config)()
    until = in_zone(until, config.timezone) if until else None
    if until and until <= now:
        raise UsageError(f"--until {show.local(until, config.timezone, now)}: that is past")
    with Store(config.database) as store:
        store.write_now(lambda db: closing.sync(db, config.alerts, now))
        for one in (AlertName(name),) if name else names:
            store.write_now(lambda db, one=one: closing.pause(db, one, until, paused=paused))  # type: ignore[misc]
        if not paused:
            _go_on(store, everything=name is None)
    then = f" until {show.local(until, config.timezone, now)}" if until else ""
    click.echo(f"{name or 'all alerts'}: {'paused' if paused else 'resumed'}{then}")
    return 0


def _go_on(store: Store, *, everything: bool) -> None:
    """Send again what a restored copy holds back, where all alerts are resumed; where one is, say what stands in its way."""
    if everything and store.write_now(standstill.lift):
        click.echo("sending was off since a copy was restored; it is on again")
    with store.read() as db:
        if standstill.since(db) is not None:
            click.echo(standstill.WORDS, err=True)


def _alert_states(front: Front, config: Config, now: datetime) -> dict[str, AlertState]:
    try:
        with front.read(config) as db:
            found = [closing.state(db, alert.name, now) for alert in config.alerts]
    except AiwatchError:
        if config.database.exists():
            raise
        return {}
    return {state.name: state for state in found if state}


def _alert_row(alert: Alert, state: AlertState | None, desk: Desk, now: datetime) -> dict[str, Any]:
    following = next_slot(alert.when, alert.timezone, now)
    return {
        "name": alert.name,
        "topics": list(alert.topics),
        "sources": list(alert.sources),
        "about": alert.about,
        "to": list(alert.to),
        "readers": list(desk.readers(alert)),
        "when": alert.when.text,
        "timezone": alert.timezone,
        "next": show.iso(following),
        "last_sent": show.iso(state.last_closed) if state else None,
        "waiting": _waiting(alert, state),
        "unsubscribed": sorted(state.left) if state else [],
        "paused": state.paused if state else False,
        "paused_until": show.iso(state.paused_until) if state else None,
    }


def _reader_words(row: dict[str, Any]) -> Iterator[str]:
    for reader in row["readers"]:
        gone = " (unsubscribed)" if reader in row["unsubscribed"] else ""
        yield reader.removeprefix("mailto:") + gone


def _waiting(alert: Alert, state: AlertState | None) -> int:
    """Stories that it owes, or troubles."""
    if state is None:
        return 0
    return state.waiting if alert.about is None else state.troubles


def _next_words(row: dict[str, Any], now: datetime) -> str:
    if not row["paused"]:
        return show.local(row["next"], row["timezone"], now)
    until = row["paused_until"]
    return "paused" + (f" until {show.local(until, row['timezone'], now)}" if until else "")


@click.group("outbox")
@grouped
def outbox_command() -> None:
    """Messages that wait, failed or were sent."""


@outbox_command.command("list")
@click.option("--all", "every", is_flag=True, help="Sent and dropped ones too.")
@click.option(
    "--limit",
    type=AMOUNT,
    default=50,
    show_default=True,
    help="At most so many, newest first.",
)
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@fronted
def outbox_list(front: Front, every: bool, limit: int, json_: bool) -> int:
    """What waits, what failed, and why."""
    config = front.config()
    now = front.clock(config)()
    with front.read(config) as db:
        rows = outbox.rows(db, states=STATES if every else STATES[:3], limit=limit)
    if json_:
        show.as_json(list(rows))
        return 0
    show.table(
        ("id", "state", "channel", "reader", "tries", "next try", "subject", "detail"),
        [
            (
                row["id"],
                row["state"],
                row["channel"],
                row["reader"].removeprefix("mailto:"),
                row["attempts"],
                show.local(row["next_try"], config.timezone, now) if row["state"] == "due" else "–",
                row["subject"],
                row["detail"],
            )
            for row in rows
        ],
        empty="nothing waits and nothing failed",
    )
    return 0


@outbox_command.command("show")
@click.argument("id", type=ROW)
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@fronted
def outbox_show(front: Front, id: int, json_: bool) -> int:
    """One message as it was frozen."""
    config = front.config()
    now = front.clock(config)()
    with front.read(config) as db:
        row = outbox.row(db, OutboxId(id))
        history = outbox.history(db, OutboxId(id))
    if row is None:
        raise UsageError(f"no message {id}: `aiwatch outbox list --all` shows them")
    row["history"] = list(history)
    if json_:
        show.as_json(row)
        return 0
    for name in ("id", "state", "alert", "channel", "reader", "message_id", "attempts", "detail"):
        click.echo(f"{name + ':':<12}{row[name]}".rstrip())
    for name in ("created", "next_try", "sent_at"):
        click.echo(f"{name + ':':<12}{show.local(row[name], config.timezone, now)}")
    for one in row["history"]:
        at = show.local(one["at"], config.timezone, now)
        click.echo(f"{'tried:':<12}{at}: {one['state']}, {one['detail']}")
    click.echo(f"{'subject:':<12}{row['subject']}\n\n{row['text'] or row['payload']}")
    return 0


@outbox_command.command("retry")
@click.argument("id", type=ROW, required=False)
@fronted
def outbox_retry(front: Front, id: int | None) -> int:
    """Make one message, or all that wait or failed, due now."""
    config = front.config()
    now = front.clock(config)()
    with Store(config.database) as store:
        changed = store.write_now(
            lambda db: outbox.retry(db, OutboxId(id) if id is not None else None, now)
        )
    if id is not None and not changed:
        raise UsageError(
            f"message {id} neither waits nor failed: `aiwatch outbox list --all` shows it"
        )
    if not changed:
        click.echo("nothing waits and nothing failed")
        return 0
    words = "it goes" if changed == 1 else "they go"
    click.echo(
        f"{show.count(changed, 'message')} due now; {words} with the next `aiwatch fetch`,"
        " or at once where `watch` runs"
    )
    return 0


@outbox_command.command("drop")
@click.argument("id", type=ROW)
@fronted
def outbox_drop(front: Front, id: int) -> int:
    """Give up one message for good; it stays visible."""
    config = front.config()
    with Store(config.database) as store:
        if not store.write_now(lambda db: outbox.drop(db, OutboxId(id))):
            raise UsageError(
                f"message {id} neither waits nor failed: `aiwatch outbox list --all` shows it"
            )
    click.echo(f"message {id} dropped")
    return 0
