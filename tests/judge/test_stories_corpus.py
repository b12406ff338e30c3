"""Invented news of many beats in nine languages (`tests/data/stories/invented.tsv`), streamed in three orders.

Written before anything was measured on it; rules are not tuned on it. `mark` says what an article is there for: `text:X`
are copies of one text, `follows:` a later event with the same names, `update` quotes an old text, a `retelling` has no
date. Measured, mean of the orders: BCubed F1 .875 (.869-.877), precision .979; within one language F1 .983; copies 25 of 27
pairs, none wrong; 226 of 232 joins right (counted over the three), of 306 that were due. What goes wrong, and is not asserted away:

| what | where |
|---|---|
| two towns' weather taken for one story, in every order | weather-altenfurt, weather-cloppenstedt |
| another product of the firm taken for the first, in one order of three | kestrel-9 with kestrel-fold, recall-airbag with recall-brakes, wisp-dates with wisp-head-leaves |
| an undated retelling stays alone: the store's rule for them is not in these streams | fossil-3, quake-ica-7 |
| a short copy that comes before the whole text, under another title | one pair in each of two orders |
| the same event in another language stays apart: Thai, Vietnamese, Japanese and Korean name people and places in letters of their own | flood-chiangrai, storm-vietnam, storm-okinawa, quake-hokkaido, moon-lands, moon-silent, bank-leak, tianhe-delay, chip-rayong-1, kestrel-9-2 |
| the same in Latin letters: too few names and figures for that rule | wisp-dates-2, oslo-clone-3, murmur-launch-3, recall-peanut-3, rent-court-2, strike-controllers, quake-ica-6; in some orders also rent-law-3 or -4, rates-march-2, minister-flights-3, strike-frankenau-3, wisp-closes-6 |
"""

import csv
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from math import comb
from pathlib import Path

import pytest

from aiwatch.model import StoryId, Verdict
from tests.judge.streaming import Archive, article, bcubed

DATA = Path(__file__).resolve().parents[1] / "data/stories/invented.tsv"
LATE = datetime(2100, 1, 1, tzinfo=UTC)
SHUFFLED = (0, 1)  # seeds of the orders beside the one in which they were published


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An article and the event it tells."""

    id: str
    story: str
    lang: str
    published: datetime | None
    mark: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An article and what became of it."""

    row: Row
    verdict: Verdict

    @property
    def story(self) -> StoryId:
        assert self.verdict.story is not None
        return self.verdict.story


@cache
def rows() -> tuple[Row, ...]:
    with DATA.open(encoding="utf-8", newline="") as lines:
        return tuple(
            Row(
                id=each["id"],
                story=each["story"],
                lang=each["lang"],
                published=_time(each["published"]),
                mark=each["mark"],
                title=each["title"],
                text=each["text"],
            )
            for each in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        )


def _time(text: str) -> datetime | None:
    return datetime.strptime(text, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC) if text else None


@cache
def orders() -> tuple[tuple[Taken, ...], ...]:
    """As published, the undated last; and in other orders."""
    found = [_streamed(sorted(rows(), key=lambda row: row.published or LATE))]
    for seed in SHUFFLED:
        mixed = list(rows())
        random.Random(seed).shuffle(mixed)
        found.append(_streamed(mixed))
    return tuple(found)


def _streamed(arriving: Sequence[Row]) -> tuple[Taken, ...]:
    archive = Archive()
    return tuple(
        Taken(row=row, verdict=archive.take(article(row.title, row.text, row.published)))
        for row in arriving
    )


def quality(found: Sequence[Taken]) -> tuple[float, float, float]:
    return bcubed([each.row.story for each in found], [each.story for each in found])


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def test_the_corpus_is_many_events_in_many_languages() -> None:
    assert len(rows()) >= 150
    assert len({row.story for row in rows()}) >= 30
    assert {row.lang for row in rows()} == {"en", "de", "es", "fr", "ja", "ko", "th", "vi", "zh"}
    assert len({row.id for row in rows()}) == len(rows())


@pytest.mark.untraced
def test_stories_are_pure_and_whole_in_every_order() -> None:
    measured = [quality(found) for found in orders()]
    assert mean([f1 for _, _, f1 in measured]) >= 0.86
    assert mean([precision for precision, _, _ in measured]) >= 0.965
    assert max(f1 for _, _, f1 in measured) - min(f1 for _, _, f1 in measured) <= 0.02


@pytest.mark.untraced
def test_within_a_language_stories_are_whole() -> None:
    """The same streams, looked at one language at a time: what is missing else is missing across languages."""
    measured = []
    for found in orders():
        for lang in sorted({row.lang for row in rows()}):
            own = [each for each in found if each.row.lang == lang]
            measured.append((len(own), quality(own)))
    weight = sum(size for size, _ in measured)
    assert sum(size * f1 for size, (_, _, f1) in measured) / weight >= 0.97


def copies(found: Sequence[Taken]) -> tuple[int, int, int]:
    """Pairs of one text: found and right, found, there."""
    firsts = [
        str(taken.verdict.duplicate_of or number) for number, taken in enumerate(found, start=1)
    ]
    texts = [
        taken.row.mark if taken.row.mark.startswith("text:") else taken.row.id for taken in found
    ]
    right, all_found, there = (
        sum(comb(n, 2) for n in Counter(groups).values())
        for groups in (zip(firsts, texts, strict=True), firsts, texts)
    )
    return right, all_found, there


@pytest.mark.untraced
def test_copies_are_found_and_nothing_else_is_one() -> None:
    right, found, there = (sum(each) for each in zip(*map(copies, orders()), strict=True))
    assert right / found >= 0.95
    assert right / there >= 0.9


def joined(found: Sequence[Taken]) -> tuple[int, int, int]:
    """Articles that came to a story with an earlier one of their event; that came to any; that had an earlier one."""
    told: set[str] = set()
    homes: set[tuple[str, StoryId]] = set()
    right = joins = due = 0
    for each in found:
        here = (each.row.story, each.story)
        joins += each.verdict.kind != "new"
        due += each.row.story in told
        right += each.verdict.kind != "new" and here in homes
        told.add(each.row.story)
        homes.add(here)
    return right, joins, due


def test_an_article_joins_the_story_of_its_event_and_no_other() -> None:
    right, joins, due = (sum(each) for each in zip(*map(joined, orders()), strict=True))
    assert right / joins >= 0.96
    assert right / due >= 0.72


@pytest.mark.untraced
def test_roundups_and_template_pages_stand_alone() -> None:
    """But for the pages that the table above names."""
    for found in orders():
        members = Counter(each.story for each in found)
        alone = [each for each in found if each.row.mark in ("roundup", "template")]
        assert len(alone) == 11
        assert sum(members[each.story] > 1 for each in alone) <= 2


def test_an_update_that_quotes_the_old_text_is_no_copy_of_it() -> None:
    for found in orders():
        assert all(each.verdict.kind != "same_text" for each in found if each.row.mark == "update")
