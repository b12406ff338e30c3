"""Which event an article tells: the story it joins, or a story of its own; and the older story that one follows.

TF-IDF cosine of title and lead to what a story's members have in common. One threshold held on headlines, leads and
whole articles, from an empty archive on; the floors are in tests/judge/test_stories_floor.py.
"""

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain
from types import MappingProxyType

from aiwatch.judge import languages, likeness, roundups, templates
from aiwatch.judge.weights import Rarity, at_large, shares, vector, weights
from aiwatch.model import Article, Centroid, Fingerprint, Frequencies, StoryId, Verdict
from aiwatch.text import prior, terms

JOIN = 0.20
SURE = 0.30  # below, the words of a whole topic may be all that is shared
ONE_WORD = 0.6  # of a cosine; when one word gives more, nothing else is shared to speak of
FRESH = timedelta(days=3)  # so long after its last growth a story still takes a new article at JOIN
STALE = (
    0.40  # what an article needs at the end of the window: by then the same names tell a new event
)
WINDOW = timedelta(days=14)
LONG_WINDOW = timedelta(days=21)
LONG_RUNNING = 10  # members of a story that grew for two weeks or more
KEPT_TERMS = 150
COMPARED = 8  # candidates whose cosine is worked out: those that may come nearest
CLOSE_STORIES = 4  # so many unlike stories, about equally near, make a round-up
LOW_MARGIN = 0.6
RARE_NAME = 3.5  # logarithm: one text in 33 holds it
RARE_WORD = 3.5  # one in 33; two of them are needed
RARE_ALONE = 4.4  # one in 80: says as much as a name
PLAIN_WORD = 1.5  # one in five: says something beside another in a headline
PLAIN_PAIR = 4.0
MOST_SAID = 0.25  # of a headline, by rarity
FOLLOWS = 0.15
FOLLOWS_AFTER = timedelta(days=1)
_ROUNDUP = "a round-up"
AT_LARGE: likeness.Rare = at_large
EDIT = Verdict(kind="new", reason="an edit of a watched page", rule="edit")
"""Of an article with a `change`: it repeats nothing, joins nothing, and nothing joins it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A story as seen from one article."""

    centroid: Centroid
    score: float
    shared: tuple[str, ...]  # the terms that weigh most first
    vector: Mapping[str, float]  # the story's, at length one
    article: Mapping[str, float]  # the article's, at length one

    def score_without(self, words: frozenset[str]) -> float:
        """The cosine that is left when these terms do not count."""
        mine, theirs = (
            math.sqrt(max(0.0, 1 - sum(vector.get(word, 0.0) ** 2 for word in words)))
            for vector in (self.article, self.vector)
        )
        both = sum(
            part for term, part in shares(self.article, self.vector).items() if term not in words
        )
        return both / (mine * theirs) if mine * theirs > 1e-6 else 0.0


def rare_terms(
    fingerprint: Fingerprint, frequencies: Frequencies, limit: int = 12
) -> tuple[str, ...]:
    """The terms by which candidate stories are looked up: those that weigh most and stand in the archive at all."""
    rarity = Rarity(frequencies)
    weighed = {
        term: weight * rarity(term)
        for term, weight in weights(fingerprint).items()
        if frequencies.counts.get(term)
    }
    return tuple(sorted(weighed, key=lambda term: (-weighed[term], term))[:limit])


