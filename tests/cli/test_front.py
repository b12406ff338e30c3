"""The front door: help, global options on both sides, --now, broken pipes, Ctrl-C. Nobody ever sees a traceback."""

import importlib
import os
import signal
import subprocess
import sys
import threading

import click
import pytest

from aiwatch import __version__
from aiwatch.cli import COMMANDS, command_line
from aiwatch.service import Clock
from tests.cli.conftest import CLOSING, NOON
from tests.newsroom import Newsroom
from tests.servers import Asked

HEAVY = ("httpx", "feedparser", "pydantic", "rich", "selectolax", "apscheduler", "sqlite_utils")


def command(name: str) -> click.Command:
    found = command_line.get_command(click.Context(command_line), name)
    assert found is not None
    return found


def leaves() -> list[tuple[str, ...]]:
    """Every command that does something, by the words that call it."""
    found: list[tuple[str, ...]] = []
    for name in COMMANDS:
        inside = command(name)
        if isinstance(inside, click.Group):
            found += [(name, inner) for inner in inside.commands]
        else:
            found.append((name,))
    return found


def test_help_lists_every_command_and_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from aiwatch.cli import main\n"
        "try:\n    main(['--help'])\n"
        "finally:\n"
        f"    print('imported', [name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("imported []\n")
    for name, (_, words) in COMMANDS.items():
        assert f"\n  {name}" in done.stdout
        assert words[:40] in done.stdout


@pytest.mark.parametrize("name", list(COMMANDS))
def test_the_list_of_commands_says_what_each_says_of_itself(name: str) -> None:
    module = importlib.import_module(f"aiwatch.cli.{COMMANDS[name][0]}")
    assert getattr(module, f"{name}_command") is command(name)
    assert (command(name).help or "").splitlines()[0] == COMMANDS[name][1]


@pytest.mark.parametrize("words", leaves(), ids=" ".join)
def test_every_command_has_help_and_the_global_options(
    room: Newsroom, words: tuple[str, ...]
) -> None:
    done = room.aiwatch(*words, "--help")
    assert (done.code, done.err) == (0, "")
    for option in ("--config FILE", "--db FILE", "--now TIME", "--verbose", "--quiet", "--help"):
        assert option in done.out
    for line in done.out.splitlines():
        assert len(line) <= 100


def test_the_version_is_told(room: Newsroom) -> None:
    assert room.aiwatch("--version").out == f"aiwatch, version {__version__}\n"


@pytest.mark.parametrize(
    "words",
    [("stroies",), ("stories", "--jsno"), ("story",), ("alerts", "lst"), ("fetch", "--since")],
)
def test_what_was_not_understood_is_said(room: Newsroom, words: tuple[str, ...]) -> None:
    done = room.aiwatch(*words)
    assert (done.code, done.out) == (2, "")
    assert "Error: " in done.err


@pytest.mark.parametrize("place", [0, 1, 2], ids=["before the command", "in a group", "behind"])
def test_the_global_options_stand_anywhere(room: Newsroom, told: Newsroom, place: int) -> None:
    words = ["outbox", "list", "--all", "--json"]
    words[place:place] = ["--db", str(told.database), "--now", NOON, "-q"]
    done = room.aiwatch(*words)
    assert done.code == 0, done.err
    assert [row["channel"] for row in done.json()] == ["hook", "inbox"]


def test_another_database_can_be_named(room: Newsroom, told: Newsroom) -> None:
    for words in (("stories", "--db", str(told.database)), ("--db", str(told.database), "stories")):
        assert "OpenAI closes Sora" in room.aiwatch(*words).out
    assert not room.database.exists()


def test_what_stands_behind_the_name_counts(room: Newsroom, told: Newsroom) -> None:
    done = room.aiwatch("--db", "nowhere.db", "stories", "--db", str(told.database))
    assert "OpenAI closes Sora" in done.out


