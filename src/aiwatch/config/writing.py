"""Adding sources to a person's own feeds.yaml: one insertion, and not a byte of theirs changes.

The law: the new text is the old one with one piece put in, and it says what the old one said plus the sources. It is
checked on every call; a file where it would not hold is refused, and the lines to paste are said instead.
"""

import contextlib
import json
import os
import re
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from aiwatch.config import load_text
from aiwatch.config.document import Document, read_document
from aiwatch.config.secrets import VARIABLE
from aiwatch.errors import ConfigError, UsageError
from aiwatch.text.clean import clean_line
from aiwatch.text.signin import without_sign_in

MOST_AT_ONCE = 5_000
MAX_NAME = 200
"""Characters; longer ones are no names."""
_UNSEEN = re.compile(
    "[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]"
)  # JSON may hold them as they are, YAML not
_WIDTH = 1_000_000  # characters: a value is never folded


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """The file's new text, and the piece of it that is new."""

    text: str
    piece: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAdded:
    """Why the file stays as it is, and what a person can paste into it."""

    reason: str
    paste: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where the piece goes, and how it is written there."""

    at: int
    piece: str


def add_sources(
    text: str, sources: Sequence[Mapping[str, Any]], name: str = "feeds.yaml"
) -> Added | NotAdded:
    """The file with these sources behind its last one, in its own indentation and style.

    sources: keys and values as feeds.yaml has them, `name` and `url` first.
    """
    if len(sources) > MOST_AT_ONCE:
        most = f"{MOST_AT_ONCE:,} sources at once are more than one file can hold"
        return NotAdded(reason=most, paste=as_block(sources[:3]) + "  # and so on\n")
    paste = as_block(sources)
    if VARIABLE.search(paste) or any(_is_file(value) for one in sources for value in one.values()):
        return NotAdded(reason="a value would be read as a variable or as a file", paste=paste)
    old = read_document(text, name)
    if old.problems:
        return NotAdded(reason=f"the file has problems: {old.problems[0]}", paste=paste)
    try:
        place = _place(text, sources)
    except _Strange as strange:
        return NotAdded(reason=str(strange), paste=paste)
    new = text[: place.at] + place.piece + text[place.at :]
    after = read_document(new, name)
    if after.problems:
        return NotAdded(reason=f"the file would have problems: {after.problems[0]}", paste=paste)
    if not _says(old, after, sources):
        return NotAdded(reason="the file is written in a way that was not foreseen", paste=paste)
    return Added(text=new, piece=place.piece)


def as_block(sources: Sequence[Mapping[str, Any]]) -> str:
    """Sources as lines to paste under `sources:`."""
    return "\n".join(line for one in sources for line in _block(one, 2, 2)) + "\n"


def free_name(wanted: str, taken: Collection[str]) -> str:
    """A name that no source has yet: the wanted one in one clean line, or with a number behind it."""
    clean = clean_line(wanted.replace("${", "$ {"))[:MAX_NAME].strip() or "Source"
    if clean not in taken:
        return clean
    used, free = 1, 2
    while f"{clean} {free}" in taken:
        used, free = free, 2 * free
    while free - used > 1:  # twenty thousand of one name: do not try each number
        middle = (used + free) // 2
        used, free = (middle, free) if f"{clean} {middle}" in taken else (used, middle)
    return f"{clean} {free}"


def plain_address(url: str) -> str:
    """An address that cannot be taken for a variable of the environment."""
    return url.replace("${", "$%7B")


def source_key(url: str) -> str:
    """What two addresses of one source have in common: all but scheme, www, a slash at the end, and who signs in.

    Stricter than `url_key`, which takes two editions of one page (`hl=vi`, `hl=th`) for the same article.
    """
    rest = without_sign_in(url).partition("://")[2].partition("#")[0]
    address, mark, query = rest.partition("?")
    name, _, path = address.partition("/")
    name = re.sub(r":(?:80|443)\Z", "", name.lower().removeprefix("www."))
    return f"{name}/{path.rstrip('/')}{mark}{query}"


def write(
    path: Path,
    sources: Sequence[Mapping[str, Any]],
    environment: Mapping[str, str],
    *,
    dry: bool = False,
) -> Added | NotAdded:
    """Add sources to the file at `path`, if what comes of it is a sound configuration that watches them.

    dry: everything but the writing. Raises UsageError where the file cannot be read or written.
    """
    paste = as_block(sources)
    try:
        before = path.read_bytes()
        text = before.decode("utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        return NotAdded(reason="it is not written in UTF-8", paste=paste)
    added = add_sources(text, sources, str(path))
    if isinstance(added, NotAdded):
        return added
    try:
        watched = {source.name for source in load_text(added.text, path, environment).sources}
    except ConfigError as error:
        return NotAdded(reason=f"it would be refused: {error.problems[0]}", paste=paste)
    dropped = [str(one["name"]) for one in sources if one["name"] not in watched]
    if dropped:
        return NotAdded(reason=f"its `drop:` names {dropped[0]!r}: take another name", paste=paste)
    if not dry:
        save(path, added.text, before)
    return added


def save(path: Path, text: str, before: bytes) -> None:
    """Put the text in the file's place, whole or not at all; a link stays a link, the mode stays.

    before: what the file held when the text was made; raises UsageError where it holds something else by now.
    """
    target = path.resolve()
    try:
        mode = target.stat()
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fchmod(file.fileno(), mode.st_mode & 0o7777)
            with contextlib.suppress(PermissionError):  # somebody else's file, which we may change
                os.fchown(file.fileno(), mode.st_uid, mode.st_gid)
            os.fsync(file.fileno())
        if target.read_bytes() != before:
            raise UsageError(f"{path} was changed meanwhile, and stays as it is: try again")
        Path(temporary).replace(target)
        _sync(target.parent)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        Path(temporary).unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """The name's new meaning survives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_file(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("file:/")


