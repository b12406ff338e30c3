"""What a page says about its article outside the text: one query over the tree, then evidence in order of trust."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from aiwatch.text.authorship import ABOVE, choose_authors
from aiwatch.text.blocks import shown_text
from aiwatch.text.clean import clean_line, safe_url
from aiwatch.text.headlines import Titles, choose_title, stated
from aiwatch.text.jsonld import Linked, read_jsonld
from aiwatch.text.language import checked, normal_tag
from aiwatch.text.late import late
from aiwatch.text.pagedates import PageDates, choose_dates

_LOCKED = frozenset(("locked", "metered", "paid", "premium", "subscriber"))
# Said in the place of the text's rest; "subscribe to our newsletter" is another matter.
_WALL = late(
    r"subscribe (?:now )?to (?:continue|keep|read on|unlock)|subscriber[- ]only (?:article|content|story)"
    r"|(?:article|story|content) is (?:exclusively )?(?:reserved )?(?:only )?for (?:paying )?subscribers"
    r"|(?:already a subscriber\?|log in) .{0,30}to (?:continue|keep) reading|jetzt weiterlesen mit|weiterlesen mit .{1,20}\+"
    r"|diese[rn]? (?:artikel|inhalt) ist (?:nur )?für abonnent|(?:article|contenu) (?:est )?réservé (?:à nos|aux) abonné"
    r"|(?:artículo|contenido) (?:es )?(?:exclusivo|solo) para (?:suscriptores|socios)"
    r"|contenuto riservato agli abbonati|有料会員限定|この記事は会員限定", re.IGNORECASE,
)  # fmt: skip
_WALL_HINTS = ("subscri", "abonn", "abbon", "suscri", "socios", "weiterlesen", "reading", "会員")
_PREFIX = late(r"^(?:(dc|dcterms):|(?:schema:|https?://schema\.org/))")
_HEADLINES = "[itemprop~=headline], .entry-title, .post-title, h2.headline, h2.title"
_LANGUAGE = late(r"[A-Za-z]{2,3}(?![A-Za-z])")


@dataclass(slots=True)
class Evidence:
    """The parts of a page that carry metadata."""

    metas: dict[str, list[str]] = field(default_factory=dict)
    canonical: str = ""
    base: str | None = None
    linked: Linked = field(default_factory=Linked)
    h1: list[str] = field(default_factory=list)
    heading: str = "h1"  # or "marked heading", where there is none
    marked: list[str] = field(default_factory=list)  # those of h1 that markup names the headline
    title: str = ""
    times: list[LexborNode] = field(default_factory=list)
    language: str = ""

    def meta(self, *names: str) -> str:
        """The first value of the first name there is."""
        return next((value for name in names for value in self.metas.get(name, ())), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Everything of an Extract but its text."""

    title: str
    authors: tuple[str, ...]
    dates: PageDates
    site: str | None
    language: str | None
    canonical_url: str | None
    image: str | None
    paywalled: bool
    how: dict[str, str]


def gather(tree: LexborHTMLParser, url: str | None) -> Evidence:
    """Collect the evidence in one pass."""
    out = Evidence()
    scripts: list[str] = []
    for node in tree.css(
        "meta, link[rel=canonical], base[href], title, h1, time, script[type*=json]"
    ):
        _COLLECT[node.tag or ""](out, node, scripts)
    if not any(map(str.strip, out.h1)):
        out.h1, out.heading = _marked_headings(tree), "marked heading"
    root = tree.root
    if root is not None:
        out.language = root.attributes.get("lang") or root.attributes.get("xml:lang") or ""
    out.base = safe_url(out.base, url) if out.base else url
    out.linked = read_jsonld(scripts, url)
    return out


def _meta(out: Evidence, node: LexborNode, _: list[str]) -> None:
    attributes = node.attributes
    value = (attributes.get("content") or "").strip()
    for key in ("property", "name", "itemprop", "http-equiv"):
        name = attributes.get(key)
        if name and value:
            bare = name.strip().lower()
            if ":" in bare:
                bare = _PREFIX.sub(_bare_prefix, bare)
            out.metas.setdefault(bare, []).append(value[:2000])


