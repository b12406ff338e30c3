"""`explain`: everything decided about one article, stored or not."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click

from aiwatch import service
from aiwatch.cli import show
from aiwatch.cli.front import Front, fronted
from aiwatch.cli.reading import Local, edit_words, match_words, print_telling
from aiwatch.config.values import Config
from aiwatch.errors import AiwatchError, UsageError
from aiwatch.judge.topics import Matcher, compile_topics
from aiwatch.model import (
    ArticleId,
    Entry,
    FetchFailure,
    NotModified,
    ReadArticle,
    Source,
    SourceName,
    StoryId,
    Subject,
    Target,
    Verdict,
)
from aiwatch.store import filing, reading, sites, stories
from aiwatch.text.clean import safe_url
from aiwatch.text.reading import article_of
from aiwatch.text.urls import host, url_key
from aiwatch.workers import WorkerFailure

PAGE_SECONDS = 10.0
NEAR = "the nearest query"  # how an explanation begins that names what a query lacks


@click.command("explain")
@click.argument("what", metavar="URL|ID")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@fronted
def explain_command(front: Front, what: str, json_: bool) -> int:
    """Everything decided about one article."""
    config = front.config()
    matcher = compile_topics(config.topics, config.aliases)
    answer = _stored(front, config, matcher, what) or _fresh(front, config, matcher, what)
    if json_:
        show.as_json(answer)
    else:
        scheduled = any(alert.when.kind != "at once" for alert in config.alerts if not alert.about)
        _print(answer, config.timezone, front.clock(config)(), scheduled=scheduled)
    return 0


def _stored(front: Front, config: Config, matcher: Matcher, what: str) -> dict[str, Any] | None:
    if not config.database.exists():
        return None
    with front.read(config) as db:
        found = reading.find_article(db, what, url_key(what))
        if found is None:
            return None
        row = reading.article(db, found)
        if row is None:
            return None
        story = stories.load(db, StoryId(row["story"]))
        answer = {
            "stored": True,
            "id": row["external_id"] or row["id"],
            "url": row["url"],
            "title": row["title"],
            "outlet": row["outlet"],
            "entry": reading.entry_of(db, ArticleId(row["id"])),
            "how": row["how"],
            "verdict": row["verdict"],
            "reason": row["reason"],
            "duplicate_of": reading.exported_id(db, row["duplicate_of"]),
            "story": story.id if story else None,
            "story_title": story.members[0].title if story else None,
            "score": row["score"],
            "shared": row["shared"],
            "versions": len(reading.versions(db, ArticleId(row["id"]))),
            "edits": list(reading.edits(db, ArticleId(row["id"]))),
            "told": [dict(one) for one in reading.told_of_story(db, StoryId(row["story"]))],
            "waiting": [dict(one) for one in reading.waiting_of_story(db, StoryId(row["story"]))],
        }
    subject = Subject(
        title=row["title"], text=row["text"], url=row["url"], source=row["source"], lang=row["lang"]
    )
    return {**answer, "tell": row["tell"], "topics": _topics(config, matcher, subject)}


def _fresh(front: Front, config: Config, matcher: Matcher, what: str) -> dict[str, Any]:
    """Fetch and judge an address that is not stored, storing nothing."""
    url = safe_url(what)
    if url is None:
        raise UsageError(
            f"{what!r} is no article here (by number or imported id) and no http(s) address"
        )
    read = asyncio.run(_read(front, config, url))
    verdict = _verdict(front, config, read)
    article = read.article
    subject = Subject(title=article.title, text=article.text, url=article.url, lang=article.lang)
    topics = _topics(config, matcher, subject)
    return {
        "stored": False,
        "url": article.url,
        "title": article.title,
        "outlet": article.outlet,
        "how": dict(article.how),
        "verdict": verdict.kind if verdict else None,
        "reason": verdict.reason if verdict else "the database is empty: nothing to compare with",
        "duplicate_of": verdict.duplicate_of if verdict else None,
        "story": verdict.story if verdict else None,
        "score": verdict.score if verdict else 0.0,
        "shared": list(verdict.shared) if verdict else [],
        "topics": topics,
        "edit": _edit(topics, article.url),
    }


async def _read(front: Front, config: Config, url: str) -> ReadArticle:
    allowed = config.fetch.allow_private
    async with service.reader_of_pages(config) as (fetcher, workers):
        outcome = await fetcher.get(
            Target(url=url, accept="page", allow_private=allowed), front.clock(config)()
        )
        if isinstance(outcome, FetchFailure | NotModified):
            why = outcome.detail if isinstance(outcome, FetchFailure) else "not modified"
            raise AiwatchError(f"{url} cannot be read: {why}")
        entry = Entry(id=url, url=url, title="")
        source = Source(name=SourceName(""), url=url)
        known = _standing(front, config, outcome.url)
        read = await workers.run(article_of, entry, source, outcome, known, deadline=PAGE_SECONDS)
    if isinstance(read, WorkerFailure):
        raise AiwatchError(f"{url} cannot be read: {read.reason}")
    return read


def _standing(front: Front, config: Config, url: str) -> frozenset[int]:
    """The lines that stand around every article of the page's host, as far as the database knows."""
    if not config.database.exists():
        return frozenset()
    with front.read(config) as db:
        return sites.known(db, host(url))


