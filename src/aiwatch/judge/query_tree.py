"""A query as a tree of values: its parts, their plainest spelling, and what can be asked of a part."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, get_args

Scope = Literal["title", "body", "site", "source", "lang"]
SCOPES: tuple[Scope, ...] = get_args(Scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word or a phrase. `text` is as written, without quotes; `words` is what is compared."""

    text: str
    words: tuple[str, ...]
    quoted: bool = False
    prefix: bool = False
    position: int = field(default=0, compare=False)
    _hash: int = field(init=False, repr=False, compare=False)  # asked for at every look-up

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.text, self.quoted, self.prefix)))

    def __hash__(self) -> int:
        return self._hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Both, with at most `distance` words between them."""

    left: "Node"
    right: "Node"
    distance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """What must not be there."""

    part: "Node"
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    """All of these."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    """At least one of these."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """The part, looked for in one field only."""

    scope: Scope
    part: "Node"


Node = Term | Near | Not | And | Or | Within


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query as read, and as written."""

    root: Node
    text: str = field(default="", compare=False)


def terms(node: Node) -> Iterator[Term]:
    """Every word and phrase of a query, in order."""
    match node:
        case Term():
            yield node
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from terms(part)
        case Not(part=part) | Within(part=part):
            yield from terms(part)
        case Near(left=left, right=right):
            yield from terms(left)
            yield from terms(right)


def wanted(node: Node) -> Iterator[Term]:
    """The words and phrases that a query looks for, without those it leaves out."""
    match node:
        case Term():
            yield node
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from wanted(part)
        case Within(part=part):
            yield from wanted(part)
        case Near(left=left, right=right):
            yield from wanted(left)
            yield from wanted(right)
        case Not():
            return


def spell(node: Node) -> str:
    """One part of a query as text."""
    match node:
        case Term(text=text, quoted=quoted):
            return f'"{text}"' if quoted else text
        case Within(scope=scope, part=Term() as part):
            return f"{scope}:{spell(part)}"
        case Within(scope=scope, part=Not(part=part) as without):
            return f"{scope}:-{_inside(without, part)}"
        case Within(scope=scope, part=part):
            return f"{scope}:({spell(part)})"
        case Not(part=part):
            return f"NOT {_inside(node, part)}"
        case Near(left=left, right=right, distance=distance):
            first = spell(left) if isinstance(left, Near) else _inside(node, left)
            return f"{first} NEAR/{distance} {_inside(node, right)}"
        case And(parts=parts):
            return " ".join(_inside(node, part) for part in parts)
        case Or(parts=parts):
            return " OR ".join(_inside(node, part) for part in parts)


_BINDS: dict[type, int] = {Or: 1, And: 2, Near: 3, Not: 4, Within: 5, Term: 5}


def _inside(outer: Node, part: Node) -> str:
    return spell(part) if _BINDS[type(part)] > _BINDS[type(outer)] else f"({spell(part)})"


def finds(node: Node) -> bool:
    """Whether a part says what to look for, not only what to leave out."""
    match node:
        case Not():
            return False
        case And(parts=parts):
            return any(map(finds, parts))
        case Within(part=part):
            return finds(part)
        case Or() | Near() | Term():
            return True


def has_place(node: Node) -> bool:
    """Whether a part stands at places in a text, so that something can be near it."""
    match node:
        case Or(parts=parts):
            return all(map(has_place, parts))
        case Term() | Near():
            return True
        case _:
            return False


def has_near(node: Node) -> bool:
    """Whether NEAR stands anywhere in a part."""
    match node:
        case Near():
            return True
        case And(parts=parts) | Or(parts=parts):
            return any(map(has_near, parts))
        case Not(part=part) | Within(part=part):
            return has_near(part)
        case Term():
            return False
