"""The ways of telling. A new one is a module here and a name in KINDS."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, cast

from aiwatch.channels.base import Channel

KINDS = (
    "screen",
    "file",
    "email",
    "webhook",
    "slack",
    "discord",
    "teams",
    "telegram",
    "ntfy",
    "apprise",
)
"""The modules, and the names that feeds.yaml has for them."""


class _Channels(Mapping[str, Channel[Any]]):
    """A channel's module is imported when it is first asked for: all of them took a tenth of a start."""

    def __getitem__(self, kind: str) -> Channel[Any]:
        if kind not in KINDS:
            raise KeyError(kind)
        return cast("Channel[Any]", import_module(f"aiwatch.channels.{kind}").CHANNEL)

    def __iter__(self) -> Iterator[str]:
        return iter(KINDS)

    def __len__(self) -> int:
        return len(KINDS)


CHANNELS: Mapping[str, Channel[Any]] = _Channels()
"""Every kind of channel by the name it has in feeds.yaml."""


def channel(kind: str) -> Channel[Any]:
    """The channel of that kind; KeyError for one that does not exist."""
    return CHANNELS[kind]
