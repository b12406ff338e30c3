"""The dead man's switch: an address outside is called after each good pass, and says so to a person when calls stay out.

As healthchecks.io has it (many others do the same): a plain GET says that all is well, `/fail` after the address that
it is not. An address that carries `status=up` in its query (Uptime Kuma) is called with `status=down` instead.
"""

import re
from urllib.parse import urlsplit, urlunsplit

from aiwatch.channels.base import Poster
from aiwatch.model import Secret

SECONDS = 10.0  # for everything: it runs beside the news and never holds them up
_UP = re.compile(r"(?<![^&])status=up(?![^&])")


async def beat(http: Poster, address: Secret, *, well: bool) -> str:
    """Call it; empty when it answered, else what was wrong, in words without the address, which is a secret.

    It may be private: it was typed by whoever runs this, and no redirect is followed.
    """
    url = address.value if well else failing(address.value)
    try:
        answer = await http.get(url, headers={}, timeout=SECONDS, allow_private=True)
    except OSError as error:
        return str(error) or type(error).__name__
    return "" if answer.status < 300 else f"it answered HTTP {answer.status}"


def failing(url: str) -> str:
    """The address that says that something is wrong."""
    parts = urlsplit(url)
    if _UP.search(parts.query):
        return urlunsplit(parts._replace(query=_UP.sub("status=down", parts.query)))
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/fail"))
