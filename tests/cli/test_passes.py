"""`fetch`, `watch`, `digest`: the main job once, and looked at."""

import json
from pathlib import Path
from typing import Any

import pytest

from aiwatch.store import locks
from tests.cli.conftest import BREAD, CLOSING, NOON, SOON
from tests.newsroom import Newsroom

AT_ONCE = {"name": "now", "to": ["inbox"], "when": "at once", "settle": None, "at_most": None}
DAILY = {"name": "morning", "topics": ["sora"], "to": ["inbox"], "when": "daily at 08:00"}
NEXT_DAY = "2026-03-25T12:00:00Z"


def lines(room: Newsroom, *titles: str) -> str:
    """Articles to import: a quick way to have something to tell."""
    file = room.folder / "lines.jsonl"
    bodies = (CLOSING, BREAD.replace("bread", "Sora clip"))
    said = [
        {"id": title, "title": title, "body": body, "source": "Example Times"}
        for title, body in zip(titles, bodies, strict=False)
    ]
    file.write_text("\n".join(map(json.dumps, said)), "utf-8")
    return str(file)


# ---------------------------------------------------------------- fetch


def test_a_pass_as_json_has_its_keys(room: Newsroom) -> None:
    room.page("/one", "OpenAI closes Sora", CLOSING)
    feed = room.feed("/feed", room.item("/one", "OpenAI closes Sora", "2026-03-24T10:00:00Z"))
    other = room.feed("/other")
    room.configure(
        sources=[{"name": "A", "url": feed}, {"name": "B", "url": other}], alerts=[AT_ONCE]
    )
    done = room.aiwatch("fetch", "A", "--json", now=NOON)
    assert done.code == 0, done.err
    found = done.json()
    assert found == {
        "sources": [{"name": "A", "outcome": "new", "detail": "working", "entries": 1, "new": 1}],
        "articles": {
            "filed": 1,
            "new": 1,
            "same_url": 0,
            "same_text": 0,
            "same_story": 0,
            "versions": 0,
        },
        "messages": {
            "closed": [{**found["messages"]["closed"][0], "alert": "now", "stories": 1, "messages": 1}],
            "delivered": 1,
            "postponed": 0,
            "failed": 0,
        },
        "held": [],
        "troubles": [],
        "known_troubles": [],
    }  # fmt: skip
    assert len(room.inbox.mails) == 1
    names = [
        source["name"] for source in room.aiwatch("fetch", "--json", now=NOON).json()["sources"]
    ]
    assert names == ["B"]  # A was read a moment ago
    every = room.aiwatch("fetch", "--all", "--json", now=NOON).json()["sources"]
    assert {source["name"] for source in every} == {"A", "B"}
    assert len(room.inbox.mails) == 1


def test_what_was_not_sent_goes_with_the_next_pass(room: Newsroom) -> None:
    room.page("/one", "OpenAI closes Sora", CLOSING)
    feed = room.feed("/feed", room.item("/one", "OpenAI closes Sora", "2026-03-24T10:00:00Z"))
    room.configure(sources=[{"name": "A", "url": feed}], alerts=[AT_ONCE])
    first = room.aiwatch("fetch", "--no-send", now=NOON)
    assert first.code == 0, first.err
    assert "1  1 new story\n" in first.out
    assert "0 delivered" in first.out
    assert room.inbox.mails == []
    second = room.aiwatch("fetch", now="2026-03-24T12:01:00Z")
    assert "1 delivered" in second.out
    assert len(room.inbox.mails) == 1


