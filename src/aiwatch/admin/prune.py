"""Retention as `keep` says it, in small transactions between which others write."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Final, TypeVar

from aiwatch.config.values import Keep
from aiwatch.model import StoryId
from aiwatch.store import Connection, Store, retention, room
from aiwatch.store.retention import Bounds, Pruned

log = logging.getLogger(__name__)

T = TypeVar("T")
Shed = Callable[[Connection, Sequence[T]], Pruned]

STORIES: Final = 20  # a transaction: about 60 texts taken out of the index, 0.1 s
REPACKED: Final = 100
MESSAGES: Final = 100
RECORDS: Final = 2_000
MERGED: Final = 500  # pages of the search index
PAUSE: Final = 0.02  # seconds in which another process gets its turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruning:
    """What it came to."""

    gone: Pruned = field(default_factory=Pruned)
    returned: int = 0  # bytes given back to the disk
    free: int = 0  # bytes in the file that hold nothing
    worth_compacting: bool = (
        False  # that is much, and goes back only when the whole file is written anew
    )

    @property
    def words(self) -> str:
        """In one line."""
        return f"{in_words(self.gone)}; {self.returned:,} bytes given back to the disk"


def in_words(gone: Pruned) -> str:
    """What left, in numbers."""
    if not gone:
        return "nothing is older than `keep` says"
    return (
        f"{gone.articles:,} texts of {gone.stories:,} stories, {gone.messages:,} messages' texts,"
        f" {gone.polls:,} polls, {gone.snapshots:,} snapshots: {gone.characters:,} characters"
    )


def as_dict(pruning: Pruning) -> dict[str, int]:
    """For `--json`."""
    return {**asdict(pruning.gone), "returned": pruning.returned, "free": pruning.free}


def bounds(keep: Keep, now: datetime) -> Bounds:
    """What `keep` means at this moment."""
    return retention.bounds(keep.bodies, keep.matched, keep.messages, now)


def planned(db: Connection, keep: Keep, now: datetime) -> Pruned:
    """What `nightly` would let go; changes nothing."""
    return retention.count(db, bounds(keep, now))


async def nightly(store: Store, keep: Keep, now: datetime) -> Pruning:
    """Let go what is older than `keep` says, and give back the room where that is worth it.

    May be cancelled between any two transactions; the next night goes on. Raises what `Store.write` raises.
    """
    where = bounds(keep, now)
    with store.read() as db:
        stories = retention.old_stories(db, where)
        messages = retention.old_messages(db, where)
    gone = await _shed(
        store,
        stories,
        STORIES,
        lambda db, some: retention.shed_stories(db, retention.still_old(db, some, where)),
    )
    await _repack(store, stories)
    await store.write(lambda db: retention.note_done(db, where))
    gone += await _shed(store, messages, MESSAGES, retention.shed_messages)
    gone += await _records(store, where)
    if gone.articles:
        await _tidy(store)
    pruning = await _room(store, gone)
    log.info("prune %s", pruning.words)
    return pruning


async def _shed(store: Store, ids: Sequence[T], size: int, shed: Shed[T]) -> Pruned:
    gone = Pruned()
    for first in range(0, len(ids), size):
        some = ids[first : first + size]
        gone += await store.write(lambda db, some=some: shed(db, some))  # type: ignore[misc]
        await asyncio.sleep(PAUSE)
    return gone


async def _repack(store: Store, stories: Sequence[StoryId]) -> None:
    for first in range(0, len(stories), REPACKED):
        some = stories[first : first + REPACKED]
        await store.rewrite(lambda db, some=some: retention.repack(db, some))  # type: ignore[misc]
        await asyncio.sleep(PAUSE)


async def _records(store: Store, where: Bounds) -> Pruned:
    gone = Pruned()
    while some := await store.write(lambda db: retention.shed_records(db, where, RECORDS)):
        gone += some
        await asyncio.sleep(PAUSE)
    return gone


async def _tidy(store: Store) -> None:
    tidying = True
    while tidying:
        tidying = await store.write(lambda db: retention.tidy_search(db, MERGED))
        await asyncio.sleep(PAUSE)


async def _room(store: Store, gone: Pruned) -> Pruning:
    with store.read() as db:
        size, free = room.sizes(db)
        bit_by_bit, page = room.goes_back(db), room.page(db)
    if not room.worth_it(size, free):
        return Pruning(gone=gone, free=free)
    if not bit_by_bit:
        return Pruning(gone=gone, free=free, worth_compacting=True)
    left = free // page
    while left:
        now_left = await store.write(room.give_back)
        if now_left >= left:
            break
        left = now_left
        await asyncio.sleep(PAUSE)
    return Pruning(gone=gone, returned=free - left * page, free=left * page)
