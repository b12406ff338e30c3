"""News sitemaps, indexes of sitemaps and, where asked for, plain sitemaps (sitemaps.org 0.9, Google's news tags).

Elements go by their local names: the news namespace is written in several ways. The parser builds no tree, so that
memory stays flat whatever is nested in what.
"""

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

from lxml import etree
from pydantic import AfterValidator, BaseModel, ConfigDict

from aiwatch.model import Entry, Reading
from aiwatch.sources.entries import Item, entry_of, moment
from aiwatch.sources.notfeed import is_html, what_it_is
from aiwatch.sources.patterns import checked_pattern, fits
from aiwatch.text.clean import clean_line, safe_url
from aiwatch.text.decode import decode
from aiwatch.text.urls import canonical

MAX_BODY = 30_000_000
"""Bytes read, after unpacking. The protocol allows 50 MB; 50,000 news items take 16."""
MAX_LISTED = 50_000
"""Addresses of one sitemap (the protocol's own bound)."""
MAX_FOLLOWED = 5
"""Sitemaps of an index that are read; what is new stands in the newest."""
MAX_DEPTH = 50
MAX_TAGS = 3_000_000
"""Read in 3 s; 50,000 news items have 800,000."""
MAX_AMPERSANDS = 500_000
"""More are left as they are: each that is repaired costs 100 bytes for the time being."""

