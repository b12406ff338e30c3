"""What a command takes, its children and theirs included: `python meter.py RESULT.json COMMAND…` (Linux).

CPU is what the kernel counted for every process that came of it, orphans too: this one adopts them (PR_SET_CHILD_SUBREAPER).
Memory is the sum of their resident sizes, looked at 20 times a second; pages that they share count more than once.
"""

import ctypes
import json
import os
import subprocess
import sys
import time
from pathlib import Path

ADOPT = 36
PAGE = os.sysconf("SC_PAGE_SIZE")
EVERY = 0.05


def family(root: int) -> list[int]:
    """A process and all that came of it."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(after[1]), []).append(int(stat.parent.name))
    found, open_ = [], [root]
    while open_:
        found.append(open_.pop())
        open_ += parents.get(found[-1], [])
    return found


def resident(pid: int) -> int:
    """Bytes; 0 where it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError, ValueError):
        return 0


def spent(pid: int) -> float:
    """Seconds of CPU of a living process, with those of its children that have ended."""
    after = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(ticks) for ticks in after[11:15]) / os.sysconf("SC_CLK_TCK")


def measured(command: list[str]) -> dict[str, float]:
    """Run it to its end."""
    ctypes.CDLL(None).prctl(ADOPT, 1, 0, 0, 0)
    began, most, me = time.monotonic(), 0, os.getpid()
    child = subprocess.Popen(command)
    cpu = main_cpu = 0.0
    main_peak = code = 0
    left = True
    while left:
        most = max(most, sum(map(resident, family(me)[1:])))
        try:
            pid, status, used = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            break
        if not pid:
            time.sleep(EVERY)
            continue
        cpu += used.ru_utime + used.ru_stime
        if pid == child.pid:
            wall, main_cpu = time.monotonic() - began, used.ru_utime + used.ru_stime
            code, main_peak = os.waitstatus_to_exitcode(status), used.ru_maxrss * 1024
    return {
        "cpu": cpu,
        "main_cpu": main_cpu,
        "wall": wall,
        "code": code,
        "peak": most,
        "main_peak": main_peak,
    }


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(measured(sys.argv[2:])))
