"""What is well and what is not, each with what to do about it. Looks only: nothing is written, made or sent."""

import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal

from aiwatch.config.values import Config
from aiwatch.model import Delivered, Receipt
from aiwatch.store import Connection, disks, figures, health, locks, soundness, standstill
from aiwatch.store.disks import Disk
from aiwatch.store.soundness import Condition

Level = Literal["ok", "look", "bad"]

LITTLE_ROOM: Final = 200 * 2**20  # bytes; less is looked at
NO_ROOM: Final = 20 * 2**20
LONG_LOG: Final = 64 * 2**20
CLOCK_SLACK: Final = timedelta(minutes=5)
LATE: Final = timedelta(hours=1)  # of a message
IDLE: Final = timedelta(days=1)  # without a source read
OLD_COPY: Final = timedelta(days=30)
FIRST_YEAR: Final = 2026  # of aiwatch: a clock before it is wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at."""

    level: Level
    about: str
    words: str
    todo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """All of it."""

    findings: tuple[Finding, ...]
    database_bad: bool = False

    @property
    def exit_code(self) -> int:
        """3: the database cannot be used; 1: something else is bad; 0: nothing is."""
        if self.database_bad:
            return 3
        return 1 if any(one.level == "bad" for one in self.findings) else 0


def checkup(
    database: Path, config: Config | None, now: datetime, disk: Disk | None = None
) -> Checkup:
    """The database, its disk, the clock, and what the database tells of sources, messages and passes."""
    condition, runs = soundness.examine(database), service_runs(database)
    found = [
        *_database(database, condition, runs=runs),
        *_disk(disk or disks.disk_of(database), condition),
        *_clock(config.timezone if config else None, now),
    ]
    if condition.state == "current":
        with soundness.looking(database) as db:
            found += _inside(db, config, now)
    elif condition.state == "older":
        words = "sources, messages and passes are told of once the database is up to date"
        found.append(Finding(level="look", about="passes", words=words, todo="aiwatch fetch"))
    found.append(_service(runs=runs))
    return Checkup(
        findings=tuple(found),
        database_bad=any(one.about == "database" and one.level == "bad" for one in found),
    )


def service_runs(database: Path) -> bool:
    """Whether a service holds the database; one on a disk that cannot be written has none."""
    with suppress(OSError):
        return locks.service_runs(database)
    return False


# ---------------------------------------------------------------- the file


def _database(path: Path, condition: Condition, *, runs: bool) -> Iterator[Finding]:
    yield _whole(path, condition)
    if not condition.usable:
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        words = (
            f"{path} can be read by others (mode {mode:o}): it holds addresses and what people read"
        )
        yield Finding(level="look", about="database", words=words, todo=f"chmod 600 {path}")
    if runs and condition.log_bytes is None:
        words = "a service works with it, but its write-ahead log (-wal) was removed under it: what is written now is lost"
        todo = "stop the service, then look again; never delete or copy the -wal file by itself"
        yield Finding(level="bad", about="database", words=words, todo=todo)
    if (condition.log_bytes or 0) > LONG_LOG:
        words = f"its write-ahead log has grown to {in_bytes(condition.log_bytes or 0)}: something has been reading for long"
        yield Finding(level="look", about="database", words=words, todo="stop what reads it")


def _whole(path: Path, condition: Condition) -> Finding:
    if condition.usable:
        words = f"{condition.words}: {in_bytes(condition.bytes)}, {in_bytes(condition.free_bytes)} of it free"
        if condition.lacking:
            words += "; the next command brings it up to date, after a copy"
        return Finding(level="ok", about="database", words=words)
    level: Level = "look" if condition.state in ("missing", "empty") else "bad"
    todo = TO_DO[condition.state] + (_copies(path) if condition.state == "damaged" else "")
    return Finding(level=level, about="database", words=condition.words, todo=todo)


TO_DO: Final[Mapping[str, str]] = {
    "missing": "aiwatch fetch",
    "empty": "aiwatch fetch; but if it is a copy made without its -wal file, copy again with `aiwatch backup`",
    "newer": "upgrade aiwatch",
    "foreign": "name another file: `database:` in the configuration, or --db",
    "unreadable": "see who owns it, and whether its disk is there and can be written",
    "damaged": soundness.PUT_BACK,
}


