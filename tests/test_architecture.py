"""Every rule that `./run test` holds is shown to be able to fail: a check that cannot fail is no check.

Each test plants one violation into a copy, or hands one to the tool on stdin, and expects a refusal.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
CONTRACTS = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
}


def run(
    *command: str | Path, folder: Path = ROOT, stdin: str = "", **environment: str
) -> tuple[int, str]:
    """Exit code and everything said; nothing of our own coverage or test settings leaks in."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "COLUMNS": "200", **environment},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


# ---------------------------------------------------------------- import contracts


def house(folder: Path) -> Path:
    """A copy of the package and its contracts, to plant violations in."""
    package = folder / "src" / "aiwatch"
    shutil.copytree(ROOT / "src" / "aiwatch", package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def lint_imports(house: Path) -> tuple[int, str]:
    return run(
        BIN / "lint-imports",
        "--no-cache",
        "--no-logo",
        folder=house,
        PYTHONPATH=str(house / "src"),
        COLUMNS="400",
    )


def plant(house: Path, module: str, line: str) -> str:
    """Write the line at the module's end; gives how the linter names that place."""
    file = house / "src" / "aiwatch" / module
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    file.write_text(f"{before}\n\n{line}\n", encoding="utf-8")
    return f"(l.{before.count(chr(10)) + 3})"


def test_the_house_keeps_its_contracts(tmp_path: Path) -> None:
    code, said = lint_imports(house(tmp_path))
    assert code == 0, said
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in said


VIOLATIONS = [
    ("floors", "model.py", "import aiwatch.cli"),
    ("floors", "text/urls.py", "from aiwatch.judge import topics"),
    ("floors", "delivery.py", "from aiwatch import pipeline"),
    ("floors", "store/outbox.py", "from aiwatch.channels import CHANNELS"),
    ("floors", "utils.py", "ANSWER = 42"),
    ("thinking", "judge/topics.py", "import sqlite3"),
    ("thinking", "judge/cadence.py", "import time"),
    ("thinking", "text/urls.py", "from time import monotonic"),
    ("thinking", "digest/compose.py", "import asyncio"),
    ("thinking", "sources/feed.py", "import threading"),
    ("thinking", "sources/feed.py", "import subprocess"),
    ("thinking", "text/article.py", "import httpx"),
    ("thinking", "model.py", "from os import environ"),
    ("thinking", "judge/novelty.py", "import random"),
    ("sql", "delivery.py", "import sqlite3"),
    ("sql", "cli/lists.py", "from sqlite_utils import Database"),
    ("sql", "polling.py", "import sqlite3"),
    ("sql", "discovery.py", "import sqlite3"),
    ("network", "pipeline.py", "import httpx"),
    ("network", "polling.py", "import httpx"),
    ("network", "pages.py", "import ssl"),
    ("network", "store/polls.py", "import socket"),
    ("network", "admin.py", "from http.client import HTTPConnection"),
    ("channels", "channels/webhook.py", "from aiwatch.channels import email"),
    ("channels", "channels/carrier_pigeon.py", "SPEED = 80"),
    ("kinds", "sources/feed.py", "import aiwatch.store"),
    ("kinds-apart", "sources/listing/__init__.py", "from aiwatch.sources import feed"),
]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[str]]:
    """All violations in one house: what the linter says of them, and the place of each."""
    copy = house(tmp_path_factory.mktemp("broken"))
    places = [plant(copy, module, line) for _, module, line in VIOLATIONS]
    code, said = lint_imports(copy)
    assert code == 1
    return said, places


def about(contract: str, said: str) -> str:
    """The part of the linter's report that is about one contract."""
    parts = said.partition("Broken contracts")[2].split(f"\n{CONTRACTS[contract]}\n-", 1)
    return re.split(r"\n\n[^-\n]+\n---", parts[1], maxsplit=1)[0] if len(parts) > 1 else ""


@pytest.mark.slow
@pytest.mark.parametrize(
    "number", range(len(VIOLATIONS)), ids=lambda one: "-".join(VIOLATIONS[one])
)
def test_a_planted_import_breaks_its_contract(broken: tuple[str, list[str]], number: int) -> None:
    contract, module, line = VIOLATIONS[number]
    said, places = broken
    name = f"aiwatch.{module.removesuffix('.py').removesuffix('/__init__').replace('/', '.')}"
    assert f"{CONTRACTS[contract]} BROKEN" in said
    planted = rf"- +{re.escape(name)} -> \S+ {re.escape(places[number])}\n"
    unlisted = rf"not listed as layers:\n(?:\n- .+)*\n- {re.escape(name)}\n"
    assert re.search(planted if "import" in line else unlisted, about(contract, said))


