"""Words that deny, doubt or take back; corrections in an article's own words."""

import pytest

from aiwatch.judge.hedges import correction_notes, denials, doubts, expanded, retracts

MARKS = [
    ("It will not, cannot and won't.", "not cannot not", ""),
    ("She may leave, perhaps in May.", "", "may perhaps"),
    ("Er wird nicht gehen, vermutlich.", "nicht", "vermutlich"),
    ("Il ne viendra pas; il serait malade.", "ne pas", "serait"),
    ("No vendrá y podría dimitir.", "No", "podría"),
    ("Он не придёт и, возможно, уйдёт.", "не", "возможно"),
    ("公司否认可能关闭", "否认", "可能"),
    ("終了しない可能性がある", "ない", "可能"),
    ("종료하지 않을 수 있다", "않", "수 있"),
    ("Plain words only.", "", ""),
]


@pytest.mark.parametrize(("sentence", "denying", "doubting"), MARKS)
def test_marks_are_found_in_many_languages(sentence: str, denying: str, doubting: str) -> None:
    assert " ".join(denials(sentence)) == denying
    assert " ".join(doubts(sentence)) == doubting


def test_a_contraction_is_written_out() -> None:
    assert expanded("It doesn't and can’t.") == "It does not and ca not."


NOTES = [
    ("Correction: An earlier version of this article misstated the year.", True),
    ("Correction, 24 April: the sum was wrong.", True),
    ("An earlier version of this story gave the wrong name.", True),
    ("Editor's note: this piece was amended after publication.", True),
    ("Korrektur: Die Zahl war falsch.", True),
    ("Fe de errores: una versión anterior decía otra cosa.", True),
    ("更正：此前报道有误。", True),
    ("訂正：記事の日付に誤りがありました。", True),
    ("Update: the road is open again.", False),
    ("Note: prices include taxes.", False),
    ("Corrections officers went on strike.", False),
    ("Correction: " + "x wrong " * 300, False),
]


@pytest.mark.parametrize(("line", "expected"), NOTES)
def test_a_note_says_what_was_corrected(line: str, expected: bool) -> None:
    assert bool(correction_notes(f"It lost $9 million.\n{line}\n")) is expected


def test_a_retraction_takes_back() -> None:
    assert retracts("This article has been retracted.")
    assert not retracts("Correction: the sum was wrong.")
