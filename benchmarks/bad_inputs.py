"""What bad input costs, and whether the sound source beside it is told: `python benchmarks/bad_inputs.py [NAME…]`.

Each line is one `aiwatch fetch` of two sources, one of them bad, on a fresh database, in a process of its own with a
hook that hears the sound one's story. Wall seconds, and those above the same pass without the bad one, measured every few minutes;
megabytes of main process and children together above that pass; the longest time that the main process computed without
looking at its loop (`lag.py`); and what `aiwatch sources list` (or the article's own account) says of it. Bad files and
words (`bad_files.py`) are commands of their own, compared with the same pass; "told" is then what has to hold, and the
words are those on the screen.
"""

import gzip
import json
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import bad_files
from tests.drafts import CLOSES
from tests.fetch.bombs import SCRIPTS, packed_gigabyte
from tests.newsroom import Newsroom
from tests.servers import RawSite
from tests.text.hostile import PAGES

METER, LAG = (Path(__file__).with_name(name) for name in ("meter.py", "lag.py"))
NOON = "2026-03-24T12:00:00Z"
AT_ONCE = {"name": "now", "to": ["hook"], "when": "at once", "settle": None, "at_most": None}
RSS = '<rss version="2.0"><channel><title>Bad</title>{}</channel></rss>'
ITEM = "<item><title>An owl</title><link>https://owl.example/1</link><guid>1</guid>{}</item>"
LONG, MOST_MEGABYTES, STANDSTILL = 10.0, 100.0, 50.0
ANEW = 5  # the pass without it, measured anew after so many: a machine's load changes

Make = Callable[[Newsroom], dict[str, Any]]


@dataclass(frozen=True)
class Cost:
    """What one bad input did."""

    seconds: float
    peak: float  # megabytes
    stall: float  # milliseconds of the main process's loop, at the longest
    told: bool  # the neighbour's story
    code: int
    words: str


def body(given: bytes | str, kind: str = "application/rss+xml", **more: Any) -> Make:
    """A source that answers with this."""
    headers = {"Content-Type": kind, **more.pop("headers", {})}
    source = more.pop("source", {})

    def make(room: Newsroom) -> dict[str, Any]:
        room.site.add("/bad", given, headers=headers, **more)
        return {"url": room.site.url("/bad"), **source}

    return make


def at(url: str) -> Make:
    """A source at this address."""
    return lambda _room: {"url": url}


def page(name: str) -> Make:
    """A sound feed whose one article is a page made to hurt."""

    def make(room: Newsroom) -> dict[str, Any]:
        room.site.add("/hurts", PAGES[name](), headers={"Content-Type": "text/html"})
        item = room.item("/hurts", "An owl", "2026-03-24T09:00:00Z", "It sat there.")
        return {"url": room.feed("/bad", item, title="Bad")}

    return make


def laughs(levels: int = 12) -> str:
    entities = "".join(
        f'<!ENTITY l{level} "{f"&l{level - 1};" * 10 if level else "ha"}">'
        for level in range(levels)
    )
    return f"<!DOCTYPE rss [{entities}]>" + RSS.format(
        f"<item><title>&l{levels - 1};</title></item>"
    )


def looping(room: Newsroom) -> dict[str, Any]:
    here = room.site.url("/bad")
    index = f"<sitemapindex><sitemap><loc>{here}</loc></sitemap></sitemapindex>"
    room.site.add("/bad", index, headers={"Content-Type": "application/xml"})
    return {"url": here, "kind": "sitemap"}


