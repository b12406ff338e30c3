"""Articles that stand only in the data of a page's scripts."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.model import Extract
from aiwatch.text.article import extract

TITLE = "The ferry sails again"
LINES = (
    "The ferry between the two islands sails again from Monday, the harbour office said, after a winter in the dock.",
    "Its engine had been taken out in October, carried over the ice on a sledge, and mended in a shed by three people.",
    "Bread again at six",
    "Nobody had thought of the bakery, which had lived on the people who waited, and which sold its last loaf in May.",
    "From Monday there will be bread again at six, said the baker, and coffee for those who come too late for the boat.",
    "The fare stays as it was: two coins for a person, one for a bicycle, and nothing at all for a dog on a lead.",
)
HTML = "".join(f"<h2>{one}</h2>" if len(one) < 40 else f"<p>{one}</p>" for one in LINES)
OTHER = (
    "A shed by the dock has been painted red, and the painter has left on the morning boat without his brushes. "
    * 9
)


def words(line: str) -> list[dict[str, Any]]:
    """A line as marked words, the first one bold."""
    first, _, rest = line.partition(" ")
    return [
        {"type": "text", "text": first, "marks": [{"type": "bold"}]},
        {"type": "text", "text": f" {rest}"},
    ]


def page(*scripts: str, shown: str = "", title: str = TITLE, head: str = "") -> Extract:
    return extract(
        f"<html><head><title>{title} | The Island Post</title><meta property=og:site_name content='The Island Post'>{head}</head><body><div id=root>{shown}</div>"
        f"{''.join(scripts)}</body></html>"
    )


def next_data(value: Any) -> str:
    data = json.dumps({"props": {"pageProps": value}})
    return f'<script id="__NEXT_DATA__" type="application/json">{data}</script>'


def assigned(value: Any, name: str = "window.__STATE__") -> str:
    return f"<script>{name} = {json.dumps(value).replace('<', chr(92) + 'u003c')};</script>"


def pushed(*chunks: str) -> str:
    return "".join(f"<script>self.__next_f.push({json.dumps([1, one])})</script>" for one in chunks)


def row(name: str, text: str) -> str:
    return f"{name}:T{len(text.encode()):x},{text}"


NUXT = [
    ["ShallowReactive", 1], {"data": 2}, ["Reactive", 3], {"post": 4}, {"title": 5, "blocks": 6}, TITLE,
    [7, 9, 11, 13, 15, 17], *[part for n, line in enumerate(LINES) for part in ({"text": 8 + 2 * n}, line)],
]  # fmt: skip

FORMS = {
    "html": next_data({"article": {"title": TITLE, "body": HTML}}),
    "escaped html": assigned({"article": {"headline": TITLE, "content": HTML}}),
    "parsed": f"<script>window.__STATE__ = JSON.parse({json.dumps(json.dumps({'story': {'title': TITLE, 'body': HTML}}))})</script>",
    "paragraphs": assigned({"story": {"title": TITLE, "paragraphs": list(LINES)}}),
    "arc": assigned(
        {"headlines": {"basic": TITLE}, "content_elements": [
            {"type": "text", "content": LINES[0]}, {"type": "image", "caption": OTHER}, {"type": "text", "content": f"<i>{LINES[1]}</i>"},
            {"type": "header", "content": LINES[2]}, *({"type": "text", "content": one} for one in LINES[3:]),
            {"type": "interstitial_link", "url": "/x", "content": OTHER},
        ]}, "Fusion=window.Fusion||{};Fusion.x=1;window.Fusion.globalContent",
    ),
    "a tree of blocks": next_data(
        {"story": {"headline": TITLE, "body": {"type": "document", "content": [
            {"type": "paragraph", "content": words(one)} for one in LINES
        ]}}}
    ),
    "contentful": next_data(
        {"fields": {"title": TITLE, "content": {"nodeType": "document", "data": {}, "content": [
            {"nodeType": "paragraph", "data": {}, "content": [{"nodeType": "text", "value": one, "marks": [], "data": {}}]} for one in LINES
        ]}}}
    ),
    "portable text": next_data(
        {"post": {"title": TITLE, "body": [
            {"_type": "block", "style": "normal", "children": [{"_type": "span", "text": one, "marks": []}]} for one in LINES
        ]}}
    ),
    "draft": next_data({"title": TITLE, "content": {"blocks": [{"type": "unstyled", "text": one} for one in LINES]}}),
    "sections": next_data({"title": TITLE, "sections": [
        {"type": "section", "paragraphs": list(LINES[:3])}, {"type": "section", "paragraphs": list(LINES[3:])},
    ]}),
    "nuxt 3": f'<script type="application/json" id="__NUXT_DATA__">{json.dumps(NUXT)}</script>',
    "nuxt 2": "<script>window.__NUXT__=(function(a,b){return {data:[{title:a,body:"
    + json.dumps(HTML).replace("<", "\\u003c") + "}]}}(\"The ferry\",null))</script>",
    "a row of react's text": pushed(
        '0:["$","main",null,{"dangerouslySetInnerHTML":{"__html":"$1b"}}]\n1a:{"x":"' + "y" * 300 + '"}\n' + row("1b", HTML)
    ),
    "react's elements": pushed(
        "0:" + json.dumps(["$", "article", None, {"children": [["$", "h1", None, {"children": TITLE}]] + [
            ["$", "h2" if len(one) < 40 else "p", None, {"children": one}] for one in LINES
        ]}]) + "\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_an_article_in_the_data_of_scripts_is_read(form: str) -> None:
    got = page(FORMS[form])
    assert got.text.split("\n") == list(LINES), dict(got.how)
    assert got.how["text"].startswith("script data ")
    assert got.title == TITLE


def test_of_many_articles_the_one_with_the_page_s_headline_is_read() -> None:
    posts = [{"title": "A red shed by the dock", "body": OTHER}, {"title": TITLE, "body": HTML}]
    got = page(next_data({"stories": posts}))
    assert got.text.split("\n") == list(LINES)
    assert got.how["text"].endswith("stories.body, under its headline")


@pytest.mark.parametrize(
    "data",
    [
        {"relatedArticles": [{"title": TITLE, "body": HTML}]},
        {"recommendations": {"title": TITLE, "content": HTML}},
        {"comments": [{"title": TITLE, "text": HTML}]},
        {"stories": [{"title": "A red shed by the dock", "body": OTHER}]},
        {"post": {"body": OTHER}},
        {"messages": {"title": TITLE, "content": OTHER}},
        {"title": TITLE, "blocks": [{"title": f"{n}", "url": f"/{n}", "text": OTHER[:300]} for n in range(9)]},
        {"title": TITLE, "body": "Short."},
    ],
)  # fmt: skip
def test_data_that_nothing_ties_to_the_page_is_left(data: Any) -> None:
    got = page(next_data(data), shown="<p>The shed is closed today.</p>")
    assert "script data" not in got.how["text"]
    assert OTHER[:40] not in got.text


@pytest.mark.parametrize(
    ("shown", "head"),
    [
        (f"<p>{LINES[0]}</p>", ""),
        ("", f'<meta name=description content="{LINES[1]}">'),
    ],
)
def test_a_text_without_a_headline_is_tied_by_the_words_of_the_page(shown: str, head: str) -> None:
    got = page(next_data({"post": {"body": HTML}}), shown=shown, head=head, title="Monday")
    assert got.text.split("\n") == list(LINES)
    assert got.how["text"].endswith("in the words of its description")


def test_a_page_that_shows_its_article_is_read_as_it_shows_it() -> None:
    got = page(next_data({"article": {"title": TITLE, "body": HTML + HTML}}), shown=HTML)
    assert got.text.split("\n") == list(LINES)
    assert "script" not in got.how["text"]


_LEAVES = st.none() | st.integers() | st.sampled_from([TITLE, HTML, OTHER, *LINES, "$1b", "$"])


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        _LEAVES,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["title", "body", "content", "children", "type", "text", "url"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=16,
    )
)
def test_any_data_is_survived_and_gives_plain_lines(value: Any) -> None:
    got = page(next_data(value), assigned([value]), pushed("0:" + json.dumps([value])))
    assert "<p>" not in got.text
    assert all(line == line.strip() for line in got.text.split("\n"))
