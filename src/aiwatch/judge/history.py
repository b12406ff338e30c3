"""An older story in one line: when it happened, and the shortest headline that names it."""

from collections.abc import Iterable
from datetime import datetime

from aiwatch.judge.names import name_words
from aiwatch.judge.sentences import content
from aiwatch.judge.statements import subjects
from aiwatch.judge.voices import is_copy, lead, reads, telling
from aiwatch.model import Earlier, Member, Story, Told
from aiwatch.text.headlines import without_site

_FEWEST = 3  # words of a headline that says what happened; "Sora" alone does not


def earlier(story: Story, told: Told | None = None, languages: tuple[str, ...] = ()) -> Earlier:
    """The story as `previously` shows it: the day of its first article, the shortest headline its reader was told.

    Where nothing was told, the shortest of all. A headline counts if it names what the story is about.
    """
    first = lead(story, languages)
    known = [each for each in telling(story) if told is None or each.article in told.articles]
    spoken = (first.lang,) if first.lang else languages
    own = [each for each in known or telling(story) if not is_copy(each) and reads(each, spoken)]
    headlines = list(_headlines(own or [first], subjects(telling(story))))
    title = min(headlines, key=len) if headlines else _headline(first)
    return Earlier(story=story.id, title=title, at=_began(story))


def _headlines(members: Iterable[Member], about: frozenset[str]) -> Iterable[str]:
    for member in members:
        title = _headline(member)
        if len(content(title)) >= _FEWEST and (name_words(title, about) | content(title)) & about:
            yield title


def _headline(member: Member) -> str:
    return without_site(member.title, (member.outlet, member.source)) or member.title


def _began(story: Story) -> datetime:
    """When its first article was published, as far as that is known and not after it was filed."""
    dates = (member.published for member in story.members if member.published)
    return min((date for date in dates if date <= story.first_seen), default=story.first_seen)
