"""Stories read whole, with their members, matches and what readers were told of them."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict

from aiwatch.model import (
    AlertName,
    ArticleId,
    Change,
    Correction,
    Earlier,
    Hit,
    Match,
    Member,
    Reader,
    Story,
    StoryId,
    Told,
    TopicName,
)
from aiwatch.store.times import dumps, from_text, maybe_time


def resolve(db: sqlite3.Connection, story: StoryId) -> StoryId:
    """The story that now stands for this id: merges leave an alias behind."""
    seen = {story}
    while True:
        row = db.execute("SELECT alias_of FROM stories WHERE id = ?", (story,)).fetchone()
        if row is None or row["alias_of"] is None or row["alias_of"] in seen:
            return story
        story = StoryId(row["alias_of"])
        seen.add(story)


def load(db: sqlite3.Connection, story: StoryId) -> Story | None:
    """A story with all its members, oldest first; None where there is none."""
    row = db.execute("SELECT * FROM stories WHERE id = ?", (resolve(db, story),)).fetchone()
    if row is None:
        return None
    matches = matches_of_story(db, row["id"])
    members = tuple(
        _member(article, matches.get(article["id"], ()))
        for article in db.execute(
            "SELECT * FROM articles WHERE story = ? ORDER BY id", (row["id"],)
        )
    )
    topics = dict.fromkeys(match.topic for member in members for match in member.matches)
    return Story(
        id=row["id"],
        first_seen=from_text(row["first_seen"]),
        last_seen=from_text(row["last_seen"]),
        members=members,
        topics=tuple(topics),
        muted=bool(row["muted"]),
        previously=tuple(_earlier(db, row["previous"])),
        corrections=tuple(_corrections(db, row["id"])),
    )


def matches_of_story(db: sqlite3.Connection, story: StoryId) -> Mapping[int, tuple[Match, ...]]:
    """Matches by article."""
    rows = db.execute(
        "SELECT matches.* FROM matches JOIN articles ON articles.id = matches.article"
        " WHERE articles.story = ? ORDER BY matches.article, score DESC, topic",
        (story,),
    )
    found: dict[int, tuple[Match, ...]] = {}
    for row in rows:
        found[row["article"]] = (*found.get(row["article"], ()), match_from(row))
    return found


def match_from(row: sqlite3.Row) -> Match:
    """One row of `matches`."""
    return Match(
        topic=TopicName(row["topic"]),
        score=row["score"],
        query=row["query"],
        hits=tuple(Hit(**hit) for hit in json.loads(row["hits"])),
    )


def write_matches(db: sqlite3.Connection, article: ArticleId, matches: Iterable[Match]) -> None:
    """Replace what an article matches."""
    db.execute("DELETE FROM matches WHERE article = ?", (article,))
    add_matches(db, article, matches)


def add_matches(db: sqlite3.Connection, article: ArticleId, matches: Iterable[Match]) -> None:
    """What an article matches besides; a topic that it has already keeps its hits."""
    db.executemany(
        "INSERT INTO matches (article, topic, score, query, hits) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (article, topic) DO NOTHING",
        [
            (
                article,
                match.topic,
                match.score,
                match.query,
                dumps(asdict(hit) for hit in match.hits),
            )
            for match in matches
        ],
    )


def told(db: sqlite3.Connection, reader: Reader, story: StoryId) -> Told | None:
    """All that a reader has been told of a story, over all alerts, in one value."""
    rows = db.execute(
        "SELECT * FROM told WHERE reader = ? AND story = ? ORDER BY at, id", (reader, story)
    ).fetchall()
    if not rows:
        return None
    articles = {ArticleId(id_) for row in rows for id_ in json.loads(row["articles"])}
    facts = dict.fromkeys(fact for row in rows for fact in json.loads(row["facts"]))
    rewritten = _rewritten(db, articles, rows[-1]["at"])
    return Told(
        reader=reader,
        story=story,
        at=from_text(rows[-1]["at"]),
        by=AlertName(rows[-1]["alert"]),
        articles=frozenset(articles - rewritten.keys()),
        facts=(*facts, *(line for text in rewritten.values() for line in text.splitlines())),
        rewritten=frozenset(rewritten),
        message_id=rows[0]["message_id"] or None,
    )


def _rewritten(
    db: sqlite3.Connection, articles: Iterable[ArticleId], at: str
) -> Mapping[ArticleId, str]:
    """Articles changed since `at`: the reader knows the text they had then, not the one they have now."""
    rows = db.execute(
        "SELECT article, title, text FROM versions WHERE until > ? AND article IN"
        " (SELECT value FROM json_each(?)) ORDER BY id DESC",
        (at, dumps(sorted(articles))),
    )
    return {ArticleId(row["article"]): f"{row['title']}\n{row['text']}" for row in rows}


def told_to(
    db: sqlite3.Connection, story: StoryId, readers: Iterable[Reader]
) -> Mapping[Reader, Told]:
    """`told` for several readers; those who know nothing of it are absent."""
    found = ((reader, told(db, reader, story)) for reader in readers)
    return {reader: value for reader, value in found if value is not None}


def _corrections(db: sqlite3.Connection, story: StoryId) -> Iterable[Correction]:
    """What its articles said and say otherwise now."""
    rows = db.execute(
        "SELECT versions.article, until, changes, outlet, url FROM versions JOIN articles ON articles.id = article"
        " WHERE story = ? AND changes <> '[]' ORDER BY versions.id",
        (story,),
    )
    for row in rows:
        where = {"article": ArticleId(row["article"]), "outlet": row["outlet"], "url": row["url"]}
        for edit in json.loads(row["changes"]):
            if edit["corrects"]:
                said = {name: edit[name] for name in ("kind", "before", "after", "reason")}
                yield Correction(**where, at=from_text(row["until"]), **said)


def _earlier(db: sqlite3.Connection, story: StoryId | None) -> Iterable[Earlier]:
    """The chain of stories that this one follows, the newest first, three at most."""
    seen: set[int] = set()
    while story is not None and story not in seen and len(seen) < 3:
        seen.add(story)
        row = db.execute(
            "SELECT id, title, first_published, previous FROM stories WHERE id = ?",
            (resolve(db, story),),
        ).fetchone()
        if row is None:
            return
        yield Earlier(story=row["id"], title=row["title"], at=from_text(row["first_published"]))
        story = row["previous"]


def _member(row: sqlite3.Row, matches: tuple[Match, ...]) -> Member:
    return Member(
        article=ArticleId(row["id"]),
        url=row["url"],
        title=row["title"],
        text=row["text"],
        source=row["source"],
        outlet=row["outlet"],
        first_seen=from_text(row["first_seen"]),
        published=maybe_time(row["published"]),
        authors=tuple(json.loads(row["authors"])),
        lang=row["lang"],
        verdict=row["verdict"],
        score=row["score"],
        sure=bool(row["sure"]),
        duplicate_of=row["duplicate_of"],
        trust=row["trust"],
        primary=bool(row["first_hand"]),
        aggregator=bool(row["aggregator"]),
        tell=row["tell"],
        matches=matches,
        change=_change(row["change"]),
    )


def _change(column: str | None) -> Change | None:
    read = json.loads(column) if column else None
    return Change(**{name: tuple(lines) for name, lines in read.items()}) if read else None
