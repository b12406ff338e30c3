"""Rules 1-8: validators go back as they came, and stand only for what was read whole."""

from datetime import timedelta

from tests.world.pages import RSS, conditional, feed, item, one_by_one, rss
from tests.world.scene import Scene, conditions, days, hours, must, rule
from tests.world.server import START, Raw, Reply, Seen, Wire, http_date

ETAGS = {
    "plain": '"abc"',
    "weak": 'W/"abc-1"',
    "unquoted": "5f3e-1a",
    "commas": '"a, b;c"',
    "packed": '"abc-gzip"',
    "latin-1": '"caf\xe9"',
}
LAST_MODIFIED = {
    "usual": "Tue, 24 Mar 2026 08:00:00 GMT",
    "old style": "Tuesday, 24-Mar-26 08:00:00 GMT",
    "C style": "Tue Mar 24 08:00:00 2026",
    "with an offset": "Tue, 24 Mar 2026 08:00:00 +0000",
    "ISO": "2026-03-24T08:00:00Z",
    "no date": "yesterday",
    "future": "Fri, 24 Mar 2099 08:00:00 GMT",
}


def sends_back(scene: Scene, header: str, sent: str, values: dict[str, str]) -> None:
    hosts = {name: scene.host() for name in values}
    for name, value in values.items():
        answer = conditional(feed("one", headers={header: value}))
        scene.watch(name, hosts[name].add("/feed", answer))
    scene.play(hours(3))
    for name, value in values.items():
        first, *later = hosts[name].asked()
        must(conditions([first]) == [], f"{name}: a condition in the first request")
        must(later, f"{name}: never asked again")
        got = {one.headers.get(sent) for one in later}
        must(got == {value}, f"{name}: {value!r} went back as {got}")


@rule(1, "an ETag goes back byte for byte", "RFC 9110 13.1.2")
def etag(scene: Scene) -> None:
    sends_back(scene, "ETag", "if-none-match", ETAGS)


@rule(2, "a Last-Modified goes back byte for byte, in any spelling", "RFC 9110 13.1.3")
def last_modified(scene: Scene) -> None:
    sends_back(scene, "Last-Modified", "if-modified-since", LAST_MODIFIED)


@rule(3, "both go back where both were sent", "RFC 9110 13.1.3")
def both(scene: Scene) -> None:
    host = scene.host()
    sent = {"ETag": '"1"', "Last-Modified": LAST_MODIFIED["usual"]}
    scene.watch("both", host.add("/feed", conditional(feed("one", headers=sent))))
    scene.play(hours(3))
    later = host.asked()[1:]
    must(later, "never asked again")
    for seen in later:
        got = {seen.headers.get("if-none-match"), seen.headers.get("if-modified-since")}
        must(got == set(sent.values()), f"only {conditions([seen])} went back")


@rule(4, "none are sent where none came, nor those of an older answer", "Kroll help page")
def neither(scene: Scene) -> None:
    plain, lost = scene.host(), scene.host()
    scene.watch("plain", plain.add("/feed", feed("one")))
    first = feed("one", headers={"ETag": '"1"'})
    scene.watch("lost", lost.add("/feed", one_by_one(first, feed("one", "two"))))
    scene.play(hours(5))
    must(len(plain.asked()) > 2 and len(lost.asked()) > 2, "not asked again")
    must(conditions(plain.asked()) == [], f"invented: {conditions(plain.asked())}")
    stale = conditions(lost.asked()[2:])
    must(stale == [], f"of an older answer: {stale}")


@rule(5, "a 304 brings new validators and a new max-age", "RFC 9111 3.2, 4.3.4")
def renewed(scene: Scene) -> None:
    renewing, silent = scene.host(), scene.host()
    old, new = LAST_MODIFIED["usual"], "Tue, 24 Mar 2026 09:30:00 GMT"
    first = feed("one", headers={"ETag": '"1"', "Last-Modified": old})
    again = {"ETag": '"2"', "Last-Modified": new, "Cache-Control": "max-age=10800"}
    renewing.add("/feed", one_by_one(first, Reply(status=304, headers=again)))
    silent.add("/feed", one_by_one(first, Reply(status=304)))
    scene.watch("renewing", renewing.url())
    scene.watch("silent", silent.url())
    scene.play(hours(9))
    asked = renewing.asked()
    must(len(asked) > 2, "not asked again")
    got = [one.headers.get("if-none-match") for one in asked[2:]]
    must(set(got) == {'"2"'}, f"the ETag of the 304 was not kept: {got}")
    since = [one.headers.get("if-modified-since") for one in asked[2:]]
    must(set(since) == {new}, f"the Last-Modified of the 304 was not kept: {since}")
    must(asked[2].at - asked[1].at >= hours(3), "asked before the 304's max-age ended")
    kept = [one.headers.get("if-none-match") for one in silent.asked()[1:]]
    must(kept and set(kept) == {'"1"'}, f"a bare 304 lost the ETag: {kept}")


