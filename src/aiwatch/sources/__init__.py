"""Kinds of source: bytes in, entries out. One kind is one file here and one line in `KINDS`.

`read_source` is what a worker process runs: only plain values cross, and nothing is raised. A kind is imported when it
is first used: all of them take a third of a second, feedparser and pydantic most of it, and a worker of feeds needs one.
"""

# ruff: noqa: PLC0415 - said above
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiwatch.model import Reading

if TYPE_CHECKING:
    from pydantic import BaseModel

    Loaded = tuple[type[BaseModel], Callable[[bytes, str, str | None, Any], Reading]]

Read = Callable[[bytes, str, str | None, Mapping[str, Any], frozenset[str]], Reading]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A way to read a source: its name in feeds.yaml, its own keys, `read(body, url, content_type, options, seen)`."""

    name: str
    keys: Callable[[], type[BaseModel]]
    read: Read

    @property
    def options(self) -> type[BaseModel]:
        """The model of its own keys."""
        return self.keys()


def _no_keys() -> type[BaseModel]:
    from aiwatch.sources.options import NoOptions

    return NoOptions


def _read_feed(
    body: bytes,
    url: str,
    content_type: str | None,
    options: Mapping[str, Any],
    seen: frozenset[str],
) -> Reading:
    from aiwatch.sources.feed import read_feed

    if options:
        from aiwatch.sources.options import NoOptions, checked

        checked(NoOptions, options)
    return read_feed(body, url, content_type, seen)


def _listing() -> Loaded:
    from aiwatch.sources.listing import ListingOptions, read_listing

    return ListingOptions, read_listing


def _sitemap() -> Loaded:
    from aiwatch.sources.sitemap import SitemapOptions, read_sitemap

    return SitemapOptions, read_sitemap


def _json() -> Loaded:
    from aiwatch.sources.jsonlist import JsonOptions, read_json

    return JsonOptions, read_json


def _page() -> Loaded:
    from aiwatch.sources.page import PageOptions, read_page

    return PageOptions, read_page


def _kind(name: str, load: Callable[[], Loaded]) -> Kind:
    """A kind that is read whole each time, its keys checked first."""

    def read(
        body: bytes,
        url: str,
        content_type: str | None,
        options: Mapping[str, Any],
        _: frozenset[str],
    ) -> Reading:
        from aiwatch.sources.options import checked

        model, reader = load()
        return reader(body, url, content_type, checked(model, options))

    return Kind(name=name, keys=lambda: load()[0], read=read)


KINDS: Mapping[str, Kind] = {
    "feed": Kind(name="feed", keys=_no_keys, read=_read_feed),
    "listing": _kind("listing", _listing),
    "sitemap": _kind("sitemap", _sitemap),
    "json": _kind("json", _json),
    "page": _kind("page", _page),
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

    seen: marks of items that need not be read again, where the kind gives any (`Reading.marks`).
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
        return kind.read(body, url, content_type, options, seen)
    except (RecursionError, MemoryError) as error:
        problem = f"too deep or too large to read ({type(error).__name__})"
    except Exception as error:  # noqa: BLE001 - said above
        # by its name: importing it would import pydantic into every worker
        if type(error).__name__ == "WrongOptions":
            problem = f"its own keys are wrong: {error}"
        else:
            problem = f"could not be read: {type(error).__name__}: {error}"
    return Reading(usable=False, problem=problem)
