"""Which corrections of a story a reader is owed: those of articles that they were told, found since."""

from collections.abc import Iterable
from dataclasses import replace

from aiwatch.model import Correction, Story, Told


def owed(story: Story, told: Told | None) -> tuple[Correction, ...]:
    """What this reader was told and its article says otherwise now, oldest first, each once.

    A figure that was changed twice is one correction, from what was told to what stands now; one that was changed and
    changed back is none.
    """
    if told is None:
        return ()
    known = told.articles | told.rewritten
    return tuple(
        _joined(one for one in story.corrections if one.at > told.at and one.article in known)
    )


def _joined(found: Iterable[Correction]) -> Iterable[Correction]:
    joined: list[Correction] = []
    for one in found:
        earlier = next((each for each in joined if _goes_on(each, one)), None)
        if earlier is None:
            joined.append(one)
        else:
            joined[joined.index(earlier)] = replace(one, before=earlier.before)
    return (one for one in joined if one.before != one.after)


def _goes_on(first: Correction, then: Correction) -> bool:
    return first.article == then.article and bool(first.after) and first.after == then.before
