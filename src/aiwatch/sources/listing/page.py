"""A page as rows in document order: what stands inside what, the texts, the links, and which part of the page it is.

One pass over lexbor's tree; every later question ("what else is in this card?") is a range of rows.
"""

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from aiwatch.text.classwords import words
from aiwatch.text.clean import clean_line

MAX_NODES = 200_000
"""Elements and texts read; a list page has 2,000 to 30,000."""
_MAX_STATE = 50
"""Attributes that hold JSON (data-page, props), at most."""
_MAX_POPULAR = 20
"""Headings "Most read" that are heeded."""
_LOCATION = re.compile(
    r"location(?:\.href)?\s*=\s*[\"']([^\"'+]+)[\"']|window\.open\([\"']([^\"'+]+)[\"']"
)
_REPEATED = 3
"""So many headers or footers alike are those of cards."""
_LEAST_STATE = 80

_SKIPPED = words(
    "script style noscript template svg iframe select textarea object embed audio video canvas map datalist "
    "head math dialog rt rp noembed noframes plaintext xmp"
)
_SILENT = frozenset(["br", "hr", "img", "input", "wbr", "source", "link", "meta"])


class Zone(IntEnum):
    """The part of the page; what is MAIN or NONE may hold the list."""

    NONE = 0
    MAIN = 1
    ASIDE = 2
    HEADER = 3
    NAV = 4
    FOOTER = 5


@dataclass(slots=True)
class Node:
    """An element, or a text (tag "-text"); its subtree is the rows up to `end`."""

    tag: str
    parent: int
    text: str = ""
    names: str = ""  # class
    end: int = 0
    width: int = 0  # characters of text below
    zone: Zone = Zone.NONE
    moment: str = ""  # a machine's date: datetime, or content of a date's meta


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One <a href>, where it stands."""

    at: int
    href: str
    label: str  # aria-label, title or the picture's alt text: for links that show none
    language: str  # of what it leads to, where it says so
    raw: LexborNode


@dataclass(slots=True)
class Page:
    """The rows, the links among them, and JSON found in attributes."""

    nodes: list[Node] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    language: str = ""

    def inside(self, at: int) -> range:
        """The rows of a subtree, the node's own first."""
        return range(at, self.nodes[at].end)

    def text(self, at: int) -> str:
        """What a subtree shows, on one line."""
        parts = (self.nodes[n].text for n in self.inside(at) if self.nodes[n].tag == "-text")
        return clean_line(" ".join(parts))


# ---------------------------------------------------------------- one pass


def read_page(tree: LexborHTMLParser) -> Page:
    """The rows of a parsed page."""
    page = Page()
    if tree.body is None:
        return page
    if tree.root is not None:
        page.language = (tree.root.attributes.get("lang") or "").lower()
    stack: list[tuple[LexborNode, int] | int] = [(tree.body, -1)]
    while stack:
        item = stack.pop()
        if isinstance(item, int):
            page.nodes[item].end = len(page.nodes)
        elif len(page.nodes) < MAX_NODES:
            _enter(page, stack, *item)
    _measure(page)
    _name_zones(page)
    _set_popular_aside(page)
    return page


def _enter(
    page: Page, stack: list[tuple[LexborNode, int] | int], raw: LexborNode, parent: int
) -> None:
    tag = raw.tag or ""
    at = len(page.nodes)
    if tag == "-text":
        text = raw.text_content or ""
        if text and not text.isspace():
            page.nodes.append(Node("-text", parent, text=text, end=at + 1))
        return
    if tag in _SKIPPED or tag[:1] in ("-", "!", "_", ""):
        return
    attributes = raw.attributes
    node = Node(tag, parent, names=attributes.get("class") or "")
    node.moment = _moment(tag, attributes)
    node.zone = _own_zone(tag, attributes)
    page.nodes.append(node)
    _note_attributes(page, at, raw, attributes)
    if tag in _SILENT:
        node.end = at + 1
        return
    stack.append(at)
    child = raw.last_child
    while child is not None:
        stack.append((child, at))
        child = child.prev


