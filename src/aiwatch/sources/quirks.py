"""Habits of well-known publishers that hide what an item says: each named, each with its reason.

Google News    The title ends in " - Outlet", and what stands as text is a list of links to articles on the same event
               with their outlets: no text. Links lead to a page that only a browser gets past; until mid-2024 their
               last part held the article's address in base64, and those are still about.
Reddit         Every post's text ends in "submitted by /u/name to r/forum [link] [comments]". What news monitors want
               is the page that a post points to, not the talk about it.
Hacker News    hnrss, the site's own feed, Lobsters and digests of them put addresses, points and the number of
               comments where others have a text. They move with every poll.
arXiv          The abstract begins with the paper's number and how it was announced, older titles end in its number.
Authors        Several names in one element, "Ann Lee, Raj Rao and Kim Sato".
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from aiwatch.sources.entries import Item, title_of
from aiwatch.text.clean import plain, safe_url


def without_quirks(item: Item, url: str) -> Item:
    """The item as its publisher would have written it for us; `url` is the feed's."""
    for site in {_site(_host(item.link)), _site(_host(url))}:
        if mend := _SITES.get(site):
            item = mend(item)
    for body in (item.summary, *item.bodies):
        if ">Comments</a>" in body or "# Comments:" in body or "Discussion: <a" in body:
            item = _with_texts(item, _without_talk)
            break
    for name in item.authors:
        if "," in name or ";" in name or " and " in name or "&" in name:
            return item._replace(authors=tuple(_each_author(item.authors)))
    return item


def _host(url: str) -> str:
    parts = url.split("/", 3)
    return parts[2] if len(parts) > 2 else ""


@lru_cache(maxsize=512)
def _site(host: str) -> str:
    """The host without its first label where two more are left."""
    host = host.lower()
    return host if host.count(".") < 2 or host in _SITES else host.split(".", 1)[1]


def _with_texts(item: Item, mend: Callable[[str], str]) -> Item:
    return item._replace(summary=mend(item.summary), bodies=tuple(map(mend, item.bodies)))


# ---------------------------------------------------------------- Google News

_GOOGLE_ARTICLE = re.compile(
    r"https?://news\.google\.com/(?:[\w/]+/)?articles/([\w-]{12,4000})(?:[?#]|$)"
)
_LINKED = re.compile(
    r"<a\b[^<>]*>.*?</a>|<font\b[^<>]*>.*?</font>|<[^<>]*>|&nbsp;", re.DOTALL | re.IGNORECASE
)
_FONT = re.compile(r"<font\b[^<>]*>(.*?)</font>", re.DOTALL | re.IGNORECASE)


def _google_news(item: Item) -> Item:
    bodies = (item.summary, *item.bodies)
    named = [title_of(font[1]) for body in bodies if (font := _FONT.search(body))]
    title, outlet = _headline(title_of(item.title), [title_of(item.outlet), *named])
    item = _with_texts(item, _without_links)
    link = decoded_google_link(item.link)
    return item._replace(title=title, outlet=outlet, link=link or item.link)


def _headline(title: str, outlets: Iterable[str]) -> tuple[str, str]:
    """The title without its outlet, and the outlet."""
    named = [outlet for outlet in outlets if outlet]
    for outlet in named:
        if title.casefold().endswith(f" - {outlet}".casefold()):
            return title[: -len(outlet) - 3].rstrip() or title, outlet
    return title, named[0] if named else ""


def _without_links(markup: str) -> str:
    """Nothing where a text is made of links and outlets alone."""
    return markup if _LINKED.sub(" ", markup).strip() else ""


def decoded_google_link(link: str) -> str | None:
    """The article's address in an old Google News link: base64 of a message whose field 4 is the address."""
    found = _GOOGLE_ARTICLE.match(link.strip())
    if not found:
        return None
    try:
        message = base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4))
    except (binascii.Error, ValueError):
        return None
    return _address_in(message)


def _address_in(message: bytes) -> str | None:
    """What stands behind the tag of field 4 and its length, a number in groups of seven bits."""
    at = message.find(b"\x22", 0, 8) + 1
    if not at:
        return None
    size = shift = 0
    for byte in message[at : at + 3]:
        size |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            break
    try:
        address = message[at : at + size].decode("ascii")
    except UnicodeDecodeError:
        return None
    return safe_url(address) if re.match("https?://", address) else None


