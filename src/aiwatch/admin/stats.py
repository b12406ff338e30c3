"""How much there is, how fast it comes, and how soon it is told."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from aiwatch.store import Connection, figures, room
from aiwatch.store.figures import Delay

SPAN: Final = timedelta(days=30)
LARGE: Final = 2**30  # bytes: measuring the tables of a larger file reads all of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """All numbers."""

    since: datetime
    days: float  # of these it was filed from
    totals: dict[str, int]
    states: dict[str, dict[str, int]]
    came: dict[str, int]  # since then
    topics: dict[str, int]
    languages: dict[str, int]
    sources: tuple[dict[str, Any], ...]
    found_after: Delay | None
    sent_after: dict[str, Delay]
    bytes: int
    free: int
    tables: dict[str, int]  # bytes; empty where they were not measured

    @property
    def per_day(self) -> dict[str, float]:
        """What comes in a day."""
        return {name: round(number / self.days, 1) for name, number in self.came.items()}

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        database = {"bytes": self.bytes, "free_bytes": self.free, "tables": self.tables}
        whole = {
            name: value
            for name, value in asdict(self).items()
            if name not in ("bytes", "free", "tables")
        }
        return {**whole, "per_day": self.per_day, "database": database}


def gather(
    db: Connection, now: datetime, span: timedelta = SPAN, *, measure: bool | None = None
) -> Stats:
    """Read all numbers; `measure`: the tables' sizes too, by default where the file is small enough."""
    since, (size, free) = (now - span).replace(microsecond=0), room.sizes(db)
    begun = figures.begun(db)
    days = (now - max(since, begun)) / timedelta(days=1) if begun else 1.0
    measured = size < LARGE if measure is None else measure
    return Stats(
        since=since,
        days=max(round(days, 2), 1.0),
        totals=figures.totals(db),
        states=figures.states(db),
        came=figures.came(db, since),
        topics=figures.topics(db, since),
        languages=figures.languages(db, since),
        sources=figures.yields(db, since),
        found_after=figures.found_after(db, since),
        sent_after=figures.sent_after(db, since),
        bytes=size,
        free=free,
        tables=room.of_tables(db) if measured else {},
    )
