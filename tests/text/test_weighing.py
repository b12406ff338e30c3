"""The weighing of blocks: laws of the model's working, on pages of our own words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from aiwatch.text.blocks import Blocks, read_blocks
from aiwatch.text.body import MAX_WEIGHED, by_rules, choose_body
from aiwatch.text.neighbours import chance, second_look
from aiwatch.text.traits import traits_of
from aiwatch.text.weighing import HOPELESS, LEAST, MOST_VALUES, best_cut, evened, scores_of
from aiwatch.text.wording import names_in

PARAGRAPH = (
    "The harbour board said on Tuesday that the old crane would be kept, because nobody else in the town "
    "remembers how the quay looked before it, and the museum has asked for the engine room. "
)


def page_of(html: str) -> Blocks:
    body = LexborHTMLParser(html).body
    assert body is not None
    return read_blocks(body)


def article(extra: str = "") -> Blocks:
    text = "".join(f"<p>{n}. {PARAGRAPH}</p>" for n in range(8))
    return page_of(
        f"<main><article><h1>The crane stays</h1>{text}</article>{extra}</main>"
        '<div class="related-posts"><h3>Read next</h3><a href="/a">Another story of the day</a></div>'
    )


def test_paragraphs_weigh_more_than_what_is_linked_below() -> None:
    page = article()
    scores = scores_of(page, by_rules(page), "The crane stays", "")
    told = {block.text: score for block, score in zip(page.blocks, scores, strict=True)}
    low = told["Another story of the day"]
    assert all(score > low for text, score in told.items() if "harbour" in text)


def test_only_the_article_remains() -> None:
    body = choose_body(article(), "The crane stays")
    assert [line[:2] for line in body.lines] == [f"{n}." for n in range(8)]


def test_all_text_being_short_still_gives_a_body() -> None:
    assert choose_body(page_of("<div><p>Closed today.</p></div>")).lines


def test_a_page_of_too_many_blocks_is_read_by_rules_alone() -> None:
    page = page_of("<article>" + f"<p>{PARAGRAPH}</p>" * (MAX_WEIGHED + 1) + "</article>")
    assert len(choose_body(page).lines) == MAX_WEIGHED + 1


@pytest.mark.parametrize(
    ("scores", "widths", "cut"),
    [
        ([5.0, 5.0, -5.0], [100, 100, 100], 5.0),
        ([-1.0, -1.0, -1.0], [50, 50, 50], -1.0),  # all doubtful: all is kept
        ([4.0, 0.5, -4.0], [100, 100, 400], 0.5),
        ([4.0, -0.8], [10, 1000], LEAST),  # beside what is sure, the unlikely is left
    ],
)
def test_the_cut_is_where_the_expected_score_is_highest(
    scores: list[float], widths: list[int], cut: float
) -> None:
    assert best_cut(scores, widths) == cut


def test_links_outside_the_article_are_not_looked_at() -> None:
    page = article(
        "<nav-bar>" + '<div><a href="/x">Tides and harbours</a></div>' * 9 + "</nav-bar>"
    )
    scores = scores_of(page, by_rules(page), "The crane stays", "")
    told = [s for b, s in zip(page.blocks, scores, strict=True) if b.text == "Tides and harbours"]
    assert told == [HOPELESS] * 9


def test_lines_of_one_list_are_drawn_together_and_paragraphs_are_not() -> None:
    page = page_of("<ul><li>Oak</li><li>Elm</li></ul><p>Ash</p><table><tr><td>1</td></tr></table>")
    scores = evened(page, [4.0, -2.0, -2.0, -1.0])
    assert 1.0 < scores[0] < 4.0
    assert -2.0 < scores[1] < 1.0
    assert scores[2:] == [-2.0, -1.0]


def test_a_table_that_lays_out_the_page_is_no_list() -> None:
    page = page_of(f"<table><tr><td>The Quay</td><td><p>{PARAGRAPH * 2}</p></td></tr></table>")
    assert evened(page, [-2.0, 5.0]) == [-2.0, 5.0]


@pytest.mark.parametrize(
    ("tag", "names", "found"),
    [
        ("div", "c-relatedPosts entry-content", {"<div>", "related", "posts", "entry", "content"}),
        ("p", "", {"<p>"}),
        ("li", "x1 _ 42", {"<li>"}),
    ],
)
def test_class_names_are_taken_apart_into_words(tag: str, names: str, found: set[str]) -> None:
    assert names_in(tag, names) == found


def test_a_score_stands_for_a_probability() -> None:
    assert chance(0) == 0.5
    assert chance(-1e9) < 1e-9
    assert chance(1e9) > 1 - 1e-9


ELEMENTS = st.sampled_from(
    [
        f"<p>{PARAGRAPH}</p>",
        '<p>Photo: the quay<a href="/x">more</a></p>',
        '<div class="share comment-list"><ul><li>One</li><li><a href="/b">Two</a></li></ul></div>',
        "<h2>Related articles</h2>",
        "<h1>12:30</h1>",
        "<article><main><aside><blockquote>“Said.”</blockquote>",
        "</article></div></main>",
        "<table><tr><td>1</td><td>©</td></tr></table>",
        "<pre>x = 1</pre>港は残る。",
    ]
)


@given(st.lists(ELEMENTS, min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_every_trait_has_its_place_in_the_tables(parts: list[str]) -> None:
    page = page_of("".join(parts))
    if not page.blocks:
        return
    choice = by_rules(page)
    traits = traits_of(page, choice, "The crane stays", PARAGRAPH)
    around = second_look(page, traits, [0.0] * len(traits))
    known = [one for one in traits if one is not None]
    assert [bool(row) for row in around] == [one is not None for one in traits]
    values = [value for one in known for value in (*one.slots, *one.around.slots)]
    values += [v for row in around for v in row]
    assert all(0 <= value < MOST_VALUES for value in values)
    assert len({len(one.slots) for one in known}) <= 1
    assert scores_of(page, choice, "", "") == scores_of(page, choice, "", "")
