"""Names by their capitals, and who speaks."""

import pytest

from aiwatch.judge.names import name_words, names, speaker

NAMES = [
    ("Thomas Husson of Forrester met Open AI's staff", "thomas husson|forrester|openai"),
    ("The Walt Disney Company and AI-driven Hollywood-style films", "walt disney|hollywood"),
    ("Character AI, GPT-5 and xAI", "characterai|gpt-5|xai"),
    ("Rumours grew in March on Monday", ""),
    ("Disney left", "disney"),
    ("OpenAI left", "openai"),
    ("“Pellucid is over,” he said", ""),
    ("OpenAI宣布关闭Sora应用", "openai|sora"),
    ("Мара Острандер сказала", "мара острандер"),
    ("nothing here", ""),
]


@pytest.mark.parametrize(("sentence", "expected"), NAMES)
def test_names_are_found_by_capitals(sentence: str, expected: str) -> None:
    known = frozenset({"disney"})
    assert "|".join(" ".join(name.words) for name in names(sentence, known)) == expected


def test_the_words_of_all_names() -> None:
    assert name_words("In Leeds Ann Bo met Cy") == {"leeds", "ann", "bo", "cy"}


SPEAKERS = [
    ("Thomas Husson, an analyst from Forrester, called it a black hole", "thomas husson"),
    ("It is over, said Altman on the stage", "altman"),
    ("A note of Reuters indicates that no money moved", "reuters"),
    ("It was used in films as reported by Meyka Daily", None),
    ("The end of Lumen has been officially confirmed", None),
    ("It was announced and then Ann Bo said it again", "ann bo"),
    ("He said so", None),
]


@pytest.mark.parametrize(("sentence", "expected"), SPEAKERS)
def test_the_speaker_is_the_one_who_reports(sentence: str, expected: str | None) -> None:
    found = speaker(sentence, names(sentence))
    assert (" ".join(found.words) if found else None) == expected
