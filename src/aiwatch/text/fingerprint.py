"""What of an article is compared with others: hashes of its wording, its numbers, its names, its terms."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from hashlib import blake2b

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
_NUMBER = re.compile(
    r"(?:(?<![\w.,])|(?<=[\u0e01-\u0e4e\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]))"
    r"\d[\d.,]*(?:[^\S\n]?(?:-)?(?P<scale>[^\W\d_]+))?"
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
_SENTENCE_END = re.compile(r"[.!?:;…。！？\n\"“”»«(\[•–—|]")


def fingerprint(title: str, text: str) -> Fingerprint:
    """Everything the judge compares; `text` is the cleaned body, one block a line."""
    body = terms.normal(text)
    looked_at = body[:MOST_CHARACTERS]
    heading, found = list(terms.runs(terms.normal(title))), list(terms.runs(looked_at))
    words = int(sum(1 if run.kind == "word" else terms.size(run) for run in found))
    return Fingerprint(
        text_hash=_text_hash(body) if words >= SHORTEST_HASHED else "",
        shingles=_shingles(found),
        words=words,
        numbers=_numbers(terms.normal(title) + "\n" + looked_at),
        names=_names(heading, terms.lead_of(found, text, NAME_WORDS)),
        terms=terms.terms_of(heading, terms.lead_of(found, text)),
    )


def _text_hash(body: str) -> str:
    """Of letters and digits, with the point inside a number: $15 million are not $1.5 million."""
    kept = "".join(_KEPT.findall(body)).casefold()
    return blake2b(kept.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _shingles(found: Sequence[terms.Run]) -> tuple[int, ...]:
    """Hashes of four words in a row (eight characters where nothing is spaced), one in four of them, sorted."""
    kept: set[int] = set()
    for words in _windows(found):
        digest = blake2b(" ".join(words).encode("utf-8", "replace"), digest_size=8).digest()
        value = int.from_bytes(digest, "big") >> 1
        if value % KEEP_ONE_IN == 0:
            kept.add(value)
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
    if all(run.kind in ("word", "number") for run in found):
        words = [terms.folded(run.text) for run in found]
        return zip(words, words[1:], words[2:], words[3:], strict=False)
    return _weighed(list(_units(found)))


def _weighed(units: Sequence[tuple[str, int]]) -> Iterator[Sequence[str]]:
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
    scale = (found["scale"] or "").casefold()
    digits = found[0][: found.start("scale") - found.start()] if scale else found[0]
    digits = digits.rstrip(" .,-\u00a0")
    if _THOUSANDS.fullmatch(digits):
        marks = "." if digits.count(".") > 1 else ","
        digits = digits.replace(marks, "")
    elif digits.count(",") == 1 and "." not in digits:
        digits = digits.replace(",", ".")
    if not re.fullmatch(r"\d+(?:\.\d+)?", digits):
        return digits  # 1.2.3, 12,3,4: a version or a list, compared as written
    value = Decimal(digits) * _scale(scale)
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
    return _names(list(terms.runs(terms.normal(title))), terms.lead(text, NAME_WORDS))


def _names(heading: Sequence[terms.Run], body: Sequence[terms.Run]) -> tuple[str, ...]:
    stop = prior.stop_words([terms.folded(run.text) for run in (*heading, *body[:200])])
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
    before: terms.Run | None = None
    starts = starts or _without_capitals(found)
    for run in found:
        if run.kind == "word" and run.text.islower() and run.text.isalpha():
            before = run  # most words, and no names
            continue
        first = before is None or (run.gap != " " and bool(_SENTENCE_END.search(run.gap)))
        together = terms.joined(before, run)
        if together:
            yield together
        name = terms.folded(run.text)
        if (
            run.kind == "word"
            and name not in stop
            and _looks_named(run.text, believed=starts or not first)
        ):
            yield name
        before = run


def _without_capitals(found: Sequence[terms.Run]) -> bool:
    """Whether a text's script knows no capitals: a Latin word in it is a name wherever it stands."""
    first = [run.text[0] for run in found]
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
