"""The card around a link: its texts in order, what among them is title, date, summary.

A card is the largest element that holds one article's links only. What its texts are is learnt from all cards of a
list together: the same place holds the same thing in each (a category repeats, a title does not).
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from selectolax.lexbor import LexborNode

from aiwatch.sources.listing.page import Link, Page
from aiwatch.sources.listing.stamps import is_stamp, unstamped
from aiwatch.text.blocks import width_of
from aiwatch.text.clean import clean_line

MAX_CLIMB = 14
"""Levels from a link up to its card."""
MAX_BEFORE = 12
"""Rows of what stands before the first card, to hold its date."""
MAX_TEXT = 1_000
"""Characters of one text that are kept."""
MAX_TEXTS = 60
"""Texts of a card that are looked at."""

_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_INLINE = frozenset(
    [
        "b",
        "big",
        "em",
        "font",
        "i",
        "mark",
        "q",
        "s",
        "small",
        "strong",
        "sub",
        "sup",
        "u",
        "wbr",
        "code",
        "abbr",
        "bdi",
        "bdo",
        "cite",
        "ins",
        "kbd",
    ]
)
_TITLED = re.compile(
    r"title|heading|headline|(?:^|[\s_-])(?:name|subject|tit|ttl)(?:$|[\s_-])|标题", re.IGNORECASE
)
_LABELLED = re.compile(
    r"(?:^|[\s_-])(?:categor(?:y|ies)|tags?|chips?|badges?|labels?|eyebrow|kicker|pill|topics?|type|sr-only|visually-?hidden)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"\W*(?:(?:read|learn|see|find out|discover|view|show|load) (?:more|on|all|article|post|story|details?|now|the .{0,30})"
    r"|(?:read|view|open|full|continue)(?: the)?(?: full)? ?(?:article|post|story|release|press release|reading|details|blog)?|more|details?"
    r"|new|featured(?: (?:post|story|article))?|latest|pinned|hot|top|go|watch(?: now| video)?|share|download|image|photo|thumbnail|link|permalink"
    r"|weiterlesen|mehr(?: lesen| erfahren)?|zum artikel|lire (?:la suite|plus|l.article)|en savoir plus|leer más|seguir leyendo|ver más"
    r"|leia mais|saiba mais|leggi (?:tutto|di più)|lees (?:verder|meer)|czytaj (?:dalej|więcej)|читать(?: далее| полностью)?|подробнее"
    r"|devamını oku|đọc (?:tiếp|thêm)|xem (?:thêm|chi tiết)|selengkapnya|läs mer|les mer|læs mere|lue lisää"
    r"|더 ?보기|자세히(?: 보기)?|계속 읽기|続きを読む|もっと(?:見る|読む)|詳しく(?:見る|はこちら)?|詳細(?:を見る|はこちら)?"
    r"|(?:阅读|查看|了解|閱讀|瞭解)(?:全文|更多|原文|详情|詳情)|更多|详情|詳情|詳細|全文|อ่าน(?:ต่อ|เพิ่มเติม)|اقرأ المزيد)\W*",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"[0-9]+")
_LABEL_LEAD = re.compile(
    r"^(?:read(?: more)?(?: about)?|learn more about|go to|link to|view|open|permalink(?: to)?|continue reading)\s*[:：]?\s+(?=\S+\s)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Card:
    """One article as the page shows it."""

    at: int  # the row of its element
    links: list[Link]
    before: range = range(0)  # rows between the card before and this one
    after: range = range(0)
    texts: list["Text"] = field(default_factory=list)


@dataclass(slots=True)
class Text:
    """A run of text in a card, and its place: the tags from the card down to it, which of those with the same."""

    at: int
    place: str
    text: str
    heading: bool
    titled: bool
    labelled: bool
    linked: bool


def says_more(text: str) -> bool:
    """Whether a link's text only says "Read more", in any of many languages."""
    return not any(map(str.isalnum, text)) or _MORE.fullmatch(text) is not None


# ---------------------------------------------------------------- where a card ends


def cards_of(page: Page, groups: Sequence[list[Link]]) -> list[Card]:
    """The card of each article, in page order of their main links; `groups` are the links that lead to one."""
    places = sorted((link.at, n) for n, links in enumerate(groups) for link in links)
    rows = [at for at, _ in places]
    common = Counter(
        where for links in groups for where in {surroundings(page, link.at) for link in links}
    )
    cards = [
        Card(at=_climb(page, link.at, n, rows, places), links=links)
        for n, links in enumerate(groups)
        for link in [_main_link(page, links, common)]
    ]
    ordered = sorted(cards, key=lambda card: card.at)
    for one, other in pairwise(ordered):
        gap = range(page.nodes[one.at].end, max(page.nodes[one.at].end, other.at))
        one.after = other.before = gap
    if ordered:
        first, last = ordered[0], ordered[-1]
        first.before = _sibling_before(page, first.at)
        end = page.nodes[last.at].end
        box = page.nodes[last.at].parent
        if box >= 0 and end < page.nodes[box].end:
            last.after = page.inside(end)
    for card in cards:
        card.texts = list(_texts(page, card.at))
    return cards


