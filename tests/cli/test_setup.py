"""`init`, `check`, `channels`: from nothing to a configuration that is known to work."""

from pathlib import Path

import pytest

from aiwatch.config import load
from tests.newsroom import Newsroom


def test_init_writes_a_file_that_loads_and_names_a_time_zone(room: Newsroom) -> None:
    room.file.unlink()
    done = room.aiwatch("init")
    assert done.code == 0, done.err
    assert f"{room.file} written" in done.out
    config = load(room.file, {})
    assert config.sources
    assert "TIMEZONE" not in room.file.read_text("utf-8")
    assert room.aiwatch("check").code == 0


def test_init_makes_the_folder_it_is_given(room: Newsroom, tmp_path: Path) -> None:
    room.file = Path("feeds.yaml")
    done = room.aiwatch("init", str(tmp_path / "new" / "place"), "-q")
    assert (done.code, done.out) == (0, "")
    assert (tmp_path / "new" / "place" / "feeds.yaml").is_file()


def test_init_leaves_a_file_that_is_there_as_it_is(room: Newsroom) -> None:
    before = room.file.read_bytes()
    done = room.aiwatch("init")
    assert done.code == 2
    assert "is there already: it is yours and stays as it is" in done.err
    assert room.file.read_bytes() == before


def test_init_says_where_it_cannot_write(room: Newsroom, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    room.file = tmp_path / "file" / "feeds.yaml"
    done = room.aiwatch("init")
    assert done.code == 2
    assert "feeds.yaml cannot be written" in done.err


def test_a_fine_configuration_is_called_fine_and_counted(room: Newsroom) -> None:
    one = {"name": "news", "to": ["inbox"], "when": "at once"}
    room.configure(sources=[{"name": "A", "url": "https://a.example/"}], alerts=[one])
    assert room.aiwatch("check").out == (
        f"{room.file}: fine. 1 source on, 0 off, 1 topic, 2 channels, 1 alert\n"
    )


def test_without_alerts_check_says_what_happens_then(room: Newsroom) -> None:
    done = room.aiwatch("check")
    assert (
        "0 sources on, 0 off, 1 topic, 4 channels, no alerts (everything to screen and file)"
        in done.out
    )


def test_check_as_json_has_its_keys(room: Newsroom) -> None:
    found = room.aiwatch("check", "--json").json()
    assert found == {
        "file": str(room.file),
        "sources": 0,
        "sources_off": 0,
        "topics": 1,
        "channels": 4,
        "alerts": 0,
        "problems": [],
        "warnings": [],
        "unreachable": {},
        "unreachable_channels": {},
        "notes": {},
        "not_tried": {},
    }


def test_every_problem_is_named_with_its_line(room: Newsroom) -> None:
    room.file.write_text("timezone: Mars/Base\ntopics:\n  sora: {any: ['(']}\nsauces: []\n")
    done = room.aiwatch("check")
    assert done.code == 2
    assert done.out == ""
    for words in ("line 1: ", "Mars/Base", "line 3: ", "line 4: ", "did you mean 'sources'"):
        assert words in done.err
    as_json = room.aiwatch("check", "--json")
    assert as_json.code == 2
    assert len(as_json.json()["problems"]) == len(done.err.strip().splitlines())
    assert (as_json.json()["topics"], as_json.json()["warnings"]) == (None, [])


def test_check_online_names_the_sources_that_do_not_answer(room: Newsroom) -> None:
    room.configure(
        sources=[
            {"name": "Good", "url": room.feed("/feed")},
            {"name": "Gone", "url": room.site.url("/gone")},
            {"name": "Off", "url": room.site.url("/off"), "enabled": False},
        ]
    )
    done = room.aiwatch("check", "--online")
    assert done.code == 1
    assert "Gone: 404 Not Found" in done.out
    assert "Good:" not in done.out
    assert "/off" not in [path for _, path, _ in room.site.requests]
    found = room.aiwatch("check", "--online", "--json")
    assert found.code == 1
    assert set(found.json()["unreachable"]) == {"Gone"}
    assert not room.database.exists()


def test_check_online_reads_what_it_gets(room: Newsroom) -> None:
    page = "<html><title>New home</title><p>Welcome to the new home of nothing much.</p></html>"
    room.site.add("/home", page.encode(), headers={"Content-Type": "text/html"})
    listed = b'[{"name": "One", "slug": "/one"}]'
    room.site.add("/api", listed, headers={"Content-Type": "application/json"})
    room.configure(
        sources=[
            {"name": "Moved", "url": room.site.url("/home")},
            {"name": "Bare", "kind": "listing", "url": room.site.url("/home")},
            {
                "name": "Api",
                "kind": "json",
                "url": room.site.url("/api"),
                "title": "title",
                "link": "slug",
            },
        ]
    )
    done = room.aiwatch("check", "--online")
    assert done.code == 1
    assert "online: 1 of 3 sources can be read, " in done.out
    assert "  Moved: this is an HTML page, not a feed: “New home”" in done.out
    assert "  Bare: no links to articles were found" in done.out
    assert "  Api can be read, but: `title: title` found nothing in the one item" in done.out
    found = room.aiwatch("check", "--online", "--json").json()
    assert (set(found["unreachable"]), set(found["notes"])) == ({"Moved", "Bare"}, {"Api"})


def test_check_online_reaches_every_channel_and_sends_nothing(room: Newsroom) -> None:
    done = room.aiwatch("check", "--online")
    assert (done.code, len(done.out.splitlines())) == (0, 2), done.out
    assert "channels can be reached" in done.out
    assert any(command.startswith("EHLO") for command in room.inbox.heard)
    assert [asked.method for asked in room.hooks] == ["HEAD"]
    assert room.inbox.mails == []


def test_check_online_names_the_channels_that_cannot_be_reached(room: Newsroom) -> None:
    channels = room.channels()
    closed = {**channels["inbox"], "port": 1}
    room.configure(channels={**channels, "closed": closed})
    done = room.aiwatch("check", "--online")
    assert done.code == 1
    assert "  channel closed: 127.0.0.1:1 cannot be reached" in done.out
    assert "inbox" not in done.out
    found = room.aiwatch("check", "--online", "--json")
    assert found.code == 1
    assert set(found.json()["unreachable_channels"]) == {"closed"}
    assert found.json()["unreachable"] == {}
    assert room.aiwatch("check").code == 0


def test_channels_are_listed_with_the_alerts_that_use_them(told: Newsroom) -> None:
    assert told.aiwatch("channels", "list", "--json").json() == [
        {"name": "inbox", "kind": "email", "alerts": ["now"]},
        {"name": "hook", "kind": "webhook", "alerts": ["now"]},
        {"name": "desk", "kind": "email", "alerts": ["morning"]},
    ]
    assert "desk     email    morning" in told.aiwatch("channels", "list").out


@pytest.mark.parametrize("name", ["inbox", "hook"])
def test_a_channel_is_tried_with_one_real_message(room: Newsroom, name: str) -> None:
    done = room.aiwatch("channels", "test", name)
    assert done.code == 0, done.err
    assert ": accepted 127.0.0.1:" in done.out
    assert ("in the junk folder too" in done.out) is (name == "inbox")
    assert len(room.inbox.mails) + len(room.hooks) == 1
    assert not room.database.exists()


def test_a_channel_that_refuses_is_named_with_its_answer(room: Newsroom) -> None:
    room.inbox.answers["RCPT"] = "550 5.1.1 no such user here"
    done = room.aiwatch("channels", "test", "inbox")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("reader@example.org: ")
    assert "no such user here" in done.err


def test_an_unknown_channel_is_refused_with_a_guess(room: Newsroom) -> None:
    done = room.aiwatch("channels", "test", "imbox")
    assert done.code == 2
    assert "no channel 'imbox'; did you mean 'inbox'?" in done.err
