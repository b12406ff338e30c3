"""JSON Feed 1.0 and 1.1 (jsonfeed.org). Types are checked value by value: real ones are careless."""

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from aiwatch.model import Reading
from aiwatch.sources.entries import Item, distinct, entry_of, title_of
from aiwatch.text.clean import clean_line

_READER = 1
"""Raised whenever items are read in another way than before: all is read once again."""
_BLANKS = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_COMPLAINTS = ("message", "detail", "error_description", "error", "title", "reason", "status")


def is_json(body: bytes) -> bool:
    """Whether the bytes begin as a JSON object or list does."""
    return body.removeprefix(_BOM).lstrip(_BLANKS)[:1] in (b"{", b"[")


def read_json_feed(body: bytes, url: str, seen: frozenset[str] = frozenset()) -> Reading:
    """The feed; not usable where the JSON is broken or something else. Items whose mark is `seen` are left out."""
    try:
        feed = json.loads(body.removeprefix(_BOM).decode("utf-8", "replace"))
    except RecursionError:
        return Reading(usable=False, problem="this is JSON nested too deeply to be a feed")
    except ValueError as error:
        return Reading(
            usable=False, problem=f"this begins like JSON, but is broken: {clean_line(str(error))}"
        )
    if not isinstance(feed, dict) or not _is_feed(feed):
        return Reading(usable=False, problem=f"this is JSON, but not a JSON Feed{_complaint(feed)}")
    items = feed.get("items")
    listed = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    marks = _marks(listed, feed, url)
    new = (
        [item for item, mark in zip(listed, marks, strict=True) if mark not in seen]
        if marks
        else listed
    )
    return Reading(
        title=title_of(_text(feed, "title")),
        entries=distinct(entry for item in new if (entry := entry_of(_item(item, feed), url))),
        problem=_oddity(items, len(listed)),
        listed=len(listed),
        marks=marks,
    )


def _marks(items: list[dict[str, Any]], feed: Mapping[str, Any], url: str) -> tuple[str, ...]:
    """By what each item is known again; none where two could be one, since that takes all of them to see.

    A date is left out where there is an id.
    """
    names = [clean_line(_text(item, "id")) or _text(item, "url") for item in items]
    if not all(names) or len(set(names)) < len(names):
        return ()
    seed = blake2b(repr((_READER, url, _authors(feed))).encode("utf-8", "replace"), digest_size=8)
    marks = []
    for item in items:
        mark = seed.copy()
        dates = not _text(item, "id")
        mark.update(repr(_item(item, feed, dates=dates)).encode("utf-8", "replace"))
        marks.append(mark.hexdigest())
    return tuple(marks)


def _is_feed(feed: Mapping[str, Any]) -> bool:
    return "jsonfeed.org/version" in _text(feed, "version") or (
        isinstance(feed.get("items"), list) and bool(_text(feed, "title"))
    )


def _oddity(items: object, found: int) -> str | None:
    if not isinstance(items, list):
        return "the feed has no list of items"
    if len(items) != found:
        return (
            f"{len(items) - found} of {len(items)} items are no JSON objects and were passed over"
        )
    return None


def _complaint(answer: object) -> str:
    """What an error answer says of itself."""
    if isinstance(answer, dict):
        said = next(filter(None, (_text(answer, key) for key in _COMPLAINTS)), "")
        if said:
            return f"; it says: {clean_line(said)[:200]}"
    return ""


def _item(item: Mapping[str, Any], feed: Mapping[str, Any], *, dates: bool = True) -> Item:
    return Item(
        id=_text(item, "id"),
        link=_text(item, "url") or _text(item, "external_url"),
        title=_text(item, "title"),
        summary=_text(item, "summary"),
        bodies=(_text(item, "content_html"), _text(item, "content_text")),
        authors=_authors(item) or _authors(feed),
        dates=(_text(item, "date_published"), _text(item, "date_modified")) if dates else (),
    )


def _authors(holder: Mapping[str, Any]) -> tuple[str, ...]:
    """1.1 has `authors`, 1.0 `author`."""
    listed = holder.get("authors")
    people = listed if isinstance(listed, list) else [holder.get("author")]
    return tuple(_text(person, "name") for person in people if isinstance(person, dict))


def _text(holder: Mapping[str, Any], key: str) -> str:
    """A text, or a number written as one (ids often are); anything else is absent."""
    value = holder.get(key)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
