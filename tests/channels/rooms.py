"""Every channel that speaks HTTP, as a test's own server stands in for the real one; and what rooms make of a message."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

import pytest

from aiwatch.channels import channel
from aiwatch.model import Digest, Fact, Part, StoryLine
from tests.channels import made
from tests.channels.wire import options

TOKEN = "123456:AA-not_a_real_token"
HUSH = "T0KEN-that-is-secret"

PATHS: Mapping[str, str] = {
    "webhook": "/in",
    "slack": f"/services/T1/B1/{HUSH}",
    "discord": f"/api/webhooks/1/{HUSH}",
    "teams": f"/workflows/1/invoke?sig={HUSH}",
    "telegram": f"/bot{TOKEN}/sendMessage",
    "ntfy": f"/{HUSH}",
    "apprise": f"/{HUSH}",
}
"""Where each of them posts to, as its server sees it; Discord's is asked with the version of its interface."""


def keys(kind: str, base: str) -> dict[str, Any]:
    """The configuration of a channel whose endpoint is on that server (`http://127.0.0.1:1234`)."""
    found: dict[str, Any] = {"url": base + PATHS[kind], "allow_private": True}
    if kind == "webhook":
        found |= {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
    elif kind == "telegram":
        found = {"token": TOKEN, "chat": -100123, "api": base, "allow_private": True}
    elif kind == "apprise":
        found = {"url": f"json{found['url'].removeprefix('http')}"}
    return found


def path(kind: str) -> str:
    """The path and query of a request that sends."""
    if kind == "discord":
        return f"/api/v10/webhooks/1/{HUSH}?wait=true"
    return PATHS[kind]


without_apprise = pytest.mark.skipif(
    find_spec("apprise") is None, reason="the extra `apprise` is not installed"
)


def kinds(*left_out: str) -> list[Any]:
    """All of them, to parametrize with."""
    return [
        pytest.param(kind, marks=without_apprise if kind == "apprise" else ())
        for kind in PATHS
        if kind not in left_out
    ]


ROOMS = kinds("webhook")
"""Those that give a message a form of their own."""


# ---------------------------------------------------------------- what a room is given


def rendered(kind: str, told: Digest) -> tuple[Part, ...]:
    return channel(kind).render(told, options(kind, **keys(kind, "http://127.0.0.1:9")))


def tale(number: int, title: str, facts: Iterable[str] = (), url: str = "") -> StoryLine:
    line = made.line(number, title)
    url = url or line.url
    summary = tuple(
        Fact(text=text, article=line.lead.article, outlet="Example Times", url=line.url)
        for text in facts
    )
    return replace(line, url=url, summary=summary)


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
        return len(payload(part)["entities"]) <= 100 and all(marked(part))
    return kind != "ntfy" or len(part.subject.encode()) <= 250


def marked(part: Part) -> Iterator[str]:
    """What each of Telegram's entities covers; UnicodeDecodeError where one begins or ends in half a character."""
    wide = payload(part)["text"].encode("utf-16-le")
    for one in payload(part)["entities"]:
        begin, end = one["offset"], one["offset"] + one["length"]
        assert 2 * end <= len(wide)
        yield wide[2 * begin : 2 * end].decode("utf-16-le")


def embeddable(embed: dict[str, Any]) -> bool:
    return (
        utf16(embed.get("title", "")) <= 256
        and utf16(embed.get("description", "")) <= 4096
        and utf16(embed.get("author", {}).get("name", "")) <= 256
        and bool(embed.get("title") or embed.get("description"))
    )


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
