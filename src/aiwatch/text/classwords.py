"""What an element's class, id and role say it is: bits for each group of words sites use."""

import re
from functools import lru_cache

RELATED, COMMENT, SHARE, PROMO, MENU, CAPTION, ABOUT, NOTICE, HIDDEN, BODY, ARTICLE = (
    1 << n for n in range(11)
)
# Not words: what the element itself is.
ASIDE = 1 << 11
FIGURE = 1 << 12
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
    PROMO: "promo newsletter subscri signup advert sponsor donat affiliat fundrais marketing callout "
    "abonn outstream dfp werbung anzeige",
    MENU: "navig navbar menu breadcrumb paginat toolbar footer sidebar sidenav masthead tableofcontents "
    "topbar skiplink",
    CAPTION: "caption credit copyright imagesource bildunterschrift legende slideshow",
    ABOUT: "byline authorbio authorbox aboutauthor authorcard timestamp hashtag readingtime readtime "
    "posttags entrytags articletags metadata dateline taglist keyword postmeta entrymeta",
    NOTICE: "cookie consent gdpr onetrust modal popup lightbox tooltip regwall paywallnotice paywallmessage disclaimer "
    "piano loginbox",
    HIDDEN: "visuallyhidden screenreader",
    BODY: "articlebody storybody postbody entrycontent postcontent articlecontent storycontent "
    "articletext storytext bodytext bodycopy richtext maincontent artikeltext textbody newsbody",
    ARTICLE: "article story artikel articulo",
}
_WORDS: dict[int, str] = {
    RELATED: "rel more recirculation popular latest moreon next prev previous",
    COMMENT: "replies respond discussion",
    SHARE: "fb follow like likes email",
    PROMO: "ad ads adv cta banner shop offer offers widget poll quiz survey deal deals",
    MENU: "nav toc tabs pager crumbs header-nav",
    CAPTION: "gallery carousel",
    ABOUT: "author authors bio date time meta tags tag topics categories category kicker eyebrow labels "
    "rating avatar published",
    NOTICE: "login signin register overlay note",
    HIDDEN: "hidden sr-only noprint print-only invisible hide",
    BODY: "body content entry text copy prose texte texto cuerpo inhalt haupttext",
    ARTICLE: "post news main",
}
_FLAGS = {
    word: flag
    for table in (_STEMS, _WORDS)
    for flag, words in table.items()
    for word in words.split()
}


def _pattern() -> re.Pattern[str]:
    stems = sorted((w for ws in _STEMS.values() for w in ws.split()), key=len, reverse=True)
    words = sorted((w for ws in _WORDS.values() for w in ws.split()), key=len, reverse=True)
    return re.compile(f"{'|'.join(stems)}|(?<![a-z])(?:{'|'.join(words)})(?![a-z])")


_FIND = _pattern()
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_JOINED = re.compile(r"(?<=[a-z])[-_]+(?=[a-z])")


@lru_cache(maxsize=8192)
def flags_of(name: str) -> int:
    """The groups that the words of one class or id belong to ("c-relatedPosts" -> RELATED)."""
    spaced = _CAMEL.sub("-", name[:80]).lower()
    flags = 0
    for word in _FIND.findall(spaced):
        flags |= _FLAGS[word]
    for word in _FIND.findall(_JOINED.sub("", spaced)):
        flags |= _FLAGS[word]
    return flags
