"""Rules 54 and 55 (robots.txt, Crawl-delay), on the log of a real server."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.fetch import Fetcher, FetchSettings, Robots
from aiwatch.fetch.robots import MOST, RobotsFiles, read_rules, token_of
from aiwatch.model import FetchFailure, Outcome, Page, Target, Validators
from tests.servers import Answer, Asked, Line, RawSite, Site

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SETTINGS = FetchSettings(
    timeout=timedelta(seconds=30),
    max_bytes=100_000,
    per_host=2,
    spacing=timedelta(0),
    user_agent="aiwatch/0 (+mailto:me@example.org)",
    allow_private=True,
)


def get(*asked: tuple[Target | str, datetime], fetch: FetchSettings = SETTINGS) -> list[Outcome]:
    """Ask for these pages one after the other, with one fetcher."""

    async def run() -> list[Outcome]:
        async with Fetcher(fetch) as fetcher:
            return [
                await fetcher.get(
                    Target(url=target, accept="page", robots=True)
                    if isinstance(target, str)
                    else target,
                    at,
                )
                for target, at in asked
            ]

    return asyncio.run(run())


def paths(site: Site) -> list[str]:
    return [path for _, path, _ in site.requests]


@pytest.fixture
def site() -> Iterable[Site]:
    with Site() as site:
        site.add("/a", "page a")
        site.add("/b", "page b")
        yield site


# ---------------------------------------------------------------- what is asked for


def test_a_page_that_is_not_allowed_is_never_asked_for_and_its_neighbour_is(site: Site) -> None:
    site.add("/robots.txt", "User-agent: *\nDisallow: /a\n")
    refused, page = get((site.url("/a"), NOW), (site.url("/b"), NOW))
    assert refused == FetchFailure(
        url=site.url("/a"),
        kind="robots",
        detail=f"robots.txt of {site.authority} does not let aiwatch read this page; the feed's own text is used.",
    )
    assert isinstance(page, Page)
    assert paths(site) == ["/robots.txt", "/b"]
    headers = site.requests[0][2]
    assert headers["user-agent"] == SETTINGS.user_agent
    assert headers["accept"].startswith("text/plain")


def test_a_configured_source_is_exempt(site: Site) -> None:
    site.add("/robots.txt", "User-agent: *\nDisallow: /\n")
    (page,) = get((Target(url=site.url("/a")), NOW))
    assert isinstance(page, Page)
    assert paths(site) == ["/a"]


def test_robots_txt_itself_may_always_be_read(site: Site) -> None:
    site.add("/robots.txt", "User-agent: *\nDisallow: /\n")
    (page,) = get((site.url("/robots.txt"), NOW))
    assert isinstance(page, Page)
    assert paths(site) == ["/robots.txt"]


@pytest.mark.parametrize(
    ("answer", "allowed"),
    [
        (Answer("User-agent: *\nDisallow:\n"), True),
        (Answer(""), True),
        (Answer("<!doctype html><title>Not found</title>"), True),
        (Answer("no", status=400), True),
        (Answer("no", status=401), True),
        (Answer("no", status=403), True),
        (Answer("no", status=404), True),
        (Answer("no", status=410), True),
        (Answer(status=204), True),
        (Answer(status=301, headers={"Location": "/robots.txt"}), True),  # a circle: none to be had
        (Answer("no", status=429), False),
        (Answer("no", status=500), False),
        (Answer("no", status=503), False),
        (Answer(b"\x00", headers={"Content-Encoding": "br"}), False),
        (
            Answer(
                "<html><title>Just a moment...</title>",
                status=200,
                headers={"Content-Type": "text/html"},
            ),
            False,
        ),
    ],
)
def test_no_file_allows_everything_and_a_server_in_trouble_nothing(
    site: Site, answer: Answer, allowed: bool
) -> None:
    site.add("/robots.txt", lambda _: answer)
    (outcome,) = get((site.url("/a"), NOW))
    assert isinstance(outcome, Page) is allowed
    assert ("/a" in paths(site)) is allowed
    if isinstance(outcome, FetchFailure):
        assert (outcome.kind, outcome.retry_after) == ("robots", HOUR)
        assert "could not be had" in outcome.detail


def test_a_host_that_does_not_answer_is_not_asked_for_its_pages() -> None:
    def hang_up(line: Line) -> None:
        return

    with RawSite(hang_up) as raw:
        (outcome,) = get((raw.url("/a"), NOW))
        assert len(raw.heads) == 1
    assert isinstance(outcome, FetchFailure)
    assert outcome.kind == "robots"
    assert "hung up" in outcome.detail


def test_a_private_address_is_named_as_one_and_remembered_against_nobody(site: Site) -> None:
    page = Target(url=site.url("/a"), robots=True)
    allowed = replace(page, allow_private=(site.authority,))
    refused, read = get((page, NOW), (allowed, NOW), fetch=replace(SETTINGS, allow_private=False))
    assert isinstance(refused, FetchFailure)
    assert (refused.kind, refused.url) == ("private", site.url("/a"))
    assert isinstance(read, Page)


def test_a_redirect_is_checked_where_it_leads(site: Site) -> None:
    with Site() as first:
        first.add("/robots.txt", "User-agent: *\nDisallow: /x\n")
        first.add("/go", status=302, headers={"Location": site.url("/a")})
        first.add("/in", status=302, headers={"Location": "/x"})
        site.add("/robots.txt", "User-agent: aiwatch\nDisallow: /\n")
        away, inside = get((first.url("/go"), NOW), (first.url("/in"), NOW))
        assert paths(first) == ["/robots.txt", "/go", "/in"]
        assert paths(site) == ["/robots.txt"]
    for outcome in (away, inside):
        assert isinstance(outcome, FetchFailure)
        assert outcome.kind == "robots"
    assert isinstance(away, FetchFailure)
    assert site.authority in away.detail


def test_the_file_may_be_behind_redirects_and_on_another_host(site: Site) -> None:
    with Site() as other:
        other.add("/robots.txt", status=301, headers={"Location": "/1"})
        for number in range(1, 6):
            other.add(f"/{number}", status=302, headers={"Location": f"/{number + 1}"})
        other.add("/6", "User-agent: *\nDisallow: /a\n")
        site.add("/robots.txt", status=302, headers={"Location": other.url("/robots.txt")})
        refused, page = get((site.url("/a"), NOW), (site.url("/b"), NOW))
    assert isinstance(refused, FetchFailure)
    assert isinstance(page, Page)


# ---------------------------------------------------------------- how often it is asked for


@pytest.mark.parametrize(
    ("status", "later", "asked"),
    [
        (200, timedelta(hours=23), 1),
        (200, timedelta(hours=24), 2),
        (404, timedelta(hours=23), 1),
        (503, timedelta(minutes=59), 1),
        (503, HOUR, 2),
    ],
)
def test_it_is_kept_for_a_day_and_a_failure_for_an_hour(
    site: Site, status: int, later: timedelta, asked: int
) -> None:
    site.add("/robots.txt", "User-agent: x\nDisallow: /\n", status=status)
    get((site.url("/a"), NOW), (site.url("/b"), NOW + later))
    assert paths(site).count("/robots.txt") == asked


def test_many_pages_of_one_origin_wait_for_one_file(site: Site) -> None:
    async def run() -> list[Outcome]:
        async with Fetcher(SETTINGS) as fetcher:
            first = asyncio.create_task(fetcher.get(Target(url=site.url("/a"), robots=True), NOW))
            await asyncio.sleep(0)
            rest = [
                asyncio.create_task(fetcher.get(Target(url=site.url("/b"), robots=True), NOW))
                for _ in range(9)
            ]
            await asyncio.sleep(0)
            first.cancel()  # it began to ask; the others still get their answer
            return await asyncio.gather(*rest)

    site.add("/robots.txt", "User-agent: *\nDisallow: /a\n")
    outcomes = asyncio.run(run())
    assert all(isinstance(outcome, Page) for outcome in outcomes)
    assert paths(site).count("/robots.txt") == 1


def test_closing_ends_what_is_being_asked_for(site: Site) -> None:
    async def run() -> None:
        async with Fetcher(SETTINGS) as fetcher:
            page = asyncio.create_task(fetcher.get(Target(url=raw.url("/a"), robots=True), NOW))
            await asyncio.to_thread(asked.wait, 5)
            page.cancel()
        assert len(asyncio.all_tasks()) == 1

    asked = Event()

    def silent(line: Line) -> None:
        asked.set()
        line.pause(60)

    with RawSite(silent) as raw:
        asyncio.run(run())


def test_what_was_stored_is_not_asked_for_again(site: Site) -> None:
    async def first() -> tuple[Robots, ...]:
        async with Fetcher(SETTINGS) as fetcher:
            await fetcher.get(Target(url=site.url("/a"), robots=True), NOW)
            await fetcher.get(Target(url=site.url("/b"), robots=True), NOW)
            return (*fetcher.fresh_robots(), *fetcher.fresh_robots())

    async def second(records: Iterable[Robots]) -> Outcome:
        async with Fetcher(SETTINGS) as fetcher:
            fetcher.remember_robots(records)
            fetcher.remember_robots(replace(r, at=r.at - HOUR, text="") for r in records)
            return await fetcher.get(Target(url=site.url("/a"), robots=True), NOW + HOUR)

    text = "User-agent: *\nDisallow: /a\n"
    site.add("/robots.txt", text)
    records = asyncio.run(first())
    assert records == (Robots(origin=site.url(""), at=NOW, status=200, text=text),)
    assert isinstance(asyncio.run(second(records)), FetchFailure)
    assert paths(site) == ["/robots.txt", "/b"]


# ---------------------------------------------------------------- Crawl-delay


def test_a_crawl_delay_spaces_the_requests_to_its_host(site: Site) -> None:
    async def run() -> tuple[float, float]:
        clock = asyncio.get_running_loop().time
        async with Fetcher(SETTINGS) as fetcher:
            assert fetcher.crawl_delay(site.url()) is None
            started = clock()
            await fetcher.get(Target(url=site.url("/a"), robots=True), NOW)
            assert fetcher.crawl_delay(site.url("/b")) == timedelta(seconds=0.2)
            wait = fetcher.wait_for(site.url("/b"))
            await fetcher.get(Target(url=site.url("/b")), NOW)
            return wait, clock() - started

    site.add("/robots.txt", "User-agent: *\nCrawl-delay: 0.2\n")
    wait, taken = asyncio.run(run())
    assert 0.1 < wait <= 0.2
    assert taken >= 0.39


@pytest.mark.parametrize(("stated", "kept"), [("86400", 30), ("-1", 0), ("soon", 0), ("1e300", 30)])
def test_an_absurd_crawl_delay_is_kept_up_to_half_a_minute(stated: str, kept: float) -> None:
    async def run() -> float:
        robots = RobotsFiles(answering(f"User-agent: *\nCrawl-delay: {stated}\n"))
        target = Target(url="http://h.example/a", robots=True)
        await robots.refusal(httpx.URL(target.url), target, "aiwatch/1", NOW)
        return robots.kept_delay("h.example")

    assert asyncio.run(run()) == kept


# ---------------------------------------------------------------- reading


def answering(text: str | bytes) -> Callable[[Target, datetime], Awaitable[Outcome]]:
    """Everybody's robots.txt says this."""
    body = text.encode() if isinstance(text, str) else text

    async def ask(target: Target, now: datetime) -> Outcome:
        return Page(
            url=target.url,
            asked_for=target.url,
            status=200,
            body=body,
            content_type="text/plain",
            validators=Validators(),
        )

    return ask


