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
_ALIKE: Final = 0.4  # less in common, and two paragraphs are two, not one reworded
_WORD = re.compile(r"\s+|\w+|[^\w\s]")


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
    old, new = before.splitlines(), after.splitlines()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return tuple(
        paragraph
        for kind, a, b, c, d in matcher.get_opcodes()
        if kind != "equal"
        for paragraph in _changed(old[a:b], new[c:d])
    )


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[Paragraph]:
    for one, other in zip(old, new, strict=False):
        yield from _reworded(one, other)
    for text in old[len(new) :]:
        yield _whole(text, "removed")
    for text in new[len(old) :]:
        yield _whole(text, "added")


def _reworded(old: str, new: str) -> Iterator[Paragraph]:
    one, other = _WORD.findall(old), _WORD.findall(new)
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if max(len(one), len(other)) > 2 * _MOST_WORDS or matcher.ratio() < _ALIKE:
        yield _whole(old, "removed")
        yield _whole(new, "added")
        return
    pieces: list[Piece] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(Piece(text="".join(one[a:b])))
            continue
        if b > a:
            pieces.append(Piece(text="".join(one[a:b]), sign="removed"))
        if d > c:
            pieces.append(Piece(text="".join(other[c:d]), sign="added"))
    yield Paragraph(pieces=tuple(pieces), sign="same")


def _whole(text: str, sign: Sign) -> Paragraph:
    return Paragraph(pieces=(Piece(text=text, sign=sign),), sign=sign)
