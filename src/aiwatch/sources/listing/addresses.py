"""Which addresses can be articles at all, and what an address looks like: the words of many sites' folders."""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from aiwatch.text.url_rules import INDEX_FILES
from aiwatch.text.urls import canonical, same_site, url_key


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Never an article, wherever the word stands in the path.
_NEVER = _words(
    "tag tags category categories cat author authors autor auteur search login signin sign-in signup sign-up register "
    "account my-account cart basket checkout legal wp-content wp-admin wp-json feed rss cdn-cgi logout profile user "
    "users label labels rubrik kategorie rubrique etiqueta thema tema hashtag kategori members-area preferences "
    "blog-category blog-categories blog-tag blog-tags news-category post-category blog-author team-members"
)
# Lists as a folder, articles when a number or a date follows (`/archives/1234`, `/topics/20260324`).
_LISTS = _words(
    "archive archives topic topics section sections page pages year month all type series index"
)
# What the last segment alone says it is.
_LAST = _words(
    "about about-us aboutus contact contact-us contacts pricing plans careers jobs join-us privacy privacy-policy "
    "terms terms-of-service terms-of-use tos cookies cookie-policy cookie-settings press-kit presskit media-kit "
    "mediakit brand branding brand-assets subscribe unsubscribe newsletter newsletters faq faqs team leadership demo "
    "request-demo book-a-demo get-started download downloads home index blog blogs news newsroom press media latest "
    "archive archives rss feed atom rss.xml feed.xml atom.xml index.xml sitemap accessibility imprint impressum "
    "datenschutz agb kontakt help support status security trust community developers docs documentation api sdk shop "
    "store login signup app affiliates partners investors investor-relations company products product solutions "
    "features enterprise customers resources events webinars podcast podcasts guidelines dmca eula "
    "press-contact media-contact media-contacts inquiries kits"
)
# The same right below the list page, where `/news/security` may well be an article.
_BELOW = _words(
    "about about-us contact contact-us press-kit presskit media-kit mediakit brand-assets subscribe newsletter faq index "
    "all latest archive archives rss feed atom rss.xml feed.xml atom.xml index.xml press-contact press-contacts "
    "media-contact media-contacts media-inquiries kits guidelines downloads search login signup page tags categories"
)
# Folders of news, and of everything else that vendors show in grids.
_NEWS = _words(
    "news newsroom news-room blog blogs press press-releases press-release pressreleases press-room pressroom release "
    "releases article articles post posts story stories update updates announcement announcements insight insights "
    "journal magazine media newsnet notice notices bulletin research publications changelog latest whats-new "
    "perspectives p archives topics information info newsroom-post news-release news-releases "
    "newsdetail news-detail newsview report reports index "
    "aktuelles presse nachrichten neuigkeiten pressemitteilungen actualites actualite actus noticias novedades prensa "
    "noticia novidades notizie comunicati novosti aktuality nyheter nyheder uutiset berita tin-tuc xinwen zixun "
    "dongtai gonggao oshirase"
)
_OTHER = _words(
    "product products feature features solution solutions tool tools customer customers case-study case-studies "
    "case success-stories template templates integration integrations model models docs doc documentation help support "
    "learn academy course courses tutorial tutorials guide guides careers career job jobs event events webinar "
    "webinars partner partners team people use-case use-cases industries industry pricing compare comparison vs "
    "alternatives explore gallery showcase apps app api download downloads community legal policy policies faq about "
    "company investors glossary ebooks whitepapers effects styles video videos podcast podcasts shop store "
    "creators workflows services service"
)
# The last segment of a page that lists: its folder is what articles share.
_LIST_PAGES = _words("index list all latest archive archives")
_FILE = re.compile(
    r"\.(?:pdf|zip|jpe?g|png|gif|webp|svg|mp4|mov|mp3|docx?|xlsx?|pptx?|xml|rss|atom|json|ics|dmg|exe|apk|csv|epub)$",
    re.IGNORECASE,
)
_ID_NAME = re.compile(
    r"(?:^|_|-|[a-z])(?:id|no|num|seq|idx|srl|code|key|slug|uid)$|^(?:p|n|a|article|news|post|story|entry|item)$",
    re.IGNORECASE,
)
_LIST_NAME = re.compile(
    r"^(?:page|pg|paged|p(?:age)?_?(?:no|num|index)?|offset|start|sort|order|filter|category|cat|tag|tags|year|month|lang"
    r"|locale|hl|tab|view|type|q|s|query|search|limit|per_page|cursor|topic)$|_page$",
    re.IGNORECASE,
)
# Where on the site a link stood: no page is chosen by it once its path names the article.
_REMARK = re.compile(
    r"[?&](?:ref|referrer|referer|from|source|src|via|origin|position|pos|section|location|cta|click)=[^&#]*",
    re.IGNORECASE,
)
_LOCALE = re.compile(
    r"[a-z]{2}(?:[-_](?:[a-z]{2}|hans|hant|latn|419))?|zh-?(?:cn|tw|hk|hans|hant)", re.IGNORECASE
)
_NUMBER = re.compile(r"\d+")
_SOCIAL = re.compile(r"/(?:share|sharer|intent)(?:[/.?]|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """An address taken apart."""

    key: str  # to compare
    url: str  # to open
    host: str
    folders: tuple[str, ...]  # decoded, lower case, without the last
    last: str
    id: str  # name and value of the query that tells articles apart, else empty
    listing: bool  # its query asks for a page, a filter or a language

    @property
    def pattern(self) -> str:
        """What articles of one kind share: host and folders with figures as `#`, the query's name."""
        folders = "/".join("#" if _NUMBER.fullmatch(folder) else folder for folder in self.folders)
        if self.id:
            return f"{self.host}/{folders}/{self.last}?{self.id.partition('=')[0]}"
        return f"{self.host}/{folders}"


@lru_cache(maxsize=4096)
def shape_of(address: str) -> Shape | None:
    """The parts of an absolute address; None for what is none."""
    url = canonical(address)
    try:
        parts = urlsplit(url)
        if parts.query and re.search(r"[-_\d]", parts.path.rstrip("/").rpartition("/")[2]):
            url = re.sub(r"^([^?]*)&", r"\1?", _REMARK.sub("", url))
            parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    path = parts.path + (parts.fragment.lstrip("!") if parts.fragment else "")
    segments = [unquote(segment).lower() for segment in path.split("/") if segment]
    if len(segments) > 1 and segments[-1] in INDEX_FILES and not parts.query:
        segments.pop()
    id_, listing = _asked(parts.query)
    return Shape(
        key=url_key(url),
        url=url,
        host=parts.hostname.removeprefix("www."),
        folders=tuple(segments[:-1]),
        last=segments[-1] if segments else "",
        id=id_,
        listing=listing,
    )


def _asked(query: str) -> tuple[str, bool]:
    """The pair of a query that names an article, and whether another asks for a list."""
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    numbered = [pair for pair in pairs if _ID_NAME.search(pair[0]) and pair[2]]
    firm = [pair for pair in numbered if not _LIST_NAME.search(pair[0]) or len(pair[2]) > 2]
    listing = any(_LIST_NAME.search(name) for name, _, _ in pairs)
    return ("=".join((firm[0][0], firm[0][2])) if firm else ""), listing and not firm


def may_be_article(shape: Shape, page: Shape) -> bool:
    """Whether an address of this site could be an article's, seen from the list page."""
    if not (shape.last or shape.id) or shape.key == page.key or _asks_for_list(shape, page):
        return False
    if not same_site(shape.url, page.url) or _SOCIAL.search(shape.url):
        return False
    if _FILE.search(shape.last) or _is_above(shape, page) or _is_translation(shape, page):
        return False
    return bool(shape.id) or not _is_named_otherwise(shape, page)


def _asks_for_list(shape: Shape, page: Shape) -> bool:
    """`?page=2` and `?category=x` ask for a list; on an article's own path they are remarks (`/news/a-b?ref=home`)."""
    own = (*page.folders, page.last)
    return shape.listing and (not is_slug(shape) or (*shape.folders, shape.last) == own)


def _is_named_otherwise(shape: Shape, page: Shape) -> bool:
    """Whether a folder or the last part says what else it is: a tag, an author, terms, a year's list."""
    own = {*page.folders, page.last}
    folders = [folder for folder in shape.folders if folder not in own]
    if any(folder in _NEVER for folder in folders) or shape.last in _NEVER:
        return True
    if folders and folders[-1] in _LISTS and not re.search(r"\d|(?:\w+-+){3}", shape.last):
        return True
    if re.fullmatch(r"(?:19|20)\d\d/[01]?\d", "/".join((*shape.folders[-1:], shape.last))):
        return True  # a month's list
    stem = shape.last.partition(".")[0] or shape.last
    below = bool(shape.folders) and shape.folders == tuple(filter(None, (*page.folders, page.last)))
    return stem in (_BELOW if below else _LAST)


def _is_above(shape: Shape, page: Shape) -> bool:
    """The page's own parents, and the site's start."""
    path = (*shape.folders, shape.last)
    return (
        not shape.id and shape.host == page.host and path == (*page.folders, page.last)[: len(path)]
    )


def _is_translation(shape: Shape, page: Shape) -> bool:
    """The list page itself, or anything below it, in another language."""
    if not shape.id and _untranslated(shape) == _untranslated(page):
        return True
    first, own = (shape.folders[:1] or ("",))[0], (page.folders[:1] or ("",))[0]
    if first == own or not _LOCALE.fullmatch(first):
        return False
    rest = _untranslated(page)
    return bool(rest) and _untranslated(shape)[: len(rest)] == rest


def _untranslated(shape: Shape) -> tuple[str, ...]:
    path = tuple(filter(None, (*shape.folders, shape.last)))
    return path[1:] if path and _LOCALE.fullmatch(path[0]) else path


def kinship(shape: Shape, page: Shape) -> float:
    """How much the folder of an address speaks for news, seen from this page: -1 to 2."""
    path = list(filter(None, (*page.folders, page.last)))
    if path and (page.id or "." in path[-1] or path[-1] in _LIST_PAGES):
        path.pop()
    own = [segment.partition(".")[0] for segment in path]
    folders = [segment.partition(".")[0] for segment in shape.folders]
    if shape.id:
        folders.append(shape.last.partition(".")[0])
    if own and folders[: len(own)] == own:
        return 2.0
    said = [folder for folder in folders if folder not in own or folder in _NEWS]
    if any(_says(folder, _NEWS) for folder in said):
        return 1.5 if set(folders) & set(own) else 1.0
    if any(_says(folder, _OTHER) for folder in said):
        return -1.0
    return 0.3 if any(_NUMBER.fullmatch(folder) for folder in folders) else 0.0


def _says(folder: str, words: frozenset[str]) -> bool:
    return folder in words or any(part in words for part in re.split(r"[-_]", folder))


def is_slug(shape: Shape) -> bool:
    """Whether the last part reads like one article's name: joined words, a number, another script."""
    last = shape.id.partition("=")[2] if shape.id else shape.last.partition(".")[0]
    return (
        bool(re.search(r"[^\W_]+[-_][^\W_]+", last))
        or bool(re.search(r"\d", last))
        or not last.isascii()
        or len(last) >= 16
    )


def day_in(shape: Shape) -> str:
    """The full date an address carries, as ISO; empty without."""
    path = "/".join((*shape.folders, shape.last))
    found = re.search(r"(?:^|[/_-])((?:19|20)\d\d)[/_-]?([01]\d)[/_-]?([0-3]\d)(?=[/_.-]|$)", path)
    return "-".join(found.groups()) if found else ""
