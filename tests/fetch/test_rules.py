"""The rules of polite polling that show on the wire, each on the log of a real server.

Numbers are those of the list of 56 that docs and benchmarks use. What is decided later from an outcome (when to come
back, what to store, what to tell) is tested where it is decided; robots.txt and challenges have files of their own.
"""

import asyncio
import gzip
import socket
import struct
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Lock

import pytest

from aiwatch.fetch import Fetcher, FetchSettings
from aiwatch.model import FetchFailure, NotModified, Outcome, Page, Secret, Target, Validators
from tests.servers import Asked, Line, RawSite, Site

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SETTINGS = FetchSettings(
    timeout=timedelta(seconds=30),
    max_bytes=1_000_000,
    per_host=2,
    spacing=timedelta(0),
    user_agent="aiwatch/0.3 (+https://example.org/about)",
    allow_private=True,
)
FEED = b"<rss><channel><title>t</title></channel></rss>"
OK = b"HTTP/1.1 200 OK\r\n"


async def polls(url: str, rounds: int, fetcher: Fetcher) -> list[Outcome]:
    """What a reader does round after round: it sends back the validators of the last whole answer."""
    known = Validators()
    outcomes: list[Outcome] = []
    for _ in range(rounds):
        outcome = await fetcher.get(Target(url=url, validators=known), NOW)
        outcomes.append(outcome)
        if not isinstance(outcome, FetchFailure):
            known = outcome.validators
    return outcomes


def poll(url: str, rounds: int = 1) -> list[Outcome]:
    async def run() -> list[Outcome]:
        async with Fetcher(SETTINGS) as fetcher:
            return await polls(url, rounds, fetcher)

    return asyncio.run(run())


def failed(outcome: Outcome) -> FetchFailure:
    assert isinstance(outcome, FetchFailure), outcome
    assert outcome.detail.endswith(".")
    return outcome


def header(head: bytes, name: bytes) -> bytes | None:
    """The value of a request's header, byte for byte."""
    lines = (line.split(b": ", 1) for line in head.split(b"\r\n")[1:] if line)
    return next((value for found, value in lines if found.lower() == name), None)


def feed_with(*headers: bytes) -> Callable[[Line], None]:
    def script(line: Line) -> None:
        line.send(OK + b"".join(h + b"\r\n" for h in headers))
        line.send(b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(FEED) + FEED)

    return script


# ---------------------------------------------------------------- validators


@pytest.mark.parametrize(
    "etag",
    [b'"abc"', b'W/"abc"', b"unquoted", b'"a, b"', b'"\xc3\xa9"', b'"\xff"', b"'1'", b'w/"x" ;1'],
)
def test_an_etag_goes_back_byte_for_byte(etag: bytes) -> None:  # rules 1 and 4
    with RawSite(feed_with(b"ETag: " + etag)) as raw:
        poll(raw.url(), 2)
        first, second = raw.heads
    assert header(first, b"if-none-match") is None
    assert header(second, b"if-none-match") == etag
    assert header(second, b"if-modified-since") is None


@pytest.mark.parametrize(
    "stamp",
    [
        b"Sat, 21 Nov 2026 10:00:00 GMT",
        b"2026-11-21T10:00:00+01:00",
        b"yesterday, about noon",
        b"Sat, 31 Feb 2026 25:61:00 XYZ",
        b"0",
    ],
)
def test_a_last_modified_of_any_spelling_goes_back_as_it_came(stamp: bytes) -> None:  # rules 2, 4
    with RawSite(feed_with(b"last-modified: " + stamp)) as raw:
        poll(raw.url(), 2)
        second = raw.heads[1]
    assert header(second, b"if-modified-since") == stamp
    assert header(second, b"if-none-match") is None


