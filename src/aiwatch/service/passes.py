"""One pass: poll, file, close, send; and what it came to."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiwatch.delivery import Closings, Sent
from aiwatch.model import Source
from aiwatch.pipeline import FilingReport, Polled, Progress
from aiwatch.service.machine import Machine
from aiwatch.store import outbox
from aiwatch.store.closing import Closed


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
        if asked and all(one.outcome == "failed" for one in asked):
            found = [f"{one.source}: {one.detail}" for one in asked]
        return (
            *found,
            *(f"{t.what}: {t.detail}" for t in self.filing.troubles),
            *self.unclosed,
            *self.sent.troubles,
        )

    @property
    def known(self) -> tuple[str, ...]:
        """Trouble that was there before: shown, and signalled only with --strict."""
        named = set(self.broken)
        failing = [f"{one.source}: {one.detail}" for one in self.polled if one.outcome == "failed"]
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
    """Poll, file, close, send: once."""
    await at.delivery.remember_alerts()
    polled = await at.pipeline.poll(sources, baseline=baseline, progress=progress)
    filing = await at.pipeline.file(tell=not baseline, progress=progress)
    await at.rechecks().look(tell=not baseline)
    await at.pipeline.count_pass()
    closings = Closings()
    sent = Sent()
    if send:
        closings = await at.delivery.close_due()
        sent = await at.delivery.send_due()
    with at.store.read() as db:
        undelivered = outbox.failed(db)
    return PassReport(
        polled=polled,
        filing=filing,
        closed=closings.closed,
        unclosed=closings.troubles,
        sent=sent,
        undelivered=undelivered,
    )
