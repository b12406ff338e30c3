"""Mail: one message per recipient, handed over in one conversation with the mail server.

A recipient gets a copy of their own, so that nobody sees the others and no refusal is partial. The stage at which a
conversation ends decides the receipt: trouble before the message is the server's (`lane`), a 5xx to it is final, and
no answer after it means that it may have been taken: it is sent again under the same Message-ID.
"""

import asyncio
import base64
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Annotated, Literal, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator

from aiwatch.channels.base import Channel, Options, Tools, seconds, slug
from aiwatch.channels.letter import Letter, Mailbox, address, compose, mailbox
from aiwatch.digest.html import MOST_BYTES, as_html, size
from aiwatch.digest.mails import mails
from aiwatch.digest.text import as_text
from aiwatch.digest.wording import lines_of
from aiwatch.model import (
    ChannelName,
    Delivered,
    Digest,
    Envelope,
    Later,
    Part,
    Reader,
    Receipt,
    Refused,
)
from aiwatch.net import system_trust
from aiwatch.text.clean import clean_line

Security = Literal["tls", "starttls", "none"]
_PORTS: dict[Security, int] = {"tls": 465, "starttls": 587, "none": 25}
_SCHEMES: dict[str, Security] = {"smtps": "tls", "smtp+starttls": "starttls", "smtp": "none"}
_STEPS = 8  # of a conversation, each of which may take the time-out; none of them may drip for ever
_TOO_BIG = frozenset({452, 552})  # RFC 1870: said of the size that MAIL announces
_SIGN_IN = frozenset({530, 534, 535, 538})  # RFC 4954: answers that are about our configuration
_GO_AWAY = 421
_DOT = re.compile(rb"^\.", re.MULTILINE)  # RFC 5321 4.5.2; its lines end with CRLF already


# ---------------------------------------------------------------- options


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Which mail server, and how to speak with it."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)
    ca: str | None = None  # a file of certificates to trust instead of the system's

    @property
    def where(self) -> str:
        """As people write it."""
        return f"{self.host}:{self.port}"

    @property
    def plain(self) -> str:
        """What signs in by PLAIN (RFC 4616): in UTF-8, which smtplib's own cannot do."""
        return _base64(f"\0{self.user}\0{self.password}")

    @property
    def secrets(self) -> tuple[str, ...]:
        """The password in each form in which it travels."""
        return (self.plain, _base64(self.password), self.password) if self.password else ()


def _recipients(values: tuple[str, ...]) -> tuple[str, ...]:
    """Checked, and each once however it is spelt."""
    return tuple({address(value).lower(): address(value) for value in values}.values())


