"""What means harm in a room is shown there as harmless text."""

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from aiwatch.model import AlertName, Digest, Part, Section, TopicName
from tests.channels import made
from tests.channels.rooms import (
    ROOMS,
    links,
    payload,
    rendered,
    slack_texts,
    strings,
    tale,
    within,
)

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