def _verdict(front: Front, config: Config, read: ReadArticle) -> Verdict | None:
    try:
        with front.read(config) as db:
            return filing.judge(db, read, frozenset(), front.clock(config)())[0]
    except AiwatchError:
        if config.database.exists():
            raise
        return None


def _topics(config: Config, matcher: Matcher, subject: Subject) -> list[dict[str, Any]]:
    found = []
    for topic in config.topics:
        said = matcher.explain(topic.name, subject)
        found.append(
            {
                "topic": topic.name,
                "matched": said.matched,
                "words": match_words(said.match) if said.match else said.words,
                "missing": list(said.missing),
                "near": said.words.startswith(NEAR),
                "blocked_by": said.blocked_by,
            }
        )
    return found


def _edit(topics: list[dict[str, Any]], url: str) -> str:
    """The one edit of feeds.yaml that would have brought it."""
    if any(topic["matched"] for topic in topics):
        return f"it matches, but no source lists it: put a feed of {host(url)} under `sources:`"
    blocked = next((topic for topic in topics if topic["blocked_by"]), None)
    if blocked:
        return f"topic {blocked['topic']}: take {blocked['blocked_by']!r} out of `none:`"
    near = min(
        (topic for topic in topics if topic["near"]),
        key=lambda t: len(t["missing"]),
        default=None,
    )
    if near:
        return f"topic {near['topic']}: add a query to `any:` without {', '.join(near['missing'])}"
    return "add a topic whose `any:` names a word of this article"


def _print(answer: dict[str, Any], zone: str, now: datetime, *, scheduled: bool) -> None:
    def local(at: datetime | str | None) -> str:
        return show.local(at, zone, now)

    click.echo(f"{answer['title']}\n{answer['url']}\n")
    if not answer["stored"]:
        click.echo("not stored: fetched and judged now, and forgotten again")
    elif answer["entry"]:
        entry = answer["entry"]
        click.echo(f"came through {entry['source']}, first seen {local(entry['seen_at'])}")
    for field, evidence in answer["how"].items():
        click.echo(f"  {field}: {evidence}")
    click.echo("")
    for line in _judged(answer, local):
        click.echo(line)
    click.echo("")
    for topic in answer["topics"]:
        mark = "matches" if topic["matched"] else "no match"
        click.echo(f"{mark:<9} {topic['words']}")
    click.echo("")
    print_telling(answer.get("told", ()), answer.get("waiting", ()), local)
    if answer.get("edit"):
        click.echo(f"to bring it: {answer['edit']}")
    elif not answer.get("told") and not answer.get("waiting"):
        click.echo(f"told to nobody: {_held(answer, scheduled=scheduled)}")


def _judged(answer: dict[str, Any], local: Local) -> Iterator[str]:
    """What it is to the other articles, and what it said before."""
    yield answer["reason"]
    if answer["shared"]:
        yield f"  they share: {', '.join(answer['shared'])} (score {answer['score']:.2f})"
    if answer["story"] is not None:
        yield f"story {answer['story']}: {answer.get('story_title') or ''}".rstrip(": ")
    for edit in answer.get("edits", ()):
        yield f"edited {local(edit['at'])}: {edit_words(edit)}"


def _held(answer: dict[str, Any], *, scheduled: bool) -> str:
    """Why nobody was told; `scheduled`: whether any alert closes at set times."""
    if answer["tell"] == "none":
        return "it was there before watching began, or was filed with --baseline or import"
    if answer["verdict"] in ("same_url", "same_text"):
        return "it repeats what was filed before"
    if not any(topic["matched"] for topic in answer["topics"]):
        return "no topic matches"
    if answer["tell"] == "digest" and not scheduled:
        return (
            "it stood in its source's first list, of which only scheduled alerts tell (`backlog`)"
        )
    return "no alert follows its topics, or it adds nothing to what was told"
