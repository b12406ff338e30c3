"""Bars and dots: numbers in, places out."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.web.plots import HIGH, bars, life
from tests.stories import NOON, member, story

HOUR = timedelta(hours=1)


@settings(max_examples=30)
@given(st.lists(st.integers(0, 10**6), max_size=40))
def test_no_bar_leaves_its_frame(counts: list[int]) -> None:
    made = bars(counts)
    assert len(made.bars) == len(counts)
    for bar, count in zip(made.bars, counts, strict=True):
        assert 0 <= bar.y < bar.y + bar.high == HIGH
        assert (bar.high > 1) == bool(count)
        assert bar.x + 5 <= made.wide


def test_bars_say_in_words_what_they_show() -> None:
    assert bars([0, 3, 1]).words == "4 stories in 3 days, at most 3 a day"


def test_a_story_of_one_moment_has_no_life() -> None:
    assert life(story(member(1), member(2)), None) is None


def test_articles_that_come_together_are_piled_up() -> None:
    members = [member(n, published=NOON + (0 if n < 30 else 9) * HOUR) for n in range(1, 31)]
    made = life(story(*members), 1)
    assert made is not None
    assert made.beyond == 29 - 12
    assert len({(dot.x, dot.y) for dot in made.dots}) == len(made.dots) == 13
    assert [dot.article for dot in made.dots if dot.kind == "first"] == [1]
    assert all(0 < dot.y < made.high and 0 < dot.x < made.wide for dot in made.dots)
