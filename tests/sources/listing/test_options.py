"""The keys of a listing: faults are found where they are written."""

import pytest
from pydantic import ValidationError

from aiwatch.sources.listing import ListingOptions
from aiwatch.sources.patterns import fits


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("links", "a[href^=", "“a[href^=” is no CSS selector"),
        ("links", "", "is no CSS selector"),
        ("title", "h3 >", "is no CSS selector"),
        ("date", ":::", "is no CSS selector"),
        ("pattern", "news/*", "is no path pattern"),
        ("pattern", "/news /*", "is no path pattern"),
        ("pattern", "/***", "is no path pattern"),
        ("linsk", "a", "Extra inputs are not permitted"),
    ],
)
def test_a_broken_key_is_refused_in_words(key: str, value: str, said: str) -> None:
    with pytest.raises(ValidationError, match="1 validation error") as error:
        ListingOptions.model_validate({key: value})
    assert said in str(error.value)


def test_sound_keys_are_kept() -> None:
    options = ListingOptions(links='a[href^="/news/"]', pattern="/news/*", title="h3", date=None)
    assert options.links == 'a[href^="/news/"]'


@pytest.mark.parametrize(
    ("pattern", "url", "fit"),
    [
        ("/news/*", "https://a.example/news/one", True),
        ("/news/*", "https://a.example/news/one/", True),
        ("/news/*", "https://a.example/news/one?x=1", True),
        ("/news/*", "https://a.example/News/One#x", True),
        ("/news/*", "https://a.example/news/one/two", False),
        ("/news/*", "https://a.example/news/", False),
        ("/news/**", "https://a.example/news/one/two", True),
        ("/**/press/*", "https://a.example/en/press/one", True),
        ("/*.html", "https://a.example/12.html", True),
        ("/view?id=*", "https://a.example/view?id=12", True),
        ("/view?id=*", "https://a.example/view", False),
        ("https://b.example/*", "https://b.example/one", True),
        ("https://b.example/*", "https://a.example/one", False),
        ("/", "https://a.example", True),
    ],
)
def test_a_pattern_is_held_against_the_path(pattern: str, url: str, fit: bool) -> None:
    assert fits(pattern, url) is fit
