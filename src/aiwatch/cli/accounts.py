"""Why an article was told, or not, in sentences for a person who never saw feeds.yaml; and the one edit that would help."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiwatch.config.values import Config
from aiwatch.delivery import Desk
from aiwatch.judge.alerting import NotOwed, alerting, may_close
from aiwatch.judge.reasons import Explanation, account
from aiwatch.judge.schedule import next_slot
from aiwatch.model import Alert, Member, Story, Verdict, Waiting
from aiwatch.store import Connection, closing, reading, stories, whereabouts
from aiwatch.store.filing import Subscription
from aiwatch.store.whereabouts import Listing, Telling
from aiwatch.text.urls import host

Local = Callable[[datetime | str | None], str]
READER = "\N{OBJECT REPLACEMENT CHARACTER}"  # where the readers stand in a sentence
ANY_WORD = "add a topic whose `any:` names a word of this article"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What one alert did with an article: told it, holds it, or passed it over, and why."""

    alert: str
    state: str  # told, waiting, passed over
    reader: str | None
    words: str
    edit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All of it: sentences, and the edit."""

    lines: tuple[str, ...]
    edit: str | None


# ---------------------------------------------------------------- on file


def fates(
    db: Connection, config: Config, story: Story, member: Member, now: datetime, local: Local
) -> tuple[Fate, ...]:
    """What became of a filed article at each alert on news."""
    told = whereabouts.tellings(db, story.id)
    waiting = {one.alert: one for one in closing.waiting(db) if one.story == story.id}
    knew = [
        any(
            other.reader == one.reader and member.article in other.articles
            for other in told[:place]
        )
        for place, one in enumerate(told)
    ]
    found: list[Fate] = [
        _told_fate(one, member, config, local, again=again)
        for one, again in zip(told, knew, strict=True)
    ]
    heard = {one.alert for one in told if member.article in one.articles}
    for subscription in Desk(config=config).subscriptions():
        alert = subscription.alert
        if alert.about is not None:
            continue
        if alert.name in waiting:
            found.append(_waiting_fate(db, alert, waiting[alert.name], now, local))
        elif alert.name not in heard:
            found += _passed_over(db, story, member, subscription, now)
    return tuple(found)


def _told_fate(one: Telling, member: Member, config: Config, local: Local, *, again: bool) -> Fate:
    reader, said, edit = one.reader.removeprefix("mailto:"), "", None
    alert = next((alert for alert in config.alerts if alert.name == one.alert), None)
    if member.article not in one.articles:
        said += " of its story, before this article came"
    elif again:
        said += ", with what was new of its story since"
    elif not one.sentences:
        said += ", as a headline without its sentences"
        if alert and alert.words is not None:
            said += f", because the message was full (`words: {alert.words}`)"
            edit = f"alert {one.alert}: raise `words`"
    if one.state in ("failed", "dropped"):
        said += f"; but that message was not delivered and is given up: {one.detail}"
        edit = f"mend the channel, then: aiwatch outbox retry {one.outbox}"
    elif one.state in ("due", "sending"):
        why = f" ({one.detail}), next try {local(one.next_try)}" if one.detail else ""
        said += f"; that message is still on its way{why}"
    words = f"Alert {one.alert} told {READER} at {local(one.at)}{said}."
    return Fate(alert=one.alert, state="told", reader=reader, words=words, edit=edit)


def _lines(all_: Sequence[Fate]) -> Iterator[str]:
    """One sentence for all readers whom an alert told the same way."""
    readers: dict[str, list[str]] = {}
    for fate in all_:
        readers.setdefault(fate.words, []).append(fate.reader or "")
    for words, named in readers.items():
        yield words.replace(READER, _and(named))


def _and(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _waiting_fate(db: Connection, alert: Alert, one: Waiting, now: datetime, local: Local) -> Fate:
    state = closing.state(db, alert.name, now)
    words = f"Alert {alert.name} holds it since {local(one.since)}"
    edit = None
    held = (
        may_close(alert, closing.recent(db, alert.name), now)
        if alert.when.kind == "at once"
        else None
    )
    if state and state.paused:
        words += ": it is paused"
        edit = f"aiwatch alerts resume {alert.name}"
    elif alert.when.kind == "slots":
        words += (
            f" and sends it {local(next_slot(alert.when, alert.timezone, now))} ({alert.when.text})"
        )
    elif held:
        words += f": {held}"
    elif one.hold_until > now:
        words += f", until {local(one.hold_until)}, so that other reports of it come along"
    else:
        words += " and sends it at the next pass"
    return Fate(alert=alert.name, state="waiting", reader=None, words=f"{words}.", edit=edit)


def _passed_over(
    db: Connection, story: Story, member: Member, subscription: Subscription, now: datetime
) -> Iterator[Fate]:
    alert = subscription.alert
    told = stories.told_to(db, story.id, subscription.readers)
    decision = alerting(story, member, told, alert, subscription.readers, now)
    edit: str | None
    if member.tell == "none" and _imported(db, member):
        reason, edit = "imports tell nobody", "import such articles with `--alert`"
    elif isinstance(decision, NotOwed):
        reason, edit = decision.reason, _edit_of(alert, decision.reason)
    else:
        reason, edit = "it was filed before this alert, or its topics, were there", None
    yield Fate(
        alert=alert.name,
        state="passed over",
        reader=None,
        words=f"Alert {alert.name} does not tell it: {reason}.",
        edit=edit,
    )


def _imported(db: Connection, member: Member) -> bool:
    row = reading.article(db, member.article)
    return member.source == "import" or (row is not None and row["external_id"] is not None)


def _edit_of(alert: Alert, reason: str) -> str | None:
    """The one key that stands in the way, as the alert's own reason names it."""
    if " outlets" in reason and alert.min_outlets > 1:
        return f"alert {alert.name}: lower `min_outlets` ({alert.min_outlets})"
    if " independent texts" in reason:
        return f"alert {alert.name}: lower `min_independent` ({alert.min_independent})"
    if "backlog" in reason:
        return "raise `backlog`, before a source is looked at for the first time"
    if reason.startswith("no topic of alert"):
        return f"alert {alert.name}: add the topic to `topics:`"
    if "wants no updates" in reason:
        return f"alert {alert.name}: `updates: new facts`"
    return None


