"""Names as they stand in bylines, and the people in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiwatch.text.bylines import clean_names, is_outlet


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        ("By Mira Oduya", ["Mira Oduya"]),
        ("Mira Oduya and Tom Brandt", ["Mira Oduya", "Tom Brandt"]),
        ("Mira Oduya, Tom Brandt & Ana de la Cruz", ["Mira Oduya", "Tom Brandt", "Ana de la Cruz"]),
        ("Von Jörg Füßli und Eva Roth", ["Jörg Füßli", "Eva Roth"]),
        ("Brandt, Tom", ["Tom Brandt"]),
        ("Martin King, Jr.", ["Martin King, Jr"]),
        ("MIRA ODUYA", ["Mira Oduya"]),
        ("Mira Oduya | Senior Reporter", ["Mira Oduya"]),
        ("Mira Oduya (Korvat)", ["Mira Oduya"]),
        ("Mira Oduya 30 August 2025", ["Mira Oduya"]),
        ("Mira Oduya Dec 3, 2025", ["Mira Oduya"]),
        ("Tom Brandt - The Quay Courier", ["Tom Brandt"]),
        ("https://quaycourier.example/mira", []),
        ("mira@quaycourier.example", []),
        ("admin", []),
        (
            "Staff writer at large and a number of other people whose names would fill the whole line",
            [],
        ),
        ("Mira Oduya; mira oduya", ["Mira Oduya"]),
        ("<a href='/m'>Mira Oduya</a>", ["Mira Oduya"]),
        ("山田 太郎、鈴木 花子", ["山田 太郎", "鈴木 花子"]),
        ("12 May 2025", []),
        ("", []),
    ],
)
def test_a_byline_gives_names_and_nothing_else(raw: str, names: list[str]) -> None:
    assert list(clean_names([raw])) == names


def test_the_outlet_is_no_second_author_but_may_be_the_only_one() -> None:
    assert clean_names(["Mira Oduya", "The Quay Courier"], "The Quay Courier") == ("Mira Oduya",)
    assert clean_names(["The Quay Courier"], "The Quay Courier") == ("The Quay Courier",)
    assert is_outlet(("Quay Courier",), ("The Quay Courier", ""))
    assert not is_outlet(("Mira Oduya",), ("The Quay Courier",))


@given(st.lists(st.text(max_size=40), max_size=5))
def test_any_texts_give_short_single_lines(raw: list[str]) -> None:
    for name in clean_names(raw):
        assert 1 < len(name) <= 70
        assert "\n" not in name
