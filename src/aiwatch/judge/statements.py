"""A body → the sentences that state something checkable, each with its keys.

Keys are what a sentence carries, normalised so that two outlets' words for it compare: `usd:1400000`, `date:03-24`,
`quote:resource draining black hole`, `said:thomas husson`, `name:sensor tower`. A name that only says where something
was read ("as reported by Meyka") gives none; in German a single capitalised word is a `noun:`, which carries nothing.
"""

import re
from collections.abc import Iterable, Iterator, Set

from aiwatch.judge.names import Name, name_words, names
from aiwatch.judge.quantities import dates, quantities, weekdays
from aiwatch.judge.sentences import content, pieces, sentences, stem
from aiwatch.judge.speech import credited, denies, speaker
from aiwatch.judge.units import MONEY, SPANS, UNIT_WORDS
from aiwatch.model import Fact, Member
from aiwatch.text.kept import SENTENCES, TEXTS, kept
from aiwatch.text.late import late
from aiwatch.text.tokens import words

_QUOTED = late(
    r"“([^”]{8,300})”|\"([^\"]{8,300})\"|«([^»]{8,300})»|「([^」]{4,200})」|„([^“]{8,300})“"
)
_CARRIES_ON = late(
    r"(?:the|this|that|these|it|its|he|she|they|their|his|her|both|but|and)\b", re.IGNORECASE
)
_IDEOGRAPHS = late(r"[\u3400-\u9fff]{2}")
_TITLED = late(r"[«„“\"‘「『《]([^»”“\"’」』》]{2,40})[»”“\"’」』》]")
# What a sentence without a name of the story may call it by.
_POINTS = late(
    r"\bthis (?:decision|move|deal|closure|step|plan|agreement|announcement|ruling|incident|case|accident|attack|recall|merger)\b",
    re.IGNORECASE,
)
_SPELLED_OUT = late(r"\(([A-Z]{2,6})\)")
_TOLERANCE = 0.025  # 1.47 and 1.5 trillion are one figure, rounded
_WORDED = frozenset(("name", "noun", "said", "denied", "quote", "date", "weekday"))
_EXACT = SPANS | {"person", "pct"}


@kept(SENTENCES)
def keys_of(sentence: str, known: frozenset[str] = frozenset()) -> frozenset[str]:
    """What one sentence carries."""
    found = _named(sentence, known)
    keys = {
        quantity.key for quantity in (*quantities(sentence), *dates(sentence), *weekdays(sentence))
    }
    keys |= {f"quote:{quote}" for quote in _quotes(sentence)}
    nouns = capitalises_nouns(sentence)
    keys |= {
        f"{'noun' if nouns and not _is_long(name) else 'name'}:{' '.join(name.words)}"
        for name in found
    }
    keys |= {f"name:{short}" for short in _introduced(sentence)}
    if said := speaker(sentence, found):
        keys.add(f"said:{' '.join(said.words)}")
        if denies(sentence):
            keys.add(f"denied:{' '.join(said.words)}")
    return frozenset(keys)


def _named(sentence: str, known: frozenset[str]) -> tuple[Name, ...]:
    """The names it tells of, without those it only credits."""
    places = credited(sentence)
    found = names(sentence, known)
    return tuple(
        name
        for name in found
        if not any(a <= name.start < b for a, b in places) and not UNIT_WORDS.issuperset(name.words)
    )


_GERMAN_WORDS = (
    "der die das den dem des ein eine einen einer und ist sind nicht für mit von vom zum zur "
    "auf im wie nach bei aus werden wird hat hatte hatten haben sich auch noch sei wurde "
    "wurden bis seit gegen über unter vor mehr aber sagte wegen durch einem"
)
_GERMAN = frozenset(_GERMAN_WORDS.split())


_ENGLISH_WORDS = "the of and to for by from that his her its with a an at"
_ENGLISH = frozenset(_ENGLISH_WORDS.split())


def capitalises_nouns(sentence: str) -> bool:
    """German: there a lone capital is any noun's, and only longer names are told from nouns."""
    found = sentence.lower().split()
    return sum(word in _GERMAN for word in found) > sum(word in _ENGLISH for word in found)


def _is_long(name: Name) -> bool:
    return sum(word not in _GERMAN for word in name.words) > 1


def _introduced(sentence: str) -> Iterator[str]:
    """Abbreviations that it spells out (`initial public offering (IPO)`): so is named what comes up first here."""
    for match in _SPELLED_OUT.finditer(sentence):
        before = words(sentence[: match.start()])[-len(match[1]) :]
        if [word[0] for word in before] == list(match[1].lower()):
            yield match[1].lower()


@kept(TEXTS)
def statements(
    text: str, title: str = "", also: frozenset[str] = frozenset()
) -> tuple[tuple[str, frozenset[str]], ...]:
    """Every reporting sentence of a body, in order, with its keys (possibly none); `also` are names known elsewhere."""
    found = sentences(text)
    known = also.union(word for sentence in (title[:300], *found) for word in name_words(sentence))
    return tuple((sentence, keys_of(sentence, known)) for sentence in found)


@kept(TEXTS)
def heard_in(text: str) -> frozenset[str]:
    """The keys of all that stands in a text, headings and scraps too: what its reader knows."""
    return frozenset(key for piece in pieces(text) for key in keys_of(piece))


def facts(member: Member, about: frozenset[str] = frozenset()) -> tuple[Fact, ...]:
    """The sentences of an article that carry something; with `about`, only those that concern these words.

    A sentence concerns them when it names one of them, or carries straight on from one that does.
    """
    this_year = f"date:{member.first_seen.year}"
    return tuple(
        _fact(member, sentence, keys - {this_year})
        for sentence, keys in _concerning(statements(member.text, member.title, about), about)
        if keys - {this_year}
    )


