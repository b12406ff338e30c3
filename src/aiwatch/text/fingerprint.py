"""What of an article is compared with others: hashes of its wording, its numbers, its names, its terms."""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from hashlib import blake2b
from typing import TypedDict

from aiwatch.model import Fingerprint
from aiwatch.text import prior, terms

SHORTEST_HASHED = 40  # words; below, two texts may agree by chance
KEEP_ONE_IN = 4
MOST_SHINGLES = 256
MOST_NAMES = 120
MOST_NUMBERS = 120
# Looked at word by word: a page of 2.4 million characters took 100 MB and so its reader's life; an article has 100,000.
MOST_CHARACTERS = 400_000
NAME_WORDS = 600  # names further down belong to background and related links

# Not inside a word or a longer number; Chinese, Japanese, Korean and Thai set figures right behind a word.
# What stands before the first figure is looked at behind it: so a search leaps from figure to figure.
_NUMBER = re.compile(
    r"\d(?:(?<![\w.,]\d)|(?<=[\u0e01-\u0e4e\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]\d))"
    r"[\d.,]*(?:[^\S\n]?(?:-)?(?P<scale>[^\W\d_]+))?"
)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3}){2,}")
_SCALES = {
    **dict.fromkeys(("thousand", "k", "tsd", "mil", "тыс", "千", "천", "พัน"), 10**3),
    **dict.fromkeys(("万", "萬", "만", "หมื่น"), 10**4),
    **dict.fromkeys(
        ("million", "millions", "mn", "mln", "m", "mio", "millionen", "millones", "milhões", "milioni"), 10**6
    ),
    **dict.fromkeys(("miljoen", "triệu", "млн", "миллиона", "миллионов", "ล้าน", "百万"), 10**6),
    **dict.fromkeys(("亿", "億", "억"), 10**8),
    **dict.fromkeys(("billion", "billions", "bn", "b", "mrd", "milliarden", "milliards", "miliardi"), 10**9),
    **dict.fromkeys(("miljard", "tỷ", "млрд", "миллиарда", "миллиардов"), 10**9),
    **dict.fromkeys(("trillion", "trillions", "tn", "трлн", "兆", "조"), 10**12),
}  # fmt: skip
_KEPT = re.compile(r"\d+(?:[.,:]\d+)+|[^\W_]+")
_EIGHT_BYTES = blake2b(digest_size=8)
_POINTS = frozenset(".,:")
_SENTENCE_END = re.compile(r"[.!?:;…。！？\n\"“”»«(\[•–—|]")


class _NamesAndTerms(TypedDict):
    names: tuple[str, ...]
    terms: tuple[tuple[str, int], ...]


def fingerprint(title: str, text: str) -> Fingerprint:
    """Everything the judge compares; `text` is the cleaned body, one block a line."""
    heading, body = terms.normal(title), terms.normal(text)
    looked_at = body[:MOST_CHARACTERS]
    numbers = _numbers(f"{heading}\n{looked_at}")
    titled = terms.runs(heading)
    if parted := terms.spaced(looked_at):
        words, gaps = parted
        found = terms.spaced_runs(words[:NAME_WORDS], gaps[:NAME_WORDS])
        whole = len(looked_at) == len(body)
        return Fingerprint(
            text_hash=_hash_of(_kept(*parted) if whole else _kept_of(body), len(words)),
            shingles=_shingles_of_words(words),
            words=len(words),
            numbers=numbers,
            **_names_and_terms(titled, found, body, text),
        )
    found = terms.runs(looked_at)
    size = int(sum(1 if run.kind == "word" else terms.size(run) for run in found))
    return Fingerprint(
        text_hash=_hash_of(_kept_of(body), size),
        shingles=_shingles(" ".join(words).encode("utf-8", "replace") for words in _windows(found)),
        words=size,
        numbers=numbers,
        **_names_and_terms(titled, found, body, text),
    )


