"""A copy made while others write, and one put back: whole or not at all, and sending nothing until told to."""

import asyncio
import os
import shutil
import sqlite3
import stat
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from aiwatch.errors import AiwatchError, DamagedDatabase, Locked, UsageError
from aiwatch.model import AlertName
from aiwatch.store import Store, closing, copies, health, locks, outbox, soundness, standstill
from tests.drafts import draft, file
from tests.store.test_soundness import FAULTS, Fault, content, middle
from tests.stories import NOON, alert

LATER = NOON + timedelta(hours=1)


def titles(path: Path) -> list[str]:
    with soundness.looking(path) as db:
        return [row["title"] for row in db.execute("SELECT title FROM articles ORDER BY id")]


def waiting_message(db: sqlite3.Connection) -> None:
    """One that is due, and one that a process died over."""
    db.execute("INSERT INTO digests VALUES (1, 'now', 'alert', NULL, ?, 's', 1)", ("2026-01-01",))
    for number, state in enumerate(("due", "sending"), start=1):
        db.execute(
            "INSERT INTO outbox (id, digest, alert, channel, reader, lane, part, message_id, subject, text, html,"
            " payload, state, attempts, created, next_try, detail) VALUES (?, 1, 'now', 'inbox', 'mailto:a@b.example',"
            " 'mail', ?, ?, 's', 't', 'h', '', ?, 0, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', '')",
            (number, number, f"msg_{number}", state),
        )


def test_a_copy_is_whole_private_and_one_file(store: Store, tmp_path: Path) -> None:
    file(store, draft())
    target = tmp_path / "copy.db"
    assert copies.copy_out(store.path, target) == target.stat().st_size
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert soundness.examine(target, full=True).state == "current"
    assert titles(target) == titles(store.path)
    assert not [one.name for one in tmp_path.iterdir() if "copy" in one.name and one != target]


def test_a_copy_made_under_writing_is_of_one_moment(tmp_path: Path) -> None:
    """Another thread, with a connection of its own, always writes two rows together."""
    path, stop = tmp_path / "a.db", threading.Event()

    def pair(db: sqlite3.Connection) -> None:
        count = db.execute("SELECT COUNT(*) FROM settings").fetchone()[0]
        for name in ("one", "two"):
            db.execute("INSERT INTO settings VALUES (?, hex(randomblob(500)))", (f"{name}{count}",))

    def write() -> None:
        with Store(path) as store:
            while not stop.is_set():
                store.write_now(pair)

    Store(path).close()
    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            copies.copy_out(path, tmp_path / f"copy{number}.db")
    finally:
        stop.set()
        writer.join()
    for number in range(5):
        with soundness.looking(tmp_path / f"copy{number}.db") as db:
            rows = db.execute(
                "SELECT substr(key, 1, 3), COUNT(*) FROM settings GROUP BY 1"
            ).fetchall()
        assert len({row[1] for row in rows}) <= 1
        assert soundness.examine(tmp_path / f"copy{number}.db").state == "current"


