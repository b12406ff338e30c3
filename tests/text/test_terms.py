"""Terms: one spelling of a word, one word of a spelling, in every script."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.text import terms


def of(title: str, text: str = "") -> dict[str, int]:
    return dict(terms.terms(title, text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("closing", "closed"),
        ("companies", "company"),
        ("stopped", "stopping"),
        ("regulation", "regulate"),
        ("Beyoncé", "beyonce"),
        ("ＯｐｅｎＡＩ", "OpenAI"),
        ("новости", "новость"),
        ("компания", "компании"),
    ],
)
def test_forms_of_a_word_are_one_term(one: str, other: str) -> None:
    assert list(of(one)) == list(of(other)) != []


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("Open AI ends Sora", "openai"),
        ("停止提供服务", "停止"),
        ("オープンAIのディズニー契約", "ディズニー"),
        ("디즈니와 계약", "디즈"),
        ("दिल्ली में बैठक", "दिल्ली"),
        ("revenue of 1,225 units", "1225"),
        ("điện thoại", "thoại"),
    ],
)
def test_a_script_is_cut_as_it_is_written(text: str, term: str) -> None:
    assert term in of("x", text)


def test_thai_is_cut_into_pairs_of_clusters_that_keep_their_vowels() -> None:
    assert "ประเทศ"[:2] not in of("", "ประเทศไทย")
    assert any(term in "เทศไทย" and len(term) > 2 for term in of("", "ประเทศไทย"))


@pytest.mark.parametrize("text", ["open AI models", "Open A", "Open\nAI", "OPEN AI"])
def test_only_a_capitalised_word_and_a_short_one_in_capitals_join(text: str) -> None:
    assert "openai" not in of("", text)


def test_function_words_go_in_their_own_language_only() -> None:
    german = of("", "Die Firma war am Montag nicht in der Lage, die App zu retten, die es war.")
    english = of("", "The war in the east is the subject of the talks, and it was for all of us.")
    assert "war" not in german
    assert "war" in english
    assert "the" not in english


def test_the_lead_counts_and_the_tail_does_not() -> None:
    text = " ".join(["bollard"] * terms.LEAD_WORDS) + " tailword"
    assert "tailword" not in of("", text)
    assert of("", text)["bollard"] == terms.LEAD_WORDS


def test_pairs_of_hiragana_say_nothing() -> None:
    assert not [term for term in of("", "これはそのためです") if term]
    assert of("", "をの") == {}


@settings(max_examples=60)
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_has_terms_in_order_of_their_counts(title: str, text: str) -> None:
    found = terms.terms(title, text)
    counts = [count for _, count in found]
    assert counts == sorted(counts, reverse=True)
    assert len(found) <= terms.MOST_TERMS
    assert len({term for term, _ in found}) == len(found)
    assert all(term and term == term.strip() for term, _ in found)


@settings(max_examples=200)
@given(st.lists(st.sampled_from((*"aB1é.,_ \n’", "1,225", "1.5m", "٣", "½")), max_size=60))
def test_words_parted_at_once_are_those_found_one_by_one(pieces: list[str]) -> None:
    text = "".join(pieces) + " "
    one_by_one = terms.runs(text + "中")  # what is not spaced is read run by run
    assert one_by_one[:-1] == terms.runs(text)
    assert one_by_one[-1].gap.endswith(" ")


def test_the_lead_of_a_long_text_is_read_once_and_is_the_same() -> None:
    text = "Bridge, " * 3_000
    assert terms.lead_of(terms.runs(text), text, text) == terms.lead(text)
    cut = "ﬁne… " * 3_000
    assert terms.lead_of(terms.runs(terms.normal(cut)), terms.normal(cut), cut) == terms.lead(cut)
