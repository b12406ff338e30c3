"""Every rule of polling, judged from the log of a real server with the clock in our hand (tests/world)."""

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.world import RULES, Rule, Scene, World
from tests.world.ours import Ours
from tests.world.pages import feed, html, one_by_one
from tests.world.rude import Rude, lazy
from tests.world.rules_validators import sends_back
from tests.world.scene import SOONEST, days, gaps, minutes, must
from tests.world.server import Reply

PENDING: dict[int, str] = {}
"""Rules not kept yet, and why. Each is a strict xfail: it must leave this list once it is kept."""

# Days are played in each: coverage looks away, as tests/judge, tests/fetch and test_polling.py run the same lines.
pytestmark = pytest.mark.untraced

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


# ---------------------------------------------------------------- laws

MARKS = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0xFF, categories=("L", "N", "P", "S")),
    min_size=1,
)
ANSWERS = {
    "feed": feed("one"),
    "etag": feed("one", headers={"ETag": '"1"'}),
    "304": Reply(status=304),
    "a page": Reply(html("Hello", "A page.")),
    "nothing": Reply(b""),
    "403": Reply("no", 403),
    "404": Reply("no", 404),
    "429": Reply("no", 429),
    "429, at once": Reply("no", 429, {"Retry-After": "0"}),
    "500": Reply("no", 500),
    "503, in an hour": Reply("no", 503, {"Retry-After": "3600"}),
    "nowhere": Reply("", 301),
    "in a circle": Reply("", 302, {"Location": "/feed"}),
}


def judged(rule: Rule, world: World, ours: Ours) -> None:
    verdict = rule.judge(world, ours)
    assert verdict.kept, verdict.words


@settings(max_examples=4, deadline=None)
@given(values=st.lists(MARKS, min_size=1, max_size=8))
def test_any_validator_goes_back_byte_for_byte(world: World, ours: Ours, values: list[str]) -> None:
    named = {str(number): value for number, value in enumerate(values)}

    def story(scene: Scene) -> None:
        sends_back(scene, "ETag", "if-none-match", named)
        sends_back(scene, "Last-Modified", "if-modified-since", named)

    judged(Rule(0, "", "", story), world, ours)


@settings(max_examples=4, deadline=None)
@given(
    days_of=st.lists(
        st.lists(st.sampled_from(sorted(ANSWERS)), min_size=1, max_size=5), min_size=1, max_size=8
    )
)
def test_whatever_comes_a_source_is_asked_once_a_round_and_for_ever(
    world: World, ours: Ours, days_of: list[list[str]]
) -> None:
    def story(scene: Scene) -> None:
        for number, names in enumerate(days_of):
            route = one_by_one(*(ANSWERS[name] for name in names))
            scene.watch(str(number), scene.host().add("/feed", route))
        scene.play(days(4), minutes(45))
        for host, names in zip(scene.world.hosts, days_of, strict=True):
            must(max(Counter(seen.at for seen in host.log).values()) == 1, f"{names}: asked twice")
            found = gaps(host.log)
            must(found and min(found) >= SOONEST, f"{names}: asked again after {found[:4]}")
            must(max(found) <= days(1.1), f"{names}: left alone for {max(found)}")

    judged(Rule(0, "", "", story), world, ours)
