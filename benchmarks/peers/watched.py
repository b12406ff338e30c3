"""aiwatch's service with a clock beside it: `python watched.py feeds.yaml STALLS.json`.

Every 5 ms the loop is asked for the time; how late it answers is what anything else would have waited.
"""

import asyncio
import json
import sys
from pathlib import Path
from statistics import quantiles
from typing import Any

from aiwatch import service
from aiwatch.config import load

EVERY = 0.005


async def measured(running: Any, result: Path) -> None:
    """Until the service stops."""
    loop, late = asyncio.get_running_loop(), []
    while not running.stop.is_set():
        began = loop.time()
        await asyncio.sleep(EVERY)
        late.append(loop.time() - began - EVERY)
    share = quantiles(late, n=1000, method="inclusive")
    result.write_text(  # noqa: ASYNC240 - at the end
        json.dumps({"p99.9": share[998], "most": max(late), "looks": len(late)})
    )


if __name__ == "__main__":
    file, out = Path(sys.argv[1]), Path(sys.argv[2])
    asyncio.run(
        service.watch(
            load(file), sys.stdout, lambda: load(file), lambda running: measured(running, out)
        )
    )
