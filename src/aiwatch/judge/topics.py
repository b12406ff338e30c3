"""Is an article about a topic, why, and if not, what was missing.

A query looks in the title and the lead unless it says otherwise. Measured on news of one beat: with the title alone
19 % of what matters is missed; the whole body brings no more than the lead, and noise. Each topic is a list of
queries of which one is enough, and a list of exclusions of which none may match.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from aiwatch.judge import reasons
from aiwatch.judge.candidates import Candidates, Key, Lexicon
from aiwatch.judge.evidence import LEAD_READ, Evidence, lead
from aiwatch.judge.query import parse
from aiwatch.judge.query_tree import (
    And,
    Near,
    Node,
    Not,
    Or,
    Query,
    Term,
    Within,
    spell,
    terms,
    wanted,
)
from aiwatch.judge.reasons import Explanation
from aiwatch.judge.terms_index import Pattern, patterns, same_names
from aiwatch.model import Hit, HitField, Match, Subject, Topic, TopicName

__all__ = [
    "LEAD_READ",
    "Explanation",
    "Judged",
    "Lack",
    "Matcher",
    "compile_topics",
    "lead",
]

_FIELD_ORDER: tuple[HitField, ...] = ("title", "lead", "body", "site", "source", "lang")
_IN_TITLE, _IN_TEXT = 2.0, 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """A query that almost matches: `part` is missing, or all is there but not where or as near as it says (None)."""

    topic: TopicName
    query: str
    number: int  # of the query, for `gaps` and `rarity`
    part: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """All that topics say of one article, for those who try them out."""

    matches: tuple[Match, ...]
    blocked: tuple[tuple[Match, str], ...]  # with the query in `none` that keeps it out
    weak: tuple[Match, ...]  # below the topic's `min_score`
    lacks: tuple[Lack, ...]  # of topics of which no query matches


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compiled:
    topic: Topic
    any: tuple[Query, ...]
    none: tuple[Query, ...]


def compile_topics(topics: Sequence[Topic], aliases: Mapping[str, Sequence[str]]) -> "Matcher":
    """Make a matcher for all topics at once.

    Raises:
        QueryError: from the first query that cannot be read; `problems` tells them all.
    """
    compiled = tuple(
        _Compiled(topic=topic, any=tuple(map(parse, topic.any)), none=tuple(map(parse, topic.none)))
        for topic in topics
    )
    names = same_names(aliases)
    spellings = {
        term: patterns(term, names)
        for topic in compiled
        for query in (*topic.any, *topic.none)
        for term in terms(query.root)
    }
    return Matcher(compiled, spellings)


class Matcher:
    """All topics, compiled; it does not change."""

    def __init__(
        self, topics: tuple[_Compiled, ...], spellings: Mapping[Term, tuple[Pattern, ...]]
    ) -> None:
        self._topics = MappingProxyType({topic.topic.name: topic for topic in topics})
        self._spellings = MappingProxyType(dict(spellings))
        self._reads_body = any(
            _reads_body(query.root) for topic in topics for query in (*topic.any, *topic.none)
        )
        self._owners = tuple((topic.topic.name, query) for topic in topics for query in topic.any)

    # By the first text: both ask how common words are, and that table takes 50 ms to read, and 17 MB.
    @cached_property
    def _lexicon(self) -> Lexicon:
        return Lexicon(self._spellings)

    @cached_property
    def _candidates(self) -> Candidates:
        return Candidates([query.root for _, query in self._owners], self._lexicon)

    @property
    def names(self) -> tuple[TopicName, ...]:
        """The topics in the order of the configuration."""
        return tuple(self._topics)

    @property
    def reads_body(self) -> bool:
        """Whether any query looks into the whole text; if not, its first LEAD_READ characters are enough."""
        return self._reads_body

    def terms(self, topic: TopicName) -> tuple[str, ...]:
        """Every word and phrase that a topic's `any` looks for, in order, without repeats."""
        found = (spell(term) for query in self._topics[topic].any for term in wanted(query.root))
        return tuple(dict.fromkeys(found))

    def match(self, subject: Subject) -> tuple[Match, ...]:
        """The topics an article is about, in the order of the configuration."""
        reading = self._read(subject)
        return tuple(
            match
            for match, blocking in self._found(reading, self._candidates.among(reading.there))
            if self._holds(match, blocking)
        )

    def judge(self, subject: Subject) -> Judged:
        """The topics an article is about, and those that it is about but for one thing."""
        reading = self._read(subject)
        among = self._candidates.among(reading.there)
        found = list(self._found(reading, among))
        about = {match.topic for match, _ in found}
        return Judged(
            matches=tuple(match for match, blocking in found if self._holds(match, blocking)),
            blocked=tuple((match, query.text) for match, query in found if query is not None),
            weak=tuple(
                match for match, query in found if query is None and not self._holds(match, query)
            ),
            lacks=tuple(self._lacks(among, reading.there, about)),
        )

    def gaps(self, query: int, subject: Subject) -> tuple[str, ...]:
        """What an article lacks for the query that a `Lack` names, in words."""
        return self._read(subject).gaps(self._owners[query][1].root)

    def explain(self, topic: TopicName, subject: Subject) -> Explanation:
        """Why an article is about this topic, or what kept it out.

        Raises:
            KeyError: there is no such topic.
        """
        compiled = self._topics[topic]
        reading = self._read(subject)
        match = _best(compiled, compiled.any, reading)
        if match is None:
            return _nearest(compiled, reading)
        blocking = _blocking(compiled, reading)
        if blocking is not None:
            return reasons.blocked(match, blocking.text, reading.hits(blocking.root) or ())
        if match.score < compiled.topic.min_score:
            return reasons.weak(match, compiled.topic.min_score)
        return reasons.matched(match)

    def _read(self, subject: Subject) -> Evidence:
        return Evidence(subject, self._lexicon, body=self._reads_body)

    def _found(
        self, reading: Evidence, among: Iterable[int]
    ) -> Iterator[tuple[Match, Query | None]]:
        """Each topic of which a query matches, and the exclusion that matches too."""
        candidates: dict[TopicName, list[Query]] = {}
        for number in among:
            name, query = self._owners[number]
            candidates.setdefault(name, []).append(query)
        for name, queries in candidates.items():
            match = _best(self._topics[name], queries, reading)
            if match is not None:
                yield match, _blocking(self._topics[name], reading)

    def _holds(self, match: Match, blocking: Query | None) -> bool:
        return blocking is None and match.score >= self._topics[match.topic].topic.min_score

    def _lacks(
        self, among: Iterable[int], there: set[Key], about: Collection[TopicName]
    ) -> Iterator[Lack]:
        for number in among:
            topic, query = self._owners[number]
            if topic not in about:
                yield Lack(topic=topic, query=query.text, number=number, part=None)
        for number, part in self._candidates.lacking(there):
            topic, query = self._owners[number]
            if topic not in about:
                yield Lack(topic=topic, query=query.text, number=number, part=part)

    def rarity(self, query: int) -> float:
        """About how often the rarest thing that a query needs stands in a text."""
        return self._candidates.rarity(query)


