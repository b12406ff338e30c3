"""What is said in chat rooms, and where it is cut."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.digest import chat
from aiwatch.digest.chat import Line, Span
from tests.digest.cases import CLOSURE, LONG_EDIT, digest

HEAD = (
    Line("headline", (Span("A headline", "https://example.org/", strong=True),)),
    Line("byline", (Span("08:00"),)),
)


def size(message: chat.Message) -> int:
    """As a room counts that shows addresses, and a line's end."""
    spans = [span for block in message for line in block for span in line.spans]
    ends = sum(len(block) for block in message)
    return sum(chat.units(span.text) + len(span.url) for span in spans) + ends


def words(message: chat.Message) -> str:
    return "".join(line.text.replace(" ", "") for block in message for line in block)


def texts(*found: str) -> chat.Block:
    return tuple(Line("text", (Span(text),)) for text in found)


spans = st.builds(
    Span,
    st.text(st.characters(categories=["L", "So", "Zs"]), min_size=1, max_size=90),
    st.sampled_from(["", "https://example.org/a"]),
)
lines = st.builds(
    Line,
    st.sampled_from(["text", "bullet", "detail"]),
    st.lists(spans, min_size=1, max_size=6).map(tuple),
)
blocks = st.lists(lines, max_size=8).map(lambda found: (*HEAD, *found))


@given(said=st.lists(blocks, max_size=5).map(tuple), most=st.integers(150, 600))
@settings(max_examples=30)
def test_nothing_is_lost_and_every_message_fits(said: chat.Message, most: int) -> None:
    messages = chat.packed(said, lambda message: size(message) <= most)
    assert all(size(message) <= most for message in messages)
    assert "".join(map(words, messages)) == words(said)
    for message in messages:
        last = message[-1][-1]
        assert last.role not in ("headline", "heading") or last is said[-1][-1]
    addresses = [
        span.url for one in messages for block in one for line in block for span in line.spans
    ]
    assert set(addresses) <= {"", "https://example.org/", "https://example.org/a"}


def test_a_headline_takes_the_start_of_a_long_sentence_with_it() -> None:
    block = (*HEAD, *texts("word " * 60))
    messages = chat.packed((block,), lambda message: size(message) <= 150)
    assert [line.role for line in messages[0][0]] == ["headline", "byline", "text"]
    assert size(messages[0]) > 75
    assert len(messages) > 2


def test_a_headline_as_long_as_a_message_stands_alone() -> None:
    long = (Line("headline", (Span("x" * 140),)), *texts("word " * 40))
    messages = chat.packed((long,), lambda message: size(message) <= 150)
    assert messages[0] == (long[:1],)
    assert "".join(map(words, messages)) == words((long,))


def test_a_block_that_fits_a_message_of_its_own_is_not_cut() -> None:
    first, second = texts("a" * 60), texts("b" * 40, "c" * 40)
    messages = chat.packed((first, second), lambda message: size(message) <= 100)
    assert messages == ((first,), (second,))


def test_nothing_said_is_no_message() -> None:
    assert chat.packed((), lambda message: True) == ()


def test_one_message_has_no_number_and_several_have() -> None:
    said = (texts("a" * 60), texts("b" * 60))
    whole = chat.parts("Two", said, lambda name, message: True)
    assert whole == (("Two", said),)
    halves = chat.parts("Two", said, lambda name, message: size(message) + len(name) <= 80)
    assert [name for name, _ in halves] == ["Two (1/2)", "Two (2/2)"]


@pytest.mark.parametrize(
    ("subject", "most", "found"),
    [
        ("Short", 150, "Short"),
        ("🎬" * 100, 50, "🎬" * 19 + "…"),
        ("One two three four five six", 30, "One two three four…"),
    ],
)
def test_a_title_leaves_room_for_a_number(subject: str, most: int, found: str) -> None:
    assert chat.title(replace(digest(), subject=subject), most) == found


def test_addresses_are_in_ascii_or_not_there() -> None:
    line = replace(digest().sections[0].stories[0], url="https://例え.example/あ", title="One")
    told = replace(digest(), sections=(replace(digest().sections[0], stories=(line,)),))
    (headline,) = (
        one
        for block in chat.blocks(told, lambda url: True)
        for one in block
        if one.role == "headline"
    )
    assert headline.spans == (Span("One", "https://xn--r8jz45g.example/%E3%81%82", strong=True),)
    (headline,) = (
        one
        for block in chat.blocks(told, lambda url: False)
        for one in block
        if one.role == "headline"
    )
    assert headline.spans == (Span("One", strong=True),)


def test_a_long_edit_says_how_much_is_not_shown() -> None:
    said = [line.text for block in chat.blocks(digest((LONG_EDIT, "new")), bool) for line in block]
    assert any(text.startswith("… and ") for text in said)


def test_only_one_story_is_led_to() -> None:
    one = chat.blocks(digest((CLOSURE, "new"), kind="alert"), bool)
    assert chat.only_link(one) == "https://brightloom.example/news/40"
    assert chat.only_link((*one, *one)) == ""
    assert chat.only_link(()) == ""
