"""Dates as feeds and pages write them: machine forms, and the written forms of many languages.

A wrong date is worse than none: what has two readings (03/04/2026) or no year is None, and nothing is
guessed from the clock.
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1990, 2100
LONGEST = 200  # characters: a written date is short, prose is not a date

# Where languages disagree the more widely read one stands: `listopad` is Polish and Czech November (Croatian October).
_MONTHS = (
    "january jan januar janner janvier janv enero ene janeiro gener gennaio gen ianuarie ian januari"
    " tammikuuta tammikuu tammi jaanuar janvaris sausio styczen stycznia sty leden ledna led januara januarja"
    " januarius январь января янв січень січня січ януари јануар ιανουαριου ιανουαριος ιαν ocak oca"
    " yanvar มกราคม ม.ค. ม.ค يناير ינואר בינואר जनवरी",
    "february feb februar feber fevrier fevr febrero fevereiro fev febrer febbraio febr februarie februari"
    " helmikuuta helmikuu helmi veebruar februaris vasario luty lutego lut unor unora februara februarja"
    " февраль февраля фев февр лютий лютого лют февруари фебруар φεβρουαριου φεβρουαριος φεβ subat sub"
    " fevral กุมภาพันธ์ ก.พ. ก.พ فبراير פברואר בפברואר फरवरी فيفري",
    "march mar marz maerz mrz mars marzo março marco marc martie maart mrt marts maaliskuuta maaliskuu maalis"
    " martsi kovo marzec marca brezen brezna bre marec marcius март марта мар березень березня бер"
    " μαρτιου μαρτιος μαρ mart maret mac มีนาคม มี.ค. มี.ค مارس מרץ במרץ मार्च",
    "april apr avril avr abril abr aprile aprilie huhtikuuta huhtikuu huhti aprill aprilis balandzio kwiecien"
    " kwietnia kwi duben dubna dub aprila aprilja апрель апреля апр квітень квітня квіт април απριλιου απριλιος απρ"
    " nisan nis aprel เมษายน เม.ย. เม.ย أبريل ابريل אפריל באפריל अप्रैल نيسان أفريل",
    "may mai mayo maio maig maggio mag mei maj maja toukokuuta toukokuu touko maijs geguzes kveten kvetna kve majus"
    " май мая травень травня трав мај μαιου μαιος μαι mayis พฤษภาคม พ.ค. พ.ค مايو מאי במאי मई",
    "june jun juni juin junio junho juny giugno giu iunie iun kesakuuta kesakuu kesa juuni junijs birzelio"
    " czerwiec czerwca cze cerven cervna juna junija junius июнь июня июн червень червня черв юни јун ιουνιου"
    " ιουνιος ιουν haziran haz iyun มิถุนายน มิ.ย. มิ.ย يونيو יוני ביוני जून حزيران جوان",
    "july jul juli juillet juil julio julho juliol luglio lug iulie iul heinakuuta heinakuu heina juuli julijs"
    " liepos lipiec lipca lip cervenec cervence jula julija julius июль июля июл липень липня лип юли јул ιουλιου"
    " ιουλιος ιουλ temmuz tem iyul julai กรกฎาคม ก.ค. ก.ค يوليو יולי ביולי जुलाई تموز جويلية",
    "august aug aout agosto ago agost augustus elokuuta elokuu elo augusts rugpjucio sierpien sierpnia sie srpen"
    " srpna augusta avgusta avg augusztus август августа авг серпень серпня серп αυγουστου αυγουστος αυγ"
    " agustos agu avqust agustus agt ogos สิงหาคม ส.ค. ส.ค أغسطس אוגוסט באוגוסט अगस्त أوت",
    "september sep sept septembre septiembre set setiembre setembro setembre settembre sett septembrie syyskuuta"
    " syyskuu syys septembris rugsejo wrzesien wrzesnia wrz zari septembra szeptember szept сентябрь сентября сен"
    " сент вересень вересня вер септември септембар σεπτεμβριου σεπτεμβριος σεπ eylul eyl sentyabr กันยายน ก.ย. ก.ย"
    " سبتمبر ספטמבר בספטמבר सितंबर सितम्बर أيلول",
    "october oct oktober okt octobre octubre outubro out ottobre ott octombrie lokakuuta lokakuu loka oktoober"
    " oktobris spalio pazdziernik pazdziernika paz rijen rijna rij oktobra октябрь октября окт жовтень жовтня жовт"
    " октомври октобар οκτωβριου οκτωβριος οκτ ekim eki oktyabr ตุลาคม ต.ค. ต.ค أكتوبر אוקטובר באוקטובר अक्टूबर",
    "november nov novembre noviembre novembro noiembrie noi marraskuuta marraskuu marras novembris lapkricio listopad"
    " listopada listopadu lis novembra ноябрь ноября ноя нояб листопад листопада лист ноември новембар νοεμβριου"
    " νοεμβριος νοε kasim kas noyabr nop พฤศจิกายน พ.ย. พ.ย نوفمبر נובמבר בנובמבר नवंबर नवम्बर",
    "december dec dezember dez decembre diciembre dic dezembro desembre des dicembre decembrie joulukuuta joulukuu"
    " joulu detsember decembris gruodzio grudzien grudnia gru prosinec prosince pro decembra desember декабрь декабря"
    " дек грудень грудня груд декември децембар δεκεμβριου δεκεμβριος δεκ aralik ara dekabr desember ธันวาคม ธ.ค. ธ.ค"
    " ديسمبر דצמבר בדצמבר दिसंबर दिसम्बर",
)

_EAST = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}
# Minutes east of Greenwich. RFC 822 fixes the American ones; `IST` is read as India's, where it is written daily.
_ZONES = {
    "Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0, "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420,
    "MDT": -360, "PST": -480, "PDT": -420, "AKST": -540, "AKDT": -480, "HST": -600, "BRT": -180, "ART": -180,
    "BST": 60, "WEST": 60, "CET": 60, "MEZ": 60, "CEST": 120, "MESZ": 120, "EET": 120, "SAST": 120, "EEST": 180,
    "MSK": 180, "МСК": 180, "TRT": 180, "IST": 330, "ICT": 420, "WIB": 420, "HKT": 480, "SGT": 480, "PHT": 480,
    "AWST": 480, "JST": 540, "KST": 540, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780,
}  # fmt: skip


def _plain(text: str) -> str:
    """Lower case, ASCII digits, Latin, Greek and Cyrillic letters without accents, one space."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("ı", "i").replace("−", "-")
    text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    bare = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", text))
    return " ".join(unicodedata.normalize("NFC", bare).split())


