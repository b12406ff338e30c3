"""What the service looks after besides the news: the nightly look, its own files, the time in which it was not there."""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aiwatch.errors import AiwatchError, DamagedDatabase
from aiwatch.service.vigil import is_night
from aiwatch.store import health, reader, troubles
from tests.drafts import CLOSES
from tests.newsroom import Newsroom
from tests.service.days import BEGIN, Days

HOUR = timedelta(hours=1)


@pytest.fixture
def days(tmp_path: Path) -> Any:
    with Newsroom(tmp_path) as room:
        care = {"name": "care", "about": "troubles", "to": ["inbox"], "when": "at once"}
        room.configure(sources=[], alerts=[care])
        made = Days(room)
        yield made
        made.close()


def subjects(days: Days) -> list[str]:
    return [str(mail.message["Subject"]).partition(" · ")[0] for mail in days.room.inbox.mails]


@pytest.mark.parametrize(
    ("checked", "now", "zone", "due"),
    [
        ("2026-03-27T12:00", "2026-03-28T03:29", "UTC", False),
        ("2026-03-27T12:00", "2026-03-28T03:30", "UTC", True),
        ("2026-03-28T03:30", "2026-03-28T04:00", "UTC", False),
        ("2026-03-25T03:30", "2026-03-27T20:00", "UTC", True),  # slept through two nights
        ("2026-03-27T12:00", "2026-03-27T20:30", "Asia/Bangkok", True),
    ],
)
def test_the_night_is_that_of_the_zone_and_is_made_up_for(
    checked: str, now: str, zone: str, due: bool
) -> None:
    at = (datetime.fromisoformat(f"{one}:00+00:00") for one in (checked, now))
    before, after = at
    assert is_night(before, zone, after) is due


def integrity(days: Days) -> health.Fact | None:
    with reader(days.room.database) as db:
        return health.fact(db, "integrity")


def test_each_night_the_whole_database_is_looked_through_once(days: Days) -> None:
    with days.running():
        days.run(hours=12)
        assert integrity(days) is None
        days.run(hours=6)
        first = integrity(days)
        assert first is not None
        assert first.well
        assert first.at.hour in (3, 4)
        days.run(hours=6)
        assert integrity(days) == first
    assert subjects(days) == []


def test_damage_found_at_night_is_told_and_ends_the_service(days: Days) -> None:
    with days.running() as service:
        days.run(hours=1)
        with sqlite3.connect(days.room.database) as db:  # without foreign keys, as other tools are
            db.execute("INSERT INTO versions (article, until, title, text) VALUES (9, '', '', '')")
        db.close()
        with pytest.raises(DamagedDatabase, match="leads to none of articles"):
            days.run(hours=24)
        assert service.stop.is_set()
    assert subjects(days) == [
        "the database: is damaged (a row of versions leads to none of articles)"
    ]
    assert "integrity" in days.unwell()[0]


def test_a_program_that_was_replaced_ends_the_service_with_a_word(days: Days) -> None:
    with days.running():
        days.run(hours=1)
        (days.program / "__init__.py").write_text('__version__ = "99.0"\n')
        days.run(hours=1 / 3)  # perhaps somebody is still writing
        with pytest.raises(AiwatchError, match=r"was replaced on the disk \(\S+ by 99.0\)"):
            days.run(hours=1 / 3)


@pytest.mark.parametrize(
    ("gone", "dies", "said"),
    [
        (1.5, True, []),
        (3, True, ["aiwatch: was not running for 3 h"]),
        (20, False, []),
        (30, False, ["aiwatch: was stopped for 30 h"]),
    ],
)
def test_hours_without_a_service_are_told(
    days: Days, gone: float, dies: bool, said: list[str]
) -> None:
    with days.running(dies=dies):
        days.run(hours=1)
    days.clock.run(timedelta(hours=gone))
    with days.running():
        days.run(hours=1)
    assert subjects(days) == said


def test_a_clock_that_went_back_while_no_service_ran_is_seen_at_the_start(days: Days) -> None:
    with days.running():
        days.run(hours=1)
    days.clock.set(hours=-48)
    with days.running():
        days.run(hours=1)
    assert subjects(days) == ["the clock: went back by 2 days"]
    assert days.unwell() == ()


def test_a_pass_without_a_network_blames_no_source_and_leaves_what_is_due(tmp_path: Path) -> None:
    ports = (1, 2, 3)  # where nobody listens
    with Newsroom(tmp_path) as room:
        room.page("/sora", "OpenAI closes Sora", CLOSES)
        room.configure(
            sources=[
                {"name": f"at {port}", "url": f"http://127.0.0.1:{port}/feed"} for port in ports
            ]
        )
        done = room.aiwatch("fetch", now=BEGIN.isoformat())
        assert done.code == 1
        (line,) = [line for line in done.err.splitlines() if "offline: " in line]
        assert "3 sources could not be reached" in line
        with reader(room.database) as db:
            assert db.execute("SELECT COUNT(*) FROM polls").fetchone()[0] == 0
            assert health.reasons(db, BEGIN)[0].startswith("network: offline")
            (state,) = db.execute("SELECT DISTINCT state FROM sources").fetchone()
            assert state == "new"


def test_a_pass_by_a_timer_sees_a_clock_that_went_back_too(tmp_path: Path) -> None:
    with Newsroom(tmp_path) as room:
        room.configure(sources=[])
        assert (
            room.aiwatch("fetch", now="2099-01-01T00:00:00Z").code == 0
        )  # a trial: nothing is seen
        assert room.aiwatch("fetch", now="2098-01-01T00:00:00Z").code == 0
        with reader(room.database) as db:
            assert health.facts(db)["pass"].at.year == 2098
        assert room.aiwatch("fetch").code == 0
        with reader(room.database) as db:
            noted = [one.what for _, one in troubles.since(db, 0)]
    assert noted == ["the clock"]