def filed(
    said: Sequence[Explanation],
    verdict: Verdict,
    story: Story,
    member: Member,
    all_: Sequence[Fate],
) -> Answer:
    """Of an article on file."""
    lines = [*account(said, verdict)]
    edits = [line for line in lines if line.startswith(_TO_BRING)]
    lines = [line for line in lines if line not in edits]
    about = bool(story.topics)
    if about and len(story.members) > 1 and verdict.kind not in ("same_url", "same_text"):
        first = story.members[0]
        other = "its first report" if first.article == member.article else f"after {first.outlet}"
        lines.append(f"{len(story.members)} articles tell this story; this one is {other}.")
    shown = [fate for fate in all_ if about or fate.state != "passed over"]
    lines += _lines(shown)
    if any(fate.state != "passed over" and not fate.edit for fate in shown):
        return Answer(lines=tuple(lines), edit=None)
    edit = next((fate.edit for fate in shown if fate.edit), None)
    if not about:
        edit = _topic_edit(said)
    if not shown:
        lines.append(
            "So nobody was told." if not about else "No alert tells news: nobody was told."
        )
    return Answer(lines=tuple(lines), edit=edit)


_TO_BRING = "To bring it: "


def _topic_edit(said: Sequence[Explanation]) -> str:
    edits = [line for line in account(said, None) if line.startswith(_TO_BRING)]
    return edits[0].removeprefix(_TO_BRING).removesuffix(".") if edits else ANY_WORD


# ---------------------------------------------------------------- not on file


def unfiled(
    db: Connection | None,
    config: Config,
    url: str,
    said: Sequence[Explanation],
    verdict: Verdict | None,
    local: Local,
) -> Answer:
    """Of an address that was fetched and judged only now."""
    site = host(url)
    covering = _covering(db, config, site)
    lines = list(_unread(db, config, url, site, covering, local))
    listed = db is not None and whereabouts.listed(db, url) is not None
    lines += [line for line in account(said, verdict) if not line.startswith(_TO_BRING)]
    if verdict is not None and verdict.kind == "same_story" and db is not None and verdict.story:
        story = stories.load(db, verdict.story)
        title = f", “{story.members[0].title}”" if story else ""
        lines.append(f"It would be folded into story {verdict.story}{title}.")
    return Answer(lines=tuple(lines), edit=_edit(said, verdict, site, covering, listed=listed))


def _edit(
    said: Sequence[Explanation],
    verdict: Verdict | None,
    site: str,
    covering: Sequence[str],
    *,
    listed: bool,
) -> str | None:
    if verdict is not None and verdict.kind in ("same_url", "same_text"):
        return None
    if not any(one.matched for one in said):
        return _topic_edit(said)
    if listed:
        return None
    if covering:
        return f"watch another list of that site: aiwatch sources discover {site}"
    return f"watch that site: aiwatch sources add {site}"


def _covering(db: Connection | None, config: Config, site: str) -> tuple[str, ...]:
    """The sources that stand on this host, or have listed articles of it."""
    own = [one.name for one in config.sources if one.enabled and host(one.url) == site]
    return tuple(dict.fromkeys((*own, *(whereabouts.sources_of(db, site) if db else ()))))


def _unread(
    db: Connection | None,
    config: Config,
    url: str,
    site: str,
    covering: Sequence[str],
    local: Local,
) -> Iterator[str]:
    """Why it is not on file."""
    entry = whereabouts.listed(db, url) if db else None
    if entry is not None:
        yield f"{entry.source} listed it ({local(entry.seen_at)}), but it is not read yet: {_why(entry, local)}."
    elif covering:
        who = _and(covering[:3])
        covers = "covers it, but has" if len(covering) == 1 else "cover it, but have"
        yield f"The site is {site}: {who} {covers} not listed this address."
    else:
        none = (
            "None of your sources covers"
            if config.sources
            else "You watch no source, so nothing covers"
        )
        yield f"{none} {site}."


def _why(entry: Listing, local: Local) -> str:
    if entry.given_up:
        return f"reading it failed {entry.attempts} times, and it was given up"
    if entry.not_before:
        return f"it is tried again {local(entry.not_before)}"
    return "that is for the next pass"


def as_dicts(all_: Sequence[Fate]) -> list[dict[str, Any]]:
    """For `--json`."""
    return [
        {
            "alert": fate.alert,
            "state": fate.state,
            "reader": fate.reader,
            "words": fate.words.replace(READER, fate.reader or ""),
            "edit": fate.edit,
        }
        for fate in all_
    ]
