"""Whatever an outlet writes, a digest stays a digest: plain text in our own markup, links only to the web."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from aiwatch.digest.html import MOST_BYTES, as_html
from aiwatch.digest.markdown import as_markdown
from aiwatch.digest.payload import as_json, events
from aiwatch.digest.text import WIDTH, as_text
from aiwatch.digest.wording import lines_of
from aiwatch.model import (
    ArticleId,
    Change,
    Digest,
    Figure,
    Match,
    StoryId,
    TopicName,
    Trouble,
)
from tests.digest.cases import CLOSURE, CONTEXT, NOW, care, digest, match, member, story

HOSTILE = {
    "script": "<script>alert(1)</script> Lumen closes",
    "attribute": '"><img src=x onerror=alert(1)> Lumen closes',
    "style": "</style></title><style>*{display:none}</style> Lumen closes",
    "template": "{{ digest.__class__ }} {% raw %} Lumen closes",
    "entities": "&lt;b&gt; &#x3c;script&#x3e; Lumen closes",
    "right to left": "Lumen \u202ecloses\u2066 \u200fnow",
    "header": "Lumen closes\r\nBcc: all@example.org\r\n\r\nbody\u2028more\x85end",
    "long": "Lumen closes " * 900,
    "one word": "L" * 10_000,
    "markdown": "[Lumen](javascript:alert(1)) ![x](https://pixel.example/1.gif) `a` | b\n# big",
    "mentions": "<!channel> @everyone <@U0123> @here Lumen closes",
    "pixel": '<img src="https://pixel.example/1.gif" width="1" height="1"> Lumen closes',
    "terminal": "\x1b[2J\x1b]0;owned\x07Lumen closes",
    "half a pair": "Lumen \ud83d closes",
    "nothing": "",
}
ADDRESSES = (
    "javascript:alert(1)",
    "java\tscript:alert(1)",
    " data:text/html,<script>1</script>",
    "vbscript:x",
    "//evil.example/x",
    "file:///etc/passwd",
    "an-imported-id",
    "https://",
    "https://x.example/" + "a" * 5000,
)  # fmt: skip


def hostile(text: str, url: str = "https://x.example/1") -> Digest:
    """A digest with this text wherever an outlet, or a reader's configuration, may put it."""
    body = f"{text} cost Lumen $5 million a day, said Mara Ostrander. {text}"
    one = member(
        1,
        text or "Wire",
        text,
        body,
        url=url,
        authors=(text,),
        lang=text,
        matches=(match("lumen", ("title", text)),),
    )
    two = member(2, "Other", text, text, url=url, verdict="same_text", duplicate_of=ArticleId(1))
    three = member(3, f"Third {text}"[:90], f"More {text}", body.replace("$5", "$9"), url=url)
    composed = digest(
        (story(1, one, two, three), "new"),
        context=replace(CONTEXT, troubles=(text,), why_you=text),
    )
    line = lines_of(composed)[0]
    line = replace(
        line, figures=(Figure(what=text, values=(("$5", text, url), ("$9", "Other", url))),)
    )
    section = replace(composed.sections[0], title=text, stories=(line,))
    return replace(composed, sections=(section,))


def assert_inert(page: str) -> None:
    tree = LexborHTMLParser(page)
    assert not tree.css(
        "script, img, iframe, object, embed, form, input, svg, math, link, base, video, audio"
    )
    for node in tree.css("*"):
        assert not [
            name
            for name in node.attributes
            if name.startswith("on") or name in ("src", "srcset", "action")
        ]
    for anchor in tree.css("a"):
        assert re.match(r"https?://[^\s\"'<>]+$", anchor.attributes["href"] or "")
    assert len(tree.css("style")) == 1
    assert len(tree.css("title")) == 1
    assert "url(" not in page
    assert "@import" not in page


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_stays_text(name: str) -> None:
    found = hostile(HOSTILE[name])
    assert_inert(as_html(found))
    assert len(as_html(found)) < 40_000
    for form in (as_text(found), as_markdown(found), found.subject):
        assert not re.search(
            r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]",
            form,
        )
    assert "\n" not in found.subject
    assert len(found.subject) <= 110
    json.dumps(as_json(found), ensure_ascii=False).encode()
    assert len(events(found)) == 1


