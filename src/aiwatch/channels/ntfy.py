"""ntfy: a notification on phones and desktops (docs.ntfy.sh/publish), in plain text.

The server's own id for a notification is ours (`X-Sequence-ID`, ntfy 2.16): one that is sent again after a lost reply
takes the place of the first. An update is a notification of its own, as it would else hide what it adds to.
"""

import base64
from collections.abc import Mapping
from email.header import Header
from typing import Annotated, Self
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field, SecretStr, model_validator

from aiwatch.channels import posting
from aiwatch.channels.base import Channel, Tools, channel_reads, channel_waits, seconds, slug
from aiwatch.digest import chat
from aiwatch.model import Digest, Envelope, Part, Receipt

BYTES = 4096  # of a message; a longer one becomes an attachment
TITLE = 250  # bytes of its title; longer ones are cut by the apps
LINK = 1000
_WORD = 75  # RFC 2047: characters of an encoded word


class NtfyOptions(posting.RoomOptions):
    """Which topic of which server, as one address; and a token, or a user, where it asks for one."""

    token: SecretStr | None = None
    user: str | None = None
    password: SecretStr | None = None
    priority: Annotated[int, Field(ge=1, le=5)] = 3

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if not urlsplit(self.address).path.strip("/"):
            raise ValueError("the address ends in a topic: https://ntfy.sh/your-topic")
        if bool(self.user) != bool(self.password and self.password.get_secret_value()):
            raise ValueError("user and password go together")
        if self.token and self.user:
            raise ValueError("a token or a user, not both")
        return self

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no answer may repeat."""
        given = (self.url, self.token, self.password)
        plain = tuple(secret.get_secret_value() for secret in given if secret)
        return *plain, *(value.partition(" ")[2] for value in _signed_in(self).values())


def render(digest: Digest, _options: NtfyOptions) -> tuple[Part, ...]:
    """As many notifications as the limit on their size asks for."""
    said = chat.blocks(digest, lambda url: len(url) <= LINK)
    found = chat.parts(chat.title(digest, TITLE, _bytes), said, _fits)
    return tuple(
        Part(
            subject=name,
            text=chat.plain(message),
            payload=posting.encoded({"click": chat.only_link(message)}),
            stories=chat.stories(message),
        )
        for name, message in found
    )


def _fits(_name: str, message: chat.Message) -> bool:
    return _bytes(chat.plain(message)) <= BYTES


def _bytes(text: str) -> int:
    return len(text.encode())


async def send(envelope: Envelope, options: NtfyOptions, tools: Tools) -> Receipt:
    """POST it."""
    part = envelope.part
    headers = {
        "content-type": "text/plain; charset=utf-8",
        "title": in_header(part.subject),
        "priority": str(options.priority),
        "x-sequence-id": slug(envelope.id),
        **_signed_in(options),
    }
    if click := posting.json_of(part.payload).get("click"):
        headers["click"] = in_header(click)
    asking = posting.post(options, tools, part.text, headers=headers)
    host = posting.host_of(options.address)
    return await posting.posted(asking, host, envelope.now, secrets=options.secrets)


async def reach(options: NtfyOptions, tools: Tools) -> Receipt:
    """Ask the server for its health, and where we sign in for our account; whether we may write to the topic it tells nobody."""
    host = posting.host_of(options.address)
    signed_in = _signed_in(options)
    parts = urlsplit(options.address)
    folder = parts.path.rstrip("/").rpartition("/")[0]
    path = f"{folder}/v1/{'account' if signed_in else 'health'}"
    asking = tools.http.get(
        urlunsplit((parts.scheme, parts.netloc, path, "", "")),
        headers=signed_in,
        timeout=seconds(options, tools),
        allow_private=options.allow_private,
    )
    words = "signs us in" if signed_in else "answers"
    return await posting.known(asking, host, words, options.secrets)


def in_header(text: str) -> str:
    """A header's value: as it is in plain ASCII, else in encoded words (RFC 2047), on one line."""
    if text.isascii() and text.isprintable() and "=?" not in text:
        return text
    return Header(text, "utf-8", maxlinelen=_WORD).encode(linesep="")


def _signed_in(options: "NtfyOptions") -> Mapping[str, str]:
    if options.token:
        return {"authorization": f"Bearer {options.token.get_secret_value()}"}
    if options.user and options.password:
        both = f"{options.user}:{options.password.get_secret_value()}"
        return {"authorization": f"Basic {base64.b64encode(both.encode()).decode('ascii')}"}
    return {}


CHANNEL = Channel(
    kind="ntfy",
    options=NtfyOptions,
    render=render,
    send=send,
    reach=reach,
    readers=channel_reads,
    lane=channel_waits,
)
