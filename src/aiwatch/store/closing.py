"""Third transaction, *alert closed*: what is due is composed from the stories as they are now, and frozen.

One outbox row per recipient or endpoint and part, told-so-far, the digest and the end of the waiting rows are written
together; bytes and ids never change after. Quiet hours, folding, min_outlets and digests are all this one path.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Literal

from aiwatch.model import (
    Alert,
    AlertName,
    Cause,
    ChannelName,
    Digest,
    DigestId,
    Nearly,
    Part,
    Reader,
    Story,
    StoryId,
    Told,
    TopicName,
    Trouble,
    Waiting,
)
from aiwatch.store import leaving, outbox, troubles
from aiwatch.store import stories as stored
from aiwatch.store.times import dumps, from_text, maybe_text, maybe_time, to_text


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertState:
    """What an alert remembers between passes."""

    name: AlertName
    first_seen: datetime
    last_slot: datetime | None
    last_closed: datetime | None
    paused: bool
    paused_until: datetime | None
    waiting: int  # stories
    due: int  # of these, those whose hold is over
    troubles: int = 0  # noted since its last message
    left: frozenset[Reader] = frozenset()  # who has unsubscribed


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that composing needs of the database."""

    alert: Alert
    now: datetime
    since: datetime  # the last closing, or when the alert was first seen
    stories: tuple[tuple[Story, Cause], ...]
    told: Mapping[Reader, Mapping[StoryId, Told]]
    items_read: int
    sources_read: int
    failing: tuple[tuple[str, str], ...] = ()  # sources in trouble, and what is wrong in words
    undelivered: int = 0  # messages given up
    troubles: tuple[Trouble, ...] = ()  # noted since its last message
    troubles_seen: int = 0  # its place in what was noted, once these are told
    near: tuple[Nearly, ...] = ()  # what almost matched
    left: frozenset[Reader] = frozenset()  # readers who have unsubscribed
    tokens: Mapping[Reader, str] = field(default_factory=dict)  # with which the others can


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """One reader's message, rendered."""

    channel: ChannelName
    reader: Reader
    lane: str
    digest: Digest
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """All messages of one closing, and the stories that a bug kept out of them: these go on waiting."""

    drafts: tuple[Drafted, ...] = ()
    stuck: tuple[StoryId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A closing that made messages."""

    digest: DigestId
    alert: AlertName
    subject: str
    messages: int
    stories: int


Compose = Callable[[Facts], Composed]
STUCK_FOR = timedelta(hours=1)  # until a story that could not be composed is tried again


def sync(db: sqlite3.Connection, alerts: Iterable[Alert], now: datetime) -> None:
    """Remember since when each alert is known; `was: OLDNAME` takes an old one's memory over.

    A new alert is owed what is noted from now on.
    """
    latest = troubles.latest_id(db)
    for alert in alerts:
        if alert.was:
            _rename(db, alert.was, alert.name)
        db.execute(
            "INSERT INTO alerts (name, first_seen, paused, troubles_seen) VALUES (?, ?, 0, ?)"
            " ON CONFLICT (name) DO UPDATE SET troubles_seen = excluded.troubles_seen WHERE troubles_seen IS NULL",
            (alert.name, to_text(now), latest),
        )


def state(db: sqlite3.Connection, alert: AlertName, now: datetime) -> AlertState | None:
    """An alert as it stands; None while no pass has seen it."""
    row = db.execute("SELECT * FROM alerts WHERE name = ?", (alert,)).fetchone()
    if row is None:
        return None
    counts = db.execute(
        "SELECT COUNT(*) AS waiting, COALESCE(SUM(hold_until <= ?), 0) AS due FROM waiting WHERE alert = ?",
        (to_text(now), alert),
    ).fetchone()
    until = maybe_time(row["paused_until"])
    return AlertState(
        name=row["name"],
        first_seen=from_text(row["first_seen"]),
        last_slot=maybe_time(row["last_slot"]),
        last_closed=maybe_time(row["last_closed"]),
        paused=bool(row["paused"]) and (until is None or until > now),
        paused_until=until,
        waiting=counts["waiting"],
        due=counts["due"],
        troubles=troubles.count_since(db, _place(db, alert)),
        left=leaving.left(db, alert),
    )


def recent(db: sqlite3.Connection, alert: AlertName, limit: int = 100) -> tuple[datetime, ...]:
    """When this alert last closed by itself or by hand, newest first; looks back are extra."""
    rows = db.execute(
        "SELECT at FROM digests WHERE alert = ? AND kind <> 'lookback' ORDER BY id DESC LIMIT ?",
        (alert, limit),
    )
    return tuple(from_text(row["at"]) for row in rows)


def heard(db: sqlite3.Connection, since: datetime) -> frozenset[Reader]:
    """Who was written to since then, by whatever alert."""
    # By the digests, which an index leads to: a message with its texts is a long row.
    older = "SELECT id FROM digests WHERE at < ? ORDER BY id DESC LIMIT 1"
    query = f"SELECT DISTINCT reader FROM outbox WHERE digest > coalesce(({older}), 0)"  # noqa: S608 - a constant
    rows = db.execute(query, (to_text(since),))
    return frozenset(row["reader"] for row in rows)


def waiting(db: sqlite3.Connection, alert: AlertName | None = None) -> tuple[Waiting, ...]:
    """What alerts owe."""
    rows = db.execute(
        "SELECT * FROM waiting WHERE :alert IS NULL OR alert = :alert ORDER BY hold_until, story",
        {"alert": alert},
    )
    return tuple(
        Waiting(
            alert=row["alert"],
            story=row["story"],
            cause=row["cause"],
            reason=row["reason"],
            since=from_text(row["since"]),
            hold_until=from_text(row["hold_until"]),
        )
        for row in rows
    )


def facts(
    db: sqlite3.Connection,
    alert: Alert,
    readers: Iterable[Reader],
    now: datetime,
    *,
    early: bool = False,
) -> Facts:
    """What is due for an alert at this moment; `early`: also what is still held to settle."""
    rows = db.execute(
        "SELECT story, cause FROM waiting WHERE alert = ? AND (? OR hold_until <= ?) ORDER BY story",
        (alert.name, early, to_text(now)),
    ).fetchall()
    due = [(stored.load(db, row["story"]), row["cause"]) for row in rows]
    told = [(story, cause) for story, cause in due if story is not None and not story.muted]
    return _facts(db, alert, readers, told, now)


def lookback(
    db: sqlite3.Connection,
    alert: Alert,
    topics: Iterable[TopicName],
    since: datetime,
    now: datetime,
) -> Facts:
    """What the time since then holds for these topics, or for troubles, whoever was told."""
    if alert.about is not None:
        return _facts(db, alert, (), (), now, troubles.since_time(db, since))
    rows = db.execute(
        "SELECT DISTINCT articles.story FROM articles JOIN matches ON matches.article = articles.id"
        " WHERE COALESCE(articles.published, articles.first_seen) >= ? AND matches.topic IN"
        " (SELECT value FROM json_each(?)) ORDER BY 1",
        (to_text(since), dumps(topics)),
    ).fetchall()
    loaded = [stored.load(db, row["story"]) for row in rows]
    cause: Cause = "new"
    return _facts(
        db, alert, (), [(story, cause) for story in loaded if story and not story.muted], now
    )


def close(
    db: sqlite3.Connection,
    alert: Alert,
    readers: Sequence[Reader],
    compose: Compose,
    *,
    kind: Literal["digest", "alert"],
    slot: datetime | None,
    now: datetime,
    early: bool = False,
) -> tuple[Closed | None, tuple[StoryId, ...]]:
    """Close an alert's window: what was closed, if anything is to be sent and the slot is open; and what is stuck.

    `early` closes it by hand: what is still held to settle goes too.
    """
    if early:
        db.execute(
            "UPDATE waiting SET hold_until = min(hold_until, ?) WHERE alert = ?",
            (to_text(now), alert.name),
        )
    known = state(db, alert.name, now)
    if known is None or (slot and known.last_slot and known.last_slot >= slot):
        return None, ()
    due = replace(facts(db, alert, readers, now), tokens=_tokens(db, alert, readers, now))
    composed = compose(due)
    drafts = composed.drafts
    closed = _freeze(db, alert, drafts, kind=kind, slot=slot, now=now) if drafts else None
    _end_waiting(db, alert, composed.stuck, now)
    _note_closing(db, due, slot, told=closed is not None)
    return closed, composed.stuck


def send_lookback(
    db: sqlite3.Connection,
    alert: Alert,
    topics: Iterable[TopicName],
    compose: Compose,
    *,
    since: datetime,
    now: datetime,
) -> Closed | None:
    """Freeze a look back for an alert's readers; nothing counts as told and nothing stops waiting."""
    drafts = compose(lookback(db, alert, topics, since, now)).drafts
    return _freeze(db, alert, drafts, kind="lookback", slot=None, now=now) if drafts else None


def _note_closing(db: sqlite3.Connection, due: Facts, slot: datetime | None, *, told: bool) -> None:
    """The slot is over whatever came of it; what was noted of troubles is told once there is a message."""
    db.execute(
        "UPDATE alerts SET last_slot = coalesce(:slot, last_slot),"
        " last_closed = CASE WHEN :told THEN :now ELSE last_closed END,"
        " troubles_seen = CASE WHEN :told THEN :seen ELSE troubles_seen END WHERE name = :name",
        {
            "slot": maybe_text(slot),
            "told": told,
            "now": to_text(due.now),
            "seen": due.troubles_seen,
            "name": due.alert.name,
        },
    )


def _end_waiting(
    db: sqlite3.Connection, alert: Alert, stuck: Iterable[StoryId], now: datetime
) -> None:
    """What was due is told, or nothing new to anyone; only what could not be composed waits on."""
    db.executemany(
        "UPDATE waiting SET hold_until = ? WHERE alert = ? AND story = ?",
        [(to_text(now + STUCK_FOR), alert.name, story) for story in stuck],
    )
    db.execute(
        "DELETE FROM waiting WHERE alert = ? AND hold_until <= ?", (alert.name, to_text(now))
    )


def pause(
    db: sqlite3.Connection, alert: AlertName, until: datetime | None, *, paused: bool
) -> bool:
    """Stop or resume an alert's closings; False where no pass has seen such an alert."""
    changed = db.execute(
        "UPDATE alerts SET paused = ?, paused_until = ? WHERE name = ?",
        (int(paused), maybe_text(until), alert),
    )
    return changed.rowcount == 1


def _facts(
    db: sqlite3.Connection,
    alert: Alert,
    readers: Iterable[Reader],
    stories: Sequence[tuple[Story, Cause]],
    now: datetime,
    noted: Sequence[troubles.Noted] | None = None,
) -> Facts:
    known = state(db, alert.name, now)
    since = (known.last_closed or known.first_seen) if known else now
    place = _place(db, alert.name)
    if noted is None:
        noted = troubles.since(db, place)
    items, sources = _read_since(db, since, first=known is None or known.last_closed is None)
    failing = db.execute(
        "SELECT name, words FROM sources WHERE state IN ('failing', 'stopped') ORDER BY name"
    ).fetchall()
    return Facts(
        alert=alert,
        now=now,
        since=since,
        stories=tuple(stories),
        told={reader: _told(db, reader, stories) for reader in readers},
        items_read=items,
        sources_read=sources,
        failing=tuple((row["name"], row["words"]) for row in failing),
        undelivered=outbox.failed(db),
        troubles=tuple(trouble for _, trouble in noted),
        troubles_seen=max((id_ for id_, _ in noted), default=place),
        left=leaving.left(db, alert.name),
    )


def _tokens(
    db: sqlite3.Connection, alert: Alert, readers: Iterable[Reader], now: datetime
) -> Mapping[Reader, str]:
    """Of those who get mail; other readers are endpoints, which belong to whoever configured them."""
    people = (reader for reader in readers if reader.startswith("mailto:"))
    return {reader: leaving.token(db, alert.name, reader, now) for reader in people}


def _told(
    db: sqlite3.Connection, reader: Reader, stories: Iterable[tuple[Story, Cause]]
) -> Mapping[StoryId, Told]:
    found = {story.id: stored.told(db, reader, story.id) for story, _ in stories}
    return {story: told for story, told in found.items() if told is not None}


def _read_since(db: sqlite3.Connection, since: datetime, *, first: bool) -> tuple[int, int]:
    """Entries seen and sources read since the last message.

    What was seen in the very second of that message was read before it; times are whole seconds.
    """
    items = db.execute(
        "SELECT COUNT(*) FROM entries WHERE seen_at > ? OR (? AND seen_at = ?)",
        (to_text(since), first, to_text(since)),
    ).fetchone()
    sources = db.execute(
        "SELECT COUNT(DISTINCT source) FROM polls WHERE at >= ? AND outcome <> 'failed'",
        (to_text(since),),
    ).fetchone()
    return items[0], sources[0]


def _place(db: sqlite3.Connection, alert: AlertName) -> int:
    """How far an alert has told what was noted; all of it is old to one that no pass has seen."""
    row = db.execute("SELECT troubles_seen FROM alerts WHERE name = ?", (alert,)).fetchone()
    place = row["troubles_seen"] if row else None
    return troubles.latest_id(db) if place is None else int(place)


def _freeze(
    db: sqlite3.Connection,
    alert: Alert,
    drafts: Sequence[Drafted],
    *,
    kind: str,
    slot: datetime | None,
    now: datetime,
) -> Closed:
    stories = {
        line.story
        for draft in drafts
        for section in draft.digest.sections
        for line in section.stories
    }
    cursor = db.execute(
        "INSERT INTO digests (alert, kind, slot, at, subject, stories) VALUES (?, ?, ?, ?, ?, ?)",
        (alert.name, kind, maybe_text(slot), to_text(now), drafts[0].digest.subject, len(stories)),
    )
    digest = DigestId(cursor.lastrowid or 0)
    for draft in drafts:
        ids: list[str] = []
        for number, part in enumerate(draft.parts, start=1):
            ids.append(_enqueue(db, digest, alert, draft, number, _following(part, ids), now))
        if kind != "lookback":
            _remember(db, digest, alert, draft, ids, now)
    return Closed(
        digest=digest,
        alert=alert.name,
        subject=drafts[0].digest.subject,
        messages=sum(len(draft.parts) for draft in drafts),
        stories=len(stories),
    )


def _following(part: Part, before: Sequence[str]) -> Part:
    """The later mails of one that was split answer its first."""
    return replace(part, reply_to=before[0]) if part.html and before and not part.reply_to else part


def _enqueue(
    db: sqlite3.Connection,
    digest: DigestId,
    alert: Alert,
    draft: Drafted,
    number: int,
    part: Part,
    now: datetime,
) -> str:
    message_id = _message_id(alert, draft, number, part, now)
    frozen = (part.subject, part.text, part.html, part.payload, part.reply_to)
    db.execute(
        "INSERT INTO outbox (digest, alert, channel, reader, lane, part, message_id, subject, text, html, payload,"
        " reply_to, state, attempts, created, next_try, detail)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'due', 0, ?, ?, '')",
        (
            digest,
            alert.name,
            draft.channel,
            draft.reader,
            draft.lane,
            number,
            message_id,
            *frozen,
            to_text(now),
            to_text(now),
        ),
    )
    return message_id


def _message_id(alert: Alert, draft: Drafted, number: int, part: Part, now: datetime) -> str:
    """Fixed for ever by what is said to whom and when; a restored copy of the database makes no false twins."""
    where = (alert.name, draft.channel, draft.reader, now.isoformat(), str(number))
    material = "\x00".join((*where, part.subject, part.text, part.payload))
    return "msg_" + blake2b(material.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _remember(
    db: sqlite3.Connection,
    digest: DigestId,
    alert: Alert,
    draft: Drafted,
    message_ids: Sequence[str],
    now: datetime,
) -> None:
    """Write what this reader now knows; each story keeps the id of the part that tells it, for threading."""
    from aiwatch.digest.compose import told_of  # noqa: PLC0415 - what composes comes with the first message

    lines = [line for section in draft.digest.sections for line in section.stories]
    told_in: dict[StoryId, str] = {}
    for part, id_ in zip(draft.parts, message_ids, strict=True):
        for story in part.stories:
            told_in.setdefault(story, id_)
    for line in lines:
        articles, sentences = told_of(line)
        db.execute(
            "INSERT INTO told (reader, story, digest, alert, at, articles, facts, message_id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                draft.reader,
                line.story,
                digest,
                alert.name,
                to_text(now),
                dumps(sorted(articles)),
                dumps(sentences),
                told_in.get(line.story, message_ids[0] if message_ids else ""),
            ),
        )


def _rename(db: sqlite3.Connection, old: AlertName, new: AlertName) -> None:
    if db.execute("SELECT 1 FROM alerts WHERE name = ?", (new,)).fetchone():
        return
    for table, column in (
        ("alerts", "name"),
        ("waiting", "alert"),
        ("digests", "alert"),
        ("told", "alert"),
        ("leaving", "alert"),
    ):
        # What waits under both names keeps the older row.
        db.execute(f"UPDATE OR REPLACE {table} SET {column} = ? WHERE {column} = ?", (new, old))  # noqa: S608 - our own names
