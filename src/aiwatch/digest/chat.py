"""A digest for chat rooms: what is said, line by line, with no room's markup; and cut where a room's limits are.

Rooms differ in how they write a link and in how much they take. So a digest becomes blocks of lines of spans here, once,
and each channel gives these its form. A block goes whole into one message if it can; where it cannot it is cut between
lines, its headline never from its first sentence, and a link never anywhere.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Literal

from aiwatch.digest import care, wording
from aiwatch.digest.plain import NAME, cleaned, shortened
from aiwatch.model import Digest, Member, Section, StoryId, StoryLine, Trouble
from aiwatch.text.urls import canonical

Role = Literal["masthead", "heading", "headline", "byline", "text", "bullet", "detail", "foot"]
_HEAD = frozenset({"heading", "headline", "byline"})
_DOT = " · "
_JOINERS = "\u200d\ufe0e\ufe0f"
_WITH_HEAD = 80  # characters of a sentence without which a headline does not stand
_NUMBER = " (999/999)"  # the longest that stands behind a name


@dataclass(frozen=True, slots=True)
class Span:
    """Some words, and where they lead."""

    text: str
    url: str = ""
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """Words that stand on one line, and what they are for."""

    role: Role
    spans: tuple[Span, ...]
    story: StoryId | None = None  # of a headline: which one it is

    @property
    def text(self) -> str:
        """Its words alone."""
        return "".join(span.text for span in self.spans)


Block = tuple[Line, ...]
"""What belongs together: a story, a trouble, the foot."""
Message = tuple[Block, ...]
"""What goes into one message of a room."""
Fits = Callable[[Message], bool]
"""Whether a room takes so much in one message."""


# ---------------------------------------------------------------- what is said


def blocks(digest: Digest, bearable: Callable[[str], bool]) -> Message:
    """Everything a digest says; addresses that a room cannot carry (`bearable`) are left out, their words stay."""
    digest = cleaned(digest)
    found = [tuple(_masthead(digest))]
    for section in digest.sections:
        for place, line in enumerate(section.stories):
            headed = place == 0 and wording.headings(digest)
            found.append(tuple(_story(line, section, digest, headed=headed)))
    found += [tuple(_incident(event, digest)) for event in wording.incidents(digest)]
    found.append(tuple(_foot(digest)))
    return tuple(tuple(_carried(line, bearable) for line in block) for block in found if block)


def title(digest: Digest, most: int = 200, measure: Callable[[str], int] | None = None) -> str:
    """Its subject, short enough to have a part's number behind it in so many UTF-16 units, or as `measure` says."""
    measure = measure or units
    length = most
    found = shortened(digest.subject, length) or shortened(digest.alert, length) or "aiwatch"
    while measure(found + _NUMBER) > most:
        length = min(length, len(found)) - 1
        found = shortened(found, length)
    return found


def plain(message: Message) -> str:
    """As plain text, each headline's address on a line of its own."""
    return "\n\n".join("\n".join(_plain(block)) for block in message)


def _plain(block: Block) -> Iterator[str]:
    for line in block:
        if line.role == "byline":  # a link has nothing to show where it cannot lead anywhere
            yield "".join(span.text for span in line.spans if not span.url and span.text != _DOT)
            continue
        yield f"• {line.text}" if line.role == "bullet" else line.text
        if line.role == "headline" and line.spans[-1].url:
            yield line.spans[-1].url


def only_link(message: Message) -> str:
    """Where the one story of a message leads; nothing where it tells several or none."""
    links = [line.spans[-1].url for block in message for line in block if line.role == "headline"]
    return links[0] if len(links) == 1 else ""


def stories(message: Message) -> tuple[StoryId, ...]:
    """Which stories begin in a message."""
    found = (line.story for block in message for line in block)
    return tuple(story for story in found if story is not None)


