"""What chat rooms are given: golden files, their limits, and content that means harm.

After a wanted change of wording or layout, write them anew and read the difference before committing:

    AIWATCH_WRITE_GOLDEN=1 pytest tests/channels/test_rooms.py && git diff tests/data/channels
"""

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.channels import channel
from aiwatch.digest import chat
from aiwatch.model import AlertName, Digest, Fact, Part, Section, StoryLine, TopicName
from tests.channels import made
from tests.channels.rooms import keys, kinds
from tests.channels.wire import options
from tests.digest.cases import CLOSURE, CORRECTED, EDIT, KNEW_ALL, care, digest

GOLDEN = Path(__file__).resolve().parents[1] / "data" / "channels"
ROOMS = kinds("webhook")
BASE = "http://127.0.0.1:9"

MESSAGES: dict[str, Callable[[], Digest]] = {
    "digest": digest,
    "alert": lambda: digest((CLOSURE, "new"), kind="alert"),
}


def rendered(kind: str, told: Digest) -> tuple[Part, ...]:
    return channel(kind).render(told, options(kind, **keys(kind, BASE)))


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


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def strings(value: object) -> Iterator[str]:
    """Every text in a payload."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def payload(part: Part) -> Any:
    return json.loads(part.payload)


def slack_texts(part: Part) -> list[str]:
    blocks = payload(part)["blocks"]
    return [
        one["text"]
        for block in blocks
        for one in (block.get("text"), *block.get("elements", ()))
        if one
    ]


def embed_texts(part: Part) -> Iterator[str]:
    for embed in payload(part)["embeds"]:
        yield from (
            embed.get("title", ""),
            embed.get("description", ""),
            embed.get("author", {}).get("name", ""),
        )


SIZES: dict[str, tuple[Callable[[Part], int], int]] = {
    "slack": (lambda part: sum(map(utf16, slack_texts(part))), 9000),
    "discord": (lambda part: sum(map(utf16, embed_texts(part))), 6000),
    "teams": (lambda part: len(part.payload.encode()), 28_000),
    "telegram": (lambda part: utf16(payload(part)["text"]), 4096),
    "ntfy": (lambda part: len(part.text.encode()), 4096),
    "apprise": (lambda part: utf16(part.text), 3000),
}
"""What is counted in a message, and how much of it each room takes (the research's table of limits)."""


def within(kind: str, part: Part) -> bool:
    """Whether a room takes it, by every limit that it has."""
    count, limit = SIZES[kind]
    if count(part) > limit:
        return False
    if kind == "slack":
        blocks = payload(part)["blocks"]
        sizes = [*map(utf16, slack_texts(part))]
        return len(blocks) <= 50 and sizes[0] <= 150 and 0 < min(sizes) <= max(sizes) <= 3000
    if kind == "discord":
        embeds = payload(part)["embeds"]
        whole = utf16(payload(part)["content"]) <= 2000 and len(embeds) <= 10
        return whole and all(map(embeddable, embeds))
    if kind == "telegram":
        return len(payload(part)["entities"]) <= 100
    return kind != "ntfy" or len(part.subject.encode()) <= 250


def embeddable(embed: dict[str, Any]) -> bool:
    return (
        utf16(embed.get("title", "")) <= 256
        and utf16(embed.get("description", "")) <= 4096
        and utf16(embed.get("author", {}).get("name", "")) <= 256
        and bool(embed.get("title") or embed.get("description"))
    )


def tale(number: int, title: str, facts: Iterable[str] = (), url: str = "") -> StoryLine:
    line = made.line(number, title)
    url = url or line.url
    summary = tuple(
        Fact(text=text, article=line.lead.article, outlet="Example Times", url=line.url)
        for text in facts
    )
    return replace(line, url=url, summary=summary)


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


def links(kind: str, part: Part) -> list[str]:
    """Where a reader of that room can go, as the room understands what it is given."""
    given = payload(part)
    match kind:
        case "slack":
            texts = slack_texts(part)[1:]
            return [url for text in texts for url in re.findall(r"<([^<>|]*)\|[^<>|]+>", text)]
        case "telegram":
            return [one["url"] for one in given["entities"] if one["type"] == "text_link"]
        case "discord":
            own = [embed["url"] for embed in given["embeds"] if "url" in embed]
            texts = [embed.get("description", "") for embed in given["embeds"]]
        case _:
            own, texts = [], list(strings(given["attachments"][0]["content"]["body"]))
    masked = r"(?<!\\)\[(?:[^\[\]\\]|\\.)+(?<!\\)\]\(([^()\s]*)\)"
    return own + [url for text in texts for url in re.findall(masked, text)]


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


# ---------------------------------------------------------------- harm

HARM = (
    "<!channel> <!here|x> <@U123> <#C1> <https://evil.example|click>",
    "@everyone @here <@123> <@&5> <#7> <t:1:R> [x](https://evil.example) # big\n# big",
    "**bold** _it_ ~~s~~ ||spoiler|| `code` ```block",
    "[Lumen](javascript:alert(1)) ![x](https://pixel.example/1.gif)",
    "Lumen \u202ecloses\u2066 \u200fnow\r\nTitle: x\u2028more\x85end\x1b[2J",
    "half a pair \ud83d and a NUL \x00 closes",
    "<script>alert(1)</script> <at>all</at> {{DATE(2020-01-01,SHORT)}} /stop @somebody_else",
    "L" * 10_000,
    "🎬" * 10_000,
    "1. one",
    "- two",
    "> three",
    "",
)
BAD_URLS = (
    "javascript:alert(1)",
    "java\tscript:alert(1)",
    "//evil.example/x",
    "https://x.example/a|b><!channel>)](https://evil.example)",
    "https://\u202ex.example/\r\nX: y",
    "http://[::1",
    "https://例え.example/あ",
)


def harmful(text: str, url: str) -> Digest:
    line = tale(1, text, [text, text], url)
    lead = replace(line.lead, title=text, outlet=text, url=url)
    line = replace(line, lead=lead, outlets=(text, text), also=(lead,), copies=(lead,))
    return replace(
        made.digest(line),
        alert=AlertName(text),
        subject=text,
        why_you=text,
        troubles=(text,),
        sections=(Section(topic=TopicName("x"), title=text, stories=(line,)),),
    )


CASES = [*((text, "https://x.example/1") for text in HARM), *(("Fine", url) for url in BAD_URLS)]


@pytest.mark.parametrize(("text", "url"), CASES)
@pytest.mark.parametrize("kind", ROOMS)
def test_what_means_harm_is_shown_as_harmless_text(kind: str, text: str, url: str) -> None:
    parts = rendered(kind, harmful(text, url))
    for part in parts:
        assert within(kind, part)
        part.payload.encode()
        everything = [part.subject, part.text, *strings(json.loads(part.payload or "{}"))]
        for shown_ in everything:
            assert not re.search(
                "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]",
                shown_,
            )
        if kind in ("slack", "discord", "teams", "telegram"):
            for link in links(kind, part):
                assert re.match(r"https?://(?!evil)[^\s<>\"]+$", link), link
        HARMLESS[kind](part)


def no_slack_mention(part: Part) -> None:
    for text in slack_texts(part)[1:]:
        bare = re.sub(r"<https?://[^<>|]+\|[^<>|]+>", "", text)
        assert not re.search("[<>`~]", bare)
        assert not re.search(r"&(?!amp;|lt;|gt;)", bare)
    assert not re.search("[<>]", payload(part)["text"])


def no_discord_mention(part: Part) -> None:
    said = payload(part)
    assert said["allowed_mentions"] == {"parse": []}
    texts = [said["content"], *(embed.get("description", "") for embed in said["embeds"])]
    texts += [embed.get("title", "") for embed in said["embeds"]]
    for text in texts:
        bare = re.sub(
            r"\]\(https?://[^()\s<>]+\)|^<https?://[^<>\s]+>$", "", text, flags=re.MULTILINE
        )
        unescaped = re.sub(r"\\[^\w\s]", "", bare)
        assert not re.search(r"[@<>|`~]", unescaped)
        for line in unescaped.splitlines():
            assert not re.match(r"(#+ |> |\d+[.)] )", line)


def no_teams_markup(part: Part) -> None:
    for text in strings(payload(part)["attachments"][0]["content"]["body"]):
        unescaped = re.sub(r"\\[^\w\s]", "", re.sub(r"\]\(https?://[^()\s]+\)", "", text))
        assert not re.search(r"[`~<\]]", unescaped)
    assert "entities" not in payload(part)["attachments"][0]["content"]["msteams"]


def no_telegram_person(part: Part) -> None:
    text, entities = payload(part)["text"], payload(part)["entities"]
    assert not re.search(r"(?<!\w)@\w", text)
    wide = text.encode("utf-16-le")
    for one in entities:
        piece = wide[2 * one["offset"] : 2 * (one["offset"] + one["length"])].decode("utf-16-le")
        assert piece.strip()
        assert "\n" not in piece
    assert "parse_mode" not in payload(part)


def no_foreign_click(part: Part) -> None:
    click = payload(part)["click"]
    assert click == "" or re.match(r"https?://(?!evil)[^\s]+$", click)


def no_tag(part: Part) -> None:
    assert not re.search(r"(?<!\w)@\w|<[!@#]", part.subject + part.text)


HARMLESS: dict[str, Callable[[Part], None]] = {
    "slack": no_slack_mention,
    "discord": no_discord_mention,
    "teams": no_teams_markup,
    "telegram": no_telegram_person,
    "ntfy": no_foreign_click,
    "apprise": no_tag,
}


# ---------------------------------------------------------------- laws


@pytest.mark.parametrize("kind", ROOMS)
@given(
    stories=st.lists(
        st.tuples(
            st.text(max_size=60),
            st.lists(
                st.text(max_size=120) | st.sampled_from([FULL, "*" * 350, "&" * 390]), max_size=25
            ),
        ),
        max_size=6,
    )
)
@settings(max_examples=10)
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
