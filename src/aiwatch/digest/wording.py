"""The phrases that every form of a digest shares."""

from collections import defaultdict
from datetime import datetime

from aiwatch.digest import care, edits, foreign
from aiwatch.digest.moments import clock, day, local, long_day, moment, span
from aiwatch.digest.plain import shortened
from aiwatch.model import Correction, Digest, Hit, Match, Member, Nearly, StoryLine, Trouble

_NAMED = 5  # outlets by name before "and n more"
_LISTED = 10  # other versions with headline and link
_MOST_HITS = 4  # that say why a story is there
_FIELDS = {
    "title": "in title",
    "lead": "in lead",
    "body": "in text",
    "site": "as site",
    "source": "as source",
    "lang": "as language",
}


def plural(count: int, one: str, many: str = "") -> str:
    """`1 story`, `3 stories`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def lines_of(digest: Digest) -> tuple[StoryLine, ...]:
    """Every story, section by section."""
    return tuple(line for section in digest.sections for line in section.stories)


def headings(digest: Digest) -> bool:
    """Whether sections need their titles: not when all there is came by source alone."""
    return any(section.topic for section in digest.sections)


def masthead(digest: Digest) -> str:
    """`Tuesday 24 March 2026, 08:00`."""
    return f"{long_day(digest.at, digest.timezone)}, {clock(digest.at, digest.timezone)}"


def counts(digest: Digest) -> str:
    """`3 stories from 11 outlets`."""
    if digest.kind == "troubles":
        return care.counts(digest.events)
    lines = lines_of(digest)
    back = f" in the last {span(digest.lookback)}" if digest.lookback else ""
    if not lines:
        return "" if digest.kind == "ping" else f"Nothing new{back}"
    told = [line for line in lines if line.lead.change is None]
    outlets = {outlet.casefold() for line in told for outlet in line.outlets}
    found = []
    if told:
        found = [f"{plural(len(told), 'story', 'stories')} from {plural(len(outlets), 'outlet')}"]
    if len(told) < len(lines):
        found.append(plural(len(lines) - len(told), "page change"))
    return " and ".join(found) + back


def voices(line: StoryLine) -> str:
    """`The Verge, Variety and 3 more`."""
    names, more = line.outlets[:_NAMED], len(line.outlets) - _NAMED
    if more == 1:
        names, more = line.outlets[: _NAMED + 1], 0
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def byline(line: StoryLine, digest: Digest) -> str:
    """Since when it is told, by whom, and in how many texts of their own where some only copy; of an edit its size."""
    at = moment(line.first_seen, digest.timezone, digest.at)
    if line.lead.change is not None:
        return " · ".join(filter(None, (at, edits.counted(line.lead.change))))
    copied = f" · {plural(line.independent_texts, 'independent text')}" if line.copies else ""
    tongue = foreign.language(line.lead, digest)
    return f"{at} · {voices(line)}{copied}" + (f" · in {tongue}" if tongue else "")


def translation(line: StoryLine, digest: Digest) -> str:
    """Where a headline in a foreign language can be read in the reader's own; an edit is shown as it is."""
    return "" if line.lead.change else foreign.translation(line.lead, digest)


def lacking(one: Nearly, digest: Digest) -> str:
    """`OpenAI Sora: “Sora” is in the title, but …`."""
    titles: dict[str, str] = {str(name): title for name, title in digest.titles.items()}
    return f"{titles.get(one.topic, one.topic)}: {one.words}"


def edited(line: StoryLine) -> tuple[tuple[str, str], ...]:
    """The lines of a watched page's edit, each with its sign; nothing for news."""
    return edits.shown(line.lead.change) if line.lead.change else ()


def unshown(line: StoryLine) -> str:
    """`… and 12 more lines`."""
    return edits.more(line.lead.change) if line.lead.change else ""


_CORRECTED = {
    "figure": "gives another figure now",
    "name": "gives another name now",
    "date": "gives another date now",
    "softened": "is less sure now",
    "withdrawn": "takes it back",
    "gone": "has taken its article away",
}


