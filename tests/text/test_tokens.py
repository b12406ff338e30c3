import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aiwatch.text.tokens import tokens, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Seedance2.0", "seedance 2 0"),
        ("到Seedance中国", "到 seedance 中 国"),
        ("Sora、2026年3月", "sora 2026 年 3 月"),
        ("text-to-video's", "text to video s"),
        ("OPENAI ＯｐｅｎＡＩ ﬁlm", "openai openai film"),
        ("snake_case", "snake case"),
        # European diacritics fold, written either way; so do letters that only look marked.
        ("Rodríguez Rodri\u0301guez Łódź Straße Søren", "rodriguez rodriguez lodz strasse soren"),
        ("Đạo diễn İstanbul", "dao dien istanbul"),
        ("Άλφα Ёлка", "αλφα елка"),
        # Elsewhere a mark makes another letter, and stays.
        ("ガカ か\u3099 ｶﾞ", "ガ カ が ガ"),
        ("소라가 \u1109\u1169", "소 라 가 소"),
        ("วิดีโอ", "วิ ดี โ อ"),
        ("วิดีโอ AI ๒๕", "วิ ดี โ อ ai 25"),
        ("ວິດີໂອ", "ວິ ດີ ໂ ອ"),
        ("हिन्दी में", "हिन्दी में"),
        ("スター", "ス タ ー"),
        ("人々", "人 々"),
        # Compatibility forms that are several words, marks with nothing to stand on, unseen characters.
        ("㎏ m² ½", "kg m 2 1 2"),
        ("\u0301\u0e34 !", ""),
        ("soft\u00adware", "software"),
        ("Sora\u200bSora", "sora sora"),
        ("", ""),
    ],
)
def test_words_part_where_their_scripts_part(text: str, expected: str) -> None:
    assert " ".join(words(text)) == expected
    assert " ".join(token.text for token in tokens(text)) == expected


@pytest.mark.parametrize(
    ("text", "word", "as_written"),
    [
        ("Seedance2.0", "seedance", "Seedance"),
        ("ﬁne Ｓｏｒａ２", "sora", "Ｓｏｒａ"),
        ("Straße Sora", "strasse", "Straße"),
        ("ﷺ Sora", "sora", "Sora"),
        ("e\u0301te\u0301 Disney", "ete", "e\u0301te\u0301"),
        ("ｶﾞﾒ Disney", "ガ", "ｶﾞ"),
        ("İİİ Disney", "disney", "Disney"),
        ("㍿Sora", "社", "㍿"),
    ],
)
def test_offsets_point_into_the_text_as_given(text: str, word: str, as_written: str) -> None:
    token = next(token for token in tokens(text) if token.text == word)
    assert text[token.start : token.end] == as_written


@settings(max_examples=100, deadline=None)
@given(st.text())
@example("a" + "\u0301" * 100)
@example("\ud800 lone surrogate")
def test_any_text_has_ascending_offsets_within_bounds(text: str) -> None:
    at = 0
    for token in tokens(text):
        assert token.text
        assert at <= token.start < token.end <= len(text)
        at = token.start
    assert words(text) == tuple(token.text for token in tokens(text))


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_words_are_words_of_the_normalised_text_and_of_themselves(text: str) -> None:
    assert words(unicodedata.normalize("NFC", text)) == words(text)
    assert words(" ".join(words(text))) == words(text)
