"""Proper names in a sentence, and who is speaking: by capital letters and reporting verbs, no model.

Scripts without capitals give only the Latin names written in them (`OpenAI宣布` → `openai`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aiwatch.text.kept import SENTENCES, kept
from aiwatch.text.late import late

_WORD = late(r"[A-Za-z0-9À-ɏЀ-ӿͰ-Ͽ](?:[A-Za-z0-9À-ɏЀ-ӿͰ-Ͽ&'’.-]*[A-Za-z0-9À-ɏЀ-ӿͰ-Ͽ])?")
_ADDED = late(r"['’]s?$|-[a-z][\w-]*$")  # OpenAI's, AI-driven, Hollywood-style
# Capitalised, but the name of nobody in particular.
_GENERIC_WORDS = (
    "a according after ai all although amid an and another are as at b2b back because before both but by ceo cfo chief co "
    "company coo corp cto despite earlier even every evp faq first following for from furthermore gpu he her here his how "
    "however i if in inc inside instead ip ipo is it its last later less llc llm ltd many meanwhile more moreover most mr "
    "mrs ms new no not note now of officer on once one only or other our over pr president previous q&a rather report "
    "reports she since so some still such tech than that the their then there these they this those though through to "
    "today tomorrow tv two under until up upon us u.s uk u.k ui via vp we what when where which while who why with within "
    "without yes yesterday yet you your january february march april may june july august september october november "
    "december monday tuesday wednesday thursday friday saturday sunday jan feb mar apr jun jul aug sep sept oct nov dec "
    "q1 q2 q3 q4 pm am est pst gmt utc"
)
_GENERIC = frozenset(_GENERIC_WORDS.split())
_SAYS = late(
    r"\b(?:said|says|told|stat(?:ed|es)|announc(?:ed|es)|confirm(?:ed|s)|den(?:ied|ies)|call(?:ed|s)|wrote|writes"
    r"|argu(?:ed|es)|add(?:ed|s)|explain(?:ed|s)|noted|warn(?:ed|s)|claim(?:ed|s)|report(?:ed|s)|reveal(?:ed|s)"
    r"|indicat(?:ed|es)|estimat(?:ed|es)|testif(?:ied|ies)|declined|insist(?:ed|s)|sagte|erklärte|déclaré|dijo|afirmó"
    r"|disse|сказал[аи]?|заявил[аи]?|сообщил[аи]?)\b(?!\sby\b)",
    re.IGNORECASE,
)
_PASSIVE = late(
    r"(?:\bas|\bis|\bare|\bwas|\bwere|\bbe|\bbeen|\bso-called)\s(?:\w+ly\s)?$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A proper name: its words in lower case, `open ai` joined, and where it stands."""

    words: tuple[str, ...]
    start: int
    end: int


@kept(SENTENCES)
def names(sentence: str, known: frozenset[str] = frozenset()) -> tuple[Name, ...]:
    """The names of a sentence. A lone capital at its beginning counts only if its word is among `known`."""
    found: list[list[re.Match[str]]] = []
    for word in _WORD.finditer(sentence):
        if not _capital(word.group()):
            continue
        if found and sentence[found[-1][-1].end() : word.start()] == " ":
            found[-1].append(word)
        else:
            found.append([word])
    read = (_name(run, sentence, known) for run in found)
    return tuple(name for name in read if name is not None)


def name_words(text: str, known: frozenset[str] = frozenset()) -> frozenset[str]:
    """All the words of all its names."""
    return frozenset(word for name in names(text, known) for word in name.words)


def speaker(sentence: str, found: tuple[Name, ...]) -> Name | None:
    """Who is said to say it: the name before a reporting verb (a full name first), or right after it."""
    for verb in _SAYS.finditer(sentence):
        if _PASSIVE.search(sentence[: verb.start()]):
            continue
        before = [name for name in found if 0 <= verb.start() - name.end <= 70]
        full = [name for name in before if len(name.words) > 1]
        after = [name for name in found if 0 < name.start - verb.end() <= 2]
        if close := full[-1:] or before[-1:] or after[:1]:
            return close[0]
    return None


def _capital(word: str) -> bool:
    if word.islower():  # nine of ten
        return False
    return word[0].isupper() or (word[0].isalpha() and any(char.isupper() for char in word[1:]))


def _name(run: list[re.Match[str]], sentence: str, known: frozenset[str]) -> Name | None:
    """One run of capitalised words without those that name nobody."""
    bare = [(_ADDED.sub("", word.group()), word) for word in run]
    kept = [
        (word, match) for word, match in bare if word.lower() not in _GENERIC or _joins(word, bare)
    ]
    if not kept:
        return None
    if len(kept) == 1 and len(run) == 1 and _begins(sentence, kept[0][1].start()):
        word = kept[0][0]
        if (
            not any(char.isupper() or char.isdigit() for char in word[1:])
            and word.lower() not in known
        ):
            return None
    words = tuple(_joined([word for word, _ in kept]))
    return Name(words=words, start=kept[0][1].start(), end=kept[-1][1].end()) if words else None


def _joins(word: str, run: list[tuple[str, re.Match[str]]]) -> bool:
    """`AI` belongs to the name when a capitalised word stands before it: Open AI, Character AI."""
    place = [other for other, _ in run].index(word)
    before = run[place - 1][0] if place else ""
    return word == "AI" and before.istitle() and before.lower() not in _GENERIC


def _joined(words: list[str]) -> Iterator[str]:
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else ""
        if _short_capitals(following) and word.istitle():
            yield (word + following).lower()
        elif not (_short_capitals(word) and place and words[place - 1].istitle()):
            yield word.lower()


def _short_capitals(word: str) -> bool:
    return 2 <= len(word) <= 3 and word.isalpha() and word.isupper()


def _begins(sentence: str, start: int) -> bool:
    before = sentence[:start].rstrip()
    return not before or before[-1] in '"“‘«([:.!?'
