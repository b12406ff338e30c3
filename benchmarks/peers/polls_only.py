"""aiwatch's polls without filing: `python polls_only.py feeds.yaml [SOURCE…]`, one pass over all sources, or those named."""

import asyncio
import gc
import sys
from pathlib import Path


async def main(file: Path, names: list[str]) -> None:
    """Fetch, read in workers, record."""
    # Not above: reading children run this file's own lines again, and would bring all of the program along.
    gc.disable()  # as the command line does while it imports
    from aiwatch import service  # noqa: PLC0415
    from aiwatch.config import load  # noqa: PLC0415

    gc.freeze()
    gc.enable()

    config = load(file)
    async with service.machine(config, service.Clock(), sys.stdout) as at:
        due = await at.pipeline.due(names, every=True)
        found = await at.pipeline.poll(due)
        print(sum(one.fresh for one in found))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
