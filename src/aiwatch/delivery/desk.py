"""Who reads what, and what each gets: from the configuration and the facts of a closing to rendered messages."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aiwatch.channels import channel
from aiwatch.channels.base import Tools, ping
from aiwatch.config.values import ChannelConfig, Config
from aiwatch.judge.alerting import says_so, still_here
from aiwatch.judge.schedule import next_slot
from aiwatch.model import Alert, Cause, Digest, Reader, Receipt, Story, Told, Trouble
from aiwatch.store import leaving
from aiwatch.store.closing import Composed, Drafted, Facts
from aiwatch.text.signin import without_sign_in

if TYPE_CHECKING:  # what composes comes with the first message
    from aiwatch.digest.compose import Context
    from aiwatch.store.filing import Subscription

log = logging.getLogger(__name__)
Memory = frozenset[Told]  # of any reader


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

    def subscriptions(self) -> "tuple[Subscription, ...]":
        """Every alert with its readers."""
        from aiwatch.store.filing import Subscription  # noqa: PLC0415 - with the first article

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
        alike: dict[Memory, Digest] = {}
        for config in map(self.channel_of, facts.alert.to):
            for reader in _readers(config):
                if reader not in drafts and reader not in facts.left:
                    context = self.context(facts, config, reader, lookback)
                    digest = self._composed(facts, reader, kind, context, alike)
                    drafts[reader] = self._drafted(facts, config, reader, kind, digest)
        return tuple(drafted for drafted in drafts.values() if drafted)

    def _composed(
        self,
        facts: Facts,
        reader: Reader,
        kind: str,
        context: "Context",
        alike: dict[Memory, Digest],
    ) -> Digest:
        """One reader's digest; those who remember the same get the same, but for what their own copy says."""
        from aiwatch.digest.compose import compose  # noqa: PLC0415 - said above

        told = facts.told.get(reader, {})
        memory = frozenset(replace(one, reader=Reader("")) for one in told.values())
        if memory not in alike:
            alike[memory] = compose(
                alert=facts.alert,
                reader=reader,
                stories=facts.stories,
                told=told,
                topics=self.config.topics,
                now=facts.now,
                kind="alert" if kind == "alert" else "digest",
                context=context,
            )
        return replace(alike[memory], why_you=context.why_you, leave=context.leave)

    def _drafted(
        self, facts: Facts, config: ChannelConfig, reader: Reader, kind: str, digest: Digest
    ) -> Drafted | None:
        told = digest.sections or (digest.kind == "troubles" and digest.events)
        if not told and not self._speaks(facts, kind, digest.lookback):
            return None
        kind_ = channel(config.kind)
        return Drafted(
            channel=config.name,
            reader=reader,
            lane=kind_.lane(config.name, config.options, reader),
            digest=digest,
            parts=tuple(kind_.render(digest, config.options)),
        )

    def _speaks(self, facts: Facts, kind: str, lookback: timedelta | None) -> bool:
        """Whether it comes with nothing to tell; "nothing new" is no word of one who has not looked."""
        silent = facts.now - facts.since  # by now: another process may have spoken meanwhile
        if facts.alert.when.kind == "at once":
            ends = kind == "digest" and still_here(facts.alert, silent, facts.now)
            return ends and lookback is None and self.looked(facts)
        return says_so(facts.alert, silent)

    def looked(self, facts: Facts) -> bool:
        """Whether any source was read since the last message."""
        return facts.sources_read > 0 or not self.config.sources

    def _noted(self, facts: Facts) -> tuple[tuple[str, ...], tuple[Trouble, ...]]:
        """What is wrong now, in words, and what was noted: for those who asked, else for a scheduled digest's foot."""
        if facts.alert.about is not None:
            return (), tuple(map(self._addressed, facts.troubles))
        if facts.alert.when.kind == "at once" or any(one.about for one in self.config.alerts):
            return (), ()
        watched = frozenset(source.name for source in self.config.sources if source.enabled)
        from aiwatch.digest import care  # noqa: PLC0415 - said above

        return care.at_foot(facts.failing, facts.troubles, facts.undelivered, watched)

    def _addressed(self, event: Trouble) -> Trouble:
        """With the address of its source, unless it names another one."""
        found = next((one.url for one in self.config.sources if one.name == event.what), None)
        return (
            replace(event, extra={"url": without_sign_in(found), **event.extra}) if found else event
        )

    def context(
        self,
        facts: Facts,
        config: ChannelConfig | None = None,
        reader: Reader | None = None,
        lookback: timedelta | None = None,
    ) -> "Context":
        """What stands around the stories of a digest."""
        from aiwatch.digest.compose import Context  # noqa: PLC0415 - said above

        alert = facts.alert
        troubles, events = self._noted(facts)
        return Context(
            items_read=facts.items_read,
            sources_read=facts.sources_read,
            sources_all=sum(source.enabled for source in self.config.sources),
            troubles=troubles,
            events=events,
            next_at=next_slot(alert.when, alert.timezone, facts.now),
            lookback=lookback,
            why_you=_why(alert, config, reader),
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


def _why(alert: Alert, config: ChannelConfig | None, reader: Reader | None) -> str:
    """Why this reader gets it, where to change that."""
    if config is None or reader is None:
        return f"This is a preview ({alert.name}): nobody is sent it."
    where = f"channel {config.name}, to which alert {alert.name} writes."
    if str(reader) == config.name:
        return f"This is {where}"
    return f"You get this because {reader.removeprefix('mailto:')} is in {where}"


def _readers(config: ChannelConfig) -> tuple[Reader, ...]:
    return tuple(channel(config.kind).readers(config.name, config.options))
