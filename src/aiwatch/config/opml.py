"""OPML 1.0 and 2.0 (opml.org/spec2.opml): lists of feeds as readers hand them to one another, in and out.

Folders are tags. What OPML has no word for stands in attributes of our own namespace, which other readers pass over.
Never in it: headers, proxies, sign-ins in addresses, and the leave to ask private hosts.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html.entities import html5
from typing import Any, Final

from lxml import etree
from pydantic import ValidationError

from aiwatch.config.build import NO_BACKLOG
from aiwatch.config.keys import SourceKeys
from aiwatch.config.secrets import VARIABLE
from aiwatch.config.units import parse_duration, say_duration
from aiwatch.config.writing import free_name, plain_address, source_key
from aiwatch.model import Backlog, ExtractRules, Source, SourceName
from aiwatch.sources import KINDS
from aiwatch.text.clean import clean_line, safe_url
from aiwatch.text.decode import decode
from aiwatch.text.signin import without_sign_in
from aiwatch.text.urls import host

NAMESPACE: Final = "https://aiwatch.invalid/opml/1"
"""Only a name, and fixed for good: `.invalid` never belongs to anybody (RFC 2606)."""
MAX_BYTES: Final = 10_000_000
MAX_OUTLINES: Final = 20_000
MAX_MARKS: Final = 200_000
"""Of `<` and of `&` each; ten times what so many outlines need. 2.4 million elements took 860 MB."""
MAX_DEPTH: Final = 50
"""Folders in folders; libxml2 itself gives up at 256."""
MAX_ATTRIBUTES: Final = 100
"""Of one outline: lxml looks each up anew, and takes 40 s over 80,000."""
MAX_TAG: Final = 100
"""Characters of a tag's name."""

