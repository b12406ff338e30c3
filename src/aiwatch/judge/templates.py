"""Pages of one form about different things: filings, closing prices, results. Their likeness means nothing."""

from collections.abc import Sequence

from aiwatch.model import Centroid, Fingerprint
from aiwatch.text import prior, terms

SAME_WORDING = 0.85  # of this page's plain words; two reports of one event rarely pass 0.6
SAME_WORDING_BACK = 0.7
LEAST_WORDS = 5
AGREE = 0.5
FEWEST_FRAME = 2  # words
FRAME = 0.6  # of the longer headline's words
HEADLINE_TERMS = 25  # up to here an article is hardly more than its headline
RARE = 0.03


def telling(number: str) -> bool:
    """Whether a number can identify an event: not a year, not a small count."""
    if len(number) == 4 and number[:2] in ("19", "20"):
        return False
    return len(number.replace(".", "").strip("0")) > 2 or "." in number or len(number) > 4


def other_page(fingerprint: Fingerprint, title: str, centroid: Centroid) -> str:
    """What differs, in words, where this is a page of the story's form about something else; else empty."""
    if not _same_wording(fingerprint, centroid):
        return _other_headline(fingerprint, title, centroid)
    if _apart(fingerprint.numbers, centroid.numbers):
        return "other numbers"
    rare = [name for name in fingerprint.names if _rare(name)]
    if _apart(rare, frozenset(filter(_rare, centroid.names))):
        return "other names"
    return ""


def _rare(name: str) -> bool:
    return prior.document_share(terms.stemmed(name)) < RARE


def _apart(mine: Sequence[str], theirs: frozenset[str]) -> bool:
    if not mine or not theirs:
        return False
    agree = len(theirs.intersection(mine))
    return agree < AGREE * min(len(set(mine)), len(theirs))


def _plain(found: Sequence[str], names: frozenset[str]) -> set[str]:
    stems = {terms.stemmed(name) for name in names}
    return {term for term in found if term not in stems and not any(map(str.isdigit, term))}


def _same_wording(fingerprint: Fingerprint, centroid: Centroid) -> bool:
    names = centroid.names.union(fingerprint.names)
    mine = _plain([term for term, _ in fingerprint.terms], names)
    theirs = _plain(tuple(centroid.terms), names)
    if min(len(mine), len(theirs)) < LEAST_WORDS:
        return False
    both = len(mine & theirs)
    return both >= SAME_WORDING * len(mine) and both >= SAME_WORDING_BACK * len(theirs)


def _other_headline(fingerprint: Fingerprint, title: str, centroid: Centroid) -> str:
    """`Form 8.3 - Tesco PLC` and `Form 8.3 - Vodafone PLC`: one frame, another name in it."""
    if len(fingerprint.terms) > HEADLINE_TERMS or not title:
        return ""
    mine, theirs = _words(title), _words(centroid.title)
    if filled := _filled_in(mine, theirs):
        return f"{filled} in its headline"
    start = _common(mine, theirs)
    end = _common(mine[start:][::-1], theirs[start:][::-1])
    inside = mine[start : len(mine) - end], theirs[start : len(theirs) - end]
    frame = start + end
    framed = frame >= FEWEST_FRAME and frame >= FRAME * max(len(mine), len(theirs))
    if not framed or not all(any(map(_identifies, part)) for part in inside):
        return ""
    return "" if set(inside[0]) & set(inside[1]) else f"{' '.join(inside[0])} in its headline"


def _filled_in(mine: Sequence[str], theirs: Sequence[str]) -> str:
    """`Quellmark closes at 175` and `Brackwater closes at 48`: word for word, but for names and figures."""
    if len(mine) != len(theirs):
        return ""
    other = [(a, b) for a, b in zip(mine, theirs, strict=True) if a != b]
    framed = len(mine) - len(other) >= max(FEWEST_FRAME, len(other))
    alike = all(_identifies(a) and _identifies(b) and _digit(a) == _digit(b) for a, b in other)
    return " ".join(a for a, _ in other) if framed and alike else ""


def _digit(word: str) -> bool:
    return word[0].isdigit()


def _identifies(word: str) -> bool:
    return telling(word) if _digit(word) else _rare(word)


def _words(title: str) -> list[str]:
    return [terms.folded(run.text) for run in terms.runs(terms.normal(title))]


def _common(first: Sequence[str], second: Sequence[str]) -> int:
    pairs = zip(first, second, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(first), len(second)))