ATTRIBUTES = " ".join(f'a{number}="x"' for number in range(16_000))
LISTING = "<ul>" + "".join(f"<li><a href=/a/{n}>Owl {n}</a>" for n in range(100_000))
BAD: dict[str, Make] = {
    "nothing": body(b""),
    "a web page": body("<html><body><h1>We moved", "text/html"),
    "rubbish": body(b"\x00\xff\xfe" * 50_000),
    "an image": body(b"\x89PNG\r\n\x1a\n" + b"\x00" * 1000, "image/png"),
    "cut in the middle": body(RSS.format(ITEM.format("") * 50)[:900]),
    "16,000 attributes": body(RSS.format(f"<item {ATTRIBUTES}><title>x</title></item>")),
    "100,000 deep": body(RSS.format("<a>" * 100_000)),
    "an item of 12 MB": body(
        RSS.format(ITEM.format(f"<description>{'owl ' * 3_000_000}</description>"))
    ),
    "60,000 items": body(
        RSS.format("".join(ITEM.replace(">1<", f">{n}<").format("") for n in range(60_000)))
    ),
    "a billion laughs": body(laughs()),
    "an entity from a file": body(
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        + RSS.format("<item><title>&x;</title></item>")
    ),
    "NULs": body(RSS.format(ITEM.format("<description>a\x00b</description>"))),
    "half an UTF-16": body(RSS.format(ITEM.format("")).encode("utf-16")[:-1]),
    "an encoding nobody knows": body(
        '<?xml version="1.0" encoding="klingon"?>' + RSS.format(ITEM.format("")),
        "application/rss+xml; charset=klingon",
    ),
    "markup in a title": body(
        RSS.format("<item><title>&lt;script&gt;x()&lt;/script&gt;\r\nBcc: a</title></item>")
    ),
    "javascript: addresses": body(
        RSS.format("<item><title>x</title><link>javascript:alert(1)</link></item>")
    ),
    "dates of the year 99999": body(
        RSS.format(ITEM.format("<pubDate>Fri, 01 Jan 99999 00:00:00 GMT</pubDate>"))
    ),
    "JSON 100,000 deep": body(
        "[" * 100_000,
        "application/json",
        source={"kind": "json", "items": "@", "title": "title", "link": "url"},
    ),
    "JSON of a long number": body('{"items": [' + "9" * 100_000 + "]}", "application/feed+json"),
    "JSON with half a pair": body(
        '{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"\\ud83d","title":"\\ud83d"}]}',
        "application/feed+json",
    ),
    "brotli, unasked": body(b"\x1b" * 300, headers={"Content-Encoding": "br"}),
    "gzip that is none": body(b"not packed", headers={"Content-Encoding": "gzip"}),
    "gzip cut short": body(
        gzip.compress(RSS.encode() * 500)[:200], headers={"Content-Encoding": "gzip"}
    ),
    "an index of itself": looping,
    "a listing of 100,000 links": body(LISTING, "text/html", source={"kind": "listing"}),
    "a watched page, 50,000 deep": body("<div>" * 50_000, "text/html", source={"kind": "page"}),
    "401": body("no", status=401),
    "403": body("no", status=403),
    "404": body("no", status=404),
    "410": body("no", status=410),
    "429, for a year": body("no", status=429, headers={"Retry-After": "31536000"}),
    "500": body("no", status=500),
    "a browser check": body(
        "x", status=403, headers={"cf-mitigated": "challenge", "Server": "cloudflare"}
    ),
    "a redirect to a file": body("", status=302, headers={"Location": "file:///etc/passwd"}),
    "a host that is not": at("http://no.such.host.invalid/feed"),
    "a port that is closed": at("http://127.0.0.1:1/feed"),
    "TLS where there is none": lambda room: {"url": room.site.url("/x").replace("http:", "https:")},
    "a private address": at("http://127.0.0.2/x"),
    **{
        f"page: {name.replace('_', ' ')}": page(name)
        for name in (
            *("divs_deep", "paragraphs_40_000", "one_word_of_5_mb", "attributes_16_000"),
            *("json_deep", "tables_deep", "links_100_000", "an_encoding_nobody_knows"),
        )
    },
}


def scripted(script: Callable[..., None], *, as_page: bool = False) -> Cost:
    """A server that misbehaves below HTTP."""
    with RawSite(script) as site:
        if not as_page:
            return tried(at(site.url("/a")))

        def make(room: Newsroom) -> dict[str, Any]:
            item = f"<item><title>An owl</title><link>{site.url('/a')}</link><guid>1</guid></item>"
            kind = {"Content-Type": "application/rss+xml"}
            room.site.add("/bad", RSS.format(item), headers=kind)
            return {"url": room.site.url("/bad")}

        return tried(make)


def filed(trial: bad_files.Trial) -> Cost:
    """A bad file, or a bad word behind a command; `told` says whether what had to hold did."""
    fell = bad_files.tried(trial)
    return Cost(fell.seconds, fell.peak, 0, fell.held, fell.code, fell.words)


