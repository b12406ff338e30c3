"""The query language of topics: eleven constructs, and an error that says where.

    sora openai             both words (AND may be written)
    sora OR seedance        either (also |)
    NOT x, -x               without
    "kingdom hearts"        a phrase, letter by letter; a hyphen is a space ("text-to-video")
    ( )                     groups
    deepfake*               words that begin so; four letters at least
    disney NEAR/10 (a OR b) at most ten words between them, in either order
    title: body: site: source: lang:    where to look, before a word, a phrase or a group

Operators are written in capitals; NOT binds before NEAR, NEAR before AND, AND before OR. Outside quotes the English
plural of a word counts too.
"""

import difflib
import re
from dataclasses import dataclass
from typing import Literal, cast

from aiwatch.errors import UsageError
from aiwatch.judge.query_tree import (
    SCOPES,
    And,
    Near,
    Node,
    Not,
    Or,
    Query,
    Scope,
    Term,
    Within,
    finds,
    has_near,
    has_place,
    spell,
    terms,
)
from aiwatch.text.late import late
from aiwatch.text.tokens import words

__all__ = ["Query", "QueryError", "parse", "unparse", "warnings"]

_MAX_DEPTH = 30
_MAX_NEARS = 50  # each may nest the tree once more; with the depth this keeps every walk far from Python's limit
_MAX_DISTANCE = 1000
_MIN_STEM = 4


class QueryError(UsageError):
    """A query that cannot be read; `position` counts characters from 0."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message} (at character {position + 1})")
        self.message = message
        self.position = position


def parse(text: str) -> Query:
    """Read a query.

    Raises:
        QueryError: with the position of what cannot be read.
    """
    parser = _Parser(_lex(text.translate(_TYPOGRAPHY)), end=len(text))
    return Query(root=parser.whole(), text=text)


def unparse(query: Query) -> str:
    """The query in its plainest spelling; reading it again gives the same query."""
    return spell(query.root)


def warnings(query: Query) -> tuple[str, ...]:
    """What was read well, but perhaps not meant."""
    return tuple(
        f'"{term.text}" is looked for as a word; {_instead(term.text)}, '
        f"or put the word in quotes (at character {term.position + 1})"
        for term in terms(query.root)
        if not term.quoted and _LOOKS_LIKE_OPERATOR.fullmatch(term.text)
    )


def _instead(word: str) -> str:
    """What to write for an operator in small letters, or for one of another search engine."""
    if re.fullmatch("and|or|not|near(/[0-9]+)?", word, re.IGNORECASE):
        return f"write {word.upper()} for the operator"
    digits = "".join(char for char in word if char.isdecimal())
    return f"did you mean NEAR/{digits or 10}?"


# ---------------------------------------------------------------- marks

# The last ones are other engines' words for NEAR: AROUND(5), w/5, ADJ5, NEAR5.
_LOOKS_LIKE_OPERATOR = late(r"(?i:and|or|not|near(/\d+)?|[wn]/\d+|near[:~-]?\d+)|AROUND|ADJ/?\d*")
# Quotes, brackets and dashes as word processors and East Asian keyboards write them; one for one: positions stay.
_TYPOGRAPHY = str.maketrans("“”„‟＂（）｜＊：－–−", '"""""()|*:---')
# What other search engines call a field.
_OTHER_NAMES: dict[str, Scope] = {
    **dict.fromkeys(("intitle", "headline", "allintitle"), "title"),
    **dict.fromkeys(("text", "content", "intext", "fulltext"), "body"),
    **dict.fromkeys(("url", "inurl", "domain", "host"), "site"),
    **dict.fromkeys(("feed", "outlet", "publisher"), "source"),
    **dict.fromkeys(("language", "locale"), "lang"),
}

_MarkKind = Literal["(", ")", "or", "and", "not", "near", "field", "phrase", "word"]


@dataclass(frozen=True, slots=True)
class _Mark:
    kind: _MarkKind
    text: str
    at: int


