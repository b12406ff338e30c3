"""Rules 36-40 and 44-47: who asks, in what words, and how little."""

import gzip
import re
import zlib
from collections import Counter

from tests.world.pages import RSS, conditional, feed, item, redirect, rss
from tests.world.scene import SOONEST, Scene, gaps, hours, minutes, must, rule
from tests.world.server import Raw, Reply, Route, Seen, hang_up

AGENT = re.compile(r"[A-Za-z][\w.-]*/\d\S* .*(https?://\S+|\S+@\S+)")


@rule(36, "User-Agent: name, version and contact, always the same, no disguise", "openrss.org")
def agent(scene: Scene) -> None:
    forms = {"feed": feed("one"), "403": Reply("no", 403), "301": redirect(301, "/on")}
    hosts = {name: scene.host() for name in forms}
    for name, answer in forms.items():
        hosts[name].add("/on", feed("one"))
        scene.watch(name, hosts[name].add("/feed", answer))
    if scene.reader.reads_pages:
        scene.setup["files"] = True
        away, listing = scene.host(), scene.host()
        hosts |= {"a page": away, "its feed": listing}
        linked = item("linked", link=away.url("/page"))
        scene.watch("linked", listing.add("/feed", feed(linked)), full_text="auto")
    scene.play(hours(5))
    found = {seen.headers.get("user-agent", "") for host in hosts.values() for seen in host.log}
    must(len(found) == 1, f"several: {sorted(found)}")
    (sent,) = found
    must(AGENT.fullmatch(sent), f"no name, version and contact: {sent!r}")
    must("mozilla" not in sent.casefold(), f"a browser's: {sent!r}")


@rule(37, "Accept lists the types of feeds", "openrss.org")
def accept(scene: Scene) -> None:
    host = scene.host()
    scene.watch("feed", host.add("/feed", feed("one")))
    scene.play(hours(3))
    for seen in host.log:
        sent = seen.headers.get("accept", "")
        for wanted in ("application/rss+xml", "application/atom+xml"):
            must(wanted in sent, f"{wanted} is not in {sent!r}")


@rule(38, "Accept-Encoding: gzip at least, and only what can be decoded", "ctrl.blog; earth.org.uk")
def packed(scene: Scene) -> None:
    body = rss("one")
    bare = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    forms = {
        "gzip": ("gzip", gzip.compress(body)),
        "gzip in two parts": ("gzip", gzip.compress(body[:99]) + gzip.compress(body[99:])),
        "deflate": ("deflate", zlib.compress(body)),
        "deflate, bare": ("deflate", bare.compress(body) + bare.flush()),
        "identity": ("identity", body),
    }
    offered: set[str] = set()
    for name, (coding, sent) in forms.items():

        def answer(seen: Seen, coding: str = coding, sent: bytes = sent) -> Reply:
            asked = re.findall(r"[\w-]+(?=\s*(?:,|;|$))", seen.headers.get("accept-encoding", ""))
            offered.update(asked)
            if coding not in asked:
                return feed("one")
            return Reply(
                sent, headers={**RSS, "Content-Encoding": coding, "Vary": "Accept-Encoding"}
            )

        scene.watch(name, scene.host().add("/feed", answer))
    scene.play(minutes(15))
    must("gzip" in offered, f"gzip is not asked for, only {sorted(offered)}")
    strange = offered - {"gzip", "x-gzip", "deflate", "identity"}
    must(not strange, f"also asked for, and not shown here to be decoded: {sorted(strange)}")
    for name in forms:
        must(scene.entries(name) == ("one",), f"{name}: not unpacked")


@rule(39, "no cookie sent back, no Referer, no added query, GET only", "bloggulus")
def bare_requests(scene: Scene) -> None:
    host, hop = scene.host(), scene.host()
    cookie = {"Set-Cookie": "id=1; Path=/; Max-Age=99999999"}
    path = "/feed?b=2&a=1&utm_source=rss"
    host.add(path, feed("one", headers=cookie))
    hop.add("/feed", Reply("", 302, cookie | {"Location": "/on"}))
    hop.add("/on", feed("one", headers=cookie))
    scene.watch("cookie", host.url(path))
    scene.watch("at a redirect", hop.url())
    scene.play(hours(4))
    must(len(host.log) > 2, "not asked again")
    for seen in host.log + hop.log:
        must("cookie" not in seen.headers, "the cookie came back")
        must("referer" not in seen.headers, "a Referer was sent")
        must(seen.method == "GET", f"a {seen.method}")
        must(seen.path in (path, "/feed", "/on"), f"asked for {seen.path}")


