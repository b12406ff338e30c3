"""What a story tells, and what of it is news to a reader who has been told some of it.

A sentence is news when it names something of the story and carries a figure, date, quotation, named speaker or name that
the reader has not been told, in words that are not those of a told sentence. A name that is only credited ("as noted by
…") does not count: link farms credit many.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass, field, replace
from datetime import timedelta

from aiwatch.judge.figures import figures
from aiwatch.judge.sentences import clipped, content, pieces, sentences
from aiwatch.judge.speech import REPORTING
from aiwatch.judge.statements import (
    facts,
    heard_in,
    keys_of,
    named_in,
    plainly,
    statements,
    subjects,
    uncovered,
)
from aiwatch.judge.voices import (
    counted_outlets,
    heard,
    independent,
    is_copy,
    lead,
    outlets,
    reads,
    telling,
)
from aiwatch.model import AlertName, Fact, Member, Reader, Story, Told

__all__ = [
    "counted_outlets",
    "facts",
    "figures",
    "heard",
    "independent",
    "is_copy",
    "lead",
    "new_facts",
    "outlets",
    "retells",
    "summary",
]

_MOST_MEMBERS = 24  # whose sentences are weighed; a story of hundreds stays quick
_MOST_FACTS = 40  # of one member
_LONGEST = 280  # characters of a sentence shown
_OWN_WORDS = 0.4  # share of a sentence's words that must be new where no figure is
_NEW_NAME = 0.25  # "recalled in Norland" become "recalled in Vermland too"
_CHANGED_FIGURE = 0.05  # one word in twenty: "12 people" become "15 people"
_SAYS_ELSE = 0.7  # of what a known speaker says, names and reporting verbs apart
_FEWEST = 2  # sentences of a summary, where the lead has them
_REPEATS = 0.55  # a second sentence of a summary must differ at least so far


def retells(story: Story, member: Member) -> bool:
    """Whether a member brings nothing that the others of its story have not told: a late retelling joins silently."""
    others = frozenset(each.article for each in story.members) - {member.article}
    everything = Told(
        reader=Reader(""), story=story.id, at=member.first_seen, by=AlertName(""), articles=others
    )
    return bool(others) and not new_facts(
        replace(story, members=(*(m for m in story.members if m.article in others), member)), everything, limit=1
    )  # fmt: skip


@dataclass(slots=True)
class _Memory:
    """What the reader knows while facts are chosen; grows with each."""

    keys: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    sentences: list[frozenset[str]] = field(default_factory=list)

    def add(self, keys: Iterable[str], sentence: str) -> None:
        found = content(sentence)
        self.keys.update(keys)
        self.words.update(found)
        self.sentences.append(found)

    def novelty(self, sentence: str) -> float:
        """1 less the share of its words in the best told sentence, or nine tenths of that in all of them together."""
        mine = content(sentence)
        best = max((len(mine & told) for told in self.sentences), default=0)
        return 1 - max(best, 0.9 * len(mine & self.words)) / max(len(mine), 1)

    def novelty_of(self, fact: Fact) -> float:
        """The share of new words in what is said, without who says it."""
        said = content(fact.text) - content(" ".join(named_in(fact.keys))) - REPORTING
        return len(said - self.words) / max(len(said), 1)


def new_facts(story: Story, told: Told | None, limit: int = 10) -> tuple[Fact, ...]:
    """What the reader of `told` has not heard of this story, best first; nothing where newer articles add nothing."""
    known = told.articles if told else frozenset()
    fresh = [member for member in telling(story) if member.article not in known][-_MOST_MEMBERS:]
    if not fresh:
        return ()
    memory = _remembered(story, told)
    about = subjects(telling(story)[:_MOST_MEMBERS])
    candidates = [fact for member in fresh for fact in facts(member, about)[:_MOST_FACTS]]
    chosen: list[Fact] = []
    while candidates and len(chosen) < limit:
        weighed = [(_worth(fact, memory), -place) for place, fact in enumerate(candidates)]
        worth, place = max(weighed)
        if worth <= 0:
            break
        best = candidates.pop(-place)
        candidates = [
            fact for fact, (value, _) in _others(candidates, weighed, -place) if value > 0
        ]
        chosen.append(_shown(best))
        memory.add(best.keys, best.text)
    return tuple(chosen)


def _others(
    candidates: list[Fact], weighed: list[tuple[float, int]], gone: int
) -> Iterable[tuple[Fact, tuple[float, int]]]:
    return zip(candidates, weighed[:gone] + weighed[gone + 1 :], strict=True)


def _remembered(story: Story, told: Told | None) -> _Memory:
    """The sentences sent, and all that stood in the articles sent with them."""
    memory = _Memory()
    if told is None:
        return memory
    for sentence in told.facts:
        memory.add(keys_of(sentence), sentence)
    for member in story.members:
        if member.article in told.articles:
            memory.add(heard_in(f"{member.title}\n{member.text}"), member.title)
            for sentence, keys in statements(member.text, member.title):
                memory.add(keys, sentence)
            for piece in pieces(member.text):
                memory.add((), piece)
    memory.keys.update(_days_of(story))
    return memory


def _days_of(story: Story) -> Iterable[str]:
    """The day of the first telling and the two before it: "on Tuesday" in one article, "on 24 March" in the next."""
    days = (story.first_seen - timedelta(days=back) for back in range(3))
    yield f"weekday:{story.first_seen.weekday()}"
    yield from (f"date:{day.month:02d}-{day.day:02d}" for day in days)


def _worth(fact: Fact, memory: _Memory) -> float:
    """How much news a sentence is; 0 for none."""
    fresh = uncovered(fact.keys, memory.keys, memory.words)
    kinds = {key.partition(":")[0] for key in fresh}
    amounts = sum(_is_amount(key) for key in fresh)
    speaks = any(key.startswith("said:") for key in fact.keys)
    novelty = memory.novelty(fact.text)
    if novelty < _needed(kinds, amounts):
        return 0.0
    if not (amounts or kinds & _CARRIES) and (not speaks or memory.novelty_of(fact) < _SAYS_ELSE):
        return 0.0
    value = novelty + 0.6 * min(amounts, 2) + 0.4 * ("name" in kinds) + 0.4 * speaks
    return (
        value
        + 0.2 * ("quote" in kinds)
        + 0.1 * ("date" in kinds)
        - 0.2 * (len(fact.text) > _LONGEST)
    )


def _needed(kinds: Set[str], amounts: int) -> float:
    """How much of a sentence must be in new words: least where a figure, a date or a denial is new, which say it all."""
    if amounts or kinds & {"date", "denied"}:
        return _CHANGED_FIGURE
    return _NEW_NAME if "name" in kinds else _OWN_WORDS


_CARRIES = frozenset(("date", "weekday", "quote", "name", "said", "denied"))


def _is_amount(key: str) -> bool:
    return key.partition(":")[0] not in _CARRIES | {"noun"}


def summary(story: Story, limit: int = 3, languages: tuple[str, ...] = ()) -> tuple[Fact, ...]:
    """A first telling in two or three sentences: the lead's own first, then what others add, in the lead's language."""
    first = lead(story, languages)
    spoken = (first.lang,) if first.lang else languages
    others = [member for member in telling(story) if member != first and reads(member, spoken)]
    chosen = list(_opening(first))
    about = subjects([first, *others[:_MOST_MEMBERS]])
    candidates = [
        (fact, place)
        for member in [first, *others[:_MOST_MEMBERS]]
        for place, fact in enumerate(facts(member, about)[:_MOST_FACTS])
    ]
    while candidates and len(chosen) < limit:
        best = max(candidates, key=lambda pair: _fit(pair[0], pair[1], chosen, first))
        candidates.remove(best)
        if _fit(best[0], best[1], chosen, first) > 0:
            chosen.append(_shown(best[0]))
    plain = (fact for fact in plainly(first, about) if _fit(fact, 0, chosen, first) > 0)
    while len(chosen) < _FEWEST and (fact := next(plain, None)):
        chosen.append(_shown(fact))
    return tuple(chosen[:limit])


def _opening(first: Member) -> Iterable[Fact]:
    """The lead's first sentence, unless the headline says it all."""
    for sentence in sentences(first.text)[:1]:
        fact = Fact(
            text=sentence, article=first.article, outlet=first.outlet, url=first.url, keys=keys_of(sentence)
        )  # fmt: skip
        if content(sentence) - content(first.title):
            yield _shown(fact)


def _fit(fact: Fact, place: int, chosen: list[Fact], first: Member) -> float:
    """How well a sentence follows what is chosen; 0 when it repeats."""
    memory = _Memory()
    for other in chosen:
        memory.add(other.keys, other.text)
    echoes = content(fact.text) <= content(first.title)
    if echoes or (chosen and memory.novelty(fact.text) < _REPEATS):
        return 0.0
    carried = uncovered(fact.keys, memory.keys, memory.words)
    weight = sum(0.1 if key.startswith(("name:", "noun:", "weekday:")) else 0.4 for key in carried)
    heard_before = sum(fact.outlet == other.outlet for other in chosen)
    early = 1 / (1 + place)
    return (
        0.2 + early + min(weight, 1.2) - 0.9 * heard_before + 0.2 * (fact.article == first.article)
    )


def _shown(fact: Fact) -> Fact:
    """As it is sent: no longer than a reader wants, with the keys of what is left."""
    text = clipped(fact.text, _LONGEST)
    if text == fact.text:
        return fact
    kept = keys_of(text, named_in(fact.keys))
    return replace(fact, text=text, keys=fact.keys & kept or kept)
