"""Kill -9 between any two steps and start again: nothing is lost, nothing goes out under a second id.

Each named instant once, and some at random, one process or two; hundreds of them by `python -m tests.faults kills`.
"""

import random
from pathlib import Path

import pytest

from tests.faults.kills import INSTANTS, Run


@pytest.mark.slow
def test_after_kill_9_everything_is_told_once_by_id(tmp_path: Path) -> None:
    run = Run(tmp_path, random.randrange(10**6))
    run.go(kills=2 * len(INSTANTS), articles=2 * len(INSTANTS))
    assert sum(run.count[instant] for instant in INSTANTS) >= len(INSTANTS) // 2
