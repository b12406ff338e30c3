"""A line of an import, settled into one article."""

import pickle
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.text.fingerprint import fingerprint
from aiwatch.text.importing import Imported, imported
from tests.text.tables import SHARED
from tests.text.test_reading import BODY, URL, page


def line(**said: Any) -> Imported:
    read = imported(said)
    assert isinstance(read, Imported), read
    return read


def test_a_whole_line_becomes_an_article() -> None:
    read = line(
        id="a1", url=URL + "?utm_source=x", title="Harbour closes", body="\n\n".join(BODY), summary="It closed.",
        html="", published="2026-03-24", source="Example Times", lang="en-GB", extra=[1],
    )  # fmt: skip
    article = read.read.article
    assert (article.url, article.url_key, article.external_id) == (URL, URL, "a1")
    assert article.title == "Harbour closes"
    assert article.text.split("\n") == BODY
    assert article.summary == "It closed."
    assert article.published == datetime(2026, 3, 24, tzinfo=UTC)
    assert article.outlet == article.source == "Example Times"
    assert article.lang == "en"
    assert article.how == {"text": "body"}
    assert read.read.fingerprint == fingerprint(article.title, article.text)


def test_html_is_extracted_and_goes_before_a_body() -> None:
    article = line(html=page().body.decode(), body="Something else.").read.article
    assert article.text.split("\n") == BODY
    assert article.title == "Harbour closes laboratory"
    assert article.outlet == "Example Times"
    assert article.published == datetime(2026, 3, 24, 14, 4, 5, tzinfo=UTC)


def test_a_body_in_markup_is_read_as_text() -> None:
    assert (
        line(title="x", body="<p>It closed.</p><p>At noon.</p>").read.article.text
        == "It closed.\nAt noon."
    )


def test_the_tail_is_cut_and_the_given_text_kept() -> None:
    tail = ["Related Articles", "Harbour opens laboratory"]
    read = line(title="x", body="\n".join(BODY + tail))
    assert read.read.article.text.split("\n") == BODY
    assert read.given.split("\n") == BODY + tail


@pytest.mark.parametrize(
    ("said", "url", "key", "external"),
    [
        ({"id": "a 1"}, "a 1", "id:a 1", "a 1"),
        ({"id": 17}, "17", "id:17", "17"),
        (
            {"id": "http://www.example.com/a/"},
            "http://www.example.com/a/",
            "https://example.com/a",
            "http://www.example.com/a/",
        ),
        (
            {"id": "a1", "url": "https://example.com/a"},
            "https://example.com/a",
            "https://example.com/a",
            "a1",
        ),
        ({"id": "a1", "url": ""}, "a1", "id:a1", "a1"),
        ({"id": "a1", "url": "javascript:alert(1)"}, "a1", "id:a1", "a1"),
        ({"url": "https://example.com/a"}, "https://example.com/a", "https://example.com/a", None),
    ],
)
def test_a_line_has_an_address(
    said: dict[str, Any], url: str, key: str, external: str | None
) -> None:
    article = line(title="x", **said).read.article
    assert (article.url, article.url_key, article.external_id) == (url, key, external)


def test_a_line_without_address_and_id_is_known_by_what_it_says() -> None:
    one, again, other = (line(title="x", body=body).read.article for body in ("a", "a", "b"))
    assert one.url == one.url_key == again.url_key != other.url_key
    assert one.url.startswith("hash:")


