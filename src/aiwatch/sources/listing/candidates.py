"""Every address of a page that could be an article's, with all links and records that lead to it."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from aiwatch.sources.listing.addresses import Shape, may_be_article, shape_of
from aiwatch.sources.listing.page import Link, Page, Zone
from aiwatch.sources.listing.records import Record
from aiwatch.text.clean import safe_url

MAX_LINKS = 3_000
"""Links of a page that are looked at."""

_NO_TITLE = re.compile(
    r"[\d\s.…<>«»‹›|-]*|(?:next|prev(?:ious)?|older|newer|first|last|load more|show more|all(?: (?:posts|news|articles))?|view all.{0,20}"
    r"|see all.{0,20}|page \d+|次(?:へ|の(?:ページ|\d+件))?|前(?:へ|の(?:ページ|\d+件))?|下一页|上一页|下一頁|上一頁|首页|末页|尾页|全部|다음|이전|전체|처음|맨끝|weiter|zurück|suivant|précédent"
    r"|siguiente|anterior|próxim[oa]|далее|назад)(?: (?:page|posts|entries|articles))?\W*",
    re.IGNORECASE,
)
_YEAR_ONLY = re.compile(r"\D{0,12}(?:19|20)\d\d\D{0,12}")
_YEAR_END = re.compile(r"(?:19|20)\d\d/?(?:\d\d/?)?$")


@dataclass(slots=True)
class Candidate:
    """An address and what leads to it."""

    shape: Shape
    links: list[Link] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    zone: Zone = Zone.NONE  # of the best link


def candidates_of(
    page: Page, records: Sequence[Record], here: Shape, base: str
) -> dict[str, Candidate]:
    """The candidates by key: those with links in page order, then those that only scripts name."""
    found: dict[str, Candidate] = {}
    for link in page.links[:MAX_LINKS]:
        shape = shape_of(safe_url(link.href, base) or "")
        if shape and may_be_article(shape, here) and not _turns_pages(page, link):
            candidate = found.setdefault(shape.key, Candidate(shape))
            zone = page.nodes[link.at].zone
            candidate.zone = min(candidate.zone, zone) if candidate.links else zone
            candidate.links.append(link)
    for shape, record in resolved(records, list(found.values()), here, base):
        found.setdefault(shape.key, Candidate(shape)).records.append(record)
    return _without_sections(found)


def _without_sections(found: dict[str, Candidate]) -> dict[str, Candidate]:
    """Without the folders that others lie in: `/blog/product` beside `/blog/product/lantern-3` lists, too."""
    held = Counter((c.shape.host, c.shape.folders) for c in found.values() if not c.shape.id)
    return {
        key: candidate
        for key, candidate in found.items()
        if not held[candidate.shape.host, (*candidate.shape.folders, candidate.shape.last)]
        or candidate.shape.id
    }


def _turns_pages(page: Page, link: Link) -> bool:
    """Links to the next page, to a year's list, to a translation."""
    if link.language and page.language and link.language[:2] != page.language[:2]:
        return True
    if page.nodes[link.at].width > 40:
        return False
    text = page.text(link.at)
    if _YEAR_ONLY.fullmatch(text) and _YEAR_END.search(link.href):
        return True
    return bool(text) and _NO_TITLE.fullmatch(text) is not None


# ---------------------------------------------------------------- records to addresses


def resolved(
    records: Iterable[Record], linked: Sequence[Candidate], here: Shape, base: str
) -> list[tuple[Shape, Record]]:
    """Records with their addresses: as written, as the link that ends in the slug, else by their list or the page."""
    ends = _ends(linked)
    lists: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        lists[record.list].append(record)
    out: list[tuple[Shape, Record]] = []
    for listed in lists.values():
        known = [(record, _known(record, ends, here, base)) for record in listed]
        folder = _folder([shape for record, shape in known if shape and record.slug])
        placed = ((shape or _guessed(record, folder, here), record) for record, shape in known)
        out += [
            (shape, record) for shape, record in placed if shape and may_be_article(shape, here)
        ]
    return out


def _ends(linked: Sequence[Candidate]) -> dict[str, Shape]:
    """Shapes by the ends of their paths: the last part, and the last two."""
    ends: dict[str, Shape] = {}
    for candidate in linked:
        shape = candidate.shape
        ends.setdefault(shape.last, shape)
        ends.setdefault("/".join((*shape.folders[-1:], shape.last)), shape)
        if shape.id:
            ends.setdefault(shape.id.partition("=")[2].lower(), shape)
    return ends


def _known(record: Record, ends: dict[str, Shape], here: Shape, base: str) -> Shape | None:
    """The address that a record states, or that a link of the page shows to be meant."""
    if record.address.startswith(("/", "http:", "https:", ".", "?", "#")):
        shape = shape_of(safe_url(record.address, base) or "")
        if shape and may_be_article(shape, here):
            return shape
    slug = unquote(_slug(record)).lower()
    return ends.get(slug) or ends.get("/".join(slug.split("/")[-2:])) if slug else None


def _slug(record: Record) -> str:
    """A record's slug, or the relative address that serves as one."""
    written = "" if record.address.startswith(("/", "http", ".", "?", "#")) else record.address
    return (record.slug or written).strip("/")


def _folder(shapes: Sequence[Shape]) -> str | None:
    """Where the articles of a list lie, by those that are known."""
    if shapes:
        folder, _ = Counter(
            shape.url.rsplit("/", 1 + shape.url.endswith("/"))[0] for shape in shapes
        ).most_common(1)[0]
        return folder
    return None


def _guessed(record: Record, folder: str | None, here: Shape) -> Shape | None:
    """A slug below its list's folder, or below the page where the record is dated."""
    slug = _slug(record)
    if not slug or (folder is None and not record.date):
        return None
    parts = urlsplit(here.url)
    path = parts.path.rstrip("/")
    if "." in path.rpartition("/")[2]:
        path = path.rpartition("/")[0]
    last = path.rpartition("/")[2]
    if last and slug.startswith(f"{last}/"):
        path = path.rpartition("/")[0]
    return shape_of(f"{folder or f'{parts.scheme}://{parts.netloc}{path}'}/{slug}")
