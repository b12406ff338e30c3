"""When a page says it was published and changed, from machine-readable marks down to what is only shown."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser, LexborNode

from aiwatch.text.dates import parse_date
from aiwatch.text.jsonld import Linked

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "article:published", "datepublished", "og:published_time",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "publishdate",
    "publish-date", "publish_date", "published_time", "published_at", "published-date", "publisheddate", "pubdate",
    "pub_date", "date-pub", "date_published", "publication_date", "dc.date.issued", "dcterms.issued",
    "dcterms.created", "dc.date.created", "dc.date", "dcterms.date", "date.created", "datecreated", "date.available",
    "article.published", "article.created", "article:post_date", "originalpublicationdate", "prism.publicationdate",
    "citation_publication_date", "citation_date", "displaydate", "shareaholic:article_published_time",
    "lastpublisheddate", "date.release", "time.release", "uploaddate", "eomportal-lastupdate", "rnews:datepublished",
    "date", "article_date_original", "ptime", "pagedate", "created",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:article:modified_time", "article:modified", "datemodified", "og:updated_time",
    "cxenseparse:modified_time", "dcterms.modified", "dc.date.modified", "date.modified", "date.updated",
    "last-modified", "last_modified", "lastmodified", "lastmod", "revised", "article.updated", "updated_time",
)  # fmt: skip
_SHOWN = (
    "[itemprop*=datePublished], [class*=publish], [class*=Publish], [class*=date], [class*=Date], [id*=date], "
    "[class*=posted], [class*=timestamp], [class*=Timestamp], [class*=time], [class*=meta], [class*=byline], "
    "[class*=info], [class*=Byline], [class*=datum]"
)
_IN_URL = re.compile(r"[/_-]((?:19|20)\d\d)[/_-]?([01]\d)[/_-]?([0-3]\d)(?=[/_.-]|$)")
_YEAR = re.compile(r"(?:19|20|25)\d\d(?!\d)")
_CHANGED = re.compile(
    r"modif|updat|aktualis|edited|änder|actuali|mise.à.jour|zuletzt", re.IGNORECASE
)
_OLD = re.compile(
    r"relat|recomm|trend|popular|teaser|sidebar|comment|footer|widget|more-|latest|card",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDates:
    """The two moments, with the offset stated, and the evidence for each."""

    published: datetime | None = None
    modified: datetime | None = None
    how_published: str = "nothing found"
    how_modified: str = "nothing found"


Found = Iterator[tuple[str, str]]


def choose_dates(
    tree: LexborHTMLParser,
    linked: Linked,
    meta: Callable[..., str],
    times: Sequence[LexborNode],
    url: str | None,
    lines: Sequence[str] = (),
) -> PageDates:
    """The first evidence that can be read as a date, for each of the two."""
    published, how_published = _first(_published(tree, linked, meta, times, url, lines))
    modified, how_modified = _first(_modified(linked, meta, times))
    if published is None and modified is not None:
        published, how_published = modified, f"{how_modified} (modified)"
    return PageDates(
        published=published,
        modified=modified,
        how_published=how_published,
        how_modified=how_modified,
    )


def _first(candidates: Found) -> tuple[datetime | None, str]:
    for text, how in candidates:
        moment = parse_date(text.strip()) if text else None
        if moment is not None:
            return moment, how
    return None, "nothing found"


def _published(
    tree: LexborHTMLParser,
    linked: Linked,
    meta: Callable[..., str],
    times: Sequence[LexborNode],
    url: str | None,
    lines: Sequence[str],
) -> Found:
    yield linked.published, "json-ld"
    for name in _PUBLISHED:
        yield meta(name), f"meta {name}"
    for node in times:
        if not _CHANGED.search(_names(node)) and not _elsewhere(node):
            yield node.attributes.get("datetime") or "", "time element"
            yield node.text(deep=True)[:150], "time element"
    found = _IN_URL.search(url or "")
    if found:
        yield "-".join(found.groups()), "url"
    yield from _shown(tree)
    for line in lines:
        if 6 <= len(line) <= 80 and _YEAR.search(line):
            yield line, "shown line"


def _modified(linked: Linked, meta: Callable[..., str], times: Sequence[LexborNode]) -> Found:
    yield linked.modified, "json-ld"
    for name in _MODIFIED:
        yield meta(name), f"meta {name}"
    for node in times:
        if _CHANGED.search(_names(node)) and not _elsewhere(node):
            yield node.attributes.get("datetime") or "", "time element"


def _names(node: LexborNode) -> str:
    attributes = node.attributes
    return f"{attributes.get('class') or ''} {attributes.get('itemprop') or ''}"


def _elsewhere(node: LexborNode) -> bool:
    """Whether a mark stands in a box about other articles."""
    above: LexborNode | None = node
    for _ in range(6):
        above = above.parent if above is not None else None
        if above is None or above.tag in ("article", "main", "body", "-document"):
            return False
        if above.tag in ("aside", "nav", "footer", "li") or _OLD.search(_names(above)):
            return True
    return False


def _shown(tree: LexborHTMLParser) -> Found:
    """Short texts whose class says date, then any short text near the top."""
    for node in tree.css(_SHOWN)[:60]:
        if _CHANGED.search(_names(node)):
            continue
        attributes = node.attributes
        yield attributes.get("content") or attributes.get("datetime") or "", "shown date"
        text = " ".join(node.text(deep=True, separator=" ")[:400].split())
        if 5 < len(text) <= 150 and any(map(str.isdigit, text)) and not _elsewhere(node):
            yield text, "shown date"
