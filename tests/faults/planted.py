"""Planted bugs: each is put into a copy of the source, and a test must catch it."""

import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "aiwatch"
PATIENCE = 240.0  # seconds for one test, which takes some: bugs may show by never ending

Outcome = Literal["caught", "missed", "never ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """A small change for the worse, and the tests that must see it."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def planted(self) -> str:
        """Its file with the bug in it."""
        code = (SOURCE / self.file).read_text("utf-8")
        assert code.count(self.old) == 1, f"{self.name}: its place in {self.file} has changed"
        return code.replace(self.old, self.new)


def bugs() -> tuple[Bug, ...]:
    """All of them."""
    text = (ROOT / "tests" / "data" / "planted" / "bugs.toml").read_text("utf-8")
    return tuple(Bug(**{**bug, "tests": tuple(bug["tests"])}) for bug in tomllib.loads(text)["bug"])


def caught(bug: Bug | None, test: str, folder: Path) -> Outcome:
    """What the test says of a source with the bug, or of a sound one."""
    copy = folder / "src"
    shutil.copytree(ROOT / "src", copy, ignore=shutil.ignore_patterns("__pycache__"))
    try:
        if bug:
            (copy / "aiwatch" / bug.file).write_text(bug.planted(), "utf-8")
        return _ran(test, copy, folder)
    finally:
        shutil.rmtree(copy)


def _ran(test: str, source: Path, folder: Path) -> Outcome:
    words = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", f"--basetemp={folder / 'tests'}", test]  # fmt: skip
    try:
        done = subprocess.run(
            words,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        return "never ended"
    assert done.returncode in (0, 1), done.stdout + done.stderr  # else pytest itself did not work
    return "caught" if done.returncode == 1 else "missed"