def allowed(text: str | bytes, path: str = "/a", agent: str = "aiwatch/1") -> bool:
    async def run() -> bool:
        robots = RobotsFiles(answering(text))
        target = Target(url=f"http://h.example{path}", robots=True)
        return await robots.refusal(httpx.URL(target.url), target, agent, NOW) is None

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("User-agent: aiwatch\nDisallow: /\n", False),
        ("user-agent:AIWATCH/2.0\ndisallow:/", False),
        ("\ufeffUser-agent: *\r\nDisallow: /\r\n", False),
        ("User-agent: ai\nDisallow: /\n", True),  # another's token, though ours begins with it
        ("User-agent: aiwatchdog\nDisallow: /\n", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: aiwatch\nDisallow: /b\n", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: aiwatch\nAllow: /\n", True),
        ("User-agent: aiwatch\nUser-agent: other\n# both\nDisallow: /a\n", False),
        ("User-agent: other\nUser-agent: aiwatch\nDisallow: /a\n", False),
        ("User-agent: aiwatch\nDisallow: /b\nUser-agent: other\nDisallow: /a\n", True),
        ("User-agent: aiwatch\nDisallow: /b\n\nUser-agent: aiwatch\nDisallow: /a\n", False),
        ("User-agent: *\nSitemap: /s\nUser-agent: other\nDisallow: /a\n", False),  # one group
        ("User-agent: *\nDisallow: /\nAllow: /a\n", True),  # the longer rule wins
        ("User-agent: *\nAllow: /a\nDisallow: /a\n", True),
        ("User-agent: *\nDisallow: /*a$\n", False),
        ("User-agent: *\nDisallow: /%61\n", False),
        ("Disallow: /\n", True),  # rules of nobody
        ("User-agent: *\nDisallow: /" + "x" * 5000 + "\nDisallow: /a\n", False),
    ],
)
def test_the_group_for_us_counts_else_the_one_for_all(text: str, expected: bool) -> None:
    assert allowed(text) is expected


