"""JSON that a page carries for its own scripts: JSON-LD, Next.js and Nuxt data, React's stream, other state."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiwatch.text.jsonld import parse_loosely
from aiwatch.text.late import late

MAX_SCRIPT = 8_000_000
"""Characters of one script that are parsed; a longer one is left out."""
MAX_ALL = 16_000_000
"""Characters of all scripts together."""
MAX_SCRIPTS = 400

_OPEN = late(r"<(script|style)\b", re.IGNORECASE)
_CLOSE = {
    "script": late(r"</script\s*[^>]{0,20}>", re.IGNORECASE),
    "style": late(r"</style\s*[^>]{0,20}>", re.IGNORECASE),
}
_TYPE = late(r"\btype\s*=\s*[\"']?\s*([\w/+.-]+)", re.IGNORECASE)
_ID = late(r"\bid\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_PUSH = late(r"__next_f\s*(?:=[^;]{0,80})?\.push\(\s*\[\s*1\s*,\s*(?=\")")
_ASSIGNED = late(
    r"(?:window|self|globalThis)(?:\.[\w$]+|\[[\"'][\w$.-]+[\"']\]){1,3}\s*=\s*(?=[{\[\"J])|^\s*(?:var|let|const)\s+[\w$]+\s*=\s*(?=[{\[J])",
    re.MULTILINE,
)
_PARSED = late(r"JSON\.parse\(\s*(?=\")")
_ROW = late(r"(?:^|\n)([0-9a-f]{1,6}):(?=[\[{\"])")
_TEXT_ROW = late(r"(?:^|\n)([0-9a-f]{1,6}):T([0-9a-f]{1,7}),")
_TEXT_ROW_HERE = late(r"([0-9a-f]{1,6}):T([0-9a-f]{1,7}),")
_DECODER = json.JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A script element."""

    attributes: str
    code: str

    @property
    def type(self) -> str:
        """Its media type in lower case."""
        found = _TYPE.search(self.attributes)
        return found[1].lower() if found else ""

    @property
    def id(self) -> str:
        """Its id."""
        found = _ID.search(self.attributes)
        return found[1] if found else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """What the scripts hold: statements about articles, states, and the rows of React's stream."""

    linked: tuple[Any, ...] = ()
    states: tuple[Any, ...] = ()
    rows: tuple[Any, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)  # of the stream: what "$1b" stands for
    flat: tuple[list[Any], ...] = ()  # Nuxt's lists as they are written


def split_scripts(markup: str) -> tuple[str, list[Script]]:
    """The page without its scripts and styles, and the scripts. An open one swallows the rest, as in browsers."""
    kept: list[str] = []
    scripts: list[Script] = []
    at = 0
    while found := _OPEN.search(markup, at):
        kept.append(markup[at : found.start()])
        opened = markup.find(">", found.end())
        name = found[1].lower()
        closed = _CLOSE[name].search(markup, opened) if opened >= 0 else None
        end = closed.start() if closed else len(markup)
        if name == "script" and opened >= 0 and len(scripts) < MAX_SCRIPTS:
            code = markup[opened + 1 : end] if end - opened <= MAX_SCRIPT else ""
            scripts.append(Script(attributes=markup[found.end() : opened][:500], code=code))
        at = closed.end() if closed else len(markup)
    kept.append(markup[at:])
    return " ".join(kept), scripts


def read_scripts(scripts: list[Script], attributes: list[str]) -> Embedded:
    """Every JSON value in them, as far as they can be read."""
    linked: list[Any] = []
    states: list[Any] = []
    flat: list[list[Any]] = []
    chunks: list[str] = []
    left = MAX_ALL
    for script in scripts:
        left -= len(script.code)
        if left < 0:
            break
        if script.type == "application/ld+json":
            linked.extend(parse_loosely(script.code))
        elif script.type.endswith("json"):
            for value in _decoded(script.code.strip()):
                is_flat = script.id.startswith("__NUXT") and isinstance(value, list)
                states.append(_unflattened(value) if is_flat else value)
                flat.extend([value] if is_flat else [])
        elif "__next_f" in script.code:
            chunks.extend(_chunks(script.code))
        elif script.code and script.type in ("", "text/javascript", "module"):
            states.extend(_assigned(script.code))
    for value in attributes:
        states.extend(_decoded(value))
    stream, texts = _without_texts("".join(chunks))
    rows = tuple(_rows(stream))
    return Embedded(
        linked=tuple(linked), states=tuple(states), rows=rows, texts=texts, flat=tuple(flat)
    )


def _decoded(text: str, at: int = 0) -> Iterator[Any]:
    """The value that begins here, if it is one of many parts."""
    value, _ = _value(text, at)
    if isinstance(value, dict | list):
        yield value


