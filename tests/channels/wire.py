"""The real tools that channels work with, for tests."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TextIO

from aiwatch.channels import channel
from aiwatch.channels.base import HttpPoster, Options, Tools
from aiwatch.model import Envelope, Receipt
from aiwatch.net import open_client

USER_AGENT = "aiwatch/1 (+you@example.org)"


def options(kind: str, **keys: Any) -> Any:
    """Options as the configuration makes them; `from_` stands for `from`."""
    return channel(kind).options.model_validate(
        {name.removesuffix("_"): value for name, value in keys.items()}
    )


def sent(kind: str, envelope: Envelope, given: Options, out: TextIO | None = None) -> Receipt:
    """Hand one envelope over, through the guarded client and with half a minute for it."""
    return asyncio.run(_once(lambda tools: channel(kind).send(envelope, given, tools), out))


def reached(kind: str, given: Options) -> Receipt:
    """Go as far as possible without sending."""
    return asyncio.run(_once(lambda tools: channel(kind).reach(given, tools), None))


async def _once(act: Callable[[Tools], Awaitable[Receipt]], out: TextIO | None) -> Receipt:
    async with open_client(user_agent=USER_AGENT) as client:
        tools = Tools(
            http=HttpPoster(client), out=out or io.StringIO(), timeout=timedelta(seconds=30)
        )
        return await act(tools)
