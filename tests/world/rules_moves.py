"""Rules 25-35: redirects, which are followed, which are believed, and which are refused."""

from collections.abc import Mapping
from itertools import pairwise

from tests.world.pages import HTML, RSS, conditional, feed, html, one_by_one, redirect, rss
from tests.world.scene import (
    SOONEST,
    Scene,
    gaps,
    hours,
    minutes,
    must,
    rule,
)
from tests.world.server import START, Host, Reply, Seen

SIGHTINGS = 2  # polls that lead to the same feed before it is believed


def in_settled_rounds(host: Host, path: str, after: float = 5) -> int:
    """Requests for this path once things have settled."""
    return sum(seen.at >= START + hours(after) for seen in host.asked(path))


@rule(
    25,
    "301 and 308 to a feed: read at once, stored after two sightings",
    "RFC 9110 15.4.2, 15.4.9; ctrl.blog",
)
def moved(scene: Scene) -> None:
    chains = {"301": (301,), "308": (308,), "301, 308, 301": (301, 308, 301)}
    hosts: dict[str, tuple[Host, Host]] = {}
    for name, statuses in chains.items():
        old, new = hosts[name] = scene.host(), scene.host()
        path = "/feed"
        for number, status in enumerate(statuses[:-1]):
            old.add(path, redirect(status, f"/hop{number}"))
            path = f"/hop{number}"
        old.add(path, redirect(statuses[-1], new.url("/new")))
        new.add("/new", feed("one"))
        scene.watch(name, old.url())
    old, new = hosts["with a 304"] = scene.host(), scene.host()
    old.add("/feed", redirect(301, new.url("/new")))
    new.add("/new", conditional(feed("one", headers={"ETag": '"1"'})))
    scene.watch("with a 304", old.url())
    scene.play(minutes(30))
    for name in hosts:
        must(scene.entries(name) == ("one",), f"{name}: not followed at once")
    scene.play(hours(5.5))
    scene.restart()
    scene.play(hours(5))
    for name, (old, new) in hosts.items():
        must(len(old.asked()) >= SIGHTINGS, f"{name}: stored after one sighting")
        must(len(old.asked()) <= SIGHTINGS, f"{name}: old address asked {len(old.asked())} times")
        must(in_settled_rounds(new, "/new") >= 3, f"{name}: the new address is not asked")


@rule(26, "302, 303, 307: followed, never stored", "RFC 9110 15.4.3-15.4.8; Miniflux#1387")
def lent(scene: Scene) -> None:
    hosts = {status: (scene.host(), scene.host()) for status in (302, 303, 307)}
    for status, (old, new) in hosts.items():
        new.add("/new", feed("one"))
        scene.watch(str(status), old.add("/feed", redirect(status, new.url("/new"))))
    scene.play(hours(9))
    for status, (old, new) in hosts.items():
        must(scene.entries(str(status)) == ("one",), f"{status}: not followed")
        kept = in_settled_rounds(old, "/feed")
        must(kept >= 3, f"{status}: the old address was dropped")
        must(in_settled_rounds(new, "/new") == kept, f"{status}: not followed each time")


@rule(27, "301 then 302: only the permanent prefix is stored", "simplepie")
def prefix(scene: Scene) -> None:
    first, second = scene.host(), scene.host()
    first.add("/feed", redirect(301, "/stays"))
    first.add("/stays", redirect(302, "/today"))
    first.add("/today", feed("one"))
    second.add("/feed", redirect(302, "/stays"))
    second.add("/stays", redirect(301, "/today"))
    second.add("/today", feed("one"))
    scene.watch("301 then 302", first.url())
    scene.watch("302 then 301", second.url())
    scene.play(hours(9))
    must(in_settled_rounds(first, "/feed") == 0, "301 then 302: the first address is still asked")
    must(in_settled_rounds(first, "/stays") >= 3, "301 then 302: the permanent hop is not asked")
    must(in_settled_rounds(second, "/feed") >= 3, "302 then 301: the first address was dropped")
    must(scene.entries("301 then 302") == ("one",), "301 then 302: not read")
    must(scene.entries("302 then 301") == ("one",), "302 then 301: not read")


