"""What a text is about, as counted terms: folded, stemmed words; pairs of characters where no spaces are written.

The same rules make the shipped table of general frequencies (see prior.py), so a term here is a term there.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import pairwise
from typing import NamedTuple

from aiwatch.text import prior
from aiwatch.text.kept import WORDS
from aiwatch.text.late import late

LEAD_WORDS = 200  # FNC bodies lose 5 points of F1 with 40 words, hard pairs lose with 400
MOST_TERMS = 150
LONGEST_JOINED = 3  # letters of the AI in OpenAI
_LOOKED_AHEAD = 40  # characters behind a run that may decide where it ends
FARTHEST = 30  # characters a word: what is further down is not looked for

# Letters and the marks that belong to them; `\w` alone splits Hindi, Tamil and pointed Arabic at every vowel sign.
_MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0970-\u0dff"
_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_HIRAGANA = "\u3041-\u309f"
_KATAKANA = "\u30a1-\u30fa\u30fc-\u30ff"
_THAI_LIKE = "\u0e01-\u0e4e\u0e80-\u0ecd\u1000-\u104f\u1780-\u17d3"  # Thai, Lao, Burmese, Khmer
_HANGUL = "\uac00-\ud7a3"
_RUN = late(
    # Most of most texts, and six times as fast as the last line, which would find the same.
    r"(?P<plain>[A-Za-z]++(?=[\x00-\x2f:-@\[-`{-\x7f]|\Z))"
    rf"|(?P<number>\d+(?:[.,]\d+)+(?!(?![{_HAN}{_HIRAGANA}{_KATAKANA}{_HANGUL}{_THAI_LIKE}])[^\W_]))"
    rf"|(?P<pairs>[{_HAN}{_HIRAGANA}]+|[{_HANGUL}]+)"
    rf"|(?P<clusters>[{_THAI_LIKE}]+)"
    rf"|(?P<word>[{_KATAKANA}]+|(?:(?![{_HAN}{_HIRAGANA}{_KATAKANA}{_HANGUL}{_THAI_LIKE}])(?:[^\W_]|[{_MARKS}]))+)"
)
# Where none of these stands, words and numbers are all there is, and what parts them is plain.
_UNSPACED = late(f"[{_MARKS}{_HAN}{_HIRAGANA}{_KATAKANA}{_HANGUL}{_THAI_LIKE}]")
_SPACED = late(r"(\d+(?:[.,]\d+)+(?![^\W_])|[^\W_]+)")
# A consonant with the vowels and tones around it: the smallest piece of Thai that never splits a syllable badly.
_CLUSTER = late(
    r"[\u0e40-\u0e44\u0ec0-\u0ec4]?[^\u0e30-\u0e4e\u0eb0-\u0ecd][\u0e30-\u0e3a\u0e45-\u0e4e\u0eb0-\u0ebd\u0ec8-\u0ecd]*|."
)
_ONLY_HIRAGANA = late(rf"[{_HIRAGANA}]+")
_VIETNAMESE = late("[\u01a1\u01b0\u0111\u1ea0-\u1eff]")
_ACCENTS = late("[\u0300-\u036f]")
_ENGLISH = late(r"(?<=[a-z]{3})(?:ing|ed)$")
_LONG_ENGLISH = late(r"(?<=[a-z]{4})(?:[ai]tion|ion|ment|er|or|ly|y|at)$")
_DOUBLED = late(r"([bdgmnprt])\1$")
_RUSSIAN = late(
    "(?<=[\u0400-\u04ff]{4})(?:иями|ями|ами|ого|его|ому|ему|ыми|ими|ов|ев|еи|ои|ии|ыи|ая|яя|ое|ее|ые|ие|ом|ем"
    "|ам|ям|ах|ях|ую|юю|ию|ия|а|я|о|е|и|ы|у|ю|ь)$"
)


class Run(NamedTuple):
    """A stretch of text that is read in one way: a word, a number, or letters written without spaces."""

    text: str  # NFKC, case kept
    kind: str  # word | number | pairs | clusters
    gap: str  # what stands between it and the run before


_run = partial(tuple.__new__, Run)  # Run(...) itself is a function around it, twice as slow
_COUNTED = frozenset(("word", "number"))
_KINDS = {True: "word", False: "number"}


def runs(text: str) -> list[Run]:
    """The words and unspaced stretches of an NFKC text, in order."""
    if parted := spaced(text):
        return spaced_runs(*parted)
    end, found = 0, []
    for match in _RUN.finditer(text):
        kind, gap = match.lastgroup, end
        start, end = match.span()
        found.append(_run((match[0], "word" if kind == "plain" else kind, text[gap:start])))
    return found


def spaced(text: str) -> tuple[list[str], list[str]] | None:
    """The words and numbers of a text and what stands before each; None where some of it is not parted by spaces.

    The same as `runs` finds, in a fifth of the time.
    """
    if not text.isascii() and _UNSPACED.search(text):
        return None
    parts = _SPACED.split(text)
    return parts[1::2], parts[:-1:2]


def spaced_runs(words: Sequence[str], gaps: Sequence[str]) -> list[Run]:
    """What `spaced` gives, as runs."""
    return list(
        map(_run, zip(words, map(_KINDS.__getitem__, map(str.isalnum, words)), gaps, strict=True))
    )


def normal(text: str) -> str:
    """One form of every letter and digit (NFKC), so that full-width and composed spellings compare."""
    return unicodedata.normalize("NFKC", text)


@lru_cache(maxsize=WORDS)
def folded(word: str) -> str:
    """A word without case and accents; Vietnamese keeps its accents, which there tell words apart."""
    word = word.casefold()
    if word.isascii() or _VIETNAMESE.search(word):
        return word
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", word)))


@lru_cache(maxsize=WORDS)
def stemmed(word: str) -> str:
    """A folded word without its commonest endings (English and Russian; plural s of most of Europe)."""
    if len(word) < 4 or not word.isalpha():
        return word
    if not word.isascii():
        return _RUSSIAN.sub("", word)
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    bare = _ENGLISH.sub("", word)
    word = word if bare == word else _DOUBLED.sub(r"\1", bare)
    word = word[:-1] if len(word) > 4 and word.endswith("e") else word
    return _LONG_ENGLISH.sub("", word)


@lru_cache(maxsize=16384)
def _term(word: str) -> str:
    """A folded word as a term; nothing for a single letter."""
    word = stemmed(word)
    return word if len(word) > 1 or not word.isascii() or word.isdigit() else ""


def pieces(run: Run) -> tuple[str, ...]:
    """The terms of one run, stop words included: one for a word, overlapping pairs where nothing is spaced."""
    if run.kind == "word":
        term = _term(folded(run.text))
        return (term,) if term else ()
    if run.kind == "number":
        return (run.text.replace(",", ""),)
    parts = _CLUSTER.findall(run.text) if run.kind == "clusters" else list(run.text)
    if len(parts) == 1:
        return () if _ONLY_HIRAGANA.fullmatch(run.text) else (run.text,)
    pairs = (a + b for a, b in pairwise(parts))
    return tuple(pair for pair in pairs if not _ONLY_HIRAGANA.fullmatch(pair))


def size(run: Run) -> float:
    """How many words a run counts for; unspaced scripts take about two characters a word."""
    return len(run.text) / 2 if run.kind in ("pairs", "clusters") else 1.0


def joined(before: Run | None, run: Run) -> str | None:
    """`Open AI` is also `openai`: a capitalised word and a short one in capitals, with one space between."""
    short = 2 <= len(run.text) <= LONGEST_JOINED and run.text.isupper() and run.text.isalpha()
    if not short or before is None or run.gap != " " or before.kind != "word":
        return None
    if len(before.text) < 3 or not before.text.istitle():
        return None
    return folded(before.text + run.text)


def lead(text: str, words: int = LEAD_WORDS) -> list[Run]:
    """The first runs of a text that make up so many words."""
    return _first(runs(normal(text[: words * FARTHEST])), words)


def lead_of(found: Sequence[Run], body: str, text: str, words: int = LEAD_WORDS) -> list[Run]:
    """The same, where the first runs of `body`, the whole text in NFKC, are known."""
    taken = _first(found, words)
    farthest = words * FARTHEST
    if len(text) <= farthest:
        return taken
    beginning = normal(text[:farthest])
    seen = sum(len(run.gap) + len(run.text) for run in taken) + _LOOKED_AHEAD
    same = seen <= len(beginning) and body.startswith(beginning[:seen])
    return taken if same else _first(runs(beginning), words)


def _first(found: Sequence[Run], words: int) -> list[Run]:
    if each_is_a_word(found[:words]):
        return list(found[:words])
    taken: list[Run] = []
    room = float(words)
    for run in found:
        if room <= 0:
            break
        taken.append(run)
        room -= 1 if run.kind == "word" else size(run)
    return taken


def each_is_a_word(found: Iterable[Run]) -> bool:
    """Whether nothing in it is written without spaces; a number is a word."""
    return _COUNTED.issuperset([run.kind for run in found])


def _terms_in(found: Iterable[Run], stop: frozenset[str]) -> Iterator[str]:
    before: Run | None = None
    for run in found:
        text = run.text
        if len(text) <= LONGEST_JOINED and (together := joined(before, run)):
            yield together
        if run.kind != "word":
            before = run
            yield from pieces(run)
            continue
        word = folded(text)
        if word in stop:
            before = None
            continue
        before = run
        if term := _term(word):
            yield term


def terms(title: str, text: str) -> tuple[tuple[str, int], ...]:
    """The terms of title and lead with their counts, most frequent first, at most 150."""
    return terms_of(runs(normal(title)), lead(text))


def terms_of(
    heading: Sequence[Run], first: Sequence[Run], stop: frozenset[str] | None = None
) -> tuple[tuple[str, int], ...]:
    """The same, of the runs of title and lead; `stop` are their stop words, where they are known."""
    parts = (heading, first)
    if stop is None:
        words = [folded(run.text) for part in parts for run in part if run.kind == "word"]
        stop = prior.stop_words(words)
    counts = Counter([term for part in parts for term in _terms_in(part, stop)])
    return tuple(counts.most_common(MOST_TERMS))
