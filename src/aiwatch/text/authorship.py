"""Who wrote a page: what it states for machines, then its marked bylines, then the lines by the headline."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from aiwatch.text.blocks import shown_text
from aiwatch.text.bylines import (
    as_stated,
    beside_date,
    by_line,
    clean_names,
    is_account,
    is_outlet,
    is_person,
    is_role,
    outlet_only,
)  # fmt: skip
from aiwatch.text.dates import parse_date
from aiwatch.text.late import late

_METAS = (
    "author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl", "creator",
    "article.author", "og:article:author", "cxenseparse:author", "citation_author", "news_authors", "twitter:data1",
    "articleauthor", "article_author", "article:author_name", "shareaholic:article_author_name", "byline",
)  # fmt: skip
# Elements that hold a name and nothing else, and wider ones in which a name stands. Each selector costs a look at every
# element: those for parts of class names and addresses are few and wide, and `_is_meant` says what is.
_NAMES = (
    "[rel~=author], [itemprop~=author] [itemprop~=name], [class*=uthor], [class*=byline], a[href*='/aut'], "
    "[property~='dc:creator'], [property~='schema:author']"
)
_NAME_CLASSES = (
    "author-name", "authorName", "AuthorName", "author__name", "byline-name", "byline__name", "author_name",
)  # fmt: skip
_NAME_PATHS = ("/author/", "/authors/", "/autor/", "/autoren/", "/auteur/")
_BYLINES = (
    "[itemprop~=author], [class*=byline], [class*=author], [class*=Author], [class*=Byline], [class*=autor], "
    "[class*=auteur], [data-testid*=author], [data-testid*=byline], address"
)
_ELSEWHERE = late(
    r"relat|recomm|trend|popular|teaser|sidebar|comment|footer|widget|latest|card|social",
    re.IGNORECASE,
)
_CREATOR = frozenset(("dc:creator", "schema:author"))
_REVIEW = late(
    r"(?:contribut\w*|review\w*|check\w*|edited|verified|approved|validated|photos?|geprüft|überprüft)(?:\s+(?:for accuracy|medically))?(?:\s+(?:by|from|von|par|por))?$",
    re.IGNORECASE,
)
_FIGURES = late(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")
_FELLOW = late(r"(?:^|(?<=\s))(?:and|und|et|y|e|&)(?:\s+(?=[^\W\d_])|$)", re.IGNORECASE)
ABOVE = ""  # the lines after it stand above the headline
_DAY = late(r"\d")

Named = tuple[tuple[str, ...], str]


def choose_authors(
    tree: LexborHTMLParser,
    linked: Sequence[str],
    metas: Mapping[str, Sequence[str]],
    outlets: Sequence[str],
    lines: Sequence[str],
) -> Named:
    """The authors and the evidence; a person named by the page goes before a statement that names the outlet only."""
    site = outlets[0] if outlets else None
    first: Named = (), "nothing found"
    for names, how in _stated(linked, metas, site):
        if not names:
            continue
        weak = is_outlet(names, outlets) or outlet_only(linked if how == "json-ld" else ())
        if not weak and not all(map(is_account, names)):
            return _printed(_fuller((names, how), tree, metas, site), lines, site)
        first = first if first[0] else (names, how)
    shown = next(_shown(tree, lines, site, strict=bool(first[0])), None)
    if shown or first[0]:
        return shown or first
    odd = tuple(name for raw in linked if (name := as_stated(raw)))
    return (odd, "json-ld") if odd else first


def _stated(
    linked: Sequence[str], metas: Mapping[str, Sequence[str]], site: str | None
) -> Iterator[Named]:
    yield clean_names(linked, site), "json-ld"
    for key in _METAS:
        if key in metas:
            yield clean_names(metas[key], site), f"meta {key}"


def _printed(found: Named, lines: Sequence[str], site: str | None) -> Named:
    """The persons after "By" near the headline where those stated stand nowhere near, or only by a first name.

    The name for machines is often that of whoever put the text in: on 5 of 5 such pages it was the other one.
    """
    names, how = found
    near = " ".join(lines).casefold()
    shown = any(part in near for name in names for part in name.casefold().split() if len(part) > 2)
    if shown and (len(names) > 1 or " " in names[0]):
        return _with_fellows(found, lines, site)
    for line, after in zip(lines[:8], (*lines[1:8], ""), strict=False):
        said = by_line(line, after)
        persons = tuple(filter(is_person, clean_names([said], site))) if said else ()
        if persons and (" " in names[0] or names[0].casefold() in persons[0].casefold().split()):
            return persons, f"line by the headline, against {how}"
    return found


def _with_fellows(found: Named, lines: Sequence[str], site: str | None) -> Named:
    """Those stated, and whoever the page adds to them: "By Jane Doe" / "and John Roe"."""
    names, how = found
    last = names[-1].casefold()
    for n, line in enumerate(lines[:8]):
        said = _joined(line, lines[n + 1 : n + 3]) if last in line.casefold() else ""
        if not said:
            continue
        persons = tuple(filter(is_person, clean_names([said], site)))
        if set(names) < set(persons):
            return persons, f"line by the headline, more than {how}"
    return found


def _joined(line: str, after: Sequence[str]) -> str:
    """A line and what an "and" joins to it; empty where nothing does."""
    if after and _FELLOW.match(after[0]):
        line = " ".join((line, *after[: 2 if _FELLOW.fullmatch(after[0]) else 1]))
    return line if len(line) <= 150 and _FELLOW.search(line) else ""


def _fuller(
    found: Named, tree: LexborHTMLParser, metas: Mapping[str, Sequence[str]], site: str | None
) -> Named:
    """The same authors and the rest of them, or their whole names, where other evidence has more of the same."""
    names, how = found
    folded = {name.casefold() for name in names}
    if how == "json-ld":
        for key in _METAS[:3]:
            more = clean_names(metas.get(key, ()), site)
            more = tuple(name for name in more if name in names or is_person(name))
            if len(more) > len(names) and folded < {name.casefold() for name in more}:
                return more, f"meta {key}"
    if len(names) == 1 and " " not in names[0] and names[0].isascii():
        for whole, where in _marked(tree, site):
            if names[0].casefold() in whole[0].casefold().split():
                return whole, where
    return found


def _shown(
    tree: LexborHTMLParser, lines: Sequence[str], site: str | None, *, strict: bool
) -> Iterator[Named]:
    """Names that a reader sees; `strict` asks for persons."""
    yield from _marked(tree, site)
    loose: Named | None = None
    for node in tree.css(_BYLINES)[:12]:
        text = shown_text(node)
        if len(text) >= 150 or _elsewhere(node):
            continue
        names = tuple(name for name in clean_names(_leaves(node), site) if is_person(name))
        names = names or tuple(filter(is_person, clean_names([text], site)))
        if names:
            yield names, "byline"
        elif loose is None and (said := clean_names([text], site)):
            loose = said, "byline"
    yield from _in_lines(lines, site)
    if loose and not strict:
        yield loose


def _marked(tree: LexborHTMLParser, site: str | None) -> Iterator[Named]:
    """The names in elements that hold a name only: the first below the headline, and those beside it."""
    group: list[str] = []
    home: set[int] = set()
    below = False
    found = {node.mem_id: node for node in tree.css(f"h1, {_NAMES}")}  # once each
    for node in islice(filter(_is_meant, found.values()), 60):
        if node.tag == "h1":
            group, home = (group, home) if below else ([], set())
            below = True
            continue
        near = _ancestors(node)
        if group and not home.intersection(near):
            continue
        names = _persons_in(node, site)
        names = [] if names and len(group) < 12 and _reviewed(node) else names
        group.extend(names)
        home = home or (set(near) if names else set())
    if group:
        yield clean_names(group, site), "marked name"


def _is_meant(node: LexborNode) -> bool:
    """Whether an element found by `_NAMES` is more than called like an author's or linked like one."""
    attributes = node.attributes
    called, leads = attributes.get("class") or "", attributes.get("href") or ""
    if any(map(called.__contains__, _NAME_CLASSES)):
        return True
    linked = node.tag == "a" and "/aut" in leads
    if linked and any(map(leads.__contains__, _NAME_PATHS)):
        return True
    if not linked and "uthor" not in called and "byline" not in called:
        return True
    return (
        node.tag == "h1"
        or "author" in (attributes.get("rel") or "").split()
        or not _CREATOR.isdisjoint((attributes.get("property") or "").split())
        or ("name" in (attributes.get("itemprop") or "").split() and _in_author(node))
    )


