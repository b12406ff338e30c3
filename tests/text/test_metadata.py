"""Evidence outside the text, one page of a line or two for each kind."""

from datetime import datetime

import pytest

from aiwatch.text.article import extract

BODY = "<p>The harbour bridge will be shut to all traffic for nine nights, while engineers replace its bearings.</p>"


@pytest.mark.parametrize(
    ("page", "when", "how"),
    [
        (
            '<meta name=date content="2026-03-04T05:06:07Z">',
            "2026-03-04T05:06:07+00:00",
            "meta date",
        ),
        (
            '<meta property="dc:created" content="2026-03-04T05:06:07Z">',
            "2026-03-04T05:06:07+00:00",
            "meta dc.created",
        ),
        (
            '<meta property="schema:datePublished" content="2026-03-04T05:06:07Z">',
            "2026-03-04T05:06:07+00:00",
            "meta datepublished",
        ),
        (
            '<time datetime="2026-03-04T05:06:07-05:00">x</time>',
            "2026-03-04T05:06:07-05:00",
            "time element",
        ),
        ("<time>4 March 2026</time>", "2026-03-04T00:00:00+00:00", "time element"),
        (
            '<aside><time datetime="2020-01-01">x</time></aside><time datetime="2026-03-04">y</time>',
            "2026-03-04T00:00:00+00:00",
            "time element",
        ),
        (
            '<div class=related><b><time datetime="2020-01-01">x</time></b></div><p class=date>4 March 2026',
            "2026-03-04T00:00:00+00:00",
            "shown date",
        ),
        (
            '<span itemprop=datePublished content="2026-03-04">x</span>',
            "2026-03-04T00:00:00+00:00",
            "shown date",
        ),
        (
            "<h1>Bridge</h1><p>Korvat, 4 March 2026, 10:30 CET</p>",
            "2026-03-04T10:30:00+01:00",
            "shown line",
        ),
        (
            '<meta property="article:modified_time" content="2026-03-04">',
            "2026-03-04T00:00:00+00:00",
            "meta article:modified_time (modified)",
        ),
        (
            '<time class=updated datetime="2026-03-04">x</time>',
            "2026-03-04T00:00:00+00:00",
            "time element (modified)",
        ),
        (
            "<h1>Bridge</h1><p>Mira OduyaMar 04, 20262 comments</p>",
            "2026-03-04T00:00:00+00:00",
            "shown line",
        ),
        (
            "<h1>Bridge</h1><p>Release of 4 March 2026 | Korvat – The bridge will be closed for nine nights by the town.</p>",
            "2026-03-04T00:00:00+00:00",
            "shown line",
        ),
        (
            "<h1>Bridge</h1><p>4 March 2026, 10:00-11:30</p>",
            "2026-03-04T10:00:00+00:00",
            "shown line",
        ),
        ('<meta name=date content="03/04/2026">', None, None),
        ("", None, None),
    ],
)
def test_the_date_comes_from_the_best_evidence_there_is(
    page: str, when: str | None, how: str | None
) -> None:
    got = extract(f"<html><body>{page}{BODY}", "https://a.example/bridge")
    assert got.published == (datetime.fromisoformat(when) if when else None)
    assert got.how.get("published") == how


def test_a_date_in_the_address_counts_before_what_is_only_shown() -> None:
    got = extract(BODY, "https://a.example/2026/03/04/bridge.html")
    assert got.published == datetime.fromisoformat("2026-03-04T00:00:00+00:00")
    assert got.how["published"] == "url"


