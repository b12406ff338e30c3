"""Why a page was read as it was: every block of it with its score and what weighed in it, and the evidence that lost.

For people who debug a site. What weighed is asked of the model itself: a block's score is taken once more with all that
is known of one kind (its links, the names around it ...) put away, and the difference is what that was worth.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from aiwatch.model import Extract, ExtractRules, Page
from aiwatch.text.article import extract
from aiwatch.text.blocks import HEADINGS, NO_PLACE, Block, Blocks, Place, read_blocks
from aiwatch.text.body import MAX_PLACES, MAX_WEIGHED, by_rules
from aiwatch.text.bounds import within_bounds
from aiwatch.text.clean import clean_line, safe_url
from aiwatch.text.dates import parse_date
from aiwatch.text.decode import decode
from aiwatch.text.headlines import stated
from aiwatch.text.late import late
from aiwatch.text.metadata import Evidence, gather
from aiwatch.text.traits import Choice
from aiwatch.text.weighing import best_cut, scores_of
from aiwatch.text.wording import DEPTH

LEAST_EFFECT: Final = 0.25  # of log-odds: less is not worth a word
MOST_REASONS: Final = 3
LONGEST_VALUE: Final = 300  # characters of one candidate
_KINDS = {
    "li": "a list item",
    "td": "a table cell",
    "th": "a table cell",
    "blockquote": "a quotation",
    "pre": "preformatted",
    "a": "a link",
} | dict.fromkeys(HEADINGS, "a heading")
_END = late(r"[.!?…。！？।؟:”\"’»」)\]]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What one kind of knowledge did to a block's score."""

    what: str
    effect: float  # log-odds; above zero it speaks for the article


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A block of the page."""

    text: str
    tag: str
    place: str  # the elements it stands in, like "main > article.story"
    kept: bool
    score: float | None  # log-odds that it is the article's; None: not weighed
    reasons: tuple[Reason, ...] = ()  # the strongest first
    note: str = ""  # why score and decision differ


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """One piece of evidence for a field, and whether it says what was chosen."""

    field: str
    value: str
    evidence: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """A page as it was read, and all that could have been taken."""

    found: Extract
    container: str = ""  # by the rules' vote
    cut: float | None = None  # blocks are kept from this score on
    blocks: tuple[Weighed, ...] = ()  # in page order
    rivals: tuple[Rival, ...] = ()


def read_page(page: Page, why: bool) -> Candidates:  # noqa: FBT001 - a worker's arguments have no names
    """A fetched page read; `blocks` and `rivals` only where asked `why`."""
    return candidates(page.body, page.url, content_type=page.content_type, why=why)


def candidates(
    html: bytes | str,
    url: str | None = None,
    *,
    content_type: str | None = None,
    rules: ExtractRules | None = None,
    why: bool = True,
) -> Candidates:
    """Read a page as `extract` does, and say why; never raises. Without `why` it is `extract` alone."""
    found = extract(html, url, content_type=content_type, rules=rules)
    if not why:
        return Candidates(found=found)
    markup = decode(html, content_type) if isinstance(html, bytes) else html
    markup, _ = within_bounds(markup.removeprefix("\ufeff"))
    try:
        tree = LexborHTMLParser(markup.encode("utf-8", "replace"))
    except (SelectolaxError, RuntimeError, ValueError):
        return Candidates(found=found)
    evidence = gather(tree, url)
    rivals = tuple(_rivals(found, evidence))
    page = read_blocks(tree.body) if tree.body is not None else Blocks()
    if not page.blocks:
        return Candidates(found=found, rivals=rivals)
    choice = by_rules(page)
    many = len(page.blocks) > MAX_WEIGHED or len(page.places) > MAX_PLACES
    asked = None if many else _Asked(page, choice, found.title, evidence.linked.body)
    scores = asked.scores() if asked else None
    cut = best_cut(scores, [block.width for block in page.blocks]) if scores else None
    return Candidates(
        found=found,
        container=_path(page, choice.root),
        cut=cut,
        blocks=tuple(_weighed(page, choice, found, asked, scores, cut)),
        rivals=rivals,
    )


# ---------------------------------------------------------------- blocks


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the model is asked about a page."""

    page: Blocks
    choice: Choice
    title: str
    stated: str

    def scores(self) -> list[float]:
        return scores_of(self.page, self.choice, self.title, self.stated)


