"""How likely each block of a page is the article's: two linear models, the second over what the first says of its
neighbours.

The weights are data/blocks.json, made by benchmarks/train_blocks.py from public benchmark pages.
"""

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Final, NamedTuple

from aiwatch.text.blocks import NO_PLACE, Blocks
from aiwatch.text.neighbours import chances, second_look
from aiwatch.text.traits import Choice, Surroundings, Traits, said_by, traits_of
from aiwatch.text.wording import DEPTH, names_in

MOST_VALUES: Final = 256
"""No trait takes as many values."""
HOPELESS: Final = -8.0
"""The score of a block that is not looked at; those that are seldom fall below."""
EVENED: Final = 0.6
"""How far the lines of a list or table go with their mean: each alone says little (wcxb F1 +.001, fundus +.002)."""
LEAST: Final = -0.6
"""Where something on the page is sure, nothing less likely than this is kept (fundus +.001, the others even)."""
_SURE = 1.0
_AT = list[float].__getitem__
_LISTS = frozenset(["ul", "ol", "table", "dl"])
_LONG_LINE = 60  # characters; a table whose cells are longer on average only lays out the page

Pair = tuple[int, int]
"""What a word weighs in the first model and in the second, in hundredths: sums of integers need no order."""


@dataclass(frozen=True, slots=True)
class _Table:
    """Weights by slot and value, and by class word of the place itself, the two above it and all above those."""

    slots: list[list[float]]
    own: list[float]
    near: list[float]
    far: list[float]
    bias: float


@dataclass(frozen=True, slots=True)
class _Model:
    first: _Table
    second: _Table
    around: list[list[float]]
    carry: float
    words: dict[str, Pair]
    names: list[dict[str, Pair]]  # of the place, its parent, its grandparent


@cache
def read_weights() -> _Model:
    """The model, read once in a process."""
    data = resources.files("aiwatch.text").joinpath("data", "blocks.json").read_text("utf-8")
    read = json.loads(data)
    return _Model(
        first=_table(read["first"]),
        second=_table(read["second"]),
        around=_filled(read["around"]),
        carry=read["carry"],
        words=_pairs(read["words"]),
        names=[_pairs(table) for table in read["names"]],
    )


def _table(read: dict[str, Any]) -> _Table:
    return _Table(**(read | {"slots": _filled(read["slots"])}))


def _filled(slots: list[list[float]]) -> list[list[float]]:
    """Zeros for the values that no page had when the weights were made."""
    return [row + [0.0] * (MOST_VALUES - len(row)) for row in slots]


def _pairs(table: dict[str, list[int]]) -> dict[str, Pair]:
    return {word: (first, second) for word, (first, second) in table.items()}


def _bits(weights: list[float], mask: int) -> float:
    return sum(weight for n, weight in enumerate(weights) if mask >> n & 1)


class _Around(NamedTuple):
    """What a place weighs by one table: its class words, then its names in hundredths, then its traits in order."""

    classes: float
    names: int
    traits: list[float]


def _sums(model: _Model, page: Blocks, traits: list[Traits | None]) -> tuple[list[float], ...]:
    """The scores by the first table and by the second, of a block's traits, its words and those around it.

    What the place says is looked up once for all blocks in it, and added in the order in which it was when the weights
    were made: floats of another order are others.
    """
    known: dict[int, tuple[_Around, _Around]] = {}
    rows, rows_again = model.first.slots, model.second.slots
    first, second = [HOPELESS] * len(traits), [HOPELESS] * len(traits)
    for n, (one, block) in enumerate(zip(traits, page.blocks, strict=True)):
        if one is None:
            continue
        slots, around, words = one
        both = known.get(around.place)
        if both is None:
            both = known[around.place] = _around(model, page, around, len(slots))
        (classes, own, place), (classes_again, again, place_again) = both
        if words:
            told = _told(block.text)
            own += told[0]
            again += told[1]
        first[n] = classes + own / 100 + sum(place, sum(map(_AT, rows, slots)))
        second[n] = classes_again + again / 100 + sum(place_again, sum(map(_AT, rows_again, slots)))
    return first, second