def _note_attributes(
    page: Page, at: int, raw: LexborNode, attributes: dict[str, str | None]
) -> None:
    if raw.tag == "a" and (href := attributes.get("href")):
        label = attributes.get("aria-label") or attributes.get("title") or _alt(raw)
        language = (attributes.get("hreflang") or "").lower()
        page.links.append(
            Link(at=at, href=href, label=clean_line(label), language=language, raw=raw)
        )
    elif raw.tag != "a" and (href := _clicked(attributes)):
        page.links.append(Link(at=at, href=href, label="", language="", raw=raw))
    if len(page.states) < _MAX_STATE:
        for value in attributes.values():
            if value and len(value) > _LEAST_STATE and value[0] in "{[" and value[-1] in "}]":
                page.states.append(value)


def _clicked(attributes: dict[str, str | None]) -> str:
    """Where a card leads that is no link: by a data attribute, or by what a click does."""
    for name in ("data-href", "data-url", "data-link"):
        if (value := attributes.get(name)) and value.startswith(("/", "http")):
            return value
    found = _LOCATION.search(attributes.get("onclick") or "")
    return (found[1] or found[2]) if found else ""


def _alt(link: LexborNode) -> str:
    picture = link.css_first("img[alt]")
    return (picture.attributes.get("alt") or "") if picture is not None else ""


def _moment(tag: str, attributes: dict[str, str | None]) -> str:
    if tag == "time" or "datetime" in attributes:
        return attributes.get("datetime") or ""
    what = attributes.get("itemprop") or ""
    if what in ("datePublished", "dateCreated"):
        return attributes.get("content") or ""
    for name in ("data-date", "data-published", "data-timestamp", "data-time", "data-publish-date"):
        if value := attributes.get(name):
            return value
    return ""


def _measure(page: Page) -> None:
    nodes = page.nodes
    for n in range(len(nodes) - 1, -1, -1):
        node = nodes[n]
        if node.tag == "-text":
            node.width = len(node.text.strip())
        elif not node.end:  # past MAX_NODES
            node.end = len(nodes)
        if node.parent >= 0:
            nodes[node.parent].width += node.width


# ---------------------------------------------------------------- parts of the page

_TAGS = {
    "nav": Zone.NAV,
    "footer": Zone.FOOTER,
    "aside": Zone.ASIDE,
    "main": Zone.MAIN,
    "menu": Zone.NAV,
}
_ROLES = {
    "navigation": Zone.NAV, "menu": Zone.NAV, "menubar": Zone.NAV, "contentinfo": Zone.FOOTER, "main": Zone.MAIN,
    "complementary": Zone.ASIDE, "banner": Zone.HEADER, "dialog": Zone.ASIDE,
}  # fmt: skip
_SPEAKING = ("id", "data-framer-name", "data-section", "data-testid", "aria-label")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_NAV_WORDS = words(
    "nav navbar navigation menu submenu megamenu dropdown breadcrumb breadcrumbs pagination pager paging topbar "
    "gnb lnb snb offcanvas drawer toolbar skip language languages locale"
)
_FOOT_WORDS = frozenset(["footer", "foot", "colophon", "bottombar", "foot0"])
_SIDE_WORDS = words(
    "sidebar sidenav aside popular trending related recommend recommended recommendations cookie consent modal "
    "popup ranking hotnews mostread rail promo promotion"
)
_POPULAR = re.compile(
    r"(?:the )?(?:(?:most|top) (?:popular|read|viewed|shared).{0,20}|popular(?: (?:posts|articles|now|reads|stories|this week))?"
    r"|trending.{0,15}|related.{0,25}|you (?:may|might) also.{0,20}|recommended.{0,20}|editor.?s.? picks?|must.reads?"
    r"|热门.{0,6}|熱門.{0,6}|推荐.{0,6}|推薦.{0,6}|相关.{0,6}|相關.{0,6}|排行.{0,4}|人気.{0,8}|ランキング|おすすめ.{0,6}|関連.{0,6}"
    r"|인기.{0,8}|많이 본.{0,6}|관련.{0,8}|추천.{0,6}|beliebt.{0,20}|meistgelesen.{0,10}|das könnte.{0,30}"
    r"|(?:les )?plus lus.{0,10}|à lire aussi.{0,10}|lo más.{0,15}|más leíd.{0,10}|relacionad.{0,15}|mais lid.{0,10}"
    r"|популярн.{0,15}|читайте также.{0,10}|bài viết liên quan|đọc nhiều.{0,10}|ยอดนิยม|artikel populer|terpopuler)",
    re.IGNORECASE,
)
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_MAY_HEAD = _HEADINGS | frozenset(["p", "div", "span", "strong", "b", "dt", "summary"])


