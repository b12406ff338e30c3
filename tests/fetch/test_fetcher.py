import asyncio
import gzip
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.fetch import Fetcher, FetchSettings
from aiwatch.model import FetchFailure, NotModified, Outcome, Page, Secret, Target, Validators
from aiwatch.net import Resolve, system_resolve
from tests.leaping import Ahead
from tests.servers import Answer, Asked, Line, RawSite, Site

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SETTINGS = FetchSettings(
    timeout=timedelta(seconds=30),
    max_bytes=1_000_000,
    per_host=2,
    spacing=timedelta(0),
    user_agent="aiwatch/0 (+mailto:me@example.org)",
    allow_private=True,
)


async def got(target: Target | str, resolve: Resolve = system_resolve, **changes: Any) -> Outcome:
    async with Fetcher(replace(SETTINGS, **changes), resolve=resolve) as fetcher:
        return await fetcher.get(Target(url=target) if isinstance(target, str) else target, NOW)


def get(target: Target | str, resolve: Resolve = system_resolve, **changes: Any) -> Outcome:
    return asyncio.run(got(target, resolve, **changes))


def page(outcome: Outcome) -> Page:
    assert isinstance(outcome, Page), outcome
    return outcome


def failure(outcome: Outcome) -> FetchFailure:
    assert isinstance(outcome, FetchFailure), outcome
    assert outcome.detail.endswith(".")
    return outcome


def test_a_page_comes_with_all_it_said() -> None:
    with Site() as site:
        site.add(
            "/feed",
            b"<rss/>",
            headers={
                "Content-Type": "application/rss+xml; charset=utf-8",
                "ETag": 'W/"1"',
                "Last-Modified": "long ago",
                "Cache-Control": "max-age=600",
            },
        )
        url = site.url("/feed?x=1")
        assert get(url) == Page(
            url=url,
            asked_for=url,
            status=200,
            body=b"<rss/>",
            content_type="application/rss+xml; charset=utf-8",
            validators=Validators(etag='W/"1"', last_modified="long ago"),
            fresh_for=timedelta(seconds=600),
        )


def test_one_plain_get_is_made_and_it_says_who_asks() -> None:
    with Site() as site:
        site.add("/", "x", headers={"Set-Cookie": "a=b"})
        get(site.url("/#part"))
        ((method, path, headers),) = site.requests
    assert (method, path) == ("GET", "/")
    assert headers["user-agent"] == SETTINGS.user_agent
    assert headers["accept-encoding"] == "gzip, deflate"
    assert "rss+xml" in headers["accept"]
    assert not {"cookie", "referer", "if-none-match", "if-modified-since", "a-im"} & set(headers)


def test_a_source_has_its_own_words() -> None:
    target = Target(
        url="",
        accept="page",
        user_agent="other/1",
        headers=(("X-Key", Secret("k")), ("accept", Secret("text/plain"))),
    )
    with Site() as site:
        site.add("/", "x")
        page(get(replace(target, url=site.url("/"))))
        page(get(replace(target, url=site.url("/"), headers=())))
        first, second = (headers for _, _, headers in site.requests)
    assert (first["user-agent"], first["x-key"], first["accept"]) == ("other/1", "k", "text/plain")
    assert second["accept"].startswith("text/html")


def test_packed_bodies_are_unpacked() -> None:
    with Site() as site:
        site.add("/", gzip.compress(b"body"), headers={"Content-Encoding": "gzip"})
        assert page(get(site.url("/"))).body == b"body"


def test_validators_go_back_as_they_came_and_304_keeps_or_renews_them() -> None:
    def unchanged(asked: Asked) -> Answer:
        same = (asked.headers["if-none-match"], asked.headers["if-modified-since"])
        assert same == ("unquoted", "some day")
        return Answer(status=304, headers={"ETag": '"new"', "Cache-Control": "max-age=60"})

    known = Validators(etag="unquoted", last_modified="some day")
    with Site() as site:
        site.add("/", unchanged)
        outcome = get(Target(url=site.url("/"), validators=known))
        assert outcome == NotModified(
            url=site.url("/"),
            validators=Validators(etag='"new"', last_modified="some day"),
            fresh_for=timedelta(minutes=1),
        )