@pytest.mark.parametrize("url", ADDRESSES)
def test_a_link_leads_to_the_web_or_nowhere(url: str) -> None:
    found = hostile("Lumen closes", url)
    assert not LexborHTMLParser(as_html(found)).css("a")
    assert "](" not in as_markdown(found)
    assert "script:" not in as_text(found)
    assert '"url": null' in json.dumps(as_json(found))


def test_an_odd_address_cannot_leave_its_place() -> None:
    url = 'https://x.example/a)b"c<d>e f\u202eg'
    found = hostile("Lumen closes", url)
    assert "(https://x.example/a%29b%22c%3Cd%3Ee%20f%E2%80%AEg)" in as_markdown(found)
    assert_inert(as_html(found))


def test_markdown_of_outsiders_is_no_markup() -> None:
    shown = as_markdown(hostile(HOSTILE["markdown"]))
    assert "![x]" not in shown
    assert not re.search(r"(?<!\\)\]\(javascript", shown)
    assert r"\[Lumen\](javascript" in shown


def hostile_edit(text: str) -> Digest:
    """An edit of a page that says this, and at the foot a source in whose trouble it stands."""
    change = Change(added=(text, text * 5), removed=(text,))
    event = Trouble(
        what=text, detail=text, kind="recovered", at=NOW, extra={"url": text, text: text}
    )
    return digest(
        (story(1, member(1, text or "Page", text, text, change=change)), "new"),
        context=replace(CONTEXT, events=(event,)),
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_and_source_stay_text(name: str) -> None:
    edited = hostile_edit(HOSTILE[name])
    for found in (edited, care(*edited.events)):
        assert_inert(as_html(found))
        for form in (as_text(found), as_markdown(found), found.subject):
            assert not re.search(
                r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]",
                form,
            )
        assert "\n" not in found.subject
        assert len(found.subject) <= 110
        json.dumps([as_json(found), events(found)], ensure_ascii=False).encode()


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=200))
def test_any_text_at_all_on_a_page_or_in_a_trouble_gives_every_form(text: str) -> None:
    edited = hostile_edit(text)
    for found in (edited, care(*edited.events)):
        assert_inert(as_html(found))
        assert as_text(found).isprintable() or "\n" in as_text(found)
        assert as_markdown(found).encode()
        assert json.dumps([as_json(found), events(found)]).encode()


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=200))
def test_any_text_at_all_gives_every_form(text: str) -> None:
    found = hostile(text)
    assert_inert(as_html(found))
    assert as_text(found).isprintable() or "\n" in as_text(found)
    assert as_markdown(found).encode()
    assert json.dumps(as_json(found)).encode()


def test_a_digest_of_many_stories_is_not_clipped_and_loses_none() -> None:
    many = [
        (replace(CLOSURE, id=StoryId(n), members=tuple(replace(m, article=ArticleId(100 * n + m.article)) for m in CLOSURE.members)), "new")
        for n in range(1, 81)
    ]  # fmt: skip
    found = digest(*many)  # type: ignore[arg-type]
    page = as_html(found)
    assert len(page.encode()) < MOST_BYTES
    assert len(LexborHTMLParser(page).css("h3")) == 80


def test_lines_of_text_fit_a_terminal_in_every_script() -> None:
    long = (
        "微光视频周二发布了新模型，单段视频时长可达一百二十秒，训练成本约一点二亿元，比上一代低四成。"
        * 3
    )
    thai = "บริษัทประกาศปิดแอปสร้างวิดีโอหลังรายได้ต่ำกว่าที่คาดไว้และยุติข้อตกลง" * 3
    for text in (long, thai, "Donaudampfschifffahrt" * 8, "two words " * 40):
        for line in as_text(hostile(text)).splitlines():
            wide = sum(
                2 if "\u2e80" <= char <= "\u9fff" or "\uff00" <= char <= "\uff60" else 1
                for char in line
            )
            marks = sum(
                char == "\u0e31" or "\u0e34" <= char <= "\u0e3a" or "\u0e47" <= char <= "\u0e4e"
                for char in line
            )
            assert wide - marks <= WIDTH or "://" in line


def test_a_match_without_hits_says_no_more_than_its_heading() -> None:
    bare = Match(topic=TopicName("lumen"), score=1.0, query="lumen", hits=())
    only = replace(CLOSURE, members=(replace(CLOSURE.members[1], matches=(bare,)),))
    shown = as_text(digest((only, "new")))
    assert "LUMEN VIDEO" in shown
    assert "Why" not in shown
