"""Knowing an item of a feed again, by its bytes: a mark that is equal only where its id and wording are.

Everything counts but the value of figures that stand apart in a text (points, comments, views) and, for items that carry
an id, dates and counters. Bytes are those of well-formed XML in UTF-8 without a DTD: there `<` stands for nothing but a
tag, a comment, a section or an instruction.
"""

import html
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from operator import itemgetter
from typing import NamedTuple
from urllib.parse import urljoin
from zlib import crc32

from aiwatch.text.clean import clean_line

READER = b"1"
"""Raised whenever items are read in another way than before: every mark changes, and all is read once again."""

CDATA = rb"<!\[CDATA\[[^\]]*+(?:\](?!\]>)[^\]]*+)*+\]\]>"
_ATTRIBUTES = rb"(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+"
OPENING = re.compile(rb"<([A-Za-z_][\w:.-]*+)(" + _ATTRIBUTES + rb")>")
# Comments, sections and instructions are passed over whole, so that no tag is seen inside them.
ITEM_TAG = re.compile(
    rb"<(?:" + CDATA[1:] + rb"|!--.*?-->|\?.*?\?>|(/?)((?:[\w.-]++:)?(?:item|entry))(?=[\s/>]))",
    re.IGNORECASE | re.DOTALL,
)
# One element: its name, its attributes, its text where it holds no elements. Nothing in it is tried twice.
_ELEMENT = re.compile(
    rb"(\s*+<([A-Za-z_][\w:.-]*+)((?:\s++[^<>\"'\s=]++\s*+=\s*+(?:\"[^\"<>]*+\"|'[^'<>]*+'))*+)\s*+"
    rb"(?:/>|>(?:((?>[^<]++|" + CDATA + rb")*+)</\2\s*+>"
    rb"|(?>[^<]++|" + CDATA + rb"|<(?!/\2\s*+>))*+</\2\s*+>)))"
)
_SECTION = re.compile(CDATA)
_ABOUT = re.compile(rb"\brdf:about\s*=\s*[\"']([^\"']*)")
_HREF = re.compile(rb"href\s*=\s*[\"']([^\"']*)")
# No markup, reference or word can be part of these; blanks and brackets are never left out of a text.
_FIGURES = re.compile(rb"[ \n\t(]\d[\d.,]*+")
_ZEROS = bytes.maketrans(b"123456789", b"000000000")
_SHORT = 9_000  # bytes of a text of which nothing is ever cut
_PLAIN_TYPE = re.compile(
    rb"(?:\s*+type\s*=\s*(?:\"(?:text|html|text/html|text/plain)\"|'(?:text|html|text/html|text/plain)'))?\s*"
)
# YouTube keeps its counters inside a group.
_COUNTERS = re.compile(
    rb"<media:(?:community|statistics)\b" + _ATTRIBUTES + rb"(?<=/)>"
    rb"|<media:(community|statistics)\b" + _ATTRIBUTES + rb"(?<!/)>.*?</media:\1\s*>",
    re.DOTALL,
)

_ID, _LINK, _TEXT, _MOVING, _IDLE = range(5)
_ROLES = {
    **dict.fromkeys((b"id", b"guid"), _ID),
    b"link": _LINK,
    **dict.fromkeys((b"description", b"summary", b"content", b"content:encoded"), _TEXT),
    **dict.fromkeys(
        (
            *(b"pubDate", b"published", b"updated", b"issued", b"modified", b"created"),
            *(b"dc:date", b"dcterms:created", b"dcterms:issued", b"dcterms:modified"),
            *(b"slash:comments", b"slash:hit_parade", b"thr:total", b"media:community"),
        ),
        _MOVING,
    ),
    **dict.fromkeys(
        (
            *(b"title", b"author", b"category", b"comments", b"enclosure", b"source"),
            *(b"dc:creator", b"dc:subject", b"wfw:commentRss"),
        ),
        _IDLE,
    ),
}
_NESTED = b"<item>"  # stands for an item inside an item
_HASH = 16
_MARK = 2 * _HASH + 8

Element = tuple[bytes, bytes, bytes, bytes]
"""As it stands, name, attributes, text (empty where it holds elements)."""


class Listed(NamedTuple):
    """One item of a body; `elements` are empty where it is not made of elements alone."""

    start: int
    end: int
    mark: str
    name: str  # a hash of what tells it from the others; empty: that cannot be said
    known: bool
    tag: bytes = b""
    elements: Sequence[Element] = ()  # left out where it is known byte for byte


class Seen:
    """The marks of an earlier body: 16 figures each for wording and for bytes, 8 between them for the name."""

    def __init__(self, marks: Iterable[str]) -> None:
        whole = [mark for mark in marks if len(mark) == _MARK]
        self.as_it_stands = {mark[-_HASH:]: mark for mark in whole}
        self.worded = {mark[:_HASH] for mark in whole}


