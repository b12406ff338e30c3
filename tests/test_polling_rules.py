"""Every rule of polling, judged from the log of a real server with the clock in our hand (tests/world)."""

from collections.abc import Iterator

import pytest

from tests.world import RULES, Rule, World
from tests.world.ours import Ours

JOIN = "the pipeline is not joined to it yet"
PENDING: dict[int, str] = {
    6: f"validators are never dropped ({JOIN})",
    12: f"the automatic rhythm ({JOIN})",
    15: f"the automatic rhythm ({JOIN})",
    20: f"the pace of hosts ({JOIN})",
    21: f"troubles told once ({JOIN})",
    22: f"troubles told once ({JOIN})",
    24: f"a changed configuration is not due at once ({JOIN})",
    25: f"addresses that moved ({JOIN})",
    27: f"addresses that moved ({JOIN})",
    30: f"addresses that moved ({JOIN})",
    41: f"hints are not remembered ({JOIN})",
    42: f"hints are not remembered ({JOIN})",
    43: f"hints are not remembered ({JOIN})",
    52: f"discovery is not offered in words ({JOIN})",
    54: f"robots.txt ({JOIN})",
    55: f"robots.txt ({JOIN})",
    56: "a page asked again is asked without its validator",
}
"""Rules not kept yet, and why. Each is a strict xfail: it must leave this list once it is kept."""

CASES = [
    pytest.param(
        one,
        id=f"{number:02} {one.sentence}",
        marks=[pytest.mark.xfail(reason=PENDING[number], raises=AssertionError)]
        if number in PENDING
        else [],
    )
    for number, one in sorted(RULES.items())
]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World() as world:
        yield world


@pytest.fixture(scope="module")
def ours() -> Iterator[Ours]:
    reader = Ours()
    yield reader
    reader.end()


@pytest.mark.parametrize("rule", CASES)
def test_rule(rule: Rule, world: World, ours: Ours) -> None:
    verdict = rule.judge(world, ours)
    assert verdict.kept, verdict.words
