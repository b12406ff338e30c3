"""The keys of a `listing` source, checked where they are written."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, field_validator
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from aiwatch.sources.patterns import checked_pattern


class ListingOptions(BaseModel):
    """An owner's own words on where the articles are; all may be left out.

    `links`: CSS of the links, or of the cards that hold one. `pattern`: what their path looks like: `*` stands for
    anything but a slash, `**` for anything (`/news/*`, `/**/press/*`); a pattern with a host is held against the whole
    address, one with a question mark against path and query. `title`, `date`: CSS inside the card.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    links: str | None = None
    pattern: Annotated[str, AfterValidator(checked_pattern)] | None = None
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
