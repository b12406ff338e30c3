"""What of a body is a sentence worth showing."""

import pytest

from aiwatch.judge.sentences import clipped, content, pieces, sentences

PROSE = "Brightloom closed Lumen on Monday. "
KEPT: list[tuple[str, list[str]]] = [
    (PROSE + "Staff were told first.", [PROSE.strip()]),
    ("Mr. Ostrander left the U.S. office at 3.5 p.m. on Jan. 5.", ["Mr. Ostrander left the U.S. office at 3.5 p.m. on Jan. 5."]),
    ("“We are done with it,” she said. “All of us are done.” They all left for a late lunch.", ["“We are done with it,” she said.", "They all left for a late lunch."]),
    ("Why did it close\n" + PROSE, [PROSE.strip()]),
    ("Why did the company close it so suddenly?\n" + PROSE, [PROSE.strip()]),
    ("- Infrastructure: Ensure that the machines are in place.\n" + PROSE, [PROSE.strip()]),
    ("Infrastructure: Ensure that the machines are in place.", []),
    ("Price: it costs 20 dollars a month from May.", ["Price: it costs 20 dollars a month from May."]),
    ("* Lumen made 1.4 million dollars in a year.", ["Lumen made 1.4 million dollars in a year."]),
    (PROSE + "Sign up for our newsletter to hear more.", [PROSE.strip()]),
    (PROSE + "\nRelated articles\nAnother app was closed on Friday by its maker.", [PROSE.strip()]),
    ("Key takeaways\n" + PROSE + "\nIt had been open for a whole year.\nIts makers go on to robots.", [PROSE.strip(), "It had been open for a whole year.", "Its makers go on to robots."]),
    ("A cut teaser that goes on for long enough that it must have been a sentence once, before somebody cut it off here", ["A cut teaser that goes on for long enough that it must have been a sentence once, before somebody cut it off here"]),
    ("The reasons are these:", []),
    ("The company gave two. The reasons are these:", []),
    (PROSE * 2, [PROSE.strip()]),
    ("x" * 5000 + ".", []),
    ("公司宣布关闭应用程序。交易金额约10亿美元！为什么关闭应用程序？", ["公司宣布关闭应用程序。", "交易金额约10亿美元！"]),
    ("微光视频发布新模型", []),
    ("動画アプリ「Lumen」を終了すると発表した。「とても残念です。」と社長は述べた。", ["動画アプリ「Lumen」を終了すると発表した。", "「とても残念です。」", "と社長は述べた。"][:2]),
    ("오픈AI는 앱을 종료한다고 밝혔다. 수익은 140만 달러였다.", ["오픈AI는 앱을 종료한다고 밝혔다.", "수익은 140만 달러였다."]),
    ("บริษัทประกาศปิดแอปสร้างวิดีโอเมื่อวันที่ 24 มีนาคม หลังรายได้ต่ำกว่าที่คาดไว้มาก และยุติข้อตกลงกับสตูดิโอ 1 พันล้านดอลลาร์", ["บริษัทประกาศปิดแอปสร้างวิดีโอเมื่อวันที่ 24 มีนาคม หลังรายได้ต่ำกว่าที่คาดไว้มาก", "และยุติข้อตกลงกับสตูดิโอ 1 พันล้านดอลลาร์"]),
    ("", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), KEPT)
def test_only_reports_are_kept(text: str, expected: list[str]) -> None:
    assert list(sentences(text)) == expected


def test_words_compare_by_stem_and_unspaced_scripts_by_pairs() -> None:
    assert content("Lumen ended deals") & content("The deal ends with Lumen") == {
        "lumen",
        "deal",
        "end",
    }
    assert content("关闭应用") == {"关闭", "闭应", "应用"}


CLIPS = [
    ("short", 20, "short"),
    ("one clause that is long, and another", 30, "one clause that is long…"),
    ("no clause here but many many words", 20, "no clause here but…"),
    ("x" * 50, 20, "x" * 19 + "…"),
]


@pytest.mark.parametrize(("text", "limit", "expected"), CLIPS)
def test_a_long_sentence_is_cut_at_a_clause(text: str, limit: int, expected: str) -> None:
    assert clipped(text, limit) == expected


@pytest.mark.parametrize(
    "dateline",
    ["SAN FRANCISCO (Meridian) - ", "LONDON, March 24 (AP) — ", "BEIJING — ", "PARIS (AFP) – "],
)
def test_a_dateline_is_no_part_of_the_first_sentence(dateline: str) -> None:
    said = "OpenAI said on Tuesday that it would close Sora within weeks."
    assert sentences(f"{dateline}{said}") == (said,)
    assert sentences(f"NASA - {said}")[0].endswith(said)


def test_a_german_ordinal_ends_no_sentence() -> None:
    text = "Das Werk schließt am 30. Juni für immer. „Wir sind traurig“, sagte die Chefin."
    assert sentences(text) == (
        "Das Werk schließt am 30. Juni für immer.",
        "„Wir sind traurig“, sagte die Chefin.",
    )


def test_pieces_are_all_a_reader_may_have_read() -> None:
    assert pieces("Why?\n- He is 51.\nSign up here") == ("Why?", "He is 51.", "Sign up here")
    assert sentences("He is 51. Why? It ended.", 8) == ("He is 51.", "It ended.")
