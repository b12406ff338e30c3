"""The strict reader of mails notices what it is there to notice."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from aiwatch.channels.email import EmailOptions, render
from aiwatch.channels.letter import Mailbox, compose
from aiwatch.model import Digest, Nearly
from tests.channels import made
from tests.digest.cases import (
    ALERT,
    CARE,
    CLOSURE,
    CONTEXT,
    CORRECTED,
    EDIT,
    EVENTS,
    KNEW_ALL,
    LONG_EDIT,
    NOW,
    RULING,
    SPRING,
    TOPICS,
    care,
    digest,
)
from tests.mail_checks import warnings

SENDER = "aiwatch@example.org"
OPTIONS = EmailOptions.model_validate({"to": "ann@example.com", "from": SENDER, "host": "h"})


def good(one: Digest | None = None) -> bytes:
    (part,) = render(one or digest(), OPTIONS)
    return compose(made.envelope(part), Mailbox(SENDER), "ann@example.com").content


def said_of(content: bytes) -> str:
    return "; ".join(warnings(content, sender=SENDER, around=made.NOW))


NEAR = Nearly(
    topic=TOPICS[0].name, title="Lumen lamps", url="https://lamps.example/1", source="Lamp Times",
    words="“Lumen” is in the title, but it also wants “video”",
)  # fmt: skip
LEAVE = "https://news.example.org/unsubscribe/Zk3v_x-1"
KINDS: dict[str, Callable[[], Digest]] = {
    "several": digest,
    "one": lambda: digest((CLOSURE, "new"), kind="alert"),
    "an update": lambda: digest((RULING, "update"), kind="alert"),
    "a correction": lambda: digest((CORRECTED, "correction"), told=KNEW_ALL),
    "an edit": lambda: digest((EDIT, "new"), kind="alert"),
    "edits": lambda: digest((EDIT, "new"), (LONG_EDIT, "new"), (SPRING, "new")),
    "only by source": lambda: digest((EDIT, "new"), (replace(SPRING, topics=()), "new")),
    "troubles": care,
    "one trouble": lambda: care(EVENTS[0]),
    "no troubles": lambda: digest(alert=CARE, context=replace(CONTEXT, troubles=())),
    "nothing": lambda: digest((RULING, "update"), told=KNEW_ALL),
    "all that a foot can hold": lambda: digest(
        (SPRING, "new"), context=replace(CONTEXT, events=EVENTS, near=(NEAR,), leave=LEAVE)
    ),
    "a look back": lambda: digest(context=replace(CONTEXT, lookback=timedelta(days=7))),
    "another language": lambda: digest(alert=replace(ALERT, languages=("th",))),
    "few words": lambda: digest(alert=replace(ALERT, words=20)),
    "a ping": lambda: Digest(alert=ALERT.name, kind="ping", at=NOW, timezone="UTC", subject="a test", why_you="you asked"),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_of_message_gives_reason_to_complain(kind: str) -> None:
    assert said_of(good(KINDS[kind]())) == ""


def test_another_day_or_sender_is_complained_of() -> None:
    late = made.NOW + timedelta(days=2)
    assert "Date is not that" in "; ".join(warnings(good(), sender=SENDER, around=late))
    assert "not from who sends it" in "; ".join(warnings(good(), sender="x@y.z", around=late))


BROKEN: list[tuple[str, str, str]] = [
    (r"\r\n", "\n", "a line that does not end with CRLF"),
    (r"Auto-Submitted", "Bcc: eve@example.net\r\nAuto-Submitted", "Bcc is there"),
    (r"Auto-Submitted: [^\r]*\r\n", "", "Auto-Submitted 0 times; it does not say that nobody wrote it"),
    (r"Date: ", "Date: Tue, 24 Mar 2026 08:00:00 +0000\r\nDate: ", "Date 2 times"),
    (r"Date: [^\r]*", "Date: yesterday", "Date cannot be read"),
    (r"@example\.org>\r\nIn-Reply", "@elsewhere.net>\r\nIn-Reply", "Message-ID is none of our own"),
    (r"References: [^\r]*", "References: <x@example.org>", "References and In-Reply-To disagree"),
    (r"To: ann@example.com", "To: ann@example.com, bob@example.com", "not one recipient"),
    (r"List-Id: [^\r]*", "List-Id: morning", "List-Id is not name.domain"),
    (r"<mailto:", "<https://x.example/>, <mailto:", "one click is not offered as RFC 8058"),
    (r"List-Unsubscribe: [^\r]*", "List-Unsubscribe: <http://x.example/>", "nobody can leave by mail"),
    (r"multipart/alternative", "multipart/mixed", "it is multipart/mixed"),
    (r"text/plain", "text/enriched", "not the text first"),
    (r'charset="utf-8"', 'charset="latin-1"', "a part that is not UTF-8"),
    (r"LUMEN VIDEO", "<b>LUMEN</b> &amp; VIDEO" + "_" * 50, "markup in the text"),
    (r"LUMEN VIDEO", "LUMEN VIDEO " * 9, "a line of text of"),
    (r"<h1", "<script>1</script><h1", "something that acts"),
    (r"<h1", '<p onclick=3D"x">a</p><h1', "an attribute that acts or calls out: onclick"),
    (r"<h1", "<h3>Skipped</h3><h1", "headings do not begin with one h1"),
    (r"<h1", '<a href=3D"javascript:x">a</a><h1', "a link that is none of the web"),
    (r"<h1", '<a href=3D"https://new.example/">a</a><h1', "links of the page are not in the text"),
    (r"LUMEN VIDEO", "LUMEN https://new.example/", "links of the text are not in the page"),
    (r"<html lang=3D\"en\"", "<html", "no language"),
    (r"<title>", "<title>More: ", "the title is not the subject"),
    (r"</body>", "x" * 70 + "=\r\n" + ("y" * 70 + "=\r\n") * 1300 + "</body>", "a page of"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "instead", "said"), BROKEN, ids=[said for *_, said in BROKEN])
def test_what_is_wrong_is_said(what: str, instead: str, said: str) -> None:
    text = good().decode("ascii")
    assert re.search(what, text), what
    broken = re.sub(what, lambda _: instead, text, count=0 if what == r"\r\n" else 1)
    assert said in said_of(broken.encode("ascii"))
