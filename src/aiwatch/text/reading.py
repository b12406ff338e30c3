"""An entry and its page become one article: the work of one worker call.

Every choice between feed and page is said in `how`.
"""

import re
from collections.abc import Sequence
from hashlib import sha256
from urllib.parse import unquote

from aiwatch import __version__
from aiwatch.model import (
    Article,
    Entry,
    Extract,
    ExtractRules,
    Fingerprint,
    Page,
    ReadArticle,
    Source,
)
from aiwatch.text.blocks import width_of
from aiwatch.text.clean import clean_line, safe_url
from aiwatch.text.dates import utc
from aiwatch.text.fingerprint import fingerprint
from aiwatch.text.headlines import alike
from aiwatch.text.language import KNOWN, language, normal_tag
from aiwatch.text.late import late
from aiwatch.text.signin import without_sign_in
from aiwatch.text.tail import cut_tail
from aiwatch.text.urls import believable_canonical, canonical, host, same_site, url_key

WHOLE_TEXT = 1_500  # characters of a feed's own text that make fetching its page needless
REAL_BODY = 250  # width of a page's text that is more than a teaser
LONGEST_POINTER = (
    100  # characters of "read the rest of the article" and signs around it; it has no more than 50
)
LONGEST_TITLE = 120  # characters of one made from a text

_CUT = late(r"(?:…|\.\.\.)[\])]?$")
_WORDPRESS_FOOTER = late(
    r"\s*The post .{1,400} (?:appeared first|first appeared) on .{1,200}$", re.DOTALL
)
_READ_MORE = late(
    r"(?:…|\.\.\.|\[\+\d+ chars\]|\b(?:read|see|learn|view) (?:more|on)|continue reading|keep reading"
    r"|read (?:the )?(?:full|whole|entire|rest of the) (?:story|article|post|text|entry|review)|weiterlesen|mehr lesen"
    r"|zum artikel|lire la suite|lire plus|en savoir plus|leer más|seguir leyendo|leia mais|continue lendo|saiba mais"
    r"|leggi tutto|continua a leggere|lees verder|lees meer|czytaj (?:dalej|więcej|całość)|читать (?:далее|полностью)"
    r"|devamını oku|devamı için|đọc tiếp|xem thêm|selengkapnya|baca selengkapnya|läs mer|les mer|læs mere|lue lisää"
    r"|číst dále|더 ?보기|계속 읽기|続きを読む|もっと読む|阅读(?:全文|更多|原文)|查看全文|閱讀(?:全文|更多)|อ่านต่อ|اقرأ المزيد|और पढ़ें)"
    r"[^\w]{0,8}(?:»|→|>)?[\])]?\s*$",
    re.IGNORECASE,
)
_GOOGLE_NEWS = late(r"https?://news\.google\.com/", re.IGNORECASE)
_RECORDING = late(
    r"https?://[^?#]+\.(?:mp3|m4a|m4v|mp4|aac|ogg|oga|opus|wav|flac|mov|webm)(?:[?#]|$)",
    re.IGNORECASE,
)
_VIDEO_PAGE = late(
    r"https?://(?:(?:www\.|m\.)?youtube\.com/(?:watch|shorts/|live/)|youtu\.be/)", re.IGNORECASE
)
_READABLE = late(r"(?:text/|application/(?:xhtml|xml|octet-stream))", re.IGNORECASE)


def wants_page(entry: Entry, source: Source) -> tuple[bool, str]:
    """Whether the entry's page is to be fetched (`full_text`), and why."""
    if entry.change is not None:
        return False, "an edit of a watched page has no page of its own"
    if not entry.url or not safe_url(entry.url):
        return False, "the entry has no address"
    if source.full_text == "never":
        return False, "full_text is never"
    if useless := _useless(entry):
        return False, useless
    if source.full_text == "always":
        return True, "full_text is always"
    size = len(entry.text)
    if size < WHOLE_TEXT:
        return True, f"the feed's own text is short ({size} of {WHOLE_TEXT} characters)"
    if _ends_in_pointer(entry.text[-1_000:]):
        return True, "the feed's own text ends in a pointer to more"
    return False, f"the feed's own text is whole ({size} characters)"


def _ends_in_pointer(text: str) -> bool:
    if "The post " in text:
        text = _WORDPRESS_FOOTER.sub("", text)
    text = text.rstrip()
    return _READ_MORE.search(text, max(0, len(text) - LONGEST_POINTER)) is not None


def _useless(entry: Entry) -> str:
    """Why a page cannot hold the entry's text, whatever is asked for; empty if it can."""
    url = entry.url or ""
    if _GOOGLE_NEWS.match(url):
        return "a Google News link opens only in a browser"
    if _RECORDING.match(url):
        return "the address is a recording, not a page"
    if entry.text and _VIDEO_PAGE.match(url):
        return "a video's page says no more than its description"
    return ""


