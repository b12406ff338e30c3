"""Numbers with their units, and dates, as written in many languages → values that compare.

`$1.4 million`, `1,4 Mio. Dollar` and `140万美元` all give `usd:1400000`. Currencies are never converted: what an
outlet wrote in won stays won.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aiwatch.judge.units import (
    FRACTIONS,
    GLUED_TIMES,
    JOINED_SCALES,
    LETTERS,
    MARKS,
    NAMES,
    SKIPPED_NOUNS,
    SMALL,
    SMALL_ELSEWHERE,
    SPACED_TIMES,
    SPANS,
    SPELLED_NUMBERS,
    TIMES,
    WORD_SCALES,
)
from aiwatch.text.kept import SENTENCES, kept
from aiwatch.text.late import late


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """One number of a text. `unit` is a currency code, `pct`, a time unit, `date`, or the noun counted."""

    unit: str
    value: float
    key: str  # compares: `usd:1400000`, `pct:12`, `year:2`, `n:300`, `date:03-24`
    text: str  # as written
    start: int  # in the text as `folded` gives it
    end: int


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?|\d+(?:[.,]\d+)?"
_AMOUNT = late(
    rf"""(?<![\w.,])(?P<mark>(?:{_any(MARKS)})\s?)?
    (?<!\d)(?P<number>{_NUMBER})
    (?P<scale>\s?(?:{_any(JOINED_SCALES)})|[\s-]?(?:{_any(WORD_SCALES)})(?!\w)\.?|[kKmMbBtT](?![\w]))?
    (?P<rest>(?:\s?\d[\d,.]*\s?(?:{_any(JOINED_SCALES)}))*)
    (?P<name>(?:\sde\s|\sd['’]|[\s-]?(?:US[\s-])?)(?:{_any(NAMES)}))?
    (?P<noun>[\s-](?:{_any(SPACED_TIMES)})(?![^\W\d_])|\s?(?:{_any(GLUED_TIMES)})|[\s-][^\W\d_]+)?""",
    re.IGNORECASE | re.VERBOSE,
)
_CLOCK = late(r"\b\d{1,2}:\d\d(?::\d\d)?\b")
_CJK_AMOUNT_START = late(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af](?=\d)")
_SPELLED = late(
    rf"\b(?:(?P<small>a|{_any(SMALL)})[\s-])?(?P<scale>thousand|million|billion|trillion)[\s-]"
    rf"(?P<name>dollars?|euros?|pounds|yen|yuan|won)\b",
    re.IGNORECASE,
)
_SCALES = ("thousand", "million", "billion", "trillion")
_SPELLED_OUT = tuple(
    word for word in SPELLED_NUMBERS if word != "one" and not set(word) & set("- ")
)
_SPELLED_OUT += ("hundred", "dozen")
_SPELLED_MANY = late(  # "one million people", "half a million"
    rf"\b(?P<small>half a|{_any(SPELLED_NUMBERS)})[\s-](?P<scale>thousand|million|billion|trillion)\b"
    rf"(?![\s-](?:dollars?|euros?|pounds|yen|yuan|won)\b)",
    re.IGNORECASE,
)
_SPELLED_TIME = late(
    rf"\b(?P<small>{_any(SMALL | SMALL_ELSEWHERE)})[\s-](?P<noun>{_any(SPACED_TIMES)})(?![^\W\d_])",
    re.IGNORECASE,
)
# "a second death" is one more of them; a second quarter or term is none.
_SECOND = late(
    r"\b(?:a|his|her|its|their)\s(?P<small>second|third|fourth|fifth|sixth)\s(?P<noun>[a-z]{3,})\b"
    r"(?<!quarter)(?<!half)(?<!time)(?<!term)(?<!year)(?<!day)(?<!week)(?<!month)(?<!party)(?<!place)(?<!person)(?<!look)"
    r"(?<!chance)(?<!life)(?<!straight)(?<!largest)(?<!biggest)"
)
# "three instruments", "three of its instruments"; "one" is as often a pronoun, "two" as often both of those named.
_SPELLED_COUNT = late(
    rf"\b(?P<small>{_any(set(SPELLED_NUMBERS) - {'one'})})\s(?:of\s(?:its|the|his|her|their|these|those)\s)?(?:more\s)?(?P<noun>[a-z]{{3,}}s|people|men|women|children)\b",
    re.IGNORECASE,
)
_HAN_NUMBER = late(
    r"[一二两兩三四五六七八九十百千]+(?=[多余餘]?(?:[万亿億萬兆]|美元|元|人|名|%)|年(?!代)|个月|個月|天)"
)
_HAN_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {
    "两": 2,
    "兩": 2,
}
_HAN_SCALES = {"十": 10, "百": 100, "千": 1000}


_SECONDS = ("second", "third", "fourth", "fifth", "sixth")
_SPELLED_SHARE = late(r"\b(?:a|one) (third|quarter|fifth|tenth) of\b|\b(half) of\b", re.IGNORECASE)


@kept(SENTENCES)
def folded(text: str) -> str:
    """The text as the patterns here read it: NFKC, digit groups without their spaces, Han numbers as digits."""
    text = re.sub(r"(?<=\d)[\u00a0\u202f\u2009](?=\d{3}(?!\d))", "", text)
    text = unicodedata.normalize("NFKC", text)
    text = _GROUPED.sub(lambda found: found.group().replace(" ", ""), text)
    if not text.isascii():
        text = _SHARE_FIRST.sub(r"\1%", text)
        text = _HAN_NUMBER.sub(lambda found: str(_han(found.group())), text)
        text = _TENTHS.sub(lambda found: f"{round(float(found[1]) * 10, 6):g}%", text)
        text = re.sub(r"(?<=[\d万亿億萬])[多余餘](?=[万亿億萬人名元美])", "", text)
    if _writes_comma(text):
        text = _DOTTED.sub(lambda found: found.group().replace(".", ""), text)
    return text


_GROUPED = late(r"(?<![\w.,:/-])\d{1,3}(?: \d{3})+(?![.,:]?\d)(?=\s|[^\W\d]|[.,;:!?)%€]|$)")
_SHARE_FIRST = late(r"百分之\s?([\d.]+|[一二三四五六七八九十百]+)%?")
_TENTHS = late(r"(\d(?:\.\d)?)(?:割(?!引)|成(?=[以的。，]|$))")
_DOTTED = late(r"(?<![\d.,])\d{1,3}(?:\.\d{3})+(?!\d|\.\d)")
_ENGLISH_WORDS = "the of and to is was were for with its at by from that will has had an"
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_COMMA_WORDS = (
    "der die das und den dem ein eine von für mit im auf zu ist nach soll werden hat el los "
    "las del en por para que una un y se su con ya le les des du et pour une au aux est sur "
    "il di che per della gli sono van het een voor met do da os em uma não com och att på til "
    "af"
)
_COMMA = frozenset(_COMMA_WORDS.split())


@kept(SENTENCES)
def _writes_comma(text: str) -> bool:
    """Whether the language writes 94.000 for ninety-four thousand, by its small words."""
    if "." not in text:
        return False
    found = re.findall(r"[^\W\d_]+", text.lower())
    own = sum(word in _COMMA for word in found)
    return own > sum(word in _ENGLISH for word in found)


@kept(SENTENCES)
def quantities(text: str) -> tuple[Quantity, ...]:
    """Every amount, share, span of time and count of a sentence, in order; dates are `dates`'."""
    text = folded(text)
    found = [*_amounts(_blanked(text)), *_spelled(text)]
    return tuple(sorted(found, key=lambda quantity: quantity.start))


def _blanked(text: str) -> str:
    """The text with its dates and times of day as spaces, so that `24 March` and `9:40` are no counts."""
    text = _CLOCK.sub(lambda found: " " * len(found.group()), text)
    for quantity in dates(text):
        text = text[: quantity.start] + " " * (quantity.end - quantity.start) + text[quantity.end :]
    return text


def _amounts(text: str) -> Iterator[Quantity]:
    position = 0
    while found := _next_amount(text, position):
        quantity, position = _read(found, text)
        if quantity is not None:
            yield quantity


def _next_amount(text: str, position: int) -> re.Match[str] | None:
    """The next number, also one that follows a letter of a script without spaces."""
    plain = _AMOUNT.search(text, position)
    glued = _CJK_AMOUNT_START.search(text, position)
    if glued and (plain is None or glued.end() < plain.start("number")):
        return _AMOUNT.search(
            text[: glued.end()].translate(_TO_SPACES) + text[glued.end() :], glued.end()
        )
    return plain


class _Spaces(dict[int, str]):
    def __missing__(self, _key: int) -> str:
        return " "


_TO_SPACES = _Spaces()


def _read(found: re.Match[str], text: str) -> tuple[Quantity | None, int]:
    """The quantity a match stands for, and where to go on reading."""
    mark, scale = (found["mark"] or "").strip().lower(), (found["scale"] or "").strip(" -.")
    factor = _factor(scale, money=bool(mark))
    value = _number(found["number"]) * (factor or 1)
    value += sum(_number(number) * JOINED_SCALES[s] for number, s in _parts(found["rest"]))
    end = found.end("rest") if factor or not scale else found.end("number")
    name = re.sub(r"^(?:\sde\s|\sd['’])|^[\s-]?(?:us[\s-])?", "", (found["name"] or "").lower())
    unit = NAMES.get(name) or (
        "cny" if mark == "¥" and scale in ("亿", "万亿") else MARKS.get(mark)
    )
    if found["name"] and (factor or not scale):
        end = found.end("name")
    if unit:
        return _quantity(unit, value, text, found.start(), end), end
    noun = (found["noun"] or "").strip(" -") if factor or not scale else ""
    return _count(found, value, noun, text, end), max(end, found.end("number"))


def _count(found: re.Match[str], value: float, noun: str, text: str, end: int) -> Quantity | None:
    """A number of something; versions (`Sora 2`) and bare years are none."""
    small = noun.lower()
    unit = TIMES.get(small) or TIMES.get(small.removesuffix("s"))
    if unit:
        stop = end + len(found["noun"])
        if text[stop : stop + 4] in ("-old", " old"):
            return None
        return _quantity(unit, value, text, found.start("number"), stop)
    named = re.search(r"[A-Z][\w]*[\s-]$", text[: found.start("number")])
    scaled = bool(found["scale"])
    if (named and not scaled and value < 100) or (not scaled and _is_year(found["number"])):
        return None
    counted = small.removesuffix("s") if noun.islower() and small not in SKIPPED_NOUNS else ""
    if value < 20 and not counted:
        return None
    return _quantity(counted or "n", value, text, found.start("number"), end, count=True)


def _quantity(
    unit: str, value: float, text: str, start: int, end: int, *, count: bool = False
) -> Quantity:
    value = round(value, 6)
    label = "n" if count and value >= 20 else unit
    return Quantity(
        unit=unit, value=value, key=f"{label}:{_shown(value)}", text=text[start:end].strip(" ."), start=start, end=end
    )  # fmt: skip


def _shown(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.6f}".rstrip("0")


def _spelled(text: str) -> Iterator[Quantity]:
    """Amounts in words: `billion-dollar`, `two years`, `one million`, `three of its instruments`, `a tenth of`."""
    if _has(text, _SCALES):
        yield from _spelled_amounts(text)
    for found in _SPELLED_TIME.finditer(text) if _has(text, SPACED_TIMES) else ():
        value = (SMALL | SMALL_ELSEWHERE)[found["small"].lower()]
        unit = SPACED_TIMES[found["noun"].lower()]
        yield _quantity(unit, value, text, found.start(), found.end())
    for found in _SECOND.finditer(text):
        value = _SECONDS.index(found["small"]) + 2
        yield _quantity(found["noun"], value, text, found.start(), found.end())
    for found in _SPELLED_COUNT.finditer(text) if _has(text, _SPELLED_OUT) else ():
        noun = found["noun"].lower()
        unit = TIMES.get(noun, noun.removesuffix("s"))
        if unit not in SPANS and unit not in WORD_SCALES and noun not in NAMES:
            value = SPELLED_NUMBERS[found["small"].lower()]
            yield _quantity(unit, value, text, found.start(), found.end(), count=True)
    for found in _SPELLED_SHARE.finditer(text):
        share = FRACTIONS[(found[1] or found[2]).lower()]
        yield _quantity("pct", share, text, found.start(), found.end())


def _spelled_amounts(text: str) -> Iterator[Quantity]:
    for found in _SPELLED.finditer(text):
        before = text[: found.start()]
        if before.endswith(("multi", "multi-")) or before.rstrip()[-1:].isdigit():
            continue
        small: float = SMALL.get((found["small"] or "one").lower(), 1)
        unit, value = NAMES[found["name"].lower()], small * WORD_SCALES[found["scale"].lower()]
        yield _quantity(unit, value, text, found.start(), found.end())
    for found in _SPELLED_MANY.finditer(text):
        small = {"half a": 0.5}.get(found["small"].lower()) or SPELLED_NUMBERS[found["small"].lower()]  # fmt: skip
        value = small * WORD_SCALES[found["scale"].lower()]
        yield _quantity("n", value, text, found.start(), found.end(), count=True)


def _factor(scale: str, *, money: bool) -> float | None:
    """What a scale multiplies by; a lower-case letter means one only after a currency sign (5m may be metres)."""
    if not scale:
        return None
    if scale.lower() in LETTERS and len(scale) == 1:
        return LETTERS[scale.lower()] if money or scale in "KMBT" else None
    return JOINED_SCALES.get(scale) or WORD_SCALES[scale.lower()]


def _parts(text: str) -> list[tuple[str, str]]:
    return re.findall(rf"(\d[\d,.]*)\s?({_any(JOINED_SCALES)})", text)


def _number(written: str) -> float:
    written = written.strip(".,")
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", written):
        return float(written.replace(",", ""))
    if re.fullmatch(r"\d{1,3}(\.\d{3}){2,}(,\d+)?", written):
        return float(written.replace(".", "").replace(",", "."))
    head, _, tail = written.replace(",", ".").partition(".")
    return float(f"{head[:18]}.{re.sub(r'[^0-9]', '', tail)[:6] or 0}")


def _is_year(written: str) -> bool:
    return len(written) == 4 and written.isdigit() and 1900 <= int(written) <= 2100


def _han(written: str) -> int:
    total, digit = 0, 0
    for char in written:
        if char in _HAN_SCALES:
            total, digit = total + (digit or 1) * _HAN_SCALES[char], 0
        else:
            digit = _HAN_DIGITS[char]
    return total + digit


# ---------------------------------------------------------------- dates

_MONTH_NAMES = (
    "january jan januar janvier enero janeiro января มกราคม",
    "february feb februar février febrero fevereiro февраля กุมภาพันธ์",
    "march mar märz mars marzo março марта มีนาคม",
    "april apr avril abril апреля เมษายน",
    "may mai mayo maio мая พฤษภาคม",
    "june jun juni juin junio junho июня มิถุนายน",
    "july jul juli juillet julio julho июля กรกฎาคม",
    "august aug août agosto августа สิงหาคม",
    "september sep sept septembre septiembre setembro сентября กันยายน",
    "october oct oktober octobre octubre outubro октября ตุลาคม",
    "november nov novembre noviembre novembro ноября พฤศจิกายน",
    "december dec dezember décembre diciembre dezembro декабря ธันวาคม",
)
_MONTHS = {
    name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()
}
_DATES = (
    late(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)\b"),
    late(r"(?:(?P<year>(?:19|20)\d\d)\s?[年년]\s?)?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日号號일]"),
    late(r"(?P<year>(?:19|20)\d\d)\s?[年년]\s?(?P<month>\d{1,2})\s?[月월](?!\s?\d)"),
    late(
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|º|er)?\s(?:de\s|of\s)?(?P<name>{_any(_MONTHS)})\b\.?"
        r"(?:,?\s(?:de\s)?(?P<year>(?:19|20)\d\d)\b)?",
        re.IGNORECASE,
    ),
    late(
        rf"\b(?P<name>{_any(_MONTHS)})\b\.?\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s?[%:])"
        r"(?:,?\s(?P<year>(?:19|20)\d\d)\b)?",
        re.IGNORECASE,
    ),
    late(rf"\b(?P<name>{_any(_MONTHS)})\b\.?,?\s(?:de\s)?(?P<year>(?:19|20)\d\d)\b", re.IGNORECASE),
    late(
        rf"\b(?:[Ii]n|[Ll]ast|[Tt]his|[Nn]ext|[Ss]ince|[Bb]y|[Uu]ntil|[Ee]arly|[Ll]ate|[Mm]id)[\s-]"
        rf"(?P<name>{'|'.join(names.split()[0].title() for names in _MONTH_NAMES)})\b"
    ),
    late(r"(?<![\w.,$€£-])(?P<year>(?:19|20)\d\d)(?:[年년]|(?![\w,]|\.\d|\s?%))"),
)  # fmt: skip


_IN_DIGITS = (*_DATES[:3], _DATES[-1])  # what needs no month's name


def _has(text: str, names: Iterable[str]) -> bool:
    """Whether any of these is in it, in either case: a fiftieth of what a pattern of them all takes."""
    low = text.lower()
    for name in names:  # noqa: SIM110 - twice as quick as any() of a generator
        if name in low:
            return True
    return False


@kept(SENTENCES)
def dates(text: str) -> tuple[Quantity, ...]:
    """Days, months and years named in a sentence. The year of a full date is not part of its key."""
    text = folded(text)
    found: list[Quantity] = []
    for pattern in _DATES if _has(text, _MONTHS) else _IN_DIGITS:
        for match in pattern.finditer(text):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            if date := _date(match):
                found.append(date)
    return tuple(sorted(found, key=lambda quantity: quantity.start))


def _date(match: re.Match[str]) -> Quantity | None:
    parts = match.groupdict()
    month = int(parts.get("month") or _MONTHS.get((parts.get("name") or "").lower(), 0))
    day, year = int(parts.get("day") or 0), int(parts.get("year") or 0)
    if month > 12 or day > 31 or not (month or year):
        return None
    key = f"date:{month:02d}-{day:02d}" if day else f"date:{month:02d}" if month else f"date:{year}"
    value = float(year * 10000 + month * 100 + day)
    return Quantity(
        unit="date", value=value, key=key, text=match.group().strip(), start=match.start(), end=match.end()
    )  # fmt: skip


_WEEKDAYS = (
    "monday montag lundi lunes segunda-feira понедельник 周一 星期一 月曜 월요일",
    "tuesday dienstag mardi martes terça-feira вторник 周二 星期二 火曜 화요일",
    "wednesday mittwoch mercredi miércoles quarta-feira среду 周三 星期三 水曜 수요일",
    "thursday donnerstag jeudi jueves quinta-feira четверг 周四 星期四 木曜 목요일",
    "friday freitag vendredi viernes sexta-feira пятницу 周五 星期五 金曜 금요일",
    "saturday samstag samedi sábado субботу 周六 星期六 土曜 토요일",
    "sunday sonntag dimanche domingo воскресенье 周日 星期日 日曜 일요일",
)
_WEEKDAY = {name: number for number, day in enumerate(_WEEKDAYS) for name in day.split()}
_DAY_NAMED = late(
    "|".join(rf"\b{name}\b" if name < "\u3000" else name for name in _WEEKDAY), re.IGNORECASE
)


def weekdays(text: str) -> tuple[Quantity, ...]:
    """Days of the week named in a sentence: `weekday:0` is Monday."""
    text = folded(text)
    if not _has(text, _WEEKDAY):
        return ()
    found = ((_WEEKDAY[match.group().lower()], match) for match in _DAY_NAMED.finditer(text))
    return tuple(
        Quantity(
            unit="weekday", value=day, key=f"weekday:{day}", text=match.group(), start=match.start(), end=match.end()
        )
        for day, match in found
    )  # fmt: skip
