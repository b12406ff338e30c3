"""Dates as cards show them: machine's and written ones, split over elements, glued to titles, without a year.

Nothing is guessed from the clock; a day without a year takes it from a heading above ("2026"), and 03/04/2026 is read
by what the other cards of the list show (03/24/2026).
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from aiwatch.text.dates import parse_date

_SEPARATORS = r"[\s|｜·•・/—–:：,，、【】\[\]()（）〈〉《》-]*"
_MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = (
    rf"(?:(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?{_MONTHS}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTHS},?\s+\d{{4}}"
    r"|(?:19|20)\d\d\s?[-./年년]\s?\d{1,2}\s?[-./月월]\s?\d{1,2}\s?[日일.]?(?:\s+\d{1,2}:\d\d(?::\d\d)?)?"
    r"|\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d"
)
_READING = (
    r"(?:\d{1,3}\s?[-–]?\s?(?:min(?:ute)?s?\.?|分钟|分鐘|分|분)(?:\s?(?:read(?:ing time)?|de lecture|de lectura|Lesezeit|阅读|閱讀|で読めます|소요))?"
    r"|\d{1,3}\s?min\.? (?:read|lesen))"
)
_AGO = (
    r"(?:(?:about |over )?(?:\d{1,3}|an?|one|two|three) (?:second|minute|hour|day|week|month|year)s? ago|yesterday|today|just now"
    r"|\d{1,3}\s?(?:秒|分钟|小时|天|周|个月|年)前|\d{1,3}\s?(?:秒|分|時間|日|週間|か月|年)前|\d{1,3}\s?(?:초|분|시간|일|주|개월|년) 전|\d{1,2}[dhwm](?: ago)?)"
)
_STAMP = rf"(?:{_DAY}|{_READING}|{_AGO})"
_GLUED_BEFORE = re.compile(rf"^[\s\[(（【]*{_STAMP}(?![\w]){_SEPARATORS}", re.IGNORECASE)
_GLUED_AFTER = re.compile(
    rf"(?:(?<=[\s|｜·•・/—–(（\[【-])|(?<=[^\x00-\x7f])|(?<=[a-z!?.])(?=[A-Z])){_STAMP}[\s\])）】]*$",
    re.IGNORECASE,
)
_ARROWS = re.compile(r"^[\s•·▪■►▶→»›◆●]+|\s*[→➔➜➝⟶↗›»⇒▶]+\s*$|\s+>+\s*$")
_TRAIL = re.compile(r"[\s|｜·•・/—–(（\[【,-]+$")
_AROUND = re.compile(
    r"^(?:published|posted|updated|date|on|by|release date|posted on|published on|last updated|veröffentlicht(?: am)?|publié le|publicado(?: el| em)?"
    r"|发布(?:时间|日期|于)?|日期|时间|時間|更新(?:时间|日)?|公開日|掲載日|작성일|등록일|date de publication|(?:am|le|el)(?=\s))\s*[:：]?\s*",
    re.IGNORECASE,
)
_FIGURES = re.compile(r"(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})\2((?:19|20)\d\d)(?![\d/-])")
_TWO_FIGURES = re.compile(r"(?<![\d/.-])(\d{1,2})/(\d{1,2})/(\d\d)(?![\d/-])")
_YEAR = re.compile(r"\D{0,3}((?:19|20)\d\d)\s*年?\D{0,3}")
_LEADING_ZERO_DAY = re.compile(r"\d{1,2}")
_YEAR_MONTH = re.compile(r"((?:19|20)\d\d)\s?[-./年]\s?(\d{1,2})月?")
_MONTH_DAY = re.compile(r"(\d{1,2})\s?[-./月월]\s?(\d{1,2})\s?[日일]?")
_WITHOUT_YEAR = re.compile(
    rf"{_MONTHS}\s+\d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTHS}", re.IGNORECASE
)


@lru_cache(maxsize=8192)
def is_date(text: str) -> bool:
    """Whether a short text states a day."""
    return len(text) <= 120 and any(map(str.isdigit, text)) and parse_date(text) is not None


@lru_cache(maxsize=8192)
def is_stamp(text: str) -> bool:
    """Whether a text is nothing but a date, a reading time or "3 days ago"; also a bare year, day or count."""
    if len(text) > 80:
        return False
    bare = _AROUND.sub("", text).strip(" |·•,.-–—()[]")
    if not bare or re.fullmatch(r"[\d\s./:,-]+", bare) or re.fullmatch(_STAMP, bare, re.IGNORECASE):
        return True
    if _WITHOUT_YEAR.fullmatch(bare) or re.fullmatch(
        rf"(?:{_MONTHS}|\d{{1,2}}月|\d{{4}}年|\d{{1,2}}월)(?: \d{{4}})?", bare, re.IGNORECASE
    ):
        return True
    rest = re.sub(_STAMP, "", bare, flags=re.IGNORECASE)
    if rest != bare and len(rest.strip(" |·•,.-–—()[]")) <= 3:
        return True
    return len(bare) <= 30 and is_date(bare) and len(re.findall(r"[^\W\d_]+", bare)) <= 4


@lru_cache(maxsize=8192)
def unstamped(title: str) -> str:
    """A title without the date, reading time or arrow glued to its start or end; the whole where nothing else is left."""
    title = _ARROWS.sub("", title) or title
    for pattern in (_GLUED_BEFORE, _GLUED_AFTER) * 2:
        rest = pattern.sub("", title)
        if rest != title:
            rest = _TRAIL.sub("", rest)
            if len(rest) >= 4:
                title = rest
    return title.strip()


def month_first(texts: Iterable[str]) -> bool | None:
    """Whether this list writes 03/24/2026; None where nothing tells."""
    first = second = False
    for text in texts:
        for found in _FIGURES.finditer(text):
            first |= int(found[1]) > 12
            second |= int(found[3]) > 12
    return second if first != second else None


def settled(text: str, *, month_first: bool | None) -> str:
    """A date in figures with its order made plain."""
    if month_first is None:
        return text
    order = r"\4-\1-\3" if month_first else r"\4-\3-\1"
    text = _FIGURES.sub(order, text)
    if month_first:
        text = _TWO_FIGURES.sub(r"20\3-\1-\2", text)
    return text


def year_of(text: str) -> str:
    """The year that a heading consists of; else empty."""
    found = _YEAR.fullmatch(text)
    return found[1] if found else ""


def with_year(text: str, year: str) -> str:
    """A day that lacks its year, given one."""
    if found := _MONTH_DAY.fullmatch(text):
        return f"{year}-{int(found[1]):02d}-{int(found[2]):02d}"
    return f"{text}, {year}" if _WITHOUT_YEAR.fullmatch(text) else ""


def joined(texts: Sequence[str]) -> str:
    """A date that stands in pieces side by side ("24" over "2026-03", "Mar" "24" "2026"); empty where none does."""
    short = [text.strip(" .,/|") for text in texts]
    for n in range(len(short)):
        for size in (2, 3):
            parts = short[n : n + size]
            if len(parts) == size and all(0 < len(part) <= 12 for part in parts):
                whole = _whole(parts)
                if whole:
                    return whole
    return ""


def _whole(parts: list[str]) -> str:
    if len(parts) == 2:
        for day, month in (parts, parts[::-1]):
            found = _YEAR_MONTH.fullmatch(month)
            if found and _LEADING_ZERO_DAY.fullmatch(day):
                return f"{found[1]}-{int(found[2]):02d}-{int(day):02d}"
        for year, day in (parts, parts[::-1]):
            if re.fullmatch(r"(?:19|20)\d\d", year) and (whole := with_year(day, year)):
                return whole
    text = " ".join(parts)
    return (
        text
        if is_date(text) and all(re.search(r"[\d]|^[^\W\d]{3,9}\.?$", part) for part in parts)
        else ""
    )


def glued(title: str) -> str:
    """The date glued to a title's start or end; empty without."""
    for pattern in (_GLUED_BEFORE, _GLUED_AFTER):
        found = pattern.search(title)
        if found and is_date(found[0]):
            return found[0]
    return ""