def _names_and_terms(
    heading: Sequence[terms.Run], found: Sequence[terms.Run], body: str, text: str
) -> _NamesAndTerms:
    """`found`: the first runs of the body, more than enough of them."""
    named = terms.lead_of(found, body, text, NAME_WORDS)
    first = terms.lead_of(found, body, text)
    stop = _stop_words(heading, named)
    # What a name is and what a term is are told by the stop words of the same runs, where all are words.
    same = terms.each_is_a_word(first) and terms.each_is_a_word(heading)
    return {
        "names": _names(heading, named, stop),
        "terms": terms.terms_of(heading, first, stop if same else None),
    }


def _hash_of(kept: str, words: int) -> str:
    """Of letters and digits, with the point inside a number: $15 million are not $1.5 million."""
    if words < SHORTEST_HASHED:
        return ""
    return blake2b(kept.casefold().encode("utf-8", "replace"), digest_size=16).hexdigest()


def _kept_of(body: str) -> str:
    return "".join(_KEPT.findall(body))


def _kept(words: Sequence[str], gaps: Sequence[str]) -> str:
    """The same of words that are parted already: a point stays between what ends in figures and what begins with one."""
    points = [
        n
        for n, gap in enumerate(gaps)
        if gap in _POINTS and n and words[n][0].isdecimal() and _ends_in_number(words[n - 1])
    ]
    if not points:
        return "".join(words)
    parts = list(words)
    for n in points:
        parts[n] = gaps[n] + parts[n]
    return "".join(parts)


def _ends_in_number(word: str) -> bool:
    return word.isdecimal() or not word.isalnum()


def _shingles_of_words(words: Sequence[str]) -> tuple[int, ...]:
    joined = " ".join(words)
    folded = joined.casefold() if joined.isascii() else " ".join(map(terms.folded, words))
    coded = folded.encode("utf-8", "replace").split(b" ")
    four = zip(coded, coded[1:], coded[2:], coded[3:], strict=False)
    return _shingles(map(b" ".join, four))


def _shingles(stretches: Iterable[bytes]) -> tuple[int, ...]:
    """Hashes of four words in a row (eight characters where nothing is spaced), one in four of them, sorted.

    They are the first 63 bits; of these the last two say whether one is kept.
    """
    kept: set[int] = set()
    begun = _EIGHT_BYTES.copy  # in four fifths of the time that a new one takes
    for stretch in stretches:
        hashed = begun()
        hashed.update(stretch)
        digest = hashed.digest()
        if not digest[7] & 0b110:
            kept.add(int.from_bytes(digest, "big") >> 1)
    return tuple(sorted(kept)[:MOST_SHINGLES])


def _units(found: Sequence[terms.Run]) -> Iterator[tuple[str, int]]:
    """Words at weight 2, unspaced characters at weight 1."""
    for run in found:
        if run.kind in ("pairs", "clusters") and not run.text[0] >= "\uac00":
            for character in run.text:
                yield character, 1
        else:
            yield terms.folded(run.text), 2


def _windows(found: Sequence[terms.Run]) -> Iterator[Sequence[str]]:
    """Every stretch of units that just reaches the weight of four words."""
    units = list(_units(found))
    texts = [text for text, _ in units]
    weight, end = 0, 0
    for start, (_, own) in enumerate(units):
        while weight < 8 and end < len(units):
            weight += units[end][1]
            end += 1
        if weight < 8:
            return
        yield texts[start:end]
        weight -= own


def _numbers(text: str) -> tuple[str, ...]:
    """Numbers as plain decimals, `$1.4 million` as 1400000; in order, without repeats."""
    kept: dict[str, None] = {}
    for found in _NUMBER.finditer(text):
        kept.setdefault(_plain(found))
        if len(kept) == MOST_NUMBERS:
            break
    return tuple(kept)


