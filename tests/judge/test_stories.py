"""One event, one story: look-alikes, stale names, forms and round-ups stay out; follow-ups are linked."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.judge import stories, templates
from aiwatch.judge.weights import Rarity, shares, vector
from aiwatch.model import Centroid, Fingerprint, Frequencies, StoryId
from aiwatch.text.fingerprint import fingerprint
from aiwatch.text.terms import stemmed
from tests.judge.streaming import Archive, article

BEAT = frozenset({"Sora", "OpenAI", "Seedance", "Disney"})


def day(month: int, number: int, hour: int = 12) -> datetime:
    return datetime(2026, month, number, hour, tzinfo=UTC)


CLOSES = (
    "OpenAI shuts down Sora",
    "OpenAI said on Tuesday that it would shut down Sora, its app that makes videos from short texts, six months "
    "after it came out. The app had cost the company far more than it earned. Disney, which had agreed in December to "
    "put $1 billion into OpenAI and to lend Sora more than 200 of its characters, said the deal was over. OpenAI wants "
    "to use the machines for robotics and for the next language model, and will say later when the app closes.",
)
CLOSES_TOO = (
    "Sora is over: OpenAI pulls its video app, Disney walks away",
    "The video app Sora will be shut down, OpenAI wrote in a farewell post. Users were told that dates for the app "
    "and the programming interface would follow. With Sora goes the agreement with Disney, worth $1 billion, under "
    "which Mickey Mouse and Yoda could have appeared in clips. No money had moved, people at Disney said.",
)
DATES = (
    "OpenAI names the dates: Sora app closes on 26 April",
    "The Sora app and its website shut down on 26 April, OpenAI wrote on its help pages; the programming interface "
    "follows on 24 September. Users should download their videos before. The company had announced the end of Sora, "
    "and with it the deal with Disney, on Tuesday.",
)
PLAN = (
    "OpenAI wants to put Sora into ChatGPT",
    "Users of ChatGPT will soon make videos without leaving their conversation: OpenAI plans to build Sora into the "
    "assistant, two people who know the plan said. The separate app has lost readers since the winter. A paid tier "
    "would come first, with a small allowance of clips for everybody else, and a release is planned for spring.",
)
PAUSE = (
    "ByteDance puts off Seedance abroad",
    "ByteDance has paused the worldwide release of its video model Seedance 2.0 after letters from Disney and other "
    "studios. Its lawyers want filters for known characters first, people close to the company said. In China the "
    "model stays open to customers of its cloud, where a million tokens cost 46 yuan.",
)
CAPCUT = (
    "Seedance comes to CapCut",
    "The editing app CapCut now offers the model Seedance to paying members in eight countries, among them Brazil, "
    "Indonesia and Mexico. Clips are marked with a visible label, and photographs of real people are refused. The "
    "competitor Sora was given up by OpenAI this week.",
)
LEAVES = (
    "Head of Sora leaves OpenAI",
    "Bill Peebles, who led the work on Sora, is leaving OpenAI, he wrote on Friday. Three weeks ago the company decided "
    "to shut down the video app, and the deal with Disney worth $1 billion ended with it. Peebles did not say where he "
    "will go. He came from Berkeley in 2023, where he had written a paper on diffusion transformers.",
)
LEAVES_TOO = (
    "Peebles, face of Sora, quits OpenAI",
    "OpenAI loses Bill Peebles: the researcher behind Sora quits, he told his followers on Friday. His paper on "
    "diffusion transformers, written at Berkeley, shaped a generation of video models.",
)


def test_the_life_of_one_story_among_its_neighbours() -> None:
    archive = Archive(topic_words=BEAT)
    told = [
        (PLAN, day(3, 13), "plan"),
        (PAUSE, day(3, 15), "pause"),
        (CLOSES, day(3, 24), "closes"),
        (CLOSES_TOO, day(3, 24, 20), "closes"),
        (CAPCUT, day(3, 26), "capcut"),
        (DATES, day(3, 29), "closes"),
        (LEAVES, day(4, 17), "leaves"),
        (LEAVES_TOO, day(4, 17, 18), "leaves"),
    ]
    story_of: dict[str, StoryId | None] = {}
    for (title, text), at, event in told:
        verdict = archive.take(article(title, text, at))
        assert verdict.story == story_of.setdefault(event, verdict.story), (title, verdict.reason)
        assert verdict.reason
    assert len(set(story_of.values())) == 5
    leaves = story_of["leaves"]
    assert leaves is not None
    assert archive.previous[leaves] == story_of["closes"]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_arrival_does_not_matter(order: tuple[int, ...]) -> None:
    archive = Archive(topic_words=BEAT)
    texts = (CLOSES, CLOSES_TOO, DATES)
    assert len({archive.take(article(*texts[number])).story for number in order}) == 1


@pytest.mark.parametrize("boilerplate", [True, False])
@pytest.mark.parametrize("topic_words", [frozenset(), BEAT])
@pytest.mark.parametrize(
    "order", [("soras-closure", "strategic-move"), ("strategic-move", "soras-closure")]
)
def test_the_two_seeds_are_one_story_in_an_empty_archive(
    shared_data: Path, order: tuple[str, str], topic_words: frozenset[str], boilerplate: bool
) -> None:
    archive, found = Archive(topic_words=topic_words), []
    for name in order:
        title, _, text = (shared_data / "seeds" / f"{name}.txt").read_text("utf-8").partition("\n")
        if not boilerplate:
            text = text.split("\nFAQ\n")[0].split("\nInterested in Microsoft")[0]
        found.append(archive.take(article(title, text)))
    assert found[0].kind == "new"
    assert (found[1].kind, found[1].story) == ("same_story", found[0].story)
    assert found[1].score >= 0.3
    assert {"sora", "openai", "disney"} <= set(found[1].shared)
    assert found[1].reason.startswith("joins: cosine 0.")


def test_the_reason_shows_words_as_they_are_written() -> None:
    archive = Archive()
    archive.take(article(*CLOSES))
    verdict = archive.take(article(*CLOSES_TOO))
    text = f"{CLOSES_TOO[0]} {CLOSES_TOO[1]}".casefold()
    assert all(word in text or word == "1000000000" for word in verdict.shared)
    cosine, likeness = re.findall(r"0\.\d\d", verdict.reason)
    assert f"{verdict.score:.2f}" == cosine != likeness
    assert verdict.reason.endswith(f" on {', '.join(verdict.shared)}")
    assert (verdict.rule, verdict.sure) == ("cosine", True)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            (
                "OpenAI关闭视频应用Sora",
                "OpenAI周二宣布将关闭视频生成应用Sora，并结束与迪士尼价值十亿美元的合作协议。该应用上线仅六个月。",
            ),
            (
                "Sora停止服务 迪士尼退出合作",
                "视频生成应用Sora将停止服务，OpenAI在告别声明中表示，与迪士尼的十亿美元合作协议同时结束。",
            ),
        ),
        (
            (
                "디즈니, 로우미어 다리 폐쇄에 항의",
                "로우미어 항만청은 목요일 회전교를 열한 달 동안 폐쇄하기로 했다. 상인들은 부교 설치를 요구했다.",
            ),
            (
                "로우미어 회전교 폐쇄 결정",
                "로우미어 항만청이 회전교 폐쇄를 결정했다. 상인들은 임시 부교를 요구하고 있다.",
            ),
        ),
        (
            (
                "OpenAI ปิดแอปวิดีโอ Sora",
                "โอเพนเอไอประกาศปิดแอปสร้างวิดีโอ Sora และยกเลิกข้อตกลงกับดิสนีย์มูลค่าหนึ่งพันล้านดอลลาร์",
            ),
            (
                "Sora ยุติบริการ ดิสนีย์ถอนตัว",
                "แอปสร้างวิดีโอ Sora ของ OpenAI จะยุติบริการ ข้อตกลงกับดิสนีย์มูลค่าหนึ่งพันล้านดอลลาร์สิ้นสุดลง",
            ),
        ),
    ],
    ids=["zh", "ko", "th"],
)
def test_scripts_without_spaces_join_from_an_empty_archive(
    first: tuple[str, str], second: tuple[str, str]
) -> None:
    archive = Archive()
    one, other = archive.take(article(*first)), archive.take(article(*second))
    assert other.story == one.story, other.reason


@pytest.mark.parametrize(
    ("other", "topic_words", "joins"),
    [
        ({"names": ("quellmark",)}, frozenset(), True),
        ({"names": ("quellmark",)}, frozenset({"Quellmark"}), False),
        ({"numbers": ("48213",)}, frozenset(), True),
        ({"numbers": ("2026",)}, frozenset(), False),
        ({}, frozenset(), False),
    ],
)
def test_a_weak_likeness_needs_a_name_or_number_that_is_no_topics_own(
    other: dict[str, tuple[str, ...]], topic_words: frozenset[str], joins: bool
) -> None:
    words = [
        stemmed(word)
        for word in ["market", "letter", "winter", "museum", "garden", "kitchen", "village"]
    ]
    centroid = a_story(terms=dict.fromkeys(words[:4], 1.0), **other)
    mine = [(word, 1) for word in words[3:]]
    print_ = replace(Fingerprint(terms=tuple(mine)), **other)  # type: ignore[arg-type]
    verdict = assign(print_, centroid, topic_words)
    near = stories.nearest(print_, Rarity(Frequencies(documents=0, counts={})), [centroid])[0]
    assert stories.JOIN <= near.score < stories.SURE
    assert (verdict == centroid.story) is joins


def a_story(**parts: object) -> Centroid:
    given_parts: dict[str, object] = {
        "story": StoryId(5),
        "terms": {},
        "members": 1,
        "first_seen": day(3, 24),
        "last_seen": day(3, 24),
    }
    given_parts |= {
        name: frozenset(value) if name in ("names", "numbers") else value  # type: ignore[call-overload]
        for name, value in parts.items()
    }
    return Centroid(**given_parts)  # type: ignore[arg-type]


def assign(
    print_: Fingerprint, centroid: Centroid, topic_words: frozenset[str] = frozenset()
) -> StoryId | None:
    nothing = Frequencies(documents=0, counts={})
    read = article("One plain headline")
    return stories.assign(read, print_, nothing, [centroid], day(3, 24), topic_words).story


@pytest.mark.parametrize(
    ("days", "members", "grown", "open_"),
    [
        (13, 1, 0, True),
        (15, 1, 0, False),
        (15, 12, 3, False),
        (20, 12, 15, True),
        (22, 12, 15, False),
    ],
)
def test_a_story_is_open_for_two_weeks_after_its_last_growth_a_long_running_one_for_three(
    days: int, members: int, grown: int, open_: bool
) -> None:
    last = day(3, 24)
    centroid = a_story(members=members, first_seen=last - timedelta(days=grown), last_seen=last)
    assert (timedelta(days=days) <= stories.window(centroid)) is open_


def test_an_article_found_late_joins_the_story_of_its_day() -> None:
    archive = Archive()
    archive.take(article(*CLOSES, day(3, 24)))
    archive.take(article(*DATES, day(3, 29)))
    late = archive.take(article(*CLOSES_TOO, day(3, 25)))
    assert late.story == 1


@pytest.mark.parametrize(
    ("number", "telling"),
    [
        ("2026", False),
        ("12", False),
        ("1000", False),
        ("239", True),
        ("1.4", True),
        ("1400000", True),
    ],
)
def test_years_and_small_counts_tell_no_event(number: str, telling: bool) -> None:
    assert templates.telling(number) is telling


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (
            "Quake death toll in Lowmere rises to 12",
            "Quake death toll in Lowmere rises to 15",
            False,
        ),
        ("Quellmark shares close at 175.78", "Quellmark shares close at 181.02", True),
        ("Brackwater ferry strike ends", "Brackwater ferry strike ends after talks", False),
    ],
)
def test_a_headline_differs_by_what_identifies(one: str, other: str, apart: bool) -> None:
    archive = Archive()
    first, second = archive.take(article(one)), archive.take(article(other))
    assert (first.story != second.story) is apart


def test_pages_of_one_form_follow_nothing() -> None:
    archive = Archive()
    text = "In this weekly bulletin the {} office lists permits granted, withdrawn and contested by residents."
    archive.take(article("Permits", text.format("Brackwater"), day(3, 1)))
    second = archive.take(article("Permits", text.format("Ostravia"), day(3, 25)))
    assert second.story is not None
    assert archive.previous[second.story] is None


@settings(max_examples=40)
@given(
    st.dictionaries(st.text(min_size=1, max_size=4), st.floats(0.1, 50), max_size=30),
    st.dictionaries(st.text(min_size=1, max_size=4), st.floats(0.1, 50), max_size=30),
)
def test_a_cosine_lies_between_nothing_and_one(
    one: dict[str, float], other: dict[str, float]
) -> None:
    rarity = Rarity(Frequencies(documents=3, counts={"a": 3, "0": 1}))
    first, second = vector(one, rarity), vector(other, rarity)
    assert 0 <= sum(shares(first, second).values()) <= 1 + 1e-9
    assert sum(shares(first, first).values()) == pytest.approx(1 if first else 0)


def test_a_story_keeps_its_heaviest_terms() -> None:
    grown: dict[str, float] = {}
    for number in range(40):
        text = f"Lowmere bridge {' '.join(f'word{number}q{n}' for n in range(30))}"
        grown = stories.grow(grown, fingerprint("Lowmere bridge", text))
    assert len(grown) == stories.KEPT_TERMS
    assert grown[stemmed("lowmere")] > 40


def test_only_terms_that_stand_in_the_archive_are_looked_up() -> None:
    print_ = fingerprint(*CLOSES)
    nothing = Frequencies(documents=0, counts={})
    assert stories.rare_terms(print_, nothing) == ()
    some = Frequencies(documents=9, counts={"sora": 2, "openai": 3, "app": 8, "unrelated": 4})
    assert stories.rare_terms(print_, some, limit=2) == ("sora", "openai")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            ("Sora is closing", "OpenAI closes Sora in April."),
            ("What Sora cost a day", "Bananas are cheap in May."),
        ),
        (
            (
                "Concert tour announced",
                "The orchestra said its concert will tour. Sora, the hero, is on the poster.",
            ),
            ("OpenAI closes Sora", "OpenAI said it will close its Sora."),
        ),
    ],
)
def test_short_texts_do_not_join_on_a_topics_word_alone(
    first: tuple[str, str], second: tuple[str, str]
) -> None:
    archive = Archive(topic_words=frozenset({"sora"}))
    archive.take(article(*first))
    found = archive.take(article(*second))
    assert found.kind == "new"


@pytest.mark.parametrize(
    ("first", "second", "joins"),
    [
        ("Job openings fall in January", "Fewer job openings than hoped for", True),
        (
            "Mayor opens new library in Perth",
            "Perth bridge closed to lorries after storm damage at weekend",
            False,
        ),
        ("Lowmere museum opens", "Lowmere Museum", True),
    ],
)
def test_bare_headlines_join_on_a_pair_of_words_and_not_on_one(
    first: str, second: str, joins: bool
) -> None:
    archive = Archive()
    archive.take(article(first))
    assert (archive.take(article(second)).story == 1) is joins


@pytest.mark.parametrize(
    ("texts", "rule", "sure"),
    [
        ((CLOSES, CLOSES_TOO), "cosine", True),
        ((CLOSES, PAUSE), "own story", True),
        ((CLOSES, ("7 things to try after Sora", CLOSES_TOO[1])), "a round-up", True),
    ],
)
def test_a_verdict_names_its_rule(
    texts: tuple[tuple[str, str], ...], rule: str, sure: bool
) -> None:
    archive = Archive()
    found = [archive.take(article(*each)) for each in texts][-1]
    assert (found.rule, found.sure) == (rule, sure), found.reason
