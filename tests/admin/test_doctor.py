"""Each trouble has its line, with what to do; a look leaves no trace."""

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from aiwatch.admin import doctor
from aiwatch.admin.doctor import Checkup, Finding
from aiwatch.config.values import Config
from aiwatch.model import ChannelName, Delivered, Receipt, Refused
from aiwatch.store import Store, health, locks, standstill
from aiwatch.store.disks import Disk
from aiwatch.store.times import to_text
from tests.drafts import draft, file
from tests.store.test_soundness import (
    content,
    emptied,
    first_page,
    foreign,
    middle,
    newer,
    truncated,
)
from tests.stories import NOON

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ROOMY = Disk(kind="ext4", free=10**12, writable=True)


def looked(path: Path, config: Config | None, now: datetime = NOON, disk: Disk = ROOMY) -> Checkup:
    return doctor.checkup(path, config, now, disk)


def of(checkup: Checkup, about: str) -> list[Finding]:
    return [one for one in checkup.findings if one.about == about]


def well(store: Store) -> None:
    """Two sources that work, one article, a copy made yesterday."""

    def write(db: sqlite3.Connection) -> None:
        for name in ("Example Times", "Other", "No longer configured"):
            db.execute(
                "INSERT INTO sources (name, kind, url, state, words, next_due, due_reason, failures, last_success)"
                " VALUES (?, 'feed', 'https://a.example', 'working', 'working', '', '', 0, ?)",
                (name, to_text(NOON - HOUR)),
            )
        db.execute("UPDATE sources SET state = 'failing' WHERE name = 'No longer configured'")
        health.note(db, "backup", NOON - DAY, well=True, detail="/mnt/copy.db")

    file(store, draft())
    store.write_now(write)