_MARK = late(
    r"""\s*(?:
      (?P<open>\() | (?P<close>\)) | (?P<pipe>\|)
    | (?P<minus>-(?=[^\s()|]|\())
    | "(?P<phrase>[^"]*)" | (?P<unclosed>")
    | (?P<field>[^\W\d]+):(?!//)
    | (?P<word>[^\s()|"]+)
    )""",
    re.VERBOSE,
)
_SIMPLE: dict[str, _MarkKind] = {"open": "(", "close": ")", "pipe": "or", "minus": "not"}
_OPERATORS: dict[str, _MarkKind] = {"OR": "or", "AND": "and", "NOT": "not"}


def _lex(text: str) -> list[_Mark]:
    marks: list[_Mark] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _MARK.match(text, at)
        assert found is not None  # the last alternative takes whatever the others leave
        marks.append(_mark(found))
        at = found.end()
    return marks


def _mark(found: re.Match[str]) -> _Mark:
    kind = found.lastgroup or ""
    text, at = found[kind], found.start(kind)
    if kind in _SIMPLE:
        return _Mark(_SIMPLE[kind], text, at)
    if kind == "unclosed":
        raise QueryError("this quote is never closed", at)
    if kind == "field":
        return _Mark("field", _known_field(text, at), at)
    if kind == "phrase":
        return _Mark("phrase", text, at - 1)
    if text in _OPERATORS:
        return _Mark(_OPERATORS[text], text, at)
    return _Mark("near" if text == "NEAR" or text.startswith("NEAR/") else "word", text, at)


def _known_field(name: str, at: int) -> str:
    if name.lower() in SCOPES:
        return name.lower()
    meant = _OTHER_NAMES.get(name.lower())
    close = [meant] if meant else difflib.get_close_matches(name.lower(), SCOPES, n=1, cutoff=0.5)
    hint = f"did you mean {close[0]}:?" if close else f"there are {', '.join(SCOPES)}"
    raise QueryError(f'unknown field "{name}:"; {hint} (or put the words in quotes)', at)


# ---------------------------------------------------------------- grammar


