"""Kinds of source: bytes in, entries out. One kind is one file here and one line in `KINDS`.

`read_source` is what a worker process runs: only plain values cross, and nothing is raised.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError

from aiwatch.model import Reading


class NoOptions(BaseModel):
    """A kind without keys of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to read a source: its name in feeds.yaml, its own keys, and `read(body, url, content_type, options)`."""

    name: str
    options: type[BaseModel]
    read: Callable[[bytes, str, str | None, BaseModel], Reading]


def _feed(body: bytes, url: str, content_type: str | None, _: BaseModel) -> Reading:
    from aiwatch.sources.feed import read_feed  # noqa: PLC0415 - feedparser is slow to import; main never needs it

    return read_feed(body, url, content_type)


KINDS: Mapping[str, Kind] = {
    "feed": Kind("feed", NoOptions, _feed),
}


def read_source(
    kind: str, body: bytes, url: str, content_type: str | None, options: Mapping[str, str]
) -> Reading:
    """What the bytes of a source of this kind hold; whatever goes wrong is `usable=False` and said in words."""
    chosen = KINDS.get(kind)
    if chosen is None:
        known = ", ".join(KINDS)
        problem = f"there is no kind of source called “{kind}”; there are: {known}"
        return Reading(usable=False, problem=problem)
    return read_as(chosen, body, url, content_type, options)


def read_as(
    kind: Kind, body: bytes, url: str, content_type: str | None, options: Mapping[str, str]
) -> Reading:
    """The same for a kind at hand: the last net, so that one source's bytes never end its neighbours."""
    try:
        return kind.read(body, url, content_type, kind.options.model_validate(dict(options)))
    except ValidationError as error:
        problem = f"the options of kind “{kind.name}” are wrong: {error}"
    except (RecursionError, MemoryError) as error:
        problem = f"too deep or too large to read ({type(error).__name__})"
    except Exception as error:  # noqa: BLE001 - said above
        problem = f"could not be read: {type(error).__name__}: {error}"
    return Reading(usable=False, problem=problem)
