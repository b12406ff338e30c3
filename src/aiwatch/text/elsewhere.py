"""An article's text where the page shows little of it: JSON-LD's articleBody, its live updates, script data."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from aiwatch.text.blocks import Blocks, width_of
from aiwatch.text.clean import clean_line, plain
from aiwatch.text.jsonld import Linked
from aiwatch.text.late import late
from aiwatch.text.state import Told, read_state

LITTLE: Final = 400
"""Width of shown text from which on no other place is searched: reading all scripts costs as much as the page."""
_ONE_RUN: Final = 1_200
"""Width of a paragraph that is none: no newspaper prints one as long."""
_SHORTEST_FOUND = 25
# Two paragraphs written on end: "… said the baker.From Monday on …", never "Node.js" or "U.S.Army".
_GLUED = late(
    r"(?<=[^\W\d_A-Z]{2}[.!?])(?=[A-ZÀ-ÖØ-Þ](?:[^\W\d_A-Z]| )|[“„«])|(?<=[.!?][”\"»])(?=[A-ZÀ-ÖØ-Þ“«])"
)


def text_elsewhere(
    shown: Sequence[str],
    width: int,
    page: Blocks,
    linked: Linked,
    markup: str,
    title: str,
    description: str,
) -> Told | None:
    """A text over twice as long as what is shown, of that width, with where it stood; None where the page is best."""
    enough = 2 * max(width, 200)
    for told in (
        _stated(linked.body, page) if width_of(linked.body) > enough else None,
        *_searched(shown, width, linked, markup, title, description),
    ):
        if told and told.width > enough:
            return told
    return None


def _searched(
    shown: Sequence[str], width: int, linked: Linked, markup: str, title: str, description: str
) -> Iterable[Told | None]:
    if width >= LITTLE:
        return
    yield _live(shown, linked.updates)
    yield read_state(markup, title, [description, *shown])


def _stated(body: str, page: Blocks) -> Told | None:
    if len(body) <= 400:
        return None
    lines = restored(plain(body), [block.text for block in page.blocks])
    return _told(lines, "json-ld articleBody: the page itself shows less")


def _live(shown: Sequence[str], updates: Sequence[str]) -> Told | None:
    """What the page shows before its entries, and these in the order given."""
    lines = [line for update in updates for line in plain(update).split("\n") if line]
    before = [line for line in shown if line not in set(lines)]
    return (
        _told([*before, *lines], "json-ld liveBlogUpdate: the page itself shows less")
        if lines
        else None
    )


def _told(lines: Sequence[str], where: str) -> Told:
    return Told(lines=tuple(lines), width=sum(map(width_of, lines)), where=where)


def restored(text: str, shown: Iterable[str]) -> list[str]:
    """The paragraphs of a text that was written in one run, told by where the page's own begin and end."""
    lines = text.split("\n")
    if max(map(width_of, lines)) <= _ONE_RUN:
        return lines
    known = [line for raw in shown if len(line := clean_line(raw)) >= _SHORTEST_FOUND]
    return [part for line in lines for part in _parted(line, known)]


def _parted(line: str, known: Sequence[str]) -> Iterable[str]:
    if width_of(line) <= _ONE_RUN:
        return [line]
    cuts = {found.start() for found in _GLUED.finditer(line)}
    cuts = cuts if len(cuts) > 1 else set()
    for one in known:
        at = line.find(one)
        if at >= 0:
            cuts |= {at, at + len(one)}
    edges = sorted(cuts | {0, len(line)})
    parts = (line[a:b].strip() for a, b in pairwise(edges))
    return [part for part in parts if part]
