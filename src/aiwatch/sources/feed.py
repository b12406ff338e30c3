"""RSS 0.9-2.0, RDF and Atom by feedparser, JSON Feed by our own reader: bytes in, entries out, nothing raised.

feedparser's sanitiser and its resolving of addresses inside markup stay off: both are quadratic on hostile markup (one
12 MB item: over 40 s against 0.12 s) and we keep no markup. Its own fetching is never reached: it gets a stream, since
bytes that happen to be a file's name would be opened.
"""

import io
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar
from xml.sax import SAXException

import feedparser

from aiwatch.model import Entry, Reading
from aiwatch.sources.direct import Direct, feed_facts
from aiwatch.sources.entries import Item, distinct, entry_of, moment_of_gmt, title_of
from aiwatch.sources.hints import hints_of
from aiwatch.sources.jsonfeed import is_json, read_json_feed
from aiwatch.sources.notfeed import in_place_of_a_feed, is_html
from aiwatch.sources.prescan import Scan, scan
from aiwatch.sources.quirks import without_quirks
from aiwatch.text.clean import clean_line, safe_url

T = TypeVar("T")

MAX_BODY = 20_000_000
"""Bytes read, after unpacking."""
MAX_SCANNED = 5_000_000
"""Bytes in which items are marked. Of 491 real feeds one in a hundred is over 2 MB; scanning 14 MB of 21,000 items takes
46 MB, after which feedparser no longer fits into a worker."""
MAX_TAGS = 400_000
"""Elements cost memory as long as they live: 3 million tags in 12 MB took 320 MB and 22 s. 300 entries have 10,000."""
MAX_ENTITIES = 2_000
"""feedparser is quadratic in declarations of entities (100,000: 20 s); all of HTML's are 253."""
MAX_ATTRIBUTES = 2_000
"""feedparser is quadratic in the attributes of one tag (16,000: 2.5 s, 200,000: more than a minute)."""

_GZIP = b"\x1f\x8b"
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_LEADING_BLANKS = re.compile(rb"\A(?:\xef\xbb\xbf)?[ \t\r\n]+(?=<)")
_LONG_TAG = re.compile(rb"<[^<>]{8000,}>")
# Never part of a text: expat refuses them. ESC stays, since ISO-2022-JP is written with it.
_CONTROL = bytes(byte for byte in range(0x20) if byte not in (0x09, 0x0A, 0x0D, 0x1B))
_CONTROLS = re.compile(rb"[" + re.escape(_CONTROL) + rb"]")
_WITHOUT_CONTROL = bytes.maketrans(_CONTROL, b" " * len(_CONTROL))
_EMAIL = re.compile(r"(?:mailto:)?[^\s<>()@]+@[^\s<>()@]+")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_DECLARED = re.compile(rb"\A<\?xml[^>]*encoding\s*=\s*[\"']([\w.:-]+)")
_ONE_BYTE = re.compile(r"us-ascii|ascii|iso[-_]?8859|latin|windows-125|cp125", re.IGNORECASE)
_REFERENCE = re.compile(rb"&#(x[0-9a-fA-F]{1,8}|[0-9]{1,10});")
_HIGH_LOW = re.compile(
    rb"&#(x[dD][89aAbB][0-9a-fA-F]{2}|5[56][0-9]{3});&#(x[dD][c-fC-F][0-9a-fA-F]{2}|5[67][0-9]{3});"
)


_ITEM = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)[\s/>]", re.IGNORECASE)


def read_feed(
    body: bytes, url: str, content_type: str | None = None, seen: frozenset[str] = frozenset()
) -> Reading:
    """What a feed's bytes hold. `url` is where they came from; links are made absolute against it.

    `marks` has one mark an item, none where the body is too odd for that. Given back as `seen`, those items are passed
    over: `entries` are the others, exactly as a whole reading has them.
    """
    try:
        return _read(body, url, content_type, seen)
    except (RecursionError, MemoryError) as error:
        return Reading(
            usable=False, problem=f"too deep or too large to read ({type(error).__name__})"
        )
    except Exception as error:  # noqa: BLE001 - the outside's bytes: whatever they break is their problem, in words
        return Reading(
            usable=False,
            problem=f"could not be read: {clean_line(str(error)) or type(error).__name__}",
        )


def _read(body: bytes, url: str, content_type: str | None, seen: frozenset[str]) -> Reading:
    body = _LEADING_BLANKS.sub(b"", _unpacked(body)[:MAX_BODY])
    if not body.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        return Reading(usable=False, problem="the body is empty")
    if is_json(body):
        return read_json_feed(body, url, seen)
    if is_html(body):
        return Reading(usable=False, problem=in_place_of_a_feed(body, content_type))
    if excess := _excess(body):
        return Reading(usable=False, problem=f"{excess}: no feed has as many")
    sure = len(body) <= MAX_SCANNED and _is_sure_utf8(body, content_type)
    found = scan(body, url, seen) if sure else None
    if found and (seen or _is_plain(found)) and (new := _news(found, url, whole=not seen)):
        return new
    marks = _marks(found) if found else ()
    del found  # feedparser needs the memory
    return _whole(body, url, content_type, marks)


