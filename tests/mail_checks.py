"""What is wrong with a mail, in words: headers, parts, lines, links, sizes, and anything in it that could act or call out.

    warnings(content, sender="aiwatch@example.org", around=NOW) == []

`content` is a message as a mail server took it. The rules are those of RFC 5322, 2046, 2047, 2369, 2919, 3834 and 8058,
and what mail programs are known for: a message over 102 kB is clipped, a style sheet in the head may be dropped.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parsedate_to_datetime
from itertools import pairwise

from selectolax.lexbor import LexborHTMLParser

MOST_BYTES = 90_000
COLUMNS = 76
ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "List-Id", "List-Unsubscribe", "Auto-Submitted")  # fmt: skip
NEVER = ("Bcc", "Cc", "Precedence", "Return-Path", "Resent-To", "X-Mailer")
AT_MOST_ONCE = ("In-Reply-To", "References", "List-Unsubscribe-Post")
_ID = r"<[!-;=?A-~]+@([!-;=?A-~]+)>"
_URL = re.compile(r"https?://[^\s<>\"]+")
_ACTIVE = "script, img, iframe, object, embed, form, input, button, link, svg, math, video, audio, source, base, noscript, frame"
_ACTING = ("src", "srcset", "action", "background", "poster", "data", "ping", "formaction")
_UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]")  # fmt: skip

Found = Iterator[str]


def warnings(content: bytes, *, sender: str, around: datetime) -> list[str]:
    """Everything there is to find fault with."""
    message = message_from_bytes(content, policy=SMTP)
    assert isinstance(message, EmailMessage)
    found = [*_wire(content), *_headers(message, sender, around), *_leaving(message)]
    parts = [part for part in message.walk() if not part.is_multipart()]
    found += _parts(message, parts)
    if len(parts) == 2:
        text, page = (str(part.get_content()) for part in parts)
        tree = LexborHTMLParser(page)
        found += [*_text(text), *_page(page, tree, message), *_links(tree, text)]
    return found


def stories_in(content: bytes, kind: str) -> str:
    """A form's whole text, for what must stand in it."""
    message = message_from_bytes(content, policy=SMTP)
    assert isinstance(message, EmailMessage)
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def _wire(content: bytes) -> Found:
    if not content.isascii():
        yield "a byte beyond 7 bits"
    if b"\x00" in content:
        yield "a NUL"
    if re.search(rb"\r(?!\n)|(?<!\r)\n", content):
        yield "a line that does not end with CRLF"
    if max(map(len, content.split(b"\r\n"))) > 998:
        yield "a line over 998 octets"
    head = content.partition(b"\r\n\r\n")[0]
    for line in head.split(b"\r\n"):
        if len(line) > 78 and len(line.split()) > 2:
            yield f"a header line of {len(line)} that could be folded"


def _headers(message: EmailMessage, sender: str, around: datetime) -> Found:
    yield from (f"{name} {len(message.get_all(name, []))} times" for name in ONCE if len(message.get_all(name, [])) != 1)  # fmt: skip
    yield from (f"{name} is there" for name in NEVER if message[name] is not None)
    yield from (f"{name} more than once" for name in AT_MOST_ONCE if len(message.get_all(name, [])) > 1)  # fmt: skip
    for name, value in message.items():
        if getattr(value, "defects", ()):
            yield f"{name} has defects: {value.defects}"
        if _UNSEEN.search(str(value)):
            yield f"{name} holds a character that cannot be seen"
    yield from _addresses(message, sender)
    yield from _identity(message, sender, around)
    if str(message["Auto-Submitted"]) != "auto-generated":
        yield "it does not say that nobody wrote it"
    if not re.fullmatch(r"(?:[\w .-]+ )?<[a-z0-9-]+(?:\.[a-z0-9-]+)+>", str(message["List-Id"])):
        yield "List-Id is not name.domain"


def _addresses(message: EmailMessage, sender: str) -> Found:
    to, from_ = message["To"], message["From"]
    if to is None or len(to.addresses) != 1:
        yield "not one recipient"
    if from_ is None or [one.addr_spec for one in from_.addresses] != [sender]:
        yield "not from who sends it"
    if not str(message["Subject"] or "").strip() or len(str(message["Subject"])) > 160:
        yield "no subject, or one nobody reads"


def _identity(message: EmailMessage, sender: str, around: datetime) -> Found:
    domain = sender.rpartition("@")[2]
    for name in ("Message-ID", "In-Reply-To"):
        given = str(message[name] or "").strip()
        found = re.fullmatch(_ID, given)
        if (given or name == "Message-ID") and (found is None or found[1] != domain):
            yield f"{name} is none of our own: {given}"
    if (message["References"] or "") != (message["In-Reply-To"] or ""):
        yield "References and In-Reply-To disagree"
    try:
        at = parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        yield "Date cannot be read"
    else:
        if at.tzinfo is None or abs(at - around) > timedelta(days=1):
            yield "Date is not that of the attempt"