def test_both_go_back_and_where_there_is_neither_none_is_made_up() -> None:  # rules 3 and 4
    with Site() as site:
        site.add("/both", FEED, headers={"ETag": '"1"', "Last-Modified": "then"})
        site.add("/none", FEED, headers={"Date": "Sat, 21 Nov 2026 10:00:00 GMT"})
        poll(site.url("/both"), 2)
        poll(site.url("/none"), 2)
        sent = [
            (headers.get("if-none-match"), headers.get("if-modified-since"))
            for _, _, headers in site.requests
        ]
    assert sent == [(None, None), ('"1"', "then"), (None, None), (None, None)]


def test_a_304_brings_new_validators_and_a_new_time() -> None:  # rule 5
    answers = iter(
        [
            b'HTTP/1.1 200 OK\r\nETag: "1"\r\nLast-Modified: mon\r\nContent-Length: 1\r\n\r\nx',
            b'HTTP/1.1 304 Not Modified\r\nETag: "2"\r\nCache-Control: max-age=60\r\n\r\n',
            b"HTTP/1.1 304 Not Modified\r\nLast-Modified: tue\r\n\r\n",
            b"HTTP/1.1 304 Not Modified\r\n\r\n",
        ]
    )

    with RawSite(lambda line: line.send(next(answers))) as raw:
        _, *outcomes = poll(raw.url(), 4)
        sent = [(header(h, b"if-none-match"), header(h, b"if-modified-since")) for h in raw.heads]
    assert sent == [(None, None), (b'"1"', b"mon"), (b'"2"', b"mon"), (b'"2"', b"tue")]
    assert [o.fresh_for for o in outcomes if isinstance(o, NotModified)] == [
        timedelta(minutes=1),
        None,
        None,
    ]


def test_a_304_to_a_request_without_conditions_is_an_error() -> None:  # rule 6
    with Site() as site:
        site.add("/", status=304, headers={"ETag": '"1"'})
        outcome = failed(poll(site.url())[0])
    assert outcome.status == 304
    assert "nothing was there to compare with" in outcome.detail


def reset(line: Line) -> None:
    line.send(OK + b'ETag: "half"\r\nContent-Length: 9999\r\n\r\n' + FEED)
    line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


CUT = {
    "a short body": OK + b'ETag: "half"\r\nContent-Length: 9999\r\n\r\n' + FEED,
    "no last chunk": OK
    + b'ETag: "half"\r\nTransfer-Encoding: chunked\r\n\r\n2e\r\n'
    + FEED
    + b"\r\n",
    "a cut chunk": OK + b'ETag: "half"\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n' + FEED,
    "half a gzip": OK
    + b'ETag: "half"\r\nContent-Encoding: gzip\r\n\r\n'
    + gzip.compress(FEED * 99)[:-9],
}


@pytest.mark.parametrize("how", [*CUT, "a reset"])
def test_a_cut_body_is_never_a_page_and_its_etag_is_not_kept(how: str) -> None:  # rule 7
    with RawSite(lambda line: line.send(CUT[how]) if how in CUT else reset(line)) as raw:
        outcomes = poll(raw.url(), 2)
        assert [header(head, b"if-none-match") for head in raw.heads] == [None, None]
    assert {failed(outcome).kind for outcome in outcomes} == {"cut"}


# ---------------------------------------------------------------- time


@pytest.mark.parametrize("value", ["no-cache", "no-store", "max-age=0", "no-cache, max-age=9"])
def test_an_answer_that_may_not_be_kept_still_has_its_validators(value: str) -> None:  # rule 11
    with Site() as site:
        site.add("/", FEED, headers={"ETag": '"1"', "Cache-Control": value})
        (outcome, _) = poll(site.url(), 2)
        assert site.requests[1][2]["if-none-match"] == '"1"'
    assert isinstance(outcome, Page)
    assert outcome.fresh_for is None


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("stated", "seconds"),
    [
        ("120", 120),  # rule 16
        ("Sun, 06 Nov 1994 08:51:37 GMT", 120),  # rule 17: it counts from the answer's own Date
        (None, None),  # rule 18, and all up to the next
        ("abc", None),
        ("-5", None),
        ("", None),
        ("99999999", 99999999),  # rule 19: capped where it is used
    ],
)
def test_retry_after_is_read_in_every_form(
    status: int, stated: str | None, seconds: int | None
) -> None:
    headers = {"Date": "Sun, 06 Nov 1994 08:49:37 GMT"}
    with Site() as site:
        site.add("/", status=status, headers=headers | ({"Retry-After": stated} if stated else {}))
        outcome = failed(poll(site.url())[0])
        assert len(site.requests) == 1
    span = None if seconds is None else min(timedelta(seconds=seconds), timedelta(days=3650))
    assert (outcome.status, outcome.retry_after) == (status, span)