def _says(old: Document, new: Document, sources: Sequence[Mapping[str, Any]]) -> bool:
    """The law's second half."""
    before = old.values.get("sources") or []
    wanted = {**old.values, "sources": [*before, *(dict(one) for one in sources)]}
    return dict(new.values) == wanted


# ---------------------------------------------------------------- where


class _Strange(Exception):
    """A file that nothing can be added to safely; the text says why."""


def _place(text: str, sources: Sequence[Mapping[str, Any]]) -> _Place:
    line_end = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if root is None:
        return _new_key(text, len(text), 0, sources, line_end)
    if not isinstance(root, yaml.MappingNode):
        raise _Strange("keys with values are expected, like `sources:`")
    found = next(((key, value) for key, value in root.value if key.value == "sources"), None)
    if found is None:
        if root.flow_style:
            return _into_flow_root(text, root, sources)
        column = root.value[0][0].start_mark.column if root.value else 0
        return _new_key(text, _line_of(text, root.end_mark.index), column, sources, line_end)
    key, value = found
    if isinstance(value, yaml.SequenceNode):
        if value.flow_style:
            return _into_flow(text, value, sources, quoted=_quoted(key))
        return _behind_last(text, value, sources, line_end)
    if value.value == "" and value.start_mark.index == value.end_mark.index and not root.flow_style:
        at = _next_line(text, value.end_mark.index)
        lines = _lines(sources, key.start_mark.column + 2, 2, flow=False)
        return _as_lines(text, at, lines, line_end)
    raise _Strange("what stands behind `sources:` is no list")


def _behind_last(
    text: str, node: yaml.SequenceNode, sources: Sequence[Mapping[str, Any]], line_end: str
) -> _Place:
    """A block list: behind its last item and the comments that belong to that."""
    dash = node.start_mark.column
    last = node.value[-1]
    at = _behind_own_comments(text, _end_of(last, text), dash)
    flow = isinstance(last, yaml.MappingNode) and bool(last.flow_style)
    step = max(last.start_mark.column - dash, 2) if _on_line_of_dash(text, last) else 2
    return _as_lines(text, at, _lines(sources, dash, step, flow=flow), line_end)


def _on_line_of_dash(text: str, node: yaml.Node) -> bool:
    line = text[text.rfind("\n", 0, node.start_mark.index) + 1 : node.start_mark.index]
    return line.strip() == "-"


