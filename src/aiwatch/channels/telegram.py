"""Telegram: a bot's `sendMessage` (core.telegram.org/bots/api), formatted by entities, so that nothing is escaped.

Text from outside stays text whatever it holds; only what the app itself finds in plain text, @names, is broken up.
What goes on from an earlier message answers that in the chat.
"""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field, SecretStr

from aiwatch.channels import posting
from aiwatch.channels.base import (
    Answer,
    Channel,
    Options,
    Tools,
    channel_reads,
    channel_waits,
    seconds,
)
from aiwatch.digest import chat
from aiwatch.model import Digest, Envelope, Part, Receipt

UNITS = 4096  # UTF-16 units of a message
ENTITIES = 100  # in a message; more are dropped in silence
LINK = 1500
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_CHAT = re.compile(r"-?\d+|@[A-Za-z]\w{3,}")
_NAME = re.compile(r"(?<!\w)@(?=\w)")
_STRONG = ("heading", "headline")


def _token(token: SecretStr) -> SecretStr:
    if not _TOKEN.fullmatch(token.get_secret_value()):
        raise ValueError("a bot's token goes like 123456:ABC-DEF")
    return token


def _chat(value: int | str) -> str:
    if not _CHAT.fullmatch(str(value)):
        raise ValueError(f"{value!r} is no chat: a number, or @name of a public channel")
    return str(value)


class TelegramOptions(Options):
    """Which bot speaks, and where."""

    token: Annotated[SecretStr, AfterValidator(_token)]
    chat: Annotated[int | str, AfterValidator(_chat)]
    thread: int | None = Field(default=None, ge=1)
    api: posting.WebAddress = SecretStr("https://api.telegram.org")
    allow_private: bool = False


def render(digest: Digest, _options: TelegramOptions) -> tuple[Part, ...]:
    """As many messages as Telegram's limits ask for."""
    said = chat.blocks(digest, lambda url: len(url) <= LINK)
    found = chat.parts(
        chat.title(digest), said, lambda name, message: _fits(*_written(name, message))
    )
    return tuple(_part(digest, name, message) for name, message in found)


def _part(digest: Digest, name: str, message: chat.Message) -> Part:
    text, entities = _written(name, message)
    payload = {"text": text, "entities": entities, "link_preview_options": {"is_disabled": True}}
    return Part(
        subject=name,
        text=text,
        payload=posting.encoded(payload),
        stories=chat.stories(message),
        reply_to=chat.answered(digest, message),
    )


def _written(name: str, message: chat.Message) -> tuple[str, list[dict[str, Any]]]:
    """The text, and what is bold or a link in it, by UTF-16 offsets."""
    texts: list[str] = []
    entities: list[dict[str, Any]] = []
    at = 0

    def write(text: str, url: str = "", *, strong: bool = False) -> None:
        nonlocal at
        size = chat.units(text)
        where = {"offset": at, "length": size}
        if strong and text.strip():
            entities.append({"type": "bold", **where})
        if url:
            entities.append({"type": "text_link", **where, "url": url})
        texts.append(text)
        at += size

    write(_tame(name), strong=True)
    for block in message:
        write("\n" if block[0].role == "masthead" else "\n\n")
        for place, line in enumerate(block):
            write("\n" * (place > 0) + "• " * (line.role == "bullet"))
            for span in line.spans:
                write(_tame(span.text), span.url, strong=span.strong or line.role in _STRONG)
    return "".join(texts), entities


def _tame(text: str) -> str:
    """With an invisible joiner after an @, which the app would else make a person of."""
    return _NAME.sub("@\u2060", text)


def _fits(text: str, entities: list[dict[str, Any]]) -> bool:
    return chat.units(text) <= UNITS and len(entities) <= ENTITIES


async def send(envelope: Envelope, options: TelegramOptions, tools: Tools) -> Receipt:
    """POST it; which chat it goes to, and which message of that it answers, is no part of what was frozen."""
    thread = {"message_thread_id": options.thread} if options.thread else {}
    answer = _answered(envelope, options)
    body = {
        "chat_id": options.chat,
        **thread,
        **answer,
        **posting.json_of(envelope.part.payload),
    }
    return await posting.posted(
        _call(options, tools, "sendMessage", body),
        posting.host_of(options.api.get_secret_value()),
        envelope.now,
        secrets=(options.token.get_secret_value(),),
        called=lambda answer: _called(answer, options),
    )


def _answered(envelope: Envelope, options: TelegramOptions) -> dict[str, Any]:
    """The message that a story was first told in, where that stands in this very chat and was not deleted."""
    where, _, number = envelope.answers.rpartition(":")
    if where != _where(options) or not number.isdigit():
        return {}
    return {"reply_parameters": {"message_id": int(number), "allow_sending_without_reply": True}}


def _where(options: TelegramOptions) -> str:
    return f"{options.chat}:{options.thread or ''}"


async def reach(options: TelegramOptions, tools: Tools) -> Receipt:
    """Ask what the chat is: that needs a token that holds, and a bot that was let in."""
    host = posting.host_of(options.api.get_secret_value())
    asking = _call(options, tools, "getChat", {"chat_id": options.chat})
    return await posting.known(
        asking, host, "knows this bot and its chat", (options.token.get_secret_value(),)
    )


async def _call(
    options: TelegramOptions, tools: Tools, method: str, body: dict[str, Any]
) -> Answer:
    base = options.api.get_secret_value().rstrip("/")
    return await tools.http.post(
        f"{base}/bot{options.token.get_secret_value()}/{method}",
        content=posting.raw(posting.encoded(body)),
        headers=posting.JSON,
        timeout=seconds(options, tools),
        allow_private=options.allow_private,
    )


def _called(answer: Answer, options: TelegramOptions) -> str:
    """Chat, thread and number: a number alone means another message in another chat."""
    result = posting.fields(answer).get("result")
    number = result.get("message_id") if isinstance(result, dict) else None
    return f"{_where(options)}:{number}" if isinstance(number, int) else ""


CHANNEL = Channel(
    kind="telegram",
    options=TelegramOptions,
    render=render,
    send=send,
    reach=reach,
    readers=channel_reads,
    lane=channel_waits,
)
