"""Which encoding a page is in that says nothing, or nothing true, of it: told by the letters that would come of each.

Only asked where the bytes are no UTF-8. Scripts of two bytes a letter are told by their commonest letters, those of one
byte by how letters stand together: an accent among many, a symbol inside a word and a capital behind a small letter
are signs of a wrong guess.
"""

import re
from typing import Final

from aiwatch.text.late import late

SAMPLE: Final = 60_000
"""Bytes looked at, markup left out."""
_LEAST_SCORE = 0.0
_AHEAD = 0.15  # of what is declared or commonest: a few accents are letters in several encodings
_DOUBT = 6  # signs for nothing that every guess has: one letter proves little
_FEWEST = 8  # letters of two bytes
_MOST_FAULTS = 0.02  # of the bytes that are no ASCII: a page glued together, a letter cut in half

_MARKUP = late(rb"<[^<>]{0,4000}>")
_HANZI = frozenset(
    "的一是不在有了人我他这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学么之都好看起发"
    "当没成只如事把还用第样道想作种开這個們來時為說國著裡後會過對於學麼發當沒還樣種開月日新本市公司报導報记者記者今前方与與及其将將"
)
_KANA = late("[\u3041-\u3093\u30a1-\u30f6]")
_HANGUL = late("[\uac00-\ud7a3]")
_WIDE = late("[\u3000-\u9fff\uac00-\ud7a3\uff01-\uff5e]")
_HIGH = late("[^\x00-\x7f]")
_HALF_KANA = late("[\uff61-\uff9f]")

# For each codec of one byte: the commonest of its letters that are no ASCII.
_LETTERS: Final = {
    "cp1252": "éèàùêâôîçëïûäöüßÄÖÜñáíóúãõåæøœÉÀÇÑ",
    "cp1250": "ąćęłńóśźżĄĆĘŁŃŚŹŻáčďéěíňřšťúůýžÁČÉĚÍŘŠÚŽőűöüäôăâîşţ",
    "cp1254": "çğıöşüÇĞİÖŞÜâîé",
    "cp1257": "āčēģīķļņšūžąęėįųõäöüĀČĒŠŪŽ",
    "cp1251": "оеаинтсрвлкмдпуяыьгзбійчї",
    "koi8-r": "оеаинтсрвлкмдпуяыьгзбйч",
    "cp1253": "αοιετσνηυρπκμλωάίέςγδόήχύθφβξώζψ",
    "cp1255": "יוהלאמרתשנבדעקםפחטןגכסזצךףץ",
    "cp1256": "اليمنوهرتبدعةفكسقأحجشصىطخإءذئضزغ",
    "cp874": "านรอกเงมยวลทสตะปบคดจ่้ัีิื์ไาแขหใุูำชผพโถธซ",
}
# The same script as the first, a few letters elsewhere.
_COUSINS: Final = {"cp1250": "iso8859-2", "cp1253": "iso8859-7"}
_LATIN = frozenset(("cp1252", "cp1250", "cp1254", "cp1257", "iso8859-2"))
_MARKS = frozenset("\xa0–—‘’“”„…«»•·€£©®°№§´¡º½¼¾×±\xad")


def likely_encoding(body: bytes, declared: str = "cp1252") -> str:
    """The codec that makes the best text of these bytes, which are no UTF-8; `declared` where nothing tells more."""
    sample = b" ".join(part for part in _MARKUP.split(body[: 8 * SAMPLE]) if part)[:SAMPLE]
    if sample.isascii():
        sample = body[:SAMPLE]
    if wide := _of_two_bytes(sample):
        return wide
    scores = {codec: score_of(sample, codec) for codec in (declared, *_LETTERS, *_COUSINS.values())}
    best = max(scores, key=lambda codec: scores[codec])
    return best if scores[best] > max(_LEAST_SCORE, scores[declared] + _AHEAD) else declared


def _of_two_bytes(sample: bytes) -> str | None:
    """The Chinese, Japanese or Korean encoding that the sample is in."""
    for codec, letters, least in (
        ("cp932", _KANA, 0.25),
        ("euc_jp", _KANA, 0.25),
        ("euc_kr", _HANGUL, 0.8),
    ):
        text = _decoded(sample, codec)
        enough = len(letters.findall(text)) >= _FEWEST
        if enough and _share(letters, text) >= least and _share(_HALF_KANA, text) < 0.1:
            return "cp949" if codec == "euc_kr" else codec
    found = {codec: _common_hanzi(_decoded(sample, codec)) for codec in ("gb18030", "big5hkscs")}
    best = max(found, key=lambda codec: found[codec])
    return best if found[best] >= 0.15 else None


def _decoded(sample: bytes, codec: str) -> str:
    """The sample as text; empty where too much of it cannot be read."""
    text = sample.decode(codec, "replace")
    high = len(_HIGH.findall(text))
    return text if text.count("\ufffd") <= _MOST_FAULTS * high + 1 else ""


def _share(letters: re.Pattern[str], text: str) -> float:
    return len(letters.findall(text)) / (len(_HIGH.findall(text)) or 1)


def _common_hanzi(text: str) -> float:
    wide = _WIDE.findall(text)
    return sum(char in _HANZI for char in wide) / len(wide) if len(wide) >= _FEWEST else 0.0


def score_of(sample: bytes, codec: str) -> float:
    """How much the sample reads like a text in this codec, from -1 to 1; about 0 where nothing tells."""
    text = _decoded(sample, codec)
    high = [found.start() for found in _HIGH.finditer(text)]
    family = next((first for first, cousin in _COUSINS.items() if cousin == codec), codec)
    if not high or family not in _LETTERS:
        return 0.0 if text else -1.0
    known, latin = frozenset(_LETTERS[family]), codec in _LATIN
    return sum(_fits(text, at, known, latin=latin) for at in high) / (len(high) + _DOUBT)


def _fits(text: str, at: int, known: frozenset[str], *, latin: bool) -> float:
    """What one letter says for the guess: 1 that it is a common one, -1 that it cannot stand there."""
    char, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if char in _MARKS:
        return 0.0
    if char < "\xa0":
        return -1.0
    beside = before.isalpha() or after.isalpha()
    if not char.isalpha() and char not in known:
        return -1.0 if beside else -0.2
    if char.isupper() and before.isalpha() and before.islower():
        return -1.0
    if (
        latin
        and before
        and after
        and before > "\x7f"
        and after > "\x7f"
        and before.isalpha()
        and after.isalpha()
    ):
        return -1.0
    if not latin and (
        (before.isascii() and before.isalpha()) or (after.isascii() and after.isalpha())
    ):
        return -1.0
    if char not in known:
        return -0.3
    return 1.0 if beside else 0.0
