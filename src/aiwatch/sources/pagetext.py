"""A page's tree as the lines a reader sees: headings, paragraphs, list items, whole table rows, terms with what they mean.

Unlike `text.blocks`, which looks for an article, nothing is judged here: a price table and the answers of a help page
(folded away or not, their questions often buttons) come whole.
"""

import re
from array import array
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from selectolax.lexbor import LexborNode

from aiwatch.text.blocks import HEADINGS, INLINE, SKIPPED
from aiwatch.text.clean import clean_line

ROW: Final = 600
"""Characters of a table row shown as one line; above it the table is layout, not data."""
TERM: Final = 100
LONGEST: Final = 400
"""Characters of a paragraph shown as one line; a longer one is shown sentence by sentence."""
HARDEST: Final = 2_000
"""Characters of what has no sentences."""

MOST_LINES: Final = 20_000
"""Lines read of one part of a page: twice what is compared, as some of them are noise."""

_DEAD = SKIPPED - {"nav", "footer", "button"}
_ROLES = {
    "row": "tr",
    "cell": "td",
    "gridcell": "td",
    "columnheader": "th",
    "rowheader": "th",
}
_SENTENCE = re.compile(
    r"(?:(?<=[.!?…])|(?<=[.!?…][\"”’)\]]))\s+(?=[\"“‘(\[¿¡]?[^\W_a-zа-яё])|(?<=[。！？])"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `level` is a heading's (0 for none), `linked` how many of its characters are link text."""

    text: str
    level: int = 0
    linked: int = 0


@dataclass(slots=True)
class _Row:
    outside: list[Line]  # where the row's own line goes
    cells: list[list[Line]] = field(default_factory=list)
    size: int = 0
    arranges: bool = False  # layout: its lines go outside at once, so that none is moved twice

    def arrange(self) -> None:
        self.arranges = True
        self.outside.extend(line for cell in self.cells for line in cell)
        self.cells = []


class _Walk:
    """The state of the one pass: an explicit stack, so that depth costs no recursion."""

    def __init__(self, skip: frozenset[int]) -> None:
        self.skip = skip
        self.page: list[Line] = []
        self.lines = self.page  # where lines go: the page's, or a table cell's
        self.count = 0
        self.rows: list[_Row] = []
        self.parts: list[str] = []
        self.term: Line | None = None
        self.linked = self.in_link = self.in_pre = self.in_term = self.level = 0

    def run(self, root: LexborNode) -> list[Line]:
        stack: list[LexborNode | str] = [root]
        while stack and self.count < MOST_LINES:
            item = stack.pop()
            if isinstance(item, str):
                self.leave(item)
            elif item.tag == "-text":
                self.add(item.text_content or "")
            elif item.tag == "br":
                self.flush()
            elif self.shows(item):
                stack.append(self.enter(item, item.tag or ""))
                child = item.last_child
                while child is not None:
                    stack.append(child)
                    child = child.prev
        self.flush()
        self.settle_term()
        return self.page

    def shows(self, node: LexborNode) -> bool:
        tag = node.tag or "-"
        if tag in _DEAD or tag[0] in "-!_" or node.mem_id in self.skip:
            return False
        return tag != "button" or self.level > 0 or _unfolds(node)

    def add(self, text: str) -> None:
        if self.parts or not text.isspace():
            self.parts.append(text)
            if self.in_link:
                self.linked += len(text.strip())

    def enter(self, node: LexborNode, tag: str) -> str:
        """Open an element; the word that closes it again comes back."""
        if tag == "a":
            self.in_link += 1
            return "a"
        if tag in INLINE:
            if tag == "img" and self.rows:  # a tick or a cross, often
                self.add(f" {node.attributes.get('alt') or ''} ")
            return ""
        self.flush()
        tag = _ROLES.get(node.attributes.get("role") or "", tag)
        if tag == "tr":
            self.open_row()
        elif tag in ("td", "th") and self.rows:
            self.open_cell(self.rows[-1])
        elif tag in HEADINGS:
            self.level = int(tag[1])
        elif tag == "pre":
            self.in_pre += 1
        elif tag == "dt":
            self.in_term += 1
        return tag

    def leave(self, tag: str) -> None:
        if not tag:
            return
        if tag == "a":
            self.in_link -= 1
            return
        self.flush()
        if tag == "tr":
            self.close_row()
        elif tag in HEADINGS:
            self.level = 0
        elif tag == "pre":
            self.in_pre -= 1
        elif tag == "dt":
            self.in_term -= 1
        elif tag in ("dl", "td", "th"):
            self.settle_term()

    def open_row(self) -> None:
        self.settle_term()
        for row in self.rows[-1:]:
            row.arrange()
            self.lines = row.outside
        self.rows.append(_Row(self.lines))

    def open_cell(self, row: _Row) -> None:
        if row.arranges:
            self.lines = row.outside
        else:
            self.lines = []
            row.cells.append(self.lines)

    def close_row(self) -> None:
        """A row of data becomes one line; a row that only arranges the page gives its cells' lines."""
        row = self.rows.pop()
        self.lines = row.outside
        cells = [" ".join(line.text for line in cell) for cell in row.cells]
        if sum(map(bool, cells)) < 2:
            row.arrange()
        else:
            linked = sum(line.linked for cell in row.cells for line in cell)
            self.lines.append(Line(" | ".join(cell or "–" for cell in cells), 0, linked))

    def flush(self) -> None:
        """End the line."""
        if not self.parts:
            return
        written = "".join(self.parts)
        for piece in written.split("\n") if self.in_pre else (written,):
            if text := clean_line(piece):
                self.put(Line(text, self.level, min(self.linked, len(text))))
        self.parts, self.linked = [], 0

    def put(self, line: Line) -> None:
        """A term waits for what it means, so that one line says both."""
        if self.in_term:
            self.settle_term()
            self.term = line
            return
        self.count += 1
        term, self.term = self.term, None
        if term and len(term.text) <= TERM and not line.level:
            colon = "" if term.text.endswith((":", "?", "：", "？")) else ":"
            line = Line(f"{term.text}{colon} {line.text}", 0, line.linked)
        elif term:
            self.lines.append(term)
        self.lines.append(line)
        for row in self.rows[-1:]:
            self.grow(row, len(line.text))

    def grow(self, row: _Row, size: int) -> None:
        """A row of more text than one line should have is layout."""
        row.size += size
        if row.size > ROW and not row.arranges:
            row.arrange()
            self.lines = row.outside

    def settle_term(self) -> None:
        if self.term:
            self.lines.append(self.term)
            self.term = None


def _unfolds(button: LexborNode) -> bool:
    """A button that shows or hides a part of the page carries that part's heading; others only do something."""
    return "aria-expanded" in button.attributes or "aria-controls" in button.attributes


def read_lines(roots: Sequence[LexborNode], skip: frozenset[int] = frozenset()) -> list[Line]:
    """The lines below each root, in order, without the elements whose `mem_id` is in `skip`."""
    lines: list[Line] = []
    for root in roots:
        if len(lines) < MOST_LINES:
            lines += _Walk(skip).run(root)
    return lines


@dataclass(frozen=True, slots=True)
class Measure:
    """What an element holds: characters, those of them inside links, and whether the page's headline is there."""

    size: int
    linked: int
    headline: bool


def measures(root: LexborNode, wanted: Container[int]) -> dict[int, Measure]:
    """The measures of the wanted elements by `mem_id`, in one pass: asking each by itself is quadratic in nested ones."""
    found: dict[int, int] = {}
    parents, sizes, linked, heads = array("l"), array("l"), array("l"), bytearray()
    stack: list[tuple[LexborNode, int, bool]] = [(root, 0, False)]
    while stack:
        node, above, in_link = stack.pop()
        tag = node.tag or "-"
        if tag == "-text":
            shown = len((node.text_content or "").strip())
            sizes[above] += shown
            linked[above] += shown if in_link else 0
        elif tag not in _DEAD and tag[0] not in "-!_":
            own = len(parents)
            if node.mem_id in wanted:
                found[node.mem_id] = own
            parents.append(above)
            sizes.append(0)
            linked.append(0)
            heads.append(tag in ("h1", "main", "article"))
            child = node.first_child
            while child is not None:
                stack.append((child, own, in_link or tag == "a"))
                child = child.next
    for own in range(len(parents) - 1, 0, -1):  # children always come after their parents
        above = parents[own]
        sizes[above] += sizes[own]
        linked[above] += linked[own]
        heads[above] |= heads[own]
    return {id_: Measure(sizes[at], linked[at], bool(heads[at])) for id_, at in found.items()}


def sentences(text: str) -> Iterator[str]:
    """A long paragraph sentence by sentence, so that an edit shows what was edited."""
    pieces = [text] if len(text) <= LONGEST else _SENTENCE.split(text)
    for piece in pieces:
        for start in range(0, len(piece), HARDEST):
            if shown := piece[start : start + HARDEST].strip():
                yield shown
