"""Every way a database file can be wrong: named, refused, left as it is, never made anew."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from aiwatch.errors import AiwatchError, DamagedDatabase, UsageError
from aiwatch.store import Store, reader, schema, soundness
from aiwatch.store.soundness import State
from tests.drafts import draft, file


@pytest.fixture
def path(sound: Path, tmp_path: Path) -> Path:
    """One of its own to be broken."""
    return Path(shutil.copy(sound, tmp_path / "aiwatch.db"))


def truncated(path: Path) -> None:
    with path.open("r+b") as file_:
        file_.truncate(path.stat().st_size // 2)


def first_page(path: Path) -> None:
    body = path.read_bytes()
    path.write_bytes(b"\xff" * 512 + body[512:])


def middle(path: Path) -> None:
    body = bytearray(path.read_bytes())
    half = len(body) // 2 // 4096 * 4096
    body[half : half + 8 * 4096] = b"\xa5" * (8 * 4096)
    path.write_bytes(bytes(body))


def emptied(path: Path) -> None:
    """After messages were sent from it: their lock lies beside it."""
    path.write_bytes(b"")
    path.with_name(f"{path.name}.sending").touch()


def log_alone(path: Path) -> None:
    """What was written last is all that is left."""
    path.write_bytes(b"")
    path.with_name(f"{path.name}-wal").write_bytes(b"something")


def begun(path: Path) -> None:
    """As a kill in its making leaves it."""
    path.write_bytes(b"")


def text_file(path: Path) -> None:
    path.write_text("news\n" * 3000)


def newer(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('aiwatch', '999_later', '')"
        )
    db.close()


def foreign(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE recipes (name TEXT)")
    db.close()


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    breaks: Callable[[Path], None]
    state: State
    words: str  # of `examine`
    refused: type[AiwatchError]


FAULTS = [
    Fault(breaks=truncated, state="damaged", words="is damaged", refused=DamagedDatabase),
    Fault(
        breaks=first_page, state="damaged", words="file is not a database", refused=DamagedDatabase
    ),
    Fault(breaks=middle, state="damaged", words="is damaged", refused=DamagedDatabase),
    Fault(
        breaks=emptied, state="damaged", words="messages were sent from it", refused=DamagedDatabase
    ),
    Fault(
        breaks=text_file, state="damaged", words="file is not a database", refused=DamagedDatabase
    ),
    Fault(breaks=newer, state="newer", words="newer aiwatch", refused=DamagedDatabase),
    Fault(breaks=folder, state="unreadable", words="is no file", refused=DamagedDatabase),
    Fault(breaks=foreign, state="foreign", words="another program", refused=UsageError),
]


def content(folder: Path) -> dict[str, bytes | None]:
    return {one.name: one.read_bytes() if one.is_file() else None for one in folder.iterdir()}


def read_all(path: Path) -> None:
    with reader(path) as db:
        for table in schema.tables(db):
            db.execute(f"SELECT * FROM {table}").fetchall()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.breaks.__name__)
def test_a_file_that_is_wrong_is_named_refused_and_left_as_it_is(path: Path, fault: Fault) -> None:
    fault.breaks(path)
    before = content(path.parent)
    found = soundness.examine(path)
    assert found.state == fault.state
    assert fault.words in found.words
    assert not found.usable
    with pytest.raises(fault.refused) as refusal:
        Store(path)
    assert refusal.value.exit_code == (2 if fault.refused is UsageError else 3)
    with pytest.raises(AiwatchError):
        read_all(path)
    assert {name: value for name, value in content(path.parent).items() if name in before} == before


def test_a_sound_file_is_called_so_and_nothing_appears_beside_it(path: Path) -> None:
    before = content(path.parent)
    for full in (False, True):
        found = soundness.examine(path, full=full)
        assert (found.state, found.lacking, found.log_bytes) == ("current", (), None)
        assert found.bytes == path.stat().st_size
    assert content(path.parent) == before


def test_a_file_that_is_not_there_is_no_damage(tmp_path: Path) -> None:
    assert soundness.examine(tmp_path / "none.db").state == "missing"
    assert soundness.examine(tmp_path / "none.db").refusal("a copy").exit_code == 2


def test_a_file_whose_making_was_cut_short_is_empty_and_may_be_filled(path: Path) -> None:
    begun(path)
    assert soundness.examine(path).state == "empty"
    Store(path).close()
    assert soundness.examine(path).state == "current"


def test_an_older_file_says_what_it_lacks(tmp_path: Path) -> None:
    old = sqlite3.connect(tmp_path / "old.db")
    scripts = Path(__file__).parents[1] / "data" / "store"
    old.executescript((scripts / "schema-001_first.sql").read_text())
    old.close()
    found = soundness.examine(tmp_path / "old.db")
    assert found.state == "older"
    assert found.usable
    assert found.lacking[0] == "002_watching"


def test_it_is_looked_at_while_a_process_writes_and_after_one_that_died(path: Path) -> None:
    with Store(path) as store:
        store.write_now(lambda db: db.execute("INSERT INTO settings VALUES ('a', '1')"))
        found = soundness.examine(path)
        assert found.state == "current"
        assert found.log_bytes
        died = path.with_name("died.db")
        shutil.copy(path, died)
        shutil.copy(f"{path}-wal", f"{died}-wal")
    assert soundness.examine(died).state == "current"
    with reader(died) as db:
        assert db.execute("SELECT value FROM settings WHERE key = 'a'").fetchone()[0] == "1"


def test_new_tables_stand_in_the_file_itself_at_once(tmp_path: Path) -> None:
    """Whoever copies it without its log has an old database then, not none, which would be filled anew."""
    with Store(tmp_path / "a.db") as store:
        shutil.copy(store.path, tmp_path / "alone.db")
    assert soundness.examine(tmp_path / "alone.db").state == "current"


def test_the_log_of_a_hundred_short_articles_stays_small(tmp_path: Path) -> None:
    """Under 3 MB, so that a small disk is enough; it was 4.3 MB with SQLite's own 1,000 pages."""
    largest = 0
    with Store(tmp_path / "a.db") as store:
        log = tmp_path / "a.db-wal"
        for number in range(100):
            text = "\n".join(f"Words {number} and {line} make a line of news." for line in range(5))
            file(store, draft(f"p{number}", f"Title {number}", text, external_id=str(number)))
            largest = max(largest, log.stat().st_size)
    assert 0 < largest < 2_000_000


def test_a_file_is_opened_as_one_that_never_changes_only_where_nobody_can_write(path: Path) -> None:
    """Whether root may write a folder says nothing of its disk, so the address is looked at here; a read-only tmpfs
    was tried by hand."""
    assert soundness.address(path).endswith("?mode=ro&immutable=1")
    assert soundness.address(path, shared=True).endswith("?mode=ro")
    with Store(path):
        assert soundness.address(path).endswith("?mode=ro")
    path.parent.chmod(0o500)
    try:
        if not os.access(path.parent, os.W_OK):
            with reader(path) as db:
                assert db.execute("SELECT COUNT(*) FROM articles").fetchone()[0] == 30
    finally:
        path.parent.chmod(0o700)