def test_what_a_killed_process_left_behind_is_cleared_away(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "copy [1].db"
    (tmp_path / f".{target.name}.99999999999.part").touch()  # no process has such a number
    (tmp_path / f".{target.name}.99999999999.part-journal").touch()
    theirs = tmp_path / f".{target.name}.{os.getppid()}.part"
    theirs.touch()
    copies.copy_out(store.path, target)
    assert [one for one in tmp_path.iterdir() if one.name.startswith(".copy")] == [theirs]


def test_nothing_is_overwritten_unless_asked(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "mine.txt"
    target.write_text("a letter")
    with pytest.raises(UsageError, match="is there already"):
        copies.copy_out(store.path, target)
    assert target.read_text() == "a letter"
    copies.copy_out(store.path, target, overwrite=True)
    assert soundness.examine(target).state == "current"


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (".", "is a folder"),
        ("aiwatch.db", "is the database itself"),
        ("no/such/copy.db", "No such file"),
    ],
)
def test_what_cannot_take_a_copy_is_said(store: Store, target: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        copies.copy_out(store.path, store.path.parent / target, overwrite=True)
    assert soundness.examine(store.path).state == "current"


def test_there_is_nothing_to_copy_before_the_first_pass(tmp_path: Path) -> None:
    with pytest.raises(AiwatchError, match="no database at"):
        copies.copy_out(tmp_path / "none.db", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_database_gives_no_copy(sound: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(sound, tmp_path / "a.db"))
    middle(path)
    with pytest.raises(DamagedDatabase, match=r"no copy was made|was not kept"):
        copies.copy_out(path, tmp_path / "copy.db")
    assert not [one.name for one in tmp_path.iterdir() if "copy" in one.name]


# ---------------------------------------------------------------- back


def test_a_copy_put_back_has_what_was_then_and_the_rest_is_kept_aside(
    store: Store, tmp_path: Path
) -> None:
    file(store, draft("a", "The first"))
    copies.copy_out(store.path, tmp_path / "copy.db")
    file(store, draft("b", "The second"))
    with store.read() as before:
        before.execute("SELECT COUNT(*) FROM articles").fetchone()
        done = copies.put_back(tmp_path / "copy.db", store.path, LATER)
        assert before.execute("SELECT COUNT(*) FROM articles").fetchone()[0] == 2
    assert (done.articles, done.due) == (1, 0)
    assert titles(store.path) == ["The first"]
    assert done.aside
    assert done.aside.name == "aiwatch.db.replaced-20260324T130000Z"
    assert stat.S_IMODE(done.aside.stat().st_mode) == 0o600
    assert titles(done.aside) == ["The first", "The second"]
    file(store, draft("c", "The third"))  # whoever had it open goes on with what stands there now
    assert titles(store.path) == ["The first", "The third"]
    assert not [one.name for one in tmp_path.iterdir() if one.name.endswith(".part")]


def test_a_restored_copy_sends_nothing_until_all_is_resumed(store: Store, tmp_path: Path) -> None:
    store.write_now(lambda db: closing.sync(db, [alert(name=AlertName("now"))], NOON))
    store.write_now(waiting_message)
    copies.copy_out(store.path, tmp_path / "copy.db")
    done = copies.put_back(tmp_path / "copy.db", store.path, LATER)
    assert done.due == 2
    with store.read() as db:
        assert (outbox.due(db, LATER), outbox.due_lanes(db, LATER)) == ((), ())
        assert outbox.open_rows(db, LATER) == 0
        assert standstill.since(db) == LATER
        assert health.reasons(db, LATER) == (f"sending: {standstill.WORDS}",)
        state = closing.state(db, AlertName("now"), LATER)
        assert state
        assert state.paused
        assert {row["detail"] for row in outbox.rows(db, states=["due"])} == {standstill.WORDS}
    assert store.write_now(standstill.lift)
    assert not store.write_now(standstill.lift)
    with store.read() as db:
        assert standstill.since(db) is None
        assert [one.envelope.id for one in outbox.due(db, LATER)] == ["msg_1", "msg_2"]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.breaks.__name__)
def test_a_copy_that_cannot_be_used_changes_nothing(
    sound: Path, tmp_path: Path, fault: Fault
) -> None:
    (tmp_path / "here").mkdir()
    database, copy = tmp_path / "here" / "a.db", tmp_path / "copy.db"
    shutil.copy(sound, database)
    copies.copy_out(database, copy)
    fault.breaks(copy)
    before = content(tmp_path / "here")
    with pytest.raises(fault.refused, match="nothing was changed") as refusal:
        copies.put_back(copy, database, NOON)
    assert fault.words in str(refusal.value)
    assert content(tmp_path / "here") == before


def test_a_copy_of_nothing_is_refused(store: Store, tmp_path: Path) -> None:
    for name in ("none.db", "empty.db"):
        (tmp_path / "empty.db").touch()
        with pytest.raises(UsageError, match="nothing was changed"):
            copies.put_back(tmp_path / name, store.path, NOON)
    with pytest.raises(UsageError, match="is the database itself"):
        copies.put_back(store.path, store.path, NOON)


def test_it_is_refused_while_a_service_runs(store: Store, tmp_path: Path) -> None:
    copies.copy_out(store.path, tmp_path / "copy.db")
    with locks.instance(store.path), pytest.raises(Locked, match="stop it"):
        copies.put_back(tmp_path / "copy.db", store.path, NOON)
    copies.put_back(tmp_path / "copy.db", store.path, NOON)


def test_it_is_refused_while_messages_go_out(store: Store, tmp_path: Path) -> None:
    """What is settled afterwards would be settled in the other database."""
    copies.copy_out(store.path, tmp_path / "copy.db")

    async def while_sending() -> None:
        async with locks.sending(store.path):
            with pytest.raises(Locked, match="at this moment"):
                copies.put_back(tmp_path / "copy.db", store.path, NOON)

    asyncio.run(while_sending())
    copies.put_back(tmp_path / "copy.db", store.path, NOON)


@pytest.mark.parametrize(
    "fault", [one for one in FAULTS if one.state == "damaged"], ids=lambda one: one.breaks.__name__
)
def test_a_damaged_database_is_replaced_and_kept_as_it_was(
    sound: Path, tmp_path: Path, fault: Fault
) -> None:
    database = tmp_path / "a.db"
    shutil.copy(sound, database)
    copies.copy_out(database, tmp_path / "copy.db")
    fault.breaks(database)
    (tmp_path / "a.db-wal").write_bytes(b"an old log that must not meet a new file")
    broken = database.read_bytes()
    done = copies.put_back(tmp_path / "copy.db", database, NOON)
    assert done.aside
    assert done.aside.read_bytes() == broken
    assert (tmp_path / f"{done.aside.name}-wal").exists()
    with Store(database) as store:
        assert len(titles(store.path)) == 30
        assert stat.S_IMODE(database.stat().st_mode) == 0o600


def test_a_copy_is_put_where_there_was_none(store: Store, tmp_path: Path) -> None:
    file(store, draft())
    copies.copy_out(store.path, tmp_path / "copy.db")
    elsewhere = tmp_path / "new machine" / "a.db"
    assert copies.put_back(tmp_path / "copy.db", elsewhere, NOON).aside is None
    assert titles(elsewhere) == titles(store.path)


def test_somebody_elses_database_is_not_replaced(store: Store, tmp_path: Path) -> None:
    copies.copy_out(store.path, tmp_path / "copy.db")
    with sqlite3.connect(tmp_path / "recipes.db") as db:
        db.execute("CREATE TABLE recipes (name TEXT)")
    db.close()
    with pytest.raises(UsageError, match="another program and stays as it is"):
        copies.put_back(tmp_path / "copy.db", tmp_path / "recipes.db", NOON)


def test_the_copy_made_before_an_upgrade_can_be_put_back(tmp_path: Path) -> None:
    """It is of an older schema, and was made another way: with the mark of a log that is not there."""
    old = sqlite3.connect(tmp_path / "a.db")
    old.executescript((Path(__file__).parents[1] / "data/store/schema-001_first.sql").read_text())
    old.close()
    Store(tmp_path / "a.db").close()
    (kept,) = tmp_path.glob("a.db.before-*")
    assert soundness.examine(kept).state == "older"
    shutil.copy(kept, tmp_path / "kept.db")
    copies.put_back(tmp_path / "kept.db", tmp_path / "a.db", NOON)
    assert soundness.examine(tmp_path / "a.db").state == "older"
    with Store(tmp_path / "a.db") as store, store.read() as db:
        assert standstill.since(db) == NOON
    assert soundness.examine(tmp_path / "a.db").state == "current"