def _reads_body(node: Node) -> bool:
    match node:
        case Within(scope=scope):
            return scope == "body"
        case And(parts=parts) | Or(parts=parts):
            return any(map(_reads_body, parts))
        case Not(part=part):
            return _reads_body(part)
        case Near() | Term():
            return False


def _best(topic: _Compiled, queries: Sequence[Query], reading: Evidence) -> Match | None:
    """The match of the query that finds most, with the hits of all that match."""
    found = [(query, hits) for query in queries if (hits := reading.hits(query.root)) is not None]
    if not found:
        return None
    best, _ = max(found, key=lambda pair: _score(pair[1]))
    every = {(hit.field, hit.offset, hit.text): hit for _, hits in reversed(found) for hit in hits}
    ordered = sorted(every.values(), key=lambda hit: (_FIELD_ORDER.index(hit.field), hit.offset))
    return Match(
        topic=topic.topic.name, score=_score(ordered), query=best.text, hits=tuple(ordered)
    )


def _score(hits: Iterable[Hit]) -> float:
    """Two for each of the query's words that stands in the title, one for each that stands below it only."""
    titled = {hit.term for hit in hits if hit.field == "title"}
    below = {hit.term for hit in hits if hit.field in ("lead", "body")}
    return _IN_TITLE * len(titled) + _IN_TEXT * len(below - titled)


def _blocking(topic: _Compiled, reading: Evidence) -> Query | None:
    """The first exclusion that matches."""
    return next((query for query in topic.none if reading.hits(query.root) is not None), None)


def _nearest(topic: _Compiled, reading: Evidence) -> Explanation:
    """The query that comes nearest: one that finds something at all, lacks least, finds most."""
    lacking = [(query, reading.gaps(query.root), reading.found(query.root)) for query in topic.any]
    if not lacking:
        return Explanation(topic=topic.topic.name, matched=False, words="the topic has no query")
    query, gaps, found = min(lacking, key=lambda one: (not one[2], len(one[1]), -len(one[2])))
    return reasons.missing(topic.topic.name, query.text, gaps, found)
