"""The nightly work: in small steps beside others, told in numbers, with room given back."""

import asyncio
import sqlite3
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from aiwatch.admin import nightly, prune
from aiwatch.config.values import Keep
from aiwatch.store import Store, room
from aiwatch.store.retention import Pruned
from tests.blank import blank
from tests.drafts import draft, file
from tests.stories import NOON

DAY = timedelta(days=1)
LATER = NOON + 1000 * DAY
KEEP = Keep(bodies=730 * DAY, matched=None, messages=90 * DAY)


def shelf(store: Store, articles: int, lines: int = 40) -> None:
    """Stories of one article each, with no word in common."""
    for number in range(articles):
        text = "\n".join(
            f"word{number}x{line} stands{number} here{number}." for line in range(lines)
        )
        file(store, draft(f"p{number}", f"Title{number}", text, (), external_id=str(number)))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(blank(tmp_path / "aiwatch.db"), busy=5.0)


def note(db: sqlite3.Connection, name: str) -> None:
    db.execute("INSERT INTO settings VALUES (?, '1')", (name,))


def test_it_goes_on_in_steps_between_which_others_write(store: Store) -> None:
    """Another connection writes as often as it can; it is never kept waiting for long, and nothing of it is lost."""
    shelf(store, 50)

    async def both() -> tuple[prune.Pruning, int]:
        work = asyncio.ensure_future(nightly(store, KEEP, LATER))
        written = 0
        with Store(store.path, busy=30.0) as other:
            while not work.done():
                written += 1
                await other.write(partial(note, name=f"n{written}"))
        return await work, written

    with store:
        pruning, written = asyncio.run(both())
        with store.read() as db:
            rows = db.execute("SELECT COUNT(*) FROM settings WHERE key GLOB 'n[0-9]*'").fetchone()[
                0
            ]
            left = db.execute("SELECT COUNT(*) FROM articles WHERE text <> ''").fetchone()[0]
    assert (pruning.gone.articles, left) == (50, 0)
    assert rows == written >= 3


def test_what_is_planned_is_what_goes_and_it_is_said(store: Store) -> None:
    with store:
        shelf(store, 3)
        with store.read() as db:
            planned = prune.planned(db, KEEP, LATER)
        pruning = asyncio.run(nightly(store, KEEP, LATER))
        assert pruning.gone == planned
        assert pruning.words.startswith(
            "3 texts of 3 stories, 0 messages' texts, 0 polls, 0 snapshots: "
        )
        assert asyncio.run(nightly(store, KEEP, LATER)).words.startswith("nothing is older")
    assert prune.as_dict(pruning)["articles"] == 3


def test_an_interrupted_night_is_gone_on_with(store: Store) -> None:
    with store:
        shelf(store, 45, lines=5)

        async def cut_short() -> None:
            work = asyncio.ensure_future(nightly(store, KEEP, LATER))
            while True:
                with store.read() as db:
                    gone = db.execute("SELECT COUNT(*) FROM articles WHERE text = ''").fetchone()[0]
                if gone:
                    break
                await asyncio.sleep(0)
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

        asyncio.run(cut_short())
        pruning = asyncio.run(nightly(store, KEEP, LATER))
        assert 0 < pruning.gone.articles < 45
        with store.read() as db:
            assert db.execute("SELECT COUNT(*) FROM articles WHERE text <> ''").fetchone()[0] == 0


def test_what_texts_took_becomes_free(store: Store) -> None:
    """A row that becomes shorter leaves its page as it is, unless it is taken out and put in again."""
    with store:
        shelf(store, 120, lines=60)
        with store.read() as db:
            before, _ = room.sizes(db)
        free = asyncio.run(nightly(store, KEEP, LATER)).free
        with store.read() as db:
            after, _ = room.sizes(db)
    assert after <= before * 1.05
    assert free > 120 * 2_500  # of texts of 3 KB each, and what they were found by


def fill_and_free(db: sqlite3.Connection) -> None:
    """Six megabytes that come and go."""
    db.execute("CREATE TABLE ballast (data BLOB)")
    db.executemany("INSERT INTO ballast VALUES (zeroblob(100000))", [()] * 60)
    db.execute("DROP TABLE ballast")


def test_room_goes_back_to_the_disk_bit_by_bit(store: Store) -> None:
    with store:
        store.write_now(fill_and_free)
        pruning = asyncio.run(nightly(store, KEEP, NOON))
        assert pruning.returned > 5_000_000
        assert (pruning.free, pruning.worth_compacting) == (0, False)
    assert store.path.stat().st_size < 1_000_000


def test_little_room_is_kept_for_what_comes_next(store: Store) -> None:
    with store:
        store.write_now(lambda db: db.execute("CREATE TABLE ballast (data BLOB)"))
        store.write_now(lambda db: db.execute("INSERT INTO ballast VALUES (zeroblob(1000000))"))
        store.write_now(lambda db: db.execute("DROP TABLE ballast"))
        pruning = asyncio.run(nightly(store, KEEP, NOON))
    assert pruning.returned == 0
    assert pruning.free >= 1_000_000


def test_a_file_made_before_that_is_written_anew_once(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    old = sqlite3.connect(path)
    old.executescript(
        (Path(__file__).parents[1] / "data/store/schema-012_covering.sql").read_text()
    )
    old.close()
    with Store(path) as store:
        store.write_now(fill_and_free)
        pruning = asyncio.run(nightly(store, KEEP, NOON))
        assert (pruning.returned, pruning.worth_compacting) == (0, True)
    room.compact(path)
    assert path.stat().st_size < 1_000_000
    with Store(path) as store, store.read() as db:
        assert room.goes_back(db)
        assert not room.worth_it(*room.sizes(db))


def test_bounds_follow_what_is_kept() -> None:
    where = prune.bounds(Keep(bodies=None, matched=1 * DAY, messages=None), NOON)
    assert (where.bodies, where.messages) == (None, None)
    assert where.matched == NOON - 60 * DAY
    assert prune.in_words(Pruned()) == "nothing is older than `keep` says"