def articles_of(pairs: Sequence[tuple[Entry, Source]]) -> tuple[ReadArticle, ...]:
    """The articles of entries whose own text is enough: many in one worker's turn."""
    return tuple(article_of(entry, source, None) for entry, source in pairs)


def article_of(
    entry: Entry, source: Source, page: Page | str | None, known: frozenset[int] = frozenset()
) -> ReadArticle:
    """The article that an entry and, if it was fetched, its page make together.

    page: None where none was wanted, a text where none could be had: why, in words.
    known: lines that stand around every article of the page's host (`text.site`).
    """
    if entry.change is not None:
        return _edit(entry, source)
    if isinstance(page, str):
        refusal, page = page, None
    else:
        refusal = _not_the_article(entry, page)
    found = Extract() if page is None or refusal else _extracted(page, source, known)
    reached = page.url if page and not refusal else entry.url
    title, title_how = _title(entry, source, found)
    text, text_how = _text(entry, source, found, refusal)
    url, key, url_how = _address(entry, source, reached, found)
    published = entry.published or found.published
    article = Article(
        url=url,
        url_key=key,
        title=title,
        text=text,
        summary=entry.summary,
        authors=entry.authors or found.authors,
        published=utc(published) if published else None,
        modified=utc(found.modified) if found.modified else None,
        lang=language_of(f"{title}\n{text}", source.lang, found.language),
        site=found.site,
        outlet=_outlet(entry, source, found, url),
        source=source.name,
        image=found.image,
        paywalled=found.paywalled,
        trust=source.trust,
        primary=source.primary,
        aggregator=source.aggregator,
        how={**page_how(found), "title": title_how, "text": text_how, "url": url_how},
    )
    read_at = page.validators if page and not refusal else None
    by_page = text_how.startswith("page")
    wanted, _ = wants_page(entry, source)
    return ReadArticle(
        article=article,
        fingerprint=fingerprint(title, text),
        page=read_at,
        margins=found.margins,
        page_title=found.title if by_page else "",
        read_by=f"page {__version__}" if by_page else "feed",
        wanted_page=wanted,
    )


def _edit(entry: Entry, source: Source) -> ReadArticle:
    """A watched page's edit, as listed; its fingerprint is empty, as it is compared with nothing.

    Each edit of a page has a key of its own: a page that goes back to an old wording is news again.
    """
    address = entry.url or without_sign_in(source.url)
    which = sha256(entry.id.encode("utf-8", "replace")).hexdigest()[:16]
    text = entry.text or entry.summary
    article = Article(
        url=canonical(address),
        url_key=f"{url_key(address)} change {which}",
        title=clean_line(entry.title) or source.name,
        text=text,
        summary=entry.summary,
        published=utc(entry.published) if entry.published else None,
        lang=language_of(text, source.lang, None),
        outlet=clean_line(entry.outlet or "") or source.name,
        source=source.name,
        trust=source.trust,
        primary=source.primary,
        aggregator=source.aggregator,
        how={"title": "the watched page", "text": "the lines that were edited"},
        change=entry.change,
    )
    return ReadArticle(article=article, fingerprint=Fingerprint(words=len(text.split())))


# ---------------------------------------------------------------- entry and page


def _not_the_article(entry: Entry, page: Page | None) -> str:
    """Why a fetched page is not to be read as this entry's article; empty if it is."""
    if page is None:
        return ""
    kind = page.content_type or ""
    if kind and not _READABLE.match(kind.strip()):
        return f"the page is {clean_line(kind)}"
    if (
        entry.url
        and _is_home(page.url)
        and not _is_home(entry.url)
        and same_site(entry.url, page.url)
    ):
        return "the address led to the home page"
    return ""


def _is_home(url: str) -> bool:
    return re.fullmatch(r"https?://[^/?#]+/?", canonical(url)) is not None


def _extracted(page: Page, source: Source, known: frozenset[int]) -> Extract:
    # Only children read pages; a pass that finds nothing new starts none.
    from aiwatch.text.article import extract  # noqa: PLC0415

    return extract(
        page.body, page.url, rules=source.extract, content_type=page.content_type, known=known
    )


def page_how(found: Extract) -> dict[str, str]:
    """The page's own evidence, under names that do not hide what was chosen."""
    return {f"page {field}": evidence for field, evidence in found.how.items()}


