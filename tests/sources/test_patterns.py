import pytest

from aiwatch.sources.patterns import checked_pattern, fits


@pytest.mark.parametrize(
    ("pattern", "url", "fitting"),
    [
        ("/news/*", "https://lumen.example/news/sora", True),
        ("/news/*", "https://lumen.example/News/Sora/?page=2#top", True),
        ("/news/*", "https://lumen.example/news/", False),
        ("/news/*", "https://lumen.example/news/2026/sora", False),
        ("/news/**", "https://lumen.example/news/2026/sora", True),
        ("/**/press/*", "https://lumen.example/en/us/press/1", True),
        ("/né/*", "https://lumen.example/n%C3%A9/a", True),
        ("/n%C3%A9/*", "https://lumen.example/né/a", True),
        ("/read?id=*", "https://lumen.example/read?id=7", True),
        ("/read", "https://lumen.example/read?id=7", True),
        ("/", "https://lumen.example", True),
        ("https://lumen.example/*", "https://lumen.example/a", True),
        ("https://lumen.example/*", "https://other.example/a", False),
        ("*.html", "/a.html", False),
        ("**.html", "/a.html", True),
    ],
)
def test_an_address_fits_its_pattern(pattern: str, url: str, fitting: bool) -> None:
    assert fits(checked_pattern(pattern), url) is fitting
