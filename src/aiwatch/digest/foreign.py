"""Headlines in languages that the reader does not read: which one it is, and where it is translated."""

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
    if not tag or tag in map(_primary, _languages(digest)):
        return ""
    return _NAMES.get(tag, tag)


def translation(member: Member, digest: Digest) -> str:
    """The article in the reader's first language, as a translator shows it; it learns of it only when asked."""
    if not language(member, digest) or not member.url or len(member.url) > _LONGEST:
        return ""
    to = _primary(_languages(digest)[0])
    return f"https://translate.google.com/translate?sl=auto&tl={to}&u={quote(member.url, safe='')}"


def _languages(digest: Digest) -> tuple[str, ...]:
    """What its reader reads; English where nothing was said, as these messages are in English themselves."""
    return digest.languages or ("en",)


def _primary(tag: str | None) -> str:
    first = (tag or "").replace("_", "-").partition("-")[0].lower()
    return first if first.isascii() and first.isalpha() and len(first) in (2, 3) else ""
