"""Whether a reader of a whole story has been told of a part of it, or had it only folded in among the others."""

from collections.abc import Sequence

from aiwatch.model import Member, Told


def was_told(told: Told, part: Sequence[Member]) -> bool:
    """Whether what this reader got was of these articles: nothing else, or a sentence of theirs.

    A digest tells a story by its lead and in sentences of some articles; the others are a name and a link, and their
    news was told only if those sentences held it.
    """
    if told.articles <= {member.article for member in part}:
        return True
    texts = [_plain(f"{member.title}\n{member.text}") for member in part]
    return any(_plain(fact.removesuffix("…")) in text for fact in told.facts for text in texts)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