def _bare_prefix(found: re.Match[str]) -> str:
    """`dc:date` as `dc.date`, `schema:datePublished` as plain microdata has it."""
    return f"{found[1]}." if found[1] else ""


def _link(out: Evidence, node: LexborNode, _: list[str]) -> None:
    if not out.canonical:
        out.canonical = node.attributes.get("href") or ""


def _base(out: Evidence, node: LexborNode, _: list[str]) -> None:
    out.base = out.base or node.attributes.get("href")


def _title(out: Evidence, node: LexborNode, _: list[str]) -> None:
    if not out.title and node.parent is not None and node.parent.tag != "svg":
        out.title = node.text(deep=True)[:1000]


def _h1(out: Evidence, node: LexborNode, _: list[str]) -> None:
    if len(out.h1) < 8:
        out.h1.append(_in_parts(node)[:1000])
        attributes = node.attributes
        if "headline" in (attributes.get("itemprop") or "") or "entry-title" in (
            attributes.get("class") or ""
        ):
            out.marked.append(out.h1[-1])


def _marked_headings(tree: LexborHTMLParser) -> list[str]:
    """What stands for a printed headline where a page has no h1."""
    return [_in_parts(node)[:1000] for node in tree.css(_HEADLINES)[:1]]


def _in_parts(heading: LexborNode) -> str:
    """What a reader sees of a heading, each element in it on a line of its own."""
    inner: list[LexborNode] = []
    for _ in range(4):
        inner = [node for node in heading.iter(include_text=True) if node.text(deep=True).strip()]
        if len(inner) != 1 or inner[0].tag in (None, "-text"):
            break
        heading = inner[0]
    whole = shown_text(heading)
    text = ""
    for node in inner:
        part = (node.text(deep=True) or "").replace("\n", " ")
        text += part if text[-1:].isalnum() and part[:1].islower() else f"\n{part}"
    lines = [line for raw in text.split("\n") if (line := clean_line(raw))]
    return "\n".join(lines) if "".join(lines).replace(" ", "") == whole.replace(" ", "") else whole


def _time(out: Evidence, node: LexborNode, _: list[str]) -> None:
    if len(out.times) < 40:
        out.times.append(node)


def _script(_: Evidence, node: LexborNode, scripts: list[str]) -> None:
    if "ld+json" in (node.attributes.get("type") or "").lower() and len(scripts) < 40:
        scripts.append(node.text(deep=True) or "")


_COLLECT: dict[str, Callable[[Evidence, LexborNode, list[str]], None]] = {
    "meta": _meta, "link": _link, "base": _base, "title": _title, "h1": _h1, "time": _time, "script": _script,
}  # fmt: skip


def read_metadata(
    tree: LexborHTMLParser, found: Evidence, url: str | None, lines: Sequence[str] = ()
) -> Metadata:
    """Settle every field, and say which evidence won; `lines` is the page's text, in which a date may stand."""
    how: dict[str, str] = {}
    site = _site(found, how)
    titles = Titles(
        linked=found.linked.headline,
        microdata=found.meta("headline"),
        marked=found.marked,
        og=found.meta("og:title"),
        twitter=found.meta("twitter:title"),
        h1=found.h1,
        title=found.title,
    )
    host = re.sub(r"^https?://(?:www\.)?([^/:]+).*", r"\1", url or "")
    title, how["title"] = choose_title(
        titles, (site or "", found.linked.site, host, host.split(".")[0])
    )
    how["title"] = how["title"].replace("h1", found.heading)
    below = _below(lines, found.h1)
    near = (*lines[below : below + 14], ABOVE, *lines[max(0, below - 4) : max(0, below - 1)])
    authors, how["authors"] = choose_authors(
        tree, found.linked.authors, found.metas, (site or "", found.linked.site), near
    )
    dates = choose_dates(tree, found.linked, found.meta, found.times, url, lines, below)
    how["published"], how["modified"] = dates.how_published, dates.how_modified
    return Metadata(
        title=title,
        authors=authors,
        dates=dates,
        site=site,
        language=_language(found, how, lines),
        canonical_url=_canonical(found, how),
        image=_image(found, how),
        paywalled=_paywalled(found, how, lines),
        how={key: value for key, value in how.items() if value != "nothing found"},
    )