@pytest.mark.parametrize(
    ("said", "title", "text", "how"),
    [
        ({"summary": "It closed. Today."}, "It closed.", "It closed. Today.", "summary"),
        ({"body": None, "summary": "It closed"}, "It closed", "It closed", "summary"),
        ({"body": "一句话。两句话。"}, "一句话。", "一句话。两句话。", "body"),
        ({"title": " Only \n a title "}, "Only a title", "", "none"),
        ({"title": "x", "html": "<p>a</p>"}, "x", "a", "html"),
        ({"body": "word " * 40}, "word " * 22 + "word…", ("word " * 40).strip(), "body"),
        ({"body": "w" * 200}, "w" * 119 + "…", "w" * 200, "body"),
    ],
)
def test_a_line_with_a_title_or_a_text_is_enough(
    said: dict[str, Any], title: str, text: str, how: str
) -> None:
    article = line(**said).read.article
    assert (article.title, article.text) == (title, text)
    assert article.how["text"].startswith(how)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({}, "neither a title nor a text"),
        ({"title": "", "body": " ", "id": "a1", "url": URL}, "neither a title nor a text"),
        ({"title": 5}, "title is a number, not a text"),
        ({"title": "x", "body": ["a"]}, "body is a list, not a text"),
        ({"title": "x", "source": {"name": "y"}}, "source is an object, not a text"),
        ({"title": "x", "id": True}, "id is true or false, not a text"),
        ({"title": "x", "url": ()}, "url is of another type, not a text"),
    ],
)
def test_a_bad_line_is_told_in_words(said: dict[str, Any], problem: str) -> None:
    assert imported(said) == problem


def test_what_a_line_states_and_we_cannot_use_is_said() -> None:
    how = line(title="x", url="not an address", published="some day").read.article.how
    assert how["url"] == "left out: 'not an address' is no http or https address"
    assert how["published"] == "left out: 'some day' cannot be read as one date"


def test_a_line_of_an_export_is_taken_as_it_stands() -> None:
    """Its text was read and cut before; what is not as an export writes it is left out."""
    tail = [*BODY, "Related Articles", "Harbour opens laboratory"]
    read = line(
        title="Harbour closes", text="\n".join(tail), authors=["Ann Marlow", " ", 5], outlet="Example Times",
        modified="2026-03-25T08:00:00Z", source="Google News",
    )  # fmt: skip
    article = read.read.article
    assert article.text.split("\n") == tail
    assert article.authors == ("Ann Marlow",)
    assert (article.outlet, article.source) == ("Example Times", "Google News")
    assert article.modified == datetime(2026, 3, 25, 8, tzinfo=UTC)
    assert article.how == {"text": "text"}
    odd = line(title="x", body="y", text=["a"], authors="Ann", outlet={}, modified=5).read.article
    assert (odd.text, odd.authors, odd.modified) == ("y", (), None)


def test_seconds_since_1970_are_a_date() -> None:
    assert line(title="x", published=1774364645).read.article.published == datetime(
        2026, 3, 24, 15, 4, 5, tzinfo=UTC
    )


def test_what_a_worker_gives_back_crosses_processes() -> None:
    read = line(title="x", body="y")
    assert pickle.loads(pickle.dumps(read)) == read
    assert pickle.loads(pickle.dumps(imported)) is imported


VALUES = (
    st.none()
    | st.text(max_size=40)
    | st.integers()
    | st.booleans()
    | st.lists(st.text(max_size=3), max_size=2)
)


@settings(max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "id",
                "url",
                "title",
                "body",
                "summary",
                "html",
                "published",
                "source",
                "lang",
                "text",
                "authors",
                "outlet",
            ]
        ),
        VALUES,
    )
)
def test_no_line_raises(said: dict[str, Any]) -> None:
    read = imported(said)
    assert isinstance(read, str) or read.read.article.title or read.read.article.text


@pytest.mark.parametrize(
    ("name", "gone"),
    [("soras-closure.txt", "Microsoft Copilot"), ("strategic-move.txt", "Related Articles")],
)
def test_two_real_texts_are_imported_without_their_tails(name: str, gone: str) -> None:
    file = SHARED / "seeds" / name
    if not file.exists():
        pytest.skip("the two shared texts are not here")
    text = file.read_text(encoding="utf-8")
    read = line(id=name, body=text)
    assert gone not in read.read.article.text
    assert gone in read.given
    assert read.read.article.lang == "en"
