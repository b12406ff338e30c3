"""What was worked out from texts, kept by the length of the texts and not by their number."""

from collections.abc import Callable, Hashable
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
_NOTHING: Any = object()


def kept(characters: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """As `functools.lru_cache`, up to so many characters of what was asked for; arguments go by place alone.

    Of 256 texts those of news are a megabyte or two, and the longest that are read a hundred. What is new is kept
    beside what was asked for since; when both are half of all, what nobody asked for is let go.
    """

    def around(work: Callable[P, T]) -> Callable[P, T]:
        return _Kept(work, characters // 2)  # type: ignore[return-value]

    return around


class _Kept:
    """A function that remembers. Two threads at once may work something out twice, and no more."""

    def __init__(self, work: Callable[..., Any], half: int) -> None:
        self.__doc__, self.__wrapped__ = work.__doc__, work
        self._work, self._half = work, half
        self._young: dict[tuple[Hashable, ...], Any] = {}
        self._old: dict[tuple[Hashable, ...], Any] = {}
        self._characters = 0  # of the young

    def __call__(self, *asked: Hashable) -> Any:
        found = self._young.get(asked, _NOTHING)
        return self._looked_up(asked) if found is _NOTHING else found

    def _looked_up(self, asked: tuple[Hashable, ...]) -> Any:
        found = self._old.get(asked, _NOTHING)
        if found is _NOTHING:
            found = self._work(*asked)
        length = sum(len(part) for part in asked if isinstance(part, str))
        if self._characters + length > self._half:
            self._old, self._young, self._characters = self._young, {}, 0
        self._young[asked] = found
        self._characters += length
        return found
