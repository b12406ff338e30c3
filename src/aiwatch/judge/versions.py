"""Two readings of one address → the edits that change what it says, each with the sentence before and after.

Sentences that stand on both sides are put aside; of the rest, those alike in their words are one sentence reworded. An
edit is claimed where in such a pair a figure, a date, a name, a denial or a doubt took another's place. Everything else
(typos, punctuation, white space, order, bylines, "5 minutes ago", related links, added paragraphs) is silent: what was
added is `novelty`'s to tell, and what was only cut may be a change of layout.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Literal

from aiwatch.judge.hedges import correction_notes, is_correction_note, retracts
from aiwatch.judge.names import name_words, names
from aiwatch.judge.quantities import dates, quantities
from aiwatch.judge.rewording import Finding, findings
from aiwatch.judge.sentences import content, sentences
from aiwatch.model import ArticleId, Correction, CorrectionKind
from aiwatch.text.late import late
from aiwatch.text.tokens import words

EditKind = Literal["figure", "name", "date", "softened", "withdrawn", "gone", "firmed", "headline"]
"""As the contract's corrections have it; `firmed` (may → will) and `headline` (only reworded) are none of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What an address said at one reading: headline, and text with a paragraph a line."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One sentence that says something else now; `before` or `after` is empty where there is no counterpart."""

    kind: EditKind
    where: Literal["title", "text"]
    before: str
    after: str
    reason: str  # “$1 billion” became “$1.5 billion”

    @property
    def corrects(self) -> bool:
        """Whether it is a correction event; else it is shown among the versions only."""
        return self.kind in _CORRECTION


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What lies between two readings; no edits: nothing that a reader needs to hear."""

    edits: tuple[Edit, ...]
    note: str  # the article's own words on its correction, where they are new; else empty
    reason: str


_ALIKE = 0.5  # words in common, from which two sentences are one reworded
_SHORT = 8  # characters of a sentence compared: "He is 51."
_FEW = 3  # words by which a sentence that stands whole in another may still be turned round
_FEW_SIGNS = 8  # where a word is a sign
_LITTLE = 0.2  # in common is enough where the neighbours are the same
_MOST = 150  # changed sentences of a side that are compared; a text changed in more is another text
_AGO = late(
    r"\b(?:an?|\d+|one|two|three|four|five|six|seven|eight|nine|ten)\s(?:seconds?|minutes?|hours?|days?|weeks?)\sago\b"
    r"|\bvor \d+ (?:Minuten?|Stunden?|Tagen?)\b|\bil y a \d+ (?:minutes?|heures?|jours?)\b|\bhace \d+ (?:minutos?|horas?|días?)\b"
    r"|\d+\s?(?:分钟|分鐘|小时|小時|天)前|\d+\s?(?:分|時間|日)前|\d+\s?(?:분|시간|일) 전",
    re.IGNORECASE,
)
_STAMP = late(
    r"^\W*(?:(?:last )?updated|published|posted|modified|by |von |par |por |aktualisiert|mis à jour|actualizado"
    r"|更新|发布|更新日時|입력|수정)\b(?=.{0,80}$)(?!.*[.!?]\s)",
    re.IGNORECASE,
)


def revision(before: Wording, after: Wording) -> Revision:
    """The edits of meaning from one reading to the next, headline first; at most one for each sentence."""
    old, new = _Read.of(before), _Read.of(after)
    known_notes = set(map(words, old.notes))
    fresh = tuple(note for note in new.notes if words(note) not in known_notes)
    note = "\n".join(dict.fromkeys(fresh))
    known = frozenset(
        word for each in (*old.sentences, *new.sentences) for word in name_words(each)
    )
    edits = tuple(
        _each_once(tuple(_in_title(before, after, known)), tuple(_in_text(old, new, known)))
    )
    if note and not any(edit.corrects for edit in edits):
        edits = (*edits, *_from_note(fresh[0], before, old, new))
    return Revision(edits=edits, note=note, reason=_reason(edits, note, before, after))


def gone(before: Wording, reason: str) -> Edit:
    """The edit of an address that no longer holds its article (`reason`: as the server put it)."""
    return Edit(kind="gone", where="title", before=before.title, after="", reason=reason)


def as_corrections(
    found: Revision, *, article: ArticleId, outlet: str, url: str, at: datetime
) -> tuple[Correction, ...]:
    """The edits that are owed to everyone told the old text, as they are kept and sent; `at`: when they were found."""
    return tuple(
        Correction(
            article=article,
            outlet=outlet,
            url=url,
            at=at,
            kind=kind,
            before=edit.before,
            after=edit.after,
            reason=edit.reason,
        )
        for edit in found.edits
        if (kind := _CORRECTION.get(edit.kind)) is not None
    )


_CORRECTION: dict[EditKind, CorrectionKind] = {
    "figure": "figure", "name": "name", "date": "date", "softened": "softened", "withdrawn": "withdrawn", "gone": "gone",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Read:
    """A text's sentences and its correction notes."""

    sentences: tuple[str, ...]
    notes: tuple[str, ...]
    running: str  # all its words

    @classmethod
    def of(cls, wording: Wording) -> "_Read":
        lines = [line for line in wording.text.splitlines() if not _STAMP.match(line.strip())]
        plain = "\n".join(_AGO.sub("", line) for line in lines if not is_correction_note(line))
        return cls(
            sentences(plain, _SHORT), correction_notes(wording.text), f" {' '.join(words(plain))} "
        )


