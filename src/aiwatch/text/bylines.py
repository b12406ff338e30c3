"""Names out of bylines: no "By", no roles, no dates, no addresses."""

import re
from collections.abc import Iterable

from aiwatch.text.classwords import words
from aiwatch.text.clean import clean_line, plain
from aiwatch.text.dates import parse_date
from aiwatch.text.late import late

_LEAD = late(
    r"^(?:(?:read\s+)?more\s+(?:about|by|from)\b|(?:written|posted|published|reported|story|words|text|article|report|interview|veröffentlicht|publiziert"
    r"|geschrieben|verfasst|erstellt|ein\s+\w+|eine\s+\w+|posté|publié|écrit|escrito|publicado|scritto|pubblicato)"
    r"\s+(?:by|von|vom|par|por|da)\b|vom\b|(?:text|interview|story|words)(?=\s*:)"
    r"|by\b(?!\s*$)|von\b|par\b|por\b|di\b|door\b|af\b|av\b|od\b|autor(?:en|in|a)?\b|auteurs?\b|authors?\b"
    r"|автор(?:ы)?\b|текст\b|oleh\b|yazan\b|reporter\b|redaktion\b(?=:)|文[/／:：]|記者[/／:：]|作者)\s*[:：|]?\s*",
    re.IGNORECASE,
)
_AND = r"(?i:and|und|et|y|e|en|och|og|i|with|mit|avec)"
_SPLIT = late(
    r"\s*(?:;|\||·|•|、|／|\s/\s|,\s*&(?!\w)|,\s+\b(?i:and|und|et|y|e|en|och|og|i|with|mit|avec)\b\s+(?=[^\W\d_a-z])"
    r"|\s(?:im\s+Gespräch\s+mit|in\s+conversation\s+with|im\s+Interview\s+mit)\s)\s*"
)
# "and" parts two people, but not "Center for Drugs and Research" or "Morgan & Morgan".
_PAIR = late(rf"\s*&(?!\w)\s*|\s+{_AND}\s+(?=[^\W\d_a-z])")
_COMMA = late(r"\s*[,،，]\s*+(?!(?:Jr|Sr|II|III|IV|MD|PhD|Ph\.D|M\.D)\b)")
_ROLE = late(
    r"\b(?:editor|reporter|correspondent|writer|journalist|columnist|staff|contributor|producer|analyst|redakteur\w*|"
    r"redaktion\w*|journaliste|periodista|redactora?|giornalista|korrespondent\w*|senior|chief|head|president|ceo|founder|director|professor|"
    r"fellow|photographer|author|autor\w*|bureau|consultant|specialist|strategist|attorney|advisor|nutritionist|therapist|updated|published|posted|min read|minutes?|published)\b",
    re.IGNORECASE,
)
_DEGREE = late(
    r"[,\s]+(?:Ph\.?D|M\.?D|MBA|MPH|MSc|M\.Sc|BSc|RDN?|RN|JD|CPA|CFP|DDS|LL\.?M|LL\.?B|Esq|FACP|FACC|LCSW|DO)\b\.?(?=\s*(?:,|$))"
)
_CREDIT = late(
    r"^(?:fotos?|bild(?:er)?|photos?|image|picture|©|grafik|illustration)\b", re.IGNORECASE
)
_PREFIX_ROLE = late(
    r"^[\w-]*(?:expert(?:e|in)?|redakteur(?:in)?|reporter(?:in)?|korrespondent(?:in)?)\s+(?=\w+\s+\w)",
    re.IGNORECASE,
)
_BRACKETS = late(r"\s*[(（\[][^)）\]]*[)）\]]")
_TAIL = late(
    r"\s*(?:\s[-–—]\s|/\s|\bon\s+\w+ \d|,?\s*(?:\d{1,2}[./:]\d|\d{4})|@|\bin\s+[A-Z]|\s(?:am|vom)\s+[A-Z\d]).*$"
)
_FOR = late(r"\s+for\s+(?=[A-Z]).*$")
_ADDRESS = late(r"https?:|www\.|\S+@\S+|\.(?:com|org|net|html?)\b(?=/|$)|/author", re.IGNORECASE)
_FIGURE = late(r"\s*\S*\d.*$")
# What is left of a date once its figures are gone.
_DAY_WORD = late(
    r"[\s,]*\b(?:(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)\w{0,6}|(?:mo|tu|we|th|fr|sa|su)\w{0,4}day"
    r"|\w+(?:tag|woch)|stand|am|on|the|vor|ago)\b[.:,]?\s*$",
    re.IGNORECASE,
)
_NOBODY = words(
    "admin administrator author authors by editor editorial staff unknown none null guest "
    "user redaktion redaction writer undefined webmaster contributor anonymous team"
)
_PARTICLES = words(
    "de del della der den dem di da do dos das du la le el al bin bint ibn van von vom zu zur ter ten und y e af av"
)
_FURNITURE = words(
    "twitter facebook instagram linkedin youtube share follow foto fotos bild photo image subscribe news published"
    " publiziert updated uhr read min comments comment more about us contact newsletter login sign advertisement"
    " sponsored last update says home menu skip content online press release frankfurt kiosques aktuelles artikel teilen"
    " fact checked reviewed edited social media source summary expert bio full name quelle bildquelle beiträge neueste reading getty images view all posts profile email print search"
)
_BY = late(
    r"(?i:(?:(?:written|posted|published|created|reported|words|story|article|text|report) )?by|von|par|por|door"
    r"|eine?\s\w+\svon|(?:text|beitrag|kommentar|geschrieben|veröffentlicht|gespeichert|erstellt) von"
    r"|(?:escrito|publicado) por|(?:écrit|publié) par|text|autor(?:in)?|author)(?:\s*:\s*|\s+)(?=[^\W\d_a-z])"
)
# "March 15 · 3 min read · By Jane Doe", "Published August 7 by Jane Doe".
_BY_LATE = late(r"(?:\d[^.]{0,25}?|[·•|–—-])\s+(?i:by|von|par|por)\s*:?\s+(?=[^\W\d_a-z])")
_BY_ALONE = late(
    r"(?:(?:(?:written|posted|published|article|words|story) )?by|von|par|por|door|autor(?:in)?|author|source)\s*:?",
    re.IGNORECASE,
)
_PARTS = late(r"\s+[-–—|•·/∙]\s+|\s*[|•·]\s*|(?<=[a-zà-ÿ])(?=[A-Z][a-z]{2,8}\.?\s\d)")
_PLACE = late(
    r"(?:new|san|los|las|hong|saint|st\.|rio|tel|kuala|buenos|united|south|north)\s", re.IGNORECASE
)
_NO_NAME = frozenset("0123456789:：,，。、·•|")
_ACCOUNT = late(r"[a-z][a-z0-9]*[._][a-z0-9._]+")
_SPACED = late(r"[A-Za-z]")


