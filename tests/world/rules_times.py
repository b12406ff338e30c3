"""Rules 9-15 and 41-43: when a server and a feed let themselves be asked again."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta

from tests.world.pages import conditional, feed, item
from tests.world.scene import (
    OWN,
    SOONEST,
    Scene,
    conditions,
    days,
    gaps,
    hours,
    minutes,
    must,
    rule,
)
from tests.world.server import START, Reply, Route, Seen, http_date

MONTH = days(31)


def bounded(
    scene: Scene, least: timedelta, feeds: Mapping[str, Reply | Callable[[Seen], Reply]]
) -> None:
    """Each is left alone so long, and asked again soon after."""
    hosts = {name: scene.host() for name in feeds}
    for name, route in feeds.items():
        scene.watch(name, hosts[name].add("/feed", route))
    scene.play(2 * least + hours(3))
    for name, host in hosts.items():
        found = gaps(host.asked())
        must(found, f"{name}: never asked again")
        must(min(found) >= least, f"{name}: asked again after {min(found)}, not {least}")
        must(max(found) <= least + hours(1.5), f"{name}: asked only after {max(found)}")


def capped(scene: Scene, feeds: Mapping[str, Reply]) -> None:
    """What asks for ages is asked again within a month."""
    hosts = {name: scene.host() for name in feeds}
    for name, route in feeds.items():
        scene.watch(name, hosts[name].add("/feed", route))
    scene.play(MONTH + days(1), days(1))
    for name, host in hosts.items():
        must(len(host.asked()) > 1, f"{name}: not asked again within {MONTH.days} days")


def at_own_interval(scene: Scene, feeds: Mapping[str, Reply | Callable[[Seen], Reply]]) -> None:
    """What asks for nothing that makes sense is asked at the subscription's own interval."""
    hosts = {name: scene.host() for name in feeds}
    for name, route in feeds.items():
        scene.watch(name, hosts[name].add("/feed", route))
    scene.play(hours(6))
    for name, host in hosts.items():
        found = gaps(host.asked())
        must(found, f"{name}: never asked again")
        must(min(found) >= SOONEST, f"{name}: asked again after {min(found)}")
        must(max(found) <= OWN + minutes(15), f"{name}: left alone for {max(found)}")


def expiring(after: timedelta, skew: timedelta = timedelta(0)) -> Callable[[Seen], Reply]:
    def answer(seen: Seen) -> Reply:
        here = seen.at + skew  # the server's own clock
        return feed("one", headers={"Expires": http_date(here + after), "Date": http_date(here)})

    return answer


@rule(9, "no request before max-age or Expires ends", "RFC 9111 4.2; openrss.org")
def fresh(scene: Scene) -> None:
    age = {"Cache-Control": "max-age=14400"}
    both = {"Cache-Control": "public, max-age=14400, stale-while-revalidate=60", "Expires": "0"}
    bounded(
        scene,
        hours(4),
        {
            "max-age": feed("one", headers=age),
            "max-age before Expires": feed("one", headers=both),
            "with a 304": conditional(feed("one", headers={"ETag": '"1"', **age}), age),
            "Expires": expiring(hours(4)),
            "a server whose clock is slow": expiring(hours(4), -hours(7)),
            "a server whose clock is fast": expiring(hours(4), hours(7)),
        },
    )


@rule(10, "a max-age of a year or of ages is capped", "NetNewsWire, Miniflux, reader")
def ages(scene: Scene) -> None:
    seconds = {"a year": 31_536_000, "16 years": 504_911_232, "for ever": 99999999999999999999}
    forms = {name: f"max-age={count}" for name, count in seconds.items()}
    feeds = {n: feed("one", headers={"Cache-Control": form}) for n, form in forms.items()}
    far = {"Expires": "Thu, 31 Dec 2037 23:55:55 GMT"}
    capped(scene, {**feeds, "Expires": feed("one", headers=far)})


@rule(11, "no-cache, no-store, max-age=0: own interval, with validators", "lemon24/reader")
def uncached(scene: Scene) -> None:
    forms: dict[str, dict[str, str]] = {
        text: {"Cache-Control": text}
        for text in ("no-cache", "no-store", "max-age=0", "max-age=0, must-revalidate", "max-age=x")
    }
    forms |= {"Expires: 0": {"Expires": "0"}, "Expires: -1": {"Expires": "-1"}}
    forms |= {"past": {"Expires": "Mon, 26 Jul 1997 05:00:00 GMT", "Pragma": "no-cache"}}
    etag = {"ETag": '"1"'}
    feeds = {name: conditional(feed("one", headers=etag | form)) for name, form in forms.items()}
    at_own_interval(scene, feeds)
    for host, name in zip(scene.world.hosts, forms, strict=True):
        later = host.asked()[1:]
        must(len(conditions(later)) == len(later), f"{name}: asked without the validator")


