"""Discord: a webhook (discord.com/developers, "Execute Webhook"), one embed a story.

A webhook's message can answer no other. It could be edited by its id, but then the first telling would be gone for
whoever had not read it, and make no sound: updates are messages of their own.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from aiwatch.channels import posting
from aiwatch.channels.base import Answer, Channel, Tools, channel_reads, channel_waits, seconds
from aiwatch.digest import chat
from aiwatch.digest.plain import shortened
from aiwatch.model import Digest, Envelope, Part, Receipt

CONTENT = 2000  # characters of the message itself
EMBEDS = 10  # in a message
TITLE, AUTHOR, DESCRIPTION = 256, 256, 4096  # of an embed
TOTAL = 6000  # of all embeds of a message
LINK = 1500
_MARKS = re.compile(r"[\\*_~`|\[\]<>@#]")
_LINE_START = re.compile(r"^(\d+)([.)])|^([-+])")
_URL_UNSAFE = str.maketrans({"(": "%28", ")": "%29", "<": "%3C", ">": "%3E"})
# One address that it does not take as an embed's, and Discord refuses the whole message; in a text it takes any.
_WELL_FORMED = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9](?::\d{1,5})?(?:[/?#][!-~]*)?",
    re.IGNORECASE,
)
_API = re.compile(r"^/api(?:/v\d+)?/webhooks/")


class DiscordOptions(posting.RoomOptions):
    """Where to: the webhook's address, which is its key; `?thread_id=` in it leads into a thread."""


def render(digest: Digest, _options: DiscordOptions) -> tuple[Part, ...]:
    """As many messages as Discord's limits ask for."""
    said = chat.blocks(digest, lambda url: len(url.translate(_URL_UNSAFE)) <= LINK)
    found = chat.parts(
        chat.title(digest), said, lambda name, message: _fits(_payload(name, message))
    )
    return tuple(
        Part(
            subject=name,
            text=chat.plain(message),
            payload=posting.encoded(_payload(name, message)),
            stories=chat.stories(message),
        )
        for name, message in found
    )


def escaped(text: str) -> str:
    """Text from outside as text: no mention, link or formatting comes of it."""
    text = _MARKS.sub(r"\\\g<0>", text)
    return _LINE_START.sub(
        lambda found: f"{found[1]}\\{found[2]}" if found[1] else f"\\{found[3]}", text
    )


def _payload(name: str, message: chat.Message) -> dict[str, Any]:
    top = [line for block in message for line in block if line.role == "masthead"]
    return {
        "content": "\n".join((f"**{escaped(name)}**", *map(_line, top))),
        "embeds": [embed for block in message if (embed := _embed(block))],
        "allowed_mentions": {"parse": []},
    }


def _embed(block: chat.Block) -> dict[str, Any]:
    embed: dict[str, Any] = {}
    rest = []
    for line in block:
        match line.role:
            case "masthead":
                continue
            case "heading":
                embed["author"] = {"name": _cut(line.text, AUTHOR, chat.units)}
            case "headline":
                url = line.spans[-1].url
                embed["title"] = escaped(_cut(line.text, TITLE, _escaped_units))
                embed |= {"url": url} if _WELL_FORMED.fullmatch(url) else {}
                rest += [f"<{url.translate(_URL_UNSAFE)}>"] if url and "url" not in embed else []
            case _:
                rest.append(_line(line))
    return embed | ({"description": "\n".join(rest)} if rest else {})


def _escaped_units(text: str) -> int:
    return chat.units(escaped(text))


def _cut(text: str, most: int, measure: Callable[[str], int]) -> str:
    length = most
    while measure(text) > most:
        length = min(length, len(text)) - 1
        text = shortened(text, length)
    return text


def _line(line: chat.Line) -> str:
    text = "".join(map(_span, line.spans))
    match line.role:
        case "bullet":
            return f"- {text}"
        case "masthead" | "byline" | "detail" | "foot":
            return f"-# {text}"
        case _:
            return text


def _span(span: chat.Span) -> str:
    text = escaped(span.text)
    if span.url:
        text = f"[{text}]({span.url.translate(_URL_UNSAFE)})"
    bare = text.strip()
    return text.replace(bare, f"**{bare}**", 1) if span.strong and bare else text


def _fits(payload: dict[str, Any]) -> bool:
    embeds = payload["embeds"]
    texts = list(_texts(embeds))
    return (
        chat.units(payload["content"]) <= CONTENT
        and len(embeds) <= EMBEDS
        and all(chat.units(embed.get("description", "")) <= DESCRIPTION for embed in embeds)
        and sum(map(chat.units, texts)) <= TOTAL
    )


def _texts(embeds: list[dict[str, Any]]) -> Iterator[str]:
    for embed in embeds:
        yield from (
            embed.get("title", ""),
            embed.get("description", ""),
            embed.get("author", {}).get("name", ""),
        )


async def send(envelope: Envelope, options: DiscordOptions, tools: Tools) -> Receipt:
    """POST it, and wait until it is stored: without `wait` Discord answers before it has looked at it."""
    asking = posting.post(options, tools, envelope.part.payload, url=_asked(options, wait=True))
    host = posting.host_of(options.address)
    return await posting.posted(
        asking, host, envelope.now, secrets=(options.address,), called=_called
    )


async def reach(options: DiscordOptions, tools: Tools) -> Receipt:
    """Ask what the webhook is, which needs no more than its address."""
    host = posting.host_of(options.address)
    asking = tools.http.get(
        _asked(options, wait=False),
        headers={},
        timeout=seconds(options, tools),
        allow_private=options.allow_private,
    )
    return await posting.known(asking, host, "knows this webhook", (options.address,))


def _asked(options: DiscordOptions, *, wait: bool) -> str:
    """With the version of the interface named: the default one counts `retry_after` in milliseconds."""
    parts = urlsplit(options.address)
    path = _API.sub("/api/v10/webhooks/", parts.path)
    query = "&".join(filter(None, (parts.query, "wait=true"))) if wait else ""
    return urlunsplit((parts.scheme, parts.netloc, path, query, ""))


def _called(answer: Answer) -> str:
    number = posting.fields(answer).get("id")
    return number if isinstance(number, str) and number.isdigit() else ""


CHANNEL = Channel(
    kind="discord",
    options=DiscordOptions,
    render=render,
    send=send,
    reach=reach,
    readers=channel_reads,
    lane=channel_waits,
)
