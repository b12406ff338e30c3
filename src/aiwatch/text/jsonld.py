"""JSON-LD as sites write it: what it says about the article, out of its many dialects and small faults."""

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from aiwatch.text.late import late

MAX_SCRIPT = 1_000_000  # characters of one script
MAX_NODES = 2_000
MOST_UPDATES = 500

_WRAPPING = late(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?://\s*)?(?:-->|\]\]>)\s*;?\s*$"
)
_TRAILING_COMMA = late(r",(?=\s*[}\]])")
_MISSING_COMMA = late(r"([}\]\"])(\s*\n\s*)(?=\"[\w@]+\"\s*:)")
_ARTICLE = late(
    r"(?:article|posting|report|review|recipe|howto|story|liveblogposting)$", re.IGNORECASE
)
_TYPE = late(r"\"@type\"\s*:\s*\[?\s*\"(\w+)\"")
_FIELD = late(
    r"\"(headline|datePublished|dateModified|inLanguage)\"\s*:\s*\"((?:[^\"\\]|\\.){1,500})\"(?=\s*[,}])"
)
_AUTHOR = late(
    r"\"author\"\s*:\s*[\[{\s]*[^\]}]{0,300}?\"name\"\s*:\s*\"((?:[^\"\\]|\\.){1,200})\"(?=\s*[,}])"
)
_NEWS = late(r"(?:article|posting)$", re.IGNORECASE)
# What may hold the article; lists of other things ("itemListElement", "comment") may hold other articles.
_HOLDERS = ("@graph", "mainEntity", "mainEntityOfPage", "about", "hasPart")

Node = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """What a page's JSON-LD states about its article; empty where it states nothing."""

    headline: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    modified: str = ""
    site: str = ""
    language: str = ""
    url: str = ""
    image: str = ""
    body: str = ""
    updates: tuple[str, ...] = ()  # of a live blog, each headline and text as lines
    paywalled: bool = False


def parse_loosely(script: str) -> list[Any]:
    """The JSON values of a script; comments around it, trailing or missing commas and raw breaks are forgiven."""
    text = script[:MAX_SCRIPT].strip()
    if "<!" in text or "-->" in text or "]]>" in text:
        text = _WRAPPING.sub("", text).strip()
    text = text.rstrip(";").strip()
    for candidate in _mended(text):
        values = _values(candidate)
        if values:
            return values
    salvaged = _salvaged(text)
    return [salvaged] if salvaged else []


def _salvaged(text: str) -> Node:
    """What can be told of an article in a script beyond repair: its first type, and texts that stand whole."""
    kind = _TYPE.search(text)
    if not kind or not _ARTICLE.search(kind[1]):
        return {}
    node: Node = {"@type": kind[1]}
    for key, value in _FIELD.findall(text):
        node.setdefault(key, _unescaped(value))
    if author := _AUTHOR.search(text):
        node["author"] = _unescaped(author[1])
    return node if len(node) > 1 else {}


def _unescaped(value: str) -> str:
    try:
        return str(json.loads(f'"{value}"', strict=False))
    except ValueError:
        return value


def _mended(text: str) -> Iterator[str]:
    yield text
    commas = _MISSING_COMMA.sub(r"\1,\2", _TRAILING_COMMA.sub("", text))
    if commas != text:
        yield commas
    if "&quot;" in text or "&#34;" in text:
        yield html.unescape(text)
    yield commas.replace("\\'", "'").replace("\\\n", "\n")


def _values(text: str) -> list[Any]:
    """One value, or several written one after the other."""
    decoder = json.JSONDecoder(strict=False)
    values: list[Any] = []
    at = 0
    while at < len(text) and len(values) < 50:
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        values.append(value)
        while at < len(text) and text[at] in " \t\r\n,;":
            at += 1
    return [value for value in values if isinstance(value, dict | list)]


def _nodes(values: Iterable[Any]) -> list[Node]:
    """Every described thing, holders opened, in page order."""
    out: list[Node] = []
    stack = list(values)[::-1]
    while stack and len(out) < MAX_NODES:
        value = stack.pop()
        if isinstance(value, list):
            stack.extend(value[:200][::-1])
        elif isinstance(value, dict):
            out.append(value)
            stack.extend(
                value[key] for key in reversed(_HOLDERS) if isinstance(value.get(key), dict | list)
            )
    return out