# ---------------------------------------------------------------- Reddit

_SUBMITTED = re.compile(
    r"(?:\s|&#32;|&nbsp;)*submitted by(?:\s|&#32;|&nbsp;)*<a\b[^<>]*/u(?:ser)?/.*\Z",
    re.DOTALL | re.IGNORECASE,
)
_POINTS_TO = re.compile(
    r"<a\b[^<>]*\bhref=[\"']([^\"'<>]+)[\"'][^<>]*>\s*\[link\]\s*</a>", re.IGNORECASE
)
_REDDIT = re.compile(
    r"https?://(?:[\w-]+\.)*(?:reddit\.com|redd\.it|redditmedia\.com)(?:[/:?#]|$)", re.IGNORECASE
)


def _reddit(item: Item) -> Item:
    found = next(filter(None, map(_POINTS_TO.search, (*item.bodies, item.summary))), None)
    target = safe_url(plain(found[1])) if found else None
    item = _with_texts(item, lambda markup: _SUBMITTED.sub("", markup))
    return item._replace(link=target) if target and not _REDDIT.match(target) else item


# ---------------------------------------------------------------- Hacker News and its like

_LABELLED = re.compile(
    r"(?:<hr\s*/?>\s*)?<p>\s*(?:Article URL|Comments URL|Points|# Comments):(?:(?!</p>).)*</p>",
    re.DOTALL,
)
_SCORED = re.compile(
    r"\s*Score: [\d,.]+\s*<br\s*/?>\s*Comments: [\d,.]+\s*<br\s*/?>\s*By: [^<>]*<br\s*/?>"
    r"\s*Discussion: <a\b[^<>]*>[^<>]*</a>\s*"
)
_COMMENTS_ONLY = re.compile(r"\s*(?:<p>)?\s*<a\b[^<>]*>Comments</a>\s*(?:</p>)?\s*")


def _without_talk(markup: str) -> str:
    if _COMMENTS_ONLY.fullmatch(markup) or _SCORED.fullmatch(markup):
        return ""
    return _LABELLED.sub("", markup).strip()


# ---------------------------------------------------------------- arXiv

_ANNOUNCED = re.compile(
    r"\s*(?:<p>)?\s*arXiv:\S{4,40}\s+Announce Type:\s*[\w-]+\s+Abstract:\s*", re.IGNORECASE
)
_NUMBERED = re.compile(r"\.?\s*\(arXiv:\S{4,40}\s*\[[^\[\]]{1,40}\](?:\s*UPDATED)?\)\s*$")


def _arxiv(item: Item) -> Item:
    item = _with_texts(item, lambda markup: _ANNOUNCED.sub("", markup, count=1))
    return item._replace(title=_NUMBERED.sub("", item.title))


_SITES: dict[str, Callable[[Item], Item]] = {
    "news.google.com": _google_news,
    "reddit.com": _reddit,
    "arxiv.org": _arxiv,
}

# ---------------------------------------------------------------- authors


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BETWEEN = re.compile(r"\s*(?:;|,\s*(?:and|&)\s|,|\s(?:and|&)\s)\s*")
_OTHERS = _words(
    "editor editors reporter correspondent writer staff team desk news press agency times post media group the of for"
    " inc ltd llc gmbh university institute foundation department ministry jr sr phd md"
)
_PARTICLES = _words("de da di del della der den van von la le el bin al ter ten dos du")


def _each_author(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        parts = [part.strip() for part in _BETWEEN.split(title_of(name))]
        parts = [part for part in parts if part]
        yield from parts if len(parts) > 1 and all(map(_is_person, parts)) else (name,)


def _is_person(name: str) -> bool:
    """Given name and surname, each in capitals' first: "Lee, Ann" is one person, "Research and Markets" a firm."""
    words = name.split()
    return (
        2 <= len(words) <= 5
        and all(word[0].isupper() or word.lower() in _PARTICLES for word in words)
        and not any(word.lower().strip(".") in _OTHERS for word in words)
        and not any(char.isdigit() for char in name)
    )
