"""What a host serves: article pages of 48-250 KB in one of several makes, and feeds in RSS or Atom.

A make is a site's whole furniture: inline style and script, menus, teasers, forms, footers. It is made once and packed
once, as raw deflate blocks that can be put beside the packed article of the day: the world is not to take the
processor from those it measures.
"""

import random
import zlib
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from html import escape

from world.prose import ADJECTIVES, NOUNS, ROOTS, Event, event, headline, name, paragraphs

MAKES = 24
SMALLEST, LARGEST = 48_000, 250_000
FULL_TEXT = (0, 1)  # of five feeds, those that carry the whole text
SHARED = 0.2  # of entries tell of an event that other hosts tell of, too
EVENTS = 3  # tellings of a shared event, about
CLASSES = (
    ("article-body", "headline", "byline"),
    ("entry-content", "entry-title", "author vcard"),
    ("story__content", "story__title", "story__author"),
    ("c-post-text", "c-post-title", "c-post-by"),
    ("css-1k8f2q", "css-9a0x7", "css-ud31m"),
    ("post-content rich-text", "post-title", "post-meta"),
)


@dataclass(frozen=True, slots=True)
class Telling:
    """One article."""

    title: str
    author: str
    lines: tuple[str, ...]
    path: str


def telling(seed: int, feed: int, entry: int) -> Telling:
    """The same for the same numbers."""
    dice = random.Random(f"{seed}/{feed}/{entry}")
    about = _event(seed, feed, entry, dice)
    title = headline(about, dice)
    title = title[0].upper() + title[1:]
    lines = tuple(paragraphs(about, dice, dice.choice((14, 20, 26, 34, 44, 60, 90))))
    slug = "-".join("".join(c for c in title.lower() if c.isalnum() or c == " ").split()[:7])
    author = f"{name(dice)} {name(dice)}"
    return Telling(title, author, lines, f"/news/{entry}/{slug}.html")


def _event(seed: int, feed: int, entry: int, dice: random.Random) -> Event:
    if dice.random() >= SHARED:
        return event(f"{seed}/{feed}/{entry}")
    return event(f"{seed}/shared/{(feed * 31 + entry) // 5 // EVENTS}")


# ---------------------------------------------------------------- pages


@dataclass(frozen=True, slots=True)
class Make:
    """A site's furniture, as text and packed."""

    before: bytes
    after: bytes
    packed_before: bytes
    packed_after: bytes
    classes: tuple[str, str, str]


@cache
def make(number: int) -> Make:
    """One of `MAKES`."""
    dice = random.Random(f"make {number}")
    size = SMALLEST + (LARGEST - SMALLEST) * number // (MAKES - 1)
    menu = _menu(dice, 60 + number * 6)
    cards = _teasers(dice, 10 + number) + _comments(dice, 6 + number * 2)
    foot = _footer(dice, 20 + 3 * number)
    rest = max(size - len(menu) - len(cards) - len(foot), 6_000)
    before = (
        _style(dice, rest * 40 // 100) + _script(dice, rest * 25 // 100) + "</head><body>" + menu
    )
    after = cards + foot + _script(dice, rest * 35 // 100) + "</body></html>"
    first, last = before.encode(), after.encode()
    return Make(first, last, packed(first), packed(last), CLASSES[number % len(CLASSES)])


def page(site: str, number: int, told: Telling, url: str, at: datetime) -> tuple[bytes, ...]:
    """The page in its four parts: head, furniture, article, furniture."""
    made = make(number % MAKES)
    body, title, by = made.classes
    when = at.isoformat()
    head = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(told.title)} | {site}</title>'
        f'<link rel="canonical" href="{url}"><meta property="og:title" content="{escape(told.title)}">'
        f'<meta property="og:type" content="article"><meta property="og:site_name" content="{site}">'
        f'<meta property="og:description" content="{escape(told.lines[0][:180])}">'
        f'<meta property="article:published_time" content="{when}"><meta name="author" content="{told.author}">'
        f'<script type="application/ld+json">{{"@context":"https://schema.org","@type":"NewsArticle","headline":"{escape(told.title)}",'
        f'"datePublished":"{when}","author":{{"@type":"Person","name":"{told.author}"}},"publisher":{{"@type":"Organization","name":"{site}"}}}}</script>'
    )
    lines = _marked_up(told, number)
    article = (
        f'<main><article><h1 class="{title}">{escape(told.title)}</h1><div class="{by}">By <a href="/by/{told.author.replace(" ", "-")}">{told.author}</a>'
        f' <time datetime="{when}">{at:%d %B %Y}</time></div><div class="{body}">{"".join(lines)}</div></article></main>'
    )
    return head.encode(), made.before, article.encode(), made.after


