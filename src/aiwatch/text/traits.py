"""What can be said of each block of a page, as small numbers: its words, its place, its neighbours.

Every trait is a choice out of a few (a width out of eight, a tag out of fourteen, often two of them at once), so that
a model of them is a table for each, and a score the sum of what stands in the tables.
"""

from bisect import bisect
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from aiwatch.text.blocks import NO_PLACE, Block, Blocks, Place, kinds_of
from aiwatch.text.classwords import UNWANTED
from aiwatch.text.late import late
from aiwatch.text.order import Order, order_of, slots_at
from aiwatch.text.scales import COUNTS, ENDS, KEPT, LINKS, SHARES, TAGS, WIDTHS, mark_of
from aiwatch.text.wording import WORDY, words_in

_SOUNDS = (1, 2, 4, 8)
MAX_SEARCHED: Final = 200_000
_ASCII_SOUNDS = ".,;!?"
_SOUND = late(r"[.,;!?。、，।؟]")


@dataclass(frozen=True, slots=True)
class Choice:
    """What the rules made of a page: weights of blocks, sums of places, the container, what was refused and kept."""

    weights: list[float]
    raw: list[float]
    mass: list[float]
    root: int
    inside: list[bool]
    unwanted: list[bool]
    kept: list[bool]


class Surroundings(NamedTuple):
    """What a place says of all blocks in it, so that it is worked out once."""

    place: int  # one that says so
    slots: tuple[int, ...]
    own: int
    near: int
    far: int


class Traits(NamedTuple):
    """The traits of one block: a number for each table, first its own, then those of its place; the class words of its
    places as bits, its own words."""

    slots: tuple[int, ...]
    around: Surroundings
    words: list[str]  # none of a wide block


def traits_of(page: Blocks, choice: Choice, title: str, stated: str) -> list[Traits | None]:
    """The traits of all blocks but the hopeless; `title` is the headline, `stated` the text that JSON-LD gives."""
    wanted = [n for n, block in enumerate(page.blocks) if not _is_hopeless(block, choice)]
    places = _Places(page, choice)
    places.look({page.blocks[n].place for n in wanted})
    whole = "\n".join([block.text for block in page.blocks])
    if len(whole) > MAX_SEARCHED:
        whole = ""
    order = _in_order(page, choice)
    out: list[Traits | None] = [None] * len(page.blocks)
    for n in wanted:
        block, width = page.blocks[n], order.widths[n]
        tag = TAGS.get(block.tag, 0)
        said = said_by(block.text) if block.width < WORDY else _said(block.text, [])
        slots = (
            *_own_slots(tag, order.rules[n] + 4 * choice.kept[n], width, order.links[n]),
            *_word_slots(block.text, said, tag, width, title, stated, whole),
            *slots_at(order, n, tag),
        )
        out[n] = Traits(slots, places.known[block.place], said.words)
    return out


def _is_hopeless(block: Block, choice: Choice) -> bool:
    """Menus and the like, outside the container: 46 % of the blocks of benchmark pages, 0.2 % of their text."""
    if choice.inside[block.place]:
        return False
    if choice.unwanted[block.place] and block.width < 50:
        return True
    return block.linked * 2 > len(block.text) and block.width < 160


def _in_order(page: Blocks, choice: Choice) -> Order:
    kept = sum(b.width for b, is_kept in zip(page.blocks, choice.kept, strict=True) if is_kept)
    share = choice.mass[choice.root] / (choice.raw[0] or 1.0)
    rules = [choice.inside[b.place] + 2 * choice.unwanted[b.place] for b in page.blocks]
    scale = bisect(SHARES, share) * 5 + bisect(KEPT, kept)
    return order_of(page.blocks, choice.weights, choice.kept, rules, scale)


def _own_slots(tag: int, rule: int, width: int, links: int) -> tuple[int, ...]:
    """What its length, its links, its tag and the rules say."""
    rules = rule * 8 + width
    return tag * 8 + width, links * 8 + width, rules, rule * 14 + tag, rule * 5 + links


class Said(NamedTuple):
    """What a text says by itself, on whatever page it stands."""

    end: int
    mark: int
    start: int  # with the end and the case
    sounds: int
    words: list[str]


@lru_cache(maxsize=2048)
def said_by(text: str) -> Said:
    """That of a short text: those of a site's own boxes come again on each of its pages."""
    return _said(text, words_in(text))


def _said(text: str, words: list[str]) -> Said:
    end, start = ENDS.get(text[-1], 0), text[0]
    first = 0 if start.isupper() else 1 if start.islower() else 2 if start.isdigit() else 3
    begins = (first * 4 + end) * 3 + _case_of(text)
    sounds = bisect(_SOUNDS, _sounds_in(text[:400]))
    return Said(end * 8, mark_of(words) * 8, begins, sounds * 8, words)


def _word_slots(
    text: str, said: Said, tag: int, width: int, title: str, stated: str, whole: str
) -> tuple[int, ...]:
    """What the words of a block alone say."""
    size = len(text)
    told = named = again = 0
    if stated and size > 20:
        told = 1 if text[:60] in stated else 2
    if title and size > 8:
        named = 1 if text == title else 2 if text in title or title in text else 0
    if whole and 30 < size < 400:
        again = min(2, whole.count(text[3:43]))
    return (
        said.end + width,
        said.mark + width,
        said.start,
        said.sounds + width,
        told * 8 + width,
        named * 14 + tag,
        again * 8 + width,
    )


def _case_of(text: str) -> int:
    """1: all capitals, 2: no letter has case."""
    if text.isupper():
        return 1
    start = text[0]
    plain = start.isascii() and start.isalpha()
    return 0 if plain or text.lower() != text.upper() else 2


