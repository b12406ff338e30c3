"""Which blocks of a page are the article: a container by votes, then what of it to keep."""

from dataclasses import dataclass
from typing import Final

from aiwatch.text.blocks import HEADINGS, NO_PLACE, Block, Blocks, Place
from aiwatch.text.classwords import ARTICLE, BODY, COMMENT, FIGURE, NOTICE, PROSE, UNWANTED
from aiwatch.text.late import late
from aiwatch.text.traits import Choice
from aiwatch.text.weighing import best_cut, scores_of

_PARAGRAPH = frozenset(
    ["p", "div", "section", "article", "blockquote", "li", "td", "span", "main", "dd", "pre"]
)
_SURE = COMMENT | NOTICE | FIGURE
# Pages of more blocks are lists or hostile: the rules alone read them, in time that grows with their size only.
MAX_WEIGHED: Final = 4_000
MAX_PLACES: Final = 20_000
# How much less a short last sentence ("The company has not commented.") may score than even odds, behind a kept paragraph.
LEEWAY: Final = 2.0
_SAYS = late(r"[^\W_]")
_STOP = late(r"[.!?…。！？।؟:;,，、”\"»」]")
_END = late(r"[.!?…。！？।؟:”\"’»」)\]]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The article's lines, the widths they add up to, and where they stood."""

    lines: tuple[str, ...] = ()
    width: int = 0
    where: str = "nothing found"


def is_good(block: Block) -> bool:
    """Whether a block reads like a paragraph: long, few links, punctuated."""
    if block.width < 60 or block.linked * 2 > len(block.text) or block.tag not in _PARAGRAPH:
        return False
    return block.width > 200 or _STOP.search(block.text) is not None


def _sums(page: Blocks, weights: list[float]) -> list[float]:
    """For each place, the weights of all blocks below it."""
    places = page.places
    sums = [0.0] * len(places)
    for block, weight in zip(page.blocks, weights, strict=True):
        if weight:
            sums[block.place] += weight
    for n in range(len(places) - 1, 0, -1):  # children always come after their parents
        if mass := sums[n]:
            sums[places[n].parent] += mass
    return sums


def _unwanted(page: Blocks, weights: list[float], raw: list[float]) -> list[bool]:
    """Places called unwanted by themselves or an ancestor; `raw` are the sums of the weights.

    A name alone is weak evidence: what holds half of the page's good text is the article, whatever it is
    called, and when next to nothing would be left the weaker words do not count.
    """
    out = _refused(page, raw, _SURE)
    left = [0.0 if out[b.place] else w for b, w in zip(page.blocks, weights, strict=True)]
    strict = _refused(page, _sums(page, left), UNWANTED)
    rest = sum([0.0 if strict[b.place] else w for b, w in zip(page.blocks, left, strict=True)])
    return strict if rest > 0.3 * sum(left) else out


def _refused(page: Blocks, mass: list[float], words: int) -> list[bool]:
    half = mass[0] / 2
    out: list[bool] = []
    for place, own in zip(page.places, mass, strict=True):
        parent = place.parent
        above = parent != NO_PLACE and out[parent]
        out.append(above or (bool(place.flags & words) and own < half))
    return out


def _bonus(place: Place) -> float:
    if place.tag == "article" or place.flags & BODY:
        return 1.25
    return 1.1 if place.flags & ARTICLE or place.tag == "main" else 1.0


def _elect(page: Blocks, weights: list[float]) -> int:
    """The place that most good text stands right below."""
    votes = [0.0] * len(page.places)
    for block, weight in zip(page.blocks, weights, strict=True):
        if not weight:
            continue
        place, share, distance = block.place, weight, 0
        if page.places[place].tag in ("p", "span") and page.places[place].parent != NO_PLACE:
            place = page.places[place].parent
        while place != NO_PLACE and distance < 6 and share:
            votes[place] += share
            distance += 1
            share = weight * (0.6, 0.3, 0.2, 0.15, 0.1, 0.1)[distance - 1]
            place = page.places[place].parent
    best, top = 0, 0.0
    for n, vote in enumerate(votes):
        if vote and (score := vote * _bonus(page.places[n])) > top:
            best, top = n, score
    return best


def _widen(page: Blocks, best: int, mass: list[float]) -> int:
    """Up while more of the text stands beside the winner, in siblings of its kind or in the same article."""
    line = _line_of(page, best)
    last_article = max(
        (k for k, n in enumerate(line) if page.places[n].tag == "article"), default=-1
    )
    enough = 0.08 * mass[best]
    for k in range(1, len(line)):
        now, up = line[k - 1], line[k]
        if page.places[up].tag in ("body", "html") or page.places[now].tag == "article":
            break
        if mass[up] - mass[now] <= enough:
            continue
        inside = k <= last_article or (
            bool(page.places[up].flags & (BODY | ARTICLE)) and mass[now] < 0.5 * mass[0]
        )
        if not inside and _alike(page, now, mass) <= enough:
            break
        best = up
    return _gather(page, best, mass)


def _alike(page: Blocks, one: int, mass: list[float]) -> float:
    """The good text in siblings that have the same tag and class."""
    place = page.places[one]
    return sum(
        mass[n]
        for n, other in enumerate(page.places)
        if other.parent == place.parent
        and n != one
        and other.tag == place.tag
        and other.name == place.name
    )


def _gather(page: Blocks, best: int, mass: list[float]) -> int:
    """Where a page builder scattered the text over boxes that nothing names: the place that holds most of it."""
    line = _line_of(page, best)
    named = any(page.places[n].tag == "article" or page.places[n].flags & PROSE for n in line)
    if named or mass[best] >= 0.5 * mass[0]:
        return best
    return next(n for n in line if mass[n] >= 0.7 * mass[0])


def _line_of(page: Blocks, place: int) -> list[int]:
    out = []
    while place != NO_PLACE:
        out.append(place)
        place = page.places[place].parent
    return out


def _below(page: Blocks, root: int) -> list[bool]:
    out = [False] * root + [True]  # what stands in it comes after it
    for place in page.places[root + 1 :]:
        parent = place.parent
        out.append(parent != NO_PLACE and out[parent])
    return out


def _keeps(block: Block) -> bool:
    """Whether a block inside the container belongs to the text, by itself."""
    density = block.linked / len(block.text)
    if block.tag in HEADINGS:
        return density < 0.5 and block.tag != "h1"
    if density > 0.5 and block.width < 200:
        return False
    return _SAYS.search(block.text) is not None


def by_rules(page: Blocks) -> Choice:
    """What the rules alone make of a page that has blocks."""
    weights = [
        min(b.width, 1000) * (1 - b.linked / len(b.text)) if is_good(b) else 0.0
        for b in page.blocks
    ]
    raw = _sums(page, weights)
    unwanted = _unwanted(page, weights, raw)
    for n, block in enumerate(page.blocks):
        if unwanted[block.place]:
            weights[n] = 0.0
    mass = _sums(page, weights)
    root = _widen(page, _elect(page, weights), mass)
    inside = _below(page, root)
    kept = [inside[b.place] and not unwanted[b.place] and _keeps(b) for b in page.blocks]
    return Choice(weights, raw, mass, root, inside, unwanted, kept)


def choose_body(page: Blocks, title: str = "", stated: str = "") -> Body:
    """Pick the article out of a page's blocks.

    `title` is not repeated as its first line; `stated` is what JSON-LD says the article is, as evidence.
    """
    if not page.blocks:
        return Body()
    choice = by_rules(page)
    many = len(page.blocks) > MAX_WEIGHED or len(page.places) > MAX_PLACES
    keep = choice.kept if many else kept_by(page, choice, scores_of(page, choice, title, stated))
    kept = [b for b, is_kept in zip(page.blocks, keep, strict=True) if is_kept and b.text != title]
    while kept and kept[-1].tag in HEADINGS:
        kept.pop()
    place = page.places[choice.root]
    name = place.name.split()[:1]
    return Body(
        lines=tuple(b.text for b in kept),
        width=sum(b.width for b in kept),
        where=place.tag + "".join("." + n for n in name),
    )


def kept_by(page: Blocks, choice: Choice, scores: list[float]) -> list[bool]:
    """What is kept when all that is known of a block is weighed, the rules being one voice of many."""
    cut = best_cut(scores, [block.width for block in page.blocks])
    out: list[bool] = []
    for n, (score, block) in enumerate(zip(scores, page.blocks, strict=True)):
        follows = n > 0 and out[-1] and choice.kept[n] and _continues(page, n)
        least = min(cut, 0.0) - LEEWAY if follows else cut
        out.append(score >= least and _SAYS.search(block.text) is not None)
    return out


def _continues(page: Blocks, n: int) -> bool:
    """Whether a block is a sentence right behind a paragraph of its kind."""
    before, block = page.blocks[n - 1], page.blocks[n]
    one, other = page.places[before.place], page.places[block.place]
    alike = one.parent == other.parent and one.tag == other.tag == "p" and one.name == other.name
    return alike and not block.linked and _END.search(block.text) is not None
