"""What stands around every article of a host is none of their text: notices, appeals, "about us", a column's foot.

Only a monitor can know it, as it reads many pages of the same hosts. Here is the thinking: which lines of a body to
remember, when remembering becomes knowing, what to leave out. `store.sites` counts.
"""

from collections.abc import Collection, Sequence
from hashlib import blake2b
from typing import Final

from aiwatch.model import Margins
from aiwatch.text.blocks import width_of
from aiwatch.text.late import late
from aiwatch.text.urls import host

# Standing notices stand at the ends. In the middle stand what recurs and is text: sub-headings ("How we tested"), the
# paragraph that tells a running affair so far. Both lines that recur on three development pages of a host and belong
# to their gold stand there, in 12th and 21st place from the start, the 94th and more from the end.
HEAD: Final = 3
TAIL: Final = 6
LEAST_ARTICLES: Final = 3
"""Two articles may share a paragraph because one was written from the other."""
ONE_IN: Final = 10
"""At least every so many of the host's articles have it in the end; of a few, more (`is_standing`)."""
MOST: Final = 0.5
"""Of the text: what holds more than this is the article."""
REMEMBERED: Final = 3 * ONE_IN
"""For how many articles of the host a line is remembered, for each that had it.

A line that every tenth article has is missing from as many in a row once in 24 times. And as an article brings at most
HEAD + TAIL lines, a host cannot fill more than about 270 rows.
"""
MOST_COUNTED: Final = 10
"""A line that all had is forgotten after 300 articles without it, however long it stood."""


_SIGNS = late(r"[\W_]+")


def is_standing(articles: int, since: int) -> bool:
    """Whether a line that `articles` of the host's last `since` had is known to be no article's own.

    Three of nine, four of sixteen, ten of a hundred and a tenth from there on: what three of a thousand end in is the
    background of an affair. That they tell different stories cannot be asked for, as such a line makes them look like one.
    """
    return articles >= LEAST_ARTICLES and articles * min(articles, ONE_IN) >= since


def is_forgotten(articles: int, ago: int) -> bool:
    """Whether a line that `articles` had, the last one `ago` articles before this, need not be remembered."""
    return ago > REMEMBERED * min(articles, MOST_COUNTED)


def leave_out(
    lines: Sequence[str], known: Collection[int], url: str | None
) -> tuple[tuple[str, ...], Margins | None]:
    """The lines without what is known to stand around every article of the host, and what can be learned from them.

    `known` are hashes of lines (see `Margins`). Without lines or an address nothing can be.
    """
    site = host(url) if url and lines else ""
    if not site:
        return tuple(lines), None
    marks = {n: mark for n in _ends(len(lines)) if (mark := line_mark(lines[n])) is not None}
    out = {n for n, mark in marks.items() if mark in known}
    left = tuple(line for n, line in enumerate(lines) if n not in out)
    if out and sum(map(width_of, left)) < (1 - MOST) * sum(map(width_of, lines)):
        left, out = tuple(lines), set()
    return left, Margins(
        host=site,
        lines=tuple(dict.fromkeys(marks.values())),
        left_out=tuple(dict.fromkeys(marks[n] for n in sorted(out))),
    )


def without(text: str, left_out: Collection[int]) -> str:
    """An earlier reading of a text less what a later one left out, so that knowing more looks like no edit."""
    lines = text.split("\n")
    out = {n for n in _ends(len(lines)) if line_mark(lines[n]) in left_out} if left_out else set()
    return "\n".join(line for n, line in enumerate(lines) if n not in out)


def carries_on(text: str, earlier: str) -> bool:
    """Whether a text is, for the most part, lines of an earlier one: a live blog's next address, an article updated."""
    lines = text.split("\n")
    before = {mark for line in earlier.split("\n") if (mark := line_mark(line)) is not None}
    shared = sum(width_of(line) for line in lines if line_mark(line) in before)
    return shared > MOST * sum(map(width_of, lines))


def said(margins: Margins | None) -> str:
    """What was left out, in words; empty for nothing."""
    count = len(margins.left_out) if margins else 0
    if not count:
        return ""
    lines = "1 line that stands" if count == 1 else f"{count} lines that stand"
    return f"; {lines} around other articles of {margins.host if margins else ''} left out"


def line_mark(line: str) -> int | None:
    """A line's hash, of its letters and digits, in the range of SQLite's integers; None for one without words."""
    letters = _SIGNS.sub("", line).casefold()
    if not any(map(str.isalpha, letters)):
        return None
    digest = blake2b(letters.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _ends(count: int) -> list[int]:
    return sorted({*range(min(HEAD, count)), *range(max(0, count - TAIL), count)})
