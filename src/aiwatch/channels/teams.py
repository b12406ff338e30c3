"""Microsoft Teams: a Workflows webhook ("When a Teams webhook request is received"), an Adaptive Card a message.

A workflow answers 202 before it has posted, with no message id: it can neither be edited nor answered in its thread.
"""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from aiwatch.channels import posting
from aiwatch.channels.base import Channel, Tools, channel_reads, channel_waits, seconds
from aiwatch.digest import chat
from aiwatch.model import Delivered, Digest, Envelope, Later, Part, Receipt

BYTES = 28_000  # of a message (learn.microsoft.com: about 28 kB)
LINK = 1500
_MARKS = re.compile(r"[\\*_~`\[\]<]")
_LINE_START = re.compile(r"^(\d+)([.)])|^([-+#>])")
_URL_UNSAFE = str.maketrans({"(": "%28", ")": "%29", "<": "%3C", ">": "%3E"})
_LOOKS: dict[str, dict[str, Any]] = {
    "masthead": {"isSubtle": True, "size": "Small"},
    "heading": {"color": "Accent", "weight": "Bolder", "size": "Small"},
    "headline": {"weight": "Bolder", "size": "Medium"},
    "byline": {"isSubtle": True, "size": "Small"},
    "detail": {"isSubtle": True, "size": "Small"},
    "foot": {"isSubtle": True, "size": "Small"},
}


class TeamsOptions(posting.RoomOptions):
    """Where to: the workflow's address, which is its key."""


def render(digest: Digest, _options: TeamsOptions) -> tuple[Part, ...]:
    """As many messages as the limit on their size asks for."""
    said = chat.blocks(digest, lambda url: len(url.translate(_URL_UNSAFE)) <= LINK)
    found = chat.parts(chat.title(digest), said, _fits)
    return tuple(
        Part(
            subject=name,
            text=chat.plain(message),
            payload=_payload(name, message),
            stories=chat.stories(message),
        )
        for name, message in found
    )


def _fits(name: str, message: chat.Message) -> bool:
    return len(_payload(name, message).encode()) <= BYTES


def escaped(text: str) -> str:
    """Text from outside as text: no link or formatting comes of it (an Adaptive Card knows no mention in plain text)."""
    text = _MARKS.sub(r"\\\g<0>", text)
    return _LINE_START.sub(
        lambda found: f"{found[1]}\\{found[2]}" if found[1] else f"\\{found[3]}", text
    )


def _payload(name: str, message: chat.Message) -> str:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [
            {
                "type": "TextBlock",
                "text": escaped(name),
                "size": "Large",
                "weight": "Bolder",
                "wrap": True,
            },
            *(_container(block) for block in message),
        ],
        "msteams": {"width": "Full"},
    }
    return posting.encoded(
        {
            "type": "message",
            "summary": name,
            "attachments": [
                {
                    "contentType": "application/vnd.microsoft.card.adaptive",
                    "contentUrl": None,
                    "content": card,
                }
            ],
        }
    )


def _container(block: chat.Block) -> dict[str, Any]:
    apart = block[0].role != "masthead"
    return {"type": "Container", "separator": apart, "items": list(map(_text_block, block))}


def _text_block(line: chat.Line) -> dict[str, Any]:
    return {
        "type": "TextBlock",
        "text": "".join(_written(line)),
        "wrap": True,
        "spacing": "Small",
        **_LOOKS.get(line.role, {}),
    }


def _written(line: chat.Line) -> Iterator[str]:
    yield "- " * (line.role == "bullet")
    for span in line.spans:
        text = escaped(span.text)
        if span.url:
            text = f"[{text}]({span.url.translate(_URL_UNSAFE)})"
        bare = text.strip()
        bold = span.strong and bare and line.role != "headline"
        yield text.replace(bare, f"**{bare}**", 1) if bold else text


async def send(envelope: Envelope, options: TeamsOptions, tools: Tools) -> Receipt:
    """POST it."""
    asking = posting.post(options, tools, envelope.part.payload)
    host = posting.host_of(options.address)
    return await posting.posted(asking, host, envelope.now, secrets=(options.address,))


async def reach(options: TeamsOptions, tools: Tools) -> Receipt:
    """Whether anything answers there; a workflow tells what it takes only by taking it."""
    host = posting.host_of(options.address)
    asking = tools.http.head(
        options.address, timeout=seconds(options, tools), allow_private=options.allow_private
    )
    answer = await posting.answered(asking, host)
    if isinstance(answer, Later):
        return answer
    if answer.status == HTTPStatus.GONE:
        return posting.failed(answer, host, None, (options.address,))
    return Delivered(detail=f"{host} answers")


CHANNEL = Channel(
    kind="teams",
    options=TeamsOptions,
    render=render,
    send=send,
    reach=reach,
    readers=channel_reads,
    lane=channel_waits,
)
