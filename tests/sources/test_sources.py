from pathlib import Path

import pytest

from aiwatch.model import Reading
from aiwatch.sources import KINDS, Kind, read_as, read_source
from aiwatch.sources.options import NoOptions

FEED = (Path(__file__).parents[1] / "data" / "feeds" / "rss20.xml").read_bytes()
URL = "https://feeds.example/rss"


def test_every_kind_goes_by_its_own_name() -> None:
    assert {name: kind.name for name, kind in KINDS.items()} == {name: name for name in KINDS}


def test_a_feed_is_read_by_its_kind() -> None:
    reading = read_source("feed", FEED, URL, "application/rss+xml", {})
    assert reading.usable
    assert [entry.id for entry in reading.entries] == ["frames-101"]


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("body", [b"", b"\x00" * 100, b"<", b"{", b"<html></html>"])
def test_no_kind_raises_on_bytes_that_are_nothing(kind: str, body: bytes) -> None:
    reading = read_source(kind, body, URL, None, {})
    assert not reading.usable
    assert reading.problem


def test_an_unknown_kind_and_an_unknown_option_are_said_in_words() -> None:
    unknown = read_source("fax", FEED, URL, None, {})
    assert unknown.problem == "there is no kind of source called “fax”; there are: " + ", ".join(
        KINDS
    )
    option = read_source("feed", FEED, URL, None, {"colour": "red"})
    assert not option.usable
    assert "colour" in (option.problem or "")


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (MemoryError(), "too deep or too large to read (MemoryError)"),
        (RecursionError("deep"), "too deep or too large to read (RecursionError)"),
        (LookupError("lost"), "could not be read: LookupError: lost"),
    ],
    ids=repr,
)
def test_what_a_kind_raises_is_a_problem_in_words(error: Exception, problem: str) -> None:
    def break_down(*_: object) -> Reading:
        raise error

    kind = Kind(name="brittle", keys=lambda: NoOptions, read=break_down)
    assert read_as(kind, FEED, URL, None, {}) == Reading(usable=False, problem=problem)
