"""Numbers that outlets disagree on."""

import pytest

from aiwatch.judge.figures import figures
from tests.judge.telling import member, story

DIFFER: list[tuple[str, str, str, list[tuple[str, list[str]]]]] = [
    ("cost a day", "Running Lumen cost $1 million a day.", "At its peak Lumen burned about $15 million a day.", [("Lumen, cost a day", ["$1 million", "$15 million"])]),
    ("revenue", "In all Lumen made $1.4 million in revenue.", "The revenue of Lumen reached $2.1 million.", [("Lumen, revenue", ["$1.4 million", "$2.1 million"])]),
    ("in German", "Insgesamt hatte Lumen einen Umsatz von 1,4 Millionen Euro.", "Der Umsatz von Lumen lag bei 2,1 Millionen Euro.", [("Lumen, revenue", ["1,4 Millionen Euro", "2,1 Millionen Euro"])]),
    ("in two languages", "En total Lumen tuvo ingresos de 1,4 millones de euros.", "The revenue of Lumen reached 2.1 million euros.", [("Lumen, revenue", ["1,4 millones de euros", "2.1 million euros"])]),
    ("rounding", "In all Lumen made $1.47 million in revenue.", "The revenue of Lumen reached $1.5 million.", []),
    ("a hedge", "In all Lumen made more than $1.2 million in revenue.", "The revenue of Lumen reached $1.5 million.", []),
    ("another name", "In all Lumen made $1.4 million in revenue.", "The revenue of Pellucid reached $2.1 million.", []),
    ("another unit", "In all Lumen made $1.4 million in revenue.", "The revenue of Lumen reached 2.1 million euros.", []),
    ("another time", "Lumen made $1.4 million in revenue in 2024.", "In 2025 Lumen made $2.1 million in revenue.", []),
    ("another measure", "In all Lumen made $1.4 million in revenue.", "The loss of Lumen reached $2.1 million.", []),
    ("per another time", "Running Lumen cost $1 million a day.", "Running Lumen cost $15 million monthly.", []),
    ("no measure", "Somebody at Lumen named $1 million.", "Somebody at Lumen named $3 million.", []),
    ("both in one outlet", "In all Lumen made $1.4 million in revenue. The revenue of Lumen reached $2.1 million, others say.", "The revenue of Lumen reached $2.1 million.", []),
    ("spans of time", "The deal with Lumen ran for three years.", "The deal with Lumen ran for five years.", []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "one", "two", "expected"), DIFFER, ids=[case[0] for case in DIFFER]
)
def test_figures_differ_only_where_they_do(
    what: str, one: str, two: str, expected: list[tuple[str, list[str]]]
) -> None:
    found = figures(story(member(1, one), member(2, two)))
    assert [
        (figure.what, [value for value, _, _ in figure.values]) for figure in found
    ] == expected, what


def test_an_outlet_does_not_differ_from_itself() -> None:
    one, two = member(1, DIFFER[1][1], outlet="A"), member(2, DIFFER[1][2], outlet="A")
    assert figures(story(one, two)) == ()
