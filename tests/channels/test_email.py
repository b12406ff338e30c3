"""Mail through a real server: what arrives, and what is made of each way in which it may not."""

import ssl
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
import trustme
from pydantic import ValidationError

from aiwatch.channels import channel
from aiwatch.channels.email import EmailOptions, Server
from aiwatch.model import ChannelName, Delivered, Later, Part, Reader, Receipt, Refused
from tests.channels import made
from tests.channels.posting import LOCAL, by_address, later, mail
from tests.channels.wire import reached
from tests.inbox import Inbox

NAME = ChannelName("inbox")

# ---------------------------------------------------------------- what arrives


def test_a_mail_arrives_with_both_forms() -> None:
    part = Part(subject="Två nyheter", text="Hej ✓\n\n.\nslut", html="<p>Hej ✓</p>")
    with Inbox() as inbox:
        receipt = mail(inbox, made.envelope(part))
        assert receipt == Delivered(detail=f"127.0.0.1:{inbox.port} answered 250 2.0.0 kept")
        (arrived,) = inbox.mails
    assert arrived.sender == "aiwatch@example.org"
    assert arrived.recipients == ("Ann@example.com",)  # as written in the configuration
    assert arrived.message["To"] == "Ann@example.com"
    assert [option.partition("=")[0] for option in arrived.options] == ["SIZE"]
    assert arrived.content.isascii()  # though 8BITMIME and SMTPUTF8 are offered
    assert arrived.message["Subject"] == "Två nyheter"
    assert arrived.body("plain").replace("\r\n", "\n") == "Hej ✓\n\n.\nslut\n"
    assert arrived.body("html").strip() == "<p>Hej ✓</p>"
    assert inbox.heard == ["CONNECT", "EHLO", "MAIL", "RCPT", "354", "DATA", "QUIT"]


def test_an_address_in_another_script_is_carried_where_the_server_can() -> None:
    keys = {"to": "ข่าว@example.com"}
    envelope = made.envelope(reader="mailto:ข่าว@example.com")
    with Inbox() as inbox:
        assert isinstance(mail(inbox, envelope, **keys), Delivered)
        assert inbox.mails[0].recipients == ("ข่าว@example.com",)
        assert {"SMTPUTF8", "BODY=8BITMIME"} <= set(inbox.mails[0].options)
    with Inbox(smtputf8=False) as inbox:
        receipt = mail(inbox, envelope, **keys)
        assert isinstance(receipt, Refused)
        assert "cannot carry the address" in receipt.reason


def test_who_was_taken_off_the_list_gets_nothing() -> None:
    with Inbox() as inbox:
        receipt = mail(inbox, made.envelope(reader="mailto:old@example.com"))
        assert receipt == Refused(
            reason="old@example.com is no longer among this channel's recipients"
        )
        assert inbox.connections == 0


# ---------------------------------------------------------------- signing in

ANN = {"ann": "correct horse", "ก": "ลับ"}


@pytest.mark.parametrize(
    ("user", "mechanism"), [("ann", "PLAIN"), ("ann", "LOGIN"), ("ก", "PLAIN")]
)
def test_a_user_signs_in_even_in_the_clear_if_told_to(user: str, mechanism: str) -> None:
    with Inbox(users=ANN, mechanisms=(mechanism,)) as inbox:
        assert isinstance(mail(inbox, user=user, password=ANN[user]), Delivered)
        assert inbox.mails[0].user == user
        assert inbox.attempts == [(mechanism, user)]


def test_what_the_only_mechanism_cannot_say_is_configuration() -> None:
    with Inbox(users=ANN, mechanisms=("LOGIN",)) as inbox:
        receipt = later(mail(inbox, user="ก", password="ลับ"))
    assert receipt.lane
    assert "plain ASCII" in receipt.reason


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_a_wrong_password_is_configuration(mechanism: str) -> None:
    with Inbox(users=ANN, mechanisms=(mechanism,)) as inbox:
        receipt = later(mail(inbox, user="ann", password="hushhush"))
    assert receipt.lane
    assert "535" in receipt.reason
    assert "check user and password in the configuration" in receipt.reason
    assert "hushhush" not in receipt.reason
    assert len(inbox.attempts) == 1


@pytest.mark.parametrize(
    "said", [b"hushhush", b64encode(b"hushhush"), b64encode(b"\0ann\0hushhush")]
)
def test_a_server_that_repeats_the_password_is_not_quoted(said: bytes) -> None:
    with Inbox({"MAIL": f"550 5.7.1 you said {said.decode()}"}, users={"ann": "hushhush"}) as inbox:
        receipt = mail(inbox, user="ann", password="hushhush")
    assert isinstance(receipt, Refused)
    assert "you said ***)" in receipt.reason


