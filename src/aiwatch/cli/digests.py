"""`digest`: composed now, to be looked at or sent."""

import asyncio
import json
import sys
from datetime import timedelta
from typing import Any

import click

from aiwatch import delivery, service
from aiwatch.cli import show, summary
from aiwatch.cli.front import Front, fronted, known, span
from aiwatch.config.values import Config
from aiwatch.digest.compose import compose
from aiwatch.digest.html import as_html
from aiwatch.digest.markdown import as_markdown
from aiwatch.digest.payload import as_json
from aiwatch.digest.text import as_text
from aiwatch.errors import UsageError
from aiwatch.model import Alert, AlertName, Digest, Reader, Schedule
from aiwatch.store import closing

FORMATS = {"text": as_text, "html": as_html, "markdown": as_markdown}


@click.command("digest")
@click.argument("alert", required=False)
@click.option(
    "--since", metavar="SPAN", help="Look back that far instead, like 24h or 7d; marks nothing."
)
@click.option(
    "--preview", is_flag=True, help="Show it (this is what happens anyway without --send)."
)
@click.option("--send", is_flag=True, help="Close the alert's waiting window now and send.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "html", "json", "markdown"]),
    default="text",
    show_default=True,
)
@click.option("-o", "--output", metavar="FILE", help="Write there instead of to the screen.")
@fronted
def digest_command(
    front: Front,
    alert: str | None,
    since: str | None,
    preview: bool,
    send: bool,
    form: str,
    output: str | None,
) -> int:
    """Compose a digest now: a preview, or sent with --send."""
    if send and preview:
        raise UsageError("--preview shows and --send sends: choose one")
    config = front.config()
    chosen = _alert(config, alert)
    back = span(since)
    if send:
        if alert is None:
            raise UsageError("--send needs the name of an alert: aiwatch digest NAME --send")
        return _send(front, config, chosen, back)
    digest = _compose(front, config, chosen, back)
    _write(digest, form, output)
    return 0


def _alert(config: Config, name: str | None) -> Alert:
    if name is None:
        when = Schedule(kind="each pass", text="each pass")
        return Alert(name=AlertName("all topics"), to=(), when=when, timezone=config.timezone)
    known((name,), [alert.name for alert in config.alerts], "alert")
    return next(alert for alert in config.alerts if alert.name == name)


def _compose(front: Front, config: Config, alert: Alert, back: timedelta | None) -> Digest:
    """What would be sent now, to the first reader who is told anything; without an alert what the last 24 hours hold."""
    now = front.clock(config)()
    desk = delivery.Desk(config=config)
    if back is None and not alert.to:
        back = timedelta(hours=24)
    readers = desk.readers(alert) or (Reader("preview"),)
    with front.read(config) as db:
        if back is None:
            facts = closing.facts(db, alert, readers, now, early=True)
        else:
            topics = alert.topics or tuple(topic.name for topic in config.topics)
            facts = closing.lookback(db, alert, topics, now - back, now)
    each = (
        compose(
            alert=alert,
            reader=reader,
            stories=facts.stories,
            told=facts.told.get(reader, {}),
            topics=config.topics,
            now=now,
            kind="preview",
            context=desk.context(facts, lookback=back),
        )
        for reader in [one for one in readers if one not in facts.left] or readers
    )
    first = next(each)
    return first if first.sections else next((one for one in each if one.sections), first)


def _send(front: Front, config: Config, alert: Alert, back: timedelta | None) -> int:
    clock = front.clock(config)

    async def run() -> tuple[Any, Any]:
        async with service.machine(config, clock, sys.stdout) as at:
            closed = await at.delivery.close_now(alert, lookback=back)
            return closed, await at.delivery.send_due()

    closed, sent = asyncio.run(run())
    if closed is None:
        click.echo(f"nothing new for {alert.name}: nothing was sent")
        return 0
    if not front.quiet:
        click.echo(f"{closed.subject}: {summary.sent_words(sent)}", err=True)
    for trouble in sent.troubles:
        click.echo(f"not delivered: {trouble}", err=True)
    return 1 if sent.troubles else 0


def _write(digest: Digest, form: str, output: str | None) -> None:
    if form == "json":
        text = json.dumps(as_json(digest), ensure_ascii=False, indent=2)
    else:
        text = FORMATS[form](digest)
    with show.writing(output) as out:
        out.write(text.removesuffix("\n") + "\n")