def _leaving(message: EmailMessage) -> Found:
    header = str(message["List-Unsubscribe"] or "")
    ways = re.findall(r"<([^<>\s]+)>", header)
    if not any(way.startswith("mailto:") for way in ways):
        yield "nobody can leave by mail"
    if re.sub(r"<[^<>\s]+>", "", header).strip(", "):
        yield "List-Unsubscribe holds more than addresses"
    web = [way for way in ways if not way.startswith("mailto:")]
    if any(not way.startswith("https://") for way in web):
        yield "leaving by an address that is not https"
    post = message["List-Unsubscribe-Post"]
    if bool(web) != (post is not None) or (post and str(post) != "List-Unsubscribe=One-Click"):
        yield "one click is not offered as RFC 8058 wants it"


def _parts(message: EmailMessage, parts: list[EmailMessage]) -> Found:
    if message.get_content_type() != "multipart/alternative":
        yield f"it is {message.get_content_type()}"
    if [part.get_content_type() for part in parts] != ["text/plain", "text/html"]:
        yield "not the text first and the page second, and nothing else"
    for part in (message, *parts):
        yield from (f"a defect: {type(defect).__name__}" for defect in part.defects)
    for part in parts:
        if part.get_content_charset() != "utf-8":
            yield "a part that is not UTF-8"
        if part["Content-Transfer-Encoding"] not in ("7bit", "quoted-printable", "base64"):
            yield "a part that needs 8 bits"
        if part["MIME-Version"] is not None or part.get_filename():
            yield "a part with headers of its own message"


def _text(text: str) -> Found:
    lines = text.replace("\r\n", "\n").split("\n")
    for line in lines:
        wide = sum(0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else 1 + (unicodedata.east_asian_width(c) in "WF") for c in line)  # fmt: skip
        if wide > COLUMNS and not _URL.search(line):
            yield f"a line of text of {wide} columns"
        if line != line.rstrip():
            yield "a line of text with blanks at its end"
    if re.search(r"</?(?:p|a|div|span|br|b|i|table)\b[^>]*>|&(?:amp|lt|gt|quot|nbsp|#\d+);", text):
        yield "markup in the text"
    if any(_UNSEEN.search(line) for line in lines):
        yield "the text holds a character that cannot be seen"


def _document(page: str) -> Found:
    if len(page.encode()) >= MOST_BYTES:
        yield f"a page of {len(page.encode())} bytes"
    if not page.lstrip().lower().startswith("<!doctype html>"):
        yield "no doctype"
    if "<meta charset" not in page[:1024]:
        yield "a charset that no browser finds"


def _page(page: str, tree: LexborHTMLParser, message: EmailMessage) -> Found:
    yield from _document(page)
    yield from (f"no {what}" for selector, what in _WANTED if tree.css_first(selector) is None)
    titles = [node.text() for node in tree.css("title")]
    if titles != [str(message["Subject"])]:
        yield "the title is not the subject"
    if tree.css(_ACTIVE):
        yield "something that acts or is fetched"
    for node in tree.css("*"):
        for name, value in node.attributes.items():
            if name.startswith("on") or name in _ACTING or "url(" in (value or "").lower():
                yield f"an attribute that acts or calls out: {name}"
    if re.search(r"@import|url\(|expression\(|javascript:", "".join(node.text() for node in tree.css("style"))):  # fmt: skip
        yield "a style that calls out"
    if "display:none" in page.replace(" ", "").split("<body")[0].partition("</style>")[2]:
        yield "a hidden page"
    yield from _read_aloud(tree)


_WANTED = (
    ("html[lang]", "language"),
    ('meta[name="viewport"]', "viewport"),
    ('meta[name="color-scheme"]', "colour scheme"),
    ("meta[charset]", "charset"),
    ("h1, h2, h3", "heading"),
    ("table[role='presentation']", "table that says it is none"),
)


def _read_aloud(tree: LexborHTMLParser) -> Found:
    """What a screen reader stumbles over."""
    levels = [int((node.tag or "h0")[1]) for node in tree.css("h1, h2, h3, h4, h5, h6")]
    if levels[:1] != [1] or levels.count(1) != 1:
        yield f"headings do not begin with one h1: {levels[:5]}"
    if any(after > before + 1 for before, after in pairwise(levels)):
        yield f"a level of heading is skipped: {levels[:12]}"
    if any(not node.text(strip=True) for node in tree.css("a, h1, h2, h3")):
        yield "a link or a heading without words"
    styled = sum("style" in node.attributes for node in tree.css("body *"))
    if styled < len(tree.css("body p")):
        yield "paragraphs whose style is in the head only"


def _links(tree: LexborHTMLParser, text: str) -> Found:
    """Both forms lead to the same places, and only to the web."""
    pages = [node.attributes.get("href") or "" for node in tree.css("a")]
    for url in pages:
        if not _URL.fullmatch(url):
            yield f"a link that is none of the web: {url[:60]}"
    # A translator shows the same article, whose own address is in the text.
    missing = sorted({url for url in pages if url not in text and "translate." not in url})
    if missing:
        yield f"{len(missing)} links of the page are not in the text: {missing[0]}"
    listed = {url.rstrip(".,)") for url in _URL.findall(text)}
    if extra := sorted(url for url in listed - set(pages) if not any(url in page for page in pages)):  # fmt: skip
        yield f"links of the text are not in the page: {extra[0]}"
