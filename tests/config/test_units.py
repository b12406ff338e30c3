"""Durations and sizes."""

from datetime import timedelta

import pytest

from aiwatch.config.units import parse_duration, parse_size, say_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30s", 30),
        ("5m", 300),
        ("1.5h", 5400),
        ("7d", 604800),
        ("2w", 1209600),
        ("1y", 31557600),
        (" 10 M ", 600),
    ],
)
def test_durations_are_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["30", "", "h", "-5m", "5x", None, 30, "1e9d", "99999999999999999y"]
)
def test_other_words_are_no_duration(text: object) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "size"),
    [("15MB", 15_000_000), ("1.5 kb", 1500), (500, 500), ("7B", 7), ("1GB", 10**9)],
)
def test_sizes_are_read(text: object, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["big", "", "5 XB", "-1"])
def test_other_words_are_no_size(text: str) -> None:
    with pytest.raises(ValueError, match="size"):
        parse_size(text)


@pytest.mark.parametrize("text", ["30s", "5m", "1.5h", "7d", "1y", "90s"])
def test_what_is_said_is_read_back_the_same(text: str) -> None:
    assert parse_duration(say_duration(parse_duration(text))) == parse_duration(text)
