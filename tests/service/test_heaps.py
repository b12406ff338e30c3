"""Threads share a few heaps, or each keeps what it has let go for itself."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from aiwatch.service import heaps

# Of threads, which all live at once and have memory of the C library's.
THREADS = """
import sys, threading
from pathlib import Path
from aiwatch.service import heaps
from tests.service.test_heaps import of_threads

if sys.argv[1] == "shared":
    heaps.share()
together, done, kept = threading.Barrier(9), threading.Barrier(9), []

def work():
    kept.append(bytes(100_000))
    together.wait()
    done.wait()

threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads:
    thread.start()
together.wait()
print(of_threads("self"))
done.wait()
"""
OWN = 64 * 1024 * 1024  # a thread's heap begins at a multiple of that


def of_threads(pid: int | str) -> int:
    """Heaps beside the one that a process begins with."""
    maps = (line.split() for line in Path(f"/proc/{pid}/maps").read_text().splitlines())
    begins = [int(parts[0].split("-")[0], 16) for parts in maps if parts[1:] == ["rw-p", "00000000", "00:00", "0"]]  # fmt: skip
    return sum(begin % OWN == 0 for begin in begins)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_eight_threads_share_two_heaps() -> None:
    counted = {
        how: int(subprocess.check_output([sys.executable, "-c", THREADS, how], text=True))
        for how in ("shared", "as it is")
    }
    assert counted["shared"] == heaps.HEAPS - 1 < counted["as it is"]