def assign(
    article: Article,
    fingerprint: Fingerprint,
    frequencies: Frequencies,
    candidates: Sequence[Centroid],
    now: datetime,
    topic_words: frozenset[str] = frozenset(),
    aliases: Mapping[str, str] = MappingProxyType({}),
) -> Verdict:
    """The story this article joins, or a new one, and why.

    `now` is the article's own time where it has one. `frequencies` should hold the candidates' terms too. `aliases` are
    other spellings of a name, each with the usual one; see `languages.aliased` for the fingerprints that are kept.
    """
    sign = roundups.named(article.title)
    if sign:
        return _alone(f'its headline says "{sign}"')
    fingerprint = languages.aliased(article, fingerprint, aliases)
    rarity = Rarity(frequencies)
    open_ = [each for each in candidates if _distance(each, now) <= window(each)]
    near = nearest(fingerprint, rarity, open_)
    many = _many_stories(near)
    if many:
        return _alone(f"about as near to {many} unlike stories")
    topics = frozenset(terms.stemmed(terms.folded(word)) for word in topic_words)
    joined, why_not = _first_that_joins(article, fingerprint, near, now, topics)
    if joined and joined.sure:
        return joined
    today = [each for each in open_ if _distance(each, now) <= languages.NEAR_IN_TIME]
    found = languages.same_event(article, fingerprint, today, AT_LARGE, topics, aliases)
    return found or joined or _own_story(near, why_not)


def _first_that_joins(
    article: Article,
    fingerprint: Fingerprint,
    near: Sequence[Near],
    at: datetime,
    topics: frozenset[str],
) -> tuple[Verdict | None, str]:
    """The verdict of the nearest story that takes the article, and why the nearest of all did not."""
    why_not = ""
    for each in near:
        judged = _judged(article, fingerprint, each, at, topics)
        if isinstance(judged, Verdict):
            return judged, why_not
        why_not = why_not or judged
    return None, why_not


def _alone(why: str) -> Verdict:
    return Verdict(kind="new", reason=f"{_ROUNDUP}: {why}", rule=_ROUNDUP)


def stands_alone(article: Article, verdict: Verdict | None = None) -> bool:
    """Whether nothing may join its story, and its words move none: a round-up, or an edit of a watched page."""
    if article.change is not None:
        return True
    by_verdict = verdict is not None and verdict.reason.startswith(_ROUNDUP)
    return by_verdict or roundups.named(article.title) is not None


def window(centroid: Centroid) -> timedelta:
    """How long after its last growth a story stays open."""
    grown_for = centroid.last_seen - centroid.first_seen
    long = centroid.members >= LONG_RUNNING and grown_for >= WINDOW
    return LONG_WINDOW if long else WINDOW


def grow(terms_now: Mapping[str, float], fingerprint: Fingerprint) -> dict[str, float]:
    """A story's summed weights with one more member, the 150 heaviest kept."""
    grown = dict(terms_now)
    for term, weight in weights(fingerprint).items():
        grown[term] = grown.get(term, 0.0) + weight
    if len(grown) <= KEPT_TERMS:
        return grown
    heaviest = sorted(grown, key=lambda term: (-grown[term], prior.document_share(term), term))
    return {term: grown[term] for term in heaviest[:KEPT_TERMS]}


def previous(
    fingerprint: Fingerprint,
    frequencies: Frequencies,
    candidates: Sequence[Centroid],
    now: datetime,
) -> StoryId | None:
    """The older story that a new one follows: the same rare names, a day or more later."""
    older = [each for each in candidates if now - each.last_seen >= FOLLOWS_AFTER]
    for near in nearest(fingerprint, Rarity(frequencies), older):
        if near.score < FOLLOWS:
            return None
        same_form = templates.other_page(fingerprint, "", near.centroid)
        if not same_form and len(_evidence(fingerprint, near, AT_LARGE, frozenset())) >= 2:
            return near.centroid.story
    return None


def worth_comparing(
    fingerprint: Fingerprint, frequencies: Frequencies, candidates: Sequence[Centroid]
) -> list[Centroid]:
    """Those of which a cosine is worked out at all: only the frequencies of their terms need to be known, too."""
    mine = vector(weights(fingerprint), Rarity(frequencies))
    return [each for each in candidates if _bound(mine, each) >= FOLLOWS]


def _bound(mine: Mapping[str, float], centroid: Centroid) -> float:
    return math.hypot(*(value for term, value in mine.items() if term in centroid.terms))


