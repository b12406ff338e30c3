"""Names that come up with a topic and that no query knows yet: next season's models and makers.

A name is a word with a version ("Zephyrino 2.1", also between Chinese characters), a word with a capital inside
("HappyHorse"), or a run of capitalised words inside a sentence. It is put forward where it stands in articles of the
topic far more often than in others (Dunning's log-likelihood, 1993) and at least three outlets write it.
"""

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from aiwatch.model import TopicName
from aiwatch.text.late import late
from aiwatch.text.prior import document_share
from aiwatch.text.terms import stemmed
from aiwatch.text.tokens import words

LEAST_OUTLETS = 3
LEAST_LIKELIHOOD = 10.83  # chance below 0.001 (chi-squared, one degree of freedom)
MOST = 10
_COMMON = 0.02  # share of texts; a name is rarer, and so is a word that makes a name known
_EXAMPLES = 3
_LEAST_LETTERS = 3

_CAPITAL = r"(?:[A-Z][A-Za-z]*[a-z][A-Za-z]*|[A-Z]{2,})"
_VERSIONED = late(
    rf"(?<![A-Za-z0-9.])({_CAPITAL}(?: {_CAPITAL}){{0,2}})(?: ?[vV]?|-[vV]?)(\d{{1,2}}(?:\.\d+)?)(?![\d%,]|\.\d|[A-Za-z]*/)"
)
_INNER = late(r"(?<![A-Za-z0-9.])([A-Z][a-z]+(?:[A-Z][a-z]+)+)(?![A-Za-z])")
_GLUED = late(rf"(?<=[\u3040-\u9fff\uac00-\ud7af])({_CAPITAL})(?=[\u3040-\u9fff\uac00-\ud7af])")
_RUN = late(rf"(?<=[a-z,] )({_CAPITAL}(?: {_CAPITAL}){{0,2}})(?![A-Za-z])")
_LONG = late(r"[A-Za-z]{4,}")
# What stands before a number and is no product.
_COUNTED_WORDS = (
    "january february march april may june july august september october november december jan feb mar apr jun jul aug "
    "sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday top over about nearly under only just "
    "part season episode chapter volume day week year page no number section title article level phase stage round group "
    "figure table step version series class area route highway flight covid fy q ios android windows am pm the a in on at "
    "for of and to from by with after before until since us usd eur gbp"
)
_COUNTED = frozenset(_COUNTED_WORDS.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One article of the archive: who wrote it, when, and which topics it is about (none: background)."""

    outlet: str
    title: str
    lead: str
    topics: tuple[TopicName, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A name that a topic might look for."""

    name: str
    topic: TopicName  # the one it comes up with most
    articles: int  # of any topic
    outlets: int
    background: int  # articles of no topic
    likelihood: float
    first_seen: datetime
    product: bool  # it bears versions, or a capital inside
    examples: tuple[str, ...]  # titles
    words: str


def suggest(
    articles: Iterable[Seen],
    known: Collection[str],
    *,
    new_since: datetime | None = None,
    most: int = MOST,
) -> tuple[Suggestion, ...]:
    """Names worth a query, products first, then by how strongly they belong to the topics.

    Args:
        articles: of a season or so, on and off topic; read once.
        known: every term and alias of the configuration, as written.
        new_since: leave out names that articles of a topic had before.
        most: how many at most.
    """
    count = _Counts()
    for article in articles:
        count.take(article)
    spelled = frozenset(map(words, known))
    rare = frozenset(word for spelling in spelled for word in spelling if _share(word) < _COMMON)
    found = (
        count.suggestion(name)
        for name, outlets in count.outlets.items()
        if len(outlets) >= LEAST_OUTLETS
        and words(name) not in spelled
        and rare.isdisjoint(words(name))
        and not _is_outlet(name, count)
    )
    wanted = [
        one
        for one in found
        if one.likelihood >= LEAST_LIKELIHOOD and (new_since is None or one.first_seen >= new_since)
    ]
    ranked = sorted(wanted, key=lambda one: (not one.product, -one.likelihood, one.name))
    return tuple(ranked[:most])


def patch(suggestions: Iterable[Suggestion]) -> str:
    """What to put into feeds.yaml, as YAML; nothing for nothing."""
    by_topic: dict[TopicName, list[Suggestion]] = defaultdict(list)
    for one in suggestions:
        by_topic[one.topic].append(one)
    if not by_topic:
        return ""
    lines = ["topics:"]
    for topic, names in by_topic.items():
        lines += [f"  {topic}:", "    any:  # add to what is there"]
        lines += [f"      - '\"{one.name}\"'  # {one.words}" for one in names]
    return "\n".join(lines) + "\n"


def names(title: str, lead: str) -> frozenset[str]:
    """The names in one article, without their versions, as written."""
    title, lead = (unicodedata.normalize("NFKC", text) for text in (title, lead))
    found = set(_products(f"{title}\n{lead}"))
    # In a headline that writes every word with a capital only products are told from other words.
    for text in (title, lead) if _tells_names(title) else (lead,):
        found.update(name for run in _RUN.finditer(text) if not _is_word(name := _tidy(run[1])))
    return frozenset(name for name in found if len(name) >= _LEAST_LETTERS)


def _tells_names(title: str) -> bool:
    """Whether a headline writes plain words small."""
    long: list[str] = _LONG.findall(title)
    return sum(word.islower() for word in long) * 2 > len(long)


def _is_word(name: str) -> bool:
    """Chinese, Company: a word like any other, which some write with a capital."""
    return " " not in name and _share(name.lower()) >= _COMMON


def _share(word: str) -> float:
    return document_share(stemmed(word))


def _products(text: str) -> Iterator[str]:
    for found in _VERSIONED.finditer(text):
        name = _tidy(found[1])
        if name:
            yield name
    for pattern in (_INNER, _GLUED):
        yield from (found[1] for found in pattern.finditer(text))


def _tidy(name: str) -> str:
    """Without the words before it that name nothing: `In Zephyrino` is Zephyrino, `March` is nothing."""
    parts = name.split(" ")
    while parts and parts[0].lower() in _COUNTED:
        parts = parts[1:]
    return "" if parts and parts[-1].lower() in _COUNTED else " ".join(parts)


class _Counts:
    """In how many articles each name stands, on topic and off."""

    def __init__(self) -> None:
        self.on = 0
        self.off = 0
        self.outlets: defaultdict[str, set[str]] = defaultdict(set)
        self.papers: set[str] = set()
        self._on: Counter[str] = Counter()
        self._off: Counter[str] = Counter()
        self._products: set[str] = set()
        self._topics: defaultdict[str, Counter[TopicName]] = defaultdict(Counter)
        self._first: dict[str, datetime] = {}
        self._titles: defaultdict[str, list[str]] = defaultdict(list)

    def take(self, article: Seen) -> None:
        found = names(article.title, article.lead)
        self.papers.add(_plain(article.outlet))
        if not article.topics:
            self.off += 1
            self._off.update(found)
            return
        self.on += 1
        self._on.update(found)
        self._products.update(
            _products(unicodedata.normalize("NFKC", f"{article.title}\n{article.lead}"))
        )
        for name in found:
            self.outlets[name].add(_plain(article.outlet))
            self._topics[name].update(article.topics)
            self._first[name] = min(article.at, self._first.get(name, article.at))
            if len(self._titles[name]) < _EXAMPLES:
                self._titles[name].append(article.title)

    def suggestion(self, name: str) -> Suggestion:
        on, off = self._on[name], self._off[name]
        outlets = len(self.outlets[name])
        told = f"{on} articles of {outlets} outlets, {off} elsewhere, since {self._first[name]:%d %b %Y}"
        return Suggestion(
            name=name,
            topic=self._topics[name].most_common(1)[0][0],
            articles=on,
            outlets=outlets,
            background=off,
            likelihood=_likelihood(on, self.on, off, self.off),
            first_seen=self._first[name],
            product=name in self._products,
            examples=tuple(self._titles[name]),
            words=told,
        )


def _likelihood(on: int, all_on: int, off: int, all_off: int) -> float:
    """Dunning's log-likelihood that the share on topic is the larger one; 0 where it is not."""
    if off * all_on >= on * all_off > 0 or not on:
        return 0.0
    expected = (on + off) * all_on / (all_on + all_off)
    other = (on + off) * all_off / (all_on + all_off)
    rest = off * math.log(off / other) if off else 0.0
    return 2 * (on * math.log(on / expected) + rest)


def _is_outlet(name: str, count: _Counts) -> bool:
    return any(_plain(name) in paper for paper in count.papers)


def _plain(text: str) -> str:
    return "".join(words(text))