@rule(
    40,
    "one request per feed and round: no HEAD, no second look, no other name",
    "miniflux#2128; lemon24/reader",
)
def single(scene: Scene) -> None:
    forms: dict[str, Route] = {
        "feed": feed("one"),
        "with a page's type": Reply(rss("one"), headers={"Content-Type": "text/html"}),
        "304": conditional(feed("one", headers={"ETag": '"1"'})),
        "403": Reply("no", 403),
        "406": Reply("no", 406),
        "404": Reply("no", 404),
        "500": Reply("no", 500),
        "429": Reply("no", 429),
        "hangs up": Raw(hang_up),
        "an empty answer": Reply(b"", headers=RSS),
    }
    hosts = {name: scene.host() for name in forms}
    for name, answer in forms.items():
        scene.watch(name, hosts[name].add("/feed", answer))
    scene.play(hours(6))
    for name, host in hosts.items():
        rounds = Counter(seen.at for seen in host.log)
        what = ", ".join(f"{seen.method} {seen.path}" for seen in host.log[:3])
        must(max(rounds.values()) == 1, f"{name}: {max(rounds.values())} in one round: {what}")
        must(len(rounds) > 1, f"{name}: not asked again")


@rule(44, "rel=self or new-feed-url elsewhere is no move", "general")
def claims(scene: Scene) -> None:
    host, other = scene.host(), scene.host()
    other.add("/feed", feed("other"))
    head = (
        f'<atom:link rel="self" href="{other.url()}"/><itunes:new-feed-url>{other.url()}</itunes:new-feed-url>'
        f"<link>{other.url('/')}</link>"
    )
    scene.watch("feed", host.add("/feed", feed("one", head=head)))
    scene.play(hours(6))
    must(len(host.asked()) > 3, "no longer asked")
    must(other.connections == 0, "the other address was asked")


@rule(45, "a WebSub hub: polling goes on", "W3C WebSub")
def hub(scene: Scene) -> None:
    host, other = scene.host(), scene.host()
    head = f'<atom:link rel="hub" href="{other.url("/hub")}"/>'
    link = {"Link": f'<{other.url("/hub")}>; rel="hub"'}
    scene.watch("feed", host.add("/feed", feed("one", head=head, headers=link)))
    scene.play(hours(6))
    must(len(host.asked()) > 4, f"asked {len(host.asked())} times in 6 hours")
    must(min(gaps(host.asked())) >= SOONEST, "asked too often")


@rule(46, "no A-IM, or a 226 is read as the new entries only", "RFC 3229; ctrl.blog")
def deltas(scene: Scene) -> None:
    host = scene.host()

    def answer(seen: Seen) -> Reply:
        if "a-im" in seen.headers and "if-none-match" in seen.headers:
            more = {"IM": "feed", "ETag": '"2"'}
            return Reply(rss("two"), 226, RSS | more)
        return feed("two", "one", headers={"ETag": '"1"'})

    scene.watch("feed", host.add("/feed", answer))
    scene.play(hours(3))
    must(set(scene.entries("feed")) == {"one", "two"}, f"it holds {scene.entries('feed')}")


@rule(47, "rel=next pages are not followed while polling", "RFC 5005")
def pages(scene: Scene) -> None:
    host = scene.host()
    next_page = host.add("/feed?page=2", feed("two"))
    head = f'<atom:link rel="next" href="{next_page}"/>'
    link = {"Link": f'<{next_page}>; rel="next"'}
    scene.watch("feed", host.add("/feed", feed("one", head=head, headers=link)))
    scene.play(hours(3))
    asked = {seen.path for seen in host.log}
    must(asked == {"/feed"}, f"asked for {sorted(asked)}")
