"""`backup`, `restore`, `prune`, `doctor`, `stats` as they are typed."""

import json
import shutil
import sqlite3
from copy import copy
from pathlib import Path

import pytest

from aiwatch.store import Store, copies, locks, soundness
from tests.cli.conftest import NOON, SOON, prepare
from tests.newsroom import Newsroom
from tests.store.test_soundness import middle

YEARS_LATER = "2029-03-24T12:00:00Z"


@pytest.fixture
def mine(told: Newsroom, tmp_path: Path) -> Newsroom:
    """The newsroom's database and configuration after its first pass, to be changed; its servers still answer."""
    room = copy(told)
    room.folder, room.file = tmp_path, tmp_path / "feeds.yaml"
    room.database = tmp_path / "aiwatch.db"
    copies.copy_out(told.database, room.database)
    shutil.copy(told.file, room.file)
    return room


# ---------------------------------------------------------------- copies


def test_a_backup_is_made_noted_and_not_overwritten(mine: Newsroom) -> None:
    target = mine.folder / "copy.db"
    done = mine.aiwatch("backup", str(target), now=SOON)
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith(" KB, whole\n")
    assert soundness.examine(target).state == "current"
    again = mine.aiwatch("backup", str(target))
    assert again.code == 2
    assert "--overwrite" in again.err
    made = mine.aiwatch("backup", str(target), "--overwrite", "--json", now=SOON).json()
    assert made == {"file": str(target), "bytes": target.stat().st_size}
    report = mine.aiwatch("doctor", "--offline", "--json", now=SOON).json()
    (backup,) = [one for one in report["findings"] if one["about"] == "backup"]
    assert (backup["level"], str(target) in backup["words"]) == ("ok", True)


def test_a_restored_copy_is_quiet_until_alerts_resume(mine: Newsroom) -> None:
    target = mine.folder / "copy.db"
    mine.aiwatch("backup", str(target))
    with Store(mine.database) as store:
        store.write_now(lambda db: db.execute("DELETE FROM matches"))
    done = mine.aiwatch("restore", str(target), now="2026-03-24T13:00:00Z")
    assert done.code == 0
    assert "aiwatch alerts resume" in done.out
    assert (mine.folder / "aiwatch.db.replaced-20260324T130000Z").exists()
    assert mine.aiwatch("stories", "--topic", "sora", "--json").json()
    mails = len(mine.inbox.mails)
    # The daily digest of the next morning is not sent.
    mine.aiwatch("fetch", now="2026-03-25T03:00:00Z")
    assert len(mine.inbox.mails) == mails
    doctor = mine.aiwatch("doctor", "--offline", now="2026-03-25T03:00:00Z")
    assert doctor.code == 1
    assert "sending is off" in doctor.out
    one = mine.aiwatch("alerts", "resume", "morning")
    assert "aiwatch alerts resume" in one.err
    assert "it is on again" in mine.aiwatch("alerts", "resume").out
    mine.aiwatch("fetch", now="2026-03-25T03:00:30Z")
    assert len(mine.inbox.mails) > mails


def test_restore_refuses_a_damaged_copy_and_a_running_service(mine: Newsroom) -> None:
    target = mine.folder / "copy.db"
    mine.aiwatch("backup", str(target))
    with locks.instance(mine.database):
        held = mine.aiwatch("restore", str(target))
    assert held.code == 75
    assert "stop it" in held.err
    middle(target)
    before = mine.database.read_bytes()
    refused = mine.aiwatch("restore", str(target))
    assert refused.code == 3
    assert "nothing was changed" in refused.err
    assert mine.database.read_bytes() == before
    assert mine.aiwatch("restore", str(mine.folder / "nowhere.db")).code == 2


def test_what_waited_in_a_copy_is_said(mine: Newsroom) -> None:
    with Store(mine.database) as store:
        store.write_now(lambda db: db.execute("UPDATE outbox SET state = 'due' WHERE id = 1"))
    target = str(mine.folder / "copy.db")
    assert mine.aiwatch("backup", target, "-q").out == ""
    told = mine.aiwatch("restore", target, "--json").json()
    assert (told["articles"], told["due"]) == (3, 1)
    assert Path(told["aside"]).exists()
    words = mine.aiwatch("restore", target, now="2026-03-24T14:00:00Z").out
    assert "1 message waited when the copy was made" in words


# ---------------------------------------------------------------- out and in again


def test_what_is_exported_comes_back_as_it_was(told: Newsroom, room: Newsroom) -> None:
    out = told.aiwatch("export", "articles").out
    (room.folder / "all.jsonl").write_text(out)
    room.file.write_text(told.file.read_text())
    assert room.aiwatch("import", str(room.folder / "all.jsonl"), now=SOON).code == 0
    before, after = (
        [json.loads(line) for line in text.splitlines()]
        for text in (out, room.aiwatch("export", "articles").out)
    )
    assert len(after) == len(before) == 3
    for old, new in zip(before, after, strict=True):
        assert new == {**old, "id": str(old["id"]), "duplicate_of": new["duplicate_of"]}
    again = room.aiwatch("import", str(room.folder / "all.jsonl"), "--json", now=SOON).json()
    assert again["unchanged"] == 3


