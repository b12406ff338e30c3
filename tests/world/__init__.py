"""The test world: the 56 rules of polling as scenes on a real server, judged from its log."""

from tests.world import (  # noqa: F401 - each enters its rules
    rules_bodies,
    rules_manners,
    rules_moves,
    rules_pages,
    rules_times,
    rules_validators,
    rules_waiting,
)
from tests.world.scene import RULES, Reader, Rule, Scene, Told, Verdict, Watched
from tests.world.server import World

__all__ = ["RULES", "Reader", "Rule", "Scene", "Told", "Verdict", "Watched", "World"]