@rule(
    12,
    "nothing said about time: hourly at most with validators, daily without",
    "rachelbythebay.com",
)
def nothing_said(scene: Scene) -> None:
    marked, plain = scene.host(), scene.host()

    def busy(seen: Seen) -> Reply:
        return feed(*news(seen, minutes(5), 20), headers={"ETag": f'"{seen.at}"'})

    scene.watch("marked", marked.add("/feed", busy), every="auto")
    scene.watch(
        "plain", plain.add("/feed", lambda seen: feed(*news(seen, minutes(5), 20))), every="auto"
    )
    scene.play(days(3), minutes(30))
    for name, host, least in (("with", marked, hours(1)), ("without", plain, hours(24))):
        found = gaps(host.asked())
        must(found, f"{name}: never asked again")
        must(min(found) >= least, f"{name}: asked again after {min(found)}")


@rule(13, "a restart causes no burst and no repeat: due times are stored", "bloggulus")
def restarted(scene: Scene) -> None:
    shared = scene.host()
    for n in range(3):
        scene.watch(f"shared {n}", shared.add(f"/{n}", feed("one")))
    for n in range(4):
        scene.watch(f"own {n}", scene.host().add("/0", feed("one")))
    for pause in (20, 24, 12):
        scene.play(minutes(pause), minutes(pause))
        scene.restart()
    scene.play(hours(2), minutes(4))
    for host in scene.world.hosts:
        for path in host.routes:
            found = gaps(host.asked(path))
            must(found, "never asked again")
            must(min(found) >= SOONEST, f"asked again after {min(found)} by a restarted reader")


@rule(
    14,
    "what is due together is spread, off the round minutes of the clock",
    "flak.tedunangst.com; Netcraft",
)
def jitter(scene: Scene) -> None:
    scene.world.now = START.replace(hour=9, minute=0)
    hosts = [scene.host() for _ in range(12)]
    for n, host in enumerate(hosts):
        scene.watch(f"feed {n}", host.add("/feed", feed("one")))
    scene.play(hours(4), minutes(1))
    must(all(host.log[0].at == START.replace(minute=0) for host in hosts), "a new feed has to wait")
    late = [seen.at for host in hosts for seen in host.asked() if seen.at.hour > 10]
    must(late, "never asked again")
    together = max(Counter(late).values())
    must(together <= 6, f"{together} of 12 feeds are asked in the same minute")
    on_the_mark = sum(at.minute % 5 == 0 for at in late)
    must(
        on_the_mark <= len(late) / 2,
        f"{on_the_mark} of {len(late)} requests fall on :00, :05 and so on",
    )
    found = [gap for host in hosts for gap in gaps(host.asked())]
    must(min(found) >= SOONEST, f"jitter took more than 5 %: {min(found)}")
    must(max(found) <= OWN + minutes(1), f"jitter made it longer: {max(found)}")


def news(seen: Seen, every: timedelta, count: int) -> list[str]:
    """The last `count` items of a feed that has had one each so often."""
    latest = (seen.at - START) // every
    return [item(f"item {n}", START + n * every) for n in range(latest, latest - count, -1)]


@rule(15, "what publishes rarely is asked rarely, within bounds", "miniflux/v2")
def adapted(scene: Scene) -> None:
    busy, quiet = scene.host(), scene.host()
    for host, every in ((busy, minutes(12)), (quiet, days(3))):

        def answer(seen: Seen, every: timedelta = every) -> Reply:
            etag = {"ETag": f'"{(seen.at - START) // every}"'}
            return conditional(feed(*news(seen, every, 30), headers=etag))(seen)

        host.add("/feed", answer)
    scene.watch("busy", busy.url(), every="auto")
    scene.watch("quiet", quiet.url(), every="auto")
    scene.play(days(8), hours(1))
    settled = START + days(4)
    often = [seen for seen in busy.asked() if seen.at > settled]
    rarely = [seen for seen in quiet.asked() if seen.at > settled]
    must(
        len(often) >= 2 * len(rarely),
        f"{len(often)} requests where news is frequent, {len(rarely)} where it is rare",
    )
    must(len(rarely) >= 2, f"the quiet one was asked {len(rarely)} times in 4 days")
    must(
        max(gaps(busy.asked())) < hours(6),
        f"the busy one was left alone for {max(gaps(busy.asked()))}",
    )


