"""Which title is the headline, and what of it is the outlet's name."""

import pytest

from aiwatch.text.headlines import Titles, alike, choose_title, stated, without_site

SITE = ("The Quay Courier", "quaycourier.example")


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Bridge to close | The Quay Courier", "Bridge to close"),
        ("Bridge to close - Quay Courier", "Bridge to close"),
        ("The Quay Courier: Bridge to close", "The Quay Courier: Bridge to close"),
        ("Quay Courier – Bridge to close", "Bridge to close"),
        ("Bridge to close – and to open again", "Bridge to close – and to open again"),
        ("Bridge to close |", "Bridge to close"),
        ("Bridge to close · Transport · QuayCourier", "Bridge to close · Transport"),
        ("Bridge to close", "Bridge to close"),
        (
            "Quay Courier - The bridge, and the Quay Courier's part in it",
            "The bridge, and the Quay Courier's part in it",
        ),
    ],
)
def test_a_title_loses_the_outlet_s_name_and_no_more(title: str, short: str) -> None:
    assert without_site(title, SITE) == short


@pytest.mark.parametrize(
    ("titles", "chosen", "how"),
    [
        (
            Titles(og="Bridge to close", h1=("Menu", "Bridge to close for nine nights")),
            "Bridge to close for nine nights",
            "h1",
        ),
        (Titles(linked="Bridge to close", h1=("The Quay Courier",)), "Bridge to close", "json-ld"),
        (Titles(title="Bridge to close | The Quay Courier"), "Bridge to close", "title element"),
        (Titles(h1=("", "Bridge to close")), "Bridge to close", "h1"),
        (
            Titles(og="&amp;quot;Bridge&amp;quot; to <em>close</em>"),
            '"Bridge" to close',
            "og:title",
        ),
        (Titles(), "", "nothing found"),
        (
            Titles(h1=("Opinion | Bridge to close",), og="Bridge to close"),
            "Bridge to close",
            "h1, its topic left out",
        ),
        (
            Titles(h1=("Harbour\nThe bridge is to close",), og="The bridge is to close"),
            "The bridge is to close",
            "h1, its topic left out",
        ),
        (
            Titles(h1=("Opinion\nThe bridge",), og="Opinion | The bridge", linked="“The bridge”"),
            "The bridge",
            "h1, its topic left out",
        ),
        (
            Titles(h1=("Harbour: the bridge is to close",), og="Harbour: the bridge is to close"),
            "Harbour: the bridge is to close",
            "h1",
        ),
        (Titles(h1=("The great bridge",), og="Great bridge"), "The great bridge", "h1"),
        (
            Titles(h1=("4 March 2026\nBridge to close",), og="Bridge to close for long"),
            "Bridge to close",
            "h1",
        ),
        (
            Titles(h1=("Why a whole town waits for its bridge",), og="Bridge: a town waits"),
            "Why a whole town waits for its bridge",
            "h1",
        ),
        (
            Titles(h1=("Quay news", "Bridge"), title="Bridge to close - Quay news"),
            "Bridge to close",
            "title element",
        ),
        (
            Titles(h1=("All that floats",), title="Bridge to close | All that floats"),
            "Bridge to close",
            "title element",
        ),
        (
            Titles(h1=("Bridge to close",), title="Opinion | Bridge to close"),
            "Bridge to close",
            "h1",
        ),
        (
            Titles(h1=("Quay news",), og="Bridge to close", title="Quay news: Bridge to close"),
            "Bridge to close",
            "og:title",
        ),
        (
            Titles(
                h1=("The span is shut", "Menu"), og="Bridge to close", marked=("The span is shut",)
            ),
            "The span is shut",
            "h1, marked as the headline",
        ),
        (Titles(microdata="Bridge to close", title="Quay"), "Bridge to close", "microdata"),
        (Titles(h1=("Harbourbridges",), title="Harbourbridge"), "Harbourbridges", "h1"),
        (
            Titles(h1=("Bridge to close\nNine nights without cars",), og="Bridge to close"),
            "Bridge to close",
            "h1, the line under it left out",
        ),
        (
            Titles(h1=("Harbour works\n:\nBridge to close",), og="Korvat: Bridge to close"),
            "Bridge to close",
            "h1, its topic left out",
        ),
        (
            Titles(h1=("Harbour works\n:\nBridge to close",), og="Harbour works: Bridge to close"),
            "Harbour works : Bridge to close",
            "h1",
        ),
    ],
)
def test_the_printed_headline_goes_first_where_a_stated_title_bears_it_out(
    titles: Titles, chosen: str, how: str
) -> None:
    assert choose_title(titles, SITE) == (chosen, how)


def test_markup_within_markup_is_read_and_the_rest_cut() -> None:
    assert stated("<textarea><b>one</b></textarea> two") == "one two"
    assert "<" not in stated("<textarea>" * 9 + "<b>")


def test_titles_without_words_are_not_alike() -> None:
    assert alike("…", "…") == 0.0
    assert alike("One bridge", "one BRIDGE") == 1.0
