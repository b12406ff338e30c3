"""The demo's mail server and webhook receiver take what is right and nothing else."""

import base64
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from aiwatch.demo.inbox import Inbox, Receiver

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdefghijklmn").decode()
MOMENT = datetime(2026, 3, 24, 22, 5, tzinfo=UTC)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(SECRET) as made:
        yield made


def _post(receiver: Receiver, id_: str, body: str, signed: str | None = None) -> int:
    headers = {
        "webhook-id": id_,
        "webhook-timestamp": str(int(MOMENT.timestamp())),
        "webhook-signature": Webhook(SECRET).sign(id_, MOMENT, signed or body),
    }
    return httpx.post(receiver.url, content=body, headers=headers, trust_env=False).status_code


def test_a_mail_is_kept_with_its_subject_text_and_recipients() -> None:
    message = EmailMessage()
    message["Subject"] = "Tin mới: 소라"
    message["Message-ID"] = "<1@here.example>"
    message.set_content("Một\n")
    with Inbox() as inbox, smtplib.SMTP("127.0.0.1", inbox.port) as line:
        line.send_message(message, "a@here.example", ["b@there.example"])
    (mail,) = inbox.mails
    assert mail.subject == "Tin mới: 소라"
    assert mail.id == "<1@here.example>"
    assert mail.text().strip() == "Một"
    assert mail.recipients == ("b@there.example",)


def test_a_mail_without_a_plain_part_has_no_text() -> None:
    message = EmailMessage()
    message.set_content("<p>One</p>", subtype="html")
    with Inbox() as inbox, smtplib.SMTP("127.0.0.1", inbox.port) as line:
        line.send_message(message, "a@here.example", ["b@there.example"])
    assert inbox.mails[0].text() == ""


def test_a_signed_event_is_taken(receiver: Receiver) -> None:
    assert _post(receiver, "msg_1", '{"type": "ping"}') == 204
    assert [(event.id, event.body["type"]) for event in receiver.events] == [("msg_1", "ping")]


def test_the_same_event_twice_is_kept_once(receiver: Receiver) -> None:
    assert [_post(receiver, "msg_1", "{}") for _ in range(2)] == [204, 204]
    assert len(receiver.events) == 1


def test_an_event_whose_words_were_changed_is_refused(receiver: Receiver) -> None:
    assert _post(receiver, "msg_1", '{"type": "pong"}', signed='{"type": "ping"}') == 401
    assert receiver.events == []
    assert receiver.refused == 1


def test_an_unsigned_event_is_refused(receiver: Receiver) -> None:
    assert httpx.post(receiver.url, content="{}", trust_env=False).status_code == 401


def test_without_the_extra_one_line_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['aiosmtpd'] = None; sys.modules['aiosmtpd.smtp'] = None\n"
        "from aiwatch.cli import main\n"
        f"main(['demo', '--folder', {str(tmp_path / 'out')!r}])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", timeout=60
    )
    assert ran.returncode == 2
    assert ran.stderr == (
        "aiwatch: the demo needs a small mail server: pip install 'aiwatch[demo]'\n"
    )
