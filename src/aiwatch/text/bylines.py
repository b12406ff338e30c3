"""Names out of bylines: no "By", no roles, no dates, no addresses."""

import re
from collections.abc import Iterable

from aiwatch.text.classwords import words
from aiwatch.text.clean import clean_line, plain

_LEAD = re.compile(
    r"^(?:(?:written|posted|published|reported|story|words|text|article|report|interview)\s+(?:by|von)\b"
    r"|by\b(?!\s*$)|von\b|par\b|por\b|di\b|door\b|af\b|av\b|od\b|autor(?:en|in|a)?\b|auteurs?\b|authors?\b"
    r"|автор(?:ы)?\b|текст\b|oleh\b|yazan\b|reporter\b|redaktion\b(?=:)|文[/／:：]|記者[/／:：]|作者)\s*[:：|]?\s*",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*(?:;|\||·|•|、|／|\s/\s|&(?!\w)|,?\s+\b(?i:and|und|et|y|e|en|och|og|i|with|mit|avec)\b\s+(?=[^\W\d_a-z]))\s*"
)
_COMMA = re.compile(r"\s*[,،，]\s*+(?!(?:Jr|Sr|II|III|IV|MD|PhD|Ph\.D|M\.D)\b)")
_ROLE = re.compile(
    r"\b(?:editor|reporter|correspondent|writer|journalist|columnist|staff|contributor|producer|analyst|redakteur\w*|"
    r"redaktion\w*|journaliste|periodista|redactora?|giornalista|korrespondent\w*|senior|chief|head|president|ceo|founder|director|professor|"
    r"fellow|photographer|author|autor\w*|bureau|updated|published|posted|min read|minutes?|published)\b",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\s*[(（\[][^)）\]]*[)）\]]")
_TAIL = re.compile(
    r"\s*(?:\s[-–—]\s|/\s|\bfor\s+(?=[A-Z])|\bon\s+\w+ \d|,?\s*(?:\d{1,2}[./:]\d|\d{4})|@|\bin\s+[A-Z]).*$"
)
_ADDRESS = re.compile(
    r"https?:|www\.|\S+@\S+|\.(?:com|org|net|html?)\b(?=/|$)|/author", re.IGNORECASE
)
_FIGURE = re.compile(r"\s*\S*\d.*$")
# What is left of a date once its figures are gone.
_DAY_WORD = re.compile(
    r"[\s,]*\b(?:(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)\w{0,6}|(?:mo|tu|we|th|fr|sa|su)\w{0,4}day"
    r"|\w+(?:tag|woch)|stand|am|on|the|vor|ago)\b[.:,]?\s*$",
    re.IGNORECASE,
)
_NOBODY = words(
    "admin administrator author authors by editor editorial staff unknown none null guest "
    "user redaktion redaction writer undefined webmaster contributor anonymous team"
)
_SPACED = re.compile(r"[A-Za-z]")


def clean_names(raw: Iterable[str], site: str | None = None) -> tuple[str, ...]:
    """The people or organisations named, once each and in order."""
    names: list[str] = []
    for text in raw:
        names.extend(_split(clean_line(plain(text[:2000]))[:400]))
    unique = {name.casefold(): name for name in reversed(names)}
    out = [unique[key] for key in dict.fromkeys(name.casefold() for name in names)]
    if len(out) > 1 and site:  # "Jane Doe, The Example Times": the outlet is no second author
        out = [name for name in out if name.casefold() != site.casefold()] or out
    return tuple(out[:20])


def _split(text: str) -> list[str]:
    if not text or _ADDRESS.search(text.split(" ", maxsplit=1)[0]):
        return []
    text = _LEAD.sub("", _BRACKETS.sub("", text))
    out = []
    for part in _SPLIT.split(text):
        pieces = _COMMA.split(part)
        kept = [name for piece in pieces if (name := _one(piece))]
        # "Doe, Jane": a surname alone before one given name is a single person, written as in a list.
        if (
            len(pieces) == 2
            and len(kept) == 2
            and all(" " not in name for name in kept)
            and _SPACED.search(part)
        ):
            kept = [f"{kept[1]} {kept[0]}"]
        out.extend(kept)
    return out


def _one(text: str) -> str | None:
    """One name, or None where the text is a role, an address, a sentence or nobody."""
    name = _undated(_TAIL.sub("", _LEAD.sub("", text))).strip(" .,:;-–—|/*•\"'“”")
    if name.isupper() and len(name) > 5 and " " in name:
        name = name.title()
    if "<" in name or len(name) < 2 or len(name) > 60 or len(name.split()) > 6:
        return None
    if name.casefold() in _NOBODY or _ADDRESS.search(name) or not any(map(str.isalpha, name)):
        return None
    if _ROLE.search(name) and not re.search(r"staff|redaktion|team|bureau", name, re.IGNORECASE):
        return None
    return name


def _undated(text: str) -> str:
    """The text before its first figure, less a month or weekday that stood with it."""
    short = _FIGURE.sub("", text)
    while short != text:
        text = short
        short = _DAY_WORD.sub("", text)
    return short


def is_outlet(names: tuple[str, ...], outlets: Iterable[str]) -> bool:
    """Whether the only "author" named is the outlet itself."""
    bare = {re.sub(r"^the |\W", "", outlet.casefold()) for outlet in outlets if outlet}
    return len(names) == 1 and re.sub(r"^the |\W", "", names[0].casefold()) in bare
