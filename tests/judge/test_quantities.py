"""Numbers with units, and dates, as many languages write them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.judge.quantities import dates, folded, quantities, weekdays

AMOUNTS = [
    ("made $1.4 million, while the other earned $1.9 billion", "usd:1400000 usd:1900000000"),
    ("its billion-dollar deal", "usd:1000000000"),
    ("a two billion dollars plan", "usd:2000000000"),
    ("a multibillion-dollar deal", ""),
    ("a $1-billion deal, a $500k fee, a $5m fine", "usd:1000000000 usd:500000 usd:5000000"),
    ("US$ 15 million a day", "usd:15000000"),
    ("1.47 trillion won", "krw:1470000000000"),
    ("1조4700억원 규모", "krw:1470000000000"),
    ("约10亿美元的投资", "usd:1000000000"),
    ("十亿美元", "usd:1000000000"),
    ("训练成本约1.2亿元", "cny:120000000"),
    ("¥1.5亿", "cny:150000000"),
    ("14億7000万円", "jpy:1470000000"),
    ("1,4 Milliarden Euro", "eur:1400000000"),
    ("1.234.567 Euro", "eur:1234567"),
    ("1\u00a0400\u00a0000 Euro", "eur:1400000"),
    ("1,5 млрд рублей", "rub:1500000000"),
    ("รายได้ 1.4 ล้านดอลลาร์", "usd:1400000"),
    ("12% of users, then 12.5 percent, then 百分之 40%", "pct:12 pct:12.5 pct:40"),
    ("less than two years after", "year:2"),
    ("25-second clips, 120秒", "second:25 second:120"),
    ("3个月内, 3か月, 3개월, 3 เดือน", "month:3 month:3 month:3 month:3"),
    ("300 employees and 12,000 films", "n:300 n:12000"),
    ("11 outlets", "outlet:11"),
    ("Sora 2 costs $20", "usd:20"),
    ("about 5m away", ""),
    ("7B parameters", "n:7000000000"),
    ("at the age of 5", ""),
    ("rose to 300", "n:300"),
    ("on 24 March 2026 and in 2028", ""),
    ("at 9:40 and 19:30", ""),
    ("a 45-year-old and a child 3 years old", ""),
    ("no number at all", ""),
    ("1.200 Stellen und 94.000 Euro in der Stadt", "n:1200 eur:94000"),
    ("costará 2.300 empleos y 1.800 millones de euros en la ciudad", "n:2300 eur:1800000000"),
    ("1,2 million d'euros et 74 millions d’euros", "eur:1200000 eur:74000000"),
    ("310 000 euros", "eur:310000"),
    ("340 млн рублей и 1 200 км", "rub:340000000 n:1200"),
    ("quatre ans, drei Jahre, cinco meses, два года", "year:4 year:3 month:5 year:2"),
    ("fourteen engineers, thirty-five ships, nine hundred workers", "engineer:14 n:35 n:900"),
    ("one million users, then half a million", "n:1000000 n:500000"),
    ("three of its instruments and one of them", "instrument:3"),
    ("a second death, in its second quarter", "death:2"),
    ("a tenth of them and half of the rest", "pct:10 pct:50"),
    ("两百多人受伤", "person:200"),
    ("百分之四十的用户", "pct:40"),
    ("売上の4割を占める", "pct:40"),
    ("32억원, 31만명", "krw:3200000000 person:310000"),
    ("25 minivans", "n:25"),
    ("900 million kroner", "kr:900000000"),
    ("2.5 percent of the 1.234 tested", "pct:2.5 tested:1.234"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "keys"), AMOUNTS)
def test_an_amount_is_the_same_however_it_is_written(text: str, keys: str) -> None:
    assert " ".join(quantity.key for quantity in quantities(text)) == keys


DATES = [
    ("on March 24, 2026", "date:03-24"),
    ("24 March, then 24th of April", "date:03-24 date:04-24"),
    ("2026-03-24", "date:03-24"),
    ("2026年3月24日に発表", "date:03-24"),
    ("3월 24일", "date:03-24"),
    ("am 24. März 2026", "date:03-24"),
    ("le 24 mars", "date:03-24"),
    ("el 24 de marzo de 2026", "date:03-24"),
    ("24 марта", "date:03-24"),
    ("24 มีนาคม", "date:03-24"),
    ("Last December they may sign", "date:12"),
    ("in March 2027", "date:03"),
    ("by 2028", "date:2028"),
    ("2024年", "date:2024"),
    ("le 1er novembre, am 18. Oktober, el 5 de junio", "date:11-01 date:10-18 date:06-05"),
    ("2028年6月投产", "date:06"),
    ("99 March", ""),
    ("2026-13-45", "date:2026"),
    ("$2025 and 2,025 and 2025.5", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "keys"), DATES)
def test_a_date_is_the_same_however_it_is_written(text: str, keys: str) -> None:
    assert " ".join(quantity.key for quantity in dates(text)) == keys


def test_days_of_the_week_are_numbered_from_monday() -> None:
    found = weekdays("Montag, jueves, on Friday, 日曜日, 수요일")
    assert [day.key for day in found] == [
        "weekday:0", "weekday:3", "weekday:4", "weekday:6", "weekday:2",
    ]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="0123456789.,$€%亿万兆 mbk年月日 a十百", max_size=60))
def test_no_text_breaks_it_and_every_place_is_in_the_text(text: str) -> None:
    for quantity in (*quantities(text), *dates(text)):
        assert folded(text)[quantity.start : quantity.end].strip(" .") == quantity.text
