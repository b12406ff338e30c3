"""From what is known to what is told: close alerts whose time has come (transaction 3), send what is due (4).

A message is composed and frozen at the closing, one row per recipient or endpoint; sending only moves rows.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal

from aiwatch.channels.base import Tools
from aiwatch.config.values import Config
from aiwatch.delivery.desk import Desk
from aiwatch.delivery.sending import Sending, Sent
from aiwatch.errors import AiwatchError
from aiwatch.judge.alerting import STILL_HERE, may_close, still_here
from aiwatch.judge.schedule import new_week, previous_slot
from aiwatch.model import Alert, Nearly, Reader, StoryId
from aiwatch.store import Store, closing
from aiwatch.store.closing import AlertState, Closed, Composed, Facts
from aiwatch.store.locks import SENDING_WAIT

if TYPE_CHECKING:
    from aiwatch.store.filing import Subscription

log = logging.getLogger(__name__)

Kind = Literal["alert", "digest"]
Closing = tuple[Closed | None, tuple[StoryId, ...]]  # what was closed, and what is stuck
NOT_CLOSED: Closing = (None, ())
A_WEEK = timedelta(days=7)
MOST_NEARLY = 2000  # articles, the newest, that are looked at for what almost matched


@dataclass(frozen=True, slots=True, kw_only=True)
class Closings:
    """What a round of closing came to."""

    closed: tuple[Closed, ...] = ()
    troubles: tuple[str, ...] = ()


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

    def subscriptions(self) -> "tuple[Subscription, ...]":
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
            return await self._still_here(alert, state, recent, now)
        held = may_close(alert, recent, now)
        if held:  # asked every second, so not a line for a log that people read
            log.debug("hold alert=%s waiting=%d reason=%r", alert.name, due, held)
            return NOT_CLOSED
        return await self._close(alert, None, now)

    async def _still_here(
        self, alert: Alert, state: AlertState, recent: Sequence[datetime], now: datetime
    ) -> Closing:
        """End a week without a word with one, for readers whom no other alert wrote to either."""
        silent = now - (state.last_closed or state.first_seen)
        if state.waiting or not still_here(alert, silent, now) or may_close(alert, recent, now):
            return NOT_CLOSED
        with self.store.read() as db:
            heard = closing.heard(db, now - STILL_HERE)
            unheard = set(self.desk.readers(alert)) - heard - state.left
            if not unheard or not self.desk.looked(closing.facts(db, alert, (), now)):
                return NOT_CLOSED  # asked every second from now on, so without a transaction
        return await self._close(alert, None, now, kind="digest", beside=heard)

    async def _close(
        self,
        alert: Alert,
        slot: datetime | None,
        now: datetime,
        *,
        early: bool = False,
        near: tuple[Nearly, ...] = (),
        kind: Kind | None = None,
        beside: frozenset[Reader] = frozenset(),
    ) -> Closing:
        """What is due for it, told to all its readers but those `beside`."""
        readers = self.desk.readers(alert)
        kind = kind or ("alert" if alert.when.kind == "at once" else "digest")

        def compose_(facts: Facts) -> Composed:
            left = facts.left | beside
            return self.desk.draft(replace(facts, near=near, left=left), kind=kind)

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
        from aiwatch.judge.nearly import Nearest  # noqa: PLC0415 - once a week
        from aiwatch.store import archive  # noqa: PLC0415 - once a week

        topics = [topic for topic in self.config.topics if topic.name in names]
        nearest = Nearest(topics, self.config.aliases)
        with self.store.read() as db:
            found = archive.articles(db, now - A_WEEK, whole=nearest.reads_body)
            lately = deque((one.subject for one in found), MOST_NEARLY)
        return nearest.among(lately)

    async def send_due(self, wait: float = SENDING_WAIT, patience: timedelta | None = None) -> Sent:
        """Send what is due (see Sending)."""
        sending = Sending(config=self.config, store=self.store, tools=self.tools, clock=self.clock)
        return await sending.send_due(wait, patience)


def due_slot(alert: Alert, state: AlertState, now: datetime) -> datetime | None:
    """The latest scheduled time that has come and was not closed; several missed ones are closed once."""
    slot = previous_slot(alert.when, alert.timezone, now)
    if slot is None or slot < state.first_seen:
        return None
    return slot if state.last_slot is None or slot > state.last_slot else None