_DECLARATION = re.compile(r"\A\s*<\?xml\b([^>]{0,300})\?>", re.IGNORECASE)
_ENCODING = re.compile(
    rb"\A[^<]{0,10}<\?xml[^>]{0,200}encoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE
)
_ENTITY = re.compile(
    r"<!(?:ENTITY|ELEMENT|ATTLIST|NOTATION)|<!DOCTYPE[^>\[]{0,1000}\[", re.IGNORECASE
)
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]{0,1000}>", re.IGNORECASE)
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&(#\d{1,7};|#x[0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{0,30};)?")
_XML_NAMES = ("amp;", "lt;", "gt;", "quot;", "apos;")
# Keys that an OPML file may carry. The rest is secret, or a right that only the owner of the machine gives.
_TEXTS = ("kind", "every", "full_text", "backlog", "trust", "lang", "user_agent")
_FLAGS = ("enabled", "primary", "aggregator")
_OURS = f"{{{NAMESPACE}}}"
_AT_HOME = ("headers", "proxy", "allow_private")
_DEFAULTS = Source(name=SourceName(""), url="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One source of an OPML file: its keys as feeds.yaml has them, `name` and `url` apart."""

    name: str
    url: str
    tags: tuple[str, ...] = ()
    keys: Mapping[str, Any] = field(default_factory=dict)

    def as_source(self) -> dict[str, Any]:
        """As it stands in feeds.yaml."""
        tags = {"tags": list(self.tags)} if self.tags else {}
        return {"name": self.name, "url": self.url, **self.keys, **tags}


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """An outline that is not taken, and why in words."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlines:
    """What an OPML file lists, each address once."""

    title: str = ""
    outlines: tuple[Outline, ...] = ()
    merged: tuple[Passed, ...] = ()  # listed more than once: their tags are united
    passed: tuple[Passed, ...] = ()
    notes: tuple[str, ...] = ()  # what was odd about the file


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A file that is not read at all, and why in words."""

    reason: str


# ---------------------------------------------------------------- in


def parse(body: bytes) -> Outlines | Refusal:
    """What an OPML file lists; a hostile one, or none at all, is refused in words. Never raises, nothing is fetched."""
    if len(body) > MAX_BYTES:
        return Refusal(reason=f"larger than {MAX_BYTES // 1_000_000} MB: no list of feeds is")
    text = _NO_XML.sub("", _DECLARATION.sub("", _decoded(body)))
    if _ENTITY.search(text):
        return Refusal(
            reason="it declares entities, which no list of feeds needs and attacks are made of"
        )
    if max(text.count("<"), text.count("&")) > MAX_MARKS:
        return Refusal(reason=f"more than {MAX_MARKS:,} tags or references")
    root, notes = _tree(_DOCTYPE.sub("", text, count=1))
    if root is None:
        return Refusal(reason="this is no XML, so no OPML")
    if _local(root) != "opml":
        return Refusal(
            reason=f"this is <{_local(root)[:40]}>, not OPML: export the list as OPML there"
        )
    listed = _Listed(notes=notes)
    refusal = _walk(root, listed)
    if refusal:
        return Refusal(reason=refusal)
    return listed.result(_title(root))


def _decoded(body: bytes) -> str:
    declared = _ENCODING.search(body[:500])
    charset = f"text/xml; charset={declared[1].decode('ascii')}" if declared else None
    return decode(body, charset).removeprefix("\ufeff")


def _tree(text: str) -> tuple[etree._Element | None, list[str]]:
    """The document; repaired where that is needed, which is said."""
    encoded = text.strip().encode("utf-8")
    try:
        return etree.fromstring(encoded, _parser()), []
    except etree.XMLSyntaxError as error:
        where = clean_line(error.msg or f"line {error.lineno}")
    repaired = _REFERENCE.sub(_sound_reference, text.strip()).encode("utf-8")
    try:
        return etree.fromstring(repaired, _parser()), [f"a bare & was read as &amp; ({where})"]
    except etree.XMLSyntaxError:
        pass
    try:
        root = etree.fromstring(repaired, _parser(recover=True))
    except etree.XMLSyntaxError:
        root = None
    return root, [f"not well-formed ({where}): read as far as it goes"]


def _parser(*, recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=recover,
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
    )


def _sound_reference(found: re.Match[str]) -> str:
    """A reference that XML knows stays; HTML's own become their character; what is none becomes `&amp;`."""
    name = found[1]
    if name and (name[0] == "#" or name in _XML_NAMES):
        return found[0]
    if name and name in html5:
        return html5[name]
    return f"&amp;{name or ''}"


def _local(element: etree._Element) -> str:
    tag = element.tag
    return str(tag).rpartition("}")[2].lower()  # comments and such are left out by the parser


def _title(root: etree._Element) -> str:
    return next((clean_line(one.text or "") for one in root.iter() if _local(one) == "title"), "")


@dataclass(slots=True, kw_only=True)
class _Listed:
    """What has been listed so far, by the address as it is compared."""

    notes: list[str]
    found: dict[str, Outline] = field(default_factory=dict)
    merged: list[Passed] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)

    def add(self, outline: Outline) -> None:
        key = source_key(outline.url)
        known = self.found.get(key)
        if known is None:
            self.found[key] = outline
            return
        tags = tuple(dict.fromkeys((*known.tags, *outline.tags)))
        self.found[key] = replace(known, tags=tags, keys={**outline.keys, **known.keys})
        self.merged.append(Passed(what=outline.name, reason=f"the same address as {known.name!r}"))

    def result(self, title: str) -> Outlines:
        """With names that are each given once."""
        taken: set[str] = set()
        named = []
        for outline in self.found.values():
            name = free_name(outline.name, taken)
            taken.add(name)
            named.append(replace(outline, name=name))
        return Outlines(
            title=title,
            outlines=tuple(named),
            merged=tuple(self.merged),
            passed=tuple(self.passed),
            notes=tuple(self.notes),
        )


def _walk(root: etree._Element, listed: _Listed) -> str:
    """Go through all outlines without recursion; what is wrong with the file as a whole."""
    waiting: list[tuple[etree._Element, tuple[str, ...], int]] = [(root, (), 0)]
    count = 0
    while waiting:
        element, folders, depth = waiting.pop()
        if depth > MAX_DEPTH:
            return f"folders in folders, more than {MAX_DEPTH} deep"
        below = folders
        if len(element.attrib) > MAX_ATTRIBUTES:
            return f"an element with more than {MAX_ATTRIBUTES} attributes"
        if _local(element) == "outline":
            count += 1
            if count > MAX_OUTLINES:
                return f"more than {MAX_OUTLINES:,} outlines"
            below = _outline(element, folders, listed)
        waiting += [(child, below, depth + 1) for child in reversed(element)]
    return ""


def _outline(element: etree._Element, folders: tuple[str, ...], listed: _Listed) -> tuple[str, ...]:
    """Take one outline; the folders that what stands in it is in."""
    given = {str(name).lower(): str(value) for name, value in element.attrib.items()}
    ours = {
        name.removeprefix(_OURS): value for name, value in given.items() if name.startswith(_OURS)
    }
    name = clean_line(given.get("title", "")) or clean_line(given.get("text", ""))
    written = given.get("xmlurl", "").strip() or (given.get("url", "") if "kind" in ours else "")
    if not written and len(element):
        return (*folders, name) if name else folders
    taken = _taken(name, written, given, ours, folders)
    if isinstance(taken, str):
        if taken:
            listed.passed.append(Passed(what=name or "an outline", reason=taken))
        return folders
    outline, odd = taken
    listed.notes += [f"{outline.name}: {words}" for words in odd]
    listed.add(outline)
    return folders


def _taken(
    name: str,
    written: str,
    given: Mapping[str, str],
    ours: Mapping[str, str],
    folders: tuple[str, ...],
) -> tuple[Outline, list[str]] | str:
    """The source and what was odd about it; or why it is none (empty: nobody meant one)."""
    if not written:
        return _why_no_address(given)
    url = safe_url(written)
    if url is None:
        return f"{clean_line(written)[:100]!r} is no http(s) address"
    if "+" in given.get("type", ""):  # FreshRSS: HTML+XPath, JSON+DotNotation and the like
        kind = clean_line(given["type"])[:40]
        return f"a page read by rules of its own ({kind}): try `aiwatch sources add {url}`"
    odd: list[str] = []
    keys = _keys(ours, odd)
    options = _options(ours, str(keys.get("kind", "feed")))
    if isinstance(options, str):
        return options
    tags = _tags(ours, given.get("category", ""), folders)
    outline = Outline(
        name=name or host(url), url=plain_address(url), tags=tags, keys={**keys, **options}
    )
    return outline, odd


def _why_no_address(given: Mapping[str, str]) -> str:
    """Empty folders are no mistake."""
    page = clean_line(given.get("htmlurl", "") or given.get("url", ""))[:200]
    if given.get("type", "").lower() == "include":
        return f"it includes another list, which is not fetched: {page}"
    if page:
        return f"it names a page and no feed: try `aiwatch sources add {page}`"
    return "it has no address" if given.get("type") else ""


def _tags(ours: Mapping[str, str], category: str, folders: tuple[str, ...]) -> tuple[str, ...]:
    """Our own list where there is one; else the folders on the way, and the pieces of `category`."""
    stated = _json(ours.get("tags", ""))
    if isinstance(stated, list):
        named = [one for one in stated if isinstance(one, str)]
    else:
        named = [*folders, *(piece for path in category.split(",") for piece in path.split("/"))]
    cleaned = (clean_line(one.replace("${", "$ {"))[:MAX_TAG].strip() for one in named)
    return tuple(dict.fromkeys(filter(None, cleaned)))


def _keys(ours: Mapping[str, str], odd: list[str]) -> dict[str, Any]:
    """Our own attributes as keys of feeds.yaml; what cannot be taken is said, and the source comes without it."""
    keys: dict[str, Any] = {}
    for name, value in ours.items():
        if name in ("tags", "options"):
            continue
        read = _READERS.get(name)
        if read is None or VARIABLE.search(value):
            odd.append(f"`{clean_line(name)[:40]}` is not taken from a file")
            continue
        found = read(value)
        if problem := _problem(name, found):
            odd.append(f"`{name}` is not taken: {problem}")
        else:
            keys[name] = found
    return keys


def _problem(name: str, value: Any) -> str:
    """What is wrong with a value, in the words of the configuration."""
    if name == "kind":
        return "" if value in KINDS else f"there is no kind {value!r}"
    try:
        SourceKeys.model_validate({"name": "x", "url": "http://x", name: value})
    except ValidationError as error:
        return error.errors()[0]["msg"].removeprefix("Value error, ")
    return ""


def _options(ours: Mapping[str, str], kind: str) -> dict[str, Any] | str:
    """The kind's own keys, or why there is no source without them."""
    stated = _json(ours.get("options", "{}"))
    if not isinstance(stated, dict) or VARIABLE.search(ours.get("options", "")):
        return f"its options for kind {kind!r} cannot be read"
    try:
        KINDS[kind].options.model_validate(stated)
    except ValidationError as error:
        return f"its options are none of kind {kind!r}: {error.errors()[0]['msg']}"
    return stated


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _flag(text: str) -> Any:
    return {"true": True, "false": False}.get(text.strip().lower(), text)


_READERS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(_TEXTS, clean_line),
    **dict.fromkeys(_FLAGS, _flag),
    "extract": _json,
}


