"""An item of the usual make, read from its bytes: what feedparser would make of it, a tenth of the work.

Only where nothing is left to judgement: RSS 2.0 and Atom 1.0, known elements, each once, plain addresses, dates in full,
no markup but escaped one. Anything else is None, and feedparser's turn. Tests hold the two together on every feed there is.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urljoin

from aiwatch.sources.entries import Item, title_of
from aiwatch.sources.marks import Element, Listed
from aiwatch.sources.prescan import ATOM, Scan
from aiwatch.sources.simple import is_simple_url, simple_date

_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]+)|(\d+));")
_C1 = re.compile("[\x80-\x9f]")
_ATTRIBUTE = re.compile(rb"([^\s=\"']+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_PLAIN_TYPE = frozenset(("", "text", "html", "text/html", "text/plain"))
_NAMED = re.compile(
    rb"\s*<name>([^<]*+)</name>\s*(?:<uri>[^<]*+</uri>\s*)?\s*|\s*<uri>[^<]*+</uri>\s*<name>([^<]*+)</name>\s*"
)
_PERMALINK = re.compile(rb"\s+isPermaLink\s*=\s*[\"'](true|false)[\"']\s*")
_HREF = re.compile(rb"\s+href=\"([^\"]*)\"\s*")
_TAG_URI = re.compile(r"(?:tag|urn|yt|oai):[\w.,:/@%+~-]*\w")
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")

_RSS_TEXTS = {
    b"title": "title",
    b"link": "link",
    b"description": "summary",
    b"content:encoded": "content",
    b"pubDate": "published",
    b"dc:creator": "author",
    b"guid": "id",
    b"source": "outlet",
}
_ATOM_TEXTS = {
    b"title": "title",
    b"summary": "summary",
    b"content": "content",
    b"id": "id",
    b"published": "published",
    b"updated": "updated",
}
_TYPED = frozenset((b"title", b"summary", b"content"))
_RSS_IDLE = frozenset(
    (b"category", b"comments", b"slash:comments", b"wfw:commentRss", b"enclosure")
)

_SOURCE = re.compile(rb"\s+url\s*=\s*(?:\"[^\"]*\"|'[^']*')\s*")
_BARE_TAG = re.compile(rb"<[\w:.-]+\s*>")


class Unusual(Exception):
    """It is feedparser's turn."""


class Direct:
    """Reads the items of one body."""

    def __init__(self, found: Scan, url: str) -> None:
        self._read = None
        if found.based or not is_simple_url(url):
            return
        self._token = urljoin(url, "x")[:-1]
        if found.kind == "rss":
            self._read = self._rss
        elif found.kind == "feed" and found.default == ATOM:
            self._read = self._atom

    def item(self, listed: Listed) -> Item | None:
        """The item; None where it is of another make."""
        if self._read is None or not _BARE_TAG.fullmatch(listed.tag):
            return None
        try:
            return self._read(listed.elements)
        except Unusual:
            return None

    def _rss(self, among: Sequence[Element]) -> Item:
        said: dict[str, bytes] = {}
        permalink = True
        for raw, name, attributes, text in among:
            if not text and not is_empty(raw):
                raise Unusual
            if key := _RSS_TEXTS.get(name):
                if attributes:
                    permalink = _permalink(name, attributes)
                _keep(said, key, text)
            elif name not in _RSS_IDLE:
                raise Unusual
        values = _decoded(said)
        if not is_simple_url(values.get("link", "")):
            raise Unusual
        if "id" in values and permalink and not is_simple_url(values["id"]):
            raise Unusual
        return _item(values, [values["author"]] if "author" in values else [])

    def _atom(self, among: Sequence[Element]) -> Item:
        said: dict[str, bytes] = {}
        people: list[str] = []
        for raw, name, attributes, text in among:
            key = _ATOM_TEXTS.get(name)
            if name == b"author":
                _bare(attributes)
                people.append(_person(raw))
            elif not text and not is_empty(raw):
                raise Unusual
            elif key:
                if attributes:
                    _typed(name, attributes)
                _keep(said, key, text)
            elif name == b"link":
                _link(said, attributes, text)
            elif name != b"category" or text:
                raise Unusual
        values = _decoded(said)
        if not is_simple_url(values.get("link", "")):
            raise Unusual
        if "id" in values:
            values["id"] = self._id(values["id"])
        return _item(values, people)

    def _id(self, value: str) -> str:
        """feedparser takes an Atom id for an address, relative to the feed's."""
        if is_simple_url(value) or _TAG_URI.fullmatch(value):
            return value
        if _TOKEN.fullmatch(value):
            return self._token + value
        raise Unusual


def _item(said: dict[str, str], people: list[str]) -> Item:
    for name in people:
        if "@" in name or "(" in name or "<" in name:
            raise Unusual
    dates = [_date(said[key]) for key in ("published", "updated") if key in said]
    return Item(
        id=said.get("id", ""),
        link=said["link"],
        title=said.get("title", ""),
        summary=said.get("summary", ""),
        bodies=(said["content"],) if "content" in said else (),
        authors=tuple(people),
        dates=tuple(dates),
        outlet=said.get("outlet", ""),
    )


def is_empty(raw: bytes) -> bool:
    """An element without text: whether it holds no elements either."""
    return raw.count(b"<") <= 2


