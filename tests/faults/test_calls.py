"""A stride of the long run `python -m tests.faults calls`; where it begins is chance, and said by what fails."""

import random
from pathlib import Path

import pytest

from tests.faults.calls import Calls

pytestmark = [pytest.mark.slow, pytest.mark.untraced]


@pytest.mark.parametrize(
    ("fresh", "stride"), [(True, 90), (False, 110)], ids=["making its database", "a usual pass"]
)
def test_whichever_call_fails_all_is_told_once(tmp_path: Path, fresh: bool, stride: int) -> None:
    calls = Calls(tmp_path, articles=3 if fresh else 8, copies=1, fresh=fresh)
    calls.go(every=stride, first=random.randrange(1, stride))
    assert calls.count["calls that raised"] > 5
    assert calls.count["calls that were the last"] > 5


def test_whoever_dies_leaves_nothing_untold(tmp_path: Path) -> None:
    calls = Calls(tmp_path, articles=3, copies=1)
    calls.die_between()
    assert calls.count["different states left behind"] > 15
