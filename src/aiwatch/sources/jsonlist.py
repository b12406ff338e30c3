"""JSON lists: what a site's own interface answers, read by paths (JMESPath, jmespath.org).

A value with `{…}` in it is a text with paths inside: `/news/{slug}`, `{author}/{name}`. Any other is one path.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import jmespath
from jmespath.exceptions import JMESPathError, LexerError, ParseError
from jmespath.functions import Functions
from pydantic import AfterValidator, BaseModel, ConfigDict

from aiwatch.model import Entry, Reading
from aiwatch.sources.entries import Item, distinct, entry_of
from aiwatch.sources.notfeed import is_html, what_it_is
from aiwatch.text.clean import clean_line
from aiwatch.text.decode import decode

MAX_ITEMS = 10_000
"""Items read; a list that is polled holds 10 to 100."""
MAX_DEPTH = 50
"""Levels of lists and objects in which the texts of one value are looked for."""
LONGEST = 1_000_000  # characters of one value

_PLACE = re.compile(r"\{([^{}]*)\}")
_KNOWN = Functions.FUNCTION_TABLE
# `callback({…});`, and the prefixes that keep a script from running an answer: )]}', while(1); for(;;);
_CALL = re.compile(r"\s*(?:/\*\*/)?\s*[A-Za-z_$][\w$.]{0,200}\s*\((?=\s*[\[{])")
_CALL_END = re.compile(r"\)\s*;?\s*\Z")
_GUARD = re.compile(r"\s*(?:\)\]\}'?,?|while\s*\(1\);?|for\s*\(;;\);?)\s*(?=[\[{])")
_SINCE_1970 = re.compile(r"(\d{9,10}|\d{12,13}|\d{15,16}|\d{18,19})(?:\.\d+)?")
_SAYS = ("message", "msg", "errmsg", "detail", "error_description", "error", "reason")
_NOTHING_SAID = ("ok", "success", "succeed")
_NAMES = ("name", "display_name", "displayName", "nickname", "fullname", "title")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# ---------------------------------------------------------------- keys


def _checked(expression: str) -> str:
    """A path as written, if it can be followed."""
    try:
        _functions_known(jmespath.compile(expression).parsed)
    except ParseError as error:
        raise ValueError(_complaint(expression, error)) from None
    except JMESPathError as error:
        raise ValueError(f"the path `{expression}` is wrong: {clean_line(str(error))}") from None
    return expression


def _complaint(expression: str, error: ParseError) -> str:
    at = error.lex_position
    where = f"at character {at + 1} (`{expression[at:][:20]}`)" if expression[at:] else "at its end"
    hint = "" if not isinstance(error, LexerError) else _quoting(expression[at : at + 1])
    return f"the path `{expression}` is broken {where}{hint}"


def _quoting(character: str) -> str:
    quote = character in ("-", "$", "@", ":", "/") or not character.isascii()
    return '; a name with such characters is written in double quotes: "a-b"' if quote else ""


def _functions_known(tree: Mapping[str, Any]) -> None:
    if tree["type"] == "function_expression" and tree["value"] not in _KNOWN:
        raise JMESPathError(f"there is no function {tree['value']}()")
    for child in tree["children"]:
        if isinstance(child, dict):
            _functions_known(child)


def _field(value: str) -> str:
    """One path, or a text with paths in braces."""
    if "{" not in value:
        return _checked(value)
    if "{" in (rest := _PLACE.sub("", value)) or "}" in rest:
        raise ValueError("each { needs its }, with a path between them: /news/{slug}")
    for path in _PLACE.findall(value):
        _checked(path)
    return value


Path = Annotated[str, AfterValidator(_checked)]
Field = Annotated[str, AfterValidator(_field)]


class JsonOptions(BaseModel):
    """Where the list stands, and where in each item its parts do."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    items: Path | None = None  # None: the document is the list
    title: Field
    link: Field | None = None
    published: Path | None = None
    id: Field | None = None
    summary: Field | None = None
    text: Field | None = None
    author: Field | None = None
    outlet: Field | None = None


# ---------------------------------------------------------------- reading


@dataclass(frozen=True, slots=True)
class _Trouble:
    """There is no list, and why."""

    words: str