def _end_of(node: yaml.Node, text: str) -> int:
    """Where the line after a node's last character begins. A block's own end mark lies behind comments."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return _next_line(text, node.end_mark.index)


def _behind_own_comments(text: str, at: int, dash: int) -> int:
    """Comments right below an item and deeper than its dash are about it."""
    while at < len(text):
        line = text[at : _next_line(text, at + 1)]
        bare = line.lstrip(" ")
        if not bare.startswith("#") or len(line) - len(bare) <= dash:
            break
        at += len(line)
    return at


def _new_key(
    text: str, at: int, column: int, sources: Sequence[Mapping[str, Any]], line_end: str
) -> _Place:
    """No `sources:` yet: one at the end, a blank line before it."""
    before = text[:at]
    gap = [""] if before.strip("\ufeff \r\n") and not re.search(r"\n[ \t]*\r?\n\Z", before) else []
    lines = [*gap, " " * column + "sources:", *_lines(sources, column + 2, 2, flow=False)]
    return _as_lines(text, at, lines, line_end)


def _as_lines(text: str, at: int, lines: Iterable[str], line_end: str) -> _Place:
    piece = "".join(line + line_end for line in lines)
    if at > 0 and text[at - 1] not in "\n\ufeff":  # the last line has no end of its own
        piece = line_end + piece.removesuffix(line_end)
    return _Place(at=at, piece=piece)


def _into_flow(
    text: str, node: yaml.SequenceNode, sources: Sequence[Mapping[str, Any]], *, quoted: bool
) -> _Place:
    """`[…]`: behind the last item, on lines of their own where the items are."""
    made = [_flow(one, quoted=quoted) for one in sources]
    if not node.value:
        return _Place(at=node.start_mark.index + 1, piece=", ".join(made))
    last = node.value[-1]
    start = text.rfind("\n", 0, last.start_mark.index) + 1
    indent = text[start : last.start_mark.index]
    between = f",\n{indent}" if start > node.start_mark.index and not indent.strip() else ", "
    piece = "".join(between + one for one in made)
    return _Place(at=last.end_mark.index, piece=piece)


def _into_flow_root(
    text: str, root: yaml.MappingNode, sources: Sequence[Mapping[str, Any]]
) -> _Place:
    """`{…}` as a whole file, which JSON is."""
    if not root.value:
        made = ", ".join(_flow(one, quoted=True) for one in sources)
        return _Place(at=root.start_mark.index + 1, piece=f'"sources": [{made}]')
    key, last = root.value[-1]
    quoted = _quoted(key)
    made = ", ".join(_flow(one, quoted=quoted) for one in sources)
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    indent = text[start : key.start_mark.index]
    between = f",\n{indent}" if start > root.start_mark.index and not indent.strip() else ", "
    name = '"sources"' if quoted else "sources"
    return _Place(at=last.end_mark.index, piece=f"{between}{name}: [{made}]")


def _quoted(key: yaml.Node) -> bool:
    return isinstance(key, yaml.ScalarNode) and key.style == '"'


def _line_of(text: str, at: int) -> int:
    """The start of the line at which a block ends; the end of the text where that line holds something."""
    start = text.rfind("\n", 0, at) + 1
    return at if text[start:at].strip() else start


def _next_line(text: str, at: int) -> int:
    """Where the next line begins; `at` itself where that is the start of one."""
    if at == 0 or text[at - 1] == "\n":
        return at
    found = text.find("\n", at)
    return found + 1 if found >= 0 else len(text)


# ---------------------------------------------------------------- how


def _lines(
    sources: Sequence[Mapping[str, Any]], column: int, step: int, *, flow: bool
) -> Iterator[str]:
    for one in sources:
        if flow:
            yield f"{' ' * column}-{' ' * (step - 1)}{_flow(one)}"
        else:
            yield from _block(one, column, step)


def _block(source: Mapping[str, Any], column: int, step: int) -> Iterator[str]:
    """`- name: …` and its keys below, one a line; lists and maps in brackets."""
    lead = f"{' ' * column}-{' ' * (step - 1)}"
    for key, value in source.items():
        yield f"{lead}{key}: {_value(value)}"
        lead = " " * (column + step)


class _Dumper(yaml.SafeDumper):
    """Writes what cannot be printed as escapes; a line break would end the line that the value stands on."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if text.isprintable() else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def _value(value: Any) -> str:
    """A value as it may stand behind a key on a line of its own."""
    dumped = yaml.dump(
        value,
        Dumper=_Dumper,
        default_flow_style=True,
        allow_unicode=True,
        sort_keys=False,
        width=_WIDTH,
    )
    return str(dumped).removesuffix("\n").removesuffix("\n...")


def _flow(source: Mapping[str, Any], *, quoted: bool = False) -> str:
    if not quoted:
        return _value(dict(source))
    return _UNSEEN.sub(
        lambda found: f"\\u{ord(found[0]):04x}", json.dumps(dict(source), ensure_ascii=False)
    )
