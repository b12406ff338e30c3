"""One call of Apprise, run as a process of its own: a question in JSON on stdin, a result in JSON on stdout.

Imports nothing of ours, so that it starts quickly. What Apprise logs holds addresses with keys: all of it is dropped,
but for the status that a service answered with.
"""

import json
import logging
import re
import resource
import sys
from contextlib import suppress
from typing import Any, TextIO

import apprise

MEMORY = 512 * 1024 * 1024  # bytes that an answer of any size may bring it to
_STATUS = re.compile(r"\berror=(\d{3})\b")


class _Statuses(logging.Handler):
    """Keeps the last status that Apprise logged, and nothing else of it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.last: int | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Look for a status in one line."""
        found = _STATUS.search(record.getMessage())
        self.last = int(found[1]) if found else self.last


def call(question: dict[str, Any]) -> dict[str, Any]:
    """What came of it: whether the address is `known`, its `service`, whether the message was `taken`, a `status`."""
    log = logging.getLogger("apprise")
    statuses = _Statuses()
    log.handlers, log.propagate = [statuses], False
    asset = apprise.AppriseAsset(
        app_id="aiwatch", http_redirects=False, default_service_retry=0, interpret_escapes=False
    )
    target = apprise.Apprise.instantiate(question["url"], asset=asset, suppress_exceptions=True)
    if target is None:
        return {"known": False}
    found = {"known": True, "service": str(target.service_name)}
    if "body" not in question:
        return found
    target.retry, target.redirects = 0, False  # whatever the address says
    taken = target.notify(
        title=question["title"], body=question["body"], body_format=apprise.NotifyFormat.TEXT
    )
    return {**found, "taken": bool(taken), "status": statuses.last}


def main(asked: TextIO, answers: TextIO) -> None:
    """Say that we are ready, read the question to its end, answer it."""
    answers.write("\n")
    answers.flush()
    answers.write(json.dumps(call(json.loads(asked.read()))))


if __name__ == "__main__":
    with suppress(ValueError, OSError):  # macOS knows no such limit; the time-out holds there
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    main(sys.stdin, sys.stdout)
