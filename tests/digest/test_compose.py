"""What goes into a digest, for whom, and in which order."""

from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest

from aiwatch.digest.compose import told_of
from aiwatch.digest.wording import lines_of
from aiwatch.model import AlertName, ArticleId, Reader, StoryId, StoryLine, TopicName
from tests.digest.cases import (
    ALERT,
    CLOSURE,
    CONTEXT,
    CORRECTED,
    KNEW_ALL,
    READER,
    RULING,
    SPRING,
    TOLD,
    digest,
    match,
    member,
    story,
)


def line(*stories: object, **more: object) -> StoryLine:
    (only,) = lines_of(digest(*stories, **more))  # type: ignore[arg-type]
    return only


def test_a_story_stands_once_under_its_first_topic_in_the_alerts_order() -> None:
    found = digest(alert=replace(ALERT, topics=(TopicName("studios"), TopicName("lumen"))))
    assert [(s.topic, [shown.story for shown in s.stories]) for s in found.sections] == [
        ("studios", [1, 2, 3])
    ]
    assert found.sections[0].stories[0].topics == ("studios", "lumen")


def test_without_topics_of_its_own_an_alert_takes_the_order_of_all() -> None:
    found = digest(alert=replace(ALERT, topics=()))
    assert [s.title for s in found.sections] == ["Lumen video", "Studios and AI"]


def test_a_story_that_came_by_its_source_alone_stands_under_also() -> None:
    found = digest((replace(SPRING, topics=()), "new"), (CLOSURE, "new"))
    assert [(s.topic, s.title) for s in found.sections] == [("lumen", "Lumen video"), ("", "Also")]


def test_the_story_told_by_most_comes_first() -> None:
    found = digest(
        (SPRING, "new"),
        (RULING, "new"),
        told={},
        alert=replace(ALERT, topics=(TopicName("studios"),)),
    )
    assert [shown.story for shown in lines_of(found)] == [2, 3]


def test_the_same_story_given_twice_is_told_once() -> None:
    assert len(lines_of(digest((CLOSURE, "new"), (CLOSURE, "new")))) == 1


def test_a_first_telling_has_a_summary_of_several_outlets_and_the_copy_apart() -> None:
    found = line((CLOSURE, "new"))
    assert found.cause == "new"
    assert found.lead.outlet == "Brightloom"
    assert len({fact.outlet for fact in found.summary}) == 3
    assert found.outlets == (
        "Brightloom",
        "Kestrel Wire",
        "The Harbour Post",
        "Daily Example",
        "Reel & Stage",
    )
    assert found.independent_texts == 4
    assert [m.outlet for m in found.copies] == ["Daily Example"]
    assert [(f.what, [v[:2] for v in f.values]) for f in found.figures] == [
        ("Lumen, cost a day", [("$2 million", "Kestrel Wire"), ("$9 million", "The Harbour Post")])
    ]


def test_an_update_tells_only_what_is_new_and_threads_under_the_first() -> None:
    found = line((RULING, "update"))
    assert (found.cause, found.summary, found.adds) == ("update", (), (ArticleId(50),))
    assert len(found.new_facts) == 2
    assert (found.told_by, found.reply_to) == ("breaking", "abc@example.org")


def test_an_update_is_new_to_one_who_was_never_told() -> None:
    for told in ({}, {StoryId(2): replace(TOLD[StoryId(2)], reader=Reader("hook"))}):
        found = line((RULING, "update"), told=told)
        assert (found.cause, found.new_facts, found.told_at) == ("new", (), None)
        assert found.summary


ALL_TOLD = {
    StoryId(2): replace(TOLD[StoryId(2)], articles=frozenset({ArticleId(2), ArticleId(50)}))
}


def test_what_the_reader_knows_is_left_out() -> None:
    found = digest((RULING, "update"), told=ALL_TOLD)
    assert found.sections == ()
    assert found.subject == "Nothing new on Lumen video, Studios and AI · Tue 24 Mar"


def test_what_another_alert_told_is_one_line_of_a_digest_and_no_message_of_its_own() -> None:
    beside = {key: replace(value, by=AlertName("breaking")) for key, value in ALL_TOLD.items()}
    own = lines_of(digest((RULING, "update"), (CLOSURE, "new"), told=beside))
    quiet = next(each for each in own if each.story == RULING.id)
    assert (quiet.summary, quiet.new_facts, quiet.why) == ((), (), ())
    assert quiet.told_by == "breaking"
    assert digest((RULING, "update"), told=beside).sections == ()
    at_once = lines_of(digest((RULING, "update"), (CLOSURE, "new"), told=beside, kind="alert"))
    assert [each.story for each in at_once] == [CLOSURE.id]
    says = replace(ALERT, empty="say")
    assert lines_of(digest((RULING, "update"), told=beside, alert=says))


