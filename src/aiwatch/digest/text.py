"""A digest as plain text: 76 columns, a pleasure in mutt, whole without the HTML."""

import unicodedata
from collections.abc import Iterable, Iterator

from aiwatch.digest import care, wording
from aiwatch.digest.mails import numbered
from aiwatch.digest.plain import cleaned
from aiwatch.model import Digest, Fact, Figure, Nearly, Section, StoryLine, Trouble
from aiwatch.text.late import late

WIDTH = 76
_PIECE = late(r"\s+|[\u1100-\u115f\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60][，。、！？」』”）：；]*|[^\s\u1100-\u115f\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]+")  # fmt: skip


def as_text(digest: Digest) -> str:
    """The whole message, lines ended by a line feed."""
    digest = cleaned(digest)
    head = " · ".join(filter(None, (digest.alert, wording.masthead(digest), numbered(digest))))
    blocks = ["\n".join(filter(None, (head, wording.counts(digest))))]
    number = 0
    single = len(wording.lines_of(digest)) == 1
    for section in digest.sections:
        if wording.headings(digest):
            blocks.append("\n" + _heading(section.title))
        for place, line in enumerate(section.stories):
            number += 1
            story = "\n".join(_story("" if single else f"{number}. ", line, section, digest))
            blocks.append(story if place == 0 else "\n" + story)
    blocks += ["\n".join(_incident(event, digest)) for event in wording.incidents(digest)]
    if digest.near:
        blocks.append("\n" + _heading("Almost matched this week"))
        blocks += ["\n".join(_nearly(one, digest)) for one in digest.near]
    blocks.append("\n".join(_foot(digest)))
    return "\n\n".join(blocks) + "\n"


def _heading(title: str) -> str:
    shown = title.upper() if title.isascii() else title
    lines = list(wrapped(shown))
    return "\n".join((*lines, "─" * max(map(_columns, lines))))


def _story(label: str, line: StoryLine, section: Section, digest: Digest) -> Iterator[str]:
    inner = " " * len(label)
    badge = wording.badge(line)
    yield from wrapped(f"{badge}: {line.title}" if badge else line.title, label, inner)
    yield from wrapped(wording.byline(line, digest), inner)
    if told := wording.told(line, digest):
        yield from wrapped(told, inner)
    if line.url:
        yield inner + line.url
    if translated := wording.translation(line, digest):
        yield f"{inner}Translated: {translated}"
    yield from _sentences(line, digest, inner)
    details = list(_details(line, section, digest, inner))
    if details:
        yield ""
    yield from details


def _sentences(line: StoryLine, digest: Digest, inner: str) -> Iterator[str]:
    if edited := wording.edited(line):
        yield ""
        for sign, text in edited:
            yield from wrapped(text, f"{inner}{sign} ", f"{inner}  ")
        yield from _listed("", (wording.unshown(line),), inner)
    for one in line.corrections:
        yield ""
        yield from wrapped(f"{wording.corrected(one)}:", inner)
        yield from wrapped(f"was: {one.before}", f"{inner}- ", f"{inner}  ")
        if one.after:
            yield from wrapped(f"now: {one.after}", f"{inner}+ ", f"{inner}  ")
        yield from _where(one.url, line, f"{inner}  ")
    for fact in line.summary:
        yield ""
        yield from wrapped(_said(fact), inner)
        yield from _where(fact.url, line, inner)
    if line.new_facts:
        yield ""
        yield inner + wording.news(line, digest)
        for fact in line.new_facts:
            yield from wrapped(_said(fact), f"{inner}* ", f"{inner}  ")
            yield from _where(fact.url, line, f"{inner}  ")


def _details(line: StoryLine, section: Section, digest: Digest, inner: str) -> Iterator[str]:
    for figure in line.figures:
        yield from wrapped(f"Figures differ: {_figure(figure)}", inner, inner + "  ")
        for url in dict.fromkeys(url for _, _, url in figure.values):
            yield from _where(url, line, f"{inner}  ")
    for member in wording.also(line):
        tongue = wording.tongue(member, digest)
        title = f"{member.title} ({tongue})" if tongue else member.title
        words = f"{wording.joined(member)}: {member.outlet} — {title}"
        yield from wrapped(words, inner, inner + "      ")
        if member.url:
            yield f"{inner}      {member.url}"
    for label, phrases in wording.labelled(line, section.topic, digest):
        yield from _listed(label, phrases, inner)


def _where(url: str, line: StoryLine, inner: str) -> Iterator[str]:
    """The address of what was quoted, where it is neither the story's own nor among those listed below it."""
    if url and url not in (line.url, *(member.url for member in wording.also(line))):
        yield inner + url


def _listed(label: str, phrases: Iterable[str], inner: str) -> Iterator[str]:
    for phrase in filter(None, phrases):
        yield from wrapped(f"{label}: {phrase}" if label else phrase, inner, inner + "  ")


def _said(fact: Fact) -> str:
    return f"{fact.text} ({fact.outlet})"


def _figure(figure: Figure) -> str:
    return f"{figure.what}: " + ", ".join(
        f"{value} ({outlet})" for value, outlet, _ in figure.values
    )


def _nearly(one: Nearly, digest: Digest) -> Iterator[str]:
    yield from wrapped(f"{one.title} ({one.source})")
    if one.url:
        yield one.url
    yield from wrapped(wording.lacking(one, digest))


def _incident(event: Trouble, digest: Digest) -> Iterator[str]:
    yield from wrapped(care.headline(event))
    at = wording.incident_at(event, digest)
    yield from wrapped(" · ".join(filter(None, (at, care.badge(event)))))
    if url := care.address(event):
        yield url
    if sentence := care.sentence(event):
        yield from wrapped(sentence)


def _foot(digest: Digest) -> Iterator[str]:
    yield "-" * WIDTH
    for label, words in wording.foot(digest):
        yield from _listed(label, (words,), "")
    for phrase in wording.closing(digest):
        yield from wrapped(phrase)
    if digest.leave:
        yield f"Unsubscribe: {digest.leave}"


# ---------------------------------------------------------------- lines


def wrapped(text: str, first: str = "", rest: str | None = None) -> Iterator[str]:
    """The text in lines of at most WIDTH columns; scripts without spaces break anywhere, addresses nowhere."""
    rest = first if rest is None else rest
    line, empty = first, True
    for piece in _pieces(text, WIDTH - max(_columns(first), _columns(rest))):
        if piece.isspace():
            line += "" if empty else " "
            continue
        if not empty and _columns(line + piece) > WIDTH:
            yield line.rstrip()
            line, empty = rest, True
        line, empty = line + piece, False
    yield line.rstrip() if empty is False else first.rstrip()


def _pieces(text: str, room: int) -> Iterator[str]:
    """Words, single wide characters and spaces; a word wider than a line in several pieces."""
    for piece in _PIECE.findall(text):
        if _columns(piece) <= room or "://" in piece:
            yield piece
            continue
        part = ""
        for char in piece:
            if _columns(part + char) > room and not unicodedata.combining(char):
                yield part
                part = ""
            part += char
        yield part


def _columns(text: str) -> int:
    """How wide a terminal shows it."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)  # fmt: skip
