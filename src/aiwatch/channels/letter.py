"""A mail message as bytes, by RFC 5322 and its relatives.

The header block is written here and not by `email`, whose folding of long words and encoded words differs between
Python versions and lets newlines through in some (CVE-2026-1299): every value is one clean line before it is folded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import quote

from aiwatch.channels.base import slug
from aiwatch.model import Envelope
from aiwatch.text.clean import clean_line

_POLICY = SMTP.clone(cte_type="7bit")
_WIDTH = 76
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u00a1-\U0010ffff-]+"  # RFC 5322 3.2.3, RFC 6531 3.3
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_DOMAIN = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*", re.IGNORECASE)
_ONE_CLICK = re.compile(
    r"https://[!-;=?-~]{1,900}"
)  # RFC 8058 3.1: one HTTPS address; a line of the wire holds it
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]+)>")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address, and the name shown with it."""

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        """What stands after the @."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message and its envelope."""

    sender: str
    recipient: str
    content: bytes

    @property
    def ascii_addresses(self) -> bool:
        """Whether every mail server can carry it."""
        return self.sender.isascii() and self.recipient.isascii()


def address(text: str) -> str:
    """An e-mail address ready to be put on the wire, its domain in ASCII; ValueError says that it is none."""
    local, _, domain = text.strip(" ").rpartition("@")
    try:
        plain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        plain = ""
    readable = _LOCAL.fullmatch(local) and local == clean_line(local) and " " not in local
    if not readable or not _DOMAIN.fullmatch(plain) or len(f"{local}@{plain}") > 254:
        raise ValueError(f"{text!r} is no e-mail address")
    return f"{local}@{plain}"


def mailbox(text: object) -> Mailbox:
    """`me@example.org` or `Morning news <me@example.org>`."""
    if isinstance(text, Mailbox):
        return text
    if not isinstance(text, str) or _CONTROL.search(text):
        raise ValueError(f"{text!r} is no e-mail address")
    named = _NAMED.fullmatch(text.strip())
    if named is None:
        return Mailbox(address(text))
    return Mailbox(address(named["address"]), clean_line(named["name"].strip().strip('"')))


def compose(envelope: Envelope, sender: Mailbox, recipient: str) -> Letter:
    """The message for one recipient: the same over all attempts, but for its Date."""
    head = "".join(f"{name}: {value}\r\n" for name, value in _headers(envelope, sender, recipient))
    charset = "ascii" if head.isascii() else "utf-8"  # RFC 6532, only for addresses that need it
    return Letter(
        sender=sender.address,
        recipient=recipient,
        content=head.encode(charset) + _body(envelope).as_bytes(),
    )


def _headers(envelope: Envelope, sender: Mailbox, recipient: str) -> Iterator[tuple[str, str]]:
    part = envelope.part
    yield "From", _shown(sender)
    yield "To", recipient
    yield "Subject", _folded("Subject", clean_line(part.subject) or f"aiwatch: {envelope.alert}")
    yield "Date", format_datetime(envelope.now)
    yield "Message-ID", _message_id(envelope.id, sender.domain)
    if part.reply_to:
        thread = _message_id(part.reply_to, sender.domain)
        yield "In-Reply-To", thread
        yield "References", thread
    yield "List-Id", f"<{slug(envelope.alert)}.{sender.domain}>"
    yield from _leaving(
        part.payload, f"<mailto:{quote(sender.address, safe='@')}?subject=unsubscribe>"
    )
    yield "Auto-Submitted", "auto-generated"


def _leaving(link: str, by_mail: str) -> Iterator[tuple[str, str]]:
    """One click where we can be reached from outside (RFC 8058), and always a mail to whoever sends this."""
    if not _ONE_CLICK.fullmatch(link):
        yield "List-Unsubscribe", by_mail
        return
    yield "List-Unsubscribe", f"<{link}>,\r\n {by_mail}"
    yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"


def _shown(sender: Mailbox) -> str:
    if not sender.name:
        return sender.address
    if len(sender.name) < _WIDTH // 2 and re.fullmatch(r"[A-Za-z0-9 ]+", sender.name):
        return f"{sender.name} <{sender.address}>"
    return f"{_encoded('From', sender.name)}\r\n <{sender.address}>"


def _folded(name: str, line: str) -> str:
    """One clean line as a header value: ASCII folded at its blanks, anything else in encoded words (RFC 2047)."""
    plain = (
        line.isascii() and "=?" not in line and max(map(len, line.split()), default=0) < _WIDTH // 2
    )
    if not plain:
        return _encoded(name, line)
    lines = [""]
    room = _WIDTH - len(name) - 2
    for word in line.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append("")
            room = _WIDTH - 1
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\r\n ".join(lines)


def _encoded(name: str, line: str) -> str:
    return Header(line, "utf-8", maxlinelen=_WIDTH, header_name=name).encode(linesep="\r\n")


def _message_id(text: str, domain: str) -> str:
    """`<id@domain>`; what is a whole one already stays as it is."""
    bare = re.sub(r"[^\x21-\x7e]|[<>]", "", text)
    return f"<{bare}>" if "@" in bare else f"<{bare}@{domain}>"


def _body(envelope: Envelope) -> EmailMessage:
    part = envelope.part
    message = EmailMessage(_POLICY)
    _set(message, part.text, "plain")
    if part.html:
        # The same bytes over all attempts need the same boundary; =_ never stands in quoted-printable or base64.
        message.make_alternative(boundary=f"=_{slug(envelope.id)}")
        other = EmailMessage(_POLICY)
        _set(other, part.html, "html")
        message.attach(other)
        for piece in message.iter_parts():
            del piece["MIME-Version"]
    return message


def _set(message: EmailMessage, text: str, subtype: str) -> None:
    lines = re.split(r"\r\n|\r|\n", text.replace("\x00", "").strip("\r\n"))
    whole = "\n".join(lines).encode("utf-8", "replace")
    # Quoted-printable triples every byte beyond ASCII, base64 adds a third to all.
    beyond = sum(byte > 127 for byte in whole)
    cte = "base64" if beyond * 5 > len(whole) else "quoted-printable"
    message.set_content(whole.decode() + "\n", subtype=subtype, charset="utf-8", cte=cte)
