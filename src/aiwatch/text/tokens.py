"""Words as this beat writes them: "Seedance2.0" and "到Seedance中国" have no spaces where the words part.

Runs of letters, runs of digits, and every single character of the scripts that write without spaces are tokens.
Measured on 71 items that name Seedance: `\\bseedance\\b` finds 41, these tokens all of them; SQLite's own
tokenizers find no name of two Chinese characters at all.

What is compared is folded: NFKC, case, and the diacritics of Latin, Greek and Cyrillic letters ("Rodríguez" =
"Rodriguez", "đ" = "d"). Elsewhere a mark makes another letter (か and が, Thai vowels) and stays. Any decimal digit
becomes 0-9.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from aiwatch.text.late import late


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text: how it compares, and where it stands in the text as given."""

    text: str
    start: int
    end: int


# Scripts without spaces between words: Thai, Lao, Myanmar, Hangul (its particles are glued on), Khmer, Tai Le to
# Tai Tham, kana, bopomofo, ideographs.
_SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u1950-\u1aaf\u3005-\u3007\u3031-\u3035\u303b"
    "\u3041-\u30fa\u30fc-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\ua9e0-\ua9ff\uaa60-\uaadf\uac00-\ud7ff"
    "\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
# Marks above this range belong to scripts of scholars; counting all of Unicode would cost 0.2 s at import.
_MARKS = "".join(
    re.escape(chr(code))
    for block in (range(0x300, 0x3100), range(0xA600, 0xAC00), range(0xFE00, 0xFE30))
    for code in block
    if unicodedata.category(chr(code)).startswith("M")
)
_LETTERS = rf"[^\W\d_{_SPACELESS}]"
_TOKEN = late(rf"\d+|{_LETTERS}+(?:[{_MARKS}]+{_LETTERS}*)*|(?!\W)[{_SPACELESS}][{_MARKS}]*")
_ASCII_TOKEN = late(r"[0-9]+|[a-z]+")
# What normalisation may join into one character: marks, half-width voicing marks, the later jamo of a syllable.
# 30 is the longest run of marks in Unicode's stream-safe text.
_CLUSTER = late(rf"(?s:.)[{_MARKS}\uff9e\uff9f\u1160-\u11ff\ud7b0-\ud7fb]{{0,30}}")
_UNSEEN = frozenset("\u00ad\u061c\u200c\u200d\u200e\u200f\u2060\ufeff")
_PLAIN = {"đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe"}


def tokens(text: str) -> tuple[Token, ...]:
    """The words of a text in order; offsets point into the text as given, whatever folding did to its length."""
    return tuple(Token(word, start, end) for word, start, end in _spans(text))


def words(text: str) -> tuple[str, ...]:
    """The same words without their places, for comparing and counting."""
    if text.isascii():
        return tuple(_ASCII_TOKEN.findall(text.lower()))
    return tuple(_TOKEN.findall("".join(map(_fold, _units(text)))))


def _spans(text: str) -> Iterator[tuple[str, int, int]]:
    if text.isascii():
        for found in _ASCII_TOKEN.finditer(text.lower()):
            yield found.group(), found.start(), found.end()
        return
    units = _units(text)
    folded = [_fold(unit) for unit in units]
    begins, ends = _places(units, folded)
    for found in _TOKEN.finditer("".join(folded)):
        yield found.group(), begins[found.start()], ends[found.end() - 1]


def _places(units: Iterable[str], folded: list[str]) -> tuple[list[int], list[int]]:
    """For each folded character, where the unit it came from begins and ends in the text as given."""
    begins: list[int] = []
    ends: list[int] = []
    begin = 0
    for end, piece in zip(accumulate(map(len, units)), folded, strict=True):
        begins += [begin] * len(piece)
        ends += [end] * len(piece)
        begin = end
    return begins, ends


def _units(text: str) -> Iterable[str]:
    """What can be folded on its own: characters, or clusters where normalisation would join characters."""
    return text if unicodedata.is_normalized("NFKC", text) else _CLUSTER.findall(text)


@lru_cache(maxsize=1 << 16)
def _fold(unit: str) -> str:
    if unit in _UNSEEN:
        return ""
    wide = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", unit).casefold())
    return unicodedata.normalize("NFC", "".join(_bare(wide)))


def _bare(text: str) -> Iterator[str]:
    """Without the marks of European letters, which all stand below U+0370; digits as 0-9."""
    for char in unicodedata.normalize("NFD", text):
        if not "\u0300" <= char < "\u0370":
            digit = unicodedata.decimal(char, None)
            yield _PLAIN.get(char, char) if digit is None else str(digit)
