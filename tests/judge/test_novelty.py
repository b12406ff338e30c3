"""What is news to a reader who has been told some of a story."""

from dataclasses import replace
from pathlib import Path

import pytest

from aiwatch.judge.novelty import facts, figures, lead, new_facts, retells, summary
from aiwatch.model import ArticleId, Member
from tests.judge.labelled import follow_ups, scored_follow_ups
from tests.judge.telling import member, story, told

FIRST = member(
    1,
    "Brightloom will close Lumen on 4 May. Its deal with Halden was worth $600 million, Mara Ostrander said.",
)

NEWS = [
    ("a figure", "Lumen lost $90 million in the last year.", True),
    ("a changed figure in the same words", "Its deal with Halden was worth $450 million, Mara Ostrander of Lumen said.", True),
    ("the same figure, rounded, in other words", "Brightloom gives up an agreement of some $0.6 billion over Lumen characters.", False),
    ("a date", "Subscribers of Lumen can fetch their films until 30 June.", True),
    ("a quotation", "People at Lumen were told to “stop everything and go home” at noon.", True),
    ("a new speaker", "Ines Calloway of Halden denied that Lumen had ever paid the studio.", True),
    ("the same speaker, saying something else", "Robots are what comes after Lumen, Mara Ostrander told reporters.", True),
    ("a new name", "Lumen was loved by people at Kestrel, Pellucid and many other places.", True),
    ("a name that is only credited", "Lumen was loved by people in many other places as noted by Meyka.", False),
    ("credit at the end", "Lumen marks a change in how films come about according to The Harbour Journal.", False),
    ("a report that says", "A Meridian report indicates that no money moved between Lumen and the studio.", True),
    ("a denial", "Halden denied that Brightloom will close Lumen.", True),
    ("an abbreviation brought up", "Reports say that Lumen's maker prepares an initial public offering (IPO).", True),
    ("a told name, written apart", "Bright Loom and its Lumen were loved by people in many other places.", False),
    ("a count in words", "Lumen was made by fourteen engineers in a cellar.", True),
    ("a day of the week", "Workers of Lumen carried their plants home on Friday.", True),
    ("the day it was told on", "Workers of Lumen carried their plants home on Tuesday.", False),
    ("nothing new", "Brightloom will close Lumen on 4 May.", False),
    ("another subject", "Much was said there by many people. Much was sung there by others as well. Ticket sales of the opera in Leeds rose by 40 percent.", False),
    ("carried on from a sentence about it", "Lumen was never liked much at home. It made only $2 million in all.", True),
    ("advice", "- Infrastructure: Ensure that Lumen is replaced by May.", False),
    ("a question", "Will Lumen be back by 1 September with Ines Calloway?", False),
]  # fmt: skip


@pytest.mark.parametrize(("what", "text", "news"), NEWS, ids=[case[0] for case in NEWS])
def test_what_counts_as_news(what: str, text: str, news: bool) -> None:
    found = new_facts(story(FIRST, member(2, text)), told(1))
    assert bool(found) is news, what
    assert all(fact.article == 2 and fact.outlet == "Outlet 2" for fact in found)


def test_sentences_sent_count_as_told_even_without_their_article() -> None:
    second = member(2, "Lumen lost $90 million in the last year.")
    assert (
        new_facts(
            story(FIRST, second),
            told(1, facts=("It lost about $90 million over the past year, Lumen’s maker says.",)),
        )
        == ()
    )


def test_the_same_news_from_two_outlets_is_told_once() -> None:
    second = member(2, "Lumen lost $90 million in the last year.")
    third = member(
        3, "In the last year Lumen lost $90.1 million. Ines Calloway said Lumen owed her 12 films."
    )
    found = new_facts(story(FIRST, second, third), told(1))
    assert sum("lost" in fact.text for fact in found) == 1


def test_the_best_come_first_and_no_more_than_asked() -> None:
    many = " ".join(f"Lumen paid ${n}0 million to partner number {n}." for n in range(2, 12))
    assert len(new_facts(story(FIRST, member(2, many)), told(1))) <= 10
    assert len(new_facts(story(FIRST, member(2, many)), told(1), limit=2)) == 2