def corrected(correction: Correction) -> str:
    """`The Verge gives another figure now`."""
    return f"{correction.outlet} {_CORRECTED[correction.kind]}"


def told(line: StoryLine, digest: Digest) -> str:
    """`Told Mon 23 Mar 09:12 by breaking`, where the line does not say so over its new facts."""
    if line.told_at is None or line.new_facts:
        return ""
    return f"Told {moment(line.told_at, digest.timezone, digest.at)}" + (
        f" by {line.told_by}" if line.told_by else ""
    )


def news(line: StoryLine, digest: Digest) -> str:
    """What stands over the new facts: `New since breaking told you, Mon 23 Mar 08:00:`."""
    if line.told_at is None:
        return "New:"
    who = f"{line.told_by} told you" if line.told_by else "you were told"
    return f"New since {who}, {moment(line.told_at, digest.timezone, digest.at)}:"


def also(line: StoryLine) -> tuple[Member, ...]:
    """The other versions to list: of an update only those that came since, and never a page of them."""
    if line.short:
        return ()
    since = line.told_at if line.cause == "update" else None
    return tuple(m for m in line.also if since is None or m.first_seen > since)[:_LISTED]


def joined(member: Member) -> str:
    """`Also`, or `Probably the same` of a report that may tell of something else."""
    return "Also" if member.sure else "Probably the same"


def tongue(member: Member, digest: Digest) -> str:
    """`in Vietnamese`, of another version that this reader may not be able to read."""
    found = foreign.language(member, digest)
    return f"in {found}" if found else ""


def unlisted(line: StoryLine) -> str:
    """The outlets of the versions past those listed."""
    shown = also(line)
    if len(shown) < _LISTED:
        return ""
    names = dict.fromkeys(m.outlet for m in line.also if m not in shown)
    return shortened(", ".join(names), 400)


def badge(line: StoryLine) -> str:
    """One word for what is no first telling; nothing where another alert has told it all."""
    if line.cause == "update" and not line.new_facts and not line.why:
        return ""
    return {"update": "Update", "correction": "Correction"}.get(line.cause, "")


def copies(line: StoryLine) -> tuple[str, ...]:
    """`1 of AP's text (Daily Example)`, for each text that was copied; of an update those that came since."""
    outlets = {member.article: member.outlet for member in (line.lead, *line.also, *line.copies)}
    groups: dict[str, list[Member]] = defaultdict(list)
    since = line.told_at if line.cause == "update" else None
    for member in line.copies:
        if since is not None and member.first_seen <= since:
            continue
        origin = outlets.get(member.duplicate_of) if member.duplicate_of is not None else None
        groups[origin or line.lead.outlet].append(member)
    return tuple(
        f"{len(members)} of {origin}’s text ({', '.join(dict.fromkeys(member.outlet for member in members))})"
        for origin, members in groups.items()
    )


def first(line: StoryLine, digest: Digest) -> str:
    """`The Information, Mon 23 Mar 18:04`, where that is not the one that leads; said with the first telling only."""
    member = line.first
    if line.cause != "new" or member is None or member.outlet == line.lead.outlet:
        return ""
    at = member.published or member.first_seen
    return f"{member.outlet}, {moment(at, digest.timezone, digest.at)}"


def cited(line: StoryLine) -> str:
    """Whose reports the others go by, with the first telling."""
    return ", ".join(line.cited) if line.cause == "new" else ""