def _types(node: Node) -> list[str]:
    kind = node.get("@type", "")
    return [
        k.rpartition("/")[2]
        for k in (kind if isinstance(kind, list) else [kind])
        if isinstance(k, str)
    ]


def _text(value: Any) -> str:
    """A property as one text: the first of a list, the value or name of a node."""
    for _ in range(4):
        if isinstance(value, list):
            value = next((v for v in value if v), "")
        elif isinstance(value, dict):
            value = (
                value.get("@value")
                or value.get("name")
                or value.get("url")
                or value.get("@id")
                or ""
            )
        else:
            break
    return html.unescape(value).strip() if isinstance(value, str) else ""


def _link(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("url") or value.get("contentUrl") or value.get("@id") or ""
    return _text(value)


def _names(value: Any, known: dict[str, Node]) -> list[str]:
    """The names of one or more people or organisations, references to other nodes followed."""
    out: list[str] = []
    for item in value[:30] if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            node = item if item.get("name") else known.get(_text(item.get("@id")), item)
            name = node.get("name") or node.get("givenName") or node.get("alternateName")
            out.extend(map(_text, name if isinstance(name, list) else [name]))
        elif isinstance(item, str):
            out.append(_text(known.get(item, item)))
    return [name for name in out[:30] if name]


def _updates(value: Any) -> Iterator[str]:
    """The entries of a live blog, in the order written."""
    for item in value[:MOST_UPDATES] if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            parts = (
                _text(item.get("headline") or item.get("name")),
                _text(item.get("articleBody")),
            )
            yield "\n\n".join(part for part in parts if part)


def _score(node: Node, url: str | None) -> tuple[int, int, int]:
    """How likely a node is the page's article."""
    kinds = _types(node)
    about = {
        _link(node.get(key)).partition("#")[0].rstrip("/")
        for key in ("url", "mainEntityOfPage", "@id")
    }
    here = bool(url) and (url or "").partition("#")[0].rstrip("/") in about
    filled = sum(
        bool(node.get(key)) for key in ("headline", "author", "datePublished", "articleBody")
    )
    return (2 if any(map(_NEWS.search, kinds)) else 1, int(here), filled)


def _is_free(node: Node) -> bool:
    parts = node.get("hasPart")
    for item in (node, *(parts if isinstance(parts, list) else [parts])):
        said = item.get("isAccessibleForFree") if isinstance(item, dict) else None
        if said is False or (isinstance(said, str) and said.strip().lower() in ("false", "no")):
            return False
    return True


def read_jsonld(scripts: Iterable[str], url: str | None = None) -> Linked:
    """What the scripts state about the article at `url`."""
    nodes = _nodes([value for script in scripts for value in parse_loosely(script)])
    articles = [node for node in nodes if any(map(_ARTICLE.search, _types(node)))]
    pages = [node for node in nodes if any(kind.endswith("Page") for kind in _types(node))]
    known = {key: node for node in nodes if (key := _text(node.get("@id"))) and node.get("name")}
    main = max(articles, key=lambda node: _score(node, url)) if articles else {}
    page = pages[0] if pages else {}
    site = next((node for node in nodes if "WebSite" in _types(node)), {})

    def first(*keys: str) -> Any:
        return next((node[key] for node in (main, page) for key in keys if node.get(key)), None)

    return Linked(
        headline=_text(main.get("headline") or main.get("name")),
        authors=tuple(dict.fromkeys(_names(first("author", "creator"), known))),
        published=_text(first("datePublished", "dateCreated", "uploadDate")),
        modified=_text(first("dateModified")),
        site=next(iter(_names(main.get("publisher"), known)), "") or _text(site.get("name")),
        language=_text(first("inLanguage")),
        url=_link(first("url", "mainEntityOfPage")),
        image=_link(first("image", "thumbnailUrl")),
        body=_text(main.get("articleBody")),
        updates=tuple(filter(None, _updates(main.get("liveBlogUpdate")))),
        paywalled=not all(map(_is_free, [*articles, *pages])),
    )
