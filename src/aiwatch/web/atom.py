"""A list as an Atom feed (RFC 4287)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Final
from xml.etree import ElementTree as ET

from aiwatch.digest.moments import iso

NAMESPACE: Final = "http://www.w3.org/2005/Atom"
MEDIA_TYPE: Final = "application/atom+xml; charset=utf-8"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of a feed; `path` is where it stands on our pages."""

    path: str
    title: str
    updated: datetime
    published: datetime | None = None
    author: str = ""
    html: str = ""
    original: str = ""  # address of what it is about, elsewhere
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What stands around the entries; `origin` is ours, `path` that of the page, query and all."""

    origin: str
    name: str  # of the authority in ids, which must not change: the public host, else localhost
    path: str
    self_path: str
    title: str
    updated: datetime
    entries: Sequence[Entry]


def as_atom(feed: Feed) -> bytes:
    """The whole document."""
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(f"{{{NAMESPACE}}}feed")
    _add(root, "title", feed.title)
    _add(root, "id", _id(feed.name, feed.path))
    newest = max((entry.updated for entry in feed.entries), default=feed.updated)
    _add(root, "updated", iso(newest))
    _add(root, "link", rel="alternate", type="text/html", href=feed.origin + feed.path)
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.origin + feed.self_path)
    _add(_add(root, "author"), "name", "aiwatch")
    for entry in feed.entries:
        _entry(root, entry, feed)
    made: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _entry(root: ET.Element, entry: Entry, feed: Feed) -> None:
    item = _add(root, "entry")
    _add(item, "title", entry.title or "untitled")
    _add(item, "id", _id(feed.name, entry.path))
    _add(item, "updated", iso(entry.updated))
    if entry.published:
        _add(item, "published", iso(entry.published))
    _add(item, "link", rel="alternate", type="text/html", href=feed.origin + entry.path)
    if entry.original:
        _add(item, "link", rel="related", href=entry.original)
    if entry.author:
        _add(_add(item, "author"), "name", entry.author)
    for topic in entry.topics:
        _add(item, "category", term=topic)
    if entry.html:
        _add(item, "content", entry.html, type="html")


def _id(name: str, path: str) -> str:
    """A tag URI (RFC 4151): the same wherever the page is reached."""
    return f"tag:{name},2026:{path}"


def _add(parent: ET.Element, tag: str, text: str | None = None, /, **attributes: str) -> ET.Element:
    made = ET.SubElement(
        parent,
        f"{{{NAMESPACE}}}{tag}",
        {name: _NOT_XML.sub("", value) for name, value in attributes.items()},
    )
    made.text = None if text is None else _NOT_XML.sub("", text)
    return made


def paragraph(text: str) -> str:
    """Plain words as HTML."""
    return f"<p>{escape(text)}</p>" if text else ""


def linked(text: str, url: str) -> str:
    """A link as HTML; only the words where the address is none of the web."""
    return f'<a href="{escape(url)}">{escape(text)}</a>' if url else escape(text)
