"""A digest as one reader gets it: which languages they read, how they leave, which mail of how many it is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from aiwatch.judge.nearly import Nearly
from aiwatch.model import Digest, Section, StoryLine

_MOST_MAILS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition(Digest):
    """A digest with what only its reader's own copy says."""

    languages: tuple[str, ...] = ()  # that the reader reads, the first one best
    leave: str = ""  # where one click ends it
    silence: timedelta | None = (
        None  # since this alert last said anything, where it only speaks with news
    )
    near: tuple[Nearly, ...] = ()  # what almost matched
    number: int = 1
    of: int = 1


def languages(digest: Digest) -> tuple[str, ...]:
    """What its reader reads; English where nothing was said, as these messages are in English themselves."""
    return (digest.languages if isinstance(digest, Edition) else ()) or ("en",)


def leave(digest: Digest) -> str:
    """Where this reader leaves, if that can be done with a click."""
    return digest.leave if isinstance(digest, Edition) else ""


def silence(digest: Digest) -> timedelta | None:
    """How long the alert had nothing to say; None where it says so each time."""
    return digest.silence if isinstance(digest, Edition) else None


def near(digest: Digest) -> tuple[Nearly, ...]:
    """What almost matched since the alert's last message."""
    return digest.near if isinstance(digest, Edition) else ()


def numbered(digest: Digest) -> str:
    """`Mail 2 of 3`; nothing where one holds it all."""
    if not isinstance(digest, Edition) or digest.of == 1:
        return ""
    return f"Mail {digest.number} of {digest.of}"


def mails(digest: Digest, fits: Callable[[Digest], bool]) -> tuple[Digest, ...]:
    """The digest in as many numbered mails as it takes for each to fit; a story is never cut, and none left out."""
    if fits(digest):
        return (digest,)
    lines = sum(len(section.stories) for section in digest.sections)
    found: tuple[Digest, ...] = (digest,)
    for count in range(2, min(lines, _MOST_MAILS) + 1):
        found = tuple(_parts(digest, lines, count))
        if all(map(fits, found)):
            break
    return found


def _parts(digest: Digest, lines: int, count: int) -> Iterator[Digest]:
    """So many mails of about as many stories; troubles stand in the last."""
    for number in range(1, count + 1):
        begin, end = (lines * (number - 1)) // count, (lines * number) // count
        last = number == count
        yield replace(
            _edition(digest),
            sections=tuple(_between(digest.sections, begin, end)),
            subject=f"{digest.subject} ({number}/{count})",
            troubles=digest.troubles if last else (),
            events=digest.events if last else (),
            near=near(digest) if last else (),
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


def _edition(digest: Digest) -> Edition:
    if isinstance(digest, Edition):
        return digest
    return Edition(**{name: getattr(digest, name) for name in Digest.__dataclass_fields__})
