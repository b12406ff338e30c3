"""Every form of one invented digest, against golden files.

After a wanted change of wording or layout, write them anew and read the difference before committing:

    AIWATCH_WRITE_GOLDEN=1 pytest tests/digest/test_forms.py && git diff tests/data/digest
"""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from aiwatch.digest.html import as_html
from aiwatch.digest.markdown import as_markdown
from aiwatch.digest.payload import as_json, events
from aiwatch.digest.text import as_text
from aiwatch.model import Digest
from tests.digest.cases import (
    CLOSURE,
    CONTEXT,
    CORRECTED,
    EDIT,
    EVENTS,
    KNEW_ALL,
    LONG_EDIT,
    NOW,
    RULING,
    SPRING,
    TOLD,
    care,
    digest,
)

GOLDEN = Path(__file__).resolve().parents[1] / "data" / "digest"


def shown(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def empty() -> Digest:
    return digest(
        (RULING, "update"),
        told={
            RULING.id: replace(
                TOLD[RULING.id], articles=frozenset(m.article for m in RULING.members)
            )
        },
    )


def foot() -> Digest:
    """A digest of news with what happened to sources at its foot."""
    recovered, _, silent, _ = EVENTS
    return digest((SPRING, "new"), context=replace(CONTEXT, events=(silent, recovered)))


CASES: dict[str, Callable[[], str]] = {
    "morning.txt": lambda: as_text(digest()),
    "morning.html": lambda: as_html(digest()),
    "morning.md": lambda: as_markdown(digest()),
    "morning.json": lambda: shown(as_json(digest())),
    "single.txt": lambda: as_text(digest((CLOSURE, "new"), kind="alert")),
    "single.html": lambda: as_html(digest((CLOSURE, "new"), kind="alert")),
    "events.json": lambda: shown(
        events(digest((CLOSURE, "new"), (RULING, "update"), kind="alert"))
    ),
    "correction.txt": lambda: as_text(digest((CORRECTED, "correction"), told=KNEW_ALL)),
    "correction.html": lambda: as_html(digest((CORRECTED, "correction"), told=KNEW_ALL)),
    "correction.md": lambda: as_markdown(digest((CORRECTED, "correction"), told=KNEW_ALL)),
    "correction-events.json": lambda: shown(
        events(digest((CORRECTED, "correction"), told=KNEW_ALL, kind="alert"))
    ),
    "edit.txt": lambda: as_text(digest((EDIT, "new"), kind="alert")),
    "edit.html": lambda: as_html(digest((EDIT, "new"), kind="alert")),
    "edits.txt": lambda: as_text(digest((EDIT, "new"), (LONG_EDIT, "new"), (SPRING, "new"))),
    "edits.html": lambda: as_html(digest((EDIT, "new"), (LONG_EDIT, "new"), (SPRING, "new"))),
    "edits.md": lambda: as_markdown(digest((EDIT, "new"), (LONG_EDIT, "new"))),
    "edit-events.json": lambda: shown(events(digest((EDIT, "new"), kind="alert"))),
    "care.txt": lambda: as_text(care()),
    "care.html": lambda: as_html(care()),
    "care.md": lambda: as_markdown(care()),
    "care-events.json": lambda: shown(events(care())),
    "foot.txt": lambda: as_text(foot()),
    "nothing.txt": lambda: as_text(empty()),
    "nothing.html": lambda: as_html(empty()),
    "lookback.md": lambda: as_markdown(
        digest(
            (RULING, "update"), context=replace(CONTEXT, lookback=2 * (NOW - TOLD[RULING.id].at))
        )
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_form_is_what_it_was(name: str) -> None:
    form, file = CASES[name](), GOLDEN / name
    if os.environ.get("AIWATCH_WRITE_GOLDEN"):
        file.write_text(form, encoding="utf-8")
    assert form == file.read_text(encoding="utf-8")
