"""`${NAME}`, `${NAME:-default}` and `file:/path` in values; what came from there is never shown again."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
MAX_SECRET = 10_000  # bytes of a secret's file


class MissingSecret(ValueError):
    """A variable that is not set, or a file that cannot be read; the text says which and what to do."""


def expand(text: str, environment: Mapping[str, str], *, files: bool) -> str:
    """The value with variables put in; `files` allows `file:/path` for the whole value."""

    def value(found: re.Match[str]) -> str:
        name, default = found[1], found[2]
        if environment.get(name):
            return environment[name]
        if default is not None:
            return default
        raise MissingSecret(
            f"the environment variable {name} is not set: set it, or write ${{{name}:-default}}"
        )

    expanded = VARIABLE.sub(value, text)
    return _from_file(expanded) if files and expanded.startswith("file:/") else expanded


def _from_file(text: str) -> str:
    path = Path("/" + text.removeprefix("file:").lstrip("/"))
    try:
        with path.open("rb") as file:
            content = file.read(MAX_SECRET + 1)
    except OSError as error:
        raise MissingSecret(f"the secret's file {path} cannot be read: {error.strerror}") from error
    if len(content) > MAX_SECRET:
        raise MissingSecret(f"the secret's file {path} is larger than {MAX_SECRET:,} bytes")
    return content.decode("utf-8", "replace").strip()


def expand_all(
    value: Any,
    environment: Mapping[str, str],
    path: tuple[str | int, ...],
    problems: list[tuple[Any, str]],
) -> Any:
    """`expand` over a whole document; problems are (path, words)."""
    if isinstance(value, dict):
        return {
            key: expand_all(one, environment, (*path, key), problems) for key, one in value.items()
        }
    if isinstance(value, list):
        return [
            expand_all(one, environment, (*path, place), problems)
            for place, one in enumerate(value)
        ]
    if not isinstance(value, str) or ("$" not in value and not value.startswith("file:/")):
        return value
    try:
        return expand(value, environment, files=_may_be_secret(path))
    except MissingSecret as error:
        problems.append((path, str(error)))
        return value


def _may_be_secret(path: tuple[str | int, ...]) -> bool:
    return path[0] in ("channels", "heartbeat") or bool({"headers", "proxy"} & set(path))
