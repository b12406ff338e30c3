"""Where the feeds of a page may be: what it names, what its site is known to have, what is worth a guess.

The order is the order in which they are tried: hosts whose feeds follow a rule, `<link rel=alternate>` as it stands
on the page (comments last), the Link header, links that look like feeds, marks of the software, well-known paths, news
sitemaps, the page itself as a listing, a Google News search (WHATWG feed autodiscovery; polling.md 3, rule 52).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal
from urllib.parse import quote, unquote, urljoin, urlsplit

from protego import Protego
from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from aiwatch.sources.known_sites import by_address, by_software
from aiwatch.sources.notfeed import is_html
from aiwatch.text.bounds import within_bounds
from aiwatch.text.clean import clean_line, safe_url
from aiwatch.text.decode import decode
from aiwatch.text.urls import same_site

Kind = Literal["feed", "sitemap", "listing", "json"]
How = Literal["named", "known", "guessed", "itself", "search"]

MOST_NAMED = 20
"""Feeds one page may name; a page of links to every category has hundreds."""
MOST_ANCHORS = 6
MOST_LINKS = 5_000
"""Links of a page looked at; front pages have some hundreds."""
MOST_SITEMAPS = 3
MOST_HEADERS = 20
MAX_HEADER = 8_000
"""Characters of one Link header read."""
MAX_ROBOTS = 512_000
"""Bytes of robots.txt read (RFC 9309 2.5 asks for 500 KiB)."""

GUESSES = (
    "feed", "rss.xml", "feed.xml", "atom.xml", "index.xml", "rss", "feed.json", "feeds/all.atom.xml",
)  # fmt: skip
GUESSED: Final = "a usual path"
SECTION_GUESSES = ("rss.xml", "feed.xml", "feed")
NEWS_SITEMAPS = ("news-sitemap.xml", "sitemap_news.xml")

_FEED_TYPES = frozenset(
    (
        "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml",
        "application/x-rss+xml", "application/xml", "text/xml", "text/rss", "text/rss+xml", "text/atom+xml",
    )
)  # fmt: skip
_FEED_PATH = re.compile(
    r"\.(?:rss|atom|rdf)$|(?:^|[/_.-])(?:feeds?|rss2?|atom)(?:\.(?:xml|json|php))?/?$"
    r"|/index\.xml$|/feeds/[^/]+",
    re.IGNORECASE,
)
_FEED_QUERY = re.compile(
    r"(?:^|&)(?:feed|format|type|output|alt)=(?:rss2?|atom|feed)(?:&|$)", re.IGNORECASE
)
_FEED_TEXT = re.compile(
    r"(?:rss|atom|xml)(?:[ -]?(?:2\.0|1\.0|feeds?))?|(?:subscribe (?:via|by|with) |get )rss(?: feed)?",
    re.IGNORECASE,
)
# What stands there to be clicked in a reader's own site, a validator or a share button.
_NOT_FEEDS = re.compile(
    r"(?:^|\.)(?:feedly\.com|inoreader\.com|netvibes\.com|newsblur\.com|theoldreader\.com|validator\.w3\.org"
    r"|facebook\.com|twitter\.com|x\.com|addtoany\.com|wikipedia\.org)$"
)
_COMMENTS = re.compile(
    r"comment|kommentar|commentair|comentari|comentári|commenti|reacties|komentar|yorum|комментар|コメント|评论|評論|댓글",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"<([^<>]*)>((?:\s*;\s*[\w!#$&+.^`|~*-]+(?:\s*=\s*(?:\"(?:[^\"\\]|\\.)*\"|[^\s;,\"]*))?)*)"
)
_PARAMETER = re.compile(
    r";\s*([\w!#$&+.^`|~*-]+)(?:\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s;,\"]*)))?"
)
_SITEMAP_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_HAS_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")
# Editions of Google News: what a search finds depends on them.
_EDITIONS = {
    "ar": ("ar", "EG", "EG:ar"), "de": ("de", "DE", "DE:de"), "es": ("es", "ES", "ES:es"), "fr": ("fr", "FR", "FR:fr"),
    "it": ("it", "IT", "IT:it"), "ja": ("ja", "JP", "JP:ja"), "ko": ("ko", "KR", "KR:ko"), "ru": ("ru", "RU", "RU:ru"),
    "pt": ("pt-BR", "BR", "BR:pt-419"), "th": ("th", "TH", "TH:th"), "zh": ("zh-CN", "CN", "CN:zh-Hans"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An address that may be watched; `why` says in words what speaks for it."""

    url: str
    kind: Kind
    title: str  # as the page calls it; often empty
    why: str
    how: How = "named"


