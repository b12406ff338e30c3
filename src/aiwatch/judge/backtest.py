"""What topics would have found among articles that are there already: a rule tried out before it costs a week.

Pure over any sequence of articles; the matcher is the one that judges live, so a back-test of a period finds, item
for item, what was recorded while the same topics ran.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain, combinations, islice

from aiwatch.judge.reasons import quoted, short
from aiwatch.judge.topics import Judged, Lack, Matcher
from aiwatch.model import Match, Subject, TopicName

EXAMPLES = 3
MOST_EDITS = 5  # near misses told of one topic
_MOST_TRIED = 40  # near misses of one topic for which an edit is worded


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """One article of the past."""

    id: str
    subject: Subject
    at: datetime  # aware; when it was filed


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """An article as an example."""

    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TermHits:
    """What one word or phrase of a topic found: in how many articles, as they write it, and where."""

    term: str
    articles: int
    forms: tuple[tuple[str, int], ...]  # most frequent first; shows what a `*` took in
    examples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One change of a topic, and what it would bring."""

    words: str
    articles: int
    examples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicTest:
    """One topic over the whole archive."""

    topic: TopicName
    found: tuple[str, ...]  # ids, in the archive's order
    a_day: float
    by_day: tuple[tuple[date, int], ...]  # days with hits, in order
    examples: tuple[Sample, ...]  # the last found
    terms: tuple[TermHits, ...]  # most articles first
    never: tuple[str, ...]  # words and phrases that found nothing
    near: tuple[Edit, ...]  # what one edit would bring
    gained: tuple[Sample, ...] = ()  # found now, not by the other configuration
    lost: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """How many articles two topics share."""

    one: TopicName
    other: TopicName
    both: int
    of_one: float  # share of the first's
    of_other: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BackTest:
    """What topics found among the articles of a period."""

    articles: int
    about: int  # articles of at least one topic
    days: int  # from the first article's to the last one's, both counted
    topics: tuple[TopicTest, ...]
    overlaps: tuple[Overlap, ...]  # largest share first


def back_test(
    archive: Iterable[Archived],
    matcher: Matcher,
    *,
    against: Matcher | None = None,
    only: Collection[TopicName] = (),
) -> BackTest:
    """Run topics over the past.

    Args:
        archive: read once, in the order of filing; nothing of it is kept but ids and a few examples.
        matcher: the topics to try.
        against: those of another configuration, to say what is gained and lost.
        only: the topics told of; empty: all, and those that only `against` has.
    """
    run = _Run(matcher, against)
    for article in archive:
        run.take(article)
    others = against.names if against else ()
    names = [name for name in dict.fromkeys((*matcher.names, *others)) if not only or name in only]
    days = (max(run.days) - min(run.days)).days + 1 if run.days else 0
    return BackTest(
        articles=run.articles,
        about=run.about,
        days=days,
        topics=tuple(run.topic(name, days) for name in names),
        overlaps=tuple(_overlaps({name: set(run.tally[name].found) for name in names})),
    )


class _Tally:
    """What is counted of one topic."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.by_day: Counter[date] = Counter()
        self.last: list[Sample] = []
        self.articles: Counter[str] = Counter()
        self.forms: dict[str, Counter[str]] = defaultdict(Counter)
        self.samples: dict[str, list[Sample]] = defaultdict(list)
        self.edits = _Kept()
        self.lacks: dict[Lack, _Lacked] = {}
        self.gained: list[Sample] = []
        self.lost: list[Sample] = []

    def take(self, match: Match, sample: Sample, day: date) -> None:
        self.found.append(sample.id)
        self.by_day[day] += 1
        self.last = [*self.last[-EXAMPLES + 1 :], sample]
        for term, form in dict.fromkeys((hit.term, hit.text) for hit in match.hits):
            self.forms[term][form.lower()] += 1
        for term in dict.fromkeys(hit.term for hit in match.hits):
            self.articles[term] += 1
            if len(self.samples[term]) < EXAMPLES:
                self.samples[term].append(sample)


class _Kept:
    """Edits that can be worded at once, with what they would bring."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.samples: dict[str, list[Sample]] = defaultdict(list)

    def take(self, words: str, sample: Sample) -> None:
        self.counts[words] += 1
        if len(self.samples[words]) < EXAMPLES:
            self.samples[words].append(sample)

    def edits(self) -> Iterator[Edit]:
        for words, count in self.counts.most_common():
            yield Edit(words=words, articles=count, examples=tuple(self.samples[words]))