def answered(digest: Digest, message: Message) -> str | None:
    """The earlier message that this one goes on from, if all it tells does."""
    told = frozenset(stories(message))
    threads = {line.reply_to for line in wording.lines_of(digest) if line.story in told}
    return threads.pop() if len(threads) == 1 else None


def _masthead(digest: Digest) -> Iterator[Line]:
    name = shortened(digest.alert, NAME)
    words = filter(None, (name, wording.masthead(digest), wording.counts(digest)))
    yield _line("masthead", " · ".join(words))


def _story(line: StoryLine, section: Section, digest: Digest, *, headed: bool) -> Iterator[Line]:
    if headed and section.title:
        yield _line("heading", section.title)
    badge = wording.badge(line)
    yield Line(
        "headline",
        (
            *((Span(f"{badge}: ", strong=True),) if badge else ()),
            Span(line.title or line.url or "–", line.url, strong=True),
        ),
        line.story,
    )
    yield Line("byline", tuple(_byline(line, digest)))
    yield from _edited(line)
    yield from _sentences(line, digest)
    yield from _details(line, section, digest)


def _byline(line: StoryLine, digest: Digest) -> Iterator[Span]:
    yield Span(wording.byline(line, digest))
    if translated := wording.translation(line, digest):
        yield from (Span(_DOT), Span("translate", translated))
    if told := wording.told(line, digest):
        yield Span(f" · {told}")


def _edited(line: StoryLine) -> Iterator[Line]:
    for sign, text in wording.edited(line):
        yield Line("text", (Span(f"{sign} ", strong=True), Span(text)))
    if unshown := wording.unshown(line):
        yield _line("detail", unshown)


def _sentences(line: StoryLine, digest: Digest) -> Iterator[Line]:
    for one in line.corrections:
        yield Line("text", (Span(f"{wording.corrected(one)}:", one.url, strong=True),))
        yield _line("bullet", f"was: {one.before}")
        if one.after:
            yield _line("bullet", f"now: {one.after}")
    for fact in line.summary:
        yield Line("text", (Span(f"{fact.text} ("), Span(fact.outlet, fact.url), Span(")")))
    if line.new_facts:
        yield Line("text", (Span(wording.news(line, digest), strong=True),))
    for fact in line.new_facts:
        yield Line("bullet", (Span(f"{fact.text} ("), Span(fact.outlet, fact.url), Span(")")))


def _details(line: StoryLine, section: Section, digest: Digest) -> Iterator[Line]:
    for figure in line.figures:
        spans = [Span(f"Figures differ: {figure.what}: ")]
        for place, (value, outlet, url) in enumerate(figure.values):
            spans += [Span(f"{', ' * (place > 0)}{value} ("), Span(outlet, url), Span(")")]
        yield Line("detail", tuple(spans))
    also: dict[str, list[Member]] = defaultdict(list)
    for member in wording.also(line):
        also[wording.joined(member)].append(member)
    for label, members in also.items():
        yield Line("detail", (Span(f"{label}: "), *_outlets(members)))
    for label, phrases in wording.labelled(line, section.topic, digest):
        for phrase in filter(None, phrases):
            yield _line("detail", f"{label}: {phrase}")


def _outlets(members: Sequence[Member]) -> Iterator[Span]:
    for place, member in enumerate(members):
        if place:
            yield Span(", ")
        yield Span(member.outlet, member.url)


def _incident(event: Trouble, digest: Digest) -> Iterator[Line]:
    yield Line("headline", (Span(care.headline(event), care.address(event), strong=True),))
    at = wording.incident_at(event, digest)
    yield _line("byline", " · ".join(filter(None, (at, care.badge(event)))))
    if sentence := care.sentence(event):
        yield _line("text", sentence)


def _foot(digest: Digest) -> Iterator[Line]:
    for label, words in wording.foot(digest):
        yield _line("foot", f"{label}: {words}" if label else words)
    for phrase in wording.closing(digest):
        yield _line("foot", phrase)


def _line(role: Role, words: str) -> Line:
    return Line(role, (Span(words),))


