"""What of a page is given to the parser: lexbor is quadratic in depth and in the attributes of one tag.

Measured with selectolax 1.0.2: `<div>` 20,000 deep 0.5 s; `<p><font size=N>` unclosed 4,000 times 7.6 s, because
every paragraph opens all of them again; 20,000 attributes on one tag 0.7 s. A page is cut where it goes past a bound.
"""

import re
from typing import Final

from aiwatch.text.classwords import words

MAX_CHARACTERS: Final = 3_000_000
MAX_DEPTH: Final = 1_000
MAX_FORMATTING: Final = 200
MAX_TAG_WORDS: Final = 1_000

_TAG = re.compile(r"</?[a-zA-Z][^\s/>]*")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_LEAVES = words(
    "area base br col embed hr img input link meta param source track wbr p li dt dd "
    "option td th tr thead tbody tfoot path circle rect use g line polygon ellipse stop "
    "html body head"
)
_FORMATTING = words("b big code em font i s small strike strong tt u")


def within_bounds(html: str) -> tuple[str, str | None]:
    """The part of a page that can be parsed safely, and in words why the rest was cut."""
    if len(html) > MAX_CHARACTERS:
        html, why = html[:MAX_CHARACTERS], f"cut after {MAX_CHARACTERS:,} characters"
    else:
        why = None
    end = _stuffed_tag(html)
    if end is not None:
        html, why = html[:end], f"cut at a tag with over {MAX_TAG_WORDS:,} attributes"
    if html.count("<") > MAX_FORMATTING and _too_deep(html):
        html, why = html[: _depth_end(html)], "cut where the markup is nested too deep"
    return html, why


def _stuffed_tag(html: str) -> int | None:
    """Where a tag with too many attributes begins."""
    if (
        html.count("<html") + html.count("<body") > 100
    ):  # their attributes are merged into one element
        return html.find("<body", html.find("<body") + 1)
    pieces = html.split(">")
    for n in [n for n, size in enumerate(map(len, pieces)) if size > 2 * MAX_TAG_WORDS]:
        opening = pieces[n].rfind("<")
        if opening >= 0 and _is_stuffed(pieces[n][opening:]):
            at = opening + n + sum(map(len, pieces[:n]))
            if not _in_script(html, at):
                return at
    return None


def _is_stuffed(tag: str) -> bool:
    if len(tag) <= 2 * MAX_TAG_WORDS or not tag[1].isalpha():
        return False
    return len(_QUOTED.sub("", tag).split(None, MAX_TAG_WORDS)) > MAX_TAG_WORDS


def _in_script(html: str, at: int) -> bool:
    near = max(0, at - 300_000)
    return html.rfind("<script", near, at) > html.rfind("</script", near, at)


def _too_deep(html: str) -> bool:
    """Whether tags opened and not closed ever pass a bound; scripts are read as markup, which can only add."""
    tags = _TAG.findall(html)
    return _last_safe(tags) < len(tags)


def _last_safe(tags: list[str]) -> int:
    depth = formatting = 0
    for n, tag in enumerate(tags):
        step = _STEPS.get(tag)
        if step is None:
            step = _step(tag)
        if step > 1 or step < -1:
            formatting = max(0, formatting + (1 if step > 0 else -1))
            if formatting > MAX_FORMATTING:
                return n
        elif step:
            depth = max(0, depth + step)
            if depth > MAX_DEPTH:
                return n
    return len(tags)


def _step(tag: str) -> int:
    """What a tag does: 0 for one that cannot nest, 2 for formatting, negative where it closes."""
    name = tag.lstrip("</").lower()
    if name in _LEAVES:
        return 0
    return (2 if name in _FORMATTING else 1) * (-1 if tag[1] == "/" else 1)


_STEPS = {
    opening + name: _step(opening + name)
    for name in (
        *_LEAVES,
        *_FORMATTING,
        "div",
        "a",
        "span",
        "ul",
        "section",
        "article",
        "script",
        "svg",
        "button",
    )
    for opening in ("<", "</")
}


def _depth_end(html: str) -> int:
    spans = [(found.start(), found.group()) for found in _TAG.finditer(html)]
    return spans[_last_safe([tag for _, tag in spans])][0]
