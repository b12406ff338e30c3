"""Two versions of a text: the paragraphs that differ, word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

Sign = Literal["same", "added", "removed"]
_MOST_WORDS: Final = (
    400  # of a paragraph that is compared word by word: the work grows with the square
)
_MOST_LINES: Final = 1_000
_ALIKE: Final = 0.4  # less in common, and two paragraphs are two, not one reworded
# Words, numbers, gaps; where words have no spaces between them, single letters.
_WORD = re.compile(
    r"\s+|\d+|[^\W\d\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u9fff\uac00-\ud7ff]+|.",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some words of a paragraph."""

    text: str
    sign: Sign = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One that is new, gone or reworded."""

    pieces: tuple[Piece, ...]
    sign: Sign  # same: reworded


def differences(before: str, after: str) -> tuple[Paragraph, ...]:
    """What became what, paragraph by paragraph; what stayed is left out."""
    old, new = before.splitlines()[:_MOST_LINES], after.splitlines()[:_MOST_LINES]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return tuple(
        paragraph
        for kind, a, b, c, d in matcher.get_opcodes()
        if kind != "equal"
        for paragraph in _changed(old[a:b], new[c:d])
    )


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[Paragraph]:
    """Each new paragraph beside the old one that it rewords, if any; both stay in their order."""
    left = list(old)
    for text in new:
        words = _WORD.findall(text)
        place = next((n for n, one in enumerate(left) if _alike(_WORD.findall(one), words)), None)
        if place is None:
            yield _whole(text, "added")
            continue
        yield from (_whole(one, "removed") for one in left[:place])
        yield _reworded(_WORD.findall(left[place]), words)
        del left[: place + 1]
    yield from (_whole(one, "removed") for one in left)


def _alike(one: list[str], other: list[str]) -> bool:
    if not one or not other or max(len(one), len(other)) > 2 * _MOST_WORDS:
        return False
    here, there = ([word for word in words if not word.isspace()] for words in (one, other))
    matcher = SequenceMatcher(None, here, there, autojunk=False)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


def _reworded(one: list[str], other: list[str]) -> Paragraph:
    """Spaces between two changes are part of them: a reworded phrase is shown as two, not as a ladder."""
    pieces: list[Piece] = []
    gone: list[str] = []
    come: list[str] = []
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        same = "".join(one[a:b])
        if kind != "equal" or (same.isspace() and (gone or come)):
            gone += one[a:b]
            come += other[c:d]
            continue
        pieces += _exchanged(gone, come)
        gone, come = [], []
        pieces.append(Piece(text=same))
    return Paragraph(pieces=(*pieces, *_exchanged(gone, come)), sign="same")


def _exchanged(gone: Sequence[str], come: Sequence[str]) -> Iterator[Piece]:
    if "".join(gone).strip():
        yield Piece(text="".join(gone), sign="removed")
    if "".join(come).strip():
        yield Piece(text="".join(come), sign="added")
    elif come or gone:
        yield Piece(text=" ")


def _whole(text: str, sign: Sign) -> Paragraph:
    return Paragraph(pieces=(Piece(text=text, sign=sign),), sign=sign)
