"""What every kind of source does with the items it lists: clean them, name them, list each once."""

import calendar
import html
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple

from aiwatch.model import Entry
from aiwatch.sources.simple import is_simple_url, text_of
from aiwatch.text.clean import clean_line, plain, safe_url
from aiwatch.text.dates import FIRST_YEAR, LAST_YEAR, parse_date, utc

MAX_ID = 2_000
"""Characters; a longer id is replaced by its hash."""
MAX_TITLE = 10_000
"""Characters of a title's markup read."""

# A title is read as markup only where it shows some: "the <video> element" is about one.
_MARKUP = re.compile(
    r"</[a-z]+\d?\s*>|<(?:br|hr|img|wbr)\b|<!\[CDATA\[|<[a-z]+\s[^<>]*=", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}\d{0,2});", re.IGNORECASE)


class Item(NamedTuple):
    """An item as its source wrote it: markup, blanks and control characters included. Made by name, like any value;
    a tuple since polls make thousands."""

    id: str = ""
    link: str = ""
    title: str = ""
    summary: str = ""
    bodies: tuple[str, ...] = ()  # every text the item carries, the summary aside
    authors: tuple[str, ...] = ()
    dates: tuple[datetime | str | None, ...] = ()  # the first that can be read counts
    outlet: str = ""


def entry_of(item: Item, base: str) -> Entry | None:
    """The item, clean, its link resolved against `base`; None for one that says nothing at all."""
    title = title_of(item.title)
    summary = text_of(item.summary)
    bodies = [text_of(body) for body in dict.fromkeys(item.bodies) if body != item.summary]
    text = max((summary, *bodies), key=len)
    id_ = clean_line(item.id)
    url = item.link if is_simple_url(item.link) else safe_url(item.link, base) or safe_url(id_)
    if not (id_ or url or title or text):
        return None
    return Entry(
        id=_short(id_) or url or _hash(title, _stated(item.dates), text),
        url=url,
        title=title,
        summary=summary,
        text=text,
        authors=_once(map(title_of, item.authors)) if item.authors else (),
        published=next(filter(None, map(moment, item.dates)), None),
        outlet=title_of(item.outlet) or None if item.outlet else None,
    )


def _stated(dates: tuple[datetime | str | None, ...]) -> str:
    return next((str(date) for date in dates if date), "")


def title_of(markup: str) -> str:
    """One plain line. Feeds of every kind escape titles once too often: `R&amp;D` is never what was meant."""
    markup = markup[:MAX_TITLE]
    if "<" not in markup and "&" not in markup:
        return clean_line(markup)
    for _ in range(2):
        if _MARKUP.search(markup):
            markup = plain(markup)
        elif _ENTITY.search(markup):
            markup = html.unescape(markup)
    return clean_line(markup)


def moment(date: datetime | str | None) -> datetime | None:
    """A stated date in UTC. Years before the web are clocks never set (1970), far ones were never meant: no date is
    truer."""
    stated = parse_date(date) if isinstance(date, str) else date
    return utc(stated) if stated and FIRST_YEAR <= stated.year < LAST_YEAR else None


def moment_of_gmt(parts: Sequence[int]) -> datetime | None:
    """Year, month, day, hour, minute, second as UTC, each run over as in `timegm`; None where the calendar ends.

    feedparser counts an offset in without a look at the calendar: the first and last days give years 0 and 10000.
    """
    try:
        return datetime.fromtimestamp(calendar.timegm(tuple(parts)), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def distinct(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Each id once, the first wins. An id that several addresses share names none of them: there the address does."""
    listed = tuple(entries)
    urls: defaultdict[str, set[str]] = defaultdict(set)
    for entry in listed:
        if entry.url:
            urls[entry.id].add(entry.url)
    named = (
        replace(entry, id=entry.url) if entry.url and len(urls[entry.id]) > 1 else entry
        for entry in listed
    )
    once: dict[str, Entry] = {}
    for entry in named:
        once.setdefault(entry.id, entry)
    return tuple(once.values())


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, names)))


def _short(id_: str) -> str:
    return id_ if len(id_) <= MAX_ID else _hash(id_)


def _hash(*parts: str) -> str:
    return "sha256:" + sha256("\x00".join(parts).encode()).hexdigest()[:32]
