"""A running service follows its feeds.yaml: when it has changed, and what that changes, in words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiwatch.config.values import Config
from aiwatch.errors import UsageError

NAMED = 3  # sources, topics and so on that are named; more are counted

Mark = tuple[int, int, int]
"""What tells one state of a file from another: inode, size, time of change."""


@dataclass(slots=True)
class Following:
    """Sees when the file has changed, and reads it again."""

    load: Callable[[], Config]  # raises AiwatchError
    path: Path | None
    asked: bool = False  # by hand, with SIGHUP
    read: Mark | None = None  # the file as it was read last
    seen: Mark | None = None  # as it was when last looked at

    def __post_init__(self) -> None:
        self.read = _mark(self.path)

    def due(self) -> bool:
        """Whether it is to be read again; asked about once a second: a file that is being written is left alone."""
        before, self.seen = self.seen, _mark(self.path)
        return self.asked or (self.seen is not None and before == self.seen != self.read)

    def loaded(self, current: Config) -> Config | None:
        """What the file says now; None where that is the same. Raises AiwatchError where it cannot be taken over."""
        self.asked, self.read = False, _mark(self.path)
        config = self.load()
        if config.database != current.database:
            raise UsageError(
                f"`database` names {config.database} now, which takes a stop and a new start"
            )
        return None if config == current else config


def _mark(path: Path | None) -> Mark | None:
    try:
        found = path.stat() if path else None
    except OSError:
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns) if found else None


def differences(old: Config, new: Config) -> str:
    """What is another: `source Example Times added, topic sora changed`."""
    kinds = (
        ("source", old.sources, new.sources),
        ("topic", old.topics, new.topics),
        ("channel", old.channels, new.channels),
        ("alert", old.alerts, new.alerts),
    )
    found = [
        words
        for kind, before, after in kinds
        for words in _of_kind(
            kind, {one.name: one for one in before}, {one.name: one for one in after}
        )
    ]
    return ", ".join(found) or "other settings changed"


def _of_kind(kind: str, before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[str]:
    yield from _listed(kind, "added", [name for name in after if name not in before])
    yield from _listed(kind, "removed", [name for name in before if name not in after])
    both = [name for name in after if name in before]
    yield from _listed(kind, "changed", [name for name in both if after[name] != before[name]])


def _listed(kind: str, what: str, names: Sequence[str]) -> Iterator[str]:
    if len(names) > NAMED:
        yield f"{len(names)} {kind}s {what}"
    elif names:
        yield f"{kind}{'s' * (len(names) > 1)} {' and '.join(names)} {what}"
