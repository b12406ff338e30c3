"""Running text → its sentences; what is no report (headings, lists of advice, questions, boilerplate) is left out.

Cleaning proper is `text`'s work and done by the time an article is filed; this is the second sieve, for what a reader
is shown as a sentence of its own.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from aiwatch.text.kept import SENTENCES, TEXTS, kept
from aiwatch.text.late import late
from aiwatch.text.tokens import words

_TAIL = late(
    r"^\W*(?:(?:faqs?\b|frequently asked|related (?:articles?|stories|posts|news|reading|content|coverage)|read (?:more|next)"
    r"|more (?:from|on|stories|news)\b|you (?:may|might) also|recommended|about the author|interested in\b"
    r"|further reading|key takeaways|sign up|subscribe|newsletter|explore our|leave a (?:comment|reply)|references\W*$)(?!\w)"
    r"|相关阅读|相關閱讀|推荐阅读|延伸阅读|延伸閱讀|関連記事|あわせて読みたい|관련기사|관련 기사|ข่าวที่เกี่ยวข้อง|อ่านเพิ่มเติม)",
    re.IGNORECASE,
)
_CHAFF = late(
    r"\b(?:subscribe|sign up|newsletter|follow us|click here|contact us|send us|read more|read next|download (?:our|the app)"
    r"|cookies?|all rights reserved|terms of (?:use|service)|privacy policy|affiliate|may earn|estimated data"
    r"|getty images|advertisement|sponsored|copyright ©|this (?:article|story) (?:was|has been|is)|(?:editing|reporting) by"
    r"|image credits?|photo(?:graph)? by|join our|stay tuned|check out|learn more|disclaimer|in this article)\b"
    r"|(?:关注我们|扫码|责任编辑|責任編輯|编辑：|无断转载|無断転載|무단전재|저작권자|기자\s*=|ติดตามข่าว)",
    re.IGNORECASE,
)
_BULLET = late(r"^(?:[-*•–—▪◦·‣>#|!\[]|\d{1,2}[.)])\s*")
_ENDS = (".", "!", "…", "。", "！", "．", "；")
_CLOSERS = "\"'”’»」』）)]"
_SPACELESS = late(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_THAI = late(r"[\u0e00-\u0eff]")
_BREAK = late(r"([.!?…]+[\"”’»)\]]*)\s+(?=[\"“„‘«(\[¿¡]?[^\W_a-zà-ÿа-я])|([。！？]+[」』”）]*)\s*")
_ABBREVIATION = late(
    r"(?:\b(?:mr|mrs|ms|dr|prof|sr|jr|st|inc|ltd|co|corp|vs|no|gen|gov|sen|rep|lt|col|jan|feb|mar|apr|jun|jul|aug|sept?"
    r"|oct|nov|dec|approx|est|etc|fig|u\.s|u\.k|e\.g|i\.e|a\.m|p\.m)|\b[A-Z])\.$",
    re.IGNORECASE,
)
# „am 30. Juni“, „der 3. Band“: a German ordinal ends no sentence.
_ORDINAL = late(
    r"\b(?:am|der|den|dem|des|die|das|vom|zum|bis|seit|im|beim|ab|und|ein|eine|zur) \d{1,2}\.$",
    re.IGNORECASE,
)
_LONGEST = 1500  # what runs on for longer is a table, a list or an attack
_MOST = 200_000  # characters of a body read
_THAI_LENGTH = (
    80  # Thai writes a space between sentences and between clauses: short pieces stay together
)


# "SAN FRANCISCO (Reuters) - ", "LONDON, March 24 (AP) — ": where an agency's text was written is no part of it.
_DATELINE = late(
    r"[A-Z][A-Z .'-]{2,30}(?:, [A-Z][\w. ]{1,20})?(?: ?\([^()]{2,40}\) ?[-–—]+|(?: ?[–—]| -)) +(?=\S)"
)


@kept(TEXTS)
def sentences(text: str, shortest: int = 25) -> tuple[str, ...]:
    """The sentences of a body (one paragraph a line) that report something, in order, each once.

    `shortest`: characters from which one is worth showing by itself; fewer where words have no spaces.
    """
    lines = [line.strip() for line in text[:_MOST].splitlines() if line.strip()]
    lines[:1] = [_DATELINE.sub("", line) for line in lines[:1]]
    found = (sentence for line in _body(lines) for sentence in _split(line))
    return tuple(dict.fromkeys(sentence for sentence in found if _reports(sentence, shortest)))


def pieces(text: str) -> tuple[str, ...]:
    """Every sentence, heading and scrap of a text: all that one who was told it may have read."""
    lines = (line.strip() for line in text[:_MOST].splitlines())
    return tuple(piece for line in lines if line for piece in _split(_BULLET.sub("", line)))


def _body(lines: list[str]) -> Iterator[str]:
    """The paragraphs before the tail of related links and questions; headings and labelled advice are left out."""
    for place, line in enumerate(lines):
        if _TAIL.match(line) and len(line) < 100 and not line.endswith(_ENDS):
            if place >= len(lines) / 4:
                return
            continue
        bulleted = _BULLET.match(line)
        bare = _BULLET.sub("", line) if bulleted else line
        if _is_heading(bare) or (_has_label(bare) and (bulleted or not re.search(r"\d", bare))):
            continue
        yield bare


def _has_label(line: str) -> bool:
    """`Infrastructure: ensure that …`: up to six words, a colon, and more."""
    label, colon, rest = line.partition(": ")
    return (
        bool(colon and rest) and len(label) < 80 and len(label.split()) <= 6 and label[:1].isalnum()
    )


def _is_heading(line: str) -> bool:
    """A line that ends like no sentence and is short."""
    bare = line.rstrip(_CLOSERS)
    if bare.endswith(_ENDS):
        return False
    if bare.endswith((":", "?", "：", "？")):
        return len(list(_split(line))) < 2
    return len(line) < (60 if _SPACELESS.search(line) else 110)


def _split(line: str) -> Iterator[str]:
    if _THAI.search(line):
        yield from _split_thai(line)
        return
    start = 0
    for found in _BREAK.finditer(line):
        piece = line[start : found.end(1) if found[1] else found.end(2)]
        if _ABBREVIATION.search(piece) or _ORDINAL.search(piece):
            continue
        yield piece.strip()
        start = found.end()
    if rest := line[start:].strip():
        yield rest


def _split_thai(line: str) -> Iterator[str]:
    piece = ""
    for chunk in line.split(" "):
        piece = f"{piece} {chunk}".strip()
        if len(piece) >= _THAI_LENGTH and _THAI.search(chunk):
            yield piece
            piece = ""
    if piece:
        yield piece


def _reports(sentence: str, shortest: int) -> bool:
    """No question, no boilerplate, no scrap."""
    if sentence.rstrip(_CLOSERS).endswith(("?", "？", ":", "：")) or _CHAFF.search(sentence):
        return False
    least = min(shortest, 10) if _SPACELESS.search(sentence) else shortest
    return _LONGEST >= len(sentence) >= least


# ---------------------------------------------------------------- what a sentence says, to compare

_STOP_WORDS = (
    "a about after all also an and any are as at be been but by can could did do does for from had has have he her his "
    "how i if in into is it its just may more most no not of on one only or other our out over said say says she so some "
    "such than that the their them then there these they this those to up was we were what when which while who will "
    "with would you your s t"
)
_STOP = frozenset(_STOP_WORDS.split())


@kept(SENTENCES)
def content(text: str) -> frozenset[str]:
    """The words that carry meaning, lightly stemmed; pairs of characters where words are written without spaces."""
    found = words(text)
    pairs = {a + b for a, b in pairwise(found) if _SPACELESS.match(a) and _SPACELESS.match(b)}
    plain = {stem(word) for word in found if word not in _STOP and not _SPACELESS.match(word)}
    return frozenset(plain | pairs)


def stem(word: str) -> str:
    """A word without its plainest English endings, so that `ended` and `ends` compare."""
    for ending in ("ing", "ed", "s"):
        if len(word) > len(ending) + 2 and word.endswith(ending) and not word.endswith("ss"):
            word = word.removesuffix(ending)
            break
    return word.removesuffix("e") if len(word) > 3 else word


def clipped(sentence: str, limit: int = 280) -> str:
    """The sentence, cut at its last clause (else word) that fits, with an ellipsis."""
    if len(sentence) <= limit:
        return sentence
    head = sentence[: limit - 1]
    clause = max(head.rfind(mark) for mark in (", ", "; ", " – ", " — ", "，", "、", "；"))
    cut = clause if clause > limit // 2 else head.rfind(" ")
    if cut <= limit // 2:
        cut = len(head)
    return head[:cut].rstrip(" ,;–—，、；") + "…"