# ---------------------------------------------------------------- what a person types


def as_typed(text: str) -> tuple[str, ...]:
    """The addresses meant by what a person typed or pasted, the likeliest first; none where it is no address.

    `openai.com` is asked over https, then http; `feed:` is a way of writing http (the draft of 2003).
    """
    text = text.strip().strip("<>\"'“”‘’").strip()
    text = re.sub(r"\Afeed:(?://)?(?=https?:)", "", text, flags=re.IGNORECASE)
    text = re.sub(r"\Afeed:(?://)?", "http://", text, flags=re.IGNORECASE)
    text = text.removeprefix("//")
    if re.match(r"https?://", text, re.IGNORECASE):
        return _sound(text)
    if _HAS_SCHEME.match(text):
        return ()
    return (*_sound(f"https://{text}"), *_sound(f"http://{text}"))


def _sound(url: str) -> tuple[str, ...]:
    """The address, where its host is a name with a dot, an IP or this machine."""
    scheme, _, rest = url.partition("://")
    end = min((at for mark in "/?#" if (at := rest.find(mark)) >= 0), default=len(rest))
    if _BLANKS.search(rest[:end].strip()):
        return ()
    shown = safe_url(f"{scheme.lower()}://{rest[:end].strip()}{rest[end:]}")
    name = urlsplit(shown).hostname or "" if shown else ""
    if not shown or not ("." in name.strip(".") or ":" in name or name == "localhost"):
        return ()
    return (shown,)


def kinds_of(body: bytes, content_type: str | None = None) -> tuple[str, ...]:
    """As which kinds of source these bytes may be read; none where they are a web page."""
    head = body[:5_000].lower()
    if b"<urlset" in head or b"<sitemapindex" in head:
        return ("sitemap",)
    if is_html(body):
        return ()
    if body.startswith(b"\x1f\x8b"):
        return ("feed", "sitemap")
    begins_as_json = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
    if begins_as_json or "json" in (content_type or "").lower():
        return ("feed", "json")
    return ("feed",)


# ---------------------------------------------------------------- candidates