def test_a_baseline_is_told_to_nobody_ever_and_what_follows_is(room: Newsroom) -> None:
    room.page("/one", "OpenAI closes Sora", CLOSING)
    room.page("/two", "Sora users look elsewhere", BREAD.replace("bread", "clip"))
    one = room.item("/one", "OpenAI closes Sora", "2026-03-24T10:00:00Z")
    feed = room.feed("/feed", one)
    room.configure(
        sources=[{"name": "A", "url": feed}], alerts=[AT_ONCE, {**DAILY, "to": ["hook"]}]
    )
    assert room.aiwatch("fetch", "--baseline", now=NOON).code == 0
    assert room.aiwatch("stories", "--json").json()
    room.feed("/feed", room.item("/two", "Sora users look elsewhere", "2026-03-25T10:00:00Z"), one)
    done = room.aiwatch("fetch", now=NEXT_DAY)
    assert done.code == 0, done.err
    room.aiwatch("fetch", now="2026-03-27T12:00:00Z")
    (mail,), (event,) = room.inbox.mails, room.hooks
    for text in (mail.content.decode(), event.body.decode()):
        assert "look elsewhere" in text
        assert "OpenAI closes Sora" not in text


def test_exit_codes_tell_new_trouble_from_known(room: Newsroom) -> None:
    room.configure(
        sources=[{"name": "A", "url": room.feed("/a")}, {"name": "B", "url": room.feed("/b")}]
    )
    assert room.aiwatch("fetch", now=NOON).code == 0
    room.site.add("/b", b"down", status=503)
    broke = room.aiwatch("fetch", now=NEXT_DAY)
    assert (broke.code, "B: server error (503)" in broke.err) == (1, True)
    known = room.aiwatch("fetch", "--all", now="2026-03-26T12:00:00Z")
    assert (known.code, "B: server error (503)" in known.err) == (0, True)
    strict = room.aiwatch("fetch", "--all", "--strict", "--json", now="2026-03-27T12:00:00Z")
    assert strict.code == 1
    assert strict.json()["known_troubles"] == ["B: server error (503)"]
    room.site.add("/a", b"down", status=503)
    none = room.aiwatch("fetch", "--all", "-q", now="2026-03-28T12:00:00Z")
    assert (none.code, none.out) == (1, "")
    assert [line.strip() for line in none.err.splitlines()] == [
        "A: server error (503)",
        "B: server error (503)",
    ]


def test_no_source_that_could_be_read_is_trouble_even_when_known(room: Newsroom) -> None:
    room.configure(sources=[{"name": "A", "url": room.site.url("/gone")}])
    assert room.aiwatch("fetch", now=NOON).code == 1
    assert room.aiwatch("fetch", now=NEXT_DAY).code == 1
    assert room.aiwatch("fetch", now=NEXT_DAY).code == 0  # none was due


def test_messages_given_up_stay_named(room: Newsroom) -> None:
    room.configure(alerts=[AT_ONCE])
    room.inbox.answers["RCPT"] = "550 5.1.1 no such user here"
    room.aiwatch("import", lines(room, "OpenAI closes Sora"), "--alert", now=NOON)
    done = room.aiwatch("fetch", now=NOON)
    assert done.code == 0
    assert "given up (aiwatch outbox list)" in done.err
    assert room.aiwatch("fetch", "--strict", now=NOON).code == 1


def test_without_alerts_a_pass_shows_the_news_and_what_to_do_next(room: Newsroom) -> None:
    room.page("/one", "OpenAI closes Sora", CLOSING)
    feed = room.feed("/feed", room.item("/one", "OpenAI closes Sora", "2026-03-24T10:00:00Z"))
    room.configure(sources=[{"name": "A", "url": feed}])
    done = room.aiwatch("fetch", now=NOON)
    assert done.code == 0, done.err
    assert "OpenAI closes Sora" in done.out
    assert f"Next: 1. put your address into {room.file}" in done.out
    assert list((room.folder / "digests").iterdir())
    again = room.aiwatch("fetch", now=NOON)
    assert "OpenAI closes Sora" not in again.out
    assert "Next:" not in again.out


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["Exampel Times"], "no source 'Exampel Times'; did you mean 'Example Times'?"),
        (["zzzz"], "no source 'zzzz'; there are: Example Times, Daily Copy, Broken Gazette"),
    ],
)
def test_an_unknown_source_is_refused(told: Newsroom, names: list[str], said: str) -> None:
    done = told.aiwatch("fetch", *names, now=NOON)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_a_source_that_is_off_is_read_when_named(room: Newsroom) -> None:
    source = {"name": "Off", "url": room.feed("/feed"), "enabled": False}
    room.configure(sources=[source])
    assert room.aiwatch("fetch", "--all", "--json", now=NOON).json()["sources"] == []
    named = room.aiwatch("fetch", "Off", "--json", now=NOON).json()["sources"]
    assert [one["name"] for one in named] == ["Off"]


