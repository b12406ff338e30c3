"""The service's log: one line an event as key=value, or as JSON; in the journal without the time, which it has itself.

The calls read `log.info("poll source=%r outcome=%s", …)`: names come from the words, values from the arguments, so that
nothing is told twice and every value is quoted in one manner.
"""

import json
import logging
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

from aiwatch.errors import UsageError
from aiwatch.text.signin import without_sign_ins

FORM = "AIWATCH_LOG"  # `json`, or `text` as without it
_PAIR = re.compile(r"(\w+)=%[-+# 0]*\d*(?:\.\d+)?[a-zA-Z]")
_PLAIN = re.compile(r"[^\s\"=\\\x00-\x1f\x7f]+")
# What syslog calls them (sd-daemon(3)).
_PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))


def formatter(environment: Mapping[str, str], stream: TextIO) -> logging.Formatter:
    """As asked for by AIWATCH_LOG, for this stream."""
    form = environment.get(FORM, "").strip().lower() or "text"
    if form not in ("text", "json"):
        raise UsageError(f"{FORM} is {form!r}: write json, or text")
    return Lines(as_json=form == "json", journal=in_journal(environment, stream))


def in_journal(environment: Mapping[str, str], stream: TextIO) -> bool:
    """Whether what is written there goes to the journal: systemd names the stream's device and inode."""
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return environment.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"


class Plain(logging.Formatter):
    """A record as the commands show it, sign-ins in addresses left out."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Message and traceback."""
        return without_sign_ins(super().format(record))


class Lines(logging.Formatter):
    """A record as one line."""

    def __init__(self, *, as_json: bool = False, journal: bool = False) -> None:
        super().__init__()
        self._as_json = as_json
        self._journal = journal

    def format(self, record: logging.LogRecord) -> str:
        """Whole, a traceback too: escaped in JSON, in lines of its own otherwise."""
        event, values = parts(record)
        pairs: dict[str, Any] = {
            **self._timed(record),
            "level": record.levelname.lower(),
            "room": record.name.removeprefix("aiwatch."),
            "event": event,
            **values,
        }
        trace = without_sign_ins(self.formatException(record.exc_info)) if record.exc_info else ""
        if self._as_json:
            whole = pairs | ({"traceback": trace} if trace else {})
            line = json.dumps(whole, ensure_ascii=False, default=str)
        else:
            said = " ".join(f"{name}={_quoted(value)}" for name, value in pairs.items())
            line = f"{said}\n{trace}" if trace else said
        return self._marked(record.levelno, line) if self._journal else line

    def _timed(self, record: logging.LogRecord) -> dict[str, Any]:
        if self._journal:
            return {}
        at = datetime.fromtimestamp(record.created, UTC)
        return {"time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z")}

    def _marked(self, level: int, text: str) -> str:
        """Each line with its priority, which the journal takes off."""
        priority = next((number for least, number in _PRIORITIES if level >= least), 7)
        return "\n".join(f"<{priority}>{line}" for line in text.splitlines())


def parts(record: logging.LogRecord) -> tuple[str, Mapping[str, Any]]:
    """The event and what belongs to it: `poll`, {source: …, outcome: …}; words without names stay the event's."""
    names = _PAIR.findall(str(record.msg))
    args = record.args if isinstance(record.args, tuple) else ()
    if not names or len(names) != len(args):
        return without_sign_ins(record.getMessage()), {}
    event = " ".join(_PAIR.sub("", str(record.msg)).split())
    return event, dict(zip(names, map(_plain, args), strict=True))


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | int | float | None) else without_sign_ins(str(value))


def _quoted(value: Any) -> str:
    """As logfmt has it: bare where it is one word, else in double quotes."""
    text = "" if value is None else str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
