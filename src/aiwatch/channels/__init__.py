"""The ways of telling. A new one is a module here and a line in CHANNELS."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from aiwatch.channels import email, file, screen, webhook
from aiwatch.channels.base import Channel

CHANNELS: Mapping[str, Channel[Any]] = MappingProxyType(
    {
        "screen": screen.CHANNEL,
        "file": file.CHANNEL,
        "email": email.CHANNEL,
        "webhook": webhook.CHANNEL,
    }
)
"""Every kind of channel by the name it has in feeds.yaml."""


def channel(kind: str) -> Channel[Any]:
    """The channel of that kind; KeyError for one that does not exist."""
    return CHANNELS[kind]
