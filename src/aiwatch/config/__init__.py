"""feeds.yaml, presets and the environment become one Config; errors name file, line, key and what to do."""

import os
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from tzlocal import get_localzone_name

from aiwatch.config.build import build
from aiwatch.config.document import Document, read_document
from aiwatch.config.merge import merge
from aiwatch.config.secrets import expand_all
from aiwatch.config.values import Config
from aiwatch.errors import ConfigError, UsageError


def find(environment: Mapping[str, str], folder: Path) -> Path | None:
    """The configuration that is used when none is named."""
    named = environment.get("AIWATCH_CONFIG")
    if named:
        return Path(named)
    own = Path(environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME", "~")) / ".config")
    places = (
        folder / "feeds.yaml",
        folder / "config" / "feeds.yaml",
        own / "aiwatch" / "feeds.yaml",
        Path("/etc/aiwatch/feeds.yaml"),
    )
    return next((place for place in places if place.is_file()), None)


def load(path: Path | None = None, environment: Mapping[str, str] | None = None) -> Config:
    """Read and check a configuration; raises ConfigError with every problem, or UsageError where there is no file."""
    environment = os.environ if environment is None else environment
    path = path or find(environment, Path())
    if path is None:
        raise UsageError(
            "no feeds.yaml found here or in ~/.config/aiwatch: write one with `aiwatch init`"
        )
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(f"the configuration {path} cannot be read: {error.strerror}") from error
    return load_text(text, path, environment)


def load_text(text: str, path: Path, environment: Mapping[str, str]) -> Config:
    """`load` for a text that stands, or would stand, at `path`."""
    document = read_document(text, str(path))
    if document.problems and not document.values:
        raise ConfigError(document.problems)
    found: list[tuple[tuple[str | int, ...], str]] = []
    values = {
        key: expand_all(value, environment, (key,), found) for key, value in document.values.items()
    }
    merged = merge(
        Document(
            name=document.name, values=values, lines=document.lines, problems=document.problems
        )
    )
    merged.problems += [
        f"{document.where(place)}: {'.'.join(map(str, place))}: {words}" for place, words in found
    ]
    config = build(merged, path)
    if merged.problems:
        raise ConfigError(tuple(dict.fromkeys(merged.problems)))
    return config


def starter() -> str:
    """A working, commented feeds.yaml with this machine's time zone written in (`aiwatch init`)."""
    text = resources.files("aiwatch.config").joinpath("starter.yaml").read_text("utf-8")
    return text.replace("TIMEZONE", get_localzone_name() or "UTC")
