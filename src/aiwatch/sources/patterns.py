"""`pattern:`, a form that addresses have: one meaning for every kind that has the key."""

import re
from functools import lru_cache
from urllib.parse import unquote

_START = re.compile(r"/|\*|https?://")
_HOST = re.compile(r"^https?://[^/?]*", re.IGNORECASE)


def checked_pattern(pattern: str) -> str:
    """The pattern as written; ValueError in words for what is none."""
    if not _START.match(pattern) or re.search(r"\s|\*{3}", pattern):
        raise ValueError(
            f"“{pattern}” is no path pattern: it begins with a slash (or https://), holds no blanks, and `*` stands "
            "for one part of a path, `**` for any; an example: /news/*"
        )
    return pattern


def fits(pattern: str, url: str) -> bool:
    """Whether an address has the form that a pattern names: `*` is anything but a slash, `**` anything.

    A pattern with a host is held against the whole address, one with a question mark against path and query. Escapes,
    letter case and a slash at the end do not matter.
    """
    address = url.partition("#")[0]
    if not pattern.startswith("http"):
        address = _HOST.sub("", address)
    if "?" not in pattern:
        address = address.partition("?")[0]
    return _compiled(pattern).fullmatch(unquote(address).rstrip("/") or "/") is not None


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*|\*)", unquote(pattern).rstrip("/") or "/")
    written = {"*": "[^/]+", "**": ".*"}
    return re.compile(
        "".join(written.get(part) or re.escape(part) for part in parts), re.IGNORECASE
    )
