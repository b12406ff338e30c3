"""Pages that stand in front of the article: bot checks, consent walls, sign-in pages, error pages, stubs."""

import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from aiwatch.text import wall_words as words
from aiwatch.text.blocks import width_of
from aiwatch.text.late import late

MAX_WIDTH: Final = 1_500
"""A page that shows more text than this is an article, whatever words it uses."""
MAX_STUB: Final = 100
"""What besides a notice may stand on a stub: a name, a date, a button; a sentence of news is longer."""

_MACHINERY = (
    ("/cdn-cgi/challenge-platform", "Cloudflare"),
    ("cf-browser-verification", "Cloudflare"),
    ("captcha-delivery.com", "DataDome"),
    ("_incapsula_resource", "Imperva"),
    ("px-captcha", "PerimeterX"),
    ("awswafintegration", "AWS WAF"),
    ("window.awswafcookiedomainlist", "AWS WAF"),
    ("/_sec/cp_challenge", "Akamai"),
    ("akamai-bot-manager", "Akamai"),
    ("g-recaptcha", "a captcha"),
    ("h-captcha", "a captcha"),
    ("cf-turnstile", "a captcha"),
)
# What a page quotes it does not say itself: the button “Accept all” in news about such buttons.
_QUOTED = late(
    r"“[^”\n]{1,120}”|„[^“”\n]{1,120}[“”]|«[^»\n]{1,120}»|\"[^\"\n]{1,120}\"|「[^」\n]{1,60}」"
)
_PARTS = late(r"\s+[|–—•·»:-]\s+|\s*[|｜]\s*")
_SENTENCE = late(r"[^.!?。！？\n]+[.!?。！？]*")


def wall(tree: LexborHTMLParser, html: str, title: str, text: str, width: int) -> str | None:
    """What stands before the article, in words; None where the page looks like one."""
    if width > MAX_WIDTH:
        return None
    heads = [part for part in (title, *_PARTS.split(title)[:3]) if part]
    shown = _QUOTED.sub("", f"{title}\n{text[:2000]}")
    return (
        _challenge(html, heads, shown, width)
        or _consent(shown, text, width)
        or _sign_in(tree, heads, text, width)
        or _error(heads, text, width)
        or _stub(shown.partition("\n")[2], width)
    )


def _said_whole(pattern: re.Pattern[str], lines: list[str]) -> str:
    """The first of the lines that says this and nothing else."""
    return next((line for line in lines if pattern.match(line)), "")


def _challenge(html: str, heads: list[str], shown: str, width: int) -> str | None:
    if width >= 800:
        return None
    found = words.CHALLENGE.search(shown[:600])
    said = _said_whole(words.CHALLENGE_TITLE, heads) or (found.group() if found else "")
    if not said and not (width < 60 and len(html) < 60_000):
        return None
    start = html[:200_000].lower()
    maker = next((name for mark, name in _MACHINERY if mark in start), None)
    if said and maker:
        return f"challenge: a bot check by {maker} (“{said}”)"
    if said and width < 600 and len(html) < 60_000:
        return f"challenge: the page only says “{said}”"
    if maker and width < 60 and len(html) < 60_000:
        return f"challenge: a bot check by {maker} and no text"
    return None


def _consent(shown: str, text: str, width: int) -> str | None:
    """A wall speaks of little else than cookies, in a form in which a page speaks for itself."""
    if len(words.ABOUT_COOKIES.findall(text)) * 120 <= width:
        return None
    if width and (said := words.CONSENT.search(shown)):
        return f"consent wall: the page asks about cookies (“{said.group().strip()}”) and shows no article"
    return None


def _sign_in(tree: LexborHTMLParser, heads: list[str], text: str, width: int) -> str | None:
    if width >= 300 and tree.css_first("input[type=password]") is None:
        return None
    if said := _said_whole(words.SIGN_IN, heads):
        return f"login page: it is titled “{said}”"
    said = _said_whole(words.SIGN_IN, text.split("\n")[:3])
    if said and width - width_of(said) <= MAX_STUB:
        return f"login page: it says “{said}” and shows no article"
    return None


def _error(heads: list[str], text: str, width: int) -> str | None:
    if width < 800 and (said := _said_whole(words.ERROR, heads)):
        return f"error page: it is titled “{said}”"
    if width < 300 and (said := _said_whole(words.ERROR, text.split("\n")[:2])):
        return f"error page: it says “{said}”"
    return None


def _stub(text: str, width: int) -> str | None:
    """A page of little but a notice that there is nothing to read here; a teaser before the notice is text."""
    if not 0 < width < 800:
        return None
    for kind, pattern in words.STUBS:
        if not (said := pattern.search(text)):
            continue
        rest = [one for one in _SENTENCE.findall(text) if not pattern.search(one)]
        if sum(width for one in rest if (width := width_of(one)) > 25) <= MAX_STUB:
            return f"stub: {kind} (“{said.group().strip()}”) and no article"
    return None