def candidates(
    body: bytes, url: str, content_type: str | None = None, link_headers: Sequence[str] = ()
) -> tuple[Candidate, ...]:
    """Everything that may be watched instead of this page, in the order in which it is worth trying. Never raises.

    `url` is where the bytes came from. Without a body (the page could not be had) what is left is what the address
    alone tells.
    """
    markup, _ = within_bounds(decode(body, content_type).removeprefix("\ufeff"))
    page = _tree(markup)
    base = _base(page, url)
    named = [*_linked(page, base), *_in_headers(link_headers, url)]
    found = [
        *_known(by_address(url, markup)),
        *_comments_last(named)[:MOST_NAMED],
        *_anchored(page, base, url),
        *_known(by_software(url, markup)),
        *_guessed(url),
        *_sitemaps_guessed(url),
        *_itself(page, url),
        *_searched(page, url),
    ]
    return _once(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """What robots.txt says to somebody who looks for feeds."""

    sitemaps: tuple[Candidate, ...] = ()
    forbidden: frozenset[str] = frozenset()  # of the addresses that were to be guessed


def in_robots(robots: bytes, url: str, agent: str, guesses: Sequence[str] = ()) -> Robots:
    """The sitemaps it names, those of news first, and which guesses it does not allow (RFC 9309). Never raises."""
    text = robots[:MAX_ROBOTS].decode("utf-8", "replace")
    rules = Protego.parse(text)
    return Robots(
        sitemaps=_sitemaps_named(text, url),
        forbidden=frozenset(one for one in guesses if not rules.can_fetch(one, agent)),
    )


def _sitemaps_named(text: str, url: str) -> tuple[Candidate, ...]:
    """A site may name hundreds."""
    addresses = [safe_url(found, url) for found in _SITEMAP_LINE.findall(text)]
    named = [
        Candidate(url=address, kind="sitemap", title="", why="robots.txt names it")
        for address in addresses
        if address
    ]
    named.sort(key=lambda one: "news" not in one.url.lower())
    return _once(named)[:MOST_SITEMAPS]


def google_news(name: str, language: str = "") -> str:
    """The address of a Google News search for what a site published in the last 30 days."""
    hl, gl, ceid = _EDITIONS.get(language.lower()[:2], ("en-US", "US", "US:en"))
    return f"https://news.google.com/rss/search?q=site:{quote(name)}+when:30d&hl={hl}&gl={gl}&ceid={ceid}"


def _tree(markup: str) -> LexborHTMLParser | None:
    try:
        return LexborHTMLParser(markup.encode("utf-8", "replace")) if markup else None
    except SelectolaxError:
        return None


def _base(page: LexborHTMLParser | None, url: str) -> str:
    node = page.css_first("base[href]") if page else None
    return safe_url(_attribute(node, "href"), url) or url if node else url


def _attribute(node: LexborNode, name: str) -> str:
    return node.attributes.get(name) or ""


# ---------------------------------------------------------------- named


def _linked(page: LexborHTMLParser | None, base: str) -> Iterator[Candidate]:
    for node in page.css("link[rel][href], a[rel][href]") if page else ():
        found = _alternate(
            _attribute(node, "href"),
            base,
            rel=_attribute(node, "rel"),
            type_=_attribute(node, "type"),
            title=_attribute(node, "title"),
        )
        if found:
            yield replace(found, why="the page names it")


def _alternate(href: str, base: str, *, rel: str, type_: str, title: str) -> Candidate | None:
    """The feed that a link with `rel` alternate or feed leads to."""
    rels = set(rel.lower().split())
    if not rels & {"alternate", "feed"} or "stylesheet" in rels:
        return None
    address = _resolved(href, base)
    kind = type_.partition(";")[0].strip().lower()
    if not address or not _is_feed_type(kind, rels, address, title):
        return None
    return Candidate(url=address, kind="feed", title=clean_line(title)[:200], why="")


def _is_feed_type(kind: str, rels: set[str], address: str, title: str) -> bool:
    if kind in _FEED_TYPES:
        return True
    if kind == "application/json":  # WordPress writes the same of its own interface (wp-json)
        return "wp-json" not in address and bool(
            "feed" in rels or "feed" in title.lower() or _looks_like_feed(address)
        )
    return not kind and ("feed" in rels or _looks_like_feed(address))


def _in_headers(headers: Sequence[str], url: str) -> Iterator[Candidate]:
    """RFC 8288. A link with an `anchor` speaks of another document."""
    for header in headers[:MOST_HEADERS]:
        for href, rest in _LINK.findall(clean_line(header[:MAX_HEADER])):
            given = {
                name.lower(): re.sub(r"\\(.)", r"\1", quoted or bare)
                for name, quoted, bare in reversed(_PARAMETER.findall(rest))  # the first one counts
            }
            title = unquote(given.get("title*", "").rpartition("''")[2]) or given.get("title", "")
            found = _alternate(
                href, url, rel=given.get("rel", ""), type_=given.get("type", ""), title=title
            )
            if found and "anchor" not in given:
                yield replace(found, why="the Link header names it")


def _comments_last(named: Sequence[Candidate]) -> list[Candidate]:
    return sorted(
        named, key=lambda one: bool(_COMMENTS.search(one.title) or _COMMENTS.search(one.url))
    )


def _anchored(page: LexborHTMLParser | None, base: str, url: str) -> list[Candidate]:
    """Links on the page that look like feeds; one on another site only where its text says so."""
    found = []
    for node in page.css("a[href]")[:MOST_LINKS] if page else ():
        href = _attribute(node, "href")
        text = clean_line(node.text(deep=True)[:200] or _attribute(node, "title"))
        says_so = bool(_FEED_TEXT.fullmatch(text))
        if not says_so and not _looks_like_feed(href.split("#", maxsplit=1)[0]):
            continue
        address = _resolved(href, base)
        if address and _may_be_feed(address) and (says_so or same_site(address, url)):
            why = f"a link on the page: “{text[:60]}”" if text else "a link on the page"
            found.append(Candidate(url=address, kind="feed", title="", why=why))
    return _comments_last(_once(found)[:MOST_ANCHORS])


def _may_be_feed(address: str) -> bool:
    parts = urlsplit(address)
    return not _NOT_FEEDS.search(parts.hostname or "") and "sitemap" not in parts.path.lower()


def _looks_like_feed(address: str) -> bool:
    path, _, query = address.partition("?")
    return bool(_FEED_PATH.search(path) or _FEED_QUERY.search(query))


def _resolved(href: str, base: str) -> str | None:
    """Absolute, without a fragment; `feed:` addresses too."""
    href = href.strip()
    if href.lower().startswith("feed:"):
        return next(iter(as_typed(href)), None)
    address = safe_url(href, base) if href and not href.startswith("#") else None
    return address.partition("#")[0] if address else None


# ---------------------------------------------------------------- not named


def _known(rules: Iterable[tuple[str, str, str]]) -> Iterator[Candidate]:
    for address, title, why in rules:
        yield Candidate(url=address, kind="feed", title=title, why=why, how="known")


def _guessed(url: str) -> Iterator[Candidate]:
    """Eight paths where feeds often are: of the section first, where the page is in one."""
    section = _section(url)
    paths = [f"{section}/{name}" for name in SECTION_GUESSES if section]
    paths += [f"/{name}" for name in GUESSES]
    for path in paths[: len(GUESSES)]:
        yield Candidate(url=urljoin(url, path), kind="feed", title="", why=GUESSED, how="guessed")


def _section(url: str) -> str:
    """`/news` of `/news/2026/a-story` and of `/news/a-long-story`, `/en/news` of `/en/news`; empty at the top."""
    parts = [quote(unquote(part)) for part in urlsplit(url).path.split("/") if part]
    story = len(parts) > 2 or (len(parts) == 2 and parts[1].count("-") > 1)
    return "".join(f"/{part}" for part in (parts[:1] if story else parts))


def _sitemaps_guessed(url: str) -> Iterator[Candidate]:
    for path in NEWS_SITEMAPS:
        yield Candidate(
            url=urljoin(url, f"/{path}"),
            kind="sitemap",
            title="",
            why=GUESSED,
            how="guessed",
        )


def _itself(page: LexborHTMLParser | None, url: str) -> Iterator[Candidate]:
    if page is None:
        return
    named = page.css_first("meta[property='og:site_name'][content]")
    title = page.css_first("head > title")
    words = (_attribute(named, "content") if named else "") or (title.text() if title else "")
    yield Candidate(
        url=url,
        kind="listing",
        title=clean_line(words)[:200],
        why="the page lists articles",
        how="itself",
    )


def _searched(page: LexborHTMLParser | None, url: str) -> Iterator[Candidate]:
    """Only for names that the world knows: not an address in numbers, nor this machine, nor an odd port."""
    parts = urlsplit(url)
    name = (parts.hostname or "").removeprefix("www.")
    known = "." in name and ":" not in name and not name.replace(".", "").isdigit()
    if not known or parts.port not in (None, 80, 443):
        return
    root = page.css_first("html[lang]") if page else None
    yield Candidate(
        url=google_news(name, _attribute(root, "lang") if root else ""),
        kind="feed",
        title=f"{name} on Google News",
        why="a Google News search for the site",
        how="search",
    )


def _once(found: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Each address once, the first wins; a page may be tried as a listing and be named as a feed."""
    once: dict[tuple[str, str], Candidate] = {}
    for one in found:
        once.setdefault((one.url, one.kind), one)
    return tuple(once.values())