def test_copies_and_low_trust_add_nothing() -> None:
    text = "Lumen lost $90 million in the last year."
    copy = member(2, text, duplicate_of=ArticleId(1), verdict="same_text")
    assert new_facts(story(FIRST, copy, member(3, text, trust="low")), told(1)) == ()
    assert new_facts(story(FIRST, member(3, text, trust="block")), told(1)) == ()


def test_a_story_only_of_low_trust_still_tells() -> None:
    low = story(
        replace(FIRST, trust="low"),
        member(2, "Lumen lost $90 million in the last year.", trust="low"),
    )
    assert len(new_facts(low, told(1))) == 1


def test_to_one_who_was_told_nothing_everything_is_new() -> None:
    assert len(new_facts(story(FIRST), None)) == 2


OTHER_SCRIPTS = [
    ("zh", "公司表示，Lumen的运营成本约为1.2亿元。", "cny:120000000"),
    ("ja", "Lumenの利用者は2月に310万人だったと同社は発表した。", "n:3100000"),
    ("ko", "Lumen의 수익은 140만 달러에 그쳤다고 회사는 밝혔다.", "usd:1400000"),
    ("th", "บริษัทระบุว่า Lumen มีรายได้เพียง 1.4 ล้านดอลลาร์ นับตั้งแต่เปิดตัว", "usd:1400000"),
]


@pytest.mark.parametrize(("lang", "text", "key"), OTHER_SCRIPTS)
def test_other_scripts_give_figures_and_latin_names(lang: str, text: str, key: str) -> None:
    (found,) = new_facts(story(FIRST, member(2, text, lang=lang)), told(1))
    assert {key, "name:lumen"} <= found.keys or key.startswith("n:")
    assert "name:lumen" in found.keys


def test_a_title_without_spaces_says_what_a_story_is_about() -> None:
    one = member(1, "微光视频周二发布了新模型。", title="微光视频发布新模型")
    two = member(
        2, "微光视频的新模型训练成本约1.2亿元。足球队赢了3比0，观众有5000人。", title="新模型的成本"
    )
    assert [fact.keys for fact in new_facts(story(one, two), told(1))] == [{"cny:120000000"}]


def test_the_current_year_is_no_news() -> None:
    assert facts(member(1, "Everybody spoke of it in 2026 without an end.")) == ()
    assert facts(member(1, "Everybody will speak of it in 2031 without an end."))[0].keys == {
        "date:2031"
    }


def test_told_names_written_together_are_no_new_name() -> None:
    first = member(1, "Lumen and its API will close on 4 May, said Ann Bo of Brightloom.")
    second = member(2, "The Lumen API closes in spring, which many people had seen to come.")
    assert new_facts(story(first, second), told(1)) == ()


def test_a_retelling_brings_nothing_that_others_have_not_told() -> None:
    again = member(2, "Brightloom gives up Lumen on 4 May, and with it $600 million of Halden's.")
    fresh = member(3, "Lumen lost $90 million in the last year.")
    assert retells(story(FIRST, again), again)
    assert not retells(story(FIRST, fresh), fresh)
    assert not retells(story(FIRST), FIRST)


# ---------------------------------------------------------------- summary


def test_a_summary_has_two_sentences_where_the_lead_has_them() -> None:
    plain = (
        "Brightloom is closing Lumen after a long time. Lumen was a place for films of all kinds."
    )
    assert [fact.text for fact in summary(story(member(1, plain)))] == plain.replace(
        ". ", ".\n"
    ).split("\n")


def test_a_summary_begins_with_the_lead_and_lets_others_speak() -> None:
    second = member(
        2,
        "Brightloom is closing Lumen on 4 May. Lumen lost $90 million in the last year.",
        outlet="B",
    )
    third = member(
        3, "Ines Calloway of Halden denied that Lumen had ever paid the studio.", outlet="C"
    )
    found = summary(story(replace(FIRST, trust="high"), second, third))
    assert found[0].text == "Brightloom will close Lumen on 4 May."
    assert sorted(fact.outlet for fact in found) == ["B", "C", "Outlet 1"]


