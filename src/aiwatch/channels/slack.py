"""Slack: an incoming webhook (docs.slack.dev, "Sending messages using incoming webhooks"), in blocks.

It answers no message id, so a message can neither be edited nor answered in its thread.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from aiwatch.channels import posting
from aiwatch.channels.base import Channel, Tools, channel_reads, channel_waits
from aiwatch.digest import chat
from aiwatch.model import Delivered, Digest, Envelope, Later, Part, Receipt

SECTION = 3000  # characters of a text object
HEADER = 150  # of a header
BLOCKS = 50  # in a message
TOTAL = 9000  # of all texts together; not documented: 9,597 were taken, 11,341 were not (bolt-js issue 2867)
LINK = 1500  # of an address, escaped
_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# Slack has no escape for its marks; a look-alike keeps the text and cannot swallow what follows it.
_MARKS = str.maketrans({"*": "∗", "`": "ˋ", "~": "∼"})
_NO_MESSAGE = ("no_text", "missing_text_or_fallback_or_attachments")


class SlackOptions(posting.RoomOptions):
    """Where to: the webhook's address, which is its key."""


def render(digest: Digest, _options: SlackOptions) -> tuple[Part, ...]:
    """As many messages as Slack's limits ask for."""
    said = chat.blocks(digest, lambda url: len(_escaped_url(url)) <= LINK)
    found = chat.parts(
        chat.title(digest, HEADER), said, lambda name, message: _fits(_blocks(name, message))
    )
    return tuple(
        Part(
            subject=name,
            text=chat.plain(message),
            payload=_payload(name, message),
            stories=chat.stories(message),
        )
        for name, message in found
    )


def _payload(name: str, message: chat.Message) -> str:
    return posting.encoded(
        {
            "text": escaped(name),
            "blocks": _blocks(name, message),
            "unfurl_links": False,
            "unfurl_media": False,
        }
    )


def escaped(text: str) -> str:
    """Text from outside as text: no mention, link or formatting comes of it."""
    return text.translate(_ESCAPED).translate(_MARKS)


def _escaped_url(url: str) -> str:
    return url.translate(_ESCAPED).replace("|", "%7C")


def _blocks(name: str, message: chat.Message) -> list[dict[str, Any]]:
    return list(_laid_out(name, message))


def _laid_out(name: str, message: chat.Message) -> Iterator[dict[str, Any]]:
    yield {"type": "header", "text": {"type": "plain_text", "text": name, "emoji": False}}
    for block in message:
        small = {"masthead", "detail", "foot"}
        if block[0].role in ("headline", "heading", "foot"):
            yield {"type": "divider"}
        for text in _grouped([line for line in block if line.role not in small]):
            yield {"type": "section", "text": _text(text)}
        for text in _grouped([line for line in block if line.role in small]):
            yield {"type": "context", "elements": [_text(text)]}


def _text(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _grouped(lines: list[chat.Line]) -> Iterator[str]:
    """Lines together, as many as one text object holds."""
    current = ""
    for line in map(_line, lines):
        joined = f"{current}\n{line}" if current else line
        if chat.units(joined) > SECTION and current:
            yield current
            joined = line
        current = joined
    if current:
        yield current


def _line(line: chat.Line) -> str:
    text = "".join(map(_span, line.spans))
    match line.role:
        case "heading":
            return f"_{text}_"
        case "bullet":
            return f"• {text}"
        case _:
            return text


def _span(span: chat.Span) -> str:
    text = escaped(span.text)
    if span.url:
        text = f"<{_escaped_url(span.url)}|{text.replace('|', '¦')}>"
    if not span.strong:
        return text
    bare = text.strip()
    return text.replace(bare, f"*{bare}*", 1) if bare else text


def _fits(blocks: list[dict[str, Any]]) -> bool:
    texts = [
        part["text"]
        for block in blocks
        for part in (block.get("text"), *block.get("elements", ()))
        if part
    ]
    sizes = [chat.units(text) for text in texts]
    return len(blocks) <= BLOCKS and max(sizes) <= SECTION and sum(sizes) <= TOTAL


async def send(envelope: Envelope, options: SlackOptions, tools: Tools) -> Receipt:
    """POST it."""
    asking = posting.post(options, tools, envelope.part.payload)
    host = posting.host_of(options.address)
    return await posting.posted(asking, host, envelope.now, secrets=(options.address,))


async def reach(options: SlackOptions, tools: Tools) -> Receipt:
    """Post a message without text, which Slack refuses as such where it knows the address."""
    host = posting.host_of(options.address)
    answer = await posting.answered(posting.post(options, tools, '{"text":""}'), host)
    if isinstance(answer, Later):
        return answer
    words = posting.said(answer, (options.address,))
    if answer.status == HTTPStatus.BAD_REQUEST and words in _NO_MESSAGE:
        return Delivered(detail=f"{host} knows this address")
    return posting.failed(answer, host, None, (options.address,))


CHANNEL = Channel(
    kind="slack",
    options=SlackOptions,
    render=render,
    send=send,
    reach=reach,
    readers=channel_reads,
    lane=channel_waits,
)