def test_every_contract_is_seen_to_break() -> None:
    assert {contract for contract, _, _ in VIOLATIONS} == set(CONTRACTS)


def opened_behind_the_guard(code: str) -> list[str]:
    """Imports of urllib.request and http.client, which import-linter cannot name (parts of a package)."""
    named: list[str] = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            named += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            named += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return sorted({"urllib.request", "http.client"} & set(named))


def test_nothing_opens_an_address_behind_the_guard() -> None:
    files = sorted((ROOT / "src").rglob("*.py"))
    assert files
    assert {
        file.name: found for file in files if (found := opened_behind_the_guard(file.read_text()))
    } == {}


@pytest.mark.parametrize(
    "line",
    ["import urllib.request", "from urllib import request", "from urllib.request import urlopen"],
)
def test_opening_an_address_behind_the_guard_is_seen(line: str) -> None:
    assert opened_behind_the_guard(line) == ["urllib.request"]


# ---------------------------------------------------------------- ruff

NOW = '"""X."""\n\nfrom datetime import UTC, datetime\n\nMOMENT = datetime.now(UTC)\n'
TIME = '"""X."""\n\nimport time\n\nMOMENT = time.time()\n'
TODAY = '"""X."""\n\nfrom datetime import date\n\nDAY = date.today()\n'


def branches(number: int) -> str:
    """A function of that complexity."""
    body = "".join(f"    if a == {n}:\n        b += {n}\n" for n in range(1, number))
    return f'"""X."""\n\n\ndef f(a: int) -> int:\n    """X."""\n    b = 0\n{body}    return b\n'


def ruff(file: str, code: str) -> tuple[int, str]:
    return run(
        BIN / "ruff",
        "check",
        "--no-cache",
        "--output-format=concise",
        "--stdin-filename",
        file,
        "-",
        stdin=code,
    )


@pytest.mark.parametrize(
    ("file", "code", "rule"),
    [
        ("src/aiwatch/judge/x.py", NOW, "TID251"),
        ("src/aiwatch/delivery/telling.py", NOW, "TID251"),
        ("src/aiwatch/judge/x.py", TODAY, "TID251"),
        ("src/aiwatch/net/x.py", TIME, "TID251"),
        ("src/aiwatch/judge/x.py", branches(11), "C901"),
        ("src/aiwatch/judge/x.py", '"""X."""\n\nprint(1)\n', "T201"),
        ("src/aiwatch/judge/x.py", "X = 1\n", "D100"),
        ("src/aiwatch/judge/x.py", '"""X."""\n\nfrom ..text import urls\n\nX = urls\n', "TID252"),
        (
            "src/aiwatch/judge/x.py",
            '"""X."""\n\ntry:\n    X = 1\nexcept Exception:\n    X = 2\n',
            "BLE001",
        ),
    ],
)
def test_ruff_refuses(file: str, code: str, rule: str) -> None:
    exit_code, said = ruff(file, code)
    assert exit_code == 1
    assert f" {rule} " in said


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("src/aiwatch/service/clock.py", NOW),
        ("src/aiwatch/cli/x.py", TIME),
        ("src/aiwatch/judge/x.py", branches(10)),
    ],
)
def test_ruff_allows(file: str, code: str) -> None:
    assert ruff(file, code) == (0, "All checks passed!\n")


# ---------------------------------------------------------------- mypy


