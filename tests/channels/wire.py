"""The real tools that channels work with, for tests."""

import asyncio
import io
from datetime import timedelta
from typing import Any

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


def sent(
    kind: str, envelope: Envelope, given: Options, out: io.TextIOBase | None = None
) -> Receipt:
    """Hand one envelope over, through the guarded client and with 5 s for it."""

    async def once() -> Receipt:
        async with open_client(user_agent=USER_AGENT) as client:
            tools = Tools(
                http=HttpPoster(client),
                out=out if isinstance(out, io.StringIO | io.TextIOWrapper) else io.StringIO(),
                timeout=timedelta(seconds=5),
            )
            return await channel(kind).send(envelope, given, tools)

    return asyncio.run(once())
