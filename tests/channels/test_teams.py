"""What goes to a Teams workflow."""

import html
import json
import re

import pytest
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from aiwatch.channels import channel
from aiwatch.channels.teams import escaped
from aiwatch.model import Delivered, Later, Receipt, Refused
from tests.channels import made
from tests.channels.rooms import keys, path
from tests.channels.wire import options, reached, sent
from tests.servers import Site


def test_what_was_frozen_is_posted_as_it_is() -> None:
    given = options("teams", **keys("teams", "http://127.0.0.1:9"))
    (part,) = channel("teams").render(made.digest(made.line(1, "Sora_2 [beta] 🎬")), given)
    with Site() as site:
        site.add(path("teams"), status=202)
        receipt = sent(
            "teams", made.envelope(part), options("teams", **keys("teams", site.url("")))
        )
        (asked,) = site.received
    assert receipt == Delivered(detail=f"{site.authority} answered 202 Accepted")
    assert asked.body == part.payload.encode()
    (attachment,) = json.loads(asked.body)["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert r"[Sora\_2 \[beta\] 🎬](https://example.org/1)" in [
        item["text"] for block in attachment["content"]["body"][1:] for item in block["items"]
    ]


@pytest.mark.parametrize(
    ("status", "kind"), [(202, Delivered), (405, Delivered), (404, Delivered), (410, Refused)]
)
def test_reaching_sends_nothing(status: int, kind: type[Receipt]) -> None:
    with Site() as site:
        site.add(path("teams"), status=status)
        receipt = reached("teams", options("teams", **keys("teams", site.url(""))))
        assert [(asked.method, asked.body) for asked in site.received] == [("HEAD", b"")]
    assert isinstance(receipt, kind)
    assert isinstance(reached("teams", options("teams", url=site.url("/"))), Later)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a_b *c* [x](y) `z` ~~w~~", r"a\_b \*c\* \[x\](y) \`z\` \~\~w\~\~"),
        ("<at>all</at>", r"\<at>all\</at>"),
        ("# big", r"\# big"),
        ("1) one", r"1\) one"),
        ("plain (words), 5 % & more", "plain (words), 5 % & more"),
    ],
)
def test_what_is_live_is_escaped(text: str, shown: str) -> None:
    assert escaped(text) == shown


@given_any(
    st.lists(
        st.sampled_from(
            [*"\\*_~`[]()<>#+-.!|1a:/@\"'^= ", "http://x.example", "![", "**", "---", "```"]
        ),
        min_size=1,
    ).map("".join)
)
@settings(max_examples=150)
def test_what_is_escaped_is_read_back_as_it_was(text: str) -> None:
    """Teams reads cards with markdown-it: what comes out of it is the text, in one paragraph, and nothing else."""
    line = " ".join(text.split())
    read = (
        MarkdownIt("commonmark").disable("html_block").disable("html_inline").render(escaped(line))
    )
    assert html.unescape(re.sub(r"^<p>|</p>\n$", "", read)) == line


def test_a_link_in_a_card_leads_where_it_should_whatever_its_words() -> None:
    told = made.digest(made.line(1, "A [b](https://evil.example) ]( *c* \\"))
    (part,) = channel("teams").render(told, options("teams", **keys("teams", "http://127.0.0.1:9")))
    body = json.loads(part.payload)["attachments"][0]["content"]["body"]
    read = MarkdownIt("commonmark").render(body[2]["items"][1]["text"])
    assert re.findall(r'href="([^"]*)"', read) == ["https://example.org/1"]