# ---------------------------------------------------------------- which sentences belong together


def _in_text(old: _Read, new: _Read, known: frozenset[str]) -> Iterator[Edit]:
    gone_now, come = _surplus(old.sentences, new), _surplus(new.sentences, old)
    if len(gone_now) > _MOST or len(come) > _MOST:
        return
    pairs = dict(_pairs(gone_now, come))
    for before, after in _in_place(old.sentences, new.sentences):
        if before not in pairs and after not in pairs.values():
            pairs[before] = after
    for before in gone_now:
        if before in pairs and (edit := _edit(before, pairs[before], known)):
            yield edit


def _in_place(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Sentences that stand alone between the same neighbours, with a little in common: a short one with a new name."""
    matcher = SequenceMatcher(None, [*map(_said, old)], [*map(_said, new)], autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        one_each = tag == "replace" and (i2 - i1, j2 - j1) == (1, 1)
        if one_each and _alike(content(old[i1]), content(new[j1])) >= _LITTLE:
            yield old[i1], new[j1]


def _surplus(mine: Sequence[str], theirs: "_Read") -> list[str]:
    """The sentences of one side that the other has not, by their words alone and however it divides them."""
    whole = set(map(_said, theirs.sentences))
    return [
        sentence
        for sentence in mine
        if (said := _said(sentence)) not in whole
        and (said not in theirs.running or any(_grew(said, other) for other in whole))
    ]


_SIGNS = str.maketrans({"$": " usd ", "€": " eur ", "£": " gbp ", "¥": " yen ", "%": " pct "})


def _said(text: str) -> str:
    """What of a text is compared: its words, and the signs that make another figure of a number."""
    return f" {' '.join(words(text.translate(_SIGNS)))} "


def _grew(said: str, other: str) -> bool:
    """Whether the other is this sentence with a few words more: `Patients died`, `No patients died`."""
    few = _FEW if said.isascii() else _FEW_SIGNS
    return said in other and other.count(" ") - said.count(" ") <= few


def _pairs(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, str]]:
    """Each old sentence with the new one that it became, the most alike first, each used once; in the old order."""
    olds, news = [content(sentence) for sentence in old], [content(sentence) for sentence in new]
    partner: dict[int, int] = {}
    for score, _, i, j in sorted(_scores(olds, news), reverse=True):
        if score >= _ALIKE and -i not in partner and -j not in partner.values():
            partner[-i] = -j
    return [(old[i], new[j]) for i, j in sorted(partner.items())]


def _scores(
    olds: Sequence[frozenset[str]], news: Sequence[frozenset[str]]
) -> Iterator[tuple[float, int, int, int]]:
    """How alike each is to each; of equals, those nearest in place come first."""
    for i, one in enumerate(olds):
        for j, two in enumerate(news):
            yield _alike(one, two), -abs(i - j), -i, -j


def _alike(one: frozenset[str], two: frozenset[str]) -> float:
    return 2 * len(one & two) / (len(one) + len(two)) if one and two else 0.0


def _edit(before: str, after: str, known: frozenset[str]) -> Edit | None:
    found = list(findings(before, after, known))
    if not found:
        return None
    return Edit(
        kind=found[0].kind,
        where="text",
        before=before,
        after=after,
        reason="; ".join(finding.reason for finding in found),
    )


# ---------------------------------------------------------------- the headline


def _in_title(before: Wording, after: Wording, known: frozenset[str]) -> Iterator[Edit]:
    old, new = before.title.strip(), after.title.strip()
    if not old or not new or words(old) == words(new) or _with_site(old, new):
        return
    kept = [
        finding
        for finding in findings(old, new, known)
        if not (finding.old and _both_say(before, after, finding))
    ]
    if kept and _alike(content(old), content(new)) >= _ALIKE / 2:
        reason = "; ".join(finding.reason for finding in kept)
        yield Edit(
            kind=kept[0].kind, where="title", before=old, after=new, reason=reason
        )  # fmt: skip
    elif content(old) != content(new) and SequenceMatcher(None, old, new).ratio() < _TYPO:
        yield Edit(
            kind="headline", where="title", before=old, after=new, reason="the headline was reworded"
        )  # fmt: skip


_TYPO = 0.95  # letters in common, from which a headline only lost a slip


def _with_site(old: str, new: str) -> bool:
    """Whether one is the other with the site's name behind it."""
    short, long = sorted((old, new), key=len)
    rest = long[len(short) :]
    return long.lower().startswith(short.lower()) and bool(re.match(r"\s*[|–—·:-]", rest))


def _both_say(before: Wording, after: Wording, finding: Finding) -> bool:
    """Whether both texts have the old and the new words: then the headline only chose another of its facts."""
    texts = before.text.casefold(), after.text.casefold()
    return all(part.casefold() in text for text in texts for part in (finding.old, finding.new))


# ---------------------------------------------------------------- putting together


def _each_once(titles: Sequence[Edit], texts: Sequence[Edit]) -> Iterator[Edit]:
    """The edits, of those that the headline and a sentence share the sentence's, which says more."""
    for title in titles:
        if not any(_is_same(edit, title) for edit in texts):
            yield title
    yield from texts


def _is_same(edit: Edit, title: Edit) -> bool:
    """Whether a sentence changed as the headline did: the same numbers, or in words that are mostly the headline's."""
    if edit.kind != title.kind:
        return False
    if edit.kind == "figure":
        return _numbers(edit) == _numbers(title)
    said = content(title.before)
    return edit.reason == title.reason or len(said & content(edit.before)) >= len(said) / 2


def _numbers(edit: Edit) -> tuple[frozenset[float], frozenset[float]]:
    one, two = ({each.value for each in quantities(text)} for text in (edit.before, edit.after))
    return frozenset(one - two), frozenset(two - one)


def _from_note(note: str, before: Wording, old: _Read, new: _Read) -> Iterator[Edit]:
    """What a note corrects where the text itself shows no edit: the told sentence nearest to its words."""
    lost = _surplus(old.sentences, new)
    about = content(note)
    nearest = max(lost or old.sentences, key=lambda each: len(content(each) & about), default="")
    reason = f"the article says so itself: {note}"
    if retracts(note):
        yield Edit(
            kind="withdrawn", where="text", before=nearest or before.title, after=note, reason=reason
        )  # fmt: skip
        return
    kind: EditKind = "figure" if quantities(note) else "date" if dates(note) else "name" if names(note)[1:] else "withdrawn"  # fmt: skip
    yield Edit(kind=kind, where="text", before=nearest, after=note, reason=reason)


def _reason(edits: Sequence[Edit], note: str, before: Wording, after: Wording) -> str:
    """One sentence on the whole comparison."""
    if before == after:
        return "nothing was changed"
    grave = [edit.kind for edit in edits if edit.corrects]
    if grave:
        counted = ", ".join(f"{kind} {number}" for kind, number in Counter(grave).items())
        return f"changed in meaning: {counted}" + (", with a note of its own" if note else "")
    if edits:
        return "reworded: " + ", ".join(edit.reason for edit in edits)
    return "only cosmetic, moved or added to"
