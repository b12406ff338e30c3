"""Is this the same article, or the same text published elsewhere? Cut, credited and lightly edited copies included.

Containment of sampled word 4-grams, not likeness of the whole: feeds cut, sites add credit lines. Measured on 685
syndicated, edited and template texts; see tests/judge/test_duplicates.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aiwatch.model import Fingerprint, Known, Verdict
from aiwatch.text import fingerprint as prints
from aiwatch.text import prior, terms

LEAST_SHINGLES = 6
CONTAINED = 0.8  # of the shorter text: a cut copy, or one with a credit line
EDITED = 0.5  # of texts of about one length: every tenth word may have been replaced
ONE_LENGTH = 0.85
NUMBERS_AGREE = 0.5  # template pages repeat every word and change the numbers
EDITED_NUMBERS_AGREE = 0.6
MOST_NEW = (
    0.3  # an old text with more new wording than this tells something: same story, not same text
)
WHOLE = 0.95  # a text that is all in a longer one under the same headline: the teaser came first
RARE = 3e-3  # share of texts that hold a word; a name rarer than this tells pages apart
SHORT_WORDS = (
    120  # under this an identical text may be a cookie notice before two different articles
)


def same_url(known: Known, fingerprint: Fingerprint) -> Verdict:
    """The same address again, whatever its text is now."""
    changed = bool(fingerprint.text_hash) and fingerprint.text_hash != known.text_hash
    return Verdict(
        kind="same_url",
        reason=f"same address as article {known.id}"
        + (", its text has changed" if changed else ""),
        story=known.story,
        duplicate_of=known.original or known.id,
        score=1.0,
    )


def same_text(fingerprint: Fingerprint, near: Sequence[Known], title: str = "") -> Verdict | None:
    """The filed article that this one repeats, if it repeats one; `near` are those that share hashes with it.

    With `title`, a whole text is also recognised when only its beginning was filed, under the same headline.
    """
    equal = [known for known in near if _equal(fingerprint, known)]
    if equal:
        known = min(equal, key=lambda each: each.id)
        return _copy(known, 1.0, f"word for word the text of article {known.id}")
    judged = [(_compare(fingerprint, known), known) for known in near]
    copies = [pair for pair in judged if _is_copy(fingerprint, *pair, title)]
    if not copies:
        return None
    found, known = max(copies, key=lambda each: (each[0].contained, -each[1].id))
    reason = (
        f"repeats article {known.id}: {found.contained:.0%} of the shorter text's wording is in the other"
        f", {found.new:.0%} of this one is new"
    )
    return _copy(known, found.contained, reason)


def _copy(known: Known, score: float, reason: str) -> Verdict:
    return Verdict(
        kind="same_text",
        reason=reason,
        story=known.story,
        duplicate_of=known.original or known.id,
        score=score,
    )


def _equal(fingerprint: Fingerprint, known: Known) -> bool:
    if not fingerprint.text_hash or fingerprint.text_hash != known.text_hash:
        return False
    return fingerprint.words >= SHORT_WORDS or not other_name(fingerprint, known.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How far two texts are one."""

    contained: float  # of the shorter one's wording, in the other
    new: float  # of the new one's wording, not in the known one
    lengths: float  # the shorter's words to the longer's
    numbers: float  # of the shorter one's numbers, in the other


def _compare(fingerprint: Fingerprint, known: Known) -> Likeness:
    mine, theirs = (
        _whole(len(fingerprint.shingles), fingerprint.words),
        _whole(known.shingles, known.words),
    )
    if min(len(fingerprint.shingles), known.shingles) < LEAST_SHINGLES:
        return Likeness(contained=0, new=1, lengths=0, numbers=0)
    # A long text keeps only its smallest hashes: of the other, no more than that range can be found again.
    seen = min(len(fingerprint.shingles) / mine, known.shingles / theirs)
    shorter, longer = sorted((fingerprint.words, known.words))
    return Likeness(
        contained=min(1.0, known.shared / (min(mine, theirs) * seen)),
        new=max(0.0, 1 - known.shared / (mine * seen)),
        lengths=shorter / max(1, longer),
        numbers=_numbers_agree(fingerprint, known),
    )


def _whole(kept: int, words: int) -> float:
    """How many hashes a text would keep without the cap."""
    if kept < prints.MOST_SHINGLES:
        return max(1.0, float(kept))
    return max(float(kept), words / prints.KEEP_ONE_IN)


def _same_title(title: str, other: str) -> bool:
    first, second = (dict(terms.terms(each, "")) for each in (title, other))
    return len(first) >= 3 and first == second


def _is_copy(fingerprint: Fingerprint, found: Likeness, known: Known, title: str) -> bool:
    if found.contained < EDITED:
        return False
    in_short = found.contained >= CONTAINED and found.new <= MOST_NEW
    in_full = found.contained >= WHOLE and not in_short and _same_title(title, known.title)
    whole = (in_short or in_full) and found.numbers >= NUMBERS_AGREE
    return (whole or _edited(found)) and not other_name(fingerprint, known.title)


def _edited(found: Likeness) -> bool:
    return (
        found.contained >= EDITED
        and found.lengths >= ONE_LENGTH
        and found.numbers >= EDITED_NUMBERS_AGREE
    )


def _numbers_agree(fingerprint: Fingerprint, known: Known) -> float:
    mine, theirs = set(fingerprint.numbers), set(known.numbers)
    fewer = mine if fingerprint.words <= known.words else theirs
    return len(mine & theirs) / len(fewer) if fewer else 1.0


def other_name(fingerprint: Fingerprint, title: str) -> bool:
    """Whether most rare names of that title stand nowhere in this article: a page of the same form about another."""
    rare = {
        terms.stemmed(name)
        for name in prints.names(title, "")
        if prior.document_share(terms.stemmed(name)) < RARE
    }
    have = {term for term, _ in fingerprint.terms} | {
        terms.stemmed(name) for name in fingerprint.names
    }
    return bool(rare) and 2 * len(rare & have) < len(rare)