def _copies(path: Path) -> str:
    """Copies that lie beside the file, the newest first."""
    found = [
        *path.parent.glob(f"{path.name}.before-*"),
        *path.parent.glob(f"{path.name}.replaced-*"),
    ]
    found = [one for one in found if one.suffix not in (".wal", ".shm")]
    names = sorted(found, key=lambda one: one.stat().st_mtime, reverse=True)
    return f". Beside it lie: {', '.join(one.name for one in names)}" if names else ""


def _disk(disk: Disk, condition: Condition) -> Iterator[Finding]:
    if disk.network:
        words = f"the database lies on a network file system ({disk.kind}): SQLite's log and locks do not hold there"
        yield Finding(level="look", about="disk", words=words, todo="move it to a local disk")
    if not disk.writable:
        words = "the database's folder cannot be written"
        yield Finding(
            level="bad", about="disk", words=words, todo="see who owns it, and how it is mounted"
        )
    room = f"{in_bytes(disk.free)} free"
    if disk.free < NO_ROOM:
        yield Finding(
            level="bad", about="disk", words=f"{room}: passes will fail", todo="make room"
        )
    elif disk.free < max(LITTLE_ROOM, condition.bytes):
        words = f"{room}: too little for the copy that an upgrade makes"
        yield Finding(level="look", about="disk", words=words, todo="make room, or `aiwatch prune`")
    else:
        yield Finding(level="ok", about="disk", words=room)


# ---------------------------------------------------------------- the clock


def _clock(zone: str | None, now: datetime) -> Iterator[Finding]:
    if now.year < FIRST_YEAR:
        words = f"it says {now:%Y-%m-%d %H:%M} UTC"
        yield Finding(level="bad", about="clock", words=words, todo="set the clock, switch NTP on")
        return
    if zone in ("UTC", "Etc/UTC"):
        words = "schedules and times are in UTC"
        todo = "if you live elsewhere: `timezone:` in the configuration"
        yield Finding(level="look", about="clock", words=words, todo=todo)
    else:
        yield Finding(
            level="ok", about="clock", words=f"{now:%Y-%m-%d %H:%M} UTC, {zone or 'no zone known'}"
        )


def _jump(db: Connection, now: datetime) -> Iterator[Finding]:
    newest = figures.newest(db)
    if newest and newest > now + CLOCK_SLACK:
        words = f"the database has notes of {newest:%Y-%m-%d %H:%M} UTC, which is {span(newest - now)} from now"
        todo = "see that the clock is right; a trial with --now leaves such notes too"
        yield Finding(level="look", about="clock", words=words, todo=todo)


# ---------------------------------------------------------------- what the database tells


def _inside(db: Connection, config: Config | None, now: datetime) -> Iterator[Finding]:
    yield from _jump(db, now)
    yield from _passes(db, now)
    yield from _sources(db, config)
    yield from _messages(db, now)
    yield from _backup(db, now)


def _passes(db: Connection, now: datetime) -> Iterator[Finding]:
    for reason in health.reasons(db, now):
        matter, _, words = reason.partition(": ")
        if matter == "sending":  # told among the messages
            continue
        yield Finding(
            level="bad", about=matter, words=words, todo="see the log, and the lines here"
        )
    last = figures.last_read(db)
    if last is None:
        words = "no source was ever read"
        yield Finding(level="look", about="passes", words=words, todo="aiwatch fetch")
    elif now - last > IDLE:
        words = f"no source was read for {span(now - last)}"
        todo = "is a service or a timer running? `aiwatch fetch` makes a pass by hand"
        yield Finding(level="look", about="passes", words=words, todo=todo)
    else:
        yield Finding(level="ok", about="passes", words=f"a source was read {span(now - last)} ago")


