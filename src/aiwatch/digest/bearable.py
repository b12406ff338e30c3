"""Webhook events of bearable size: receivers expect less than 20 kB (Standard Webhooks, "payload size").

What can be looked up goes first, what this reader has not been told goes last, and no story goes. A digest too large all
the same becomes several events. `shortened` names the keys of a story that hold less than there is.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from aiwatch.digest.plain import shortened

LARGEST = 20_000  # bytes
_NUMBERS = 40  # of these, for `part` and `parts`
_LINES = 1_000  # characters of the lines of a watched page, where even those are too much
_LONG_URL, _LONG_TEXT = 500, 150
_TEXTS = frozenset({"text", "before", "after", "title", "what", "value", "detail", "words"})
_EXTRAS = ("near", "troubles", "events")

Json = dict[str, Any]
Step = Callable[[Json], Json]


def fitted(event: Json) -> tuple[Json, ...]:
    """The event where it is small enough; else made smaller, or several numbered ones."""
    found = tuple(_pieces(event))
    if len(found) == 1:
        return found
    return tuple(
        {**one, "data": {**one["data"], "part": number, "parts": len(found)}}
        for number, one in enumerate(found, start=1)
    )


def size(event: Json) -> int:
    """Bytes of its body."""
    return len(
        json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    )


def _fits(event: Json) -> bool:
    return size(event) < LARGEST - _NUMBERS


def _pieces(event: Json) -> Iterator[Json]:
    smaller, small = _shrunk(event, _MILD)
    halves = () if small else tuple(_halves(event))
    if not halves:
        yield smaller if small else _shrunk(smaller, _HARD)[0]
    for half in halves:
        yield from _pieces(half)


def _shrunk(event: Json, steps: tuple[Step, ...]) -> tuple[Json, bool]:
    """By as many steps as it takes, and whether they were enough."""
    if _fits(event):
        return event, True
    for step in steps:
        event = step(event)
        if _fits(event):
            return event, True
    return event, False


# ---------------------------------------------------------------- smaller


def _of_stories(key: str, change: Callable[[Any], Any]) -> Step:
    """A step that changes one key of every story."""

    def story(one: Json) -> Json:
        found = change(one.get(key))
        if found == one.get(key):
            return one
        return {**one, key: found, "shortened": _with(key, one)}

    return lambda event: _each_story(event, story)


def _with(key: str, story: Json) -> list[str]:
    return list(dict.fromkeys((*story.get("shortened", ()), key)))


def _each_story(event: Json, change: Callable[[Json], Json]) -> Json:
    data = dict(event["data"])
    if "story" in data:
        data["story"] = change(data["story"])
    if "sections" in data:
        data["sections"] = [
            {**section, "stories": list(map(change, section["stories"]))}
            for section in data["sections"]
        ]
    return {**event, "data": data}


def _first(count: int) -> Callable[[list[Any]], list[Any]]:
    return lambda found: found[:count]


def _without_hits(why: list[Json]) -> list[Json]:
    return [{**match, "hits": []} for match in why]


def _without_copies(articles: list[Json]) -> list[Json]:
    return [one for one in articles if one["role"] != "copy"]


def _without_authors(articles: list[Json]) -> list[Json]:
    return [{**one, "authors": []} for one in articles]


def _few_values(figures: list[Json]) -> list[Json]:
    return [{**figure, "values": figure["values"][:4]} for figure in figures[:4]]


def _fewer_lines(change: Json | None, most: int = _LINES) -> Json | None:
    """As many of the first lines as stay within so many characters."""
    if change is None:
        return None
    added, removed = _within(change["added"], most), _within(change["removed"], most)
    gone = len(change["added"]) + len(change["removed"]) - len(added) - len(removed)
    return {**change, "added": added, "removed": removed, "more_lines": change["more_lines"] + gone}


def _no_lines(change: Json | None) -> Json | None:
    return _fewer_lines(change, 0)


def _within(lines: list[str], most: int) -> list[str]:
    total = 0
    found: list[str] = []
    for line in lines:
        total += len(line)
        if total > most:
            break
        found.append(line)
    return found


def _told_once(event: Json) -> Json:
    """An edit of a page stands beside its story: not in it as well."""
    return _of_stories("change", _no_lines)(event) if "page" in event["data"] else event


def _fewer_page_lines(event: Json) -> Json:
    data = event["data"]
    return {**event, "data": {**data, **(_fewer_lines(data) or {})}} if "page" in data else event


def _short_texts(event: Json) -> Json:
    """Every text and address in bearable length; a story keeps its own address."""

    def story(one: Json) -> Json:
        found: Json = _short(one)
        if found == one:
            return one
        return {**found, "url": one["url"], "shortened": _with("texts", one)}

    event = _each_story(event, story)
    kept = {
        key: event["data"][key] for key in ("story", "sections", "page") if key in event["data"]
    }
    return {**event, "data": {**_short(event["data"]), **kept}}


def _short(value: Any, key: str = "") -> Any:
    match value:
        case dict():
            return {name: _short(inner, name) for name, inner in value.items()}
        case list():
            return [_short(inner, key) for inner in value]
        case str() if key == "url" and len(value) > _LONG_URL:
            return None
        case str() if key in _TEXTS:
            return shortened(value, _LONG_TEXT)
        case _:
            return value


_MILD: tuple[Step, ...] = (
    _told_once,
    _of_stories("why", _without_hits),
    _of_stories("articles", _without_copies),
    _of_stories("articles", _without_authors),
    _of_stories("articles", _first(8)),
    _of_stories("previously", _first(1)),
    _of_stories("cited", _first(3)),
    _of_stories("figures", _few_values),
)
"""What a digest gives up before it becomes several events."""
_HARD: tuple[Step, ...] = (
    _of_stories("change", _fewer_lines),
    _fewer_page_lines,
    _of_stories("articles", _first(3)),
    _of_stories("figures", _first(0)),
    _of_stories("outlets", _first(10)),
    _of_stories("summary", _first(2)),
    _of_stories("corrections", _first(3)),
    _of_stories("new_facts", _first(5)),
    _short_texts,
)
"""What one story gives up that is too large alone."""


# ---------------------------------------------------------------- several


def _halves(event: Json) -> Iterator[Json]:
    """A digest in two: half of its stories each, then what stands below them; nothing of what cannot be halved."""
    if event["type"] != "digest":
        return
    data = event["data"]
    stories = sum(len(section["stories"]) for section in data["sections"])
    extras = max(len(data[key]) for key in _EXTRAS)
    if stories > 1 or (stories and extras):
        middle = stories // 2 or 1
        first = {**data, "sections": _between(data, 0, middle), **{key: [] for key in _EXTRAS}}
        yield {**event, "data": first}
        yield {**event, "data": {**data, "sections": _between(data, middle, stories)}}
    elif extras > 1:
        yield {**event, "data": {**data, **{key: data[key][: extras // 2] for key in _EXTRAS}}}
        yield {**event, "data": {**data, **{key: data[key][extras // 2 :] for key in _EXTRAS}}}


def _between(data: Json, begin: int, end: int) -> list[Json]:
    found, place = [], 0
    for section in data["sections"]:
        count = len(section["stories"])
        inside = section["stories"][max(begin - place, 0) : max(end - place, 0)]
        place += count
        if inside:
            found.append({**section, "stories": inside})
    return found
