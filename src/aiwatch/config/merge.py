"""Presets under the reader's own file: what stands there adds, overrides by name, or drops."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib import resources
from typing import Any

from aiwatch.config.document import Document, Path, read_document

PRESETS = ("ai-video",)
MAPS = ("topics", "aliases", "outlets", "channels")


@dataclass(slots=True)
class Merged:
    """One document made of several; `where` finds the file and line of each part."""

    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[Path, tuple[Document, Path]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def where(self, path: Path) -> str:
        """File and line of a key in the merged document."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.origins:
                document, start = self.origins[path[:length]]
                return document.where((*start, *path[length:]))
        return "feeds.yaml"

    def say(self, path: Path, words: str) -> None:
        """Note a problem with its place and key."""
        key = ".".join(str(part) for part in self._by_name(path))
        self.problems.append(f"{self.where(path)}: {key + ': ' if key else ''}{words}")

    def _by_name(self, path: Path) -> Path:
        """`sources.OpenAI News.every` says more than `sources.3.every`."""
        if len(path) > 1 and path[0] in ("sources", "alerts") and isinstance(path[1], int):
            listed = self.values[path[0]]
            part = listed[path[1]] if isinstance(listed, list) else None
            name = part.get("name") if isinstance(part, dict) else None
            return (path[0], str(name) if name else path[1] + 1, *path[2:])
        return path


_EXPECTED = {
    "bool_parsing": "true or false is expected",
    "bool_type": "true or false is expected",
    "int_parsing": "a whole number is expected",
    "string_type": "a text is expected; quotes make one of what YAML reads as a number, date or yes/no",
    "list_type": "a list is expected, like [a, b]",
}


def expected(kind: str, message: str) -> str:
    """What a value should be, for a person who has not met pydantic."""
    plain = message.removeprefix("Value error, ")
    return _EXPECTED.get(kind) or plain.replace("Input should be", "should be")


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """The end of a message about an unknown name."""
    near = get_close_matches(name, known, 1, 0.6)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; there are: {', '.join(known)}" if known else ""


def merge(own: Document) -> Merged:
    """The reader's document over the presets it uses."""
    merged = Merged(values=dict(own.values), problems=list(own.problems))
    merged.origins[()] = (own, ())
    bases = [document for name in _used(own) if (document := _preset(name, merged))]
    _merge_sources(merged, [*bases, own])
    for key in MAPS:
        _merge_map(merged, key, [*bases, own])
    _drop(merged)
    return merged


def _used(own: Document) -> list[str]:
    used = own.values.get("use") or []
    names = [used] if isinstance(used, str) else used if isinstance(used, list) else []
    return [str(name) for name in names if name is not None]


def _preset(name: str, merged: Merged) -> Document | None:
    if name not in PRESETS:
        merged.say(("use",), f"no preset {name!r}{did_you_mean(name, PRESETS)}")
        return None
    text = resources.files("aiwatch.config").joinpath("presets", f"{name}.yaml").read_text("utf-8")
    document = read_document(text, f"preset {name}")
    merged.problems += document.problems
    return document


def _merge_sources(merged: Merged, documents: Sequence[Document]) -> None:
    found: dict[str, dict[str, Any]] = {}
    origins: dict[str, tuple[Document, Path]] = {}
    nameless = 0
    for document in documents:
        sources = document.values.get("sources")
        seen: set[str] = set()
        for place, source in enumerate(sources if isinstance(sources, list) else ()):
            path: Path = ("sources", place)
            if not isinstance(source, dict) or not isinstance(source.get("name"), str):
                nameless += 1
                name = f"\x00{nameless}"
            else:
                name = source["name"]
            if name in seen:
                merged.problems.append(
                    f"{document.where(path)}: source {name!r} stands here a second time"
                )
                continue
            seen.add(name)
            found[name] = (
                {**found.get(name, {}), **source} if isinstance(source, dict) else {"": source}
            )
            origins[name] = (document, path)
    if not found:
        return
    merged.values["sources"] = list(found.values())
    for place, name in enumerate(found):
        merged.origins[("sources", place)] = origins[name]


def _merge_map(merged: Merged, key: str, documents: Sequence[Document]) -> None:
    found: dict[str, Any] = {}
    for document in documents:
        part = document.values.get(key)
        if part is None:
            continue
        if not isinstance(part, dict):
            if document is documents[-1]:
                merged.say((key,), "names with values are expected")
                merged.values[key] = {}
            continue
        for name, value in part.items():
            base = found.get(name)
            both = isinstance(base, dict) and isinstance(value, dict)
            found[name] = {**base, **value} if both else value  # type: ignore[dict-item]
            merged.origins[(key, name)] = (document, (key, name))
    if found:
        merged.values[key] = found


def _drop(merged: Merged) -> None:
    drop = merged.values.get("drop")
    if not isinstance(drop, dict):
        return
    names_of: dict[str, Callable[[], list[str]]] = {
        "sources": lambda: [s["name"] for s in merged.values.get("sources", []) if "name" in s],
        "topics": lambda: list(merged.values.get("topics") or {}),
        "aliases": lambda: list(merged.values.get("aliases") or {}),
    }
    for key, names in names_of.items():
        unwanted = _as_list(drop.get(key))
        for name in unwanted:
            if name not in names():
                merged.say(("drop", key), f"no such name {name!r}{did_you_mean(name, names())}")
        _without(merged, key, frozenset(unwanted))


def _without(merged: Merged, key: str, unwanted: frozenset[str]) -> None:
    if not unwanted or key not in merged.values:
        return
    if key != "sources":
        merged.values[key] = {k: v for k, v in merged.values[key].items() if k not in unwanted}
        return
    kept = [
        (place, s) for place, s in enumerate(merged.values[key]) if s.get("name") not in unwanted
    ]
    origins = {new: merged.origins[(key, old)] for new, (old, _) in enumerate(kept)}
    for place in range(len(merged.values[key])):
        merged.origins.pop((key, place), None)
    merged.values[key] = [source for _, source in kept]
    merged.origins.update({(key, place): origin for place, origin in origins.items()})


def _as_list(value: Any) -> list[str]:
    return (
        [value]
        if isinstance(value, str)
        else [str(one) for one in value]
        if isinstance(value, list)
        else []
    )


def known_keys(model: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys a part of the file may have, by the names people write."""
    return tuple(str(getattr(info, "alias", None) or name) for name, info in model.items())
