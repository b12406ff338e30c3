"""How common words are before anything was read."""

import subprocess
import sys

import pytest

from aiwatch.text import prior
from aiwatch.text.terms import stemmed


@pytest.mark.parametrize(
    ("common", "rare"),
    [
        ("company", "disney"),
        ("video", "openai"),
        ("公司", "司的"),
        ("2024", "20240"),
        ("3", "317"),
        ("компания", "сора"),
        ("서비", "뷁뷁"),
    ],
)
def test_what_is_written_often_is_in_more_texts(common: str, rare: str) -> None:
    shares = [prior.document_share(stemmed(word)) for word in (common, rare)]
    assert shares[0] > shares[1] > 0


def test_a_pair_of_characters_the_table_lacks_is_judged_by_the_two() -> None:
    assert (
        prior.document_share("的一") > prior.document_share("龘靐") == pytest.approx(1e-4, rel=0.01)
    )


@pytest.mark.parametrize("term", ["", "the", "der", "zzzzqqq", "ก", "999999", "的", "a" * 300])
def test_a_share_is_a_chance(term: str) -> None:
    assert 0 < prior.document_share(term) < 1


def test_stop_words_are_those_of_the_language_the_words_are_in() -> None:
    german = prior.stop_words(["die", "firma", "ist", "am", "ende", "und", "das", "war", "es"])
    assert {"die", "war", "und"} <= german
    assert "the" not in german
    assert prior.stop_words(["seedance", "openai"]) == frozenset()


def test_the_table_loads_quickly_and_only_when_asked() -> None:
    code = (
        "import time; from aiwatch.text import prior; assert not prior._table.cache_info().currsize;"
        "at = time.process_time(); prior.document_share('sora'); print(time.process_time() - at)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(run.stdout) < 4  # 0.04 s alone; the machine may be slow and busy


def test_the_licence_of_the_table_stands_beside_it() -> None:
    from importlib import resources

    notice = resources.files("aiwatch.text").joinpath("data", "LICENSE-wordfreq.txt")
    assert "CC BY-SA 4.0" in notice.read_text("utf-8")
