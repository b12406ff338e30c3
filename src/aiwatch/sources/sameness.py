"""Whether a source's bytes say again what they said: a hash of them, but for when a feed says that it was made.

Of 648 changes that real feeds went through 393 were of nothing but that date (polling.md 2.2). Nobody reads it here.
"""

import re
from hashlib import blake2b

# As it stands before the first item, where nothing but the feed itself can be meant.
_MADE = re.compile(rb"<(lastBuildDate|pubDate|updated|dc:date)>[^<>&]{1,60}</\1>")
_FIRST = re.compile(rb"<(?:item|entry)[\s>]")
_HEAD = 20_000  # bytes; a longer one is compared as it stands


def body_hash(body: bytes, kind: str) -> str:
    """Equal only where reading the bytes again would give what it gave."""
    first = _FIRST.search(body, 0, _HEAD) if kind == "feed" else None
    at = first.start() if first else 0
    digest = blake2b(_MADE.sub(b"", body[:at]), digest_size=16)
    digest.update(memoryview(body)[at:])
    return digest.hexdigest()
