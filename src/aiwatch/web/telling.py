"""One story whole, and one article whole: timeline, figures, who told it first, versions, why, who was told."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from aiwatch.digest import wording
from aiwatch.digest.compose import Context, compose
from aiwatch.digest.moments import iso
from aiwatch.digest.payload import as_json
from aiwatch.digest.plain import cleaned, link, shortened
from aiwatch.judge import novelty
from aiwatch.judge.schedule import parse_schedule
from aiwatch.model import (
    Alert,
    AlertName,
    ArticleId,
    Digest,
    Match,
    Member,
    Reader,
    Story,
    StoryId,
    Topic,
)
from aiwatch.store import Connection, browsing, mending, reading, stories
from aiwatch.text.snippets import Wanted, marked
from aiwatch.text.tokens import words
from aiwatch.web import atom, diffs, plots
from aiwatch.web.lists import card_of
from aiwatch.web.views import Asked, View

MOST_LISTED: Final = 200  # articles on a story's page; what is beyond is counted
MOST_SHOWN: Final = 60_000  # characters of a text on its page
_NOBODY: Final = Reader("")


def story(db: Connection, asked: Asked, id_: int) -> View | None:
    """A story as it is now; None where there is none. One that was merged leads to the one it is part of."""
    found = stories.load(db, StoryId(id_))
    if found is None or not found.members:
        return None
    digest = replace(_composed(found, asked.config.topics, asked.zone), at=asked.now)
    line = wording.lines_of(digest)[0]
    (card,) = browsing.cards(db, [found.id])
    reasons = {m.article: reading.article(db, m.article) for m in found.members[:MOST_LISTED]}
    edits = {id_: reading.edits(db, id_) for id_ in reasons}
    timeline = [_told(member, reasons, edits) for member in _in_order(found)[:MOST_LISTED]]
    model: dict[str, Any] = {
        "story": _payload(digest),
        "timeline": timeline,
        "beyond": max(len(found.members) - MOST_LISTED, 0),
        "muted": found.muted,
        "previously": [
            {"story": e.story, "title": e.title, "at": iso(e.at)} for e in found.previously
        ],
        "followed_by": list(browsing.followers(db, found.id)),
        "told": [dict(row) for row in reading.told_of_story(db, found.id)],
        "waiting": list(reading.waiting_of_story(db, found.id)),
        "by_hand": list(mending.history(db, found.id)),
    }
    return View(
        template="story.html.j2",
        title=shortened(card_of(card)["title"], 200),
        path=f"/stories/{found.id}",
        model=model,
        more={
            "id": found.id,
            "line": line,
            "digest": digest,
            "wording": wording,
            "life": plots.life(found, line.first.article if line.first else None),
            "topics": [(name, asked.titles().get(name, name)) for name in line.topics],
            "lang": card.lang,
            "telling": _together(model["told"]),
            "why": [_titled(phrase, asked.titles()) for phrase in wording.evidence(line)],
        },
        entries=[_entry(one) for one in reversed(timeline)],
    )


@lru_cache(maxsize=128)
def _composed(found: Story, topics: tuple[Topic, ...], zone: str) -> Digest:
    """The story as a digest would first tell it; weighing its sentences takes longer than all the rest of its page."""
    return cleaned(
        compose(
            alert=Alert(
                name=AlertName("pages"), to=(), when=parse_schedule("at once"), timezone=zone
            ),
            reader=_NOBODY,
            stories=[(found, "new")],
            told={},
            topics=topics,
            now=found.last_seen,
            kind="preview",
            context=Context(),
        )
    )


def _payload(digest: Digest) -> dict[str, Any]:
    """As webhooks have it."""
    told: dict[str, Any] = as_json(digest)["sections"][0]["stories"][0]
    return told


def _titled(phrase: str, titles: Mapping[str, str]) -> str:
    """`sora — “Sora” in title` under the name that readers know the topic by."""
    name, dash, words = phrase.partition(" — ")
    return f"{titles.get(name, name)}{dash}{words}"


def _together(told: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """(when, by which alert, who): one line a telling, however many were told."""
    groups: dict[tuple[str, str], list[str]] = {}
    for row in told:
        reader = row["reader"].removeprefix("mailto:")
        groups.setdefault((row["at"], row["alert"]), []).append(reader)
    return [(at, alert, ", ".join(readers)) for (at, alert), readers in groups.items()]


def _in_order(found: Story) -> Sequence[Member]:
    return sorted(found.members, key=lambda one: (one.published or one.first_seen, one.article))


def _told(
    member: Member,
    rows: Mapping[ArticleId, Mapping[str, Any] | None],
    edits: Mapping[ArticleId, Sequence[Mapping[str, Any]]],
) -> dict[str, Any]:
    row = rows[member.article] or {}
    return {
        "id": member.article,
        "at": iso(member.published or member.first_seen),
        "outlet": shortened(member.outlet, 80),
        "title": shortened(member.title or member.text or member.url, 200),
        "url": link(member.url) or None,
        "lang": member.lang,
        "authors": list(member.authors),
        "copy": novelty.is_copy(member),
        "duplicate_of": member.duplicate_of,
        "first_hand": member.primary,
        "sure": bool(row.get("sure", 1)),
        "reason": row.get("reason", ""),
        "edits": [_edit(edit) for edit in edits[member.article]],
    }


def _edit(edit: Mapping[str, Any]) -> dict[str, Any]:
    return {name: edit[name] for name in ("at", "kind", "before", "after", "reason")}


def _entry(one: Mapping[str, Any]) -> atom.Entry:
    last = max([one["at"], *(edit["at"] for edit in one["edits"])])
    changes = "".join(atom.paragraph(f"Edited: {edit['reason']}") for edit in one["edits"])
    original = (
        f"<p>{atom.linked('Read it at ' + one['outlet'], one['url'])}</p>" if one["url"] else ""
    )
    return atom.Entry(
        path=f"/articles/{one['id']}",
        title=f"{one['outlet']}: {one['title']}",
        updated=datetime.fromisoformat(last),
        published=datetime.fromisoformat(one["at"]),
        author=one["outlet"],
        html=original + changes,
        original=one["url"] or "",
    )


# ---------------------------------------------------------------- one article


def article(db: Connection, asked: Asked, id_: int) -> View | None:
    """An article as it was read: its words, what of them found it, what they were before."""
    row = reading.article(db, ArticleId(id_))
    if row is None:
        return None
    home = stories.resolve(db, StoryId(row["story"]))
    matches = stories.matches_of_story(db, StoryId(row["story"])).get(row["id"], ())
    versions = _versions(db, row)
    text = row["text"][:MOST_SHOWN]
    wanted = _wanted(matches)
    model = {
        **{name: row[name] for name in KEPT},
        "url": link(row["url"]) or None,
        "story": home,
        "text": text,
        "cut": len(row["text"]) > MOST_SHOWN,
        "matches": [_match(match) for match in matches],
        "versions": [
            {name: one[name] for name in ("until", "title", "text", "changes")} for one in versions
        ],
    }
    return View(
        template="article.html.j2",
        title=shortened(row["title"] or row["url"], 200),
        path=f"/articles/{id_}",
        model=model,
        more={
            "paragraphs": [marked(line, wanted) for line in text.splitlines() if line.strip()],
            "versions": versions,
            "why": [(match, _evidence(match)) for match in matches],
            "titles": asked.titles(),
        },
        entries=[_version_entry(row, one) for one in reversed(versions)],
    )


KEPT: Final = (
    "id",
    "title",
    "authors",
    "published",
    "modified",
    "first_seen",
    "lang",
    "site",
    "outlet",
    "source",
    "paywalled",
    "verdict",
    "duplicate_of",
    "reason",
    "how",
)


def _versions(db: Connection, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What it said before, each with what the next one changed, oldest first."""
    found = [dict(one) for one in reading.versions(db, ArticleId(row["id"]))]
    if not found:
        return []
    after = [*found[1:], {"title": row["title"], "text": row["text"]}]
    for one, then in zip(found, after, strict=True):
        one["diff"] = diffs.differences(
            f"{one['title']}\n{one['text']}", f"{then['title']}\n{then['text']}"
        )
    return found


