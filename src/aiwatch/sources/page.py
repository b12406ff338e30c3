"""A watched page: the lines of its main text, to be compared with what stood there before.

What changes by itself is no change: how long ago something was, counters, copyright years, rotating links to other
pages. `ignore:` and `remove:` name the rest.
"""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import islice
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict
from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from aiwatch.model import Reading
from aiwatch.sources.pagetext import Line, Measure, measures, read_lines, sentences
from aiwatch.text.blocks import width_of
from aiwatch.text.bounds import within_bounds
from aiwatch.text.clean import clean_line
from aiwatch.text.decode import decode
from aiwatch.text.tail_words import RELATED
from aiwatch.text.walls import wall

MAX_LINES = 10_000
"""Lines compared; the longest terms of use have about 2,000."""
MAIN_SHARE = 0.3
"""Of the page's text, that a `main` element must hold to be the page's main text."""

# ---------------------------------------------------------------- keys


def _is_selector(selector: str) -> str:
    try:
        LexborHTMLParser("<p>").css(selector)
    except (SelectolaxError, RuntimeError, ValueError):
        raise ValueError(
            f"`{selector}` is no CSS selector; examples: main, #content, div.price, main > h2"
        ) from None
    return selector


def _is_pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"`{pattern}` is no regular expression: {error}") from None
    return pattern


def _listed(value: Any) -> Any:
    """One text is a list of one."""
    return (value,) if isinstance(value, str) else value


Selector = Annotated[str, AfterValidator(_is_selector)]
Pattern = Annotated[str, AfterValidator(_is_pattern)]


