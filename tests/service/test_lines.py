"""The log's lines: one an event, every value named and quoted alike, as JSON where that is wanted, bare in the journal."""

import json
import logging
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from aiwatch.errors import UsageError
from aiwatch.service.lines import Lines, formatter, in_journal


def record(message: str, *args: object, level: int = logging.INFO) -> logging.LogRecord:
    made = logging.LogRecord("aiwatch.pipeline", level, __file__, 1, message, args, None)
    made.created = 1774353600.25
    return made


POLL = record(
    "poll source=%r outcome=%s entries=%d detail=%r", 'The "Wire"', "new", 12, "read\nwell"
)
HEAD = "time=2026-03-24T12:00:00.250Z level=info room=pipeline "
SAID = (
    "time=2026-03-24T12:00:00.250Z level=info room=pipeline event=poll"
    ' source="The \\"Wire\\"" outcome=new entries=12 detail="read\\nwell"'
)


@pytest.mark.parametrize(
    ("made", "line"),
    [
        (POLL, SAID),
        (record("stopped"), f"{HEAD}event=stopped"),
        (
            record("watch stops reason=%r", "a=b"),
            HEAD + 'event="watch stops" reason="a=b"',
        ),
        (
            record("100 %% sure of %s", "it"),
            HEAD + 'event="100 % sure of it"',
        ),
    ],
)
def test_an_event_is_one_line_of_named_values(made: logging.LogRecord, line: str) -> None:
    assert Lines().format(made) == line


def test_as_json_numbers_stay_numbers() -> None:
    assert json.loads(Lines(as_json=True).format(POLL)) == {
        "time": "2026-03-24T12:00:00.250Z",
        "event": "poll",
        "level": "info",
        "room": "pipeline",
        "source": 'The "Wire"',
        "outcome": "new",
        "entries": 12,
        "detail": "read\nwell",
    }


def failed() -> logging.LogRecord:
    made = record("watch", level=logging.ERROR)
    try:
        raise ValueError("no")
    except ValueError:
        made.exc_info = sys.exc_info()
    return made


@pytest.mark.parametrize(
    ("level", "mark"),
    [
        (logging.CRITICAL, "<2>"),
        (logging.ERROR, "<3>"),
        (logging.WARNING, "<4>"),
        (logging.INFO, "<6>"),
        (logging.DEBUG, "<7>"),
    ],
)
def test_in_the_journal_a_line_has_its_priority_and_no_time(level: int, mark: str) -> None:
    (line,) = Lines(journal=True).format(record("stopped", level=level)).splitlines()
    assert line.startswith(f"{mark}level=")
    assert "time=" not in line


def test_a_traceback_is_kept_in_every_form() -> None:
    lines = Lines(journal=True).format(failed()).splitlines()
    assert len(lines) > 2
    assert all(line.startswith("<3>") for line in lines)
    assert lines[-1] == "<3>ValueError: no"
    said: dict[str, Any] = json.loads(Lines(as_json=True).format(failed()))
    assert said["traceback"].endswith("ValueError: no")


def test_the_journal_is_known_by_the_device_and_inode_of_the_stream(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as out:
        found = os.fstat(out.fileno())
        ours = {"JOURNAL_STREAM": f"{found.st_dev}:{found.st_ino}"}
        assert in_journal(ours, out)
        assert not in_journal({}, out)
        assert not in_journal({"JOURNAL_STREAM": "1:2"}, out)
        assert "time=" not in formatter(ours, out).format(POLL)
        assert formatter({"AIWATCH_LOG": "json"}, out).format(POLL).startswith("{")
        assert formatter({"AIWATCH_LOG": "text"}, out).format(POLL) == SAID
    with pytest.raises(UsageError, match="write json"):
        formatter({"AIWATCH_LOG": "xml"}, out)
    assert not in_journal(ours, out)  # closed
