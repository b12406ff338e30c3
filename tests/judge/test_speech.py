"""Who speaks, in several languages, and who is only credited."""

import pytest

from aiwatch.judge.names import names
from aiwatch.judge.speech import credited, denies, speaker

SPEAKS = [
    ("Thomas Rask, an analyst at Fernholm, called Lumen a black hole.", "thomas rask"),
    ("A Meridian report indicates that no money moved.", "meridian"),
    ("Der Abbau endet im Mai, sagte Betriebsratschef Uwe Brenner.", "betriebsratschef uwe brenner"),
    ("« C'est fini », a déclaré la directrice de la société, Claire Vasseur.", "claire vasseur"),
    ("El puente cerrará, anunció la ministra Elena Robledo.", "elena robledo"),
    ("Мост откроют 1 ноября, заявил мэр Павел Громов.", "павел громов"),
    ("People talked about it for hours.", None),
    ("It was said. Then Ann Bo left.", None),
]


@pytest.mark.parametrize(("sentence", "expected"), SPEAKS)
def test_the_speaker_stands_before_or_after_the_verb(sentence: str, expected: str | None) -> None:
    found = speaker(sentence, names(sentence))
    assert (" ".join(found.words) if found else None) == expected


CREDITS = [
    ("Films change, as reported by Meyka.", ", as reported by Meyka"),
    ("Films change as noted by The Harbour Journal.", "as noted by The Harbour Journal"),
    ("Films change according to The Harbour Journal.", "according to The Harbour Journal"),
    ("According to Sensor Lane, it earned $1.4 million.", None),
    ("It was built by Halden.", None),
]


@pytest.mark.parametrize(("sentence", "credit"), CREDITS)
def test_a_credit_is_where_something_was_read(sentence: str, credit: str | None) -> None:
    found = [sentence[start:end] for start, end in credited(sentence)]
    assert found == ([credit] if credit else [])


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [("Tarn denied it.", True), ("Tarn niega la venta.", True), ("Tarn confirmed it.", False)],
)
def test_a_denial_is_told_from_other_speech(sentence: str, expected: bool) -> None:
    assert denies(sentence) is expected
