"""Requests and nothing else: `python bare.py FEEDS.txt STATE.json IN_FLIGHT`, with httpx and the tags of the last time.

The floor under every poller that uses the same client. With `parse` for IN_FLIGHT: prints the CPU seconds that
feedparser takes for each body instead, median of all.
"""

import asyncio
import json
import sys
import time
import urllib.request
from importlib import import_module
from pathlib import Path
from statistics import median

import httpx


async def main(urls, state, in_flight):
    """A conditional GET each."""
    tags, gate = (
        json.loads(state.read_text()) if state.exists() else {},
        asyncio.Semaphore(in_flight),
    )
    limits = httpx.Limits(max_connections=20, max_keepalive_connections=8)

    async def one(client, url):
        async with gate:
            answer = await client.get(
                url, headers={"If-None-Match": tags[url]} if url in tags else {}
            )
        if "etag" in answer.headers:
            tags[url] = answer.headers["etag"]

    async with httpx.AsyncClient(timeout=30, limits=limits, trust_env=False) as client:
        await asyncio.gather(*(one(client, url) for url in urls))
    state.write_text(json.dumps(tags))


def parse(urls):
    """Seconds of CPU of one feedparser parse."""
    taken = []
    for url in urls:
        with urllib.request.urlopen(url) as answer:
            body = answer.read()
        began = time.process_time()
        import_module("feedparser").parse(body)
        taken.append(time.process_time() - began)
    print(median(taken))


urls = Path(sys.argv[1]).read_text().split()
if sys.argv[3] == "parse":
    parse(urls)
else:
    asyncio.run(main(urls, Path(sys.argv[2]), int(sys.argv[3])))