# ---------------------------------------------------------------- one request


@pytest.mark.parametrize("status", [200, 204, 400, 401, 403, 404, 405, 410, 429, 500, 502, 503])
def test_a_round_is_one_get_whatever_the_answer(status: int) -> None:  # rules 18, 21-24, 39, 40
    with Site() as site:
        site.add("/", FEED if status == 200 else b"", status=status)
        poll(site.url("/?a=1&b"))
        ((method, path, _),) = site.requests
    assert (method, path) == ("GET", "/?a=1&b")


def test_requests_say_who_asks_what_is_wanted_and_nothing_else() -> None:  # rules 36-39 and 46
    with Site() as site:
        cookie = {"Set-Cookie": "id=1; Path=/"}
        site.add("/", status=302, headers=cookie | {"Location": "/feed"})
        site.add("/feed", FEED, headers=cookie)
        poll(site.url(), 2)
        sent = [headers for _, _, headers in site.requests]
    assert len(sent) == 4
    for headers in sent:
        assert headers["user-agent"] == "aiwatch/0.3 (+https://example.org/about)"
        accepted = headers["accept"]
        assert all(kind in accepted for kind in ("atom+xml", "rss+xml", "feed+json", "rdf+xml"))
        assert headers["accept-encoding"] == "gzip, deflate"
        assert set(headers) == {"host", "user-agent", "accept", "accept-encoding", "connection"}


def test_one_connection_carries_several_rounds() -> None:  # as a good guest
    def kept(line: Line) -> None:
        head, count = line.head, 0
        while head and (count := count + 1) < 9:
            line.send(OK + b"Content-Length: 1\r\n\r\nx")
            head = line.socket.recv(65536)

    with RawSite(kept) as raw:
        assert all(isinstance(outcome, Page) for outcome in poll(raw.url(), 5))
        assert len(raw.heads) == 1  # heads of connections


def test_links_to_next_pages_are_told_and_not_followed() -> None:  # rule 47
    with Site() as site:
        site.add(
            "/",
            FEED,
            headers=[
                ("Link", '</2>; rel=next, </a>; rel="alternate"'),
                ("X", "y"),
                ("link", "</hub>; rel=hub"),
            ],
        )
        (outcome,) = poll(site.url())
        assert len(site.requests) == 1
    assert isinstance(outcome, Page)
    assert outcome.links == ('</2>; rel=next, </a>; rel="alternate"', "</hub>; rel=hub")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (200, "an empty answer"),
        (203, "an empty answer"),
        (202, "no document yet"),
        (204, "an empty answer"),
        (205, "an empty answer"),
        (206, "only a part"),
        (226, "only what is new"),  # rule 46: not asked for, so it is no feed
    ],
)
def test_a_success_without_the_document_is_an_error_in_words(status: int, words: str) -> None:
    body = FEED if status in (206, 226) else b""  # rule 50
    with Site() as site:
        site.add(
            "/", body, status=status, headers={"ETag": '"1"', "Content-Length": str(len(body))}
        )
        first, _ = poll(site.url(), 2)
        assert "if-none-match" not in site.requests[1][2]
    assert failed(first).status == status
    assert words in failed(first).detail


def test_a_page_told_by_another_is_a_page() -> None:
    with Site() as site:
        site.add("/", FEED, status=203)
        assert isinstance(poll(site.url())[0], Page)


# ---------------------------------------------------------------- redirects


