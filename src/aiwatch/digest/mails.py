"""A digest in as many numbered mails as it takes for each to be shown whole."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from aiwatch.model import Digest, Section, StoryLine

_MOST_MAILS = 50


def numbered(digest: Digest) -> str:
    """`Mail 2 of 3`; nothing where one holds it all."""
    return f"Mail {digest.number} of {digest.of}" if digest.of > 1 else ""


def mails(digest: Digest, size: Callable[[Digest], int], most: int) -> tuple[Digest, ...]:
    """The digest cut between stories, each mail smaller than `most` by `size`; a story is never cut, none left out."""
    whole = size(digest)
    if whole < most:
        return (digest,)
    lines = sum(len(section.stories) for section in digest.sections)
    found: tuple[Digest, ...] = (digest,)
    for count in range(max(2, min(whole // most, lines)), min(lines, _MOST_MAILS) + 1):
        found = tuple(_parts(digest, lines, count))
        if all(size(one) < most for one in found):
            break
    return found


def _parts(digest: Digest, lines: int, count: int) -> Iterator[Digest]:
    """So many mails of about as many stories; what stands at the foot does so in the last."""
    for number in range(1, count + 1):
        begin, end = (lines * (number - 1)) // count, (lines * number) // count
        last = number == count
        yield replace(
            digest,
            sections=tuple(_between(digest.sections, begin, end)),
            subject=f"{digest.subject} ({number}/{count})",
            troubles=digest.troubles if last else (),
            events=digest.events if last else (),
            near=digest.near if last else (),
            number=number,
            of=count,
        )


def _between(sections: tuple[Section, ...], begin: int, end: int) -> Iterator[Section]:
    place = 0
    for section in sections:
        inside: list[StoryLine] = []
        for line in section.stories:
            if begin <= place < end:
                inside.append(line)
            place += 1
        if inside:
            yield replace(section, stories=tuple(inside))
