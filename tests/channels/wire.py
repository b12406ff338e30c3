"""The real tools that channels work with, for tests."""

import asyncio
import io
from datetime import timedelta
from typing import Any, TextIO

from aiwatch.channels import channel
from aiwatch.channels.base import HttpPoster, Options, Tools
from aiwatch.model import Envelope, Receipt

USER_AGENT = "aiwatch/1 (+you@example.org)"


def options(kind: str, **keys: Any) -> Any:
    """Options as the configuration makes them; `from_` stands for `from`."""
    return channel(kind).options.model_validate(
        {name.removesuffix("_"): value for name, value in keys.items()}
    )


def sent(kind: str, envelope: Envelope, given: Options, out: TextIO | None = None) -> Receipt:
    """Hand one envelope over, through the guarded client and with 5 s for it."""

    async def once() -> Receipt:
        poster = HttpPoster(user_agent=USER_AGENT)
        tools = Tools(http=poster, out=out or io.StringIO(), timeout=timedelta(seconds=5))
        try:
            return await channel(kind).send(envelope, given, tools)
        finally:
            await poster.aclose()

    return asyncio.run(once())
