"""From what is known to what is told: close alerts whose time has come (transaction 3), send what is due (4).

A message is composed and frozen at the closing, one row per recipient or endpoint; sending only moves rows. A lane
(a mail server, an endpoint) in trouble holds its own rows back and nobody else's.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from aiwatch.channels import CHANNELS, channel
from aiwatch.channels.base import Tools, ping
from aiwatch.config.values import ChannelConfig, Config
from aiwatch.digest import care
from aiwatch.digest.compose import Context, compose
from aiwatch.errors import AiwatchError, Locked
from aiwatch.judge.alerting import may_close, says_so
from aiwatch.judge.nearly import Nearest
from aiwatch.judge.schedule import new_week, next_slot, previous_slot
from aiwatch.model import (
    Alert,
    Cause,
    Delivered,
    Envelope,
    Later,
    Nearly,
    Reader,
    Receipt,
    Refused,
    Story,
    StoryId,
    Trouble,
)
from aiwatch.store import Store, archive, closing, leaving, outbox
from aiwatch.store.closing import AlertState, Closed, Composed, Drafted, Facts
from aiwatch.store.filing import Subscription
from aiwatch.store.locks import SENDING_WAIT, sending
from aiwatch.store.outbox import Due, Retry

log = logging.getLogger(__name__)

Closing = tuple[Closed | None, tuple[StoryId, ...]]  # what was closed, and what is stuck
NOT_CLOSED: Closing = (None, ())
LANES_IN_FLIGHT = 8
BATCH = 50  # frozen messages of one lane in memory
LONGEST_HOLD = timedelta(minutes=30)  # of a lane; one message in it is then a probe for all
A_WEEK = timedelta(days=7)
MOST_NEARLY = 2000  # articles, the newest, that are looked at for what almost matched
GONE = "gone:"  # how a Refused begins where the endpoint itself is no more
MAIL_PATIENCE = timedelta(days=5)  # RFC 5321 4.5.4.1: give-up time of 4-5 days


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a round of sending came to."""

    delivered: int = 0
    postponed: int = 0
    failed: int = 0
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Closings:
    """What a round of closing came to."""

    closed: tuple[Closed, ...] = ()
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who reads what, and what each gets: all of it from the configuration, with no database."""

    config: Config

    def channel_of(self, name: str) -> ChannelConfig:
        """The configured channel of that name; the configuration was checked, so it is there."""
        return next(found for found in self.config.channels if found.name == name)

    def readers(self, alert: Alert) -> tuple[Reader, ...]:
        """All who read this alert, each once."""
        found = (reader for one in map(self.channel_of, alert.to) for reader in _readers(one))
        return tuple(dict.fromkeys(found))

    def subscriptions(self) -> tuple[Subscription, ...]:
        """Every alert with its readers."""
        return tuple(
            Subscription(alert=alert, readers=self.readers(alert)) for alert in self.config.alerts
        )

    def draft(self, facts: Facts, *, kind: str, lookback: timedelta | None = None) -> Composed:
        """Compose and render for every reader of the alert; a story that a bug bars goes on waiting alone."""
        try:
            return Composed(drafts=self._drafts(facts, kind, lookback))
        except Exception:
            log.exception("compose alert=%s", facts.alert.name)
            sound = [pair for pair in facts.stories if self._composes(pair, facts, kind, lookback)]
            stuck = {story.id for story, _ in facts.stories} - {story.id for story, _ in sound}
            if not stuck:
                raise
            rest = replace(facts, stories=tuple(sound))
            return Composed(drafts=self._drafts(rest, kind, lookback), stuck=tuple(sorted(stuck)))

    def _composes(
        self, pair: tuple[Story, Cause], facts: Facts, kind: str, lookback: timedelta | None
    ) -> bool:
        try:
            self._drafts(replace(facts, stories=(pair,)), kind, lookback)
        except Exception:  # noqa: BLE001 - said by the caller, who met it first
            return False
        return True

    def _drafts(self, facts: Facts, kind: str, lookback: timedelta | None) -> tuple[Drafted, ...]:
        """One message a reader, through the first channel that reaches them; none where there is nothing to hear."""
        drafts: dict[Reader, Drafted | None] = {}
        for config in map(self.channel_of, facts.alert.to):
            for reader in _readers(config):
                if reader not in drafts and reader not in facts.left:
                    drafts[reader] = self._draft_one(facts, config, reader, kind, lookback)
        return tuple(drafted for drafted in drafts.values() if drafted)

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
        told = digest.sections or (digest.kind == "troubles" and digest.events)
        if not told and not says_so(alert, facts.now - facts.since):
            return None
        kind_ = channel(config.kind)
        return Drafted(
            channel=config.name,
            reader=reader,
            lane=kind_.lane(config.name, config.options, reader),
            digest=digest,
            parts=tuple(kind_.render(digest, config.options)),
        )

    def _noted(self, facts: Facts) -> tuple[tuple[str, ...], tuple[Trouble, ...]]:
        """What is wrong now, in words, and what was noted: for those who asked, else for a scheduled digest's foot."""
        if facts.alert.about is not None:
            return (), tuple(map(self._addressed, facts.troubles))
        if facts.alert.when.kind == "at once" or any(one.about for one in self.config.alerts):
            return (), ()
        watched = frozenset(source.name for source in self.config.sources if source.enabled)
        return care.at_foot(facts.failing, facts.troubles, facts.undelivered, watched)

    def _addressed(self, event: Trouble) -> Trouble:
        """With the address of its source, unless it names another one."""
        found = next((one.url for one in self.config.sources if one.name == event.what), None)
        return replace(event, extra={"url": found, **event.extra}) if found else event

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
        troubles, events = self._noted(facts)
        who = f"{reader.removeprefix('mailto:')} is in {where}" if reader else where
        return Context(
            items_read=facts.items_read,
            sources_read=facts.sources_read,
            sources_all=sum(source.enabled for source in self.config.sources),
            troubles=troubles,
            events=events,
            next_at=next_slot(alert.when, alert.timezone, facts.now),
            lookback=lookback,
            why_you=f"alert {alert.name}: {who}",
            leave=self._leave(facts, reader),
            silence=facts.now - facts.since if alert.empty == "silent" else None,
            near=facts.near,
        )

    def _leave(self, facts: Facts, reader: Reader | None) -> str:
        """Where this reader leaves with one click, where `serve` can be reached for it."""
        token = facts.tokens.get(reader) if reader else None
        public = self.config.public_url or ""
        if not token or not public.lower().startswith("https://"):
            return ""
        return f"{public.rstrip('/')}/{leaving.PATH}/{token}"

    async def ping(self, name: str, tools: Tools, now: datetime) -> tuple[tuple[str, Receipt], ...]:
        """One real message to each reader of a channel, under an id of its own; nothing is stored."""
        config = self.channel_of(name)
        kind, zone = channel(config.kind), self.config.timezone
        return await ping(config.name, kind, config.options, tools, zone, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The machinery that tells: everything it needs, handed in."""

    config: Config
    store: Store
    tools: Tools
    clock: Callable[[], datetime]

    @property
    def desk(self) -> Desk:
        """What composes."""
        return Desk(config=self.config)

    def subscriptions(self) -> tuple[Subscription, ...]:
        """Every alert with its readers."""
        return self.desk.subscriptions()

    # ------------------------------------------------------------ close

    async def remember_alerts(self) -> None:
        """Note since when each alert is there: it is owed everything filed from then on."""
        now = self.clock()
        await self.store.write(lambda db: closing.sync(db, self.config.alerts, now))

    async def close_due(self) -> Closings:
        """Close every alert whose time has come; a bug met by one is recorded, and the others go on."""
        now = self.clock()
        await self.remember_alerts()
        with self.store.read() as db:  # once for all: `watch` asks every second
            states = {one.name: closing.state(db, one.name, now) for one in self.config.alerts}
            recent = {one.name: closing.recent(db, one.name) for one in self.config.alerts}
        closed, troubles = [], []
        for alert in self.config.alerts:
            try:
                one, stuck = await self._close_if_due(
                    alert, states[alert.name], recent[alert.name], now
                )
            except AiwatchError:
                raise
            except Exception as error:
                log.exception("close alert=%s", alert.name)
                troubles.append(f"alert {alert.name}: a bug in aiwatch: {error!r}")
                continue
            closed += [one] if one else []
            troubles += [f"alert {alert.name}: story {story} cannot be told" for story in stuck]
        return Closings(closed=tuple(closed), troubles=tuple(troubles))

    async def close_now(self, alert: Alert, lookback: timedelta | None = None) -> Closed | None:
        """Close one alert's window by hand (`digest --send`); a look back marks nothing as told."""
        now = self.clock()
        await self.store.write(lambda db: closing.sync(db, [alert], now))
        if lookback is None:
            return (await self._close(alert, None, now, early=True))[0]
        topics = alert.topics or tuple(topic.name for topic in self.config.topics)
        compose_ = partial(self.desk.draft, kind="digest", lookback=lookback)
        return await self.store.write(
            lambda db: closing.send_lookback(
                db, alert, topics, compose_, since=now - lookback, now=now
            )
        )

    async def _close_if_due(
        self, alert: Alert, state: AlertState | None, recent: Sequence[datetime], now: datetime
    ) -> Closing:
        if state is None or state.paused:
            return NOT_CLOSED
        slot = due_slot(alert, state, now)
        if alert.when.kind == "slots":
            if slot is None:
                return NOT_CLOSED
            weekly = new_week(alert.timezone, state.last_closed, now)
            near = await self._beside(alert, now) if weekly else ()
            return await self._close(alert, slot, now, near=near)
        due = state.due if alert.about is None else state.troubles
        if due == 0:
            return NOT_CLOSED
        held = may_close(alert, recent, now)
        if held:  # asked every second, so not a line for a log that people read
            log.debug("hold alert=%s waiting=%d reason=%r", alert.name, due, held)
            return NOT_CLOSED
        return await self._close(alert, None, now)

    async def _close(
        self,
        alert: Alert,
        slot: datetime | None,
        now: datetime,
        *,
        early: bool = False,
        near: tuple[Nearly, ...] = (),
    ) -> Closing:
        readers = self.desk.readers(alert)
        kind: Literal["alert", "digest"] = "alert" if alert.when.kind == "at once" else "digest"

        def compose_(facts: Facts) -> Composed:
            return self.desk.draft(replace(facts, near=near), kind=kind)

        closed, stuck = await self.store.write(
            lambda db: closing.close(
                db,
                alert,
                readers,
                compose_,
                kind=kind,
                slot=slot,
                now=now,
                early=early,
            )
        )
        if closed:
            log.info(
                "close alert=%s stories=%d messages=%d", alert.name, closed.stories, closed.messages
            )
        return closed, stuck

    async def _beside(self, alert: Alert, now: datetime) -> tuple[Nearly, ...]:
        """What almost matched; no bug in this keeps the news back."""
        try:
            return await asyncio.to_thread(self._nearly, alert, now)
        except Exception:
            log.exception("nearly alert=%s", alert.name)
            return ()

    def _nearly(self, alert: Alert, now: datetime) -> tuple[Nearly, ...]:
        """What of a week's articles almost concerned it; outside the transaction, as it takes a moment."""
        names = frozenset(alert.topics or (topic.name for topic in self.config.topics))
        if alert.about is not None or (alert.sources and not alert.topics) or not names:
            return ()
        topics = [topic for topic in self.config.topics if topic.name in names]
        nearest = Nearest(topics, self.config.aliases)
        with self.store.read() as db:
            found = archive.articles(db, now - A_WEEK, whole=nearest.reads_body)
            lately = deque((one.subject for one in found), MOST_NEARLY)
        return nearest.among(lately)

    # ------------------------------------------------------------ send

    async def send_due(self, wait: float = SENDING_WAIT, patience: timedelta | None = None) -> Sent:
        """Send what is due, under the sending lock; raises Locked past `wait` with every row safe.

        patience: no message is begun later than that, so that a slow endpoint keeps no closing waiting.
        """
        with self.store.read() as db:
            now = self.clock()
            lanes, open_ = outbox.due_lanes(db, now), outbox.open_rows(db, now)
        if not open_:
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
        await self.store.write(outbox.recover)
        begun, gate = self.clock(), asyncio.Semaphore(LANES_IN_FLIGHT)
        with self.store.read() as db:
            lanes = outbox.due_lanes(db, begun)
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
                    states += ["due"] * await self._hold(lane, due, receipt)
                    break
                if isinstance(receipt, Refused) and receipt.reason.startswith(GONE):
                    await self._park(lane, receipt.reason)
                    break
        return Sent(
            delivered=states.count("sent"),
            postponed=states.count("due"),
            failed=states.count("failed"),
            troubles=tuple(dict.fromkeys(troubles)),
        )

    def _rows(self, lane: str, begun: datetime) -> Iterator[Due]:
        """A lane's rows, some at a time; what was postponed meanwhile is for a later round."""
        while True:
            with self.store.read() as db:
                rows = outbox.due(db, begun, BATCH, lane)
            if not rows:
                return
            yield from rows

    async def _send_one(self, due: Due) -> tuple[Receipt, str]:
        envelope = due.envelope
        if not await self.store.write(lambda db: outbox.claim(db, envelope.row)):
            return Delivered(detail="taken by another process"), "taken"
        receipt = await self._attempt(due)
        rule, now = self._retry(due), self.clock()
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
        return care.dead_letter(envelope, receipt.reason)

    async def _park(self, lane: str, reason: str) -> None:
        """Send nothing more to what is gone; whoever follows troubles hears of it with the message that met it."""
        now = self.clock()
        await self.store.write(lambda db: outbox.park(db, lane, reason, now))

    async def _attempt(self, due: Due) -> Receipt:
        config, name = self._configured(due), due.envelope.channel
        if config is None:  # the lane may be that of a mail server which other channels still use
            return Later(reason=f"channel {name} is no longer configured")
        try:
            return await CHANNELS[config.kind].send(due.envelope, config.options, self.tools)
        except Exception as error:  # a bug met by one message: recorded, and the others go on
            log.exception("send message=%s", due.envelope.id)
            return Later(reason=f"a bug in aiwatch: {type(error).__name__}")

    def _configured(self, due: Due) -> ChannelConfig | None:
        return next((one for one in self.config.channels if one.name == due.envelope.channel), None)

    def _retry(self, due: Due) -> Retry:
        config = self._configured(due)
        if config is None:
            return Retry(delays=(timedelta(hours=1),), repeat_for=MAIL_PATIENCE)
        return Retry(
            delays=config.retry, repeat_for=MAIL_PATIENCE if config.kind == "email" else None
        )

    async def _hold(self, lane: str, due: Due, receipt: Later) -> int:
        """Let the lane wait as long as the message that found the trouble, but not for hours."""
        step = self._retry(due).wait(due.envelope.attempt, timedelta()) or LONGEST_HOLD
        wait = max(receipt.after or timedelta(), min(step, LONGEST_HOLD))
        until = self.clock() + wait
        return await self.store.write(lambda db: outbox.hold_lane(db, lane, until, receipt.reason))


def _readers(config: ChannelConfig) -> tuple[Reader, ...]:
    return tuple(channel(config.kind).readers(config.name, config.options))


def due_slot(alert: Alert, state: AlertState, now: datetime) -> datetime | None:
    """The latest scheduled time that has come and was not closed; several missed ones are closed once."""
    slot = previous_slot(alert.when, alert.timezone, now)
    if slot is None or slot < state.first_seen:
        return None
    return slot if state.last_slot is None or slot > state.last_slot else None
