"""Articles looked at once more (`recheck`): their pages asked conditionally, what they say otherwise now filed.

A look costs its host what a page costs: the same turns, the same robots.txt, the same patience.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aiwatch.config.values import Config
from aiwatch.errors import AiwatchError
from aiwatch.fetch import PutOff
from aiwatch.judge.recheck import next_look
from aiwatch.model import AlertName, FetchFailure, Match, NotModified, ReadArticle, Subject
from aiwatch.pages import Looked, PageReader
from aiwatch.store import Store, rechecks
from aiwatch.store.entries import ToFile
from aiwatch.store.filing import Subscription
from aiwatch.store.rechecks import Again
from aiwatch.workers import WorkerFailure

log = logging.getLogger(__name__)

BATCH: Final = 30
AGAIN: Final = timedelta(minutes=10)  # until a host that is not to be asked now is looked at again


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecks:
    """Looks at what is due."""

    config: Config
    store: Store
    reader: PageReader
    match: Callable[[Subject], tuple[Match, ...]]
    subscriptions: tuple[Subscription, ...]
    clock: Callable[[], datetime]

    async def look(self, *, tell: bool = True) -> None:
        """Every article whose time has come, once; one that cannot be read is no other's trouble."""
        passed: set[int] = set()
        while True:
            with self.store.read() as db:
                batch = rechecks.due(db, self.clock(), BATCH, passed)
            if not batch:
                return
            passed.update(item.id for item in batch)
            looks = await asyncio.gather(
                *(self._one(item, tell=tell) for item in batch), return_exceptions=True
            )
            for error in looks:
                if isinstance(error, BaseException):
                    raise error

    async def _one(self, item: Again, *, tell: bool) -> None:
        try:
            found = await self.reader.look(_to_read(item))
            await self._write(item, found, self.subscriptions if tell else ())
        except AiwatchError:  # a locked or full database is no fault of the page
            raise
        except Exception:  # a bug met by one page: recorded, and the others go on
            log.exception("recheck article=%d", item.id)
            await self._put_off(item)

    async def _write(
        self, item: Again, found: Looked, subscriptions: tuple[Subscription, ...]
    ) -> None:
        now = self.clock()
        following = next_look(self.config.recheck, item.filed_at, now)
        if isinstance(found, FetchFailure) and found.status in (404, 410):
            alerts: tuple[AlertName, ...] = await self.store.write(
                lambda db: rechecks.missing(db, item.id, following, subscriptions, now)
            )
            log.info("recheck article=%d detail=%r alerts=%d", item.id, found.detail, len(alerts))
        elif isinstance(found, NotModified):
            await self.store.write(lambda db: rechecks.still_there(db, item.id, following))
        elif isinstance(found, PutOff):
            wait = max(found.retry_after or AGAIN, AGAIN)
            await self.store.write(lambda db: rechecks.put_off(db, item.id, now + wait))
        elif isinstance(found, FetchFailure | WorkerFailure) or not _by_page(found):
            await self._put_off(item)
        else:
            filed = await self.store.write(
                lambda db: rechecks.read_again(
                    db, item.id, found, self.match, following, subscriptions, now
                )
            )
            log.info("recheck article=%d outcome=%s", item.id, filed.outcome)

    async def _put_off(self, item: Again) -> None:
        following = next_look(self.config.recheck, item.filed_at, self.clock())
        await self.store.write(lambda db: rechecks.put_off(db, item.id, following))


def _by_page(read: ReadArticle) -> bool:
    """A wall or a stub in the page's place says nothing about the article."""
    return read.read_by != "feed"


def _to_read(item: Again) -> ToFile:
    return ToFile(
        id=item.id, source=item.source, entry=item.entry, tell="all", attempts=0, page=item.page
    )
