"""Whether the tables need to be asked at all: nobody has written since all was asked, and nothing has come due.

With 10,000 sources what a second's questions take was 3 % of a core; that nothing was written is one of microseconds.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiwatch.errors import AiwatchError
from aiwatch.judge.schedule import next_slot
from aiwatch.service.machine import Machine
from aiwatch.store import Version, upcoming
from aiwatch.store import sources as watched

log = logging.getLogger(__name__)

AGAIN = timedelta(
    seconds=10
)  # what waits at a slow host or for a quiet hour's end is asked for each second
LONGEST = timedelta(minutes=1)  # then all is asked once more, whatever was overlooked here
KINDS = ("watch", "tell")  # of work, all of which have to have found nothing


@dataclass(slots=True)
class Rest:
    """Begins when each kind of work has found nothing to do; ends with anybody's commit, or when its time is over."""

    found: dict[str, Version] = field(default_factory=dict)  # what each kind saw that found nothing
    begun: datetime | None = None
    until: datetime | None = None
    rests: bool = False  # until then; else something waits already, and each second is asked for it

    def none_found(self, kind: str, seen: Version | None) -> None:
        """A round of this kind has ended with nothing done; `seen`: what the tables were when it began."""
        if seen is not None:
            self.found[kind] = seen

    def end(self) -> None:
        """Ask again."""
        self.found.clear()
        self.begun = self.until = None

    def holds(self, at: Machine, seen: Version | None, now: datetime) -> bool:
        """Whether there is nothing to ask in this second."""
        if seen is None or any(self.found.get(kind) != seen for kind in KINDS):
            self.begun = self.until = None
            return False
        if self.begun is None or self.until is None:
            following = _next(at, now)
            self.rests, self.begun = following > now, now
            self.until = min(following, now + LONGEST) if self.rests else now + AGAIN
        if self.begun <= now < self.until:
            return self.rests
        self.end()
        return False


def version(at: Machine) -> Version | None:
    """What the tables are now; None where that cannot be told: whoever asks them will hear why."""
    try:
        return at.store.version()
    except (AiwatchError, OSError):
        return None


def _next(at: Machine, now: datetime) -> datetime:
    """When the next thing comes due."""
    return min(_times(at, now), default=now + LONGEST)


def _times(at: Machine, now: datetime) -> Iterator[datetime]:
    alerts = at.config.alerts
    for alert in alerts:
        if alert.when.kind == "slots" and (slot := next_slot(alert.when, alert.timezone, now)):
            yield slot
    at_once = [alert.name for alert in alerts if alert.when.kind != "slots"]
    enabled = [source for source in at.config.sources if source.enabled]
    with at.store.read() as db:
        asked = {source.name for source in enabled} - set(watched.twins(enabled, watched.moved(db)))
        poll, other = upcoming.poll(db, asked), upcoming.others(db, at_once, now)
    yield from (moment for moment in (poll, other) if moment)
