"""`stories`, `story`: what is going on, one story in full, and stories put right by hand."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from aiwatch.cli import show
from aiwatch.cli.front import AMOUNT, ROW, Front, fronted, grouped, known, span
from aiwatch.config.values import Config
from aiwatch.delivery import Desk
from aiwatch.errors import UsageError
from aiwatch.judge import novelty
from aiwatch.judge.credits import credits_of
from aiwatch.model import ArticleId, Match, Member, Story, StoryId
from aiwatch.store import Store, mending, reading, stories

Local = Callable[[datetime | str | None], str]


@click.command("stories")
@click.option("--topic", help="Only stories of this topic.")
@click.option("--since", metavar="SPAN", help="Only those that grew in that time, like 24h.")
@click.option("--limit", type=AMOUNT, default=20, show_default=True, help="At most so many.")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@fronted
def stories_command(
    front: Front, topic: str | None, since: str | None, limit: int, json_: bool
) -> int:
    """What is going on: the latest stories."""
    config = front.config()
    now = front.clock(config)()
    back = span(since)
    start = now - back if back is not None else None
    with front.read(config) as db:
        rows = reading.latest_stories(db, topic=topic, since=start, limit=limit)
    if topic is not None and not rows:
        known((topic,), [one.name for one in config.topics], "topic")
    if json_:
        show.as_json(list(rows))
        return 0
    show.table(
        ("story", "last", "articles", "outlets", "topics", "title"),
        [
            (
                row["id"],
                show.local(row["last_seen"], config.timezone, now),
                row["articles"],
                row["outlets"],
                ", ".join(row["topics"]),
                row["title"],
            )
            for row in rows
        ],
        empty="no such stories" if topic or since else "no stories yet: run `aiwatch fetch`",
    )
    return 0


class StoryCommands(click.Group):
    """`story ID` shows it; `story split`, `story merge` and `story mute` put it right."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """A number stands where a subcommand would: it is shown."""
        asks = {"-h", "--help"} & set(args)
        if args and not asks and not any(arg in self.commands for arg in args):
            args = ["show", *args]
        return super().parse_args(ctx, args)


@click.group("story", cls=StoryCommands, subcommand_metavar="ID | COMMAND [ARGS]...")
@grouped
def story_command() -> None:
    """One story with its articles, and why it came; split, merge, mute."""


@story_command.command("show")
@click.argument("story", type=ROW)
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@fronted
def story_show(front: Front, story: int, json_: bool) -> int:
    """One story with its articles, and why it came (`story ID`)."""
    config = front.config()
    with front.read(config) as db:
        found = stories.load(db, StoryId(story))
        if found is None:
            raise UsageError(f"no story {story}: `aiwatch stories` lists them")
        told = reading.told_of_story(db, found.id)
        waiting = reading.waiting_of_story(db, found.id)
        by_hand = mending.history(db, found.id)
        reasons = {member.article: reading.article(db, member.article) for member in found.members}
        edits = {member.article: reading.edits(db, member.article) for member in found.members}
    reasons = {id_: {**(row or {}), "edits": list(edits[id_])} for id_, row in reasons.items()}
    if json_:
        show.as_json({**_story_dict(found, told, waiting, reasons), "by_hand": list(by_hand)})
        return 0
    now = front.clock(config)()

    def local(at: datetime | str | None) -> str:
        return show.local(at, config.timezone, now)

    _print_story(found, told, waiting, reasons, local)
    for row in by_hand:
        click.echo(_by_hand_words(row, local))
    return 0


@story_command.command("split")
@click.argument("story", type=ROW)
@click.argument("articles", type=ROW, nargs=-1, required=True, metavar="ARTICLE...")
@fronted
def story_split(front: Front, story: int, articles: tuple[int, ...]) -> int:
    """Make some of its articles a story of their own."""
    ids = [ArticleId(id_) for id_ in articles]
    done = _mended(
        front,
        lambda db, config, now: mending.split(
            db, StoryId(story), ids, Desk(config=config).subscriptions(), now
        ),
    )
    click.echo(f"story {done.story} now stands for itself{_waits(done)}")
    return 0


@story_command.command("merge")
@click.argument("first", type=ROW)
@click.argument("second", type=ROW)
@fronted
def story_merge(front: Front, first: int, second: int) -> int:
    """Make two stories one; the older keeps its number, the younger's leads to it."""
    done = _mended(
        front,
        lambda db, config, now: mending.merge(
            db, StoryId(first), StoryId(second), Desk(config=config).subscriptions(), now
        ),
    )
    click.echo(f"one story now: {done.story}{_waits(done)}")
    return 0


@story_command.command("mute")
@click.argument("story", type=ROW)
@click.option("--off", is_flag=True, help="Tell it again from now on.")
@fronted
def story_mute(front: Front, story: int, off: bool) -> int:
    """Tell nothing more of it, whatever joins it."""
    done = _mended(
        front, lambda db, _config, now: mending.mute(db, StoryId(story), now, muted=not off)
    )
    click.echo(f"story {done.story} is {'told again' if off else 'muted'}")
    return 0


