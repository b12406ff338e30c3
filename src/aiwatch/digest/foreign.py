"""Headlines in languages that the reader does not read: which one it is, and where it is translated."""

from collections.abc import Sequence
from urllib.parse import quote

from aiwatch.model import Digest, Member

# Those of outlets with an audience abroad; others are shown by their tag.
_NAMES = dict(
    pair.split("=")
    for pair in [
        "ar=Arabic",
        "bg=Bulgarian",
        "bn=Bengali",
        "ca=Catalan",
        "cs=Czech",
        "da=Danish",
        "de=German",
        "el=Greek",
        "en=English",
        "es=Spanish",
        "et=Estonian",
        "fa=Persian",
        "fi=Finnish",
        "fr=French",
        "he=Hebrew",
        "hi=Hindi",
        "hr=Croatian",
        "hu=Hungarian",
        "id=Indonesian",
        "it=Italian",
        "ja=Japanese",
        "ko=Korean",
        "lt=Lithuanian",
        "lv=Latvian",
        "ms=Malay",
        "nb=Norwegian",
        "nl=Dutch",
        "no=Norwegian",
        "pl=Polish",
        "pt=Portuguese",
        "ro=Romanian",
        "ru=Russian",
        "sk=Slovak",
        "sl=Slovene",
        "sr=Serbian",
        "sv=Swedish",
        "ta=Tamil",
        "te=Telugu",
        "th=Thai",
        "tl=Filipino",
        "tr=Turkish",
        "uk=Ukrainian",
        "ur=Urdu",
        "vi=Vietnamese",
        "zh=Chinese",
    ]
)
_LONGEST = 1500  # of an address that is put into another one


def language(member: Member, digest: Digest) -> str:
    """`Chinese`, of a headline that this reader may not be able to read; else nothing."""
    tag = _primary(member.lang)
    return _NAMES.get(tag, tag) if unread(member, digest.languages) else ""


def unread(member: Member, languages: Sequence[str]) -> bool:
    """Whether it is in a language that is known, and none of these; without any, none but English."""
    tag = _primary(member.lang)
    return bool(tag) and tag not in map(_primary, languages or ("en",))


def translation(member: Member, digest: Digest) -> str:
    """The article in the reader's first language, as a translator shows it; it learns of it only when asked."""
    if not language(member, digest) or not member.url or len(member.url) > _LONGEST:
        return ""
    to = _primary((digest.languages or ("en",))[0])
    return f"https://translate.google.com/translate?sl=auto&tl={to}&u={quote(member.url, safe='')}"


def _primary(tag: str | None) -> str:
    first = (tag or "").replace("_", "-").partition("-")[0].lower()
    return first if first.isascii() and first.isalpha() and len(first) in (2, 3) else ""