# ---------------------------------------------------------------- retention


def test_after_prune_what_is_old_is_known_and_everything_else_works(mine: Newsroom) -> None:
    mine.aiwatch("fetch", now="2026-03-25T03:00:00Z")  # nothing waits after this
    before = mine.aiwatch("prune", "--dry-run", "--json", now=YEARS_LATER).json()
    assert before["articles"] > 0
    mine.file.write_text(
        mine.file.read_text().replace('"topics"', '"keep": {"matched": "1y"}, "topics"', 1)
    )
    done = mine.aiwatch("prune", now=YEARS_LATER)
    assert done.code == 0
    assert done.out.startswith("gone: ")
    assert mine.aiwatch("prune", now=YEARS_LATER).out == "gone: nothing is older than `keep` says\n"
    rows = [json.loads(line) for line in mine.aiwatch("export", "articles").out.splitlines()]
    assert [row["text"] for row in rows] == [""] * len(rows)
    for command in (
        ("stories",),
        ("story", "1"),
        ("search", "sora"),
        ("explain", "1"),
        ("digest", "now"),
        ("digest", "now", "--since", "5y"),
        ("export", "stories"),
        ("export", "matches"),
        ("topics", "test"),
        ("stats",),
    ):
        assert mine.aiwatch(*command, now=YEARS_LATER).code == 0, command
    assert "OpenAI closes Sora" in mine.aiwatch("search", "closes sora").out
    again = mine.aiwatch("fetch", "--all", "--json", now=YEARS_LATER).json()
    assert again["articles"]["new"] == 0
    # After a week of silence a daily digest says that it is still here; it tells no story.
    assert {closed["stories"] for closed in again["messages"]["closed"]} <= {0}


def test_prune_before_the_first_pass_makes_no_database(room: Newsroom) -> None:
    done = room.aiwatch("prune")
    assert done.code == 1
    assert "aiwatch fetch" in done.err
    assert not room.database.exists()


def test_a_file_from_before_is_shrunk_where_nobody_waits(room: Newsroom) -> None:
    old = sqlite3.connect(room.database)
    scripts = Path(__file__).parents[1] / "data" / "store"
    old.executescript((scripts / "schema-012_covering.sql").read_text())
    old.execute("CREATE TABLE ballast (data BLOB)")
    old.executemany("INSERT INTO ballast VALUES (zeroblob(100000))", [()] * 60)
    old.execute("DROP TABLE ballast")
    old.commit()
    old.close()
    with locks.instance(room.database):
        assert "stop the service" in room.aiwatch("prune").err
    done = room.aiwatch("prune")
    assert done.code == 0
    assert "written anew: 5." in done.err
    assert room.database.stat().st_size < 1_000_000


# ---------------------------------------------------------------- doctor and stats


def test_doctor_says_what_is_wrong_and_what_to_do(mine: Newsroom) -> None:
    done = mine.aiwatch("doctor", now=SOON)
    assert done.code == 0
    assert "ok   database: " in done.out
    assert "look sources: Broken Gazette: " in done.out
    assert "ok   channels: inbox: reached" in done.out
    assert done.out.splitlines()[-1].endswith(" to look at")
    assert mine.aiwatch("doctor", "-q", "--offline", now=SOON).out == ""


def test_doctor_with_a_channel_that_cannot_be_reached(mine: Newsroom) -> None:
    whole = json.loads(mine.file.read_text())
    whole["channels"]["inbox"]["port"] = 1
    mine.file.write_text(json.dumps(whole))
    done = mine.aiwatch("doctor", "--json", now=SOON)
    assert done.code == done.json()["exit_code"] == 1
    assert [one["about"] for one in done.json()["findings"] if one["level"] == "bad"] == [
        "channels"
    ]


def test_doctor_with_a_damaged_database_and_with_a_refused_configuration(mine: Newsroom) -> None:
    middle(mine.database)
    done = mine.aiwatch("doctor", "--offline")
    assert done.code == 3
    assert "BAD  database: " in done.out
    assert "aiwatch restore" in done.out
    mine.file.write_text("tpoics: {}\n")
    done = mine.aiwatch("doctor", "--db", str(mine.database), now=NOON)
    assert done.code == 3
    assert "did you mean" in done.out
    assert mine.aiwatch("doctor").code == 1


def test_stats_are_shown_and_told_to_machines(mine: Newsroom) -> None:
    done = mine.aiwatch("stats", now=SOON)
    assert done.code == 0
    assert "published → found: median 2 h" in done.out
    assert "found → sent, at once: median " in done.out
    assert "Example Times" in done.out
    values = mine.aiwatch("stats", "--json", "--tables", "--since", "7d", now=SOON).json()
    assert set(values) == {
        "since", "days", "totals", "states", "came", "per_day", "topics", "languages", "sources", "found_after",
        "sent_after", "database",
    }  # fmt: skip
    assert values["since"] == "2026-03-17T12:00:59Z"
    assert values["came"]["articles"] == values["totals"]["articles"] == 3
    assert values["states"]["messages"] == {"sent": 2}


def test_before_the_first_pass_stats_say_what_to_do(room: Newsroom) -> None:
    prepare(room)
    assert "aiwatch fetch" in room.aiwatch("stats").err