@pytest.mark.parametrize(
    ("agent", "token"),
    [
        ("aiwatch/0.3 (+https://example.org)", "aiwatch"),
        ("My-Monitor/1.0", "my-monitor"),
        (" bare ", "bare"),
        ("1/x", "aiwatch"),
        ("", "aiwatch"),
    ],
)
def test_our_token_is_what_the_user_agent_begins_with(agent: str, token: str) -> None:
    assert token_of(agent) == token


def test_a_source_with_its_own_user_agent_is_judged_by_its_token(site: Site) -> None:
    site.add("/robots.txt", "User-agent: my-monitor\nDisallow: /\n")
    mine = Target(url=site.url("/a"), robots=True, user_agent="My-Monitor/1.0")
    refused, page = get((mine, NOW), (replace(mine, user_agent=None), NOW))
    assert isinstance(refused, FetchFailure)
    assert "let my-monitor read" in refused.detail
    assert isinstance(page, Page)


def test_500_kib_are_read_and_of_a_longer_file_the_start(site: Site) -> None:
    last = b"\nUser-agent: *\nDisallow: /a\n"
    filler = b"# so it goes\n" * (MOST // 13)
    long = filler[: MOST - len(last) - 1000] + last
    assert len(long) > 500 * 1024
    site.add("/robots.txt", long + b"Disall" + b"ow: /b\n" * 100_000)
    refused, page = get((site.url("/a"), NOW), (site.url("/c"), NOW))
    assert isinstance(refused, FetchFailure)
    assert refused.kind == "robots"
    assert isinstance(page, FetchFailure)
    assert page.status == 404  # it was asked for: the cut rule at the end counts for nothing


def test_half_a_rule_at_the_cut_is_no_rule() -> None:
    text = b"User-agent: *\nDisallow: /b\n"
    cut = text + b"#" * (MOST - len(text) - 12) + b"\nDisallow: /"
    assert len(cut) == MOST
    assert allowed(cut)


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"User-agent: b{n}\n" for n in range(15000)) + "Disallow: /x\n" * 15000,
        "User-agent: *\n" + "".join(f"Disallow: /*a*b*c{n}*d\n" for n in range(20000)),
        "User-agent: *\nDisallow: /" + "a*" * 250_000 + "z\n",
        "User-agent: *\n" + "".join(f"Disallow: /{'*a' * 1000}{n}\n" for n in range(250)),
    ],
)
def test_a_file_made_to_be_slow_stops_nobody(text: str) -> None:
    """The four that cost protego most, up to for ever; here the loop goes on beside them."""

    async def run() -> float:
        longest, since = 0.0, asyncio.get_running_loop().time()
        robots = RobotsFiles(answering(text[: 512 * 1024]))
        target = Target(url="http://h.example/" + "ab" * 1000, robots=True)
        job = asyncio.create_task(robots.refusal(httpx.URL(target.url), target, "aiwatch/1", NOW))
        while not job.done():
            await asyncio.sleep(0.001)
            now = asyncio.get_running_loop().time()
            longest, since = max(longest, now - since), now
        await job
        return longest

    assert asyncio.run(run()) < 10  # 0.05 on a machine that does little else


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_text_is_a_robots_txt(text: str) -> None:
    rules = read_rules(text, "aiwatch")
    assert rules.allow("http://h.example/a") in (True, False)
    assert rules.delay is None or rules.delay >= timedelta(0)


