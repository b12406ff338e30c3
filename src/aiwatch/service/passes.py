"""One pass: poll, file, close, send; and what it came to."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from aiwatch.delivery import Closings, Sent
from aiwatch.model import Source
from aiwatch.pipeline import FilingReport, Polled, Progress
from aiwatch.service import heartbeat, matters
from aiwatch.service.clock import Clock
from aiwatch.service.machine import Machine
from aiwatch.store import outbox
from aiwatch.store import sources as watched
from aiwatch.store.closing import Closed

log = logging.getLogger(__name__)

NONE_READ = "no source could be read"


@dataclass(frozen=True, slots=True, kw_only=True)
class PassReport:
    """What one pass came to."""

    polled: tuple[Polled, ...]
    filing: FilingReport
    closed: tuple[Closed, ...]
    sent: Sent
    unclosed: tuple[str, ...] = ()  # what could not be told, each named
    undelivered: int = 0  # messages given up, from this pass or earlier

    @property
    def broken(self) -> tuple[str, ...]:
        """What exit code 1 is for, each named."""
        found = [f"{one.source}: {one.detail}" for one in self.polled if one.broke]
        asked = [one for one in self.polled if one.outcome != "put off"]
        if _none_read(asked):
            found = [f"{one.source}: {one.detail}" for one in asked if not one.offline]
        if any(one.offline for one in asked):
            found.append(_offline(asked))
        return (*found, *self.unwell, *self.sent.troubles)

    @property
    def unwell(self) -> tuple[str, ...]:
        """What of aiwatch's own work did not succeed; that one source or endpoint is in trouble is not that."""
        return (*(f"{t.what}: {t.detail}" for t in self.filing.troubles), *self.unclosed)

    @property
    def known(self) -> tuple[str, ...]:
        """Trouble that was there before: shown, and signalled only with --strict."""
        named = set(self.broken)
        failing = [
            f"{one.source}: {one.detail}"
            for one in self.polled
            if one.outcome == "failed" and not one.offline
        ]
        failing += [words for one in self.polled for words in one.noted]
        kept = (
            [
                f"{self.undelivered} {'message' if self.undelivered == 1 else 'messages'} given up (aiwatch outbox list)"
            ]
            if self.undelivered
            else []
        )
        return tuple(one for one in (*failing, *kept) if one not in named)


async def one_pass(
    at: Machine,
    *,
    sources: Sequence[Source],
    send: bool = True,
    baseline: bool = False,
    progress: Progress | None = None,
) -> PassReport:
    """Poll, file, close, send: once; then the heartbeat. Offline, what waits for its page goes on waiting."""
    clock, database = at.pipeline.clock, at.store.path
    if isinstance(clock, Clock) and clock.true:
        await at.store.write(lambda db: matters.clock_back(db, clock()))
    await at.delivery.remember_alerts()
    await at.store.write(matters.disk(database, matters.free_beside(database), clock()))
    polled = await at.pipeline.poll(sources, baseline=baseline, progress=progress)
    await at.store.write(matters.network(polled, clock()))
    filing = FilingReport()
    if not any(one.offline for one in polled):
        filing = await at.pipeline.file(tell=not baseline, progress=progress)
        await at.look_again(tell=not baseline)
    await at.pipeline.count_pass()
    closings = Closings()
    sent = Sent()
    if send:
        closings = await at.delivery.close_due()
        sent = await at.delivery.send_due()
    with at.store.read() as db:
        undelivered = outbox.failed(db)
    report = PassReport(
        polled=polled,
        filing=filing,
        closed=closings.closed,
        unclosed=closings.troubles,
        sent=sent,
        undelivered=undelivered,
    )
    await ended(at, polled, report.unwell)
    return report


async def ended(at: Machine, polled: Sequence[Polled], unwell: Sequence[str]) -> None:
    """Note how a pass went, and let the heartbeat know: it was good if sources can be read and nothing broke."""
    offline = [one for one in polled if one.offline]
    said = [_offline(offline)] if offline else [NONE_READ] if _none_works(at) else []
    wrong = "; ".join([*said, *unwell])
    await at.store.write(matters.passed(at.pipeline.clock(), wrong))
    if not offline:  # then nobody could be told
        await beat(at, well=not wrong)


def _none_works(at: Machine) -> bool:
    """Whether every source that was ever tried is in trouble; one pass may have asked a single one."""
    names = [source.name for source in at.config.sources if source.enabled]
    with at.store.read() as db:
        tried = [one for one in watched.states(db, names) if one.last_attempt]
    return bool(tried) and all(one.state in ("failing", "stopped") for one in tried)


async def beat(at: Machine, *, well: bool) -> None:
    """Call the heartbeat's address, where there is one; trouble with that is noted and disturbs nobody."""
    address = at.config.heartbeat
    if address is None:
        return
    trouble = await heartbeat.beat(at.delivery.tools.http, address, well=well)
    was_well = await at.store.write(matters.heartbeat(at.pipeline.clock(), trouble))
    if trouble and was_well:
        log.warning("heartbeat detail=%r", trouble)


def _none_read(asked: Sequence[Polled]) -> bool:
    """Whether sources were asked, and not one could be read."""
    return bool(asked) and all(one.outcome == "failed" for one in asked)


def _offline(asked: Sequence[Polled]) -> str:
    count = sum(one.offline for one in asked)
    what = "the source" if count == 1 else f"{count} sources"
    return f"offline: {what} could not be reached, nor any other host; nothing was recorded"
