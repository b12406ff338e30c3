"""Who is owed which correction."""

from datetime import timedelta

import pytest

from aiwatch.judge import corrections
from aiwatch.judge.alerting import NotOwed, Owed, alerting
from aiwatch.model import ArticleId, Correction
from tests.stories import NOON, READER, alert, member, story, told

LATER = NOON + timedelta(hours=1)


def changed(before: str, after: str, article: int = 1, minutes: int = 30) -> Correction:
    return Correction(
        article=ArticleId(article),
        outlet=f"Outlet {article}",
        url=f"https://outlet{article}.example/a",
        at=NOON + timedelta(minutes=minutes),
        kind="figure",
        before=before,
        after=after,
    )


@pytest.mark.parametrize(
    ("found", "owed"),
    [
        ([changed("one", "two")], [("one", "two")]),
        ([changed("one", "two", minutes=-5)], []),  # told as it is now
        ([changed("one", "two", article=2)], []),  # of an article that this reader never got
        ([changed("one", "two"), changed("two", "three", minutes=40)], [("one", "three")]),
        ([changed("one", "two"), changed("two", "one", minutes=40)], []),
        ([changed("one", ""), changed("two", "")], [("one", ""), ("two", "")]),
    ],
)
def test_a_reader_is_owed_what_was_told_and_stands_otherwise_now(
    found: list[Correction], owed: list[tuple[str, str]]
) -> None:
    now = story(member(1), member(2), corrections=tuple(found))
    assert [(one.before, one.after) for one in corrections.owed(now, told(1))] == owed
    assert corrections.owed(now, None) == ()


def test_an_article_whose_text_was_replaced_since_counts_as_told() -> None:
    now = story(member(1), corrections=(changed("one", "two"),))
    knew = told(rewritten=frozenset({ArticleId(1)}))
    assert corrections.owed(now, knew) == now.corrections


@pytest.mark.parametrize("updates", ["none", "new facts", "all"])
def test_a_correction_goes_to_everyone_told_the_old_text_whatever_the_alert_wants_of_updates(
    updates: str,
) -> None:
    now = story(member(1), corrections=(changed("one", "two"),))
    wants = alert(updates=updates, update_gap=timedelta(hours=9), settle=timedelta(minutes=10))
    decided = alerting(now, now.members[0], {READER: told(1)}, wants, (READER,), LATER)
    assert isinstance(decided, Owed)
    assert (decided.cause, decided.hold_until) == ("correction", LATER)
    assert decided.reason == "Outlet 1 says otherwise now than news told: figure"


def test_what_another_article_corrects_is_not_this_articles_occasion() -> None:
    now = story(member(1), member(2), corrections=(changed("one", "two"),))
    decided = alerting(
        now, now.members[1], {READER: told(1, 2)}, alert(updates="none"), (READER,), LATER
    )
    assert isinstance(decided, NotOwed)
