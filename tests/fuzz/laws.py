"""What holds whatever the outside sends: bytes go in, and nothing comes out but an AssertionError where a law is broken.

`benchmarks/fuzz.py` looks for bytes that break one; what it finds is kept among the seeds: tests/data, and below.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from aiwatch.channels.email import EmailOptions, render
from aiwatch.channels.letter import Mailbox, compose
from aiwatch.judge.query import Query, QueryError, parse, unparse, warnings
from aiwatch.model import Change, Digest, Reading
from aiwatch.sources.feed import read_feed
from aiwatch.text.article import extract
from aiwatch.text.clean import clean_line, clean_text, safe_url
from tests import mail_checks
from tests.channels import made
from tests.digest.cases import CONTEXT, NOW, digest, match, member, story

DATA = Path(__file__).resolve().parents[1] / "data"
URL = "https://news.example/feed"
ANOTHER = frozenset({"another"})  # marks of items that no feed has
HIDING = "\u00ad\u200b\u2060\ufeff\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
SENDER = Mailbox("aiwatch@example.org", "Morning news")
OPTIONS = EmailOptions.model_validate(
    {"to": "ann@example.com", "from": SENDER.address, "host": "smtp.example.org"}
)

ITS_WORDS = ("links of the text are not", "markup in the text")


def assert_plain(*texts: str) -> None:
    """Lines that can be stored, printed and put into a message."""
    for text in texts:
        text.encode()
        assert not set(text) & set(HIDING), ascii(text)
        unsafe = [c for c in text if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
        assert not unsafe, ascii(text)


def _texts(reading: Reading) -> Iterator[str]:
    yield reading.title
    for entry in reading.entries:
        yield from (entry.id, entry.url or "", entry.title, entry.outlet or "", *entry.authors)
        yield from (*entry.summary.split("\n"), *entry.text.split("\n"))


def feed(body: bytes) -> None:
    """Entries with ids of their own and plain text, or a problem in words; the same where only some are wanted."""
    got = read_feed(body, URL)
    ids = [entry.id for entry in got.entries]
    assert all(ids)
    assert len(ids) == len(set(ids))
    assert got.usable or got.problem
    assert_plain(*_texts(got))
    assert all(safe_url(entry.url) == entry.url for entry in got.entries if entry.url)
    assert read_feed(body, URL, None, ANOTHER).entries == got.entries
    if got.marks:
        assert len(got.marks) == got.listed
        assert not read_feed(body, URL, None, frozenset(got.marks)).entries


def article(page: bytes) -> None:
    """Plain lines, and the same ones the next time."""
    got = extract(page, "https://news.example/2026/11/20/a")
    assert_plain(got.title, got.site or "", *got.authors, *got.text.split("\n"))
    assert all(line == line.strip() != "" for line in got.text.split("\n") if got.text)
    assert extract(page, "https://news.example/2026/11/20/a") == got


def query(text: bytes) -> None:
    """Read, and the same when it is written down and read again; or refused with its place."""
    words = text.decode("utf-8", "surrogateescape")
    read = _read(words)
    if isinstance(read, QueryError):
        assert 0 <= read.position <= len(words)
        assert read.message
        return
    assert parse(unparse(read)) == read
    assert all(warnings(read))


def _read(words: str) -> Query | QueryError:
    try:
        return parse(words)
    except QueryError as refused:
        return refused


def hostile(text: str, title: str, link: str) -> Digest:
    """A digest of one article as an outlet wrote it, past the border where all that comes in is cleaned."""
    lead = member(
        1,
        clean_line(title) or "Wire",
        clean_line(title),
        clean_text(text),
        url=link,
        authors=(clean_line(title),),
        matches=(match("lumen", ("title", clean_line(title))),),
    )
    if len(title) % 2:
        lead = replace(lead, change=Change(added=tuple(lead.text.split("\n")), removed=(title,)))
    return digest((story(1, lead), "new"), context=replace(CONTEXT, why_you=clean_line(title)))


def mail(entry: bytes) -> None:
    """A title, an address and a text, a NUL between them: one sound message, with the link in both its forms."""
    title, address, text = [*entry.decode("utf-8", "surrogateescape").split("\x00", 2), "", ""][:3]
    path = "".join(c for c in address if c.isascii() and c.isalnum())[:60]
    link = safe_url(f"https://news.example/{address[:900]}") or f"https://news.example/{path}"
    for part in render(hostile(text, title, link), OPTIONS):
        content = compose(made.envelope(part, now=NOW), SENDER, "ann@example.com").content
        found = mail_checks.warnings(
            content, sender=SENDER.address, around=NOW + timedelta(minutes=1)
        )
        if re.search("://|[<&]", title + text):  # what an outlet writes about stays its words
            found = [one for one in found if not one.startswith(ITS_WORDS)]
        assert not found, found
        message = message_from_bytes(content, policy=SMTP)
        assert isinstance(message, EmailMessage)
        assert message["Subject"] == clean_line(part.subject)
        anchors = LexborHTMLParser(mail_checks.stories_in(content, "html")).css("a")
        hrefs = [one.attributes["href"] for one in anchors]
        assert any(href and href.startswith("https://news.example/") for href in hrefs)
        assert "https://news.example/" in mail_checks.stories_in(content, "plain")


LAWS: dict[str, Callable[[bytes], None]] = {
    "feed": feed,
    "article": article,
    "query": query,
    "mail": mail,
}
QUERIES = (
    *('sora OR "kingdom hearts"', "title:(a NEAR/2 (b OR c)) -body:disney", "deepfake* site:example.org/a"),
    *("NOT a b|c", "“open ai” （sora｜veo）", "lang:th source:(x)", "a AND -b NEAR/1000 c"),
)  # fmt: skip
MAILS = (
    "Lumen closes\r\nBcc: all@example.org\x00a?b=c&d#e\x00It cost $5 million a day, said Mara Ostrander.",
    "=?utf-8?q?no?= 🎬 ข่าวเช้า\x00größe/微光\x00微光视频发布新模型，时长可达120秒。\nA second line.",
    "<script>alert(1)</script> " + "x" * 300 + '\x00"><img src=x>\x00' + "A long line. " * 90,
)


def seeds(name: str) -> Iterator[bytes]:
    """What to begin with."""
    if name in ("query", "mail"):
        yield from (text.encode() for text in {"query": QUERIES, "mail": MAILS}[name])
        return
    for path in sorted((DATA / {"feed": "feeds", "article": "pages"}[name]).iterdir()):
        if path.is_file() and not path.name.endswith(".json"):
            yield path.read_bytes()