@rule(28, "301 to a page that is no feed: the old address stays", "ViennaRSS#1546")
def maintenance(scene: Scene) -> None:
    host, elsewhere = scene.host(), scene.host()
    elsewhere.add("/sorry", Reply(html("Maintenance", "Back soon"), headers=HTML))
    start, end = START + hours(1.5), START + hours(10)

    def route(seen: Seen) -> Reply:
        if start < seen.at < end:
            return redirect(301, elsewhere.url("/sorry"))
        return feed("one", *(["two"] if seen.at >= end else []))

    scene.watch("feed", host.add("/feed", route))
    scene.play(hours(40), minutes(30))
    away = [seen for seen in host.asked() if start < seen.at < end]
    must(len(away) > 2, f"the old address was asked {len(away)} times meanwhile")
    sorry = elsewhere.asked("/sorry")
    must(len(sorry) <= len(away), "the page was stored as the new address")
    must("two" in scene.entries("feed"), "not read when it was back")


@rule(29, "301 once, then normal: the old address survives", "RSSOwlnix#32; intertwingly")
def slip(scene: Scene) -> None:
    once, often, other = scene.host(), scene.host(), scene.host()
    other.add("/other", feed("hotel"))
    away, normal = redirect(301, other.url("/other")), feed("one")
    once.add("/feed", one_by_one(normal, away, normal))
    often.add("/feed", one_by_one(away, normal, away, normal, away, normal))
    scene.watch("once", once.url())
    scene.watch("now and then", often.url())
    scene.play(hours(10))
    for name, host in (("once", once), ("now and then", often)):
        must(len(host.asked()) >= 9, f"{name}: the old address was dropped")
        must("one" in scene.entries(name), f"{name}: not read")
    must(len(other.asked("/other")) == 4, f"asked elsewhere {len(other.asked('/other'))} times")


@rule(
    30, "a new address that is another subscription: polled once", "miniflux AnotherFeedURLExists"
)
def merged(scene: Scene) -> None:
    host = scene.host()
    host.add("/old", redirect(301, "/feed"))
    host.add("/feed", feed("one"))
    scene.watch("old", host.url("/old"))
    scene.watch("new", host.url("/feed"))
    scene.play(hours(12))
    late = [seen for seen in host.asked("/feed") if seen.at >= START + hours(6)]
    must(len(late) >= 3, "no longer asked")
    must(in_settled_rounds(host, "/old", 6) == 0, "the old address is still asked")
    must(min(gaps(late)) >= SOONEST, f"the same feed twice within {min(gaps(late))}")


@rule(
    31,
    "a loop or an endless chain ends within 20 hops, as one failure",
    "Fetch standard; RFC 9110 15.4",
)
def loops(scene: Scene) -> None:
    loop, pair, chain = scene.host(), scene.host(), scene.host()
    loop.add("/feed", redirect(301, "/feed"))
    pair.add("/feed", redirect(302, "/b"))
    pair.add("/b", redirect(302, "/feed"))
    chain.add("/feed", lambda seen: redirect(301, f"/feed?{int(seen.path[6:] or 0) + 1}"))
    hosts = {"itself": loop, "two": pair, "endless": chain}
    for name, host in hosts.items():
        scene.watch(name, host.url())
    scene.play(hours(6))
    for name, host in hosts.items():
        rounds = sorted({seen.at for seen in host.log})
        most = max(sum(seen.at == at for seen in host.log) for at in rounds)
        must(most <= 21, f"{name}: {most} requests in one round")
        must(not scene.told(name).works, f"{name}: it says {scene.told(name).words!r}")
        must(len(rounds) > 2, f"{name}: asked in {len(rounds)} rounds of 6 hours")
        waits = [later - sooner for sooner, later in pairwise(rounds)]
        must(min(waits) >= SOONEST, f"{name}: asked again after {min(waits)}")


@rule(32, "a redirect to file:, ftp:, data: or javascript: is refused", "general")
def schemes(scene: Scene) -> None:
    ftp = scene.host()
    targets = {
        "file": "file:///etc/hostname",
        "ftp": ftp.url(scheme="ftp"),
        "data": "data:application/rss+xml,%3Crss%20version=%222.0%22%3E%3Cchannel%3E%3Citem%3E%3Ctitle%3Ex%3C/title%3E"
        "%3C/item%3E%3C/channel%3E%3C/rss%3E",
        "javascript": "javascript:alert(1)",
    }
    for name, target in targets.items():
        scene.watch(name, scene.host().add("/feed", redirect(302, target)))
    scene.play(minutes(30))
    for name in targets:
        must(scene.entries(name) == (), f"{name}: it was read")
        must(not scene.told(name).works, f"{name}: it says {scene.told(name).words!r}")
    must(ftp.connections == 0, "ftp: it was connected to")