_CHUNK = 65_536
_LONGEST = 20_000  # characters of one element that are kept: addresses, titles, keywords
_GZIP = b"\x1f\x8b"
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_LEADING = re.compile(rb"\A(?:\xef\xbb\xbf)?[ \t\r\n]+(?=<)")
# Written as it stands in a browser's address line, or as HTML would have it: XML knows five names.
_NO_REFERENCE = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_DECLARED = re.compile(rb"\A<\?xml[^>]*encoding\s*=\s*[\"'](?!utf-?8[\"'])", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_NEWS = re.compile(r"news|noticias|nieuws|nachrichten|actualites", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?:\D?(0[1-9]|1[0-2])(?:\D?([0-2]\d|3[01]))?)?(?!\d)")
_PART = re.compile(r"\d{4}(?:-\d\d)?")
_ITEMS = ("url", "sitemap")
_WANTED = frozenset(
    (
        *("loc", "lastmod", "news", "news/title", "news/keywords"),
        *("news/publication_date", "news/publication/name"),
    )
)
_FEEDS = ("rss", "feed", "RDF")
# What `canonical` leaves as it is, a few video and message sites aside: asking it costs more than all the rest
# (50,000 addresses: 2.6 s of 4.5).
_CANONICAL = re.compile(r"https?://(?!amp\.)(?:[a-z0-9-]+\.)+[a-z]+(?:/(?!amp\b)[a-zA-Z0-9_-]+)+/?")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class SitemapOptions(BaseModel):
    """`plain: true` takes sitemaps without news tags too; `pattern` keeps only pages of a form (`/news/**`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    plain: bool = False
    pattern: Annotated[str, AfterValidator(checked_pattern)] | None = None


@dataclass(frozen=True, slots=True)
class _Listed:
    """One `url` or `sitemap` element; `news` is None without news tags."""

    address: str
    changed: str = ""
    news: Mapping[str, str] | None = None


def read_sitemap(
    body: bytes, url: str, content_type: str | None, options: SitemapOptions
) -> Reading:
    """What a sitemap's bytes hold: entries, or for an index the sitemaps to read instead (`follow`).

    `url` is where the bytes came from. A plain sitemap's entries have no title and no date (lastmod is when a page was
    last edited, not when it was published): both are the page's.
    """
    try:
        body, cut = _unpacked(body)
    except (zlib.error, ValueError):
        return _unusable("this is a gzip file, but a damaged one")
    body = _LEADING.sub(b"", body)
    if not body.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        return _unusable("the body is empty")
    if is_html(body):
        return _unusable(_not_a_sitemap(body, content_type))
    if (tags := body.count(b"<")) > MAX_TAGS:
        return _unusable(f"it has {tags:,} tags: no sitemap has as many")
    found = _read_xml(body, content_type)
    if not found.root and (addresses := _read_text(body, content_type)):
        return _plain(addresses, url, options, cut) if options.plain else _only_plain(addresses)
    if refusal := _refusal(found, body, content_type):
        return _unusable(refusal)
    if found.root == "sitemapindex":
        return _index(found, url, options)
    if options.plain:
        return _plain(found.listed, url, options, cut or found.flaw)
    news = [listed for listed in found.listed if listed.news is not None]
    if found.listed and not news:
        return _only_plain(found.listed)
    return _reading(news, url, options, cut or found.flaw)


# ---------------------------------------------------------------- bytes


def _unpacked(body: bytes) -> tuple[bytes, str | None]:
    """The bytes to read, and in words whether they are only a part."""
    if body.startswith(_GZIP):
        body = zlib.decompressobj(wbits=31).decompress(body, MAX_BODY + 1)
        if not body:
            raise ValueError("the gzip file is cut short")
    if len(body) > MAX_BODY:
        return body[:MAX_BODY], f"only the first {MAX_BODY // 1_000_000} MB were read"
    return body, None


def _sound(body: bytes, content_type: str | None) -> bytes:
    """Bytes that an XML parser takes as they are meant: bare ampersands in addresses, an undeclared charset."""
    if body.startswith(_WIDE):
        return body
    if not _DECLARED.match(body):
        try:
            body.decode("utf-8")
        except UnicodeDecodeError:
            body = decode(body, content_type).encode("utf-8", "replace")
    if b"<![CDATA[" in body or body.count(b"&") > MAX_AMPERSANDS:
        return body
    return _NO_REFERENCE.sub(b"&amp;", body)


# ---------------------------------------------------------------- XML


@dataclass(slots=True)
class _Elements:
    """What the parser tells, element by element: the target interface of lxml."""

    root: str = ""
    refused: str | None = None  # why it is not read on
    listed: list[_Listed] = field(default_factory=list)
    left_out: int = 0
    flaw: str | None = None
    path: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)

    def doctype(self, *_: object) -> None:
        self.refused = (
            "it declares a document type: no sitemap does, and attacks are written that way"
        )

    def start(self, tag: str, _: object) -> None:
        name = tag.rpartition("}")[2]
        self.root = self.root or name
        self.path.append(name)
        self.text = []
        if len(self.path) > MAX_DEPTH:
            self.refused = f"its elements are nested more than {MAX_DEPTH} deep: no sitemap's are"

    def data(self, text: str) -> None:
        self.text.append(text)

    def end(self, _: str) -> None:
        depth, name = len(self.path), self.path.pop()
        if depth == 2 and name in _ITEMS:
            self._list()
        elif 3 <= depth <= 5 and self.path[1] in _ITEMS:
            # The whole path, as images and videos have a `loc` and a `title` too.
            key = "/".join((*self.path[2:], name))
            if key in _WANTED:
                self.said.setdefault(key, "".join(self.text)[:_LONGEST])
        self.text = []

    def close(self) -> None:
        """Wanted by the interface."""

    def _list(self) -> None:
        said, self.said = self.said, {}
        if not said.get("loc", "").strip():
            return
        if len(self.listed) >= MAX_LISTED:
            self.left_out += 1
            return
        news = {key: value for key, value in said.items() if key.startswith("news/")}
        self.listed.append(
            _Listed(said["loc"].strip(), said.get("lastmod", ""), news if "news" in said else None)
        )


def _read_xml(body: bytes, content_type: str | None) -> _Elements:
    """Everything listed. Nothing outside the bytes is opened; entities are never put in."""
    found = _Elements()
    target: Any = found  # the stubs want every method of the interface
    parser = etree.XMLParser(
        target=target, recover=True, resolve_entities=False, no_network=True, load_dtd=False
    )
    body = _sound(body, content_type)
    try:
        for start in range(0, len(body), _CHUNK):
            parser.feed(body[start : start + _CHUNK])
            if found.refused:
                return found
        parser.close()
    except etree.XMLSyntaxError as error:
        found.flaw = _flaw(str(error))
    log: Sequence[Any] = tuple(parser.feed_error_log)
    if log and not found.flaw:
        found.flaw = _flaw(str(log[0].message))
    if found.left_out:
        found.flaw = f"{found.left_out:,} addresses past the first {MAX_LISTED:,} were left out"
    return found


def _flaw(said: str) -> str:
    return f"the XML is not well-formed ({clean_line(said)}); read as far as it goes"


def _read_text(body: bytes, content_type: str | None) -> list[_Listed]:
    """The protocol's other form: one address a line, and nothing else."""
    lines = [line.strip() for line in decode(body, content_type).splitlines() if line.strip()]
    if not lines or not all(map(_ADDRESS.fullmatch, lines)):
        return []
    return [_Listed(line) for line in lines[:MAX_LISTED]]


