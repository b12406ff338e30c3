"""What chat rooms are given: golden files, their limits, and content that means harm.

After a wanted change of wording or layout, write them anew and read the difference before committing:

    AIWATCH_WRITE_GOLDEN=1 pytest tests/channels/test_rooms.py && git diff tests/data/channels
"""

import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.digest import chat
from aiwatch.model import Digest, Part
from tests.channels import made
from tests.channels.rooms import (
    ROOMS,
    SIZES,
    links,
    payload,
    rendered,
    slack_texts,
    tale,
    utf16,
    within,
)
from tests.digest.cases import CLOSURE, CORRECTED, EDIT, KNEW_ALL, care, digest

GOLDEN = Path(__file__).resolve().parents[1] / "data" / "channels"

MESSAGES: dict[str, Callable[[], Digest]] = {
    "digest": digest,
    "alert": lambda: digest((CLOSURE, "new"), kind="alert"),
}


def shown(parts: tuple[Part, ...]) -> str:
    """Each part as a person reads it: its subject, then its payload in lines, or its text where that is what is sent."""
    return "\n".join(f"=== {part.subject}\n{_body(part)}\n" for part in parts)


def _body(part: Part) -> str:
    payload = json.loads(part.payload) if part.payload else {}
    if set(payload) <= {"click"}:
        return f"Click: {payload.get('click') or '–'}\n\n{part.text}"
    return json.dumps(payload, indent=1, ensure_ascii=False)


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize("kind", ROOMS)
def test_a_message_looks_as_it_should(kind: str, message: str) -> None:
    path = GOLDEN / f"{kind}-{message}.txt"
    found = shown(rendered(kind, MESSAGES[message]()))
    if os.environ.get("AIWATCH_WRITE_GOLDEN"):
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


# ---------------------------------------------------------------- limits


FULL = "🎬 " * 20 + "ends"