def _marked_up(told: Telling, number: int) -> list[str]:
    """Paragraphs with links and emphasis inside, and what stands between them: pictures, boxes, advertisements."""
    lines = []
    for place, line in enumerate(told.lines):
        first, _, rest = escape(line).partition(" ")
        middle, _, last = rest.rpartition(" ")
        link = (
            f'<a href="/tag/{place}" class="inline-link">{first}</a>' if place % 3 == 0 else first
        )
        lines.append(f"<p>{link} {middle} {f'<em>{last}</em>' if place % 4 == 1 else last}</p>")
    for place in range(3, len(lines), 4):
        lines[place] += '<div class="ad-slot" data-ad="mid"><span>Advertisement</span></div>'
    if number % 2:
        lines[0] += (
            f'<figure class="figure"><img src="/images/{number}.jpg" alt=""><figcaption>A picture of the place. Photo: Agency</figcaption></figure>'
        )
    return lines


def gzipped(parts: tuple[bytes, ...], number: int) -> bytes:
    """The page as one gzip member, its furniture packed long before."""
    made = make(number % MAKES)
    head, before, article, after = parts
    blocks = packed(head) + made.packed_before + packed(article) + made.packed_after
    whole = b"".join((head, before, article, after))
    foot = zlib.crc32(whole).to_bytes(4, "little") + (len(whole) & 0xFFFFFFFF).to_bytes(4, "little")
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + blocks + b"\x03\0" + foot


def packed(text: bytes) -> bytes:
    """Raw deflate blocks that refer to nothing before them."""
    packer = zlib.compressobj(4, zlib.DEFLATED, -15)
    return packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH)


def _style(dice: random.Random, size: int) -> str:
    rules: list[str] = []
    while sum(map(len, rules)) < size - 60:
        rules += [
            f".{dice.choice(NOUNS)}-{dice.choice(ROOTS)}{dice.randint(1, 99)}{{margin:{dice.randint(0, 40)}px;color:#{dice.randint(0, 4095):03x};display:flex}}"
            for _ in range(20)
        ]
    return f"<style>{''.join(rules)}</style>"


def _script(dice: random.Random, size: int) -> str:
    items: list[str] = []
    while sum(map(len, items)) < size - 60:
        items += [
            f'{{"id":{dice.randint(1, 10**7)},"key":"{dice.choice(ROOTS)}_{dice.choice(NOUNS)}","on":{dice.choice(("true", "false"))},"w":[{dice.random():.5f},{dice.random():.5f}]}}'
            for _ in range(20)
        ]
    return f"<script>window.__state=[{','.join(items)}];(function(d){{d.querySelectorAll('a').forEach(function(a){{a.rel='x'}})}})(document)</script>"


def _menu(dice: random.Random, links: int) -> str:
    """Sections, half of them in boxes that open."""
    items = []
    for _ in range(links):
        word, other = dice.choice(NOUNS), dice.choice(ROOTS)
        items.append(
            f'<li class="nav-item nav-item--level-{dice.randint(1, 3)}"><a class="nav-link nav-link--{other}" href="/{word}/{other}" data-track="menu:{word}:{other}"><span class="nav-link__text">{word.capitalize()}</span></a></li>'
        )
    icon = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 6h18M3 12h18M3 18h18"/></svg>'
    return f'<header class="site-header">{icon}<nav aria-label="Main"><ul class="nav-list">{"".join(items)}</ul></nav></header>'