def surroundings(page: Page, at: int) -> str:
    """Tags and classes of a link and of what is around it, figures left out: the same in all cards of a grid."""
    names = []
    for _ in range(4):
        node = page.nodes[at]
        names.append(f"{node.tag}.{_DIGITS.sub('', node.names)}")
        at = node.parent
        if at < 0:
            break
    return ">".join(names)


def _sibling_before(page: Page, at: int) -> range:
    """The rows of what stands right before an element."""
    box = page.nodes[at].parent
    before = [n for n in _children(page, box) if n < at][-1:] if box >= 0 else []
    rows = page.inside(before[0]) if before else range(0)
    return rows if len(rows) <= MAX_BEFORE else range(0)


def _main_link(page: Page, links: list[Link], common: Counter[str]) -> Link:
    """Of the links to one article the one in the list: outside menus and asides, in a heading, where others have theirs."""

    def rank(link: Link) -> tuple[bool, bool, int, bool, int]:
        node = page.nodes[link.at]
        text = page.text(link.at) if node.width < 2000 else ""
        often = common[surroundings(page, link.at)]
        return node.zone <= 1, _is_headed(page, link.at), often, not says_more(text), -link.at

    return max(links, key=rank)


def _is_headed(page: Page, at: int) -> bool:
    """Whether a link stands in a heading or holds one."""
    nodes = page.nodes
    above = nodes[at].parent
    near = (above, nodes[above].parent) if above >= 0 else ()
    return any(nodes[n].tag in _HEADINGS for n in (*near, *page.inside(at)[:40]))


def _climb(page: Page, at: int, group: int, rows: list[int], places: list[tuple[int, int]]) -> int:
    """The highest element around a link that holds no link of another article."""
    nodes = page.nodes
    for _ in range(MAX_CLIMB):
        above = nodes[at].parent
        if above <= 0 or nodes[above].tag in ("main", "body", "tbody", "table"):
            break
        first, end = bisect_left(rows, above), bisect_left(rows, nodes[above].end)
        if end - first > 60 or any(n != group for _, n in places[first:end]):
            break
        at = above
    return at


def card_element(page: Page, card: Card) -> LexborNode | None:
    """The card's element, for selectors: as many levels above one of its links as in the rows."""
    for link in card.links:
        node: LexborNode | None = link.raw
        at = link.at
        while at > card.at and node is not None:
            at, node = page.nodes[at].parent, node.parent
        if at == card.at:
            return node
    return None


# ---------------------------------------------------------------- its texts


def _texts(page: Page, card: int) -> Iterator[Text]:
    """The runs of text of a card; words inside a sentence (b, em) and whole headings are one run."""
    nodes = page.nodes
    runs: dict[tuple[int, int], list[str]] = {}
    breaks = 0
    for n in page.inside(card):
        if nodes[n].tag == "br":
            breaks += 1
        elif nodes[n].tag == "-text":
            holder = _holder(page, n, card)
            line = 0 if nodes[holder].tag in _HEADINGS else breaks
            runs.setdefault((holder, line), []).append(
                f" {nodes[n].text}" if line == 0 and breaks else nodes[n].text
            )
            if len(runs) > MAX_TEXTS:
                break
    seen: Counter[str] = Counter()
    for (at, _), parts in runs.items():
        text = clean_line("".join(parts)[:MAX_TEXT])
        if text:
            run = _text_at(page, card, at, text)
            seen[run.place] += 1
            yield replace(run, place=f"{run.place}#{seen[run.place]}")


def _holder(page: Page, at: int, card: int) -> int:
    """The element whose run a text belongs to: a heading around it, else the nearest that is not inline."""
    nodes = page.nodes
    holder = nodes[at].parent
    while holder > card and nodes[holder].tag in _INLINE:
        holder = nodes[holder].parent
    up = holder
    for _ in range(6):
        if up < card:
            break
        if nodes[up].tag in _HEADINGS:
            return up
        up = nodes[up].parent
    return _sentence(page, holder, card)


def _sentence(page: Page, at: int, card: int) -> int:
    """A span or link inside a paragraph with text of its own belongs to that paragraph."""
    nodes = page.nodes
    up = nodes[at].parent
    if nodes[at].tag in ("span", "a", "font") and up > card and nodes[up].tag == "p":
        own = sum(nodes[n].width for n in _children(page, up) if nodes[n].tag == "-text")
        if own > nodes[up].width // 2:
            return up
    return at


def _children(page: Page, at: int) -> Iterator[int]:
    n, end = at + 1, page.nodes[at].end
    while n < end:
        yield n
        n = max(page.nodes[n].end, n + 1)