def test_an_alert_without_updates_keeps_to_one_line_of_what_another_told_and_none_of_its_own() -> (
    None
):
    wants_none = replace(ALERT, updates="none")
    assert lines_of(digest((RULING, "update"), alert=wants_none)) == ()
    own = {StoryId(2): replace(TOLD[StoryId(2)], by=ALERT.name)}
    beside = lines_of(digest((RULING, "update"), (CLOSURE, "new"), alert=wants_none))
    quiet = next(each for each in beside if each.story == RULING.id)
    assert (quiet.summary, quiet.new_facts, quiet.adds, quiet.figures) == ((), (), (), ())
    assert (quiet.why, quiet.told_by) == ((), "breaking")
    kept = lines_of(digest((RULING, "update"), (CLOSURE, "new"), alert=wants_none, told=own))
    assert [each.story for each in kept] == [CLOSURE.id]
    assert line((CORRECTED, "correction"), alert=wants_none).corrections
    assert line((RULING, "update"), alert=wants_none, told={}).summary


def test_a_correction_is_never_left_out() -> None:
    wants_none = replace(ALERT, updates="none")
    found = line((CORRECTED, "correction"), told=KNEW_ALL, alert=wants_none)
    assert (found.cause, found.corrections) == ("correction", CORRECTED.corrections)
    assert (found.summary, found.new_facts) == ((), ())
    assert CORRECTED.corrections[0].after in told_of(found)[1]


def test_who_was_never_told_gets_the_story_as_it_is_now_and_no_correction() -> None:
    found = line((CORRECTED, "correction"), told={})
    assert (found.cause, found.corrections) == ("new", ())
    assert found.summary


@pytest.mark.parametrize(("updates", "stories"), [("all", 1), ("new facts", 0)])
def test_every_further_report_only_where_wanted(
    updates: Literal["all", "new facts"], stories: int
) -> None:
    dull = member(
        80,
        "Third Outlet",
        "Studios in court",
        "The studios and Pellucid met in court again, as before.",
    )
    again = replace(RULING, members=(*RULING.members, dull))
    found = digest((again, "update"), told=ALL_TOLD, alert=replace(ALERT, updates=updates))
    assert len(lines_of(found)) == stories


def test_a_look_back_tells_all_and_says_when_it_was_told() -> None:
    found = digest(
        (RULING, "update"), told=ALL_TOLD, context=replace(CONTEXT, lookback=timedelta(days=1))
    )
    (only,) = lines_of(found)
    assert only.summary
    assert only.told_by == "breaking"
    assert found.subject.startswith("Last 24 hours: Judge lets studios")


def test_what_is_told_is_every_article_and_the_sentences_shown() -> None:
    found = line((CLOSURE, "new"))
    articles, sentences = told_of(found)
    assert articles == {1, 9, 14, 31, 40}
    assert sentences == tuple(fact.text for fact in found.summary)
    assert told_of(line((RULING, "update")))[0] == {2, 50}


def test_once_told_a_story_has_nothing_more_to_tell() -> None:
    articles, sentences = told_of(line((CLOSURE, "new")))
    told = replace(
        TOLD[StoryId(2)], story=StoryId(1), reader=READER, articles=articles, facts=sentences
    )
    assert digest((CLOSURE, "update"), told={StoryId(1): told}).sections == ()


def test_over_the_budget_of_words_a_story_shrinks_and_stays() -> None:
    whole = lines_of(digest())
    short = lines_of(digest(alert=replace(ALERT, words=20)))
    assert [shown.story for shown in short] == [shown.story for shown in whole]
    assert [bool(shown.summary or shown.new_facts) for shown in short] == [True, True, False]
    assert short[0].summary == whole[0].summary
    assert len(short[1].new_facts) == 1


def test_the_lead_is_one_the_reader_can_read() -> None:
    both = story(
        7, SPRING.members[0], member(90, "Kestrel Wire", "Weiguang shows a model", "Short.")
    )
    assert line((both, "new")).lead.lang == "zh"
    assert line((both, "new"), alert=replace(ALERT, languages=("en", "th"))).lead.lang == "en"


def test_an_outlets_name_at_the_end_of_a_headline_goes() -> None:
    assert [m.title for m in line((CLOSURE, "new")).also][1] == (
        "Lumen is over: what Brightloom’s retreat says about AI video"
    )


def test_an_article_without_a_headline_shows_its_first_words() -> None:
    assert (
        line((story(8, member(91, "Wire", "", "Lumen closes on 4 May.")), "new")).title
        == "Lumen closes on 4 May."
    )


def test_why_takes_one_match_a_topic_in_the_order_shown() -> None:
    other = member(
        92,
        "Wire",
        "Lumen",
        matches=(match("lumen", ("title", "Lumen")), match("shelved", ("title", "x"))),
    )
    found = line((replace(CLOSURE, members=(*CLOSURE.members, other)), "new"))
    assert [m.topic for m in found.why] == ["lumen", "studios"]


def test_blocked_outlets_are_never_shown() -> None:
    spam = member(
        93, "Spam", "Lumen Lumen Lumen", "Lumen has 900 million users, Spam said.", trust="block"
    )
    found = line((replace(CLOSURE, members=(spam, *CLOSURE.members)), "new"))
    assert "Spam" not in found.outlets
    assert all(fact.outlet != "Spam" for fact in found.summary)