@pytest.mark.parametrize(
    ("hops", "end", "moved"),
    [
        ((301,), 200, "/1"),  # rule 25
        ((308, 301), 200, "/2"),
        ((302,), 200, None),  # rule 26
        ((303,), 200, None),
        ((307,), 200, None),
        ((301, 302), 200, "/1"),  # rule 27
        ((302, 301), 200, None),
    ],
)
def test_only_the_permanent_start_of_redirects_is_a_move(
    hops: tuple[int, ...], end: int, moved: str | None
) -> None:
    with Site() as site:
        for number, status in enumerate(hops):
            site.add(f"/{number}", status=status, headers={"Location": f"{number + 1}"})  # rule 35
        site.add(f"/{len(hops)}", FEED, status=end)
        (outcome,) = poll(site.url("/0"))
    assert isinstance(outcome, Page)
    assert outcome.moved_to == (moved and site.url(moved))


def test_a_permanent_redirect_to_nothing_is_a_failure_and_no_move() -> None:  # rules 28 and 29
    with Site() as site:
        site.add("/", status=301, headers={"Location": "/gone"})
        first = failed(poll(site.url())[0])
        site.add("/", FEED)
        assert isinstance(poll(site.url())[0], Page)
    assert first.status == 404


@pytest.mark.parametrize("hops", [10, 11, 40])
def test_a_chain_is_followed_for_ten_hops_at_most(hops: int) -> None:  # rule 31
    def onwards(asked: Asked) -> str:
        return asked.path

    with Site() as site:
        for number in range(hops):
            site.add(f"/{number}", status=302, headers={"Location": f"/{number + 1}"})
        site.add(f"/{hops}", onwards)
        (outcome,) = poll(site.url("/0"))
        assert len(site.requests) == 11
    if hops > 10:
        assert failed(outcome).kind == "redirect"
        assert "10 redirects" in failed(outcome).detail


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("/", "circle"),  # rule 31
        ("file:///etc/passwd", "only http and https"),  # rule 32
        ("ftp://example.org/", "only http and https"),
        ("data:text/xml,<rss/>", "only http and https"),
        ("javascript:alert(1)", "only http and https"),
        (None, "without saying where"),  # rule 35
    ],
)
def test_a_redirect_to_nowhere_ends_there(location: str | None, words: str) -> None:
    with Site() as site:
        site.add("/", status=301, headers={"Location": location} if location else {})
        outcome = failed(poll(site.url())[0])
        assert len(site.requests) == 1
    assert outcome.kind == "redirect"
    assert words in outcome.detail


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433"])
def test_a_redirect_to_a_private_address_is_refused(host: str) -> None:  # rule 33
    async def run() -> Outcome:
        guarded = replace(SETTINGS, allow_private=(outside.authority,))
        async with Fetcher(guarded) as fetcher:
            return await fetcher.get(Target(url=outside.url()), NOW)

    with Site() as inside, Site() as outside:
        inside.add("/", FEED)
        outside.add("/", status=302, headers={"Location": f"http://{host}:{inside.port}/"})
        outcome = failed(asyncio.run(run()))
        assert inside.requests == []
    assert outcome.kind == "private"


def test_a_name_that_turns_private_is_refused() -> None:  # rule 33
    """Public when first looked up, at home the second time: what was looked at is what is dialled, each time anew."""
    looked_up: list[str] = []

    async def rebinding(host: str, port: int) -> tuple[str, ...]:
        looked_up.append(host)
        # No machine is at the first: a block of IPv6 that nobody was given.
        return ("2d00::1",) if len(looked_up) == 1 else ("127.0.0.1",)

    async def run() -> list[Outcome]:
        guarded = replace(SETTINGS, allow_private=False, timeout=timedelta(seconds=0.3))
        async with Fetcher(guarded, resolve=rebinding) as fetcher:
            return await polls(inside.url(host="rebind.example"), 2, fetcher)

    with Site() as inside:
        inside.add("/", FEED)
        first, second = asyncio.run(run())
        assert inside.requests == []
    assert failed(first).kind in ("connect", "timeout")
    assert failed(second).kind == "private"
    assert len(looked_up) == 2


