"""What goes wrong in a way a person has to act on, and the exit code it ends with.

AiwatchError                 1   finished, but something failed that worked before
├── NoSpace                  1   the disk is full: what was under way is undone, and done again when there is room
├── UsageError               2   a command was typed in a way that cannot be carried out
│   └── ConfigError          2   feeds.yaml: every problem at once, each with file, line and what to do
├── DamagedDatabase          3   the database cannot be read, or is newer than this program
└── Locked                  75   another process holds what we need, past our wait (EX_TEMPFAIL)

Expected trouble of the outside world (a time-out, a 404, a full mailbox) is a value, never one of these:
see FetchFailure, Later and Refused in model.py.
"""


class AiwatchError(Exception):
    """The root: its text is a whole message for the person at the terminal."""

    exit_code = 1


class NoSpace(AiwatchError):
    """The disk is full; nothing is lost, and a service waits for room."""


class UsageError(AiwatchError):
    """The command cannot be carried out as typed."""

    exit_code = 2


class ConfigError(UsageError):
    """The configuration is refused; `problems` holds every finding, one line each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class DamagedDatabase(AiwatchError):
    """The database is damaged, unreadable or from a newer aiwatch."""

    exit_code = 3


class Locked(AiwatchError):
    """Another process holds the lock, longer than we were told to wait."""

    exit_code = 75
