"""Numbers with their units, and dates, as written in many languages → values that compare.

`$1.4 million`, `1,4 Mio. Dollar` and `140万美元` all give `usd:1400000`. Currencies are never converted: what an
outlet wrote in won stays won.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """One number of a text. `unit` is a currency code, `pct`, a time unit, `date`, or the noun counted."""

    unit: str
    value: float
    key: str  # compares: `usd:1400000`, `pct:12`, `year:2`, `n:300`, `date:03-24`
    text: str  # as written
    start: int  # in the text as `folded` gives it
    end: int


_MARKS = {
    "us$": "usd", "a$": "aud", "c$": "cad", "hk$": "hkd", "nt$": "twd", "s$": "sgd", "r$": "brl", "$": "usd",
    "€": "eur", "£": "gbp", "¥": "jpy", "₩": "krw", "₹": "inr", "฿": "thb", "₫": "vnd", "₽": "rub",
    "usd": "usd", "eur": "eur", "gbp": "gbp", "jpy": "jpy", "cny": "cny", "rmb": "cny", "krw": "krw", "inr": "inr",
    "thb": "thb", "rs": "inr",
}  # fmt: skip
_NAMES = {
    "dollar": "usd", "dollars": "usd", "dólares": "usd", "доллар": "usd", "долларов": "usd", "us-dollar": "usd",
    "美元": "usd", "美金": "usd", "ドル": "usd", "달러": "usd", "ดอลลาร์": "usd",
    "euro": "eur", "euros": "eur", "евро": "eur", "欧元": "eur", "歐元": "eur", "ユーロ": "eur", "유로": "eur", "ยูโร": "eur",
    "pounds": "gbp", "英镑": "gbp", "ポンド": "gbp", "파운드": "gbp",
    "yen": "jpy", "円": "jpy", "日元": "jpy", "日圓": "jpy", "엔": "jpy", "เยน": "jpy",
    "yuan": "cny", "renminbi": "cny", "元": "cny", "人民币": "cny", "人民幣": "cny", "위안": "cny", "หยวน": "cny",
    "won": "krw", "원": "krw", "ウォン": "krw", "韩元": "krw", "วอน": "krw",
    "rupees": "inr", "rupee": "inr", "baht": "thb", "บาท": "thb", "рублей": "rub", "руб": "rub",
    "%": "pct", "percent": "pct", "per cent": "pct", "pct": "pct", "prozent": "pct", "pour cent": "pct",
    "por ciento": "pct", "процентов": "pct", "パーセント": "pct", "퍼센트": "pct", "เปอร์เซ็นต์": "pct",
}  # fmt: skip
_TIMES = {
    "second": "second", "sec": "second", "秒": "second", "초": "second", "วินาที": "second",
    "minute": "minute", "min": "minute", "分钟": "minute", "分鐘": "minute", "분": "minute", "นาที": "minute",
    "hour": "hour", "hr": "hour", "小时": "hour", "小時": "hour", "時間": "hour", "시간": "hour", "ชั่วโมง": "hour",
    "day": "day", "天": "day", "日間": "day", "วัน": "day", "week": "week", "周": "week", "週間": "week", "주": "week",
    "month": "month", "个月": "month", "個月": "month", "か月": "month", "ヶ月": "month", "개월": "month", "เดือน": "month",
    "year": "year", "年": "year", "年間": "year", "년": "year", "ปี": "year",
    "人": "person", "名": "person", "명": "person", "คน": "person", "people": "person",
}  # fmt: skip
_WORD_SCALES = {
    "thousand": 1e3, "million": 1e6, "millions": 1e6, "mn": 1e6, "mio": 1e6, "billion": 1e9, "bn": 1e9,
    "trillion": 1e12, "tn": 1e12, "trn": 1e12, "millionen": 1e6, "milliarden": 1e9, "milliarde": 1e9, "mrd": 1e9,
    "milliard": 1e9, "milliards": 1e9, "millones": 1e6, "mil millones": 1e9, "milhões": 1e6, "bilhões": 1e9,
    "тыс": 1e3, "млн": 1e6, "миллиона": 1e6, "миллионов": 1e6, "млрд": 1e9, "миллиарда": 1e9, "миллиардов": 1e9,
    "трлн": 1e12, "crore": 1e7, "lakh": 1e5,
}  # fmt: skip
_JOINED_SCALES = {
    "万亿": 1e12, "萬億": 1e12, "兆": 1e12, "조": 1e12, "亿": 1e8, "億": 1e8, "억": 1e8, "千万": 1e7, "천만": 1e7,
    "百万": 1e6, "백만": 1e6, "万": 1e4, "萬": 1e4, "만": 1e4,
    "ล้านล้าน": 1e12, "แสนล้าน": 1e11, "หมื่นล้าน": 1e10, "พันล้าน": 1e9, "ล้าน": 1e6, "แสน": 1e5, "หมื่น": 1e4, "พัน": 1e3,
}  # fmt: skip
_LETTERS = {"k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}
_SMALL_WORDS = "one two three four five six seven eight nine ten eleven twelve"
_SMALL = {word: number for number, word in enumerate(_SMALL_WORDS.split(), start=1)}
_NO_NOUNS = (
    "a an and as at but by for from in into is it its of on or than that the their them then there they this to was "
    "were when which while who will with would have has had are be not also after before more less per"
)
_SKIPPED_NOUNS = frozenset(_NO_NOUNS.split())


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?|\d+(?:[.,]\d+)?"
_AMOUNT = re.compile(
    rf"""(?<![\w.,])(?P<mark>(?:{_any(_MARKS)})\s?)?
    (?<!\d)(?P<number>{_NUMBER})
    (?P<scale>\s?(?:{_any(_JOINED_SCALES)})|[\s-]?(?:{_any(_WORD_SCALES)})(?!\w)\.?|[kKmMbBtT](?![\w]))?
    (?P<rest>(?:\s?\d[\d,.]*\s?(?:{_any(_JOINED_SCALES)}))*)
    (?P<name>[\s-]?(?:US[\s-])?(?:{_any(_NAMES)}))?
    (?P<noun>[\s-]?(?:{_any(_TIMES)})s?|[\s-][^\W\d_]+)?""",
    re.IGNORECASE | re.VERBOSE,
)
_CLOCK = re.compile(r"\b\d{1,2}:\d\d(?::\d\d)?\b")
_CJK_AMOUNT_START = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af](?=\d)")
_SPELLED = re.compile(
    rf"\b(?:(?P<small>a|{_any(_SMALL)})[\s-])?(?P<scale>thousand|million|billion|trillion)[\s-]"
    rf"(?P<name>dollars?|euros?|pounds|yen|yuan|won)\b",
    re.IGNORECASE,
)
_SPELLED_TIME = re.compile(
    rf"\b(?P<small>{_any(_SMALL)})[\s-](?P<noun>second|minute|hour|day|week|month|year)s?\b",
    re.IGNORECASE,
)
_HAN_NUMBER = re.compile(
    r"[一二两兩三四五六七八九十百千]+(?=[多余餘]?[万亿億萬兆]|美元|元|人|年(?!代)|个月|個月|天)"
)
_HAN_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {
    "两": 2,
    "兩": 2,
}
_HAN_SCALES = {"十": 10, "百": 100, "千": 1000}


def folded(text: str) -> str:
    """The text as the patterns here read it: NFKC, digit groups without their spaces, Han numbers as digits."""
    text = re.sub(r"(?<=\d)[\u00a0\u202f\u2009](?=\d{3}(?!\d))", "", text)
    text = unicodedata.normalize("NFKC", text)
    return _HAN_NUMBER.sub(lambda found: str(_han(found.group())), text)


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
    value += sum(_number(number) * _JOINED_SCALES[s] for number, s in _parts(found["rest"]))
    end = found.end("rest") if factor or not scale else found.end("number")
    name = re.sub(r"^[\s-]?(us[\s-])?", "", (found["name"] or "").lower())
    unit = _NAMES.get(name) or (
        "cny" if mark == "¥" and scale in ("亿", "万亿") else _MARKS.get(mark)
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
    unit = _TIMES.get(small) or _TIMES.get(small.removesuffix("s"))
    if unit:
        stop = end + len(found["noun"])
        if text[stop : stop + 4] in ("-old", " old"):
            return None
        return _quantity(unit, value, text, found.start("number"), stop)
    named = re.search(r"[A-Z][\w]*[\s-]$", text[: found.start("number")])
    scaled = bool(found["scale"])
    if (named and not scaled and value < 100) or (not scaled and _is_year(found["number"])):
        return None
    counted = small.removesuffix("s") if noun.islower() and small not in _SKIPPED_NOUNS else ""
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
    """`billion-dollar`, `two years`."""
    for found in _SPELLED.finditer(text):
        if (
            text[: found.start()].endswith(("multi", "multi-"))
            or text[: found.start()].rstrip()[-1:].isdigit()
        ):
            continue
        value = (
            _SMALL.get((found["small"] or "one").lower(), 1) * _WORD_SCALES[found["scale"].lower()]
        )
        yield _quantity(_NAMES[found["name"].lower()], value, text, found.start(), found.end())
    for found in _SPELLED_TIME.finditer(text):
        value = _SMALL[found["small"].lower()]
        yield _quantity(found["noun"].lower(), value, text, found.start(), found.end())


def _factor(scale: str, *, money: bool) -> float | None:
    """What a scale multiplies by; a lower-case letter means one only after a currency sign (5m may be metres)."""
    if not scale:
        return None
    if scale.lower() in _LETTERS and len(scale) == 1:
        return _LETTERS[scale.lower()] if money or scale in "KMBT" else None
    return _JOINED_SCALES.get(scale) or _WORD_SCALES[scale.lower()]


def _parts(text: str) -> list[tuple[str, str]]:
    return re.findall(rf"(\d[\d,.]*)\s?({_any(_JOINED_SCALES)})", text)


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
    re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)\b"),
    re.compile(r"(?:(?P<year>(?:19|20)\d\d)\s?[年년]\s?)?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日号號일]"),
    re.compile(
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|º|er)?\s(?:de\s|of\s)?(?P<name>{_any(_MONTHS)})\b\.?"
        r"(?:,?\s(?:de\s)?(?P<year>(?:19|20)\d\d)\b)?",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?P<name>{_any(_MONTHS)})\b\.?\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s?[%:])"
        r"(?:,?\s(?P<year>(?:19|20)\d\d)\b)?",
        re.IGNORECASE,
    ),
    re.compile(rf"\b(?P<name>{_any(_MONTHS)})\b\.?,?\s(?:de\s)?(?P<year>(?:19|20)\d\d)\b", re.IGNORECASE),
    re.compile(
        rf"\b(?:[Ii]n|[Ll]ast|[Tt]his|[Nn]ext|[Ss]ince|[Bb]y|[Uu]ntil|[Ee]arly|[Ll]ate|[Mm]id)[\s-]"
        rf"(?P<name>{'|'.join(names.split()[0].title() for names in _MONTH_NAMES)})\b"
    ),
    re.compile(r"(?<![\w.,$€£-])(?P<year>(?:19|20)\d\d)(?:[年년]|(?![\w,]|\.\d|\s?%))"),
)  # fmt: skip


def dates(text: str) -> tuple[Quantity, ...]:
    """Days, months and years named in a sentence. The year of a full date is not part of its key."""
    text = folded(text)
    found: list[Quantity] = []
    for pattern in _DATES:
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
