"""What a host's articles share at their ends is known, left out, and never the article itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.model import Extract, ExtractRules
from aiwatch.text.article import extract
from aiwatch.text.site import (
    HEAD,
    TAIL,
    carries_on,
    is_forgotten,
    is_standing,
    leave_out,
    line_mark,
    without,
)

URL = "https://www.harbour.example/crane"
NOTICE = "Our reporters cover the harbour every day. Write to us if you know more than we do."
BODY = tuple(
    f"On day {n} the harbour board said that the old crane stays where it is, because the museum wants it."
    for n in range(8)
)


def mark(line: str) -> int:
    found = line_mark(line)
    assert found is not None
    return found


KNOWN = frozenset({mark(NOTICE)})


def page(*lines: str, extra: str = "") -> str:
    text = "".join(f"<p>{line}</p>" for line in lines)
    return f"<html><body><article><h1>The crane stays</h1>{text}</article>{extra}</body></html>"


def read(*lines: str, known: frozenset[int] = KNOWN, rules: ExtractRules | None = None) -> Extract:
    return extract(page(*lines), URL, known=known, rules=rules)


@pytest.mark.parametrize(
    "lines", [(*BODY, NOTICE), (NOTICE, *BODY), (*BODY, NOTICE, "Ann Smith"), (*BODY[:2], NOTICE)]
)
def test_what_is_known_is_left_out_at_the_ends_and_said(lines: tuple[str, ...]) -> None:
    found = read(*lines)
    assert NOTICE not in found.text
    assert found.how["text"].endswith(
        "; 1 line that stands around other articles of harbour.example left out"
    )
    assert found.margins is not None
    assert (found.margins.host, found.margins.left_out) == ("harbour.example", (mark(NOTICE),))
    assert mark(NOTICE) in found.margins.lines  # it goes on being counted


def test_two_lines_are_said_as_two() -> None:
    other = "The Harbour Post, founded 1889, is printed on the quay."
    found = read(*BODY, NOTICE, other, known=KNOWN | {mark(other)})
    assert found.text.splitlines() == list(BODY)
    assert "; 2 lines that stand around" in found.how["text"]


def test_in_the_middle_it_stays() -> None:
    found = read(*BODY[:HEAD], NOTICE, *BODY[:TAIL], known=KNOWN)
    assert NOTICE in found.text
    assert "left out" not in found.how["text"]


def test_what_is_most_of_the_text_is_the_article() -> None:
    found = read(NOTICE, "It closes at noon.")
    assert found.text.splitlines() == [NOTICE, "It closes at noon."]
    assert found.margins is not None
    assert found.margins.left_out == ()


def test_its_letters_and_digits_are_compared() -> None:
    assert line_mark("Write to us!") == line_mark("  write  TO us ") != line_mark("Write to us 2")
    assert line_mark("2026 — 11.21") is None


def test_a_persons_own_selector_is_not_argued_with() -> None:
    found = read(*BODY, NOTICE, rules=ExtractRules(body="article p"))
    assert found.text.splitlines() == [*BODY, NOTICE]
    assert found.margins is None


@pytest.mark.parametrize(("url", "lines"), [(None, BODY), ("no address", BODY), (URL, ())])
def test_nothing_is_learned_without_an_address_or_a_text(
    url: str | None, lines: tuple[str, ...]
) -> None:
    assert leave_out(lines, KNOWN, url) == (lines, None)


def test_a_wall_teaches_nothing() -> None:
    form = '<form action="/login"><input type="password"><button>Log in</button></form>'
    html = f"<html><head><title>Log in</title></head><body><p>Log in</p>{form}</body></html>"
    found = extract(html, URL)
    assert (found.text, found.margins) == ("", None)


@pytest.mark.parametrize(
    ("articles", "since", "known"),
    [
        (2, 2, False),
        (3, 3, True),
        (3, 9, True),
        (3, 10, False),
        (5, 25, True),
        (5, 26, False),
        (10, 100, True),
        (99, 1000, False),
        (100, 1000, True),
    ],
)
def test_known_is_what_three_of_nine_have_and_a_tenth_of_many(
    articles: int, since: int, known: bool
) -> None:
    assert is_standing(articles, since) is known


@pytest.mark.parametrize(
    ("lines", "earlier", "carried"),
    [
        (BODY, BODY, True),
        (BODY[3:], BODY, True),
        (BODY, BODY[:4], False),
        (BODY, BODY[:5], True),
        (("Two new lines", *BODY[6:]), BODY, True),
        ((*BODY, NOTICE), (NOTICE,), False),
        ((), BODY, False),
        (("2026",), ("2026",), False),
    ],
)
def test_a_text_carries_on_what_it_is_mostly_made_of(
    lines: tuple[str, ...], earlier: tuple[str, ...], carried: bool
) -> None:
    assert carries_on("\n".join(lines), "\n".join(earlier)) is carried


@pytest.mark.parametrize(
    ("articles", "ago", "gone"),
    [
        (1, 30, False),
        (1, 31, True),
        (3, 90, False),
        (3, 91, True),
        (500, 300, False),
        (500, 301, True),
    ],
)
def test_what_stood_longer_is_remembered_longer_and_not_for_ever(
    articles: int, ago: int, gone: bool
) -> None:
    assert is_forgotten(articles, ago) is gone


LINES = st.lists(st.sampled_from((*BODY, NOTICE, "Ann Smith", "2026", "")), max_size=14)


@settings(max_examples=60)
@given(lines=LINES, known=st.frozensets(st.sampled_from([mark(NOTICE), mark(BODY[0])])))
def test_what_is_left_is_in_order_and_at_least_half_and_knowing_more_is_no_edit(
    lines: list[str], known: frozenset[int]
) -> None:
    left, margins = leave_out(lines, known, URL)
    rest = iter(lines)
    assert all(line in rest for line in left)
    assert 2 * sum(map(len, left)) >= sum(map(len, lines))
    if margins:
        assert len(margins.lines) <= HEAD + TAIL
        assert without("\n".join(lines), margins.left_out) == "\n".join(left)
