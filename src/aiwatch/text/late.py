"""Regular expressions compiled when they are first used: all of them at once were a fifth of what a start computed."""

import re
from typing import Any, AnyStr, cast

_ALL: "list[_Late]" = []


class _Late:
    """Stands in for a `re.Pattern`; what was asked of it once is kept as its own, so that a call costs what it did."""

    def __init__(self, text: Any, flags: int) -> None:
        self.pattern = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        compiled = self.__dict__.get("_compiled") or re.compile(self.pattern, self._flags)
        self._compiled = compiled
        found = getattr(compiled, name)
        setattr(self, name, found)
        return found


def late(text: AnyStr, flags: int = 0) -> "re.Pattern[AnyStr]":
    """As `re.compile`, for a module's constants: a mistake in it shows at its first use, so each has a test."""
    pattern = _Late(text, flags)
    _ALL.append(pattern)
    return cast("re.Pattern[AnyStr]", pattern)


def compile_all() -> None:
    """Those of all modules imported so far: once, in the process from which many are forked."""
    for pattern in _ALL:
        _ = pattern.groups
