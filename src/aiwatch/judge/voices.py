"""Who tells a story: its outlets, how many of them stand for themselves, and whose version leads."""

from collections.abc import Iterable

from aiwatch.judge.statements import facts, is_solid
from aiwatch.model import Member, Story


def is_copy(member: Member) -> bool:
    """Whether it only repeats a text or an address that the story has already."""
    return member.duplicate_of is not None or member.verdict in ("same_text", "same_url")


def heard(story: Story) -> tuple[Member, ...]:
    """The members that may be shown: all but those of blocked outlets."""
    return tuple(member for member in story.members if member.trust != "block")


def telling(story: Story) -> tuple[Member, ...]:
    """The members whose words count: no copies, and none of low trust unless there is no other."""
    own = tuple(member for member in heard(story) if not is_copy(member)) or heard(story)
    return tuple(member for member in own if member.trust != "low") or own


def outlets(story: Story) -> tuple[str, ...]:
    """Everyone who told it, in order, copies too."""
    return _names(heard(story))


def counted_outlets(story: Story) -> int:
    """How many outlets vouch for it: neither copies, nor low trust, nor an aggregator in its own name.

    One that tells it in another language than the first counts only if it is sure that it tells the same.
    """
    first = story.members[0].lang if story.members else None
    own = (
        member
        for member in heard(story)
        if not is_copy(member) and member.trust != "low" and (member.sure or member.lang == first)
    )
    return len(_names(member for member in own if not _only_collects(member)))


def independent(story: Story) -> int:
    """How many texts were written for it: outlets with words of their own."""
    return len(_names(member for member in heard(story) if not is_copy(member)))


def lead(story: Story, languages: tuple[str, ...] = ()) -> Member:
    """The version to show: in the reader's language, first-hand, trusted, with the most facts, the longest."""
    return max(telling(story) or story.members, key=lambda member: _rank(member, languages))


def reads(member: Member, languages: tuple[str, ...]) -> bool:
    """Whether its language is one of these; an unknown language may be any."""
    base = (member.lang or "").lower().partition("-")[0]
    return (
        not base or not languages or base in {lang.lower().partition("-")[0] for lang in languages}
    )


def _rank(member: Member, languages: tuple[str, ...]) -> tuple[float, ...]:
    return (
        reads(member, languages),
        member.primary,
        member.trust == "high",
        not member.aggregator,
        bool(member.text),
        min(sum(map(is_solid, facts(member))), 12),  # beyond a dozen, more is only longer
        min(len(member.text), 20_000),
        -member.first_seen.timestamp(),
        -member.article,
    )


def _only_collects(member: Member) -> bool:
    return member.aggregator and member.outlet in ("", member.source)


def _names(members: Iterable[Member]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for member in members:
        found.setdefault(member.outlet.casefold(), member.outlet)
    return tuple(found.values())
