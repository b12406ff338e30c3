"""/healthz: well or not for everybody, why for those whom the pages are for."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from aiwatch.model import Source, SourceName
from aiwatch.store import Connection, Store, health, polls
from aiwatch.store import sources as watched
from tests import looks
from tests.stories import NOON
from tests.web.conftest import TOKEN, Pages, configured, opened

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
Change = Callable[[Connection], Any]


def poll(*seen: Any) -> Change:
    def change(db: Connection) -> None:
        watched.sync(db, [looks.SOURCE], NOON)
        for one in seen:
            polls.record(db, one)

    return change


def message(**parts: Any) -> Change:
    """One in the outbox that was tried in vain."""
    row = {"created": "2026-03-24T12:00:00Z", "attempts": 3, "detail": "450 later", **parts}

    def change(db: Connection) -> None:
        db.execute(
            "INSERT INTO digests (id, alert, kind, at, subject, stories) VALUES (1, 'news', 'alert', :created, '', 1)",
            row,
        )
        db.execute(
            "INSERT INTO outbox (digest, alert, channel, reader, lane, part, message_id, subject, text, html, payload,"
            " state, attempts, created, next_try, detail) VALUES (1, 'news', 'inbox', 'mailto:me@example.org',"
            " 'smtp.example.org', 1, '<1@x>', '', '', '', '', 'due', :attempts, :created, :created, :detail)",
            row,
        )

    return change


def noted(matter: health.Matter, *, well: bool, detail: str = "") -> Change:
    return lambda db: health.note(db, matter, NOON, well=well, detail=detail)


def stood(folder: Path, changes: Sequence[Change], source: bool = True) -> Pages:
    config = replace(configured(folder / "a.db"), sources=(looks.SOURCE,) if source else ())
    with Store(config.database) as store:
        for change in changes:
            store.write_now(change)
    return Pages(config, opened(config))


WELL = looks.look(looks.entry("a"))


@pytest.mark.parametrize(
    ("changes", "after", "reason"),
    [
        ([poll(WELL)], MINUTE, ""),
        ([poll(WELL), noted("alive", well=True)], 4 * MINUTE, ""),
        ([poll(WELL), noted("alive", well=True, detail=health.STOPPED)], HOUR, ""),
        ([poll(WELL), noted("alive", well=True)], 6 * MINUTE, "alive: the service has given no"),
        ([poll(WELL), noted("alive", well=True)], 3 * HOUR, "passes: a source has been due since"),
        ([poll(WELL)], 3 * HOUR, ""),
        ([poll(WELL)], 27 * HOUR, "passes: a source has been due since"),
        ([poll(WELL), noted("pass", well=False, detail="broke")], MINUTE, "pass: broke, since"),
        ([poll(WELL), noted("disk", well=False, detail="9 MB left")], MINUTE, "disk: 9 MB left"),
        ([poll(WELL), noted("integrity", well=False, detail="damaged")], MINUTE, "integrity: dam"),
        ([poll(looks.failed(404))], MINUTE, "sources: the only one fails"),
        ([poll(WELL), message()], 30 * MINUTE, ""),
        ([poll(WELL), message(attempts=0, detail="")], 2 * HOUR, ""),
        (
            [poll(WELL), message()],
            2 * HOUR,
            "delivery: 1 waiting for smtp.example.org for 2 h: 450",
        ),
    ],
)
def test_what_is_wrong_is_said(
    tmp_path: Path, changes: list[Change], after: timedelta, reason: str
) -> None:
    made = stood(tmp_path, changes)
    answer = opened(made.config, now=NOON + after).get("/healthz")
    said = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    if not reason:
        assert (answer.status_code, said["healthy"], said["reasons"]) == (200, True, [])
    else:
        assert (answer.status_code, said["healthy"]) == (503, False)
        assert any(words.startswith(reason) for words in said["reasons"]), said


def test_a_source_that_is_off_is_not_missed(tmp_path: Path) -> None:
    made = stood(tmp_path, [poll(WELL)], source=False)
    assert opened(made.config, now=NOON + 90 * HOUR).get("/healthz").status_code == 200


def test_two_of_two_that_fail_are_all(tmp_path: Path) -> None:
    other = Source(name=SourceName("Other"), url="https://other.example/feed")
    made = stood(
        tmp_path,
        [poll(looks.failed(404)), lambda db: watched.sync(db, [looks.SOURCE, other], NOON)],
    )
    config = replace(made.config, sources=(looks.SOURCE, other))
    browser = opened(config, now=NOON + MINUTE)
    assert browser.get("/healthz").status_code == 200
    with Store(config.database) as store:
        store.write_now(
            lambda db: polls.record(db, looks.failed(404, source=other, asked=other.url))
        )
    assert "sources: all 2 fail" in browser.get("/healthz").json()["reasons"]


def test_facts_stand_beside_the_reasons(tmp_path: Path) -> None:
    made = stood(tmp_path, [poll(WELL), noted("heartbeat", well=True)])
    facts = opened(made.config, now=NOON).get("/healthz").json()["facts"]
    assert facts == {
        "heartbeat": {
            "well": True,
            "at": "2026-03-24T12:00:00Z",
            "since": "2026-03-24T12:00:00Z",
            "last_well": "2026-03-24T12:00:00Z",
            "detail": "",
        }
    }


def test_head_is_enough(shown: Pages) -> None:
    answer = opened(shown.config, now=NOON + HOUR).request("HEAD", "/healthz")
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_database_that_is_not_there_is_a_reason(tmp_path: Path) -> None:
    answer = opened(configured(tmp_path / "none.db")).get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["reasons"][0].startswith("database: no database at")


@pytest.mark.parametrize(
    "headers", [{}, {"x-forwarded-for": "127.0.0.1"}, {"forwarded": "for=127.0.0.1"}]
)
def test_outsiders_hear_whether_and_not_why(shown: Pages, headers: dict[str, str]) -> None:
    browser = opened(shown.config, "https://news.example.org", now=NOON + 200 * HOUR)
    answer = browser.get("/healthz", headers=headers)
    assert (answer.status_code, answer.json()) == (503, {"healthy": False})
    bearer = {"authorization": f"Bearer {TOKEN.value}"}
    assert browser.get("/healthz", headers=bearer).json()["reasons"]
