"""How common a term is in writing at large, so that an empty archive already knows rare words from common ones.

The table is made by benchmarks/make_prior.py from word frequencies under CC BY-SA 4.0; see data/LICENSE-wordfreq.txt.
"""

import gzip
import math
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources
from itertools import chain, repeat

from aiwatch.text.kept import WORDS

TEXT_WORDS = 300  # shares are for a text of this length, about a short news article
UNSEEN = 1e-4  # share of a word that the table does not hold: rarer than all it holds
CHARACTERS_A_WORD = 1.6  # Chinese and Japanese, as tokenised by the table's source
MOST_COMMON = 0.999
LEAST_STOP_WORDS = 2
# Plain numbers by their count of digits; years apart (measured over the table's source, en and de).
_NUMBERS = {1: 0.3, 2: 0.12, 3: 0.02, 4: 0.004}
_YEAR = 0.1


@cache
def _table() -> dict[str, int]:
    """Term to level: ten times the base-10 logarithm of its occurrences in a thousand million words."""
    data = resources.files("aiwatch.text").joinpath("data", "prior.txt.gz").read_bytes()
    levels: dict[str, int] = {}
    for line in gzip.decompress(data).decode("utf-8").splitlines():
        level, _, words = line.partition("\t")
        levels.update(dict.fromkeys(words.split(" "), int(level)))
    return levels


def read_table() -> None:
    """What a first question would wait for: 50 ms that a loop can have done beside it."""
    _table()


@cache
def _stop_lists() -> dict[str, frozenset[str]]:
    text = (
        resources.files("aiwatch.text")
        .joinpath("data", "stopwords.txt")
        .read_text(encoding="utf-8")
    )
    lines = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {language: frozenset(words) for language, *words in lines}


@cache
def _languages_of_stop_words() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for language, words in _stop_lists().items():
        for word in words:
            found[word] = (*found.get(word, ()), language)
    return found


def stop_words(words: Sequence[str]) -> frozenset[str]:
    """The function words of the language these folded words are in; a tie takes every language that ties.

    `war` goes in German and stays in English, where it is news. One word is no evidence (`AI` is also Italian) except
    of English, the commonest: short headlines have one.
    """
    lists, languages = _stop_lists(), _languages_of_stop_words()
    hits = Counter(chain.from_iterable(map(languages.get, words, repeat(()))))
    best = max(hits.values(), default=0)
    tied = [language for language, hit in hits.items() if hit == best]
    if best < LEAST_STOP_WORDS:
        tied = ["en"] if best and "en" in tied else []
    return lists[tied[0]] if len(tied) == 1 else frozenset().union(*map(lists.__getitem__, tied))


def _occurrences(level: int) -> float:
    """Expected count in a text of TEXT_WORDS."""
    return float(TEXT_WORDS * 10 ** (level / 10 - 9))


def _pair(term: str) -> float:
    """Expected count of two characters that stand side by side by chance, as at the edges of words."""
    table = _table()
    first, second = table.get(term[0]), table.get(term[1])
    if first is None or second is None:
        return UNSEEN
    chance = _occurrences(first) * _occurrences(second) / TEXT_WORDS / CHARACTERS_A_WORD
    return max(UNSEEN, chance)


def _number_share(term: str) -> float:
    if len(term) == 4 and term[:2] in ("19", "20"):
        return _YEAR
    return _NUMBERS.get(len(term), UNSEEN)


@lru_cache(maxsize=WORDS)
def document_share(term: str) -> float:
    """The chance that a text of about 300 words holds this term, between 0 and 1."""
    if term.isdecimal() and term.isascii():
        return _number_share(term)
    level = _table().get(term)
    if level is not None:
        expected = _occurrences(level)
    elif len(term) == 2 and not term.isascii():
        expected = _pair(term)
    else:
        expected = UNSEEN
    return min(MOST_COMMON, 1 - math.exp(-expected))