def _bare(attributes: bytes) -> None:
    if attributes:
        raise Unusual


def _keep(said: dict[str, bytes], key: str, text: bytes) -> None:
    if key in said:
        raise Unusual
    said[key] = text


def _decoded(said: dict[str, bytes]) -> dict[str, str]:
    """All texts at once where that is the same as one by one; XML has no NUL to take for the seam."""
    joined = b"\0".join(said.values())
    if not said or b"<" in joined or b"\r" in joined or not joined.isascii():
        return {key: decoded(text) for key, text in said.items()}
    texts = _unescaped(joined.decode())
    if not texts.isascii():
        return {key: decoded(text) for key, text in said.items()}
    return dict(zip(said, map(str.strip, texts.split("\0")), strict=True))


def _date(text: str) -> datetime:
    if (date := simple_date(text)) is None:
        raise Unusual
    return date


def _person(raw: bytes) -> str:
    inside = _NAMED.fullmatch(raw, raw.index(b">") + 1, raw.rindex(b"</"))
    if inside is None:
        raise Unusual
    name = inside[1] if inside[1] is not None else inside[2]
    return decoded(name)


def _permalink(name: bytes, attributes: bytes) -> bool:
    """Whether a guid is an address; attributes of other elements are unusual but for a source's."""
    if name == b"guid" and (stated := _PERMALINK.fullmatch(attributes)):
        return stated[1] == b"true"
    if name == b"source" and _SOURCE.fullmatch(attributes):
        return True
    raise Unusual


def _typed(name: bytes, attributes: bytes) -> None:
    if name not in _TYPED:
        raise Unusual
    plain_type(attributes)


def plain_type(attributes: bytes) -> None:
    """Only `type`, and one that leaves the text as it stands."""
    stated = {name: a or b for name, a, b in _ATTRIBUTE.findall(attributes)} if attributes else {}
    kind = stated.pop(b"type", b"").decode().lower()
    if stated.keys() - {b"xml:lang"} or kind not in _PLAIN_TYPE:
        raise Unusual


def _link(said: dict[str, bytes], attributes: bytes, text: bytes) -> None:
    """Of Atom's links the one to the page."""
    if only := _HREF.fullmatch(attributes):
        stated = {b"href": only[1]}
    else:
        stated = {name: a or b for name, a, b in _ATTRIBUTE.findall(attributes)}
    if text or stated.keys() - {b"href", b"rel", b"type", b"title", b"length", b"hreflang"}:
        raise Unusual
    if stated.get(b"rel", b"alternate").lower() != b"alternate":
        return
    if stated.get(b"type", b"text/html").lower() != b"text/html":
        raise Unusual
    _keep(said, "link", stated.get(b"href", b""))


def decoded(text: bytes) -> str:
    """The characters of an element's text, as feedparser gives them; what it repairs is left to it."""
    if b"<" in text:
        text = text.strip()
        if (
            not (text.startswith(b"<![CDATA[") and text.endswith(b"]]>"))
            or text.count(b"<![CDATA[") > 1
        ):
            raise Unusual
        value = _lines(text[9:-3].decode())
    else:
        value = _unescaped(_lines(text.decode()))
    if not value.isascii() and _repaired(value):
        raise Unusual
    return value.strip()


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _unescaped(text: str) -> str:
    if "&" not in text:
        return text
    if "&#" in text:
        text = _REFERENCE.sub(_character, text)
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    return text.replace("&apos;", "'").replace("&amp;", "&")


def _character(reference: re.Match[str]) -> str:
    """An ampersand stays escaped until the named references are done."""
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    return "&amp;" if number == 0x26 else chr(number)


def _repaired(value: str) -> bool:
    """Whether feedparser would take it for UTF-8 read as Latin-1, or for Windows' characters."""
    if _C1.search(value):
        return True
    try:
        value.encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        return False
    return True


# ---------------------------------------------------------------- the feed itself

_TELLING = re.compile(rb"title|ttl|update(?:period|frequency)", re.IGNORECASE)
_IMAGE = re.compile(
    rb"(?:\s++|</?(?:image|title|link|description|url|width|height)\s*>|(?<=>)[^<>]++)*+"
)
_FACTS = {b"ttl": "ttl", b"sy:updatePeriod": "sy_updateperiod", b"sy:updateFrequency": "sy_updatefrequency"}  # fmt: skip


def feed_facts(found: Scan) -> tuple[str, dict[str, str]] | None:
    """The feed's title and what hints are read from, under feedparser's names; None: ask feedparser."""
    if found.head is None:
        return None
    said: dict[str, str] = {}
    try:
        for element in found.head:
            _note(said, element)
    except Unusual:
        return None
    return title_of(said.pop("title", "")), said


def _note(said: dict[str, str], element: Element) -> None:
    raw, name, attributes, text = element
    key = "title" if name == b"title" else _FACTS.get(name)
    if key:
        plain_type(attributes)
        if key in said or (not text and not is_empty(raw)) or (attributes and key != "title"):
            raise Unusual
        said[key] = decoded(text)
    elif name.lower() == b"subtitle" and is_empty(raw):
        return
    elif _TELLING.search(name if text else raw) and not _IMAGE.fullmatch(raw):
        raise Unusual
