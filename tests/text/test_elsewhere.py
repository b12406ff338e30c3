"""Texts that stand in JSON-LD: whole or a stub, with their paragraphs, and the entries of live blogs."""

import json
from typing import Any

import pytest

from aiwatch.model import Extract
from aiwatch.text.article import extract
from aiwatch.text.elsewhere import restored

LINES = (
    "The ferry between the two islands sails again from Monday, the harbour office said, after a winter in the dock.",
    "Its engine had been taken out in October, carried over the ice on a sledge, and mended in a shed by three people.",
    "Nobody had thought of the bakery, which had lived on the people who waited, and which sold its last loaf in May.",
    "From Monday there will be bread again at six, said the baker, and coffee for those who come too late for the boat.",
    "“The fare stays as it was: two coins for a person, one for a bicycle, and nothing at all for a dog on a lead.”",
    "Whoever misses the last boat may sleep in the harbour office, on a bench that the fishermen have built for that.",
    "In the first week, the crew will be nine, then five, as before, and the captain is the one of the years before.",
    "A second ferry has been asked for since 1987, and the islands have agreed to ask for it again when this one breaks.",
    "The children of the smaller island, who have had no school since October, were not asked what they think of it.",
    "On the way back, the boat will stop at the lighthouse, where the keeper has been waiting for his newspapers.",
    "He has read the old ones twice, he said by lamp, and knows now how the winter before the last one will end.",
)
WHOLE = "".join(f"<p>{line}</p>" for line in LINES)


def page(statement: dict[str, Any], shown: str) -> Extract:
    data = json.dumps({"headline": "The ferry sails again", **statement})
    return extract(
        f'<title>The ferry sails again</title><script type="application/ld+json">{data}</script>'
        f"<body><article>{shown}</article></body>"
    )


def article(body: str, shown: str) -> Extract:
    return page({"@type": "NewsArticle", "articleBody": body}, shown)


@pytest.mark.parametrize(
    "body",
    ["\n\n".join(LINES), "\n".join(LINES), WHOLE, WHOLE.replace("<", "&lt;"), "".join(LINES)],
    ids=["blank lines", "lines", "markup", "escaped", "on end"],
)
def test_a_stated_body_is_read_where_the_page_shows_a_stub(body: str) -> None:
    got = article(body, f"<p>{LINES[0]}</p>")
    assert got.text.split("\n") == list(LINES)
    assert got.how["text"] == "json-ld articleBody: the page itself shows less"


def test_paragraphs_in_one_run_are_restored_from_those_the_page_shows() -> None:
    assert restored(" ".join(LINES), [*LINES[:3], "Weather"]) == [
        *LINES[:3],
        " ".join(LINES[3:]),
    ]
    assert restored(" ".join(LINES), [LINES[4]]) == [
        " ".join(LINES[:4]),
        LINES[4],
        " ".join(LINES[5:]),
    ]


def test_a_run_that_no_end_of_a_paragraph_shows_stays_one() -> None:
    text = "The council of the U.S.Navy met Node.js people. " * 40
    assert restored(text.strip(), ["Elsewhere"]) == [text.strip()]


@pytest.mark.parametrize("body", [" ".join(LINES[:2]), " ".join(LINES) + " " + " ".join(LINES[:3])])
def test_a_page_that_shows_as_much_is_read_as_it_shows_it(body: str) -> None:
    got = article(body, WHOLE)
    assert got.text.split("\n") == list(LINES)
    assert got.how["text"] == "article"


# ---------------------------------------------------------------- live blogs

ENTRIES = tuple(
    zip(("14:20 The boat is back", "13:05 A seal", "12:00 Off it goes"), LINES[1:4], strict=True)
)
SHOWN = "".join(
    f"<section class=entry><time>{head[:5]}</time><h2>{head[6:]}</h2><p>{text}</p></section>"
    for head, text in ENTRIES
)
LIVE = {
    "@type": "LiveBlogPosting",
    "liveBlogUpdate": [
        {"@type": "BlogPosting", "headline": head, "articleBody": text} for head, text in ENTRIES
    ],
}


def test_the_entries_of_a_live_blog_are_read_in_the_page_s_order() -> None:
    share = "<div class=share><a href=/s>Share</a> <a href=/m>Mail</a></div>"
    got = page(LIVE, f"<p>{LINES[0]}</p>{SHOWN.replace('</section>', share + '</section>')}")
    kept = [line for line in got.text.split("\n") if len(line) > 9]
    assert kept == [
        LINES[0],
        *(part for head, text in ENTRIES for part in (head[6:], text) if len(part) > 9),
    ]
    assert "Share" not in got.text


def test_entries_that_only_json_ld_holds_follow_what_the_page_shows() -> None:
    got = page(LIVE, f"<p>{LINES[0]}</p>")
    assert got.text.split("\n") == [LINES[0], *(part for entry in ENTRIES for part in entry)]
    assert got.how["text"] == "json-ld liveBlogUpdate: the page itself shows less"
