"""The articles that an owner's `links` and `pattern` name."""

from collections.abc import Iterator, Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

from aiwatch.sources.listing.addresses import Shape, shape_of
from aiwatch.sources.listing.candidates import Candidate, resolved
from aiwatch.sources.listing.cards import says_more
from aiwatch.sources.listing.options import ListingOptions
from aiwatch.sources.listing.page import Link, Page
from aiwatch.sources.listing.records import Record
from aiwatch.sources.patterns import fits
from aiwatch.text.clean import safe_url
from aiwatch.text.urls import same_site

MAX_NAMED = 400


def named_links(
    tree: LexborHTMLParser,
    page: Page,
    records: Sequence[Record],
    here: Shape,
    base: str,
    options: ListingOptions,
) -> list[Candidate]:
    """The candidates that the options name, in page order; those of the page's data only where no selector is given."""
    found: dict[str, Candidate] = {}
    links = _selected(tree, page, options.links) if options.links else iter(page.links)
    for link in links:
        shape = shape_of(safe_url(link.href, base) or "")
        if shape and shape.key != here.key and _is_meant(shape, here, options):
            found.setdefault(shape.key, Candidate(shape)).links.append(link)
    for shape, record in resolved(records, list(found.values()), here, base):
        if shape.key in found:
            found[shape.key].records.append(record)
        elif options.links is None and _is_meant(shape, here, options):
            found[shape.key] = Candidate(shape, records=[record])
    for candidate in found.values():
        if candidate.links:
            candidate.zone = min(page.nodes[link.at].zone for link in candidate.links)
    return list(found.values())[:MAX_NAMED]


def _is_meant(shape: Shape, here: Shape, options: ListingOptions) -> bool:
    if options.pattern is None:
        return True
    if not options.pattern.startswith("http") and not same_site(shape.url, here.url):
        return options.links is not None and fits(options.pattern, shape.url)
    return fits(options.pattern, shape.url)


def _selected(tree: LexborHTMLParser, page: Page, selector: str) -> Iterator[Link]:
    """The links that a selector finds, and the main one of each card that it finds."""
    known = {link.raw.mem_id: link for link in page.links}
    for node in tree.css(selector):
        if link := known.get(node.mem_id):
            yield link
            continue
        inside = [known[a.mem_id] for a in node.css("a[href]") if a.mem_id in known]
        if inside:
            main = _main(page, inside)
            yield from (link for link in inside if link.href == main.href)
        elif link := _around(node, known):
            yield link


def _main(page: Page, links: Sequence[Link]) -> Link:
    """A card's own link: in or around a heading, else the one with most text."""

    def rank(link: Link) -> tuple[bool, int]:
        tags = {page.nodes[n].tag for n in page.inside(link.at)}
        tags.add(page.nodes[page.nodes[link.at].parent].tag)
        text = page.text(link.at)
        return bool(tags & {"h1", "h2", "h3", "h4", "h5", "h6"}), 0 if says_more(text) else len(
            text
        )

    return max(links, key=rank)


def _around(node: LexborNode, known: dict[int, Link]) -> Link | None:
    parent = node.parent
    while parent is not None:
        if link := known.get(parent.mem_id):
            return link
        parent = parent.parent
    return None