class PageOptions(BaseModel):
    """Which part of the page is watched (`select`), what of it is left out, and which lines are not compared."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    select: Selector | None = None
    remove: Annotated[tuple[Selector, ...], BeforeValidator(_listed)] = ()
    ignore: Annotated[tuple[Pattern, ...], BeforeValidator(_listed)] = ()


# ---------------------------------------------------------------- reading


def read_page(body: bytes, url: str, content_type: str | None, options: PageOptions) -> Reading:  # noqa: ARG001
    """The page's title and the lines of the watched part; `url` is every kind's argument, links are not followed here."""
    if refusal := _no_page(body, content_type):
        return Reading(usable=False, problem=refusal)
    if _is_plain_text(body, content_type):
        return _reading("", map(Line, decode(body, content_type).splitlines()), options)
    markup, cut = within_bounds(decode(body, content_type).removeprefix("\ufeff"))
    tree = LexborHTMLParser(markup.encode("utf-8", "replace"))
    title = _title(tree)
    removed = _ids(tree, ",".join(options.remove)) if options.remove else frozenset()
    main = _main_text(tree, removed)
    if standing := _wall(tree, markup, title, main):
        return Reading(usable=False, title=title, problem=standing)
    if options.select is None:
        return _reading(title, main, options, cut, _why_empty(tree))
    chosen = _outermost(tree.css(options.select))
    lines = read_lines(chosen, removed)
    nothing = "finds no text" if chosen else "finds nothing"
    empty = f"`select: {options.select}` {nothing} on the page: it was rebuilt, or never had such a part"
    return _reading(title, lines, options, cut, empty)


def _reading(
    title: str,
    lines: Iterable[Line],
    options: PageOptions,
    problem: str | None = None,
    empty: str = "the page shows no text",
) -> Reading:
    ignore = [re.compile(pattern) for pattern in options.ignore]
    shown = tuple(islice(_compared(_without_related(lines), ignore), MAX_LINES + 1))
    if not shown:
        return Reading(usable=False, title=title, problem=empty)
    if len(shown) > MAX_LINES:
        problem = f"only the first {MAX_LINES:,} lines are compared"
    return Reading(title=title, lines=shown[:MAX_LINES], problem=problem)


_BINARY = re.compile(
    r"\s*(?:application/(?:pdf|zip|gzip|octet-stream|msword|vnd\.)|image/|audio/|video/|font/)",
    re.IGNORECASE,
)
_XML = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*|<!--.{0,2000}?-->\s*)*<(?:\w+:)?(rss|feed|rdf|urlset|sitemapindex)\b",
    re.IGNORECASE | re.DOTALL,
)
_KINDS = {b"urlset": "sitemap", b"sitemapindex": "sitemap"}


def _no_page(body: bytes, content_type: str | None) -> str | None:
    """What these bytes are instead of a page; None where they are one."""
    start = body[:2_000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.strip(b"\x00"):
        return "the body is empty"
    sent = f" (sent as {clean_line(content_type)[:80]})" if content_type else ""
    if (
        start[:5] == b"%PDF-"
        or _BINARY.match(content_type or "")
        or (b"\x00" in start and not body.startswith((b"\xff\xfe", b"\xfe\xff")))
    ):
        return (
            f"this is no page but {'a PDF file' if start[:5] == b'%PDF-' else 'binary data'}{sent}"
        )
    if found := _XML.match(body[:20_000]):
        kind = _KINDS.get(found[1].lower(), "feed")
        return f"this is a {kind}, not a page: write `kind: {kind}`"
    if start[:1] in (b"{", b"[") and "json" in (content_type or ""):
        return "this is JSON, not a page: write `kind: json`"
    return None


def _is_plain_text(body: bytes, content_type: str | None) -> bool:
    """Text that is no markup: terms and change logs are published so."""
    sent_so = (content_type or "").strip().lower().startswith(("text/plain", "text/markdown"))
    return b"<" not in body or (sent_so and body[:2_000].lstrip()[:1] != b"<")


def _title(tree: LexborHTMLParser) -> str:
    nodes = (tree.css_first(selector) for selector in ("head title", "h1"))
    return next((title for node in nodes if node and (title := clean_line(node.text())[:300])), "")


def _wall(tree: LexborHTMLParser, markup: str, title: str, main: Sequence[Line]) -> str | None:
    """A robot check, login, consent or error page in place of the page, in words."""
    text = "\n".join(line.text for line in main)
    standing = wall(tree, markup, title, text, sum(width_of(line.text) for line in main))
    return f"not the page itself: {standing}" if standing else None


def _why_empty(tree: LexborHTMLParser) -> str:
    if tree.css_first("script"):
        return "the page shows no text by itself: scripts put it together; what they load may do as `kind: json`"
    return "the page shows no text"


# ---------------------------------------------------------------- main text

_FURNITURE = (
    "nav,footer,header,aside,[role=navigation],[role=contentinfo],[role=banner],[role=search],[role=complementary]"
    ",[role=dialog],[role=alertdialog],[aria-modal=true],#comments,#disqus_thread"
    + "".join(
        f',[class*="{name}" i],[id*="{name}" i]'
        for name in (
            *(
                "cookie",
                "consent",
                "gdpr",
                "onetrust",
                "didomi",
                "usercentrics",
                "breadcrumb",
                "skip-link",
                "skip-to",
            ),
            *(
                "also-like",
                "recommended-",
                "related-articles",
                "related-posts",
                "related-stories",
                "social-share",
            ),
        )
    )
)
# Beside the text rather than beside the page, unless they are lists of links.
_NOTES = "main aside,article aside,main header,article header,[role=main] aside,[role=main] header"


def _main_text(tree: LexborHTMLParser, removed: frozenset[int]) -> list[Line]:
    """The `main` element where it holds the page's text, else the body; without what surrounds the text on every page.

    What shows half of the page, its headline too, is kept: a name is weak evidence (`<div class="has-cookie-bar">`).
    """
    body = tree.body
    if body is None:
        return []
    mains = _outermost(tree.css("main,[role=main]"))
    around, notes = _ids(tree, _FURNITURE), _ids(tree, _NOTES)
    found = measures(body, around | {node.mem_id for node in (body, *mains)})
    roots = [node for node in mains if node.mem_id in found]
    everything, whole = found[body.mem_id].size, sum(found[node.mem_id].size for node in roots)
    if not whole or whole < everything * MAIN_SHARE:
        roots, whole = [body], everything
    kept = {note for note in notes & found.keys() if found[note].linked * 2 <= found[note].size}
    skip = frozenset(
        node.mem_id
        for node in tree.css(_FURNITURE)
        if node.mem_id not in kept and not _is_page(node, found.get(node.mem_id), whole)
    )
    return read_lines(roots, removed | skip)


def _is_page(node: LexborNode, measure: Measure | None, whole: int) -> bool:
    """Something that holds the page itself, or a header with the page's own headline."""
    if node.tag in ("nav", "footer") or measure is None or not measure.headline:
        return False
    return node.tag == "header" or measure.size * 2 > whole


def _ids(tree: LexborHTMLParser, selector: str) -> frozenset[int]:
    return frozenset(node.mem_id for node in tree.css(selector))


def _outermost(nodes: Sequence[LexborNode]) -> list[LexborNode]:
    """Each part once: what stands inside another chosen part is read with it."""
    chosen = {node.mem_id: node for node in nodes}
    inside: dict[int, bool] = {}
    return [node for node in chosen.values() if not _is_inside(node, chosen, inside)]


