"""`alerts`, `outbox`: who is told when, what waits."""

import json
from typing import Any

import pytest

from tests.cli.conftest import BREAD, CLOSING, NOON
from tests.newsroom import Newsroom

AT_ONCE = {"name": "now", "to": ["inbox"], "when": "at once", "settle": None, "at_most": None}
LATER = "2026-03-24T14:00:00Z"
ARTICLES = (("OpenAI closes Sora", CLOSING), ("Sora users look elsewhere", BREAD))


def tell(room: Newsroom, number: int, now: str = NOON) -> int:
    """Import one article with --alert; the exit code says what came of it."""
    title, body = ARTICLES[number]
    file = room.folder / "line.jsonl"
    file.write_text(json.dumps({"id": title, "title": title, "body": body}), "utf-8")
    return room.aiwatch("import", str(file), "--alert", now=now).code


# ---------------------------------------------------------------- alerts


def test_alerts_are_listed_with_next_time_and_zone(told: Newsroom) -> None:
    now, morning = told.aiwatch("alerts", "list", "--json", now=NOON).json()
    assert now == {
        "name": "now",
        "topics": [],
        "sources": [],
        "about": None,
        "to": ["inbox", "hook"],
        "readers": ["mailto:reader@example.org", "hook"],
        "when": "at once",
        "timezone": "Asia/Bangkok",
        "next": None,
        "last_sent": now["last_sent"],
        "waiting": 0,
        "unsubscribed": [],
        "paused": False,
        "paused_until": None,
    }
    assert (morning["next"], morning["waiting"]) == ("2026-03-25T01:00:00Z", 1)
    shown = told.aiwatch("alerts", "list", now=NOON).out.splitlines()
    assert shown[1].split("  ")[0] == "now"
    assert "every topic  reader@example.org, hook" in shown[1]
    assert "daily at 08:00 (Asia/Bangkok)  Wed 25 Mar 08:00" in shown[2]


def test_without_alerts_the_one_on_everything_is_listed(room: Newsroom) -> None:
    (row,) = room.aiwatch("alerts", "list", "--json").json()
    assert (row["name"], row["when"], row["to"]) == ("everything", "each pass", ["screen", "files"])


@pytest.mark.parametrize("name", [(), ("now",)])
def test_what_came_while_paused_goes_out_in_one_message(
    room: Newsroom, name: tuple[str, ...]
) -> None:
    room.configure(alerts=[AT_ONCE])
    paused = room.aiwatch("alerts", "pause", *name, now=NOON)
    assert paused.out == f"{'now' if name else 'all alerts'}: paused\n"
    assert tell(room, 0) == 0
    assert tell(room, 1) == 0
    assert room.inbox.mails == []
    assert "  paused  " in room.aiwatch("alerts", "list", now=NOON).out
    resumed = room.aiwatch("alerts", "resume", *name, now=LATER)
    assert resumed.out.endswith(": resumed\n")
    for _ in range(2):
        assert room.aiwatch("fetch", now=LATER).code == 0
    (mail,) = room.inbox.mails
    assert all(title in mail.body("plain") for title, _ in ARTICLES)


def test_a_pause_ends_by_itself(room: Newsroom) -> None:
    room.configure(alerts=[AT_ONCE], timezone="Asia/Bangkok")
    done = room.aiwatch("alerts", "pause", "now", "--until", "2026-03-25", now=NOON)
    assert done.out == "now: paused until Wed 25 Mar 00:00\n"
    assert "paused until Wed 25 Mar 00:00" in room.aiwatch("alerts", "list", now=NOON).out
    (row,) = room.aiwatch("alerts", "list", "--json", now=NOON).json()
    assert (row["paused"], row["paused_until"]) == (True, "2026-03-24T17:00:00Z")
    tell(room, 0)
    room.aiwatch("fetch", now="2026-03-24T16:59:00Z")
    assert room.inbox.mails == []
    room.aiwatch("fetch", now="2026-03-24T17:01:00Z")
    assert len(room.inbox.mails) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("pause", "mourning"), "no alert 'mourning'; did you mean 'morning'?"),
        (("resume", "xyz"), "no alert 'xyz'; there are: now, morning"),
        (("pause", "now", "--until", "some day"), "--until 'some day': not a time"),
        (("pause", "now", "--until", "2026-03-24"), "--until 00:00: that is past"),
    ],
)
def test_a_pause_that_cannot_be_is_refused(
    told: Newsroom, words: tuple[str, ...], said: str
) -> None:
    done = told.aiwatch("alerts", *words, now=NOON)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


# ---------------------------------------------------------------- outbox


@pytest.fixture
def refused(room: Newsroom) -> Newsroom:
    """One message was refused for good."""
    room.configure(alerts=[AT_ONCE], timezone="Asia/Bangkok")
    room.inbox.answers["RCPT"] = "550 5.1.1 no such user here"
    assert tell(room, 0) == 1
    return room


def messages(room: Newsroom, *words: str) -> Any:
    return room.aiwatch("outbox", "list", "--json", *words, now=NOON).json()


