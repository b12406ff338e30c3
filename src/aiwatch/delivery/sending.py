"""From frozen to sent (transaction 4): every lane on its own, claim, send outside, settle.

A lane (a mail server, an endpoint) in trouble holds its own rows back and nobody else's; one message in it is then a
probe for all, and the first that is taken wakes the others.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aiwatch.channels import CHANNELS
from aiwatch.channels.base import Tools
from aiwatch.config.values import ChannelConfig, Config
from aiwatch.errors import Locked
from aiwatch.model import Delivered, Envelope, Later, Receipt, Refused, Trouble
from aiwatch.store import Store, outbox
from aiwatch.store.locks import SENDING_WAIT, sending
from aiwatch.store.outbox import Due, Retry

log = logging.getLogger(__name__)

LANES_IN_FLIGHT = 8
BATCH = 50  # frozen messages of one lane in memory
LONGEST_HOLD = timedelta(minutes=30)  # of a lane; one message in it is then a probe for all
GONE = "gone:"  # how a Refused begins where the endpoint itself is no more
MAIL_PATIENCE = timedelta(days=5)  # RFC 5321 4.5.4.1: give-up time of 4-5 days
TOO_LONG = timedelta(
    days=5
)  # of nothing but failures; an endpoint is left alone then, as Svix does


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a round of sending came to."""

    delivered: int = 0
    postponed: int = 0
    failed: int = 0
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What sends: everything it needs, handed in."""

    config: Config
    store: Store
    tools: Tools
    clock: Callable[[], datetime]

    async def send_due(self, wait: float = SENDING_WAIT, patience: timedelta | None = None) -> Sent:
        """Send what is due, under the sending lock; raises Locked past `wait` with every row safe.

        patience: no message is begun later than that, so that a slow endpoint keeps no closing waiting. Without it, as in
        a one-shot, mail servers in trouble are asked once whatever their wait: the sign-in may have been put right. Not so
        other endpoints: they are given so many attempts, mail so many days.
        """
        mail = [one.name for one in self.config.channels if one.kind == "email"]
        with self.store.read() as db:
            now = self.clock()
            held = patience is None and outbox.waits(db, mail)
            lanes, open_ = outbox.due_lanes(db, now), outbox.open_rows(db, now)
        if held:
            await self.store.write(lambda db: outbox.probe(db, mail))
        if not open_ and not held:
            return Sent()
        try:
            async with sending(self.store.path, wait if lanes else 0.0):
                return await self._send_all(patience)
        except Locked:
            if lanes:
                raise
            return Sent()  # what is open is being sent by another process at this moment

    async def _send_all(self, patience: timedelta | None) -> Sent:
        """Every lane on its own; the lock is held until the last of them has ended, well or not."""
        begun, gate = self.clock(), asyncio.Semaphore(LANES_IN_FLIGHT)
        lanes = await self.store.write(lambda db: outbox.taken_up(db, begun))
        rounds = await asyncio.gather(
            *(self._drain(lane, begun, patience, gate) for lane in lanes), return_exceptions=True
        )
        done = [one for one in rounds if isinstance(one, Sent)]
        for error in rounds:
            if isinstance(error, BaseException):
                raise error
        return Sent(
            delivered=sum(one.delivered for one in done),
            postponed=sum(one.postponed for one in done),
            failed=sum(one.failed for one in done),
            troubles=tuple(trouble for one in done for trouble in one.troubles),
        )

    async def _drain(
        self, lane: str, begun: datetime, patience: timedelta | None, gate: asyncio.Semaphore
    ) -> Sent:
        """What was due in one lane when sending began, in order; trouble of the endpoint itself ends it."""
        states: list[str] = []
        troubles: list[str] = []
        async with gate:
            for due in self._rows(lane, begun):
                if patience is not None and self.clock() - begun > patience:
                    break
                receipt, state = await self._send_one(due)
                states.append(state)
                if not isinstance(receipt, Delivered):
                    who = f"{due.envelope.channel} to {due.envelope.reader}"
                    troubles.append(f"{who}: {receipt.reason}")
                if isinstance(receipt, Later) and receipt.lane:
                    states += ["due"] * await self._hold(due, receipt)
                    break
                if state == "failed" and await self._ended(due, receipt):
                    break
        return Sent(
            delivered=states.count("sent"),
            postponed=states.count("due"),
            failed=states.count("failed"),
            troubles=tuple(dict.fromkeys(troubles)),
        )

    def _rows(self, lane: str, begun: datetime) -> Iterator[Due]:
        """A lane's rows, some at a time; what was postponed meanwhile is for a later round."""
        rows = self._due(lane, begun)
        while rows:
            yield from rows
            rows = self._due(lane, begun)

    def _due(self, lane: str, begun: datetime) -> tuple[Due, ...]:
        with self.store.read() as db:
            return outbox.due(db, begun, BATCH, lane)

    async def _send_one(self, due: Due) -> tuple[Receipt, str]:
        envelope = due.envelope
        if not await self.store.write(lambda db: outbox.claim(db, envelope.row)):
            return Delivered(detail="taken by another process"), "taken"
        if envelope.part.reply_to:
            with (
                self.store.read() as db
            ):  # not with the batch: what it answers may have stood in that
                envelope = replace(envelope, answers=outbox.called(db, envelope))
        receipt = await self._attempt(envelope)
        rule, now = self._retry(envelope), self.clock()
        dead = self._dead(envelope, receipt)
        state = await self.store.write(
            lambda db: outbox.settle(db, envelope.row, receipt, rule, now, dead)
        )
        log.info(
            "send message=%s channel=%s state=%s detail=%r",
            envelope.id,
            envelope.channel,
            state,
            receipt.detail if isinstance(receipt, Delivered) else receipt.reason,
        )
        return receipt, state

    def _dead(self, envelope: Envelope, receipt: Receipt) -> Trouble | None:
        """What a person should know if this ends it; of a message about troubles nothing, or there would be no end."""
        about = next((one.about for one in self.config.alerts if one.name == envelope.alert), None)
        if isinstance(receipt, Delivered) or about is not None:
            return None
        from aiwatch.digest import care  # noqa: PLC0415 - where there is trouble

        return care.dead_letter(envelope, receipt.reason)

    async def _ended(self, due: Due, receipt: Receipt) -> bool:
        """Send nothing more to an endpoint that says it is gone, or that has taken nothing for days; a person hears of it.

        Mail servers are asked on: what they answer would be told by mail.
        """
        if isinstance(receipt, Refused) and receipt.reason.startswith(GONE):
            await self._park(due.lane, receipt.reason)  # which the message that met it tells
            return True
        config, now = self._configured(due.envelope), self.clock()
        if isinstance(receipt, Delivered) or config is None or config.kind == "email":
            return False
        with self.store.read() as db:
            since = outbox.failing_since(db, due.lane)
        if since is None or now - since < TOO_LONG:
            return False
        reason = f"nothing but failures since {since:%d %B %Y}, the last: {receipt.reason}"
        from aiwatch.digest import care  # noqa: PLC0415 - where there is trouble

        await self._park(due.lane, reason, care.left_alone(due.envelope, reason))
        return True

    async def _park(self, lane: str, reason: str, told: Trouble | None = None) -> None:
        now = self.clock()
        await self.store.write(lambda db: outbox.park(db, lane, reason, now, told))

    async def _attempt(self, envelope: Envelope) -> Receipt:
        config, name = self._configured(envelope), envelope.channel
        if config is None:  # the lane may be that of a mail server which other channels still use
            return Later(reason=f"channel {name} is no longer configured")
        try:
            return await CHANNELS[config.kind].send(envelope, config.options, self.tools)
        except Exception as error:  # a bug met by one message: recorded, and the others go on
            log.exception("send message=%s", envelope.id)
            return Later(reason=f"a bug in aiwatch: {type(error).__name__}")

    def _configured(self, envelope: Envelope) -> ChannelConfig | None:
        return next((one for one in self.config.channels if one.name == envelope.channel), None)

    def _retry(self, envelope: Envelope) -> Retry:
        config = self._configured(envelope)
        if config is None:
            return Retry(delays=(timedelta(hours=1),), repeat_for=MAIL_PATIENCE)
        return Retry(
            delays=config.retry, repeat_for=MAIL_PATIENCE if config.kind == "email" else None
        )

    async def _hold(self, due: Due, receipt: Later) -> int:
        """Let the lane wait as long as the message that found the trouble, but not for hours."""
        step = self._retry(due.envelope).wait(due.envelope.attempt, timedelta()) or LONGEST_HOLD
        wait = max(receipt.after or timedelta(), min(step, LONGEST_HOLD))
        now = self.clock()
        return await self.store.write(
            lambda db: outbox.hold_lane(db, due, now + wait, receipt.reason, now)
        )
