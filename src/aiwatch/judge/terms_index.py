"""A text by its words, and where a query's words stand in it.

A term is looked for in all its spellings: as written, with its English plural (outside quotes), and with every alias
that stands in it exchanged ("openai sora" also as "open ai sora").
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, islice, product
from typing import NamedTuple

from aiwatch.judge.query_tree import Near, Node, Or, Term
from aiwatch.text.late import late
from aiwatch.text.tokens import Token, tokens, words

Spelling = tuple[str, ...]
Aliases = Mapping[Spelling, tuple[Spelling, ...]]
"""Each spelling -> all spellings of the same name, itself first."""

_MOST_SPELLINGS = 64  # of one phrase with several names in it
_MOST_PLACES = (
    500  # of one term in one field: more say nothing new, and NEAR compares them with each other
)
_PLURALS = late(r"[a-z]{3,}")
_HISSING = ("s", "x", "z", "ch", "sh")
# Between words these are as good as spaces, one for one; without them most English is ASCII, read three times as fast.
_TYPOGRAPHY = late("[\u00a0\u00ab\u00b7\u00bb\u2010-\u2015\u2018-\u201f\u2022\u2026]")
# A word of a script without spaces is about two of its characters: one counts as half a word between others.
_SPACED = late(r"[\u0000-\u0dff\u1e00-\u2fff]")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One spelling of a term: its words but the last, and what the last may be."""

    head: Spelling
    last: frozenset[str]
    stem: str = ""  # the last word begins so; `last` is empty then


class Place(NamedTuple):
    """Tokens `first` up to, not including, `end` of a field, and the terms that stand there."""

    first: int
    end: int
    parts: tuple[tuple[Term, int, int], ...]


def same_names(aliases: Mapping[str, Sequence[str]]) -> Aliases:
    """The configuration's aliases as groups of words; a name with nothing to look for is left out."""
    groups: dict[Spelling, list[Spelling]] = {}
    for name, others in aliases.items():
        group = [spelling for text in (name, *others) if (spelling := words(text))]
        for spelling in group:
            groups.setdefault(spelling, [spelling]).extend(group)
    return {spelling: tuple(dict.fromkeys(group)) for spelling, group in groups.items()}


def patterns(term: Term, aliases: Aliases) -> tuple[Pattern, ...]:
    """All spellings that a term is looked for in."""
    if term.prefix:
        return (Pattern(term.words[:-1], frozenset(), term.words[-1]),)
    found = islice(product(*_choices(term.words, aliases)), _MOST_SPELLINGS)
    joined = dict.fromkeys(tuple(word for piece in pieces for word in piece) for pieces in found)
    return tuple(
        Pattern(spelling[:-1], frozenset(_forms(spelling[-1], term))) for spelling in joined
    )


def _choices(spelling: Spelling, aliases: Aliases) -> Iterator[tuple[Spelling, ...]]:
    """The phrase in pieces, each with its alternatives; the longest name at a place is taken."""
    longest = max(map(len, aliases), default=0)
    at = 0
    while at < len(spelling):
        ends = range(min(len(spelling), at + longest), at, -1)
        name = next((spelling[at:end] for end in ends if spelling[at:end] in aliases), None)
        piece = name or spelling[at : at + 1]
        yield aliases.get(piece, (piece,))
        at += len(piece)


def _forms(word: str, term: Term) -> Iterator[str]:
    yield word
    if term.quoted or not _PLURALS.fullmatch(word):
        return
    yield word + ("es" if word.endswith(_HISSING) else "s")
    if word.endswith("y"):
        yield word[:-1] + "ies"


class FieldIndex:
    """One field of a subject by its words; where these stand in the text is read only when asked."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._plain = text if text.isascii() else _TYPOGRAPHY.sub(" ", text)
        self.words: tuple[str, ...] = words(self._plain)
        self._known: dict[Term, tuple[Place, ...]] = {}

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The same words with their places in the text."""
        return tokens(self._plain)

    @cached_property
    def _at(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for place, word in enumerate(self.words):
            found.setdefault(word, []).append(place)
        return found

    @cached_property
    def _halves(self) -> tuple[int, ...]:
        """Half words before each token."""
        widths = (2 if _SPACED.match(word) else 1 for word in self.words)
        return tuple(accumulate(widths, initial=0))

    def places(
        self, node: Node, spellings: Mapping[Term, tuple[Pattern, ...]]
    ) -> tuple[Place, ...]:
        """Where a word, a phrase, a group of OR or a NEAR stands, in order; a term without spellings nowhere."""
        match node:
            case Term():
                here = spellings.get(node)
                if here is None:
                    return ()
                if node not in self._known:
                    self._known[node] = self._places_of(node, here)
                return self._known[node]
            case Or(parts=parts):
                there = [p for p in parts if not isinstance(p, Term) or p in spellings]
                return _in_order(place for part in there for place in self.places(part, spellings))
            case Near(left=left, right=right, distance=distance):
                one = self.places(left, spellings)
                other = self.places(right, spellings) if one else ()
                halves = 2 * distance
                return _in_order(
                    [*self._after(one, other, halves), *self._after(other, one, halves)]
                )
            case _:
                return ()

    def _after(self, one: tuple[Place, ...], other: tuple[Place, ...], halves: int) -> list[Place]:
        """Each of `one` joined with each of `other` that begins after it, near enough."""
        joined: list[Place] = []
        for place in one:
            reach = self._halves[place.end] + halves
            start = bisect_left(other, place.end, key=lambda follower: follower.first)
            for follower in islice(other, start, None):
                if self._halves[follower.first] > reach or len(joined) == _MOST_PLACES:
                    break
                end = max(place.end, follower.end)
                joined.append(Place(place.first, end, place.parts + follower.parts))
        return joined

    def _places_of(self, term: Term, spellings: tuple[Pattern, ...]) -> tuple[Place, ...]:
        spans = {span for pattern in spellings for span in self._spans(pattern)}
        return tuple(Place(*span, ((term, *span),)) for span in sorted(spans)[:_MOST_PLACES])

    def _spans(self, pattern: Pattern) -> Iterator[tuple[int, int]]:
        if not pattern.head:
            for word in self._lasts(pattern):
                yield from ((place, place + 1) for place in self._at[word])
            return
        length = len(pattern.head)
        for place in self._at.get(pattern.head[0], ()):
            found = self.words[place : place + length + 1]
            if found[:-1] == pattern.head and _fits(found[-1], pattern):
                yield place, place + length + 1

    def _lasts(self, pattern: Pattern) -> list[str]:
        if pattern.stem:
            return [word for word in self._at if word.startswith(pattern.stem)]
        return [word for word in pattern.last if word in self._at]


def _in_order(places: Iterable[Place]) -> tuple[Place, ...]:
    return tuple(sorted(places, key=lambda place: (place.first, place.end))[:_MOST_PLACES])


def _fits(word: str, pattern: Pattern) -> bool:
    return word.startswith(pattern.stem) if pattern.stem else word in pattern.last
