"""The ways of telling. A new one is a module here and a line in CHANNELS."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from aiwatch.channels import (
    apprise,
    discord,
    email,
    file,
    ntfy,
    screen,
    slack,
    teams,
    telegram,
    webhook,
)
from aiwatch.channels.base import Channel

CHANNELS: Mapping[str, Channel[Any]] = MappingProxyType(
    {
        "screen": screen.CHANNEL,
        "file": file.CHANNEL,
        "email": email.CHANNEL,
        "webhook": webhook.CHANNEL,
        "slack": slack.CHANNEL,
        "discord": discord.CHANNEL,
        "teams": teams.CHANNEL,
        "telegram": telegram.CHANNEL,
        "ntfy": ntfy.CHANNEL,
        "apprise": apprise.CHANNEL,
    }
)
"""Every kind of channel by the name it has in feeds.yaml."""


def channel(kind: str) -> Channel[Any]:
    """The channel of that kind; KeyError for one that does not exist."""
    return CHANNELS[kind]
