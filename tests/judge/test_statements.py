"""What a sentence states, as keys that compare."""

import pytest

from aiwatch.judge.statements import facts, heard_in, is_solid, keys_of, subjects, uncovered
from tests.judge.telling import member

KEYS = [
    ("Lumen lost $90 million in March, Ann Bo said on Friday.", "usd:90000000 date:03 name:ann bo said:ann bo weekday:4"),
    ("Then Halden denied the sale to Ann Bo.", "name:halden name:ann bo said:halden denied:halden"),
    ("It changes films, as reported by Meyka.", ""),
    ("It prepares an initial public offering (IPO) now.", "name:ipo"),
    ("It told (HQ) nothing of the kind.", "name:hq said:hq"),
    ("They spoke of a “black hole for resources” there.", "quote:black hole for resources"),
    ("Die Kette hat den Antrag gestellt, wie Uwe Brenner hört.", "name:uwe brenner"),
    ("Es kostet Milliarden Euro für das Land.", ""),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "expected"), KEYS)
def test_a_sentence_gives_what_it_carries(sentence: str, expected: str) -> None:
    found = {key for key in keys_of(sentence) if not key.startswith("noun:")}
    assert found >= set(_keys(expected))
    assert found - set(_keys(expected)) == set()


def _keys(written: str) -> list[str]:
    """`said:ann bo usd:9` → its keys; a word without a colon belongs to the key before it."""
    keys: list[str] = []
    for word in written.split():
        if ":" in word:
            keys.append(word)
        else:
            keys[-1] += f" {word}"
    return keys


COVERED = [
    ("usd:1400000", "usd:1400000", True),
    ("krw:1500000000000", "krw:1470000000000", True),
    ("usd:1400000", "eur:1400000", False),
    ("usd:1000000", "n:1000000", False),
    ("person:900", "n:900", True),
    ("worker:12", "person:12", True),
    ("n:310", "n:305", True),
    ("n:31", "n:30", False),
    ("year:12", "n:12", False),
    ("pct:12", "n:12", False),
    ("date:03-24", "date:03-25", False),
    ("weekday:1", "weekday:2", False),
    ("name:bo", "name:ann bo", True),
    ("said:bo", "name:bo", False),
    ("denied:bo", "said:bo", False),
]


@pytest.mark.parametrize(("key", "told", "expected"), COVERED)
def test_a_key_is_covered_by_what_says_the_same(key: str, told: str, expected: bool) -> None:
    assert (not uncovered(frozenset({key}), {told}, set())) is expected


@pytest.mark.parametrize("told", [{"open", "ai"}, {"openai"}])
def test_a_name_is_told_by_its_words_joined_or_apart(told: set[str]) -> None:
    assert not uncovered(frozenset({"name:openai"}), set(), told)
    assert uncovered(frozenset({"name:halden"}), set(), told)


def test_a_reader_has_heard_headings_and_scraps_too() -> None:
    assert heard_in("Only 12 days left\nHe is 51.") >= {"day:12"}


def test_sentences_concern_what_an_article_is_about() -> None:
    article = member(
        1,
        "Brightloom closes its app Lumen. This decision cost 40 jobs. The opera in Leeds sold 900 tickets.",
        title="Brightloom closes »Lumen«",
    )
    about = subjects([article])
    assert {"brightloom", "lumen"} <= about
    found = facts(article, about)
    assert [fact.text for fact in found] == ["Brightloom closes its app Lumen.", "This decision cost 40 jobs."][-len(found):]  # fmt: skip
    assert [is_solid(fact) for fact in found][-1]
