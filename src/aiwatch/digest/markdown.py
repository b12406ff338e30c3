"""A digest as Markdown (CommonMark), for notes, wikis and chat rooms that render it."""

from collections.abc import Iterator

from aiwatch.digest import care, foreign, wording
from aiwatch.digest.mails import numbered
from aiwatch.digest.plain import cleaned
from aiwatch.model import Digest, Fact, Section, StoryLine, Trouble
from aiwatch.text.late import late

_SPECIAL = late(r"[\\`*_\[\]<>#|~&$]")
_LIST_START = late(r"^(\d+)([.)])|^([-+=])")
_URL_UNSAFE = str.maketrans({"(": "%28", ")": "%29"})


def as_markdown(digest: Digest) -> str:
    """The whole message; nothing from outside is read as markup."""
    digest = cleaned(digest)
    return "\n".join(_lines(digest)) + "\n"


def escaped(text: str) -> str:
    """Text from outside as text."""
    text = _SPECIAL.sub(r"\\\g<0>", text)
    return _LIST_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", text)


def linked(text: str, url: str) -> str:
    """A link where there is an address, else the text."""
    return f"[{escaped(text)}]({url.translate(_URL_UNSAFE)})" if url else escaped(text)


def _lines(digest: Digest) -> Iterator[str]:
    yield f"# {escaped(digest.subject or digest.alert)}"
    yield ""
    yield f"*{escaped(' · '.join(filter(None, (digest.alert, wording.masthead(digest), numbered(digest), wording.counts(digest)))))}*"
    for section in digest.sections:
        if wording.headings(digest):
            yield ""
            yield f"## {escaped(section.title)}"
        for line in section.stories:
            yield ""
            yield from _story(line, section, digest)
    for event in wording.incidents(digest):
        yield ""
        yield from _incident(event, digest)
    if digest.near:
        yield ""
        yield "## Almost matched this week"
        yield ""
    for one in digest.near:
        yield f"- {linked(one.title, one.url)} ({escaped(one.source)}) — {escaped(wording.lacking(one, digest))}"
    yield ""
    yield "---"
    for label, words in wording.foot(digest):
        yield ""
        yield f"**{label}:** {escaped(words)}" if label else escaped(words)
    for phrase in wording.closing(digest):
        yield ""
        yield escaped(phrase)
    if digest.leave:
        yield ""
        yield linked("Unsubscribe", digest.leave)


def _story(line: StoryLine, section: Section, digest: Digest) -> Iterator[str]:
    badge = wording.badge(line)
    yield f"### {f'{badge}: ' if badge else ''}{linked(line.title, line.url)}"
    yield ""
    told = wording.told(line, digest)
    translated = wording.translation(line, digest)
    after = [linked("translate", translated)] if translated else []
    yield " · ".join(
        (escaped(wording.byline(line, digest)), *after, *([escaped(told)] if told else []))
    )
    yield from _edited(line)
    yield from _corrected(line)
    for fact in line.summary:
        yield ""
        yield _said(fact)
    if line.new_facts:
        yield ""
        yield f"**{wording.news(line, digest)}**"
        yield ""
        for fact in line.new_facts:
            yield f"- {_said(fact)}"
    details = list(_details(line, section, digest))
    if details:
        yield ""
    yield from details


def _incident(event: Trouble, digest: Digest) -> Iterator[str]:
    yield f"### {linked(care.headline(event), care.address(event))}"
    yield ""
    at = wording.incident_at(event, digest)
    yield escaped(" · ".join(filter(None, (at, care.badge(event)))))
    if sentence := care.sentence(event):
        yield ""
        yield escaped(sentence)


def _edited(line: StoryLine) -> Iterator[str]:
    if edited := wording.edited(line):
        yield ""
        for sign, text in edited:
            yield f"- **{sign}** {escaped(text)}"
        if unshown := wording.unshown(line):
            yield f"- {unshown}"


def _corrected(line: StoryLine) -> Iterator[str]:
    for one in line.corrections:
        yield ""
        yield f"**{linked(wording.corrected(one), one.url)}:**"
        yield ""
        yield f"- was: {escaped(one.before)}"
        if one.after:
            yield f"- now: {escaped(one.after)}"


def _details(line: StoryLine, section: Section, digest: Digest) -> Iterator[str]:
    for figure in line.figures:
        values = ", ".join(
            f"{escaped(value)} ({linked(outlet, url)})" for value, outlet, url in figure.values
        )
        yield f"- Figures differ — {escaped(figure.what)}: {values}"
    for member in wording.also(line):
        tongue = wording.tongue(member, digest)
        translated = foreign.translation(member, digest)
        after = f" · {linked(tongue, translated)}" if tongue else ""
        yield f"- {wording.joined(member)}: {escaped(member.outlet)} — {linked(member.title, member.url)}{after}"
    for label, phrases in wording.labelled(line, section.topic, digest):
        for phrase in filter(None, phrases):
            yield f"- {label}: {escaped(phrase)}"


def _said(fact: Fact) -> str:
    return f"{escaped(fact.text)} ({linked(fact.outlet, fact.url)})"
