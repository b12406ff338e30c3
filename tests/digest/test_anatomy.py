"""Everything a digest is made of, one by one, in each of its forms; and what comes first in it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aiwatch.digest.html import as_html
from aiwatch.digest.markdown import as_markdown
from aiwatch.digest.payload import as_json
from aiwatch.digest.text import as_text
from aiwatch.digest.wording import lines_of
from aiwatch.model import ArticleId, Digest, Earlier, Member, Nearly, Story, StoryId
from tests.digest.cases import (
    ALERT,
    CLOSURE,
    CONTEXT,
    CORRECTED,
    KNEW_ALL,
    NOW,
    RULING,
    SPRING,
    TOLD,
    TOPICS,
    digest,
    member,
    story,
)

FORMS: dict[str, Callable[[Digest], str]] = {
    "text": lambda one: f"{one.subject}\n{as_text(one)}",
    "html": as_html,
    "markdown": lambda one: as_markdown(one).replace("\\", ""),
    "json": lambda one: json.dumps(as_json(one), ensure_ascii=False),
}
LEAVE = "https://news.example.org/unsubscribe/abc"
NEAR = Nearly(
    topic=TOPICS[0].name, title="Lumen lamps", url="https://lamps.example/1", source="Lamp Times",
    words="it also wants “video”",
)  # fmt: skip
EARLIER = Earlier(story=StoryId(7), title="Lumen opens", at=NOW - timedelta(days=10))
FULL = digest(
    (RULING, "update"),
    (SPRING, "new"),
    (replace(CLOSURE, previously=(EARLIER,)), "new"),
    context=replace(CONTEXT, near=(NEAR,), leave=LEAVE),
)
QUIET = digest((RULING, "update"), (SPRING, "new"), told=KNEW_ALL)
FIXED = digest((CORRECTED, "correction"), told=KNEW_ALL)
CITED = digest(
    (story(5, *(
        member(1, "Kestrel Wire", "Lumen closes", "Lumen closes on 4 May, as Reuters first reported, and 85 people go."),
        member(2, "The Harbour Post", "Lumen is to close", "Reuters first reported that Lumen will close on 4 May. The app has 3.1 million users."),
        member(3, "Daily Example", "End of Lumen", "Brightloom ends Lumen, according to Reuters, and its shares fell 4%."),
    )), "new")
)  # fmt: skip
WORDED = ("text", "html", "markdown")  # JSON has times and numbers of its own

# What it is, where it stands, the words, and how JSON has them where those are others.
ANATOMY: list[tuple[str, Digest, str, str]] = [
    ("the facts as its subject", FULL, "Lumen is closing: what happens to your films; Judge", "Judge lets studios"),
    ("the date in it", FULL, "24 Mar", "Tue 24 Mar"),
    ("one line of counts", FULL, "3 stories from 6 outlets", "3 stories, 6 outlets"),
    ("topics", FULL, "tudios", '"title": "Studios and AI"'),
    ("headlines", FULL, "Judge lets studios’ case against Pellucid go ahead", ""),
    ("the lead outlet first", FULL, "Brightloom, Kestrel Wire", '"Brightloom", "Kestrel Wire"'),
    ("local time", FULL, "06:01 · Brightloom", "2026-03-24T06:01:00Z"),
    ("sentences with their outlet", FULL, "Lumen burned about $9 million a day", '"outlet": "The Harbour Post"'),
    ("what is new since", FULL, "New since breaking told you, Mon 23 Mar 08:00:", '"told_by": "breaking"'),
    ("its facts", FULL, "Pellucid must answer the claim by 12 June.", '"new_facts": [{"text": "Judge'),
    ("what another alert told", QUIET, "old Mon 23 Mar 08:00 by breaking", '"told_at": "2026-03-23T08:00:00Z"'),
    ("what was told wrongly", FIXED, "Pellucid copied 12,000 films.", '"before": "The studios say that Pellucid copied 12,000'),
    ("what is right", FIXED, "Pellucid copied 1,200 films.", '"after": "The studios say that Pellucid copied 1,200'),
    ("figures that differ", FULL, "Lumen, cost a day", '{"value": "$2 million", "outlet": "Kestrel Wire"'),
    ("the other value", FULL, "$9 million", '{"value": "$9 million", "outlet": "The Harbour Post"'),
    ("other versions", FULL, "https://reelstage.example/news/31", ""),
    ("copies of one text", FULL, "1 of Kestrel Wire’s text (Daily Example)", '"role": "copy"'),
    ("who had it first", FULL, "First: Kestrel Wire, 06:01", '"first": {"article": 1, "outlet": "Kestrel Wire"'),
    ("whom the others cite", CITED, "Citing: Reuters", '"cited": ["Reuters"]'),
    ("what it follows", FULL, "Lumen opens (Sat 14 Mar)", '"previously": [{"id": 7, "title": "Lumen opens"'),
    ("its other topics", FULL, "Also about: Studios and AI (“Halden Pictures” in text)", '"topics": ["lumen", "studios"]'),
    ("the evidence", FULL, "Why: “Lumen” in title; “Brightloom” in lead", '"field": "title", "term": "lumen"'),
    ("the language of a headline", FULL, "in Chinese", '"lang": "zh"'),
    ("its original", FULL, "微光视频发布新模型，时长可达一百二十秒", ""),
    ("what almost matched", FULL, "it also wants “video”", '"near": [{"topic": "lumen"'),
    ("sources in trouble", FULL, "Harbour Post has not answered since Sun 22 Mar 07:00", ""),
    ("what was read", FULL, "Read 1,312 new items from 46 of 48 sources.", '"items_read": 1312, "sources_read": 46, "sources_all": 48'),
    ("the next message", FULL, "Next message: Wed 25 Mar 08:00 (Europe/London).", '"next_at": "2026-03-25T08:00:00Z"'),
    ("why one gets it", FULL, "You get this because alert “morning” sends topics", ""),
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("what", "one", "words", "in_json"), ANATOMY, ids=[row[0] for row in ANATOMY])  # fmt: skip
def test_every_form_says(what: str, one: Digest, words: str, in_json: str, form: str) -> None:
    shown = " ".join(FORMS[form](one).split()).replace("&amp;", "&")
    wanted = (in_json or words) if form == "json" else words
    if form == "html" and what == "the facts as its subject":
        wanted = f"<title>{wanted}"
    assert wanted in shown


@pytest.mark.parametrize("form", WORDED)
def test_a_translation_and_a_way_out_are_links(form: str) -> None:
    shown = FORMS[form](FULL)
    assert "https://translate.google.com/translate?sl=auto&" in shown.replace("&amp;", "&")
    assert LEAVE in shown


# ---------------------------------------------------------------- what comes first

TEXT = (
    "Brightloom will close {0} on {1} May, {2} people said, and pays ${1} million to {2} studios."
)


def told_by(number: int, *outlets: str, copies: int = 0, days: int = 0, **more: Any) -> Story:
    """A story of its own, with an article by each outlet."""
    words = TEXT.format(f"Lumen {number}", number, number + 3)
    first = NOW - timedelta(days=days, hours=1)
    members: list[Member] = []
    for place, outlet in enumerate(outlets):
        copy = place >= len(outlets) - copies
        own = {"verdict": "same_text", "duplicate_of": ArticleId(number * 100)} if copy else {}
        text = words if copy else f"{words} {outlet} counts {place + 5} of them."
        members.append(member(number * 100 + place, outlet, f"Lumen {number} closes", text, first_seen=first, **own, **more))  # fmt: skip
    return story(number, *members)


BEFORE: list[tuple[str, Story, Story]] = [
    ("more outlets", told_by(1, "A", "B", "C"), told_by(2, "D", "E")),
    ("texts of their own", told_by(1, "A", "B", "C"), told_by(2, "D", "E", "F", copies=2)),
    ("first-hand", told_by(1, "A", primary=True), told_by(2, "B")),
    ("trusted", told_by(1, "A", trust="high"), told_by(2, "B")),
    ("fresh", told_by(1, "A"), told_by(2, "B", days=2)),
    ("readable", told_by(1, "A"), told_by(2, "B", lang="zh")),
]


@pytest.mark.parametrize(("why", "first", "second"), BEFORE, ids=[row[0] for row in BEFORE])
def test_what_weighs_more_comes_first(why: str, first: Story, second: Story) -> None:
    swapped = replace(first, id=StoryId(3))  # so that no order of ids helps it
    found = digest((second, "new"), (swapped, "new"), told={})
    assert [line.story for line in lines_of(found)] == [3, 2], why


def test_what_is_new_comes_before_what_is_known_and_a_correction_before_both() -> None:
    old = told_by(1, "A", "B", "C", days=2)
    more = member(150, "D", "Lumen 1", "Halden Pictures sold 85 machines, Ines Calloway said.", first_seen=NOW - timedelta(hours=1))  # fmt: skip
    grown = replace(old, members=(*old.members, more), last_seen=more.first_seen)
    known = frozenset(one.article for one in old.members)
    told = {
        StoryId(1): replace(TOLD[RULING.id], story=StoryId(1), articles=known, at=NOW - timedelta(days=1)),
        **KNEW_ALL,
    }  # fmt: skip
    wrong = replace(CORRECTED, topics=(TOPICS[0].name,))
    found = digest((grown, "update"), (told_by(9, "E"), "new"), (wrong, "correction"), told=told)
    assert [(line.story, line.cause) for line in lines_of(found)] == [
        (CORRECTED.id, "correction"),
        (9, "new"),
        (1, "update"),
    ]


def test_no_outlet_leads_story_after_story_while_others_have_about_as_much() -> None:
    same = [told_by(n, "A", primary=True) for n in range(1, 4)]
    others = [told_by(n, outlet, primary=True, days=1) for n, outlet in ((4, "B"), (5, "C"))]
    found = digest(*((one, "new") for one in (*same, *others)), told={}, alert=replace(ALERT, topics=()))  # fmt: skip
    leads = [line.lead.outlet for line in lines_of(found)]
    assert leads[:2] != ["A", "A"]


def test_past_the_budget_a_story_is_its_headline_outlets_and_link_in_every_form() -> None:
    short = digest(alert=replace(ALERT, words=20, topics=(*ALERT.topics[::-1],)), told={})
    (line,) = [line for line in lines_of(short) if line.story == RULING.id]
    assert line.short
    shown = as_text(short)
    assert "https://theharbourpost.example/news/50" in shown
    assert "The Harbour Post, Kestrel Wire" in shown
    assert "Court hears studios against" not in shown  # its other version
    assert "Court hears" not in as_html(short)
    assert "Court hears" not in as_markdown(short)
