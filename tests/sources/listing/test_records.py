"""Articles found in the data of a page's scripts."""

import json
from typing import Any

import pytest

from aiwatch.sources.listing.records import Record, linked_records, state_records
from aiwatch.text.embedded import read_scripts, split_scripts


def _records(value: Any) -> list[tuple[str, str, str]]:
    return [(r.address or r.slug, r.title, r.date) for r in state_records([value])]


@pytest.mark.parametrize(
    ("value", "record"),
    [
        (
            {"title": "One", "url": "/news/one", "date": "2026-11-01"},
            ("/news/one", "One", "2026-11-01"),
        ),
        (
            {"title": {"rendered": "R&amp;D"}, "link": "https://x.example/a", "date": "2026-11-01"},
            ("https://x.example/a", "R&D", "2026-11-01"),
        ),
        (
            {"title": "One", "slug": {"current": "one"}, "_createdAt": "2026-11-01"},
            ("one", "One", "2026-11-01"),
        ),
        (
            {"id": 3, "attributes": {"title": "One", "slug": "one", "publishedAt": "2026-11-01"}},
            ("one", "One", "2026-11-01"),
        ),
        (
            {"fields": {"slug": "/one/"}, "frontmatter": {"title": "One", "date": "2026-11-01"}},
            ("/one/", "One", "2026-11-01"),
        ),
        (
            {
                "uid": "one",
                "data": {"title": [{"text": "One"}]},
                "first_publication_date": "2026-11-01",
            },
            ("one", "One", "2026-11-01"),
        ),
        ({"title": "One", "id": 12, "createTime": 1790000000}, ("12", "One", "1790000000")),
        (
            {"title": "One", "slug": "one", "date": {"iso": "2026-11-01"}},
            ("one", "One", "2026-11-01"),
        ),
        (
            {"title": "One", "slug": "one", "publishedAt": "$D2026-11-01T00:00:00.000Z"},
            ("one", "One", "2026-11-01T00:00:00.000Z"),
        ),
        ({"title": "One", "slug": "one", "time": 1790000000.5}, ("one", "One", "1790000000")),
    ],
)
def test_articles_are_read_in_the_forms_of_many_systems(
    value: Any, record: tuple[str, str, str]
) -> None:
    assert _records({"list": [value]}) == [record]


@pytest.mark.parametrize(
    "value",
    [{"title": "One"}, {"slug": "one"}, {"title": "$4", "slug": "one"}, {"title": "One", "slug": "with blanks in it"}, {"title": "One", "id": 12},
     {"title": "x" * 500, "slug": "one"}],
)  # fmt: skip
def test_what_names_no_article_is_no_record(value: Any) -> None:
    assert _records([value]) == []


def test_linked_data_names_articles_and_list_items_only() -> None:
    graph = {"@graph": [
        {"@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "name": "Home", "item": "/"}]},
        {"@type": "ItemList", "itemListElement": [
            {"@type": "ListItem", "url": "/news/a", "name": "A"},
            {"@type": "ListItem", "item": {"@type": "NewsArticle", "@id": "/news/b", "headline": "B", "author": "Ada"}},
            {"@type": "ListItem", "item": {"@type": "Product", "url": "/p/c", "name": "C"}},
            {"@type": "ListItem", "name": "no address"},
        ]},
        {"@type": ["BlogPosting"], "mainEntityOfPage": {"@id": "/news/d"}, "name": "D"},
        {"@type": "Organization", "url": "/", "name": "Plume"}, "text",
    ]}  # fmt: skip
    assert [(r.address, r.title, r.authors) for r in linked_records([graph])] == [
        ("/news/a", "A", ()),
        ("/news/b", "B", ("Ada",)),
        ("/news/d", "D", ()),
    ]


@pytest.mark.parametrize(
    ("keys", "beside"),
    [("0.props.posts[]", False), ("0.props.categories[].posts[]", False), ("0.relatedPosts[]", True), ("0.nav.items[]", True), ("0.posts[].author", True)],
)  # fmt: skip
def test_lists_beside_the_point_are_known_by_their_keys(keys: str, beside: bool) -> None:
    assert Record(address="a", title="A", list=keys).beside is beside


def test_nuxts_flat_list_is_put_together() -> None:
    flat = [
        ["Reactive", 1],
        {"list": 2},
        [3],
        {"slug": 4, "title": 5, "author": 6, "bad": 99},
        "one-two",
        "One",
        {"name": 7},
        "Ada",
    ]
    _, scripts = split_scripts(
        f'<script type="application/json" id="__NUXT_DATA__">{json.dumps(flat)}</script>'
    )
    found = state_records(read_scripts(scripts, []).states)
    assert [(r.slug, r.title, r.authors) for r in found] == [("one-two", "One", ("Ada",))]
