"""Stories as they are now + what one reader has been told → that reader's digest.

A story stands once, under the first of its topics in the alert's order. One that has nothing to tell this reader is
left out; one that is over the alert's budget of words shrinks to headline, outlets and link, but is never left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import sqrt
from typing import Literal

from aiwatch.digest import care, edits, foreign
from aiwatch.digest.plain import TITLE, shortened
from aiwatch.digest.subject import subject
from aiwatch.judge import corrections, novelty
from aiwatch.judge.credits import credits_of
from aiwatch.model import (
    Alert,
    ArticleId,
    Cause,
    Change,
    Correction,
    Digest,
    Fact,
    Figure,
    Match,
    Member,
    Nearly,
    Reader,
    Section,
    Story,
    StoryId,
    StoryLine,
    Told,
    Topic,
    TopicName,
    Trouble,
)
from aiwatch.text.headlines import without_site

# Of the last three stories each that the same outlet led costs as much as half a voice.
_LATELY, _AGAIN = 3, 0.5
# What one was told wrongly is worth more than what one outlet tells.
_WORTH: Mapping[Cause, float] = {"new": 0.5, "update": 0.0, "correction": 4.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What stands around the stories: how much was read, what is wrong, when the next message comes."""

    items_read: int = 0
    sources_read: int = 0
    sources_all: int = 0
    troubles: tuple[str, ...] = ()
    events: tuple[Trouble, ...] = ()  # noted since the alert's last message
    next_at: datetime | None = None
    lookback: timedelta | None = None  # tells stories whole, told or not; marks nothing
    why_you: str = ""
    leave: str = ""  # where one click ends it
    silence: timedelta | None = None  # since this alert last said anything
    near: tuple[Nearly, ...] = ()  # what almost matched


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
    """The digest one reader gets; with neither sections nor events where there is nothing to tell."""
    if alert.about == "troubles":
        return _about_troubles(alert, now, context)
    order = alert.topics or tuple(topic.name for topic in topics)
    ranked = _ranked(reader, stories, told, alert, order, context, now)
    if kind == "alert" or (alert.empty != "say" and all(map(_quiet, ranked))):
        ranked = [line for line in ranked if not _quiet(line)]
    titles = {topic.name: topic.title or topic.name for topic in topics}
    digest = replace(
        _around(alert, kind, now, context),
        sections=_sections(_fitted(ranked, alert.words), order, titles),
        titles=titles,
        troubles=context.troubles,
    )
    return replace(
        digest, subject=subject(digest, ranked, [titles.get(name, name) for name in order])
    )


def _about_troubles(alert: Alert, now: datetime, context: Context) -> Digest:
    words = tuple(map(care.brief, context.events))
    digest = replace(_around(alert, "troubles", now, context), troubles=words)
    return replace(digest, subject=care.subject(digest))


def _around(
    alert: Alert,
    kind: Literal["digest", "alert", "preview", "troubles"],
    now: datetime,
    context: Context,
) -> Digest:
    """A digest that tells nothing yet."""
    return Digest(
        alert=alert.name,
        kind=kind,
        at=now,
        timezone=alert.timezone,
        events=context.events,
        items_read=context.items_read,
        sources_read=context.sources_read,
        sources_all=context.sources_all,
        next_at=context.next_at,
        lookback=context.lookback,
        why_you=context.why_you,
        leave=context.leave,
        silence=context.silence,
        near=context.near,
        languages=alert.languages,
    )


def _ranked(
    reader: Reader,
    stories: Sequence[tuple[Story, Cause]],
    told: Mapping[StoryId, Told],
    alert: Alert,
    order: Sequence[TopicName],
    context: Context,
    now: datetime,
) -> list[StoryLine]:
    """One line a story that has something for this reader, the weightiest first."""
    weighed = []
    for story in {story.id: story for story, _ in stories}.values():
        known = told.get(story.id)
        own = known if known and known.reader == reader else None
        line = _line(story, own, alert, order, context)
        if line is not None:
            weight = _weight(line, story, now) - foreign.unread(line.lead, alert.languages)
            weighed.append((-weight, line.story, line))
    return _varied(
        [(-less, line) for less, _, line in sorted(weighed, key=lambda found: found[:2])]
    )


def _varied(weighed: Iterable[tuple[float, StoryLine]]) -> list[StoryLine]:
    """By weight, but no outlet leads story after story while another one's weigh about as much."""
    left, chosen = list(weighed), list[StoryLine]()
    while left:
        lately = [line.lead.outlet for line in chosen[-_LATELY:]]
        worth = [weight - _AGAIN * lately.count(line.lead.outlet) for weight, line in left]
        chosen.append(left.pop(worth.index(max(worth)))[1])
    return chosen


def told_of(line: StoryLine) -> tuple[frozenset[ArticleId], tuple[str, ...]]:
    """What counts as told once the line is sent: every article of the story as it was, and the sentences shown."""
    members = (line.lead, *line.also, *line.copies)
    sentences = dict.fromkeys(
        (
            *(fact.text for fact in (*line.summary, *line.new_facts)),
            *(one.after for one in line.corrections if one.after),
        )
    )
    return frozenset(member.article for member in members), tuple(sentences)


