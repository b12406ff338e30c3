"""What a feed's body lists, seen without reading it: where each item stands, and a mark by which to know it again.

A polled feed that changed holds on average one new item in twenty to two hundred and fifty, and reading is paid by the
item. So expat, the parser that feedparser itself uses, says whether the body is well-formed (three times quicker than
a tree by lxml, and of one mind with feedparser); in well-formed XML without a DTD, `<` stands for nothing but a tag, a
comment, a section or an instruction, so items can be found, compared and cut out as bytes, never written anew.

A mark is equal only where the item's id and wording are: everything counts but the value of figures that stand apart in
a text (points, comments, views) and, for items that carry an id, dates and counters. Whatever is odd about a body makes
`scan` say None: then it is read whole.
"""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from operator import itemgetter
from typing import NamedTuple
from urllib.parse import urljoin
from xml.parsers import expat
from zlib import crc32

from aiwatch.text.clean import clean_line

READER = b"1"
"""Raised whenever items are read in another way than before: every mark changes, and all is read once again."""

ATOM = b"http://www.w3.org/2005/Atom"
# Namespaces whose elements feedparser takes for bare ones.
_BARE = frozenset(
    (
        *(b"http://backend.userland.com/rss", b"http://blogs.law.harvard.edu/tech/rss"),
        *(b"http://purl.org/rss/1.0/", b"http://my.netscape.com/rdf/simple/0.9/"),
        *(b"http://purl.org/atom/ns#", ATOM),
    )
)
# Prefixes that we go by, and what they must stand for where the root declares them.
_MEANT = {
    b"dc": (b"http://purl.org/dc/elements/1.1/",),
    b"dcterms": (b"http://purl.org/dc/terms/",),
    b"content": (b"http://purl.org/rss/1.0/modules/content/",),
    b"slash": (b"http://purl.org/rss/1.0/modules/slash/",),
    b"thr": (b"http://purl.org/syndication/thread/1.0", b"http://purl.org/rss/1.0/modules/threading/"),
    b"media": (b"http://search.yahoo.com/mrss/", b"http://search.yahoo.com/mrss"),
    b"wfw": (b"http://wellformedweb.org/CommentAPI/", b"http://wellformedweb.org/commentAPI/"),
    b"sy": (b"http://purl.org/rss/1.0/modules/syndication/",),
}  # fmt: skip

