"""`demo`: the main job end to end, on this machine alone."""

import textwrap
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from aiwatch.cli import show
from aiwatch.cli.front import Front, fronted, program
from aiwatch.demo.play import EVENINGS, Evening, Played, play, play_again

WIDTH = 88
INDENT = " " * 18
NAMED = 3  # articles left out that are named


@click.command("demo")
@click.option("--again", is_flag=True, help="One more pass on what an earlier run left.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo-out"),
    show_default=True,
    help="Where the database and the digests go; made anew each time.",
)
@click.option("--json", "json_", is_flag=True, help="A summary as JSON.")
@fronted
def demo_command(front: Front, again: bool, folder: Path, json_: bool) -> int:
    """The main job end to end, with no internet and no configuration."""
    folder = folder.absolute()
    spoken = not (json_ or front.quiet)
    started = time.monotonic()
    if spoken and not again:
        click.echo(textwrap.fill(OPENING, WIDTH) + "\n")
    tell = _say if spoken else _nothing
    played = play_again(folder, tell) if again else play(folder, tell)
    if json_:
        show.as_json(as_dict(played))
    elif not front.quiet:
        _finish(played, again=again, seconds=time.monotonic() - started)
    return 0


OPENING = (
    "Fourteen invented outlets on this machine relive the spring of 2026: OpenAI closes Sora. "
    "aiwatch watches them by its real commands, at the demo's own clock, and writes to a real "
    "mail server and a real webhook, both on this machine too. Nothing goes to the internet."
)


# ---------------------------------------------------------------- in words


def _nothing(_evening: Evening) -> None:
    """With --json and --quiet."""


def _say(evening: Evening) -> None:
    for line in evening_words(evening):
        click.echo(line)
    click.echo()


def evening_words(evening: Evening) -> Iterator[str]:
    """One pass as a person reads it."""
    when = f"{evening.step.now:%a %d %b %H:%M}"
    yield click.style(f"{when:<18}{evening.step.name}: {evening.step.words}", bold=True)
    yield from _folded(_read_words(evening))
    if not evening.mails:
        yield from _folded(f"told nobody{evening.step.silence}")
        return
    for mail in evening.mails:
        yield from _folded(f"told: “{mail.subject}”")
    for story in evening.stories:
        yield from _folded(_story_words(story), "• ")


def _read_words(evening: Evening) -> str:
    report = evening.report
    articles = report["articles"]
    fresh = sum(source["new"] for source in report["sources"])
    words = f"{len(report['sources'])} feeds read ({evening.unchanged} not modified), "
    if not fresh:
        return words + "no new article"
    parts = [
        _count(articles["new"], "a new story", "new stories"),
        _count(articles["same_story"], "joined one", "joined one"),
        _count(articles["same_text"], "is a copy", "are copies"),
        _count(articles["versions"], "was edited", "were edited"),
    ]
    return f"{words}{fresh} new or edited articles: {', '.join(part for part in parts if part)}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else ""


def _story_words(story: Mapping[str, Any]) -> str:
    copies = [one["outlet"] for one in story["articles"] if one["role"] == "copy"]
    words = [story["title"]]
    if story["cause"] == "new":
        outlets = story["outlets"]
        words.append(f"{len(outlets)} outlets: {', '.join(outlets)}" if outlets[1:] else outlets[0])
        words += [f"a copy: {', '.join(copies)}"] if copies else []
    else:
        facts = _count(len(story["new_facts"]), "new fact", "new facts")
        words.append(f"{story['cause']}: {facts or 'another report'}, nothing repeated")
    return " — ".join(words)


def _folded(words: str, mark: str = "") -> list[str]:
    return textwrap.wrap(
        words, WIDTH, initial_indent=INDENT + mark, subsequent_indent=INDENT + " " * len(mark)
    )


def _finish(played: Played, *, again: bool, seconds: float) -> None:
    """After the last pass: its message, where everything is, what to try next."""
    if again:
        click.echo(
            "Nothing new: no mail was sent, no webhook called, no file written."
            if not played.mails and not played.events
            else f"{len(played.mails)} mails arrived, which should not be."
        )
        return
    if played.mails:
        click.echo(click.style("The last message, as it lies in the inbox:\n", bold=True))
        click.echo(f"Subject: {played.mails[-1].subject}\n\n{played.mails[-1].text().strip()}\n")
    click.echo("-" * 76)
    for line in _closing(played):
        click.echo("\n".join(textwrap.wrap(line, WIDTH, break_on_hyphens=False)) or line)
    click.echo(f"\nThe digests as HTML, in {played.folder / 'digests'}:")
    for path in played.digests:
        click.echo(f"  {path.name}")
    me, config = program(), _short(played.folder / "feeds.yaml")
    click.echo(
        f"\nGo on:  {me} demo --again    (the sites once more: nothing new is told)"
        f"\n        {me} -c {config} --now {EVENINGS[-1].now:%Y-%m-%d} stories"
        f"\n({seconds:.0f} s)"
    )


def _closing(played: Played) -> Iterator[str]:
    ids = [*(mail.id for mail in played.mails), *(event.id for event in played.events)]
    times = "each once" if len(set(ids)) == len(ids) else "some of them twice"
    yield (
        f"{len(played.mails)} mails and {len(played.events)} webhook events arrived, {times};"
        " the events' signatures were right."
    )
    left_out = [article["title"] for article in played.left_out]
    if left_out:
        left_out.sort(key=lambda title: "Sora" not in title)  # the most confusable ones first
        named = ", ".join(f"“{title}”" for title in left_out[:NAMED])
        rest = f" and {len(left_out) - NAMED} more" if left_out[NAMED:] else ""
        yield f"Read and left out, because they are about none of the topics: {named}{rest}."


def _short(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


# ---------------------------------------------------------------- for machines

READ = ("title", "outlet", "url", "story", "verdict", "topics")


def as_dict(played: Played) -> dict[str, Any]:
    """The whole run with stable keys."""
    return {
        "folder": str(played.folder),
        "digests": [str(path) for path in played.digests],
        "passes": [_evening_dict(evening) for evening in played.evenings],
        "mails": [
            {"id": mail.id, "subject": mail.subject, "to": list(mail.recipients)}
            for mail in played.mails
        ],
        "events": [{"id": event.id, "type": event.body["type"]} for event in played.events],
        "articles": [{key: article[key] for key in READ} for article in played.articles],
    }


def _evening_dict(evening: Evening) -> dict[str, Any]:
    return {
        "name": evening.step.name,
        "at": show.iso(evening.step.now),
        "sources": len(evening.report["sources"]),
        "unchanged": evening.unchanged,
        "articles": evening.report["articles"],
        "subjects": [mail.subject for mail in evening.mails],
        "stories": [_story_dict(story) for story in evening.stories],
    }


def _story_dict(story: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": story["id"],
        "cause": story["cause"],
        "title": story["title"],
        "topics": story["topics"],
        "outlets": story["outlets"],
        "copies": [one["outlet"] for one in story["articles"] if one["role"] == "copy"],
        "new_facts": [fact["text"] for fact in story["new_facts"]],
        "figures": [
            {
                "what": figure["what"],
                "values": [[one["value"], one["outlet"]] for one in figure["values"]],
            }
            for figure in story["figures"]
        ],
        "previously": [one["title"] for one in story["previously"]],
    }