@rule(41, "ttl is a least interval, capped", "RSS 2.0; miniflux")
def ttl(scene: Scene) -> None:
    etag = {"ETag": '"1"'}
    bounded(
        scene,
        hours(4),
        {
            "ttl": feed("one", head="<ttl>240</ttl>"),
            "in white space": feed("one", head="<ttl>\n 240\t</ttl>"),
            "remembered over a 304": conditional(feed("one", head="<ttl>240</ttl>", headers=etag)),
        },
    )
    scene.watched.clear()
    scene.watch("for ever", scene.host().add("/feed", feed("one", head="<ttl>9999999</ttl>")))
    odd = {"ttl 0": "0", "no number": "often", "negative": "-60"}
    for name, text in odd.items():
        scene.watch(name, scene.host().add("/feed", feed("one", head=f"<ttl>{text}</ttl>")))
    first = scene.world.now
    scene.play(hours(2.5))
    for host, name in zip(scene.world.hosts[-3:], odd, strict=True):
        must(len(host.asked()) == 3, f"{name}: asked {len(host.asked())} times in 2.5 h")
    scene.play(MONTH - hours(2), days(1))
    asked = scene.world.hosts[-4].asked()
    must(len(asked) > 1, f"a ttl of 19 years: not asked again since {first}")


def updated(period: str, frequency: str | None) -> str:
    often = f"<sy:updateFrequency>{frequency}</sy:updateFrequency>" if frequency is not None else ""
    return f"<sy:updatePeriod>{period}</sy:updatePeriod>{often}"


@rule(
    42,
    "sy:updatePeriod and updateFrequency are a lower bound, capped",
    "RSS 1.0 syndication module",
)
def syndication(scene: Scene) -> None:
    etag = {"ETag": '"1"'}
    daily = updated("daily", "6")
    bounded(
        scene,
        hours(4),
        {
            "daily by 6": feed("one", head=daily),
            "in white space": feed("one", head=updated("\n\t\tdaily\t", "\n\t\t6\t")),
            "remembered over a 304": conditional(feed("one", head=daily, headers=etag)),
        },
    )
    scene.watched.clear()
    scene.watch("a year", scene.host().add("/feed", feed("one", head=updated("yearly", "1"))))
    odd = {"by 0": ("hourly", "0"), "no period": ("sometimes", "1"), "hourly": ("hourly", None)}
    for name, words in odd.items():
        scene.watch(name, scene.host().add("/feed", feed("one", head=updated(*words))))
    scene.play(hours(2.5))
    for host, name in zip(scene.world.hosts[-3:], odd, strict=True):
        must(len(host.asked()) == 3, f"{name}: asked {len(host.asked())} times in 2.5 h")
    scene.play(MONTH - hours(2), days(1))
    must(len(scene.world.hosts[-4].asked()) > 1, "yearly: not asked again within a month")


@rule(43, "no request in skipHours and skipDays (GMT)", "rssboard.org/skip-hours-days")
def skipped(scene: Scene) -> None:
    these = "".join(f"<hour>{hour}</hour>" for hour in (11, 12, 13, 14, 0, 1))
    night = f"<skipHours>{these}</skipHours>"
    days_off = "<skipDays><day>Wednesday</day><day> thursday </day></skipDays>"
    whole = "".join(f"<hour>{hour}</hour>" for hour in range(24))
    etag = {"ETag": '"1"'}
    hosts = {name: scene.host() for name in ("hours", "hours over a 304", "days", "every hour")}
    routes: tuple[Route, ...] = (
        feed("one", head=night),
        conditional(feed("one", head=night, headers=etag)),
        feed("one", head=days_off),
        feed("one", head=f"<skipHours>{whole}</skipHours>"),
    )
    for (name, host), route in zip(hosts.items(), routes, strict=True):
        scene.watch(name, host.add("/feed", route))
    scene.play(days(3), minutes(30))
    for name in ("hours", "hours over a 304"):
        at = sorted({seen.at.hour for seen in hosts[name].asked()})
        must(not {0, 1, 11, 12, 13, 14} & set(at), f"{name}: asked at {at}")
        must({10, 15} <= set(at), f"{name}: asked at {at} only")
    found = sorted({f"{seen.at:%a}" for seen in hosts["days"].asked()})
    must(found == ["Fri", "Tue"], f"skipDays: asked on {', '.join(found)}")
    must(len(hosts["every hour"].asked()) > 2, "all hours skipped: never asked again")
