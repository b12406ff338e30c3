"""Stories as they are now + what one reader has been told → that reader's digest.

A story stands once, under the first of its topics in the alert's order. One that has nothing to tell this reader is
left out; one that is over the alert's budget of words shrinks to headline, outlets and link, but is never left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import sqrt
from typing import Literal

from aiwatch.digest.plain import TITLE, shortened
from aiwatch.digest.subject import subject
from aiwatch.judge import novelty
from aiwatch.model import (
    Alert,
    ArticleId,
    Cause,
    Digest,
    Figure,
    Match,
    Member,
    Reader,
    Section,
    Story,
    StoryId,
    StoryLine,
    Told,
    Topic,
    TopicName,
)
from aiwatch.text.headlines import without_site


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What stands around the stories: how much was read, what is wrong, when the next message comes."""

    items_read: int = 0
    sources_read: int = 0
    sources_all: int = 0
    troubles: tuple[str, ...] = ()
    next_at: datetime | None = None
    lookback: timedelta | None = None  # tells stories whole, told or not; marks nothing
    why_you: str = ""


def compose(
    *,
    alert: Alert,
    reader: Reader,
    stories: Sequence[tuple[Story, Cause]],
    told: Mapping[StoryId, Told],
    topics: Sequence[Topic],
    now: datetime,
    kind: Literal["digest", "alert", "preview"],
    context: Context,
) -> Digest:
    """The digest one reader gets; without sections when none of the stories has anything to tell."""
    order = alert.topics or tuple(topic.name for topic in topics)
    lines = []
    for story, cause in {story.id: (story, cause) for story, cause in stories}.values():
        known = told.get(story.id)
        line = _line(
            story, cause, known if known and known.reader == reader else None, alert, order, context
        )
        if line is not None:
            lines.append((_weight(line, story, now), line))
    if kind == "alert" or (alert.empty != "say" and all(_quiet(line) for _, line in lines)):
        lines = [(weight, line) for weight, line in lines if not _quiet(line)]
    ranked = [line for _, line in sorted(lines, key=lambda pair: (-pair[0], pair[1].story))]
    fitted = _fitted(ranked, alert.words)
    titles = {topic.name: topic.title or topic.name for topic in topics}
    digest = Digest(
        alert=alert.name,
        kind="troubles" if alert.about == "troubles" else kind,
        at=now,
        timezone=alert.timezone,
        sections=_sections(fitted, order, titles),
        titles=titles,
        troubles=context.troubles,
        items_read=context.items_read,
        sources_read=context.sources_read,
        sources_all=context.sources_all,
        next_at=context.next_at,
        lookback=context.lookback,
        why_you=context.why_you,
    )
    return replace(
        digest, subject=subject(digest, ranked, [titles.get(name, name) for name in order])
    )


def told_of(line: StoryLine) -> tuple[frozenset[ArticleId], tuple[str, ...]]:
    """What counts as told once the line is sent: every article of the story as it was, and the sentences shown."""
    members = (line.lead, *line.also, *line.copies)
    sentences = dict.fromkeys(fact.text for fact in (*line.summary, *line.new_facts))
    return frozenset(member.article for member in members), tuple(sentences)


def _line(
    story: Story,
    cause: Cause,
    told: Told | None,
    alert: Alert,
    order: Sequence[TopicName],
    context: Context,
) -> StoryLine | None:
    """One story for one reader: nothing where this alert told it all, one line where another alert did."""
    heard_of = told if context.lookback is None else None
    wants = alert.updates != "none" or cause == "correction"
    fresh = novelty.new_facts(story, heard_of) if heard_of and wants else ()
    quiet = bool(
        heard_of
        and not fresh
        and cause != "correction"
        and not _another_report(story, heard_of, alert)
    )
    if quiet and told and told.by == alert.name:
        return None
    lead = novelty.lead(story, alert.languages)
    others = [member for member in novelty.heard(story) if member.article != lead.article]
    named = (
        *(name for name in order if name in story.topics),
        *(n for n in story.topics if n not in order),
    )
    whole = heard_of is None or cause == "correction"
    return StoryLine(
        story=story.id,
        cause=_cause(cause, heard_of),
        title=_headline(lead),
        url=lead.url,
        lead=lead,
        outlets=tuple(dict.fromkeys((lead.outlet, *novelty.outlets(story)))),
        independent_texts=novelty.independent(story),
        topics=named,
        first_seen=story.first_seen,
        last_seen=story.last_seen,
        summary=novelty.summary(story, languages=alert.languages) if whole else (),
        new_facts=fresh,
        figures=() if quiet else _figures(story, heard_of),
        also=tuple(replace(m, title=_headline(m)) for m in others if not novelty.is_copy(m)),
        copies=tuple(replace(m, title=_headline(m)) for m in others if novelty.is_copy(m)),
        adds=tuple(dict.fromkeys(fact.article for fact in fresh)),
        previously=story.previously,
        why=() if quiet else _why((lead, *others), named),
        told_at=told.at if told else None,
        told_by=told.by if told else None,
        reply_to=told.message_id if told else None,
    )