def test_not_modified_without_a_question_is_a_failure() -> None:
    with Site() as site:
        site.add("/", status=304)
        assert failure(get(site.url("/"))).status == 304


@pytest.mark.parametrize("status", [204, 206, 226, 300, 400, 401, 403, 404, 410, 429, 500, 503])
def test_any_other_status_is_a_failure_that_says_so(status: int) -> None:
    with Site() as site:
        site.add("/x", "sorry", status=status, headers={"Retry-After": "90"})
        found = failure(get(site.url("/x")))
    assert (found.kind, found.status) == ("http", status)
    assert found.retry_after == timedelta(seconds=90)
    assert found.detail.startswith(f"{status}")


# ---------------------------------------------------------------- redirects


def chain(site: Site, *hops: int) -> str:
    """Routes /0 -> /1 -> … with these statuses, the last a page; gives the first's address."""
    for number, status in enumerate(hops):
        site.add(f"/{number}", status=status, headers={"Location": f"{number + 1}"})
    site.add(f"/{len(hops)}", "end")
    return site.url("/0")


@pytest.mark.parametrize(
    ("hops", "moved"),
    [
        ((), None),
        ((301,), "/1"),
        ((308, 301), "/2"),
        ((302,), None),
        ((303,), None),
        ((307,), None),
        ((301, 302), "/1"),
        ((302, 301), None),
        ((301, 302, 301), "/1"),
        ((302,) * 10, None),
    ],
)
def test_redirects_are_followed_and_only_the_permanent_start_is_kept(
    hops: tuple[int, ...], moved: str | None
) -> None:
    with Site() as site:
        found = page(get(chain(site, *hops)))
        assert found.body == b"end"
        assert (found.url, found.asked_for) == (site.url(f"/{len(hops)}"), site.url("/0"))
        assert found.moved_to == (moved and site.url(moved))
        assert len(site.requests) == len(hops) + 1


@pytest.mark.parametrize(
    ("location", "part"),
    [
        ("/0", "circle"),
        (None, "without saying where"),
        ("", "without saying where"),
        ("file:///etc/passwd", "only http and https"),
        ("ftp://example.org/", "only http and https"),
        ("javascript:alert(1)", "only http and https"),
        ("data:text/plain,x", "only http and https"),
        ("http://[::bad/", "cannot be read"),
        ("http://", "circle"),
    ],
)
def test_a_redirect_to_nowhere_is_a_failure(location: str | None, part: str) -> None:
    with Site() as site:
        headers = {} if location is None else {"Location": location}
        site.add("/0", status=301, headers=headers)
        found = failure(get(site.url("/0")))
    assert found.kind == "redirect"
    assert part in found.detail


def test_a_chain_without_end_stops() -> None:
    with Site() as site:
        assert failure(get(chain(site, *[302] * 11))).kind == "redirect"
        assert len(site.requests) == 11


def test_a_redirect_home_is_refused_at_that_hop() -> None:
    with Site() as inside, Site() as outside:
        inside.add("/", "secret")
        outside.add("/", status=302, headers={"Location": inside.url("/")})
        found = failure(get(outside.url("/"), allow_private=(outside.authority,)))
        assert inside.requests == []
    assert found.kind == "private"


def test_a_source_may_be_allowed_what_the_settings_do_not() -> None:
    with Site() as site:
        site.add("/", "x")
        target = Target(url=site.url("/"), allow_private=(site.authority,))
        assert failure(get(site.url("/"), allow_private=False)).kind == "private"
        assert page(get(target, allow_private=("other:80",))).body == b"x"