@lru_cache(maxsize=4096)
def _told(text: str) -> Pair:
    """What the words of a short text weigh."""
    weights = read_weights().words
    first = second = 0
    for word in weights.keys() & said_by(text).words:
        pair = weights[word]
        first += pair[0]
        second += pair[1]
    return first, second


def _around(
    model: _Model, page: Blocks, around: Surroundings, before: int
) -> tuple[_Around, _Around]:
    """What a place weighs by both tables; `before`: how many traits of a block's own come before those of its place."""
    classes, again = _classes(around.own, around.near, around.far)
    names, names_again = _names_around(page, around.place)
    rows, rows_again = model.first.slots[before:], model.second.slots[before:]
    return (
        _Around(classes, names, list(map(_AT, rows, around.slots))),
        _Around(again, names_again, list(map(_AT, rows_again, around.slots))),
    )


@lru_cache(maxsize=4096)
def _classes(*masks: int) -> tuple[float, float]:
    """What class words weigh by both tables: of a place, of the two above it, of all above those."""
    model = read_weights()
    first, second = (
        table.bias + sum(map(_bits, (table.own, table.near, table.far), masks))
        for table in (model.first, model.second)
    )
    return first, second


def _names_around(page: Blocks, n: int) -> Pair:
    """What the names of a place and of the two around it weigh."""
    first = second = 0
    for depth in range(DEPTH):
        if n == NO_PLACE:
            break
        place = page.places[n]
        pair = _named(depth, place.tag, place.name)
        first += pair[0]
        second += pair[1]
        n = place.parent
    return first, second


@lru_cache(maxsize=8192)
def _named(depth: int, tag: str, name: str) -> Pair:
    table = read_weights().names[depth]
    found = [table[name] for name in names_in(tag, name) & table.keys()]
    return sum(one[0] for one in found), sum(one[1] for one in found)


def scores_of(page: Blocks, choice: Choice, title: str, stated: str) -> list[float]:
    """For each block, the log-odds that it belongs to the article."""
    model = read_weights()
    traits = traits_of(page, choice, title, stated)
    first, second = _sums(model, page, traits)
    again = second_look(page, traits, first)
    scores = [
        own + score * model.carry + sum(map(_AT, model.around, around)) if around else HOPELESS
        for own, score, around in zip(second, first, again, strict=True)
    ]
    return evened(page, scores)


def evened(page: Blocks, scores: list[float]) -> list[float]:
    """The scores with those of each list and table drawn to their mean, as lines of one list are kept or left."""
    inside: list[int] = []  # the list that a place stands in; a table's cells are the outer table's
    if _LISTS.isdisjoint(place.tag for place in page.places):
        return scores
    for n, place in enumerate(page.places):
        above = inside[place.parent] if place.parent != NO_PLACE else NO_PLACE
        opens = place.tag in _LISTS and (above == NO_PLACE or page.places[above].tag != "table")
        inside.append(n if opens else above)
    lines: dict[int, list[int]] = {}
    for n, block in enumerate(page.blocks):
        if (one := inside[block.place]) != NO_PLACE:
            lines.setdefault(one, []).append(n)
    out = list(scores)
    for members in lines.values():
        widths = [page.blocks[n].width for n in members]
        if len(members) > 1 and sum(widths) <= _LONG_LINE * len(members):
            weights = [min(_LONG_LINE, max(1, width)) for width in widths]
            mean = sum(w * scores[n] for w, n in zip(weights, members, strict=True)) / sum(weights)
            for n in members:
                out[n] += EVENED * (mean - scores[n])
    return out


def best_cut(scores: list[float], widths: list[int]) -> float:
    """The score from which on blocks are kept, so that the expected F1 of the text is highest.

    Where a page is clear this is about even odds; where all is doubtful the doubtful is kept too.
    """
    likely = chances(scores)
    whole = sum([p * width for p, width in zip(likely, widths, strict=True)])
    best, cut, good, taken = -1.0, 0.0, 0.0, 0
    for n in sorted(range(len(scores)), key=scores.__getitem__, reverse=True):
        good += likely[n] * widths[n]
        taken += widths[n]
        expected = good / (taken + whole or 1.0)
        if expected > best:
            best, cut = expected, scores[n]
    return max(cut, LEAST) if max(scores, default=0.0) > _SURE else cut