def _sources(db: Connection, config: Config | None) -> Iterator[Finding]:
    watched = [one.name for one in config.sources if one.enabled] if config else None
    failing = {
        name: words
        for name, words in figures.failing(db).items()
        if watched is None or name in watched
    }
    for name, words in failing.items():
        yield Finding(
            level="look", about="sources", words=f"{name}: {words}", todo="aiwatch sources list"
        )
    if watched is None:
        return
    if not watched:
        todo = "aiwatch sources add URL"
        yield Finding(level="look", about="sources", words="none is watched", todo=todo)
    elif len(failing) == len(watched):
        todo = "is this machine on the net? `aiwatch check --online`"
        yield Finding(level="bad", about="sources", words="none can be read", todo=todo)
    elif not failing:
        yield Finding(level="ok", about="sources", words=f"{len(watched)} watched, none failing")


def _messages(db: Connection, now: datetime) -> Iterator[Finding]:
    restored, counted = standstill.since(db), figures.states(db)["messages"]
    late = figures.longest_due(db, now)
    if restored:
        words = f"sending is off since a copy was restored at {restored:%Y-%m-%d %H:%M} UTC"
        todo = "see `aiwatch outbox list`, drop what was sent since the copy was made, then `aiwatch alerts resume`"
        yield Finding(level="bad", about="messages", words=words, todo=todo)
    if failed := counted.get("failed", 0):
        words = f"{failed} not delivered and given up"
        todo = "aiwatch outbox list, then `aiwatch outbox retry`"
        yield Finding(level="bad", about="messages", words=words, todo=todo)
    if late and not restored and now - late["created"] > LATE:
        why = f": {late['detail']}" if late["detail"] else ""
        words = f"one to {late['channel']} waits for {span(now - late['created'])}{why}"
        yield Finding(level="look", about="messages", words=words, todo="aiwatch outbox list")
    elif not restored and not failed:
        waiting = counted.get("due", 0)
        yield Finding(
            level="ok", about="messages", words=f"{counted.get('sent', 0)} sent, {waiting} waiting"
        )


def _backup(db: Connection, now: datetime) -> Iterator[Finding]:
    last = health.fact(db, "backup")
    if last is None:
        words = "no copy was ever made"
        yield Finding(
            level="look", about="backup", words=words, todo="aiwatch backup FILE, on another disk"
        )
    elif now - last.at > OLD_COPY:
        words = f"the last copy is {span(now - last.at)} old ({last.detail})"
        yield Finding(level="look", about="backup", words=words, todo="aiwatch backup FILE")
    else:
        words = f"the last copy is {span(now - last.at)} old ({last.detail})"
        yield Finding(level="ok", about="backup", words=words)


def _service(*, runs: bool) -> Finding:
    words = "one is running" if runs else "none is running: passes are made by hand or by a timer"
    return Finding(level="ok", about="service", words=words)


# ---------------------------------------------------------------- what others find out


def configuration(
    path: Path | None, warnings: Sequence[str], problems: Sequence[str]
) -> Iterator[Finding]:
    """What `check` says of feeds.yaml."""
    for problem in problems:
        yield Finding(
            level="bad", about="configuration", words=problem, todo="mend it: aiwatch check"
        )
    for warning in warnings:
        yield Finding(level="look", about="configuration", words=warning)
    if not problems and not warnings:
        yield Finding(level="ok", about="configuration", words=f"{path or 'built in'}: fine")


def channels(reached: Mapping[str, Receipt]) -> Iterator[Finding]:
    """How each channel answered when it was reached without sending."""
    for name, receipt in reached.items():
        if isinstance(receipt, Delivered):
            yield Finding(level="ok", about="channels", words=f"{name}: reached")
        else:
            todo = f"mend it, then: aiwatch channels test {name}"
            yield Finding(
                level="bad", about="channels", words=f"{name}: {receipt.reason}", todo=todo
            )


def in_bytes(size: int) -> str:
    """Bytes as people say them."""
    for unit, name in ((2**30, "GB"), (2**20, "MB"), (2**10, "KB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size} B"


def span(length: timedelta) -> str:
    """A length of time as people say it, in its largest unit."""
    seconds = int(length.total_seconds())
    for unit, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= unit:
            number = seconds // unit
            return f"{number} {name}{'' if number == 1 else 's'}"
    return f"{max(seconds, 0)} seconds"
