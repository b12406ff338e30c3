"""The parts of which script data makes a text: HTML, plain paragraphs, or trees of blocks and marked words.

Seen: Arc's `content_elements`, documents of `{type, content: […]}` (ProseMirror, Bloomberg), Contentful's `nodeType`,
Portable Text's `_type: block`, Slate's and Lexical's `children`, Draft's `blocks`, lists of texts.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from aiwatch.text.blocks import width_of
from aiwatch.text.clean import plain
from aiwatch.text.late import late

MAX_PARTS: Final = 20_000
MAX_DEPTH: Final = 24
_MEASURED: Final = 400

_KIND = ("type", "_type", "nodeType", "object", "__typename", "kind", "tag", "blockType")
_OWN = (
    "text",
    "html",
    "value",
    "content",
    "body",
    "paragraph",
    "copy",
    "markup",
    "rawHtml",
    "__html",
    "data",
)
_PARTS = (
    *(
        "children",
        "content",
        "content_elements",
        "blocks",
        "paragraphs",
        "nodes",
        "items",
        "elements",
    ),
    *("body", "components", "sections", "text", "value", "data", "root", "document", "listItems"),
)
_INLINE = late(
    r"text|span|link|hyperlink|a|strong|em|b|i|u|bold|italic|underline|mark|leaf|br|hard_?break|entity|mention|ticker",
    re.IGNORECASE,
)
_BESIDE = late(
    r"image|photo|picture|video|gallery|audio|podcast|embed|iframe|social|tweet|instagram|oembed|(?:^|[_-])ads?(?:$|[_-])|advert|ad_?slot|promo|newsletter"
    r"|relat|recommend|teaser|read_?more|card|interstitial|correction|caption|credit|byline|author|button|(?:^|_)form$|divider|raw_?script|poll|quiz",
    re.IGNORECASE,
)
_LINKS = ("url", "href", "link", "slug", "canonical_url", "permalink", "websiteUrl")
_HEADS = ("title", "headline", "headlines", "name")
_STOP = late(r"[.!?…。！？।؟:”\"»」]\s*$|[.!?。！？।؟]\s")


def size_of(value: Any) -> int:
    """About how many characters a value's texts have, as far as a few hundred parts tell."""
    size, seen = 0, 0
    stack = [value]
    while stack and seen < _MEASURED:
        seen += 1
        one = stack.pop()
        if isinstance(one, str):
            size += len(one)
        elif isinstance(one, list):
            stack.extend(one[:_MEASURED])
        elif isinstance(one, dict):
            stack.extend(list(one.values())[:_MEASURED])
    return size


def good_width(lines: Sequence[str]) -> int:
    """The width of what reads like paragraphs."""
    return sum(width for one in lines if (width := width_of(one)) >= 60 and _STOP.search(one))


def lines_of_text(text: str) -> list[str]:
    """Paragraphs of HTML or of plain text."""
    return plain(text).split("\n")


def lines_of_list(parts: list[Any]) -> list[str]:
    """The lines a list of parts stands for, in its order; empty where most of it is something else."""
    left = [MAX_PARTS]
    return [line for part in parts for line in _lines(part, left, 0)]


def _lines(part: Any, left: list[int], depth: int) -> Iterator[str]:
    left[0] -= 1
    if left[0] < 0 or depth > MAX_DEPTH:
        return
    if isinstance(part, str):
        yield from lines_of_text(part)
    elif isinstance(part, list):
        yield from _together(part, left, depth)
    elif isinstance(part, dict) and not _is_beside(part):
        inner = next(
            (found for key in _PARTS if isinstance(found := part.get(key), dict | list) and found),
            None,
        )
        own = next((found for key in _OWN if isinstance(found := part.get(key), str) and found), "")
        if inner is not None and not own:
            yield from _lines(inner, left, depth + 1)
        else:
            yield from lines_of_text(own)


def _together(parts: list[Any], left: list[int], depth: int) -> Iterator[str]:
    """Marked words make one line; anything else a line each."""
    if not any(map(_is_inline, parts)):
        for part in parts:
            yield from _lines(part, left, depth + 1)
        return
    line = "".join(_words(part, left, depth + 1) for part in parts)
    yield from line.split("\n")


def _words(part: Any, left: list[int], depth: int) -> str:
    """What a part of a line says, its blanks kept."""
    left[0] -= 1
    if left[0] < 0 or depth > MAX_DEPTH:
        return ""
    if isinstance(part, str):
        return part
    if isinstance(part, list):
        return "".join(_words(one, left, depth + 1) for one in part)
    if not isinstance(part, dict):
        return ""
    for key in (*_OWN, *_PARTS):
        if isinstance(found := part.get(key), str | list) and found:
            return _words(found, left, depth + 1)
    return ""


def _kind(part: dict[str, Any]) -> str:
    return next((kind for key in _KIND if isinstance(kind := part.get(key), str)), "")


def _is_inline(part: Any) -> bool:
    """A word or two of a line, by what it is called or what hangs on it."""
    if not isinstance(part, dict):
        return False
    kind = _kind(part)
    if kind == "text":  # Arc calls its paragraphs so, too: they are HTML or sentences
        own = part.get("content")
        return not (isinstance(own, str) and ("<" in own or _STOP.search(own)))
    return (
        "marks" in part
        or "leaves" in part
        or (not kind and set(part) <= {"text", "bold", "italic"})
        or bool(kind and _INLINE.fullmatch(kind))
    )


def is_beside_by_kind(part: dict[str, Any]) -> bool:
    """Whether a part calls itself a picture, an advertisement, a pointer elsewhere."""
    kind = _kind(part)
    return bool(kind) and _BESIDE.search(kind[:80]) is not None


def _is_beside(part: dict[str, Any]) -> bool:
    """A picture, an advertisement, or another article announced: a headline with an address."""
    if is_beside_by_kind(part):
        return True
    return any(part.get(key) for key in _LINKS) and any(part.get(key) for key in _HEADS)
