"""What was edited on a watched page: whole lines that came or went, and the entry that tells of them.

A line that moved is no change, so the lines of two visits are compared as two heaps, not as two sequences: linear in
their number, and nothing that stands on both sides is ever shown.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256

from aiwatch.model import Change, Entry
from aiwatch.text.late import late

MOST_LINES = 200
"""Lines shown of each side; then how many more there are."""
LONGEST_TITLE = 140
"""Characters of an entry's title."""
ALIKE = 0.5
"""Share of words in common, from which a line that went and one that came are one line reworded."""

_QUOTES = late("[\"'`´‘’‚‛“”„‟‹›«»′″＂＇]+")
_DASHES = late("[-‐‑‒–—―−⁃﹘﹣－]+")
_BLANKS = late(r"\s+")
_WIDE = (
    r"\u0e00-\u0e7f\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"  # no blanks between words
)
_WORD = late(rf"[{_WIDE}]|[^\W_{_WIDE}]+|[$€£¥%]")
_MORE = late(r"… and ([\d,]+) more lines?")


def changed(before: Sequence[str], after: Sequence[str]) -> Change | None:
    """The lines that stand on one side only, in order; None where nothing was edited.

    White space, letter case, the forms of quotes and dashes, and a new division of the same text into lines are no edit.
    """
    old, new = _with_keys(before), _with_keys(after)
    gone = Counter(key for key, _ in old)
    come = Counter(key for key, _ in new)
    removed, added = _surplus(old, gone - come), _surplus(new, come - gone)
    if _joined(removed) == _joined(added):
        return None
    return Change(added=_capped(added), removed=_capped(removed))


def as_entry(source_name: str, title: str, change: Change, at: datetime, url: str) -> Entry:
    """The entry that tells of a change: source and what happened as its title, the lines with + and − as its text.

    `title` is what the page calls itself, `at` when the change was seen.
    """
    lines = tuple(_told(change))
    return Entry(
        id=_id(at, lines),
        url=url,
        title=f"{source_name or title}: {_headline(change)}",
        summary=title,
        text="\n".join(lines),
        published=at,
        change=change,
    )


# ---------------------------------------------------------------- comparing

_Keyed = list[tuple[str, str]]


def _with_keys(lines: Iterable[str]) -> _Keyed:
    return [(key, line) for line in lines if (key := _key(line))]


def _key(line: str) -> str:
    """What of a line is compared."""
    plain = line if line.isascii() else unicodedata.normalize("NFKC", line)
    return _BLANKS.sub("", _DASHES.sub("-", _QUOTES.sub("'", plain.casefold())))


def _surplus(lines: _Keyed, counts: Counter[str]) -> _Keyed:
    """The lines that `counts` names, as often as it says, the first ones where one stands several times."""
    left = dict(counts)
    found: _Keyed = []
    for key, line in lines:
        if left.get(key, 0) > 0:
            left[key] -= 1
            found.append((key, line))
    return found


def _joined(lines: _Keyed) -> str:
    return "".join(key for key, _ in lines)


def _capped(lines: _Keyed) -> tuple[str, ...]:
    shown = tuple(line for _, line in lines[:MOST_LINES])
    more = len(lines) - len(shown)
    return (*shown, f"… and {more:,} more line{'' if more == 1 else 's'}") if more else shown


# ---------------------------------------------------------------- telling


def _id(at: datetime, lines: Iterable[str]) -> str:
    return (
        "change:"
        + sha256("\n".join((at.isoformat(), *lines)).encode("utf-8", "replace")).hexdigest()[:32]
    )


def _headline(change: Change) -> str:
    """What happened, in a few words; the line itself where only one is concerned."""
    added, removed = _count(change.added), _count(change.removed)
    if added == 1 and removed <= 1:
        return f"“{_shortened(change.added[0])}”"
    if removed == 1 and not added:
        return f"removed “{_shortened(change.removed[0])}”"
    parts = [(added, "added"), (removed, "removed")]
    said = [(f"{count:,}", verb) for count, verb in parts if count]
    first, verb = said[0]
    noun = "line" if first == "1" else "lines"
    return ", ".join([f"{first} {noun} {verb}", *(f"{count} {verb}" for count, verb in said[1:])])


def _count(lines: Sequence[str]) -> int:
    """How many lines a side has, those not shown too."""
    more = _MORE.fullmatch(lines[-1]) if len(lines) > MOST_LINES else None
    return len(lines) - 1 + int(more[1].replace(",", "")) if more else len(lines)


def _shortened(line: str) -> str:
    if len(line) <= LONGEST_TITLE:
        return line
    fitting = line[: LONGEST_TITLE - 1]
    return (fitting.rpartition(" ")[0] or fitting).rstrip(" ,;:-") + "…"


def _told(change: Change) -> Iterator[str]:
    """Lines as a reader compares them: what went, and right below it what stands there now."""
    reworded = _reworded(change)
    alone = set(range(len(change.removed))) - set(reworded.values())
    past = 0  # removed lines up to here are told
    for place, line in enumerate(change.added):
        if (old := reworded.get(place)) is not None:
            yield from (f"− {change.removed[n]}" for n in range(past, old) if n in alone)
            past = max(past, old)
            yield f"− {change.removed[old]}"
        yield f"+ {line}"
    yield from (f"− {change.removed[n]}" for n in range(past, len(change.removed)) if n in alone)


def _reworded(change: Change) -> dict[int, int]:
    """Which removed line each added one stands for: the nearest by words, the first of several, each used once."""
    old = {n: _words(line) for n, line in enumerate(change.removed)}
    reworded: dict[int, int] = {}
    for place, line in enumerate(change.added):
        words = _words(line)
        scores = ((_alike(words, others), -n) for n, others in old.items())
        score, n = max(scores, default=(0.0, 0))
        if score >= ALIKE:
            reworded[place] = -n
            del old[-n]
    return reworded


def _words(line: str) -> frozenset[str]:
    return frozenset(_WORD.findall(line.casefold()))


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one or other else 0.0