def nearest(fingerprint: Fingerprint, rarity: Rarity, candidates: Sequence[Centroid]) -> list[Near]:
    """The candidates by cosine, the nearest first; of equals the older story.

    No cosine exceeds the length of the article's vector over the shared terms, which is cheap to know.
    """
    mine = vector(weights(fingerprint), rarity)
    bounds = [(_bound(mine, each), each) for each in candidates]
    likely = sorted(bounds, key=lambda pair: (-pair[0], pair[1].story))[:COMPARED]
    found: list[Near] = []
    best = 0.0
    for bound, centroid in likely:
        if bound < max(FOLLOWS, LOW_MARGIN * best):
            break
        theirs = vector(centroid.terms, rarity)
        parts = shares(mine, theirs)
        shared = tuple(sorted(parts, key=lambda term: (-parts[term], term)))
        score = sum(parts.values())
        found.append(
            Near(centroid=centroid, score=score, shared=shared, vector=theirs, article=mine)
        )
        best = max(best, score)
    return sorted(found, key=lambda each: (-each.score, each.centroid.story))


def _distance(centroid: Centroid, at: datetime) -> timedelta:
    """How far outside a story's life a moment lies; found late is as good as found in time."""
    return max(timedelta(0), at - centroid.last_seen, centroid.first_seen - at)


def _needed(late: timedelta) -> float:
    return JOIN + (STALE - JOIN) * min(1.0, (late - FRESH) / (WINDOW - FRESH))


def _many_stories(near: Sequence[Near]) -> int:
    """How many unlike stories an article is about equally near to, when that makes it a round-up, else 0."""
    close = [each for each in near if each.score >= max(JOIN, LOW_MARGIN * near[0].score)]
    if len(close) < CLOSE_STORIES:
        return 0
    unlike: list[Near] = []
    for each in close:
        if all(sum(shares(each.vector, other.vector).values()) < JOIN for other in unlike):
            unlike.append(each)
    return len(unlike) if len(unlike) >= CLOSE_STORIES else 0


def _judged(
    article: Article,
    fingerprint: Fingerprint,
    near: Near,
    at: datetime,
    topics: frozenset[str],
) -> Verdict | str:
    """The verdict by which the article joins this story, or why it does not."""
    story, needed, late = near.centroid.story, JOIN, _distance(near.centroid, at)
    plain = [term for term in near.shared if term not in topics]
    headline = _headline(article.title) & near.article.keys() - topics
    score = likeness.adjusted(near.score, plain, headline, fingerprint, near.centroid, AT_LARGE)
    quiet = ""
    if late > FRESH:
        # By then the beat's own names tell a new event as likely as the old one.
        needed, score = _needed(late), min(near.score, near.score_without(topics))
        quiet = f" {late.days} days after its last"
        quiet += " without the topics' own words" if topics else ""
    if score < needed or (near.score < JOIN and _shorter(fingerprint, near) > likeness.LONG):
        return f"likeness {score:.2f} (cosine {near.score:.2f}) to story {story}, {needed:.2f} needed{quiet}"
    evidence = _evidence(fingerprint, near, AT_LARGE, topics)
    if not (evidence or _sure(fingerprint, near, topics) or _two_words(fingerprint, near, topics)):
        return f"cosine {near.score:.2f} to story {story}, but no rare name, number or word shared"
    lone = _lone_word(near, headline) if _short(fingerprint, near) else ""
    if lone:
        return f"cosine {near.score:.2f} to story {story}, but only {lone} shared"
    foreign = languages.differs(article, fingerprint, near.centroid)
    if foreign and score < SURE:
        return f"cosine {near.score:.2f} to story {story}, by the names that two languages share"
    form = templates.other_page(fingerprint, article.title, near.centroid)
    if form:
        return f"the wording of story {story} with {form}"
    verdict = _joins(article, near, score, by_evidence=near.score < SURE)
    return replace(verdict, sure=False) if foreign else verdict  # names are one kind of evidence


@lru_cache(maxsize=256)
def _headline(title: str) -> frozenset[str]:
    return frozenset(
        piece for run in terms.runs(terms.normal(title)) for piece in terms.pieces(run)
    )


