"""What a pass came to, for people and for scripts."""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

import click

from aiwatch.cli import show
from aiwatch.config.values import Config
from aiwatch.delivery import Sent
from aiwatch.service import PassReport


def as_dict(report: PassReport) -> dict[str, Any]:
    """The summary with stable keys."""
    return {
        "sources": [
            {
                "name": one.source,
                "outcome": one.outcome,
                "detail": one.detail,
                "entries": one.entries,
                "new": one.fresh,
            }
            for one in report.polled
        ],
        "articles": counts(report),
        "messages": {
            "closed": [
                {
                    "alert": one.alert,
                    "subject": one.subject,
                    "stories": one.stories,
                    "messages": one.messages,
                }
                for one in report.closed
            ],
            "delivered": report.sent.delivered,
            "postponed": report.sent.postponed,
            "failed": report.sent.failed,
        },
        "held": [{"host": one.host, "until": show.iso(one.until)} for one in report.filing.held],
        "troubles": list(report.broken),
        "known_troubles": list(report.known),
    }


def counts(report: PassReport) -> dict[str, int]:
    """Articles filed in a pass, by verdict."""
    found = {"filed": 0, "new": 0, "same_url": 0, "same_text": 0, "same_story": 0, "versions": 0}
    for filed in report.filing.filed:
        if filed.outcome == "filed":
            found["filed"] += 1
            found[filed.verdict.kind] += 1
        elif filed.outcome == "version":
            found["versions"] += 1
    return found


def print_words(report: PassReport, config: Config) -> None:
    """The summary as a person reads it."""
    failed = [one for one in report.polled if one.outcome == "failed"]
    later = [one for one in report.polled if one.outcome == "put off"]
    fresh = sum(one.fresh for one in report.polled)
    number = counts(report)
    rows: list[tuple[str, int, str]] = [
        (
            "sources",
            len(report.polled),
            f"{len(report.polled) - len(failed) - len(later)} read, {len(failed)} failed"
            + (f", {len(later)} put off" if later else ""),
        ),
        ("entries", sum(one.entries for one in report.polled), f"{fresh} new or changed"),
        (
            "articles",
            number["filed"],
            _article_words(number),
        ),
        ("messages", sum(one.messages for one in report.closed), sent_words(report.sent)),
    ]
    wide = max(len(str(amount)) for _, amount, _ in rows)
    for (
        what,
        amount,
        words,
    ) in rows:  # by hand: rich takes a tenth of what a pass with nothing new does
        click.echo(f"{what:<8}  {amount:>{wide}}  {words}")
    print_held(report)
    print_troubles((*report.broken, *report.known))
    if config.implicit and report.closed:
        _next_steps(config)


def _article_words(number: dict[str, int]) -> str:
    """What became of the articles; what there was none of is not said."""
    words = (
        ("new", show.count(number["new"], "new story", "new stories")),
        ("same_story", f"{number['same_story']} joined one"),
        ("same_text", show.count(number["same_text"], "copy", "copies")),
        ("same_url", show.count(number["same_url"], "known address", "known addresses")),
        ("versions", show.count(number["versions"], "new version")),
    )
    return ", ".join(said for key, said in words if number[key]) or "none new"


def print_first_looks(report: PassReport, unread: Collection[str], config: Config) -> None:
    """Why nobody is told at once what a source listed when it was read for the first time."""
    held = {source.name for source in config.sources if source.backlog != "all"}
    first = [one for one in report.polled if one.source in unread and one.source in held]
    number = sum(one.outcome == "new" and one.entries > 0 for one in first)
    if number and not config.implicit:
        click.echo(
            f"\n{show.count(number, 'source was', 'sources were')} read for the first time: what stood there already"
            "\nis told in scheduled digests at most (`backlog`), what comes from now on by every alert."
        )


def print_held(report: PassReport) -> None:
    """What waits for its host's turn: it is filed with a later pass."""
    for one in report.polled:
        if one.outcome == "put off":
            click.echo(f"  {one.source}: {one.detail}", err=True)
    hosts = Counter(one.host for one in report.filing.held)
    for host, number in hosts.most_common():
        until = min(one.until for one in report.filing.held if one.host == host)
        waits = "waits" if number == 1 else "wait"
        click.echo(
            f"  {show.count(number, 'article')} {waits} for the turn of {host}"
            f" (its pages are asked slowly, next at {until:%H:%M} UTC)",
            err=True,
        )


def print_troubles(troubles: Iterable[str]) -> None:
    """Each trouble once, on stderr."""
    for trouble in dict.fromkeys(troubles):
        click.echo(f"  {trouble}", err=True)


def _next_steps(config: Config) -> None:
    where = config.path or "feeds.yaml"
    click.echo(
        f"\nNext: 1. put your address into {where} (channels and alerts stand there as examples)"
        "\n      2. try it: aiwatch channels test inbox"
        "\n      3. let it run: aiwatch watch (deploy/ has a systemd unit and a Dockerfile)"
    )


def sent_words(sent: Sent) -> str:
    """What came of sending."""
    words = [f"{sent.delivered} delivered"]
    if sent.postponed:
        words.append(f"{sent.postponed} to be tried again")
    if sent.failed:
        words.append(f"{sent.failed} failed")
    return ", ".join(words)