def plainly(member: Member, about: frozenset[str]) -> Iterator[Fact]:
    """The sentences that concern these words, whether they carry anything or not."""
    for sentence, keys in _concerning(statements(member.text, member.title, about), about):
        yield _fact(member, sentence, keys)


def _shares_words(sentence: str, about: frozenset[str]) -> bool:
    """Two words of them, or a pair of ideographs, which is a word by itself."""
    shared = content(sentence) & about
    return len(shared) > 1 or any(_IDEOGRAPHS.fullmatch(word) for word in shared)


def _fact(member: Member, sentence: str, keys: frozenset[str]) -> Fact:
    return Fact(
        text=sentence, article=member.article, outlet=member.outlet, url=member.url, keys=keys
    )


def _concerning(
    stated: Iterable[tuple[str, frozenset[str]]], about: frozenset[str]
) -> Iterator[tuple[str, frozenset[str]]]:
    before = False
    for sentence, keys in stated:
        named = not about or bool((named_in(keys) | name_words(sentence, about)) & about)
        named = named or _shares_words(sentence, about)
        if named or _POINTS.search(sentence) or (before and _CARRIES_ON.match(sentence)):
            yield sentence, keys
        before = named


def is_solid(fact: Fact) -> bool:
    """Whether it carries more than names: a figure, a date, a quotation, a speaker."""
    return any(key.partition(":")[0] not in ("name", "noun", "weekday") for key in fact.keys)


def named_in(keys: Iterable[str]) -> frozenset[str]:
    """The words of the names among keys, and of what may be one."""
    return frozenset(
        word
        for key in keys
        if key.startswith(("name:", "noun:"))
        for word in re.split(r"[ -]", key[5:])
    )


def subjects(members: Iterable[Member]) -> frozenset[str]:
    """What the members are about: the names of their titles and first sentences; pairs where a title has no spaces."""
    members = tuple(members)
    bodies = [statements(member.text, member.title) for member in members]
    known = frozenset(word for body in bodies for _, keys in body for word in named_in(keys))
    found: set[str] = set()
    for member, body in zip(members, bodies, strict=True):
        found |= named_in(key for _, keys in body[:2] for key in keys)
        titled = name_words(member.title[:300], known)
        found |= titled & known or titled
        found |= _first_word(member)
        found |= {word for quoted in _TITLED.findall(member.title[:300]) for word in words(quoted)}
        found |= {
            pair for pair in content(member.title[:300]) if len(pair) == 2 and not pair.isascii()
        }
    return frozenset(found)


def _first_word(member: Member) -> frozenset[str]:
    """The first word of a title, if the body writes it with a capital too, and never without."""
    word, _, _ = member.title[:80].strip('«„“"‘「『《 ').partition(" ")
    if not (word[:1].isupper() and word.isalpha() and content(word)):
        return frozenset()
    written = set(re.findall(r"[^\W\d_]+", member.text[:20_000]))
    return frozenset({word.lower()} if word in written and word.lower() not in written else ())


def _quotes(sentence: str) -> Iterator[str]:
    """The quotations of three words or more, by their first eight words."""
    for match in _QUOTED.finditer(sentence):
        quoted = words(next(group for group in match.groups() if group))
        if len(quoted) >= 3:
            yield " ".join(quoted[:8])


# ---------------------------------------------------------------- what is covered


def uncovered(keys: frozenset[str], told: Set[str], told_words: Set[str]) -> frozenset[str]:
    """The keys that say something not among the told ones; figures compare with a tolerance for rounding."""
    return frozenset(key for key in keys if key not in told and not _covered(key, told, told_words))


def _covered(key: str, told: Set[str], told_words: Set[str]) -> bool:
    kind, _, value = key.partition(":")
    if kind in ("name", "noun", "said", "denied"):
        same = (other.partition(":")[2].split() for other in told if other.startswith(f"{kind}:"))
        mine = set(value.split())
        if kind in ("name", "noun") and _is_told(value, told_words):
            return True
        return any(mine.intersection(other) for other in same)
    if kind == "quote":
        return len(told_words & set(value.split())) >= 0.8 * len(value.split())
    if kind in ("date", "weekday"):
        return False
    exact = kind not in MONEY and (kind in _EXACT or float(value) < 100)
    return any(
        other == float(value) or (not exact and _near(float(value), other))
        for other in _values(kind, told)
    )


def _is_told(name: str, told_words: Set[str]) -> bool:
    """Whether all its words were told, though not as a name, or joined or apart (Open AI, OpenAI, Sora API)."""
    joined = name.replace(" ", "")
    return (
        stem(joined) in told_words
        or all(stem(word) in told_words for word in name.split())
        or any({stem(joined[:-n]), stem(joined[-n:])} <= told_words for n in (2, 3))
    )


def _values(kind: str, told: Set[str]) -> Iterator[float]:
    """The told numbers of a unit; things are counted under many nouns (`900 jobs`, `900 people`), spans of time apart."""
    for key in told:
        unit, _, value = key.partition(":")
        if unit == kind or (_is_count(unit) and _is_count(kind)):
            yield float(value)


def _is_count(unit: str) -> bool:
    return unit not in MONEY | SPANS | _WORDED and unit != "pct"


def _near(value: float, other: float) -> bool:
    return abs(value - other) <= _TOLERANCE * max(abs(value), abs(other))
