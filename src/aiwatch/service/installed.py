"""Whether the program on the disk is still the one that runs.

After an upgrade under a running service its children are started from the new files and cannot read what the old main
process hands them: they end at once, are replaced, and end again. So the service ends in order and is started anew.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from aiwatch import __version__

PACKAGE = Path(__file__).resolve().parents[1]
_VERSION = re.compile(r'^__version__ = "([^"]+)"', re.MULTILINE)

Stamp = frozenset[tuple[str, int, int]]
"""Every module with the time of its last change and its size."""


@dataclass(slots=True)
class Installed:
    """The package's files as they were when this process began."""

    folder: Path = PACKAGE
    begun: Stamp = frozenset()
    seen: Stamp = field(default=frozenset())  # as they were when last looked at

    def __post_init__(self) -> None:
        self.begun = self.seen = stamp(self.folder)

    def replaced(self) -> bool:
        """Whether they are others now, and have been still between two looks: an upgrade takes some seconds."""
        before, self.seen = self.seen, stamp(self.folder)
        return bool(self.seen) and before == self.seen != self.begun

    def words(self) -> str:
        """What happened, in one sentence."""
        try:
            found = _VERSION.search((self.folder / "__init__.py").read_text(encoding="utf-8"))
        except OSError:
            found = None
        new = found[1] if found else "unknown"
        which = f" ({__version__} by {new})" if new != __version__ else ""
        return f"aiwatch was replaced on the disk{which}: the service ends, to be started again as what is there now"


def stamp(folder: Path) -> Stamp:
    """The modules as they stand on the disk; those that go while we look are left out."""
    found = set()
    for file in folder.rglob("*.py"):
        try:
            state = file.stat()
        except OSError:
            continue
        found.add((str(file.relative_to(folder)), state.st_mtime_ns, state.st_size))
    return frozenset(found)
