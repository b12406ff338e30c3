"""Feed and page, or an imported line, settled into one article."""

import pickle
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.model import Entry, Page, Source, SourceName, Validators
from aiwatch.text.fingerprint import fingerprint
from aiwatch.text.reading import Imported, article_of, imported, wants_page
from tests.text.tables import SHARED

SENTENCE = "The harbour city closed its video laboratory on Monday, and the director told why in the small hall. "
BODY = [
    SENTENCE + f"That was paragraph {number} of her speech, and nobody left the room."
    for number in range(5)
]
URL = "https://times.example/2026/03/harbour-closes-laboratory"
SOURCE = Source(name=SourceName("Times feed"), url="https://times.example/rss")
ENTRY = Entry(
    id="1",
    url=URL + "?utm_source=rss",
    title="Harbour closes laboratory",
    summary="It closed.",
    text="It closed.",
)


def page(
    title: str = "Harbour closes laboratory",
    body: list[str] = BODY,
    head: str = '<meta property="og:site_name" content="Example Times"><meta name="author" content="Jo Doe">'
    '<meta property="article:published_time" content="2026-03-24T15:04:05+01:00">',
    url: str = URL,
    content_type: str | None = "text/html; charset=utf-8",
) -> Page:
    paragraphs = "".join(f"<p>{line}</p>" for line in body)
    html = f"<html lang=en><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>{paragraphs}</article>"
    return Page(
        url=url,
        asked_for=url,
        status=200,
        body=html.encode(),
        content_type=content_type,
        validators=Validators(),
    )


def test_an_entry_and_its_page_make_one_article() -> None:
    read = article_of(ENTRY, SOURCE, page())
    article = read.article
    assert article.title == "Harbour closes laboratory"
    assert article.text.split("\n") == BODY
    assert article.url == URL
    assert article.url_key == URL
    assert article.outlet == article.site == "Example Times"
    assert article.authors == ("Jo Doe",)
    assert article.published == datetime(2026, 3, 24, 14, 4, 5, tzinfo=UTC)
    assert article.published.tzinfo is UTC
    assert article.lang == "en"
    assert article.summary == "It closed."
    assert article.how["title"] == "feed"
    assert article.how["text"].startswith("page: ")
    assert read.fingerprint == fingerprint(article.title, article.text)


def test_without_a_page_the_feed_speaks() -> None:
    entry = replace(ENTRY, authors=("Al",), published=datetime(2026, 3, 1, tzinfo=UTC))
    article = article_of(entry, SOURCE, None).article
    assert article.text == "It closed."
    assert article.how == {
        "title": "feed",
        "text": "feed: no page was read",
        "url": "the entry's address",
    }
    assert article.outlet == "Times feed"
    assert article.authors == ("Al",)
    assert article.published == datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("feed", "outlet", "kind", "of_page", "shown"),
    [
        ("Harbour closes lab", None, "feed", "The page says it so", "Harbour closes lab"),
        ("", None, "feed", "The page says it so", "The page says it so"),
        (
            "Harbour closes …",
            None,
            "feed",
            "Harbour closes laboratory",
            "Harbour closes laboratory",
        ),
        (
            "Harbour closes...",
            None,
            "feed",
            "Harbour closes laboratory",
            "Harbour closes laboratory",
        ),
        (
            "Harbour closes [...]",
            None,
            "feed",
            "Harbour closes laboratory",
            "Harbour closes laboratory",
        ),
        ("Harbour closes …", None, "feed", "Something else", "Harbour closes …"),
        ("Harbour closes …", None, "feed", "Harbour closes its …", "Harbour closes …"),
        ("READ NOW", None, "listing", "Harbour closes laboratory", "Harbour closes laboratory"),
        ("Harbour closes - Example Times", "Example Times", "feed", "", "Harbour closes"),
        (
            "Harbour closes - at last - example times",
            "Example Times",
            "feed",
            "",
            "Harbour closes - at last",
        ),
        ("Harbour closes - Times", "Example Times", "feed", "", "Harbour closes - Times"),
        ("Lab | The - Dash", "The - Dash", "feed", "", "Lab"),
        ("  Two\n lines ", None, "feed", "", "Two lines"),
    ],
)
def test_the_title_shown_is_the_feeds_unless_there_is_none_or_it_is_cut(
    feed: str, outlet: str | None, kind: str, of_page: str, shown: str
) -> None:
    entry = replace(ENTRY, title=feed, outlet=outlet)
    read = article_of(entry, replace(SOURCE, kind=kind), page(of_page) if of_page else None)
    assert read.article.title == shown


def test_an_entry_without_any_title_gets_its_first_sentence() -> None:
    entry = replace(ENTRY, title="", text="It closed today. More follows.")
    assert article_of(entry, SOURCE, None).article.title == "It closed today."


@pytest.mark.parametrize(
    ("own", "body", "chosen", "how"),
    [
        ("It closed.", BODY, BODY, "page: "),
        ("It closed.", ["It closed at noon."], ["It closed at noon."], "page: "),
        (
            "\n".join(BODY),
            ["Only a few words for those who pay nothing."],
            BODY,
            "feed: the page shows less",
        ),
        ("\n".join(BODY * 3), BODY, BODY * 3, "feed: the page shows less"),
        ("It closed.", [], ["It closed."], "feed: "),
    ],
)
def test_the_text_is_the_pages_where_it_is_an_articles(
    own: str, body: list[str], chosen: list[str], how: str
) -> None:
    article = article_of(replace(ENTRY, text=own), SOURCE, page(body=body)).article
    assert article.text.split("\n") == chosen
    assert article.how["text"].startswith(how)


