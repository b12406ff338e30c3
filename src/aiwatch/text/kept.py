"""What was worked out from texts, kept by the length of the texts and not by their number."""

from collections.abc import Callable, Hashable
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
TEXTS = 1_000_000  # characters: two hundred articles of news
SENTENCES = 400_000  # two thousand of them
WORDS = 16_384  # forms in a table of them, 3 MB; 924 articles have 12,276, and four times as many took 46 MB in four tables
_EACH = 60  # what an entry weighs beside its text, in characters
_NOTHING: Any = object()


def kept(characters: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """As `functools.lru_cache`, up to so many characters of what was asked for; arguments go by place alone.

    Of 256 texts those of news are a megabyte or two, the longest that are read a hundred. What is asked for is kept
    in one half; when that is full it is the other half, and what was in that and nobody asked for since is let go.
    """

    def around(work: Callable[P, T]) -> Callable[P, T]:
        return _Kept(work, characters // 2)  # type: ignore[return-value]

    return around


class _Kept:
    """A function that remembers. Two threads at once may work something out twice, and no more."""

    def __init__(self, work: Callable[..., Any], half: int) -> None:
        self.__doc__ = work.__doc__
        self._work, self._half = work, half
        self._lately: dict[tuple[Hashable, ...], Any] = {}
        self._before: dict[tuple[Hashable, ...], Any] = {}
        self._weight = 0  # of what was asked for lately

    def __call__(self, *asked: Hashable) -> Any:
        found = self._lately.get(asked, _NOTHING)
        return self._looked_up(asked) if found is _NOTHING else found

    def _looked_up(self, asked: tuple[Hashable, ...]) -> Any:
        found = self._before.get(asked, _NOTHING)
        if found is _NOTHING:
            found = self._work(*asked)
        weight = _EACH + sum(len(part) for part in asked if isinstance(part, str))
        if self._weight + weight > self._half:
            self._before, self._lately, self._weight = self._lately, {}, 0
        self._lately[asked] = found
        self._weight += weight
        return found