def _figures(story: Story, told: Told | None) -> tuple[Figure, ...]:
    """Differing figures; to one who was told, only those with a value that came since."""
    known = told.articles if told else frozenset()
    said = "\n".join(told.facts) if told else ""  # with the old words of an article edited since
    fresh = {member.url for member in novelty.heard(story) if member.article not in known}
    return tuple(
        figure
        for figure in novelty.figures(story)
        if any(url in fresh and value not in said for value, _, url in figure.values)
    )


def _quiet(line: StoryLine) -> bool:
    """Whether it only says that another alert told it: one line in a digest, and never a message of its own."""
    return (
        line.told_at is not None and line.cause == "update" and not line.new_facts and not line.why
    )


def _cause(cause: Cause, told: Told | None) -> Cause:
    """What it is to this reader: `new` to whom it was never told."""
    if told is None:
        return "new"
    return "correction" if cause == "correction" else "update"


def _another_report(story: Story, told: Told, alert: Alert) -> bool:
    """Whether the alert wants every further report, and there is one."""
    own = (member for member in novelty.heard(story) if not novelty.is_copy(member))
    return alert.updates == "all" and any(member.article not in told.articles for member in own)


def _headline(member: Member) -> str:
    title = without_site(shortened(member.title, 4 * TITLE), (member.outlet, member.source))
    return shortened(title or member.title or member.text or member.url, TITLE)


def _why(members: Iterable[Member], topics: Sequence[TopicName]) -> tuple[Match, ...]:
    """One match a topic: the lead's, else the first that another article gives."""
    found: dict[TopicName, Match] = {}
    for member in members:
        for match in member.matches:
            found.setdefault(match.topic, match)
    return tuple(found[name] for name in topics if name in found)


def _weight(line: StoryLine, story: Story, now: datetime) -> float:
    """What comes first: told by many in their own words, first-hand or trusted, fresh."""
    trusted = any(member.primary or member.trust == "high" for member in novelty.heard(story))
    days = max((now - line.last_seen) / timedelta(days=1), 0.0)
    voices = 2 * sqrt(min(line.independent_texts, 12)) + sqrt(min(len(line.outlets), 50))
    return voices + trusted + 1 / (1 + days) + 0.5 * (line.cause == "correction")


def _fitted(lines: Sequence[StoryLine], words: int | None) -> list[StoryLine]:
    """The lines, in order of weight, those past the budget without their sentences."""
    if words is None:
        return list(lines)
    fitted: list[StoryLine] = []
    left = words
    for line in lines:
        needed = sum(len(fact.text.split()) for fact in (*line.summary, *line.new_facts))
        if needed <= left or not fitted:
            fitted.append(line)
            left -= needed
        else:
            fitted.append(replace(line, summary=(), new_facts=line.new_facts[:1], figures=()))
    return fitted


def _sections(
    lines: Sequence[StoryLine], order: Sequence[TopicName], titles: Mapping[TopicName, str]
) -> tuple[Section, ...]:
    """The topics in the alert's order, then what came by its source alone."""
    homes: dict[TopicName, list[StoryLine]] = {name: [] for name in (*order, TopicName(""))}
    for line in lines:
        homes[next((name for name in line.topics if name in order), TopicName(""))].append(line)
    return tuple(
        Section(topic=name, title=titles.get(name, name) if name else "Also", stories=tuple(inside))
        for name, inside in homes.items()
        if inside
    )
