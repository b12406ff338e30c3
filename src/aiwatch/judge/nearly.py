"""What almost matched: articles that one word, or a few points, keep out of a topic, so that a reader can widen it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from aiwatch.judge.reasons import Explanation
from aiwatch.judge.topics import compile_topics
from aiwatch.model import Nearly, Subject, Topic, TopicName

MOST = 3  # told in one message
WITHOUT = "an article without"  # how `evidence` words what a query shuts out
_MOST_EXPLAINED = 12


class Nearest:
    """Topics, compiled once for many articles."""

    def __init__(self, topics: Sequence[Topic], aliases: Mapping[str, Sequence[str]]) -> None:
        self._topics = compile_topics(topics, aliases)
        shut_out = [replace(topic, any=topic.none, none=()) for topic in topics if topic.none]
        self._shut_out = compile_topics(shut_out, aliases)

    @property
    def reads_body(self) -> bool:
        """Whether any of them looks into the whole text."""
        return self._topics.reads_body or self._shut_out.reads_body

    def among(self, subjects: Iterable[Subject], most: int = MOST) -> tuple[Nearly, ...]:
        """The nearest misses, those with the rarest word first; what a topic shuts out on purpose is none."""
        ranked = sorted(
            (
                (*miss, place, subject)
                for place, subject in enumerate(subjects)
                for miss in self._miss(subject)
            ),
            key=lambda one: (one[0], one[2]),
        )
        found: dict[str, Nearly] = {}
        for _, topic, _, subject in ranked[:_MOST_EXPLAINED]:
            told = self._told(topic, subject)
            if told is not None:
                found.setdefault(subject.title.casefold(), told)
        return tuple(found.values())[:most]

    def _miss(self, subject: Subject) -> Iterator[tuple[float, TopicName]]:
        """The topic it comes nearest to, if it is about none of them: a mention too few, else one word."""
        judged = self._topics.judge(subject)
        if judged.matches:
            return
        out = {match.topic for match, _ in judged.blocked}
        out |= {match.topic for match in self._shut_out.match(subject)}
        near = [(0.0, match.topic) for match in judged.weak]
        near += [(1.0 + self._topics.rarity(lack.number), lack.topic) for lack in judged.lacks]
        near = [one for one in near if one[1] not in out]
        if near:
            yield min(near)

    def _told(self, topic: TopicName, subject: Subject) -> Nearly | None:
        why = self._topics.explain(topic, subject)
        on_purpose = any(lack.startswith(WITHOUT) for lack in why.missing)
        if why.matched or not why.near or len(why.missing) > 1 or on_purpose:
            return None
        return Nearly(
            topic=topic,
            title=subject.title,
            url=subject.url or "",
            source=subject.source or "",
            words=_briefly(why),
        )


def _briefly(why: Explanation) -> str:
    """What is there and what is not; which of the topic's queries that is, is for `explain`."""
    there, but, _ = why.words.partition(", but ")
    return f"{there}{but}it also wants {' and '.join(why.missing)}" if but else why.words