@cache
def _month_numbers() -> dict[str, int]:
    return {
        _plain(name): number for number, names in enumerate(_MONTHS, 1) for name in names.split()
    }


_DAY = r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th|er|re|e|[ºª]|o)?(?!\d)[.,]?"
_YEAR = r"(?<!\d)(?:(?P<year>(?:19|2\d)\d\d)(?![\d:])|'?(?P<short>\d{2})(?=$|[,)]|\s+\d{1,2}:\d\d))"
_FULL = r"(?<!\d)(?P<year>(?:19|2\d)\d\d)(?![\d:])"  # an offset such as -0800 is no year
_JOIN = r"[\s\-/.,]*(?:(?:de|del|di|da|of|den)\b\s*)?"


@cache  # a fifteenth of what `fetch` took to start; most dates are written for machines
def _written() -> tuple[re.Pattern[str], ...]:
    """The first that fits wins; each names year, month and day. Where the figures could be in either order, see _figures."""
    names = "|".join(sorted(map(re.escape, _month_numbers()), key=len, reverse=True))
    month = rf"(?<![^\W\d_])(?P<month>{names})(?![^\W\d_])\.?"
    patterns = (
        rf"{_DAY}{_JOIN}{month}(?:\s*/\s*(?:{names}))?{_JOIN}{_YEAR}",
        rf"{_FULL}[\s\-/.,]*{month}[\s\-/.,]*{_DAY}",
        rf"{month}[\s\-/.,]*{_DAY}(?P<between>\s*,?\s(?:at\s)?\d{{1,2}}:\d{{2}}[^,]{{0,20}}?)?[\s\-/,]+{_FULL}",
        r"(?<!\d)(?P<day>\d{1,2})\s*thang\s*(?P<month>\d{1,2})\s*(?:,|nam|/|-)?\s*(?P<year>\d{4})(?!\d)",
        r"(?<!\d)(?P<year>\d{4})\s*[年년]\s*(?P<month>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日일]?",
        r"(?<!\d)(?P<year>\d{4})(?P<sep>\s?[-/.]\s?)(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?!\d)",
        r"(?<![\d.,])(?P<year>19\d\d|2[015]\d\d)(?P<month>\d\d)(?P<day>\d\d)(?=t|$|\s|\d{4}$|\d{6}$)",
    )
    return tuple(map(re.compile, patterns))