def test_the_tail_of_page_and_feed_is_cut() -> None:
    tail = ["Related Articles", "Harbour opens laboratory", "Ten films for autumn"]
    assert (
        article_of(replace(ENTRY, text="\n".join(BODY + tail)), SOURCE, None).article.text.split(
            "\n"
        )
        == BODY
    )
    assert "Related" not in article_of(ENTRY, SOURCE, page(body=BODY + tail)).article.text


@pytest.mark.parametrize(
    ("fetched", "why"),
    [
        (page(content_type="application/pdf"), "feed: the page is application/pdf"),
        (page(url="https://times.example/"), "feed: the address led to the home page"),
    ],
)
def test_what_is_not_the_articles_page_is_not_read(fetched: Page, why: str) -> None:
    article = article_of(ENTRY, SOURCE, fetched).article
    assert article.text == "It closed."
    assert article.how["text"] == why
    assert article.url == URL


def test_a_page_of_unsaid_type_is_read() -> None:
    assert article_of(ENTRY, SOURCE, page(content_type=None)).article.text.split("\n") == BODY


def test_the_key_is_the_pages_own_address_where_that_can_be_believed() -> None:
    claims = (
        '<link rel="canonical" href="https://www.times.example/harbour-closes-laboratory-12345">'
    )
    article = article_of(ENTRY, SOURCE, page(head=claims)).article
    assert article.url == URL
    assert article.url_key == "https://times.example/harbour-closes-laboratory-12345"
    lies = article_of(
        ENTRY, SOURCE, page(head='<link rel="canonical" href="https://times.example/">')
    ).article
    assert lies.url_key == URL


def test_a_redirected_entry_is_where_it_was_found() -> None:
    entry = replace(ENTRY, url="https://short.example/x1")
    article = article_of(entry, SOURCE, page()).article
    assert article.url == URL
    assert article.how["url"] == "where the page was found"


def test_an_entry_without_address_is_told_apart_by_its_id_and_source() -> None:
    article = article_of(replace(ENTRY, url=None, id="tag:1"), SOURCE, None).article
    assert article.url == "tag:1"
    assert article.url_key == "id:Times feed:tag:1"


@pytest.mark.parametrize(
    ("outlet", "site", "aggregator", "shown"),
    [
        ("Example Post", "Example Times", True, "Example Post"),
        (None, "Example Times", False, "Example Times"),
        (None, "times.example", False, "Times feed"),
        (None, None, False, "Times feed"),
        (None, None, True, "times.example"),
        (None, "www.times.example", True, "www.times.example"),
    ],
)
def test_the_outlet_is_a_name_where_there_is_one(
    outlet: str | None, site: str | None, aggregator: bool, shown: str
) -> None:
    head = f'<meta property="og:site_name" content="{site}">' if site else ""
    source = replace(SOURCE, aggregator=aggregator)
    assert (
        article_of(replace(ENTRY, outlet=outlet), source, page(head=head)).article.outlet == shown
    )


@pytest.mark.parametrize(
    ("stated", "on_page", "lang"),
    [("th", "en", "th"), (None, "de", "en"), (None, "cy", "cy"), (None, "", "en")],
)
def test_a_persons_word_beats_the_text_and_the_text_beats_a_template(
    stated: str | None, on_page: str, lang: str
) -> None:
    fetched = page()
    fetched = replace(fetched, body=fetched.body.replace(b"lang=en", f"lang='{on_page}'".encode()))
    assert article_of(ENTRY, replace(SOURCE, lang=stated), fetched).article.lang == lang


@pytest.mark.parametrize(
    ("text", "full_text", "url", "wanted", "why"),
    [
        ("short", "auto", URL, True, "short"),
        (SENTENCE * 20, "auto", URL, False, "whole"),
        (SENTENCE * 20 + "…", "auto", URL, True, "pointer"),
        (SENTENCE * 20 + "Read more", "auto", URL, True, "pointer"),
        (SENTENCE * 20 + "Read the full story →", "auto", URL, True, "pointer"),
        (
            SENTENCE * 20 + "[…] The post Harbour appeared first on Example.",
            "auto",
            URL,
            True,
            "pointer",
        ),
        (
            SENTENCE * 20 + "The post Harbour appeared first on Example.",
            "auto",
            URL,
            False,
            "whole",
        ),
        (SENTENCE * 20 + "Weiterlesen", "auto", URL, True, "pointer"),
        (SENTENCE * 20 + "続きを読む", "auto", URL, True, "pointer"),
        (SENTENCE * 20 + "She wants to read more books.", "auto", URL, False, "whole"),
        ("short", "never", URL, False, "never"),
        (SENTENCE * 20, "always", URL, True, "always"),
        ("short", "always", None, False, "no address"),
        ("short", "always", "mailto:jo@example.com", False, "no address"),
    ],
)
def test_a_page_is_wanted_by_the_full_text_rule(
    text: str, full_text: Any, url: str | None, wanted: bool, why: str
) -> None:
    decided, reason = wants_page(
        replace(ENTRY, text=text, url=url), replace(SOURCE, full_text=full_text)
    )
    assert decided is wanted
    assert why in reason


# ---------------------------------------------------------------- import


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


def test_seconds_since_1970_are_a_date() -> None:
    assert line(title="x", published=1774364645).read.article.published == datetime(
        2026, 3, 24, 15, 4, 5, tzinfo=UTC
    )


def test_what_a_worker_gives_back_crosses_processes() -> None:
    read, entry = line(title="x", body="y"), article_of(ENTRY, SOURCE, page())
    assert pickle.loads(pickle.dumps(read)) == read
    assert pickle.loads(pickle.dumps(entry)) == entry
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
            ["id", "url", "title", "body", "summary", "html", "published", "source", "lang"]
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
