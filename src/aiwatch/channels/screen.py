"""Prints the digest."""

import re
from typing import TextIO

from aiwatch.channels.base import Channel, Options, Tools, channel_reads, channel_waits
from aiwatch.digest.text import as_text
from aiwatch.model import Delivered, Digest, Envelope, Later, Part, Receipt

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class ScreenOptions(Options):
    """Nothing to choose."""


def render(digest: Digest, _options: ScreenOptions) -> tuple[Part, ...]:
    """The text form."""
    return (Part(subject=digest.subject, text=as_text(digest)),)


async def send(envelope: Envelope, _options: ScreenOptions, tools: Tools) -> Receipt:
    """Print it whole; a terminal never sees an escape sequence from outside."""
    text = _CONTROL.sub("", envelope.part.text).strip("\n")
    try:
        tools.out.write(_writable(f"{text}\n\n", tools.out))
        tools.out.flush()
    except (OSError, ValueError) as error:  # a closed pipe, a closed file
        return Later(reason=f"the screen cannot be written to ({error})")
    return Delivered(detail="printed")


async def reach(_options: ScreenOptions, _tools: Tools) -> Receipt:
    """It is where we are."""
    return Delivered(detail="it is here")


def _writable(text: str, out: TextIO) -> str:
    """The text with what the terminal's encoding lacks shown as question marks."""
    encoding = out.encoding or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)


CHANNEL = Channel(
    kind="screen",
    options=ScreenOptions,
    render=render,
    send=send,
    reach=reach,
    readers=channel_reads,
    lane=channel_waits,
)