_FIGURES = re.compile(
    r"(?<![\d/.-])(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?![\d/-])(?!\.\d)"
)
_CLOCKS = tuple(
    re.compile(pattern)
    for pattern in (
        r"^\s*t?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?:[.,](?P<part>\d+))?(?=$|[z\s+-])",
        r"^\s*t(?P<hour>\d\d)(?=$|[z+-])",
        r"(?P<before>午前|上午|오전|午後|下午|오후)?\s?(?<![\d:.])(?P<hour>\d{1,2})\s?[時时点點시]\s?(?:(?P<minute>\d{1,2})(?!\d))?",
        r"(?P<before>午前|上午|오전|午後|下午|오후)?\s?(?<![\d:.+-])(?P<hour>\d{1,2})(?:[:.]|\s?h\s?)(?P<minute>\d\d)"
        r"(?:[:.](?P<second>\d\d)(?:[.,](?P<part>\d+))?)?(?!\d)\s*(?P<after>[ap]\.?\s?m\b\.?)?",
        r"(?<![\d:.])(?P<hour>\d{1,2})\s*(?P<after>[ap]\.?m\b\.?)",
        r"(?<![\d:.])(?P<hour>\d{1,2})\s?(?:h|uhr)\b",
    )
)
_MACHINE = re.compile(
    r"[12]\d{3}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?", re.ASCII
)
_AFTERNOON = frozenset({"午後", "下午", "오후"})
_OFFSET = re.compile(r"(?:^|utc|gmt|[\s(])\s?([+-])(\d{1,2})(?::?(\d\d))?(?![\d:])")


def parse_date(text: str) -> datetime | None:
    """The moment a text states, with the offset it states (UTC where none); a bare day is its midnight.

    None for what is no date, has two readings, lacks the year, or lies outside 1990-2100. Never raises.
    """
    return None if len(text) > LONGEST else _parsed(text)


@lru_cache(maxsize=512)
def _parsed(text: str) -> datetime | None:
    """The same of a text that is not too long: what a page states in one place it often states in three."""
    if not any(map(str.isnumeric, text)):
        return None
    if _MACHINE.fullmatch(text) and (moment := _from_machine(text)) is not None:
        return moment
    plain = _plain(text)
    if re.fullmatch(r"\d{9,10}(\.\d+)?|[1-9]\d{12}|[6-9]\d{11}", plain):
        return _from_seconds(plain)
    day = _named(plain) or _figures(plain)
    if day is None:
        return None
    year, month, number, rest = day
    try:
        midnight = datetime(year, month, number, tzinfo=UTC)
    except ValueError:
        return None
    if not FIRST_YEAR <= year < LAST_YEAR:
        return None
    return _at_clock(midnight, rest)


def utc(moment: datetime) -> datetime:
    """The same moment in UTC; one without a zone is taken as UTC. Never raises: beyond the calendar is its edge."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        edge = datetime.min if moment.year == 1 else datetime.max  # noqa: DTZ901 - its zone follows
        return edge.replace(tzinfo=UTC)


def _from_machine(text: str) -> datetime | None:
    """The moment of the form that most machines write; None for a rare one, which is read the long way."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not FIRST_YEAR <= moment.year < LAST_YEAR:
        return None
    offset = moment.utcoffset()
    if offset is None:
        return moment.replace(tzinfo=UTC)
    return moment if abs(offset) < timedelta(hours=15) else None


