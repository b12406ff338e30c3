"""How much a term says about an event: rare words more, by the shipped prior and by the archive as it grows."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from aiwatch.model import Fingerprint, Frequencies
from aiwatch.text import prior
from aiwatch.text.kept import WORDS

# The prior counts as an archive of this size: enough on the first day; more costs precision among look-alike events.
PRIOR_DOCUMENTS = 100
ONCE = 1  # an article that holds a term does not make it common: it may tell this very event


@dataclass(frozen=True, slots=True)
class Rarity:
    """Inverse document frequencies of one moment; terms not asked for count as never seen in the archive."""

    frequencies: Frequencies

    @property
    def known(self) -> dict[str, float]:
        """Those worked out so far."""
        return self.frequencies.rarities

    def __call__(self, term: str) -> float:
        """The natural logarithm of n, where one in n texts holds the term."""
        rarity = self.known.get(term)
        if rarity is None:
            rarity = self.known[term] = self._worked_out(term)
        return rarity

    def _worked_out(self, term: str) -> float:
        self.learn((term,))
        return self.known[term]

    def learn(self, terms: Iterable[str]) -> None:
        """Work out those of these terms that are not known yet; many at once take half the time."""
        counted, share = self.frequencies.counts.get, prior.document_share
        known, log = self.known, math.log
        of = PRIOR_DOCUMENTS + self.frequencies.documents - ONCE
        for term in terms:
            if term not in known:
                seen = PRIOR_DOCUMENTS * share(term) + max(0, counted(term, 0) - ONCE)
                known[term] = log(of / seen) if of > seen else 0.0


@lru_cache(maxsize=WORDS)
def at_large(term: str) -> float:
    """Rarity in writing at large: in a small archive its own events make their very names common."""
    return Rarity(Frequencies(documents=0, counts={}))(term)


def weights(fingerprint: Fingerprint) -> dict[str, float]:
    """The article's own weight of each term, before rarity: 1 + log(count)."""
    return {term: 1 + math.log(count) for term, count in fingerprint.terms}


def vector(raw: Mapping[str, float], rarity: Rarity) -> dict[str, float]:
    """Weights times rarity, at length one."""
    rarity.learn(raw)
    known = rarity.known
    weighted = {term: weight * known[term] for term, weight in raw.items()}
    length = math.hypot(*weighted.values())
    return {term: value / length for term, value in weighted.items()} if length else {}


def shares(first: Mapping[str, float], second: Mapping[str, float]) -> dict[str, float]:
    """What each common term adds to the cosine of two vectors of length one."""
    if len(second) < len(first):
        first, second = second, first
    return {term: value * second[term] for term, value in first.items() if term in second}