def _whole(body: bytes, url: str, content_type: str | None, marks: tuple[str, ...]) -> Reading:
    """Everything, by feedparser; marks count only where both found as many items."""
    parsed = _parsed(_printable(body), url, content_type)
    if not parsed.get("version") and not parsed["entries"]:
        return Reading(usable=False, problem=in_place_of_a_feed(body, content_type))
    listed = len(parsed["entries"])
    return Reading(
        title=title_of(parsed["feed"].get("title") or ""),
        entries=distinct(_entries(map(_item, _emptied(parsed["entries"])), url)),
        hints=hints_of(parsed["feed"], body),
        problem=_flaw(parsed),
        listed=listed,
        marks=marks if len(marks) == listed else (),
    )


def _emptied(items: list[T]) -> Iterator[T]:
    """Each item, let go of as the next one is asked for: feedparser's take three times the memory of ours."""
    items.reverse()
    while items:
        yield items.pop()


def _is_plain(found: Scan) -> bool:
    """Whether no item can have been overlooked: a feed that is read for the first time has nothing else to go by."""
    return len(found.items) == len(_ITEM.findall(found.body)) > 0


def _news(found: Scan, url: str, *, whole: bool) -> Reading | None:
    """What is not among the seen; None where the items do not come out one by one.

    whole: all of it is new, and none is left to feedparser, which then reads the body itself.
    """
    new = [listed for listed in found.items if not listed.known]
    direct = Direct(found, url)
    items = [direct.item(listed) for listed in new]
    left = [listed for listed, item in zip(new, items, strict=True) if item is None]
    facts = None if left else feed_facts(found)
    if whole and not facts:
        return None
    if facts:
        title, hints = facts
    else:
        parsed = _parsed(found.holding(left), url, None)
        if len(parsed["entries"]) != len(left) or _flaw(parsed):
            return None
        by_feedparser = map(_item, parsed["entries"])
        items = [item or next(by_feedparser) for item in items]
        title, hints = title_of(parsed["feed"].get("title") or ""), parsed["feed"]
    return Reading(
        title=title,
        entries=distinct(_entries(filter(None, items), url)),
        hints=hints_of(hints, found.body),
        listed=len(found.items),
        marks=_marks(found),
    )


def _marks(found: Scan) -> tuple[str, ...]:
    return tuple([listed.mark for listed in found.items])


# ---------------------------------------------------------------- bytes


def _unpacked(body: bytes) -> bytes:
    """A feed that is stored gzipped and served without saying so."""
    if not body.startswith(_GZIP):
        return body
    unpacked = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(body, MAX_BODY)
    if not unpacked:
        raise ValueError("the gzip file is cut short")
    return unpacked


def _excess(body: bytes) -> str | None:
    """What there is too much of to be read in good time. Each needs a body of some length."""
    size = len(body)
    if size > MAX_TAGS and (tags := body.count(b"<")) > MAX_TAGS:
        return f"{tags:,} tags"
    if size > 9 * MAX_ENTITIES and (entities := body.count(b"<!ENTITY")) > MAX_ENTITIES:
        return f"{entities:,} declarations of entities"
    # So long a tag leaves a stretch of half its length without another.
    if all(body.find(b"<", at, at + 4_000) >= 0 for at in range(0, size - 4_000, 4_000)):
        return None
    attributes = (tag[0].count(b'="') + tag[0].count(b"='") for tag in _LONG_TAG.finditer(body))
    most = max(attributes, default=0)
    return f"{most:,} attributes in one tag" if most > MAX_ATTRIBUTES else None


def _printable(body: bytes) -> bytes:
    """Control bytes as blanks, in what is written byte by byte (UTF-16 and UTF-32 need their NULs)."""
    if body[:1] != b"<" or body[1:2] == b"\x00" or not _CONTROLS.search(body):
        return body  # and no second copy of 14 MB
    return body.translate(_WITHOUT_CONTROL)