def of_size(kind: str, size: int) -> Digest:
    """Two stories that one message would hold, had it just so much room."""
    count, _ = SIZES[kind]

    def told(facts: int, last: int) -> Digest:
        first = tale(1, "One 🎬", [FULL] * (facts // 2))
        return made.digest(first, tale(2, "Two 🎬", [*[FULL] * (facts - facts // 2), "x" * last]))

    def counted(facts: int, last: int) -> int:
        return count(rendered(kind, told(facts, last))[0])

    facts = (size - counted(0, 1)) // (counted(1, 1) - counted(0, 1)) - 1
    return told(facts, 1 + size - counted(facts, 1))


@pytest.mark.parametrize("by", [-1, 0, 1])
@pytest.mark.parametrize("kind", ROOMS)
def test_a_message_is_as_large_as_the_room_takes_and_no_larger(kind: str, by: int) -> None:
    count, limit = SIZES[kind]
    parts = rendered(kind, of_size(kind, limit + by))
    assert all(within(kind, part) for part in parts)
    if by > 0:
        assert len(parts) == 2
        assert [part.subject for part in parts] == ["Two stories (1/2)", "Two stories (2/2)"]
    else:
        assert [count(part) for part in parts] == [limit + by]
        assert parts[0].subject == "Two stories"


def largest(kind: str, parts: tuple[Part, ...]) -> list[int]:
    """How long each piece of a message is that has a limit of its own."""
    if kind == "slack":
        return [utf16(text) for part in parts for text in slack_texts(part) if "x" in text]
    return [
        utf16(embed["description"])
        for part in parts
        for embed in payload(part)["embeds"]
        if "x" in embed.get("description", "")
    ]


@pytest.mark.parametrize(("kind", "limit"), [("slack", 3000), ("discord", 4096)])
@pytest.mark.parametrize("by", [-1, 0, 1])
def test_a_piece_is_as_large_as_the_room_takes_and_no_larger(
    kind: str, limit: int, by: int
) -> None:
    def told(last: int) -> tuple[Part, ...]:
        return rendered(kind, made.digest(tale(1, "One 🎬", ["x", *[FULL] * facts, "x" * last])))

    facts = 0
    while largest(kind, told(1))[0] < limit - 300:
        facts += 1
    found = largest(kind, told(1 + limit + by - largest(kind, told(1))[0]))
    assert found == [limit + by] if by <= 0 else len(found) == 2
    assert max(found) <= limit


@pytest.mark.parametrize(("kind", "stories"), [("discord", 9), ("slack", 24)])
@pytest.mark.parametrize("by", [-1, 0, 1])
def test_a_message_has_as_many_pieces_as_the_room_takes(kind: str, stories: int, by: int) -> None:
    """Discord takes 10 embeds, one of them the foot; Slack 50 blocks, two a story, two above, two below."""
    room = stories - (kind == "slack") * 1
    told = made.digest(*(tale(number, f"Story {number} 🎬") for number in range(room + by)))
    parts = rendered(kind, told)
    assert len(parts) == (2 if by > 0 else 1)
    assert all(within(kind, part) for part in parts)


@pytest.mark.parametrize("by", [-1, 0, 1])
def test_a_message_on_telegram_has_as_many_links_as_the_app_shows(by: int) -> None:
    # bold: subject, topic, headline; links: the headline, one a fact
    told = made.digest(tale(1, "One 🎬", ["x"] * (96 + by)))
    parts = rendered("telegram", told)
    assert len(parts) == (2 if by > 0 else 1)
    assert all(within("telegram", part) for part in parts)


@pytest.mark.parametrize("by", [-1, 0, 1])
@pytest.mark.parametrize(
    ("kind", "limit", "size"),
    [("slack", 150, utf16), ("ntfy", 250, lambda text: len(text.encode()))],
)
def test_a_subject_is_as_long_as_leaves_room_for_a_part_s_number(
    kind: str, limit: int, size: Callable[[str], int], by: int
) -> None:
    room = limit - len(" (999/999)") + by
    subject = "🎬" * 10 + "x" * (room - size("🎬" * 10))
    (part,) = rendered(kind, replace(made.digest(tale(1, "One")), subject=subject))
    if by > 0:
        assert part.subject.endswith("x…")
    assert (part.subject == subject) is (by <= 0)
    assert size(part.subject) <= limit - len(" (999/999)")


@pytest.mark.parametrize("by", [-1, 0, 1])
def test_a_title_on_discord_is_as_long_as_it_takes_with_its_marks_escaped(by: int) -> None:
    title = "🎬" * 20 + "*" * 100 + "x" * (256 - 240 + by)
    (part,) = rendered("discord", made.digest(tale(1, title)))
    found = next(embed["title"] for embed in payload(part)["embeds"] if "title" in embed)
    assert utf16(found) <= 256
    assert (found == title.replace("*", "\\*")) is (by <= 0)


@pytest.mark.parametrize("length", [150, 400])
def test_a_long_subject_keeps_room_for_the_part_s_number(length: int) -> None:
    told = replace(
        made.digest(*(tale(number, "T" * 200, [FULL] * 30) for number in range(3))),
        subject="🎬" * length,
    )
    for kind in ("slack", "discord", "ntfy"):
        parts = rendered(kind, told)
        assert len(parts) > 1
        assert all(within(kind, part) for part in parts)
        assert parts[-1].subject.endswith(f"({len(parts)}/{len(parts)})")


# ---------------------------------------------------------------- cuts

HUGE = tale(1, "A story that no message holds", [f"{n} {FULL} {'ก' * 90} {n}" for n in range(150)])


@pytest.mark.untraced
@pytest.mark.parametrize("kind", ROOMS)
def test_a_story_that_no_message_holds_is_cut_between_its_sentences(kind: str) -> None:
    parts = rendered(
        kind, made.digest(tale(0, "First", ["Short."]), HUGE, tale(2, "Last", ["Short."]))
    )
    assert len(parts) > 1
    assert all(within(kind, part) for part in parts)
    said = "\n".join(part.text.replace("\u2060", "") for part in parts)
    numbers = [int(found) for found in re.findall(r"^(\d+) 🎬", said, re.MULTILINE)]
    assert numbers == list(range(150))
    for part in parts:
        lines = part.text.splitlines()
        for place, text in enumerate(lines):
            if text.startswith(("A story that", "First", "Last")):
                assert any(
                    "🎬" in after or "Short" in after for after in lines[place + 1 : place + 4]
                )


@pytest.mark.untraced
@pytest.mark.parametrize("kind", ["slack", "discord", "teams", "telegram"])
def test_every_link_comes_through_whole(kind: str) -> None:
    urls = [f"https://example.org/{n}?a=1&b=(x)&c={'y' * (n % 700)}" for n in range(120)]
    line = replace(
        HUGE,
        summary=tuple(
            replace(fact, url=url) for fact, url in zip(HUGE.summary, urls, strict=False)
        ),
    )
    found: list[str] = []
    for part in rendered(kind, made.digest(line)):
        assert within(kind, part)
        found += links(kind, part)
    decoded = [url.replace("&amp;", "&").replace("%28", "(").replace("%29", ")") for url in found]
    assert [url for url in decoded if "?a=" in url] == urls


@pytest.mark.parametrize("kind", ROOMS)
def test_an_address_that_is_too_long_is_left_out_and_its_story_told(kind: str) -> None:
    told = made.digest(tale(1, "Long way", ["Said."], url="https://example.org/" + "&" * 3900))
    (part,) = rendered(kind, told)
    assert within(kind, part)
    assert "Long way" in part.text
    assert "&&&&" not in part.payload + part.text


def test_words_without_a_blank_are_cut_between_what_a_reader_sees_as_characters() -> None:
    family = "👩\u200d👩\u200d👧"
    for text in (family * 40, "e\u0301" * 200, "👍🏽" * 100, "ก" * 50):
        first, second = chat.halves(text)
        assert first + second == text
        assert first
        assert second[0] in "👩e👍ก"
        assert not first.endswith("\u200d")
    assert chat.halves("one two three four") == ("one two", "three four")


def test_a_line_without_any_room_is_told_all_the_same() -> None:
    line = chat.Line("text", (chat.Span("ab", "https://example.org/"), chat.Span("c")))
    messages = chat.packed(((line,),), lambda message: False)
    assert "".join(one.text for message in messages for block in message for one in block) == "abc"


# ---------------------------------------------------------------- laws


@pytest.mark.untraced
@pytest.mark.parametrize("kind", ROOMS)
@given(
    stories=st.lists(
        st.tuples(
            st.text(max_size=60),
            st.lists(
                st.text(max_size=120) | st.sampled_from([FULL, "*" * 350, "&" * 390]), max_size=20
            ),
        ),
        max_size=6,
    )
)
@settings(max_examples=8)
def test_whatever_is_told_every_message_is_within_the_limits(
    kind: str, stories: list[tuple[str, list[str]]]
) -> None:
    lines = [tale(number, title, facts) for number, (title, facts) in enumerate(stories)]
    parts = rendered(kind, made.digest(*lines))
    assert parts
    for part in parts:
        assert within(kind, part)
        assert part.subject
    assert parts == rendered(kind, made.digest(*lines))


@pytest.mark.parametrize("kind", ROOMS)
@pytest.mark.parametrize(
    "told",
    [
        pytest.param(lambda: digest((CORRECTED, "correction"), told=KNEW_ALL), id="correction"),
        pytest.param(lambda: digest((EDIT, "new"), kind="alert"), id="edit"),
        pytest.param(care, id="troubles"),
        pytest.param(lambda: replace(made.digest(), kind="ping", subject="A test"), id="ping"),
    ],
)
def test_every_sort_of_message_has_its_form(kind: str, told: Callable[[], Digest]) -> None:
    (part,) = rendered(kind, told())
    assert within(kind, part)
    assert part.subject == chat.title(told(), 150)