@given(
    st.lists(st.sampled_from(["/a", "/b", "/", "/*", "/a$", ""]), max_size=4),
    st.lists(st.sampled_from(["x", "aiwatching", "ai", "*x"]), min_size=1, max_size=3),
)
@settings(max_examples=40, deadline=None)
def test_rules_for_others_change_nothing(rules: list[str], agents: list[str]) -> None:
    others = "".join(f"User-agent: {a}\n" for a in agents if a != "*x") or "User-agent: x\n"
    others += "".join(f"Disallow: {rule}\n" for rule in rules) + "Crawl-delay: 9\n"
    ours = "User-agent: aiwatch\nDisallow: /b\n"
    for text in (others + ours, ours + others):
        read = read_rules(text, "aiwatch")
        found = [read.allow(f"http://h.example{path}") for path in ("/a", "/b", "/c")]
        assert (found, read.delay) == ([True, False, True], None)


def test_memory_of_files_is_bounded() -> None:
    async def run() -> int:
        robots = RobotsFiles(answering("# " + "x" * 100_000))
        for number in range(60):
            target = Target(url=f"http://h{number}.example/a", robots=True)
            await robots.refusal(httpx.URL(target.url), target, "aiwatch/1", NOW)
        return len(robots.newly_asked())

    assert asyncio.run(run()) < 45


def test_its_request_counts_for_the_host(site: Site) -> None:
    """Pages of two hops wait their turn behind robots.txt: one at a time, and apart."""
    starts: list[float] = []

    async def run() -> None:
        loop = asyncio.get_running_loop()

        def note(asked: Asked) -> str:
            starts.append(loop.time())
            return ""

        for path in ("/robots.txt", "/a", "/b"):
            site.add(path, note)
        spaced = replace(SETTINGS, spacing=timedelta(seconds=0.4))
        async with Fetcher(spaced) as fetcher:
            pages = (Target(url=site.url(path), robots=True) for path in ("/a", "/b"))
            await asyncio.gather(*(fetcher.get(page, NOW) for page in pages))

    asyncio.run(run())
    assert len(starts) == 3
    assert starts[1] - starts[0] > 0.1
    assert starts[2] - starts[1] > 0.1
