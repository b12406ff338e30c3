"""The keys of a `listing` source, checked where they are written."""

import re
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, field_validator
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

_PATTERN_START = re.compile(r"/|\*|https?://")


class ListingOptions(BaseModel):
    """An owner's own words on where the articles are; all may be left out.

    `links`: CSS of the links, or of the cards that hold one. `pattern`: what their path looks like: `*` stands for
    anything but a slash, `**` for anything (`/news/*`, `/**/press/*`); a pattern with a host is held against the whole
    address, one with a question mark against path and query. `title`, `date`: CSS inside the card.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    links: str | None = None
    pattern: str | None = None
    title: str | None = None
    date: str | None = None

    @field_validator("links", "title", "date")
    @classmethod
    def _is_css(cls, selector: str | None) -> str | None:
        if selector is not None:
            try:
                LexborHTMLParser(b"<p></p>").css(selector)
            except (SelectolaxError, ValueError, RuntimeError):
                raise ValueError(
                    f"“{selector}” is no CSS selector; an example: 'a[href^=\"/news/\"]'"
                ) from None
        return selector

    @field_validator("pattern")
    @classmethod
    def _is_pattern(cls, pattern: str | None) -> str | None:
        if pattern is not None and (
            not _PATTERN_START.match(pattern) or re.search(r"\s|\*{3}", pattern)
        ):
            raise ValueError(
                f"“{pattern}” is no path pattern: it begins with a slash (or https://), holds no blanks, and `*` stands "
                "for one part of a path, `**` for any; an example: /news/*"
            )
        return pattern


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*|\*)", pattern.rstrip("/") or "/")
    written = {"*": "[^/]+", "**": ".*"}
    return re.compile(
        "".join(written.get(part) or re.escape(part) for part in parts), re.IGNORECASE
    )


def fits(pattern: str, url: str) -> bool:
    """Whether an absolute address has the form that a pattern names; a slash at the end does not matter."""
    address = url.partition("#")[0]
    if not pattern.startswith("http"):
        address = re.sub(r"^https?://[^/?]*", "", address) or "/"
    if "?" not in pattern:
        address = address.partition("?")[0]
    return _compiled(pattern).fullmatch(address.rstrip("/") or "/") is not None
