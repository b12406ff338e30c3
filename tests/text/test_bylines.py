"""Names as they stand in bylines, and the people in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiwatch.text.bylines import clean_names, is_outlet, is_person


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
        ("Veröffentlicht von Mira Oduya am Samstag", ["Mira Oduya"]),
        ("Text: Mira Oduya", ["Mira Oduya"]),
        ("Foto: Mira Oduya", []),
        ("Mira Oduya, PhD", ["Mira Oduya"]),
        ("Mira Oduya, MS, FRA", ["Mira Oduya"]),
        ("Mira Oduya | Sponsored", ["Mira Oduya"]),
        ("Mira Oduya | Tom Brandt", ["Mira Oduya", "Tom Brandt"]),
        ("Mira Oduya for The Quay Courier", ["Mira Oduya"]),
        ("Center for Harbours and Bridges", ["Center for Harbours and Bridges"]),
        ("Oduya & Brandt", ["Oduya & Brandt"]),
        ("Mira Oduya & Tom Brandt", ["Mira Oduya", "Tom Brandt"]),
        ("Mira Oduya im Gespräch mit Tom Brandt", ["Mira Oduya", "Tom Brandt"]),
        ("Verkehrsexpertin Mira Oduya", ["Mira Oduya"]),
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
    assert is_outlet(("The Quay Courier News",), ("Quay Courier",))
    assert not is_outlet(("Quay Courier staff reporter",), ("Quay Courier",))
    assert not is_outlet(("Mira Oduya",), ("The Quay Courier",))
    assert not is_outlet(("…",), ("…",))


def test_an_outlet_s_name_after_a_person_s_is_cut() -> None:
    assert clean_names(["Mira Oduya The Quay Courier"], "Quay Courier") == ("Mira Oduya",)
    assert clean_names(["The Quay Courier"], "Quay Courier") == ("The Quay Courier",)


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("Mira Oduya", True),
        ("Ana de la Cruz", True),
        ("山田太郎", True),
        ("Mira", False),
        ("Share Facebook", False),
        ("our harbour town", False),
        ("The Quay Courier", False),
        ("Senior Reporter", False),
        ("Agent 007 Bond", False),
    ],
)
def test_a_person_s_name_is_a_few_capitalised_words(name: str, person: bool) -> None:
    assert is_person(name) is person


@given(st.lists(st.text(max_size=40), max_size=5))
def test_any_texts_give_short_single_lines(raw: list[str]) -> None:
    for name in clean_names(raw):
        assert 1 < len(name) <= 70
        assert "\n" not in name