def _text_at(page: Page, card: int, at: int, text: str) -> Text:
    nodes = page.nodes
    path, names, tags = [], [], set()
    up = at
    while up > card:
        path.append(nodes[up].tag)
        names.append(nodes[up].names)
        tags.add(nodes[up].tag)
        up = nodes[up].parent
    tags.add(nodes[card].tag)
    near = " ".join(names[:2])
    return Text(
        at=at,
        place=f"{'>'.join(reversed(path))}.{nodes[at].names}",
        text=text,
        heading=bool(tags & _HEADINGS),
        titled=bool(_TITLED.search(near)),
        labelled=bool(_LABELLED.search(near)),
        linked="a" in tags,
    )


# ---------------------------------------------------------------- what the texts are


class Columns:
    """What all cards of a list have in common: which texts repeat, and which place holds the titles."""

    def __init__(self, cards: Sequence[Card]) -> None:
        self.many = len(cards)
        self.repeats = Counter(
            text for card in cards for text in {unstamped(t.text) for t in card.texts}
        )
        self.title_places = self._rank(cards)

    def is_label(self, text: Text) -> bool:
        """Whether a text names a kind of article, no article: it repeats, or its class says so."""
        bare = unstamped(text.text)
        if self.repeats[bare] > max(1, self.many // 10) and width_of(bare) < 40:
            return True
        return text.labelled and not text.heading

    def _rank(self, cards: Sequence[Card]) -> list[str]:
        """Places by how well they look like titles: in most cards, distinct, of a headline's width, early."""
        at_place: defaultdict[str, list[str]] = defaultdict(list)
        order: dict[str, float] = {}
        for card in cards:
            for n, text in enumerate(card.texts):
                if not (is_stamp(text.text) or says_more(text.text) or self.is_label(text)):
                    at_place[text.place].append(unstamped(text.text))
                    order.setdefault(text.place, n)

        def score(place: str) -> float:
            texts = at_place[place]
            width = sum(map(width_of, texts)) / len(texts)
            fits = min(width / 25, 1.0) if width <= 110 else max(0.2, 1 - (width - 110) / 120)
            return len(set(texts)) / self.many * fits - 0.02 * order[place]

        return sorted(at_place, key=score, reverse=True)


def title_of_card(page: Page, card: Card, columns: Columns) -> str:
    """The article's headline as its card shows it; empty where it shows none."""
    title = _shown_title(page, card, columns)
    return _uncut(card, title) if title.endswith(("…", "...")) else title


def _uncut(card: Card, title: str) -> str:
    """A headline that was cut for its place, whole, where the link's label has it."""
    start = title.rstrip("….").casefold()
    return next(
        (link.label for link in card.links if link.label.casefold().startswith(start)), title
    )


def _shown_title(page: Page, card: Card, columns: Columns) -> str:
    own = [t for t in card.texts if t.linked and _may_be_title(t, columns)]
    firm = any(len(t.text.split()) > 1 or width_of(t.text) >= 12 for t in own)
    headings = [t for t in _headings(page, card, joined=firm) if _may_be_title(t, columns)]
    titled = [t for t in card.texts if t.titled and _may_be_title(t, columns)]
    for text in (*headings[:1], *titled[:1]):
        return unstamped(text.text)
    others = [t for t in card.texts if not t.linked and _may_be_title(t, columns)]
    for texts in (own, others):
        for place in columns.title_places:
            for text in texts:
                if text.place == place:
                    return unstamped(text.text)
    return _labels(card)


def _headings(page: Page, card: Card, *, joined: bool) -> list[Text]:
    """Headings that hold or stand in a link of the article go first, then the nearest to one, unless `joined`."""
    links = [range(link.at, page.nodes[link.at].end) for link in card.links]

    def is_joined(text: Text) -> bool:
        rows = page.inside(text.at)
        return any(text.at in link or link.start in rows for link in links)

    def distance(text: Text) -> tuple[bool, int]:
        near = min((abs(text.at - link.start) for link in links), default=0)
        return not is_joined(text), near

    headings = [text for text in card.texts if text.heading]
    return sorted((t for t in headings if is_joined(t) or not joined), key=distance)


def _may_be_title(text: Text, columns: Columns) -> bool:
    bare = unstamped(text.text)
    if not bare or says_more(bare) or is_stamp(text.text):
        return False
    return not columns.is_label(text) or (text.heading and columns.repeats[bare] == 1)


def _labels(card: Card) -> str:
    """What a link says to those who do not see it."""
    for link in card.links:
        label = unstamped(_LABEL_LEAD.sub("", link.label))
        if label and not says_more(label) and width_of(label) >= 8:
            return label
    return ""


def summary_of_card(card: Card, title: str, columns: Columns) -> str:
    """The longest text of a card beside its title."""
    texts = (
        text.text
        for text in card.texts
        if not text.heading
        and text.text != title
        and not is_stamp(text.text)
        and not says_more(text.text)
        and not columns.is_label(text)
        and title not in text.text
    )
    best = max(texts, key=width_of, default="")
    return best if width_of(best) >= 40 else ""


def short_texts(texts: Iterable[Text], title: str) -> Iterator[Text]:
    """Texts in which a date may stand: not the title, not prose."""
    for text in texts:
        if text.text != title and width_of(text.text) <= 120:
            yield text
