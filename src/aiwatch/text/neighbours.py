"""The second look at the blocks of a page: what the first one's scores say of the blocks around each."""

import math
from bisect import bisect
from collections.abc import Sequence
from typing import Final

from aiwatch.text.blocks import HEADINGS, NO_PLACE, Blocks
from aiwatch.text.scales import KEPT, SHARES
from aiwatch.text.traits import Traits

LEVELS: Final = (-6, -4, -3, -2, -1, -0.4, 0, 0.4, 1, 2, 3, 5)
_PARTS = (0.05, 0.25, 0.5, 0.75, 0.95)
_FAR = 30.0
_NEAR = 5
_LENGTH = 0  # which of a block's own traits is its tag times eight and its width
_RULE = 2  # which of a block's own traits holds what the rules made of it, times eight


def chance(score: float) -> float:
    """The probability a score stands for."""
    if -_FAR < score < _FAR:
        return 1 / (1 + math.exp(-score))
    return 1 / (1 + math.exp(-_FAR if score > 0 else _FAR))


def chances(scores: Sequence[float]) -> list[float]:
    """The probabilities that scores stand for; a score that many blocks have is worked out once."""
    known = {score: chance(score) for score in set(scores)}
    return list(map(known.__getitem__, scores))


def second_look(
    page: Blocks, first: list[Traits | None], scores: list[float]
) -> list[tuple[int, ...]]:
    """More traits of all blocks that have some, in the manner of `traits_of`."""
    blocks = page.blocks
    levels = {score: bisect(LEVELS, score) for score in set(scores)}  # the hopeless all have one
    bins = list(map(levels.__getitem__, scores))
    masses = [b.width * p for b, p in zip(blocks, chances(scores), strict=True)]
    total = sum(masses) or 1.0
    groups = _groups(page, masses)
    size = bisect(KEPT, total)
    last = len(blocks) - 1
    sofar = 0.0
    out: list[tuple[int, ...]] = []
    for n, (known, mass) in enumerate(zip(first, masses, strict=True)):
        if known is None:
            out.append(())
            sofar += mass
            continue
        tag, width = divmod(known.slots[_LENGTH], 8)
        level, before, after = bins[n], bins[max(0, n - 1)], bins[min(last, n + 1)]
        parent, grandparent, kind, heading = groups[n]
        near = sum(masses[max(0, n - _NEAR) : n + _NEAR + 1])
        by_13, by_6 = level * 13, level * 6
        out.append(
            (
                level * 14 + tag,
                by_13 + before,
                by_13 + after,
                before * 13 + after,
                bins[max(0, n - 2)] * 13 + bins[min(last, n + 2)],
                by_6 + parent,
                by_6 + grandparent,
                by_6 + kind,
                by_6 + heading,
                by_6 + bisect(SHARES, sofar / total),
                by_6 + bisect(SHARES, (total - sofar - mass) / total),
                level * 8 + known.slots[_RULE] // 8,
                level * 8 + width,
                by_6 + bisect(SHARES, near / total),
                tag * 13 + after,
                level * 5 + size,
            )
        )
        sofar += mass
    return out


def _groups(page: Blocks, masses: list[float]) -> list[tuple[int, ...]]:
    """How much of the text beside each block is taken for the article: in the same parent and grandparent, in places
    of the same kind, under the same heading."""
    widths = [block.width for block in page.blocks]
    return list(zip(*(_parts(keys, masses, widths) for keys in _keys(page)), strict=True))


def _parts(keys: list[int], masses: list[float], widths: list[int]) -> list[int]:
    """For each block, what part of the text of its group is good."""
    good = [0.0] * (max(keys) + 1)
    whole = [0] * len(good)
    for key, mass, width in zip(keys, masses, widths, strict=True):
        good[key] += mass
        whole[key] += width
    parts = [bisect(_PARTS, mass / (width or 1)) for mass, width in zip(good, whole, strict=True)]
    return [parts[key] for key in keys]


def _keys(page: Blocks) -> tuple[list[int], ...]:
    """Each block's group of four sorts: its place's parent and grandparent, the kind of its place, the heading over it."""
    places = page.places
    kinds: dict[tuple[str, str, str | None], int] = {}
    rows = []
    known: dict[int, tuple[int, int, int]] = {}
    head = 0
    for n, block in enumerate(page.blocks):
        if block.tag in HEADINGS:
            head = n
        three = known.get(block.place)
        if three is None:
            place = places[block.place]
            above = places[place.parent] if place.parent != NO_PLACE else None
            kind = place.tag, place.name, above.name if above else None
            number = kinds.setdefault(kind, len(kinds))
            three = place.parent + 1, above.parent + 1 if above else 0, number
            known[block.place] = three
        rows.append((*three, head))
    return tuple(map(list, zip(*rows, strict=True)))
