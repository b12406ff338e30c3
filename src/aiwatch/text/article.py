"""One article page, read: title, text and who, when, where, each with the evidence it came from."""

from collections.abc import Collection

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from aiwatch.model import Extract, ExtractRules, Margins
from aiwatch.text.blocks import Blocks, read_blocks, shown_text, width_of
from aiwatch.text.body import Body, choose_body
from aiwatch.text.bounds import within_bounds
from aiwatch.text.clean import clean_line
from aiwatch.text.decode import decode
from aiwatch.text.elsewhere import text_elsewhere
from aiwatch.text.metadata import Evidence, Metadata, gather, read_metadata
from aiwatch.text.site import leave_out, said
from aiwatch.text.tail import cut_tail
from aiwatch.text.walls import wall


def extract(
    html: bytes | str,
    url: str | None = None,
    *,
    content_type: str | None = None,
    rules: ExtractRules | None = None,
    known: Collection[int] = (),
) -> Extract:
    """Read an article page; never raises, and what cannot be read is empty with the reason in `how`.

    `content_type` is the HTTP header, for its charset; `rules` are a person's own selectors; `known` are the lines
    that stand around every article of this host (`text.site`), which a person's own `body` does not heed.
    """
    markup = decode(html, content_type) if isinstance(html, bytes) else html
    markup, cut = within_bounds(markup.removeprefix("\ufeff"))
    try:
        tree = LexborHTMLParser(markup.encode("utf-8", "replace"))
    except (SelectolaxError, RuntimeError, ValueError) as problem:
        return Extract(how={"text": f"nothing found: the page cannot be parsed ({problem})"})
    rules = rules or ExtractRules()
    found = gather(tree, url)
    skip = frozenset(node.mem_id for selector in rules.remove for node in _select(tree, selector))
    page = read_blocks(tree.body, skip) if tree.body is not None else Blocks()
    meta = read_metadata(tree, found, url, _from_h1(page))
    title, how = meta.title, dict(meta.how)
    if rules.title and (stated := _first_text(tree, rules.title)):
        title, how["title"] = stated, f"rule {rules.title}"
    margins = None
    if chosen := _chosen(tree, rules.body, skip):
        lines, how["text"] = _lines(chosen)
    else:
        lines, how["text"] = _settled(tree, page, found, markup, title)
        lines, margins = leave_out(lines, known, url)
        lines = _without_tail(lines)
        how["text"] += said(margins)
        if rules.body:
            how["text"] += f"; rule {rules.body} found nothing"
    if cut:
        how["page"] = cut
    return _result(meta, title, lines, how, margins)


MOST_TAILED = 3_000
"""Lines up to which a text is looked through for a tail; no article has as many, and 40,000 took a third of a second."""


def _without_tail(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines without what follows an article and is none of it."""
    if not lines or len(lines) > MOST_TAILED:
        return lines
    return tuple(cut_tail("\n".join(lines), questions=False).split("\n"))


def _result(
    meta: Metadata,
    title: str,
    lines: tuple[str, ...],
    how: dict[str, str],
    margins: Margins | None,
) -> Extract:
    return Extract(
        title=title,
        text="\n".join(lines),
        authors=meta.authors,
        published=meta.dates.published,
        modified=meta.dates.modified,
        site=meta.site,
        language=meta.language,
        canonical_url=meta.canonical_url,
        image=meta.image,
        paywalled=meta.paywalled,
        how=how,
        margins=margins,
    )


def _select(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    """What a person's selector finds; nothing where it is no selector."""
    try:
        return tree.css(selector)
    except (SelectolaxError, RuntimeError, ValueError):
        return []


def _first_text(tree: LexborHTMLParser, selector: str) -> str:
    return next(
        (text for node in _select(tree, selector) if (text := clean_line(shown_text(node)))), ""
    )


def _from_h1(page: Blocks) -> list[str]:
    """The first lines from just before the headline, where a date may stand."""
    start = next((n for n, block in enumerate(page.blocks) if block.tag == "h1"), 0)
    return [block.text for block in page.blocks[max(0, start - 3) : start + 40]]


def _chosen(tree: LexborHTMLParser, selector: str | None, skip: frozenset[int]) -> Body | None:
    """All text of what a person's selector finds."""
    pages = [read_blocks(node, skip) for node in _select(tree, selector)] if selector else []
    lines = tuple(block.text for page in pages for block in page.blocks)
    if not lines:
        return None
    return Body(lines=lines, width=sum(map(width_of, lines)), where=f"rule {selector}")


def _settled(
    tree: LexborHTMLParser, page: Blocks, found: Evidence, markup: str, title: str
) -> tuple[tuple[str, ...], str]:
    """The text as the page shows it or holds it elsewhere, or nothing and what stands before it."""
    body = choose_body(page, title, found.linked.body)
    lines, where = _lines(body)
    width = body.width
    described = found.meta("og:description", "description", "twitter:description")
    if told := text_elsewhere(lines, width, page, found.linked, markup, title, described):
        lines, where, width = told.lines, told.where, told.width
    reason = wall(tree, markup, title, "\n".join(lines), width)
    return ((), reason) if reason else (lines, where)


def _lines(body: Body) -> tuple[tuple[str, ...], str]:
    """The body as clean lines.

    What a page shows as "<p>" (an article about markup) stays: it is text, and whoever shows it escapes it.
    """
    lines = tuple(line for raw in body.lines if (line := clean_line(raw)))
    return lines, body.where if lines else "nothing found"
