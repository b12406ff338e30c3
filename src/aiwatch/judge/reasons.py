"""Why an article is about a topic or not, in sentences for a person who never wrote a query."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aiwatch.judge.evidence import NEARER
from aiwatch.model import Hit, HitField, Match, TopicName, Verdict

_PLACES: dict[HitField, str] = {
    "title": "in the title",
    "lead": "in the first lines",
    "body": "in the text",
    "source": "in the source's name",
}
_MOST_TOLD = 6  # words named in one sentence
_LONGEST = 80  # characters of a query in one sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why an article is about a topic or not; `words` is the whole of it for a person."""

    topic: TopicName
    matched: bool
    match: Match | None = None
    missing: tuple[str, ...] = ()  # what the nearest query still lacks
    blocked_by: str | None = None  # the exclusion that stands in the way
    words: str = ""
    edit: str | None = None  # the one edit of feeds.yaml that would have brought it
    near: bool = False  # some of the topic's words are there


def matched(match: Match) -> Explanation:
    """It is about the topic."""
    told = f"matches, because {_are(match.hits)}"
    return Explanation(topic=match.topic, matched=True, match=match, words=told)


def blocked(match: Match, query: str, hits: tuple[Hit, ...]) -> Explanation:
    """It would be, but for an exclusion."""
    because = _are(hits) if hits else "what the exclusion wants absent is absent"
    told = (
        f"{_are(match.hits)}, but the topic leaves this article out: {because}, "
        f"and `none:` has {quoted(query)}"
    )
    return Explanation(
        topic=match.topic,
        matched=False,
        blocked_by=query,
        words=told,
        edit=f"topic {match.topic}: take {quoted(query)} out of `none:`",
        near=True,
    )


def weak(match: Match, least: float) -> Explanation:
    """It would be, with a lower `min_score`."""
    told = (
        f"{_are(match.hits)}, which is a mention: it scores {match.score:g}, "
        f"and the topic wants {least:g} (two for a word in the title, one for a word below it)"
    )
    return Explanation(
        topic=match.topic,
        matched=False,
        words=told,
        edit=f"topic {match.topic}: lower `min_score` to {match.score:g}",
        near=True,
    )


def missing(
    topic: TopicName, query: str, lacks: tuple[str, ...], found: tuple[Hit, ...]
) -> Explanation:
    """What the nearest query lacks; `found` is what it has."""
    if not found:
        told = "none of the topic's words stand in the title or the first lines"
        return Explanation(topic=topic, matched=False, missing=lacks, words=told)
    wanting = ", and ".join(lacks)
    like = f"topic {topic}: add a query to `any:` like {quoted(short(query))}"
    farther = all(lack.startswith(NEARER) for lack in lacks)
    return Explanation(
        topic=topic,
        matched=False,
        missing=lacks,
        words=f"{_are(found)}, but {quoted(short(query))} also wants {wanting}",
        edit=f"{like}, {'with a larger number behind NEAR' if farther else f'without {wanting}'}",
        near=True,
    )


def account(told: Sequence[Explanation], verdict: Verdict | None) -> tuple[str, ...]:
    """What became of one article, over all topics: one to three sentences.

    Verdict: what it is to the articles on file; None where nothing was compared.
    """
    lines: list[str] = []
    if verdict is not None and verdict.kind in ("same_url", "same_text"):
        reason = verdict.reason.removeprefix("repeats ")
        lines.append(f"It repeats an article that is on file, so it is not news: {reason}.")
    about = [one for one in told if one.matched]
    lines += [sentence(f"It is about {one.topic}: {_because(one)}") for one in about]
    if about:
        return tuple(lines)
    near = min((one for one in told if one.near), key=_distance, default=None)
    if near is None:
        lines.append("It is about none of your topics: their words do not stand in it.")
    else:
        lines.append(
            sentence(f"It is about none of your topics. Nearest is {near.topic}: {near.words}")
        )
        lines.append(sentence(f"To bring it: {near.edit}"))
    return tuple(lines)


def because(match: Match) -> str:
    """`Sora + OpenAI in the title, video in the first lines`: for one line of a digest."""
    by_field: dict[HitField, list[str]] = {}
    for hit in match.hits:
        if hit.field in _PLACES:
            words = by_field.setdefault(hit.field, [])
            words += [hit.text] if hit.text not in words else []
    return ", ".join(
        f"{' + '.join(words[:_MOST_TOLD])} {_PLACES[field]}" for field, words in by_field.items()
    )


def short(query: str) -> str:
    """As much of a query as a sentence bears."""
    return query if len(query) <= _LONGEST else f"{query[: _LONGEST - 1].rstrip()}…"


def sentence(words: str) -> str:
    """With a full stop, unless it trails off."""
    return words if words.endswith("…") else f"{words}."


def quoted(text: str) -> str:
    """In quotes, which differ where the text has some of its own."""
    return f"«{text}»" if '"' in text else f'"{text}"'


def _because(one: Explanation) -> str:
    return _are(one.match.hits) if one.match else one.words


def _distance(one: Explanation) -> tuple[bool, int]:
    """Blocked is nearest, then weak, then what lacks least."""
    return one.blocked_by is None, len(one.missing)


def _are(hits: Iterable[Hit]) -> str:
    """`"Sora" and "OpenAI" are in the title, "video" is in the first lines`; each word at its first place."""
    by_field: dict[HitField, list[str]] = {}
    said: set[str] = set()
    for hit in hits:
        if hit.text.casefold() not in said or hit.field in ("site", "lang"):
            said.add(hit.text.casefold())
            by_field.setdefault(hit.field, []).append(_word(hit))
    return ", ".join(_stand(field, words) for field, words in by_field.items())


def _stand(field: HitField, words: list[str]) -> str:
    if field == "site":
        return f"it comes from {words[0]}"
    if field == "lang":
        return f"its language is {words[0]}"
    named = words[:_MOST_TOLD]
    more = [f"{len(words) - _MOST_TOLD} more"] if len(words) > _MOST_TOLD else []
    *first, last = [*named, *more]
    return (
        f"{', '.join(first)} and {last} are {_PLACES[field]}"
        if first
        else f"{last} is {_PLACES[field]}"
    )


def _word(hit: Hit) -> str:
    """As the article has it; with the query's spelling where a star matched."""
    if hit.field in ("site", "lang"):
        return hit.text
    star = hit.term.rstrip('"').endswith("*")
    return f"{quoted(hit.text)} (for {hit.term})" if star else quoted(hit.text)