def _value(text: str, at: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None, at


def _assigned(code: str) -> Iterator[Any]:
    """States that a script assigns: `window.X = {…}`, `JSON.parse("…")`."""
    at, tries = 0, 0
    while (found := _ASSIGNED.search(code, at)) and tries < 50:
        tries += 1
        parsed = _PARSED.match(code, found.end())
        value, at = _value(code, parsed.end() if parsed else found.end())
        at = max(at, found.end())
        if isinstance(value, str):
            value, _ = _value(value, 0)
        if isinstance(value, dict | list):
            yield value


# ---------------------------------------------------------------- React's stream


def _chunks(code: str) -> Iterator[str]:
    """The texts of `self.__next_f.push([1, "…"])`."""
    for found in _PUSH.finditer(code):
        value, _ = _value(code, found.end())
        if isinstance(value, str):
            yield value


def _rows(stream: str) -> Iterator[Any]:
    """The JSON rows (`1a:{…}`) of the stream."""
    at = 0
    while found := _ROW.search(stream, at):
        value, end = _value(stream, found.end())
        at = max(end, found.end())
        if isinstance(value, dict | list):
            yield value


def _without_texts(stream: str) -> tuple[str, dict[str, str]]:
    """The stream without its rows of text (`1b:T2f,…`), and those by name.

    They have no line end, only a length in bytes: what follows begins right after.
    """
    kept: list[str] = []
    texts: dict[str, str] = {}
    at = 0
    while found := _TEXT_ROW_HERE.match(stream, at) or _TEXT_ROW.search(stream, at):
        kept.append(stream[at : found.start()])
        size = int(found[2], 16)
        encoded = stream[found.end() : found.end() + size].encode("utf-8", "replace")[:size]
        texts[found[1]] = text = encoded.decode("utf-8", "ignore")
        at = found.end() + len(text)
        kept.append("\n")
    kept.append(stream[at:])
    return "".join(kept), texts


# ---------------------------------------------------------------- Nuxt's flat list


def _unflattened(value: Any) -> Any:
    """Nuxt 3 and its like write one list, in which figures inside objects and lists are places of that list."""
    if (
        not isinstance(value, list)
        or not value
        or not all(isinstance(v, dict | list) for v in value[:1])
    ):
        return value
    return [
        {key: _at(value, place) for key, place in item.items()}
        for item in value[:100_000]
        if isinstance(item, dict)
    ]


def _at(value: list[Any], place: Any) -> Any:
    """What stands at a place: texts and figures, one level of objects."""
    found = value[place] if isinstance(place, int) and 0 <= place < len(value) else None
    if isinstance(found, dict):
        return {
            key: inner
            for key, at in found.items()
            if isinstance(at, int)
            and 0 <= at < len(value)
            and not isinstance(inner := value[at], dict | list)
        }
    return found if not isinstance(found, list) else None


# ---------------------------------------------------------------- React's elements as markup

_VOID = frozenset(["img", "br", "hr", "input", "meta", "link", "source", "wbr"])
_PROPS = (
    "className",
    "id",
    "role",
    "dateTime",
    "itemProp",
    "content",
    "aria-label",
    "alt",
    "title",
)
_NAMES = {"className": "class", "dateTime": "datetime", "itemProp": "itemprop"}
MAX_MARKUP = 3_000_000


def as_markup(rows: tuple[Any, ...]) -> str:
    """What the elements in React's stream would show, as HTML; components of the page's own become boxes or links."""
    out: list[str] = []
    size = 0
    stack: list[Any] = list(rows)[::-1]
    while stack and size < MAX_MARKUP:
        item = stack.pop()
        if isinstance(item, _Raw):
            out.append(item)
            size += len(item)
        elif isinstance(item, dict):
            stack.extend(
                value for value in reversed(item.values()) if isinstance(value, dict | list)
            )
        elif isinstance(item, list):
            if len(item) >= 4 and item[0] == "$" and isinstance(item[1], str):
                _open_element(stack, item[1], item[3])
            else:
                stack.extend(value for value in item[::-1] if isinstance(value, dict | list | _Raw))
    return "".join(out)


def _written(children: Any) -> Any:
    """An element's children with texts as markup; what begins with a dollar sign points elsewhere."""
    if isinstance(children, str):
        return _Raw(html.escape(children)) if children[:1] != "$" else ""
    if isinstance(children, list) and not (children and children[0] == "$"):
        return [_written(child) for child in children]
    return children


class _Raw(str):
    """Markup, to be kept as it is."""

    __slots__ = ()


def _open_element(stack: list[Any], name: str, props: Any) -> None:
    if not isinstance(props, dict):
        return
    href = props.get("href")
    if isinstance(href, dict):
        href = href.get("pathname")
    linked = isinstance(href, str) and name not in ("link", "area")
    tag = "a" if linked else name if re.fullmatch(r"[a-z][a-z0-9]*", name) else "div"
    attributes = "".join(
        f' {_NAMES.get(key, key)}="{html.escape(value)}"'
        for key in _PROPS
        if isinstance(value := props.get(key), str)
    )
    if linked:
        attributes += f' href="{html.escape(str(href))}"'
    if tag not in _VOID:
        stack.append(_Raw(f"</{tag}>"))
    if tag not in ("script", "style"):
        stack.append(_written(props.get("children")))
    stack.append(_Raw(f"<{tag}{attributes}>"))
