"""Bytes of pages as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiwatch.text.decode import declared_encoding, decode


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("é".encode(), None, "é"),
        (b"\xef\xbb\xbfx", None, "x"),
        ("é".encode("utf-16"), None, "é"),
        (b"\xe9", None, "é"),
        (b"\xe9", "text/html; charset=utf-8", "é"),
        (b"\xe9", "text/html; charset=ISO-8859-2", "é"),
        ("“x”".encode("cp1252"), 'text/html; charset="iso-8859-1"', "“x”"),
        ("한국".encode("cp949"), "text/html;charset=euc-kr", "한국"),
        ("日本".encode("iso2022_jp"), "text/html; charset=iso-2022-jp", "日本"),
        (
            '<meta charset="windows-1251">Да'.encode("cp1251"),
            None,
            '<meta charset="windows-1251">Да',
        ),
        ("é".encode(), "text/html; charset=windows-1252", "é"),
        (b"\xe9", "text/html; charset=no-such-thing", "é"),
        (b"\xe9", "text/html; charset=zlib", "é"),
        ("ééé".encode() + b"\xe9", None, "ééé\ufffd"),
    ],
)
def test_bytes_are_read_by_what_decodes_then_by_what_is_declared(
    body: bytes, content_type: str | None, text: str
) -> None:
    assert decode(body, content_type) == text


def test_a_meta_element_that_can_be_read_is_not_utf_16() -> None:
    assert declared_encoding(b"<meta charset=utf-16>") == "utf-8"


@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_bytes_are_decoded(body: bytes, label: str) -> None:
    assert isinstance(decode(body, f"text/html; charset={label}"), str)
    assert isinstance(decode(b"<meta charset=" + body), str)