def _without_links(asked: _Asked) -> _Asked:
    return _with_blocks(asked, [replace(block, linked=0) for block in asked.page.blocks])


def _without_kinds(asked: _Asked) -> _Asked:
    return _with_blocks(asked, [replace(block, tag="p") for block in asked.page.blocks])


def _without_words(asked: _Asked) -> _Asked:
    """All blocks as paragraphs of the same length, no two alike."""
    blocks = []
    for n, block in enumerate(asked.page.blocks):
        text = f"{n} stands for a sentence of quite usual length, with a comma. " * 3
        share = block.linked / len(block.text)
        blocks.append(
            replace(block, text=text.strip(), width=len(text), linked=int(share * len(text)))
        )
    return _with_blocks(asked, blocks)


def _with_blocks(asked: _Asked, blocks: list[Block]) -> _Asked:
    return replace(asked, page=Blocks(asked.page.places, blocks))


def _without_names(asked: _Asked) -> _Asked:
    """Places that nothing is called, but what was called alike still is: a number has no words."""
    known = {"": ""}
    places = [
        replace(place, flags=0, name=known.setdefault(place.name, str(len(known))))
        for place in asked.page.places
    ]
    return replace(asked, page=Blocks(places, asked.page.blocks))


def _without_rules(asked: _Asked) -> _Asked:
    choice = asked.choice
    every, none = [True] * len(choice.inside), [False] * len(choice.unwanted)
    kept = [True] * len(choice.kept)
    return replace(asked, choice=replace(choice, inside=every, unwanted=none, kept=kept))


_WITHOUT: Final[dict[str, Callable[[_Asked], _Asked]]] = {
    "links": _without_links,
    "kind": _without_kinds,
    "words": _without_words,
    "names": _without_names,
    "rules": _without_rules,
    "headline": lambda asked: replace(asked, title=""),
    "stated": lambda asked: replace(asked, stated=""),
}


def _weighed(
    page: Blocks,
    choice: Choice,
    found: Extract,
    asked: _Asked | None,
    scores: list[float] | None,
    cut: float | None,
) -> Iterator[Weighed]:
    left = Counter(found.text.split("\n"))
    others = {name: put(asked).scores() for name, put in _WITHOUT.items()} if asked else {}
    for n, block in enumerate(page.blocks):
        line = clean_line(block.text)
        kept = left[line] > 0
        left[line] -= kept
        score = scores[n] if scores else None
        effects = {name: scores[n] - less[n] for name, less in others.items()} if scores else {}
        yield Weighed(
            text=line,
            tag=block.tag,
            place=_path(page, block.place),
            kept=kept,
            score=score,
            reasons=_reasons(page, choice, found.title, n, effects),
            note="" if score is None or cut is None else _note(found, line, score, cut, kept=kept),
        )


def _reasons(
    page: Blocks, choice: Choice, title: str, n: int, effects: dict[str, float]
) -> tuple[Reason, ...]:
    strong = [name for name in effects if abs(effects[name]) >= LEAST_EFFECT]
    strong.sort(key=lambda name: -abs(effects[name]))
    words = _facts(page, choice, title, n)
    return tuple(
        Reason(what=words[name], effect=effects[name])
        for name in strong[:MOST_REASONS]
        if words.get(name)
    )


def _facts(page: Blocks, choice: Choice, title: str, n: int) -> dict[str, str]:
    """What is known of a block, in words, by kind."""
    block = page.blocks[n]
    share = round(100 * block.linked / len(block.text))
    ended = _END.search(block.text) is not None
    short = block.width < 60
    size = f"{len(block.text):,} characters"
    line = list(_line(page, block.place))
    telling = (k for k in line if page.places[k].flags)
    named = next(telling, next((k for k in line[:DEPTH] if page.places[k].name), NO_PLACE))
    return {
        "links": f"{share} % of it is links" if share else "no links, where others have some",
        "kind": f"it is {_KINDS.get(block.tag, f'a <{block.tag}>')}",
        "words": f"{'short' if short else 'long'}: {size}{'' if ended else ', no full stop'}",
        "names": "no telling name around it"
        if named == NO_PLACE
        else f"it stands in {_name(page.places[named])}",
        "rules": _by_rules(choice, block, kept=choice.kept[n]),
        "headline": "it is the headline" if block.text == title else "beside such a headline",
        "stated": "beside JSON-LD's articleBody",
    }


