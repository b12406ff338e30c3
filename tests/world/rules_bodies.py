"""Rules 48-53: answers that are too much, too slow, or something else than a feed."""

import asyncio
import gzip
from collections.abc import Mapping

from tests.world.pages import HTML, RSS, conditional, feed, html, item, rss
from tests.world.scene import SOONEST, Scene, conditions, gaps, hours, minutes, must, rule
from tests.world.server import START, Host, Raw, Reply, Seen, Wire, http_date

LIMIT = 1_000_000  # bytes that the reader is told to take
PATIENCE = 0.5  # seconds that the reader is told to wait
GIVEN = (
    20_000_000  # enough to show that anything would be taken; the kernel holds some 6 MB by itself
)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"


class Flood:
    """A body without an end; `sent` is how much was taken of it."""

    def __init__(self, framing: bytes) -> None:
        self.sent = 0
        self.framing = framing

    async def __call__(self, wire: Wire) -> None:
        """Send until nobody takes it, or it has been shown that somebody takes anything."""
        await wire.send(HEAD + self.framing + b"\r\n")
        piece = b"<!--" + b" " * 65_000 + b"-->"
        chunked = b"chunked" in self.framing
        await self._send(wire, rss("one").partition(b"</channel>")[0], chunked=chunked)
        while self.sent < GIVEN:
            await self._send(wire, piece, chunked=chunked)
        if chunked:
            await wire.send(b"0\r\n\r\n")

    async def _send(self, wire: Wire, data: bytes, *, chunked: bool) -> None:
        await wire.send(b"%x\r\n%b\r\n" % (len(data), data) if chunked else data)
        self.sent += len(data)


def bomb() -> Reply:
    """A small answer that unpacks to much."""
    start, mark, end = rss("one").partition(b"</channel>")
    filled = start + b"<!--" + b" " * GIVEN + b"-->" + mark + end
    return Reply(gzip.compress(filled, 6), headers={**RSS, "Content-Encoding": "gzip"})


@rule(48, "an endless, huge or bomb body ends at a limit, counted unpacked", "Miniflux")
def too_much(scene: Scene) -> None:
    floods = {
        "endless": Flood(b"Transfer-Encoding: chunked\r\n"),
        "announced": Flood(b"Content-Length: 200000000\r\n"),
        "no length": Flood(b""),
    }
    scene.setup |= {"max_bytes": f"{LIMIT // 1_000_000}MB"}
    for name, flood in floods.items():
        scene.watch(name, scene.host().add("/feed", Raw(flood)))
    packed = bomb()
    scene.watch("bomb", scene.host().add("/feed", packed))
    scene.watch("neighbour", scene.host().add("/feed", feed("one")))
    scene.play(minutes(15))
    for name, flood in floods.items():
        taken = flood.sent / 1_000_000
        must(flood.sent < GIVEN / 2, f"{name}: {taken:.0f} MB were taken")
    for name in (*floods, "bomb"):
        must(scene.entries(name) == (), f"{name}: it was read")
        must(not scene.told(name).works, f"{name}: it says {scene.told(name).words!r}")
    must(scene.entries("neighbour") == ("one",), "its neighbour was not read")


async def drip(wire: Wire) -> None:
    await wire.send(HEAD + b"Content-Length: 9999999\r\n\r\n")
    while True:
        await wire.send(b" ")
        await asyncio.sleep(0.02)


async def drip_head(wire: Wire) -> None:
    await wire.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        await wire.send(b"X-Wait: longer\r\n")
        await asyncio.sleep(0.02)


async def stall(wire: Wire) -> None:
    await wire.send(HEAD + b"Content-Length: 5000\r\n\r\n" + rss("one")[:100])
    await asyncio.sleep(60)


async def silence(_: Wire) -> None:
    await asyncio.sleep(60)


@rule(49, "a drip, a stall or no answer ends at a total deadline", "Miniflux")
def too_slow(scene: Scene) -> None:
    scripts = {"drip": drip, "dripping head": drip_head, "stall": stall, "no answer": silence}
    hosts = {name: scene.host() for name in scripts}
    scene.setup |= {"timeout": f"{PATIENCE}s"}
    for name, script in scripts.items():
        scene.watch(name, hosts[name].add("/feed", Raw(script)))
    scene.watch("neighbour", scene.host().add("/feed", feed("one")))
    scene.play(minutes(15))
    must(scene.slowest < PATIENCE + 8, f"it took {scene.slowest:.1f} s, told to wait {PATIENCE}")
    for name, host in hosts.items():
        must(not scene.told(name).works, f"{name}: it says {scene.told(name).words!r}")
        must(len(host.log) == 1, f"{name}: asked {len(host.log)} times at once")
    must(scene.entries("neighbour") == ("one",), "its neighbour was not read")


