"""What of a page is given to the parser: lexbor is quadratic in depth and in the attributes of one tag.

Measured with selectolax 1.0.2: `<div>` 20,000 deep 0.5 s; `<p><font size=N>` unclosed 4,000 times 7.6 s, because
every paragraph opens all of them again; 20,000 attributes on one tag 0.7 s; 250,000 stray `</p>`, each an element, 1.1 s
with all that is asked of elements later. A page is cut where it goes past a bound.
"""

from collections import Counter
from itertools import accumulate, islice
from typing import Final

from aiwatch.text.classwords import words
from aiwatch.text.late import late

MAX_CHARACTERS: Final = 3_000_000
MAX_DEPTH: Final = 1_000
MAX_FORMATTING: Final = 200
MAX_TAG_WORDS: Final = 1_000
MAX_TAGS: Final = 100_000
"""Of 1,893 benchmark pages the one with the most has 19,617, those in its scripts counted."""

_TAG = late(r"</?[a-zA-Z][^\s/>]*")
_STRIDE = 2 * MAX_TAG_WORDS  # characters: a tag of more words is longer
_QUOTED = late(r"\"[^\"]*\"|'[^']*'")
_LEAVES = words(
    "area base br col embed hr img input link meta param source track wbr p li dt dd "
    "option td th tr thead tbody tfoot path circle rect use g line polygon ellipse stop "
    "html body head"
)
_FORMATTING = words("b big code em font i s small strike strong tt u")


def within_bounds(html: str) -> tuple[str, str | None]:
    """The part of a page that can be parsed safely, and in words why the rest was cut."""
    why = None
    if len(html) > MAX_CHARACTERS:
        html, why = html[:MAX_CHARACTERS], f"cut after {MAX_CHARACTERS:,} characters"
    end = _stuffed_tag(html)
    if end is not None:
        html, why = html[:end], f"cut at a tag with over {MAX_TAG_WORDS:,} attributes"
    tags = _TAG.findall(html)
    if len(tags) > MAX_TAGS:
        end = _nth(html, MAX_TAGS)
        html, why = html[:end], f"cut after {MAX_TAGS:,} tags"
        del tags[MAX_TAGS:]
    counts = Counter(tags)
    steps = {tag: _STEPS.get(tag) or _step(tag) for tag in counts}
    end = _nth(html, _second_body(tags, counts))
    if end is not None:
        return html[:end], "cut at the second of many bodies, whose attributes would be merged"
    if _spread(tags, counts, steps) and (end := _nth(html, _last_safe(tags, steps))) is not None:
        return html[:end], "cut where the markup is nested too deep"
    return html, why


def _stuffed_tag(html: str) -> int | None:
    """Where a tag with too many attributes begins: only where no tag ends for long, told by a look back at each stride."""
    at = 0
    while len(html) - at >= _STRIDE:
        last = html.rfind(">", at, at + _STRIDE)
        if last < 0:
            last = html.find(">", at + _STRIDE)
            last = len(html) if last < 0 else last
            opening = html.rfind("<", at, last)
            if opening >= 0 and _is_stuffed(html[opening:last]) and not _in_script(html, opening):
                return opening
        at = last + 1
    return None


def _is_stuffed(tag: str) -> bool:
    if len(tag) <= _STRIDE or not tag[1].isalpha():
        return False
    return len(_QUOTED.sub("", tag).split(None, MAX_TAG_WORDS)) > MAX_TAG_WORDS


def _in_script(html: str, at: int) -> bool:
    near = max(0, at - 300_000)
    return html.rfind("<script", near, at) > html.rfind("</script", near, at)


def _second_body(tags: list[str], counts: Counter[str]) -> int | None:
    """Which tag is the second body, where there are far too many."""
    if counts["<body"] + counts["<html"] <= 100:
        return None
    return [n for n, tag in enumerate(tags) if tag in ("<body", "<html")][1]


def _step(tag: str) -> tuple[int, int]:
    """What a tag does to the depth, and to the number of open formatting elements; scripts are read as markup,
    which can only add."""
    name = tag.lstrip("</").lower()
    if name in _LEAVES:
        return 0, 0
    step = -1 if tag[1] == "/" else 1
    return (0, step) if name in _FORMATTING else (step, 0)


def _spread(tags: list[str], counts: Counter[str], steps: dict[str, tuple[int, int]]) -> bool:
    """Whether either count could pass its bound anywhere: its highest sum less its lowest (quick, and never too low)."""
    for which, bound in ((0, MAX_DEPTH), (1, MAX_FORMATTING)):
        step = {tag: both[which] for tag, both in steps.items()}
        if sum(number for tag, number in counts.items() if step[tag] > 0) <= bound:
            continue
        sums = list(accumulate(map(step.__getitem__, tags), initial=0))
        if max(sums) - min(sums) > bound:
            return True
    return False


def _last_safe(tags: list[str], steps: dict[str, tuple[int, int]]) -> int | None:
    """Which tag is the first to go past a bound."""
    depth = formatting = 0
    for n, tag in enumerate(tags):
        deeper, more = steps[tag]
        depth, formatting = max(0, depth + deeper), max(0, formatting + more)
        if depth > MAX_DEPTH or formatting > MAX_FORMATTING:
            return n
    return None


def _nth(html: str, n: int | None) -> int | None:
    """Where the n-th tag begins."""
    return None if n is None else next(islice(_TAG.finditer(html), n, None)).start()


_STEPS = {
    mark + name: _step(mark + name)
    for mark in ("<", "</")
    for name in (
        *_LEAVES,
        *_FORMATTING,
        *("a", "article", "aside", "button", "defs", "div", "figcaption", "figure", "footer", "form", "g", "h1", "h2"),
        *("h3", "h4", "h5", "iframe", "label", "main", "nav", "noscript", "ol", "picture", "script", "section", "span"),
        *("style", "sup", "svg", "table", "template", "time", "title", "ul", "video"),
    )
}  # fmt: skip