def _is_inside(node: LexborNode, chosen: Container[int], known: dict[int, bool]) -> bool:
    """Whether a chosen part is above; what was found out of an element is kept for those below it."""
    passed: list[int] = []
    above = node.parent
    while above is not None and above.mem_id not in chosen and above.mem_id not in known:
        passed.append(above.mem_id)
        above = above.parent
    verdict = above is not None and known.get(above.mem_id, True)
    known.update(dict.fromkeys(passed, verdict))
    return verdict


# ---------------------------------------------------------------- noise

_UNITS = (
    r"(?:s|sec(?:ond)?s?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?|months?|y|yrs?|years?"
    r"|sekunden?|minuten?|stunden?|tag(?:en?)?|wochen?|monat(?:en?)?|jahr(?:en?)?"
    r"|secondes?|heures?|jours?|semaines?|mois|ans?|années?|segundos?|minutos?|horas?|d[ií]as?|semanas?|mes(?:es)?|años?|anos?"
    r"|second[oi]|minut[oi]|or[ae]|giorn[oi]|settiman[ae]|mes[ei]|ann[oi]|seconden|minuut|uur|uren|dag(?:en)?|weken|maand(?:en)?|ja(?:ar|ren)"
    r"|секунд\w?|минут\w?|час\w{0,2}|д(?:ень|ня|ней)|недел\w|месяц\w{0,2}|год\w?|лет|saniye|dakika|saat|gün|hafta|ay|yıl"
    r"|giây|phút|giờ|ngày|tuần|tháng|năm|detik|menit|jam|hari|minggu|bulan|tahun)"
)
_AGO = re.compile(
    rf"(?:about |over |almost )?\b(?:\d{{1,4}}|an?|one|a few)\+?\s?{_UNITS}\.? (?:ago|fa|geleden|назад|önce|trước|yang lalu)\b"
    rf"|\b(?:vor|il y a|hace|há)\s+(?:etwa |environ )?(?:\d{{1,4}}|einer|einem|une?)\s+{_UNITS}\b"
    r"|(?<!\d)\d{1,4}\s?(?:秒|分钟|分鐘|分|小时|小時|時間|天|日|周|週間|個月|个月|か月|ヶ月|年)前|(?<!\d)\d{1,4}\s?(?:초|분|시간|일|주|개월|달|년) 전"
    r"|\b(?:just now|moments? ago)\b|刚刚|剛剛|방금 전|たった今",
    re.IGNORECASE,
)
_COUNT = r"\d[\d.,\u00a0\u202f ]*\s?[km万萬億亿천만]?\b\+?"
_COUNTED = (
    r"(?:(?:page ?)?views?|likes?|comments?|shares?|followers?|reads?|upvotes?|votes?|reactions?|repl(?:y|ies)|claps?|reposts?"
    r"|bookmarks?|visitors?|aufrufe|vues|visualizaciones|visitas|просмотр\w*|lượt xem|次(?:观看|播放|浏览)|回視聴|回再生|阅读|浏览|点赞|조회수?|좋아요)"
)
_COUNTER = re.compile(
    rf"(?:(?:^|[\s·•|,/()–-]+)(?:{_COUNT}\s*{_COUNTED}|{_COUNTED}\s*[:：]?\s*{_COUNT}))+[\s·•|)]*"
    r"|\d+ (?:out )?of \d+ (?:people )?found this (?:\w+ )?helpful\W*",
    re.IGNORECASE,
)
_RIGHTS = re.compile(
    r"(?:©|\(c\)|copyright\b).{0,40}?\b(?:19|20)\d\d\b|\b(?:19|20)\d\d\s*©", re.IGNORECASE
)
_LONGEST_RIGHTS = 200


def _compared(lines: Iterable[Line], ignore: Sequence[re.Pattern[str]]) -> Iterator[str]:
    """The lines worth comparing: those that `ignore` names and those that change by themselves are left out."""
    for line in lines:
        for text in sentences(clean_line(line.text)):
            shown = _AGO.sub("…", text)
            if not _is_noise(shown) and not any(pattern.search(text) for pattern in ignore):
                yield shown


def _is_noise(text: str) -> bool:
    if len(text) <= _LONGEST_RIGHTS and (_RIGHTS.search(text) or _COUNTER.fullmatch(text)):
        return True
    return " | " not in text and not any(map(str.isalnum, text))


def _without_related(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines without links to other pages under a heading that says they are such."""
    inside = False
    for line in lines:
        if " ".join(re.sub(r"[^\w\s&’]|_", " ", line.text[:100].casefold()).split()) in RELATED:
            inside = True
        elif inside and line.linked * 2 <= len(line.text):
            inside = False
        if not inside:
            yield line
