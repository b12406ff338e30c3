"""Why a page was read as it was: each block with its score and reasons, each field with what lost."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.model import ExtractRules, Page, Validators
from aiwatch.text.article import extract
from aiwatch.text.body import MAX_WEIGHED
from aiwatch.text.candidates import MOST_REASONS, Candidates, Weighed, candidates, read_page

PAGES = sorted((Path(__file__).parents[1] / "data" / "pages").glob("*.html"))
URL = "https://quay.example/news/2026/10/harbour-bridge"
FARM, NEWS, LINKED, LOGIN = (
    next(path for path in PAGES if path.stem == name)
    for name in ("link_farm", "clean_news", "linked_body", "login")
)


def block(read: Candidates, start: str) -> Weighed:
    return next(one for one in read.blocks if one.text.startswith(start))


def said(one: Weighed) -> str:
    return " · ".join(f"{reason.what} {reason.effect:+.1f}" for reason in one.reasons)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_what_is_kept_is_what_is_read_in_page_order(path: Path) -> None:
    read = candidates(path.read_bytes(), URL)
    assert read.found == extract(path.read_bytes(), URL)
    kept = [one.text for one in read.blocks if one.kept]
    lines = iter(read.found.text.split("\n"))
    assert all(line in lines for line in kept)
    assert all(len(one.reasons) <= MOST_REASONS for one in read.blocks)
    for one in read.blocks:
        strengths = [abs(reason.effect) for reason in one.reasons]
        assert strengths == sorted(strengths, reverse=True)
        decided = (
            one.score is not None and read.cut is not None and one.kept == (one.score >= read.cut)
        )
        assert decided != bool(one.note)


@pytest.mark.parametrize(
    ("start", "reasons"),
    [
        ("Nine ways to write", ("outside the container -", "100 % of it is links -")),
        ("Estimated data", ("it stands in p.wp-caption-text -", "a place of unwanted name -")),
        ("Popular posts", ("short: 13 characters, no full stop -", "outside the container -")),
        ("The fastest", ("it is a heading +", "the rules keep it +")),
    ],
)
def test_the_strongest_reasons_are_said_in_words(start: str, reasons: tuple[str, ...]) -> None:
    found = said(block(candidates(FARM.read_bytes(), URL), start))
    assert any(reason in found for reason in reasons), found


def test_the_single_words_of_a_name_weigh_too() -> None:
    lines = "".join(
        f"<p>{n}. The old crane is kept, said the board on Friday.</p>" for n in range(5)
    )
    page = f'<main><h1>The crane</h1>{lines}<p class="block items">It stands in a box.</p></main>'
    assert "it stands in p.block" in said(block(candidates(page, URL), "It stands"))


def test_the_container_the_cut_and_the_places_are_named() -> None:
    read = candidates(FARM.read_bytes(), URL)
    assert read.container == "div > div.content-wrap > div.post-body"
    assert read.cut == min(one.score or 0.0 for one in read.blocks if one.kept)
    assert block(read, "Related Articles").place == "div.content-wrap > div.related-articles > h3"


@pytest.mark.parametrize(
    ("path", "note"),
    [(LOGIN, "left out: login page"), (LINKED, "left out: json-ld articleBody")],
)
def test_what_scores_well_and_is_left_out_says_why(path: Path, note: str) -> None:
    read = candidates(path.read_bytes(), URL)
    assert [one.note[: len(note)] for one in read.blocks if one.note] != []
    assert {one.note[: len(note)] for one in read.blocks if one.note} == {note}


def test_evidence_that_lost_is_named_with_its_place() -> None:
    read = candidates(NEWS.read_bytes(), URL)
    lost = {(one.field, one.evidence): one.value for one in read.rivals if not one.chosen}
    won = {(one.field, one.evidence) for one in read.rivals if one.chosen}
    assert lost == {
        ("title", "title element"): "Harbour bridge to close for nine nights | The Quay Courier",
        ("title", "meta og:title"): "Harbour bridge to close for nine nights - The Quay Courier",
    }
    assert {("title", "h1"), ("authors", "json-ld author"), ("language", "html lang")} <= won
    assert {
        ("published", "meta article:published_time"),
        ("canonical_url", "link canonical"),
    } <= won


def test_time_elements_and_several_metas_are_evidence() -> None:
    html = (
        '<head><meta name="author" content="Ann"><meta property="article:author" content="Bo">'
        '<meta name="dcterms.modified" content="2026-03-02"><meta name="pubdate" content="2026-03-01"></head>'
        '<body><article><h1>Snow</h1><time datetime="2026-02-28">Saturday</time><p>It snowed.</p></article></body>'
    )
    read = candidates(html, URL)
    found = {(one.field, one.evidence, one.value) for one in read.rivals}
    assert {
        ("authors", "meta author", "Ann"),
        ("authors", "meta article:author", "Bo"),
        ("modified", "meta dcterms.modified", "2026-03-02"),
        ("published", "meta pubdate", "2026-03-01"),
        ("published", "time element", "2026-02-28"),
    } <= found


def test_a_page_of_too_many_blocks_has_no_scores() -> None:
    sentence = (
        "<p>The harbour board said on Tuesday that the crane is kept for the museum, as before.</p>"
    )
    read = candidates(f"<article>{sentence * (MAX_WEIGHED + 1)}</article>", URL)
    assert (read.cut, len(read.blocks)) == (None, MAX_WEIGHED + 1)
    assert {(one.score, one.reasons, one.note) for one in read.blocks} == {(None, (), "")}


def test_a_persons_selectors_are_heeded() -> None:
    read = candidates(NEWS.read_bytes(), URL, rules=ExtractRules(body="p.byline"))
    assert [one.text for one in read.blocks if one.kept] == [read.found.text]
    assert read.found.how["text"] == "rule p.byline"


@pytest.mark.parametrize("why", [False, True])
def test_a_fetched_page_is_read_in_its_own_encoding(why: bool) -> None:
    page = Page(
        url=URL,
        asked_for=URL,
        status=200,
        body="<h1>Überfahrt</h1><p>Die Fähre fährt über Nacht.</p>".encode("latin-1"),
        content_type="text/html; charset=iso-8859-1",
        validators=Validators(),
    )
    read = read_page(page, why)
    assert read.found.title == "Überfahrt"
    assert bool(read.blocks) is bool(read.rivals) is why


@settings(max_examples=40)
@given(st.binary(max_size=200) | st.text(max_size=200))
def test_no_page_raises(html: bytes | str) -> None:
    assert candidates(html, URL).found == extract(html, URL)