def _shorter(fingerprint: Fingerprint, near: Near) -> int:
    return min(len(fingerprint.terms), len(near.centroid.terms))


def _short(fingerprint: Fingerprint, near: Near) -> bool:
    """Whether either side is hardly more than a headline, of which a cosine says little."""
    return _shorter(fingerprint, near) <= templates.HEADLINE_TERMS


def _lone_word(near: Near, headline: Set[str]) -> str:
    """The word on which all rests, where it is not most of the headline: a place or a fair has many stories."""
    telling = [term for term in near.shared if AT_LARGE(term) >= PLAIN_WORD]
    if len(telling) != 1 or len(headline) < 2:
        return ""
    said = AT_LARGE(telling[0]) / sum(map(AT_LARGE, headline))
    return telling[0] if said < MOST_SAID else ""


def _two_words(fingerprint: Fingerprint, near: Near, topics: frozenset[str]) -> bool:
    """Whether a headline shares a pair of plain words, as `job openings`; it has hardly room for more."""
    plain = [AT_LARGE(term) for term in near.shared if term not in topics]
    telling = [rare for rare in plain if rare >= PLAIN_WORD]
    return _short(fingerprint, near) and len(telling) > 1 and sum(telling) >= PLAIN_PAIR


def _sure(fingerprint: Fingerprint, near: Near, topics: frozenset[str]) -> bool:
    """Whether the likeness alone will do. Of short texts it may rest on the topics' words, or on a single one."""
    if near.score < SURE:
        return False
    if not _short(fingerprint, near):
        return True
    parts = shares(near.article, near.vector)
    most = max((part for term, part in parts.items() if term not in topics), default=0.0)
    return near.score_without(topics) >= JOIN and most < ONE_WORD * near.score


def _evidence(
    fingerprint: Fingerprint, near: Near, rarity: likeness.Rare, topics: frozenset[str]
) -> list[str]:
    """What only texts on one event share: rare names and numbers, or two rare words."""
    named = [
        name
        for name in fingerprint.names
        if name in near.centroid.names
        and terms.stemmed(name) not in topics
        and rarity(terms.stemmed(name)) >= RARE_NAME
    ]
    counted = [
        number
        for number in fingerprint.numbers
        if number in near.centroid.numbers and templates.telling(number)
    ]
    rare = [
        term
        for term in near.shared
        if term not in topics and rarity(term) >= RARE_WORD and not term[0].isdigit()
    ]
    alone = [term for term in rare if rarity(term) >= RARE_ALONE]
    return named + counted + (rare if len(rare) > 1 else alone)


def _joins(article: Article, near: Near, score: float, *, by_evidence: bool) -> Verdict:
    shared = spelled(article, near.shared[:6])
    apart = f" (likeness {score:.2f})" if f"{score:.2f}" != f"{near.score:.2f}" else ""
    return Verdict(
        kind="same_story",
        reason=f"joins: cosine {near.score:.2f}{apart} on {', '.join(shared)}",
        story=near.centroid.story,
        score=near.score,
        shared=shared,
        rule="shared rare names" if by_evidence else "cosine",
        sure=score >= SURE,
    )


def _own_story(near: Sequence[Near], why_not: str) -> Verdict:
    if not near:
        why_not = "no open story shares its rare words"
    score = near[0].score if near else 0.0
    return Verdict(
        kind="new", reason=f"a story of its own: {why_not}", score=score, rule="own story"
    )


def spelled(article: Article, wanted: Sequence[str]) -> tuple[str, ...]:
    """Terms as the article writes them, so that a reader sees `closure` and not `closur`."""
    missing = set(wanted)
    seen: dict[str, str] = {}
    for run in chain(terms.runs(terms.normal(article.title)), terms.lead(article.text)):
        for term in terms.pieces(run) if run.kind == "word" else ():
            if term in missing:
                missing.discard(term)
                seen[term] = terms.folded(run.text)
        if not missing:
            break
    return tuple(seen.get(term, term) for term in wanted)