def test_secrets_stay_with_the_origin_they_were_given_for() -> None:
    with Site() as other, Site() as first:
        other.add("/", status=302, headers={"Location": first.url("/back")})
        first.add("/", status=302, headers={"Location": "/same"})
        first.add("/same", status=302, headers={"Location": other.url("/")})
        first.add("/back", "x")
        address = f"http://me:p%40ss@{first.authority}/"
        target = Target(url=address, headers=(("X-Key", Secret("k")),))
        found = page(get(target))
        sent = [headers for _, _, headers in (*first.requests[:2], *other.requests)]
        returned = first.requests[2][2]
    assert [headers.get("x-key") for headers in sent] == ["k", "k", None]
    assert [headers.get("authorization") for headers in sent] == [
        "Basic bWU6cEBzcw==",
        "Basic bWU6cEBzcw==",
        None,
    ]
    assert "authorization" not in returned
    assert "p%40ss" not in repr(found)


def test_a_sign_in_offered_by_a_redirect_is_not_taken() -> None:
    with Site() as site:
        there = f"http://evil:word@{site.authority}/there"
        site.add("/", status=301, headers={"Location": there})
        site.add("/there", "x")
        assert page(get(site.url("/"))).moved_to == site.url("/there")
        assert all("authorization" not in headers for _, _, headers in site.requests)


def test_an_address_with_a_sign_in_is_not_moved_by_itself() -> None:
    with Site() as site:
        url = chain(site, 301).replace("://", "://me:word@")
        assert page(get(url)).moved_to is None


@pytest.mark.parametrize(
    "url",
    [
        "http://me:hunter2@nowhere.invalid/feed",
        "http://me:hunter2@127.0.0.1:1/feed",
        "http://me:hunter2@[bad/feed",
        "ftp://me:hunter2@example.org/",
        "http://me:hunter2@exa mple.org:x/",
    ],
)
def test_no_failure_shows_a_password(url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    assert "hunter2" not in repr(failure(get(url)))
    assert "hunter2" not in caplog.text


@pytest.mark.parametrize(
    "headers", [(("X-Key", Secret("hunter2\r\nX: y")),), (("X Key", Secret("hunter2")),)]
)
def test_a_header_that_cannot_be_sent_is_a_failure(headers: tuple[tuple[str, Secret], ...]) -> None:
    with Site() as site:
        found = failure(get(Target(url=site.url("/"), headers=headers)))
    assert found.kind == "url"
    assert "hunter2" not in repr(found)


def test_the_configured_proxy_is_used() -> None:
    with Site() as proxy:
        proxy.add("http://a.invalid/x", "by proxy")
        target = Target(url="http://a.invalid/x", proxy=Secret(f"http://{proxy.authority}"))
        assert page(get(target)).body == b"by proxy"


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("", "url"),
        ("not an address", "url"),
        ("//example.org/", "url"),
        ("mailto:me@example.org", "url"),
        ("http:///path", "url"),
        ("http://example.org:99999/", "url"),
        ("http://exa\x00mple.org/", "url"),
        ("http://no-such-host.invalid/", "dns"),
        ("http://" + "a" * 300 + ".example/", "dns"),
    ],
)
def test_an_address_that_cannot_be_fetched_is_a_failure(url: str, kind: str) -> None:
    assert failure(get(url)).kind == kind


# ---------------------------------------------------------------- time and size


def test_the_deadline_is_over_all_hops_together() -> None:
    clock = Ahead()

    def slowly(line: Line) -> None:
        clock.ahead += 200
        number = int(line.head.split(b"/")[1].split()[0])
        line.send(b"HTTP/1.1 302 Found\r\nLocation: /%d\r\nContent-Length: 0\r\n" % (number + 1))
        line.send(b"Connection: close\r\n\r\n")

    with RawSite(slowly) as raw, asyncio.Runner(loop_factory=lambda: clock) as runner:
        found = failure(runner.run(got(raw.url("/1"), timeout=timedelta(seconds=500))))
        assert len(raw.heads) == 3
    assert found.kind == "timeout"


