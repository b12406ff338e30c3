"""What the C library keeps of memory that was let go, in a process that lives for months.

glibc gives each new thread a heap of its own, eight for each processor, and none of them takes what another has free;
and it remembers the largest block that was freed as what need not go back. In the soak of `docs/notes/014-trust.md`
24 MB lay free in pieces after eight minutes, and more with each; with two heaps 4.
"""

import ctypes

HEAPS = 2
LARGE = (
    128 * 1024
)  # bytes from which a block goes back when it is freed: glibc's own, kept from rising
_LARGE, _HEAPS = -3, -8  # M_MMAP_THRESHOLD and M_ARENA_MAX of malloc.h


def share() -> None:
    """From now on, all threads use so few heaps; where the C library is another one nothing is changed."""
    tune = getattr(ctypes.CDLL(None), "mallopt", None)
    if tune is not None:
        tune(_HEAPS, HEAPS)
        tune(_LARGE, LARGE)
