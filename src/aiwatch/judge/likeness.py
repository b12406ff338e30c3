"""How near an article is to a story, beyond the cosine: how much they share, and what speaks against it.

A cosine alone is high for two headlines that share one word, and low for a headline beside a long report. Look-alike
events (the same firm, another product) share the words of their kind and differ in the names that tell them apart.
The constants were chosen on three labelled sets at once; see docs/notes/007-stories.md.
"""

import math
from collections.abc import Callable, Collection, Mapping

from aiwatch.model import Centroid, Fingerprint
from aiwatch.text import terms

SHARED = 0.12  # for e times as much shared rarity as texts of this length mostly share
EXPECTED = 0.85  # shared rarity for each term of the shorter text, in nats
LONG = 40  # terms; more of them are no longer expected to be shared
AGAINST = 0.22  # where every telling name of either side is missing on the other
DOUBT = 8.0  # nats; one name missing is weak evidence, three are strong
HEADLINE = 0.25  # where all that a headline says is what the members say
HALF_SAID = 0.15  # of a headline, by rarity: as much speaks neither for nor against
SHORT_HEADLINE = 5.0  # nats; of two words one is soon said by another event too
MEMBERS = 0.03  # for e times as many members: their sum is a surer picture of the event
MOST_MEMBERS = 1.5  # logarithm
CORE = 0.6  # a name of the story, not of one member: its weight for each member
TELLING = 3.5  # logarithm of rarity: one text in 33 holds it

Rare = Callable[[str], float]


def adjusted(
    score: float,
    shared: Collection[str],
    headline: Collection[str],
    fingerprint: Fingerprint,
    centroid: Centroid,
    rarity: Rare,
) -> float:
    """The cosine, raised or lowered by all that is known; `shared` and `headline` without the topics' own words."""
    length = min(len(fingerprint.terms), len(centroid.terms), LONG)
    found = sum(map(rarity, shared))
    surplus = math.log1p(found) - math.log1p(EXPECTED * length)
    sure = min(math.log(centroid.members), MOST_MEMBERS)
    said = _said(headline, shared, centroid, rarity) - HALF_SAID
    told = SHARED * surplus + HEADLINE * said + MEMBERS * sure
    return score + told - AGAINST * against(fingerprint, centroid, rarity)


def _said(
    headline: Collection[str], shared: Collection[str], centroid: Centroid, rarity: Rare
) -> float:
    """How much of a headline the story's members say too, between 0 and 1; what one of ten says counts a tenth."""
    both = sum(
        rarity(term) * min(1.0, centroid.terms.get(term, 0.0) / centroid.members)
        for term in headline
        if term in shared
    )
    return both / (sum(map(rarity, headline)) + SHORT_HEADLINE)


def against(fingerprint: Fingerprint, centroid: Centroid, rarity: Rare) -> float:
    """How far both sides name what the other does not, between 0 and 1; either alone is only a shorter report."""
    mine = {term for term, _ in fingerprint.terms}
    theirs = {terms.stemmed(name) for name in centroid.names}
    core = {name for name in theirs if centroid.terms.get(name, 0.0) >= CORE * centroid.members}
    own = {terms.stemmed(name) for name in fingerprint.names}
    return min(_missing(core, mine, rarity), _missing(own, centroid.terms, rarity))


def _missing(
    names: Collection[str], there: Collection[str] | Mapping[str, float], rarity: Rare
) -> float:
    telling = {name: rarity(name) for name in names}
    telling = {name: rare for name, rare in telling.items() if rare >= TELLING}
    absent = sum(rare for name, rare in telling.items() if name not in there)
    return absent / (sum(telling.values()) + DOUBT)