@lru_cache(maxsize=8192)
def _words_zone(names: str) -> Zone:
    for name in names.split()[:24]:
        said = {word.lower() for word in _WORD.findall(name[:60])}
        if said & _FOOT_WORDS:
            return Zone.FOOTER
        if said & _NAV_WORDS:
            return Zone.NAV
        if said & _SIDE_WORDS:
            return Zone.ASIDE
        if "header" in said and said & {"site", "global", "top", "main", "masthead"}:
            return Zone.HEADER
    return Zone.NONE


def _own_zone(tag: str, attributes: dict[str, str | None]) -> Zone:
    """What an element says it is, by its tag, role or name."""
    if zone := _TAGS.get(tag) or _ROLES.get(attributes.get("role") or ""):
        return zone
    if tag == "header":
        return Zone.HEADER
    if tag in _HEADINGS or tag in ("a", "article", "time", "p", "body", "html"):
        return Zone.NONE
    if zone := _words_zone(attributes.get("class") or ""):
        return zone
    for name in _SPEAKING:
        if (value := attributes.get(name)) and (zone := _words_zone(value)):
            return zone
    return Zone.NONE


def _name_zones(page: Page) -> None:
    """Every row's zone from its own name and its parents'. A name alone is weak: what holds half the page is no menu."""
    nodes = page.nodes
    half = nodes[0].width // 2 if nodes else 0
    in_card = [False] * len(nodes)
    often = Counter((node.tag, node.names) for node in nodes if node.zone > Zone.MAIN)
    for n, node in enumerate(nodes):
        above = nodes[node.parent].zone if node.parent >= 0 else Zone.NONE
        within = node.parent >= 0 and in_card[node.parent]
        own = node.zone
        in_card[n] = within or node.tag in ("article", "li", "tr", "section")
        if own > Zone.MAIN and node.tag not in _TAGS and node.width > half:
            own = Zone.NONE
        repeated = often[node.tag, node.names] >= _REPEATED
        if own in (Zone.HEADER, Zone.FOOTER) and (within or above == Zone.MAIN or repeated):
            own = Zone.NONE  # of a card or a section, not of the page
        node.zone = own if own > Zone.MAIN and own > above else max(above, own)


def _set_popular_aside(page: Page) -> None:
    """Boxes headed "Most read" and the like, wherever they stand."""
    linked = [link.at for link in page.links]
    short = (
        n for n, node in enumerate(page.nodes) if node.tag in _MAY_HEAD and 3 < node.width < 40
    )
    headings = (n for n in short if _POPULAR.fullmatch(page.text(n)))
    for n in islice(headings, _MAX_POPULAR):
        _set_aside(page, n, linked)


def _set_aside(page: Page, at: int, linked: list[int]) -> None:
    nodes = page.nodes
    while nodes[at].parent >= 0 and nodes[at].tag not in ("a", "li"):
        at = nodes[at].parent
        held = bisect_left(linked, nodes[at].end) - bisect_left(linked, at)
        if held > 1:
            if held * 2 <= len(linked) and nodes[at].tag not in ("main", "body"):
                for n in page.inside(at):
                    nodes[n].zone = max(nodes[n].zone, Zone.ASIDE)
            return