@rule(
    6,
    "304 to an unconditional request is an error; validators are dropped now and then",
    "NetNewsWire",
)
def always_304(scene: Scene) -> None:
    always, stuck = scene.host(), scene.host()
    scene.watch("always", always.add("/feed", Reply(status=304, headers={"ETag": '"1"'})))

    def answer(seen: Seen) -> Reply:
        if "if-none-match" in seen.headers:
            return Reply(status=304)
        late = seen.at > START + days(2)
        return feed("one", *(["two"] if late else []), headers={"ETag": '"1"'})

    scene.watch("stuck", stuck.add("/feed", answer))
    scene.play(days(16), hours(4))
    must(not scene.told("always").works, "a 304 to no condition counts as success")
    must(conditions(always.asked()) == [], "a condition on nothing")
    must(len(stuck.asked()) > 15, "no longer asked")
    must(
        "two" in scene.entries("stuck"),
        "a server that says 304 to any condition hides its news for ever",
    )


def cut(kind: str) -> Raw:
    """A feed whose end never comes, with an ETag."""
    body = rss("one", "two", "three")
    part = body[: body.rindex(b"<item>") + 60]
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
    head += f'ETag: "cut"\r\nLast-Modified: {http_date(START)}\r\n'

    async def script(wire: Wire) -> None:
        if kind == "no last chunk":
            chunk = f"{len(part):x}\r\n".encode() + part + b"\r\n"
            await wire.send((head + "Transfer-Encoding: chunked\r\n\r\n").encode() + chunk)
        else:
            await wire.send((head + f"Content-Length: {len(body)}\r\n\r\n").encode() + part)
        if kind == "reset":
            wire.reset()

    return Raw(script)


@rule(7, "a cut body is not read, and its ETag is not kept", "RFC 9112 8")
def cut_short(scene: Scene) -> None:
    kinds = ("too short", "no last chunk", "reset")
    hosts = {kind: scene.host() for kind in kinds}
    for kind, host in hosts.items():
        whole = feed("one", "two", "three", headers={"ETag": '"whole"'})

        broken = cut(kind)

        def answer(seen: Seen, broken: Raw = broken, whole: Reply = whole) -> Reply | Raw:
            return broken if seen.at < START + hours(1) else whole

        scene.watch(kind, host.add("/feed", answer))
    scene.play(hours(1))
    half = {kind: scene.entries(kind) for kind in kinds}
    scene.play(hours(5))
    for kind, host in hosts.items():
        must(half[kind] == (), f"{kind}: read as if it were whole: {half[kind]}")
        must(len(host.asked()) > 1, f"{kind}: not asked again")
        must('"cut"' not in dict(conditions(host.asked())).values(), f"{kind}: its ETag was kept")
        must(conditions(host.asked()[1:2]) == [], f"{kind}: a condition on what was not read")
        must(len(scene.entries(kind)) == 3, f"{kind}: {scene.entries(kind)} after it was whole")


@rule(8, "a new ETag or build date alone is no news and no edit", "measured")
def churn(scene: Scene) -> None:
    same, rebuilt = scene.host(), scene.host()
    items = [item(f"the item {n}", text="The text stays as it was.") for n in range(3)]

    def churned(seen: Seen) -> Reply:
        return feed(*items, headers={"ETag": f'"{seen.at.timestamp()}"'})

    def built(seen: Seen) -> Reply:
        date = http_date(seen.at)
        head = f"<lastBuildDate>{date}</lastBuildDate><pubDate>{date}</pubDate>"
        return Reply(rss(*items, head=head), headers=RSS)

    scene.setup["files"] = True
    scene.watch("same", same.add("/feed", churned))
    scene.watch("rebuilt", rebuilt.add("/feed", built))
    scene.play(hours(4), timedelta(minutes=30))
    for name, host in (("same", same), ("rebuilt", rebuilt)):
        must(len(host.asked()) > 2, f"{name}: not asked again")
        must(len(scene.entries(name)) == 3, f"{name}: {len(scene.entries(name))} entries of 3")
        must(not scene.told(name).updated, f"{name}: {scene.told(name).updated} called edited")
