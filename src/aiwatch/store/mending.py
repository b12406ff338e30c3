"""Stories put right by hand: merged, split, muted. What a person decided is kept and shown, and nothing undoes it.

Each is one transaction that ends as a filing does: every alert that the changed stories concern waits for them.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from aiwatch.errors import UsageError
from aiwatch.judge import stories
from aiwatch.judge.folding import was_told
from aiwatch.model import AlertName, ArticleId, Fingerprint, Member, Reader, Story, StoryId
from aiwatch.store import candidates, filing, kept
from aiwatch.store import stories as stored
from aiwatch.store.filing import Subscription
from aiwatch.store.times import dumps, to_text
from aiwatch.text.fingerprint import fingerprint

By = Literal["merge", "split", "mute", "unmute"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """What came of it: the story that stands now, and the alerts that wait for what changed."""

    story: StoryId
    alerts: tuple[AlertName, ...] = ()


def merge(
    db: sqlite3.Connection,
    first: StoryId,
    second: StoryId,
    subscriptions: Sequence[Subscription],
    now: datetime,
) -> Mended:
    """Make two stories one: the older id stays, the younger leads to it; who was told of one was told of both."""
    one, other = _there(db, first), _there(db, second)
    if one.id == other.id:
        raise UsageError(f"stories {first} and {second} are one already: story {one.id}")
    elder, younger = sorted((one, other), key=lambda story: (story.first_seen, story.id))
    db.execute("UPDATE articles SET story = ? WHERE story = ?", (elder.id, younger.id))
    db.execute("UPDATE told SET story = ? WHERE story = ?", (elder.id, younger.id))
    _wait_together(db, elder.id, younger.id)
    candidates.let_terms_go(db, younger.id)
    db.execute("UPDATE stories SET alias_of = ? WHERE id = ?", (elder.id, younger.id))
    db.execute(
        "UPDATE stories SET muted = max(muted, :muted), previous = coalesce(nullif(previous, :younger),"
        " (SELECT nullif(previous, :elder) FROM stories WHERE id = :younger)) WHERE id = :elder",
        {"muted": younger.muted, "younger": younger.id, "elder": elder.id},
    )
    _measure(db, elder.id, now)
    _remember(db, "merge", elder.id, younger.id, (), now)
    return Mended(story=elder.id, alerts=_owe(db, elder.id, subscriptions, now))


def split(
    db: sqlite3.Connection,
    story: StoryId,
    articles: Iterable[ArticleId],
    subscriptions: Sequence[Subscription],
    now: datetime,
) -> Mended:
    """Make these articles, with their copies, a story of their own; it is untold to whom it was only folded in."""
    whole = _there(db, story)
    leaving = _leaving(whole, frozenset(articles))
    staying = [member for member in whole.members if member not in leaving]
    new = _new_story(db, leaving)
    ids = [member.article for member in leaving]
    db.executemany("UPDATE articles SET story = ? WHERE id = ?", [(new, id_) for id_ in ids])
    _judge_anew(db, leaving, f"split off from story {whole.id} by hand")
    _judge_anew(db, staying, f"stayed in story {whole.id} when others were split off by hand")
    for changed in (new, whole.id):
        _measure(db, changed, now)
    _part_told(db, whole.id, new, leaving, staying)
    _remember(db, "split", whole.id, new, ids, now)
    owed = (*_owe(db, new, subscriptions, now), *_owe(db, whole.id, subscriptions, now))
    return Mended(story=new, alerts=tuple(dict.fromkeys(owed)))


def mute(db: sqlite3.Connection, story: StoryId, now: datetime, *, muted: bool) -> Mended:
    """Tell nothing more of a story, whatever joins it; or tell it again from now on."""
    found = _there(db, story)
    db.execute("UPDATE stories SET muted = ? WHERE id = ?", (int(muted), found.id))
    if muted:
        db.execute("DELETE FROM waiting WHERE story = ?", (found.id,))
    _remember(db, "mute" if muted else "unmute", found.id, None, (), now)
    return Mended(story=found.id)


def history(db: sqlite3.Connection, story: StoryId) -> tuple[dict[str, Any], ...]:
    """What was done to a story by hand, oldest first."""
    rows = db.execute(
        "SELECT at, what, story, other, articles FROM mended WHERE story = :story OR other = :story ORDER BY id",
        {"story": story},
    )
    return tuple({**dict(row), "articles": json.loads(row["articles"])} for row in rows)


# ---------------------------------------------------------------- parts


def _there(db: sqlite3.Connection, story: StoryId) -> Story:
    found = stored.load(db, story)
    if found is None:
        raise UsageError(f"no story {story}: `aiwatch stories` lists them")
    return found


def _leaving(whole: Story, named: frozenset[ArticleId]) -> tuple[Member, ...]:
    """The articles named, and the copies of them."""
    strangers = named - {member.article for member in whole.members}
    if strangers:
        listed = ", ".join(map(str, sorted(strangers)))
        raise UsageError(
            f"story {whole.id} has no article {listed}: `aiwatch story {whole.id}` lists them"
        )
    leaving = tuple(
        member
        for member in whole.members
        if member.article in named or member.duplicate_of in named
    )
    if not leaving or len(leaving) == len(whole.members):
        raise UsageError(f"story {whole.id}: name some of its articles, and leave at least one")
    return leaving


def _new_story(db: sqlite3.Connection, members: Sequence[Member]) -> StoryId:
    """A row for the story of these articles; `_measure` fills it in."""
    first = to_text(min(member.first_seen for member in members))
    cursor = db.execute(
        "INSERT INTO stories (title, first_seen, last_seen, first_published, last_published, members, names, numbers,"
        " alone, muted) VALUES (?, ?, ?, ?, ?, 0, '[]', '[]', 0, 0)",
        (members[0].title, first, first, first, first),
    )
    return StoryId(cursor.lastrowid or 0)


def _judge_anew(db: sqlite3.Connection, members: Sequence[Member], reason: str) -> None:
    """The first of them founds its story; the reasons of the others stand if they never hung on the absent ones."""
    first = members[0]
    if first.verdict == "same_story":
        db.execute(
            "UPDATE articles SET verdict = 'new', score = 0, shared = '[]', reason = ? WHERE id = ?",
            (reason, first.article),
        )
    for member in members[1:]:
        if member.verdict in ("new", "same_story"):
            db.execute(
                "UPDATE articles SET verdict = 'same_story', reason = ? WHERE id = ?",
                (reason, member.article),
            )


def _measure(db: sqlite3.Connection, story: StoryId, now: datetime) -> None:
    """What the story is about, when and of how many articles, from its articles as they are."""
    found = _there(db, story)
    own = [member for member in found.members if member.duplicate_of is None] or found.members[:1]
    prints = [fingerprint(member.title, member.text) for member in own]
    weights: dict[str, float] = {}
    for print_ in prints:
        weights = dict(stories.grow(weights, print_))
    candidates.let_terms_go(db, story)
    candidates.keep_terms(db, story, {}, weights)
    db.execute(
        "UPDATE stories SET title = :title, members = :members, names = :names, numbers = :numbers,"
        " first_seen = :first_seen, last_seen = :last_seen,"
        " first_published = :first_published, last_published = :last_published WHERE id = :story",
        {"story": story, **_figures(found.members, own, prints, now)},
    )
    kept.changed(db, story)


def _figures(
    members: Sequence[Member], own: Sequence[Member], prints: Sequence[Fingerprint], now: datetime
) -> dict[str, Any]:
    names = dict.fromkeys(name for print_ in prints for name in print_.names)
    numbers = dict.fromkeys(number for print_ in prints for number in print_.numbers)
    happened = [min(member.published or member.first_seen, now) for member in own]
    return {
        "title": members[0].title,
        "members": len(own),
        "names": dumps(list(names)[: filing.KEPT_MARKS]),
        "numbers": dumps(list(numbers)[: filing.KEPT_MARKS]),
        "first_seen": to_text(min(member.first_seen for member in members)),
        "last_seen": to_text(max(member.first_seen for member in members)),
        "first_published": to_text(min(happened)),
        "last_published": to_text(max(happened)),
    }


def _wait_together(db: sqlite3.Connection, elder: StoryId, younger: StoryId) -> None:
    """What waited for either waits for both, as soon as the first of them would have gone."""
    db.execute(
        "INSERT INTO waiting (alert, story, cause, reason, since, hold_until)"
        " SELECT alert, :elder, cause, reason, since, hold_until FROM waiting WHERE story = :younger"
        " ON CONFLICT (alert, story) DO UPDATE SET since = min(since, excluded.since),"
        " hold_until = min(hold_until, excluded.hold_until)",
        {"elder": elder, "younger": younger},
    )
    db.execute("DELETE FROM waiting WHERE story = ?", (younger,))


def _part_told(
    db: sqlite3.Connection,
    old: StoryId,
    new: StoryId,
    leaving: Sequence[Member],
    staying: Sequence[Member],
) -> None:
    """Who was told of the one part, of the other, of both: to whom a part was only folded in, it is untold."""
    readers = db.execute("SELECT DISTINCT reader FROM told WHERE story = ?", (old,)).fetchall()
    for row in readers:
        reader = Reader(row["reader"])
        told = stored.told(db, reader, old)
        if told is None:
            continue
        of_new, of_old = was_told(told, leaving), was_told(told, staying)
        if of_new:
            db.execute(
                "INSERT INTO told (reader, story, digest, alert, at, articles, facts, message_id)"
                " SELECT reader, ?, digest, alert, at, articles, facts, message_id FROM told"
                " WHERE story = ? AND reader = ? ORDER BY id",
                (new, old, reader),
            )
        if not of_old and of_new:
            db.execute("DELETE FROM told WHERE story = ? AND reader = ?", (old, reader))


def _owe(
    db: sqlite3.Connection, story: StoryId, subscriptions: Sequence[Subscription], now: datetime
) -> tuple[AlertName, ...]:
    """Let every alert wait for it that the story, as it is now, concerns."""
    found = _there(db, story)
    own = [member for member in found.members if member.duplicate_of is None] or found.members
    return filing.owe(db, story, own[-1].article, subscriptions, now)


def _remember(
    db: sqlite3.Connection,
    what: By,
    story: StoryId,
    other: StoryId | None,
    articles: Sequence[ArticleId],
    now: datetime,
) -> None:
    db.execute(
        "INSERT INTO mended (at, what, story, other, articles) VALUES (?, ?, ?, ?, ?)",
        (to_text(now), what, story, other, dumps(articles)),
    )
