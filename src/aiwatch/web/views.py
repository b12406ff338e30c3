"""What a page is: read from the database once, said as HTML, JSON or Atom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from aiwatch.config.values import Config
from aiwatch.digest.moments import iso, moment
from aiwatch.digest.wording import plural
from aiwatch.model import ArticleId
from aiwatch.store import browsing
from aiwatch.web import atom

DAY: Final = timedelta(days=1)
PAGE: Final = 30  # rows of a list


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, as far as a page needs it."""

    config: Config
    now: datetime
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def zone(self) -> str:
        """Of the reader."""
        return self.config.timezone

    def before(self) -> ArticleId:
        """Where a further page begins."""
        return ArticleId(number(self.query.get("before")) or browsing.NONE_YET)

    def titles(self) -> dict[str, str]:
        """What topics are called."""
        return {topic.name: topic.title or topic.name for topic in self.config.topics}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A page: its template with `model`, which is its JSON too, and with `more`; its Atom entries."""

    template: str
    title: str
    path: str
    model: dict[str, Any]
    more: dict[str, Any] = field(default_factory=dict)
    entries: Sequence[atom.Entry] = ()
    query: str = ""  # that names the page, behind its path


def number(text: str | None) -> int | None:
    """A row's number as typed, or None where it can be none."""
    plain = (text or "").isascii() and (text or "").isdigit()
    return int(text) if plain and text and 0 < int(text[:20]) < 2**62 else None


def shown(at: str | datetime | None, asked: Asked) -> str:
    """A time as the reader says it."""
    if at is None:
        return "–"
    return moment(datetime.fromisoformat(at) if isinstance(at, str) else at, asked.zone, asked.now)


def told_by(outlets: Sequence[str]) -> str:
    """`The Verge, Variety and 3 more`."""
    names, more = list(outlets[:4]), len(outlets) - 4
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def counts(model: Mapping[str, Any]) -> str:
    """`14 stories from 23 outlets`."""
    return (
        f"{plural(model['stories'], 'story', 'stories')} from {plural(model['outlets'], 'outlet')}"
    )


def maybe_iso(at: datetime | None) -> str | None:
    """A time for machines."""
    return iso(at) if at else None