@pytest.mark.slow
def test_mypy_refuses_what_is_not_typed(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text("def double(number):\n    return number * 2\n")
    code, said = run(
        BIN / "mypy",
        f"--config-file={ROOT / 'pyproject.toml'}",
        f"--cache-dir={tmp_path}",
        planted,
        folder=tmp_path,
    )
    assert code == 1
    assert "[no-untyped-def]" in said


# ---------------------------------------------------------------- coverage floors

FLOORS = [
    line.strip()
    for line in (ROOT / "tests" / "run_checks").read_text().splitlines()
    if "coverage report" in line
]
SNIPPET = "def f(a: int) -> int:\n    if a:\n        return 1\n    return 2\n\n\nf(1)\n"


def measured(folder: Path, module: str, code: str) -> None:
    """Coverage data of one run of a planted package with that one module."""
    file = folder / "src" / "aiwatch" / module
    file.parent.mkdir(parents=True)
    (folder / "src" / "aiwatch" / "__init__.py").touch()
    (file.parent / "__init__.py").touch()
    file.write_text(code)
    shutil.copy(ROOT / "pyproject.toml", folder)
    name = f"aiwatch.{module.removesuffix('.py').replace('/', '.')}"
    path = str(folder / "src")
    assert run(BIN / "coverage", "run", "-m", name, folder=folder, PYTHONPATH=path)[0] == 0
    assert run(BIN / "coverage", "combine", "--quiet", folder=folder)[0] == 0


def reported(folder: Path, line: str) -> tuple[int, str]:
    """The very line of run_checks."""
    return run("sh", "-c", f'set -eu; bin="{BIN}"; {line}', folder=folder)


def test_there_are_two_floors() -> None:
    assert [re.findall(r"--fail-under=(\d+)", line) for line in FLOORS] == [["95"], ["90"]]


@pytest.mark.slow
@pytest.mark.parametrize("line", FLOORS)
def test_below_its_floor_coverage_fails(tmp_path: Path, line: str) -> None:
    measured(tmp_path, "judge/x.py", SNIPPET)
    code, said = reported(tmp_path, line)
    assert code == 2
    assert "less than fail-under" in said


@pytest.mark.slow
@pytest.mark.parametrize("line", FLOORS)
def test_above_its_floor_coverage_passes(tmp_path: Path, line: str) -> None:
    measured(tmp_path, "judge/x.py", f"{SNIPPET}f(0)\n")
    assert reported(tmp_path, line)[0] == 0


# ---------------------------------------------------------------- run_checks as a whole

STAND_IN = """#!/bin/sh
case "$(basename "$0") $*" in $FAILING) exit 1 ;; esac
"""


def checks(folder: Path, failing: str) -> int:
    """Exit code of run_checks where every tool says yes, but for the one that is named."""
    (folder / "tests").mkdir()
    bin_ = folder / ".venv" / "bin"
    bin_.mkdir(parents=True)
    for name in ("ruff", "mypy", "lint-imports", "coverage"):
        tool = bin_ / name
        tool.write_text(STAND_IN)
        tool.chmod(0o755)
    script = shutil.copy(ROOT / "tests" / "run_checks", folder / "tests")
    return run(script, folder=folder, FAILING=failing)[0]


@pytest.mark.parametrize(
    "failing",
    [
        "ruff check*",
        "ruff format*",
        "mypy*",
        "lint-imports*",
        "coverage run -m pytest*",
        "coverage report --fail-under=95*",
        "coverage report --fail-under=90*",
    ],
)
def test_one_failing_check_fails_the_run(tmp_path: Path, failing: str) -> None:
    assert checks(tmp_path, failing) != 0


def test_with_every_check_passing_the_run_passes(tmp_path: Path) -> None:
    assert checks(tmp_path, "none") == 0


# ---------------------------------------------------------------- pytest


def pytest_on(folder: Path, code: str, *words: str) -> tuple[int, str]:
    """A run of one planted test file under this repository's own options."""
    file = folder / "test_planted.py"
    file.write_text(code)
    return run(
        BIN / "python",
        "-m",
        "pytest",
        f"--config-file={ROOT / 'pyproject.toml'}",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:hypothesispytest",  # a third of the time, and no rule of ours
        *words,
        file,
        folder=folder,
    )


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import warnings\ndef test_a(): warnings.warn('look out')\n", "UserWarning: look out"),
        ("def test_a(): open(__file__)\n", "ResourceWarning"),
        ("import pytest\n@pytest.mark.misspelt\ndef test_a(): pass\n", "'misspelt' not found"),
        ("import pytest\n@pytest.mark.xfail\ndef test_a(): pass\n", "XPASS(strict)"),
    ],
    ids=["warning", "left open", "unknown mark", "unexpected pass"],
)
def test_pytest_refuses(tmp_path: Path, code: str, words: str) -> None:
    exit_code, said = pytest_on(tmp_path, code)
    assert exit_code != 0
    assert words in said


def test_tests_run_in_random_order(tmp_path: Path) -> None:
    code = "".join(f"def test_{n:02}(): pass\n" for n in range(20))
    orders = []
    for seed in (1, 2):
        exit_code, said = pytest_on(tmp_path, code, "-v", f"--randomly-seed={seed}")
        assert exit_code == 0
        orders.append(re.findall(r"::(test_\d\d) PASSED", said))
    assert sorted(orders[0]) == sorted(orders[1])
    assert len({tuple(orders[0]), tuple(orders[1]), tuple(sorted(orders[0]))}) == 3
