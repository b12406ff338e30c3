"""Dates and reading times as cards show them."""

import pytest

from aiwatch.sources.listing.stamps import (
    glued,
    is_stamp,
    joined,
    month_first,
    settled,
    unstamped,
    with_year,
    year_of,
)


@pytest.mark.parametrize(
    "text",
    ["March 3, 2026", "3 March 2026", "2026-03-24", "[2026-03-24]", "2026年3月24日", "24.03.2026", "5 min read", "3 分钟",
     "2 days ago", "3天前", "Nov 3", "2026", "12", "Published on March 3, 2026", "发布时间：2026-03-24", "Mar 3, 2026 · 5 min read",
     "10 de noviembre de 2026", "12 ноября 2026", "·", "Nov 2026"],
)  # fmt: skip
def test_a_stamp_is_no_title(text: str) -> None:
    assert is_stamp(text)


@pytest.mark.parametrize(
    "text",
    ["May the best film win", "Two days in Lisbon", "Le cinéma de demain", "Sora 2", "Gen-4.5", "Voices", "2026 in review: what changed",
     "A day at the races with ten cameras and forty-five minutes to spare, in three parts and one long take after another"],
)  # fmt: skip
def test_a_title_is_no_stamp(text: str) -> None:
    assert not is_stamp(text)


@pytest.mark.parametrize(
    ("glued_title", "bare"),
    [
        ("2026-03-24 Plume opens a studio", "Plume opens a studio"),
        ("[2026-03-24] Plume opens a studio", "Plume opens a studio"),
        ("Plume opens a studio March 3, 2026", "Plume opens a studio"),
        ("Plume opens a studio (3 March 2026)", "Plume opens a studio"),
        ("Plume opens a studio · 5 min read", "Plume opens a studio"),
        ("Plume opens a studioMarch 3, 2026", "Plume opens a studio"),
        ("云帆发布新模型2026-03-24", "云帆发布新模型"),
        ("Plume opens a studio →", "Plume opens a studio"),
        ("» Plume opens a studio", "Plume opens a studio"),
        ("March 3, 2026", "March 3, 2026"),
        ("Plume since 1999", "Plume since 1999"),
        ("→", "→"),
    ],
)
def test_what_is_glued_to_a_title_comes_off(glued_title: str, bare: str) -> None:
    assert unstamped(glued_title) == bare


def test_a_glued_date_is_a_date() -> None:
    assert glued("[2026-03-24] Plume opens") == "[2026-03-24] "
    assert glued("Plume opens · 5 min read") == ""


@pytest.mark.parametrize(
    ("texts", "first"),
    [(["03/24/2026", "03/04/2026"], True), (["24/03/2026"], False), (["03/04/2026"], None), (["13/01/2026", "01/13/2026"], None), ([], None)],
)  # fmt: skip
def test_a_list_tells_whether_its_months_come_first(texts: list[str], first: bool | None) -> None:
    assert month_first(texts) is first


@pytest.mark.parametrize(
    ("text", "first", "plain"),
    [
        ("03/04/2026", True, "2026-03-04"),
        ("03/04/2026", False, "2026-04-03"),
        ("03/04/2026", None, "03/04/2026"),
        ("03/04/26", True, "2026-03-04"),
    ],
)
def test_figures_are_settled_by_their_list(text: str, first: bool | None, plain: str) -> None:
    assert settled(text, month_first=first) == plain


@pytest.mark.parametrize(
    ("texts", "whole"),
    [
        (["24", "2026-03", "Title of it"], "2026-03-24"),
        (["2026.03", "24"], "2026-03-24"),
        (["03-24", "2026"], "2026-03-24"),
        (["Nov", "24", "2026"], "Nov 24 2026"),
        (["Nov 24", "2026"], "Nov 24, 2026"),
        (["one", "two"], ""),
        (["12"], ""),
    ],
)
def test_a_date_in_pieces_is_put_together(texts: list[str], whole: str) -> None:
    assert joined(texts) == whole


@pytest.mark.parametrize(
    ("text", "dated"),
    [
        ("Nov 3", "Nov 3, 2026"),
        ("3 November", "3 November, 2026"),
        ("11-03", "2026-11-03"),
        ("11月3日", "2026-11-03"),
        ("Hello", ""),
    ],
)
def test_a_day_takes_the_year_of_its_heading(text: str, dated: str) -> None:
    assert with_year(text, "2026") == dated


def test_a_heading_is_a_year_or_not() -> None:
    assert (year_of("2026"), year_of("2026年"), year_of("In 2026 we grew")) == ("2026", "2026", "")
