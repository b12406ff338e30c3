"""A web page that lists articles, read as entries: a vendor's news page that has no feed.

Without selectors the links are found: what the page's own scripts name (JSON-LD, Next.js and other state) and the
links of the page are grouped by the form of their addresses, and the group that looks most like articles is taken,
with title, date and summary from each card. `links`, `pattern`, `title` and `date` are the owner's words and go first.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from aiwatch.model import Entry, Reading
from aiwatch.sources.entries import Item, distinct, entry_of, title_of
from aiwatch.sources.listing.addresses import Shape, day_in, shape_of
from aiwatch.sources.listing.candidates import candidates_of
from aiwatch.sources.listing.cards import card_element
from aiwatch.sources.listing.choosing import Found, choose, read_group
from aiwatch.sources.listing.named import named_links
from aiwatch.sources.listing.options import ListingOptions
from aiwatch.sources.listing.page import Page, read_page
from aiwatch.sources.listing.records import Record, linked_records, state_records
from aiwatch.sources.listing.stamps import is_date
from aiwatch.text.blocks import shown_text
from aiwatch.text.bounds import within_bounds
from aiwatch.text.clean import clean_line, safe_url
from aiwatch.text.decode import decode
from aiwatch.text.embedded import as_markup, read_scripts, split_scripts
from aiwatch.text.walls import wall

__all__ = ["ListingOptions", "read_listing"]

MAX_BODY = 20_000_000
"""Bytes read."""
MAX_ENTRIES = 300
_NOTHING = "no links to articles were found; name them with `links:`"


def read_listing(
    body: bytes, url: str, content_type: str | None, options: ListingOptions
) -> Reading:
    """The articles that a page lists, newest first as it shows them. `url` is where the bytes came from."""
    try:
        return _read(body, url, content_type, options)
    except (RecursionError, MemoryError) as error:
        problem = f"too deep or too large to read ({type(error).__name__})"
    except Exception as error:  # noqa: BLE001 - the outside's bytes: whatever they break is their problem, in words
        problem = f"could not be read: {clean_line(str(error)) or type(error).__name__}"
    return Reading(usable=False, problem=problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    """A page opened: its tree, rows and records, where it is and what its links start from."""

    tree: LexborHTMLParser
    page: Page
    records: Sequence[Record]
    here: Shape
    base: str


def _read(body: bytes, url: str, content_type: str | None, options: ListingOptions) -> Reading:
    if not body.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        return Reading(usable=False, problem="the body is empty")
    text = decode(body[:MAX_BODY], content_type).removeprefix("\ufeff")
    if said := _no_page(text, content_type):
        return Reading(usable=False, problem=said)
    here = shape_of(url)
    if here is None:
        return Reading(usable=False, problem=f"“{clean_line(url)[:200]}” is no web address")
    markup, scripts = split_scripts(text)
    markup, cut = within_bounds(markup)
    tree = LexborHTMLParser(markup.encode("utf-8", "replace"))
    page = read_page(tree)
    embedded = read_scripts(scripts, page.states)
    records = [
        *linked_records(embedded.linked),
        *state_records((*embedded.states, *embedded.rows)),
    ]
    document = _Document(tree=tree, page=page, records=records, here=here, base=_base(tree, url))
    entries = _entries(document, options)
    if not entries and embedded.rows:
        entries = _entries(_streamed(document, as_markup(embedded.rows)), options)
    title = _page_title(tree)
    reason = _wall(tree, text, title, page) if len(entries) < 3 else None
    if reason or not entries:
        return Reading(title=title, usable=False, problem=reason or _nothing(options))
    return Reading(title=title, entries=entries, problem=f"the page was {cut}" if cut else None)


def _no_page(text: str, content_type: str | None) -> str | None:
    """What else than a web page this is, in words."""
    head = text.lstrip()[:2000].lower()
    sent = f" (sent as {clean_line(content_type)[:80]})" if content_type else ""
    if head.startswith(("{", "[")):
        return f"this is JSON, not a web page{sent}: `kind: json` reads it"
    if any(f"<{root}" in head for root in ("rss", "feed", "rdf:rdf")) and "<html" not in head:
        return f"this is a feed, not a web page{sent}: leave `kind:` out to read it"
    if ("<urlset" in head or "<sitemapindex" in head) and "<html" not in head:
        return f"this is a sitemap, not a web page{sent}: `kind: sitemap` reads it"
    if "\x00" in text[:1000] or "<" not in text:
        return f"this is not a web page{sent}"
    return None


def _base(tree: LexborHTMLParser, url: str) -> str:
    """What relative links start from."""
    node = tree.css_first("base[href]")
    href = (node.attributes.get("href") or "") if node is not None else ""
    return safe_url(href, url) or url


def _page_title(tree: LexborHTMLParser) -> str:
    node = tree.css_first("head > title") or tree.css_first("title")
    return title_of(node.text()) if node is not None else ""


def _wall(tree: LexborHTMLParser, text: str, title: str, page: Page) -> str | None:
    """A robot check, a consent or login page, an error page: in words."""
    width = page.nodes[0].width if page.nodes else 0
    reason = wall(tree, text, title, page.text(0)[:20_000] if page.nodes else "", width)
    if reason is None:
        return None
    kind, _, rest = reason.partition(": ")
    named = {"challenge": "check for robots"}.get(kind, kind)
    return f"this is {'an' if named[0] in 'aeiou' else 'a'} {named}, not a list of articles: {rest}"


def _nothing(options: ListingOptions) -> str:
    if options.links:
        return f"`links: {options.links}` selects no link on this page"
    if options.pattern:
        return f"no link on this page fits `pattern: {options.pattern}`"
    return _NOTHING


def _streamed(document: _Document, markup: str) -> _Document:
    """The page as React's stream would show it."""
    markup, _ = within_bounds(markup)
    tree = LexborHTMLParser(markup.encode("utf-8", "replace"))
    return _Document(
        tree=tree,
        page=read_page(tree),
        records=document.records,
        here=document.here,
        base=document.base,
    )


# ---------------------------------------------------------------- entries


def _entries(document: _Document, options: ListingOptions) -> tuple[Entry, ...]:
    page, here = document.page, document.here
    if options.links or options.pattern:
        named = named_links(document.tree, page, document.records, here, document.base, options)
        found = read_group(page, named, here)
    else:
        candidates = candidates_of(page, document.records, here, document.base)
        found = choose(page, list(candidates.values()), here)
    entries = (_entry(page, item, options, document.base) for item in found[:MAX_ENTRIES])
    return distinct(entry for entry in entries if entry and entry.title)


def _entry(page: Page, found: Found, options: ListingOptions, base: str) -> Entry | None:
    shape = found.candidate.shape
    title = _chosen(page, found, options.title) or found.title
    date = _chosen(page, found, options.date, moment=True) or found.date
    authors = next((r.authors for r in found.candidate.records if r.authors), ())
    item = Item(
        id=shape.key,
        link=shape.url,
        title=title,
        summary=found.summary,
        authors=authors,
        dates=(date, day_in(shape)),
    )
    return entry_of(item, base)


def _chosen(page: Page, found: Found, selector: str | None, *, moment: bool = False) -> str:
    """What an owner's selector finds in the card."""
    if not selector or found.card is None:
        return ""
    card = card_element(page, found.card)
    node = card.css_first(selector) if card is not None else None
    if node is None:
        return ""
    stated = (
        (node.attributes.get("datetime") or node.attributes.get("content") or "") if moment else ""
    )
    return stated if stated and is_date(stated) else clean_line(shown_text(node))
