"""Which queries can match an article at all, told from its words alone.

Every query is reduced to sets of words and neighbouring pairs of words; an article has to hold something of each set.
A query is looked up under the one of its sets that is rarest in writing at large, so that most queries are never
touched. Measured against an Aho-Corasick scan of the same tokens (ahocorasick-rs, 10,000 phrases): 24 to 13
microseconds for a title and lead, 79 to 67 for 3 KB, after 55 and 270 for the tokens that both need. Not worth a
dependency. See docs/notes/009-topics.md.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from aiwatch.judge.query_tree import And, Near, Node, Not, Or, Term, Within
from aiwatch.judge.terms_index import Pattern
from aiwatch.text.prior import document_share
from aiwatch.text.terms import stemmed

Key = str | tuple[str, str]
"""A word, two words side by side, or a beginning of at least four letters as `deep*`."""

Needs = tuple[frozenset[Key], ...]
"""Of each set something must be there; no set at all: nothing can be said."""

STEM = 4  # letters: the least that a `*` has before it
_STEM_SHARE = 0.3
_PAIR_SHARE = 0.05  # of the rarer word's: how often the other one stands beside it, roughly


class Lexicon:
    """Every term of all queries with its spellings, and how to tell which of them an article can hold."""

    def __init__(self, spellings: Mapping[Term, tuple[Pattern, ...]]) -> None:
        self.spellings = spellings
        self._holders: dict[Key, list[Term]] = {}
        for term, found in spellings.items():
            for key in frozenset().union(*map(_keys, found)):
                self._holders.setdefault(key, []).append(term)
        self._keys = frozenset(self._holders)
        self._stems: dict[str, list[str]] = {}
        for key in self._keys:
            if isinstance(key, str) and key.endswith("*"):
                self._stems.setdefault(key[:STEM], []).append(key)

    def there(self, fields: Iterable[Sequence[str]]) -> set[Key]:
        """What these fields' words hold of all that any query needs."""
        there: set[Key] = set()
        for words in fields:
            there.update(self._keys.intersection(words))
            there.update(self._keys.intersection(pairwise(words)))
            there.update(self._beginnings(words))
        return there

    def within(self, there: set[Key]) -> dict[Term, tuple[Pattern, ...]]:
        """The terms that can stand where this is there, with their spellings."""
        return {term: self.spellings[term] for key in there for term in self._holders[key]}

    def _beginnings(self, words: Sequence[str]) -> Iterator[str]:
        stems = self._stems
        for word in [word for word in set(words) if word[:STEM] in stems]:
            for key in stems[word[:STEM]]:
                if word.startswith(key[:-1]):
                    yield key


class Candidates:
    """Queries by what they need; it does not change."""

    def __init__(self, roots: Sequence[Node], lexicon: Lexicon) -> None:
        self._needs = [needs(root, lexicon.spellings) for root in roots]
        self._always = [number for number, sets in enumerate(self._needs) if not sets]
        self._waiting: dict[Key, list[int]] = {}
        for number, sets in enumerate(self._needs):
            for key in min(sets, key=_share, default=()):
                self._waiting.setdefault(key, []).append(number)

    def among(self, there: set[Key]) -> list[int]:
        """The numbers of the queries that may match where this is there, ascending."""
        found = {
            number
            for number in self._looked_up(there)
            if not any(map(there.isdisjoint, self._needs[number]))
        }
        return sorted(found.union(self._always))

    def lacking(self, there: set[Key]) -> Iterator[tuple[int, int]]:
        """The queries whose rarest need is met and one other is not, each with the number of that one."""
        for number in sorted(self._looked_up(there)):
            unmet = [n for n, keys in enumerate(self._needs[number]) if there.isdisjoint(keys)]
            if len(unmet) == 1:
                yield number, unmet[0]

    def rarity(self, number: int) -> float:
        """About how often what a query is looked up under stands in a text, between 0 and 1."""
        return min(1.0, min(map(_share, self._needs[number]), default=1.0))

    def _looked_up(self, there: set[Key]) -> set[int]:
        return {number for key in there for number in self._waiting.get(key, ())}


def needs(node: Node, spellings: Mapping[Term, tuple[Pattern, ...]]) -> Needs:
    """What any text that matches this part must hold."""
    match node:
        case Term():
            return (frozenset().union(*map(_keys, spellings[node])),)
        case And(parts=parts):
            return tuple(keys for part in parts for keys in needs(part, spellings))
        case Near(left=left, right=right):
            return needs(left, spellings) + needs(right, spellings)
        case Or(parts=parts):
            sets = [min(needs(part, spellings), key=_share, default=None) for part in parts]
            known = [keys for keys in sets if keys is not None]
            return (frozenset().union(*known),) if len(known) == len(sets) else ()
        case Within(scope="title" | "body", part=part):
            return needs(part, spellings)
        case Not() | Within():
            return ()


def _keys(pattern: Pattern) -> frozenset[Key]:
    """The rarest keys of which any text that holds this spelling has one."""
    if not pattern.head:
        return frozenset(pattern.last or {f"{pattern.stem}*"})
    choices: list[frozenset[Key]] = [frozenset({pair}) for pair in pairwise(pattern.head)]
    if pattern.last:
        choices.append(frozenset((pattern.head[-1], last) for last in pattern.last))
    return min(choices, key=_share, default=frozenset(pattern.head))


def _share(keys: frozenset[Key]) -> float:
    """About how often something of these stands in a text."""
    return sum(map(_share_of, keys))


def _share_of(key: Key) -> float:
    if isinstance(key, tuple):
        return _PAIR_SHARE * min(map(_share_of, key))
    return _STEM_SHARE if key.endswith("*") else document_share(stemmed(key))