def _parsed(body: bytes, url: str, content_type: str | None) -> Mapping[str, Any]:
    """feedparser's result; a second try with references repaired, since it raises on those to no character."""
    headers = {"content-location": url, "content-type": _honest_type(body, content_type)}
    try:
        return _feedparser(body, headers)
    except (RecursionError, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - it raises what it meets: UnicodeEncodeError, ValueError, LookupError, ...
        repaired = _REFERENCE.sub(_sound_reference, _HIGH_LOW.sub(_joined_reference, body))
        return _feedparser(repaired, headers | {"content-type": "application/xml"})


def _feedparser(body: bytes, headers: Mapping[str, str]) -> Mapping[str, Any]:
    parsed: Mapping[str, Any] = feedparser.parse(
        io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    return parsed


def _honest_type(body: bytes, content_type: str | None) -> str:
    """The Content-Type without a charset that the bytes contradict: a BOM, or UTF-8 sent as a one-byte set."""
    if not content_type:
        return "application/xml"
    charset = _CHARSET.search(content_type)
    if charset and body.startswith(_BOMS):
        return "application/xml"
    declared = _DECLARED.match(body)
    says_utf8 = not declared or declared[1].lower() in (b"utf-8", b"utf8")
    if charset and says_utf8 and _ONE_BYTE.match(charset[1]) and _is_utf8(body):
        return "application/xml; charset=utf-8"
    return content_type


def _is_sure_utf8(body: bytes, content_type: str | None) -> bool:
    """Whether nothing speaks against UTF-8, so that feedparser would find the same."""
    declared = _DECLARED.match(body.removeprefix(b"\xef\xbb\xbf"))
    if declared and declared[1].lower() not in (b"utf-8", b"utf8"):
        return False
    stated = _CHARSET.search(_honest_type(body, content_type))
    if stated and stated[1].lower() not in ("utf-8", "utf8"):
        return False
    return body.isascii() or _is_utf8(body)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _number(reference: bytes) -> int:
    return int(reference[1:], 16) if reference[:1] == b"x" else int(reference)


def _joined_reference(pair: re.Match[bytes]) -> bytes:
    """`&#xD83D;&#xDE00;`: one character written as two surrogates."""
    high, low = _number(pair[1]), _number(pair[2])
    if not (0xD800 <= high <= 0xDBFF and 0xDC00 <= low <= 0xDFFF):
        return pair[0]
    return b"&#%d;" % (0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


def _sound_reference(reference: re.Match[bytes]) -> bytes:
    number = _number(reference[1])
    sound = number in (9, 10, 13) or 0x20 <= number < 0xD800 or 0xE000 <= number <= 0x10FFFF
    return reference[0] if sound else b" "


# ---------------------------------------------------------------- entries


def _entries(items: Iterable[Item], url: str) -> Iterator[Entry]:
    for item in items:
        found = entry_of(without_quirks(item, url), url)
        if found:
            yield found


def _item(entry: Mapping[str, Any]) -> Item:
    return Item(
        id=_text(entry, "id"),
        link=_link(entry),
        title=_text(entry, "title"),
        # feedparser copies the content into a summary that the feed does not have
        summary=_text(entry, "summary") if "summary_detail" in entry else "",
        bodies=(_text(entry, "summary"), *_contents(entry)),
        authors=_authors(entry),
        dates=tuple(_dates(entry)),
        outlet=_text(entry.get("source") or {}, "title"),
    )


def _link(entry: Mapping[str, Any]) -> str:
    """The item's page; where only a link of another media type stands, that one; else a podcast's recording.

    Feed services that put their own counting address there name the page beside it.
    """
    for original in ("feedburner_origlink", "pheedo_origlink"):
        if page := safe_url(_text(entry, original)):
            return page
    links = entry.get("links") or ()
    others = (
        _text(link, "href")
        for kind in ("alternate", "enclosure")
        for link in links
        if link.get("rel") == kind
    )
    return _text(entry, "link") or next(filter(None, others), "")


def _contents(entry: Mapping[str, Any]) -> Iterator[str]:
    for content in entry.get("content") or ():
        kind = _text(content, "type")
        if kind.startswith("text/") or kind.endswith(("xml", "html")):
            yield _text(content, "value")


def _authors(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Names. RSS writes `address (name)`, which feedparser cuts wrongly after a long top-level domain."""
    named = tuple(_text(person, "name") for person in entry.get("authors") or ())
    only = _text(entry, "author")
    if len(named) < 2 and "@" in only:
        return (_EMAIL.sub("", only[:1000]).strip(" \t\r\n,;()<>"),)
    return named if any(named) else (only,)


def _dates(entry: Mapping[str, Any]) -> Iterator[Any]:
    """Published, else updated, else created; each as feedparser read it, else as it stands."""
    for name in ("published", "updated", "created"):
        if name in entry:
            parsed = entry.get(f"{name}_parsed") if f"{name}_parsed" in entry else None
            yield moment_of_gmt(parsed) if parsed else _text(entry, name)


def _text(holder: Mapping[str, Any], key: str) -> str:
    """Elements that feedparser does not know become dicts: only texts count."""
    value = holder.get(key)
    return value if isinstance(value, str) else ""


def _flaw(parsed: Mapping[str, Any]) -> str | None:
    """What was wrong with the XML. A wrong Content-Type or charset that was seen through is no news."""
    error = parsed.get("bozo_exception")
    if not parsed.get("bozo") or not isinstance(error, SAXException):
        return None
    return f"the XML is not well-formed ({clean_line(str(error)).removeprefix('<unknown>:')}); read as far as it goes"