def _as_list(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _host(text: str) -> str:
    if not re.fullmatch(r"[\w.:-]+", text):
        raise ValueError(f"'{text}' is no host name")
    return text


class EmailOptions(Options):
    """Who gets it, from whom, and through which server: `host` and its like, or one `smtp` address."""

    to: Annotated[
        tuple[str, ...], BeforeValidator(_as_list), AfterValidator(_recipients), Field(min_length=1)
    ]
    from_: Annotated[Mailbox, BeforeValidator(mailbox)] = Field(alias="from")
    smtp: SecretStr | None = None
    host: Annotated[str, AfterValidator(_host)] | None = None
    port: int | None = Field(default=None, ge=1, le=65535)
    security: Security | None = None
    user: str | None = None
    password: SecretStr | None = None

    @model_validator(mode="after")
    def _one_way_only(self) -> Self:
        beside = [
            key for key in ("host", "port", "security", "user", "password") if getattr(self, key)
        ]
        if self.smtp and beside:
            raise ValueError(f"smtp says everything about the server; leave {beside[0]} out")
        if not self.smtp and not self.host:
            raise ValueError("it needs a server: host, or smtp as one address")
        if bool(self.user) != bool(self.password and self.password.get_secret_value()):
            raise ValueError("user and password go together")
        self.server()
        return self

    @property
    def signs_in_in_the_clear(self) -> bool:
        """Whether the password travels unencrypted: allowed, but worth a warning."""
        server = self.server()
        return server.security == "none" and bool(server.user)

    def server(self) -> Server:
        """The server as configured, in either form."""
        if self.smtp:
            return _from_address(self.smtp.get_secret_value())
        security = self.security or ("tls" if self.port == _PORTS["tls"] else "starttls")
        return Server(
            host=self.host or "",
            port=self.port or _PORTS[security],
            security=security,
            user=self.user or "",
            password=self.password.get_secret_value() if self.password else "",
        )


def _from_address(text: str) -> Server:
    """smtp:// smtps:// smtp+starttls://user:password@host:port?ca=FILE; the error never repeats the address."""
    try:
        parts = urlsplit(text)
        port = parts.port
        query = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    except ValueError as error:
        raise ValueError(
            "smtp: this address cannot be read; write special characters as %xx"
        ) from error
    security = _SCHEMES.get(parts.scheme)
    if security is None:
        raise ValueError("smtp: the address begins with smtp://, smtps:// or smtp+starttls://")
    if not parts.hostname or parts.path.strip("/") or parts.fragment or set(query) - {"ca"}:
        raise ValueError(
            "smtp: the address goes user:password@host:port?ca=FILE; write special characters as %xx"
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise ValueError("smtp: user and password go together")
    return Server(
        host=_host(parts.hostname),
        port=port or _PORTS[security],
        security=security,
        user=user,
        password=password,
        ca=query.get("ca"),
    )


def readers(_name: ChannelName, options: EmailOptions) -> tuple[Reader, ...]:
    """Each recipient, by address."""
    return tuple(Reader(f"mailto:{to.lower()}") for to in options.to)


def lane(_name: ChannelName, options: EmailOptions, _reader: Reader) -> str:
    """Everything through one server waits together."""
    return options.server().where.lower()


# ---------------------------------------------------------------- render and send


def render(digest: Digest, _options: EmailOptions) -> tuple[Part, ...]:
    """One message with both forms, or several numbered ones where readers of mail would cut it."""
    thread = _thread(digest)
    return tuple(
        Part(
            subject=one.subject,
            text=as_text(one),
            html=as_html(one),
            payload=one.leave,
            reply_to=thread,
            stories=tuple(line.story for line in lines_of(one)),
        )
        for one in mails(digest, size, MOST_BYTES)
    )


def _thread(digest: Digest) -> str | None:
    """The mail that this one goes on from, if all it tells does; else, of a scheduled digest, the root of its series."""
    threads = {line.reply_to for line in lines_of(digest)}
    only = threads.pop() if len(threads) == 1 else None
    return only or (f"series.{slug(digest.alert)}" if digest.kind == "digest" else None)


async def send(envelope: Envelope, options: EmailOptions, tools: Tools) -> Receipt:
    """One conversation in a thread."""
    wanted = envelope.reader.removeprefix("mailto:")
    to = next((to for to in options.to if to.lower() == wanted), None)
    if to is None:
        return Refused(reason=f"{wanted} is no longer among this channel's recipients")
    letter = compose(envelope, options.from_, to)
    return await asyncio.to_thread(
        _spoken,
        options.server(),
        seconds(options, tools),
        tools.smtp,
        lambda smtp, server: _transaction(smtp, server, letter),
    )


async def reach(options: EmailOptions, tools: Tools) -> Receipt:
    """Connect, encrypt and sign in, as for a message, and hang up."""
    return await asyncio.to_thread(
        _spoken, options.server(), seconds(options, tools), tools.smtp, _greeted
    )


def _greeted(_smtp: smtplib.SMTP, server: Server) -> Receipt:
    return Delivered(detail=f"{server.where} {'signs us in' if server.user else 'answers'}")


def _spoken(
    server: Server,
    timeout: float,
    plain: type[smtplib.SMTP],
    say: Callable[[smtplib.SMTP, Server], Receipt],
) -> Receipt:
    try:
        # The file given with `?ca=`, else the system's store or what SSL_CERT_FILE names, loaded once: it takes 30 ms.
        trust = ssl.create_default_context(cafile=server.ca) if server.ca else system_trust()
    except OSError as error:
        return Later(reason=f"no certificates in {server.ca} ({error.strerror})", lane=True)
    try:
        with _conversation(server, trust, timeout, plain) as smtp:
            return say(smtp, server)
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        return Later(reason=f"{server.where} {_trouble(server, error)}", lane=True)


def _trouble(server: Server, error: Exception) -> str:
    """What stood between us and the message, and what to do."""
    match error:
        case smtplib.SMTPAuthenticationError():
            said = _said(server, error.smtp_code, error.smtp_error)
            if 400 <= error.smtp_code < 500:  # RFC 4954 6: 454 and its like say nothing of us
                return f"signs nobody in at the moment ({said})"
            return (
                f"did not accept our sign-in ({said}); check user and password in the configuration"
            )
        case smtplib.SMTPResponseException():
            return f"answered {_said(server, error.smtp_code, error.smtp_error)}"
        case smtplib.SMTPNotSupportedError():
            return _missing(server, error)
        case ssl.SSLCertVerificationError():
            return f"shows a certificate that is not trusted here ({error.verify_message}); nothing was sent"
        case ssl.SSLError():
            return f"speaks no TLS that we know ({error.reason or error}); check port and security"
        case smtplib.SMTPServerDisconnected():
            return f"hung up ({_plain(server, str(error))})"
        case UnicodeError():
            return "can only take a user and password in plain ASCII"
        case _:
            return f"cannot be reached ({_plain(server, str(error))})"


def _missing(server: Server, error: Exception) -> str:
    if server.security == "starttls" and "STARTTLS" in str(error):
        return "offers no STARTTLS; nothing was sent, as it would go in the clear"
    return f"lacks what is needed ({_plain(server, str(error))})"


@contextmanager
def _conversation(
    server: Server, trust: ssl.SSLContext, timeout: float, plain: type[smtplib.SMTP]
) -> Iterator[smtplib.SMTP]:
    """Connected, encrypted and signed in; ended politely, and by force once it has taken too long in all."""
    smtp = _connected(server, trust, timeout, plain)
    cut = threading.Timer(timeout * _STEPS, _cut, [smtp])
    cut.daemon = True
    cut.start()
    try:
        smtp.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            smtp.starttls(context=trust)
            smtp.ehlo_or_helo_if_needed()
        if server.user:
            _sign_in(smtp, server)
        yield smtp
        with suppress(smtplib.SMTPException, OSError):  # what was said before counts
            smtp.quit()
    finally:
        cut.cancel()
        cut.join()
        smtp.close()


def _cut(smtp: smtplib.SMTP) -> None:
    line = smtp.sock  # asked for now, as STARTTLS puts another one in its place
    if line is not None:
        with suppress(OSError):
            # Not SSLSocket.shutdown, which would pull the encryption away from under the thread that reads.
            socket.socket.shutdown(line, socket.SHUT_RDWR)


def _connected(
    server: Server, trust: ssl.SSLContext, timeout: float, plain: type[smtplib.SMTP]
) -> smtplib.SMTP:
    name = socket.gethostname()
    # RFC 5321 4.1.4: a name only if it is a full one. smtplib would ask the DNS, which may take long.
    ours = name if "." in name else "[127.0.0.1]"
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, ours, timeout=timeout, context=trust)
    return plain(server.host, server.port, ours, timeout=timeout)


def _sign_in(smtp: smtplib.SMTP, server: Server) -> None:
    offered = str(smtp.esmtp_features.get("auth", "")).upper().split()
    if "PLAIN" not in offered:
        smtp.login(server.user, server.password)
        return
    code, answer = smtp.docmd("AUTH", f"PLAIN {server.plain}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, answer)


def _transaction(smtp: smtplib.SMTP, server: Server, letter: Letter) -> Receipt:
    """From MAIL to the answer after DATA."""
    options = [f"size={len(letter.content)}"] if smtp.has_extn("size") else []
    if not letter.ascii_addresses:
        if not smtp.has_extn("smtputf8"):
            return Refused(reason=f"{server.where} cannot carry the address {letter.recipient}")
        options += ["SMTPUTF8", "BODY=8BITMIME"]
    code, answer = smtp.mail(letter.sender, options)
    if code != 250:
        what = "the message" if code in _TOO_BIG else "the sender"
        return _declined(server, what, code, answer)
    code, answer = smtp.rcpt(letter.recipient)
    if code not in (250, 251):
        return _declined(server, letter.recipient, code, answer)
    code, answer = smtp.docmd("DATA")
    if code != 354:
        return _declined(server, "the message", code, answer)
    try:
        code, answer = _handed_over(smtp, letter.content)
    except smtplib.SMTPServerDisconnected:
        return Later(
            reason=f"{server.where} hung up before it said whether it took the message;"
            " sent again under the same Message-ID"
        )
    if code != 250:
        return _declined(server, "the message", code, answer)
    return Delivered(detail=f"{server.where} answered {_said(server, code, answer)}")


def _handed_over(smtp: smtplib.SMTP, content: bytes) -> tuple[int, bytes]:
    """Send the message and hear what becomes of it, for which the server has all the time that is left.

    Whoever hangs up while a slow server looks through a message, and comes again, leaves it there each time
    (RFC 5321 4.5.3.2.6).
    """
    smtp.send(_DOT.sub(b"..", content) + b".\r\n")
    line = smtp.sock
    if line is None:
        return smtp.getreply()
    usual = line.gettimeout()
    line.settimeout((usual or 0) * _STEPS)
    answer = smtp.getreply()
    line.settimeout(usual)
    return answer


def _declined(server: Server, what: str, code: int, answer: bytes | str) -> Receipt:
    said = _said(server, code, answer)
    if code in _SIGN_IN:
        return Later(
            reason=f"{server.where} wants another sign-in ({said}); check the configuration",
            lane=True,
        )
    reason = f"{server.where} did not take {what} ({said})"
    if 500 <= code < 600:
        return Refused(reason=reason)
    return Later(reason=reason, lane=code in (_GO_AWAY, -1))


def _said(server: Server, code: int, answer: bytes | str) -> str:
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {_plain(server, words)}".strip()


def _plain(server: Server, words: str) -> str:
    """A server's words on one short line; some repeat what they were told, so not with the password in it."""
    for secret in server.secrets:
        words = words.replace(secret, "***")
    return clean_line(words)[:200].strip()


CHANNEL = Channel(
    kind="email",
    options=EmailOptions,
    render=render,
    send=send,
    reach=reach,
    readers=readers,
    lane=lane,
)
