"""An entry and its page, or an imported line, become one article: the work of one worker call.

Every choice between feed and page is said in `how`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import unquote

from aiwatch.model import (
    Article,
    Entry,
    Extract,
    Fingerprint,
    Page,
    ReadArticle,
    Source,
    SourceName,
)
from aiwatch.text.article import extract
from aiwatch.text.blocks import width_of
from aiwatch.text.clean import clean_line, clean_text, plain, safe_url
from aiwatch.text.dates import parse_date, utc
from aiwatch.text.fingerprint import fingerprint
from aiwatch.text.headlines import alike
from aiwatch.text.language import KNOWN, language, normal_tag
from aiwatch.text.tail import cut_tail
from aiwatch.text.urls import believable_canonical, canonical, host, same_site, url_key

WHOLE_TEXT = 1_500  # characters of a feed's own text that make fetching its page needless
REAL_BODY = 250  # width of a page's text that is more than a teaser
LONGEST_TITLE = 120  # characters of one made from a text

_CUT = re.compile(r"(?:…|\.\.\.)[\])]?$")
_WORDPRESS_FOOTER = re.compile(
    r"\s*The post .{1,400} (?:appeared first|first appeared) on .{1,200}$", re.DOTALL
)
_READ_MORE = re.compile(
    r"(?:…|\.\.\.|\[\+\d+ chars\]|\b(?:read|see|learn|view) (?:more|on)|continue reading|keep reading"
    r"|read (?:the )?(?:full|whole|entire|rest of the) (?:story|article|post|text|entry|review)|weiterlesen|mehr lesen"
    r"|zum artikel|lire la suite|lire plus|en savoir plus|leer más|seguir leyendo|leia mais|continue lendo|saiba mais"
    r"|leggi tutto|continua a leggere|lees verder|lees meer|czytaj (?:dalej|więcej|całość)|читать (?:далее|полностью)"
    r"|devamını oku|devamı için|đọc tiếp|xem thêm|selengkapnya|baca selengkapnya|läs mer|les mer|læs mere|lue lisää"
    r"|číst dále|더 ?보기|계속 읽기|続きを読む|もっと読む|阅读(?:全文|更多|原文)|查看全文|閱讀(?:全文|更多)|อ่านต่อ|اقرأ المزيد|और पढ़ें)"
    r"[^\w]{0,8}(?:»|→|>)?[\])]?\s*$",
    re.IGNORECASE,
)
_MARKUP = re.compile(
    r"</(?:p|div|li|h\d|span|a|b|i|em|strong)\s*>|<(?:br|p|img)\b[^<>]*>", re.IGNORECASE
)
_GOOGLE_NEWS = re.compile(r"https?://news\.google\.com/", re.IGNORECASE)
_RECORDING = re.compile(
    r"https?://[^?#]+\.(?:mp3|m4a|m4v|mp4|aac|ogg|oga|opus|wav|flac|mov|webm)(?:[?#]|$)",
    re.IGNORECASE,
)
_VIDEO_PAGE = re.compile(
    r"https?://(?:(?:www\.|m\.)?youtube\.com/(?:watch|shorts/|live/)|youtu\.be/)", re.IGNORECASE
)
_READABLE = re.compile(r"(?:text/|application/(?:xhtml|xml|octet-stream))", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A line of an import, read, and its text as it was given."""

    read: ReadArticle
    given: str


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
    if _READ_MORE.search(_WORDPRESS_FOOTER.sub("", entry.text[-1_000:]).rstrip()):
        return True, "the feed's own text ends in a pointer to more"
    return False, f"the feed's own text is whole ({size} characters)"


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


def article_of(entry: Entry, source: Source, page: Page | str | None) -> ReadArticle:
    """The article that an entry and, if it was fetched, its page make together.

    page: None where none was wanted, a text where none could be had: why, in words.
    """
    if entry.change is not None:
        return _edit(entry, source)
    if isinstance(page, str):
        refusal, page = page, None
    else:
        refusal = _not_the_article(entry, page)
    found = Extract() if page is None or refusal else _extracted(page, source)
    reached = page.url if page and not refusal else entry.url
    title, title_how = _title(entry, source, found)
    text, text_how = _text(entry, found, refusal)
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
        lang=_language(f"{title}\n{text}", source.lang, found.language),
        site=found.site,
        outlet=_outlet(entry, source, found, url),
        source=source.name,
        image=found.image,
        paywalled=found.paywalled,
        trust=source.trust,
        primary=source.primary,
        aggregator=source.aggregator,
        how={**_page_how(found), "title": title_how, "text": text_how, "url": url_how},
    )
    read_at = page.validators if page and not refusal else None
    return ReadArticle(article=article, fingerprint=fingerprint(title, text), page=read_at)


def _edit(entry: Entry, source: Source) -> ReadArticle:
    """A watched page's edit, as listed; its fingerprint is empty, as it is compared with nothing.

    Each edit of a page has a key of its own: a page that goes back to an old wording is news again.
    """
    address = entry.url or source.url
    which = sha256(entry.id.encode("utf-8", "replace")).hexdigest()[:16]
    text = entry.text or entry.summary
    article = Article(
        url=canonical(address),
        url_key=f"{url_key(address)} change {which}",
        title=clean_line(entry.title) or source.name,
        text=text,
        summary=entry.summary,
        published=utc(entry.published) if entry.published else None,
        lang=_language(text, source.lang, None),
        outlet=clean_line(entry.outlet or "") or source.name,
        source=source.name,
        trust=source.trust,
        primary=source.primary,
        aggregator=source.aggregator,
        how={"title": "the watched page", "text": "the lines that were edited"},
        change=entry.change,
    )
    return ReadArticle(article=article, fingerprint=Fingerprint(words=len(text.split())))


