"""What was edited on a watched page, as a reader sees it: a headline with the fact, and the lines worth their room."""

from collections.abc import Iterable, Sequence
from itertools import takewhile

from aiwatch.digest.plain import SENTENCE, TITLE, shortened
from aiwatch.judge.changes import MOST_LINES
from aiwatch.model import Change, Member
from aiwatch.text.late import late

ADDED, REMOVED = "+", "\N{MINUS SIGN}"
_MOST_SHOWN = 16  # of one edit in a message
_MOST_ADDED = 10  # of these, where there are as many removed
_LEFT_OUT = late(r"… and ([\d,]+) more lines?")
_WEIGHED = 60  # sentences among which a headline's is looked for
_QUOTED = 140  # characters of it
_MOST_FACTS = 3  # a sentence that carries more is no better
# The judge's own rule for sentences leaves scraps and headings out; on a help page these are what changes.
_SENTENCE_END = late(r"""(?<=[.!?])\s+(?=[A-Z0-9"“(]|[^\x00-\x7f])|(?<=[。！？])(?=.)""")


def headline(member: Member) -> str:
    """`Help page changed: “The app is available until 26 April”`; the sentence that carries most."""
    change = member.change or Change()
    said = _telling(change.added, change.removed)
    if said:
        return shortened(f"{member.source} changed: “{said}”", TITLE)
    gone = _telling(change.removed, change.added)
    return shortened(
        f"{member.source} changed: “{gone}” is gone" if gone else f"{member.source} changed", TITLE
    )


def whole(lines: Sequence[str]) -> tuple[Sequence[str], int]:
    """The lines of one side, and how many there are: where too many changed, the last given says how many more."""
    left = _LEFT_OUT.fullmatch(lines[-1]) if len(lines) > MOST_LINES else None
    if left is None:
        return lines, len(lines)
    return lines[:-1], len(lines) - 1 + int(left[1].replace(",", ""))


def counted(change: Change) -> str:
    """`2 lines added, 1 removed`."""
    (_, added), (_, removed) = whole(change.added), whole(change.removed)
    words = [f"{added:,} line{'s' * (added != 1)} added"] if added else []
    if removed:
        unit = "" if words else f" line{'s' * (removed != 1)}"
        words.append(f"{removed:,}{unit} removed")
    return ", ".join(words)


def shown(change: Change) -> tuple[tuple[str, str], ...]:
    """The lines that find room, each with its sign; of a long one the part that differs."""
    added, removed = _room(change)
    return (
        *((ADDED, _excerpt(line, change.removed)) for line in change.added[:added]),
        *((REMOVED, _excerpt(line, change.added)) for line in change.removed[:removed]),
    )


def more(change: Change) -> str:
    """`… and 12 more lines`, where not all are shown."""
    (_, added), (_, removed) = whole(change.added), whole(change.removed)
    left = added + removed - sum(_room(change))
    return f"… and {left:,} more line{'s' * (left != 1)}" if left else ""


def words(change: Change) -> int:
    """How many words of it a message shows."""
    return sum(len(text.split()) for _, text in shown(change))


def _room(change: Change) -> tuple[int, int]:
    removed = min(len(change.removed), _MOST_SHOWN - min(len(change.added), _MOST_ADDED))
    return min(len(change.added), _MOST_SHOWN - removed), removed


def _telling(lines: Sequence[str], others: Iterable[str]) -> str:
    """The sentence of these lines, not among the others', that carries most facts; the first of equals."""
    known = {sentence for line in others for sentence in _SENTENCE_END.split(line)}
    found = [sentence for line in lines[:_WEIGHED] for sentence in _SENTENCE_END.split(line)]
    fresh = [sentence for sentence in found if sentence not in known][:_WEIGHED] or lines[:1]
    best = max(fresh, key=_weight, default="")
    return shortened(best, _QUOTED).rstrip(".")


def _weight(sentence: str) -> tuple[bool, int]:
    from aiwatch.judge.statements import keys_of  # noqa: PLC0415 - a start that tells nothing does without

    return len(sentence.split()) > 2, min(len(keys_of(sentence)), _MOST_FACTS)


def _excerpt(line: str, others: Iterable[str]) -> str:
    """The line, or where it is long and begins like one of the others, what comes after that."""
    if len(line) <= SENTENCE:
        return line
    alike = max((_alike(line, other) for other in others), default=0)
    if alike <= SENTENCE // 2:
        return shortened(line, SENTENCE)
    start = line.rfind(" ", 0, alike - SENTENCE // 8)
    return "…" + shortened(line[start + 1 :], SENTENCE)


def _alike(line: str, other: str) -> int:
    """In how many characters both begin the same."""
    return sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(line, other, strict=False))
    )
