"""What a mail says of the thread it stands in, and how to leave; whole mails on their way are in tests/test_mails.py."""

import re
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from aiwatch.channels.email import EmailOptions, render
from aiwatch.channels.letter import Mailbox, compose
from aiwatch.model import Digest
from tests.channels import made
from tests.digest.cases import CONTEXT, digest

OPTIONS = EmailOptions.model_validate(
    {"to": "ann@example.com", "from": "aiwatch@example.org", "host": "smtp.example.org"}
)
SENDER = Mailbox("aiwatch@example.org", "Morning news")
LEAVE = "https://news.example.org/unsubscribe/Zk3v_x-1"


def beat() -> Digest:
    return digest(context=replace(CONTEXT, leave=LEAVE))


def message_of(one: Digest) -> EmailMessage:
    (part,) = render(one, OPTIONS)
    content = compose(made.envelope(part), SENDER, "ann@example.com").content
    message = message_from_bytes(content, policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


def test_the_digests_of_an_alert_are_one_thread() -> None:
    assert message_of(beat())["References"] == "<series.morning@example.org>"


def test_one_click_is_offered_as_the_rule_wants_it() -> None:
    message = message_of(beat())
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