class _Parser:
    """Recursive descent, one method for each strength of binding, loosest first."""

    def __init__(self, marks: list[_Mark], end: int) -> None:
        self._marks = marks
        self._end = end
        self._next = 0
        self._depth = 0
        self._nears = 0
        self._scope: Scope | None = None

    def whole(self) -> Node:
        if not self._marks:
            raise QueryError("the query is empty", 0)
        root = self._either()
        if (mark := self._peek()) is not None:
            raise QueryError("this bracket was never opened", mark.at)
        if not finds(root):
            raise QueryError("NOT alone finds everything else: say what to look for", 0)
        return root

    def _peek(self) -> _Mark | None:
        return self._marks[self._next] if self._next < len(self._marks) else None

    def _take(self, *kinds: _MarkKind) -> _Mark | None:
        mark = self._peek()
        if mark is None or mark.kind not in kinds:
            return None
        self._next += 1
        return mark

    def _either(self) -> Node:
        parts = [self._all()]
        while (mark := self._take("or")) is not None:
            parts.append(self._all())
            if not all(map(finds, parts[-2:])):
                raise QueryError("one side of OR has only NOT: say what to look for", mark.at)
        return parts[0] if len(parts) == 1 else Or(parts=tuple(parts))

    def _all(self) -> Node:
        parts = [self._near()]
        while (mark := self._peek()) is not None and mark.kind not in (")", "or"):
            self._take("and")
            parts.append(self._near())
        return parts[0] if len(parts) == 1 else And(parts=tuple(parts))

    def _near(self) -> Node:
        left = self._without()
        while (mark := self._take("near")) is not None:
            self._nears += 1
            if self._nears > _MAX_NEARS:
                raise QueryError(f"more than {_MAX_NEARS} NEAR in one query", mark.at)
            right = self._without()
            if not (has_place(left) and has_place(right)):
                fields = isinstance(left, Within) or isinstance(right, Within)
                hint = "; write the field before it all: title:(a NEAR/5 b)" if fields else ""
                raise QueryError(
                    f"NEAR stands between words, phrases and groups of OR only{hint}", mark.at
                )
            left = Near(left=left, right=right, distance=_distance(mark))
        return left

    def _without(self) -> Node:
        mark = self._take("not")
        if mark is None:
            return self._unit()
        part = self._unit()
        if not finds(part):
            raise QueryError("NOT of NOT: leave both out", mark.at)
        return Not(part=part, position=mark.at)

    def _unit(self) -> Node:
        mark = self._peek()
        if mark is None:
            raise QueryError("something is missing at the end", self._end)
        if mark.kind not in ("(", "not", "field", "phrase", "word"):
            raise QueryError(f'a word is missing before "{mark.text}"', mark.at)
        if mark.kind == "not":
            return self._without_twice(mark)
        self._next += 1
        if mark.kind == "(":
            return self._group(mark)
        if mark.kind == "field":
            return self._within(mark)
        return _site(mark) if self._scope == "site" else _term(mark)

    def _without_twice(self, mark: _Mark) -> Node:
        """`NOT -x` is refused; `title:-x` is what it says."""
        before = self._marks[self._next - 1]
        if before.kind == "not":
            raise QueryError("NOT of NOT: leave both out", mark.at)
        return self._without()

    def _group(self, opening: _Mark) -> Node:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise QueryError(f"more than {_MAX_DEPTH} brackets inside one another", opening.at)
        if (mark := self._peek()) is not None and mark.kind == ")":
            raise QueryError("there is nothing between these brackets", opening.at)
        inside = self._either()
        if self._take(")") is None:
            raise QueryError("this bracket is never closed", opening.at)
        self._depth -= 1
        return inside

    def _within(self, mark: _Mark) -> Node:
        if self._scope is not None:
            raise QueryError(f"{mark.text}: stands inside {self._scope}:", mark.at)
        self._scope = cast("Scope", mark.text)
        part = self._unit()
        node = Within(scope=self._scope, part=part)
        if self._scope in ("site", "source", "lang") and has_near(part):
            raise QueryError(f"NEAR has no meaning in {self._scope}:", mark.at)
        self._scope = None
        return node


def _distance(mark: _Mark) -> int:
    number = mark.text.removeprefix("NEAR").removeprefix("/")
    if not (number.isascii() and number.isdigit() and 0 < int(number[:9]) <= _MAX_DISTANCE):
        raise QueryError(
            f"NEAR needs a number of words from 1 to {_MAX_DISTANCE}, as in NEAR/10", mark.at
        )
    return int(number)


def _term(mark: _Mark) -> Term:
    found = words(mark.text)
    prefix = mark.text.rstrip().endswith("*")
    if not found:
        raise QueryError(f'"{mark.text}" has no letter or digit to look for', mark.at)
    if "*" in mark.text.rstrip()[:-1]:
        raise QueryError("* stands at the end of a word or phrase only", mark.at)
    if prefix and len(found[-1]) < _MIN_STEM:
        raise QueryError(f"* needs at least {_MIN_STEM} letters before it", mark.at)
    return Term(
        text=mark.text,
        words=found,
        quoted=mark.kind == "phrase",
        prefix=prefix,
        position=mark.at,
    )


def _site(mark: _Mark) -> Term:
    """A host and the beginning of a path, as they compare: in lower case, without scheme and www."""
    address = re.sub(r"^(https?://)?(www\.|\*\.)?", "", mark.text.strip().lower()).rstrip("/")
    if not re.fullmatch(r"[^\s/*]+(/[^\s*]*)?", address):
        raise QueryError(f'"{mark.text}" is no site; write site:example.org', mark.at)
    return Term(text=mark.text, words=(address,), quoted=mark.kind == "phrase", position=mark.at)