def test_warnings_of_the_configuration_go_to_stderr_and_are_silenced_by_q(room: Newsroom) -> None:
    room.file.write_text("timezone: UTC\n", "utf-8")
    assert "warning: no contact is set" in room.aiwatch("check").err
    assert room.aiwatch("check", "-q").err == ""
    assert room.aiwatch("-q", "check").err == ""


def test_v_says_what_happens_on_stderr(room: Newsroom) -> None:
    room.configure(sources=[{"name": "A", "url": room.site.url("/gone")}])
    assert "poll source='A' outcome=failed" in room.aiwatch("fetch", "-v").err
    assert "poll source=" not in room.aiwatch("fetch", "--all").err


# ---------------------------------------------------------------- --now


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        ("2026-03-24T12:00:00Z", "today"),
        ("2026-03-24T19:00:00+07:00", "today"),
        ("2026-03-24T19:00", "today"),  # no offset: the configured zone, Bangkok
        ("2026-03-24 19:00", "today"),
        ("2026-03-24", "today"),
        ("2026-03-24T17:30:00Z", "yesterday"),  # 00:30 of the 25th in Bangkok
        ("2026-03-25", "yesterday"),
    ],
)
def test_the_clock_starts_where_it_is_told(told: Newsroom, now: str, shown: str) -> None:
    out = told.aiwatch("story", "1", now=now).out
    assert ("Tue 24 Mar" in out) is (shown == "yesterday")


@pytest.mark.parametrize(
    "now", ["soon", "12:00", "24/03/2026", "1774353600", "0001-01-01", "9999-12-31"]
)
def test_what_is_no_time_is_refused(told: Newsroom, now: str) -> None:
    done = told.aiwatch("stories", now=now)
    assert (done.code, done.out) == (2, "")
    assert f"--now {now!r}: not a time; write it like 2026-03-24T08:00" in done.err


def test_the_help_says_which_zone_a_time_is_read_in(room: Newsroom) -> None:
    assert "without an offset in the configured time zone" in " ".join(
        room.aiwatch("--help").out.split()
    )


def test_the_clock_runs_on() -> None:
    clock = Clock(Clock()())
    first = clock()
    assert first <= clock()


# ---------------------------------------------------------------- pipes and signals


def test_a_narrow_terminal_shows_what_it_can(told: Newsroom) -> None:
    done = subprocess.run(
        told.command("alerts", "list"),  # a dash stands where there is nothing
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\u2013" in done.stdout


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_an_export_nobody_reads_ends_well(told: Newsroom, form: str) -> None:
    process = told.start("export", "articles", "--format", form)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    with process.stderr:
        assert process.stderr.read() == ""
    assert process.wait(90) == 0


@pytest.mark.slow
def test_ctrl_c_ends_with_130_and_the_next_pass_goes_on(room: Newsroom) -> None:
    reached, free = threading.Event(), threading.Event()

    def held(_: Asked) -> bytes:
        reached.set()
        free.wait(90)
        return b"<p>late</p>"

    room.site.add("/one", held)
    feed = room.feed("/feed", room.item("/one", "OpenAI closes Sora", "2026-03-24T10:00:00Z"))
    room.configure(sources=[{"name": "A", "url": feed}])
    process = room.start("fetch", now=NOON)
    assert reached.wait(90)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=90)
    free.set()  # not sooner: with its page a pass may come to its end before it hears
    assert process.returncode == 130
    assert err.strip().splitlines()[-1] == "interrupted"
    assert "Traceback" not in err
    room.page("/one", "OpenAI closes Sora", CLOSING)
    done = room.aiwatch("fetch", now=NOON)
    assert done.code == 0, done.err
    assert "OpenAI closes Sora" in done.out


def test_an_empty_time_is_not_the_time_of_day(told: Newsroom) -> None:
    done = told.aiwatch("stories", "--now", "")
    assert (done.code, done.out) == (2, "")
    assert "--now '': not a time" in done.err
