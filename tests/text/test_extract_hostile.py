"""A hundred pages that were made to hurt: each is read soon, the same way twice, and never raises.

A page that goes past a bound is cut, and `how` says where; text that stands before the hostile part is kept.
"""

import time
from functools import cache

import pytest

from aiwatch.model import Extract
from aiwatch.text.article import extract
from tests.text.hostile import ADDRESS, PAGES

# Coverage looks away: it costs three times what is measured here.
pytestmark = [pytest.mark.slow, pytest.mark.untraced]

SECONDS = 10.0
"""Half of one is the most that is measured (`benchmarks/bombs.py --pages`); a law of squares would take minutes."""


@cache
def read(name: str) -> tuple[Extract, float]:
    """What is read from a page, and the seconds of CPU it took."""
    page = PAGES[name]()
    began = time.process_time()
    got = extract(page, ADDRESS)
    return got, time.process_time() - began


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_hostile_page_is_read_soon_and_never_raises(name: str) -> None:
    got, took = read(name)
    assert took < SECONDS, f"{took:.2f} s; {dict(got.how)}"
    assert got.how
    assert "\x00" not in got.text
    if took < 0.05:
        assert extract(PAGES[name](), ADDRESS) == got


def test_there_are_a_hundred_of_them() -> None:
    assert len(PAGES) >= 100


@pytest.mark.parametrize(
    "name",
    [
        *("divs_deep", "bold_deep", "tables_deep", "svg_deep", "unknown_elements_deep"),
        *("attributes_16_000", "comment_never_closed", "script_never_closed", "bodies_10_000"),
        *("ten_mb_of_blanks", "json_deep", "json_never_closed", "comments_100_000"),
        *("utf_16_of_odd_length", "half_a_character", "an_encoding_nobody_knows"),
        *("everything_unclosed", "links_100_000", "hidden_characters"),
        "link_never_closed",
    ],
)
def test_the_text_before_or_behind_the_hostile_part_is_kept(name: str) -> None:
    got, _ = read(name)
    assert "there were nine of them" in got.text, dict(got.how)


@pytest.mark.parametrize(
    "name",
    [
        *("divs_deep", "divs_deep_and_closed", "bold_deep", "tables_deep", "fonts_in_paragraphs"),
        *("text_of_10_mb", "ten_mb_of_paragraphs", "one_word_of_5_mb", "attributes_16_000"),
        *("bodies_10_000", "htmls_10_000", "closing_tags_250_000", "links_100_000"),
    ],
)
def test_what_is_cut_off_is_said(name: str) -> None:
    got, _ = read(name)
    assert got.how["page"].startswith("cut ")
