"""What of a text is kept to compare it."""

import re
import subprocess
import sys
import unicodedata
from hashlib import blake2b

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.text.fingerprint import MOST_SHINGLES, fingerprint

TEXT = (
    "The harbour board of Lowmere voted on Thursday to close the old swing bridge for eleven months. "
    "Engineers found cracks in four of its nine bearings, and the repair will cost $2.4 million. "
    "Ferries will carry walkers and bicycles across the channel, the board said, but cars must drive around "
    "by way of Stennick, which adds nearly forty minutes to the trip between the two halves of the town."
)
CHINESE = "港务局周四投票决定将旧平转桥关闭十一个月工程师在九个轴承中发现四个有裂缝维修费用为二百四十万元渡轮将运送行人和自行车过海峡但汽车必须绕行斯坦尼克这使两岸之间的行程增加近四十分钟市民对此表示不满"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("$1.4 million", ("1400000",)),
        ("1,225 shares at 175.78", ("1225", "175.78")),
        ("1.400.000 Euro und 1,5 Millionen", ("1400000", "1500000")),
        ("a $2bn deal", ("2000000000",)),
        ("10억달러", ("1000000000",)),
        ("投资 10亿美元", ("1000000000",)),
        ("1,4 млрд рублей", ("1400000000",)),
        ("v1.2.3 and again 1.2.3", ("1.2.3",)),
        ("7.50 and 7.5", ("7.5",)),
        ("no numbers", ()),
    ],
)
def test_numbers_are_compared_by_value(text: str, numbers: tuple[str, ...]) -> None:
    assert fingerprint("", text).numbers == numbers


@pytest.mark.parametrize(
    ("title", "text", "has", "lacks"),
    [
        ("", "On Monday the firm Open AI said so. Then it stopped.", "openai", "then"),
        ("", "They showed Seedance to us.", "seedance", "they"),
        ("Bridge Closes For Good", "The bridge in Lowmere closes.", "lowmere", "good"),
        ("Lowmere Bridge Closes", "", "lowmere", "for"),
        ("", "The model gpt4o and iPhone came out.", "gpt4o", "model"),
        ("", "昨日ディズニーが発表した", "ディズニー", "昨日"),
    ],
)
def test_names_are_what_is_written_as_a_name(title: str, text: str, has: str, lacks: str) -> None:
    names = fingerprint(title, text).names
    assert has in names
    assert lacks not in names


def test_the_text_hash_sees_letters_and_digits_only() -> None:
    typeset = TEXT.replace("'", "\u2019").replace(", ", " \u2013 ").upper()
    assert fingerprint("a", TEXT).text_hash == fingerprint("b", typeset).text_hash != ""
    assert (
        fingerprint("", TEXT).text_hash != fingerprint("", TEXT.replace("four", "five")).text_hash
    )


def test_a_corrected_number_is_another_text() -> None:
    corrected = TEXT.replace("$2.4", "$24")
    assert fingerprint("", TEXT).text_hash != fingerprint("", corrected).text_hash


def test_a_short_text_has_no_hash_and_chinese_words_are_counted() -> None:
    assert fingerprint("", "Too short to tell apart.").text_hash == ""
    chinese = fingerprint("", CHINESE)
    assert 40 <= chinese.words == len(CHINESE) // 2
    assert chinese.text_hash
    assert len(chinese.shingles) >= 6


def test_a_cut_text_keeps_hashes_of_the_whole() -> None:
    whole, cut = (set(fingerprint("", text).shingles) for text in (TEXT * 1, TEXT[:200]))
    assert cut
    assert cut <= whole


def test_hashes_are_the_same_in_every_process() -> None:
    code = f"from aiwatch.text.fingerprint import fingerprint; print(fingerprint('', {TEXT!r}).shingles)"
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "7"},
    )
    assert run.stdout.strip() == str(fingerprint("", TEXT).shingles)


@settings(max_examples=60)
@given(st.text(max_size=400), st.text(max_size=1500))
def test_any_text_has_a_fingerprint_within_its_bounds(title: str, text: str) -> None:
    found = fingerprint(title, text)
    assert found == fingerprint(title, text)
    assert len(found.shingles) <= MOST_SHINGLES
    assert all(0 <= value < 2**63 and value % 4 == 0 for value in found.shingles)
    assert len(set(found.numbers)) == len(found.numbers)
    assert len(set(found.names)) == len(found.names)


@settings(max_examples=200)
@given(
    st.lists(
        st.sampled_from((*"ab19.,: \n", "²", "é", "1.5", "10:30", "it’s", "٣", "10", "5m", "... ")),
        min_size=90,
    )
)
def test_the_text_hash_keeps_points_inside_numbers_only(pieces: list[str]) -> None:
    text = unicodedata.normalize("NFKC", " ".join(["bridge"] * 40) + "".join(pieces))
    kept = "".join(re.findall(r"\d+(?:[.,:]\d+)+|[^\W_]+", text)).casefold()
    expected = blake2b(kept.encode(), digest_size=16).hexdigest()
    assert fingerprint("", text).text_hash == expected


@settings(max_examples=100)
@given(
    st.lists(
        st.sampled_from(("Open", "AI", "the", "war", "1.5", "gpt4o", "Né", "…", "“So”", "\n", ".")),
        max_size=40,
    )
)
def test_a_text_is_read_alike_whether_all_of_it_is_spaced_or_not(words: list[str]) -> None:
    text = " ".join((*words, "."))
    spaced, unspaced = fingerprint("", text), fingerprint("", f"{text} 中")
    assert unspaced.numbers == spaced.numbers
    assert unspaced.names == spaced.names
    assert set(unspaced.shingles) >= set(spaced.shingles)
    assert dict(unspaced.terms) == dict(spaced.terms) | {"中": 1}
