"""What a query finds in one article, field by field, and what it lacks."""

import re
from collections.abc import Iterable, Iterator

from aiwatch.judge.candidates import Lexicon
from aiwatch.judge.query_tree import And, Near, Node, Not, Or, Term, Within, spell, wanted
from aiwatch.judge.terms_index import FieldIndex
from aiwatch.model import Hit, HitField, Subject
from aiwatch.text.late import late
from aiwatch.text.tokens import words

LEAD = (
    400  # characters: recall .81 with the title only, .89 with 200 more, .95 with 400, .95 with 900
)
_LEAD_LONGEST = 700  # where no sentence ends
LEAD_READ = _LEAD_LONGEST + 1  # so many characters of a text have the same lead as all of it
_SENTENCE_END = late(r"[.!?…][\"'”’»)\]]*(?=\s)|[。！？．][」』”’）]*|\n")
_ADDRESS = late(r"[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?([^/:?#]+)(?::\d*)?([^?#]*)", re.IGNORECASE)
_MOST_NAMED = 4  # alternatives told of one gap
NEARER = "its words within"  # how a gap begins where all is there, but too far apart

Fields = tuple[HitField, ...]
_DEFAULT: Fields = ("title", "lead")


def lead(text: str) -> str:
    """The beginning of a text: 400 characters, and on to the end of that sentence."""
    if len(text) <= LEAD:
        return text
    end = _SENTENCE_END.search(text, LEAD - 1, _LEAD_LONGEST)
    if end is not None:
        return text[: end.end()]
    if len(text) <= _LEAD_LONGEST:
        return text
    space = text.rfind(" ", LEAD, _LEAD_LONGEST)
    return text[: space if space > 0 else _LEAD_LONGEST]


class Evidence:
    """One article's fields, read once for all queries."""

    def __init__(self, subject: Subject, lexicon: Lexicon, *, body: bool) -> None:
        """`body`: whether any query looks into the whole text."""
        self._subject = subject
        self._lexicon = lexicon
        self._fields: dict[HitField, FieldIndex] = {}
        read: Fields = ("title", "body" if body else "lead")
        self.there = lexicon.there(self._field(name).words for name in read)
        self._within = lexicon.within(self.there)

    def hits(self, node: Node, fields: Fields = _DEFAULT) -> tuple[Hit, ...] | None:
        """Where a part of a query stands, at its first place in each field; None when it does not match."""
        match node:
            case Term() | Near():
                return tuple(hit for name in fields for hit in self._in_field(node, name)) or None
            case Within(scope=scope, part=part):
                return self.hits(part, (scope,))
            case Not(part=part):
                return () if self.hits(part, fields) is None else None
            case And(parts=parts):
                return self._all(parts, fields)
            case Or(parts=parts):
                found = [self.hits(part, fields) for part in self._possible(parts, fields)]
                return None if all(one is None for one in found) else _joined(found)

    def _all(self, parts: tuple[Node, ...], fields: Fields) -> tuple[Hit, ...] | None:
        found: list[tuple[Hit, ...] | None] = []
        for part in parts:
            found.append(self.hits(part, fields))
            if found[-1] is None:
                return None
        return _joined(found)

    def _possible(self, parts: tuple[Node, ...], fields: Fields) -> Iterable[Node]:
        """The parts without the terms that are not there at all: of a hundred names one is."""
        if fields[0] in ("site", "source", "lang"):
            return parts
        within = self._within
        return [part for part in parts if not isinstance(part, Term) or part in within]

    def gaps(self, node: Node, fields: Fields = _DEFAULT) -> tuple[str, ...]:
        """What would have to be there, in words; nothing when the part matches."""
        if self.hits(node, fields) is not None:
            return ()
        match node:
            case And(parts=parts):
                return tuple(gap for part in parts for gap in self.gaps(part, fields))
            case Or(parts=parts):
                return _least([self.gaps(part, fields) for part in parts])
            case Near(left=left, right=right):
                apart = f"{NEARER} {node.distance} of each other"
                return (*self.gaps(left, fields), *self.gaps(right, fields)) or (apart,)
            case Not(part=part):
                return (f"an article without {spell(part)}",)
            case Within(scope="title" | "body" as scope, part=part):
                return tuple(f"{gap} in the {scope}" for gap in self.gaps(part, (scope,)))
            case Term() | Within():
                return (spell(node),)

    def found(self, node: Node) -> tuple[Hit, ...]:
        """Which of a query's words and phrases stand in title or lead, each once."""
        hits = (self.hits(term) for term in dict.fromkeys(wanted(node)))
        return tuple(each[0] for each in hits if each)

    def _field(self, name: HitField) -> FieldIndex:
        if name not in self._fields:
            self._fields[name] = FieldIndex(self._text(name))
        return self._fields[name]

    def _text(self, name: HitField) -> str:
        match name:
            case "title":
                return self._subject.title
            case "lead":
                return lead(self._subject.text)
            case "body":
                return self._subject.text
            case "site":
                return self._subject.url or ""
            case "source":
                return self._subject.source or ""
            case "lang":
                return self._subject.lang or ""

    def _in_field(self, node: Term | Near, name: HitField) -> Iterator[Hit]:
        if isinstance(node, Term) and name in ("site", "lang"):
            written = self._text(name)
            if (
                found := _site(node, written) if name == "site" else _lang(node, written)
            ) is not None:
                offset, text = found
                yield Hit(field=name, offset=offset, term=spell(node), text=text)
            return
        # A source's name is not among the words that tell which terms can be there.
        spellings = self._lexicon.spellings if name == "source" else self._within
        if isinstance(node, Term) and node not in spellings:
            return
        index = self._field(name)
        for place in index.places(node, spellings)[:1]:
            yield from (_hit(name, index, part) for part in place.parts)


def _hit(name: HitField, index: FieldIndex, part: tuple[Term, int, int]) -> Hit:
    term, first, end = part
    start, stop = index.tokens[first].start, index.tokens[end - 1].end
    return Hit(field=name, offset=start, term=spell(term), text=index.text[start:stop])


def _joined(found: list[tuple[Hit, ...] | None]) -> tuple[Hit, ...]:
    return tuple(dict.fromkeys(hit for hits in found for hit in hits or ()))


def _least(gaps: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Of several ways to match, the one that lacks least; where one word is enough, which words would do."""
    least = min(gaps, key=len)
    if len(least) > 1:
        return least
    named = list(dict.fromkeys(gap[0] for gap in gaps if len(gap) == 1))
    more = ["…"] if len(named) > _MOST_NAMED else []
    return (" or ".join([*named[:_MOST_NAMED], *more]),)


def _site(term: Term, url: str) -> tuple[int, str] | None:
    """The host where it is the term's or under it, and the path begins as the term's does."""
    found = _ADDRESS.match(url)
    if found is None:
        return None
    host, slash, path = term.words[0].partition("/")
    here = found[1].lower()
    under = here == host or here.endswith(f".{host}")
    if not under or not f"{found[2].lower()}/".startswith(f"/{path}/" if slash else ""):
        return None
    return found.start(1), found[1]


def _lang(term: Term, lang: str) -> tuple[int, str] | None:
    """`lang:zh` is also zh-TW; `lang:zh-TW` is not zh."""
    return (0, lang) if words(lang)[: len(term.words)] == term.words else None
