"""An article that a page shows only by its scripts: found in the data they carry, and checked against the page.

Data of a page holds other articles too, so a text counts only where something ties it to this page: the headline of
the object it stands in, or words that the page's description, its shown lines or its headline share with it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from selectolax.lexbor import LexborHTMLParser

from aiwatch.text.blocks import read_blocks, width_of
from aiwatch.text.body import choose_body
from aiwatch.text.clean import clean_line, plain
from aiwatch.text.embedded import Embedded, Script, as_markup, read_scripts, split_scripts
from aiwatch.text.late import late
from aiwatch.text.state_parts import (
    good_width,
    is_beside_by_kind,
    lines_of_list,
    lines_of_text,
    size_of,
)

MAX_VALUES: Final = 200_000
"""Objects, lists and texts of all data that are looked at."""
LEAST_TITLED: Final = 300
LEAST: Final = 500
"""Width of a text under a headline of its own that is the page's, and of one that is tied to it by words only."""
TIED: Final = 0.6
"""Share of a description's or headline's pieces that must stand in the text."""
_MOST_MEASURED = 2_000
_MOST_READ = 5  # of the candidates, the longest

_TITLES = ("headline", "title", "name", "seoTitle", "seo_title", "headlines", "heading")
_BODIES = late(
    r"body|content|text|html|paragraph|block|element|component|children|node|section|value|copy|document|story|data",
    re.IGNORECASE,
)
# Keys under which other articles, or what other people wrote, stand.
_BESIDE = late(
    r"relat|recommend|comment|teaser|trend|latest|popular|most_?(?:read|view)|(?:^|_)(?:next|prev|more|also)(?:$|_|[A-Z])"
    r"|promo|sidebar|newsletter|footer|nav|menu|breadcrumb|caption|author|byline|legal|cookie|consent|translation|i18n|locale|messages",
    re.IGNORECASE,
)
_POINTER = late(r"\$([0-9a-f]{1,6})\Z")
# The keys of bodies, as data and code write them; most scripts of most pages are measuring and advertising.
_HOLDS_TEXT = late(
    r"(?:[bB]ody|[cC]ontents?|text|html|paragraphs|blocks|elements|sections|nodes|children|article|story)"
    r"\\?[\"']?\s{0,3}:\s{0,3}[\[{\"\\]|__NUXT|__next_f"
)
# Most texts are short, which the look ahead sees at once.
_LITERAL = late(r":\s{0,9}\"(?![^\"\\\n]{0,299}+\")((?:[^\"\\\n]|\\.){300,})\"")
_KEY = late(r"([\w$]+)[\"']?\s*\Z")
_ALNUM = late(r"\W+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A text out of data, and in words where it stood and why it is believed."""

    lines: tuple[str, ...]
    width: int
    where: str
    whole: bool = True


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a value stands: its key, what is around it, and the headline of the nearest object that has one."""

    path: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    part: bool = False  # one of a list of parts, below that headline


@dataclass(frozen=True, slots=True)
class _Page:
    """What ties a text to the page."""

    title: str
    said: tuple[str, ...]


def read_state(markup: str, title: str, said: Sequence[str]) -> Told | None:
    """The article in a page's script data; `said` is its description and what it shows by itself."""
    if not _HOLDS_TEXT.search(markup):
        return None
    _, scripts = split_scripts(markup)
    scripts = [one for one in scripts if len(one.code) > LEAST_TITLED and "ld+json" not in one.type]
    if not scripts:
        return None
    page = _Page(title, tuple(text for text in said if width_of(text) >= 40))
    found = read_scripts(scripts, [])
    told = list(_told(_candidates(found), page))
    if not told:
        told = list(_told((one for script in scripts for one in _literals(script)), page))
    if not told and (streamed := _streamed(found, page)):
        told = [streamed]
    return max(told, key=lambda one: (one.whole, one.width), default=None)


# ---------------------------------------------------------------- where texts stand


def _candidates(found: Embedded) -> Iterator[tuple[_Spot, Any]]:
    """Long texts and lists of parts under the keys of bodies."""
    values = [*found.rows, *map(_revived, found.flat), *found.states]
    stack: list[tuple[_Spot, Any]] = [(_Spot(), value) for value in values[::-1]]
    seen = 0
    while stack and seen < MAX_VALUES:
        seen += 1
        spot, value = stack.pop()
        if isinstance(value, str):
            pointed = _POINTER.match(value)
            value = found.texts.get(pointed[1], value) if pointed else value
            if len(value) >= 100 and width_of(value) >= LEAST_TITLED and _is_body(spot):
                yield spot, value
        elif isinstance(value, list):
            if len(value) > 1 and _is_body(spot) and not any(map(_is_element, (value, *value))):
                yield spot, value
            part = _Spot(spot.path, spot.titles, part=True)
            stack.extend((part, one) for one in value[::-1] if isinstance(one, dict | list))
        elif isinstance(value, dict):
            stack.extend(_inside(spot, value))


def _is_element(value: Any) -> bool:
    """One of React's own (`["$", "p", …]`), which stand for markup."""
    return isinstance(value, list) and value[:1] == ["$"]


def _inside(spot: _Spot, value: dict[str, Any]) -> Iterator[tuple[_Spot, Any]]:
    if is_beside_by_kind(value):
        return
    own = tuple(_titles(value))
    for key in reversed(value):
        if isinstance(inner := value[key], dict | list | str) and not _is_beside(key):
            path = (*spot.path[-5:], key)
            yield _Spot(path, own or spot.titles, part=spot.part and not own), inner


def _titles(value: dict[str, Any]) -> Iterator[str]:
    """The headlines an object has, also where they are objects of their own (`{"basic": …}`)."""
    for key in _TITLES:
        said = value.get(key)
        for one in said.values() if isinstance(said, dict) else (said,):
            if isinstance(one, str) and 8 <= len(one) <= 400:
                yield one


def _is_body(spot: _Spot) -> bool:
    return bool(spot.path) and _names_a_body(spot.path[-1])


@lru_cache(maxsize=1024)
def _names_a_body(key: str) -> bool:
    return _BODIES.search(key[:80]) is not None


@lru_cache(maxsize=1024)
def _is_beside(key: str) -> bool:
    return _BESIDE.search(key[:80]) is not None


def _literals(script: Script) -> Iterator[tuple[_Spot, str]]:
    """Long texts under the keys of bodies, in a script that is code and no data by itself."""
    matches = [] if "__next_f" in script.code else list(_LITERAL.finditer(script.code))
    found = read_scripts([script], []) if matches else Embedded()
    if found.states or found.flat:
        return
    for match in matches:
        key = _KEY.search(script.code[max(0, match.start() - 40) : match.start()])
        spot = _Spot((key[1],)) if key else _Spot()
        if key and _is_body(spot) and not _is_beside(key[1]):
            yield spot, _unescaped(match[1])


def _unescaped(text: str) -> str:
    """What a script means by \\u003c and \\n."""
    short = {"n": "\n", "t": " ", "r": " ", "b": "", "f": ""}
    return re.sub(
        r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))",
        lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else short.get(m[3], m[3]),
        text,
    )


