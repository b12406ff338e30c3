"""The border: whatever comes from outside becomes plain, safe text here, once.

After `clean_line` and `clean_text` a text can be stored, printed, put into a mail header or a chat message: it encodes
to UTF-8, holds no control character, no bidirectional override and nothing of zero width that hides.
"""

import html
import re
import unicodedata
from collections import Counter
from itertools import pairwise
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

MAX_MARKUP = 1_000_000
"""Characters of markup read; what follows is cut."""
MAX_URL = 8_000
"""Characters; longer ones are no addresses (browsers and servers give up earlier)."""
MAX_DEPTH = 500
"""Open elements; lexbor is quadratic in depth (10,000: 0.1 s, 40,000: 1.9 s)."""
MAX_TAG = 10_000
"""Characters of one tag; lexbor is quadratic in the attributes of one tag."""

# ---------------------------------------------------------------- characters

# Line and paragraph separators end a line; U+200C and U+200D stay: Persian, Indic scripts and emoji need them.
_LINE_BREAK = re.compile("\r\n|[\n\r\v\f\u2028\u2029]")
_HIDDEN = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_BLANK = re.compile(r"\s")
MOST_MARKS = 30
"""Combining marks on one letter."""
_STRANGE = re.compile(r"[^\w\s\x00-\x7f]{64,}")  # no letters: where long runs of marks would stand
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def clean_line(text: str) -> str:
    """One line of NFC text: white space folded, control and hidden characters gone."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    if not text.isprintable():  # which what is searched for here never is
        text = _PAIR.sub(_join_pair, text)
        text = _CONTROL.sub(" ", _HIDDEN.sub("", text))
    text = _STRANGE.sub(_with_few_marks, text)
    return " ".join(unicodedata.normalize("NFC", text).split())


def _with_few_marks(run: re.Match[str]) -> str:
    """At most 30 marks on one letter (UAX 15, Stream-Safe Text): putting n in order takes n², 400,000 took two minutes."""
    kept, marks = [], 0
    for char in run[0]:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def clean_text(text: str) -> str:
    """Lines of clean text, one paragraph each; no blank lines."""
    lines = (clean_line(line) for line in _LINE_BREAK.split(text))
    return "\n".join(line for line in lines if line)


def _join_pair(pair: re.Match[str]) -> str:
    """Two surrogates, as JSON and UTF-16 write one character, become that character."""
    high, low = pair[0][0], pair[0][1]
    return chr(0x10000 + ((ord(high) - 0xD800) << 10) + (ord(low) - 0xDC00))


# ---------------------------------------------------------------- markup

_BLOCKS = (
    "address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption"
    " figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main menu nav ol option p pre"
    " section summary table tbody tfoot thead title tr ul"
)
_CELLS = "td th"
_DROPPED = "applet audio canvas embed iframe noembed noframes noscript object script style svg template video"
_INLINE = (
    "a abbr acronym area b base basefont bdi bdo big blink button cite code col colgroup data datalist del dfn em"
    " font frame frameset i image img input ins kbd label link map mark marquee math meta meter mfrac mi mn mo"
    " mover mrow mstyle msub msubsup msup mtext munder munderover nobr optgroup output param picture plaintext"
    " progress q rb rp rt rtc ruby s samp select semantics slot small source span strike strong sub sup textarea"
    " time track tt u var wbr xmp"
)


def _either(names: str) -> str:
    return "|".join(sorted(names.split(), key=len, reverse=True))


_NAMES = _either(
    " ".join(n for n in f"{_BLOCKS} {_CELLS} {_DROPPED} {_INLINE}".split() if len(n) > 1)
)
# What opens like a tag but is none that a browser knows ("a < b", "the <think> token") is text. Names of one letter
# need an attribute or their end ("i <b and"); names with a hyphen or a colon (custom elements, o:p) and anything that
# carries a quoted attribute are tags all the same.
_NO_TAG = re.compile(
    rf"<(?!/?(?:{_NAMES})(?:[\s/>]|$)|/?[abipqsu](?:\s*/?>|\s[^<>]*=)|[!?][a-z\[-]"
    r"|/?[a-z][a-z0-9]*[-:][a-z][^<>]*>|[a-z]\w*\s[^<>]*=\s*[\"'])",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(/?)([a-z][^\s/>]*)", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[^<>]*>?")
_LONG_TAG = re.compile(rf"<[^>]{{{MAX_TAG},}}>?")
_BLOCK_TAG = re.compile(rf"<(?=/?(?:{_either(_BLOCKS)})(?:[\s/>]|$))", re.IGNORECASE)
_CELL_TAG = re.compile(rf"<(?=(?:{_either(_CELLS)})(?:[\s/>]|$))", re.IGNORECASE)
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_BLANK_LINE = re.compile(r"\n\s*\n")
_UNNESTED = frozenset(
    (
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param"),
        *("source", "track", "wbr", "p", "li", "dd", "dt", "option", "td", "th", "tr"),
    )
)
_SELECT_DROPPED = ",".join(_DROPPED.split())


def plain(markup: str) -> str:
    """The text of an HTML fragment, or of plain text, with block elements as lines and entities decoded once.

    Scripts, styles, comments and media fallbacks are dropped. Plain text keeps its lines, unless it was wrapped at a
    fixed width. Hostile depth and length are cut; nothing raises.
    """
    markup = markup[:MAX_MARKUP]
    if markup.isprintable() and "<" not in markup and "&" not in markup:
        return clean_line(markup)  # one line with nothing to decode
    markup = _PAIR.sub(_join_pair, markup).replace("\x00", "")
    if "<" in markup:
        markup = _NO_TAG.sub("&lt;", _LONG_TAG.sub("", _CDATA.sub("", markup)))
    if "<" not in markup:
        blocks = _BLANK_LINE.split(html.unescape(markup).replace("\r\n", "\n"))
        return "\n".join(filter(None, (_unwrapped(clean_text(block)) for block in blocks)))
    paragraphs = [markup] if _BLOCK_TAG.search(markup) else _BLANK_LINE.split(markup)
    markup = "\n".join(_LINE_BREAK.sub(" ", paragraph) for paragraph in paragraphs)
    return clean_text(_text_of(_CELL_TAG.sub(" <", _BLOCK_TAG.sub("\n<", markup))))


def _text_of(markup: str) -> str:
    if _deeper_than(MAX_DEPTH, markup):
        return html.unescape(_ANY_TAG.sub("", markup))
    tree = LexborHTMLParser(markup.encode("utf-8", "replace"))
    for node in tree.css(_SELECT_DROPPED):
        node.decompose()
    return tree.root.text() if tree.root else ""


def _deeper_than(limit: int, markup: str) -> bool:
    """Whether more than `limit` elements are open at once; a guess that errs on the deep side."""
    opened: Counter[str] = Counter()
    for closing, name in _TAG.findall(markup.lower()):
        if name in _UNNESTED:
            continue
        if not closing:
            opened[name] += 1
            if opened.total() > limit:
                return True
        elif opened[name]:
            opened[name] -= 1
    return False


def _unwrapped(text: str) -> str:
    """Lines that were filled up to a width (arXiv, mail) joined again; any others as they are.

    Filled means: the next line's first word would never have fitted, and not every line ends a sentence.
    """
    lines = text.split("\n")
    width = max(map(len, lines))
    if len(lines) < 3 or not 50 <= width <= 120:
        return text
    filled = all(
        len(line) + 1 + len(after.partition(" ")[0]) > width for line, after in pairwise(lines)
    )
    cut = sum(line[-1] not in ".!?:;…" for line in lines[:-1])
    return " ".join(lines) if filled and cut * 2 >= len(lines) - 1 else text


# ---------------------------------------------------------------- addresses

_URL_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffd]")


def safe_url(url: str, base: str | None = None) -> str | None:
    """An absolute http or https address, resolved against `base`; None for anything else."""
    try:
        cleaned = _address(url)
        absolute = urljoin(_address(base), cleaned) if base and cleaned else cleaned
        parts = urlsplit(absolute)
        _ = parts.port  # raises for a port that is none
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or len(absolute) > MAX_URL:
        return None
    return absolute


def _address(url: str) -> str:
    """What a browser makes of an address: ends stripped, line breaks and hidden characters out, blanks quoted."""
    shown = _HIDDEN.sub("", _URL_HIDDEN.sub("", _PAIR.sub(_join_pair, url))).strip()
    return _BLANK.sub("%20", shown)