def clean_names(raw: Iterable[str], site: str | None = None) -> tuple[str, ...]:
    """The people or organisations named, once each and in order."""
    names: list[str] = []
    for text in raw:
        names.extend(_split(clean_line(plain(text[:2000]))[:400]))
    names = [short for name in names if (short := _without_outlet(name, site))]
    unique = {name.casefold(): name for name in reversed(names)}
    out = [unique[key] for key in dict.fromkeys(name.casefold() for name in names)]
    if len(out) > 1 and site:  # "Jane Doe, The Example Times": the outlet is no second author
        out = [name for name in out if name.casefold() != site.casefold()] or out
    return tuple(out[:20])


def _without_outlet(name: str, site: str | None) -> str:
    """ "Jane Doe The Example Times": the outlet's name after a person's is cut."""
    if site and name.casefold().endswith(f" {site.casefold()}"):
        short = re.sub(r"\s+the$", "", name[: -len(site)].strip(), flags=re.IGNORECASE)
        return short if len(short.split()) > 1 else name
    return name


def _split(text: str) -> list[str]:
    if not text or _ADDRESS.search(text.split(" ", maxsplit=1)[0]):
        return []
    text = _DEGREE.sub("", _LEAD.sub("", _BRACKETS.sub("", text)))
    if not _CREDIT.search(text):
        bars = [part for part in re.split(r"\s*[|｜]\s*", text) if part]
        # After a bar stands another person, or the person's outlet, place or role.
        text = " ; ".join(bars[:1] + [part for part in bars[1:] if is_person(part)])
        return [name for part in _SPLIT.split(text) for name in _people(part)]
    return []


def _people(part: str) -> list[str]:
    """The names of a list with commas; two people joined by "and" apart."""
    pieces = _COMMA.split(part)
    kept = [name for piece in pieces for one in _pair(piece) if (name := _one(one))]
    # "Doe, Jane": a surname alone before one given name is a single person, written as in a list.
    if (
        len(pieces) == 2
        and len(kept) == 2
        and all(" " not in name for name in kept)
        and _SPACED.search(part)
    ):
        return [f"{kept[1]} {kept[0]}"]
    if kept and is_person(
        kept[0]
    ):  # "Jane Doe, MS, RD": degrees and initials are no further people
        return [kept[0], *(name for name in kept[1:] if len(name) > 5 or not name.isupper())]
    return kept