def _in_author(node: LexborNode) -> bool:
    above = node.parent
    while above is not None and above.tag != "-document":
        if "author" in (above.attributes.get("itemprop") or "").split():
            return True
        above = above.parent
    return False


def _persons_in(node: LexborNode, site: str | None) -> list[str]:
    text = shown_text(node)
    if not text or len(text) > 80 or _elsewhere(node):
        return []
    return [name for name in clean_names([text], site) if is_person(name)]


def _reviewed(node: LexborNode) -> bool:
    """Whether "Reviewed by" and the like stand just before a name."""
    inner: LexborNode | None = node
    for _ in range(3):
        if inner is None or inner.tag in ("article", "main", "body"):
            return False
        if before := _text_before(inner):
            return bool(_REVIEW.search(before))
        inner = inner.parent
    return False


def _text_before(node: LexborNode) -> str:
    """The end of the text of the siblings just before a node."""
    beside = node.prev
    for _ in range(3):
        if beside is None:
            break
        if text := (beside.text(deep=True) or "").rstrip(" :\n\t"):
            return text[-40:]
        beside = beside.prev
    return ""


def _ancestors(node: LexborNode) -> list[int]:
    out: list[int] = []
    above = node.parent
    while (
        above is not None and len(out) < 3 and above.tag not in ("body", "html", "article", "main")
    ):
        out.append(above.mem_id)
        above = above.parent
    return out


