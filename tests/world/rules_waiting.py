"""Rules 16-24: servers that ask for patience, refuse, or are gone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

from tests.world.pages import HTML, feed, html
from tests.world.scene import (
    SOONEST,
    Scene,
    apart,
    days,
    gaps,
    hours,
    minutes,
    must,
    rule,
)
from tests.world.server import START, Host, Raw, Reply, Seen, hang_up, http_date

ASCTIME = "%a %b %d %H:%M:%S %Y"
NO_NAME = ".".join(
    ["a" * 60] * 5
)  # longer than any name may be: looked up in vain without asking a network
SPACING = 0.4  # seconds, where a rule is about it
SECOND = timedelta(seconds=1)
RFC_850 = "%A, %d-%b-%y %H:%M:%S GMT"


def busy_until(
    end: datetime,
    status: int,
    retry: str | Callable[[Seen], str] | None,
    skew: timedelta = timedelta(0),
) -> Callable[[Seen], Reply]:
    """A feed whose server is busy until then."""

    def answer(seen: Seen) -> Reply:
        if seen.at >= end:
            return feed("one")
        after = retry(seen) if callable(retry) else retry
        headers = {"Date": http_date(seen.at + skew)}
        return Reply(
            "busy", status, headers | ({"Retry-After": after} if after is not None else {})
        )

    return answer


def obeyed(scene: Scene, hosts: dict[str, Host], wait: timedelta) -> None:
    """Nobody asks for that long, a restart in between included; then somebody does."""
    scene.play(minutes(30))
    scene.restart()
    scene.play(hours(6))
    for name, host in hosts.items():
        found = gaps(host.asked())
        must(found, f"{name}: never asked again")
        must(found[0] >= wait, f"{name}: asked again after {found[0]}, not {wait}")
        must(found[0] <= wait + hours(2), f"{name}: asked again only after {found[0]}")
        must(scene.entries(name) == ("one",), f"{name}: not read when it answered again")


@rule(
    16,
    "no request before Retry-After's seconds are over, a restart included",
    "RFC 9110 10.2.3, RFC 6585 4",
)
def retry_seconds(scene: Scene) -> None:
    hosts = {"429": scene.host(), "503": scene.host()}
    for name, host in hosts.items():
        route = busy_until(START + hours(3), int(name), "10800")
        scene.watch(name, host.add("/feed", route))
    obeyed(scene, hosts, hours(3))


@rule(17, "nor before Retry-After's date", "RFC 9110 10.2.3")
def retry_date(scene: Scene) -> None:
    end = START + hours(3)
    forms: dict[str, tuple[Callable[[datetime], str], timedelta]] = {
        "usual": (http_date, timedelta(0)),
        "RFC 850": (lambda at: at.strftime(RFC_850), timedelta(0)),
        "asctime": (lambda at: at.strftime(ASCTIME), timedelta(0)),
        "a server whose clock is slow": (http_date, -hours(5)),
        "a server whose clock is fast": (http_date, hours(5)),
    }
    hosts = {name: scene.host() for name in forms}
    for number, (name, (written, skew)) in enumerate(forms.items()):

        def retry(
            _: Seen,
            written: Callable[[datetime], str] = written,
            skew: timedelta = skew,
        ) -> str:
            return written(end + skew)

        route = busy_until(end, (429, 503)[number % 2], retry, skew)
        scene.watch(name, hosts[name].add("/feed", route))
    obeyed(scene, hosts, hours(3))


@rule(
    18, "429 or 503 without a sensible Retry-After: exponential back-off", "Unread Cloud, commafeed"
)
def retry_rubbish(scene: Scene) -> None:
    forms = {"absent": None, "abc": "abc", "none": "none", "-5": "-5", "empty": "", "0": "0"}
    hosts = {}
    for status in (429, 503):
        for name, text in forms.items():
            label = f"{status}, {name}"
            hosts[label] = scene.host()
            route = busy_until(START + days(9), status, text)
            scene.watch(label, hosts[label].add("/feed", route))
    scene.play(hours(16))
    for label, host in hosts.items():
        backing_off(label, host)


def backing_off(label: str, host: Host) -> None:
    """Each wait is longer than the one before, and there is a next."""
    found = gaps(host.log)
    must(len(found) >= 2, f"{label}: asked {len(host.log)} times in the first day")
    must(min(found) >= SOONEST, f"{label}: asked again after {min(found)}")
    grows = all(later >= 1.5 * sooner for sooner, later in pairwise(found))
    must(grows, f"{label}: no back-off, asked after {', '.join(str(gap) for gap in found[:4])}")


@rule(19, "an absurd Retry-After is waited for, but capped and shown", "lemon24/reader")
def retry_absurd(scene: Scene) -> None:
    hosts = {"99999999": scene.host(), "a date in 2099": scene.host()}
    far = "Thu, 01 Jan 2099 00:00:00 GMT"
    for (name, host), text in zip(hosts.items(), ("99999999", far), strict=True):
        route = busy_until(START + days(400), 429, text)
        scene.watch(name, host.add("/feed", route))
    scene.play(hours(12), hours(12))
    words = {name: scene.told(name).words for name in hosts}
    scene.play(days(32), hours(12))
    for name, host in hosts.items():
        found = gaps(host.asked())
        must(found, f"{name}: never asked again")
        must(found[0] >= hours(23.9), f"{name}: asked again after {found[0]}")
        must("wait" in words[name], f"{name}: it only says {words[name]!r}")


@rule(
    20,
    "a host that turns two addresses away is asked less as a whole; its feeds come back apart",
    "Reddit 2026; FreshRSS#8928, miniflux#3289",
)
def one_host(scene: Scene) -> None:
    scene.setup |= {"spacing": f"{SPACING}s", "per_host": 2}
    calm = START + minutes(10)
    refused, one, turned = [scene.host() for _ in range(5)], scene.host(), scene.host()

    def busy(seen: Seen) -> Reply:
        return feed("one") if seen.at > calm else Reply("slow down", 429)

    for number, host in enumerate(refused):
        for path in ("/a", "/b"):
            scene.watch(f"{number}{path}", host.add(path, busy))
    scene.watch("alone", one.add("/a", busy))
    for path in ("/a", "/b"):
        scene.watch(f"turned {path}", turned.add(path, turning(START + minutes(45))))
    scene.play(SECOND * 0.75, SECOND / 4)
    a_newcomer_waits(scene, refused[0], "429 on two addresses")
    scene.watch("neighbour", one.add("/c", feed("one")))
    scene.play(SECOND / 4, SECOND / 4)
    must(len(one.asked("/c")) == 1, "429 on one address: all of the host is left alone")
    scene.play(minutes(70), minutes(1))
    must(len(turned.log) == 4, f"403 after answers: asked {len(turned.log)} times in 70 minutes")
    scene.watch("first", turned.add("/first", feed("one")))
    scene.play(SECOND / 4, SECOND / 4)
    a_newcomer_waits(scene, turned, "403 on two addresses that answered before")
    scene.play(hours(5), minutes(1))
    for host in (*refused, turned):
        close = min(apart(sooner, later) for sooner, later in pairwise(host.log))
        must(close >= SPACING / 2, f"two requests {close:.3f} s apart, spacing {SPACING} s")
    back = [[host.asked(path)[1].at for path in ("/a", "/b")] for host in refused]
    together = sum(a == b for a, b in back)
    must(together <= 2, f"on {together} of {len(back)} hosts both came back in the same minute")
    unread = [name for name in scene.watched if name[0].isdigit() and not scene.entries(name)]
    must(not unread, f"never read in 6 hours: {', '.join(unread)}")


def turning(after: datetime) -> Callable[[Seen], Reply]:
    """A feed that lets us in until then."""
    return lambda seen: Reply("no", 403) if seen.at > after else feed("one")


def a_newcomer_waits(scene: Scene, host: Host, why: str) -> None:
    """What is subscribed on that host now is not asked at once, though the reader has been restarted."""
    last = host.log[-1]
    scene.watch("newcomer", host.add("/new", feed("one")))
    scene.play(SECOND * 10, SECOND / 4)
    came = host.asked("/new")
    must(came, f"{why}: a newcomer is not asked at all")
    wait = apart(last, came[0])
    must(
        wait >= 4 * SPACING, f"{why}: the next request comes after {wait:.2f} s, spacing {SPACING}"
    )
    del scene.watched["newcomer"]


@rule(21, "410 stops the polling and is told once", "RFC 9110 15.5.11")
def gone(scene: Scene) -> None:
    at_once, later = scene.host(), scene.host()
    scene.watch("at once", at_once.add("/feed", Reply("gone", 410)))
    end = START + hours(3)
    later.add("/feed", lambda seen: Reply("gone", 410) if seen.at > end else feed("one"))
    scene.watch("later", later.url())
    scene.play(hours(6))
    scene.restart()
    scene.play(days(40), hours(12))
    must(len(at_once.asked()) == 1, f"asked {len(at_once.asked())} times")
    dead = [seen for seen in later.asked() if seen.at > end]
    must(len(dead) == 1, f"asked {len(dead)} times after it was gone")
    for name in ("at once", "later"):
        told = scene.told(name)
        must(not told.works and "gone" in told.words, f"{name}: it says {told.words!r}")
        if told.events is not None:
            must(told.events.count("stopped") == 1, f"{name}: told {list(told.events)}")
    must(scene.entries("later") == ("one",), "its entries are lost")


@rule(
    22,
    "404, 5xx, TLS and broken connections: back off, keep everything, tell after a few",
    "Miniflux",
)
def failing(scene: Scene) -> None:
    bad: dict[str, Reply | Raw] = {
        "404": Reply("no", 404),
        "500": Reply("oh", 500),
        "502": Reply("oh", 502),
        "400": Reply("what", 400),
        "418": Reply("tea", 418),
        "hangs up": Raw(hang_up),
    }
    start, end = START + hours(1.5), START + hours(40)
    hosts = {name: scene.host() for name in bad}
    for name, answer in bad.items():

        def route(seen: Seen, answer: Reply | Raw = answer) -> Reply | Raw:
            return answer if start < seen.at < end else feed("one", headers={"ETag": '"1"'})

        scene.watch(name, hosts[name].add("/feed", route))
    no_tls = scene.host()
    scene.watch("no TLS", no_tls.url(scheme="https"))
    scene.watch("no such name", f"http://{NO_NAME}/feed")
    scene.play(hours(3), minutes(30))
    once = {name: scene.told(name) for name in bad}
    scene.play(hours(37), minutes(30))
    down = {name: scene.told(name) for name in (*bad, "no TLS", "no such name")}
    scene.play(days(3), hours(2))
    for name, host in hosts.items():
        asked = [seen for seen in host.asked() if start < seen.at < end]
        found = gaps(asked)
        must(len(found) >= 2, f"{name}: asked {len(asked)} times in 38 hours")
        grows = all(later >= 1.5 * sooner for sooner, later in pairwise(found[:4]))
        must(grows, f"{name}: no back-off, asked after {', '.join(map(str, found[:4]))}")
        must(host.asked()[-1].at > end, f"{name}: given up in silence")
        must(scene.entries(name) == ("one",), f"{name}: its entries are lost")
        must(not down[name].works, f"{name}: it says {down[name].words!r}")
        told_in_time(name, once[name].events, down[name].events, scene.told(name).events)
    for name in ("no TLS", "no such name"):
        must(not down[name].works and down[name].words, f"{name}: it says {down[name].words!r}")
    must(4 < no_tls.connections < 40, f"no TLS: connected to {no_tls.connections} times")


def told_in_time(
    name: str,
    once: tuple[str, ...] | None,
    down: tuple[str, ...] | None,
    up: tuple[str, ...] | None,
) -> None:
    """Not after the first failure, once after several, and once when it is over."""
    if once is None or down is None or up is None:
        return
    must(once.count("failing") == 0, f"{name}: told at the first failure")
    must(down.count("failing") == 1, f"{name}: told {down.count('failing')} times that it fails")
    must(up.count("recovered") == 1, f"{name}: told {up.count('recovered')} times that it is back")


@rule(23, "a challenge is named; no quick retries, no disguise", "miniflux/v2")
def challenge(scene: Scene) -> None:
    page = html(
        "Just a moment...", "Checking your browser: enable JavaScript and cookies to continue"
    )
    forms = {
        "403 and its header": Reply(page, 403, HTML | {"cf-mitigated": "challenge"}),
        "503 and a page": Reply(page, 503, HTML),
        "200 and a page": Reply(page, 200, HTML),
    }
    hosts = {name: scene.host() for name in forms}
    for name, answer in forms.items():
        scene.watch(name, hosts[name].add("/feed", answer))
    scene.play(hours(12))
    for name, host in hosts.items():
        told = scene.told(name)
        named = any(word in told.words.casefold() for word in ("challenge", "robot", "browser"))
        must(not told.works and named, f"{name}: it only says {told.words!r}")
        found = gaps(host.log)
        must(found and min(found) >= SOONEST, f"{name}: asked again after {found[:1]}")
        agents = {seen.headers.get("user-agent") for seen in host.log}
        must(len(agents) == 1, f"{name}: asked as {agents}")


@rule(24, "401 is said, and not tried again until the configuration changes", "general")
def sign_in(scene: Scene) -> None:
    host = scene.host()

    def guarded(seen: Seen) -> Reply:
        if seen.headers.get("authorization") == "Basic bWU6c2VjcmV0":
            return feed("one")
        return Reply("who?", 401, {"WWW-Authenticate": 'Basic realm="x"'})

    host.add("/feed", guarded)
    scene.watch("by address", host.url())
    scene.play(days(9), hours(6))
    must(len(host.asked()) == 1, f"asked {len(host.asked())} times in 9 days")
    words = scene.told("by address").words.casefold()
    must(any(word in words for word in ("sign", "password", "401")), f"it only says {words!r}")
    scene.watch("by address", host.url(), headers={"Authorization": "Basic bWU6c2VjcmV0"})
    scene.play(hours(1))
    must(len(host.asked()) == 2, "not asked at once with the new configuration")
    must(scene.entries("by address") == ("one",), "not read when it let us in")