def _pair(text: str) -> list[str]:
    """Both of "Jane Doe and John Roe"; what is no two names of one shape stays whole, as an organisation's does."""
    parts = _PAIR.split(text)
    if len(parts) > 1 and all(map(_could_stand_alone, parts)):
        return parts
    return [text] if len(parts) < 2 or not _ROLE.search(text) else parts


def _could_stand_alone(part: str) -> bool:
    bare = _LEAD.sub("", part).strip()
    return is_person(bare) or not _SPACED.search(bare)


def is_person(name: str) -> bool:
    """Whether a text looks like one person's name: a few capitalised words, none of them furniture of a page."""
    words_in = name.split()
    if not _SPACED.search(name):
        return 1 < len(name) <= 20 and not any(map(_NO_NAME.__contains__, name))
    if not 2 <= len(words_in) <= 5 or any(map(str.isdigit, name)) or _ROLE.search(name):
        return False
    if words_in[0].casefold() in ("the", "by", "von") or ":" in name:
        return False
    return all(
        word[0].isupper() or word.casefold() in _PARTICLES or word[0] in "‘'’" for word in words_in
    ) and not _FURNITURE.intersection(word.casefold().strip(".,:") for word in words_in)


def by_line(line: str, after: str) -> str:
    """What a line by the headline says after "By"; the next line, where "By" stands alone. Empty for other lines."""
    if _BY_ALONE.fullmatch(line):
        return after if len(after) < 80 else ""
    found = _BY.match(line) or _BY_LATE.search(line)
    return line[found.end() :] if found and len(line) < 120 else ""


def beside_date(line: str) -> str:
    """The name on a line that holds it and a date only ("25.10.2025 - Jane Doe"); empty for other lines."""
    if len(line) > 80 or sum(map(str.isdigit, line)) < 4 or parse_date(line) is None:
        return ""
    parts = [part.strip() for part in _PARTS.split(line)]
    bare = [clean_names([part]) for part in parts if not parse_date(part)]
    named = [names[0] for names in bare if len(names) == 1 and is_person(names[0])]
    return named[0] if len(named) == 1 and not _PLACE.match(named[0]) else ""


def is_account(name: str) -> bool:
    """Whether a name is the account of a publishing system: one word with a sign in it (`jane_doe`, `jane.doe`)."""
    return bool(_ACCOUNT.fullmatch(name))


def is_role(line: str) -> bool:
    """Whether a short line tells what somebody does."""
    return len(line) < 50 and bool(_ROLE.search(line))


def as_stated(raw: str) -> str:
    """A name of no usual shape, as a page states it for machines ("98 Example Social"); empty for nobody's."""
    name = _LEAD.sub("", clean_line(plain(raw[:2000]))).strip()
    words_in = name.casefold().split()
    odd = (
        not name[:1].isalnum()
        or not 2 < len(name) <= 40
        or not 1 < len(words_in) <= 5
        or _ADDRESS.search(name)
    )
    return "" if odd or _NOBODY.issuperset(words_in) else name


def outlet_only(stated: Iterable[str]) -> bool:
    """Whether each stated author is only what follows the name: ", The Example Times"."""
    texts = [text.strip() for text in stated]
    return bool(texts) and all(text.startswith(",") for text in texts)


def _one(text: str) -> str | None:
    """One name, or None where the text is a role, an address, a sentence or nobody."""
    text = _PREFIX_ROLE.sub("", _LEAD.sub("", text))
    person = _FOR.sub("", text)
    name = _undated(_TAIL.sub("", person if is_person(person) else text)).strip(" .,:;-–—|/*•\"'“”")
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
    """Whether the only "author" named is the outlet itself, or its name with a word more or less."""
    outlets = [name for name in outlets if name]
    own = _bare(names[0]) if len(names) == 1 else ""
    if len(own) > 2 and any(
        own == "".join(re.findall(r"\b\w", name.casefold())) for name in outlets
    ):
        return True  # "LTO" of the Legal Tribune Online
    return bool(own) and any(
        own == name
        or (min(len(own), len(name)) > 4 and min(len(own), len(name)) * 5 > max(len(own), len(name)) * 3
            and (own in name or name in own))
        for name in map(_bare, outlets)
    )  # fmt: skip


def _bare(name: str) -> str:
    return re.sub(r"^the |\W", "", name.casefold())
