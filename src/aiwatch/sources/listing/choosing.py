"""Which candidates are the page's articles: groups by the form of their addresses, scored, the best one widened.

What counts: how many there are, headlines, dates, headings, article-like slugs, folders that say news, embedded data
that names them, and the part of the page they stand in. Cards are read for every group, so that a group is judged by
what it would give.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from aiwatch.sources.listing.addresses import Shape, is_slug, kinship
from aiwatch.sources.listing.candidates import Candidate
from aiwatch.sources.listing.cards import (
    Card,
    Columns,
    cards_of,
    summary_of_card,
    surroundings,
    title_of_card,
)
from aiwatch.sources.listing.dating import Dating
from aiwatch.sources.listing.page import Page, Zone
from aiwatch.sources.listing.stamps import is_date
from aiwatch.text.blocks import width_of

MAX_GROUPS = 40
"""Groups whose cards are read, the largest first."""
MAX_MEMBERS = 400
LEAST_QUALITY = 1.7
"""Of a group of three or more."""
LEAST_ALONE = 2.9
"""Of one or two: only what has nearly every mark of an article."""

_WEIGHT = {
    Zone.NONE: 1.0,
    Zone.MAIN: 1.0,
    Zone.ASIDE: 0.35,
    Zone.HEADER: 0.3,
    Zone.NAV: 0.2,
    Zone.FOOTER: 0.15,
}
_PICTURES = frozenset(["img", "picture"])
_ELSEWHERE = (Zone.ASIDE, Zone.HEADER, Zone.NAV)


@dataclass(slots=True)
class Found:
    """A candidate as its card and its records tell it."""

    candidate: Candidate
    card: Card | None = None
    title: str = ""
    date: str = ""
    summary: str = ""
    headed: bool = False
    pictured: bool = False
    worth: float = 0.0  # how much of an article it looks like, 0 to about 5


def choose(page: Page, candidates: Sequence[Candidate], here: Shape) -> list[Found]:
    """The page's articles in page order; empty where nothing looks like a list of them."""
    groups: defaultdict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        groups[candidate.shape.pattern].append(candidate)
    largest = sorted(groups.values(), key=len, reverse=True)[:MAX_GROUPS]
    scored = [read_group(page, group[:MAX_MEMBERS], here) for group in largest]
    sound = [kept for group in scored if (kept := _sound(page, group))]
    sound = sound or _sound_elsewhere(page, scored, here) or _sound_grids(page, candidates, here)
    if not sound:
        return []
    best = max(sound, key=score)
    wider = _widened(page, best, scored, here)
    if len(wider) > len(best):
        best = _kept(page, read_group(page, [found.candidate for found in wider], here), sure=best)
    return sorted(_listed(best), key=_place)


def _sound_elsewhere(page: Page, groups: Sequence[list[Found]], here: Shape) -> list[list[Found]]:
    """Lists in what calls itself an aside, a header or a menu: taken where the page has no other, if they are dated."""
    out = []
    for group in groups:
        if group[0].candidate.zone in _ELSEWHERE and all(found.date for found in group):
            for found in group:
                found.candidate.zone = Zone.NONE
                found.worth = _worth(found, here)
            out.append(_sound(page, group))
    return list(filter(None, out))


def _sound_grids(page: Page, candidates: Sequence[Candidate], here: Shape) -> list[list[Found]]:
    """Cards of one kind whose addresses share nothing: a paper that files under /film/, /tv/ and /games/."""
    grids: defaultdict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        if candidate.links and candidate.zone <= Zone.MAIN and len(candidate.shape.folders) > 0:
            link = min(candidate.links, key=lambda link: page.nodes[link.at].zone)
            grids[surroundings(page, link.at)].append(candidate)
    largest = sorted(grids.values(), key=len, reverse=True)[:MAX_GROUPS]
    read = (read_group(page, grid[:MAX_MEMBERS], here) for grid in largest if len(grid) > 2)
    return [kept for group in read if (kept := _sound(page, group))]


def score(group: Sequence[Found]) -> float:
    """Quality, and more for more of it."""
    return _quality(group) * math.log2(1 + min(len(group), 40))


def _quality(group: Sequence[Found]) -> float:
    return sum(found.worth for found in group) / len(group) if group else 0.0


def _place(found: Found) -> tuple[bool, int]:
    return found.card is None, found.card.at if found.card else 0


