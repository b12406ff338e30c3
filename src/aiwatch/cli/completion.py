"""`completion`: what a shell needs to complete commands, options and names."""

import os
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from aiwatch.cli import command_line
from aiwatch.cli.front import Front, fronted
from aiwatch.errors import UsageError

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_AIWATCH_COMPLETE"


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS), required=False)
@fronted
def completion_command(_front: Front, shell: str | None) -> int:
    """Print the script that lets your shell complete what you type."""
    chosen = shell or Path(os.environ.get("SHELL", "")).name
    kind = get_completion_class(chosen) if chosen in SHELLS else None
    if kind is None:
        raise UsageError(f"name your shell: aiwatch completion {'|'.join(SHELLS)}")
    click.echo(kind(command_line, {}, "aiwatch", VARIABLE).source())
    return 0