def _wanted(matches: Sequence[Match]) -> tuple[Wanted, ...]:
    """The words that topics found, to be marked."""
    hits = (words(hit.text) for match in matches for hit in match.hits)
    return tuple(Wanted(words=one) for one in dict.fromkeys(hits) if one)


def _match(match: Match) -> dict[str, Any]:
    return {
        "topic": match.topic,
        "score": match.score,
        "query": match.query,
        "hits": [
            {"field": h.field, "offset": h.offset, "term": h.term, "text": h.text}
            for h in match.hits
        ],
    }


def _version_entry(row: Mapping[str, Any], one: Mapping[str, Any]) -> atom.Entry:
    reasons = [edit["reason"] for edit in one["changes"]] or ["Its words were changed."]
    return atom.Entry(
        path=f"/articles/{row['id']}#until-{one['until']}",
        title=f"Changed: {row['title']}",
        updated=datetime.fromisoformat(one["until"]),
        author=row["outlet"],
        html="".join(map(atom.paragraph, reasons)),
        original=link(row["url"]),
    )


def _evidence(match: Match) -> str:
    """`“Sora” in title, “OpenAI” in lead`."""
    said = dict.fromkeys(f"“{shortened(hit.text, 60)}” in {hit.field}" for hit in match.hits)
    return ", ".join(list(said)[:6])