def read_json(body: bytes, url: str, content_type: str | None, options: JsonOptions) -> Reading:
    """The entries of a JSON list; links are made absolute against `url`, where the bytes came from."""
    if not body.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        return _unusable("the body is empty")
    document = _document(body, content_type)
    items = document if isinstance(document, _Trouble) else _list(document, options.items)
    if isinstance(items, _Trouble):
        return _unusable(items.words)
    objects = [item for item in items[:MAX_ITEMS] if isinstance(item, dict)]
    fields = _Fields(options)
    entries = [entry for item in objects if (entry := fields.entry(item, url))]
    oddities = (*_passed_over(items, objects), *_unfound(fields, objects))
    problem = "; ".join(oddities) or None
    if objects and not entries:
        return _unusable(problem or "no item has a title, a link or an id")
    return Reading(entries=distinct(entries), problem=problem)


def _unusable(problem: str) -> Reading:
    return Reading(usable=False, problem=problem)


def _document(body: bytes, content_type: str | None) -> Any:
    """What the JSON says, out of whatever it is wrapped in."""
    if is_html(body):
        said = what_it_is(body, content_type)
        return _Trouble(re.sub(r"\b(a|no) feed\b", r"\1 JSON list", said, count=1))
    text = _GUARD.sub("", decode(body, content_type).removeprefix("\ufeff"), count=1)
    if call := _CALL.match(text):
        text = _CALL_END.sub("", text[call.end() :])
    try:
        return json.loads(text)
    except RecursionError:
        return _Trouble("this is JSON nested too deeply to be read")
    except ValueError as error:
        return _lines(text) or _not_json(body, text, content_type, error)


def _lines(text: str) -> list[Any]:
    """Newline-delimited JSON (ndjson.org): one object a line; empty where it is something else."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2 or not all(line.lstrip().startswith("{") for line in lines):
        return []
    try:
        return [json.loads(line) for line in lines]
    except (ValueError, RecursionError):
        return []


def _not_json(body: bytes, text: str, content_type: str | None, error: ValueError) -> _Trouble:
    if text.lstrip()[:1] in ("{", "["):
        return _Trouble(f"this begins like JSON, but is broken: {clean_line(str(error))}")
    said = what_it_is(body, content_type)
    return _Trouble(re.sub(r"\b(a|no) feed\b", r"\1 JSON list", said, count=1))


def _list(document: Any, path: str | None) -> list[Any] | _Trouble:
    found = document if path is None else _found(path, document)
    if isinstance(found, list):
        return found
    said = _said_by(document)
    if path is None:
        return _Trouble(
            f"the document is no list: write `items:` {_where_lists_are(document)}{said}"
        )
    if isinstance(found, dict) and any(isinstance(inner, dict) for inner in found.values()):
        said = f"; if these are the items, write `items: values({path})`{said}"
    if found is not None:
        return _Trouble(f"`items: {path}` finds {_kind(found)}, not a list{_keys(found)}{said}")
    return _Trouble(f"`items: {path}` finds nothing; {_last_found(document, path)}{said}")


def _found(path: str, value: Any) -> Any:
    """What stands at a path; None where nothing does, or where a function cannot take what it is given."""
    try:
        return jmespath.search(path, value)
    except (JMESPathError, TypeError, ValueError, RecursionError):
        return None


# ---------------------------------------------------------------- words


def _last_found(document: Any, path: str) -> str:
    """How far the path leads, and what there is instead."""
    for end in range(len(path) - 1, 0, -1):
        part = path[:end]
        if path[end] in ".[|" and _followable(part) and (found := _found(part, document)):
            return f"at `{part.strip()}` there is {_kind(found)}{_keys(found)}"
    return f"the document is {_kind(document)}{_keys(document)}"


def _followable(path: str) -> bool:
    try:
        return bool(_checked(path))
    except ValueError:
        return False


def _where_lists_are(document: Any) -> str:
    found = [f"`{path}` ({count})" for path, count in _lists(document, "", 4)]
    return (
        f"with its path; lists of objects are at {', '.join(found[:5])}"
        if found
        else "with its path"
    )


def _lists(value: Any, path: str, levels: int) -> Iterator[tuple[str, int]]:
    """Where lists of objects stand in a document, and how long they are."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        yield path, len(value)
    elif isinstance(value, dict) and levels:
        for key, inner in list(value.items())[:50]:
            name = key if re.fullmatch(r"[A-Za-z_]\w*", key, re.ASCII) else json.dumps(key)
            yield from _lists(inner, f"{path}.{name}" if path else name, levels - 1)


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return "null" if value is None else names.get(type(value), "a number")


def _keys(value: Any) -> str:
    """The names that could be meant instead."""
    if not isinstance(value, dict):
        return ""
    return f" with the keys {_names_in(value)}" if value else " without keys"


def _names_in(value: Mapping[str, Any]) -> str:
    names = [clean_line(key)[:40] for key in value]
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return ", ".join(names[:12]) + more


