"""Channels tried: one real message each, or as far as possible without one."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TextIO

from aiwatch.channels import channel
from aiwatch.channels.base import HttpPoster, Tools
from aiwatch.config.values import Config
from aiwatch.delivery import Desk
from aiwatch.model import ChannelName, Receipt
from aiwatch.net import open_client


async def ping(
    config: Config, name: str, clock: Callable[[], datetime], out: TextIO
) -> tuple[tuple[str, Receipt], ...]:
    """One real message to each reader of a channel; nothing is stored."""
    client = open_client(user_agent=config.fetch.user_agent)
    try:
        tools = Tools(http=HttpPoster(client), out=out)
        return await Desk(config=config).ping(name, tools, clock())
    finally:
        await client.aclose()


async def reach(config: Config, out: TextIO) -> tuple[tuple[ChannelName, Receipt], ...]:
    """Each channel gone as far as possible without sending: connected to, signed in to."""
    client = open_client(user_agent=config.fetch.user_agent)
    try:
        tools = Tools(http=HttpPoster(client), out=out)
        asked = [channel(one.kind).reach(one.options, tools) for one in config.channels]
        found = await asyncio.gather(*asked)
        return tuple(zip((one.name for one in config.channels), found, strict=True))
    finally:
        await client.aclose()
