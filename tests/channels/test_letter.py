"""A message's bytes, held against the rules of RFC 5322 and its relatives."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP, compat32, default
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.channels.letter import Letter, Mailbox, address, compose, mailbox
from aiwatch.model import Part
from aiwatch.text.clean import clean_line
from tests.channels import made

SENDER = Mailbox("aiwatch@news.example.org", "Morning news")
TO = "ann@example.com"
HOSTILE = "Sora\r\nBcc: eve@example.net\u0085\u2028\x00 \u202e2\u200b"
THAI = "โมเดลวิดีโอใหม่ออกแล้ววันนี้ " * 8
LONG_WORD = "x" * 3000


def letter(part: Part | None = None, sender: Mailbox = SENDER, alert: str = "morning") -> Letter:
    return compose(made.envelope(part, alert=alert), sender, TO)


def read(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=default)


PARTS = {
    "plain": Part(subject="Two stories", text="Hello\n", html="<p>Hello</p>"),
    "text only": Part(subject="Two stories", text="Hello"),
    "thai": Part(subject=THAI, text=THAI, html=f"<p>{THAI}</p>"),
    "hostile": Part(subject=HOSTILE, text=HOSTILE, html=HOSTILE, reply_to="msg_1\r\nBcc: x@y.z"),
    "surrogates": Part(subject="a\ud800b", text="a\ud800b", html="\udfff"),
    "long lines": Part(subject=LONG_WORD, text=LONG_WORD, html=f"<p>{LONG_WORD}</p>"),
    "long words": Part(subject=" ".join(["words"] * 60), text="." * 999, html="\n.\n"),
    "empty": Part(subject="", text="", html=""),
    "looks encoded": Part(subject="=?utf-8?q?no?=", text="=?utf-8?q?no?=", html="=20"),
    "emoji": Part(subject="🎬" * 90, text="👨‍👩‍👧", html="👨‍👩‍👧"),
}
each_part = pytest.mark.parametrize("part", PARTS.values(), ids=PARTS.keys())


@each_part
def test_each_header_that_counts_stands_once(part: Part) -> None:
    message = read(letter(part).content)
    for name in (
        *("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "List-Id"),
        *("List-Unsubscribe", "Auto-Submitted", "Content-Type"),
    ):
        assert len(message.get_all(name, [])) == 1, name
    assert message["Bcc"] is None
    assert letter(part).content.count(b"MIME-Version") == 1


@each_part
def test_no_defects_no_long_lines_and_seven_bits_only(part: Part) -> None:
    content = letter(part).content
    assert content.isascii()
    assert b"\x00" not in content
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 78
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    for piece in read(content).walk():
        assert piece.defects == []
        for value in piece.values():
            assert getattr(value, "defects", ()) == ()


@each_part
def test_the_text_comes_first_and_both_forms_arrive_whole(part: Part) -> None:
    message = read(letter(part).content)
    forms = list(message.iter_parts()) if message.is_multipart() else [message]
    wanted = [("text/plain", part.text), ("text/html", part.html)]
    assert [form.get_content_type() for form in forms] == [
        kind for kind, text in wanted if text or kind == "text/plain"
    ]
    if message.is_multipart():
        assert message.get_content_type() == "multipart/alternative"
    for form, (_, text) in zip(forms, wanted, strict=False):
        arrived = form.get_content().replace("\r\n", "\n").rstrip("\n")
        expected = text.encode("utf-8", "replace").decode().replace("\x00", "").rstrip("\r\n")
        assert arrived == expected.replace("\r\n", "\n").strip("\n")


@each_part
def test_the_subject_is_one_clean_line(part: Part) -> None:
    subject = read(letter(part).content)["Subject"]
    assert subject == (clean_line(part.subject) or "aiwatch: morning")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_every_subject_arrives_as_it_was_cleaned(subject: str) -> None:
    content = letter(Part(subject=f"S {subject}")).content
    raw = content.split(b"Subject: ", 1)[1].split(b"\r\nDate: ", 1)[0]
    assert all(len(line) <= 78 for line in raw.split(b"\r\n"))
    assert message_from_bytes(content, policy=SMTP)["Subject"] == clean_line(f"S {subject}")


def test_the_headers_of_a_message() -> None:
    message = read(letter().content)
    expected = {
        "From": "Morning news <aiwatch@news.example.org>",
        "To": TO,
        "Subject": "Two stories",
        "Message-ID": "<msg_0123456789abcdef@news.example.org>",
        "List-Id": "<morning.news.example.org>",
        "List-Unsubscribe": "<mailto:aiwatch@news.example.org?subject=unsubscribe>",
        "Auto-Submitted": "auto-generated",
        "In-Reply-To": None,
        "References": None,
    }
    assert {name: message[name] for name in expected} == expected
    assert parsedate_to_datetime(message["Date"]) == made.NOW


def test_a_second_attempt_differs_in_its_date_only() -> None:
    first = compose(made.envelope(), SENDER, TO).content
    later = made.envelope(now=made.NOW + timedelta(hours=2), attempt=2)
    second = compose(later, SENDER, TO).content
    date = re.compile(rb"Date: [^\r]+\r\n")
    assert first != second
    assert date.sub(b"", first) == date.sub(b"", second)


@pytest.mark.parametrize(
    ("reply_to", "thread"),
    [
        ("msg_1", "<msg_1@news.example.org>"),
        ("<msg_1@old.example.org>", "<msg_1@old.example.org>"),
        ("msg_1@old.example.org", "<msg_1@old.example.org>"),
        ("msg_1\r\nBcc:<x>", "<msg_1Bcc:x@news.example.org>"),
    ],
)
def test_a_reply_stands_in_its_thread(reply_to: str, thread: str) -> None:
    message = read(letter(Part(subject="More", text="x", reply_to=reply_to)).content)
    assert message["In-Reply-To"] == thread
    assert message["References"] == thread


def test_a_very_long_address_is_neither_folded_nor_encoded() -> None:
    sender = Mailbox(f"{'a' * 64}@{'b' * 60}.example")
    part = Part(subject="x", text="x", reply_to="msg_" + "1" * 90)
    content = letter(part, sender).content
    for whole in (
        f"From: {sender.address}\r\n",
        f"In-Reply-To: <msg_{'1' * 90}@{sender.domain}>\r\n",
        f"List-Unsubscribe: <mailto:{sender.address}?subject=unsubscribe>\r\n",
    ):
        assert whole.encode() in content


@pytest.mark.parametrize(
    ("alert", "list_id"),
    [
        ("Breaking News!", r"<breaking-news\.news\.example\.org>"),
        ("ข่าวเช้า", r"<[0-9a-f]{8}\.news\.example\.org>"),
        ("AI ข่าว", r"<ai-[0-9a-f]{8}\.news\.example\.org>"),
        ("!!!", r"<[0-9a-f]{8}\.news\.example\.org>"),
        ("a\r\nBcc: x", r"<a-bcc-x\.news\.example\.org>"),
    ],
)
def test_a_list_id_is_plain_ascii_and_the_alerts_own(alert: str, list_id: str) -> None:
    assert re.fullmatch(list_id, read(letter(alert=alert).content)["List-Id"])


@pytest.mark.parametrize(
    "name",
    ["News", 'O\'Brien, "Bob" <x>', "ข่าวเช้า", "เช้าวันนี้มีข่าวอะไรบ้าง " * 5, "A" * 200, "🎬 Film"],
)
def test_the_senders_name_arrives(name: str) -> None:
    content = letter(sender=Mailbox(SENDER.address, clean_line(name))).content
    raw = message_from_bytes(content, policy=compat32)["From"]
    # Not the modern parser, which sets blanks between the encoded words of a name (Python 3.11).
    assert str(make_header(decode_header(raw))) == f"{clean_line(name)} <{SENDER.address}>"
    assert read(content)["From"].addresses[0].addr_spec == SENDER.address
    assert max(map(len, content.split(b"\r\n"))) <= 78


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("me@example.org", Mailbox("me@example.org")),
        (" me@example.org ", Mailbox("me@example.org")),
        ("<me@example.org>", Mailbox("me@example.org")),
        ("News <me@example.org>", Mailbox("me@example.org", "News")),
        ('"News, daily" <me@example.org>', Mailbox("me@example.org", "News, daily")),
        ("ข่าว <me@example.org>", Mailbox("me@example.org", "ข่าว")),
        (Mailbox("me@example.org"), Mailbox("me@example.org")),
    ],
)
def test_a_sender_may_have_a_name(text: object, expected: Mailbox) -> None:
    assert mailbox(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "me", "me@", "News <me@>", "a@b <c@d> e", "<a@b> <c@d>", "me@example.org\r\nBcc: x@y", 7],
)
def test_what_is_no_sender_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="is no e-mail address"):
        mailbox(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("me@localhost", "me@localhost"),
        ("Me.Too+news@Example.org", "Me.Too+news@Example.org"),
        ("o'brien@example.org", "o'brien@example.org"),
        ("me@bücher.example", "me@xn--bcher-kva.example"),
        ("ข่าว@example.org", "ข่าว@example.org"),
    ],
)
def test_addresses_are_made_ready_for_the_wire(text: str, expected: str) -> None:
    assert address(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "@",
            "me",
            "me@",
            "@example.org",
            "me@@example.org",
            "a b@example.org",
            "me@exa mple.org",
        ),
        *(
            "me@example.org\r\nRCPT TO:<x@y>",
            "me\n@example.org",
            "me@example.org>",
            "<me@example.org",
        ),
        *("me@-example.org", "me@example..org", "me@.org", ".me@example.org", "me.@example.org"),
        *(
            "me,you@example.org",
            "me@ex\u2028ample.org",
            "me@" + "a" * 64 + ".org",
            "a" * 250 + "@b.org",
        ),
        *("me@ü\ud800.org", "me@" + "ü" * 80 + ".org"),
    ],
)
def test_what_is_no_address_is_refused_in_plain_words(text: str) -> None:
    with pytest.raises(ValueError, match="is no e-mail address"):
        address(text)
