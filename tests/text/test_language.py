"""The language as declared, as written, or honestly unknown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.text.language import checked, language
from tests.text.tables import rows

TABLE = rows("languages.tsv")


@pytest.mark.parametrize(("text", "tag", "why"), TABLE, ids=[row[2] for row in TABLE])
def test_a_sentence_gives_its_language_away_or_nothing_is_claimed(
    text: str, tag: str, why: str
) -> None:
    assert (language(text) or "-") == tag


@pytest.mark.parametrize(
    ("declared", "tag"),
    [
        ("en", "en"),
        ("EN-us", "en"),
        ("zh_Hans_CN", "zh"),
        (" de ", "de"),
        ("iw", "he"),
        ("jp", "ja"),
        ("eng", "en"),
        ("fil", "fil"),
    ],
)
def test_a_declared_tag_wins_in_its_short_form(declared: str, tag: str) -> None:
    assert language("Das ist nicht die Frage, und es war auch nie eine.", declared) == tag


@pytest.mark.parametrize(
    "declared", [None, "", "und", "mul", "x-default", "English (US)", "e", "12"]
)
def test_what_is_no_tag_leaves_the_text_to_speak(declared: str | None) -> None:
    assert language("Das ist nicht die Frage, und es war auch nie eine.", declared) == "de"


@settings(max_examples=100)
@given(st.text(), st.none() | st.text(max_size=12))
def test_nothing_raises(text: str, declared: str | None) -> None:
    tag = language(text, declared)
    assert tag is None or tag.isascii()


GERMAN = (
    "Die Brücke über den Hafen wird für neun Nächte gesperrt, und der Verkehr wird umgeleitet. " * 5
)
ENGLISH = (
    "The bridge over the harbour will be closed for nine nights, and all of the traffic goes round. "
    * 5
)


@pytest.mark.parametrize(
    ("declared", "text", "read"),
    [
        ("en", GERMAN, ("de", True)),
        (None, GERMAN, ("de", True)),
        ("de-AT", GERMAN, ("de", False)),
        ("en", ENGLISH, ("en", False)),
        ("en", GERMAN[:100], ("en", False)),
        ("utf-8", ENGLISH, ("en", True)),
        ("gl", GERMAN, ("gl", False)),
        ("gl", "ข่าวสะพานท่าเรือปิดเก้าคืน" * 20, ("th", True)),
        (
            "da",
            "Broen er stengt i ni netter, og det blir ikke noe av at den skal være åpen før mars. "
            * 5,
            ("da", False),
        ),
        ("en", "0123456789 " * 50, ("en", False)),
        (None, "", (None, False)),
    ],
)
def test_a_declaration_stands_unless_the_text_plainly_contradicts_it(
    declared: str | None, text: str, read: tuple[str | None, bool]
) -> None:
    assert checked(declared, text) == read
