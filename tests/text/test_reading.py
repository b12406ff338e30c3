"""Feed and page settled into one article."""

import json
import pickle
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aiwatch.model import Entry, ExtractRules, Page, Source, SourceName, Validators
from aiwatch.text.fingerprint import fingerprint
from aiwatch.text.reading import article_of, wants_page
from aiwatch.text.site import line_mark

PAGES = Path(__file__).parents[1] / "data" / "pages"

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


def test_what_a_worker_gives_back_crosses_processes() -> None:
    entry = article_of(ENTRY, SOURCE, page())
    assert pickle.loads(pickle.dumps(entry)) == entry


# ---------------------------------------------------------------- what the source and its site say


WHOLE = "\n".join(BODY * 3)
ASIDE = ["Buy the film of the laboratory.", "It closed at noon, said the porter."]


@pytest.mark.parametrize(
    ("rules", "text", "how"),
    [
        (ExtractRules(body="p:last-of-type"), ASIDE[1], "page: rule p:last-of-type"),
        (
            ExtractRules(remove=("p:last-of-type", "p:nth-of-type(6)")),
            "\n".join(BODY),
            "page: article",
        ),
        (
            ExtractRules(body="p", remove=("p:nth-of-type(n+3)",)),
            "\n".join(BODY[:2]),
            "page: rule p",
        ),
        (ExtractRules(body=".gone"), "\n".join([*BODY, *ASIDE]), "page: article; rule .gone found nothing"),
        (ExtractRules(body="p[", title="h1[", remove=("[",)), "\n".join([*BODY, *ASIDE]), "page: article; rule p[ found nothing"),
    ],
)  # fmt: skip
def test_a_sources_own_selectors_decide_what_its_pages_say(
    rules: ExtractRules, text: str, how: str
) -> None:
    article = article_of(ENTRY, replace(SOURCE, extract=rules), page(body=BODY + ASIDE)).article
    assert (article.text, article.how["text"]) == (text, how)


def test_what_they_find_is_taken_though_the_feed_has_more_and_json_ld_too() -> None:
    rules = ExtractRules(body="p:last-of-type", title="p:first-of-type")
    linked = f'<script type="application/ld+json">{json.dumps({"@type": "Article", "articleBody": WHOLE})}</script>'
    entry, source = replace(ENTRY, text=WHOLE), replace(SOURCE, extract=rules)
    article = article_of(entry, source, page(body=BODY + ASIDE, head=linked)).article
    assert (article.title, article.how["title"]) == (BODY[0], "page: rule p:first-of-type")
    assert (article.text, article.how["text"]) == (ASIDE[1], "page: rule p:last-of-type")


def test_where_they_find_nothing_the_feeds_title_and_longer_text_stay() -> None:
    rules = ExtractRules(body=".gone", title=".gone")
    entry, source = replace(ENTRY, text=WHOLE), replace(SOURCE, extract=rules)
    article = article_of(entry, source, page()).article
    assert (article.title, article.how["title"]) == (ENTRY.title, "feed")
    assert (article.text, article.how["text"][:26]) == (WHOLE, "feed: the page shows less ")
    assert article.how["page text"].endswith("; rule .gone found nothing")


@pytest.mark.parametrize("name", ["login", "cookie_wall", "challenge"])
def test_a_page_that_is_no_article_leaves_the_feeds_own_text_and_says_so(name: str) -> None:
    fetched = replace(page(), body=(PAGES / f"{name}.html").read_bytes())
    said = json.loads((PAGES / f"{name}.json").read_text(encoding="utf-8"))["how_text"]
    article = article_of(replace(ENTRY, text=WHOLE), SOURCE, fetched).article
    assert article.text == WHOLE
    assert article.how["text"].startswith(f"feed: {said}")
    even_with_rules = replace(SOURCE, extract=ExtractRules(body=".gone"))
    assert article_of(ENTRY, even_with_rules, fetched).article.text == ENTRY.text


def test_what_stands_around_every_article_of_its_host_is_left_out() -> None:
    notice = "The Times has watched this harbour since 1889. Write to us if you know more."
    known = frozenset({line_mark(notice) or 0})
    read = article_of(ENTRY, SOURCE, page(body=[*BODY, notice]), known)
    assert read.article.text.split("\n") == BODY
    assert read.article.how["text"] == (
        "page: article; 1 line that stands around other articles of times.example left out"
    )
    assert read.margins is not None
    assert (read.margins.host, read.margins.left_out) == ("times.example", tuple(known))
    assert article_of(ENTRY, SOURCE, None, known).margins is None