# ---------------------------------------------------------------- what every command refuses

EVERY: list[tuple[str, ...]] = [
    ("fetch",),
    ("stories",),
    ("story", "1"),
    ("explain", "1"),
    ("digest",),
    ("alerts", "list"),
    ("alerts", "pause"),
    ("sources", "list"),
    ("outbox", "list"),
    ("outbox", "retry"),
    ("outbox", "drop", "1"),
    ("export", "articles"),
    ("import", "lines.jsonl"),
    ("watch",),
]


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_a_damaged_database_is_named_and_left_alone(room: Newsroom, words: tuple[str, ...]) -> None:
    room.database.write_bytes(b"no database at all" * 100)
    done = room.aiwatch(*words)
    assert (done.code, done.out) == (3, "")
    assert "aiwatch.db is not an SQLite database" in done.err
    assert room.database.read_bytes() == b"no database at all" * 100


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_a_broken_configuration_is_named(room: Newsroom, words: tuple[str, ...]) -> None:
    room.file.write_text("topics: [", "utf-8")
    done = room.aiwatch(*words)
    assert (done.code, done.out) == (2, "")
    assert "feeds.yaml" in done.err
    room.file.unlink()
    gone = room.aiwatch(*words)
    assert gone.code == 2
    assert "cannot be read: No such file" in gone.err


def test_a_second_service_is_refused_and_so_is_a_trial_clock_beside_it(room: Newsroom) -> None:
    with locks.instance(room.database):
        second = room.aiwatch("watch")
        assert second.code == 75
        assert "a service is already watching" in second.err
        trial = room.aiwatch("fetch", now=NOON)
        assert trial.code == 2
        assert "--now cannot be used while a service holds the database" in trial.err


def test_watch_lives_by_the_real_clock(room: Newsroom) -> None:
    done = room.aiwatch("watch", now=NOON)
    assert done.code == 2
    assert "--now is for trials with one-shot commands" in done.err


# ---------------------------------------------------------------- digest


@pytest.mark.parametrize(
    ("words", "has", "lacks"),
    [
        ((), ["OpenAI closes Sora", "A look back over 24 hours"], ["Kingdom"]),
        (("--preview",), ["OpenAI closes Sora"], []),
        (("morning",), ["OpenAI closes Sora", "Tuesday 24 March 2026, 19:00"], ["look back"]),
        (("now",), ["Nothing new"], ["OpenAI closes Sora"]),
        (("now", "--since", "24h"), ["OpenAI closes Sora", "A look back"], []),
        (("--since", "30m"), ["Nothing new"], ["OpenAI closes Sora"]),
        (("--format", "html"), ["<html", "OpenAI closes Sora"], []),
        (("--format", "markdown"), ["## OpenAI Sora"], []),
    ],
)
def test_a_preview_shows_and_changes_nothing(
    told: Newsroom, words: tuple[str, ...], has: list[str], lacks: list[str]
) -> None:
    before = told.database.read_bytes()
    done = told.aiwatch("digest", *words, now=SOON)
    assert done.code == 0, done.err
    for text in has:
        assert text in done.out
    for text in lacks:
        assert text not in done.out
    assert told.database.read_bytes() == before


def test_a_preview_shows_what_any_reader_is_to_be_told(room: Newsroom) -> None:
    """The first of them may know it all from another alert."""
    room.page("/one", "OpenAI closes Sora", CLOSING)
    feed = room.feed("/feed", room.item("/one", "OpenAI closes Sora", "2026-03-24T10:00:00Z"))
    both = {**DAILY, "to": ["inbox", "hook"]}
    room.configure(sources=[{"name": "A", "url": feed}], alerts=[AT_ONCE, both])
    room.aiwatch("fetch", now=NOON)
    assert "OpenAI closes Sora" in room.aiwatch("digest", "morning", now=SOON).out


