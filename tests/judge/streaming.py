"""The store in memory: what the judge is asked while articles stream in, with the store's caps."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from aiwatch.judge import duplicates, languages, stories
from aiwatch.judge.weights import Rarity, weights
from aiwatch.model import (
    Article,
    ArticleId,
    Centroid,
    Fingerprint,
    Frequencies,
    Known,
    StoryId,
    Verdict,
)
from aiwatch.text.fingerprint import fingerprint

NOW = datetime(2026, 3, 24, 12, tzinfo=UTC)
STORIES_PER_TERM = 300
STORIES_READ = 800
CENTROIDS = 16
NEAR_LIMIT = 20
BOILERPLATE_ARTICLES = 200


def article(title: str, text: str = "", published: datetime | None = None) -> Article:
    return Article(url=title, url_key=title, title=title, text=text, published=published)


@dataclass
class Archive:
    """Articles as filed; `take` judges one and files it."""

    topic_words: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=dict)
    count_candidates: bool = True  # give document counts of the candidates' terms too
    documents: int = 0
    articles: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    stories: dict[StoryId, Centroid] = field(default_factory=dict)
    alone: set[StoryId] = field(default_factory=set)
    previous: dict[StoryId, StoryId | None] = field(default_factory=dict)
    postings: dict[str, list[StoryId]] = field(default_factory=lambda: defaultdict(list))
    hashes: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    texts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    known: dict[int, Known] = field(default_factory=dict)

    def take(self, read: Article, print_: Fingerprint | None = None) -> Verdict:
        print_ = print_ or fingerprint(read.title, read.text)
        print_ = languages.aliased(read, print_, self.aliases)
        at = read.published or NOW
        verdict = duplicates.same_text(print_, self.near(print_), read.title)
        if verdict is None:
            seen, candidates = self.candidates(print_)
            verdict = stories.assign(
                read, print_, seen, candidates, at, self.topic_words, self.aliases
            )
            previous = stories.previous(print_, seen, candidates, at)
            story = self._file(read, print_, verdict, at)
            if verdict.kind == "new":
                self.previous[story] = previous
            verdict = replace(verdict, story=story)
        self._keep(read, print_, verdict)
        return verdict

    def take_copy(self, read: Article, print_: Fingerprint) -> StoryId:
        """Only the test for copies: what is none becomes a group of its own."""
        verdict = duplicates.same_text(print_, self.near(print_), read.title)
        verdict = verdict or Verdict(kind="new", reason="", story=StoryId(self.articles + 1))
        self._keep(read, print_, verdict)
        assert verdict.story is not None
        return verdict.story

    def near(self, print_: Fingerprint) -> list[Known]:
        shared: Counter[int] = Counter()
        for value in print_.shingles:
            holders = self.hashes.get(value, [])
            if len(holders) < BOILERPLATE_ARTICLES:
                shared.update(holders)
        found = dict(shared.most_common(NEAR_LIMIT))
        for same in self.texts.get(print_.text_hash, []) if print_.text_hash else []:
            found[same] = len(print_.shingles)
        return [replace(self.known[id_], shared=count) for id_, count in found.items()]

    def candidates(self, print_: Fingerprint) -> tuple[Frequencies, list[Centroid]]:
        own = {term: self.counts[term] for term, _ in print_.terms if term in self.counts}
        seen = Frequencies(documents=self.documents, counts=own)
        near = [self.stories[story] for story in self._sharing(print_, seen)[:CENTROIDS]]
        if self.count_candidates:
            seen = Frequencies(documents=self.documents, counts=self.counts)
        return seen, near

    def _sharing(self, print_: Fingerprint, seen: Frequencies) -> list[StoryId]:
        rarity, own = Rarity(seen), weights(print_)
        shared: defaultdict[StoryId, float] = defaultdict(float)
        left = STORIES_READ
        for key in sorted(
            stories.rare_terms(print_, seen), key=lambda key: (seen.counts[key], key)
        ):
            holders = self.postings.get(key, [])[-min(left, STORIES_PER_TERM) :] if left else []
            left -= len(holders)
            for story in holders:
                shared[story] += (own[key] * rarity(key)) ** 2
        return sorted(shared, key=lambda story: (-shared[story], -story))

    def _file(self, read: Article, print_: Fingerprint, verdict: Verdict, at: datetime) -> StoryId:
        self.documents += 1
        self.counts.update(term for term, _ in print_.terms)
        story = verdict.story or StoryId(len(self.stories) + 1)
        old = self.stories.get(story)
        grown = stories.grow(old.terms if old else {}, print_)
        self.stories[story] = Centroid(
            story=story,
            terms=grown,
            members=(old.members if old else 0) + 1,
            first_seen=min(old.first_seen, at) if old else at,
            last_seen=max(old.last_seen, at) if old else at,
            names=(old.names if old else frozenset()).union(print_.names),
            numbers=(old.numbers if old else frozenset()).union(print_.numbers),
            title=old.title if old else read.title,
        )
        if stories.stands_alone(read, verdict):
            self.alone.add(story)
        else:
            self._post(story, set(old.terms) if old else set(), set(grown))
        return story

    def _post(self, story: StoryId, old: set[str], new: set[str]) -> None:
        for term in new - old:
            self.postings[term].append(story)
        for term in old - new:
            self.postings[term].remove(story)

    def _keep(self, read: Article, print_: Fingerprint, verdict: Verdict) -> None:
        self.articles += 1
        id_ = self.articles
        assert verdict.story is not None
        self.known[id_] = Known(
            id=ArticleId(id_),
            story=verdict.story,
            url_key=read.url_key,
            title=read.title,
            text_hash=print_.text_hash,
            words=print_.words,
            numbers=print_.numbers,
            shingles=len(print_.shingles),
            shared=0,
            original=verdict.duplicate_of,
        )
        for value in print_.shingles:
            self.hashes[value].append(id_)
        if print_.text_hash:
            self.texts[print_.text_hash].append(id_)


def bcubed(gold: Sequence[str], found: Sequence[StoryId]) -> tuple[float, float, float]:
    """Precision, recall, F1: for each article, how pure its story is and how whole its event."""
    events, clusters, both = Counter(gold), Counter(found), Counter(zip(gold, found, strict=True))
    precision = sum(n * n / clusters[c] for (_, c), n in both.items()) / len(gold)
    recall = sum(n * n / events[g] for (g, _), n in both.items()) / len(gold)
    return precision, recall, 2 * precision * recall / (precision + recall)
