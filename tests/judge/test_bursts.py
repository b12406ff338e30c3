from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.judge.bursts import Burst, burst, silence
from aiwatch.model import TopicName

NOW = datetime(2026, 3, 24, 20, tzinfo=UTC)  # a Tuesday
BEGAN = NOW - timedelta(days=70)
IT = TopicName("seedance")


def _days(*counts: int) -> list[datetime]:
    """So many stories on each day, the last 24 hours first."""
    return [
        NOW - timedelta(days=day, hours=1 + 20 * n / max(count, 1))
        for day, count in enumerate(counts)
        for n in range(count)
    ]


def _burst(*counts: int, last: Burst | None = None, since: datetime = BEGAN) -> Burst | None:
    return burst(IT, "Seedance", _days(*counts), NOW, watched_since=since, last=last)


def _told(stories: int, days: float) -> Burst:
    return Burst(topic=IT, at=NOW - timedelta(days=days), stories=stories, usual=1, words="")


@pytest.mark.parametrize(
    ("counts", "bursts"),
    [
        pytest.param([14, *[2] * 60], True, id="seven times the usual"),
        pytest.param([3, *[0] * 60], False, id="too few to be one, however quiet it is"),
        pytest.param([4, *[0] * 60], True, id="four where there was nothing"),
        pytest.param([5, *[2] * 60], False, id="a busy day"),
        pytest.param([14, *[12, 16, 10, 14] * 14], False, id="as always"),
        pytest.param([14, *[0, 0, 0, 0, 0, 0, 13] * 8], False, id="always so much on a Tuesday"),
        pytest.param([14, *[0, 30, 0, 0, 0, 25, 0, 0, 40, 0] * 6], False, id="news in heaps"),
        pytest.param([14, *[2] * 5], True, id="the days before count as without stories"),
        pytest.param([], False, id="nothing at all"),
    ],
)
def test_a_burst_is_more_than_the_topic_s_own_past_explains(
    counts: list[int], bursts: bool
) -> None:
    assert (_burst(*counts) is not None) == bursts


def test_a_burst_says_how_many_and_how_many_are_usual() -> None:
    found = _burst(14, *[2] * 60)
    assert found is not None
    assert found.words == "Seedance: 14 stories in 24 hours, usual 2 on a Tuesday"
    found = _burst(6, *[1, 0] * 30)
    assert found is not None
    assert "usual 0.5 on a Tuesday" in found.words


def test_nothing_is_said_before_the_usual_is_known() -> None:
    assert _burst(14, 1, 1, since=NOW - timedelta(days=10)) is None
    assert _burst(14, 1, 1, since=NOW - timedelta(days=16)) is not None


@pytest.mark.parametrize(
    ("last", "told"),
    [
        (_told(14, 1), False),
        (_told(8, 1), False),
        (_told(7, 1), True),
        (_told(14, 3), True),
    ],
)
def test_a_burst_goes_on_in_silence_unless_it_doubles(last: Burst, told: bool) -> None:
    assert (_burst(14, *[2] * 60, last=last) is not None) == told


def _every(days: float, count: int, quiet: float) -> list[datetime]:
    return [NOW - timedelta(days=quiet + days * n) for n in range(count)]


@pytest.mark.parametrize(
    ("stories", "words"),
    [
        pytest.param(
            _every(5, 20, 21), "nothing on Seedance for 21 days, usual gap 5", id="three weeks"
        ),
        pytest.param(_every(5, 20, 14), None, id="less than three gaps"),
        pytest.param(_every(5, 6, 60), None, id="too few gaps to know"),
        pytest.param(
            _every(0.25, 60, 4), "nothing on Seedance for 4 days, usual gap 6 hours", id="often"
        ),
        pytest.param(_every(0.25, 60, 2), None, id="not yet three days"),
        pytest.param(
            [*_every(2, 20, 21), *_every(2, 20, 90)], None, id="it has been as quiet before"
        ),
        pytest.param([], None, id="never a story"),
        pytest.param(_every(5, 40, 340), None, id="forgotten: most gaps are over a year old"),
    ],
)
def test_a_silence_is_longer_than_the_topic_is_ever_quiet(
    stories: list[datetime], words: str | None
) -> None:
    found = silence(IT, "Seedance", stories, NOW)
    assert (found.words if found else None) == words


def test_a_silence_is_told_once_and_again_only_after_another_story() -> None:
    stories = _every(5, 20, 21)
    assert silence(IT, "Seedance", stories, NOW, told=NOW - timedelta(days=1)) is None
    assert silence(IT, "Seedance", stories, NOW, told=NOW - timedelta(days=30)) is not None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 2000), max_size=60))
def test_what_comes_later_changes_nothing(hours: list[int]) -> None:
    past = [NOW - timedelta(hours=hour) for hour in hours]
    later = [NOW + timedelta(hours=hour + 1) for hour in hours]
    assert silence(IT, "x", past, NOW) == silence(IT, "x", [*past, *later], NOW)
    found, same = (
        burst(IT, "x", stories, NOW, watched_since=BEGAN) for stories in (past, [*past, *later])
    )
    assert found == same
