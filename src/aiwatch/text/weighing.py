"""How likely each block of a page is the article's: two linear models, the second over what the first says of its
neighbours.

The weights are data/blocks.json, made by benchmarks/train_blocks.py from public benchmark pages.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from aiwatch.text.blocks import Blocks
from aiwatch.text.neighbours import chance, second_look
from aiwatch.text.traits import Choice, Traits, traits_of

MOST_VALUES: Final = 256
"""No trait takes as many values."""


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


@cache
def _model() -> _Model:
    data = resources.files("aiwatch.text").joinpath("data", "blocks.json").read_text("utf-8")
    read = json.loads(data)
    return _Model(
        first=_table(read["first"]),
        second=_table(read["second"]),
        around=_filled(read["around"]),
        carry=read["carry"],
    )


def _table(read: dict[str, Any]) -> _Table:
    return _Table(**(read | {"slots": _filled(read["slots"])}))


def _filled(slots: list[list[float]]) -> list[list[float]]:
    """Zeros for the values that no page had when the weights were made."""
    return [row + [0.0] * (MOST_VALUES - len(row)) for row in slots]


def _bits(weights: list[float], mask: int) -> float:
    return sum(weight for n, weight in enumerate(weights) if mask >> n & 1)


def _sums(table: _Table, traits: list[Traits]) -> list[float]:
    words: dict[tuple[int, int, int], float] = {}
    out = []
    for one in traits:
        key = (one.own, one.near, one.far)
        named = words.get(key)
        if named is None:
            masks = zip((table.own, table.near, table.far), key, strict=True)
            named = words[key] = table.bias + sum(_bits(*pair) for pair in masks)
        out.append(named + sum(map(list.__getitem__, table.slots, one.slots)))
    return out


def scores_of(page: Blocks, choice: Choice, title: str, stated: str) -> list[float]:
    """For each block, the log-odds that it belongs to the article."""
    model = _model()
    traits = traits_of(page, choice, title, stated)
    first = _sums(model.first, traits)
    again = second_look(page, traits, first)
    return [
        own + score * model.carry + sum(map(list.__getitem__, model.around, around))
        for own, score, around in zip(_sums(model.second, traits), first, again, strict=True)
    ]


def best_cut(scores: list[float], widths: list[int]) -> float:
    """The score from which on blocks are kept, so that the expected F1 of the text is highest.

    Where a page is clear this is about even odds; where all is doubtful the doubtful is kept too.
    """
    chances = [chance(score) for score in scores]
    whole = sum(p * width for p, width in zip(chances, widths, strict=True))
    best, cut, good, taken = -1.0, 0.0, 0.0, 0
    for n in sorted(range(len(scores)), key=scores.__getitem__, reverse=True):
        good += chances[n] * widths[n]
        taken += widths[n]
        expected = good / (taken + whole or 1.0)
        if expected > best:
            best, cut = expected, scores[n]
    return cut