def _said_by(answer: Any) -> str:
    """What an error answer says of itself."""
    if not isinstance(answer, dict):
        return ""
    inner = answer.get("error")
    holders = (answer, inner if isinstance(inner, dict) else {})
    said = (holder.get(key) for holder in holders for key in _SAYS)
    texts = (clean_line(text) for text in said if isinstance(text, str))
    first = next((text for text in texts if text and text.lower() not in _NOTHING_SAID), "")
    return f"; it says: {first[:200]}" if first else ""


def _passed_over(items: Sequence[Any], objects: Sequence[Any]) -> Iterator[str]:
    read = min(len(items), MAX_ITEMS)
    if len(objects) < read:
        yield f"{read - len(objects)} of {len(items)} items are no JSON objects and were passed over"
    if len(items) > read:
        yield f"only the first {MAX_ITEMS:,} of {len(items):,} items were read"


# ---------------------------------------------------------------- items


class _Fields:
    """The options at work on one list, and which of them have found anything."""

    def __init__(self, options: JsonOptions) -> None:
        self.options = options
        self.found: set[str] = set()

    def entry(self, item: Mapping[str, Any], url: str) -> Entry | None:
        made = Item(
            id=self._text("id", item),
            link=self._text("link", item),
            title=self._text("title", item),
            summary=self._text("summary", item),
            bodies=(self._text("text", item),),
            authors=self._authors(item),
            dates=self._dates(item),
            outlet=self._text("outlet", item),
        )
        return entry_of(made, url)

    def _values(self, name: str, item: Mapping[str, Any]) -> tuple[Any, ...]:
        """What one option finds in an item: a text with its paths filled in, or the value at its path."""
        written = getattr(self.options, name)
        if written is None:
            return ()
        value = _filled(written, item) if "{" in written else _found(written, item)
        if value not in (None, "", [], {}):
            self.found.add(name)
        return (value,)

    def _text(self, name: str, item: Mapping[str, Any]) -> str:
        """One text; of several the first, but for a text to read, which is all of them, one a line."""
        texts = [text for value in self._values(name, item) for text in _texts(value)]
        return "\n".join(texts)[:LONGEST] if name in ("text", "summary") else next(iter(texts), "")

    def _authors(self, item: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(name for value in self._values("author", item) for name in _names(value))

    def _dates(self, item: Mapping[str, Any]) -> tuple[datetime | str | None, ...]:
        return tuple(_date(value) for value in self._values("published", item))


def _unfound(fields: _Fields, objects: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Options that found nothing in any item: a path mistyped, or an interface that changed."""
    written = fields.options.model_dump(exclude={"items"}, exclude_none=True)
    vain = [f"`{name}: {path}`" for name, path in written.items() if name not in fields.found]
    if vain and objects:
        many = f"any of the {len(objects):,} items" if len(objects) > 1 else "the one item"
        yield f"{', '.join(vain)} found nothing in {many}, whose keys are: {_names_in(objects[0])}"


def _filled(template: str, item: Mapping[str, Any]) -> str:
    """The text with its paths filled in; empty where one finds nothing: half an address is none."""
    parts = {path: next(_texts(_found(path, item)), "") for path in _PLACE.findall(template)}
    return _PLACE.sub(lambda place: parts[place[1]], template) if all(parts.values()) else ""


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    """Every text in a value, lists within lists too; numbers are texts, true and null say nothing."""
    if isinstance(value, str):
        if value.strip():
            yield value
    elif isinstance(value, list) and depth < MAX_DEPTH:
        for inner in value:
            yield from _texts(inner, depth + 1)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)


def _names(value: Any, depth: int = 0) -> Iterator[str]:
    """Names of people: texts, or objects that hold a name, in lists however nested."""
    if isinstance(value, dict):
        yield from _texts(next((value[key] for key in _NAMES if value.get(key)), None))
    elif isinstance(value, list) and depth < MAX_DEPTH:
        for inner in value:
            yield from _names(inner, depth + 1)
    else:
        yield from _texts(value)


def _date(value: Any) -> datetime | str | None:
    """A date in words, or a count since 1970: in seconds, or in thousandths, millionths, billionths of one."""
    text = next(_texts(value), "").strip()
    counted = _SINCE_1970.fullmatch(text)
    if not counted:
        return text
    whole = counted[1]
    per_second = 10 ** (3 * ((len(whole) - 9) // 3))
    return _EPOCH + timedelta(microseconds=int(whole) * 1_000_000 // per_second)
