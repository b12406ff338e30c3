"""Pages that list stories: today by topic, a topic, everything."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from aiwatch.digest.moments import iso, local, long_day
from aiwatch.digest.plain import link, shortened
from aiwatch.judge.sentences import clipped, sentences
from aiwatch.model import ArticleId, Topic
from aiwatch.store import Connection, browsing
from aiwatch.store.browsing import Card
from aiwatch.text.headlines import without_site
from aiwatch.web import atom, plots
from aiwatch.web.state import source_rows
from aiwatch.web.views import DAY, PAGE, Asked, View

SHOWN: Final = 8  # stories of a topic on the first page
DRAWN: Final = 30  # days
_TITLE: Final = 200
_OPENING: Final = 240


def today(db: Connection, asked: Asked) -> View:
    """The last 24 hours by topic; each story once, under the first of its topics."""
    low = browsing.first_since(db, asked.now - DAY)
    days = _days(db, asked)
    shown: set[int] = set()
    sections: list[dict[str, Any]] = []
    for topic in asked.config.topics:
        fresh = [id_ for id_ in browsing.since(db, topic.name, low) if id_ not in shown]
        shown.update(fresh)
        cards = sorted(browsing.cards(db, fresh[:60]), key=_weight, reverse=True)
        sections.append(
            {
                "topic": topic.name,
                "title": topic.title or topic.name,
                "count": len(fresh),
                "stories": [card_of(card) for card in cards[:SHOWN]],
                "more": max(len(fresh) - SHOWN, 0),
                "days": list(browsing.per_day(db, topic.name, days)),
            }
        )
    news = [section for section in sections if section["stories"]]
    outlets = {o.casefold() for s in news for one in s["stories"] for o in one["outlets"]}
    ill = sum(row["trouble"] for row in source_rows(db, asked))
    model = {
        "at": iso(asked.now),
        "stories": sum(section["count"] for section in sections),
        "outlets": len(outlets),
        "sources_in_trouble": ill,
        "topics": sections,
    }
    return View(
        template="today.html.j2",
        title=long_day(asked.now, asked.zone),
        path="/",
        model=model,
        more={
            "news": news,
            "quiet": [section for section in sections if not section["stories"]],
            "archive": browsing.counted(db),
            "bars": {section["topic"]: plots.bars(section["days"]) for section in sections},
        },
        entries=[_entry(one) for section in news for one in section["stories"]],
    )


def topics(db: Connection, asked: Asked) -> View:
    """Every topic with its days."""
    days = _days(db, asked)
    rows: list[dict[str, Any]] = [
        {
            "topic": topic.name,
            "title": topic.title or topic.name,
            "days": list(browsing.per_day(db, topic.name, days)),
        }
        for topic in asked.config.topics
    ]
    return View(
        template="topics.html.j2",
        title="Topics",
        path="/topics",
        model={"topics": rows},
        more={"bars": {row["topic"]: plots.bars(row["days"]) for row in rows}},
    )


def topic(db: Connection, asked: Asked, name: str) -> View | None:
    """A topic's stories, the latest first; None where there is no such topic."""
    found = next((one for one in asked.config.topics if one.name == name), None)
    if found is None:
        return None
    ids, further = browsing.of_topic(db, found.name, asked.before(), PAGE)
    days = browsing.per_day(db, found.name, _days(db, asked))
    return _list(db, asked, found, ids, further, days)


def _list(
    db: Connection,
    asked: Asked,
    found: Topic,
    ids: Sequence[Any],
    further: ArticleId | None,
    days: Sequence[int],
) -> View:
    stories = [card_of(card) for card in browsing.cards(db, ids)]
    title = found.title or found.name
    return View(
        template="topic.html.j2",
        title=title,
        path=f"/topics/{found.name}",
        model={
            "topic": found.name,
            "title": title,
            "days": list(days),
            "stories": stories,
            "further": further,
        },
        more={
            "bars": plots.bars(days),
            "grouped": _by_day(stories, asked),
            "asks": found.any,
            "never": found.none,
        },
        entries=[_entry(one) for one in stories],
    )


def latest(db: Connection, asked: Asked) -> View:
    """All stories, whatever their topics."""
    ids, further = browsing.latest(db, asked.before(), PAGE)
    stories = [card_of(card) for card in browsing.cards(db, ids)]
    return View(
        template="latest.html.j2",
        title="Everything",
        path="/stories",
        model={"stories": stories, "further": further},
        more={"grouped": _by_day(stories, asked)},
        entries=[_entry(one) for one in stories],
    )


def _weight(card: Card) -> tuple[float, datetime]:
    """Told by many in their own words comes first, as in a digest."""
    return (min(card.independent, 12) + 0.2 * min(len(card.outlets), 50), card.last_seen)


def card_of(card: Card) -> dict[str, Any]:
    """A story in a list, in plain lines."""
    title = without_site(shortened(card.title, 4 * _TITLE), card.outlets[:1])
    return {
        "id": card.story,
        "title": shortened(title or card.title or card.opening or card.url, _TITLE),
        "lang": card.lang,
        "opening": _opening(card.opening),
        "url": link(card.url) or None,
        "outlets": [shortened(outlet, 80) for outlet in card.outlets],
        "articles": card.articles,
        "independent_texts": card.independent,
        "first_seen": iso(card.first_seen),
        "last_seen": iso(card.last_seen),
        "topics": list(card.topics),
    }


def _opening(text: str) -> str:
    """Its first sentence, and the second where both are short; the text's end may be cut, its last sentence too."""
    found = [" ".join(one.split()) for one in sentences(text)[:3]]
    two = " ".join(found[:2])
    return (
        two if len(found) > 2 and len(two) <= _OPENING else clipped(" ".join(found[:1]), _OPENING)
    )


def _entry(one: Mapping[str, Any]) -> atom.Entry:
    outlets = ", ".join(one["outlets"][:12])
    original = atom.linked(f"Read it at {one['outlets'][0]}", one["url"]) if one["url"] else ""
    return atom.Entry(
        path=f"/stories/{one['id']}",
        title=one["title"],
        updated=datetime.fromisoformat(one["last_seen"]),
        published=datetime.fromisoformat(one["first_seen"]),
        author=one["outlets"][0],
        html=atom.paragraph(one["opening"])
        + atom.paragraph(f"Told by {outlets}.")
        + (f"<p>{original}</p>" if original else ""),
        original=one["url"] or "",
        topics=tuple(one["topics"]),
    )


def _days(db: Connection, asked: Asked) -> tuple[ArticleId, ...]:
    """The first article of each day on the reader's clock, today's last."""
    here = local(asked.now, asked.zone)
    midnight = datetime(here.year, here.month, here.day)  # noqa: DTZ001 - its zone comes with the day
    return tuple(
        browsing.first_since(
            db, (midnight - back * DAY).replace(tzinfo=here.tzinfo).astimezone(UTC)
        )
        for back in range(DRAWN - 1, -1, -1)
    )


def _by_day(
    stories: Sequence[dict[str, Any]], asked: Asked
) -> list[tuple[str, list[dict[str, Any]]]]:
    """The stories under the day on which they last grew."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for one in stories:
        day = long_day(datetime.fromisoformat(one["last_seen"]), asked.zone)
        grouped.setdefault(day, []).append(one)
    return list(grouped.items())
