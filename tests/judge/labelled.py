"""Labelled follow-ups and edits in our own words, and how a judgement of them is scored.

The even-numbered cases (`check.txt`) were written first and are never looked at while tuning; the odd-numbered ones
(`tuning.txt`) may be. In a follow-up `+` is a new sentence, `-` one that tells nothing new, `~` one that may go either
way; a blank line ends a paragraph. In an edit `=>` gives the kind and a piece of the sentence before and after;
`=> note` a piece of the correction's own words. An edit without `=>` is cosmetic.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from aiwatch.judge.novelty import new_facts
from aiwatch.judge.quantities import quantities
from aiwatch.judge.versions import Wording, revision
from aiwatch.model import AlertName, ArticleId, Member, Reader, SourceName, Story, StoryId, Told

DATA = Path(__file__).resolve().parents[1] / "data"
SEEN = datetime(2026, 4, 20, 9, tzinfo=UTC)
_UNSPACED = re.compile(r"[。！？」]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What was told, the next article, and which of its sentences are new."""

    number: int
    lang: str
    told: tuple[str, str]
    title: str
    text: str
    marks: tuple[tuple[str, str], ...]  # (+, - or ~, sentence)

    def marked(self, mark: str) -> tuple[str, ...]:
        return tuple(sentence for given, sentence in self.marks if given == mark)


@dataclass(frozen=True, slots=True, kw_only=True)
class EditPair:
    """Two readings of one address, and the edits of meaning between them: (kind, before, after)."""

    number: int
    lang: str
    before: Wording
    after: Wording
    edits: tuple[tuple[str, str, str], ...]
    note: str = ""


@dataclass(slots=True)
class Score:
    """Right and wrong answers, counted."""

    right: int = 0
    found: int = 0
    wanted: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0


def follow_ups(part: str) -> tuple[FollowUp, ...]:
    return tuple(_follow_up(head, body) for head, body in _cases(DATA / "novelty" / f"{part}.txt"))


def edit_pairs(part: str) -> tuple[EditPair, ...]:
    return tuple(_edit_pair(head, body) for head, body in _cases(DATA / "edits" / f"{part}.txt"))


