"""The headline as printed: which of a page's titles, and without the outlet's name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aiwatch.text.clean import clean_line, plain

_SEPARATOR = re.compile(r"\s+(?:[|·•»«]|[-–—]{1,2}|::|/|>)\s+|\s*[|｜]\s*|\s+[-–—]\s*$")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Titles:
    """The titles a page carries."""

    linked: str = ""  # JSON-LD headline
    og: str = ""
    twitter: str = ""
    h1: Sequence[str] = ()
    title: str = ""  # the title element


def stated(text: str) -> str:
    """A text that a site wrote for machines, on one line: the markup and entities in it are read.

    More than once where need be: `<textarea>` and its like hold markup as text.
    """
    for _ in range(4):
        before, text = text, clean_line(plain(text))
        if text == before or not ("<" in text or "&" in text):
            return text
    return text.partition("<")[0].strip()


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))


def alike(one: str, other: str) -> float:
    """How much of the words two titles share, 0 to 1."""
    a, b = _words(one), _words(other)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def without_site(title: str, names: Sequence[str]) -> str:
    """The title less a leading or trailing part that is the outlet's name, or a host that stands for it."""
    squeezed = {_squeeze(name) for name in names if name}
    for _ in range(3):
        gaps = list(_SEPARATOR.finditer(title))
        if not gaps:
            break
        head, tail = title[: gaps[0].start()], title[gaps[-1].end() :]
        if _is_site(tail, squeezed):
            title = title[: gaps[-1].start()]
        elif _is_site(head, squeezed):
            title = title[gaps[0].end() :]
        else:
            break
    return title.strip()


def _squeeze(name: str) -> str:
    return re.sub(r"^(?:www|the)|[\W_]|(?:com|org|net|de|couk)$", "", name.casefold())


def _is_site(part: str, squeezed: set[str]) -> bool:
    own = _squeeze(part)
    if not own:
        return True
    return any(
        own == name or (len(own) > 3 and len(name) > 3 and (own in name or name in own))
        for name in squeezed
    )


def choose_title(titles: Titles, site_names: Sequence[str]) -> tuple[str, str]:
    """The headline and which evidence it came from."""
    machine = [
        (without_site(stated(text), site_names), how)
        for text, how in (
            (titles.linked, "json-ld"),
            (titles.og, "og:title"),
            (titles.twitter, "twitter:title"),
            (titles.title, "title element"),
        )
        if text.strip()
    ]
    shown = [clean_line(text) for text in titles.h1]
    best = (
        max(
            (
                (max(alike(text, other) for other, _ in machine), -n, text)
                for n, text in enumerate(shown)
                if text
            ),
            default=None,
        )
        if machine
        else None
    )
    if best and best[0] >= 0.6:
        return without_site(best[2], site_names), "h1"
    if machine:
        return machine[0]
    text = next((text for text in shown if text), "")
    return (text, "h1") if text else ("", "nothing found")
