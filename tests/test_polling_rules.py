"""Every rule of polling, judged from the log of a real server with the clock in our hand (tests/world)."""

from collections.abc import Iterator

import pytest

from tests.world import RULES, Rule, World
from tests.world.ours import Ours
from tests.world.rude import Rude, lazy

PENDING: dict[int, str] = {
    52: "what comes in place of a feed is named, but not how to find the feed",
    56: "a page that is asked again, as its entry was edited, is asked without its validator",
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


@pytest.fixture(scope="module")
def others() -> Iterator[tuple[Rude, Rude]]:
    rude, once = Rude(), lazy()
    yield rude, once
    rude.end()
    once.end()


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda one: f"{one.number:02}")
def test_every_rule_can_be_broken(rule: Rule, world: World, others: tuple[Rude, Rude]) -> None:
    assert any(rule.judge(world, other).kept is False for other in others)
