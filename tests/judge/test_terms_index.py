import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.judge.terms_index import FieldIndex
from aiwatch.text.tokens import tokens, words


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("aé’“”…–\u00a0\u0301ｶﾞ中ไ한7"))))
def test_typography_changes_neither_words_nor_places(text: str) -> None:
    index = FieldIndex(text)
    assert index.words == words(text)
    assert index.tokens == tokens(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Sora’s end", ("sora", "s", "end")),
        ("“Open AI”—and…Sora", ("open", "ai", "and", "sora")),
        ("l’été", ("l", "ete")),
        ("到Seedance2.0中", ("到", "seedance", "2", "0", "中")),
    ],
)
def test_a_field_is_read_word_by_word(text: str, found: tuple[str, ...]) -> None:
    index = FieldIndex(text)
    assert index.words == found
    assert [text[token.start : token.end] for token in index.tokens] != []
