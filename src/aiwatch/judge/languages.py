"""One event told in two languages: by names, numbers and the day, since they share no other words.

A beat's own names prove little, the same day little more. On 924 labelled articles of one language, all taken as of one
day, a headline's names and other shared names joined 47 wrong pairs, and none once the names had to agree both ways or
a figure to be shared. In doubt two stories: a false merge hides one of them.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from itertools import chain

from aiwatch.judge import likeness, templates
from aiwatch.model import Article, Centroid, Fingerprint, Verdict
from aiwatch.text import language, terms, tokens
from aiwatch.text.kept import TEXTS, kept

SAME_WORDS = 0.12  # of a text's plain words; two reports of one event in one language share more
LEAST_WORDS = 8  # plain words by which a language shows
NEAR_IN_TIME = timedelta(days=2)
HEADLINE_NAMES = 2  # all of a headline's names, and so many of them, stand in the other text too
OTHER_NAMES = 9.0  # nats of rarity beyond the headlines' names and the topics' own: one unheard-of, or two rare
READ = 1500  # characters in which aliases are looked for: about title and lead


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What a text shares with a story of another language."""

    names: tuple[str, ...]  # of a headline, in order
    others: tuple[str, ...]  # names beyond those and the topics'
    numbers: tuple[str, ...]  # figures that tell something; more than names, so both make it sure

    @property
    def shared(self) -> tuple[str, ...]:
        """All of it, the names first."""
        return (*self.names, *self.others, *self.numbers)


def usual_names(aliases: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Of the configuration's `aliases:` (name -> other spellings): each other spelling -> the name."""
    return {spelling: name for name, others in aliases.items() for spelling in others}


def aliased(article: Article, fingerprint: Fingerprint, aliases: Mapping[str, str]) -> Fingerprint:
    """With the usual name beside each other spelling: `字节跳动` is also `bytedance`. Twice is as good as once."""
    said = _said(f"{article.title}\n{article.text[:READ]}", aliases)
    if not said:
        return fingerprint
    counts = dict(fingerprint.terms)
    for word, times in said.items():
        counts.setdefault(terms.stemmed(word), times)
    names = dict.fromkeys((*fingerprint.names, *said))
    ordered = sorted(counts.items(), key=lambda pair: -pair[1])
    return replace(fingerprint, names=tuple(names), terms=tuple(ordered))


def _said(text: str, aliases: Mapping[str, str]) -> Counter[str]:
    """The words of the usual names whose other spellings stand in a text, and how often."""
    found: Counter[str] = Counter()
    spaced = _spaced(text) if aliases else ""
    for spelling, name in aliases.items():
        times = spaced.count(_looked_for(spelling))
        if times:
            found.update({word: times for word in tokens.words(name) if len(word) > 1})
    return found


def _spaced(text: str) -> str:
    return f" {' '.join(tokens.words(text))} "


_looked_for = lru_cache(maxsize=4096)(_spaced)


def same_event(
    article: Article,
    fingerprint: Fingerprint,
    stories: Sequence[Centroid],
    rarity: likeness.Rare,
    topics: frozenset[str],
    aliases: Mapping[str, str],
) -> Verdict | None:
    """The story of another language that this text tells too: of several the one that it shares most with."""
    mine = frozenset(fingerprint.names)
    likely = [each for each in stories if len(mine & each.names) >= HEADLINE_NAMES]
    found = [
        (both, each.story)
        for each in likely
        if differs(article, fingerprint, each)
        and (both := common(article, fingerprint, each, rarity, topics, aliases))
    ]
    if not found:
        return None
    both, story = min(found, key=lambda pair: (-sum(map(rarity, pair[0].shared)), pair[1]))
    written = {terms.stemmed(name): name for name in fingerprint.names}
    names, others = (
        tuple(written.get(name, name) for name in each) for each in (both.names, both.others)
    )
    more = both.numbers or others
    return Verdict(
        kind="same_story",
        reason=f"joins across languages: {', '.join(names)}; also {', '.join(more[:4])}",
        story=story,
        shared=(*names, *more)[:6],
        rule="cross-language",
        sure=bool(both.numbers),
    )


def differs(article: Article, fingerprint: Fingerprint, centroid: Centroid) -> bool:
    """Whether a text is in another language than a story's, as far as its words and their headlines tell."""
    plain = _plain(fingerprint)
    shared = len(plain & centroid.terms.keys())
    if len(plain) < LEAST_WORDS or shared > SAME_WORDS * len(plain):
        return False
    mine = _language(f"{article.title}\n{article.text}", article.lang)
    return mine is not None and mine != _language(centroid.title)


_language = kept(TEXTS)(language.language)


@lru_cache(maxsize=8)  # asked for each story that a text may belong to
def _plain(fingerprint: Fingerprint) -> frozenset[str]:
    named = {terms.stemmed(name) for name in fingerprint.names}
    return frozenset(term for term, _ in fingerprint.terms if term not in named and term.isalpha())


def common(
    article: Article,
    fingerprint: Fingerprint,
    centroid: Centroid,
    rarity: likeness.Rare,
    topics: frozenset[str],
    aliases: Mapping[str, str],
) -> Common | None:
    """What both tell; None where a headline's names are missing, or nothing but the beat's names is shared."""
    mine, theirs = (_rare(side.names, rarity) for side in (fingerprint, centroid))
    my_head = _head(article.title, mine, aliases)
    their_head = _head(centroid.title, theirs, aliases)
    here, there = _all_in(my_head, theirs), _all_in(their_head, mine)
    if not here and not there:
        return None
    heads = {*my_head, *their_head}
    named = tuple(name for name in (*my_head, *their_head) if name in mine and name in theirs)
    others = tuple(name for name in mine if name in theirs and name not in heads | topics)
    numbers = _numbers(fingerprint, centroid)
    if not numbers and not (here and there and sum(map(rarity, others)) >= OTHER_NAMES):
        return None
    return Common(names=tuple(dict.fromkeys(named)), others=others, numbers=numbers)


def _rare(names: Collection[str], rarity: likeness.Rare) -> dict[str, float]:
    weighed = {name: rarity(name) for name in map(terms.stemmed, names)}
    return {name: weight for name, weight in weighed.items() if weight >= likeness.TELLING}


def _head(title: str, names: Collection[str], aliases: Mapping[str, str]) -> tuple[str, ...]:
    """The names in a headline, of those that the text is known to name."""
    pieces = (piece for run in terms.runs(terms.normal(title)) for piece in terms.pieces(run))
    known = map(terms.stemmed, _said(title, aliases))
    return tuple(dict.fromkeys(name for name in chain(pieces, known) if name in names))


def _all_in(head: Collection[str], there: Collection[str]) -> bool:
    return len(head) >= HEADLINE_NAMES and all(name in there for name in head)


def _numbers(fingerprint: Fingerprint, centroid: Centroid) -> tuple[str, ...]:
    """Shared figures, two of them or one that is not round: a billion is any beat's own."""
    both = [n for n in fingerprint.numbers if n in centroid.numbers and templates.telling(n)]
    exact = [n for n in both if len(n.replace(".", "").strip("0")) > 1]
    return tuple(both) if exact or len(both) > 1 else ()
