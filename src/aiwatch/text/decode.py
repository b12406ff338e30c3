"""A page's bytes as text: byte order mark, then what decodes without fault, then what is declared."""

import codecs
import re
from collections.abc import Sequence

from aiwatch.text.classwords import words
from aiwatch.text.encodings import likely_encoding, score_of

_DECLARED = re.compile(rb"<meta[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_WIDE_RUN = re.compile("[^\x00-\x7f\ufffd]+")
# The labels that browsers read as a larger set (encoding.spec.whatwg.org, section 4.2).
_LARGER = {
    "ascii": "cp1252", "us-ascii": "cp1252", "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252",
    "latin-1": "cp1252", "iso-8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "ksc5601": "cp949", "tis-620": "cp874", "iso-8859-11": "cp874",
    "windows-874": "cp874", "big5": "big5hkscs", "x-euc-jp": "euc_jp", "utf8": "utf-8", "unicode": "utf-8",
}  # fmt: skip
_TEXT_CODECS = words(
    "utf-8 utf-16 utf-16-le utf-16-be cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 "
    "cp1257 cp1258 cp874 cp866 cp932 cp949 gb18030 big5hkscs euc_jp iso2022_jp koi8-r "
    "koi8-u iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 "
    "iso8859-10 iso8859-13 iso8859-14 iso8859-15 iso8859-16 mac-roman mac-cyrillic"
)


def _codec(label: str) -> str | None:
    """The Python codec for a declared label; None for one we do not know or that is no text encoding."""
    label = label.strip().lower()
    try:
        name = codecs.lookup(_LARGER.get(label, label)).name
    except (LookupError, ValueError):
        return None
    return name if name in _TEXT_CODECS else None


def declared_encoding(body: bytes, content_type: str | None = None) -> str | None:
    """What the HTTP header says, else the page's own meta element."""
    return next(iter(_declared(body, content_type)), None)


def _declared(body: bytes, content_type: str | None) -> list[str]:
    """What the header and the page's own meta element say, as far as it can be."""
    found = _HEADER.search(content_type or "")
    sent = _codec(found[1]) if found else None
    inside = _DECLARED.search(body[:16384])
    said = _codec(inside[1].decode("ascii", "replace")) if inside else None
    # A meta element that can be read as ASCII cannot be right about UTF-16.
    said = "utf-8" if said and said.startswith("utf-16") else said
    return [codec for codec in (sent, said) if codec]


def decode(body: bytes, content_type: str | None = None) -> str:
    """The page as text; never raises, and what cannot be decoded becomes U+FFFD."""
    for mark, codec in _MARKS:
        if body.startswith(mark):
            return body.decode(codec, "replace")
    declared = _declared(body, content_type)
    if declared and declared[0].startswith(("utf-16", "iso2022")):
        return body.decode(declared[0], "replace")
    try:
        text = body.decode("utf-8")  # text in another encoding is next to never valid UTF-8
    except UnicodeDecodeError:
        return _repaired(body, declared)
    wide = _without_mark(body) if "\x00" in text[:200] else None
    return body.decode(wide, "replace") if wide else text


def _without_mark(body: bytes) -> str | None:
    """UTF-16 whose byte order mark is missing: every other byte is zero where text is ASCII, as markup is."""
    start = body[:400]
    for offset, codec in ((1, "utf-16-le"), (0, "utf-16-be")):
        if start[offset::2].count(0) > 0.4 * len(start) > 4 * (start[1 - offset :: 2].count(0) + 1):
            return codec
    return None


def _repaired(body: bytes, declared: Sequence[str]) -> str:
    """Bytes that are no clean UTF-8: that with faults in it, else what is declared where it can be true, else a guess."""
    if wide := _without_mark(body):
        return body.decode(wide, "replace")
    loose = body.decode("utf-8", "replace")
    faults = loose.count("\ufffd")
    if sum(map(len, _WIDE_RUN.findall(loose))) > 2 * faults:
        return loose
    for codec in declared:  # windows-1252 is what servers say that were told nothing
        if codec not in ("utf-8", "cp1252") and _can_be(body, codec):
            return body.decode(codec, "replace")
    return body.decode(likely_encoding(body), "replace")


def _can_be(body: bytes, codec: str) -> bool:
    """Whether a declaration can be true: hardly a fault, and letters that stand where letters stand."""
    start = body[:200_000]
    high = sum(byte > 0x7F for byte in start)
    if start.decode(codec, "replace").count("\ufffd") > 0.02 * high + 1:
        return False
    return score_of(start, codec) > -0.5