def imported(line: Mapping[str, Any]) -> Imported | str:
    """The article in a line of `import`; a text instead says what is wrong with the line."""
    if problem := _wrong_type(line):
        return problem
    said = {name: "" if line.get(name) is None else str(line[name]) for name in _IMPORT_KEYS}
    said = {name: value for name, value in said.items() if value.strip()}
    url = safe_url(said.get("url", ""))
    found = extract(said["html"], url) if "html" in said else Extract()
    given, text_how = _given_text(said, found)
    text = cut_tail(given)
    title = clean_line(said.get("title", "")) or found.title or _first_words(text)
    if not title and not text:
        return "neither a title nor a text"
    id_ = clean_line(said.get("id", ""))
    address, key = _import_address(url, id_, title, text)
    stated = parse_date(said.get("published", "")) or found.published
    article = Article(
        url=address,
        url_key=key,
        title=title,
        text=text,
        summary=clean_text(said.get("summary", "")),
        authors=found.authors,
        published=utc(stated) if stated else None,
        modified=utc(found.modified) if found.modified else None,
        lang=_language(f"{title}\n{text}", said.get("lang"), found.language),
        site=found.site,
        outlet=clean_line(said.get("source", "")) or found.site or host(address),
        source=SourceName(clean_line(said.get("source", "")) or "import"),
        external_id=id_ or None,
        image=found.image,
        paywalled=found.paywalled,
        how={**_page_how(found), "text": text_how, **_unread(said, url)},
    )
    return Imported(
        read=ReadArticle(article=article, fingerprint=fingerprint(title, text)), given=given
    )


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


def _extracted(page: Page, source: Source) -> Extract:
    return extract(page.body, page.url, rules=source.extract, content_type=page.content_type)


def _page_how(found: Extract) -> dict[str, str]:
    """The page's own evidence, under names that do not hide what was chosen."""
    return {f"page {field}": evidence for field, evidence in found.how.items()}


def _title(entry: Entry, source: Source, found: Extract) -> tuple[str, str]:
    """The feed's title; the page's where there is none, a cut one, or where a listing's link text stood for one."""
    own = _without_outlet(clean_line(entry.title), entry.outlet)
    if not own:
        return (found.title, "page: the feed has none") if found.title else _made_title(entry)
    if source.kind == "listing" and found.title:
        return found.title, "page: the listing has link texts only"
    if _CUT.search(own) and not _CUT.search(found.title) and alike(own, found.title) >= 0.3:
        return found.title, "page: the feed's is cut"
    return own, "feed"


def _made_title(entry: Entry) -> tuple[str, str]:
    words = _first_words(entry.text or entry.summary)
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


def _first_words(text: str) -> str:
    """A title for a text without one: its first sentence, or as many words as fit."""
    line = text.strip().partition("\n")[0]
    sentence = re.split(r"(?<=[.!?])\s|(?<=[。！？])", line, maxsplit=1)[0]
    if len(sentence) <= LONGEST_TITLE:
        return sentence
    fitting = sentence[: LONGEST_TITLE - 1]
    return (fitting.rpartition(" ")[0] or fitting).rstrip(" ,;:-") + "…"


def _text(entry: Entry, found: Extract, refusal: str) -> tuple[str, str]:
    """The page's text if it is an article's, else the feed's own."""
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


def _language(text: str, stated: str | None, on_page: str | None) -> str | None:
    """A person's word first; then the text's, as pages often declare their template's language."""
    if told := normal_tag(stated or ""):
        return told
    declared = normal_tag(on_page or "")
    if declared and declared not in KNOWN:
        return declared
    return language(text) or declared


# ---------------------------------------------------------------- import

_IMPORT_KEYS = ("id", "url", "title", "body", "summary", "html", "published", "source", "lang")


def _wrong_type(line: Mapping[str, Any]) -> str:
    """What is no text where one belongs; numbers are taken as ids and as seconds since 1970."""
    for name in _IMPORT_KEYS:
        value = line.get(name)
        numeric = name in ("id", "published") and isinstance(value, int | float)
        if value is None or isinstance(value, str) or (numeric and not isinstance(value, bool)):
            continue
        return f"{name} is {_json_type(value)}, not a text"
    return ""


def _json_type(value: object) -> str:
    names = {
        bool: "true or false",
        dict: "an object",
        list: "a list",
        int: "a number",
        float: "a number",
    }
    return names.get(type(value), "of another type")


def _given_text(said: Mapping[str, str], found: Extract) -> tuple[str, str]:
    """The text of a line before its tail is cut, and where it stood."""
    if found.text:
        return found.text, f"html: {found.how.get('text', 'its body')}"
    for name in ("body", "html", "summary"):
        text = _plain(said.get(name, ""))
        if text:
            return text, name
    return "", "none"


def _plain(text: str) -> str:
    return plain(text) if _MARKUP.search(text) else clean_text(text)


def _import_address(url: str | None, id_: str, title: str, text: str) -> tuple[str, str]:
    """To show and to compare: the web address, else the id, else a hash of title and text."""
    if web := url or safe_url(id_):
        return canonical(web), url_key(web)
    if id_:
        return id_, f"id:{id_}"
    digest = sha256(f"{title}\n{text}".encode("utf-8", "replace")).hexdigest()[:32]
    return f"hash:{digest}", f"hash:{digest}"


def _unread(said: Mapping[str, str], url: str | None) -> dict[str, str]:
    """What a line states and we could not use."""
    how: dict[str, str] = {}
    if "url" in said and not url:
        how["url"] = f"left out: {clean_line(said['url'])[:100]!r} is no http or https address"
    if "published" in said and not parse_date(said["published"]):
        how["published"] = (
            f"left out: {clean_line(said['published'])[:100]!r} cannot be read as one date"
        )
    return how
