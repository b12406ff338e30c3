"""What speaks for and against a likeness beyond the cosine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiwatch.judge import likeness
from aiwatch.judge.stories import AT_LARGE
from aiwatch.model import StoryId
from aiwatch.text.fingerprint import fingerprint
from tests.judge.streaming import Archive, article

TELLS = (
    "Orvane shows the Brisk 40, a folding scooter with a second battery, at the fair in Stennick."
)


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("Orvane shows the Brisk 40, a scooter that folds, in Stennick.", True),
        ("Orvane shows the Quell 9, a cargo scooter, at the Garrow works.", False),
    ],
)
def test_names_that_either_side_lacks_speak_against_one_event(text: str, more: bool) -> None:
    archive = Archive()
    archive.take(article("", TELLS))
    found = likeness.against(fingerprint("", text), archive.stories[StoryId(1)], AT_LARGE)
    assert (found < 0.2) is more


@given(st.lists(st.sampled_from(["bridge", "harbour", "orvane", "quellmark"]), unique=True))
def test_more_that_is_shared_never_lowers_the_likeness(shared: list[str]) -> None:
    archive = Archive()
    archive.take(article("", TELLS))
    centroid, print_ = archive.stories[StoryId(1)], fingerprint("", TELLS)
    headline = {"orvane", "harbour", "quellmark"}
    scores = [
        likeness.adjusted(0.2, shared[:n], headline, print_, centroid, AT_LARGE)
        for n in range(len(shared) + 1)
    ]
    assert scores == sorted(scores)


@given(st.permutations(range(4)))
def test_no_article_leaves_its_story_when_another_arrives(order: list[int]) -> None:
    texts = (TELLS, "Brisk 40 by Orvane folds and has two batteries.", "Quell 9 by Orvane.", "")
    archive, told = Archive(), []
    for n in order:
        verdict = archive.take(article(f"Scooter fair {n}", texts[n]))
        told.append(verdict.story)
        kept = [known.story for known in archive.known.values()]
        assert kept == told
    assert sum(each.members for each in archive.stories.values()) == len(order)
