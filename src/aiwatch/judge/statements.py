"""A body → the sentences that state something checkable, each with its keys.

Keys are what a sentence carries, normalised so that two outlets' words for it compare: `usd:1400000`, `date:03-24`,
`quote:resource draining black hole`, `said:thomas husson`, `name:sensor tower`.
"""

import re
from collections.abc import Iterable, Iterator, Set
from functools import lru_cache

from aiwatch.judge.names import name_words, names, speaker
from aiwatch.judge.quantities import dates, quantities
from aiwatch.judge.sentences import content, sentences
from aiwatch.model import Fact, Member
from aiwatch.text.tokens import words

_QUOTED = re.compile(
    r"“([^”]{8,300})”|\"([^\"]{8,300})\"|«([^»]{8,300})»|「([^」]{4,200})」|„([^“]{8,300})“"
)
_CARRIES_ON = re.compile(
    r"(?:the|this|that|these|it|its|he|she|they|their|his|her|both|but|and)\b", re.IGNORECASE
)
_TOLERANCE = 0.025  # 1.47 and 1.5 trillion are one figure, rounded
_EXACT = frozenset(("second", "minute", "hour", "day", "week", "month", "year", "person", "pct"))


@lru_cache(maxsize=4096)
def keys_of(sentence: str, known: frozenset[str] = frozenset()) -> frozenset[str]:
    """What one sentence carries."""
    found = names(sentence, known)
    keys = {quantity.key for quantity in (*quantities(sentence), *dates(sentence))}
    keys |= {f"quote:{quote}" for quote in _quotes(sentence)}
    keys |= {f"name:{' '.join(name.words)}" for name in found}
    if said := speaker(sentence, found):
        keys.add(f"said:{' '.join(said.words)}")
    return frozenset(keys)


@lru_cache(maxsize=256)
def statements(text: str, title: str = "") -> tuple[tuple[str, frozenset[str]], ...]:
    """Every reporting sentence of a body, in order, with its keys (possibly none)."""
    found = sentences(text)
    known = frozenset(word for sentence in (title[:300], *found) for word in name_words(sentence))
    return tuple((sentence, keys_of(sentence, known)) for sentence in found)


def facts(member: Member, about: frozenset[str] = frozenset()) -> tuple[Fact, ...]:
    """The sentences of an article that carry something; with `about`, only those that concern these words.

    A sentence concerns them when it names one of them, or carries straight on from one that does.
    """
    this_year = f"date:{member.first_seen.year}"
    return tuple(
        _fact(member, sentence, keys - {this_year})
        for sentence, keys in _concerning(statements(member.text, member.title), about)
        if keys - {this_year}
    )


def _fact(member: Member, sentence: str, keys: frozenset[str]) -> Fact:
    return Fact(
        text=sentence, article=member.article, outlet=member.outlet, url=member.url, keys=keys
    )


def _concerning(
    stated: Iterable[tuple[str, frozenset[str]]], about: frozenset[str]
) -> Iterator[tuple[str, frozenset[str]]]:
    before = False
    for sentence, keys in stated:
        named = not about or bool((named_in(keys) | name_words(sentence, about)) & about)
        named = named or len(content(sentence) & about) > 1
        if named or (before and _CARRIES_ON.match(sentence)):
            yield sentence, keys
        before = named


def is_solid(fact: Fact) -> bool:
    """Whether it carries more than names: a figure, a date, a quotation, a speaker."""
    return any(not key.startswith("name:") for key in fact.keys)


def named_in(keys: Iterable[str]) -> frozenset[str]:
    """The words of the names among keys."""
    return frozenset(word for key in keys if key.startswith("name:") for word in key[5:].split())


def subjects(members: Iterable[Member]) -> frozenset[str]:
    """What the members are about: the names of their titles and first sentences; pairs where a title has no spaces."""
    members = tuple(members)
    bodies = [statements(member.text, member.title) for member in members]
    known = frozenset(word for body in bodies for _, keys in body for word in named_in(keys))
    found: set[str] = set()
    for member, body in zip(members, bodies, strict=True):
        found |= named_in(key for _, keys in body[:2] for key in keys)
        titled = name_words(member.title[:300], known)
        found |= titled & known or titled
        found |= {
            pair for pair in content(member.title[:300]) if len(pair) == 2 and not pair.isascii()
        }
    return frozenset(found)


def _quotes(sentence: str) -> Iterator[str]:
    """The quotations of three words or more, by their first eight words."""
    for match in _QUOTED.finditer(sentence):
        quoted = words(next(group for group in match.groups() if group))
        if len(quoted) >= 3:
            yield " ".join(quoted[:8])


# ---------------------------------------------------------------- what is covered


def uncovered(keys: frozenset[str], told: Set[str], told_words: Set[str]) -> frozenset[str]:
    """The keys that say something not among the told ones; figures compare with a tolerance for rounding."""
    return frozenset(key for key in keys if key not in told and not _covered(key, told, told_words))


def _covered(key: str, told: Set[str], told_words: Set[str]) -> bool:
    kind, _, value = key.partition(":")
    if kind in ("name", "said"):
        same = (other.partition(":")[2].split() for other in told if other.startswith(f"{kind}:"))
        mine = set(value.split())
        return any(mine.intersection(other) for other in same)
    if kind == "quote":
        return len(told_words & set(value.split())) >= 0.8 * len(value.split())
    if kind == "date":
        return False
    exact = kind in _EXACT or (kind == "n" and float(value) < 100)
    return not exact and any(_near(float(value), other) for other in _values(kind, told))


def _values(kind: str, told: Set[str]) -> Iterator[float]:
    for key in told:
        unit, _, value = key.partition(":")
        if unit == kind:
            yield float(value)


def _near(value: float, other: float) -> bool:
    return abs(value - other) <= _TOLERANCE * max(abs(value), abs(other))