def _line(
    story: Story,
    told: Told | None,
    alert: Alert,
    order: Sequence[TopicName],
    context: Context,
) -> StoryLine | None:
    """One story for one reader: nothing where this alert told it all, one line where another alert did."""
    heard_of = told if context.lookback is None else None
    corrected = corrections.owed(story, heard_of)
    wants = heard_of and alert.updates != "none"
    fresh = _beside(novelty.new_facts(story, heard_of), corrected) if wants else ()
    more = bool(fresh or corrected) or _another_report(story, heard_of, alert)
    quiet = heard_of is not None and not more
    if quiet and told and told.by == alert.name:
        return None
    line = _for_all(story, alert, order)
    whole = heard_of is None
    summed = whole and line.lead.change is None  # an edit is shown as it is
    return replace(
        line if whole else _shrunk(line),
        cause=_cause(heard_of, corrected),
        corrections=corrected,
        summary=novelty.summary(story, languages=alert.languages) if summed else (),
        new_facts=fresh,
        figures=() if quiet else _figures(story, heard_of),
        adds=tuple(dict.fromkeys(fact.article for fact in fresh)),
        why=() if quiet else line.why,
        told_at=told.at if told else None,
        told_by=told.by if told else None,
        reply_to=told.message_id if told else None,
    )


def _for_all(story: Story, alert: Alert, order: Sequence[TopicName]) -> StoryLine:
    """What of a line is the same for all readers of the alert."""
    lead = novelty.lead(story, alert.languages)
    others = [member for member in novelty.heard(story) if member.article != lead.article]
    credit = credits_of(story)
    topics = (
        *(name for name in order if name in story.topics),
        *(name for name in story.topics if name not in order),
    )
    return StoryLine(
        story=story.id,
        cause="new",
        title=_headline(lead),
        url=lead.url,
        lead=lead,
        outlets=tuple(dict.fromkeys((lead.outlet, *novelty.outlets(story)))),
        independent_texts=novelty.independent(story),
        topics=topics,
        first_seen=story.first_seen,
        last_seen=story.last_seen,
        also=tuple(replace(m, title=_headline(m)) for m in others if not novelty.is_copy(m)),
        copies=tuple(replace(m, title=_headline(m)) for m in others if novelty.is_copy(m)),
        first=credit.first,
        cited=credit.cited,
        previously=story.previously,
        why=_why((lead, *others), topics),
    )


def _figures(story: Story, told: Told | None) -> tuple[Figure, ...]:
    """Differing figures; to one who was told, only those with a value that came since."""
    if any(member.change for member in story.members):
        return ()  # what a page said before and says now are not two outlets' words
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


def _cause(told: Told | None, corrected: Sequence[Correction]) -> Cause:
    """What it is to this reader: `new` to whom it was never told."""
    if told is None:
        return "new"
    return "correction" if corrected else "update"


def _beside(fresh: Iterable[Fact], corrected: Sequence[Correction]) -> tuple[Fact, ...]:
    """The new facts that the corrections do not say already."""
    said = {one.after for one in corrected}
    return tuple(fact for fact in fresh if fact.text not in said)


def _another_report(story: Story, told: Told | None, alert: Alert) -> bool:
    """Whether the alert wants every further report, and there is one."""
    if told is None:
        return False
    own = (member for member in novelty.heard(story) if not novelty.is_copy(member))
    return alert.updates == "all" and any(member.article not in told.articles for member in own)


def _headline(member: Member) -> str:
    if member.change is not None:
        return edits.headline(member)
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
    """What comes first: told by many in their own words, first-hand or trusted, fresh, new to this reader."""
    trusted = any(member.primary or member.trust == "high" for member in novelty.heard(story))
    days = max((now - line.last_seen) / timedelta(days=1), 0.0)
    texts, outlets = _voices(line)
    voices = 2 * sqrt(min(texts, 12)) + sqrt(min(outlets, 50))
    return voices + trusted + 1 / (1 + days) + _WORTH[line.cause]


def _voices(line: StoryLine) -> tuple[int, int]:
    """How many texts of their own and how many outlets tell what this reader does not know yet."""
    if line.cause == "new" or line.told_at is None:
        return line.independent_texts, len(line.outlets)
    own = [member for member in (line.lead, *line.also) if member.first_seen > line.told_at]
    copied = [member for member in line.copies if member.first_seen > line.told_at]
    return len(own), len({member.outlet for member in (*own, *copied)})


def _fitted(lines: Sequence[StoryLine], words: int | None) -> list[StoryLine]:
    """The lines, in order of weight, those past the budget without their sentences."""
    if words is None:
        return list(lines)
    fitted: list[StoryLine] = []
    left = words
    for line in lines:
        needed = _words(line)
        if needed <= left or not fitted:
            fitted.append(line)
            left -= needed
        else:
            fitted.append(replace(_shrunk(line), short=True))
    return fitted


def _words(line: StoryLine) -> int:
    sentences = sum(len(fact.text.split()) for fact in (*line.summary, *line.new_facts))
    sentences += sum(len(one.after.split()) for one in line.corrections)
    return sentences + (edits.words(line.lead.change) if line.lead.change else 0)


def _shrunk(line: StoryLine) -> StoryLine:
    lead = replace(line.lead, change=Change()) if line.lead.change else line.lead
    return replace(line, lead=lead, summary=(), new_facts=line.new_facts[:1], figures=())


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