# ---------------------------------------------------------------- out


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """An OPML file, and what was left out of it, in words."""

    body: bytes
    left_out: tuple[Passed, ...]


def with_variables(values: Mapping[str, Any]) -> frozenset[str]:
    """The names of a file's sources that take a part from the environment: it may be a secret, so they stay at home.

    values: the file's own, before variables are put in.
    """
    return frozenset(
        str(one.get("name"))
        for one in values.get("sources") or ()
        if isinstance(one, Mapping)
        and any(VARIABLE.search(str(part)) for key, part in one.items() if key not in _AT_HOME)
    )


def render(
    sources: Sequence[Source],
    *,
    hidden: frozenset[str] = frozenset(),
    allow_private: bool | tuple[str, ...] = False,
    title: str = "aiwatch",
) -> Exported:
    """OPML 2.0 of these sources, in folders by their first tag.

    hidden: names that are left out. allow_private: what every source may do; more than that is said to be left out.
    """
    left_out = [
        Passed(what=source.name, reason="left out: a part of it comes from the environment")
        for source in sources
        if source.name in hidden
    ]
    sources = [source for source in sources if source.name not in hidden]
    root = etree.Element("opml", nsmap={"aiwatch": NAMESPACE}, version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    folders: dict[str, etree._Element] = {}
    for source in sources:
        left_out += _secrets(source, allow_private)
        parent = body
        if source.tags:
            first = _xml(source.tags[0])
            if first not in folders:
                folders[first] = etree.SubElement(body, "outline", text=first, title=first)
            parent = folders[first]
        _add(parent, source)
    etree.indent(root)
    written = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return Exported(body=written, left_out=tuple(left_out))


def _add(parent: etree._Element, source: Source) -> None:
    name = _xml(source.name)
    url = _xml(without_sign_in(source.url))
    feed = source.kind == "feed"
    attributes = {"type": "rss", "text": name, "title": name} | {"xmlUrl" if feed else "url": url}
    if not feed:
        attributes["type"] = "link"  # a page is nothing to other readers, and no feed
    if source.tags:
        attributes["category"] = ",".join(_xml(tag) for tag in source.tags)
    outline = etree.SubElement(parent, "outline", attributes)
    for key, value in _own_keys(source):
        outline.set(f"{_OURS}{key}", _xml(value))


def _own_keys(source: Source) -> Iterator[tuple[str, str]]:
    """What differs from a source that says nothing but its name and address."""
    usual = "none" if source.kind in NO_BACKLOG else _DEFAULTS.backlog
    texts = {
        "every": None if source.every == _DEFAULTS.every else _every(source.every),
        "backlog": None if source.backlog == usual else _backlog(source.backlog),
        "tags": json.dumps(list(source.tags), ensure_ascii=False) if source.tags else None,
        "extract": _extract(source.extract) if source.extract else None,
        "options": json.dumps(dict(source.options), ensure_ascii=False, default=str)
        if source.options
        else None,
    }
    for name in ("kind", "full_text", "trust", "lang", "user_agent", *_FLAGS):
        value = getattr(source, name)
        if value != getattr(_DEFAULTS, name):
            texts[name] = str(value).lower() if name in _FLAGS else value
    yield from ((name, text) for name, text in texts.items() if text is not None)


def _extract(rules: ExtractRules) -> str:
    parts = {"body": rules.body, "title": rules.title, "remove": list(rules.remove) or None}
    return json.dumps({name: part for name, part in parts.items() if part is not None})


def _every(span: timedelta | None) -> str:
    return "auto" if span is None else _span(span)


def _backlog(value: Backlog) -> str:
    return value if isinstance(value, str) else _span(value)


def _span(span: timedelta) -> str:
    """A duration that is read back as the same; `say_duration` rounds what is no round number of a unit."""
    short = say_duration(span)
    try:
        exact = parse_duration(short) == span
    except ValueError:
        exact = False
    return short if exact else f"{span.total_seconds():f}s"


def _secrets(source: Source, usual: bool | tuple[str, ...]) -> Iterator[Passed]:  # noqa: FBT001 - a key's own two forms
    """What stays at home, by name; never a value."""
    parts = {
        "headers": source.headers,
        "proxy": source.proxy,
        "the sign-in in its address": without_sign_in(source.url) != source.url,
        "allow_private": source.allow_private != usual,
    }
    for what, value in parts.items():
        if value:
            yield Passed(what=source.name, reason=f"without {what}")


def _xml(text: str) -> str:
    """What XML can hold of a text."""
    return _NO_XML.sub("", text)
