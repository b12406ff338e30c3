"""The bundled outlets: complete, invented, and read as their authors meant them."""

from datetime import UTC, datetime
from itertools import combinations

import pytest

from aiwatch.demo.outlets import Outlet, Version, load_outlets, parse_article
from aiwatch.demo.pages import FEED_TYPES, article_page, feed
from aiwatch.demo.play import EVENINGS
from aiwatch.sources.feed import read_feed
from aiwatch.text.article import extract
from aiwatch.text.urls import same_site

LAST = EVENINGS[-1].now
OUTLETS = load_outlets()
PUBLISHED = [
    pytest.param(outlet, version, id=f"{outlet.key}-{version.slug}"[:60])
    for outlet in OUTLETS
    for version in outlet.shown(LAST)
]


def test_no_two_outlets_share_a_site() -> None:
    assert not [(a, b) for a, b in combinations(OUTLETS, 2) if same_site(a.home, b.home)]


def test_every_outlet_stands_under_the_top_level_domain_that_nobody_can_own() -> None:
    assert {outlet.host.rpartition(".")[2] for outlet in OUTLETS} == {"example"}


def test_every_form_of_feed_is_served_by_some_outlet() -> None:
    assert {outlet.feed for outlet in OUTLETS} == set(FEED_TYPES)


def test_every_article_has_an_address_of_its_own() -> None:
    urls = [outlet.url(version) for outlet in OUTLETS for version in outlet.shown(LAST)]
    assert len(set(urls)) == len(urls)


@pytest.mark.parametrize("outlet", OUTLETS, ids=lambda outlet: str(outlet.key))
def test_a_feed_is_read_as_it_was_meant(outlet: Outlet) -> None:
    kind, body = feed(outlet, LAST)
    reading = read_feed(body, outlet.feed_url, kind)
    shown = outlet.shown(LAST)
    assert reading.title == outlet.name
    assert reading.problem is None
    assert [entry.title for entry in reading.entries] == [version.title for version in shown]
    dates = [version.published if outlet.dates else None for version in shown]
    assert [entry.published for entry in reading.entries] == dates


@pytest.mark.parametrize(("outlet", "version"), PUBLISHED)
def test_a_page_is_read_as_it_was_meant(outlet: Outlet, version: Version) -> None:
    page = extract(article_page(outlet, version, LAST), outlet.url(version))
    assert (page.title, page.site, page.language) == (version.title, outlet.name, outlet.lang)
    assert page.published == (version.published if outlet.dates else None)
    assert page.canonical_url == outlet.url(version)
    text = page.text.casefold()
    assert all(part.strip("#*- ").casefold()[-40:] in text for part in version.paragraphs)
    for clutter in (
        "cookies",
        "Sign up",
        "More from",
        "Frequently asked",
        "3 comments",
        "Read also",
    ):
        assert clutter.casefold() not in text


def test_an_edited_article_replaces_its_first_version_from_its_moment_on() -> None:
    outlet = next(each for each in OUTLETS if each.key == "patchbay")
    versions = sorted(
        (each for each in outlet.versions if each.slug == "openai-is-shutting-down-sora"),
        key=lambda each: each.shown_from,
    )
    first, second = versions
    assert first in outlet.shown(first.shown_from)
    assert second not in outlet.shown(first.shown_from)
    assert second in outlet.shown(second.shown_from)
    assert first not in outlet.shown(second.shown_from)
    assert outlet.url(first) == outlet.url(second)


def test_nothing_is_shown_before_its_moment() -> None:
    assert not any(outlet.shown(datetime(2026, 1, 1, tzinfo=UTC)) for outlet in OUTLETS)


def test_an_article_file_holds_facts_and_paragraphs() -> None:
    text = (
        "---\noutlet: here\nslug: a\npublished: 2026-03-01T08:00:00Z\ntitle: A\n---\n"
        "One\n\n---\n\n\n\nTwo\n"
    )
    outlet, version = parse_article(text)
    assert outlet == "here"
    assert version.shown_from == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert version.paragraphs == ("One", "---", "Two")
