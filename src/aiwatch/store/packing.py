"""How a story's terms and an article's hashes lie in one column each.

One row a term and one a hash, with an index to find a story's or an article's own, took a third of the store, and
reading 16 stories a hundred rows each was a quarter of all that filing an article took (docs/notes/012-speed.md).
"""

from collections.abc import Iterable, Mapping
from typing import Any

HASH_BYTES = 6
DROPPED_BITS = (
    15  # of a hash's 63; in 150 million hashes one in two million agrees with another's by chance
)


def pack_terms(terms: Mapping[str, float]) -> str:
    """A line for each weight: the weight, then its terms; most terms of a story share one of a few."""
    by_weight: dict[float, list[str]] = {}
    for term, weight in terms.items():
        by_weight.setdefault(weight, []).append(term)
    return "\n".join(f"{weight!r} {' '.join(some)}" for weight, some in by_weight.items())


def unpack_terms(packed: str) -> dict[str, float]:
    """The terms and their weights."""
    terms: dict[str, float] = {}
    for line in packed.splitlines():
        weight, *some = line.split(" ")
        terms.update(dict.fromkeys(some, float(weight)))
    return terms


def cut(hashes: Iterable[int]) -> tuple[int, ...]:
    """Hashes as they are stored and looked up, in order."""
    return tuple(sorted({hash_ >> DROPPED_BITS for hash_ in hashes}))


def pack_hashes(hashes: Iterable[int]) -> bytes:
    """Stored hashes of one article, side by side."""
    return b"".join(hash_.to_bytes(HASH_BYTES, "big") for hash_ in hashes)


def unpack_hashes(packed: bytes) -> tuple[int, ...]:
    """The stored hashes of an article."""
    return tuple(
        int.from_bytes(packed[start : start + HASH_BYTES], "big")
        for start in range(0, len(packed), HASH_BYTES)
    )


class Packed:
    """`pack_hashes` as SQL asks for it, once, while a database is brought up to date."""

    def __init__(self) -> None:
        self.hashes: list[int] = []

    def step(self, hash_: int, /) -> None:
        """One more row of the group."""
        self.hashes.append(hash_)

    def finalize(self) -> Any:  # bytes; typeshed knows of aggregates that are whole numbers only
        """The group's value."""
        return pack_hashes(self.hashes)
