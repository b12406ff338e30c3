"""The database's own promises: private, whole, never made anew, and plain about trouble."""

import sqlite3
import stat
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from aiwatch.errors import AiwatchError, DamagedDatabase, Locked, UsageError
from aiwatch.store import Store, migrating, reader, schema

SCHEMAS = sorted((Path(__file__).parents[1] / "data" / "store").glob("schema-*.sql"))


def tables(connection: sqlite3.Connection) -> list[tuple[str, ...]]:
    query = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2"
    return [tuple(row) for row in connection.execute(query)]


def test_a_new_file_is_for_its_owner_only(tmp_path: Path) -> None:
    with Store(tmp_path / "deep" / "aiwatch.db") as store:
        assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


def test_it_writes_ahead_and_to_the_disk(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        settings = store.write_now(
            lambda db: [
                db.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("journal_mode", "synchronous", "foreign_keys")
            ]
        )
    assert settings == ["wal", 2, 1]


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    def half(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO settings VALUES ('a', '1')")
        raise ValueError("in the middle")

    with Store(tmp_path / "a.db") as store:
        with pytest.raises(ValueError, match="in the middle"):
            store.write_now(half)
        with store.read() as db:
            assert db.execute("SELECT COUNT(*) FROM settings").fetchone()[0] == 0


def test_readers_cannot_write(tmp_path: Path) -> None:
    def write_through(path: Path) -> None:
        with reader(path) as db:
            db.execute("INSERT INTO settings VALUES ('a', '1')")

    with (
        Store(tmp_path / "a.db") as store,
        pytest.raises(AiwatchError, match="cannot be written"),
    ):
        write_through(store.path)


def test_readers_see_one_unmoving_view(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store, store.read() as db:
        before = db.execute("SELECT COUNT(*) FROM settings").fetchone()[0]
        store.write_now(lambda writer: writer.execute("INSERT INTO settings VALUES ('a', '1')"))
        assert db.execute("SELECT COUNT(*) FROM settings").fetchone()[0] == before


def test_a_missing_database_is_said_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(AiwatchError, match="run `aiwatch fetch`"), reader(tmp_path / "none.db"):
        pass
    assert not (tmp_path / "none.db").exists()


def somebody_elses(path: Path) -> None:
    """A database with a table of another program, `articles` as it happens."""
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE articles (id INTEGER PRIMARY KEY, price REAL)")
    other.close()


def empty(path: Path) -> None:
    """As a kill between making the file and its tables leaves it."""
    path.touch()


def begun(path: Path) -> None:
    """As a kill between the list of migrations and the tables leaves it."""
    other = sqlite3.connect(path, isolation_level=None)
    migrating.migrate(other, Migrations("aiwatch"))
    other.close()


@pytest.mark.parametrize("made", [empty, begun, somebody_elses])
def test_a_file_without_our_tables_is_said_when_read(
    tmp_path: Path, made: Callable[[Path], None]
) -> None:
    path = tmp_path / "a.db"
    made(path)
    words = r"a\.db holds no aiwatch database \(yet\)"
    with pytest.raises(AiwatchError, match=words) as found, reader(path):
        pass
    assert "aiwatch fetch" in str(found.value)
    assert "--db" in str(found.value)


@pytest.mark.parametrize("made", [empty, begun])
def test_a_file_whose_making_was_cut_short_becomes_ours(
    tmp_path: Path, made: Callable[[Path], None]
) -> None:
    path = tmp_path / "a.db"
    made(path)
    with Store(path) as store, store.read() as db:
        assert db.execute("SELECT COUNT(*) FROM articles").fetchone()[0] == 0


def test_somebody_elses_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    somebody_elses(path)
    before = path.read_bytes()
    with pytest.raises(UsageError, match="another program") as found:
        Store(path)
    assert found.value.exit_code == 2
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["a.db"]


@pytest.mark.parametrize(
    "content", [b"not a database at all, just text", b"SQLite format 3\x00" + b"x" * 5000]
)
def test_a_damaged_file_is_refused_and_stays_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(content)
    with pytest.raises(DamagedDatabase) as found:
        Store(path)
    assert found.value.exit_code == 3
    assert path.read_bytes() == content


def test_a_damaged_page_is_named_when_it_is_met(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with Store(path) as store:
        store.write_now(
            lambda db: db.executemany(
                "INSERT INTO settings VALUES (?, ?)", [(str(n), "x" * 900) for n in range(200)]
            )
        )
        store.write_now(lambda db: db.execute("SELECT 1"))
    body = bytearray(path.read_bytes())
    body[4096 * 3 : -4096] = b"\xff" * (len(body) - 4096 * 4)
    path.write_bytes(bytes(body))
    with pytest.raises(DamagedDatabase, match="is damaged"), reader(path) as db:
        db.execute("SELECT SUM(length(value)) FROM settings").fetchall()


def test_a_file_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as store:
        store.write_now(
            lambda db: db.execute(
                "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('aiwatch', '999_later', 'x')"
            )
        )
    with pytest.raises(DamagedDatabase, match="newer aiwatch"):
        Store(tmp_path / "a.db")
    with pytest.raises(DamagedDatabase, match="newer aiwatch"), reader(tmp_path / "a.db"):
        pass


@pytest.mark.parametrize("script", SCHEMAS, ids=lambda path: path.stem)
def test_every_earlier_schema_becomes_todays(tmp_path: Path, script: Path) -> None:
    old = sqlite3.connect(tmp_path / "old.db")
    old.executescript(script.read_text())
    old.close()
    with (
        Store(tmp_path / "old.db") as upgraded,
        Store(tmp_path / "new.db") as fresh,
        upgraded.read() as one,
        fresh.read() as other,
    ):
        assert tables(one) == tables(other)
        assert one.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_look_at_an_older_database_brings_it_up_to_date_with_a_copy(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    old = sqlite3.connect(path)
    old.executescript(SCHEMAS[0].read_text())
    old.close()
    with reader(path) as db, Store(tmp_path / "new.db") as fresh, fresh.read() as today:
        assert tables(db) == tables(today)
    assert len(list(tmp_path.glob("old.db.before-*"))) == 1


def test_todays_schema_is_among_the_kept_ones(tmp_path: Path) -> None:
    names = set(schema.STEPS)
    assert {script.stem.removeprefix("schema-") for script in SCHEMAS} == names
    kept = sqlite3.connect(":memory:")
    kept.executescript(SCHEMAS[-1].read_text())
    with Store(tmp_path / "new.db") as fresh, fresh.read() as today:
        assert tables(kept) == tables(today)
    kept.close()


def todays() -> Migrations:
    """Today's migrations, to be gone on from."""
    known = Migrations("aiwatch")
    for migration in migrating.todays()._migrations:
        known(name=migration.name)(migration.fn)
    return known


def test_an_upgrade_keeps_a_copy_and_the_last_three(tmp_path: Path) -> None:
    later = todays()
    path = tmp_path / "a.db"
    with Store(path) as store:
        store.write_now(lambda db: db.execute("INSERT INTO settings VALUES ('kept', '1')"))
    for number in range(4, 9):
        later(name=f"90{number}_next")(
            lambda db: db.conn.execute("UPDATE settings SET value = value + 1")
        )
        Store(path, migrations=later).close()
    copies = sorted(file.name for file in tmp_path.glob("a.db.before-*"))
    assert copies == [
        "a.db.before-906_next",
        "a.db.before-907_next",
        "a.db.before-908_next",
    ]
    kept = sqlite3.connect(tmp_path / copies[-1])
    assert kept.execute("SELECT value FROM settings").fetchone()[0] == "5"
    kept.close()


def test_an_upgrade_that_fails_changes_nothing(tmp_path: Path) -> None:
    broken = todays()

    @broken(name="900_broken")
    def _broken(db: Database) -> None:
        db.conn.execute("DROP TABLE settings")
        raise ValueError("half way")

    Store(tmp_path / "a.db").close()
    with pytest.raises(ValueError, match="half way"):
        Store(tmp_path / "a.db", migrations=broken)
    with reader(tmp_path / "a.db") as db:
        assert db.execute("SELECT COUNT(*) FROM settings").fetchone()[0] == 0


def test_a_transaction_that_cannot_have_the_lock_says_so(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db", busy=0.05) as store:
        other = sqlite3.connect(store.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            with pytest.raises(Locked) as found:
                store.write_now(lambda db: db.execute("INSERT INTO settings VALUES ('a', '1')"))
        finally:
            other.close()
        assert found.value.exit_code == 75
        store.write_now(lambda db: db.execute("INSERT INTO settings VALUES ('a', '1')"))


def test_two_stores_on_one_file_never_lose_a_count(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    Store(path).close()

    def count_on(db: sqlite3.Connection) -> None:
        row = db.execute("SELECT value FROM settings WHERE key = 'n'").fetchone()
        value = int(row["value"]) if row else 0
        db.execute("INSERT OR REPLACE INTO settings VALUES ('n', ?)", (str(value + 1),))

    def work() -> None:
        with Store(path) as store:
            for _ in range(20):
                store.write_now(count_on)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reader(path) as db:
        assert db.execute("SELECT value FROM settings").fetchone()[0] == "80"


def test_a_connection_is_kept_for_the_next_who_looks_until_file_or_tables_are_others(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.db"
    with Store(path) as store:
        with store.read() as first, store.read() as beside:
            assert beside is not first
        with store.read() as again:
            assert again in (first, beside)
            assert not again.execute("SELECT * FROM sources").fetchall()
        with closing(sqlite3.connect(path)) as other:
            other.execute("CREATE TABLE theirs (a)")
        with store.read() as anew:
            assert anew not in (first, beside)
        with pytest.raises(ValueError, match="a bug"), store.read() as broken:
            raise ValueError("a bug")
        with pytest.raises(sqlite3.ProgrammingError):
            broken.execute("SELECT 1")
