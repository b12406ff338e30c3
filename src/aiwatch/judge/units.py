"""The words of amounts in many languages: currencies, shares, times, scales and numbers written out."""

MARKS = {
    "us$": "usd", "a$": "aud", "c$": "cad", "hk$": "hkd", "nt$": "twd", "s$": "sgd", "r$": "brl", "$": "usd",
    "€": "eur", "£": "gbp", "¥": "jpy", "₩": "krw", "₹": "inr", "฿": "thb", "₫": "vnd", "₽": "rub",
    "usd": "usd", "eur": "eur", "gbp": "gbp", "jpy": "jpy", "cny": "cny", "rmb": "cny", "krw": "krw", "inr": "inr",
    "thb": "thb", "rs": "inr", "chf": "chf",
}  # fmt: skip
NAMES = {
    "dollar": "usd", "dollars": "usd", "dólares": "usd", "доллар": "usd", "долларов": "usd", "us-dollar": "usd",
    "美元": "usd", "美金": "usd", "ドル": "usd", "달러": "usd", "ดอลลาร์": "usd",
    "euro": "eur", "euros": "eur", "евро": "eur", "欧元": "eur", "歐元": "eur", "ユーロ": "eur", "유로": "eur", "ยูโร": "eur",
    "pounds": "gbp", "英镑": "gbp", "ポンド": "gbp", "파운드": "gbp",
    "yen": "jpy", "円": "jpy", "日元": "jpy", "日圓": "jpy", "엔": "jpy", "เยน": "jpy",
    "yuan": "cny", "renminbi": "cny", "元": "cny", "人民币": "cny", "人民幣": "cny", "위안": "cny", "หยวน": "cny",
    "won": "krw", "원": "krw", "ウォン": "krw", "韩元": "krw", "วอน": "krw",
    "rupees": "inr", "rupee": "inr", "baht": "thb", "บาท": "thb", "рублей": "rub", "рубля": "rub", "руб": "rub",
    "kroner": "kr", "kronor": "kr", "kronen": "kr", "crowns": "kr", "francs": "chf", "franken": "chf", "pesos": "peso",
    "reais": "brl", "shillings": "shilling", "ringgit": "myr", "rupiah": "idr", "lira": "try", "złoty": "pln",
    "dollari": "usd", "libras": "gbp", "yenes": "jpy", "wones": "krw",
    "%": "pct", "percent": "pct", "per cent": "pct", "pct": "pct", "prozent": "pct", "pour cent": "pct",
    "por ciento": "pct", "por cento": "pct", "per cento": "pct", "procent": "pct", "процентов": "pct", "процента": "pct", "パーセント": "pct", "퍼센트": "pct", "เปอร์เซ็นต์": "pct",
}  # fmt: skip
SPACED_TIMES = {
    "second": "second", "sec": "second", "seconds": "second", "sekunden": "second", "secondes": "second", "segundos": "second",
    "minute": "minute", "minutes": "minute", "min": "minute", "minuten": "minute", "minutos": "minute", "минут": "minute",
    "hour": "hour", "hours": "hour", "hr": "hour", "hrs": "hour", "stunden": "hour", "heures": "hour", "horas": "hour",
    "часов": "hour", "часа": "hour",
    "day": "day", "days": "day", "tage": "day", "tagen": "day", "jours": "day", "días": "day", "dias": "day", "дней": "day",
    "week": "week", "weeks": "week", "wochen": "week", "semaines": "week", "semanas": "week", "недель": "week",
    "month": "month", "months": "month", "monate": "month", "monaten": "month", "mois": "month", "meses": "month",
    "месяцев": "month", "месяца": "month",
    "year": "year", "years": "year", "jahre": "year", "jahren": "year", "ans": "year", "années": "year", "años": "year",
    "anos": "year", "лет": "year", "года": "year",
    "people": "person", "persons": "person", "menschen": "person", "personen": "person", "personnes": "person",
    "personas": "person", "pessoas": "person", "человек": "person",
}  # fmt: skip
GLUED_TIMES = {
    "秒": "second", "초": "second", "วินาที": "second", "分钟": "minute", "分鐘": "minute", "분": "minute", "นาที": "minute",
    "小时": "hour", "小時": "hour", "時間": "hour", "시간": "hour", "ชั่วโมง": "hour", "天": "day", "日間": "day", "วัน": "day",
    "周": "week", "週間": "week", "주": "week", "个月": "month", "個月": "month", "か月": "month", "ヶ月": "month",
    "개월": "month", "เดือน": "month", "年": "year", "年間": "year", "년": "year", "ปี": "year",
    "人": "person", "名": "person", "명": "person", "คน": "person",
}  # fmt: skip
TIMES = SPACED_TIMES | GLUED_TIMES
WORD_SCALES = {
    "thousand": 1e3, "tausend": 1e3, "mil": 1e3, "тысяч": 1e3, "тысячи": 1e3, "million": 1e6, "millón": 1e6, "milhão": 1e6, "millions": 1e6, "mn": 1e6, "mio": 1e6, "billion": 1e9, "bn": 1e9,
    "trillion": 1e12, "tn": 1e12, "trn": 1e12, "millionen": 1e6, "milliarden": 1e9, "milliarde": 1e9, "mrd": 1e9,
    "milliard": 1e9, "milliards": 1e9, "billones": 1e12, "billionen": 1e12, "milioni": 1e6, "miliardi": 1e9, "miljoen": 1e6, "miljard": 1e9, "millones": 1e6, "mil millones": 1e9, "milhões": 1e6, "bilhões": 1e9,
    "тыс": 1e3, "млн": 1e6, "миллиона": 1e6, "миллионов": 1e6, "млрд": 1e9, "миллиарда": 1e9, "миллиардов": 1e9,
    "трлн": 1e12, "crore": 1e7, "lakh": 1e5,
}  # fmt: skip
JOINED_SCALES = {
    "万亿": 1e12, "萬億": 1e12, "兆": 1e12, "조": 1e12, "亿": 1e8, "億": 1e8, "억": 1e8, "千万": 1e7, "천만": 1e7,
    "百万": 1e6, "백만": 1e6, "万": 1e4, "萬": 1e4, "만": 1e4,
    "ล้านล้าน": 1e12, "แสนล้าน": 1e11, "หมื่นล้าน": 1e10, "พันล้าน": 1e9, "ล้าน": 1e6, "แสน": 1e5, "หมื่น": 1e4, "พัน": 1e3,
}  # fmt: skip
LETTERS = {"k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}
_SMALL_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen"
)
SMALL = {word: number for number, word in enumerate(_SMALL_WORDS.split(), start=1)}
_TEN_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS = {word: 10 * n for n, word in enumerate(_TEN_WORDS.split(), start=2)}
SPELLED_NUMBERS = (
    SMALL
    | _TENS
    | {f"{ten}-{one}": _TENS[ten] + SMALL[one] for ten in _TENS for one in _SMALL_WORDS.split()[:9]}
    | {f"{one} hundred": 100 * SMALL[one] for one in _SMALL_WORDS.split()[:9]}
    | {"a hundred": 100, "two dozen": 24, "a dozen": 12}
)
SMALL_ELSEWHERE = {
    word: number
    for line in (
        "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
        "deux trois quatre cinq six sept huit neuf dix onze douze",
        "dos tres cuatro cinco seis siete ocho nueve diez once doce",
        "due tre quattro cinque sei sette otto nove dieci undici dodici",
        "dois três quatro cinco seis sete oito nove dez onze doze",
        "два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать",
    )
    for number, word in enumerate(line.split(), start=2)
}
FRACTIONS = {"half": 50, "third": 100 / 3, "quarter": 25, "fifth": 20, "tenth": 10}
MONEY = frozenset({*MARKS.values(), *NAMES.values()} - {"pct"})
"""The units that are currencies."""
UNIT_WORDS = frozenset({*WORD_SCALES, *NAMES})
"""The words of amounts, lower case; German writes them like names."""
SPANS = frozenset(("second", "minute", "hour", "day", "week", "month", "year"))
"""The units of time."""
_NO_NOUNS = (
    "a an and as at but by for from in into is it its of on or than that the their them then there they this to was "
    "were when which while who will with would have has had are be not also after before more less per"
)
SKIPPED_NOUNS = frozenset(_NO_NOUNS.split())