def _teasers(dice: random.Random, cards: int) -> str:
    items = []
    for _ in range(cards):
        about, image = (
            event(f"teaser {dice.random()}"),
            f"/images/{dice.randint(1, 99999)}/{dice.choice(ROOTS)}",
        )
        sizes = ", ".join(f"{image}-{width}.webp {width}w" for width in (320, 640, 960, 1280))
        dek = (
            f'<p class="card__dek">{escape(paragraphs(about, dice, 1)[0][:90])}</p>'
            if dice.random() < 0.4
            else ""
        )
        items.append(
            f'<li class="card card--{dice.choice(NOUNS)}"><a class="card__link" href="/news/{dice.randint(10**5, 10**6)}/{dice.choice(ROOTS)}.html" data-track="related">'
            f'<picture><source type="image/webp" srcset="{sizes}"><img src="{image}.jpg" alt="" loading="lazy" width="320" height="180"></picture>'
            f'<h3 class="card__title">{escape(headline(about, dice))}</h3></a>{dek}<span class="card__time">{dice.randint(1, 23)} hours ago</span></li>'
        )
    form = '<form class="newsletter"><label>Sign up for our newsletter</label><input type="email" name="e"><button>Subscribe</button></form>'
    return f'<aside class="rail"><section class="related"><h2>More stories</h2><ul>{"".join(items)}</ul></section>{form}</aside>'


def _comments(dice: random.Random, comments: int) -> str:
    items = []
    for _ in range(comments):
        about = event(f"comment {dice.random()}")
        said = "".join(
            f"<p>{escape(line)}</p>" for line in paragraphs(about, dice, dice.randint(1, 4))
        )
        items.append(
            f'<li class="comment" id="c{dice.randint(1, 10**6)}"><div class="comment__head"><b class="comment__by">{name(dice)}</b> <span class="comment__at">{dice.randint(1, 9)} hours ago</span></div>'
            f'<div class="comment__text">{said}</div><div class="comment__foot"><button>Reply</button> <button>Report</button></div></li>'
        )
    return f'<section class="comments" id="comments"><h2>{comments} comments</h2><ol class="comment-list">{"".join(items)}</ol></section>'


def _footer(dice: random.Random, links: int) -> str:
    items = " ".join(
        f'<a class="foot__link" href="/{dice.choice(NOUNS)}/{dice.choice(ROOTS)}">{dice.choice(ADJECTIVES).capitalize()} {dice.choice(NOUNS)}</a>'
        for _ in range(links)
    )
    return f'<footer class="foot"><div class="foot__links">{items}</div><p>All rights reserved. Terms of use. Privacy policy. Cookies.</p></footer>'


# ---------------------------------------------------------------- feeds


def feed(
    site: str, number: int, told: list[tuple[Telling, datetime]], home: str, built: datetime | None
) -> bytes:
    """The feed's body, newest first; `built`: when it says that it was made."""
    whole = number % 5 in FULL_TEXT
    if number % 10 in (3, 7):
        return _atom(site, told, home, built, whole=whole)
    return _rss(site, told, home, built, whole=whole)


def _html(one: Telling) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in one.lines)


def _rss(
    site: str,
    told: list[tuple[Telling, datetime]],
    home: str,
    built: datetime | None,
    *,
    whole: bool,
) -> bytes:
    items = []
    for one, at in told:
        text = f"<content:encoded><![CDATA[{_html(one)}]]></content:encoded>" if whole else ""
        items.append(
            f'<item><title>{escape(one.title)}</title><link>{home}{one.path}</link><guid isPermaLink="true">{home}{one.path}</guid>'
            f"<pubDate>{format_datetime(at)}</pubDate><dc:creator>{one.author}</dc:creator><category>News</category>"
            f"<description>{escape(one.lines[0][:260])}</description>{text}</item>"
        )
    made = f"<lastBuildDate>{format_datetime(built)}</lastBuildDate>" if built else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>{site}</title><link>{home}/</link><description>News of {site}</description><language>en</language>{made}{''.join(items)}</channel></rss>"
    ).encode()


def _atom(
    site: str,
    told: list[tuple[Telling, datetime]],
    home: str,
    built: datetime | None,
    *,
    whole: bool,
) -> bytes:
    items = []
    for one, at in told:
        text = f'<content type="html">{escape(_html(one))}</content>' if whole else ""
        items.append(
            f'<entry><id>{home}{one.path}</id><title>{escape(one.title)}</title><link href="{home}{one.path}"/>'
            f"<published>{at.isoformat()}</published><updated>{at.isoformat()}</updated><author><name>{one.author}</name></author>"
            f'<summary type="html">{escape(one.lines[0][:260])}</summary>{text}</entry>'
        )
    updated = (built or max(at for _, at in told)).isoformat() if told or built else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><id>{home}/</id><title>{site}</title>'
        f'<link href="{home}/"/><updated>{updated}</updated>{"".join(items)}</feed>'
    ).encode()