# ---------------------------------------------------------------- reading a group


def read_group(page: Page, group: Sequence[Candidate], here: Shape) -> list[Found]:
    """The group's candidates with what their cards and records say."""
    shown = [candidate for candidate in group if candidate.links]
    cards = cards_of(page, [candidate.links for candidate in shown])
    columns, dating = Columns(cards), Dating(page, cards)
    by_key = {candidate.shape.key: card for candidate, card in zip(shown, cards, strict=True)}
    return [
        _found(page, candidate, by_key.get(candidate.shape.key), columns, dating, here)
        for candidate in group
    ]


def _found(
    page: Page,
    candidate: Candidate,
    card: Card | None,
    columns: Columns,
    dating: Dating,
    here: Shape,
) -> Found:
    found = Found(candidate, card)
    if card:
        found.title = title_of_card(page, card, columns)
        found.date = dating.of(card, found.title)
        found.summary = summary_of_card(card, found.title, columns)
        found.pictured = any(page.nodes[n].tag in _PICTURES for n in page.inside(card.at))
        found.headed = any(text.heading and found.title in text.text for text in card.texts)
    records = candidate.records
    found.title = next((r.title for r in records if r.title), "") or found.title
    found.date = next((r.date for r in records if r.date and is_date(r.date)), "") or found.date
    found.summary = next((r.summary for r in records if r.summary), "") or found.summary
    found.worth = _worth(found, here)
    return found


def _worth(found: Found, here: Shape) -> float:
    candidate = found.candidate
    records = candidate.records
    worth = (
        0.9 * _headline(found.title)
        + 1.2 * bool(found.date)
        + 0.5 * (found.headed or bool(records))
        + 0.5 * is_slug(candidate.shape)
        + 0.4 * _is_named_after(candidate.shape, found.title)
        + 0.8 * kinship(candidate.shape, here)
        + 0.8 * any(record.stated for record in records)
    )
    if not candidate.links and all(record.beside for record in records):
        return worth * 0.4
    return worth * _WEIGHT[candidate.zone]


def _is_named_after(shape: Shape, title: str) -> bool:
    """Whether the address was made from the title: three words or more, most of them the same."""
    said = [word for word in re.split(r"[-_.]", shape.last) if len(word) > 3]
    written = set(re.findall(r"\w+", title.casefold()))
    return len(said) > 2 and sum(word in written for word in said) >= 0.6 * len(said)


def _headline(title: str) -> float:
    """How much a title looks like a headline: five words, or as wide as that."""
    return min(1.0, max(len(title.split()) / 5, width_of(title) / 30)) if title else 0.0


# ---------------------------------------------------------------- which of a group, which beside it


def _sound(page: Page, group: list[Found]) -> list[Found]:
    """The group without what only looks like its members (category chips), if it is a list of articles at all."""
    kept = _kept(page, _in_place(group))
    few = len(kept) < 3
    return kept if kept and _quality(kept) >= (LEAST_ALONE if few else LEAST_QUALITY) else []


def _in_place(group: list[Found]) -> list[Found]:
    """Without those in menus, footers and asides, where others stand in the page's middle."""
    middle = [
        found for found in group if found.candidate.zone <= Zone.MAIN and found.candidate.links
    ]
    named = [found for found in group if not found.candidate.links]
    if not middle:
        return group
    return [found for found in group if found in middle or found in named] if named else middle