@pytest.mark.parametrize(
    ("page", "field", "value"),
    [
        ("<meta name=author content='Mira Oduya'>", "authors", ("Mira Oduya",)),
        (
            "<meta property='article:author' content='https://fb.example/mira'><a rel=author href=/m>Mira Oduya</a>",
            "authors",
            ("Mira Oduya",),
        ),
        (
            "<meta property='og:site_name' content='Quay'><meta name=author content=Quay><p class=byline>By Mira Oduya</p>",
            "authors",
            ("Mira Oduya",),
        ),
        (
            "<meta property='og:site_name' content='Quay'><meta name=author content=Quay><p class=byline>Everyone</p>",
            "authors",
            ("Quay",),
        ),
        ("<meta property='og:site_name' content=' The  Quay '>", "site", "The Quay"),
        ("<meta name='application-name' content='Quay'>", "site", "Quay"),
        ("<meta http-equiv='content-language' content='pt-BR'>", "language", "pt"),
        ("<meta property='og:locale' content='zh_TW'>", "language", "zh"),
        ("<meta property='og:locale' content='english'>", "language", None),
        ("<link rel=canonical href='/x?a=1'>", "canonical_url", "https://a.example/x?a=1"),
        (
            "<link rel=canonical href='javascript:x'><meta property='og:url' content='//b.example/y'>",
            "canonical_url",
            "https://b.example/y",
        ),
        (
            "<base href='https://c.example/d/'><meta name='twitter:image' content='i.png'>",
            "image",
            "https://c.example/d/i.png",
        ),
        ("<meta property='article:content_tier' content='Locked'>", "paywalled", True),
        ("<meta property='article:content_tier' content='free'>", "paywalled", False),
        (
            "</head><p>Subscribe to continue reading this and every other story.</p>",
            "paywalled",
            True,
        ),
        ("</head><p>Jetzt weiterlesen mit Hafenblatt+</p>", "paywalled", True),
        ("</head><p>Subscribe to our newsletter.</p>", "paywalled", False),
        (
            "<title>Bridge</title><meta property='og:site_name' content='Bridge | The Quay'></head><h1>Bridge</h1>",
            "site",
            "The Quay",
        ),
        ("<meta name='twitter:app:name:iphone' content='@Quay'>", "site", "Quay"),
    ],
)
def test_a_field_comes_from_the_best_evidence_there_is(
    page: str, field: str, value: object
) -> None:
    got = extract(f"<html><head>{page}</head><body>{BODY}", "https://a.example/bridge")
    assert getattr(got, field) == value


def test_every_field_found_says_where_and_none_other_does() -> None:
    got = extract(f"<html lang=en><title>Bridge</title>{BODY}")
    assert dict(got.how) == {"title": "title element", "language": "html lang", "text": "body"}


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        (
            "<h1><span>Harbour</span> <span>The bridge is to close</span></h1>",
            "The bridge is to close",
        ),
        (
            "<h1><a><span>Harbour</span><br>The bridge is to close</a></h1>",
            "The bridge is to close",
        ),
        ("<h1>The <em>bridge</em> is to close</h1>", "The bridge is to close"),
        ("<h1>The b<b>ridge</b> is to close</h1>", "The bridge is to close"),
    ],
)
def test_a_topic_in_an_element_of_its_own_is_no_part_of_the_headline(
    heading: str, title: str
) -> None:
    page = f"<title>The bridge is to close</title>{heading}{BODY}"
    assert extract(page, "https://a.example/bridge").title == title


def test_the_text_s_language_goes_before_a_template_s() -> None:
    said = "<p>Die Brücke über den Hafen wird für neun Nächte gesperrt, und der Verkehr wird in dieser Zeit umgeleitet.</p>"
    got = extract(f"<html lang=en><h1>Brücke</h1>{said * 6}", "https://a.example/bruecke")
    assert (got.language, got.how["language"]) == ("de", "text, against html lang")


def test_where_no_language_is_declared_the_text_tells_if_it_is_long_enough() -> None:
    said = "<p>Die Brücke über den Hafen wird für neun Nächte gesperrt, und der Verkehr wird in dieser Zeit umgeleitet.</p>"
    for times, language, how in ((6, "de", "text"), (1, None, None)):
        got = extract(f"<h1>Brücke</h1>{said * times}", "https://a.example/bruecke")
        assert (got.language, got.how.get("language")) == (language, how)


def test_a_headline_that_is_no_h1_is_taken_by_its_mark() -> None:
    page = f"<title>Bridge shut</title><h2 class=entry-title>The bridge is shut</h2>{BODY}"
    got = extract(page, "https://a.example/bridge")
    assert (got.title, got.how["title"]) == ("The bridge is shut", "marked heading")
    page = f"<h1>Menu</h1><h1 itemprop=headline>The span is shut</h1><title>Bridge to close</title>{BODY}"
    got = extract(page, "https://a.example/bridge")
    assert (got.title, got.how["title"]) == ("The span is shut", "h1, marked as the headline")