def test_a_preview_as_json_names_its_stories(told: Newsroom) -> None:
    found = told.aiwatch("digest", "--format", "json", now=NOON).json()
    (section,) = found["sections"]
    assert [story["title"] for story in section["stories"]] == ["OpenAI closes Sora"]


def test_a_preview_goes_into_a_file(told: Newsroom, tmp_path: Path) -> None:
    file = tmp_path / "digest.html"
    done = told.aiwatch("digest", "--format", "html", "-o", str(file), now=NOON)
    assert (done.code, done.out) == (0, "")
    assert "OpenAI closes Sora" in file.read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--send",), "--send needs the name of an alert: aiwatch digest NAME --send"),
        (("now", "--send", "--preview"), "choose one"),
        (("mourning",), "no alert 'mourning'; did you mean 'morning'?"),
        (("--since", "soon"), "--since: 'soon' is no duration"),
        (("--since", "200y"), "longer than a century"),
        (("--format", "pdf"), "'pdf' is not one of"),
        (("-o", "nowhere/at/all"), "nowhere/at/all cannot be written"),
    ],
)
def test_a_digest_that_cannot_be_is_refused(
    told: Newsroom, words: tuple[str, ...], said: str
) -> None:
    done = told.aiwatch("digest", *words, now=NOON)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_send_closes_the_window_and_a_look_back_marks_nothing(room: Newsroom) -> None:
    room.configure(alerts=[DAILY])
    file = lines(room, "OpenAI closes Sora")
    assert room.aiwatch("import", file, "--alert", now=NOON).code == 0
    back = room.aiwatch("digest", "morning", "--send", "--since", "7d", now=NOON)
    assert (back.code, back.out) == (0, "")
    assert "1 delivered" in back.err
    assert "7 days" in str(room.inbox.mails[0].message["Subject"])
    assert waiting(room) == 1
    sent = room.aiwatch("digest", "morning", "--send", "-q", now=NOON)
    assert (sent.code, sent.out, sent.err) == (0, "", "")
    assert waiting(room) == 0
    again = room.aiwatch("digest", "morning", "--send", now=NOON)
    assert again.out == "nothing new for morning: nothing was sent\n"
    assert len(room.inbox.mails) == 2


def test_a_digest_that_is_not_taken_is_an_error(room: Newsroom) -> None:
    room.configure(alerts=[DAILY])
    room.aiwatch("import", lines(room, "OpenAI closes Sora"), "--alert", now=NOON)
    room.inbox.answers["DATA"] = "451 4.3.0 come back later"
    done = room.aiwatch("digest", "morning", "--send", now=NOON)
    assert done.code == 1
    assert "not delivered: inbox to mailto:reader@example.org: " in done.err
    assert "1 to be tried again" in done.err


def waiting(room: Newsroom) -> Any:
    (alert,) = room.aiwatch("alerts", "list", "--json", now=NOON).json()
    return alert["waiting"]


def test_a_first_look_says_what_alerts_do_not_tell(room: Newsroom) -> None:
    room.page("/one", "OpenAI closes Sora", CLOSING)
    feed = room.feed("/feed", room.item("/one", "OpenAI closes Sora", "2026-03-24T10:00:00Z"))
    room.configure(backlog="24h", sources=[{"name": "A", "url": feed}], alerts=[AT_ONCE])
    said = "1 source was read for the first time: what stood there already"
    assert said in room.aiwatch("fetch", now=NOON).out
    assert said not in room.aiwatch("fetch", "--all", now=NOON).out
    room.configure(sources=[{"name": "B", "url": room.feed("/other")}], alerts=[AT_ONCE])
    assert said not in room.aiwatch("fetch", now=NOON).out