def _sounds_in(text: str) -> int:
    """How many signs of prose there are."""
    if text.isascii():
        return sum(map(text.count, _ASCII_SOUNDS))
    return len(_SOUND.findall(text))


class _Places:
    """The surroundings of the places asked for, worked out from the top down."""

    def __init__(self, page: Blocks, choice: Choice) -> None:
        kinds = kinds_of(page.places)
        self.places = page.places
        self.choice = choice
        self.kinds = kinds
        self.alike = _kinds_of_place(page, choice, kinds)
        self.line: dict[int, int] = {}
        place = choice.root
        while place != NO_PLACE:
            self.line[place] = len(self.line)
            place = page.places[place].parent
        # Siblings of a kind, as one number: a kind is less than there are places.
        self.twin = [
            p.parent * len(kinds) + kind for p, kind in zip(page.places, kinds, strict=True)
        ]
        self.twins = Counter(self.twin)
        self.whole = choice.mass[0] or 1.0
        self.known: dict[int, Surroundings] = {}

    def look(self, wanted: set[int]) -> None:
        """Parents come before their children, so that what a parent has seen is at hand."""
        places, line = self.places, self.line
        above: dict[int, int] = {NO_PLACE: 0}  # flags of the place and all that it stands in
        # Article, main, highest refused, meeting.
        topics: dict[int, tuple[int, int, int, int]] = {NO_PLACE: (0, 0, NO_PLACE, 0)}
        alike: dict[tuple[int, ...], Surroundings] = {}
        article = next((n for n in line if places[n].tag == "article"), NO_PLACE)
        for n in self._with_ancestors(wanted):
            one = places[n]
            inside, main, called, meeting = topics[one.parent]
            if one.tag == "article":
                inside = 1 if n == article else 2
            elif one.tag == "main":
                main = 1
            if called == NO_PLACE and one.flags & UNWANTED:
                called = n
            if n in line:
                meeting = n
            topics[n] = inside, main, called, meeting
            above[n] = one.flags | above[one.parent]
            if n in wanted:
                plain = n not in line and called != n
                key = self._key(n) if plain else (n,)
                if key not in alike:
                    alike[key] = self._look(n, topics[n], above)
                self.known[n] = alike[key]

    def _key(self, n: int) -> tuple[int, ...]:
        """All in which the surroundings of two siblings may differ, as most paragraphs' do not."""
        choice = self.choice
        share = self._share(n) if choice.mass[n] else 0
        return self.twin[n], self.places[n].flags, share, choice.inside[n], choice.unwanted[n]

    def _with_ancestors(self, wanted: set[int]) -> list[int]:
        found = set(wanted)
        for n in wanted:
            up = self.places[n].parent
            while up != NO_PLACE and up not in found:
                found.add(up)
                up = self.places[up].parent
        return sorted(found)

    def _look(
        self, n: int, topics: tuple[int, int, int, int], above: dict[int, int]
    ) -> Surroundings:
        places, choice = self.places, self.choice
        inside, main, called, meeting = topics
        up = max(0, places[n].parent)
        grand = max(0, places[up].parent)
        third = max(0, places[grand].parent)
        fourth = max(0, places[third].parent)
        in_called = 0
        if called != NO_PLACE:
            in_called = 1 + bisect(SHARES, choice.raw[called] / (choice.raw[0] or 1.0))
        rule = choice.inside[n] + 2 * choice.unwanted[n]
        slots = (
            self._share(n) * 6 + self._share(up),
            self._share(grand) * 6 + self._share(fourth),
            (inside * 2 + main) * 4 + rule,
            min(7, self.line[meeting]) * 6
            + bisect(SHARES, choice.mass[choice.root] / (choice.mass[meeting] or 1.0)),
            in_called,
            self._twins(n) * 5 + self._twins(up),
            self._twins(grand) * 5 + self._twins(third),
            *self.alike[_kind_at(places, self.kinds, n)],
        )
        near = places[up].flags | places[grand].flags
        return Surroundings(n, slots, places[n].flags, near, above[third])

    def _share(self, n: int) -> int:
        return bisect(SHARES, self.choice.mass[n] / self.whole)

    def _twins(self, n: int) -> int:
        return bisect(COUNTS, self.twins[self.twin[n]] - 1)


def _kinds_of_place(
    page: Blocks, choice: Choice, kinds: Sequence[int]
) -> dict[int, tuple[int, ...]]:
    """For each kind of place: how much of the kept text stands in it, how linked it is, how much of it is good.

    A kind is the tag and the class names of a place and its parent, as one number.
    """
    places, many = page.places, len(kinds)
    sums: dict[int, list[float]] = {}
    total = 1.0
    for block, weight, kept in zip(page.blocks, choice.weights, choice.kept, strict=True):
        place = block.place
        key = kinds[place] * many + kinds[max(0, places[place].parent)]
        one = sums.get(key)
        if one is None:
            one = sums[key] = [0.0] * 5
        one[0] += 1
        one[1] += block.width
        one[2] += block.linked
        one[3] += weight
        if kept:
            one[4] += block.width
            total += block.width
    return {
        key: (
            bisect(SHARES, kept / total) * 5 + bisect(LINKS, linked / width),
            bisect(SHARES, good / width) * 5 + bisect(COUNTS, count - 1),
            bisect(SHARES, kept / width) * 8 + bisect(WIDTHS, width / count),
        )
        for key, (count, width, linked, good, kept) in sums.items()
    }


def _kind_at(places: Sequence[Place], kinds: Sequence[int], n: int) -> int:
    return kinds[n] * len(kinds) + kinds[max(0, places[n].parent)]
