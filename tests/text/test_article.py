"""Pages of our own words in tests/data/pages: what is read from each stands beside it."""

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.model import Extract, ExtractRules
from aiwatch.text.article import extract

PAGES = Path(__file__).parents[1] / "data" / "pages"
FIELDS = ("title", "site", "language", "canonical_url", "image", "paywalled", "text")


def read(name: str) -> tuple[Extract, dict[str, Any]]:
    expected = json.loads((PAGES / f"{name}.json").read_text("utf-8"))
    return extract((PAGES / f"{name}.html").read_bytes(), expected.get("url")), expected


@pytest.mark.parametrize("name", sorted(path.stem for path in PAGES.glob("*.html")))
def test_a_page_is_read_as_its_neighbour_file_says(name: str) -> None:
    got, expected = read(name)
    for field in FIELDS:
        if field in expected:
            assert getattr(got, field) == expected[field], field
    if "authors" in expected:
        assert list(got.authors) == expected["authors"]
    for field in ("published", "modified"):
        if field in expected:
            moment = getattr(got, field)
            assert moment is not None
            assert moment.isoformat() == expected[field]
    for words in expected.get("has", ()):
        assert words in got.text
    for words in expected.get("lacks", ()):
        assert words not in got.text
    assert expected.get("how_text", "") in got.how["text"]
    if "lines" in expected:
        assert len(got.text.split("\n")) == expected["lines"]


def test_bytes_and_text_of_the_same_page_are_read_alike() -> None:
    body = (PAGES / "clean_news.html").read_bytes()
    assert extract(body) == extract(body.decode()) == extract("\ufeff" + body.decode())


@pytest.mark.parametrize("label", ["euc-kr", "EUC-KR", "ks_c_5601-1987"])
def test_the_header_s_charset_is_believed_where_the_bytes_are_not_utf8(label: str) -> None:
    page = (PAGES / "korean.html").read_text("utf-8").replace('<meta charset="utf-8">', "")
    got = extract(page.encode("cp949"), content_type=f"text/html; charset={label}")
    assert got.title == "바다마을 도서관, 밤에도 문 연다"
    assert "작은 버스도" in got.text


def test_a_person_s_selectors_win() -> None:
    body = (PAGES / "clean_news.html").read_bytes()
    rules = ExtractRules(body="section.comments", title=".byline", remove=("section.comments h2",))
    got = extract(body, rules=rules)
    assert got.text.startswith("I remember when the bridge was opened")
    assert "Comments" not in got.text
    assert got.title == "By Mira Oduya and Tom Brandt, transport reporters"
    assert got.how["text"] == "rule section.comments"
    assert got.how["title"] == "rule .byline"


@pytest.mark.parametrize("selector", ["", "[[", ":nope(", "p:has(", "no-such-element", "\x00"])
def test_a_selector_that_finds_nothing_or_is_none_leaves_the_page_as_it_is(selector: str) -> None:
    body = (PAGES / "clean_news.html").read_bytes()
    rules = ExtractRules(body=selector, title=selector, remove=(selector,))
    assert extract(body, rules=rules).text == extract(body).text


@pytest.mark.parametrize(
    ("page", "word"),
    [
        ("<div>" * 30_000 + "<p>deep", "nested too deep"),
        ("".join(f"<p><font size={n}>x" for n in range(4_000)), "nested too deep"),
        ("<p>first<div " + " ".join(f"a{n}=1" for n in range(20_000)) + ">", "attributes"),
        ("".join(f"<body a{n}=1>" for n in range(20_000)), "bodies"),
        ("<p>" + "word " * 700_000, "cut after"),
    ],
    ids=["deep", "formatting", "attributes", "bodies", "long"],
)
def test_hostile_pages_are_cut_with_the_reason(page: str, word: str) -> None:
    assert word in extract(page).how["page"]


def test_text_before_the_hostile_part_is_kept() -> None:
    start = "<h1>Owls</h1><p>Owls were counted in the park on Friday, and there were nine of them, all awake.</p>"
    assert "nine of them" in extract(start + "<div>" * 20_000).text


@pytest.mark.parametrize(
    "page", [b"", "", b"\x00", b"\xff\xfe", "<", "<!--", "\ud800", b"<html></html>", "plain"]
)
def test_next_to_nothing_is_an_empty_extract_or_its_words(page: bytes | str) -> None:
    got = extract(page, "not an address")
    assert got.text in ("", "plain")
    assert got.authors == ()


_PIECES = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<div",
        "class=article-body>",
        "</div>",
        "<br>",
        "<b>",
        "<a",
        "href=x>",
        "</a>",
        "<script>",
        "</script>",
        "<style>",
        "<!--",
        "-->",
        "<table>",
        "<td>",
        "<h1>",
        "</h1>",
        "<li>",
        "<svg>",
        "<textarea>",
        "<title>",
        "</title>",
        "<article>",
        "<time",
        "datetime=2026-01-01>",
        "<iframe>",
        "<noscript>",
        "<ruby>",
        "<rt>",
        "<select>",
        "<template>",
        "<math>",
        "<plaintext>",
        "<xmp>",
        "<frameset>",
        "&amp;",
        "&#0;",
        "&#x9f;",
        "&shy;",
        "\u202e",
        "\x85",
        "\x0b",
        "\ufeff",
        "<meta",
        "property=og:title",
        'content="x<y">',
        "words,",
        "and",
        "more.",
        "ประโยค",
        "文字。",
        "<script",
        "type=application/ld+json>{",
    ]
)
_TAG = re.compile(
    r"</?(?:p|div|br|b|a|script|style|table|td|h1|li|svg|title|article|time|meta)(?=[\s/>])[^>]*>"
)


def assert_plain(got: Extract) -> None:
    for line in (*got.text.split("\n"), got.title, *got.authors, got.site or ""):
        assert not _TAG.search(line)
        assert not [c for c in line if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
        assert not re.search("[\u00ad\u200b\u202a-\u202e\u2066-\u2069\ufeff]", line)
    got.text.encode()


@settings(max_examples=75, deadline=None)
@given(st.lists(_PIECES, max_size=60).map("".join), st.sampled_from([None, "https://a.example/x"]))
def test_any_soup_of_tags_gives_plain_text(page: str, url: str | None) -> None:
    assert_plain(extract(page, url))


@settings(max_examples=75, deadline=None)
@given(st.binary(max_size=400), st.text(max_size=30))
def test_any_bytes_give_plain_text(body: bytes, content_type: str) -> None:
    got = extract(body, content_type, content_type=content_type)
    assert_plain(got)
    assert got == extract(body, content_type, content_type=content_type)


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.text(max_size=12)
        | st.sampled_from(["Article", "@id", "2026-01-02"]),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "@type",
                        "@graph",
                        "@id",
                        "@value",
                        "name",
                        "headline",
                        "author",
                        "url",
                        "image",
                        "datePublished",
                        "isAccessibleForFree",
                        "hasPart",
                        "publisher",
                        "mainEntityOfPage",
                        "inLanguage",
                        "articleBody",
                    ]
                ),
                inner,
                max_size=6,
            )
        ),
        max_leaves=20,
    )
)
def test_any_json_ld_is_survived(value: object) -> None:
    page = f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "author": value, "@graph": value})}</script>'
    assert_plain(extract(page, "https://a.example/"))