def test_where_all_is_well_nothing_is_to_be_looked_at(store: Store, config: Config) -> None:
    well(store)
    found = looked(store.path, config)
    assert {one.level for one in found.findings} == {"ok"}
    assert found.exit_code == 0
    assert {one.about for one in found.findings} == {
        "database", "disk", "clock", "passes", "sources", "messages", "backup", "service",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("breaks", "words", "todo"),
    [
        (truncated, "is damaged", "aiwatch restore"),
        (first_page, "file is not a database", "aiwatch restore"),
        (middle, "is damaged", "aiwatch restore"),
        (emptied, "is empty, but it was not", "aiwatch restore"),
        (newer, "newer aiwatch", "upgrade aiwatch"),
        (foreign, "another program", "--db"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_database_that_cannot_be_used_is_named(
    tmp_path: Path, config: Config, breaks: Callable[[Path], None], words: str, todo: str
) -> None:
    path = tmp_path / "aiwatch.db"
    with Store(path) as store:
        for number in range(20):
            text = "\n".join(f"Line {line} of article {number} has words." for line in range(80))
            file(store, draft(f"p{number}", f"Title {number}", text, external_id=str(number)))
    (tmp_path / "aiwatch.db.before-014_x").touch()
    breaks(path)
    before = content(tmp_path)
    found = looked(path, config)
    (named,) = of(found, "database")
    assert named.level == "bad"
    assert words in named.words
    assert todo in named.todo
    assert ("aiwatch.db.before-014_x" in named.todo) == ("restore" in named.todo)
    assert found.exit_code == 3
    assert content(tmp_path) == before


def test_looking_leaves_no_trace(config: Config, tmp_path: Path) -> None:
    with Store(tmp_path / "aiwatch.db") as store:
        well(store)
    before = content(tmp_path)
    assert looked(store.path, config).exit_code == 0
    assert content(tmp_path) == before


def test_before_the_first_pass_there_is_something_to_do(tmp_path: Path, config: Config) -> None:
    found = looked(tmp_path / "aiwatch.db", config)
    assert [one.todo for one in of(found, "database")] == ["aiwatch fetch"]
    assert found.exit_code == 0
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_an_older_program_is_told_from_a_damaged_one(
    tmp_path: Path, config: Config
) -> None:
    old = sqlite3.connect(tmp_path / "aiwatch.db")
    old.executescript((Path(__file__).parents[1] / "data/store/schema-001_first.sql").read_text())
    old.close()
    found = looked(tmp_path / "aiwatch.db", config)
    assert "brings it up to date" in of(found, "database")[0].words
    assert found.exit_code == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    happens: Callable[[Store], object]
    about: str
    level: str
    words: str
    todo: str


def write(words: str, *values: object) -> Callable[[Store], object]:
    return lambda store: store.write_now(lambda db: db.execute(words, values))


def message(state: str, created: datetime, detail: str = "") -> Callable[[Store], object]:
    def happens(store: Store) -> None:
        at = to_text(created)
        write("INSERT INTO digests VALUES (1, 'now', 'alert', NULL, ?, 's', 1)", at)(store)
        write(
            "INSERT INTO outbox (digest, alert, channel, reader, lane, part, message_id, subject, text, html, payload,"
            " state, attempts, created, next_try, detail) VALUES (1, 'now', 'inbox', 'r', 'l', 1, 'm', 's', 't', '',"
            " '', ?, 0, ?, ?, ?)",
            state, at, at, detail,
        )(store)  # fmt: skip

    return happens


TROUBLES = [
    Trouble(
        happens=lambda store: store.path.chmod(0o644),
        about="database", level="look", words="mode 644", todo="chmod 600",
    ),
    Trouble(
        happens=write("UPDATE sources SET state = 'failing', words = 'HTTP 404' WHERE name = 'Other'"),
        about="sources", level="look", words="Other: HTTP 404", todo="aiwatch sources list",
    ),
    Trouble(
        happens=write("UPDATE sources SET state = 'failing', words = 'DNS error'"),
        about="sources", level="bad", words="none can be read", todo="aiwatch check --online",
    ),
    Trouble(
        happens=write("UPDATE sources SET last_success = ?", to_text(NOON - 3 * DAY)),
        about="passes", level="look", words="no source was read for 3 days", todo="aiwatch fetch",
    ),
    Trouble(
        happens=message("failed", NOON - DAY),
        about="messages", level="bad", words="1 not delivered", todo="aiwatch outbox",
    ),
    Trouble(
        happens=message("due", NOON - 5 * HOUR, "421 try later"),
        about="messages", level="look", words="waits for 5 hours: 421 try later", todo="aiwatch outbox list",
    ),
    Trouble(
        happens=lambda store: store.write_now(lambda db: standstill.begin(db, NOON - HOUR)),
        about="messages", level="bad", words="sending is off", todo="aiwatch alerts resume",
    ),
    Trouble(
        happens=write("DELETE FROM health"),
        about="backup", level="look", words="no copy was ever made", todo="aiwatch backup",
    ),
    Trouble(
        happens=write("UPDATE health SET at = ?", to_text(NOON - 40 * DAY)),
        about="backup", level="look", words="40 days old (/mnt/copy.db)", todo="aiwatch backup",
    ),
    Trouble(
        happens=lambda store: store.write_now(
            lambda db: health.note(db, "alive", NOON - DAY, well=True)
        ),
        about="alive", level="bad", words="no sign of life", todo="see the log",
    ),
    Trouble(
        happens=write("UPDATE articles SET first_seen = ?", to_text(NOON + 400 * DAY)),
        about="clock", level="look", words="400 days from now", todo="clock",
    ),
]  # fmt: skip


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda one: one.words)
def test_a_trouble_is_named_with_what_to_do(store: Store, config: Config, trouble: Trouble) -> None:
    well(store)
    trouble.happens(store)
    found = looked(store.path, config)
    named = [one for one in of(found, trouble.about) if trouble.words in one.words]
    assert [one.level for one in named] == [trouble.level]
    assert trouble.todo in named[0].todo
    assert found.exit_code == (1 if trouble.level == "bad" else 0)


@pytest.mark.parametrize(
    ("disk", "level", "words"),
    [
        (replace(ROOMY, kind="nfs4"), "look", "network file system (nfs4)"),
        (replace(ROOMY, free=5 * 2**20), "bad", "5.0 MB free: passes will fail"),
        (replace(ROOMY, free=100 * 2**20), "look", "100.0 MB free: too little"),
        (replace(ROOMY, writable=False), "bad", "cannot be written"),
    ],
    ids=["network", "full", "nearly full", "read-only"],
)
def test_a_disk_that_will_not_do_is_named(
    store: Store, config: Config, disk: Disk, level: str, words: str
) -> None:
    well(store)
    named = [one for one in of(looked(store.path, config, disk=disk), "disk") if words in one.words]
    assert [one.level for one in named] == [level]


@pytest.mark.parametrize(
    ("zone", "now", "level"),
    [
        ("Asia/Bangkok", NOON, "ok"),
        ("UTC", NOON, "look"),
        ("Asia/Bangkok", datetime.fromisoformat("1970-01-02T00:00:00Z"), "bad"),
    ],
)
def test_the_clock_is_looked_at(
    tmp_path: Path, config: Config, zone: str, now: datetime, level: str
) -> None:
    found = looked(tmp_path / "none.db", replace(config, timezone=zone), now)
    assert [one.level for one in of(found, "clock")] == [level]


def test_a_service_is_seen_and_a_log_taken_from_under_it(store: Store, config: Config) -> None:
    well(store)
    with locks.instance(store.path):
        found = looked(store.path, config)
        assert of(found, "service")[0].words == "one is running"
        assert found.exit_code == 0
        shutil.move(f"{store.path}-wal", f"{store.path}-gone")
        found = looked(store.path, config)
        assert any("was removed under it" in one.words for one in of(found, "database"))
        assert found.exit_code == 3
        shutil.move(f"{store.path}-gone", f"{store.path}-wal")


def test_a_log_that_never_shrinks_is_named(store: Store, config: Config) -> None:
    well(store)
    with Path(f"{store.path}-wal").open("r+b") as log:
        end = log.seek(0, 2)
        log.truncate(doctor.LONG_LOG + 1)
        found = looked(store.path, config)
        log.truncate(end)
    assert any("has grown to 64.0 MB" in one.words for one in of(found, "database"))


def test_without_a_configuration_the_database_is_looked_at_all_the_same(store: Store) -> None:
    well(store)
    found = looked(store.path, None)
    assert of(found, "sources")[0].words.startswith("No longer configured: ")
    assert of(found, "clock")[0].level == "ok"


def test_no_source_at_all_is_something_to_do(store: Store, config: Config) -> None:
    found = looked(store.path, replace(config, sources=()))
    assert of(found, "sources")[0].todo == "aiwatch sources add URL"
    assert of(found, "passes")[0].words == "no source was ever read"


def test_the_configuration_and_the_channels_have_their_lines() -> None:
    (fine,) = doctor.configuration(Path("feeds.yaml"), (), ())
    assert (fine.level, fine.words) == ("ok", "feeds.yaml: fine")
    levels = [one.level for one in doctor.configuration(None, ("w",), ("p", "q"))]
    assert levels == ["bad", "bad", "look"]
    receipts: dict[str, Receipt] = {
        "inbox": Delivered(detail=""),
        "room": Refused(reason="HTTP 403"),
    }
    reached = list(doctor.channels({ChannelName(name): got for name, got in receipts.items()}))
    assert [(one.level, one.words) for one in reached] == [
        ("ok", "inbox: reached"),
        ("bad", "room: HTTP 403"),
    ]
    assert Checkup(findings=tuple(reached)).exit_code == 1


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (timedelta(seconds=-3), "0 seconds"),
        (timedelta(seconds=59), "59 seconds"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=47), "1 day"),
        (timedelta(days=2), "2 days"),
    ],
)
def test_spans_are_said_as_people_say_them(value: timedelta, words: str) -> None:
    assert doctor.span(value) == words


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KB"), (3 * 2**30, "3.0 GB")]
)
def test_bytes_are_said_as_people_say_them(size: int, words: str) -> None:
    assert doctor.in_bytes(size) == words
