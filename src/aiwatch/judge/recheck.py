"""When an article's page is looked at again for edits (`recheck`)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from aiwatch.model import ReadArticle

GONE_AGAIN = timedelta(hours=1)
"""A page that is not there any more is asked once more after that, before anybody is told: servers have bad hours."""


def first_look(
    read: ReadArticle, schedule: Sequence[timedelta], now: datetime, *, matched: bool
) -> datetime | None:
    """When a newly filed article is looked at again; None: never.

    One whose page was read and that some topic is about, for its edits; one whose page could not be had, whatever it
    is about so far, for its text. What the feed itself carries whole is edited there, and seen with the next poll.
    """
    article = read.article
    if article.change is not None or not article.url.startswith(("http://", "https://")):
        return None
    if page_failed(read) or (matched and read.page is not None):
        return next_look(schedule, now, now)
    return None


def page_failed(read: ReadArticle) -> bool:
    """Whether a page was wanted and is missing: nothing came of it, and only the feed's own text is there."""
    return read.wanted_page and read.read_by == "feed"


def missing_again(since: datetime | None, now: datetime) -> datetime | None:
    """When a missing page is asked once more; None: it has been missing long enough to be gone.

    since: when it was first missing. Two processes that look at one moment have seen it missing once.
    """
    first = since or now
    return first + GONE_AGAIN if now - first < GONE_AGAIN else None


def next_look(schedule: Sequence[timedelta], filed: datetime, now: datetime) -> datetime | None:
    """The next time of the schedule, which counts from the filing; looks that were missed are not made up for."""
    return next((filed + delay for delay in schedule if filed + delay > now), None)
