"""A YAML file as plain values, with the line of each: safe, capped, without aliases."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

# libyaml, where PyYAML was built with it: the shipped configuration in 5 ms instead of 90.
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEEPEST = 30  # levels of brackets or indentation; the shipped configuration has four
MAX_BYTES = 1_000_000  # the shipped configuration of 100 sources has 29 kB; YAML's own bombs are small, hence no aliases

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What one file says; `lines` leads from a key's path to its line, counted from 1."""

    name: str
    values: Mapping[str, Any]
    lines: Mapping[Path, int]
    problems: tuple[str, ...] = ()

    def where(self, path: Path) -> str:
        """File and line of a key, or of the nearest one above it."""
        while path and path not in self.lines:
            path = path[:-1]
        line = self.lines.get(path)
        return f"{self.name} line {line}" if line else self.name


def read_document(text: str, name: str) -> Document:
    """Read one YAML text; what cannot be read is a problem, not an exception."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        return _broken(name, f"{name}: larger than {MAX_BYTES:,} bytes: this is no configuration")
    try:
        refused = _refused(text)
        if refused:
            return _broken(name, f"{name} {refused}")
        node = yaml.compose(text, Loader=Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{name} line {mark.line + 1}, column {mark.column + 1}" if mark else name
        return _broken(
            name,
            f"{place}: not YAML: {error.problem or error.context}; look for a missing quote or space",
        )
    except (yaml.reader.ReaderError, UnicodeError):
        words = "it holds what no text does, such as NULs; save it as text in UTF-8"
        return _broken(name, f"{name}: no text: {words}")
    except (yaml.YAMLError, RecursionError) as error:
        return _broken(name, f"{name}: not YAML: {type(error).__name__}: {error}")
    if node is None:
        return Document(name=name, values={}, lines={})
    if not isinstance(node, yaml.MappingNode):
        return _broken(name, f"{name} line 1: keys with values are expected, like `sources:`")
    lines: dict[Path, int] = {}
    problems: list[str] = []
    values = _Reader(name, lines, problems).read(node, ())
    return Document(name=name, values=values, lines=lines, problems=tuple(problems))


class _Reader:
    """Turns nodes into values and remembers where each stood."""

    def __init__(self, name: str, lines: dict[Path, int], problems: list[str]) -> None:
        self.name, self.lines, self.problems = name, lines, problems
        self.scalars = yaml.SafeLoader("")

    def read(self, node: yaml.Node, path: Path) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*path, place)) for place, item in enumerate(node.value)]
        try:
            return self.scalars.construct_object(node)
        except (yaml.YAMLError, ValueError) as error:
            self.problems.append(f"{self.name} line {node.start_mark.line + 1}: {error}")
            return None

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(getattr(key_node, "value", ""))
            line = key_node.start_mark.line + 1
            if key in values:
                self.problems.append(
                    f"{self.name} line {line}: {key!r} stands here a second time: keep one"
                )
                continue
            self.lines[(*path, key)] = line
            values[key] = self.read(value_node, (*path, key))
        return values


def _refused(text: str) -> str:
    """What no configuration holds: aliases (YAML's own bombs are made of them) and endless nesting."""
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        if isinstance(event, yaml.AliasEvent):
            return f"line {_line(event)}: YAML aliases (*name) are refused: write it out"
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            return f"line {_line(event)}: not YAML for people: more than {DEEPEST} levels deep"
    return ""


def _broken(name: str, problem: str) -> Document:
    return Document(name=name, values={}, lines={}, problems=(problem,))


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
