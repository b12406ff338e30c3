"""A sentence and what became of it → what differs in meaning: a denial, a figure, a date, a name, a doubt."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from aiwatch.judge.hedges import denials, doubts, expanded
from aiwatch.judge.names import Name, name_words, names
from aiwatch.judge.quantities import Quantity, dates, folded, quantities, weekdays
from aiwatch.judge.units import MONEY, SPANS
from aiwatch.text.late import late
from aiwatch.text.tokens import words

FindingKind = Literal["figure", "name", "date", "softened", "withdrawn", "firmed"]
_SPELLED = 0.85  # of the letters in common: one word or name, spelled otherwise
_LONG = 5  # letters of a word in which a slip can be told from another word
_SAME_CLAIM = 6  # words put in around a `not` or `may`; a longer run is a clause of its own


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference in meaning."""

    kind: FindingKind
    reason: str
    old: str = ""  # what was replaced, to look up elsewhere
    new: str = ""


def findings(before: str, after: str, known: frozenset[str] = frozenset()) -> Iterator[Finding]:
    """What differs in meaning between a sentence and what became of it, the gravest first; `known`: words of names."""
    if turned := _turned(before, after, denials(before), denials(after)):
        what = f"“{turned[1]}” came in" if turned[1] else f"“{turned[0]}” went"
        yield Finding("withdrawn", f"the claim is turned round: {what}")
    if figure := _replaced(quantities(before), quantities(after)):
        yield _exchanged("figure", *figure)
    if date := _replaced(_days(before), _days(after)):
        yield _exchanged("date", *date)
    if name := _renamed(before, after, known):
        yield _exchanged("name", *name)
    if doubted := _turned(before, after, doubts(before), doubts(after)):
        lost, added = doubted
        kind: FindingKind = "softened" if added else "firmed"
        yield Finding(kind, f"less certain: “{added}”" if added else f"more certain: no “{lost}”")


def _exchanged(kind: FindingKind, old: str, new: str) -> Finding:
    old, new = old.rstrip("."), new.rstrip(".")
    return Finding(kind, f"“{old}” became “{new}”", old, new)


def _turned(
    before: str, after: str, old: Sequence[str], new: Sequence[str]
) -> tuple[str, str] | None:
    """The marks that only one side has, if they came or went within the claim and not with a clause of their own."""
    lost, added = Counter(map(str.lower, old)), Counter(map(str.lower, new))
    lost, added = lost - added, added - lost
    if bool(lost) == bool(added):
        return None
    marks = set(lost or added)
    one, two = words(expanded(before)), words(expanded(after))
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        grown = abs((j2 - j1) - (i2 - i1))
        touched = "".join(one[i1:i2] + two[j1:j2])
        slip = _is_slip("".join(one[i1:i2]), "".join(two[j1:j2]))
        if tag == "equal" or grown > _SAME_CLAIM or slip:
            continue
        if any(_has(touched, mark) for mark in marks):
            return next(iter(lost), ""), next(iter(added), "")
    return None


def _is_slip(one: str, two: str) -> bool:
    """Whether two words are one, mistyped (not: `not` and `now`)."""
    return len(one) >= _LONG and SequenceMatcher(None, one, two).ratio() > _SPELLED


def _has(touched: str, mark: str) -> bool:
    return "".join(words(mark)) in touched


def _replaced(old: Sequence[Quantity], new: Sequence[Quantity]) -> tuple[str, str] | None:
    """The first amount or date that another of its kind took the place of."""
    old_keys, new_keys = {each.key for each in old}, {each.key for each in new}
    went = [each for each in old if each.key not in new_keys]
    came = [each for each in new if each.key not in old_keys]
    for one in went:
        for two in came:
            if _comparable(one, two) and not _rounded(one, two):
                return one.text, two.text
    return None


def _comparable(one: Quantity, two: Quantity) -> bool:
    if one.unit == two.unit:
        return one.unit != "date" or one.key.count("-") == two.key.count("-")
    money = one.unit in MONEY, two.unit in MONEY
    if all(money):
        return one.value == two.value  # the number stayed, the currency did not
    counts = "n" in (one.unit, two.unit) or one.key.startswith("n:") == two.key.startswith("n:")
    return not any(money) and "pct" not in (one.unit, two.unit) and counts and _is_count(one, two)


def _is_count(one: Quantity, two: Quantity) -> bool:
    return not {one.unit, two.unit} & (SPANS | {"date", "weekday", "clock"})


def _rounded(one: Quantity, two: Quantity) -> bool:
    """Whether one is the other, written with fewer places (1.47 and 1.5 trillion)."""
    low, high = sorted((_places(one.value), _places(two.value)))
    if low == high or low < 2:
        return False
    fine, rough = (one, two) if _places(one.value) == high else (two, one)
    return one.unit == two.unit != "date" and float(f"{fine.value:.{low - 1}e}") == rough.value


def _places(value: float) -> int:
    return len(f"{value:.6f}".replace(".", "").strip("0"))


_CLOCK = late(r"\b(\d{1,2}):(\d\d)\b")


def _days(sentence: str) -> tuple[Quantity, ...]:
    """Its dates, weekdays and times of day."""
    text = folded(sentence)
    return (
        *dates(text),
        *weekdays(text),
        *(_time_of_day(m) for m in _CLOCK.finditer(text)),
    )  # fmt: skip


def _time_of_day(match: re.Match[str]) -> Quantity:
    hour, minute = int(match[1]), int(match[2])
    return Quantity(
        unit="clock", value=60 * hour + minute, key=f"clock:{hour}:{minute}", text=match.group(), start=match.start(), end=match.end()
    )  # fmt: skip


def _renamed(before: str, after: str, known: frozenset[str]) -> tuple[str, str] | None:
    """A name that stands where another stood; one that is spelled better, or longer, is the same."""
    known = known | name_words(before) | name_words(after)
    olds, news = names(before, known), names(after, known)
    old_words = {word for name in olds for word in name.words}
    new_words = {word for name in news for word in name.words}
    went = [name for name in olds if not new_words & set(name.words)]
    came = [name for name in news if not old_words & set(name.words)]
    for one in went:
        for two in came:
            if _in_place(before, one, after, two) and not _one_name(one, two):
                return before[one.start : one.end], after[two.start : two.end]
    return None


def _in_place(before: str, one: Name, after: str, two: Name) -> bool:
    """Whether what stands around the two names is alike: the words before, or those after them."""
    left = words(before[: one.start])[-2:], words(after[: two.start])[-2:]
    right = words(before[one.end :])[:2], words(after[two.end :])[:2]
    return (bool(left[0]) and left[0] == left[1]) or (bool(right[0]) and right[0] == right[1])


def _one_name(one: Name, two: Name) -> bool:
    first, second = " ".join(one.words), " ".join(two.words)
    short, long = sorted((first, second), key=len)
    initials = "".join(word[0] for word in long.split())
    if short.replace(" ", "").replace(".", "") == initials:
        return True
    return len(short) > 4 and SequenceMatcher(None, first, second).ratio() > 0.85
