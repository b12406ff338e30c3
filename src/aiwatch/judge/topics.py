"""Is an article about a topic, why, and if not, what was missing.

A query looks in the title and the lead unless it says otherwise. Measured on news of one beat: with the title alone
19 % of what matters is missed; the whole body brings no more than the lead, and noise. Each topic is a list of
queries of which one is enough, and a list of exclusions of which none may match.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from aiwatch.judge.candidates import Candidates
from aiwatch.judge.evidence import Evidence, lead
from aiwatch.judge.query import QueryError, parse, warnings
from aiwatch.judge.query_tree import And, Near, Node, Not, Or, Query, Term, Within, terms
from aiwatch.judge.terms_index import Pattern, patterns, same_names
from aiwatch.model import Hit, HitField, Match, Subject, Topic, TopicName

__all__ = ["Explanation", "Matcher", "cautions", "compile_topics", "lead", "problems"]

_FIELD_ORDER: tuple[HitField, ...] = ("title", "lead", "body", "site", "source", "lang")
_IN_TITLE, _IN_TEXT = 2.0, 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why an article is about a topic or not; `words` is the whole of it for a person."""

    matched: bool
    match: Match | None
    missing: tuple[str, ...]  # what the nearest query still lacks
    blocked_by: str | None  # the exclusion that stands in the way
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compiled:
    topic: Topic
    any: tuple[Query, ...]
    none: tuple[Query, ...]


def problems(topic: Topic) -> tuple[str, ...]:
    """What is wrong with a topic's queries, each with its place; nothing when they can be compiled."""
    found = [] if topic.any else [f"topic {topic.name}: `any` has no query"]
    for key, number, text in _queries(topic):
        try:
            parse(text)
        except QueryError as error:
            found.append(f"topic {topic.name}, {key}, query {number}, {text!r}: {error}")
    return tuple(found)


def cautions(topic: Topic) -> tuple[str, ...]:
    """What can be read in a topic's queries, but was perhaps not meant."""
    return tuple(
        f"topic {topic.name}, {key}, query {number}: {warning}"
        for key, number, text in _queries(topic)
        for warning in warnings(parse(text))
    )


def _queries(topic: Topic) -> Iterator[tuple[str, int, str]]:
    for key, texts in (("any", topic.any), ("none", topic.none)):
        for number, text in enumerate(texts, 1):
            yield key, number, text


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
        every = [(topic.topic.name, query) for topic in topics for query in topic.any]
        self._owners = tuple(every)
        self._candidates = Candidates([query.root for _, query in every], spellings)

    def match(self, subject: Subject) -> tuple[Match, ...]:
        """The topics an article is about, in the order of the configuration."""
        reading = Evidence(subject, self._spellings)
        candidates: dict[TopicName, list[Query]] = {}
        for number in self._candidates.among(reading.words(body=self._reads_body)):
            name, query = self._owners[number]
            candidates.setdefault(name, []).append(query)
        found = (
            self._judge(self._topics[name], queries, reading)
            for name, queries in candidates.items()
        )
        return tuple(match for match in found if match is not None)

    def explain(self, topic: TopicName, subject: Subject) -> Explanation:
        """Why an article is about this topic, or what kept it out.

        Raises:
            KeyError: there is no such topic.
        """
        compiled = self._topics[topic]
        reading = Evidence(subject, self._spellings)
        match = _best(compiled, compiled.any, reading)
        if match is None:
            return _explain_missing(compiled, reading)
        blocking = _blocking(compiled, reading)
        if blocking is not None:
            return _explain_blocked(match, *blocking)
        if match.score < compiled.topic.min_score:
            return _explain_weak(match, compiled.topic.min_score)
        told = f"{_quoted(match.query)} matches: {_told(match.hits)}"
        return Explanation(matched=True, match=match, missing=(), blocked_by=None, words=told)

    def _judge(self, topic: _Compiled, queries: Sequence[Query], reading: Evidence) -> Match | None:
        match = _best(topic, queries, reading)
        if match is None or match.score < topic.topic.min_score or _blocking(topic, reading):
            return None
        return match


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


def _blocking(topic: _Compiled, reading: Evidence) -> tuple[Query, tuple[Hit, ...]] | None:
    """The first exclusion that matches, and where."""
    for query in topic.none:
        if (hits := reading.hits(query.root)) is not None:
            return query, hits
    return None


# ---------------------------------------------------------------- in words


def _explain_blocked(match: Match, query: Query, hits: tuple[Hit, ...]) -> Explanation:
    told = f"{_quoted(match.query)} matches, but {_quoted(query.text)} in `none` keeps it out: {_told(hits)}"
    return Explanation(matched=False, match=None, missing=(), blocked_by=query.text, words=told)


def _explain_weak(match: Match, least: float) -> Explanation:
    told = (
        f"{_quoted(match.query)} matches with a score of {match.score:g}; `min_score` is {least:g}"
    )
    return Explanation(matched=False, match=None, missing=(), blocked_by=None, words=told)


def _explain_missing(topic: _Compiled, reading: Evidence) -> Explanation:
    """The query that comes nearest: one that finds something at all, lacks least, finds most."""
    lacking = [(query, reading.gaps(query.root), reading.found(query.root)) for query in topic.any]
    if not lacking:
        return Explanation(
            matched=False, match=None, missing=(), blocked_by=None, words="the topic has no query"
        )
    query, missing, found = min(lacking, key=lambda one: (one[2] == 0, len(one[1]), -one[2]))
    told = (
        f"the nearest query is {_quoted(query.text)}; it lacks {', and '.join(missing)}"
        if found
        else "none of the topic's words stand in the title or the lead"
    )
    return Explanation(matched=False, match=None, missing=missing, blocked_by=None, words=told)


def _told(hits: Iterable[Hit]) -> str:
    return (
        ", ".join(f"{_quoted(hit.text)} in the {hit.field}" for hit in hits) or "nothing forbids it"
    )


def _quoted(text: str) -> str:
    return f"«{text}»" if '"' in text else f'"{text}"'
