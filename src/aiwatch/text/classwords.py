"""What an element's class, id and role say it is: bits for each group of words sites use."""

from functools import lru_cache

from aiwatch.text.late import late

RELATED, COMMENT, SHARE, PROMO, MENU, CAPTION, ABOUT, NOTICE, HIDDEN, BODY, ARTICLE = (
    1 << n for n in range(11)
)
# Not words: what the element itself is.
ASIDE = 1 << 11
FIGURE = 1 << 12
# A name that says outright that this is the article's text ("article-body", "entry-content").
PROSE = 1 << 13
UNWANTED = (
    RELATED | COMMENT | SHARE | PROMO | MENU | CAPTION | ABOUT | NOTICE | HIDDEN | ASIDE | FIGURE
)

# Stems match anywhere in a name ("relatedposts"); whole words only between separators ("ad", not "head").
_STEMS: dict[int, str] = {
    RELATED: "related recommend recirc readmore outbrain taboola zergnet trending mostread mostpopular "
    "mostviewed alsoread alsolike upnext nextarticle morestories morenews morefrom readnext keepreading "
    "teaser similar weiterlesen mehrzum lesetipp relacionad",
    COMMENT: "comment disqus livefyre kommentare comentario viafoura spotim",
    SHARE: "share sharing social addthis addtoany whatsapp followus reaction",
    PROMO: "promo newsletter subscri signup advert sponsor donat affiliat fundrais marketing "
    "abonn outstream dfp werbung anzeige",
    MENU: "navig navbar menu breadcrumb paginat toolbar footer sidebar sidenav masthead tableofcontents "
    "topbar skiplink",
    CAPTION: "caption credit copyright imagesource bildunterschrift legende slideshow",
    ABOUT: "byline authorbio authorbox aboutauthor authorcard timestamp hashtag readingtime readtime "
    "posttags entrytags articletags metadata dateline taglist keyword postmeta entrymeta",
    NOTICE: "cookie consent gdpr onetrust modal popup lightbox tooltip regwall paywallnotice paywallmessage disclaimer "
    "piano loginbox",
    HIDDEN: "visuallyhidden screenreader sronly printonly",
    BODY
    | PROSE: "articlebody storybody postbody entrycontent postcontent articlecontent storycontent "
    "articletext storytext bodytext bodycopy richtext maincontent artikeltext textbody newsbody",
    ARTICLE: "article story artikel articulo",
}
_WORDS: dict[int, str] = {
    RELATED: "rel more recirculation popular latest moreon next prev previous",
    COMMENT: "replies respond discussion",
    SHARE: "fb follow like likes email",
    PROMO: "ad ads adv cta banner shop offer offers poll quiz survey deal deals",
    MENU: "nav toc tabs pager crumbs",
    CAPTION: "gallery carousel",
    ABOUT: "author authors bio date time meta tags tag topics categories category kicker eyebrow labels "
    "rating avatar published",
    NOTICE: "login signin register overlay note",
    HIDDEN: "hidden noprint invisible hide",
    BODY: "body content entry text copy prose texte texto cuerpo inhalt haupttext",
    ARTICLE: "post news main",
}


def words(text: str) -> frozenset[str]:
    """A table of words, written as one text."""
    return frozenset(text.split())


_STEM_FLAGS = {word: flag for flag, text in _STEMS.items() for word in text.split()}
_WORD_FLAGS = {word: flag for flag, text in _WORDS.items() for word in text.split()}


def _either(stems: list[str]) -> str:
    """The stems as one pattern, by first letter: a plain list of them costs four times as much."""
    longest = sorted(stems, key=len, reverse=True)
    letters = {stem[0]: "|".join(s[1:] for s in longest if s[0] == stem[0]) for stem in longest}
    return "|".join(f"{letter}(?:{rests})" for letter, rests in letters.items())


_FIND_STEMS = late(_either(list(_STEM_FLAGS)))
_CAMEL = late(r"(?<=[a-z])(?=[A-Z])")
_BETWEEN = late(r"[^a-z]+")
# Names of how it looks or of what it is filed under, not of what it is: Tailwind's and WordPress's.
_STYLING = words(
    "tag category type status format has is no with js post_tag m p mt mb text font bg"
)


def _is_styling(name: str) -> bool:
    if ":" in name or "[" in name:
        return True
    first, dash, _ = name.partition("-")
    return bool(dash) and first in _STYLING


@lru_cache(maxsize=16384)
def flags_of(name: str) -> int:
    """The groups that the words of one class or id belong to ("c-relatedPosts" -> RELATED)."""
    name = name[:80]
    if not name.islower():
        name = _CAMEL.sub("-", name).lower()
    whole = name.replace("-", "").replace("_", "")
    if whole.isalpha() and whole.isascii():
        parts = name.replace("_", "-").split("-")
    else:
        parts = _BETWEEN.split(name)
        whole = "".join(parts)
    flags = 0
    for word in parts:
        if word in _WORD_FLAGS:
            flags |= _WORD_FLAGS[word]
    for stem in _FIND_STEMS.findall(whole):
        flags |= _STEM_FLAGS[stem]
    return flags


@lru_cache(maxsize=8192)
def flags_of_classes(names: str) -> int:
    """The same for a whole class attribute, names of mere looks left out."""
    flags = 0
    for name in names.split()[:24]:
        if not _is_styling(name):
            flags |= flags_of(name)
    return flags
