"""When a page says it was published and changed, from machine-readable marks down to what is only shown."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from selectolax.lexbor import LexborHTMLParser, LexborNode

from aiwatch.text.dates import parse_date
from aiwatch.text.jsonld import Linked
from aiwatch.text.late import late
from aiwatch.text.pageday import SHOWN, day_in_url, on_own_day

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "article:published", "datepublished", "og:published_time",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "publishdate",
    "publish-date", "publish_date", "published_time", "published_at", "published-date", "publisheddate", "pubdate",
    "pub_date", "date-pub", "date_published", "publication_date", "dc.date.issued", "dcterms.issued",
    "dcterms.created", "dc.date.created", "dc.date", "dcterms.date", "date.created", "datecreated", "date.available",
    "article.published", "article.created", "article:post_date", "originalpublicationdate", "prism.publicationdate",
    "citation_publication_date", "citation_date", "displaydate", "shareaholic:article_published_time",
    "lastpublisheddate", "date.release", "time.release", "uploaddate", "eomportal-lastupdate", "rnews:datepublished",
    "date", "article_date_original", "ptime", "pagedate", "created", "bt:pubdate", "published", "og:publish_date",
    "og:datepublished", "article:publicationdate", "content:publishdate", "publish_time", "citation_online_date",
    "dc.issued", "dc.created", "dcterms.date.issued", "ya:ovs:upload_date", "gsa_date",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:article:modified_time", "article:modified", "datemodified", "og:updated_time",
    "cxenseparse:modified_time", "dcterms.modified", "dc.date.modified", "date.modified", "date.updated",
    "last-modified", "last_modified", "lastmodified", "lastmod", "revised", "article.updated", "updated_time",
    "last_updated_date", "article_date_updated", "bt:moddate", "shareaholic:article_modified_time", "revision_date",
)  # fmt: skip
_SHOWN = (
    "[itemprop*=datePublished], [class*=publish], [class*=Publish], [class*=date], [class*=Date], [id*=date], "
    "[class*=posted], [class*=timestamp], [class*=Timestamp], [class*=time], [class*=meta], [class*=byline], "
    "[class*=info], [class*=Byline], [class*=datum]"
)
# The names under which a moment most often stands with the outlet's own offset.
_AGAIN = (
    "article:published_time", "datepublished", "dc.date.issued", "dcterms.created", "parsely-pub-date", "pubdate",
    "date", "publishdate", "publish-date", "displaydate",
)  # fmt: skip
_CLOCK = late(r"\d[:.h]\s?\d\d(?!\d)|\d\s*[ap]\.?m\b|\d\s?(?:uhr|[時时点시])", re.IGNORECASE)
_DATELINE = late(r"[^|]{6,60}?(?=\s[|–—-]\s)")
_UNTIL = late(r"(\d[:.]\d\d)\s?[–-]\s?\d{1,2}[:.]\d\d")
_BEFORE_MONTH = late(r"(?<=[a-zà-ÿ])(?=[A-Z][a-z]{2,8}\.?\s\d)")
_AFTER_YEAR = late(r"(?<=[ ,](?:19|20)\d\d)(?=[^\W_])")
_YEAR = late(r"(?:19|20|25)\d\d(?!\d)")
_CHANGED = late(
    r"modif|updat|aktualis|edited|änder|actuali|mise.à.jour|zuletzt|aggiorna|atualiza|bijgewerkt|oppdater|uppdater"
    r"|opdater|güncel|zaktualiz|diperbarui|обновл|оновлен|更新|수정|cập nhật|revised|reviewed",
    re.IGNORECASE,
)
_CHANGES = "[class*=modif], [class*=updat], [class*=Modif], [class*=Updat], [itemprop*=odified], [class*=changed]"
_A_DAY, _AN_HOUR = timedelta(days=1), timedelta(hours=1)
_OLD = late(
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
    below: int = 0,
) -> PageDates:
    """The first evidence that can be read as a date, for each of the two.

    `below` is the number of the first of the lines after the headline; 0 where none of them is it.
    """
    published, how_published = _first(_published(tree, linked, meta, times, url, lines))
    modified, how_modified = _first(_modified(linked, meta, times))
    if published is None and modified is not None:
        published, how_published = modified, f"{how_modified} (modified)"
    if published is not None:
        told = day_in_url(url)
        if below and not (told and abs(told - published.date()) <= _A_DAY):
            printed = _printed(tree, published, modified, lines, below)
            published, how_published = printed or (published, how_published)
        again = _stated_again(linked, meta, times)
        clocks = [line for line in lines if 10 <= len(line) <= 120 and _CLOCK.search(line)][:12]
        days = _days_told(url, times, lines, modified)
        published, where = on_own_day(published, again, days, clocks)
        how_published += f", {where}" if where else ""
    return PageDates(
        published=published,
        modified=modified,
        how_published=how_published,
        how_modified=how_modified,
    )


def _printed(
    tree: LexborHTMLParser,
    published: datetime,
    modified: datetime | None,
    lines: Sequence[str],
    below: int,
) -> tuple[datetime, str] | None:
    """The one day printed beside the headline, where machines are told another and it is not called a change.

    Publishing systems give the first of many editions to machines, or the day on which the site moved; the day that
    readers see was the one wanted on 26 of 31 such pages (on 11 of 11 of the news sets). A day after the last change
    stated, or with none stated, may be today's.
    """
    days = {
        moment.date(): (n, line, moment)
        for n, line in enumerate(lines[: below + 13])
        if 8 <= len(line) <= 80 and _YEAR.search(line) and (moment := parse_date(_unglued(line)))
    }
    if len(days) != 1:
        return None
    n, line, printed = next(iter(days.values()))
    apart = printed.date() - published.date()
    last = modified or published
    if (
        not below - 3 <= n < below + 6
        or len(line) > 45
        or line.endswith(".")
        or not abs(apart) >= _A_DAY
        or printed.date() > last.date()
        or (abs(apart) == _A_DAY and not (last - published >= _AN_HOUR > abs(printed - last) * 60))
        or any(map(_CHANGED.search, lines[max(0, n - 1) : n + 1]))
        or _marked_as_change(tree, line)
    ):
        return None
    return (last if printed.date() == last.date() else printed), "shown day"


def _marked_as_change(tree: LexborHTMLParser, line: str) -> bool:
    """Whether the element that shows a day is named after a change."""
    return any(
        text in line
        for node in tree.css(_CHANGES)[:40]
        if (text := " ".join(node.text(deep=True)[:200].split()))
    )


def _stated_again(
    linked: Linked, meta: Callable[..., str], times: Sequence[LexborNode]
) -> Iterator[str]:
    """Where the moment of publication may stand once more, with another clock."""
    yield linked.published
    for name in _AGAIN:
        yield meta(name)
    for node in times[:8]:
        yield node.attributes.get("datetime") or ""
        yield " ".join(node.text(deep=True)[:150].split())


def _days_told(
    url: str | None, times: Sequence[LexborNode], lines: Sequence[str], modified: datetime | None
) -> Iterator[tuple[date, str]]:
    """The days told without a clock: by the address, and by a short text at the headline.

    A shown day on which the page was changed may be that of the change.
    """
    if day := day_in_url(url):
        yield day, "day as in url"
        return
    beside = [
        " ".join(node.text(deep=True)[:60].split()) for node in times[:2] if not _elsewhere(node)
    ]
    for text in (*beside, *lines[:12]):
        if 8 <= len(text) <= 40 and _YEAR.search(text) and not _CHANGED.search(text):
            moment = parse_date(text)
            if moment and not (modified and modified.date() == moment.date()):
                yield moment.date(), SHOWN


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
    if day := day_in_url(url):
        yield day.isoformat(), "url"
    yield from _shown(tree)
    for line in lines:
        start = _DATELINE.match(line)
        text = _unglued(line if len(line) <= 80 else start[0] if start else "")
        if len(text) >= 6 and _YEAR.search(text):
            yield text, "shown line"


def _unglued(text: str) -> str:
    """Words apart that markup sets apart ("Mira OduyaDec 05, 20232 comments"), and of two clocks the first."""
    return _AFTER_YEAR.sub(" ", _BEFORE_MONTH.sub(" ", _UNTIL.sub(r"\1", text)))


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
            yield _UNTIL.sub(r"\1", text), "shown date"