_CDATA = rb"<!\[CDATA\[[^\]]*+(?:\](?!\]>)[^\]]*+)*+\]\]>"
_TEXT = rb"(?>[^<]++|" + _CDATA + rb")*+"
_OPENING = re.compile(rb"<([A-Za-z_][\w:.-]*+)((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>")
# Comments, sections and instructions are passed over whole, so that no tag is seen inside them.
_ITEM_TAG = re.compile(
    rb"<(?:" + _CDATA[1:] + rb"|!--.*?-->|\?.*?\?>|(/?)((?:[\w.-]++:)?(?:item|entry))(?=[\s/>]))",
    re.IGNORECASE | re.DOTALL,
)
# One child element: its name, its attributes, its text where it holds no elements.
_CHILD = re.compile(
    rb"(\s*+<([A-Za-z_][\w:.-]*+)((?:\s++[^<>\"'\s=]++\s*+=\s*+(?:\"[^\"<>]*+\"|'[^'<>]*+'))*+)\s*+"
    rb"(?:/>|>(?:(" + _TEXT + rb")</\2\s*+>|(?:" + _CDATA + rb"|.)*?</\2\s*+>)))",
    re.DOTALL,
)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_CHANNEL = re.compile(rb"<channel(?:\s[^<>]*)?>")
_ABOUT = re.compile(rb"\brdf:about\s*=\s*[\"']([^\"']*)")
_RAW = itemgetter(0)
_HREF = re.compile(rb"href\s*=\s*[\"']([^\"']*)")
_ATTRIBUTE = re.compile(rb"([^\s=\"']+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_DECLARED = re.compile(rb"xmlns:([\w.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
# Figures that no markup, reference or word can be part of; blanks and brackets are never left out of a text.
_FIGURES = re.compile(rb"[ \n\t(]\d[\d.,]*+")
_ZEROS = bytes.maketrans(b"123456789", b"000000000")
_HASH = 16
_MARK = 2 * _HASH + 8
_SHORT = 9_000  # bytes of a text of which nothing is ever cut
_PLAIN_TYPE = re.compile(
    rb"(?:\s*+type\s*=\s*(?:\"(?:text|html|text/html|text/plain)\"|'(?:text|html|text/html|text/plain)'))?\s*"
)

_ID, _LINK, _TEXT_OF, _MOVING, _IDLE = range(5)
_NESTED = b"<item>"  # an item inside an item
_ROLES = {
    **dict.fromkeys((b"id", b"guid"), _ID),
    b"link": _LINK,
    **dict.fromkeys((b"description", b"summary", b"content", b"content:encoded"), _TEXT_OF),
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
# YouTube keeps its counters inside a group.
_COUNTERS = re.compile(rb"<media:(community|statistics)\b[^<>]*+>(?:.*?</media:\1\s*>)?", re.DOTALL)

Child = tuple[bytes, bytes, bytes, bytes]
"""As it stands, name, attributes, text (empty where it holds elements)."""


class Listed(NamedTuple):
    """One item of a body. `children` are empty where it is not made of elements alone."""

    start: int
    end: int
    mark: str
    name: str  # a hash of what tells it from the others; empty: that cannot be said
    known: bool
    tag: bytes = b""
    children: Sequence[Child] = ()  # left out where it is known byte for byte


class Seen:
    """The marks of earlier bodies: 16 figures each for id and wording and for the bytes, 8 between for the name."""

    def __init__(self, marks: Iterable[str]) -> None:
        sound = [mark for mark in marks if len(mark) == _MARK]
        self.as_it_stands = {mark[-_HASH:]: mark for mark in sound}
        self.worded = {mark[:_HASH] for mark in sound}


@dataclass(frozen=True, slots=True)
class Scan:
    """A body as it was scanned; `kind` is rss, rdf or feed."""

    body: bytes
    kind: str
    default: bytes  # the default namespace
    based: bool  # addresses are relative to something else than the feed's own
    items: tuple[Listed, ...]
    head: list[Child] | None  # the feed's own elements; None: they cannot be read so simply

    def holding(self, items: Iterable[Listed]) -> bytes:
        """The body with these of its items only, all else byte for byte."""
        kept = {item.start for item in items}
        parts, at = [], 0
        for item in self.items:
            if item.start not in kept:
                parts.append(self.body[at : item.start])
                at = item.end
        return b"".join((*parts, self.body[at:]))


def scan(body: bytes, url: str, marks: Iterable[str] = ()) -> Scan | None:
    """The items of a body in UTF-8, and which of them are known by `marks`; None where it is safer to read it whole."""
    root = _root(body)
    if root is None or not _well_formed(body):
        return None
    declared = {name: a or b for name, a, b in _ATTRIBUTE.findall(root[2])}
    kind = root[1].lower().rpartition(b":")[2].decode()
    default = declared.get(b"xmlns", b"")
    if kind not in ("rss", "rdf", "feed") or not _as_meant(declared, default):
        return None
    if not _same_names(body, root.end()):
        return None
    seen = Seen(marks)
    for where in (_places_by_name, _places_by_tag):
        places = where(body, declared)
        found = _scanned(body, url, root, places, kind, default, seen) if places else None
        if found and _sound(found):
            return found
    return None


def _scanned(
    body: bytes,
    url: str,
    root: re.Match[bytes],
    places: list[tuple[int, int]],
    kind: str,
    default: bytes,
    seen: Seen,
) -> Scan | None:
    above = _above(body[root.start() : places[0][0]])
    around = _around(body, root.end(), places)
    if above is None or around is None:
        return None
    seed = blake2b(b"\0".join((READER, url.encode("utf-8", "replace"), *above)), digest_size=8)
    return Scan(
        body=body,
        kind=kind,
        default=default,
        based=b"base" in b"".join(above),
        items=tuple([_listed(body, start, end, seed, url, seen) for start, end in places]),
        head=_head(around, kind),
    )


def _root(body: bytes) -> re.Match[bytes] | None:
    """The first tag, if nothing but a declaration, comments and instructions stands before it."""
    prologue = re.match(
        rb"(?:\xef\xbb\xbf)?(?:\s++|<\?.*?\?>|<!--.*?-->)*+", body[:20_000], re.DOTALL
    )
    return _OPENING.match(body, prologue.end() if prologue else 0)


def _well_formed(body: bytes) -> bool:
    """By the same parser as feedparser's, told to take the bytes for UTF-8."""
    parser = expat.ParserCreate("utf-8", " ")
    try:
        parser.Parse(body, True)  # noqa: FBT003 - pyexpat takes no keyword
    except expat.ExpatError:
        return False
    return True


def _as_meant(declared: Mapping[bytes, bytes], default: bytes) -> bool:
    """Whether bare and well-known names are what they look like."""
    if default and default not in _BARE and b"userland.com/rss" not in default:
        return False
    return all(
        declared.get(b"xmlns:" + prefix, meant[0]) in meant for prefix, meant in _MEANT.items()
    )


def _places_by_name(body: bytes, _: Mapping[bytes, bytes]) -> list[tuple[int, int]]:
    """The same for items called as usual, without a look at what stands between.

    A tag in a section is found out: what it would cut off is not made of elements alone.
    """
    name = b"entry" if body.find(b"<entry", 0, 50_000) >= 0 else b"item"
    opening, closing = b"<" + name, b"</" + name + b">"
    places, at = [], body.find(opening)
    while at >= 0:
        end = body.find(closing, at) + len(closing)
        if end < at or body[at + len(opening)] not in b"> \t\r\n":
            return []
        places.append((at, end))
        at = body.find(opening, end)
    return places


def _places_by_tag(body: bytes, declared: Mapping[bytes, bytes]) -> list[tuple[int, int]]:
    """Where each item begins and ends; none where they are nested or go by several names."""
    places: list[tuple[int, int]] = []
    name, opened = b"", -1
    for tag in _ITEM_TAG.finditer(body):
        closing, found = tag.groups()
        if found is None:
            continue
        name = name or found
        if found != name or (opened >= 0) != bool(closing):
            return []
        if not closing:
            opened = tag.start()
        else:
            places.append((opened, body.index(b">", tag.end()) + 1))
            opened = -1
    prefix = name.rpartition(b":")[0]
    bare = not prefix or declared.get(b"xmlns:" + prefix) in _BARE
    return places if opened < 0 and bare else []


def _same_names(body: bytes, at: int) -> bool:
    """Whether no prefix means two things: feedparser keeps them over all items."""
    if body.find(b"xmlns:", at) < 0:
        return True
    pairs = {(prefix, a or b) for prefix, a, b in _DECLARED.findall(body)}
    return len(pairs) == len({prefix for prefix, _ in pairs}) == len({uri for _, uri in pairs})


def _above(opening: bytes) -> tuple[bytes, ...] | None:
    """The tags around every item; None where they declare namespaces below the root."""
    root = _OPENING.match(opening)
    channel = _CHANNEL.search(opening)
    if root is None or (channel and b"xmlns" in channel[0]):
        return None
    return root[0], channel[0] if channel else b""


# ---------------------------------------------------------------- marks


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

    texts, others = those(_TEXT_OF), those(None)
    return _Shape(
        ids=those(_ID),
        links=those(_LINK),
        texts=texts,
        kept=those(_ID, _LINK, _IDLE),
        others=others,
        alone=len(texts) == 1 and not others,
    )


def _listed(body: bytes, start: int, end: int, seed: blake2b, url: str, seen: Seen) -> Listed:
    raw = body[start:end]
    digest = seed.copy()
    digest.update(raw)
    bytes_ = digest.hexdigest()
    if mark := seen.as_it_stands.get(bytes_):
        return Listed(start, end, mark, mark[_HASH:-_HASH], known=True)
    inside, about = raw.index(b">") + 1, b""
    if raw.find(b"=", 0, inside) >= 0 and (opening := _OPENING.match(raw)):
        inside = opening.end()
        about = found[1] if (found := _ABOUT.search(opening[2])) else b""
    tag = raw[:inside]
    children = _elements(raw[inside : raw.rindex(b"</")])
    name, decisive = _identity(children, url, about) if children else ("", (raw,))
    digest = seed.copy()
    digest.update(b"".join((tag, *decisive)))
    worded, name = (
        digest.hexdigest(),
        f"{crc32(name.encode('utf-8', 'replace')):08x}" if name else "",
    )
    return Listed(start, end, worded + name + bytes_, name, worded in seen.worded, tag, children)


def _elements(inside: bytes) -> list[Child]:
    """The elements directly inside; none where there is anything else."""
    found = _CHILD.findall(inside)
    whole = sum(map(len, map(_RAW, found)))
    return found if whole == len(inside) or not inside[whole:].strip() else []


def _identity(children: list[Child], url: str, about: bytes) -> tuple[str, Sequence[bytes]]:
    """Its name, and the bytes that its id and wording depend on."""
    wholes, names, attributes, texts = zip(*children, strict=True)
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
    return _stated(attributes[places[0]], texts[places[0]], url) if places else ""


def _lasting(nested: bytes) -> bytes:
    """An element, less the counters in it."""
    if nested.count(b"<") <= 2:
        return nested
    if any(tag[2] for tag in _ITEM_TAG.finditer(nested)):
        return _NESTED
    return _COUNTERS.sub(b"", nested)


def _stated(attributes: bytes, text: bytes, url: str) -> str:
    """The id or address in an element's text or attributes."""
    text = text.strip()
    if not text:
        found = _HREF.search(attributes)
        text = found[1] if found else b""
    elif text.startswith(b"<![CDATA["):
        text = text.removeprefix(b"<![CDATA[").removesuffix(b"]]>").strip()
    return _name(text, url)


def _name(text: bytes, url: str) -> str:
    name = text.decode("utf-8", "replace")
    if "&" in name or not name.isascii():
        name = clean_line(html.unescape(name))
    return urljoin(url, name) if "/" in name and ":" not in name else name


def _zeroed(figures: re.Match[bytes]) -> bytes:
    """As many noughts: how long a text is may decide which of two is taken, and where it is cut."""
    return figures[0].translate(_ZEROS)


# ---------------------------------------------------------------- soundness


def _around(body: bytes, at: int, places: list[tuple[int, int]]) -> bytes | None:
    """The feed without its items, less comments; None where something in it might be one."""
    parts = []
    for start, end in places:
        if start > at:
            parts.append(body[at:start])
        at = end
    around = b"".join((*parts, body[at:]))
    if any(tag[2] for tag in _ITEM_TAG.finditer(around)):
        return None
    if b"<!--" in around and b"<![CDATA[" not in around:
        around = _COMMENT.sub(b"", around)
    return around.strip()


def _head(around: bytes, kind: str) -> list[Child] | None:
    """The feed's own elements, where all items stand among them."""
    if kind == "rdf":
        return None
    inside = around[: around.rindex(b"</")].rstrip()
    if kind == "rss":
        channel = _CHANNEL.match(inside)
        if channel is None or not inside.endswith(b"</channel>"):
            return None
        inside = inside[channel.end() : -len(b"</channel>")]
    return (_elements(inside) or None) if inside.strip() else []


def _sound(found: Scan) -> bool:
    """Whether reading some of the items gives what reading all of them would."""
    titled = sum([child[1] == b"title" for child in found.head or ()])
    known = found.head is not None or found.kind == "rdf"
    names = {item.name for item in found.items}
    return known and titled <= 1 and "" not in names and len(names) == len(found.items)
