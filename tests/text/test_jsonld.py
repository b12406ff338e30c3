"""JSON-LD dialects and small faults."""

import json

import pytest

from aiwatch.text.jsonld import Linked, parse_loosely, read_jsonld


@pytest.mark.parametrize(
    "script",
    [
        '{"a": [1, 2]}',
        '<!-- {"a": [1, 2]} -->',
        '//<![CDATA[\n{"a": [1, 2]}\n//]]>',
        '{"a": [1, 2,],};',
        '{"a":\n[1, 2]\n}',
        "{&quot;a&quot;: [1, 2]}",
    ],
)
def test_small_faults_are_forgiven(script: str) -> None:
    assert parse_loosely(script) == [{"a": [1, 2]}]


def test_a_missing_comma_and_several_values_are_forgiven() -> None:
    assert parse_loosely('{"a": "x"\n "b": "y"}') == [{"a": "x", "b": "y"}]
    assert parse_loosely('{"a": 1}\n{"b": 2}') == [{"a": 1}, {"b": 2}]


@pytest.mark.parametrize(
    "script", ["", "nonsense", "{", "[" * 100_000, '"text"', '{"a": ' + "9" * 5_000 + "}"]
)
def test_what_is_no_json_gives_nothing(script: str) -> None:
    assert parse_loosely(script) == []


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ({"author": "Mira Oduya"}, "authors", ("Mira Oduya",)),
        ({"author": {"name": ["Mira", "Tom"]}}, "authors", ("Mira", "Tom")),
        ({"author": [{"name": "Mira"}, "Tom", None, 7]}, "authors", ("Mira", "Tom")),
        ({"author": {"@type": "Person"}}, "authors", ()),
        ({"creator": {"givenName": "Mira"}}, "authors", ("Mira",)),
        ({"headline": {"@value": "Bridge"}}, "headline", "Bridge"),
        ({"name": "Bridge"}, "headline", "Bridge"),
        ({"image": [{"url": "a.jpg"}, "b.jpg"]}, "image", "a.jpg"),
        ({"image": []}, "image", ""),
        ({"publisher": {"name": "Quay"}}, "site", "Quay"),
        ({"mainEntityOfPage": {"@id": "/x"}}, "url", "/x"),
        ({"inLanguage": {"name": "en"}}, "language", "en"),
        ({"isAccessibleForFree": False}, "paywalled", True),
        ({"isAccessibleForFree": "true"}, "paywalled", False),
        ({"hasPart": {"isAccessibleForFree": "False"}}, "paywalled", True),
        ({"hasPart": [{"isAccessibleForFree": False}]}, "paywalled", True),
    ],
)
def test_a_property_is_read_in_every_form(
    said: dict[str, object], field: str, value: object
) -> None:
    node = {"@type": "https://schema.org/NewsArticle", **said}
    assert getattr(read_jsonld([json.dumps(node)]), field) == value


def test_the_article_at_the_address_goes_before_others_and_lists_are_not_opened() -> None:
    nodes = [
        {
            "@type": "NewsArticle",
            "headline": "Another",
            "author": "X",
            "url": "https://a.example/other",
        },
        {"@type": "NewsArticle", "headline": "This one", "url": "https://a.example/this/"},
        {
            "@type": "ItemList",
            "itemListElement": [{"@type": "NewsArticle", "headline": "A list's"}],
        },
        {"@type": "WebPage", "datePublished": "2026-01-02"},
    ]
    found = read_jsonld([json.dumps(nodes)], "https://a.example/this#top")
    assert found.headline == "This one"
    assert found.published == "2026-01-02"


def test_a_page_without_json_ld_states_nothing() -> None:
    assert read_jsonld([]) == Linked()


def test_an_article_in_a_script_beyond_repair_still_tells_what_stands_whole() -> None:
    script = (
        '{"@type": "NewsArticle", "headline": "The \\"bridge\\"", "description": "It "shuts" today",'
        ' "author": {"@type": "Person", "name": "Mira Oduya"}, "datePublished": "2026-03-04", "x": }'
    )
    found = read_jsonld([script])
    assert (found.headline, found.authors, found.published) == (
        'The "bridge"',
        ("Mira Oduya",),
        "2026-03-04",
    )
    assert read_jsonld(['{"@type": "Store", "headline": "x", }}}"']) == Linked()
    assert read_jsonld(['{"@type": "NewsArticle", ,']) == Linked()
    assert read_jsonld(['{"@type": "NewsArticle", "headline": "a\\q", ,']).headline == "a\\q"
