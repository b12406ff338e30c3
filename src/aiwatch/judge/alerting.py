"""Whom a change concerns, when, and why: the one place that decides what is told.

Every change of a story (a filing, a new version) goes through `alerting`; nothing else makes a reader wait for
anything. It takes the story as it is after the change, what each reader has been told, and `now`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from aiwatch.model import Alert, Backlog, Cause, Member, Reader, Story, Tell, Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """The alert's readers are to hear of it, not before `hold_until`."""

    cause: Cause
    reason: str
    hold_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NotOwed:
    """Nobody is told now; `reason` says what is missing."""

    reason: str


Decision = Owed | NotOwed
STILL_HERE = timedelta(days=7) - timedelta(
    hours=1
)  # seven daily slots, also where one day has 23 hours
_NIGHT = ((18, 0), (9, 0))
CAUSES: tuple[Cause, ...] = ("new", "correction", "update")  # the weightiest first


def first_tell(
    published: datetime | None, *, first_poll: bool, backlog: Backlog, baseline: bool, now: datetime
) -> Tell:
    """Which alerts a newly seen entry may reach; a source's first poll is told only as far back as its backlog."""
    if baseline:
        return "none"
    if not first_poll or backlog == "all":
        return "all"
    if backlog == "none" or published is None:
        return "none"
    return "digest" if now - published <= backlog else "none"


def alerting(
    story: Story,
    changed: Member,
    told: Mapping[Reader, Told],
    alert: Alert,
    readers: Sequence[Reader],
    now: datetime,
) -> Decision:
    """Decide for one alert whether `changed`, which has just joined or altered `story`, is owed to its readers.

    Evidence is gathered over the whole story (outlets, topics), the occasion is the changed article alone.
    """
    refusal = _beside_the_point(story, changed, alert)
    if refusal:
        return NotOwed(reason=refusal)
    answers = [_for_reader(story, changed, told.get(reader), alert, now) for reader in readers]
    owed = [answer for answer in answers if isinstance(answer, Owed)]
    if not owed:
        return answers[0] if answers else NotOwed(reason=f"alert {alert.name} has no channel")
    return min(owed, key=lambda answer: (CAUSES.index(answer.cause), answer.hold_until))


def _beside_the_point(story: Story, changed: Member, alert: Alert) -> str | None:
    if alert.about is not None:
        return f"alert {alert.name} is about {alert.about}, not news"
    if story.muted:
        return "the story is muted"
    if changed.trust == "block":
        return f"{changed.outlet} is blocked"
    if changed.tell == "none":
        return "it was there before watching began (see backlog)"
    if changed.tell == "digest" and alert.when.kind == "at once":
        return "it was there before watching began: scheduled digests only (see backlog)"
    if alert.sources and changed.source in alert.sources:
        return None
    if alert.sources and not alert.topics:
        return f"alert {alert.name} follows other sources"
    wanted = set(alert.topics) & set(story.topics) if alert.topics else set(story.topics)
    if not wanted:
        return f"no topic of alert {alert.name} matches"
    if all(member.trust in ("low", "block") for member in story.members):
        return "only outlets of low trust tell it"
    return None


def _for_reader(
    story: Story, changed: Member, told: Told | None, alert: Alert, now: datetime
) -> Decision:
    if told is None:
        return _first_telling(story, changed, alert, now)
    return _update(story, changed, told, alert, now)


def _first_telling(story: Story, changed: Member, alert: Alert, now: datetime) -> Decision:
    original = next((m for m in story.members if m.article == changed.duplicate_of), None)
    if original is not None and original.tell == "none":
        return NotOwed(reason="it repeats a text from before watching began")
    # Nobody but the page itself can tell of its edit.
    if not any(member.primary or member.change for member in story.members):
        short = _short_of_outlets(_in_time(story, alert), alert)
        if short:
            return _still_hoping(story, alert, short, now)
    settle = timedelta() if changed.change else alert.settle or timedelta()  # nothing joins an edit
    hold = now + settle
    return Owed(cause="new", reason=f"first telling: {changed.outlet}", hold_until=hold)


