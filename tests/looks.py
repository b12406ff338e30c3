"""Looks at a source as tests of the store record them."""

from datetime import timedelta
from typing import Any

from aiwatch.model import (
    Entry,
    FetchFailure,
    NotModified,
    Page,
    Reading,
    Source,
    SourceName,
    Validators,
)
from aiwatch.store import Store, polls
from aiwatch.store import sources as watched
from aiwatch.store.polls import Look, Recorded
from tests.stories import NOON

HOUR = timedelta(hours=1)
SOURCE = Source(name=SourceName("Times"), url="https://times.example/feed")
VALIDATORS = Validators(etag='"1"', last_modified="yesterday")


def entry(id_: str, **parts: Any) -> Entry:
    """An entry of the Times."""
    return Entry(
        **{
            "id": id_,
            "url": f"https://times.example/{id_}",
            "title": f"Title {id_}",
            "published": NOON,
            **parts,
        }
    )


def page(**parts: Any) -> Page:
    """A whole answer."""
    return Page(
        **{
            "url": SOURCE.url,
            "asked_for": SOURCE.url,
            "status": 200,
            "body": b"",
            "content_type": None,
            "validators": VALIDATORS,
            **parts,
        }
    )


def look(*entries: Entry, **parts: Any) -> Look:
    """A look that found these entries."""
    return Look(
        **{
            "source": SOURCE,
            "at": NOON,
            "asked": SOURCE.url,
            "outcome": page(),
            "reading": Reading(title="The Times", entries=entries),
            "body_hash": "abc",
            "host": "times.example",
            **parts,
        }
    )


def failed(status: int | None = None, **parts: Any) -> Look:
    """A look that found nothing."""
    outcome: dict[str, Any] = {
        "kind": "http" if status else "dns",
        "detail": "it is gone",
        "status": status,
    }
    beside: dict[str, Any] = {
        name: parts.pop(name) for name in ("kind", "retry_after") if name in parts
    }
    failure = FetchFailure(url=SOURCE.url, **{**outcome, **beside})
    return look(**{"outcome": failure, "reading": None, "body_hash": None, **parts})


def unchanged(**parts: Any) -> Look:
    """A 304."""
    outcome = NotModified(
        url=SOURCE.url, validators=VALIDATORS, moved_to=parts.pop("moved_to", None)
    )
    return look(**{"outcome": outcome, "reading": None, "body_hash": None, **parts})


def record(store: Store, one: Look) -> Recorded:
    """Configured and recorded."""
    store.write_now(lambda db: watched.sync(db, [one.source], one.at))
    return store.write_now(lambda db: polls.record(db, one))


def state(store: Store, name: str = "Times") -> watched.SourceState:
    """How it stands."""
    with store.read() as db:
        (found,) = watched.states(db, [name])
        return found