def _mended(
    front: Front, mend: Callable[[Any, Config, datetime], mending.Mended]
) -> mending.Mended:
    config = front.config()
    now = front.clock(config)()
    with Store(config.database) as store:
        return store.write_now(lambda db: mend(db, config, now))


def _waits(done: mending.Mended) -> str:
    return f"; waits for alert {', '.join(done.alerts)}" if done.alerts else ""


def _by_hand_words(row: dict[str, Any], local: Local) -> str:
    other, articles = row["other"], ", ".join(map(str, row["articles"]))
    words = {
        "merge": f"stories {row['story']} and {other} made one",
        "split": f"article {articles} split off from story {row['story']} as story {other}",
        "mute": "muted",
        "unmute": "told again",
    }
    return f"by hand {local(row['at'])}: {words[row['what']]}"


def _story_dict(found: Story, told: Any, waiting: Any, reasons: Any) -> dict[str, Any]:
    credit = credits_of(found)
    return {
        "id": found.id,
        "title": found.members[0].title,
        "first_seen": show.iso(found.first_seen),
        "last_seen": show.iso(found.last_seen),
        "topics": list(found.topics),
        "outlets": list(novelty.outlets(found)),
        "independent_texts": novelty.independent(found),
        "first": credit.first.article,
        "cited": list(credit.cited),
        "articles": [_member_dict(member, reasons) for member in found.members],
        "figures": [
            {
                "what": figure.what,
                "values": [
                    dict(zip(("value", "outlet", "url"), v, strict=True)) for v in figure.values
                ],
            }
            for figure in novelty.figures(found)
        ],
        "previously": [
            {"story": one.story, "title": one.title, "at": show.iso(one.at)}
            for one in found.previously
        ],
        "told": list(told),
        "waiting": list(waiting),
    }


def _member_dict(member: Member, reasons: Any) -> dict[str, Any]:
    return {
        "id": member.article,
        "url": member.url,
        "title": member.title,
        "source": member.source,
        "outlet": member.outlet,
        "published": show.iso(member.published),
        "lang": member.lang,
        "verdict": member.verdict,
        "duplicate_of": member.duplicate_of,
        "reason": reasons[member.article]["reason"],
        "edits": reasons[member.article]["edits"],
        "why": [
            {
                "topic": match.topic,
                "score": match.score,
                "hits": [
                    {"field": hit.field, "term": hit.term, "text": hit.text} for hit in match.hits
                ],
            }
            for match in member.matches
        ],
    }


def _print_story(found: Story, told: Any, waiting: Any, reasons: Any, local: Local) -> None:
    click.echo(f"story {found.id}: {found.members[0].title}")
    outlets, texts = len(novelty.outlets(found)), novelty.independent(found)
    click.echo(
        f"{show.count(outlets, 'outlet')}, {show.count(texts, 'independent text')};"
        f" topics: {', '.join(found.topics) or 'none'}"
    )
    credit = credits_of(found)
    citing = f"; the others go by {', '.join(credit.cited)}" if credit.cited else ""
    click.echo(f"first: {credit.first.outlet}{citing}\n")
    for member in found.members:
        click.echo(
            f"{local(member.published or member.first_seen)}  {member.outlet}: {member.title}"
        )
        click.echo(f"    article {member.article}: {member.url}")
        click.echo(f"    {reasons[member.article]['reason']}")
        for match in member.matches:
            click.echo(f"    {match_words(match)}")
        for edit in reasons[member.article]["edits"]:
            click.echo(f"    edited {local(edit['at'])}: {edit_words(edit)}")
    for figure in novelty.figures(found):
        values = " / ".join(f"{value} ({outlet})" for value, outlet, _ in figure.values)
        click.echo(f"\nfigures differ: {figure.what}: {values}")
    for earlier in found.previously:
        click.echo(f"\npreviously: {local(earlier.at)} {earlier.title} (story {earlier.story})")
    click.echo("")
    print_telling(told, waiting, local)
    if not told and not waiting:
        click.echo("told to nobody, and nobody waits for it")


def print_telling(told: Any, waiting: Any, local: Local) -> None:
    """Who was told, and which alerts wait for what."""
    for row in told:
        reader = row["reader"].removeprefix("mailto:")
        click.echo(f"told {reader} by {row['alert']} at {local(row['at'])}")
    for row in waiting:
        click.echo(
            f"waits for alert {row['alert']} since {local(row['since'])},"
            f" until {local(row['hold_until'])}: {row['reason']}"
        )


def edit_words(edit: dict[str, Any]) -> str:
    """One edit: its kind and what became what; a sentence that came or went whole is shown."""
    return f"{edit['kind']}: {edit['reason']}"


def match_words(match: Match) -> str:
    """The evidence line of one match."""
    hits = ", ".join(dict.fromkeys(f'"{hit.text}" in {hit.field}' for hit in match.hits))
    return f"topic {match.topic}: {hits}"
