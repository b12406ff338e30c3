"""Who wrote a page, from its statements down to the lines by its headline."""

import json

import pytest

from aiwatch.text.article import extract

BODY = "<p>The harbour bridge will be shut to all traffic for nine nights, while engineers replace its bearings.</p>"
SITE = '<meta property="og:site_name" content="The Quay Courier">'


def stated(*authors: object) -> str:
    said = json.dumps({"@type": "NewsArticle", "author": [*authors]})
    return f'<script type="application/ld+json">{said}</script>'


@pytest.mark.parametrize(
    ("page", "authors", "how"),
    [
        (stated({"name": "Mira Oduya"}) + "<h1>Bridge</h1>", ["Mira Oduya"], "json-ld"),
        (
            stated({"name": ", The Quay Courier"})
            + "<h1>Bridge</h1><div class=byline>Mira Oduya<span>The Quay Courier</span></div>",
            ["Mira Oduya"],
            "byline",
        ),
        (
            stated("Mira Oduya")
            + "<meta name=author content='Mira Oduya, Tom Brandt'><h1>Bridge</h1>",
            ["Mira Oduya", "Tom Brandt"],
            "meta author",
        ),
        (
            stated("Mira") + "<h1>Bridge</h1><a rel=author>Mira Oduya</a>",
            ["Mira Oduya"],
            "marked name",
        ),
        (
            "<a href='/author/x'>Eva Roth</a><h1>Bridge</h1><p><a href='/author/m'>Mira Oduya</a> and "
            "<a href='/author/t'>Tom Brandt</a></p><div class=related><a href='/author/e'>Eva Roth</a></div>",
            ["Mira Oduya", "Tom Brandt"],
            "marked name",
        ),
        (
            "<h1>Bridge</h1><div class=byline>Share on Twitter</div><p>By Mira Oduya, Courier Staff Writer</p>",
            ["Mira Oduya"],
            "line by the headline",
        ),
        ("<h1>Bridge</h1><p>By</p><p>Mira Oduya</p>", ["Mira Oduya"], "line by the headline"),
        ("<h1>Brücke</h1><p>von Jörg Füßli</p>", ["Jörg Füßli"], "line by the headline"),
        (
            "<h1>Bridge</h1><p>Mira Oduya</p><p>4 March 2026</p>",
            ["Mira Oduya"],
            "line alone by the headline",
        ),
        (
            "<h1>Bridge</h1><p>Mira Oduya</p><p>Transport reporter</p>",
            ["Mira Oduya"],
            "line alone by the headline",
        ),
        ("<h1>Bridge</h1><p>Our harbour town</p><p>4 March 2026</p>", [], None),
        ("<h1>Bridge</h1><p>By now everybody knows</p>", [], None),
        ("<h1>Bridge</h1><p>By</p>", [], None),
        ("<h1>Bridge</h1><p class=byline>Korvat desk</p>", ["Korvat desk"], "byline"),
        (stated("The Quay Courier") + "<h1>Bridge</h1>", ["The Quay Courier"], "json-ld"),
        (
            "<h1>Bridge</h1><p>25.10.2025 - Mira Oduya</p>",
            ["Mira Oduya"],
            "line by the headline",
        ),
        ("<h1>Bridge</h1><p>25.10.2025 - New Korvat</p>", [], None),
        ("<h1>Bridge</h1><p>Korvat, 25.10.2025</p>", [], None),
        (
            "<p>4 March 2026 · By Mira Oduya</p><h1>Bridge</h1>",
            ["Mira Oduya"],
            "line by the headline",
        ),
        ("<p>Mira Oduya</p><p>4 March 2026</p><h1>Bridge</h1>", [], None),
        (
            "<h1>Bridge</h1><p>By <a rel=author>Mira Oduya</a></p><p>Reviewed by <a rel=author>Eva Roth</a></p>",
            ["Mira Oduya"],
            "marked name",
        ),
        (
            stated("Tom Brandt") + "<h1>Bridge</h1><p>By Mira Oduya</p>",
            ["Mira Oduya"],
            "line by the headline, against json-ld",
        ),
        (
            stated("Tom Brandt") + "<h1>Bridge</h1><p>By Mira Oduya</p><p>Put in by Tom Brandt</p>",
            ["Tom Brandt"],
            "json-ld",
        ),
        (
            stated("Mira") + "<h1>Bridge</h1><p>A column by Mira Oduya</p><p>By Mira Oduya</p>",
            ["Mira Oduya"],
            "line by the headline, against json-ld",
        ),
        (
            stated("mira_o") + "<h1>Bridge</h1><p>By Mira Oduya</p>",
            ["Mira Oduya"],
            "line by the headline",
        ),
        (
            stated("TQC") + "<h1>Bridge</h1><p>By Mira Oduya</p>",
            ["Mira Oduya"],
            "line by the headline",
        ),
        (
            stated("Mira Oduya")
            + "<h1>Bridge</h1><p>By</p><p>Mira Oduya</p><p>and</p><p>Tom Brandt</p>",
            ["Mira Oduya", "Tom Brandt"],
            "line by the headline, more than json-ld",
        ),
        (
            stated("Mira Oduya") + "<h1>Bridge</h1><p>Mira Oduya</p><p>and Tom Brandt, Courier</p>",
            ["Mira Oduya", "Tom Brandt"],
            "line by the headline, more than json-ld",
        ),
        (
            stated("Mira Oduya") + "<h1>Bridge</h1><p>Mira Oduya, Eva Roth & Tom Brandt</p>",
            ["Mira Oduya", "Eva Roth", "Tom Brandt"],
            "line by the headline, more than json-ld",
        ),
        (
            stated("Mira Oduya") + "<h1>Bridge</h1><p>Mira Oduya</p><p>and others</p>",
            ["Mira Oduya"],
            "json-ld",
        ),
        (stated("98 Quay Social") + "<h1>Bridge</h1>", ["98 Quay Social"], "json-ld"),
        (stated("Unknown Author") + "<h1>Bridge</h1>", [], None),
        (
            "<h1>Bridge</h1><figure><span class=author>Eva Roth</span></figure>",
            [],
            None,
        ),
    ],
)
def test_the_author_is_who_the_page_names(page: str, authors: list[str], how: str | None) -> None:
    got = extract(f"<html><head>{SITE}</head><body>{page}{BODY}", "https://a.example/bridge")
    assert (list(got.authors), got.how.get("authors")) == (authors, how)
