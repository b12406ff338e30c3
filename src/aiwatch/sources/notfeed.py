"""Saying in words what came instead of a feed."""

import re

from aiwatch.text.clean import clean_line, plain

_HEAD = 200_000
"""Bytes looked at."""

_HTML = re.compile(
    rb"\A\s*+(?:(?><\?xml[^>]*+>|<!--.{0,5000}?-->)\s*+)*+<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_FEED = re.compile(rb"<(?:\w+:)?(?:rss|rdf|feed|channel)\b", re.IGNORECASE)
_TITLE = re.compile(r"<title(?:\s[^<>]{0,200})?>([^<]{0,500})", re.IGNORECASE)
_PASSWORD = re.compile(r"<input\b[^<>]{0,500}type\s*=\s*[\"']?password", re.IGNORECASE)
_LOGIN = re.compile(
    r"\b(?:log|sign)[ -]?[io]n\b|\banmeld|\bconnexion\b|\biniciar sesi|\bвойти\b|\bвход\b|登录|ログイン",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(
    r"just a moment|attention required|cf-challenge|challenge-platform|are you (?:a )?(?:human|robot)"
    r"|enable javascript and cookies|captcha",
    re.IGNORECASE,
)
_ROOT = re.compile(rb"<([a-z_][\w.-]*:)?([a-z_][\w.-]*)[\s/>]", re.IGNORECASE)
_ROOTS = {
    "opml": "this is an OPML list of feeds, not a feed: import it instead",
    "urlset": "this is a sitemap, not a feed",
    "sitemapindex": "this is an index of sitemaps, not a feed",
    "html": "this is an HTML page, not a feed",
    "svg": "this is a picture (SVG), not a feed",
    "error": "this is an XML error message, not a feed",
}

_A_PAGE = "this is an HTML page, not a feed"


def is_html(body: bytes) -> bool:
    """Whether the bytes are a web page with no feed anywhere in it."""
    return bool(_HTML.match(body[:_HEAD])) and not _FEED.search(body)


def what_it_is(body: bytes, content_type: str | None) -> str:
    """One sentence for a person: what these bytes are, seeing that they are no feed."""
    head = body[:_HEAD]
    if _HTML.match(head) or b"</html" in head.lower():
        return _page(head.decode("utf-8", "replace"))
    root = _ROOT.search(head)
    if root and head.lstrip()[:1] == b"<":
        name = root[2].decode()
        return _ROOTS.get(name.lower(), f"this is XML (<{name}>), but not a feed")
    if b"\x00" in head[:1000] or sum(byte < 9 for byte in head[:1000]) > 10:
        return f"this is no feed but binary data{_said(content_type)}"
    shown = clean_line(plain(head[:2000].decode("utf-8", "replace")))[:80]
    return f"this is not a feed{_said(content_type)}; it begins with “{shown}”"


def in_place_of_a_feed(body: bytes, content_type: str | None) -> str:
    """The same, with the way on where a page stands there: it may name its feeds."""
    said = what_it_is(body, content_type)
    return (
        f"{said}; `aiwatch sources discover URL` looks for its feeds"
        if said.startswith(_A_PAGE)
        else said
    )


def _said(content_type: str | None) -> str:
    return f" (sent as {clean_line(content_type)[:80]})" if content_type else ""


def _page(page: str) -> str:
    found = _TITLE.search(page)
    title = clean_line(plain(found[1]))[:120] if found else ""
    named = f": “{title}”" if title else ""
    if _CHALLENGE.search(page[:20_000]):
        return f"this is a check for robots, not a feed{named}"
    if _PASSWORD.search(page) or _LOGIN.search(title):
        return f"this is a login page, not a feed{named}"
    return f"{_A_PAGE}{named}"
