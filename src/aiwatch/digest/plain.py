"""What comes from outside, made fit to stand in a message: one line, of bearable length, links only to the web.

Texts are clean when they are filed; this is the last gate, for whatever way they took.
"""

import re
from dataclasses import replace

from aiwatch.model import (
    Change,
    Correction,
    Digest,
    Earlier,
    Fact,
    Figure,
    Match,
    Member,
    Nearly,
    Section,
    SourceName,
    StoryLine,
    Trouble,
)
from aiwatch.text.clean import clean_line
from aiwatch.text.late import late

TITLE, SENTENCE, NAME, URL = 200, 400, 80, 4000
PARAGRAPH = 2000  # of a watched page
_WEB = late(r"https?://[^\s/?#]", re.IGNORECASE)
_UNSAFE = late(r"[\s\"'<>`\\^{|}\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202f\u2066-\u2069\ufeff]")


def shortened(text: str, limit: int) -> str:
    """One clean line of at most `limit` characters, cut at a word, with an ellipsis."""
    text = clean_line(text[: 40 * limit])
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    cut = head.rfind(" ")
    return head[: cut if cut > limit // 2 else len(head)].rstrip(" ,;:–—-") + "…"


def link(url: str) -> str:
    """The address if it is one of the web and of bearable length, fit for an attribute and a line; else nothing."""
    url = url.strip()
    if not _WEB.match(url) or len(url) > URL:
        return ""
    return _UNSAFE.sub(lambda found: _quoted(found.group()), url)


def _quoted(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode())


def cleaned(digest: Digest) -> Digest:
    """The digest with everything from outside as plain lines, and the bodies, which no form shows, left out."""
    return replace(
        digest,
        sections=tuple(_section(section) for section in digest.sections),
        troubles=tuple(shortened(trouble, SENTENCE) for trouble in digest.troubles),
        events=tuple(_trouble(event) for event in digest.events),
        near=tuple(_nearly(one) for one in digest.near),
        why_you=shortened(digest.why_you, SENTENCE),
        subject=shortened(digest.subject, TITLE),
    )


def _nearly(one: Nearly) -> Nearly:
    return replace(
        one,
        title=shortened(one.title, TITLE),
        url=link(one.url),
        source=shortened(one.source, NAME),
        words=shortened(one.words, SENTENCE),
    )


def _trouble(trouble: Trouble) -> Trouble:
    """Its further facts are the source's own and looked at one by one where they are shown."""
    return replace(
        trouble,
        what=shortened(trouble.what, NAME),
        detail=shortened(trouble.detail, SENTENCE),
    )


def _section(section: Section) -> Section:
    stories = tuple(_line(line) for line in section.stories)
    return replace(section, title=shortened(section.title, NAME), stories=stories)


def _line(line: StoryLine) -> StoryLine:
    return replace(
        line,
        title=shortened(line.title, TITLE),
        url=link(line.url),
        lead=_member(line.lead),
        outlets=tuple(shortened(outlet, NAME) for outlet in line.outlets),
        summary=tuple(_fact(fact) for fact in line.summary),
        new_facts=tuple(_fact(fact) for fact in line.new_facts),
        figures=tuple(_figure(figure) for figure in line.figures),
        also=tuple(_member(member) for member in line.also),
        copies=tuple(_member(member) for member in line.copies),
        first=_member(line.first) if line.first else None,
        cited=tuple(shortened(name, NAME) for name in line.cited),
        why=tuple(_match(match) for match in line.why),
        previously=tuple(_earlier(earlier) for earlier in line.previously),
        corrections=tuple(_correction(one) for one in line.corrections),
    )


def _member(member: Member) -> Member:
    return replace(
        member,
        url=link(member.url),
        title=shortened(member.title, TITLE),
        text="",
        outlet=shortened(member.outlet, NAME),
        source=SourceName(shortened(member.source, NAME)),
        lang=shortened(member.lang, 20) if member.lang else None,
        authors=tuple(shortened(author, NAME) for author in member.authors),
        change=_change(member.change) if member.change else None,
    )


def _change(change: Change) -> Change:
    added, removed = (
        tuple(filter(None, (shortened(line, PARAGRAPH) for line in lines)))
        for lines in (change.added, change.removed)
    )
    return Change(added=added, removed=removed)


def _fact(fact: Fact) -> Fact:
    return replace(
        fact,
        text=shortened(fact.text, SENTENCE),
        outlet=shortened(fact.outlet, NAME),
        url=link(fact.url),
    )


def _correction(correction: Correction) -> Correction:
    return replace(
        correction,
        outlet=shortened(correction.outlet, NAME),
        url=link(correction.url),
        before=shortened(correction.before, SENTENCE),
        after=shortened(correction.after, SENTENCE),
    )


def _match(match: Match) -> Match:
    hits = tuple(
        replace(hit, term=shortened(hit.term, NAME), text=shortened(hit.text, NAME))
        for hit in match.hits
    )
    return replace(match, hits=hits)


def _figure(figure: Figure) -> Figure:
    values = tuple(
        (shortened(value, NAME), shortened(outlet, NAME), link(url))
        for value, outlet, url in figure.values
    )
    return Figure(what=shortened(figure.what, NAME), values=values)


def _earlier(earlier: Earlier) -> Earlier:
    return replace(earlier, title=shortened(earlier.title, TITLE))