def _plain(found: re.Match[str]) -> str:
    scale = found["scale"] or ""
    digits = found[0][: found.start("scale") - found.start()] if scale else found[0]
    digits = digits.rstrip(" .,-\u00a0")
    factor = _scale(scale.casefold())
    if factor == 1 and digits.isdecimal() and digits.isascii() and 0 < len(digits) < 20:
        return digits.lstrip("0") or "0"  # most numbers
    if _THOUSANDS.fullmatch(digits):
        marks = "." if digits.count(".") > 1 else ","
        digits = digits.replace(marks, "")
    elif digits.count(",") == 1 and "." not in digits:
        digits = digits.replace(",", ".")
    if not re.fullmatch(r"\d+(?:\.\d+)?", digits):
        return digits  # 1.2.3, 12,3,4: a version or a list, compared as written
    value = Decimal(digits) * factor
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _scale(word: str) -> int:
    """What a word after a number multiplies it by; unspaced scripts may run on after theirs."""
    if word in _SCALES or not word or word.isascii():
        return _SCALES.get(word, 1)
    return next((_SCALES[word[:n]] for n in (5, 4, 3, 2, 1) if word[:n] in _SCALES), 1)


def names(title: str, text: str) -> tuple[str, ...]:
    """Words written as names, lower case, in order: capitals inside a sentence, words with digits, katakana.

    A headline in Title Case says nothing by its capitals: its words count where the body writes them as names too,
    or where there is no body to ask.
    """
    heading, body = terms.runs(terms.normal(title)), terms.lead(text, NAME_WORDS)
    return _names(heading, body, _stop_words(heading, body))


def _stop_words(heading: Sequence[terms.Run], body: Sequence[terms.Run]) -> frozenset[str]:
    told = (*heading, *body[: terms.LEAD_WORDS])
    return prior.stop_words([terms.folded(run.text) for run in told])


def _names(
    heading: Sequence[terms.Run], body: Sequence[terms.Run], stop: frozenset[str]
) -> tuple[str, ...]:
    told = dict.fromkeys(_named(body, stop))
    title_case = _is_title_case(heading)
    kept: dict[str, None] = {}
    for name in _named(heading, stop, starts=title_case or not body):
        if name in told or not body or not title_case or not name.isalpha():
            kept.setdefault(name)
    kept.update(told)
    return tuple(kept)[:MOST_NAMES]


def _is_title_case(heading: Sequence[terms.Run]) -> bool:
    long = [run.text for run in heading if run.kind == "word" and len(run.text) > 3]
    return sum(word[0].isupper() for word in long) > 0.6 * len(long)


def _named(
    found: Sequence[terms.Run], stop: frozenset[str], *, starts: bool = False
) -> Iterator[str]:
    """Names in order. `starts`: believe a plain capital at the start of a sentence too."""
    starts = starts or _without_capitals(found)
    for n, run in enumerate(found):
        text = run.text
        if text.islower() and text.isalpha():
            continue  # most words, and no names
        before = found[n - 1] if n else None
        first = before is None or (run.gap != " " and bool(_SENTENCE_END.search(run.gap)))
        if len(text) <= terms.LONGEST_JOINED and (together := terms.joined(before, run)):
            yield together
        if run.kind != "word" or not _looks_named(text, believed=starts or not first):
            continue
        name = terms.folded(text)
        if name not in stop:
            yield name


def _without_capitals(found: Sequence[terms.Run]) -> bool:
    """Whether a text's script knows no capitals: a Latin word in it is a name wherever it stands."""
    first = "".join([run.text[0] for run in found])
    if first.isascii():
        return False
    cased = sum(map(str.isupper, first)) + sum(map(str.islower, first))
    return 2 * cased < sum(map(str.isalpha, first))


def _looks_named(word: str, *, believed: bool) -> bool:
    if len(word) < 2:
        return False
    if "\u30a1" <= word[0] <= "\u30fc":
        return len(word) > 2
    if not word.isalpha():
        return any(map(str.isalpha, word))
    return (believed and word[0].isupper()) or any(map(str.isupper, word[1:]))
