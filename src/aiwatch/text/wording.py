"""The single words that a block is made of and that its places are called, for the model to weigh one by one."""

import re
from functools import lru_cache
from typing import Final

from aiwatch.text.late import late

WORDY: Final = 500
"""A block at least so wide is told by its length; its words are not looked at."""
DEPTH: Final = 3
"""The place a block stands in and the two around it are asked for their names."""

_WORD = late(r"\w+|[©@#]")
# The same of ASCII, in a third of the time: what is no word becomes a space, and a sign is a word between spaces.
_NO_WORD = {code: " " for code in range(128) if not re.match(r"[a-z0-9_@#]", chr(code))}
_NAME = late(r"[A-Z]?[a-z]{2,20}|[A-Z]{2,20}")
_LONGEST = 200  # characters of a class attribute; what follows is mostly looks


def words_in(text: str) -> list[str]:
    """The words of a short block, in order and lower case."""
    if not text.isascii():
        return _WORD.findall(text.lower())
    plain = text.lower().translate(_NO_WORD)
    if "@" in plain or "#" in plain:
        plain = plain.replace("@", " @ ").replace("#", " # ")
    return plain.split()


@lru_cache(maxsize=8192)
def names_in(tag: str, names: str) -> frozenset[str]:
    """An element's tag, as "<p>", and the words that its class names are made of."""
    return frozenset([f"<{tag}>", *map(str.lower, _NAME.findall(names[:_LONGEST]))])