class _Lacked:
    """Articles that lack the same part of the same query; what they lack is worded in the end, from the first."""

    def __init__(self, first: Subject) -> None:
        self.first = first
        self.count = 0
        self.samples: list[Sample] = []


class _Run:
    """One pass over an archive."""

    def __init__(self, matcher: Matcher, against: Matcher | None) -> None:
        self.articles = 0
        self.about = 0
        self.days: set[date] = set()
        self.tally: defaultdict[TopicName, _Tally] = defaultdict(_Tally)
        self._matcher = matcher
        self._against = against

    def take(self, article: Archived) -> None:
        sample = Sample(id=article.id, title=article.subject.title)
        day = article.at.astimezone(UTC).date()
        self.articles += 1
        self.days.add(day)
        judged = self._matcher.judge(article.subject)
        self.about += bool(judged.matches)
        for match in judged.matches:
            self.tally[match.topic].take(match, sample, day)
        self._near(judged, article.subject, sample)
        if self._against is not None:
            self._compare(judged, self._against.match(article.subject), sample)

    def _near(self, judged: Judged, subject: Subject, sample: Sample) -> None:
        for match, query in judged.blocked:
            self.tally[match.topic].edits.take(f"without {quoted(query)} in `none:`", sample)
        for match in judged.weak:
            self.tally[match.topic].edits.take(f"with `min_score: {match.score:g}`", sample)
        for lack in judged.lacks:
            lacks = self.tally[lack.topic].lacks
            lacked = lacks.get(lack) or lacks.setdefault(lack, _Lacked(subject))
            lacked.count += 1
            if len(lacked.samples) < EXAMPLES:
                lacked.samples.append(sample)

    def _compare(self, judged: Judged, others: Sequence[Match], sample: Sample) -> None:
        now = {match.topic for match in judged.matches}
        then = {match.topic for match in others}
        for topic in now - then:
            self.tally[topic].gained.append(sample)
        for topic in then - now:
            self.tally[topic].lost.append(sample)

    def topic(self, name: TopicName, days: int) -> TopicTest:
        tally = self.tally[name]
        known = self._matcher.terms(name) if name in self._matcher.names else ()
        return TopicTest(
            topic=name,
            found=tuple(tally.found),
            a_day=len(tally.found) / days if days else 0.0,
            by_day=tuple(sorted(tally.by_day.items())),
            examples=tuple(tally.last),
            terms=tuple(
                TermHits(
                    term=term,
                    articles=count,
                    forms=tuple(tally.forms[term].most_common()),
                    examples=tuple(tally.samples[term]),
                )
                for term, count in tally.articles.most_common()
            ),
            never=tuple(term for term in known if term not in tally.articles),
            near=tuple(islice(chain(tally.edits.edits(), self._lacking(tally)), MOST_EDITS)),
            gained=tuple(tally.gained),
            lost=tuple(tally.lost),
        )

    def _lacking(self, tally: _Tally) -> Iterator[Edit]:
        """What one more word would bring; where a rarer word is there already, first."""
        ranked = sorted(
            tally.lacks.items(),
            key=lambda one: (self._matcher.rarity(one[0].number), -one[1].count),
        )
        for lack, lacked in ranked[:_MOST_TRIED]:
            gaps = self._matcher.gaps(lack.number, lacked.first)
            if len(gaps) == 1:
                asked = "did not ask for" if lack.part is not None else "were not so strict about"
                words = f"if {quoted(short(lack.query))} {asked} {short(gaps[0])}"
                yield Edit(words=words, articles=lacked.count, examples=tuple(lacked.samples))


def _overlaps(found: dict[TopicName, set[str]]) -> list[Overlap]:
    """Every two topics that share articles."""
    shared = [
        Overlap(
            one=one,
            other=other,
            both=both,
            of_one=both / len(found[one]),
            of_other=both / len(found[other]),
        )
        for one, other in combinations(found, 2)
        if (both := len(found[one] & found[other]))
    ]
    return sorted(shared, key=lambda pair: -max(pair.of_one, pair.of_other))
