"""The front door: parse arguments, print, exit code. Commands are imported when called, so that --help is quick."""

import atexit
import gc
import importlib
import io
import os
import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn

import click

from aiwatch import __version__
from aiwatch.cli.examples import epilog
from aiwatch.errors import AiwatchError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# name: (module, what --help says). A test holds that these words equal the commands' own first lines.
COMMANDS = {
    "init": ("setup", "Write a working, commented feeds.yaml."),
    "check": ("setup", "Check the configuration: every problem, with file, line and what to do."),
    "fetch": ("passes", "One pass: poll, read, file, and send what is due."),
    "watch": ("passes", "Watch in the background until stopped."),
    "digest": ("digests", "Compose a digest now: a preview, or sent with --send."),
    "stories": ("reading", "What is going on: the latest stories."),
    "story": ("reading", "One story with its articles, and why it came; split, merge, mute."),
    "search": ("search", "Find articles by their words, newest first."),
    "explain": ("explaining", "Everything decided about one article."),
    "topics": ("topics", "Topics: what they find, would have found, and do not know yet."),
    "alerts": ("lists", "Alerts: who, where, when next; pause and resume."),
    "sources": ("sources", "Sources: how they fare; find, add, import and export them."),
    "channels": ("setup", "Channels: where messages go, and one real try."),
    "outbox": ("lists", "Messages that wait, failed or were sent."),
    "import": ("files", "Take in articles that were read elsewhere (JSON lines)."),
    "export": ("files", "Write out articles, stories or matches."),
    "extract": ("files", "Read one page: title, authors, dates, text."),
    "doctor": (
        "admin_doctor",
        "What is well and what is not, and what to do: database, disk, clock, sources, mail.",
    ),
    "stats": ("admin_stats", "Numbers: how much there is, how fast it comes, how soon it is told."),
    "backup": ("admin", "Copy the database while it is in use: whole, checked, for you alone."),
    "restore": (
        "admin",
        "Put a copy in the database's place; nothing is sent until `alerts resume`.",
    ),
    "prune": ("admin", "Let old texts go, as `keep` says; what is known stays known."),
    "serve": ("serving", "Pages to read on: today, topics, stories, search, sources."),
    "completion": (
        "completion",
        "Print the script that lets your shell complete what you type.",
    ),
    "demo": ("showing", "The main job end to end, with no internet and no configuration."),
}


class Commands(click.Group):
    """The list of commands; each one's module is imported only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        """In the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command's module."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"aiwatch.cli.{COMMANDS[cmd_name][0]}")
        if not gc.isenabled():  # see `_uncollected`
            gc.freeze()
            gc.enable()
        command: click.Command = getattr(module, f"{cmd_name}_command")
        command.epilog = epilog(cmd_name)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """From the table above, too: a Tab waits for no import."""
        from click.shell_completion import CompletionItem

        names = [
            CompletionItem(name, help=words)
            for name, (_, words) in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return names + click.Command.shell_complete(self, ctx, incomplete)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; `aiwatch export … | head` ends well when nobody reads on."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            _read_by_nobody()
            return 0
        return result

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """From the table above: nothing is imported for --help."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


def common(command: Any) -> Any:
    """The options that stand before or behind every command's name."""
    options = (
        click.option(
            "-c", "--config", "config", metavar="FILE", help="The configuration (feeds.yaml)."
        ),
        click.option("--db", metavar="FILE", help="The database, instead of the configured one."),
        click.option(
            "--now",
            metavar="TIME",
            help="Let the clock start there, for trials: ISO 8601; without an offset in the configured time zone.",
        ),
        click.option("-v", "--verbose", count=True, help="Say what happens (-vv: everything)."),
        click.option("-q", "--quiet", is_flag=True, help="Only errors."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: aiwatch init, then aiwatch fetch. Every command takes --help.",
)
@click.version_option(__version__, prog_name="aiwatch")
@common
@click.pass_context
def command_line(ctx: click.Context, /, **options: Any) -> None:
    """aiwatch: one message per story, none twice, none lost."""
    ctx.obj = options


def _uncollected() -> None:
    """Modules are no garbage: to look through them while they come, then, and at the end was a third of a short pass."""
    gc.disable()
    atexit.register(gc.freeze)


def _read_by_nobody() -> None:
    """Point stdout at nothing, or the interpreter fails once more when it flushes at its end."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.close(nothing)


def _broken(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A bug: the traceback as ever, but for the sign-ins of addresses in it."""
    from traceback import format_exception

    from aiwatch.text.signin import without_sign_ins

    sys.stderr.write(without_sign_ins("".join(format_exception(kind, error, trace))))


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line; a person's trouble is one message on stderr and an exit code."""
    os.umask(os.umask(0o077) | 0o077)  # what we write is for its owner alone
    sys.excepthook = _broken
    if arguments is None:  # a process of our own
        _uncollected()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that lacks a letter
    try:
        result = command_line.main(arguments, prog_name="aiwatch", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        sys.exit(130)
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except AiwatchError as error:
        click.echo(f"aiwatch: {error}", err=True)
        sys.exit(error.exit_code)
    sys.exit(result if isinstance(result, int) else 0)
