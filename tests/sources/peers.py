"""feedparser's own reading of a feed, and what we mean to read otherwise: each difference with its reason."""

import calendar
import io
import tarfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser

from aiwatch.model import Entry, Reading
from aiwatch.sources.entries import title_of
from aiwatch.sources.feed import read_feed
from aiwatch.text.clean import clean_line, safe_url
from aiwatch.text.dates import FIRST_YEAR

ORIGINAL = "link: the page that a feed service names beside its own counting address"
OUTLET = "title: Google News puts the outlet behind it"
DECODED = "link: the address that an old Google News link carries"
POINTED = "link: the page that a Reddit post points to"
RECORDING = "link: an item without a page has its recording's address"
NO_CLOCK = "date: a year before the web is a clock that was never set"
MORE_DATES = "date: one that feedparser does not read"


def theirs(body: bytes, url: str) -> list[Mapping[str, Any]]:
    """feedparser as it comes, told where the bytes are from and that they are XML; each id once, as we do."""
    headers = {"content-location": url, "content-type": "application/xml"}
    parsed = feedparser.parse(io.BytesIO(body), response_headers=headers)
    entries: list[Mapping[str, Any]] = parsed["entries"]
    once: dict[str, Mapping[str, Any]] = {}
    for number, entry in enumerate(entries):
        once.setdefault(entry.get("id") or entry.get("link") or str(number), entry)
    return list(once.values())


def differences(our: Entry, their: Mapping[str, Any]) -> Iterator[str]:
    """A reason for each field that we read otherwise; without one, both readings."""
    stated = dict(
        their
    )  # feedparser's own dict gives `published` for a missing `updated`, and warns
    id_ = clean_line(stated.get("id") or stated.get("link") or "")
    if id_ and our.id != id_:
        yield f"id: {our.id!r} is not {id_!r}"
    if our.url != (link := stated.get("link") or None):
        yield _of_link(our, stated, link)
    if our.title != (title := title_of(stated.get("title") or "")):
        cut = f"{our.title} - {our.outlet}".casefold() == title.casefold()
        yield OUTLET if cut else f"title: {our.title!r} is not {title!r}"
    yield from _of_date(our, stated)


def _of_link(our: Entry, their: Mapping[str, Any], link: str | None) -> str:
    enclosed = [
        one.get("href") for one in their.get("links") or () if one.get("rel") == "enclosure"
    ]
    reasons = {
        ORIGINAL: our.url in (their.get("feedburner_origlink"), their.get("pheedo_origlink")),
        DECODED: "news.google.com" in (link or ""),
        POINTED: "reddit.com" in (link or "") and f"{our.url}" in str(their),
        RECORDING: link is None and our.url in map(safe_url, filter(None, enclosed)),
    }
    return next((why for why, so in reasons.items() if so), f"link: {our.url!r} is not {link!r}")


def _of_date(our: Entry, their: Mapping[str, Any]) -> Iterator[str]:
    parsed = their.get("published_parsed") or their.get("updated_parsed")
    if not parsed:
        if our.published:
            yield MORE_DATES
        return
    date = datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    if our.published != date:
        silent = our.published is None and date.year < FIRST_YEAR
        yield NO_CLOCK if silent else f"date: {our.published} is not {date}"


def wording(entry: Entry) -> str:
    """What of an entry counts as news when it changes: its letters."""
    return "".join(filter(str.isalpha, f"{entry.title}\n{entry.text}"))


def same_by_marks(body: bytes, url: str, content_type: str | None = None) -> None:
    """Whatever part of a body is known, the rest is read as in the whole, and nothing else."""
    whole = read_feed(body, url, content_type)
    assert read_feed(body, url, content_type, frozenset(["another"])) == whole
    if not whole.marks:
        return
    assert len(whole.marks) == whole.listed
    some = ({len(whole.marks) - 1}, {0, len(whole.marks) // 2})
    all_speak = len(whole.entries) == whole.listed  # an item that says nothing is no entry
    for kept in (*(some if all_speak else ()), set[int]()):
        seen = frozenset(mark for at, mark in enumerate(whole.marks) if at not in kept)
        part = read_feed(body, url, content_type, seen)
        assert part.entries == tuple(whole.entries[at] for at in sorted(kept))
        assert (part.title, part.hints, part.listed) == (whole.title, whole.hints, whole.listed)
        assert part.marks == whole.marks


def expectations(reading: Reading, expect: Mapping[str, Any]) -> list[str]:
    """What of a hostile file's expectations does not hold; those of other rooms (requests, discovery) left out."""
    entries = reading.entries
    first = entries[0] if entries else Entry(id="", url=None, title="")
    facts = {
        "entries": len(entries),
        "is_error": not reading.usable,
        "link0": first.url,
        "title0": first.title,
        "title0_text": first.title,
        "distinct_ids": len({entry.id for entry in entries}),
        "distinct_links": len({entry.url for entry in entries}),
        "title_no_newline": "\n" not in first.title and "\r" not in first.title,
        "no_crash": True,
    }
    wrong = [
        f"{name}: {facts[name]!r}"
        for name in expect
        if name in facts and facts[name] != expect[name]
    ]
    if len(entries) < expect.get("entries_at_least", 0):
        wrong.append(f"entries: {len(entries)}")
    if expect.get("must_not_contain", "\x00") in repr(reading):
        wrong.append("must_not_contain")
    return wrong


def series(folder: Path) -> Iterator[tuple[str, list[bytes]]]:
    """One feed's bodies over time, oldest first, for each archive."""
    for path in sorted((folder / "series").glob("*.tar.xz")):
        with tarfile.open(path) as archive:
            files = {
                member.name: file.read()
                for member in archive
                if member.isfile() and (file := archive.extractfile(member))
            }
        yield path.name.removesuffix(".tar.xz"), [files[name] for name in sorted(files)]
