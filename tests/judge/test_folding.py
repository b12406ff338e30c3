"""Told of a part, or only got it folded in among the others."""

import pytest

from aiwatch.judge.folding import was_told
from aiwatch.model import Member
from tests.stories import member, told

LEAD = member(
    1, title="Sora closes", text="OpenAI closes Sora on 26 April.\nUsers get their videos back."
)
OTHER = member(2, title="Disney leaves", text="Disney ends its licence deal with OpenAI.")


@pytest.mark.parametrize(
    ("articles", "facts", "part", "knows"),
    [
        ((1, 2), ("OpenAI closes Sora on 26 April.",), (LEAD,), True),
        ((1, 2), ("OpenAI closes Sora on 26 April.",), (OTHER,), False),
        ((1, 2), ("Disney ends its licence deal with OpenAI.",), (OTHER,), True),
        ((1, 2), (), (OTHER,), False),  # a name and a link
        ((2,), (), (OTHER,), True),  # there was nothing else in it
        ((1, 2), ("Users get their…",), (LEAD,), True),  # a long sentence is sent cut
        ((1, 2), ("USERS get\u00a0their videos back.",), (LEAD,), True),
    ],
)
def test_a_part_was_told_if_a_sentence_of_it_was_sent_or_nothing_else(
    articles: tuple[int, ...], facts: tuple[str, ...], part: tuple[Member, ...], knows: bool
) -> None:
    assert was_told(told(*articles, facts=facts), part) is knows