def _below(lines: Sequence[str], headings: Sequence[str]) -> int:
    """Where the lines after the headline begin; 0 where none of them is it."""
    heads = {" ".join(heading.split()) for heading in headings}
    return next((n for n, line in enumerate(lines[:8], 1) if " ".join(line.split()) in heads), 0)


def _first(
    how: dict[str, str], name: str, candidates: Iterator[tuple[str | None, str]]
) -> str | None:
    """The first candidate there is, its evidence noted."""
    for value, evidence in candidates:
        if value:
            how[name] = evidence
            return value
    return None


def _site(found: Evidence, how: dict[str, str]) -> str | None:
    titles = {" ".join(text.split()) for text in (*found.h1, found.linked.headline) if text}

    def named(text: str) -> str:
        """The name, less the page's own title or the sign of an account before it."""
        name = _name(text).removeprefix("@")
        before, bar, after = name.partition(" | ")
        return after if bar and before in titles else name

    def candidates() -> Iterator[tuple[str | None, str]]:
        yield named(found.meta("og:site_name")), "og:site_name"
        yield named(found.linked.site), "json-ld"
        yield named(found.meta("application-name", "apple-mobile-web-app-title")), "meta"
        yield named(found.meta("al:android:app_name", "twitter:app:name:iphone")), "meta"
        yield named(found.meta("dc.publisher", "dcterms.publisher", "publisher")), "meta publisher"

    return _first(how, "site", candidates())


def _name(text: str) -> str:
    return stated(text[:500])[:100].strip()


def _language(found: Evidence, how: dict[str, str], lines: Sequence[str]) -> str | None:
    """As declared, unless the text plainly is in another language; the text's, where nothing is declared."""

    def candidates() -> Iterator[tuple[str | None, str]]:
        for declared, evidence in (
            (found.language, "html lang"),
            (found.meta("content-language", "language", "dc.language", "dcterms.language"), "meta"),
            (found.linked.language, "json-ld"),
            (found.meta("og:locale"), "og:locale"),
        ):
            tag = _LANGUAGE.match(declared.strip())
            yield (normal_tag(tag.group()) if tag else None), evidence

    declared = _first(how, "language", candidates())
    read, is_text = checked(declared, "\n".join(line for line in lines if len(line) > 80)[:1200])
    if is_text:
        how["language"] = f"text, against {how['language']}" if declared else "text"
    return read


def _address(value: str, base: str | None) -> str | None:
    """A stated address; a whole one is not joined to the page's, which costs more than all the rest of it."""
    whole = value.lstrip().startswith(("https://", "http://"))
    return safe_url(value, None if whole else base) if value else None


def _canonical(found: Evidence, how: dict[str, str]) -> str | None:
    def candidates() -> Iterator[tuple[str | None, str]]:
        for value, evidence in (
            (found.canonical, "link canonical"),
            (found.meta("og:url"), "og:url"),
            (found.linked.url, "json-ld"),
        ):
            yield _address(value, found.base), evidence

    return _first(how, "canonical_url", candidates())


def _image(found: Evidence, how: dict[str, str]) -> str | None:
    def candidates() -> Iterator[tuple[str | None, str]]:
        for value, evidence in (
            (found.meta("og:image", "og:image:secure_url", "og:image:url"), "og:image"),
            (found.linked.image, "json-ld"),
            (found.meta("twitter:image", "twitter:image:src"), "twitter:image"),
        ):
            yield _address(value, found.base), evidence

    return _first(how, "image", candidates())


def _wall_words(text: str) -> str:
    """The words by which a page says that the rest is for subscribers; empty for none."""
    folded = text.casefold()
    found = _WALL.search(text) if any(hint in folded for hint in _WALL_HINTS) else None
    return found[0] if found else ""


def _paywalled(found: Evidence, how: dict[str, str], lines: Sequence[str]) -> bool:
    if found.linked.paywalled:
        how["paywalled"] = "json-ld isAccessibleForFree"
    elif found.meta("article:content_tier", "og:article:content_tier").lower() in _LOCKED:
        how["paywalled"] = "article:content_tier"
    elif words := _wall_words("\n".join(line for line in lines if len(line) < 200)):
        how["paywalled"] = f"shown words: {words}"
    return "paywalled" in how