def _from_seconds(digits: str) -> datetime | None:
    """Seconds or milliseconds since 1970."""
    whole, _, part = digits.partition(".")
    seconds = int(whole) if len(whole) < 12 else int(whole) // 1000
    micros = int((part + "000000")[:6]) if len(whole) < 12 else int(whole) % 1000 * 1000
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds, microseconds=micros)
    return moment if FIRST_YEAR <= moment.year < LAST_YEAR else None


def _named(plain: str) -> tuple[int, int, int, str] | None:
    """Year, month, day and the text around them, where their order is certain."""
    for pattern in _written():
        found = pattern.search(plain)
        if found:
            part = found.groupdict()
            month = _month_numbers().get(part["month"]) or int(part["month"])
            year = int(part["year"]) if part["year"] else _century(part["short"], part["month"])
            # After the day stands what may be its clock: first, so that it is read before anything else.
            rest = f"{plain[found.end() :]} {part.get('between') or ''} {plain[: found.start()]}"
            return _common_era(year), month, int(part["day"]), rest
    return None


def _figures(plain: str) -> tuple[int, int, int, str] | None:
    """24/03/2026 and the like, unless day and month could be changed over; with dots the day is always first."""
    found = _FIGURES.search(plain)
    if not found:
        return None
    first, separator, second = int(found[1]), found[2], int(found[3])
    if len(found[4]) == 2 and separator != ".":
        return None  # 24/03/26 is read as 2024 in one country and as 2026 in another
    year = _common_era(int(found[4])) if len(found[4]) == 4 else _century(found[4], "")
    rest = f"{plain[found.end() :]} {plain[: found.start()]}"
    if separator == "." or first > 12 or first == second:
        return year, second, first, rest
    return (year, first, second, rest) if second > 12 else None


def _century(short: str, month: str) -> int:
    """The year of two figures: RFC 850 dates, and Thai ones that count from the Buddha."""
    if re.search("[\u0e00-\u0e7f]", month):
        return int(short) + 2500 - 543
    return int(short) + (2000 if int(short) < 70 else 1900)


def _common_era(year: int) -> int:
    """Thai years are 543 ahead."""
    return year - 543 if year - 543 >= FIRST_YEAR else year


def _at_clock(midnight: datetime, rest: str) -> datetime | None:
    """That day's midnight moved to the time and zone which the rest of the text states."""
    for pattern in _CLOCKS:
        found = pattern.search(rest)
        if found and (since := _since_midnight(found.groupdict())) is not None:
            zone = _zone(rest[found.end() :], midnight + since)
            return (midnight + since).replace(tzinfo=zone)
    bare = re.match(r"\s*(z\b|[+-]\d)", rest)
    return midnight.replace(tzinfo=_zone(rest, midnight)) if bare else midnight


def _since_midnight(part: dict[str, str | None]) -> timedelta | None:
    hour, minute, second = (int(part.get(name) or 0) for name in ("hour", "minute", "second"))
    half = part.get("after") or ("p" if part.get("before") in _AFTERNOON else part.get("before"))
    if half and hour <= 12:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and minute):
        return None
    micros = int(((part.get("part") or "") + "000000")[:6])
    return timedelta(hours=hour, minutes=minute, seconds=min(second, 59), microseconds=micros)


def _zone(tail: str, wall: datetime) -> timezone:
    """The offset stated after a clock time; UTC where none is, or none that is known."""
    if found := _OFFSET.search(tail):
        minutes = int(found[2]) * 60 + int(found[3] or 0)
        if minutes <= 15 * 60:
            return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))
    for word in re.findall(r"[^\W\d_]+", tail)[:2]:
        name = word.upper()
        if name in _EAST:
            return timezone(wall.replace(tzinfo=ZoneInfo(_EAST[name])).utcoffset() or timedelta())
        if name in _ZONES:
            return timezone(timedelta(minutes=_ZONES[name]))
    return UTC
