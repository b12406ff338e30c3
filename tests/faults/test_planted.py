"""The list of planted bugs cannot rot: each still has its place in the source, and its tests are there.

Whether the tests catch them is shown by `python -m tests.faults planted`.
"""

import ast
from pathlib import Path

import pytest

from tests.faults.planted import ROOT, Bug, bugs


@pytest.mark.parametrize("bug", bugs(), ids=lambda bug: bug.name)
def test_a_bug_can_still_be_planted_and_its_tests_are_there(bug: Bug) -> None:
    ast.parse(bug.planted())
    for test in bug.tests:
        file, _, name = test.partition("::")
        assert f"def {name}(" in Path(ROOT / file).read_text("utf-8"), test
