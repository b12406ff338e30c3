"""What follows or interrupts an article and is none of it: related links, FAQ, promotion, appeals, image lines.

For texts that come as lines. Careful by rule: lines that say nothing alone (an image, an advertisement's label) go
anywhere; everything else stays in the first third, and goes later only with evidence in the lines around it.
"""

from collections.abc import Sequence
from enum import Enum

from aiwatch.text import tail_words as words
from aiwatch.text.late import late

LONGEST_LINK = 160  # characters of a headline in a list of links
LONGEST_HEADING = 64  # no heading in `tail_words` is as long
LONGEST_APPEAL = 400
LONGEST_QUESTION = 200
MOST_HEADINGS = 30  # looked into per kind: a page that repeats them without end is no article
LONGEST_IMAGE = 2_000  # two addresses and a description
ANSWER_LINES = 6  # between two questions
LARGEST_FAQ = 0.5  # of the text: beyond it, the questions are the article

_LINKS_HEADINGS = words.RELATED | words.RELATED_AT_END
_ENDS = tuple(".!…。！।۔")
_QUESTION = tuple("?？؟")
_NO_LETTER = late(r"[^\w\s&’]|_")
_LIST_MARK = late(r"^\s*(?:[-*•·–>»►▶✓]|\d{1,2}[.)])\s+")


class _Kind(Enum):
    """What a line is taken for."""

    PROSE = "prose"
    SHORT = "short"  # a heading, a link, a list item: proves nothing by itself
    BLANK = "blank"
    BOILER = "boiler"
    NOTHING = "nothing"  # a line without content wherever it stands


def cut_tail(text: str, *, questions: bool = True) -> str:
    """The text without boilerplate, line by line; what is left is never changed, and never nothing.

    questions: cut a FAQ that stands alone, too; else only one in the company of promotion, related links or image
    lines, as on link farms. Guides end in questions that are their own (of 793 such pages .002 of F1).
    """
    lines = text.split("\n")
    kinds = [_alone(line) for line in lines]
    first = _first_free(lines)
    for index in range(first, len(lines)):
        if kinds[index] is not _Kind.BLANK and _says_promotion(lines[index]):
            kinds[index] = _Kind.BOILER
    _mark_related(lines, kinds, first)
    if questions or _Kind.BOILER in kinds or _Kind.NOTHING in kinds:
        _mark_faq(lines, kinds, first)
        _mark_related(
            lines, kinds, first
        )  # links may stand before what is known for a FAQ only now
    end = _tail_start(lines, kinds, first)
    kept = [
        line
        for index, (line, kind) in enumerate(zip(lines, kinds, strict=True))
        if index < end and kind is not _Kind.NOTHING and (kind is not _Kind.BOILER or index < first)
    ]
    return "\n".join(kept).rstrip() or text.rstrip()


def _first_free(lines: Sequence[str]) -> int:
    """The first line that begins behind the first third of the text."""
    third = sum(map(len, lines)) / 3
    before = 0
    for index, line in enumerate(lines):
        if before >= third and before:
            return index
        before += len(line)
    return len(lines)


def _alone(line: str) -> _Kind:
    """What a line is by itself."""
    bare = line.strip()
    if not bare:
        return _Kind.BLANK
    if "![" in bare and len(bare) <= LONGEST_IMAGE and words.IMAGE.match(bare):
        return _Kind.NOTHING
    if _heading(bare) in words.LABELS or _is_caption(bare):
        return _Kind.NOTHING
    return _Kind.SHORT if _is_short(bare) else _Kind.PROSE


def _is_caption(bare: str) -> bool:
    said = len(bare) <= LONGEST_APPEAL and "estimated data" in bare.casefold()
    return said and words.CAPTION.search(bare) is not None


def _says_promotion(line: str) -> bool:
    if len(line) > LONGEST_APPEAL + 10:
        return False
    bare = _LIST_MARK.sub("", line.strip())
    return len(bare) <= LONGEST_APPEAL and words.SELLS.match(bare) is not None


def _heading(line: str) -> str:
    """A line as a heading is compared: lower case, letters and figures, one blank between words."""
    if len(line) > LONGEST_HEADING:
        return ""
    return " ".join(_NO_LETTER.sub(" ", line.casefold()).split())


def _is_short(line: str) -> bool:
    """A heading, link or list item: short, and no full sentence."""
    bare = _LIST_MARK.sub("", line.strip())
    return len(bare) <= LONGEST_LINK and not bare.endswith(_ENDS)


def _is_question(line: str) -> bool:
    bare = line.strip().rstrip("*_ ")
    return len(bare) <= LONGEST_QUESTION and bare.endswith(_QUESTION)


def _mark_faq(lines: Sequence[str], kinds: list[_Kind], first: int) -> None:
    """Mark a FAQ heading with its questions and answers, if there are two or they end the text."""
    headings = [index for index in range(first, len(lines)) if _heading(lines[index]) in words.FAQ]
    for index in headings[:MOST_HEADINGS]:
        questions, end = _faq_end(lines, kinds, index + 1)
        size = sum(map(len, lines[index:end]))
        if size > LARGEST_FAQ * sum(map(len, lines)) or not questions:
            continue
        if questions > 1 or not any(line.strip() for line in lines[end:]):
            kinds[index:end] = [_Kind.BOILER] * (end - index)


def _faq_end(lines: Sequence[str], kinds: Sequence[_Kind], start: int) -> tuple[int, int]:
    """How many questions follow, and the line behind the last one's answer."""
    questions, end, answers = 0, start, 0
    for index in range(start, len(lines)):
        if kinds[index] is _Kind.BLANK:
            continue
        if _is_question(lines[index]):
            questions, answers, end = questions + 1, 0, index + 1
        elif not questions or answers == ANSWER_LINES:
            break
        else:
            answers += 1
            # A short line ends the last answer, unless more questions follow it.
            if answers == 1 or (kinds[index] is _Kind.PROSE and end == index):
                end = index + 1
    return questions, end


def _mark_related(lines: Sequence[str], kinds: list[_Kind], first: int) -> None:
    """Mark a heading of links and the links, if they reach the end or the heading leaves no doubt."""
    headings = [
        (index, heading in words.RELATED)
        for index in range(first, len(lines))
        if (heading := _heading(lines[index])) in _LINKS_HEADINGS
    ]
    for index, certain in reversed(headings[-MOST_HEADINGS:]):
        links, end = 0, index + 1
        while end < len(lines) and (
            kinds[end] in (_Kind.BLANK, _Kind.NOTHING) or _is_link(lines[end], kinds[end])
        ):
            links += kinds[end] is _Kind.SHORT
            end += 1
        at_end = all(kind in (_Kind.BLANK, _Kind.NOTHING, _Kind.BOILER) for kind in kinds[end:])
        if at_end or (certain and links > 1):
            kinds[index:end] = [_Kind.BOILER] * (end - index)


def _is_link(line: str, kind: _Kind) -> bool:
    return kind is _Kind.SHORT and _heading(line) not in words.FAQ


def _tail_start(lines: Sequence[str], kinds: Sequence[_Kind], first: int) -> int:
    """Where the last stretch without prose begins, if it begins with boilerplate and is mostly that."""
    start, best = len(lines), len(lines)
    boiler = total = marks = 0
    for index in range(len(lines) - 1, first - 1, -1):
        kind = kinds[index]
        if kind is _Kind.PROSE:
            break
        start = index
        total += len(lines[index])
        if kind is _Kind.BOILER:
            boiler, marks = boiler + len(lines[index]), marks + 1
            if marks > 1 and boiler * 2 > total:
                best = start
    return best