def test_a_server_without_sign_in_is_configuration() -> None:
    with Inbox(mechanisms=()) as inbox:
        receipt = later(mail(inbox, user="ann", password="hushhush"))
    assert receipt.lane
    assert inbox.mails == []


def test_a_server_that_wants_a_sign_in_is_configuration() -> None:
    with Inbox(users=ANN) as inbox:
        receipt = later(mail(inbox))
    assert receipt.lane
    assert "wants another sign-in (530" in receipt.reason


@pytest.mark.parametrize(("password", "expected"), [("correct horse", Delivered), ("wrong", Later)])
def test_reaching_signs_in_and_sends_nothing(password: str, expected: type[Receipt]) -> None:
    with Inbox(users=ANN) as inbox:
        given = EmailOptions.model_validate(
            {**LOCAL, "port": inbox.port, "user": "ann", "password": password}
        )
        assert isinstance(reached("email", given), expected)
        assert inbox.attempts == [("PLAIN", "ann")]
        assert inbox.mails == []


def test_reaching_needs_no_sign_in() -> None:
    with Inbox() as inbox:
        given = EmailOptions.model_validate({**LOCAL, "port": inbox.port})
        assert reached("email", given) == Delivered(detail=f"127.0.0.1:{inbox.port} answers")


# ---------------------------------------------------------------- encryption


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_encrypted_mail_arrives(scheme: str, context: ssl.SSLContext, trusted: Path) -> None:
    users = {"ann@x": "p/w:#"}
    with Inbox(tls=context, wrapped=scheme == "smtps", users=users) as inbox:
        assert isinstance(by_address(scheme, inbox, trusted, "ann%40x:p%2Fw%3A%23@"), Delivered)
        (arrived,) = inbox.mails
        assert (arrived.encrypted, arrived.user) == (True, "ann@x")


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_nothing_is_sent_to_a_server_we_cannot_trust(scheme: str, context: ssl.SSLContext) -> None:
    with Inbox(tls=context, wrapped=scheme == "smtps", users=ANN) as inbox:
        receipt = later(by_address(scheme, inbox, None, "ann:hush@"))
        assert (inbox.mails, inbox.attempts) == ([], [])
    assert receipt.lane
    assert "not trusted here" in receipt.reason


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_a_certificate_for_another_name_is_not_trusted(
    scheme: str, authority: trustme.CA, trusted: Path
) -> None:
    other = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("mail.example.org").configure_cert(other)
    with Inbox(tls=other, wrapped=scheme == "smtps") as inbox:
        receipt = later(by_address(scheme, inbox, trusted))
        assert inbox.mails == []
    assert "Hostname mismatch" in receipt.reason


def test_stripped_starttls_sends_nothing(trusted: Path) -> None:
    with Inbox(users=ANN) as inbox:
        receipt = later(by_address("smtp+starttls", inbox, trusted, "ann:hush@"))
        assert (inbox.mails, inbox.attempts) == ([], [])
    assert receipt.lane
    assert "offers no STARTTLS" in receipt.reason


def test_tls_with_a_server_that_speaks_none_sends_nothing(trusted: Path) -> None:
    with Inbox() as inbox:
        receipt = later(by_address("smtps", inbox, trusted))
        assert inbox.mails == []
    assert "check port and security" in receipt.reason


def test_a_missing_file_of_certificates_is_named(tmp_path: Path) -> None:
    with Inbox() as inbox:
        receipt = later(by_address("smtps", inbox, tmp_path / "none.pem"))
    assert "no certificates in" in receipt.reason
    assert "none.pem" in receipt.reason


# ---------------------------------------------------------------- options

SMTP = {"to": "me@example.org", "from": "me@example.org"}


