"""What a judgement is given to choose from, and what it costs as the file grows."""

import re
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from aiwatch.judge import stories
from aiwatch.model import ArticleId, Fingerprint, StoryId
from aiwatch.store import Store, candidates, filing, packing, revising
from aiwatch.store.times import to_text
from tests.drafts import CLOSES_TOO, FLOOD, draft, file
from tests.stories import NOON

NOW = datetime(2026, 3, 24, 12, tzinfo=UTC)
KEYS = {"sora": 3.0, "disney": 2.0, "app": 1.0}


def story(db: sqlite3.Connection, *terms: str, days: int = 0, alone: int = 0) -> int:
    """A story about these terms, last told so many days ago."""
    at = to_text(NOW - timedelta(days=days))
    id_ = db.execute(
        "INSERT INTO stories (title, first_seen, last_seen, first_published, last_published, members, names, numbers,"
        " alone, muted) VALUES ('', ?, ?, ?, ?, 1, '[]', '[]', ?, 0)",
        (at, at, at, at, alone),
    ).lastrowid
    candidates.keep_terms(db, StoryId(id_ or 0), {}, dict.fromkeys(terms, 1.0))
    return id_ or 0


def found(store: Store, keys: Mapping[str, float] = KEYS) -> list[int]:
    with store.read() as db:
        return [each.story for each in candidates.centroids(db, keys, NOW)]


def test_stories_come_by_the_weight_they_share_and_of_equals_the_newer(store: Store) -> None:
    light, old, heavy, new = store.write_now(
        lambda db: [story(db, *terms) for terms in (["app", "disney"], ["sora"], KEYS, ["sora"])]
    )
    assert found(store) == [heavy, new, old, light]


def test_old_stories_and_those_that_stand_alone_are_no_candidates(store: Store) -> None:
    kept = store.write_now(
        lambda db: [
            story(db, "sora", days=days, alone=alone) for days, alone in product((0, 61), (0, 1))
        ]
    )
    assert found(store) == kept[:1]
    with store.read() as db:
        assert len(candidates.centroids(db, KEYS, None)) == 2


def test_old_ones_leave_room_for_others_however_many_they_are(store: Store) -> None:
    wanted = store.write_now(lambda db: story(db, "app"))
    store.write_now(lambda db: [story(db, "sora", days=90) for _ in range(candidates.CHECKED + 5)])
    assert found(store) == [wanted]


def test_what_is_read_stays_bounded_and_is_spent_on_the_rarest_terms(store: Store) -> None:
    names = [f"name{n}" for n in range(3)]
    most = candidates.STORIES_PER_TERM + 1

    def write(db: sqlite3.Connection) -> int:
        common = story(db, "common")
        for name in names:
            for _ in range(most):
                story(db, name)
        return common

    common = store.write_now(write)
    keys = {**dict.fromkeys(names, 1.0), "common": 2.0}
    with store.read() as db:
        likely = candidates._sharing(db, keys)
    assert len(likely) == candidates.STORIES_READ
    assert common not in likely
    assert common in found(store, {"common": 1.0})


def test_no_look_up_of_a_judgement_walks_a_table(store: Store) -> None:
    file(store, draft())
    again = draft("b", "Sora is closed", CLOSES_TOO, published=None)
    asked: list[str] = []
    with store.read() as db:
        db.set_trace_callback(asked.append)
        filing.judge(db, again.read, frozenset(), NOON)
        db.set_trace_callback(None)
        steps = [
            row["detail"] for query in asked for row in db.execute(f"EXPLAIN QUERY PLAN {query}")
        ]
    assert any("story_terms" in step for step in steps)
    assert not [step for step in steps if re.match(r"SCAN (?!json_each|\(subquery)", step)]


def test_a_story_that_grows_holds_what_its_articles_add_up_to(store: Store) -> None:
    drafts = [draft("a"), draft("b", "Sora is over", CLOSES_TOO), draft("c", "Norwich", FLOOD)]
    first, second, other = (file(store, each).story for each in drafts)
    assert first == second != other
    summed: dict[str, float] = {}
    for each in drafts[:2]:
        summed = stories.grow(summed, each.read.fingerprint)
    with store.read() as db:
        assert candidates.centroid(db, first).terms == pytest.approx(summed)


@pytest.mark.parametrize(
    ("mine", "theirs", "shared", "looked_at"),
    [
        (20, 20, 10, True),
        (20, 20, 9, False),
        (40, 10, 5, True),
        (40, 10, 4, False),
        (
            256,
            20,
            1,
            True,
        ),  # a long text keeps only some: how much of it is shared is not known yet
    ],
)
def test_only_what_may_be_a_copy_is_looked_at(
    store: Store, mine: int, theirs: int, shared: int, *, looked_at: bool
) -> None:
    def hashes(start: int, count: int) -> tuple[int, ...]:
        return tuple((start + n) << packing.DROPPED_BITS for n in range(count))

    file(store, draft("a", "Norwich", FLOOD))
    theirs_ = Fingerprint(text_hash="", shingles=hashes(0, theirs), words=99)
    own = Fingerprint(text_hash="", shingles=hashes(theirs - shared, mine), words=99)
    store.write_now(lambda db: revising.replace_fingerprint(db, ArticleId(1), theirs_))
    with store.read() as db:
        assert [each.shared for each in candidates.near(db, own)] == [shared] * looked_at
