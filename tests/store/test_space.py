"""A full disk is its own error: nothing is lost, and what was under way is done again when there is room."""

import sqlite3
from pathlib import Path

import pytest

from aiwatch.errors import NoSpace
from aiwatch.store import Store, soundness


def test_a_full_disk_is_told_from_other_trouble_and_undoes_what_was_under_way(
    tmp_path: Path,
) -> None:
    with Store(tmp_path / "a.db") as store:
        pages = store.write_now(lambda db: db.execute("PRAGMA page_count").fetchone()[0])
        store.write_now(lambda db: db.execute(f"PRAGMA max_page_count = {pages}"))
        with pytest.raises(NoSpace, match="cannot be written"):
            store.write_now(
                lambda db: db.execute(
                    "INSERT INTO settings VALUES ('large', hex(randomblob(1000000)))"
                )
            )
        store.write_now(lambda db: db.execute(f"PRAGMA max_page_count = {pages + 1000}"))
        store.write_now(lambda db: db.execute("INSERT INTO settings VALUES ('small', '1')"))
        with store.read() as db:
            keys = [row[0] for row in db.execute("SELECT key FROM settings")]
    assert "small" in keys
    assert "large" not in keys


def test_a_look_through_the_whole_ends_when_it_is_asked_to(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        assert soundness.looked_through(store.path, lambda: False) == ()
        store.write_now(
            lambda db: db.execute(
                "INSERT INTO settings (key, value) WITH RECURSIVE n(i) AS"
                " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) SELECT 'k' || i, '1' FROM n"
            )
        )
        assert soundness.looked_through(store.path, lambda: True) is None


def test_a_look_through_the_whole_names_what_does_not_fit(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        store.write_now(lambda db: db.execute("INSERT INTO settings VALUES ('a', '1')"))
    with sqlite3.connect(tmp_path / "a.db") as db:
        db.execute(
            "INSERT INTO versions (article, until, title, text, changes) VALUES (9, '', '', '', '[]')"
        )
    db.close()
    (said,) = soundness.looked_through(tmp_path / "a.db", lambda: False) or ()
    assert said == "a row of versions leads to none of articles"