@pytest.mark.parametrize(
    ("keys", "server"),
    [
        ({"host": "h"}, Server(host="h", port=587, security="starttls")),
        ({"host": "h", "port": 465}, Server(host="h", port=465, security="tls")),
        ({"host": "h", "security": "tls"}, Server(host="h", port=465, security="tls")),
        ({"host": "h", "security": "none"}, Server(host="h", port=25, security="none")),
        ({"host": "h", "port": 2525}, Server(host="h", port=2525, security="starttls")),
        (
            {"host": "h", "user": "u", "password": "p"},
            Server(host="h", port=587, security="starttls", user="u", password="p"),
        ),
        (
            {"host": "h", "user": "", "password": ""},
            Server(host="h", port=587, security="starttls"),
        ),
        ({"smtp": "smtp://h"}, Server(host="h", port=25, security="none")),
        ({"smtp": "smtp://h:2525/"}, Server(host="h", port=2525, security="none")),
        ({"smtp": "smtps://h"}, Server(host="h", port=465, security="tls")),
        (
            {"smtp": "smtp+starttls://u%40x:p%3Aw@h?ca=/etc/my%20ca.pem"},
            Server(
                host="h",
                port=587,
                security="starttls",
                user="u@x",
                password="p:w",
                ca="/etc/my ca.pem",
            ),
        ),
        ({"smtp": "smtp://[::1]:25"}, Server(host="::1", port=25, security="none")),
    ],
)
def test_a_server_is_named_in_either_form(keys: dict[str, Any], server: Server) -> None:
    assert EmailOptions.model_validate({**SMTP, **keys}).server() == server


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"host": "h", "to": "me@"}, "'me@' is no e-mail address"),
        ({"host": "h", "to": ["me@example.org", "x\r\ny@z"]}, "is no e-mail address"),
        ({"host": "h", "to": []}, "at least 1"),
        ({"host": "h", "from": "me"}, "'me' is no e-mail address"),
        ({}, "it needs a server: host, or smtp as one address"),
        ({"host": "h h"}, "'h h' is no host name"),
        ({"host": "h", "port": 0}, "greater than or equal to 1"),
        ({"host": "h", "security": "ssl"}, "'tls', 'starttls' or 'none'"),
        ({"host": "h", "user": "u"}, "user and password go together"),
        ({"host": "h", "password": "hush"}, "user and password go together"),
        (
            {"host": "h", "smtp": "smtp://h"},
            "smtp says everything about the server; leave host out",
        ),
        ({"smtp": "https://u:hush@h"}, "begins with smtp://, smtps:// or smtp+starttls://"),
        ({"smtp": "smtp://u:hush@h:99999"}, "cannot be read"),
        ({"smtp": "smtp://u:hush@h/?ca"}, "cannot be read"),
        ({"smtp": "smtp://u:hush@h?verify=no"}, "user:password@host:port?ca=FILE"),
        ({"smtp": "smtp://u:hu/sh@h"}, "cannot be read"),
        ({"smtp": "smtp://u:hu#sh@h"}, "cannot be read"),
        ({"smtp": "smtp://u@h"}, "user and password go together"),
        ({"smtp": "smtp://"}, "user:password@host:port?ca=FILE"),
    ],
)
def test_unusable_options_are_refused_in_plain_words(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        EmailOptions.model_validate({**SMTP, **keys})
    assert said in str(refused.value)
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    ("keys", "clear"),
    [
        ({"host": "h", "security": "none", "user": "u", "password": "p"}, True),
        ({"smtp": "smtp://u:p@h"}, True),
        ({"host": "h", "security": "none"}, False),
        ({"host": "h", "user": "u", "password": "p"}, False),
    ],
)
def test_a_sign_in_in_the_clear_is_known_as_one(keys: dict[str, Any], clear: bool) -> None:
    assert EmailOptions.model_validate({**SMTP, **keys}).signs_in_in_the_clear is clear


def test_options_hide_what_is_secret() -> None:
    for keys in ({"host": "h", "user": "u", "password": "hush"}, {"smtp": "smtp://u:hush@h"}):
        assert "hush" not in repr(EmailOptions.model_validate({**SMTP, **keys}))


# ---------------------------------------------------------------- readers, lanes and parts


def test_each_recipient_is_a_reader_once() -> None:
    given = EmailOptions.model_validate(
        {**LOCAL, "to": ["Ann@Example.com", "bob@example.com", "ann@example.com"]}
    )
    assert channel("email").readers(NAME, given) == (
        Reader("mailto:ann@example.com"),
        Reader("mailto:bob@example.com"),
    )


def test_all_mail_through_one_server_shares_a_lane() -> None:
    given = EmailOptions.model_validate({**SMTP, "smtp": "smtps://u:p@Mail.Example.org"})
    assert channel("email").lane(NAME, given, Reader("mailto:x@y.z")) == "mail.example.org:465"


@pytest.mark.parametrize(
    ("threads", "reply_to"),
    [
        ((None,), None),
        (("msg_1",), "msg_1"),
        (("msg_1", "msg_1"), "msg_1"),
        (("msg_1", "msg_2"), None),
        (("msg_1", None), None),
        ((), None),
    ],
)
def test_a_digest_answers_an_earlier_mail_if_all_of_it_does(
    threads: tuple[str | None, ...], reply_to: str | None
) -> None:
    given = EmailOptions.model_validate({**SMTP, "host": "h"})
    digest = made.digest(*(made.line(n, f"Story {n}", t) for n, t in enumerate(threads, 1)))
    (part,) = channel("email").render(digest, given)
    assert part.reply_to == reply_to
    assert part.subject == "Two stories"
    assert "<html" in part.html
    assert part.text


def test_a_password_is_in_no_repr_of_the_server_either() -> None:
    options = EmailOptions.model_validate(
        {"to": "a@example.org", "from": "b@example.org", "smtp": "smtps://u:hunter2@h.example:465"}
    )
    assert "hunter2" not in repr(options.server())
    assert options.server().password == "hunter2"