def test_a_refused_message_stays_and_goes_after_a_retry(refused: Newsroom) -> None:
    (row,) = messages(refused)
    assert (row["state"], row["attempts"]) == ("failed", 1)
    assert "no such user here" in row["detail"]
    assert set(row) == {
        "id",
        "digest",
        "alert",
        "channel",
        "reader",
        "part",
        "message_id",
        "subject",
        "state",
        "attempts",
        "created",
        "next_try",
        "sent_at",
        "detail",
    }
    refused.inbox.answers.clear()
    assert refused.aiwatch("fetch", now=LATER).code == 0
    assert refused.inbox.mails == []  # given up until somebody says otherwise
    retried = refused.aiwatch("outbox", "retry", str(row["id"]), now=LATER)
    assert retried.out.startswith("1 message due now; it goes with the next `aiwatch fetch`")
    refused.aiwatch("fetch", now=LATER)
    (mail,) = refused.inbox.mails
    assert row["message_id"] in str(mail.message["Message-ID"])
    assert messages(refused) == []
    assert [one["state"] for one in messages(refused, "--all")] == ["sent"]
    assert refused.aiwatch("outbox", "list").out == "nothing waits and nothing failed\n"


def test_a_postponed_message_waits_and_shows_its_next_try(room: Newsroom) -> None:
    room.configure(alerts=[AT_ONCE], timezone="Asia/Bangkok")
    room.inbox.answers["DATA"] = "451 4.3.0 come back later"
    assert tell(room, 0) == 1
    (row,) = messages(room)
    assert (row["state"], row["attempts"]) == ("due", 1)
    shown = room.aiwatch("outbox", "list", now=NOON).out.splitlines()
    assert len(shown) == 2
    assert "reader@example.org      1  19:0" in shown[1]
    assert "come back later" in shown[1]
    room.inbox.answers.clear()
    room.aiwatch("fetch", now=LATER)
    assert len(room.inbox.mails) == 1


def test_a_dropped_message_is_given_up_and_stays_visible(refused: Newsroom) -> None:
    (row,) = messages(refused)
    id_ = str(row["id"])
    assert refused.aiwatch("outbox", "drop", id_).out == f"message {id_} dropped\n"
    assert messages(refused) == []
    assert [one["state"] for one in messages(refused, "--all")] == ["dropped"]
    for again in ("drop", "retry"):
        done = refused.aiwatch("outbox", again, id_)
        assert done.code == 2
        assert f"message {id_} neither waits nor failed" in done.err
    assert refused.aiwatch("fetch", "--strict", now=LATER).code == 0


def test_a_message_is_shown_as_it_was_frozen(refused: Newsroom) -> None:
    (row,) = messages(refused)
    shown = refused.aiwatch("outbox", "show", str(row["id"]), now=NOON).out
    assert "state:      failed\n" in shown
    assert "created:    19:00\n" in shown
    assert "sent_at:    –\n" in shown
    assert "OpenAI said on Tuesday that it would close Sora" in shown
    whole = refused.aiwatch("outbox", "show", str(row["id"]), "--json", now=NOON).json()
    assert {key: whole[key] for key in row} == row
    assert whole["text"] in shown


def test_the_outbox_is_cut_to_its_limit(told: Newsroom) -> None:
    assert len(messages(told, "--all")) == 2
    assert [row["channel"] for row in messages(told, "--all", "--limit", "1")] == ["hook"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("show", "99"), 2, "no message 99: `aiwatch outbox list --all` shows them"),
        (("show", "9" * 30), 2, "not in the range"),
        (("drop", "99"), 2, "message 99 neither waits nor failed"),
        (("retry", "99"), 2, "message 99 neither waits nor failed"),
        (("retry", "first"), 2, "not a valid number"),
        (("list", "--limit", "-1"), 2, "not in the range"),
        (("retry",), 0, ""),
    ],
)
def test_a_message_that_is_not_there_is_named(
    told: Newsroom, words: tuple[str, ...], code: int, said: str
) -> None:
    done = told.aiwatch("outbox", *words)
    assert done.code == code
    assert said in done.err


# ---------------------------------------------------------------- unsubscribe


def test_a_reader_is_taken_off_and_put_back_whatever_the_configuration_says(room: Newsroom) -> None:
    room.configure(alerts=[AT_ONCE])
    who = ("now", "Reader@example.org")
    assert room.aiwatch("alerts", "unsubscribe", *who).code == 0
    assert tell(room, 0) == 0
    assert room.inbox.mails == []
    assert "reader@example.org (unsubscribed)" in room.aiwatch("alerts", "list").out
    (row,) = room.aiwatch("alerts", "list", "--json").json()
    assert row["unsubscribed"] == ["mailto:reader@example.org"]
    assert room.aiwatch("alerts", "resubscribe", *who).code == 0
    assert tell(room, 1, now=LATER) == 0
    assert len(room.inbox.mails) == 1
    assert "has not unsubscribed" in room.aiwatch("alerts", "resubscribe", *who).err


@pytest.mark.parametrize("verb", ["unsubscribe", "resubscribe"])
def test_only_a_reader_of_that_alert_is_taken_off(room: Newsroom, verb: str) -> None:
    room.configure(alerts=[AT_ONCE])
    done = room.aiwatch("alerts", verb, "now", "stranger@example.org")
    assert (done.code, "is no reader of now" in done.err) == (2, True)


def test_a_messages_history_is_shown(room: Newsroom) -> None:
    room.configure(alerts=[AT_ONCE])
    assert tell(room, 0) == 0
    shown = room.aiwatch("outbox", "show", "1").out
    assert "tried:" in shown
    assert ": sent, " in shown
    (one,) = room.aiwatch("outbox", "show", "1", "--json").json()["history"]
    assert one["state"] == "sent"
