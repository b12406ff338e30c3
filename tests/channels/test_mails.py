"""Whole mails of one story, of a dozen and of sixty: headers, parts, links, sizes, nothing active."""

import re
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from selectolax.lexbor import LexborHTMLParser

from aiwatch.channels.email import EmailOptions, render
from aiwatch.channels.letter import Mailbox, compose
from aiwatch.digest.html import MOST_BYTES
from aiwatch.model import ArticleId, Cause, Digest, Member, Story, StoryId
from tests.channels import made
from tests.digest.cases import CLOSURE, CONTEXT, digest

OPTIONS = EmailOptions.model_validate(
    {"to": "ann@example.com", "from": "aiwatch@example.org", "host": "smtp.example.org"}
)
SENDER = Mailbox("aiwatch@example.org", "Morning news")
LEAVE = "https://news.example.org/unsubscribe/Zk3v_x-1"
ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted")  # fmt: skip
ACTIVE = "script, img, iframe, object, embed, form, input, link, svg, math, video, audio, base, [onclick], [onerror], [src], [srcset]"


def stories(count: int) -> list[tuple[Story, Cause]]:
    return [(replace(CLOSURE, id=StoryId(n), members=tuple(_member(n, m) for m in CLOSURE.members)), "new") for n in range(1, count + 1)]  # fmt: skip


def _member(number: int, member: Member) -> Member:
    return replace(
        member,
        article=ArticleId(1000 * number + member.article),
        url=f"{member.url}-{number}",
        duplicate_of=member.duplicate_of and ArticleId(1000 * number + member.duplicate_of),
    )


def beat(count: int) -> Digest:
    return digest(*stories(count), context=replace(CONTEXT, leave=LEAVE))


def letters(one: Digest) -> list[tuple[bytes, EmailMessage]]:
    found = []
    for number, part in enumerate(render(one, OPTIONS), start=1):
        content = compose(
            made.envelope(part, id=f"msg_{number}"), SENDER, "ann@example.com"
        ).content
        message = message_from_bytes(content, policy=SMTP)
        assert isinstance(message, EmailMessage)
        found.append((content, message))
    return found


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize(("count", "least"), [(1, 1), (12, 1), (60, 2)])
def test_a_mail_of_so_many_stories_has_nothing_to_find_fault_with(count: int, least: int) -> None:
    sent = letters(beat(count))
    assert len(sent) >= least
    for content, message in sent:
        assert message.defects == []
        assert all(len(message.get_all(name, [])) == 1 for name in ONCE)
        assert [part.get_content_type() for part in message.iter_parts()] == [
            "text/plain",
            "text/html",
        ]
        assert content.isascii()
        assert max(map(len, content.split(b"\r\n"))) <= 998
        assert b"\n" not in content.replace(b"\r\n", b"")
        assert b"\r" not in content.replace(b"\r\n", b"")
    urls = {story.members[0].url for story, _ in stories(count)}
    for kind in ("plain", "html"):
        whole = "".join(body(message, kind) for _, message in sent)
        assert all(url in whole for url in urls)
    assert len({message["Message-ID"] for _, message in sent}) == len(sent)


@pytest.mark.parametrize("count", [1, 12, 60])
def test_each_html_is_whole_small_and_still(count: int) -> None:
    for _, message in letters(beat(count)):
        page, text = body(message, "html"), body(message, "plain")
        assert len(page.encode()) < MOST_BYTES
        tree = LexborHTMLParser(page)
        assert tree.css(ACTIVE) == []
        assert tree.css_first("html[lang]") is not None
        title = tree.css_first("title")
        assert title is not None
        assert title.text() == message["Subject"]
        links = {node.attributes["href"] for node in tree.css("a[href]")}
        assert all(link and link.startswith("https://") for link in links)
        assert LEAVE in links
        assert LEAVE in text
        assert all(node.text(strip=True) for node in tree.css("a[href], h1, h2, h3"))
        assert "@import" not in page
        assert "url(" not in page
        assert not re.search(r"<\w+[ >]|&\w+;", text.replace("<and>", ""))  # as an outlet wrote it


def test_the_later_mails_of_a_split_digest_say_which_they_are() -> None:
    subjects = [message["Subject"] for _, message in letters(beat(60))]
    assert [subject.rpartition(" (")[2] for subject in subjects] == [
        f"{n}/{len(subjects)})" for n in range(1, len(subjects) + 1)
    ]


def test_the_digests_of_an_alert_are_one_thread() -> None:
    threads = {message["References"] for _, message in letters(beat(12))}
    assert threads == {"<series.morning@example.org>"}


def test_one_click_is_offered_as_the_rule_wants_it() -> None:
    ((_, message),) = letters(beat(1))
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.findall("<([^>]*)>", message["List-Unsubscribe"]) == [
        LEAVE,
        "mailto:aiwatch@example.org?subject=unsubscribe",
    ]


@pytest.mark.parametrize(
    "leave", ["", "http://news.example.org/u/1", "https://x/>\r\nBcc: a@b.example"]
)
def test_without_an_https_address_only_a_mail_leaves(leave: str) -> None:
    part = replace(made.envelope().part, payload=leave)
    content = compose(made.envelope(part), SENDER, "ann@example.com").content
    message = message_from_bytes(content, policy=SMTP)
    assert message["List-Unsubscribe"] == "<mailto:aiwatch@example.org?subject=unsubscribe>"
    assert message["List-Unsubscribe-Post"] is None
    assert message["Bcc"] is None