def _revived(flat: list[Any]) -> Any:
    """Nuxt's list put together again: figures in its objects and lists are places of the list."""
    left = [50_000]

    def at(place: Any, depth: int) -> Any:
        left[0] -= 1
        if not isinstance(place, int) or not 0 <= place < len(flat) or depth > 30 or left[0] < 0:
            return None
        value = flat[place]
        if isinstance(value, dict):
            return {key: at(inner, depth + 1) for key, inner in value.items()}
        if isinstance(value, list):
            if value and isinstance(value[0], str):  # ["Reactive", 4]
                return at(value[1], depth + 1) if len(value) > 1 else None
            return [at(inner, depth + 1) for inner in value]
        return value

    return at(0, 0)


# ---------------------------------------------------------------- whether one is the page's


def _told(candidates: Iterable[tuple[_Spot, Any]], page: _Page) -> Iterator[Told]:
    some = islice(candidates, _MOST_MEASURED)
    for spot, value in sorted(some, key=lambda one: -size_of(one[1]))[:_MOST_READ]:
        lines = lines_of_text(value) if isinstance(value, str) else lines_of_list(value)
        if told := _checked(lines, spot, page):
            yield told


def _checked(lines: Iterable[str], spot: _Spot, page: _Page) -> Told | None:
    kept = tuple(line for raw in lines if (line := clean_line(raw)) and line != page.title)
    good = good_width(kept)
    why = _tie(kept, spot, page) if good >= LEAST_TITLED else ""
    if not why or (good < LEAST and why != "under its headline"):
        return None
    where = ".".join(spot.path[-3:])
    return Told(
        lines=kept,
        width=sum(map(width_of, kept)),
        where=f"script data {where}, {why}",
        whole=not spot.part,
    )


def _tie(lines: Sequence[str], spot: _Spot, page: _Page) -> str:
    """What ties a text to the page, in words; empty for nothing."""
    if any(_alike(plain(title), page.title) for title in spot.titles):
        return "under its headline"
    text = _pieces("\n".join(lines))
    if any(_share(said, text) >= TIED for said in page.said):
        return "in the words of its description"
    start = _pieces("\n".join(lines)[:1500])
    if not spot.titles and _share(page.title, start) >= TIED:
        return "in the words of its headline"
    return ""


def _alike(one: str, other: str) -> bool:
    a, b = (_ALNUM.sub("", text).casefold() for text in (one, other))
    shorter, longer = sorted((a, b), key=len)
    return len(shorter) >= 4 and (a == b or (len(shorter) >= 12 and shorter in longer))


def _pieces(text: str) -> frozenset[str]:
    """A text cut small, whatever its script: four letters, or two where two are a word."""
    bare = _ALNUM.sub("", text).casefold()
    size = 2 if width_of(bare) > 1.5 * len(bare) else 4
    return frozenset(bare[n : n + size] for n in range(max(0, len(bare) - size + 1)))


def _share(said: str, text: frozenset[str]) -> float:
    pieces = _pieces(said)
    return len(pieces & text) / len(pieces) if len(pieces) >= 8 else 0.0


def _streamed(found: Embedded, page: _Page) -> Told | None:
    """What React's stream would show, read as a page."""
    markup = as_markup(found.rows)
    if len(markup) < LEAST:
        return None
    tree = LexborHTMLParser(markup.encode("utf-8", "replace"))
    if tree.body is None:
        return None
    body = choose_body(read_blocks(tree.body), page.title)
    return _checked(body.lines, _Spot(("React's stream",)), page)
