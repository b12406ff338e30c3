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


LINES = {
    "en": "A café by the quay opens on Friday — “at last”, said Zoë Brontë, who waited five years for €40. ",
    "de": "Die kleine Bücherei an der Küste öffnet künftig auch abends, für 40 £ im Jahr, sagte die Büchereileiterin. ",
    "ru": "Маленькая библиотека у моря с понедельника будет открыта и вечером, сообщил её директор в пятницу. ",
    "tr": "Deniz kıyısındaki küçük kütüphane pazartesiden itibaren akşamları da açık olacak, dedi müdür. ",
    "th": "ห้องสมุดเล็กริมทะเลจะเปิดในตอนเย็นตั้งแต่วันจันทร์ ผู้อำนวยการกล่าวเมื่อวันศุกร์ ",
    "zh": "海边的小图书馆从下周一开始晚上也开门,图书馆馆长说,许多渔民白天没有时间读书。",
    "tw": "海邊的小圖書館從下週一開始晚上也開門,圖書館館長說,許多漁民白天沒有時間讀書。",
    "ja": "海辺の小さな図書館が、来週の月曜日から夜も開くことになった。",
    "ko": "바닷가의 작은 도서관이 다음 주 월요일부터 밤에도 문을 연다.",
    "pl": "Mała biblioteka nad morzem będzie od poniedziałku otwarta także wieczorem, powiedział dyrektor. ",
    "el": "Η μικρή βιβλιοθήκη δίπλα στη θάλασσα θα είναι ανοιχτή και το βράδυ από τη Δευτέρα. ",
    "he": "הספרייה הקטנה ליד הים תהיה פתוחה גם בערב החל מיום שני, אמר המנהל. ",
    "ar": "ستفتح المكتبة الصغيرة على شاطئ البحر أبوابها في المساء أيضا ابتداء من يوم الاثنين. ",
}


@pytest.mark.parametrize(
    ("language", "codec", "header", "meta"),
    [  # what the bytes are; what the header and the page's own meta element say
        ("en", "utf-8", "iso-8859-1", None),
        ("en", "utf-8", None, "windows-1252"),
        ("ru", "utf-8", "windows-1251", "koi8-r"),
        ("en", "cp1252", "utf-8", None),
        ("en", "cp1252", None, "utf-8"),
        ("en", "cp1252", None, None),
        ("de", "cp1252", None, None),
        ("zh", "gbk", "utf-8", None),
        ("zh", "gbk", None, None),
        ("zh", "gbk", "iso-8859-1", "gb2312"),
        ("tw", "big5", "utf-8", None),
        ("ja", "shift_jis", "utf-8", "utf-8"),
        ("ja", "shift_jis", "iso-8859-1", None),
        ("ja", "euc_jp", None, None),
        ("ko", "euc-kr", "utf-8", None),
        ("ko", "cp949", "iso-8859-1", "euc-kr"),
        ("ru", "cp1251", "utf-8", None),
        ("ru", "cp1251", "iso-8859-1", "windows-1251"),
        ("ru", "cp1251", "windows-1252", None),
        ("ru", "koi8-r", None, None),
        ("tr", "iso-8859-9", None, "iso-8859-9"),
        ("tr", "iso-8859-9", "utf-8", None),
        ("tr", "cp1254", "iso-8859-1", None),
        ("th", "tis-620", None, "tis-620"),
        ("th", "tis-620", "utf-8", None),
        ("pl", "iso-8859-2", None, None),
        ("pl", "cp1250", "utf-8", None),
        ("el", "iso-8859-7", None, None),
        ("he", "cp1255", None, None),
        ("ar", "cp1256", "utf-8", None),
        ("en", "utf-16-le", None, None),
        ("en", "utf-16-be", None, "utf-8"),
    ],
)
def test_what_is_declared_wrongly_or_not_at_all_is_told_from_the_letters(
    language: str, codec: str, header: str | None, meta: str | None
) -> None:
    said = f"<meta charset={meta}>" if meta else ""
    page = (
        f"<html><head>{said}<title>x</title></head><body><p>{LINES[language] * 3}</p></body></html>"
    )
    assert decode(page.encode(codec), f"text/html; charset={header}" if header else None) == page


@pytest.mark.parametrize("header", [None, "windows-1251", "iso-8859-1", "shift_jis"])
def test_utf_8_with_a_few_faults_is_utf_8(header: str | None) -> None:
    text = LINES["ru"].encode() * 3
    page = text[:100] + b"\xff" + text[100:]
    got = decode(page, f"text/html; charset={header}" if header else None)
    assert got == page.decode("utf-8", "replace")


def test_a_few_signs_among_plain_letters_tell_no_other_encoding() -> None:
    page = "<p>It’s 350ºF – or £40, ©1998, said José. ¡Listos! ½ of it…</p>"
    assert decode(page.encode("cp1252")) == page


def test_a_meta_element_that_can_be_read_is_not_utf_16() -> None:
    assert declared_encoding(b"<meta charset=utf-16>") == "utf-8"


@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_bytes_are_decoded(body: bytes, label: str) -> None:
    assert isinstance(decode(body, f"text/html; charset={label}"), str)
    assert isinstance(decode(b"<meta charset=" + body), str)
