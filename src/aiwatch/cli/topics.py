"""`topics`: what they find, what they would have found, and names that they do not know yet."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import click

from aiwatch import admin, service
from aiwatch.cli import show
from aiwatch.cli.front import AMOUNT, Front, fronted, grouped, known, span
from aiwatch.config import load
from aiwatch.config.values import Config
from aiwatch.errors import UsageError
from aiwatch.judge.backtest import Archived, BackTest, Edit, Sample, TermHits, TopicTest, back_test
from aiwatch.judge.suggest import MOST, Suggestion, patch, suggest
from aiwatch.judge.topics import LEAD_READ, Matcher, compile_topics
from aiwatch.model import Subject, TopicName
from aiwatch.store import archive
from aiwatch.store.archive import Recorded
from aiwatch.text.importing import Imported, imported
from aiwatch.workers import WorkerFailure

MONTH = "30d"
LINE_SECONDS = 10.0
LISTED = 10  # articles gained or lost that are named; `--json` has all
FORMS = 6  # spellings of one term that are named
OVERLAPS = 10

Ids = Mapping[str, str]


@click.group("topics")
@grouped
def topics_command() -> None:
    """Topics: what they find, would have found, and do not know yet."""


# ---------------------------------------------------------------- list


@topics_command.command("list")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@fronted
def topics_list(front: Front, json_: bool) -> int:
    """Each topic with its queries, and what it found in the last 30 days."""
    config = front.config()
    now = front.clock(config)()
    month = _recorded(front, config, now - timedelta(days=30))
    ever = _recorded(front, config, None)
    rows: list[dict[str, Any]] = [
        {
            "name": topic.name,
            "title": topic.title,
            "any": list(topic.any),
            "none": list(topic.none),
            "min_score": topic.min_score,
            "labels": list(topic.labels),
            "articles": month[topic.name].articles if topic.name in month else 0,
            "last": show.iso(ever[topic.name].last) if topic.name in ever else None,
        }
        for topic in config.topics
    ]
    if json_:
        show.as_json(rows)
        return 0
    show.table(
        ("topic", "title", "queries", "30 days", "last"),
        [
            (
                row["name"],
                row["title"],
                _queries(row),
                row["articles"],
                show.local(row["last"], config.timezone, now),
            )
            for row in rows
        ],
        empty="no topics: put some under `topics:`, or `use: [ai-video]`",
    )
    return 0


def _queries(row: Mapping[str, Any]) -> str:
    none = f", {len(row['none'])} against" if row["none"] else ""
    return f"{len(row['any'])}{none}"


def _recorded(front: Front, config: Config, since: datetime | None) -> Mapping[TopicName, Recorded]:
    if not config.database.exists():
        return {}
    with front.read(config) as db:
        return archive.recorded(db, since)


# ---------------------------------------------------------------- test


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """A back-test with what belongs to it."""

    test: BackTest
    titles: Mapping[TopicName, str]
    recorded: Mapping[TopicName, Recorded] | None  # None: nothing was, of a file
    ids: Ids  # of articles that were imported under their own
    since: datetime | None
    against: str | None


@topics_command.command("test")
@click.argument("topic", required=False)
@click.option(
    "--since", metavar="SPAN", help=f"How far back, like 7d ({MONTH}; of a file: all of it)."
)
@click.option(
    "--against",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Another feeds.yaml: say what is gained and lost.",
)
@click.option(
    "--input",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.jsonl",
    help="Articles in a file, as for `import`, instead of those on file.",
)
@click.option("--json", "json_", is_flag=True, help="As JSON, with all articles.")
@fronted
def topics_test(
    front: Front,
    topic: str | None,
    since: str | None,
    against: Path | None,
    file: Path | None,
    json_: bool,
) -> int:
    """What topics would have found among the articles of the past."""
    config = front.config()
    other = load(against) if against else None
    matcher = compile_topics(config.topics, config.aliases)
    rival = compile_topics(other.topics, other.aliases) if other else None
    topics = [*config.topics, *(other.topics if other else ())]
    known((topic,) if topic else (), list(dict.fromkeys(one.name for one in topics)), "topic")
    only = (TopicName(topic),) if topic else ()
    now = front.clock(config)()
    back = span(since or (None if file else MONTH))
    start = now - back if back else None
    whole = matcher.reads_body or bool(rival and rival.reads_body)
    ids: Ids = {}
    past: Mapping[TopicName, Recorded] | None = None
    problems: list[str] = []
    if file:
        lines, problems = asyncio.run(_lines(config, file, now, whole=whole))
        taken = [one for one in lines if start is None or one.at >= start]
        test = back_test(taken, matcher, against=rival, only=only)
    else:
        with front.read(config) as db:
            articles = archive.articles(db, start, whole=whole)
            test = back_test(articles, matcher, against=rival, only=only)
            ids, past = archive.imported_ids(db), archive.recorded(db, start)
    tried = _Tried(
        test=test,
        titles={one.name: one.title for one in reversed(topics)},
        recorded=past,
        ids=ids,
        since=start,
        against=str(against) if against else None,
    )
    for problem in problems:
        click.echo(problem, err=True)
    if json_:
        show.as_json({**_as_dict(tried), "problems": problems})
    else:
        _print(tried, one=topic is not None)
    return 1 if problems else 0


async def _lines(
    config: Config, file: Path, now: datetime, *, whole: bool
) -> tuple[list[Archived], list[str]]:
    """Each line read as `import` reads it; one without a date stands where the one before it does."""
    found: list[Archived] = []
    problems: list[str] = []
    at = None
    async with service.reader_of_pages(config) as (_, workers):
        for number, line in admin.read_lines(file):
            read: Imported | WorkerFailure | str = (
                line
                if isinstance(line, str)
                else await workers.run(imported, line, deadline=LINE_SECONDS)
            )
            if isinstance(read, WorkerFailure | str):
                why = read if isinstance(read, str) else read.reason
                problems.append(f"{file} line {number}: {why}; skipped")
                continue
            article = read.read.article
            at = article.published or at or now
            subject = Subject(
                title=article.title,
                text=article.text if whole else article.text[:LEAD_READ],
                url=article.url,
                source=article.source,
                lang=article.lang,
            )
            found.append(
                Archived(id=article.external_id or article.url, subject=subject, at=min(at, now))
            )
    return found, problems


# ---------------------------------------------------------------- in words


def _print(tried: _Tried, *, one: bool) -> None:
    test = tried.test
    if not test.articles:
        click.echo("no articles in that time: a longer --since, or `aiwatch fetch` first")
        return
    days = f"in {show.count(test.days, 'day')}"
    click.echo(
        f"{show.count(test.articles, 'article')} {days}, {test.about} of at least one topic\n"
    )
    _print_table(tried)
    for topic in test.topics:
        for line in _detail(topic, tried) if one else _changes(topic):
            click.echo(line)
    if not one:
        for line in chain(_shared(test), _hints(tried)):
            click.echo(line)


def _print_table(tried: _Tried) -> None:
    columns = ["topic", "found", "a day"]
    rows = [[topic.topic, len(topic.found), f"{topic.a_day:.1f}"] for topic in tried.test.topics]
    if tried.recorded is not None:
        columns.append("recorded")
        for row, topic in zip(rows, tried.test.topics, strict=True):
            row.append(_of(tried.recorded, topic.topic))
    if tried.against:
        columns += ["gained", "lost"]
        for row, topic in zip(rows, tried.test.topics, strict=True):
            row += [len(topic.gained), len(topic.lost)]
    columns.append("title")
    for row, topic in zip(rows, tried.test.topics, strict=True):
        row.append(tried.titles[topic.topic])
    show.table(columns, rows, empty="no topics")


def _of(recorded: Mapping[TopicName, Recorded], topic: TopicName) -> int:
    return recorded[topic].articles if topic in recorded else 0


def _changes(topic: TopicTest) -> Iterator[str]:
    """What another configuration would find, or not."""
    for what, articles in (("gained", topic.gained), ("lost", topic.lost)):
        if articles:
            yield f"\n{topic.topic}: {what} {show.count(len(articles), 'article')}"
            yield from _samples(articles[:LISTED])
            if len(articles) > LISTED:
                yield f"  … and {len(articles) - LISTED} more (--json has all)"


def _detail(topic: TopicTest, tried: _Tried) -> Iterator[str]:
    yield from _changes(topic)
    if topic.examples:
        yield "\nthe last found"
        yield from _samples(topic.examples)
    if topic.by_day:
        day, most = max(topic.by_day, key=lambda pair: pair[1])
        yield f"\nmost on {day:%a %d %b %Y}: {most}; nothing on {tried.test.days - len(topic.by_day)} of {show.count(tried.test.days, 'day')}"
    if topic.terms:
        yield "\nwhat found them"
        for term in topic.terms:
            yield f"  {_term(term)}"
            yield from _samples(term.examples[:1], "      ")
    if topic.never:
        yield f"\nfound nothing: {', '.join(topic.never)}"
    if topic.near:
        yield "\nnear misses"
        for edit in topic.near:
            yield f"  {_edit(edit)}"
            yield from _samples(edit.examples, "      ")


def _samples(articles: Sequence[Sample], indent: str = "  ") -> Iterator[str]:
    return (f"{indent}{sample.title}" for sample in articles)


def _term(term: TermHits) -> str:
    """The term, and how articles write it where they differ."""
    found = show.count(term.articles, "article")
    forms = [f"{form} {number}" for form, number in term.forms]
    if len(forms) < 2:
        return f"{term.term}: {found}"
    more = f", {len(forms) - FORMS} more" if len(forms) > FORMS else ""
    return f"{term.term}: {found} ({', '.join(forms[:FORMS])}{more})"


def _edit(edit: Edit) -> str:
    return f"{show.count(edit.articles, 'article')} more {edit.words}"


def _shared(test: BackTest) -> Iterator[str]:
    pairs = test.overlaps[:OVERLAPS]
    if pairs:
        yield "\ntopics that share articles"
    for pair in pairs:
        yield (
            f"  {pair.one} and {pair.other}: {pair.both}"
            f" ({pair.of_one:.0%} of {pair.one}, {pair.of_other:.0%} of {pair.other})"
        )


def _hints(tried: _Tried) -> Iterator[str]:
    topics = tried.test.topics
    if tried.recorded is not None and any(
        len(one.found) != _of(tried.recorded, one.topic) for one in topics
    ):
        yield "\nrecorded: what was written down while the topics ran; they have changed since, or are new"
    if topics and not tried.against:
        yield f"\nterm by term, with near misses: aiwatch topics test {topics[0].topic}"


# ---------------------------------------------------------------- for machines


def _as_dict(tried: _Tried) -> dict[str, Any]:
    test = tried.test
    return {
        "since": show.iso(tried.since),
        "against": tried.against,
        "articles": test.articles,
        "about": test.about,
        "days": test.days,
        "topics": [_topic_dict(topic, tried) for topic in test.topics],
        "overlaps": [
            {
                "topics": [pair.one, pair.other],
                "articles": pair.both,
                "shares": [round(pair.of_one, 3), round(pair.of_other, 3)],
            }
            for pair in test.overlaps
        ],
    }


def _topic_dict(topic: TopicTest, tried: _Tried) -> dict[str, Any]:
    def samples(found: Sequence[Sample]) -> list[dict[str, Any]]:
        return [{"id": _exported(one.id, tried), "title": one.title} for one in found]

    return {
        "topic": topic.topic,
        "title": tried.titles[topic.topic],
        "found": [_exported(id_, tried) for id_ in topic.found],
        "a_day": round(topic.a_day, 2),
        "by_day": {f"{day}": count for day, count in topic.by_day},
        "recorded": None if tried.recorded is None else _of(tried.recorded, topic.topic),
        "gained": samples(topic.gained),
        "lost": samples(topic.lost),
        "terms": [
            {
                "term": term.term,
                "articles": term.articles,
                "forms": dict(term.forms),
                "examples": samples(term.examples),
            }
            for term in topic.terms
        ],
        "never": list(topic.never),
        "near": [
            {"edit": edit.words, "articles": edit.articles, "examples": samples(edit.examples)}
            for edit in topic.near
        ],
    }


def _exported(id_: str, tried: _Tried) -> int | str:
    """As exports show it: the imported id, else the number; of a file, as the file has it."""
    if tried.recorded is None:
        return id_
    return tried.ids.get(id_) or int(id_)


# ---------------------------------------------------------------- suggest


@topics_command.command("suggest")
@click.option("--since", metavar="SPAN", default="90d", show_default=True, help="How far back.")
@click.option("--limit", type=AMOUNT, default=MOST, show_default=True, help="At most so many.")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@fronted
def topics_suggest(front: Front, since: str, limit: int, json_: bool) -> int:
    """New names of your beat that no query knows yet, as lines for feeds.yaml."""
    config = front.config()
    if not config.topics:
        raise UsageError("no topics are configured: names are suggested for those that are")
    matcher = compile_topics(config.topics, config.aliases)
    now = front.clock(config)()
    with front.read(config) as db:
        seen = archive.seen(db, now - (span(since) or timedelta()))
        found = suggest(seen, _known(config, matcher), most=limit)
    if json_:
        show.as_json([_suggestion_dict(one) for one in found])
        return 0
    if not found:
        click.echo(
            f"no new name: none stands in articles of your topics at three outlets or more in {since}"
        )
        return 0
    for one in found:
        click.echo(f"# {one.name}: {one.words}")
        for title in one.examples[:2]:
            click.echo(f"#   {title}")
    click.echo(f"\n{patch(found)}", nl=False)
    return 0


def _known(config: Config, matcher: Matcher) -> set[str]:
    """Every word and phrase of the configuration, as it is written."""
    terms = chain.from_iterable(map(matcher.terms, matcher.names))
    spelled = chain(config.aliases, *config.aliases.values())
    return {*terms, *spelled}


def _suggestion_dict(one: Suggestion) -> dict[str, Any]:
    return {
        "name": one.name,
        "topic": one.topic,
        "articles": one.articles,
        "outlets": one.outlets,
        "elsewhere": one.background,
        "score": round(one.likelihood, 2),
        "first_seen": show.iso(one.first_seen),
        "product": one.product,
        "examples": list(one.examples),
    }
