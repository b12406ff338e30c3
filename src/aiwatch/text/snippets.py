"""Words typed to search by, and where they stand in a text: what is shown of it, and what of that is marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from aiwatch.text.late import late
from aiwatch.text.tokens import Token, tokens, words

WIDTH: Final = 240
"""Characters of a snippet: about three lines of a page."""
SHORTEST_STEM: Final = 3
"""`vi*` is looked for as the word `vi`: two letters begin a tenth of all words."""
_LEAD_IN: Final = 60  # characters shown before the first hit
_READ: Final = 100_000  # characters of a text that are looked at
_PART: Final = (
    600  # characters that are looked at together: most texts say early what they are about
)
_OVERLAP: Final = 150
_MOST_TERMS: Final = 40
_PIECE = late(r'(-|NOT\s+)?(?:"([^"]*)"?(\*?)|(\S+))')
_TYPOGRAPHY = str.maketrans("“”„«»＂", '""""""')


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A word, or several in a row; with `begins` the last one may go on."""

    words: tuple[str, ...]
    begins: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What must all be there, and what must not."""

    wanted: tuple[Wanted, ...] = ()
    unwanted: tuple[Wanted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Any of these groups; none at all where nothing was asked that could be found."""

    groups: tuple[Group, ...] = ()

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """All that a text may be found by."""
        return tuple(dict.fromkeys(one for group in self.groups for one in group.wanted))


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A piece of text, marked or not."""

    text: str
    hit: bool = False


def read_search(text: str) -> Search:
    """What was typed: words are AND, "phrases", begin*, OR, -without; whatever cannot be read is looked for as words."""
    groups: list[Group] = [Group()]
    for found in list(_PIECE.finditer(text.translate(_TYPOGRAPHY)))[:_MOST_TERMS]:
        minus, phrase, star, bare = found.groups()
        if bare in ("OR", "|"):
            groups.append(Group())
        elif bare != "AND" and (wanted := _wanted(phrase or bare or "", star or bare or "")):
            groups[-1] = _with(groups[-1], wanted, bool(minus))
    return Search(groups=tuple(group for group in groups if group.wanted))


def _with(group: Group, one: Wanted, unwanted: bool) -> Group:  # noqa: FBT001 - private
    if unwanted:
        return replace(group, unwanted=(*group.unwanted, one))
    return replace(group, wanted=(*group.wanted, one))


def _wanted(text: str, ending: str) -> Wanted | None:
    found = words(text)
    if not found:
        return None
    begins = ending.endswith("*") and len(found[-1]) >= SHORTEST_STEM
    return Wanted(words=found, begins=begins)


def marked(text: str, wanted: Sequence[Wanted]) -> tuple[Run, ...]:
    """The whole text, its hits marked."""
    return tuple(_runs(text, _hits(tokens(text), wanted), 0, len(text)))


def snippet(text: str, wanted: Sequence[Wanted], width: int = WIDTH) -> tuple[Run, ...]:
    """The piece of a text with the most of what was wanted; its beginning where there is none of it."""
    text = " ".join(text[:_READ].split())
    low, part, found, hits = _part(text, wanted)
    start = _best(hits, width)
    start = next((one.start for one in found if one.start >= start), 0) if start else 0
    end = start + width
    if end < len(part):
        end = max((one.end for one in found if start < one.end <= end), default=end)
    inside = [hit for hit in hits if start <= hit[0] and hit[1] <= end]
    runs = list(_runs(part, inside, start, min(end, len(part))))
    before = [Run(text="… ")] if low + start else []
    after = [Run(text=" …")] if low + end < len(text) else []
    return (*before, *runs, *after)


def _part(
    text: str, wanted: Sequence[Wanted]
) -> tuple[int, str, tuple[Token, ...], list[tuple[int, int, int]]]:
    """The first part of the text that has all that was wanted, else the one that has most: where, its words, its hits."""
    most = -1
    best: tuple[int, str, tuple[Token, ...], list[tuple[int, int, int]]] = (0, "", (), [])
    for low in _begins(text, wanted):
        begin = text.find(" ", low - 1, low + _LEAD_IN) + 1 or low if low else 0
        end = low + _PART
        cut = text.rfind(" ", end - _LEAD_IN, end) if end < len(text) else -1
        part = text[begin : cut if cut > 0 else end]
        found = tokens(part)
        hits = _hits(found, wanted)
        held = len({which for _, _, which in hits})
        if held > most:
            most, best = held, (begin, part, found, hits)
        if held == len(wanted):
            break
    return best


def _begins(text: str, wanted: Sequence[Wanted]) -> Iterator[int]:
    """Where parts begin: first where the words stand as typed, which is mostly the place, then from the beginning."""
    lower = text.lower()
    if len(lower) == len(text):
        likely = [
            lower.find("".join(one.words) if len(one.words[0]) == 1 else one.words[0])
            for one in wanted
        ]
        if likely and min(likely) >= 0:
            yield max(min(likely) - _LEAD_IN, 0)
    yield from range(0, max(len(text), 1), _PART - _OVERLAP)


def _hits(found: Sequence[Token], wanted: Sequence[Wanted]) -> list[tuple[int, int, int]]:
    """(start, end, which of those wanted) in order, none over another."""
    by_first: dict[str, list[int]] = {}
    for number, one in enumerate(wanted):
        if not (one.begins and len(one.words) == 1):
            by_first.setdefault(one.words[0], []).append(number)
    open_ = [n for n, one in enumerate(wanted) if one.begins and len(one.words) == 1]
    hits = []
    free = 0
    for place, token in enumerate(found):
        if token.start < free:
            continue
        for number in (*by_first.get(token.text, ()), *open_):
            if _stands(found, place, wanted[number]):
                free = found[place + len(wanted[number].words) - 1].end
                hits.append((token.start, free, number))
                break
    return hits


def _stands(found: Sequence[Token], place: int, one: Wanted) -> bool:
    *first, last = one.words
    if place + len(first) >= len(found):
        return False
    if any(found[place + step].text != word for step, word in enumerate(first)):
        return False
    there = found[place + len(first)].text
    return there.startswith(last) if one.begins else there == last


def _best(hits: Sequence[tuple[int, int, int]], width: int) -> int:
    """Where the piece begins that holds the most different hits; the first such."""
    best, start = 0, 0
    for begin, _, _ in hits:
        low = max(begin - _LEAD_IN, 0)
        held = len({which for at, end, which in hits if low <= at and end <= low + width})
        if held > best:
            best, start = held, low
    return start


def _runs(text: str, hits: Sequence[tuple[int, int, int]], start: int, end: int) -> Iterator[Run]:
    at = start
    for begin, stop, _ in hits:
        if begin > at:
            yield Run(text=text[at:begin])
        yield Run(text=text[begin:stop], hit=True)
        at = stop
    if at < end:
        yield Run(text=text[at:end])