def _carried(line: Line, bearable: Callable[[str], bool]) -> Line:
    """With each address in ASCII, which every room takes, or without it."""
    spans = []
    for span in filter(lambda span: span.text, line.spans):
        url = span.url if span.url.isascii() else canonical(span.url)
        spans.append(replace(span, url=url if url.isascii() and bearable(url) else ""))
    return replace(line, spans=tuple(spans))


# ---------------------------------------------------------------- how much fits


def units(text: str) -> int:
    """Its length as most chat rooms count: in UTF-16 units, two for an emoji."""
    return len(text) + sum(char > "\uffff" for char in text)


def parts(
    name: str, said: Message, fits: Callable[[str, Message], bool]
) -> tuple[tuple[str, Message], ...]:
    """What goes into each message of a room, and its name: `Two stories (2/3)` where there are several."""
    if fits(name, said):
        return ((name, said),)
    messages = packed(said, lambda message: fits(name + _NUMBER, message))
    many = len(messages)
    return tuple(
        (f"{name} ({number}/{many})", message) for number, message in enumerate(messages, start=1)
    )


def packed(said: Message, fits: Fits) -> tuple[Message, ...]:
    """As few messages as hold everything, in order; a block is cut only where no message holds it whole."""
    found: list[Message] = []
    current: Message = ()
    for block in said:
        whole = fits((*current, block)) or fits((block,))
        for piece in (block,) if whole else _pieces(block, fits):
            if current and not fits((*current, piece)):
                found.append(current)
                current = ()
            current = (*current, piece)
    return (*found, current) if current else tuple(found)


def _pieces(block: Block, fits: Fits) -> Iterator[Block]:
    """A block cut between its lines, as each piece fits a message of its own; the head stays with what follows it."""
    head = tuple(takewhile(lambda line: line.role in _HEAD, block))
    lines = list(_headed(head, block[len(head) :], fits))
    while lines:
        size = 1
        while size < len(lines) and fits((sum(lines[: size + 1], ()),)):
            size += 1
        yield sum(lines[:size], ())
        lines = lines[size:]


def _headed(head: Block, rest: Block, fits: Fits) -> Iterator[Block]:
    """The head with as much of the next line as goes with it, then every other line on its own."""
    if head and rest and fits(((*head, _line("text", "x" * _WITH_HEAD)),)):
        beside = list(_bits(rest[0], lambda message: fits(((*head, *message[0]),))))
        yield (*head, beside[0])
        rest = (*beside[1:], *rest[1:])
    elif head:
        rest = (*head, *rest)
    yield from ((bit,) for line in rest for bit in _bits(line, fits))


def _bits(line: Line, fits: Fits) -> Iterator[Line]:
    """A line, or where no message holds it, lines of fewer spans, and of fewer words where it is one."""
    if fits(((line,),)) or len(line.text) < 2:
        yield line
        return
    if len(line.spans) > 1:
        middle = len(line.spans) // 2
        parts = [line.spans[:middle], line.spans[middle:]]
    elif line.spans[0].url:
        parts = [(replace(line.spans[0], url=""),)]
    else:
        parts = [(replace(line.spans[0], text=text),) for text in halves(line.spans[0].text)]
    for spans in parts:
        yield from _bits(replace(line, spans=spans), fits)


def halves(text: str) -> tuple[str, str]:
    """A text in two, cut at the blank nearest before its middle, else between two characters as a reader sees them."""
    middle = len(text) // 2
    blank = text.rfind(" ", 1, middle + 1)
    if blank > middle // 2:
        return text[:blank], text[blank + 1 :]
    while middle > 1 and _joined(text[middle - 1], text[middle]):
        middle -= 1
    return text[:middle], text[middle:]


def _joined(before: str, after: str) -> bool:
    """Whether the second is drawn onto the first."""
    return (
        before in _JOINERS
        or after in _JOINERS
        or bool(unicodedata.combining(after))
        or "\U0001f3fb" <= after <= "\U0001f3ff"
    )
