"""What judging asks again is kept in memory, and never says other than the file."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from aiwatch.model import StoryId
from aiwatch.store import Store, candidates, kept
from tests.drafts import CLOSES_TOO, FLOOD, draft, file

TERMS = ("sora", "norwich", "unheard")


def known(store: Store) -> tuple[object, object]:
    """As the writer sees it from what is kept, and as a connection does that keeps nothing."""

    def ask(db: sqlite3.Connection) -> object:
        stories = [StoryId(row[0]) for row in db.execute("SELECT id FROM stories ORDER BY id")]
        seen = candidates.frequencies(db, TERMS)
        counted = [seen.counts[term] for term in TERMS]
        return seen.documents, counted, [candidates.centroid(db, id_) for id_ in stories]

    with_memory = store.write_now(ask)
    plain = sqlite3.connect(store.path)
    plain.row_factory = sqlite3.Row
    without = ask(plain)
    plain.close()
    return with_memory, without


def test_what_is_kept_follows_what_is_filed(store: Store) -> None:
    for each in (draft("a"), draft("b", "Sora is over", CLOSES_TOO), draft("c", "Norwich", FLOOD)):
        file(store, each)
        one, other = known(store)
        assert one == other


def test_what_another_connection_writes_is_seen(store: Store) -> None:
    file(store, draft("a"))
    known(store)
    with Store(store.path) as another:
        file(another, draft("b", "Sora is over", CLOSES_TOO))
        file(another, draft("c", "Norwich", FLOOD))
    one, other = known(store)
    assert one == other


def test_what_is_undone_was_never_known(store: Store) -> None:
    file(store, draft("a"))
    known(store)

    def undone(db: sqlite3.Connection) -> None:
        kept.count(db, TERMS)
        candidates.keep_terms(db, StoryId(1), candidates.centroid(db, StoryId(1)).terms, {"x": 1.0})
        candidates.centroid(db, StoryId(1))
        raise ValueError("in the middle")

    with pytest.raises(ValueError, match="in the middle"):
        store.write_now(undone)
    one, other = known(store)
    assert one == other


def test_a_connection_that_can_hold_nothing_is_asked_each_time(tmp_path: Path) -> None:
    Store(tmp_path / "a.db").close()
    plain = sqlite3.connect(tmp_path / "a.db")
    plain.row_factory = sqlite3.Row
    assert kept.of(plain) is not kept.of(plain)
    assert kept.counts(plain, TERMS) == dict.fromkeys(TERMS, 0)
    plain.close()


def test_what_is_kept_stays_small(store: Store) -> None:
    def ask(db: sqlite3.Connection) -> tuple[int, int]:
        for start in range(0, 3 * kept.MOST_TERMS, 500):
            kept.counts(db, [f"term{n}" for n in range(start, start + 500)])
        found = candidates.centroid(db, StoryId(1))
        for n in range(2 * kept.MOST_STORIES):
            kept.keep_story(db, replace(found, story=StoryId(n)))
        return len(kept.of(db).counts), len(kept.of(db).stories)

    file(store, draft("a"))
    terms, stories = store.write_now(ask)
    assert terms <= kept.MOST_TERMS + 500
    assert stories == kept.MOST_STORIES
