"""Terms and hashes in one column each: what goes in comes out, and what older files hold is kept."""

import sqlite3
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from aiwatch.model import ArticleId, StoryId
from aiwatch.store import Store, candidates, packing

BEFORE = Path(__file__).parents[1] / "data" / "store" / "schema-016_counted.sql"
ENTRY = '{"id": "a"}'
HASHES = (2**62 + 4, 5 * 2**40, 2**20)
WORDS = st.text(st.characters(categories=("L", "N")), min_size=1)


@given(st.dictionaries(WORDS, st.floats(min_value=1, max_value=1e6)))
def test_terms_come_back_as_they_were(terms: dict[str, float]) -> None:
    assert packing.unpack_terms(packing.pack_terms(terms)) == terms


@given(st.lists(st.integers(min_value=0, max_value=2**63 - 1)))
def test_hashes_come_back_cut_and_in_order(hashes: list[int]) -> None:
    kept = packing.cut(hashes)
    assert list(kept) == sorted({hash_ // 2**packing.DROPPED_BITS for hash_ in hashes})
    assert packing.unpack_hashes(packing.pack_hashes(kept)) == kept


def an_older_file(path: Path) -> None:
    old = sqlite3.connect(path)
    old.executescript(BEFORE.read_text())
    old.executescript(
        "INSERT INTO stories (id, title, first_seen, last_seen, first_published, last_published, members, names, numbers,"
        " alone, muted) VALUES (7, 'Sora', '2026-03-24T12:00:00Z', '2026-03-24T12:00:00Z', '2026-03-24T12:00:00Z',"
        " '2026-03-24T12:00:00Z', 1, '[]', '[]', 0, 0);"
        "INSERT INTO story_terms (term, story, weight) VALUES ('sora', 7, 2.6931471805599454), ('app', 7, 1), ('end', 7, 1);"
    )
    row = {
        "url": "u", "url_key": "k", "title": "t", "text": "x", "summary": "", "authors": "[]", "first_seen": "2026",
        "outlet": "o", "source": "s", "paywalled": 0, "trust": "normal", "first_hand": 0, "aggregator": 0, "how": "{}",
        "tell": "all", "text_hash": "", "words": 1, "numbers": "[]", "shingles": 3, "story": 7, "verdict": "new",
        "score": 0, "reason": "", "shared": "[]",
    }  # fmt: skip
    names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    old.execute(f"INSERT INTO articles (id, {names}) VALUES (3, {marks})", row)
    old.executemany("INSERT INTO shingles (hash, article) VALUES (?, 3)", [(h,) for h in HASHES])
    old.execute(
        "INSERT INTO entries (id, source, entry_id, title, seen_at, content_hash, tell, state, attempts, body)"
        " VALUES (9, 's', 'a', 'A', '2026', '', 'all', 'to file', 0, ?)",
        (ENTRY,),
    )
    old.commit()
    old.close()


def test_an_older_file_keeps_its_terms_its_hashes_and_what_waits(tmp_path: Path) -> None:
    an_older_file(tmp_path / "a.db")
    with Store(tmp_path / "a.db") as store:
        with store.read() as db:
            terms = candidates.centroid(db, StoryId(7)).terms
            found = candidates.centroids(db, {"sora": 1.0}, None)
            shared = candidates._most_shared(db, packing.cut(HASHES))
            [body] = db.execute("SELECT body FROM bodies WHERE entry = 9").fetchone()
        assert terms == {"sora": 2.6931471805599454, "app": 1.0, "end": 1.0}
        assert [story.story for story in found] == [7]
        assert shared == [(3, 3)]
        assert body == ENTRY
        store.write_now(lambda db: candidates.let_hashes_go(db, ArticleId(3)))
        store.write_now(lambda db: candidates.let_terms_go(db, StoryId(7)))
        with store.read() as db:
            left = [
                db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
                for table in ("shingles", "prints", "story_terms", "centroids")
            ]
        assert left == [0, 0, 0, 0]