@rule(
    33, "a redirect to a private address is refused, by name too, unless it is allowed", "miniflux"
)
def private(scene: Scene) -> None:
    inside, known = scene.host(), scene.host()
    inside.add("/feed", feed("secret"))
    known.add("/feed", feed("allowed"))
    targets = {
        "by address": inside.url(),
        "by name": inside.url(name="localhost"),
        "by number": inside.url(name="2130706433"),
        "in short": inside.url(name="127.1"),
        "by nowhere": inside.url(name="0.0.0.0"),
    }
    outside = {name: scene.host() for name in targets}
    for name, target in targets.items():
        scene.watch(name, outside[name].add("/feed", redirect(302, target)))
    hop = scene.host()
    hop.add("/feed", redirect(301, "/on"))
    hop.add("/on", redirect(302, inside.url()))
    permitted = scene.host()
    scene.watch("at the second hop", hop.url())
    scene.watch("allowed", permitted.add("/feed", redirect(302, known.url())))
    allowed = [*outside.values(), hop, permitted, known]
    scene.setup["allow_private"] = [host.authority for host in allowed]
    scene.play(minutes(30))
    for name in (*targets, "at the second hop"):
        must(scene.entries(name) == (), f"{name}: it was read")
        must(not scene.told(name).works, f"{name}: it says {scene.told(name).words!r}")
    must(inside.connections == 0, f"{inside.connections} connections to a private address")
    must(scene.entries("allowed") == ("allowed",), "an address that is allowed was refused")


@rule(
    34, "a redirect to another origin loses Authorization, cookies and keys", "RFC 9110 15.4; Fetch"
)
def credentials(scene: Scene) -> None:
    home, away = scene.host(), scene.host()
    away.add("/feed", feed("one"))
    home.add("/feed", redirect(302, away.url()))
    home.add("/here", redirect(302, "/there"))
    home.add("/there", feed("one"))
    with_sign_in = home.url("/feed").replace("//", "//me:secret@")
    keys = {"headers": {"Cookie": "id=1", "X-Key": "secret"}}
    scene.watch("away", with_sign_in, **keys)
    scene.watch("here", home.url("/here").replace("//", "//me:secret@"), **keys)
    home.add("/moved", redirect(301, away.url()))
    scene.watch("moved for good", home.url("/moved"), **keys)
    scene.play(hours(6))
    must(scene.entries("away") == ("one",), "not followed")
    for seen in away.log:
        leaked = {"authorization", "cookie", "x-key"} & set(seen.headers)
        must(not leaked, f"another origin was sent {', '.join(sorted(leaked))}")
    for path in ("/feed", "/here", "/there"):
        sent = [seen.headers.get("authorization") for seen in home.asked(path)]
        must(sent and all(sent), f"its own origin was not given the sign-in at {path}")


@rule(35, "a relative Location is resolved; none at all is an error", "RFC 9110 10.2.2")
def locations(scene: Scene) -> None:
    forms: Mapping[str, tuple[str, str]] = {
        "up": ("../other.xml", "/a/other.xml"),
        "a query": ("?format=rss", "/a/b/feed?format=rss"),
        "rooted": ("/root.xml", "/root.xml"),
        "with spaces": ("  /root.xml ", "/root.xml"),
        "not quoted": ("/ä b.xml", "/%C3%A4%20b.xml"),
    }
    hosts = {name: scene.host() for name in forms}
    for name, (location, path) in forms.items():
        hosts[name].add("/a/b/feed", redirect(302, location.encode().decode("latin-1")))
        hosts[name].add(path, Reply(rss("one"), headers=RSS))
        scene.watch(name, hosts[name].url("/a/b/feed"))
    nowhere, empty = scene.host(), scene.host()
    scene.watch("none", nowhere.add("/feed", redirect(301, None)))
    scene.watch("empty", empty.add("/feed", redirect(301, "")))
    scene.play(hours(4))
    for name, (_, path) in forms.items():
        got = [seen.path for seen in hosts[name].log[:2]]
        must(scene.entries(name) == ("one",), f"{name}: {got} instead of {path}")
    for name, host in (("none", nowhere), ("empty", empty)):
        must(not scene.told(name).works, f"{name}: it says {scene.told(name).words!r}")
        waits = gaps(host.log)
        must(waits and min(waits) >= SOONEST, f"{name}: asked again after {waits[:1]}")