def _elsewhere(node: LexborNode) -> bool:
    """Whether a name stands in a box about other articles, or under a comment."""
    above: LexborNode | None = node
    for _ in range(6):
        above = above.parent if above is not None else None
        if above is None or above.tag in ("article", "main", "header", "body", "-document"):
            return False
        if above.tag in ("aside", "nav", "footer", "figure") or _ELSEWHERE.search(
            f"{above.attributes.get('class') or ''} {above.attributes.get('id') or ''}"
        ):
            return True
    return False


def _leaves(node: LexborNode) -> list[str]:
    """The pieces of text that markup sets apart in a byline."""
    return [
        text
        for leaf in node.traverse(include_text=True)
        if leaf.tag == "-text" and (text := (leaf.text(deep=True) or "").strip())
    ][:20]


def _in_lines(lines: Sequence[str], site: str | None) -> Iterator[Named]:
    """ "By Jane Doe" on a line by the headline, or below it a name beside or above a date or a role."""
    below = lines.index(ABOVE) if ABOVE in lines else len(lines)
    for n, (line, after) in enumerate(zip(lines, (*lines[1:], ""), strict=True)):
        said = by_line(line, after) or beside_date(line)
        if said and (names := tuple(filter(is_person, clean_names([said], site)))):
            yield names, "line by the headline"
        elif n < below and _alone(line, after):
            yield clean_names([line], site), "line alone by the headline"


def _alone(line: str, after: str) -> bool:
    return (
        len(line) < 40
        and len(line.split()) < 5
        and len(after) < 60
        and is_person(line)
        and " " in line
        and (
            is_role(after)
            or bool(_FIGURES.fullmatch(after))
            or (bool(_DAY.search(after)) and parse_date(after) is not None)
        )
    )
