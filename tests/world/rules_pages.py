"""Rules 54-56: the pages that entries link to."""

from collections import Counter
from itertools import pairwise

from tests.world.pages import HTML, feed, html, item, redirect
from tests.world.scene import NotHere, Scene, apart, hours, minutes, must, rule
from tests.world.server import START, Host, Raw, Reply, Route, Seen, hang_up

PAGE = html(
    "The news",
    "<article><h1>The news</h1>" + "<p>A sentence of some length.</p>" * 30 + "</article>",
)
TEXT = {"Content-Type": "text/plain"}


def reading_pages(scene: Scene) -> None:
    if not scene.reader.reads_pages:
        raise NotHere("it fetches no pages")
    scene.setup["files"] = True


def listing(scene: Scene, name: str, host: Host, *paths: str) -> None:
    """A feed on a host of its own whose entries link to these pages of `host`."""
    feeds = scene.host()
    items = [item(f"{name} {path}", link=host.url(path)) for path in paths]
    scene.watch(name, feeds.add("/feed", feed(*items)), full_text="auto")


def with_pages(scene: Scene, robots: Route | None, *paths: str) -> Host:
    host = scene.host()
    for path in paths:
        host.add(path, Reply(PAGE, headers=HTML))
    if robots is not None:
        host.add("/robots.txt", robots)
    return host


def text(*lines: str) -> Reply:
    return Reply("\n".join(lines), headers=TEXT)


@rule(
    54, "robots.txt is obeyed for pages found by links; a configured feed is exempt", "RFC 9309 2.3"
)
def robots(scene: Scene) -> None:
    reading_pages(scene)
    paths = ("/open/1", "/closed/1")
    closed = ("User-agent: *", "Disallow: /closed/")
    ours = (
        "User-agent: *",
        "Disallow: /",
        "",
        f"User-agent: {scene.reader.name}",
        "Disallow: /closed/",
    )
    comments = ("# nothing to see here, go on reading" * 10,) * 1400  # 490 KB
    routes: dict[str, Route | None] = {
        "rules": text(*closed),
        "a group of its own": text(*ours),
        "far down": text(*comments, *closed),
        "as a 404": None,
        "as a 403": Reply("no", 403),
        "as a 500": Reply("oh", 500),
        "as a 503": Reply("oh", 503),
        "unreachable": Raw(hang_up),
        "five redirects away": redirect(301, "/robots1"),
    }
    hosts = {name: with_pages(scene, route, *paths) for name, route in routes.items()}
    away = hosts["five redirects away"]
    for hop in range(1, 5):
        away.add(f"/robots{hop}", redirect(302, f"/robots{hop + 1}"))
    away.add("/robots5", text(*closed))
    for name, host in hosts.items():
        listing(scene, name, host, *paths)
    exempt = scene.host()
    exempt.add("/robots.txt", text("User-agent: *", "Disallow: /"))
    scene.watch("exempt", exempt.add("/feed", feed("one")))
    scene.play(minutes(45))
    free, shut = {"as a 404", "as a 403"}, {"as a 500", "as a 503", "unreachable"}
    for name, host in hosts.items():
        asked = {seen.path for seen in host.log if seen.path in paths}
        wanted = set(paths) if name in free else set() if name in shut else {"/open/1"}
        must(asked == wanted, f"{name}: asked for {sorted(asked)}, not {sorted(wanted)}")
        must(host.log[0].path == "/robots.txt", f"{name}: {host.log[0].path} before robots.txt")
        must(len(host.asked("/robots.txt")) == 1, f"{name}: robots.txt asked for more than once")
    must(scene.entries("exempt") == ("one",), "a configured feed was not asked")
    remembered(scene)


def remembered(scene: Scene) -> None:
    """robots.txt is kept for a day at most, over a restart too."""
    host = with_pages(scene, text("User-agent: *", "Allow: /"), *(f"/{n}" for n in range(40)))
    feeds = scene.host()
    begun = scene.world.now

    def growing(seen: Seen) -> Reply:
        count = 1 + (seen.at - begun) // hours(5)
        return feed(*(item(f"item {n}", link=host.url(f"/{n}")) for n in range(count)))

    scene.watched.clear()
    scene.watch("growing", feeds.add("/feed", growing), full_text="auto")
    scene.play(hours(12), hours(1))
    scene.restart()
    scene.play(hours(11), hours(1))
    must(len(host.asked("/robots.txt")) == 1, "robots.txt asked for again within a day")
    host.add("/robots.txt", text("User-agent: *", "Disallow: /"))
    scene.play(hours(25), hours(1))
    must(len(host.asked("/robots.txt")) > 1, "robots.txt kept for more than a day")
    late = [seen for seen in host.log if seen.at > begun + hours(31) and seen.path != "/robots.txt"]
    must(not late, "the new robots.txt is not obeyed")


@rule(55, "Crawl-delay is honoured between the pages of a host", "common practice")
def crawl_delay(scene: Scene) -> None:
    reading_pages(scene)
    delay, paths = 0.5, ("/1", "/2", "/3")
    host = with_pages(scene, text("User-agent: *", f"Crawl-delay: {delay}"), *paths)
    listing(scene, "slowly", host, *paths)
    scene.play(minutes(2), minutes(0.1))
    asked = [seen for seen in host.log if seen.path in paths]
    must(len(asked) == 3, f"asked for {len(asked)} pages of 3")
    close = min(apart(sooner, later) for sooner, later in pairwise(asked))
    must(close >= 0.95 * delay, f"two pages {close:.2f} s apart, asked to leave {delay}")


@rule(56, "a page is fetched once, with its validator if ever again, two at a time", "general")
def page_once(scene: Scene) -> None:
    reading_pages(scene)
    paths = tuple(f"/{n}" for n in range(6))
    host = scene.host()
    for path in paths:
        sent = HTML | {"ETag": f'"{path}"'}
        host.add(path, Reply(PAGE, headers=sent, pause=0.03))
    feeds = scene.host()

    def moving(seen: Seen) -> Reply:
        items = [item(f"item {path}", link=host.url(path)) for path in paths]
        edited = " again" if seen.at > START + hours(2) else ""
        items[0] = item(f"item /0{edited}", link=host.url("/0")).replace(f"/0{edited}</g", "/0</g")
        return feed(*items, headers={"ETag": f'"{seen.at}"'})

    scene.watch("feed", feeds.add("/feed", moving), full_text="auto")
    scene.play(hours(6))
    must(len(feeds.asked()) > 4, "the feed is not asked again")
    must(host.busiest <= 2, f"{host.busiest} pages of one host at once")
    counts = Counter(seen.path for seen in host.log)
    missing = [path for path in paths if not counts[path]]
    must(not missing, f"not fetched: {missing}")
    again = [path for path in paths[1:] if counts[path] > 1]
    must(not again, f"fetched again, though nothing changed: {again}")
    for seen in host.asked("/0")[1:]:
        must(seen.headers.get("if-none-match") == '"/0"', "fetched again without its validator")
