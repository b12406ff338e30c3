"""A digest as JSON: the bodies of webhook events, and `digest --format json`. docs/webhook.schema.json describes both."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import accumulate
from typing import Any

from aiwatch.digest import bearable, care, edits
from aiwatch.digest.moments import iso
from aiwatch.digest.plain import cleaned
from aiwatch.digest.wording import lines_of
from aiwatch.model import (
    ArticleId,
    Change,
    Correction,
    Digest,
    Fact,
    Figure,
    Match,
    Member,
    StoryId,
    StoryLine,
)

SCHEMA_VERSION = 1
_MOST_ARTICLES = 40
_MOST_CHARACTERS = 5_000  # of the lines added to a watched page, and of those removed


def events(digest: Digest) -> tuple[dict[str, Any], ...]:
    """The events of one message: one for each story of an at-once alert and for each source in trouble, else one.

    One that is too large for a webhook is made smaller, or becomes several.
    """
    return tuple(piece for event in _events(digest) for piece in bearable.fitted(event))


def told(event: dict[str, Any]) -> tuple[StoryId, ...]:
    """The stories in an event."""
    data = event["data"]
    stories = [one for section in data.get("sections", ()) for one in section["stories"]]
    return tuple(StoryId(one["id"]) for one in (*stories, *filter(None, [data.get("story")])))


def _events(digest: Digest) -> tuple[dict[str, Any], ...]:
    if digest.kind == "ping":
        return (_event("ping", digest, {}),)
    if digest.kind == "troubles":
        return _troubled(cleaned(digest))
    if digest.kind != "alert":
        return (_event("digest", digest, as_json(digest)),)
    return tuple(_told(line, digest) for line in lines_of(cleaned(digest)))


def as_json(digest: Digest) -> dict[str, Any]:
    """The whole digest, under stable keys."""
    digest = cleaned(digest)
    return {
        "alert": digest.alert,
        "schema_version": SCHEMA_VERSION,
        "kind": digest.kind,
        "subject": digest.subject,
        "at": _time(digest.at),
        "timezone": digest.timezone,
        "sections": [
            {
                "topic": section.topic or None,
                "title": section.title,
                "stories": [_story(line) for line in section.stories],
            }
            for section in digest.sections
        ],
        "near": [
            {
                "topic": one.topic,
                "title": one.title,
                "url": one.url or None,
                "source": one.source,
                "words": one.words,
            }
            for one in digest.near
        ],
        "troubles": list(digest.troubles),
        "events": [care.as_event(event) for event in digest.events],
        "items_read": digest.items_read,
        "sources_read": digest.sources_read,
        "sources_all": digest.sources_all,
        "next_at": _time(digest.next_at),
        "lookback_seconds": digest.lookback.total_seconds() if digest.lookback else None,
        "why_you": digest.why_you,
    }


def _event(kind: str, digest: Digest, data: dict[str, Any]) -> dict[str, Any]:
    shared = {"alert": digest.alert, "schema_version": SCHEMA_VERSION}
    return {"type": kind, "timestamp": _time(digest.at), "data": {**shared, **data}}


def _told(line: StoryLine, digest: Digest) -> dict[str, Any]:
    story = _story(line)
    if line.corrections:
        first = story["corrections"][0]
        return _event("story.correction", digest, {"story": story, "correction": first})
    if line.lead.change is None:
        return _event(f"story.{line.cause}", digest, {"story": story})
    page = {"source": line.lead.source, "title": line.lead.title, "url": line.url or None}
    return _event(
        "page.changed", digest, {"page": page, **_change(line.lead.change), "story": story}
    )


def _troubled(digest: Digest) -> tuple[dict[str, Any], ...]:
    """One event for each source's or topic's; what is about neither, or that there is none, is a digest."""
    found = [
        _event(
            "source.recovered" if event.kind in care.GOOD else "source.failing",
            digest,
            {"source": care.as_source(event)},
        )
        for event in digest.events
        if event.kind != "other"
    ]
    topical = [event for event in digest.events if care.about_topic(event)]
    found += [_event(event.extra["type"], digest, care.as_topic(event)) for event in topical]
    others = tuple(
        event for event in digest.events if event.kind == "other" and event not in topical
    )
    if others or not found:
        rest = replace(digest, events=others, troubles=tuple(map(care.brief, others)))
        found.append(_event("digest", digest, as_json(rest)))
    return tuple(found)


def _change(change: Change) -> dict[str, Any]:
    added, all_added = edits.whole(change.added)
    removed, all_removed = edits.whole(change.removed)
    given = {"added": _within(added), "removed": _within(removed)}
    left = all_added + all_removed - sum(map(len, given.values()))
    return {**given, "more_lines": left}


def _within(lines: Sequence[str]) -> list[str]:
    """The first of them, as many as a bearable body holds."""
    lengths = accumulate(map(len, lines))
    return [line for line, size in zip(lines, lengths, strict=True) if size <= _MOST_CHARACTERS]


def _story(line: StoryLine) -> dict[str, Any]:
    members = (line.lead, *line.also, *line.copies)[:_MOST_ARTICLES]
    roles = _roles(line)
    return {
        "id": line.story,
        "cause": line.cause,
        "title": line.title,
        "url": line.url or None,
        "topics": list(line.topics),
        "first_seen": _time(line.first_seen),
        "last_seen": _time(line.last_seen),
        "outlets": list(line.outlets),
        "independent_texts": line.independent_texts,
        "lead": _article(line.lead, "lead"),
        "articles": [_article(member, roles[member.article]) for member in members],
        "first": _first(line.first) if line.first else None,
        "cited": list(line.cited),
        "summary": [_fact(fact) for fact in line.summary],
        "new_facts": [_fact(fact) for fact in line.new_facts],
        "figures": [_figure(figure) for figure in line.figures],
        "corrections": [_correction(one) for one in line.corrections],
        "previously": [
            {"id": e.story, "title": e.title, "at": _time(e.at)} for e in line.previously
        ],
        "why": [_why(match) for match in line.why],
        "change": _change(line.lead.change) if line.lead.change else None,
        "told_at": _time(line.told_at),
        "told_by": line.told_by,
    }


def _first(member: Member) -> dict[str, Any]:
    return {
        "article": member.article,
        "outlet": member.outlet,
        "at": _time(member.published or member.first_seen),
    }


def _roles(line: StoryLine) -> dict[ArticleId, str]:
    roles = {member.article: "also" for member in line.also}
    roles |= {member.article: "copy" for member in line.copies}
    roles |= dict.fromkeys(line.adds, "adds")
    return roles | {line.lead.article: "lead"}


def _article(member: Member, role: str) -> dict[str, Any]:
    return {
        "id": member.article,
        "url": member.url or None,
        "title": member.title,
        "source": member.source,
        "outlet": member.outlet,
        "published": _time(member.published),
        "authors": list(member.authors[:8]),
        "lang": member.lang,
        "role": role,
        "sure": member.sure,
    }


def _fact(fact: Fact) -> dict[str, Any]:
    return {"text": fact.text, "url": fact.url or None, "outlet": fact.outlet}


def _correction(one: Correction) -> dict[str, Any]:
    return {
        "article": one.article,
        "outlet": one.outlet,
        "url": one.url or None,
        "at": _time(one.at),
        "kind": one.kind,
        "before": one.before,
        "after": one.after,
    }


def _figure(figure: Figure) -> dict[str, Any]:
    values = [
        {"value": value, "outlet": outlet, "url": url or None}
        for value, outlet, url in figure.values
    ]
    return {"what": figure.what, "values": values}


def _why(match: Match) -> dict[str, Any]:
    hits = [{"field": hit.field, "term": hit.term, "text": hit.text} for hit in match.hits[:8]]
    return {"topic": match.topic, "score": round(match.score, 4), "hits": hits}


def _time(at: datetime | None) -> str | None:
    return iso(at) if at else None