def labelled(
    line: StoryLine, shown: str, digest: Digest
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What stands below a story, in order: each label with its phrases, of which some may be empty."""
    if line.short:
        return ()
    return (
        ("And from", (unlisted(line),)),
        ("Copies", copies(line)),
        ("First", (first(line, digest),)),
        ("Citing", (cited(line),)),
        ("Earlier", earlier(line, digest)),
        ("Why", (reason(line, shown),)),
        ("Also about", (other_topics(line, shown, digest),)),
    )


def reason(line: StoryLine, shown: str) -> str:
    """`“goodbye”, “Sora” in title; “OpenAI” in lead`: why it stands under this topic."""
    fields: dict[str, list[str]] = defaultdict(list)
    for hit in _telling(line, shown)[:_MOST_HITS]:
        fields[_FIELDS[hit.field]].append(f"“{shortened(hit.text, 60)}”")
    return "; ".join(f"{', '.join(words)} {where}" for where, words in fields.items())


def other_topics(line: StoryLine, shown: str, digest: Digest) -> str:
    """`Disney and AI video (“Disney” in title)`, for each topic it has beside the one it stands under."""
    titles: dict[str, str] = {str(name): title for name, title in digest.titles.items()}
    titles |= {section.topic: section.title for section in digest.sections}
    if line.told_at and not line.why:
        return ""  # one line, for what another alert told
    return ", ".join(
        titles.get(name, name) + "".join(f" ({_hit(hit)})" for hit in _telling(line, name)[:1])
        for name in line.topics
        if name != shown
    )


def _telling(line: StoryLine, topic: str) -> tuple[Hit, ...]:
    """The hits of its match with a topic, each word once."""
    found: dict[str, Hit] = {}
    for match in line.why:
        for hit in match.hits if match.topic == topic else ():
            found.setdefault(hit.text.casefold(), hit)
    return tuple(found.values())


def evidence(line: StoryLine) -> tuple[str, ...]:
    """`sora — “Sora” in title, “OpenAI” in lead`, for each topic."""
    return tuple(_evidence(match) for match in line.why)


def _evidence(match: Match) -> str:
    shown: dict[str, str] = {}
    for hit in match.hits:
        shown.setdefault(hit.text.casefold(), _hit(hit))
    return f"{match.topic} — {', '.join(list(shown.values())[:4])}" if shown else match.topic


def _hit(hit: Hit) -> str:
    return f"“{shortened(hit.text, 60)}” {_FIELDS[hit.field]}"


def earlier(line: StoryLine, digest: Digest) -> tuple[str, ...]:
    """`Sora 2 is out (Tue 30 Sep)`; said with the first telling only."""
    if line.cause == "update":
        return ()
    return tuple(f"{past.title} ({_date(past.at, digest)})" for past in line.previously)


def _date(at: datetime, digest: Digest) -> str:
    same = local(at, digest.timezone).year == local(digest.at, digest.timezone).year
    return day(at, digest.timezone) + ("" if same else f" {local(at, digest.timezone).year}")


def incidents(digest: Digest) -> tuple[Trouble, ...]:
    """What a message about troubles tells, one by one."""
    return care.ordered(digest.events) if digest.kind == "troubles" else ()


def incident_at(event: Trouble, digest: Digest) -> str:
    """When it was noticed."""
    return moment(event.at, digest.timezone, digest.at) if event.at else ""


def foot(digest: Digest) -> tuple[tuple[str, str], ...]:
    """Troubles at the foot of a message about news, each with its label; good news has none."""
    if digest.kind == "troubles":
        return ()
    return (
        *(("Trouble", words) for words in digest.troubles),
        *(("Trouble" if care.is_bad(one) else "", care.brief(one)) for one in digest.events),
    )


def closing(digest: Digest) -> tuple[str, ...]:
    """The foot: what was read, when the next message comes, why this reader gets it."""
    found = []
    if digest.sources_all:
        items = plural(digest.items_read, "new item")
        found.append(
            f"Read {items} from {digest.sources_read:,} of {plural(digest.sources_all, 'source')}."
        )
    if digest.lookback:
        found.append(f"A look back over {span(digest.lookback)}: nothing is marked as told by it.")
    if digest.next_at:
        next_at = moment(digest.next_at, digest.timezone, digest.at)
        found.append(f"Next message: {next_at} ({digest.timezone}).")
    if digest.why_you:
        found.append(digest.why_you)
    return tuple(found)