def test_a_summary_never_says_the_same_twice() -> None:
    again = [member(n, "Brightloom will close Lumen on 4 May.") for n in range(2, 6)]
    assert [fact.text for fact in summary(story(FIRST, *again))] == [
        "Brightloom will close Lumen on 4 May.",
        "Its deal with Halden was worth $600 million, Mara Ostrander said.",
    ]


def test_a_sentence_that_only_repeats_the_headline_is_skipped() -> None:
    echo = member(
        1,
        "Brightloom closes Lumen on Monday. It lost $90 million, Ann Bo said.",
        title="Brightloom closes Lumen on Monday",
    )
    assert summary(story(echo))[0].text == "It lost $90 million, Ann Bo said."


def test_a_long_sentence_is_cut_and_keeps_the_keys_of_what_is_left() -> None:
    long = (
        "Lumen lost $90 million, "
        + "which many people found to be quite a lot, " * 8
        + "until 30 June."
    )
    (found,) = summary(story(member(1, long)))
    assert found.text.endswith("…")
    assert len(found.text) <= 280
    assert found.keys >= {"usd:90000000"}
    assert "date:06-30" not in found.keys


def test_a_summary_stays_in_the_leads_language() -> None:
    english, chinese = (
        replace(FIRST, lang="en"),
        member(2, "Lumen的运营成本约为1.2亿元。", lang="zh"),
    )
    assert {fact.article for fact in summary(story(english, chinese), languages=("en",))} == {1}
    assert {fact.article for fact in summary(story(english, chinese), languages=("zh",))} == {2}


def test_a_story_of_bare_headlines_has_no_summary() -> None:
    assert summary(story(member(1))) == ()


# ---------------------------------------------------------------- the two seeds

SEEDS = Path(__file__).resolve().parents[2] / "../shared/data/seeds"


@pytest.fixture
def seeds() -> tuple[Member, Member]:
    files = (SEEDS / "strategic-move.txt", SEEDS / "soras-closure.txt")
    if not all(file.exists() for file in files):
        pytest.skip("the two seed articles are not beside this checkout")
    titles_and_texts = [file.read_text(encoding="utf-8").strip().partition("\n") for file in files]
    move, closure = (
        member(n, text, title=title) for n, (title, _, text) in enumerate(titles_and_texts, start=1)
    )
    return move, closure


NEW_IN_THE_SECOND = (
    "$1.4 million", "$1.9 billion", "Sensor Tower", "resource-draining", "IPO", "December", "no financial transactions", "Seedance",
)  # fmt: skip


def test_the_seed_with_facts_adds_them_among_its_first_ten(seeds: tuple[Member, Member]) -> None:
    found = new_facts(story(*seeds), told(1))
    assert len(found) <= 10
    said = " ".join(fact.text for fact in found)
    assert [fact for fact in NEW_IN_THE_SECOND if fact not in said] == []


def test_the_seed_with_advice_adds_nothing(seeds: tuple[Member, Member]) -> None:
    assert new_facts(story(*seeds), told(2)) == ()
    shown = tuple(fact.text for fact in summary(story(seeds[1])))
    assert new_facts(story(*seeds), told(2, facts=shown)) == ()


def test_the_seeds_are_led_by_the_one_with_facts(seeds: tuple[Member, Member]) -> None:
    assert lead(story(*seeds)).article == 2
    assert figures(story(*seeds)) == ()


# ---------------------------------------------------------------- the labelled follow-ups


@pytest.mark.parametrize(
    ("part", "least", "adds", "sentences"),
    [  # cases; precision and recall of adds or not, and of the sentences, a little below what is measured
        ("tuning", 33, (0.96, 0.96), (0.96, 0.94)),  # .98 .98, .98 .96
        ("check", 33, (0.93, 0.96), (0.90, 0.90)),  # .96 1.0, .92 .91
    ],
)
def test_labelled_follow_ups_are_told_as_labelled(
    part: str, least: int, adds: tuple[float, float], sentences: tuple[float, float]
) -> None:
    cases = follow_ups(part)
    assert len(cases) >= least
    for score, (precision, recall) in zip(scored_follow_ups(cases), (adds, sentences), strict=True):
        assert score.precision >= precision
        assert score.recall >= recall
