"""One pass over a page's tree: the blocks of text it shows, and the places they stand in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from selectolax.lexbor import LexborNode

from aiwatch.text.classwords import ASIDE, BODY, FIGURE, HIDDEN, flags_of, flags_of_classes, words
from aiwatch.text.late import late

NO_PLACE: Final = -1

# Never article text, whatever they hold. Forms are not here: some sites wrap a whole page in one.
SKIPPED: Final = words(
    "script style noscript noembed noframes plaintext xmp template svg iframe nav footer "
    "button select textarea input object embed audio video canvas map datalist head title "
    "math dialog rt rp option"
)
INLINE: Final = words(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark "
    "nobr q ruby rb s samp small span strike strong sub sup time tt u var wbr img picture "
    "source"
)
_KINDS = {
    "aside": ASIDE,
    "menu": ASIDE,
    "figure": FIGURE,
    "figcaption": FIGURE,
    "caption": FIGURE,
}
_NAMED = frozenset(["span", "strong", "em", "small", "label", "time", "cite"])
_PASSED = SKIPPED | {"br"}
HEADINGS: Final = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_SPEAKING = ("id", "itemprop", "role", "data-testid", "data-component")
_TELLING = frozenset((*_SPEAKING, "hidden", "aria-hidden", "style"))
_LINK, _PLACE = 1, 2
_HIDING = late(r"display\s*:\s*none|visibility\s*:\s*hidden")
_CJK = late(r"[\u0e00-\u0e7f\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(slots=True)
class Place:
    """A block-level element: where it stands and what it is called."""

    parent: int
    tag: str
    name: str  # class names as written, to see that siblings look alike
    flags: int  # of its own names


@dataclass(slots=True)
class Block:
    """A run of text between two block-level boundaries."""

    text: str
    tag: str
    place: int
    linked: int  # characters inside links
    width: int  # characters, an ideograph or syllable counting as three


@dataclass(slots=True)
class Blocks:
    """A page as a list of blocks, in reading order."""

    places: list[Place] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)


def kinds_of(places: Sequence[Place]) -> list[int]:
    """For each place the number of its kind: what has the same tag and class names has the same."""
    known: dict[tuple[str, str], int] = {}
    return [known.setdefault((place.tag, place.name), len(known)) for place in places]


def width_of(text: str) -> int:
    """How much a text says, in characters of alphabetic script."""
    return len(text) if text.isascii() else len(text) + 2 * len(_CJK.findall(text))


class _Walk:
    """The state of the one pass; what is open is a list, so that depth costs no recursion."""

    def __init__(self, skip: frozenset[int]) -> None:
        self.out = Blocks()
        self.skip = skip
        self.parts: list[str] = []
        self.opened: list[tuple[LexborNode, int]] = []  # and what ends with each
        self.linked = 0
        self.in_link = 0
        self.place = NO_PLACE
        self.broken = False

    def run(self, root: LexborNode) -> Blocks:
        parts, skip, opened = self.parts, self.skip, self.opened
        node: LexborNode | None = root
        while node is not None:
            tag = node.tag
            if tag == "-text":
                text = node.text_content
                if text and (parts or not text.isspace()):
                    parts.append(text)
                    if self.in_link or self.broken:
                        self.heed(text)
            elif tag in _PASSED:
                if tag == "br":
                    self.line_break()
            elif tag and tag[0] not in "-!_" and not (skip and node.mem_id in skip):
                closing = self.enter(node, tag)
                if (inner := node.first_child) is not None:
                    opened.append((node, closing))
                    node = inner
                    continue
                if closing:
                    self.leave(closing)
            node = (node.next if opened else None) or self.up()
        self.flush()
        return self.out

    def up(self) -> LexborNode | None:
        """The first node behind all elements that end here."""
        opened = self.opened
        while opened:
            node, closing = opened.pop()
            if closing:
                self.leave(closing)
            if opened and (after := node.next) is not None:
                return after
        return None

    def heed(self, text: str) -> None:
        """A text inside a link or behind a line break."""
        shown = len(text.strip())
        if self.in_link:
            self.linked += shown
        if shown:
            self.broken = False

    def line_break(self) -> None:
        """A second break in a row ends the paragraph."""
        if self.broken:
            self.flush()
        else:
            self.parts.append(" ")
        self.broken = True

    def enter(self, node: LexborNode, tag: str) -> int:
        """Open an element, and say what ends with it."""
        if tag in INLINE:
            if tag == "a":
                self.in_link += 1
                return _LINK
            if tag not in _NAMED:
                return 0
            name, flags = _named(node, tag)
            if not flags & ~BODY:
                return 0
        else:
            name, flags = _named(node, tag)
        if self.parts:
            self.flush()
        places = self.out.places
        places.append(Place(self.place, tag, name, flags))
        self.place = len(places) - 1
        return _PLACE

    def leave(self, kind: int) -> None:
        if kind == _LINK:
            self.in_link -= 1
        else:
            if self.parts:
                self.flush()
            self.place = self.out.places[self.place].parent

    def flush(self) -> None:
        if self.parts:
            text = " ".join("".join(self.parts).replace("\xad", "").split())
            if text and self.place != NO_PLACE:
                tag = self.out.places[self.place].tag
                linked = min(self.linked, len(text)) if self.linked else 0
                width = len(text) if text.isascii() else width_of(text)
                self.out.blocks.append(Block(text, tag, self.place, linked, width))
            self.parts.clear()
        self.linked = 0


def _named(node: LexborNode, tag: str) -> tuple[str, int]:
    """The class names of an element, and what its attributes say it is."""
    attributes = node.attributes
    flags = _KINDS.get(tag, 0)
    if not attributes:
        return "", flags
    name = attributes.get("class") or ""
    if name:
        flags |= flags_of_classes(name)
    if not _TELLING.isdisjoint(attributes):
        flags |= _told(attributes, tag)
    if flags & FIGURE and "table" in name:
        flags &= ~FIGURE
    return name, flags


def _told(attributes: dict[str, str | None], tag: str) -> int:
    """What attributes other than the class say."""
    flags = 0
    if tag not in HEADINGS:  # a heading's id is often made from its words
        for key in _SPEAKING:
            if value := attributes.get(key):
                flags |= flags_of(value)
    if (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or ((style := attributes.get("style")) and _HIDING.search(style))
    ):
        flags |= HIDDEN
    return flags


def read_blocks(root: LexborNode, skip: frozenset[int] = frozenset()) -> Blocks:
    """Read the blocks below `root`, leaving out the elements whose `mem_id` is in `skip`."""
    walk = _Walk(skip)
    if root.tag in INLINE:  # a text needs a place to stand in
        walk.place = 0
        walk.out.places.append(Place(NO_PLACE, root.tag or "", "", 0))
    return walk.run(root)


def shown_text(node: LexborNode) -> str:
    """What a reader sees of a small element, on one line."""
    return " ".join(block.text for block in read_blocks(node).blocks)
