"""What a shell completes, and that every command shows how it is typed."""

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from aiwatch.cli import COMMANDS, command_line
from aiwatch.cli.completion import SHELLS, VARIABLE
from aiwatch.cli.examples import EXAMPLES
from tests.newsroom import Newsroom
from tests.test_docs import refusal


def offered(*words: str, incomplete: str = "") -> list[str]:
    """What Tab offers behind these words."""
    asked = ShellComplete(command_line, {}, "aiwatch", VARIABLE)
    return [one.value for one in asked.get_completions(list(words), incomplete)]


def test_commands_and_options_are_offered() -> None:
    assert offered() == list(COMMANDS)
    assert offered(incomplete="se") == ["search", "serve"]
    assert "--help" in offered(incomplete="--h")
    assert offered("fetch", incomplete="--no-s") == ["--no-send"]
    assert offered("sources", incomplete="res") == ["resume"]
    assert offered("digest", "--format", incomplete="m") == ["markdown"]


def test_names_of_channels_are_offered(room: Newsroom, tmp_path: Path) -> None:
    room.configure(sources=[])
    path = str(room.file)
    names = offered("-c", path, "channels", "test")
    assert "inbox" in names
    assert offered("channels", "test", "-c", path, incomplete="inb") == ["inbox"]
    assert offered("-c", str(tmp_path / "none.yaml"), "channels", "test") == []


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_can_read_its_script(room: Newsroom, shell: str) -> None:
    done = room.aiwatch("completion", shell)
    assert done.code == 0
    assert VARIABLE in done.out
    if program := shutil.which(shell):
        read = subprocess.run([program, "-n"], input=done.out, capture_output=True, text=True)
        assert (read.returncode, read.stderr) == (0, "")


def test_a_shell_that_is_not_known_is_named(room: Newsroom) -> None:
    done = room.aiwatch("completion", "tcsh")
    assert done.code == 2
    assert "'bash', 'zsh', 'fish'" in done.err


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_help_ends_with_lines_that_can_be_typed(name: str) -> None:
    lines = EXAMPLES[name]
    assert lines
    for line in lines:
        program, *words = shlex.split(line.partition(" > ")[0])
        assert program == "aiwatch"
        assert refusal(words) is None, line
        assert words[0] == name or line == "aiwatch alerts resume"


def test_no_example_is_of_a_command_that_is_not_there() -> None:
    assert set(EXAMPLES) == set(COMMANDS)