def _refusal(found: _Elements, body: bytes, content_type: str | None) -> str | None:
    """Why this is no sitemap; None if it is one."""
    if found.refused:
        return found.refused
    if found.root in _FEEDS:
        return "this is a feed, not a sitemap: write `kind: feed`"
    if found.root not in ("urlset", "sitemapindex"):
        return _not_a_sitemap(body, content_type)
    return None


def _not_a_sitemap(body: bytes, content_type: str | None) -> str:
    return re.sub(r"\b(a|no) feed\b", r"\1 sitemap", what_it_is(body, content_type), count=1)


def _unusable(problem: str) -> Reading:
    return Reading(usable=False, problem=problem)


def _only_plain(listed: Sequence[_Listed]) -> Reading:
    pages = "1 page" if len(listed) == 1 else f"{len(listed):,} pages"
    return _unusable(
        f"this sitemap lists {pages} without news tags: write `plain: true` to be told of each new address all the same,"
        " and `pattern: /news/**` to keep to a part of the site"
    )


# ---------------------------------------------------------------- index


def _index(found: _Elements, url: str, options: SitemapOptions) -> Reading:
    """The newest of its sitemaps; those named as news before others, and alone unless plain ones are asked for."""
    addresses = {safe_url(listed.address, url): listed for listed in found.listed}
    children = {
        child: _age(listed) for child, listed in addresses.items() if child and child != url
    }
    news = {child: bool(_NEWS.search(urlsplit(child).path)) for child in children}
    if any(news.values()) and not options.plain:
        children = {child: age for child, age in children.items() if news[child]}
    newest = sorted(children, key=lambda child: (news[child], children[child]), reverse=True)
    problem = None if newest else "this index lists no sitemap"
    return Reading(follow=tuple(newest[:MAX_FOLLOWED]), problem=problem or found.flaw)


def _age(listed: _Listed) -> tuple[datetime, tuple[str, ...]]:
    """To put the newest first: lastmod, else the month that many addresses name (`posts-2026-11.xml`)."""
    named = _YEAR.findall(listed.address)
    return _changed(listed), tuple(named[-1]) if named else ()


def _changed(listed: _Listed) -> datetime:
    """W3C dates may stop at the year or the month: enough to sort by, not to date an article."""
    said = listed.changed.strip()
    whole = f"{said}-01-01"[:10] if _PART.fullmatch(said) else said
    return moment(_stated(whole)) or _LONG_AGO


def _stated(date: str) -> datetime | str:
    """A W3C date the quick way (50,000 dates: 0.1 s against 2.4), any other as it stands."""
    try:
        return datetime.fromisoformat(date)
    except ValueError:
        return date


# ---------------------------------------------------------------- entries


def _plain(
    listed: Sequence[_Listed], url: str, options: SitemapOptions, oddity: str | None
) -> Reading:
    """Newest edit first, so that whoever reads only some reads those."""
    return _reading(sorted(listed, key=_changed, reverse=True), url, options, oddity)


def _reading(
    listed: Sequence[_Listed], url: str, options: SitemapOptions, oddity: str | None
) -> Reading:
    pattern = options.pattern
    wanted = [one for one in listed if pattern is None or fits(pattern, one.address)]
    entries = [entry for one in wanted if (entry := _entry(one, url))]
    if listed and not wanted:
        oddity = f"none of the {len(listed):,} addresses fits `pattern: {pattern}`"
    elif len(entries) < len(wanted):
        lost = len(wanted) - len(entries)
        oddity = f"{lost:,} of {len(wanted):,} addresses are no web addresses and were passed over"
    once: dict[str, Entry] = {}
    for entry in entries:
        once.setdefault(entry.id, entry)
    return Reading(entries=tuple(once.values()), problem=oddity)


def _entry(listed: _Listed, url: str) -> Entry | None:
    """Under its canonical address: the same page with other tracking is not listed twice."""
    news = listed.news or {}
    item = Item(
        link=listed.address,
        title=news.get("news/title", ""),
        summary=news.get("news/keywords", ""),
        dates=(_stated(news.get("news/publication_date", "").strip()),),
        outlet=news.get("news/publication/name", ""),
    )
    entry = entry_of(item, url)
    if entry is None or entry.url is None:
        return None
    return entry if _CANONICAL.fullmatch(entry.url) else replace(entry, id=canonical(entry.url))
