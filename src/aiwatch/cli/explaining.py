"""`explain`: everything decided about one article, stored or not."""

import asyncio
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click

from aiwatch import service
from aiwatch.cli import accounts, show
from aiwatch.cli.front import Front, fronted
from aiwatch.cli.reading import Local, edit_words
from aiwatch.config.values import Config
from aiwatch.errors import AiwatchError, UsageError
from aiwatch.judge.languages import usual_names
from aiwatch.judge.reasons import Explanation, sentence
from aiwatch.judge.topics import Matcher, compile_topics
from aiwatch.model import (
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
from aiwatch.store import Connection, archive, filing, reading, sites, stories
from aiwatch.text.clean import safe_url
from aiwatch.text.reading import article_of
from aiwatch.text.urls import host, url_key
from aiwatch.workers import WorkerFailure

PAGE_SECONDS = 10.0
WIDTH = 88


@click.command("explain")
@click.argument("what", metavar="URL|ID")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@fronted
def explain_command(front: Front, what: str, json_: bool) -> int:
    """Everything decided about one article."""
    config = front.config()
    matcher = compile_topics(config.topics, config.aliases)
    now = front.clock(config)()

    def local(at: datetime | str | None) -> str:
        return show.local(at, config.timezone, now)

    answer = _stored(front, config, matcher, what, local) or _fresh(
        front, config, matcher, what, local
    )
    if json_:
        show.as_json(answer)
    else:
        _print(answer, local, every=front.verbose > 0)
    return 0


def _stored(
    front: Front, config: Config, matcher: Matcher, what: str, local: Local
) -> dict[str, Any] | None:
    if not config.database.exists():
        return None
    with front.read(config) as db:
        found = reading.find_article(db, what, url_key(what))
        row = reading.article(db, found) if found is not None else None
        story = stories.load(db, StoryId(row["story"])) if row else None
        if row is None or story is None:
            return None
        member = next(one for one in story.members if one.article == row["id"])
        subject = archive.subject_of(row)
        said = [matcher.explain(topic.name, subject) for topic in config.topics]
        fates = accounts.fates(db, config, story, member, front.clock(config)(), local)
        verdict = Verdict(
            kind=row["verdict"], reason=row["reason"], duplicate_of=row["duplicate_of"]
        )
        why = accounts.filed(said, verdict, story, member, fates)
        edits = reading.edits(db, member.article)
        return {
            "stored": True,
            "id": row["external_id"] or row["id"],
            "url": row["url"],
            "title": row["title"],
            "outlet": row["outlet"],
            "account": list(why.lines),
            "edit": why.edit,
            "entry": reading.entry_of(db, member.article),
            "how": row["how"],
            "verdict": row["verdict"],
            "reason": row["reason"],
            "duplicate_of": reading.exported_id(db, row["duplicate_of"]),
            "story": story.id,
            "story_title": story.members[0].title,
            "score": row["score"],
            "shared": row["shared"],
            "versions": len(reading.versions(db, member.article)),
            "edits": list(edits),
            "told": [dict(one) for one in reading.told_of_story(db, story.id)],
            "waiting": [dict(one) for one in reading.waiting_of_story(db, story.id)],
            "alerts": accounts.as_dicts(fates),
            "tell": row["tell"],
            "topics": list(map(_topic_dict, said)),
        }


def _fresh(
    front: Front, config: Config, matcher: Matcher, what: str, local: Local
) -> dict[str, Any]:
    """Fetch and judge an address that is not stored, storing nothing."""
    url = safe_url(what)
    if url is None:
        raise UsageError(
            f"{what!r} is no article here (by number or imported id) and no http(s) address"
        )
    read = asyncio.run(_read(front, config, url))
    article = read.article
    subject = Subject(title=article.title, text=article.text, url=article.url, lang=article.lang)
    said = [matcher.explain(topic.name, subject) for topic in config.topics]
    with _looking(front, config) as db:
        names = usual_names(config.aliases)
        now = front.clock(config)()
        verdict = filing.judge(db, read, frozenset(), now, names)[0] if db else None
        why = accounts.unfiled(db, config, url, said, verdict, local)
    return {
        "stored": False,
        "url": article.url,
        "title": article.title,
        "outlet": article.outlet,
        "account": list(why.lines),
        "edit": why.edit,
        "how": dict(article.how),
        "verdict": verdict.kind if verdict else None,
        "reason": verdict.reason if verdict else "the database is empty: nothing to compare with",
        "duplicate_of": verdict.duplicate_of if verdict else None,
        "story": verdict.story if verdict else None,
        "score": verdict.score if verdict else 0.0,
        "shared": list(verdict.shared) if verdict else [],
        "topics": list(map(_topic_dict, said)),
    }


@contextmanager
def _looking(front: Front, config: Config) -> Iterator[Connection | None]:
    """The database, where there is one."""
    if not config.database.exists():
        yield None
        return
    with front.read(config) as db:
        yield db


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


def _topic_dict(said: Explanation) -> dict[str, Any]:
    return {
        "topic": said.topic,
        "matched": said.matched,
        "words": said.words,
        "missing": list(said.missing),
        "near": said.near,
        "blocked_by": said.blocked_by,
        "edit": said.edit,
    }


# ---------------------------------------------------------------- in words


def _print(answer: dict[str, Any], local: Local, *, every: bool) -> None:
    """All that it rests on, then the answer in sentences; at the very end what would bring it."""
    click.echo(f"{click.style(answer['title'], bold=True)}\n{answer['url']}")
    for heading, lines in (
        ("How it was read", _read_lines(answer, local)),
        ("What it is to the others", _judged(answer, local)),
        ("Topic by topic", _topic_lines(answer["topics"], every=every)),
    ):
        click.echo(f"\n{heading}")
        for line in lines:
            click.echo(f"  {line}")
    click.echo(f"\n{click.style('So', bold=True)}")
    for line in answer["account"]:
        click.echo(_folded(line))
    if answer["edit"]:
        click.echo(_folded(sentence(f"To bring it: {answer['edit']}")))


def _topic_lines(topics: list[dict[str, Any]], *, every: bool) -> Iterator[str]:
    """What each topic says of it; of a match's article the near misses are for those who ask (-v)."""
    about = any(topic["matched"] for topic in topics) and not every
    told = [topic for topic in topics if topic["matched"] or (topic["near"] and not about)]
    told += [topic for topic in topics if about and topic["blocked_by"]]
    for topic in sorted(told, key=lambda topic: not topic["matched"]):
        yield f"{topic['topic']}: {topic['words']}"
    silent = [topic["topic"] for topic in topics if topic not in told]
    if silent:
        why = "no match (-v says why)" if about else "none of their words stand in it"
        yield f"{', '.join(silent)}: {why}"
    if not topics:
        yield "no topics are configured"


def _folded(line: str) -> str:
    """As wide as a person reads; in a pipe one line."""
    return textwrap.fill(line, WIDTH, break_on_hyphens=False) if sys.stdout.isatty() else line


def _read_lines(answer: dict[str, Any], local: Local) -> Iterator[str]:
    if not answer["stored"]:
        yield "not stored: fetched and judged now, and forgotten again"
    elif answer["entry"]:
        entry = answer["entry"]
        yield f"came through {entry['source']}, first seen {local(entry['seen_at'])}"
    for field, evidence in answer["how"].items():
        yield f"{field}: {evidence}"


def _judged(answer: dict[str, Any], local: Local) -> Iterator[str]:
    """What it is to the other articles, and what it said before."""
    yield answer["reason"]
    if answer["shared"]:
        yield f"they share: {', '.join(answer['shared'])} (score {answer['score']:.2f})"
    if answer["story"] is not None:
        yield f"story {answer['story']}: {answer.get('story_title') or ''}".rstrip(": ")
    for edit in answer.get("edits", ()):
        yield f"edited {local(edit['at'])}: {edit_words(edit)}"