def _by_rules(choice: Choice, block: Block, *, kept: bool) -> str:
    if kept:
        return "the rules keep it"
    if not choice.inside[block.place]:
        return "outside the container"
    return "a place of unwanted name" if choice.unwanted[block.place] else "the rules drop it"


def _note(found: Extract, line: str, score: float, cut: float, *, kept: bool) -> str:
    if kept == (score >= cut):
        return ""
    if kept:
        return "kept all the same: it ends what the block before it says"
    if line == found.title:
        return "left out: it is the title"
    return f"left out: {found.how.get('text', '')}"


def _line(page: Blocks, place: int) -> Iterator[int]:
    """A place and all that it stands in."""
    while place != NO_PLACE:
        yield place
        place = page.places[place].parent


def _path(page: Blocks, place: int) -> str:
    """The nearest three elements, the outermost first."""
    near = [page.places[n] for n, _ in zip(_line(page, place), range(3), strict=False)]
    return " > ".join(_name(one) for one in reversed(near) if one.tag != "body") or "body"


def _name(place: Place) -> str:
    return place.tag + "".join(f".{name[:40]}" for name in place.name.split()[:1])


# ---------------------------------------------------------------- metadata

# In this order: what "article:modified_time" says is not when it was published.
_META = {
    "title": late(r"title$|headline"),
    "authors": late(r"author|creator|byl"),
    "modified": late(r"modif|updated?|revis"),
    "published": late(r"publi(?!sher)|date|issued|created|pubtime"),
    "site": late(r"site_name|application-name|app-title|app_name|publisher"),
    "language": late(r"lang|locale$"),
    "canonical_url": late(r"^og:url$"),
    "image": late(r"image(?::url|:secure_url|:src)?$"),
}


def _rivals(found: Extract, evidence: Evidence) -> Iterator[Rival]:
    """Every piece of evidence once a field, value and place."""
    seen: set[tuple[str, str, str]] = set()
    for field, value, where in _stated(evidence):
        shown = stated(value)[:LONGEST_VALUE]
        if not shown or (field, shown, where) in seen:
            continue
        seen.add((field, shown, where))
        yield Rival(field=field, value=shown, evidence=where, chosen=_says(found, field, shown))


def _stated(evidence: Evidence) -> Iterator[tuple[str, str, str]]:
    linked = evidence.linked
    yield "title", linked.headline, "json-ld headline"
    for heading in evidence.h1:
        yield "title", heading, "h1"
    yield "title", evidence.title, "title element"
    for author in linked.authors:
        yield "authors", author, "json-ld author"
    yield "published", linked.published, "json-ld datePublished"
    yield "modified", linked.modified, "json-ld dateModified"
    yield "site", linked.site, "json-ld publisher"
    yield "language", evidence.language, "html lang"
    yield "language", linked.language, "json-ld inLanguage"
    yield "canonical_url", safe_url(evidence.canonical, evidence.base) or "", "link canonical"
    yield "canonical_url", linked.url, "json-ld url"
    yield "image", linked.image, "json-ld image"
    for name, values in evidence.metas.items():
        field = next((field for field, names in _META.items() if names.search(name)), None)
        for value in values if field else ():
            yield field or "", value, f"meta {name}"
    for node in evidence.times:
        moment = node.attributes.get("datetime") or node.text(deep=True)
        yield "published", moment or "", "time element"


def _says(found: Extract, field: str, value: str) -> bool:
    """Whether a value is what was chosen, as the field is compared."""
    chosen: Any = getattr(found, field)
    if field in ("published", "modified"):
        return chosen is not None and parse_date(value) == chosen
    if field == "authors":
        return any(author in value for author in chosen)
    if field == "language":
        return bool(chosen) and value.lower().startswith(chosen.lower())
    return bool(value == chosen)
