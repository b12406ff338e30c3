"""Kinds of source: bytes in, entries out. One kind is one file here and one line in `KINDS`.

`read_source` is what a worker process runs: only plain values cross, and nothing is raised.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from aiwatch.model import Reading
from aiwatch.sources.jsonlist import JsonOptions, read_json
from aiwatch.sources.listing import ListingOptions, read_listing
from aiwatch.sources.page import PageOptions, read_page
from aiwatch.sources.sitemap import SitemapOptions, read_sitemap


class NoOptions(BaseModel):
    """A kind without keys of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Read = Callable[[bytes, str, str | None, Any], Reading]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A way to read a source: its name in feeds.yaml, its own keys, and `read(body, url, content_type, options)`."""

    name: str
    options: type[BaseModel]
    read: Read
    read_new: Callable[[bytes, str, str | None, frozenset[str]], Reading] | None = None
    """Where a kind can pass over items by their marks (`Reading.marks`): the same with marks instead of options."""


def _feed(body: bytes, url: str, content_type: str | None, _: BaseModel) -> Reading:
    return _new_in_feed(body, url, content_type, frozenset())


def _new_in_feed(body: bytes, url: str, content_type: str | None, seen: frozenset[str]) -> Reading:
    from aiwatch.sources.feed import read_feed  # noqa: PLC0415 - feedparser is slow to import; main never needs it

    return read_feed(body, url, content_type, seen)


KINDS: Mapping[str, Kind] = {
    "feed": Kind(name="feed", options=NoOptions, read=_feed, read_new=_new_in_feed),
    "listing": Kind(name="listing", options=ListingOptions, read=read_listing),
    "sitemap": Kind(name="sitemap", options=SitemapOptions, read=read_sitemap),
    "json": Kind(name="json", options=JsonOptions, read=read_json),
    "page": Kind(name="page", options=PageOptions, read=read_page),
}


def read_source(
    kind: str,
    body: bytes,
    url: str,
    content_type: str | None,
    options: Mapping[str, Any],
    seen: frozenset[str] = frozenset(),
) -> Reading:
    """What the bytes of a source of this kind hold; whatever goes wrong is `usable=False` and said in words.

    seen: marks of items that need not be read again.
    """
    chosen = KINDS.get(kind)
    if chosen is None:
        known = ", ".join(KINDS)
        problem = f"there is no kind of source called “{kind}”; there are: {known}"
        return Reading(usable=False, problem=problem)
    return read_as(chosen, body, url, content_type, options, seen)


def read_as(
    kind: Kind,
    body: bytes,
    url: str,
    content_type: str | None,
    options: Mapping[str, Any],
    seen: frozenset[str] = frozenset(),
) -> Reading:
    """The same for a kind at hand: the last net, so that one source's bytes never end its neighbours."""
    try:
        if kind.read_new and seen:
            return kind.read_new(body, url, content_type, seen)
        return kind.read(body, url, content_type, kind.options.model_validate(dict(options)))
    except ValidationError as error:
        problem = f"the options of kind “{kind.name}” are wrong: {error}"
    except (RecursionError, MemoryError) as error:
        problem = f"too deep or too large to read ({type(error).__name__})"
    except Exception as error:  # noqa: BLE001 - said above
        problem = f"could not be read: {type(error).__name__}: {error}"
    return Reading(usable=False, problem=problem)
