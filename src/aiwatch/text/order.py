"""What the order of a page's blocks says of each: before or after what, beside what, under which heading."""

from bisect import bisect
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from aiwatch.text.blocks import HEADINGS, Block
from aiwatch.text.scales import COUNTS, ENDS, LINKS, STEPS, WIDTHS, mark_of
from aiwatch.text.tail_words import FAQ, RELATED, RELATED_AT_END
from aiwatch.text.wording import words_in

_HEAD_KINDS = dict.fromkeys(RELATED_AT_END, 4) | dict.fromkeys(FAQ, 3) | dict.fromkeys(RELATED, 2)
_SIGNS = "©@#"  # that count as words, but not in a heading


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A page's blocks in order, each measured once; `rules` and `scale` are what the rules made of block and page."""

    blocks: Sequence[Block]
    kept: Sequence[bool]
    rules: Sequence[int]  # inside the container: 1, in an unwanted place: 2
    scale: int
    first: int  # of the good paragraphs that the rules keep
    last: int
    headline: int | None
    kinds: Sequence[int]
    widths: Sequence[int]
    links: Sequence[int]
    short: Sequence[int]
    linked: Sequence[int]
    twice: Sequence[int]
    heads: Sequence[tuple[int, int, int, int]]  # kind, where it stands, headlines, linked headings


def order_of(
    blocks: Sequence[Block],
    weights: Sequence[float],
    kept: Sequence[bool],
    rules: Sequence[int],
    scale: int,
) -> Order:
    """The blocks measured; `weights` are those of good paragraphs."""
    good = [n for n, weight in enumerate(weights) if weight and kept[n]]
    first, last = (good[0], good[-1]) if good else (0, len(blocks))
    widths = [bisect(WIDTHS, block.width) for block in blocks]
    links = [bisect(LINKS, b.linked / len(b.text)) if b.linked else 0 for b in blocks]
    return Order(
        blocks=blocks,
        kept=kept,
        rules=rules,
        scale=scale,
        first=first,
        last=last,
        headline=next((n for n, block in enumerate(blocks) if block.tag == "h1"), None),
        kinds=[_kind(block) for block in blocks],
        widths=widths,
        links=links,
        short=_runs([width < 3 for width in widths]),
        linked=_runs([share > 2 for share in links]),
        twice=_twice(blocks),
        heads=_heads(blocks, links, first),
    )


def slots_at(order: Order, n: int, tag: int) -> tuple[int, ...]:
    """The traits of one block that come from its order; `tag` is the number of its own."""
    kinds, widths, links, kept = order.kinds, order.widths, order.links, order.kept
    before, after = max(n - 1, 0), min(n + 1, len(kinds) - 1)
    both = kept[before] * 2 + kept[after]
    side = 0 if order.headline is None else 1 if n < order.headline else 2
    where, rule = _where(order, n), order.rules[n]
    head, head_at, headlines, linked_heads = order.heads[n]
    return (
        where * 4 + rule,
        where * 3 + side,
        order.twice[n] * 8 + widths[n],
        head * 5 + bisect(STEPS, n - head_at),
        (both * 4 + kinds[before]) * 4 + kinds[after],
        kinds[n] * 16 + kinds[before] * 4 + kinds[after],
        widths[before] * 8 + widths[after],
        links[before] * 5 + links[after],
        bisect(STEPS, order.short[n]) * 5 + bisect(STEPS, order.linked[n]),
        order.scale * 8 + rule + 4 * kept[n],
        both * 8 + widths[n],
        (headlines * 5 + bisect(COUNTS, linked_heads)) * 4 + rule,
        ENDS.get(order.blocks[before].text[-1], 0) * 14 + tag,
    )


def _where(order: Order, n: int) -> int:
    """How far behind the last good paragraph, or before the first, or between them."""
    if n > order.last:
        return 5 + bisect(STEPS, n - order.last)
    return bisect(STEPS, order.first - n) if n < order.first else 10


def _twice(blocks: Sequence[Block]) -> list[int]:
    """Whether a block's text stands once on the page (0), again below (1), or above already (2)."""
    copies = Counter(block.text for block in blocks)
    if len(copies) == len(blocks):
        return [0] * len(blocks)
    seen: set[str] = set()
    out = []
    for block in blocks:
        out.append(0 if copies[block.text] == 1 else 2 if block.text in seen else 1)
        seen.add(block.text)
    return out


def _heads(
    blocks: Sequence[Block], links: Sequence[int], first: int
) -> list[tuple[int, int, int, int]]:
    """The kind of heading over each block and where that stands, and how many headlines and linked ones came before."""
    out: list[tuple[int, int, int, int]] = []
    over = head, head_at, headlines, linked = 0, 0, 0, 0
    for n, block in enumerate(blocks):
        if block.tag in HEADINGS:
            head, head_at = _head(block.text), n
            headlines = min(2, headlines + (block.tag == "h1"))
            linked += n > first and links[n] > 2
            over = head, head_at, headlines, linked
        out.append(over)
    return out


def _kind(block: Block) -> int:
    if block.tag in HEADINGS:
        return 1
    if block.linked * 2 > len(block.text):
        return 3
    return 2 if block.width >= 60 else 0


@lru_cache(maxsize=1024)
def _head(text: str) -> int:
    """The kind of a heading; those of a site's own boxes come again on each of its pages."""
    words = words_in(text)
    plain = " ".join(word for word in words if word not in _SIGNS)
    kind = _HEAD_KINDS.get(plain)
    return kind or (5 if mark_of(words) else 1)


def _runs(marks: Sequence[bool]) -> list[int]:
    """How long the run is that each one stands in."""
    out, start = [0] * len(marks), 0
    for n in range(len(marks) + 1):
        if n == len(marks) or not marks[n]:
            out[start:n] = [n - start] * (n - start)
            start = n + 1
    return out