def _cases(file: Path) -> Iterator[tuple[list[str], str]]:
    for case in re.split(r"^## ", file.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        head, _, body = case.partition("\n")
        yield head.split(), body.strip()


def _follow_up(head: list[str], body: str) -> FollowUp:
    _, told, following = re.split(r"^# ", body, flags=re.MULTILINE)
    told_title, _, told_text = told.partition("\n")
    title, _, marked = following.partition("\n")
    paragraphs = [block.splitlines() for block in marked.strip().split("\n\n")]
    marks = [(line[0], line[2:]) for lines in paragraphs for line in lines]
    return FollowUp(
        number=int(head[0]),
        lang=head[1],
        told=(told_title.strip(), told_text.strip()),
        title=title.strip(),
        text="\n".join(_paragraph([line[2:] for line in lines]) for lines in paragraphs),
        marks=tuple(marks),
    )


def _paragraph(sentences: list[str]) -> str:
    """Sentences run on; what ends like none (a heading, a point of a list) is a line of its own."""
    written = sentences[0]
    for before, sentence in pairwise(sentences):
        own_line = sentence.startswith("- ") or not re.search(r"[.!。！”\"»]$", before)
        own_line = own_line or before.startswith("- ")
        between = "\n" if own_line else "" if _UNSPACED.search(before) else " "
        written += between + sentence
    return written


def _edit_pair(head: list[str], body: str) -> EditPair:
    before, _, rest = body.removeprefix("--- ").partition("\n+++ ")
    after, *expected = re.split(r"^=> ", rest, flags=re.MULTILINE)
    given = [tuple(part.strip() for part in line.split("|")) for line in expected]
    return EditPair(
        number=int(head[0]),
        lang=head[1],
        before=_wording(before),
        after=_wording(after),
        edits=tuple((kind, one[0], one[1]) for kind, *one in given if kind != "note"),
        note=next((one[0] for kind, *one in given if kind == "note"), ""),
    )


def _wording(text: str) -> Wording:
    title, _, body = text.partition("\n")
    return Wording(title=title.strip(), text=body.strip())


# ---------------------------------------------------------------- judged


def told_then(case: FollowUp) -> tuple[Story, Told]:
    """The case as a story of two articles, of which a reader was told the first."""
    texts = ((case.told[0], case.told[1]), (case.title, case.text))
    members = tuple(
        Member(
            article=ArticleId(number),
            url=f"https://example.org/{number}",
            title=title,
            text=text,
            source=SourceName(f"Outlet {number}"),
            outlet=f"Outlet {number}",
            first_seen=SEEN + timedelta(hours=number),
            lang=case.lang,
        )
        for number, (title, text) in enumerate(texts, start=1)
    )
    story = Story(id=StoryId(1), first_seen=SEEN, last_seen=members[-1].first_seen, members=members)
    told = Told(
        reader=Reader("mailto:a@example.org"),
        story=StoryId(1),
        at=SEEN,
        by=AlertName("morning"),
        articles=frozenset({ArticleId(1)}),
    )
    return story, told


def scored_follow_ups(cases: tuple[FollowUp, ...]) -> tuple[Score, Score]:
    """(adds or adds nothing, sentence by sentence)."""
    adds, by_sentence = Score(), Score()
    for case in cases:
        found = [fact.text for fact in new_facts(*told_then(case), limit=10)]
        wanted, free = case.marked("+"), case.marked("~")
        adds.found += bool(found)
        adds.wanted += bool(wanted)
        adds.right += bool(found and wanted)
        if bool(found) != bool(wanted):
            adds.wrong.append(f"{case.number}: {'adds' if wanted else 'adds nothing'}")
        kept = [text for text in found if text not in free]
        by_sentence.found += len(kept)
        by_sentence.wanted += len(wanted)
        by_sentence.right += len(set(kept) & set(wanted))
        by_sentence.wrong += [
            f"{case.number} not new: {text}" for text in kept if text not in wanted
        ]
        by_sentence.wrong += [
            f"{case.number} missed: {text}" for text in wanted if text not in found
        ]
    return adds, by_sentence


def scored_edits(pairs: tuple[EditPair, ...]) -> Score:
    """Each edit by its kind and both sentences, each correction note; an edit of headline alone is no finding."""
    score = Score()
    for pair in pairs:
        found = revision(pair.before, pair.after)
        told = [(edit.kind, edit.before, edit.after) for edit in found.edits if edit.corrects]
        right = [wanted for wanted in pair.edits if any(_is(wanted, edit) for edit in told)]
        score.found += len(told) + bool(found.note)
        score.wanted += len(pair.edits) + bool(pair.note)
        score.right += len(right) + bool(pair.note and pair.note in found.note)
        score.wrong += [f"{pair.number} missed: {one}" for one in pair.edits if one not in right]
        score.wrong += [
            f"{pair.number} wrong: {edit}"
            for edit in told
            if not any(_is(wanted, edit) for wanted in pair.edits)
        ]
        if bool(pair.note) != bool(found.note):
            score.wrong.append(f"{pair.number} note: {found.note or pair.note}")
    return score


def _is(wanted: tuple[str, str, str], edit: tuple[str, str, str]) -> bool:
    return wanted[0] == edit[0] and _holds(edit[1], wanted[1]) and _holds(edit[2], wanted[2])


def _holds(sentence: str, piece: str) -> bool:
    """Whether a piece stands in a sentence; a bare number however it is written (9, nine)."""
    if piece.isdigit():
        return any(quantity.value == int(piece) for quantity in quantities(sentence))
    return piece.casefold() in sentence.casefold()
