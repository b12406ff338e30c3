"""The peer of an afternoon: `python naive.py FEEDS.txt WORDS.txt DATABASE`, one pass.

What a competent programmer writes with httpx, feedparser, trafilatura and sqlite-utils: conditional requests, twenty in
flight, every new entry's page fetched and its text extracted, copies left out, searchable, matched against words.
"""

import asyncio
import hashlib
import sys
from pathlib import Path

import feedparser
import httpx
import sqlite_utils
import trafilatura


async def poll(client, gate, db, words, url):
    """One feed, and the pages of its new entries."""
    known = next(db["feeds"].rows_where("url = ?", [url]), {})
    headers = {"If-None-Match": known.get("etag"), "If-Modified-Since": known.get("modified")}
    async with gate:
        answer = await client.get(url, headers={k: v for k, v in headers.items() if v})
    if answer.status_code == 304:
        return
    answer.raise_for_status()
    etag, modified = answer.headers.get("etag"), answer.headers.get("last-modified")
    db["feeds"].upsert({"url": url, "etag": etag, "modified": modified}, pk="url")
    new = [
        e
        for e in feedparser.parse(answer.content).entries
        if not db["articles"].count_where("url = ?", [e.link])
    ]
    await asyncio.gather(*(read(client, gate, db, words, url, entry) for entry in new))


async def read(client, gate, db, words, feed, entry):
    """One article."""
    async with gate:
        answer = await client.get(entry.link)
    text = trafilatura.extract(answer.text, url=entry.link) or entry.get("summary", "")
    digest = hashlib.sha256(text.encode()).hexdigest()
    if db["articles"].count_where("hash = ?", [digest]):
        return
    row = {"url": entry.link, "feed": feed, "title": entry.title, "text": text, "hash": digest}
    db["articles"].insert({**row, "published": entry.get("published")}, pk="url", ignore=True)
    lower = f"{entry.title} {text}".lower()
    found = [{"url": entry.link, "word": word} for word in words if word in lower]
    db["matches"].insert_all(found)


async def main(feeds, words, path):
    """One pass over all feeds."""
    db = sqlite_utils.Database(path)
    if not db["articles"].exists():
        db["feeds"].create({"url": str, "etag": str, "modified": str}, pk="url")
        columns = {
            "url": str,
            "feed": str,
            "title": str,
            "text": str,
            "hash": str,
            "published": str,
        }
        db["articles"].create(columns, pk="url")
        db["articles"].create_index(["hash"])
        db["articles"].enable_fts(["title", "text"], create_triggers=True)
        db["matches"].create({"url": str, "word": str})
    gate = asyncio.Semaphore(20)
    async with httpx.AsyncClient(timeout=30, follow_redirects=True) as client:
        polls = (poll(client, gate, db, words, url) for url in feeds)
        for error in await asyncio.gather(*polls, return_exceptions=True):
            if error:
                print(repr(error), file=sys.stderr)


asyncio.run(
    main(
        Path(sys.argv[1]).read_text().split(),
        Path(sys.argv[2]).read_text().split("\n"),
        sys.argv[3],
    )
)
