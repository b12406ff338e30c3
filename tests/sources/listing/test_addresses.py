"""Which addresses can be articles, seen from a list page."""

import pytest

from aiwatch.sources.listing.addresses import (
    Shape,
    day_in,
    is_slug,
    kinship,
    may_be_article,
    shape_of,
)

HERE = "https://plume.example/news"


def shape(url: str) -> Shape:
    found = shape_of(url)
    assert found
    return found


@pytest.mark.parametrize(
    "path",
    ["/news/plume-opens-a-studio", "/news/12", "/news/security", "/press/2026/one-two", "/archives/1234", "/topics/20260324",
     "/p/abc123", "/news/detail?id=12", "/?p=1234", "/2026/03/24/one-two-three", "/news/2026/one/index.html", "/新闻/发布",
     "/news/a-b-c?lang=en", "/topics/some-long-slug-of-words", "/#/news/12", "/index.php?option=com_content&view=article&id=12:x"],
)  # fmt: skip
def test_an_article_may_be_one(path: str) -> None:
    assert may_be_article(shape(f"https://plume.example{path}"), shape(HERE))


@pytest.mark.parametrize(
    "url",
    ["/", "/news", "/news/", "/news?page=2", "/news/category/product", "/tag/ai", "/author/ada", "/login", "/pricing", "/about-us",
     "/privacy-policy", "/news/feed", "/news/press-kit.pdf", "/news/2026/11", "/fr/news", "/ja/news/plume-opens", "/topics/film",
     "/share/x?u=1", "/news/media-kit", "https://elsewhere.example/news/one-two", "/search?q=x", "/blog-categories/product"],
)  # fmt: skip
def test_what_is_no_article_is_known(url: str) -> None:
    assert not may_be_article(
        shape(url if url.startswith("http") else f"https://plume.example{url}"), shape(HERE)
    )


def test_the_parents_of_the_list_are_no_articles() -> None:
    here = shape("https://plume.example/en/company/news")
    for path in ("/en", "/en/company", "/de/company/news"):
        assert not may_be_article(shape(f"https://plume.example{path}"), here)


@pytest.mark.parametrize(
    "address", ["", "mailto:a@plume.example", "javascript:void(0)", "ftp://x.example/a"]
)
def test_what_is_no_web_address_has_no_shape(address: str) -> None:
    assert shape_of(address) is None


@pytest.mark.parametrize(
    ("here", "url", "kin"),
    [
        ("/news", "/news/a-b", 2.0),
        ("/news/index.html", "/news/12.html", 2.0),
        ("/news/list.do?menu=1", "/news/view.do?seq=1234", 2.0),
        ("/", "/blog/a-b", 1.0),
        ("/company", "/company/press-releases/a-b", 2.0),
        ("/about/news", "/about/press/a-b", 1.5),
        ("/news", "/products/a-b", -1.0),
        ("/news", "/2026/11/a-b", 0.3),
        ("/news", "/whatever/a-b", 0.0),
    ],
)
def test_folders_speak_for_news_or_against(here: str, url: str, kin: float) -> None:
    assert (
        kinship(shape(f"https://plume.example{url}"), shape(f"https://plume.example{here}")) == kin
    )


def test_the_pattern_leaves_figures_out() -> None:
    assert shape("https://www.plume.example/news/2026/11/a-b").pattern == "plume.example/news/#/#"
    assert shape("https://plume.example/news/view?id=12").pattern == "plume.example/news/view?id"


def test_slugs_and_days() -> None:
    assert is_slug(shape("https://plume.example/news/a-b"))
    assert not is_slug(shape("https://plume.example/news/voices"))
    assert day_in(shape("https://plume.example/2026/03/24/a-b")) == "2026-03-24"
    assert day_in(shape("https://plume.example/news/20260324-a-b")) == "2026-03-24"
    assert day_in(shape("https://plume.example/news/a-b")) == ""