@rule(
    50,
    "HTML, a JSON error, a login, 204, 206 or nothing: an error with a reason, nothing lost",
    "measured",
)
def not_a_feed(scene: Scene) -> None:
    bad = {"ETag": '"bad"', "Last-Modified": http_date(START)}
    login = '<form><input name="user"><input type="password" name="word"></form>'
    json = {"Content-Type": "application/json"}
    forms = {
        "a page": Reply(html("Hello", "A page."), headers=HTML | bad),
        "a JSON error": Reply('{"error": "quota exceeded"}', headers=json | bad),
        "a login": Reply(html("Sign in", login), headers=HTML | bad),
        "204": Reply(status=204, headers=bad),
        "206": Reply(rss("one"), 206, {**RSS, **bad, "Content-Range": "bytes 0-99/999"}),
        "nothing": Reply(b"", headers=RSS | bad),
        "white space": Reply(b" \n", headers=RSS | bad),
        "XML that is no feed": Reply(b"<?xml version='1.0'?><error>no</error>", headers=RSS | bad),
    }
    start, end = START + hours(1.5), START + hours(3.5)
    hosts = {name: scene.host() for name in forms}
    for name, answer in forms.items():
        good = conditional(feed("one", headers={"ETag": '"good"'}))

        def route(seen: Seen, answer: Reply = answer, good: object = good) -> Reply:
            if seen.at >= end:
                return feed("two", "one", headers={"ETag": '"new"'})
            assert callable(good)
            reply = answer if seen.at > start else good(seen)
            assert isinstance(reply, Reply)
            return reply

        scene.watch(name, hosts[name].add("/feed", route))
    scene.play(hours(3))
    told = {name: scene.told(name) for name in forms}
    held = {name: scene.entries(name) for name in forms}
    scene.play(hours(12), minutes(30))
    for name, host in hosts.items():
        must(not told[name].works and told[name].words, f"{name}: it says {told[name].words!r}")
        must(held[name] == ("one",), f"{name}: its entries became {held[name]}")
        bad_ones = [seen for seen in host.asked() if start < seen.at < end]
        sent = conditions(bad_ones[1:]) + conditions([s for s in host.asked() if s.at >= end][:1])
        must(("if-none-match", '"bad"') not in sent, f"{name}: its ETag was kept")
        must(sent and set(sent) == {("if-none-match", '"good"')}, f"{name}: the good one was lost")
        must(set(scene.entries(name)) == {"one", "two"}, f"{name}: not read when it was back")


@rule(51, "a feed that became empty is read well, and nothing is deleted", "general")
def emptied(scene: Scene) -> None:
    host = scene.host()
    host.add("/feed", lambda seen: feed() if seen.at > START + hours(1.5) else feed("one"))
    scene.watch("feed", host.url())
    scene.play(hours(6))
    told = scene.told("feed")
    must(told.works, f"it says {told.words!r}")
    must(scene.entries("feed") == ("one",), f"it holds {scene.entries('feed')}")
    must(len(host.asked()) >= 6, f"slowed down: asked {len(host.asked())} times in 6 hours")
    must(min(gaps(host.asked())) >= SOONEST, "asked too often")


@rule(52, "a home page in place of a feed: discovery is offered, not done at each poll", "WHATWG")
def home_page(scene: Scene) -> None:
    host = scene.host()
    link = '<link rel="alternate" type="application/rss+xml" title="News" href="/news.xml">'
    host.add("/", Reply(html("Home", "<p>Welcome.", link), headers=HTML))
    host.add("/news.xml", feed("one"))
    scene.watch("home", host.url("/"))
    scene.play(hours(8))
    asked = {seen.path for seen in host.log}
    must(asked == {"/"}, f"asked for {sorted(asked)}")
    must(len(host.log) > 1 and min(gaps(host.log)) >= SOONEST, "asked too often")
    told = scene.told("home")
    must(not told.works and "page" in told.words, f"it says {told.words!r}")
    must("discover" in told.words or "/news.xml" in told.words, f"no way on in {told.words!r}")


TITLE = "Žluťoučký kůň – “naïve” café"


def encoded(encoding: str, declared: str | None, title: str = TITLE) -> bytes:
    text = rss(item(title)).decode()
    declaration = (
        f'<?xml version="1.0" encoding="{declared}"?>' if declared else '<?xml version="1.0"?>'
    )
    return (declaration + text.partition("?>")[2]).encode(encoding)


@rule(
    53,
    "a wrong Content-Type or charset: BOM, header, declaration, UTF-8, windows-1252",
    "feedparser",
)
def charsets(scene: Scene) -> None:
    west, east, chinese = "Café – “naïve” €", "Новости мира", "新闻联播"
    utf8, bom = encoded("utf-8", "utf-8"), b"\xef\xbb\xbf"
    forms: Mapping[str, tuple[bytes, str | None, str]] = {
        "as a page": (utf8, "text/html", TITLE),
        "as text": (utf8, "text/plain", TITLE),
        "as bytes": (utf8, "application/octet-stream", TITLE),
        "as JSON": (utf8, "application/json", TITLE),
        "without a type": (utf8, None, TITLE),
        "BOM before the header": (
            bom + encoded("utf-8", None),
            "application/rss+xml; charset=iso-8859-1",
            TITLE,
        ),
        "UTF-16 with its BOM": (encoded("utf-16", "utf-16"), "application/rss+xml", TITLE),
        "header": (encoded("koi8-r", None, east), "application/xml; charset=koi8-r", east),
        "declaration": (encoded("windows-1251", "windows-1251", east), "application/rss+xml", east),
        "nothing said, UTF-8": (encoded("utf-8", None), "application/rss+xml", TITLE),
        "nothing said, windows-1252": (encoded("cp1252", None, west), "application/rss+xml", west),
        "said to be UTF-8": (encoded("cp1252", "utf-8", west), "application/rss+xml", west),
        "said to be latin-1": (encoded("cp1252", "iso-8859-1", west), "application/rss+xml", west),
        "GBK called GB2312": (encoded("gbk", "gb2312", chinese), "application/rss+xml", chinese),
        "leading white space": (b"\n  " + utf8, "application/rss+xml", TITLE),
    }
    for name, (body, kind, _) in forms.items():
        headers = {"Content-Type": kind} if kind else {}
        host: Host = scene.host()
        scene.watch(name, host.add("/feed", Reply(body, headers=headers)))
    scene.play(minutes(15))
    for name, (_, _, title) in forms.items():
        must(scene.entries(name) == (title,), f"{name}: {scene.entries(name)}, not {title!r}")