def test_waiting_for_a_turn_does_not_count() -> None:
    clock = Ahead()

    def slowly(asked: Asked) -> str:
        clock.ahead += 150
        return "x"

    async def run(url: str) -> list[Outcome]:
        settings = replace(SETTINGS, per_host=1, timeout=timedelta(seconds=400))
        async with Fetcher(settings) as fetcher:
            return list(
                await asyncio.gather(*(fetcher.get(Target(url=url), NOW) for _ in range(5)))
            )

    with Site() as site, asyncio.Runner(loop_factory=lambda: clock) as runner:
        site.add("/", slowly)
        outcomes = runner.run(run(site.url("/")))
    assert all(isinstance(outcome, Page) for outcome in outcomes)


def test_one_slow_host_does_not_hold_the_others_up() -> None:
    async def run(slow: str, quick: str) -> tuple[bool, int]:
        async with Fetcher(replace(SETTINGS, in_flight=4)) as fetcher:
            waits = [asyncio.create_task(fetcher.get(Target(url=slow), NOW)) for _ in range(20)]
            async with asyncio.timeout(30):
                outcomes = [await fetcher.get(Target(url=quick), NOW) for _ in range(5)]
            waiting = sum(not wait.done() for wait in waits)
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
            return all(isinstance(outcome, Page) for outcome in outcomes), waiting

    def hang(line: Line) -> None:
        line.pause(60)

    with RawSite(hang) as slow, Site() as quick:
        quick.add("/", "x")
        assert asyncio.run(run(slow.url("/"), quick.url("/"))) == (True, 20)


def test_a_body_over_the_limit_is_no_page() -> None:
    with Site() as site:
        site.add("/", (b"x" * 1000 for _ in range(2000)))
        assert failure(get(site.url("/"))).kind == "too large"


def test_a_target_may_set_a_smaller_limit_and_never_a_larger_one() -> None:
    with Site() as site:
        site.add("/", b"x" * 3000)
        assert failure(get(Target(url=site.url("/"), max_bytes=2000))).kind == "too large"
        assert page(get(Target(url=site.url("/"), max_bytes=4000)))
        assert (
            failure(get(Target(url=site.url("/"), max_bytes=4000), max_bytes=2000)).kind
            == "too large"
        )


@given(st.binary(max_size=300), st.booleans())
@settings(max_examples=25, deadline=None)
def test_any_bytes_from_a_server_give_an_outcome(tail: bytes, headed: bool) -> None:
    def script(line: Line) -> None:
        line.send((b"HTTP/1.1 200 OK\r\n" if headed else b"") + tail)

    with RawSite(script) as raw:
        assert isinstance(get(raw.url("/")), Page | FetchFailure)


@given(st.text(max_size=60), st.sampled_from(["", "http://", "https://", "http://a.invalid/"]))
@settings(max_examples=60, deadline=None)
def test_any_text_as_an_address_gives_an_outcome(text: str, start: str) -> None:
    async def nothing(host: str, port: int) -> tuple[str, ...]:
        raise OSError("unknown")

    assert isinstance(get(start + text, resolve=nothing), FetchFailure)


def test_many_at_once_all_come_back() -> None:
    async def run(urls: list[str]) -> list[Outcome]:
        async with Fetcher(replace(SETTINGS, in_flight=40, per_host=40)) as fetcher:
            jobs = (fetcher.get(Target(url=url), NOW) for url in urls)
            return list(await asyncio.gather(*jobs))

    echo: Callable[[Asked], str] = lambda asked: asked.path  # noqa: E731
    with Site() as site:
        for number in range(200):
            site.add(f"/{number}", echo)
        outcomes = asyncio.run(run([site.url(f"/{number}") for number in range(200)]))
        assert len(site.requests) == 200
    assert [page(outcome).body for outcome in outcomes] == [b"/%d" % n for n in range(200)]
