"""Two versions of a text, word by word."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.web.diffs import differences


def spelled(before: str, after: str) -> list[str]:
    signs = {"same": "{}", "added": "+{}+", "removed": "-{}-"}
    return [
        "".join(signs[piece.sign].format(piece.text) for piece in paragraph.pieces)
        for paragraph in differences(before, after)
    ]


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("a b c", "a b c", []),
        ("It cost $1 million.", "It cost $2 million.", ["It cost $-1-+2+ million."]),
        ("One.\nTwo.", "One.\nTwo.\nThree.", ["+Three.+"]),
        ("One.\nTwo.", "Two.", ["-One.-"]),
        (
            "The app closes six months after it began.",
            "The app closes on 26 April after it began.",
            ["The app closes -six months-+on 26 April+ after it began."],
        ),
        (
            "We will close the app in April.",
            "An update stands here first.\nWe will close the app in June.",
            ["+An update stands here first.+", "We will close the app in -April-+June+."],
        ),
        (
            "模型周二发布了新版本",
            "模型周三发布了新版本",
            ["模型周-二-+三+发布了新版本"],
        ),
        ("", "New.", ["+New.+"]),
    ],
)
def test_what_became_what(before: str, after: str, shown: list[str]) -> None:
    assert spelled(before, after) == shown


LINES = st.lists(st.sampled_from(["a b c d", "a b x d", "q r s", "t"]), max_size=5).map("\n".join)


@settings(max_examples=40)
@given(LINES, LINES)
def test_both_versions_can_be_read_in_it(before: str, after: str) -> None:
    def side(other: str) -> str:
        return "".join(
            piece.text
            for paragraph in differences(before, after)
            for piece in paragraph.pieces
            if piece.sign != other
        )

    for text, other in ((before, "added"), (after, "removed")):
        told = side(other).replace(" ", "")
        left = iter("".join(text.split()))
        assert all(letter in left for letter in told)