def listed(body: bytes, place: tuple[int, int], seed: blake2b, url: str, seen: Seen) -> Listed:
    """The item that stands at this place. `seed` is of everything around that has a say in how it is read."""
    start, end = place
    raw = body[start:end]
    as_it_stands = _hash(seed, raw)
    if mark := seen.as_it_stands.get(as_it_stands):
        return Listed(start, end, mark, mark[_HASH:-_HASH], known=True)
    inside, about = raw.index(b">") + 1, b""
    if raw.find(b"=", 0, inside) >= 0 and (opening := OPENING.match(raw)):
        inside = opening.end()
        about = found[1] if (found := _ABOUT.search(opening[2])) else b""
    tag = raw[:inside]
    among = () if _has_comment(raw) else elements(raw[inside : raw.rindex(b"</")])
    identity, decisive = _identity(among, url, about) if among else ("", (raw,))
    worded = _hash(seed, b"".join((tag, *decisive)))
    name = f"{crc32(identity.encode('utf-8', 'replace')):08x}" if identity else ""
    mark = f"{worded}{name or '00000000'}{as_it_stands}"
    return Listed(start, end, mark, name, worded in seen.worded, tag, among)


def elements(inside: bytes) -> Sequence[Element]:
    """The elements directly inside; none where there is anything else."""
    found: list[Element] = _ELEMENT.findall(inside)
    whole = sum(map(len, map(_RAW, found)))
    return found if whole == len(inside) or not inside[whole:].strip() else ()


_RAW = itemgetter(0)


def _hash(seed: blake2b, decisive: bytes) -> str:
    digest = seed.copy()
    digest.update(decisive)
    return digest.hexdigest()


def _has_comment(raw: bytes) -> bool:
    """Whether a comment or an instruction stands in it, outside of sections: tags in it would be none."""
    if b"<!--" not in raw and b"<?" not in raw:
        return False
    rest = _SECTION.sub(b"", raw)
    return b"<!--" in rest or b"<?" in rest


class _Shape(NamedTuple):
    """Which of an item's elements are what: worked out once, since the items of a feed are built alike."""

    ids: tuple[int, ...]
    links: tuple[int, ...]
    texts: tuple[int, ...]
    kept: tuple[int, ...]  # as they stand
    others: tuple[int, ...]  # as they stand, less counters
    alone: bool  # there is but one text, which is taken whatever its length


@lru_cache(maxsize=256)
def _shape(names: tuple[bytes, ...]) -> _Shape:
    roles = [_ROLES.get(name) for name in names]

    def those(*wanted: int | None) -> tuple[int, ...]:
        return tuple(at for at, role in enumerate(roles) if role in wanted)

    texts, others = those(_TEXT), those(None)
    return _Shape(
        ids=those(_ID),
        links=those(_LINK),
        texts=texts,
        kept=those(_ID, _LINK, _IDLE),
        others=others,
        alone=len(texts) == 1 and not others,
    )


def _identity(among: Sequence[Element], url: str, about: bytes) -> tuple[str, Sequence[bytes]]:
    """By what it would be told from others, and the bytes that its id and wording depend on."""
    wholes, names, attributes, texts = zip(*among, strict=True)
    shape = _shape(names)
    if len(shape.ids) + bool(about) > 1:
        return "", wholes
    lasting = [_lasting(wholes[at]) for at in shape.others]
    if _NESTED in lasting:
        return "", wholes
    id_ = _name(about, url) if about else _first(shape.ids, attributes, texts, url)
    if not id_:
        link = _first(shape.links, attributes, texts, url) if len(shape.links) == 1 else ""
        return link or repr(wholes), wholes
    wording = b"".join([wholes[at] for at in shape.texts])
    plain = all(map(_PLAIN_TYPE.fullmatch, [attributes[at] for at in shape.texts]))
    # Google News names its outlets in <font>, and titles are compared with them.
    if plain and b"font" not in wording:
        short = shape.alone and len(wording) < _SHORT
        wording = _FIGURES.sub(b" 0" if short else _zeroed, wording)
    return id_, (*[wholes[at] for at in shape.kept], *lasting, wording)


def _first(
    places: tuple[int, ...], attributes: Sequence[bytes], texts: Sequence[bytes], url: str
) -> str:
    """The id or address in the text or the attributes of the first of these elements."""
    if not places:
        return ""
    text = texts[places[0]].strip()
    if not text:
        found = _HREF.search(attributes[places[0]])
        text = found[1] if found else b""
    elif text.startswith(b"<![CDATA["):
        text = text.removeprefix(b"<![CDATA[").removesuffix(b"]]>").strip()
    return _name(text, url)


def _name(text: bytes, url: str) -> str:
    name = text.decode("utf-8", "replace")
    if "&" in name or not name.isascii():
        name = clean_line(html.unescape(name))
    return urljoin(url, name) if "/" in name and ":" not in name else name


def _lasting(nested: bytes) -> bytes:
    """An element, less the counters in it."""
    if nested.count(b"<") <= 2:
        return _NESTED if ITEM_TAG.search(nested) and b"<!" not in nested else nested
    if any(tag[2] for tag in ITEM_TAG.finditer(nested)):
        return _NESTED
    return nested if b"<!" in nested else _COUNTERS.sub(b"", nested)


def _zeroed(figures: re.Match[bytes]) -> bytes:
    """As many noughts: how long a text is may decide which of two is taken, and where it is cut."""
    return figures[0].translate(_ZEROS)