def test_a_failure_behind_a_redirect_names_the_address_that_failed() -> None:  # rule 20
    """It is that host which is to be spared."""
    with Site() as first, Site() as second:
        first.add("/", status=302, headers={"Location": second.url("/busy")})
        second.add("/busy", status=429)
        outcome = failed(poll(first.url())[0])
    assert (outcome.status, outcome.url) == (429, second.url("/busy"))


def test_credentials_stay_with_their_origin() -> None:  # rule 34
    async def run() -> Outcome:
        address = f"http://me:pass@{first.authority}/"
        async with Fetcher(SETTINGS) as fetcher:
            keyed = Target(url=address, headers=(("X-Key", Secret("k")), ("Cookie", Secret("c"))))
            return await fetcher.get(keyed, NOW)

    with Site() as first, Site() as second:
        first.add("/", status=301, headers={"Location": second.url("/")})
        second.add("/", FEED)
        assert isinstance(asyncio.run(run()), Page)
        sent, dropped = first.requests[0][2], second.requests[0][2]
    assert {"authorization", "x-key", "cookie"} <= set(sent)
    assert not {"authorization", "x-key", "cookie", "referer"} & set(dropped)


# ---------------------------------------------------------------- size, time, number


@pytest.mark.parametrize("packed", [False, True])
def test_a_body_stops_at_its_limit_counted_unpacked(packed: bool) -> None:  # rule 48
    big = FEED + b" " * 2_000_000
    body, headers = (gzip.compress(big), {"Content-Encoding": "gzip"}) if packed else (big, {})
    with Site() as site:
        site.add("/", body, headers=headers)
        outcome = failed(poll(site.url())[0])
    assert outcome.kind == "too large"
    assert "raise max_bytes" in outcome.detail


def test_the_deadline_is_for_the_whole_answer() -> None:  # rule 49
    def drip(line: Line) -> None:
        line.send(OK + b"Content-Length: 100000\r\n\r\n")
        while line.pause(0.02):
            line.send(b".")

    async def run() -> Outcome:
        async with Fetcher(replace(SETTINGS, timeout=timedelta(seconds=0.3))) as fetcher:
            return await fetcher.get(Target(url=raw.url()), NOW)

    with RawSite(drip) as raw:
        assert failed(asyncio.run(run())).kind == "timeout"


def test_a_host_is_asked_two_at_a_time_at_most() -> None:  # rules 20 and 56
    most = now = 0
    lock = Lock()

    def slowly(asked: Asked) -> bytes:
        nonlocal most, now
        with lock:
            now += 1
            most = max(most, now)
        site.closing.wait(0.02)
        with lock:
            now -= 1
        return FEED

    async def run() -> None:
        async with Fetcher(SETTINGS) as fetcher:
            urls = [site.url(f"/{number}") for number in range(8)]
            await asyncio.gather(*(fetcher.get(Target(url=url), NOW) for url in urls))

    with Site() as site:
        for number in range(8):
            site.add(f"/{number}", slowly)
        asyncio.run(run())
        assert len(site.requests) == 8
    assert most == 2


def test_a_redirect_to_another_host_takes_a_turn_there() -> None:  # rule 20
    async def run() -> float:
        clock = asyncio.get_running_loop().time
        async with Fetcher(SETTINGS) as fetcher:
            fetcher.pace(second.authority, timedelta(seconds=0.3), asked_ago=timedelta(0))
            assert 0.2 < fetcher.wait_for(second.url()) <= 0.3
            started = clock()
            assert isinstance(await fetcher.get(Target(url=first.url()), NOW), Page)
            return clock() - started

    with Site() as first, Site() as second:
        first.add("/", status=302, headers={"Location": second.url()})
        second.add("/", FEED)
        assert asyncio.run(run()) > 0.25