def _kept(page: Page, group: list[Found], sure: Sequence[Found] = ()) -> list[Found]:
    """Members that are worth about as much as the others, or stand in the same kind of place."""
    if not group:
        return []
    worths = sorted(found.worth for found in group)
    middle = worths[len(worths) // 2]
    common = _common_marks(group)
    marked = [found for found in group if not common or common & _marks(found)]
    firm = [found for found in marked if found.worth >= 0.72 * middle]
    places = Counter(_kind_of_place(page, found) for found in firm)
    certain = {found.candidate.shape.key for found in sure}
    keys = certain | {found.candidate.shape.key for found in firm}
    lists = {r.list for found in firm for r in found.candidate.records if not r.beside}
    keys |= {
        found.candidate.shape.key
        for found in marked
        if places[_kind_of_place(page, found)] >= 3
        or any(record.list in lists for record in found.candidate.records)
    }
    return [found for found in group if found.candidate.shape.key in keys]


def _marks(found: Found) -> set[str]:
    if found.card is None:
        return {"date", "heading", "picture"}
    marks = {"date": found.date, "heading": found.headed, "picture": found.pictured}
    return {mark for mark, there in marks.items() if there}


def _common_marks(group: Sequence[Found]) -> set[str]:
    """What most cards of a list have: a link with none of it stands elsewhere (a footer that says no such thing)."""
    counts = Counter(mark for found in group for mark in _marks(found))
    return {mark for mark, count in counts.items() if count >= 0.6 * len(group)}


def _kind_of_place(page: Page, found: Found) -> str:
    """What the cards of one grid share: tags and classes of a link and of what is around it, figures left out."""
    if found.card is None:
        return f"record {found.candidate.records[0].list}"
    return surroundings(page, found.card.links[0].at)


def _widened(
    page: Page, best: list[Found], groups: Sequence[list[Found]], here: Shape
) -> list[Found]:
    """The best group and what belongs to it, whatever the form of its address."""
    keys = {found.candidate.shape.key for found in best}
    belongs = _Belonging(page, best, here)
    others = (found for group in groups for found in group)
    return [
        *best,
        *(
            found
            for found in others
            if found.title
            and found.candidate.shape.key not in keys
            and not (found.candidate.links and found.candidate.zone > Zone.MAIN)
            and belongs(found)
        ),
    ]


class _Belonging:
    """What a group's members share besides their addresses: the grid, the folder, the list of data, dates, headings."""

    def __init__(self, page: Page, best: Sequence[Found], here: Shape) -> None:
        self.page, self.best, self.here = page, best, here
        self.boxes = Counter(_box(page, found) for found in best if found.card)
        self.places = Counter(_kind_of_place(page, found) for found in best if found.card)
        self.lists = {r.list for found in best for r in found.candidate.records if not r.beside}
        self.stem = _stem(best)
        self.dated = sum(bool(found.date) for found in best) > 0.8 * len(best)
        self.headed = sum(found.headed for found in best) > 0.8 * len(best)

    def __call__(self, found: Found) -> bool:
        """Whether another group's member is one of these all the same."""
        shape = found.candidate.shape
        if any(record.list in self.lists for record in found.candidate.records):
            return True
        if not found.card:
            return False
        if kinship(shape, self.here) >= 2 and self.places[_kind_of_place(self.page, found)] > 1:
            return True
        marked = bool(found.date) or not (self.dated or (self.headed and not found.headed))
        below = bool(self.stem) and shape.folders[: len(self.stem)] == self.stem
        return marked and (
            (below and found.worth >= LEAST_ALONE)
            or _in_grid(self.page, found, self.best, self.boxes)
        )


def _stem(best: Sequence[Found]) -> tuple[str, ...]:
    """The first folder of the group's addresses, where all share one."""
    firsts = {found.candidate.shape.folders[:1] for found in best}
    return next(iter(firsts)) if len(firsts) == 1 else ()


def _box(page: Page, found: Found) -> tuple[int, str]:
    """What a card stands in, and what it is."""
    card = found.card
    if card is None:
        return -1, ""
    node = page.nodes[card.at]
    return node.parent, node.tag


def _in_grid(
    page: Page, found: Found, best: Sequence[Found], boxes: Counter[tuple[int, str]]
) -> bool:
    """Whether a link stands in a row of cards: somewhere above it is a sibling of the group's cards, of their kind."""
    card = found.card
    if card is None or _headline(found.title) < 0.3:
        return False
    at = card.links[0].at
    for _ in range(14):
        node = page.nodes[at]
        if boxes[(node.parent, node.tag)] >= 2:
            return not any(other.card and other.card.at in page.inside(at) for other in best)
        at = node.parent
        if at <= 0:
            break
    return False


def _listed(best: Sequence[Found]) -> list[Found]:
    """With titles only; an article named by scripts alone needs a list that is not beside the point."""
    shown = any(found.card for found in best)
    overlapping = {r.list for found in best if found.card for r in found.candidate.records}
    out = []
    for found in best:
        if not found.title or re.fullmatch(r"\W*", found.title):
            continue
        records = found.candidate.records
        if (
            shown
            and not found.card
            and not any(
                record.list in overlapping or (record.date and not record.beside)
                for record in records
            )
        ):
            continue
        out.append(found)
    return out
