"""A real mail server that says no, later or nothing at each stage of a conversation."""

import re
import ssl
from datetime import timedelta
from pathlib import Path

import pytest

from aiwatch.model import Delivered, Later, Part, Receipt, Refused
from tests.channels import made
from tests.channels.posting import by_address, later, mail
from tests.inbox import Inbox, Rude

STAGES = ("CONNECT", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "354", "DATA", "QUIT")
OF_THE_SERVER = STAGES[:4]  # what is said there is about no message
NEVER, LANE, ROW, TAKEN = "never", "lane", "row", "taken"
ANSWERS = ("421 4.3.2 closing", "451 4.3.0 try again", "450 4.2.1 greylisted", "454 4.7.0 not now", "550 5.7.1 no", "554 5.3.0 never")  # fmt: skip


def meant(receipt: Receipt) -> str:
    """What becomes of the message, and of its neighbours."""
    match receipt:
        case Delivered():
            return TAKEN
        case Refused():
            return NEVER
        case Later(lane=lane):
            return LANE if lane else ROW


def expected(stage: str, reply: str) -> str:
    """RFC 5321 4.2.1: 4xx means later and 5xx never; of the server as a whole there is no never."""
    if stage == "QUIT":
        return TAKEN
    if stage in OF_THE_SERVER or reply.startswith("421"):
        return LANE
    return ROW if reply.startswith("4") else NEVER


@pytest.mark.parametrize("reply", ANSWERS)
@pytest.mark.parametrize("stage", STAGES)
def test_each_answer_at_each_stage_has_its_receipt(
    stage: str, reply: str, context: ssl.SSLContext, trusted: Path
) -> None:
    with Inbox({stage: reply}, tls=context, users={"ann": "hush"}) as inbox:
        receipt = by_address("smtp+starttls", inbox, trusted, "ann:hush@")
        assert meant(receipt) == expected(stage, reply)
        assert len(inbox.mails) == (stage == "QUIT")
    if not isinstance(receipt, Delivered):
        assert reply in receipt.reason
        assert "hush" not in receipt.reason


@pytest.mark.parametrize("stage", STAGES)
def test_a_line_cut_at_each_stage_has_its_receipt(
    stage: str, context: ssl.SSLContext, trusted: Path
) -> None:
    with Inbox(drops=(stage,), tls=context, users={"ann": "hush"}) as inbox:
        receipt = by_address("smtp+starttls", inbox, trusted, "ann:hush@")
        assert meant(receipt) == {"DATA": ROW, "QUIT": TAKEN}.get(stage, LANE)
        assert len(inbox.mails) == (stage in ("DATA", "QUIT"))
    assert ("same Message-ID" in getattr(receipt, "reason", "")) == (stage == "DATA")


def test_a_lost_answer_means_the_same_bytes_again() -> None:
    part = Part(subject="Två nyheter", text="Hej ✓\n.\n", html="<p>Hej ✓</p>", reply_to="msg_1")
    with Inbox(drops=("DATA",)) as inbox:
        assert meant(mail(inbox, made.envelope(part))) == ROW
        inbox.drops = ()
        again = made.envelope(part, now=made.NOW + timedelta(hours=2), attempt=2)
        assert meant(mail(inbox, again)) == TAKEN
        first, second = (arrived.content for arrived in inbox.mails)
    dated = re.compile(rb"^Date: [^\r]+\r\n", re.MULTILINE)
    assert first != second
    assert dated.sub(b"", first) == dated.sub(b"", second)


def test_a_server_slow_to_say_yes_gets_the_message_once() -> None:
    with Inbox(slow={"DATA": 1.5}) as inbox:
        assert meant(mail(inbox, timeout=timedelta(seconds=1))) == TAKEN
        assert len(inbox.mails) == 1


@pytest.mark.parametrize("stage", ["EHLO", "RCPT", "DATA"])
def test_a_server_that_never_ends_is_cut_off(stage: str) -> None:
    with Inbox(drips=(stage,)) as inbox:
        receipt = mail(inbox, timeout=timedelta(milliseconds=100))
        assert isinstance(receipt, Later)
        assert inbox.mails == []


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_an_encrypted_answer_without_an_end_is_cut_off(
    scheme: str, context: ssl.SSLContext, trusted: Path
) -> None:
    with Inbox(tls=context, wrapped=scheme == "smtps", drips=("RCPT",)) as inbox:
        receipt = later(by_address(scheme, inbox, trusted, timeout=timedelta(milliseconds=100)))
        assert inbox.mails == []
    assert receipt.lane


@pytest.mark.parametrize(
    ("greeting", "said"),
    [(b"HTTP/1.1 400 Bad Request\r\n\r\n", "-1"), (b"", "hung up")],
)
def test_what_is_no_mail_server_is_not_spoken_with(greeting: bytes, said: str) -> None:
    with Rude(greeting) as server:
        receipt = later(mail(server))
    assert receipt.lane
    assert said in receipt.reason


def test_nobody_at_home_is_the_servers_trouble() -> None:
    with Rude(b"") as server:
        pass
    receipt = later(mail(server))
    assert receipt.lane
    assert f"127.0.0.1:{server.port} cannot be reached" in receipt.reason


def test_a_server_that_says_nothing_is_not_waited_for() -> None:
    with Rude(b"", drip=30) as server:
        receipt = later(mail(server, timeout=timedelta(milliseconds=100)))
    assert receipt.lane
    assert "timed out" in receipt.reason


# ---------------------------------------------------------------- in words


def test_a_refusal_names_whom_and_why() -> None:
    with Inbox({"RCPT": "550 5.1.1 no\x1b[2J such user " + "x" * 300}) as inbox:
        receipt = mail(inbox)
    assert isinstance(receipt, Refused)
    assert "did not take Ann@example.com (550 5.1.1 no [2J such user xxx" in receipt.reason
    assert len(receipt.reason) < 300


def test_a_message_too_big_is_not_the_senders_fault() -> None:
    with Inbox({"MAIL": "552 5.3.4 size limit"}) as inbox:
        receipt = mail(inbox)
    assert isinstance(receipt, Refused)
    assert "did not take the message (552" in receipt.reason


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ("535 5.7.8 wrong", "check user and password in the configuration"),
        ("454 4.7.0 directory is down", "signs nobody in at the moment"),
    ],
)
@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_a_refused_sign_in_and_one_that_cannot_be_had_now_are_two_things(
    mechanism: str, reply: str, words: str
) -> None:
    with Inbox({"AUTH": reply}, users={"ann": "hush"}, mechanisms=(mechanism,)) as inbox:
        receipt = later(mail(inbox, user="ann", password="hush"))
    assert receipt.lane
    assert words in receipt.reason


def test_only_the_refused_recipient_gets_nothing() -> None:
    with Inbox({"RCPT": lambda who: "450 no" if who.startswith("Ann") else None}) as inbox:
        assert meant(mail(inbox)) == ROW
        assert meant(mail(inbox, made.envelope(reader="mailto:bob@example.com"))) == TAKEN
        assert [arrived.recipients for arrived in inbox.mails] == [("bob@example.com",)]
