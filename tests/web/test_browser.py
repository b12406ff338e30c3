"""The pages as a browser shows them: every page, wide and light, narrow and dark, by keyboard alone."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.web import chromium
from tests.web.chromium import Chromium
from tests.web.conftest import Pages, served

pytestmark = [pytest.mark.slow, pytest.mark.untraced]
# axe-core is no part of the project: .ci/run brings it; by hand `npm install axe-core` in any folder, and name the file.
AXE = Path(os.environ.get("AXE_CORE", "node_modules/axe-core/axe.min.js"))
PAGES = (  # one of each kind, and those that look different when there is nothing, or something to mark
    "/",
    "/topics",
    "/topics/sora",
    "/stories",
    "/stories/1",
    "/stories/2",
    "/articles/1",
    "/articles/6",
    "/search",
    "/search?q=sora",
    "/search?q=nothing+at+all",
    "/sources",
    "/messages",
    "/messages/1",
    "/unsubscribe/{}",
)
LOOKS = ((1280, False), (375, True))


@pytest.fixture(scope="module")
def origin(shown: Pages) -> Iterator[str]:
    """The pages on a real socket."""
    with served(shown.client.app) as address:
        yield address


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    found = chromium.program()
    if found is None:
        pytest.skip("no Chromium here")
    with ExitStack() as stack:
        try:
            one = stack.enter_context(chromium.opened(found, tmp_path_factory.mktemp("chromium")))
        except chromium.Silent as error:
            pytest.skip(f"Chromium does not start here: {error}")
        yield one


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_asks_only_us_and_complains_of_nothing(
    browser: Chromium, shown: Pages, origin: str, path: str
) -> None:
    for width, dark in LOOKS:
        browser.look(width=width, dark=dark)
        browser.visit(origin + path.format(shown.subscriber))
        assert browser.complaints == []
        ours = (f"{origin}/", "data:")  # a browser's own picture in a date's box
        assert [one for one in browser.asked if not one.startswith(ours)] == []
        assert browser.ask("document.documentElement.scrollWidth") <= width
        red = int(browser.ask("getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]"))
        assert (red < 60) is dark


REACHABLE = """window.all = [...document.querySelectorAll('a[href], button, input, select, [tabindex="0"]')]
    .filter(one => one.getClientRects().length), all.length"""
FOCUSED = """(one => [all.indexOf(one), getComputedStyle(one).outlineStyle, one.outerHTML])(document.activeElement)"""


@pytest.mark.parametrize("path", PAGES)
def test_everything_is_reached_with_tab_and_seen_when_it_is(
    browser: Chromium, shown: Pages, origin: str, path: str
) -> None:
    browser.look(width=1280, dark=False)
    browser.visit(origin + path.format(shown.subscriber))
    left = set(range(browser.ask(REACHABLE)))
    for _ in range(2 * len(left) + 10):  # it may begin in the middle, and a date has four parts
        browser.press("Tab", 9)
        place, outline, html = browser.ask(FOCUSED)
        if place in left:
            assert outline != "none", html
            left.remove(place)
        if not left:
            break
    assert not left


def test_a_search_takes_typing_and_enter(browser: Chromium, origin: str) -> None:
    browser.look(width=1280, dark=False)
    browser.visit(f"{origin}/")
    browser.ask("document.querySelector('#find').focus()")
    browser.call("Input.insertText", text="sora")
    browser.loaded = False
    browser.press("Enter", 13, "\r")
    while not browser.loaded:
        browser.ask("1")
    assert browser.ask("location.pathname + location.search") == "/search?q=sora"
    assert browser.ask("document.querySelectorAll('article.story').length") > 0


def test_the_skip_link_leads_past_what_stands_on_every_page(browser: Chromium, origin: str) -> None:
    browser.look(width=1280, dark=False)
    browser.visit(f"{origin}/stories")
    browser.press("Tab", 9)
    assert browser.ask("document.activeElement.className") == "skip"
    browser.press("Enter", 13, "\r")
    assert browser.ask("location.hash") == "#main"


@pytest.mark.skipif(not AXE.exists(), reason="no axe-core here: set AXE_CORE to its axe.min.js")
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(browser: Chromium, shown: Pages, origin: str, path: str) -> None:
    for width, dark in LOOKS:
        browser.look(width=width, dark=dark)
        browser.visit(origin + path.format(shown.subscriber))
        browser.ask(AXE.read_text(encoding="utf-8") + ";0")
        found: list[Any] = browser.ask(
            "axe.run().then(found => found.violations.map(one =>"
            " [one.impact, one.id, one.nodes.map(node => node.html).slice(0, 3)]))"
        )
        assert found == []