def _title(entry: Entry, source: Source, found: Extract) -> tuple[str, str]:
    """The feed's title; the page's by a person's selector, or where there is none, a cut one, or a listing's link."""
    rules = source.extract or ExtractRules()
    if rule := _by_rule("title", rules.title, found):
        return found.title, f"page: {rule}"
    own = _without_outlet(clean_line(entry.title), entry.outlet)
    if not own:
        return (found.title, "page: the feed has none") if found.title else _made_title(entry)
    if source.kind == "listing" and found.title:
        return found.title, "page: the listing has link texts only"
    if _CUT.search(own) and not _CUT.search(found.title) and alike(own, found.title) >= 0.3:
        return found.title, "page: the feed's is cut"
    return own, "feed"


def _made_title(entry: Entry) -> tuple[str, str]:
    words = first_words(entry.text or entry.summary)
    if words:
        return words, "made from the text: neither feed nor page has one"
    return _slug_words(entry.url or ""), "made from the address: there are no other words"


def _slug_words(url: str) -> str:
    """`/2026/03/sora-closes-in-april.html` says "Sora closes in April", nearly."""
    path = unquote(url.partition("://")[2].partition("/")[2].partition("?")[0])
    parts = [part.rpartition(".")[0] or part for part in path.rstrip("/").split("/")]
    slug = max(parts, key=lambda part: sum(map(str.isalpha, part)), default="")
    words = clean_line(re.sub(r"[-_+]+", " ", slug))
    return words[:1].upper() + words[1:LONGEST_TITLE]


def _without_outlet(title: str, outlet: str | None) -> str:
    """Google News puts " - Outlet" behind every headline."""
    name = re.escape(clean_line(outlet or ""))
    found = re.fullmatch(rf"(.+?)\s+[-–—|]\s+{name}", title, re.IGNORECASE) if name else None
    return found[1] if found else title


def first_words(text: str) -> str:
    """A title for a text without one: its first sentence, or as many words as fit."""
    line = text.strip().partition("\n")[0]
    sentence = re.split(r"(?<=[.!?])\s|(?<=[。！？])", line, maxsplit=1)[0]
    if len(sentence) <= LONGEST_TITLE:
        return sentence
    fitting = sentence[: LONGEST_TITLE - 1]
    return (fitting.rpartition(" ")[0] or fitting).rstrip(" ,;:-") + "…"


def _by_rule(name: str, selector: str | None, found: Extract) -> str:
    """What a page's field came from, if it is what a person's selector found; else nothing."""
    how = found.how.get(name, "")
    return how if selector and how == f"rule {selector}" else ""


def _text(entry: Entry, source: Source, found: Extract, refusal: str) -> tuple[str, str]:
    """The page's text if it is an article's, else the feed's own."""
    rules = source.extract or ExtractRules()
    if rule := _by_rule("text", rules.body, found):
        return cut_tail(found.text), f"page: {rule}"
    page_text, own = cut_tail(found.text), cut_tail(entry.text or entry.summary)
    page_size, own_size = width_of(page_text), width_of(own)
    if page_size > own_size or (page_size >= REAL_BODY and page_size * 2 >= own_size):
        return page_text, f"page: {found.how.get('text', 'its body')}"
    if refusal:
        return own, f"feed: {refusal}"
    if not found.how and not page_text:
        return own, "feed: no page was read"
    why = (
        found.how.get("text", "no body") if not page_text else f"the page shows less ({page_size})"
    )
    return own, f"feed: {why}"


def _address(
    entry: Entry, source: Source, reached: str | None, found: Extract
) -> tuple[str, str, str]:
    """To show, to compare, and whose word the latter is."""
    if not reached:
        return entry.id, f"id:{source.name}:{entry.id}", "the entry's id: it has no address"
    believed = believable_canonical(reached, found.canonical_url) if found.canonical_url else None
    if believed:
        return canonical(reached), url_key(believed), "the page's own canonical address"
    where = "where the page was found" if reached != entry.url else "the entry's address"
    return canonical(reached), url_key(reached), where


def _outlet(entry: Entry, source: Source, found: Extract, url: str) -> str:
    """Who published: a person's word for it, never a bare host where there is a name."""
    named = clean_line(entry.outlet or "")
    site = found.site or ""
    if named or (site and not _is_host(site)):
        return named or site
    return (site or host(url) or source.name) if source.aggregator else source.name


def _is_host(name: str) -> bool:
    return re.fullmatch(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+/?", name) is not None


def language_of(text: str, stated: str | None, on_page: str | None) -> str | None:
    """A person's word first; then the text's, as pages often declare their template's language."""
    if told := normal_tag(stated or ""):
        return told
    declared = normal_tag(on_page or "")
    if declared and declared not in KNOWN:
        return declared
    return language(text) or declared