def tried(make: Make | None) -> Cost:
    """One pass with a bad source, or with none."""
    with tempfile.TemporaryDirectory() as folder, Newsroom(Path(folder)) as room:
        room.page("/sound", "OpenAI closes Sora", CLOSES)
        item = room.item("/sound", "OpenAI closes Sora", "2026-03-24T10:00:00Z")
        sources = [{"name": "Sound", "url": room.feed("/feed", item)}]
        if make:
            sources.append({"name": "Bad", **make(room)})
        private = any("127.0.0.2" in one["url"] for one in sources)
        allow = [room.site.authority] if private else True
        fetch = {"spacing": "0s", "timeout": "5s", "allow_private": allow}
        room.configure(sources=sources, alerts=[AT_ONCE], workers=2, fetch=fetch)
        result = Path(folder) / "cost.json"
        lag = Path(folder) / "lag.json"
        watched = [sys.executable, str(LAG), str(lag), *room.command("fetch", "-q", now=NOON)[3:]]
        subprocess.run(
            [sys.executable, str(METER), str(result), *watched],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        cost, stall = json.loads(result.read_text()), json.loads(lag.read_text())["stall"]
        told = any(b"OpenAI closes Sora" in asked.body for asked in room.hooks)
        return Cost(
            cost["wall"], cost["peak"] / 1e6, stall * 1e3, told, int(cost["code"]), said(room)
        )


def said(room: Newsroom) -> str:
    """What the program says of the bad source, or of the article that it brought."""
    listed = json.loads(room.aiwatch("sources", "list", "--json", now=NOON).out)
    rows = listed["sources"] if isinstance(listed, dict) else listed
    for row in rows:
        if row["name"] == "Bad" and row.get("state") != "working":
            return str(row.get("words") or row.get("detail") or row.get("problem") or row["state"])
    db = sqlite3.connect(room.database)
    found = db.execute("SELECT how FROM articles WHERE source = 'Bad' LIMIT 1").fetchone()
    db.close()
    return "read: " + str(json.loads(found[0]).get("text")) if found else "read: nothing new in it"


def main(names: list[str]) -> None:
    """Print one line an input."""
    runs: dict[str, Callable[[], Cost]] = {name: partial(tried, make) for name, make in BAD.items()}
    runs |= {name: partial(scripted, script) for name, script in SCRIPTS.items()}
    runs["page: 1 GB of zeros, packed"] = partial(scripted, packed_gigabyte, as_page=True)
    runs |= {name: partial(filed, trial) for name, trial in bad_files.TRIALS.items()}
    alone = tried(None)
    print(f"without a bad source: {shown(alone, alone)}\n")
    print(
        f"{'what':<36}{'s':>6}{'more s':>8}{'more MB':>9}{'stall ms':>10}{'told':>6}{'exit':>5}  words"
    )
    chosen = [name for name in runs if not names or any(part in name for part in names)]
    costs = []
    for number, name in enumerate(chosen):
        if number and number % ANEW == 0:
            alone = tried(None)
        costs.append((runs[name](), alone))
        print(f"{name:<36}{shown(*costs[-1])}", flush=True)
    seconds = max(one.seconds for one, _ in costs)
    more = max(one.seconds - without.seconds for one, without in costs)
    memory = max(one.peak - without.peak for one, without in costs)
    stall = max(one.stall for one, _ in costs)
    told = all(one.told for one, _ in costs)
    holds = more < LONG and memory < MOST_MEGABYTES and stall < STANDSTILL and told
    print(
        f"\n{len(costs)} inputs: at most {seconds:.1f} s ({more:.1f} more), {memory:.0f} MB more, a stall of {stall:.0f} ms;"
        f" the neighbour was {'always' if told else 'NOT always'} told: {'holds' if holds else 'DOES NOT HOLD'}"
    )


def shown(cost: Cost, alone: Cost) -> str:
    """One line's figures."""
    more, memory = cost.seconds - alone.seconds, cost.peak - alone.peak
    told = "yes" if cost.told else "NO"
    return f"{cost.seconds:>6.1f}{more:>8.1f}{memory:>9.0f}{cost.stall:>10.0f}{told:>6}{cost.code:>5}  {cost.words[:150]}"


if __name__ == "__main__":
    main(sys.argv[1:])