def _in_time(story: Story, alert: Alert) -> Story:
    """The story as far as it had come when `within` was over: what joins later vouches for nothing."""
    if alert.within is None:
        return story
    end = story.first_seen + alert.within
    return replace(story, members=tuple(m for m in story.members if m.first_seen <= end))


def _short_of_outlets(story: Story, alert: Alert) -> str | None:
    from aiwatch.judge import novelty  # noqa: PLC0415 - when a story is weighed: polls ask only `first_tell`

    outlets = novelty.counted_outlets(story)
    if outlets < alert.min_outlets:
        return f"{outlets} of {alert.min_outlets} outlets"
    texts = novelty.independent(story)
    if texts < alert.min_independent:
        return f"{texts} of {alert.min_independent} independent texts"
    return None


def _still_hoping(story: Story, alert: Alert, short: str, now: datetime) -> NotOwed:
    if alert.within is not None and now - story.first_seen > alert.within:
        return NotOwed(reason=f"{short} within {alert.within}: too late now")
    return NotOwed(reason=f"{short} so far: waiting for more")


def _update(story: Story, changed: Member, told: Told, alert: Alert, now: datetime) -> Decision:
    from aiwatch.judge import corrections, novelty  # noqa: PLC0415 - said above

    corrected = [one for one in corrections.owed(story, told) if one.article == changed.article]
    if corrected:
        reason = f"{changed.outlet} says otherwise now than {told.by} told: {corrected[0].kind}"
        return Owed(cause="correction", reason=reason, hold_until=now)
    if alert.updates == "none":
        return NotOwed(reason="already told, and this alert wants no updates")
    if changed.article in told.articles and changed.duplicate_of is not None:
        return NotOwed(reason="already told")
    if changed.verdict in ("same_url", "same_text"):
        return NotOwed(reason=f"a copy of what was told by {told.by}")
    fresh = novelty.new_facts(story, told)
    if alert.updates == "new facts" and not fresh:
        return NotOwed(reason=f"told by {told.by}, and this adds nothing new")
    gap = told.at + alert.update_gap if alert.update_gap else now
    hold = max(now + (alert.settle or timedelta()), gap)
    reason = (
        f"new since {told.by}: {len(fresh)} facts" if fresh else f"another report since {told.by}"
    )
    return Owed(cause="update", reason=reason, hold_until=hold)


def may_close(alert: Alert, recent: Sequence[datetime], now: datetime) -> str | None:
    """Why an at-once alert may not send at this moment (quiet hours, rate), or None; `recent` are its last closings."""
    if alert.quiet and in_quiet(alert.quiet, alert.timezone, now):
        start, end = alert.quiet
        return f"quiet hours {start[0]:02}:{start[1]:02}-{end[0]:02}:{end[1]:02}"
    if alert.at_most:
        inside = [at for at in recent if now - at < alert.at_most.per]
        if len(inside) >= alert.at_most.count:
            return f"{len(inside)} messages in the last {alert.at_most.per}: what waits is folded into the next"
    return None


def says_so(alert: Alert, silent: timedelta) -> bool:
    """Whether a scheduled message comes with nothing to tell: where that is wanted, and after a week without a word."""
    if alert.when.kind != "slots":
        return False
    return alert.empty == "say" or (alert.about is None and silent >= STILL_HERE)


def still_here(alert: Alert, silent: timedelta, now: datetime) -> bool:
    """Whether an at-once alert ends a week without a word with one: by day, as it is no news."""
    if alert.when.kind != "at once" or alert.about is not None or silent < STILL_HERE:
        return False
    return not in_quiet(_NIGHT, alert.timezone, now)


def in_quiet(quiet: tuple[tuple[int, int], tuple[int, int]], zone: str, now: datetime) -> bool:
    """Whether `now` lies in the quiet hours, in the alert's own zone; they may span midnight."""
    local = now.astimezone(ZoneInfo(zone) if zone != "UTC" else UTC)
    moment = (local.hour, local.minute)
    start, end = quiet
    if start <= end:
        return start <= moment < end
    return moment >= start or moment < end
