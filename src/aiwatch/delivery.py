"""From what is known to what is told: close alerts whose time has come (transaction 3), send what is due (4).

A message is composed and frozen at the closing, one row per recipient or endpoint; sending only moves rows. A lane
(a mail server, an endpoint) in trouble holds its own rows back and nobody else's.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from aiwatch.channels import CHANNELS, channel
from aiwatch.channels.base import Tools
from aiwatch.config.values import ChannelConfig, Config
from aiwatch.digest.compose import Context, compose
from aiwatch.judge.alerting import may_close
from aiwatch.judge.schedule import next_slot, previous_slot
from aiwatch.model import (
    Alert,
    AlertName,
    Delivered,
    Digest,
    Envelope,
    Later,
    OutboxId,
    Reader,
    Receipt,
)
from aiwatch.store import Store, closing, outbox
from aiwatch.store.closing import AlertState, Closed, Drafted, Facts
from aiwatch.store.filing import Subscription
from aiwatch.store.locks import SENDING_WAIT, sending
from aiwatch.store.outbox import Due, Retry

log = logging.getLogger(__name__)

LANES_IN_FLIGHT = 8
MAIL_PATIENCE = timedelta(days=5)  # RFC 5321 4.5.4.1: give-up time of 4-5 days


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a round of sending came to."""

    delivered: int = 0
    postponed: int = 0
    failed: int = 0
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The machinery that tells: everything it needs, handed in."""

    config: Config
    store: Store
    tools: Tools
    clock: Callable[[], datetime]

    # ------------------------------------------------------------ who

    def channel_of(self, name: str) -> ChannelConfig:
        """The configured channel of that name; the configuration was checked, so it is there."""
        return next(found for found in self.config.channels if found.name == name)

    def readers(self, alert: Alert) -> tuple[Reader, ...]:
        """All who read this alert."""
        return tuple(reader for one in map(self.channel_of, alert.to) for reader in _readers(one))

    def subscriptions(self) -> tuple[Subscription, ...]:
        """Every alert with its readers."""
        return tuple(
            Subscription(alert=alert, readers=self.readers(alert)) for alert in self.config.alerts
        )

    # ------------------------------------------------------------ close

    async def remember_alerts(self) -> None:
        """Note since when each alert is there: it is owed everything filed from then on."""
        now = self.clock()
        await self.store.write(lambda db: closing.sync(db, self.config.alerts, now))

    async def close_due(self) -> tuple[Closed, ...]:
        """Close every alert whose time has come."""
        now = self.clock()
        await self.remember_alerts()
        closed = [await self._close_if_due(alert, now) for alert in self.config.alerts]
        return tuple(one for one in closed if one)

    async def close_now(self, alert: Alert, lookback: timedelta | None = None) -> Closed | None:
        """Close one alert's window by hand (`digest --send`); a look back marks nothing as told."""
        now = self.clock()
        await self.store.write(lambda db: closing.sync(db, [alert], now))
        if lookback is None:
            return await self._close(alert, None, now)
        topics = alert.topics or tuple(topic.name for topic in self.config.topics)
        compose_ = partial(self.draft, kind="digest", lookback=lookback)
        return await self.store.write(
            lambda db: closing.send_lookback(
                db, alert, topics, compose_, since=now - lookback, now=now
            )
        )

    async def _close_if_due(self, alert: Alert, now: datetime) -> Closed | None:
        with self.store.read() as db:
            state = closing.state(db, alert.name, now)
            recent = closing.recent(db, alert.name)
        if state is None or state.paused or alert.about is not None:
            return None
        slot = due_slot(alert, state, now)
        if alert.when.kind == "slots":
            return await self._close(alert, slot, now) if slot else None
        if state.due == 0:
            return None
        held = may_close(alert, recent, now)
        if held:
            log.info("hold alert=%s waiting=%d reason=%r", alert.name, state.due, held)
            return None
        return await self._close(alert, None, now)

    async def _close(self, alert: Alert, slot: datetime | None, now: datetime) -> Closed | None:
        readers = self.readers(alert)
        compose_ = partial(self.draft, kind="alert" if alert.when.kind == "at once" else "digest")
        closed = await self.store.write(
            lambda db: closing.close(
                db,
                alert,
                readers,
                compose_,
                kind="alert" if alert.when.kind == "at once" else "digest",
                slot=slot,
                now=now,
            )
        )
        if closed:
            log.info(
                "close alert=%s stories=%d messages=%d", alert.name, closed.stories, closed.messages
            )
        return closed

    def draft(
        self, facts: Facts, *, kind: str, lookback: timedelta | None = None
    ) -> Sequence[Drafted]:
        """Compose and render for every reader of the alert; readers with nothing to hear are left out."""
        drafts = []
        for config in map(self.channel_of, facts.alert.to):
            for reader in _readers(config):
                drafted = self._draft_one(facts, config, reader, kind, lookback)
                if drafted:
                    drafts.append(drafted)
        return drafts

    def _draft_one(
        self,
        facts: Facts,
        config: ChannelConfig,
        reader: Reader,
        kind: str,
        lookback: timedelta | None,
    ) -> Drafted | None:
        alert = facts.alert
        digest = compose(
            alert=alert,
            reader=reader,
            stories=facts.stories,
            told=facts.told.get(reader, {}),
            topics=self.config.topics,
            now=facts.now,
            kind="alert" if kind == "alert" else "digest",
            context=self.context(facts, config, reader, lookback),
        )
        if not digest.sections and not (alert.empty == "say" and alert.when.kind == "slots"):
            return None
        kind_ = channel(config.kind)
        return Drafted(
            channel=config.name,
            reader=reader,
            lane=kind_.lane(config.name, config.options, reader),
            digest=digest,
            parts=tuple(kind_.render(digest, config.options)),
        )

    def context(
        self,
        facts: Facts,
        config: ChannelConfig | None = None,
        reader: Reader | None = None,
        lookback: timedelta | None = None,
    ) -> Context:
        """What stands around the stories of a digest."""
        alert = facts.alert
        where = f"channel {config.name}" if config else "this preview"
        who = f"{reader.removeprefix('mailto:')} is in {where}" if reader else where
        return Context(
            items_read=facts.items_read,
            sources_read=facts.sources_read,
            sources_all=sum(source.enabled for source in self.config.sources),
            troubles=(),
            next_at=next_slot(alert.when, alert.timezone, facts.now),
            lookback=lookback,
            why_you=f"alert {alert.name}: {who}",
        )

    # ------------------------------------------------------------ send

    async def ping(self, name: str) -> tuple[tuple[str, Receipt], ...]:
        """One real message to each reader of a channel, under an id of its own; nothing is stored."""
        config, now = self.channel_of(name), self.clock()
        kind = channel(config.kind)
        digest = Digest(
            alert=AlertName("test"),
            kind="ping",
            at=now,
            timezone=self.config.timezone,
            subject=f"aiwatch: a test of channel {name}",
            why_you=f"somebody typed: aiwatch channels test {name}",
        )
        found: list[tuple[str, Receipt]] = []
        for reader in kind.readers(config.name, config.options):
            for number, part in enumerate(kind.render(digest, config.options), start=1):
                envelope = Envelope(
                    id=f"msg_ping{now:%Y%m%d%H%M%S%f}x{number}x{len(found)}",
                    row=OutboxId(0),
                    alert=digest.alert,
                    channel=config.name,
                    reader=reader,
                    part=part,
                    created=now,
                    attempt=1,
                    now=now,
                )
                found.append((reader, await kind.send(envelope, config.options, self.tools)))
        return tuple(found)

    async def send_due(self, wait: float = SENDING_WAIT) -> Sent:
        """Send what is due, under the sending lock; raises Locked past `wait` with every row safe."""
        with self.store.read() as db:
            if not outbox.open_rows(db, self.clock()):
                return Sent()
        async with sending(self.store.path, wait):
            await self.store.write(outbox.recover)
            with self.store.read() as db:
                due = outbox.due(db, self.clock())
            lanes: dict[str, list[Due]] = defaultdict(list)
            for row in due:
                lanes[row.lane].append(row)
            gate = asyncio.Semaphore(LANES_IN_FLIGHT)
            rounds = await asyncio.gather(
                *(self._drain(lane, rows, gate) for lane, rows in lanes.items())
            )
        return Sent(
            delivered=sum(one.delivered for one in rounds),
            postponed=sum(one.postponed for one in rounds),
            failed=sum(one.failed for one in rounds),
            troubles=tuple(trouble for one in rounds for trouble in one.troubles),
        )

    async def _drain(self, lane: str, rows: Sequence[Due], gate: asyncio.Semaphore) -> Sent:
        """One lane, in order; trouble of the endpoint itself ends the lane's round."""
        states: list[str] = []
        troubles: list[str] = []
        async with gate:
            for place, due in enumerate(rows):
                receipt, state = await self._send_one(due)
                states.append(state)
                if not isinstance(receipt, Delivered):
                    troubles.append(
                        f"{due.envelope.channel} to {due.envelope.reader}: {receipt.reason}"
                    )
                if isinstance(receipt, Later) and receipt.lane:
                    await self._hold(lane, due, receipt)
                    states += ["due"] * (len(rows) - place - 1)
                    break
        return Sent(
            delivered=states.count("sent"),
            postponed=states.count("due"),
            failed=states.count("failed"),
            troubles=tuple(dict.fromkeys(troubles)),
        )

    async def _send_one(self, due: Due) -> tuple[Receipt, str]:
        envelope = due.envelope
        if not await self.store.write(lambda db: outbox.claim(db, envelope.row)):
            return Delivered(detail="taken by another process"), "sent"
        receipt = await self._attempt(due)
        rule, now = self._retry(due), self.clock()
        state = await self.store.write(
            lambda db: outbox.settle(db, envelope.row, receipt, rule, now)
        )
        log.info(
            "send message=%s channel=%s state=%s detail=%r",
            envelope.id,
            envelope.channel,
            state,
            receipt.detail if isinstance(receipt, Delivered) else receipt.reason,
        )
        return receipt, state

    async def _attempt(self, due: Due) -> Receipt:
        config = next(
            (one for one in self.config.channels if one.name == due.envelope.channel), None
        )
        if config is None:
            return Later(
                reason=f"channel {due.envelope.channel} is no longer configured", lane=True
            )
        try:
            return await CHANNELS[config.kind].send(due.envelope, config.options, self.tools)
        except Exception as error:  # a bug met by one message: recorded, and the others go on
            log.exception("send message=%s", due.envelope.id)
            return Later(reason=f"a bug in aiwatch: {type(error).__name__}")

    def _retry(self, due: Due) -> Retry:
        config = next(
            (one for one in self.config.channels if one.name == due.envelope.channel), None
        )
        if config is None:
            return Retry(delays=(timedelta(hours=1),), repeat_for=MAIL_PATIENCE)
        return Retry(
            delays=config.retry, repeat_for=MAIL_PATIENCE if config.kind == "email" else None
        )

    async def _hold(self, lane: str, due: Due, receipt: Later) -> None:
        now = self.clock()
        rule = self._retry(due)
        wait = max(
            receipt.after or timedelta(), rule.delays[0] if rule.delays else timedelta(minutes=1)
        )
        await self.store.write(lambda db: outbox.hold_lane(db, lane, now + wait, receipt.reason))


def _readers(config: ChannelConfig) -> tuple[Reader, ...]:
    return tuple(channel(config.kind).readers(config.name, config.options))


def due_slot(alert: Alert, state: AlertState, now: datetime) -> datetime | None:
    """The latest scheduled time that has come and was not closed; several missed ones are closed once."""
    slot = previous_slot(alert.when, alert.timezone, now)
    if slot is None or slot < state.first_seen:
        return None
    return slot if state.last_slot is None or slot > state.last_slot else None
